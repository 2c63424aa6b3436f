//! Names of makers: one spelling each, and what some of them make (`rules/makers.txt`).
//!
//! A name is only tidied (legal forms, known spellings), never guessed. What a maker makes raises a confidence that
//! other signs gave; it decides nothing by itself.
//! Not here: which card address belongs to whom (the caller knows that table).

use std::sync::LazyLock;

use wardround_model::DeviceClass;

use crate::rules::{self, Row, Rule, Wrong};
use crate::terms::Terms;

/// A maker.
pub(crate) struct Maker {
    /// How its name begins, in lower case, wherever it is written.
    spellings: Vec<&'static str>,
    /// Its name for people.
    name: &'static str,
    /// Kinds of device on a hospital's network that it makes, where these are few enough to say something.
    pub(crate) makes: Vec<DeviceClass>,
}

impl Rule for Maker {
    const FILE: &'static str = "makers.txt";
    const TEXT: &'static str = include_str!("../rules/makers.txt");
    const COLUMNS: &'static [&'static str] = &["begins", "name", "makes"];

    fn read(row: &Row) -> Result<Self, Wrong> {
        let spellings = row.several("begins")?;
        if spellings.iter().any(|spelling| *spelling != spelling.to_lowercase()) {
            return Err(row.wrong("begins", "must be in lower case"));
        }
        let makes = match row.optional("makes")? {
            None => Vec::new(),
            Some(_) => {
                let class = |name: &'static str| row.class_called("makes", name);
                row.several("makes")?.into_iter().map(class).collect::<Result<_, _>>()?
            }
        };
        Ok(Self { spellings, name: row.text("name")?, makes })
    }
}

/// The first row that fits counts.
static MAKERS: LazyLock<Vec<Maker>> = LazyLock::new(rules::all);

impl Maker {
    /// The maker whose name begins so.
    pub(crate) fn named(text: &str) -> Option<&'static Self> {
        let lower = text.trim().to_lowercase();
        MAKERS.iter().find(|maker| maker.spellings.iter().any(|beginning| lower.starts_with(beginning)))
    }
}

/// A maker's name in one spelling: a known maker's own, else as written, without its legal form.
pub(crate) fn tidy(text: &str) -> String {
    if let Some(maker) = Maker::named(text) {
        return maker.name.to_owned();
    }
    let mut words: Vec<&str> = text.split_whitespace().collect();
    while let [_, .., last] = words.as_slice()
        && Terms::LegalForms.has(&last.trim_matches(['.', ',']).to_lowercase())
    {
        words.pop();
    }
    words.join(" ").trim_end_matches(',').to_owned()
}

/// Tidies a manufacturer from an image: there, `SIEMENS` is the maker of imaging devices, of whichever year.
pub(crate) fn tidy_imaging(text: &str) -> String {
    let name = tidy(text);
    if name.eq_ignore_ascii_case("siemens") { "Siemens Healthineers".to_owned() } else { name }
}

/// Whether two names of makers begin with the same word, however they are written.
pub(crate) fn agree(one: &str, other: &str) -> bool {
    let first = |name: &str| {
        let tidied = tidy(name).to_lowercase();
        tidied.split_whitespace().next().map(str::to_owned)
    };
    match (first(one), first(other)) {
        (Some(one), Some(other)) => one == other && one.chars().count() >= 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_tidied_but_not_guessed() {
        for (text, expected) in [
            ("SIEMENS AG", "SIEMENS"),
            ("Siemens Healthcare GmbH", "Siemens Healthineers"),
            ("GE MEDICAL SYSTEMS", "GE HealthCare"),
            ("SAMSUNG MEDISON CO., LTD.", "Samsung Medison"),
            ("Samsung Electronics Co.,Ltd", "Samsung Electronics"),
            ("AXIS COMMUNICATIONS AB", "Axis Communications"),
            ("Philips", "Philips"),
            ("Philips Lighting BV", "Philips Lighting"),
            ("Dell Inc.", "Dell"),
            ("Hewlett Packard Enterprise", "Hewlett Packard Enterprise"),
            ("Hewlett-Packard Company", "HP"),
            ("AG", "AG"),
            ("", ""),
        ] {
            assert_eq!(tidy(text), expected, "{text}");
        }
        assert_eq!(tidy_imaging("SIEMENS"), "Siemens Healthineers");
    }

    #[test]
    fn spellings_of_one_maker_agree() {
        assert!(agree("Philips", "Philips Medical Systems - Cardiac and Monitoring"));
        assert!(agree("SIEMENS", "Siemens Healthineers"));
        assert!(agree("Agfa", "AGFA CORPORATION"));
        assert!(!agree("Agfa", "Dell Inc."));
        assert!(!agree("GE", "GE Fanuc"));
        assert!(!agree("", ""));
    }

    #[test]
    fn no_spelling_hides_another() {
        for (place, maker) in MAKERS.iter().enumerate() {
            for spelling in &maker.spellings {
                let found = Maker::named(spelling).unwrap();
                let line = rules::line::<Maker>(place);
                assert!(std::ptr::eq(found, maker), "{line}, begins: {spelling} is never reached");
            }
        }
    }
}
