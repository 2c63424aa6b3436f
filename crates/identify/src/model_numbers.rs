//! What the numbers are called that some makers' devices tell as their model (`rules/model-numbers.txt`). Not here: names of products that
//! devices tell themselves (`families`).

use std::sync::LazyLock;

use wardround_model::FactKind;

use crate::rules::{self, Row, Rule, Wrong};

/// A number and its name.
pub(crate) struct ModelNumber {
    kind: FactKind,
    number: &'static str,
    name: &'static str,
}

impl Rule for ModelNumber {
    const FILE: &'static str = "model-numbers.txt";
    const TEXT: &'static str = include_str!("../rules/model-numbers.txt");
    const COLUMNS: &'static [&'static str] = &["fact", "number", "name"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let kind = row.fact_called("fact", row.text("fact")?)?;
        let number = row.text("number")?;
        if !number.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(row.wrong("number", "must have a digit"));
        }
        Ok(Self { kind, number, name: row.text("name")? })
    }
}

static MODEL_NUMBERS: LazyLock<Vec<ModelNumber>> = LazyLock::new(rules::all);

/// What a number that a fact of this kind tells is called.
pub(crate) fn name_of(kind: FactKind, number: &str) -> Option<&'static str> {
    let fits = |one: &&ModelNumber| one.kind == kind && one.number.eq_ignore_ascii_case(number);
    MODEL_NUMBERS.iter().find(fits).map(|one| one.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_names_by_who_tells_them() {
        assert_eq!(name_of(FactKind::IntellivueModel, "m8007a"), Some("IntelliVue MP70"));
        assert_eq!(name_of(FactKind::IntellivueModel, "M8007"), None);
        assert_eq!(name_of(FactKind::LldpModel, "M8007A"), None);
    }

    #[test]
    fn no_number_is_there_twice() {
        for (place, one) in MODEL_NUMBERS.iter().enumerate() {
            assert_eq!(
                name_of(one.kind, one.number),
                Some(one.name),
                "{}",
                rules::line::<ModelNumber>(place)
            );
        }
    }
}
