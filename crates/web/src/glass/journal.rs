//! The reserved journal: what must be done also where the log cannot be written, and is never done without a word of it.
//!
//! A file beside the store whose room is taken before it is needed, in records of one size. Each carries a digest of itself and the
//! one before, signed with the key of the log, and is on the disk before what it tells of is done. On file systems that never write
//! in place (btrfs, ZFS) a disk that is full to the last byte may refuse it all the same: then nothing is done.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use wardround_model::Timestamp;

use crate::keys::{self, KeyError, Keys, refuse_open};

/// Its name, beside the store.
pub(crate) const FILE: &str = "emergency.journal";
/// Bytes of a record.
const RECORD: usize = 512;
/// Records that there is room for.
const RECORDS: usize = 512;
/// Letters of what a record tells.
const LONGEST: usize = 200;

/// Why the journal could not be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system does not let us.
    #[error("the emergency journal {} could not be read or written ({reason})", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// It is full.
    #[error("the emergency journal {} is full: keep a copy of it elsewhere, remove it, and run `wardround break-glass`", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// A record is not as it was written.
    #[error("the emergency journal {} was changed: record {record} does not fit", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The record.
        record: usize,
    },
    /// A key could not be read, or the file can be read by others.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) at: Timestamp,
    /// A code.
    pub(crate) action: String,
    /// Of what, and from where.
    pub(crate) subject: String,
    digest: String,
}

/// The journal of a store.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    path: PathBuf,
}

impl Journal {
    pub(crate) fn beside(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self) -> impl Fn(io::Error) -> JournalError + use<> {
        let path = self.path.clone();
        move |reason| JournalError::File { path: path.clone(), reason }
    }

    /// Takes the room that it needs, where it is not there yet.
    pub(crate) fn make(&self) -> Result<(), JournalError> {
        let opened = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path);
        let mut file = match opened {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
            opened => opened.map_err(self.failed())?,
        };
        let written =
            (0..RECORDS).try_for_each(|_| file.write_all(&[0; RECORD])).and_then(|()| file.sync_all());
        if written.is_err() {
            // Half of its room is no reserve.
            let _ = std::fs::remove_file(&self.path);
        }
        written.map_err(self.failed())
    }

    /// Adds a record; on the disk before this returns.
    pub(crate) fn add(
        &self,
        keys: &Keys,
        at: Timestamp,
        action: &str,
        subject: &str,
    ) -> Result<(), JournalError> {
        self.add_before(RECORDS, keys, (at, action, subject))
    }

    /// Adds a record where there are fewer than so many: the last ones are for the account alone.
    pub(crate) fn add_before(
        &self,
        most: usize,
        keys: &Keys,
        (at, action, subject): (Timestamp, &str, &str),
    ) -> Result<(), JournalError> {
        refuse_open(&self.path)?;
        let opened = OpenOptions::new().read(true).write(true).open(&self.path);
        let mut file = opened.map_err(self.failed())?;
        // The command line and the site may both have something to say.
        file.lock().map_err(self.failed())?;
        let all = self.parsed(&mut file, &keys.audit_public())?;
        if all.len() >= most.min(RECORDS) {
            return Err(JournalError::Full { path: self.path.clone() });
        }
        let before = all.last().map_or("", |last| last.digest.as_str());
        let line = line(keys, all.len(), at, &word(action), &word(subject), before);
        let place = u64::try_from(all.len().saturating_mul(RECORD)).unwrap_or(u64::MAX);
        let written = file.seek(SeekFrom::Start(place)).and_then(|_| file.write_all(&line));
        written.and_then(|()| file.sync_data()).map_err(self.failed())
    }

    /// All records, each held against the one before and its signature; none where there is no journal.
    pub(crate) fn read(&self, key: &[u8]) -> Result<Vec<Record>, JournalError> {
        match File::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            opened => self.parsed(&mut opened.map_err(self.failed())?, key),
        }
    }

    fn parsed(&self, file: &mut File, key: &[u8]) -> Result<Vec<Record>, JournalError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(RECORD * RECORDS).unwrap_or(u64::MAX);
        file.rewind().and_then(|()| (&*file).take(most).read_to_end(&mut bytes)).map_err(self.failed())?;
        if bytes.len() != RECORD * RECORDS {
            return Err(JournalError::Changed { path: self.path.clone(), record: bytes.len() / RECORD });
        }
        let mut all: Vec<Record> = Vec::new();
        let mut has_ended = false;
        for (record, bytes) in bytes.chunks(RECORD).enumerate() {
            let is_empty = bytes.iter().all(|byte| *byte == 0);
            let before = all.last().map_or("", |last| last.digest.as_str());
            match parse(bytes, record, before, key).filter(|_| !has_ended) {
                Some(found) => all.push(found),
                None if is_empty => has_ended = true,
                None => return Err(JournalError::Changed { path: self.path.clone(), record }),
            }
        }
        Ok(all)
    }
}

/// Where the journal of a store lies. It is the whole truth of the emergency account, so that a backup takes it.
#[must_use]
pub fn journal_of(store: &Path) -> PathBuf {
    store.with_file_name(FILE)
}

/// Checks the journal beside a store with the public key in this file; how many records it has.
///
/// # Errors
/// When it cannot be read, or a record is not as it was written.
pub fn verify_journal(store: &Path, key: &Path) -> Result<usize, JournalError> {
    let journal = Journal::beside(store.parent().unwrap_or(Path::new("")));
    Ok(journal.read(&keys::public(key)?)?.len())
}

/// Text as a record has it: on one line, without what divides its parts.
fn word(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut short = text;
    while short.len() > LONGEST {
        short.pop();
    }
    short
}

fn digest(before: &str, record: usize, at: &str, action: &str, subject: &str) -> String {
    let mut hasher = blake3::Hasher::new_derive_key("wardround 2026-11-27 record of the emergency journal");
    for part in [before, &record.to_string(), at, action, subject] {
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

fn line(keys: &Keys, record: usize, at: Timestamp, action: &str, subject: &str, before: &str) -> Vec<u8> {
    let at = at.nanoseconds().to_string();
    let digest = digest(before, record, &at, action, subject);
    let signature = keys.sign(digest.as_bytes());
    let mut line = format!("{record}\t{at}\t{action}\t{subject}\t{digest}\t{signature}").into_bytes();
    line.resize(RECORD - 1, b' ');
    line.push(b'\n');
    line
}

fn parse(bytes: &[u8], record: usize, before: &str, key: &[u8]) -> Option<Record> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.trim_end_matches(' ');
    let parts: Vec<&str> = text.split('\t').collect();
    let [number, at, action, subject, told, signature] = parts.as_slice() else { return None };
    let is_whole = bytes.len() == RECORD
        && *number == record.to_string()
        && *told == digest(before, record, at, action, subject)
        && keys::is_signed(key, told.as_bytes(), signature);
    let at = Timestamp::from_nanoseconds(at.parse().ok()?);
    is_whole.then(|| Record {
        at,
        action: (*action).to_owned(),
        subject: (*subject).to_owned(),
        digest: (*told).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made() -> (tempfile::TempDir, Keys, Journal) {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(&folder.path().join("keys")).unwrap();
        let journal = Journal::beside(folder.path());
        journal.make().unwrap();
        (folder, keys, journal)
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn records_are_read_as_they_were_added_and_the_file_does_not_grow() {
        let (_folder, keys, journal) = made();
        let size = std::fs::metadata(journal.path()).unwrap().len();
        journal.add(&keys, at(1), "made", "a\tb\nc").unwrap();
        journal.add(&keys, at(2), "opened", &"ä".repeat(500)).unwrap();
        journal.make().unwrap();
        let all = journal.read(&keys.audit_public()).unwrap();
        assert_eq!((all.len(), all[0].subject.as_str(), all[1].at), (2, "a b c", at(2)));
        assert_eq!(std::fs::metadata(journal.path()).unwrap().len(), size);
    }

    #[test]
    fn each_change_is_found() {
        let (_folder, keys, journal) = made();
        for number in 0..3 {
            journal.add(&keys, at(number), "did", "task.undo W-1").unwrap();
        }
        let whole = std::fs::read(journal.path()).unwrap();
        for place in [0, 2, 20, 40, 200, RECORD, 2 * RECORD + 1] {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            std::fs::write(journal.path(), &changed).unwrap();
            let error = journal.read(&keys.audit_public()).unwrap_err();
            assert!(matches!(error, JournalError::Changed { .. }), "{place}: {error}");
            assert!(journal.add(&keys, at(9), "did", "x").is_err(), "{place}");
        }
        // One taken out, and one of another journal put in.
        let mut changed = whole.clone();
        changed.drain(RECORD..2 * RECORD);
        std::fs::write(journal.path(), &changed).unwrap();
        assert!(journal.read(&keys.audit_public()).is_err());
    }

    #[test]
    fn a_full_one_takes_no_more_and_one_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, keys, journal) = made();
        let mut all = Vec::new();
        let mut before = String::new();
        for record in 0..RECORDS {
            all.extend(line(&keys, record, at(1), "did", "x", &before));
            before = digest(&before, record, &at(1).nanoseconds().to_string(), "did", "x");
        }
        std::fs::write(journal.path(), &all).unwrap();
        assert!(matches!(journal.add(&keys, at(2), "did", "x"), Err(JournalError::Full { .. })));
        std::fs::set_permissions(journal.path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(journal.add(&keys, at(2), "did", "x"), Err(JournalError::Key(_))));
    }
}
