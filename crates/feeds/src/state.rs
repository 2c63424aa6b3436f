//! What is remembered of a source between two updates: validators, hashes, dates. A small JSON file beside its feeds.
//!
//! A state that is lost or damaged costs a download, nothing else.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::place;

/// The name of the file, in the source's folder.
const FILE: &str = ".state.json";

/// The most bytes of it: a provider with 100,000 documents needs 40 MB.
const MAX_BYTES: u64 = 128 << 20;

/// One source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct State {
    /// When everything of the source was last brought up to date, RFC 3339.
    pub(crate) complete_at: Option<String>,
    /// For files that are only now and then asked for: when they last were, RFC 3339.
    pub(crate) feeds_at: Option<String>,
    /// For changes by API: everything up to this moment is here, RFC 3339.
    pub(crate) changes_until: Option<String>,
    /// Files by their name in the folder.
    pub(crate) files: BTreeMap<String, FileState>,
    /// Lists (metadata, ROLIE, `.meta`) that were worked through to the end, by address.
    pub(crate) lists: BTreeMap<String, Validators>,
}

/// One file that is here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct FileState {
    /// Where it came from.
    pub(crate) url: String,
    /// What the server calls this version.
    #[serde(flatten)]
    pub(crate) validators: Validators,
    /// Its size as it is kept.
    pub(crate) bytes: u64,
    /// SHA-256 of it as it is kept.
    pub(crate) sha256: String,
    /// How many records that can be used it held.
    pub(crate) records: u64,
    /// The day that it says it is of.
    pub(crate) as_of: Option<String>,
    /// What the publisher's own list says of this version: a hash or a date.
    pub(crate) stated: Option<String>,
}

/// What tells one version of an answer from another (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Validators {
    /// `ETag`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) etag: Option<String>,
    /// `Last-Modified`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) modified: Option<String>,
}

impl Validators {
    /// Headers that ask for the file only when it is another one by now.
    pub(crate) fn conditions(&self) -> Vec<(&'static str, &str)> {
        let etag = self.etag.as_deref().map(|etag| ("if-none-match", etag));
        let modified = self.modified.as_deref().map(|modified| ("if-modified-since", modified));
        etag.into_iter().chain(modified).collect()
    }

    /// The header that lets a transfer go on only in the same version; weak tags do not serve (RFC 9110, section 13.1.5).
    pub(crate) fn same_version(&self) -> Option<&str> {
        self.etag.as_deref().filter(|etag| !etag.starts_with("W/")).or(self.modified.as_deref())
    }
}

impl State {
    /// The state of the source in this folder.
    pub(crate) fn load(folder: &Path) -> Self {
        let bytes = place::read_bounded(&folder.join(FILE), MAX_BYTES).ok().flatten();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// Keeps it.
    pub(crate) fn save(&self, folder: &Path) -> io::Result<()> {
        place::write_aside(&folder.join(FILE), &serde_json::to_vec_pretty(self)?)
    }

    /// Whether every file that was put is still there.
    pub(crate) fn is_whole(&self, folder: &Path) -> bool {
        self.files.keys().all(|name| self.present(folder, name).is_some())
    }

    /// What is known of a file that is still there as it was put.
    pub(crate) fn present(&self, folder: &Path, name: &str) -> Option<&FileState> {
        let known = self.files.get(name)?;
        let size = std::fs::metadata(folder.join(name)).ok()?.len();
        (size == known.bytes).then_some(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_and_a_damaged_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::default();
        let validators = Validators { etag: Some("\"a\"".into()), modified: None };
        state.files.insert("kev.json".into(), FileState { validators, bytes: 3, ..FileState::default() });
        state.save(folder.path()).unwrap();
        assert_eq!(State::load(folder.path()), state);
        assert!(state.present(folder.path(), "kev.json").is_none(), "the file is not there");
        std::fs::write(folder.path().join("kev.json"), "abc").unwrap();
        assert!(state.present(folder.path(), "kev.json").is_some());
        std::fs::write(folder.path().join(FILE), "{\"files\": 7").unwrap();
        assert_eq!(State::load(folder.path()), State::default());
    }

    #[test]
    fn a_weak_tag_does_not_let_a_transfer_go_on() {
        let weak = Validators { etag: Some("W/\"a\"".into()), modified: None };
        assert_eq!(weak.same_version(), None);
        assert_eq!(weak.conditions(), [("if-none-match", "W/\"a\"")]);
    }
}
