//! What can go wrong with a store, each in one sentence for a person: what happened, to which file, what to do next.
//!
//! No error repeats a stored value, nor SQLite's own message, which could hold one.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use rusqlite::ffi;
use wardround_model::{RoundId, StatementId};

use crate::import::ImportId;
use crate::redact::NotRedactable;
use crate::table::Place;

/// Why a store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder for the store does not exist and could not be made.
    #[error("the folder {} for the store could not be made ({reason}); make it, or choose another place for the store", folder.display())]
    FolderNotMade {
        /// The folder.
        folder: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// There is no such file.
    #[error("there is no store at {}; run a round first, or name the file that holds the rounds", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
    },
    /// The system does not let this user open the file.
    #[error("the store {} cannot be opened ({reason}); ask its owner, or choose another place for the store", path.display())]
    NotOpened {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// A folder, a symbolic link or a device: a store is a plain file. Links are refused because in a folder that
    /// others can write to, somebody else may have put them there.
    #[error("{} is {what}, and a store must be a plain file; name the file itself, or choose another", path.display())]
    NotAPlainFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Others can read the file and this user may not change that.
    #[error("the store {} is open to other users and belongs to somebody else; choose another place for the store", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else than a store of ours.
    #[error("{} is not a Wardround store, and was left as it is; choose another file for the store", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The file is empty: it was opened for reading before anything was saved.
    #[error("the store {} is empty; run a round first", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A later version of the program wrote it.
    #[error("the store {} was written by a newer Wardround (store version {found}, this one knows {known}); update Wardround", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The latest version that this program knows.
        known: i64,
    },
    /// An earlier version of the program wrote it, and it was opened for reading only.
    #[error("the store {} was written by an older Wardround (store version {found}, this one needs {known}); run a round into it once, which brings it up to date", path.display())]
    Older {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The version that this program needs.
        known: i64,
    },
    /// Another program holds the store, and went on holding it while we waited.
    #[error("the store {} is in use by another program; wait until that has finished, then try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file, its folder or its file system cannot be written.
    #[error("the store {} cannot be written: the file, its folder or its disk is read-only for this user; allow writing, or choose another place for the store", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// It was left in the middle of a write, and reading cannot put it right.
    #[error("the store {} was left in the middle of a write, which reading alone cannot put right; run a round into it or, if its disk is read-only, copy its whole folder to where you can write", path.display())]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
    /// No space is left. What was saved before is untouched.
    #[error("the disk of the store {} is full, so nothing was added to it (what it held before is safe); free some space, then try again", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// What is stored contradicts itself or SQLite's format.
    #[error("the store {} is damaged (found in {place}); keep a copy, check it with `sqlite3 FILE 'PRAGMA quick_check'`, and run rounds into a new store meanwhile", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The table and column, or what SQLite was reading.
        place: String,
    },
    /// A code that this version has no meaning for.
    #[error("the store {} uses a word in {place} that this Wardround does not know, probably of a newer one; update Wardround", path.display())]
    UnknownCode {
        /// The file.
        path: PathBuf,
        /// The table and column.
        place: String,
    },
    /// A number or text that is larger than a store can hold.
    #[error("nothing was saved in {}: a value for {place} is larger than a store can hold; please report this", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The table and column.
        place: String,
    },
    /// The store holds no round with this id.
    #[error("the store {} holds no round {round}; `wardround round list` shows those that it holds", path.display())]
    NoSuchRound {
        /// The file.
        path: PathBuf,
        /// The round that was asked for.
        round: RoundId,
    },
    /// The store holds no import with this id that is not forgotten.
    #[error("the store {} holds no import {import}; `wardround import list` shows those that it holds", path.display())]
    NoSuchImport {
        /// The file.
        path: PathBuf,
        /// The import that was asked for.
        import: ImportId,
    },
    /// The store holds no statement with this id that was not taken back.
    #[error("the store {} holds no statement {statement} that could be taken back; `wardround answer list` shows them", path.display())]
    NoSuchStatement {
        /// The file.
        path: PathBuf,
        /// The statement that was asked for.
        statement: StatementId,
    },
    /// A value that cannot be taken out.
    #[error("nothing was taken out of the store {}: {why}", path.display())]
    NotRedactable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: NotRedactable,
    },
    /// The disk, or something else below us, failed.
    #[error("the store {} could not be read or written (SQLite error {code}: {meaning}); check the disk, then try again", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// SQLite's extended result code.
        code: i32,
        /// What the code means.
        meaning: &'static str,
    },
}

/// What went wrong, before the file is named.
#[derive(Debug)]
pub(crate) enum Trouble {
    Sqlite(rusqlite::Error),
    Damaged(Place),
    UnknownCode(Place),
    TooLarge(Place),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl Trouble {
    /// SQLite's result code, where it gave one.
    pub(crate) fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Sqlite(error) => failure(error).map(|failure| failure.code),
            Self::Damaged(_) | Self::UnknownCode(_) | Self::TooLarge(_) => None,
        }
    }

    /// Whether the disk has no room left.
    pub(crate) fn is_full(&self) -> bool {
        matches!(self, Self::Sqlite(error) if failure(error).is_some_and(is_full))
    }

    /// The error for people, with the file named.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        let path = path.to_owned();
        match self {
            Self::Damaged(place) => StoreError::Damaged { path, place: place.to_string() },
            Self::UnknownCode(place) => StoreError::UnknownCode { path, place: place.to_string() },
            Self::TooLarge(place) => StoreError::TooLarge { path, place: place.to_string() },
            Self::Sqlite(error) => match failure(&error) {
                Some(failure) => of_sqlite(failure, path),
                // The rest are values of a wrong type or text that is not UTF-8.
                None => StoreError::Damaged { path, place: "a row".to_owned() },
            },
        }
    }
}

/// What SQLite itself reported, if it did.
fn failure(error: &rusqlite::Error) -> Option<ffi::Error> {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => Some(*failure),
        rusqlite::Error::SqlInputError { error, .. } => Some(*error),
        _ => None,
    }
}

/// The second code says that the memory shared with other programs, a file too, cannot grow.
fn is_full(failure: ffi::Error) -> bool {
    failure.code == ErrorCode::DiskFull || failure.extended_code == ffi::SQLITE_IOERR_SHMSIZE
}

fn of_sqlite(failure: ffi::Error, path: PathBuf) -> StoreError {
    let damaged = |place: &str| place.to_owned();
    match (failure.code, failure.extended_code) {
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed, _) => {
            StoreError::Locked { path }
        }
        // A file beside the store could not be made, or the store itself opened no longer.
        (ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied, _) => {
            StoreError::ReadOnly { path }
        }
        _ if is_full(failure) => StoreError::Full { path },
        (ErrorCode::NotADatabase, _) => StoreError::NotAStore { path },
        (ErrorCode::DatabaseCorrupt, _) | (_, ffi::SQLITE_IOERR_SHORT_READ | ffi::SQLITE_IOERR_CORRUPTFS) => {
            StoreError::Damaged { path, place: damaged("a page of the file") }
        }
        // A table or column that is always there is not.
        (ErrorCode::Unknown, ffi::SQLITE_ERROR) => {
            StoreError::Damaged { path, place: damaged("the list of tables") }
        }
        (ErrorCode::TooBig, _) => StoreError::TooLarge { path, place: "one row".to_owned() },
        (_, code) => StoreError::Failed { path, code, meaning: ffi::code_to_str(code) },
    }
}
