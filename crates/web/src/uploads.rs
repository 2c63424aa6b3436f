//! Files that browsers sent and nobody has decided on yet: in a folder beside the store, readable by its owner alone, and gone
//! after an hour or at the next start.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use wardround_intake::is_capture;
use wardround_model::Timestamp;
use wardround_store::AccountId;

use crate::hospital::locked;
use crate::keys::{KeyError, make_folder};

/// The most bytes of one file: a quarter of an hour of a busy mirror port.
pub(crate) const LARGEST: u64 = 4 << 30;
/// The most bytes of all files that wait.
const MOST_BYTES: u64 = 2 * LARGEST;
/// Files that wait at once.
const MOST_WAITING: usize = 32;
/// How long a file waits, in nanoseconds.
const WAITS_FOR: i64 = 3_600 * 1_000_000_000;

/// What a file seems to be, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seems {
    /// Recorded traffic.
    Capture,
    /// Anything else: a list, if anything.
    List,
}

/// A file that waits.
#[derive(Debug)]
pub(crate) struct Upload {
    /// What it was called, without its folder, for people.
    pub(crate) name: String,
    pub(crate) seems: Seems,
    pub(crate) bytes: u64,
    pub(crate) at: Timestamp,
    by: AccountId,
    file: Temporary,
}

impl Upload {
    /// Where it lies as long as somebody holds this.
    pub(crate) fn path(&self) -> &Path {
        &self.file.0
    }
}

/// A file that is deleted when nobody needs it any more.
#[derive(Debug)]
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be deleted now is at the next start.
        let _ = fs::remove_file(&self.0);
    }
}

/// Files that wait, by a random id.
pub(crate) struct Uploads {
    folder: PathBuf,
    waiting: Mutex<BTreeMap<String, Arc<Upload>>>,
}

/// A file on its way in.
pub(crate) struct Incoming {
    file: File,
    temporary: Temporary,
    most: u64,
    bytes: u64,
}

impl Incoming {
    /// Adds bytes; false where there are more than are taken.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> io::Result<bool> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.bytes > self.most {
            return Ok(false);
        }
        self.file.write_all(bytes)?;
        Ok(true)
    }

    /// All of it, in memory; the file is deleted.
    pub(crate) fn content(self) -> io::Result<Vec<u8>> {
        fs::read(&self.temporary.0)
    }
}

impl Uploads {
    /// Uses the folder, and clears it of what an earlier run left.
    pub(crate) fn open(folder: PathBuf) -> Result<Self, KeyError> {
        make_folder(&folder)?;
        let failed = |reason| KeyError::File { path: folder.clone(), reason };
        for entry in fs::read_dir(&folder).map_err(failed)?.flatten() {
            if entry.file_name().to_string_lossy().ends_with(ENDING) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { folder, waiting: Mutex::default() })
    }

    /// Makes room for a file with this id, of so many bytes at most.
    pub(crate) fn begin(&self, id: &str, most: u64) -> io::Result<Incoming> {
        let held = locked(&self.waiting).values().fold(0_u64, |sum, upload| sum.saturating_add(upload.bytes));
        if held >= MOST_BYTES {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let path = self.folder.join(format!("{id}{ENDING}"));
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Incoming { file, temporary: Temporary(path), most, bytes: 0 })
    }

    /// Lets a file that came whole wait; the oldest goes where there are too many.
    pub(crate) fn keep(
        &self,
        id: String,
        name: &str,
        incoming: Incoming,
        by: AccountId,
        at: Timestamp,
    ) -> io::Result<()> {
        let seems = seems(&incoming.temporary.0)?;
        let Incoming { temporary, bytes, .. } = incoming;
        let upload = Upload { name: plain(name), seems, bytes, at, by, file: temporary };
        let mut waiting = locked(&self.waiting);
        waiting.insert(id, Arc::new(upload));
        if waiting.len() > MOST_WAITING {
            let oldest = waiting.iter().min_by_key(|(_, upload)| upload.at).map(|(id, _)| id.clone());
            oldest.and_then(|id| waiting.remove(&id));
        }
        Ok(())
    }

    /// The file with this id, if this person sent it.
    pub(crate) fn find(&self, id: &str, by: AccountId) -> Option<Arc<Upload>> {
        locked(&self.waiting).get(id).filter(|upload| upload.by == by).cloned()
    }

    /// All that this person sent, with their ids, the oldest first.
    pub(crate) fn of(&self, by: AccountId) -> Vec<(String, Arc<Upload>)> {
        let waiting = locked(&self.waiting);
        let own = waiting.iter().filter(|(_, upload)| upload.by == by);
        let mut own: Vec<_> = own.map(|(id, upload)| (id.clone(), Arc::clone(upload))).collect();
        own.sort_by_key(|(id, upload)| (upload.at, id.clone()));
        own
    }

    /// Takes a file out, if this person sent it; it is deleted when the last who holds it lets go.
    pub(crate) fn take(&self, id: &str, by: AccountId) -> Option<Arc<Upload>> {
        let mut waiting = locked(&self.waiting);
        let is_own = waiting.get(id).is_some_and(|upload| upload.by == by);
        if is_own { waiting.remove(id) } else { None }
    }

    /// Deletes those that waited too long.
    pub(crate) fn clear_old(&self, now: Timestamp) {
        locked(&self.waiting).retain(|_, upload| now.since(upload.at) < WAITS_FOR);
    }
}

const ENDING: &str = ".upload";

/// Recorded traffic, plain or packed; zstd packs nothing else here.
fn seems(path: &Path) -> io::Result<Seems> {
    let start = |reader: &mut dyn Read| {
        let mut bytes = Vec::new();
        // Damage is told when it is read.
        let _ = reader.take(4).read_to_end(&mut bytes);
        bytes
    };
    let mut bytes = start(&mut File::open(path)?);
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes = start(&mut flate2::read::MultiGzDecoder::new(File::open(path)?));
    }
    let is_zstd = bytes == [0x28, 0xb5, 0x2f, 0xfd];
    Ok(if is_zstd || is_capture(&bytes) { Seems::Capture } else { Seems::List })
}

/// A name as it is shown and kept: without folders, `.gz` and control characters.
fn plain(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let name: String = crate::layout::plain(name).replace(['\n', '\t'], " ").chars().take(120).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(uploads: &Uploads, id: &str, bytes: &[u8], by: i64, at: i64) {
        let mut incoming = uploads.begin(id, LARGEST).unwrap();
        assert!(incoming.add(bytes).unwrap());
        uploads
            .keep(
                id.to_owned(),
                "../../etc/lists.csv.gz",
                incoming,
                AccountId(by),
                Timestamp::from_seconds(at),
            )
            .unwrap();
    }

    #[test]
    fn a_file_is_its_senders_and_is_deleted_when_nobody_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path().join("uploads")).unwrap();
        sent(&uploads, "a1", b"name,ip\n", 1, 0);
        assert!(uploads.find("a1", AccountId(2)).is_none());
        assert!(uploads.take("a1", AccountId(2)).is_none());
        let upload = uploads.take("a1", AccountId(1)).unwrap();
        let path = upload.path().to_owned();
        assert_eq!((upload.name.as_str(), upload.seems), ("lists.csv", Seems::List));
        assert!(path.exists());
        drop(upload);
        assert!(!path.exists());
    }

    #[test]
    fn what_waits_too_long_or_was_left_is_deleted() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("uploads");
        let uploads = Uploads::open(place.clone()).unwrap();
        sent(&uploads, "a1", &[0x0a, 0x0d, 0x0d, 0x0a, 1], 1, 0);
        sent(&uploads, "a2", b"x", 1, 3_000);
        assert_eq!(uploads.find("a1", AccountId(1)).unwrap().seems, Seems::Capture);
        uploads.clear_old(Timestamp::from_seconds(3_600));
        assert_eq!(uploads.of(AccountId(1)).len(), 1);
        std::fs::write(place.join("left.upload"), "x").unwrap();
        drop(Uploads::open(place.clone()).unwrap());
        assert!(!place.join("left.upload").exists());
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let uploads = Uploads::open(folder.path().join("uploads")).unwrap();
        for number in 0..40 {
            sent(&uploads, &format!("id{number:02}"), b"x", 1, number);
        }
        let left = uploads.of(AccountId(1));
        assert_eq!((left.len(), left[0].0.as_str()), (MOST_WAITING, "id08"));
    }

    #[test]
    fn names_lose_their_folders_and_tricks() {
        assert_eq!(plain("C:\\lists\\a.csv"), "a.csv");
        assert_eq!(plain("a\u{7}\u{202e}.csv.gz"), "a\u{fffd}\u{fffd}.csv");
        assert_eq!(plain("../"), "file");
    }
}
