//! The list of what is in a backup: its first entry.

use serde::{Deserialize, Serialize};

use crate::{ASK, FINGERPRINTS, KEYS, MOST_FILES, OWN, STORE};

/// The version of the format that this program writes and reads.
pub(crate) const FORMAT: u32 = 1;

/// What is in a backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct List {
    pub(crate) format: u32,
    pub(crate) program: String,
    /// When it was made, as the program was told.
    pub(crate) at: String,
    pub(crate) files: Vec<Listed>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// BLAKE3, in hexadecimal digits.
    pub(crate) hash: String,
}

impl List {
    /// Whether every name is one that a backup may hold, each once, the store among them.
    pub(crate) fn is_sound(&self) -> bool {
        let mut names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
        names.sort_unstable();
        let twice = names.windows(2).any(|pair| matches!(pair, [one, other] if one == other));
        !twice
            && names.len() <= MOST_FILES
            && names.contains(&STORE)
            && names.iter().all(|name| may_hold(name))
    }
}

/// Whether a backup may hold a file of this name: the store, or a plain name in one of the four folders.
pub(crate) fn may_hold(name: &str) -> bool {
    let plain = [KEYS, OWN, FINGERPRINTS, ASK].iter().find_map(|folder| name.strip_prefix(folder));
    name == STORE || plain.is_some_and(is_plain)
}

/// A name of letters, digits, points, hyphens and underscores that does not begin with a point.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=100).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(is_usual)
}
