//! What the hospital is called, on pages and reports: chosen by an administrator, and kept in the store.

use std::sync::Mutex;

use wardround_report::document::seal::LONGEST_NAME;
use wardround_store::{Store, StoreError};

use crate::api;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::hospital::locked;
use crate::layout::plain;
use crate::problem::Problem;
use crate::site::Site;

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

/// Calls the hospital otherwise, where it is called as was meant; what it is called then.
pub(crate) async fn rename(site: &Site, sent: &Sent, condition: Condition) -> Result<String, Problem> {
    let too_long = || Problem::Field("name", "This name is too long. Use a shorter one.".to_owned());
    let name = named(sent.text("name")).ok_or_else(too_long)?;
    let (shared, new) = (site.clone(), name.clone());
    let change = move |store: &mut Store| {
        let held = api::tag_of_name(&shared.naming.name()).and_then(|tag| condition.check(&tag));
        if let Err(problem) = held {
            return Ok(Err(problem));
        }
        keep(store, &new)?;
        shared.naming.change(new);
        Ok(Ok(()))
    };
    site.home.write(change).await??;
    Ok(name)
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
