//! What the hospital is called, on pages and reports: chosen by an administrator, and kept in the store.

use std::sync::Mutex;

use wardround_report::document::seal::LONGEST_NAME;
use wardround_store::{Store, StoreError};

use crate::hospital::locked;
use crate::layout::plain;

/// The name of the setting.
const SETTING: &str = "hospital";

/// What the hospital is called; empty where nobody said.
#[derive(Debug, Default)]
pub(crate) struct Naming(Mutex<String>);

impl Naming {
    /// As the store has it.
    pub(crate) fn read(store: &Store) -> Result<Self, StoreError> {
        Ok(Self(Mutex::new(hospital_name(store)?)))
    }

    /// What it is called now.
    pub(crate) fn name(&self) -> String {
        locked(&self.0).clone()
    }

    /// What it is called from now on; it is in the store already.
    pub(crate) fn change(&self, name: String) {
        *locked(&self.0) = name;
    }
}

/// What the hospital of this store is called; empty where nobody said.
///
/// # Errors
/// When the store cannot be read.
pub fn hospital_name(store: &Store) -> Result<String, StoreError> {
    Ok(store.setting(SETTING)?.unwrap_or_default())
}

/// Keeps what it is called.
pub(crate) fn keep(store: &mut Store, name: &str) -> Result<(), StoreError> {
    store.setting_save(SETTING, name)
}

/// A name as it may be: one line, and no longer than a seal holds. Nothing where it is longer.
pub(crate) fn named(text: &str) -> Option<String> {
    let name = plain(text.trim()).replace(['\n', '\t'], " ");
    Some(name).filter(|name| name.len() <= LONGEST_NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_line_and_fits_a_seal() {
        assert_eq!(named(" St. Bride's\n"), Some("St. Bride's".to_owned()));
        assert_eq!(named("a\nb\u{202e}c"), Some("a b\u{fffd}c".to_owned()));
        assert_eq!(named(&"ä".repeat(100)).map(|name| name.len()), Some(200));
        assert_eq!(named(&"ä".repeat(101)), None);
        assert_eq!(named(""), Some(String::new()));
    }
}
