//! All that a hospital must not lose, in one encrypted file, and back: the store, the site's keys, the hospital's own policy.
//!
//! A backup is a `tar` archive within `gzip` within `age` (age-encryption.org/v1). Its first entry is the list of all others with
//! size and hash. It is for one recipient, whose key is kept elsewhere: the machine that makes backups cannot read them. The store
//! is copied in one moment while others go on writing. Not here: which files there are (the program says), SQL (`store`).

mod error;
mod keys;
mod left;
mod list;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use error::BackupError;
pub use keys::{Recipient, new_key};
pub use read::{Restored, restore};
pub use write::{Kept, backup};

use std::path::PathBuf;

/// What a backup holds, and where it lies on this machine.
#[derive(Clone, Debug)]
pub struct Places {
    /// The store.
    pub store: PathBuf,
    /// The folder of the site's keys; it need not be there.
    pub keys: PathBuf,
    /// Files of the hospital's own, and the emergency journal, which may be written meanwhile; those that are there are kept.
    pub own: Vec<PathBuf>,
    /// The folder of the hospital's own fingerprints; it need not be there.
    pub fingerprints: PathBuf,
    /// Files of asking, in a folder beside the store; those that are there are kept.
    pub ask: Vec<PathBuf>,
}

/// The name of the store in a backup.
const STORE: &str = "rounds.sqlite";
/// The folder of keys in a backup.
const KEYS: &str = "keys/";
/// The folder of the hospital's own files in a backup.
const OWN: &str = "own/";
/// The folder of the hospital's own fingerprints in a backup.
const FINGERPRINTS: &str = "fingerprints/";
/// The folder of asking in a backup, and beside the store.
const ASK: &str = "ask/";
/// The name of the list in a backup.
const LIST: &str = "backup.json";
/// The largest key or file of the hospital's own, in bytes.
const LARGEST_SMALL: u64 = 4 << 20;
/// The largest file of asking, in bytes: its log only grows.
const LARGEST_OF_ASKING: u64 = 64 << 20;
/// The most files of a backup.
const MOST_FILES: usize = 500;

/// The most bytes of a file beside the store.
fn largest(folder: &str) -> u64 {
    if folder == ASK { LARGEST_OF_ASKING } else { LARGEST_SMALL }
}
