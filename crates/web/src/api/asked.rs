//! What an address asks for, held to what its operation declares: an unknown field or value is refused, not passed over, since a
//! program that mistypes a filter would take all for some.

use wardround_model::RoundId;
use wardround_store::view::Turn;

use super::operations::Parameter;
use crate::asked::Asked;
use crate::problem::Problem;

/// Rows of a list, unless more or fewer are asked for.
const USUAL: usize = 100;
/// The most rows of a list at once.
pub(crate) const MOST: usize = 1_000;

/// The fields of an address.
pub(crate) struct Fields<'a>(&'a Asked);

impl<'a> Fields<'a> {
    /// Holds them to what is declared.
    pub(crate) fn of(asked: &'a Asked, declared: &[Parameter]) -> Result<Self, Problem> {
        let mut seen = Vec::new();
        for name in asked.names() {
            if !declared.iter().any(|parameter| parameter.name == name) {
                let known: Vec<&str> = declared.iter().map(|parameter| parameter.name).collect();
                let shown: String = name.chars().take(40).collect();
                return Err(Problem::Bad(format!(
                    "There is no field {shown:?} here. There are: {}.",
                    known.join(", ")
                )));
            }
            if seen.contains(&name) {
                return Err(Problem::Bad(format!("The field {name:?} is there twice.")));
            }
            seen.push(name);
        }
        Ok(Self(asked))
    }

    /// A field that is not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        Some(self.0.text(name)).filter(|text| !text.is_empty())
    }

    /// A field that has a value of its kind, where it is there.
    pub(crate) fn code<T>(
        &self,
        name: &str,
        from_code: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        if !self.0.has(name) {
            return Ok(None);
        }
        match from_code(self.0.text(name)) {
            Some(value) => Ok(Some(value)),
            None => Err(Problem::Bad(format!("The field {name:?} has a value that it can't have."))),
        }
    }

    /// A whole number up to this one, where it is there.
    pub(crate) fn number(&self, name: &str, most: u32) -> Result<Option<u32>, Problem> {
        self.code(name, |text| text.parse().ok().filter(|number| *number <= most))
    }

    /// How many rows.
    pub(crate) fn rows(&self) -> Result<usize, Problem> {
        let limit = self.code("limit", |text| text.parse().ok().filter(|rows| (1..=MOST).contains(rows)))?;
        Ok(limit.unwrap_or(USUAL))
    }

    /// Where in which round a list goes on: a cursor names its round, so that it goes on in the round in which it began.
    pub(crate) fn place(&self) -> Result<(Option<RoundId>, Turn), Problem> {
        let round: Option<RoundId> = self.code("round", |text| text.parse().ok())?;
        match self.code("cursor", from_cursor)? {
            None => Ok((round, Turn::First)),
            Some((of, after)) if round.is_none_or(|round| round == of) => Ok((Some(of), Turn::After(after))),
            Some(_) => Err(Problem::Bad("The cursor is of another round.".to_owned())),
        }
    }
}

/// Where a list goes on, for the next request.
pub(crate) fn cursor(round: RoundId, after: u64) -> String {
    format!("{round}.{after}")
}

fn from_cursor(text: &str) -> Option<(RoundId, u64)> {
    let (round, after) = text.split_once('.')?;
    Some((round.parse().ok()?, after.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_back() {
        let round: RoundId = "R-3".parse().unwrap();
        assert_eq!(from_cursor(&cursor(round, 40)), Some((round, 40)));
        for wrong in ["", "R-3", "R-3.", "R-3.-1", "x.4", "R-0.4"] {
            assert_eq!(from_cursor(wrong), None, "{wrong}");
        }
    }
}
