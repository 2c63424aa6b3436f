//! What can go wrong with a backup, in one sentence for a person.

use std::io;
use std::path::{Path, PathBuf};

use wardround_store::StoreError;

/// Why a backup could not be made or put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The system does not let us.
    #[error("{} could not be {what} ({reason}); nothing was put in its place", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why.
        reason: io::Error,
    },
    /// There is something already.
    #[error("{} is there already, and was left as it is; choose another name, or move it away", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A store would be overwritten.
    #[error("there is a store at {} already; --replace sets it aside and puts the backup in its place", path.display())]
    StoreExists {
        /// The store.
        path: PathBuf,
    },
    /// The text is no recipient.
    #[error(
        "this is no recipient of backups: it looks like age1..., and `wardround backup key FILE` prints it"
    )]
    NoRecipient,
    /// The file holds no key.
    #[error("{} holds no key for backups: its line looks like AGE-SECRET-KEY-1...", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// Others can read the key.
    #[error("{} can be read by other users; take it from them (chmod 600)", path.display())]
    KeyOpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// It was made for another key.
    #[error("{} was made for another key; use the key file that belongs to it", path.display())]
    OtherKey {
        /// The backup.
        path: PathBuf,
    },
    /// It is no backup, cut or changed.
    #[error("{} is no backup of ours, or it was cut or changed: {reason}. Nothing was put in its place; use another copy", path.display())]
    Damaged {
        /// The backup.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A newer program made it.
    #[error("{} was made by a newer Wardround ({program}); update Wardround first", path.display())]
    Newer {
        /// The backup.
        path: PathBuf,
        /// What made it.
        program: String,
    },
    /// The store cannot be copied or read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BackupError {
    pub(crate) fn file(path: &Path, what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |reason| Self::File { path: path.to_owned(), what, reason }
    }
}
