//! What the address of a page asks for: filters, an order, a place in a list, an earlier round.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use wardround_model::RoundId;
use wardround_store::view::{RoundSummary, RoundView, Turn};
use wardround_store::{Store, StoreError};

use crate::problem::Problem;
use crate::site::Site;

/// The most bytes of a question that are looked at.
const LONGEST: usize = 2_000;
/// Fields that name a place in a list: they make no sense with another filter.
const PLACES: [&str; 2] = ["after", "before"];

/// The question in an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked(Vec<(String, String)>);

impl Asked {
    /// A field, trimmed; empty where it is not there.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim())
    }

    /// The same question with names of fields as forms of pages have them.
    pub(crate) fn as_form(&self) -> Self {
        Self(self.0.iter().map(|(name, value)| (name.replace('_', "-"), value.clone())).collect())
    }

    /// The names of all fields, each as often as it is there.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    /// Whether a field is there, even an empty one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// A field as the value that it is the code of; nothing where it is of none.
    pub(crate) fn code<T>(&self, name: &str, from_code: impl Fn(&str) -> Option<T>) -> Option<T> {
        from_code(self.text(name))
    }

    /// The page of a list.
    pub(crate) fn turn(&self) -> Turn {
        let place = |name| self.text(name).parse().ok();
        match (place("after"), place("before")) {
            (Some(after), _) => Turn::After(after),
            (None, Some(before)) => Turn::Before(before),
            (None, None) => Turn::First,
        }
    }

    /// The address of this page with other fields; an empty value leaves a field out, and the list begins anew.
    pub(crate) fn link(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let changed = |name: &str| changes.iter().any(|(other, _)| *other == name);
        let kept = self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let kept = kept.filter(|(name, _)| !changed(name) && !PLACES.contains(name));
        let fields = kept.chain(changes.iter().copied()).filter(|(_, value)| !value.is_empty());
        with_fields(path, fields)
    }

    /// The address of another page of the same round.
    pub(crate) fn of_round(&self, path: &str) -> String {
        let round = self.0.iter().filter(|(name, _)| name == "round");
        with_fields(path, round.map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The address of another page of the same round, with fields of its own.
    pub(crate) fn link_to(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let round = self.0.iter().filter(|(name, _)| name == "round");
        let round = round.map(|(name, value)| (name.as_str(), value.as_str()));
        with_fields(path, round.chain(fields.iter().copied()))
    }

    /// Looks at the round that is asked for, else at the latest; nothing where there is none yet.
    pub(crate) async fn look<T: Send + 'static>(
        &self,
        site: &Site,
        look: impl FnOnce(&RoundView<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Option<Looked<T>>, Problem> {
        let wanted: Option<RoundId> = match self.text("round") {
            "" => None,
            text => Some(text.parse().map_err(|_| Problem::NotFound)?),
        };
        self.look_at(site, wanted, look).await
    }

    /// Looks at this round, else at the latest; nothing where there is none yet.
    pub(crate) async fn look_at<T: Send + 'static>(
        &self,
        site: &Site,
        wanted: Option<RoundId>,
        look: impl FnOnce(&RoundView<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<Option<Looked<T>>, Problem> {
        let read = move |store: &Store| {
            let latest = store.round_latest()?;
            let Some(id) = wanted.or(latest) else { return Ok(None) };
            let id = store.round_kept_for(id)?;
            let view = store.round_view(id)?;
            let (round, is_latest) = (view.summary()?, latest == Some(id));
            Ok(Some(Looked { round, is_latest, found: look(&view)? }))
        };
        site.hospital().read(read).await
    }
}

/// An address with these fields.
pub(crate) fn with_fields<'a>(path: &str, fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(fields);
    match query.finish().as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

/// What was found in a round.
pub(crate) struct Looked<T> {
    pub(crate) round: RoundSummary,
    pub(crate) is_latest: bool,
    pub(crate) found: T,
}

impl FromRequestParts<Site> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.len() > LONGEST {
            return Err(Problem::Bad("The address is too long. Ask for less at once.".to_owned()));
        }
        Ok(Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> Asked {
        Asked(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn links_keep_the_question_and_begin_lists_anew() {
        let asked = asked("class=server&after=50&round=R-2&text=a%26b");
        assert_eq!(asked.turn(), Turn::After(50));
        assert_eq!(asked.link("/d", &[("class", "printer")]), "/d?round=R-2&text=a%26b&class=printer");
        assert_eq!(asked.link("/d", &[("class", ""), ("after", "9")]), "/d?round=R-2&text=a%26b&after=9");
        assert_eq!(asked.of_round("/x"), "/x?round=R-2");
        assert_eq!(Asked::default().of_round("/x"), "/x");
    }
}
