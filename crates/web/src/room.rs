//! Room on the disk that is kept for what must be done also when the disk is full: leaving, and taking back what was said. A file beside
//! the store whose bytes are given up for a moment and taken again, as far as there are any.
//!
//! What somebody else writes in that moment may take them; then nothing is done, and that is told. On file systems that pack what is
//! written (btrfs, ZFS) the file may hold less room than it says.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Its name, beside the store.
const FILE: &str = "emergency.room";
/// Bytes: some hundred changes of one row each, with what SQLite writes around them.
const BYTES: u64 = 4 << 20;
/// Bytes that are taken at once.
const BLOCK: usize = 4096;

/// The room of a store.
#[derive(Debug)]
pub(crate) struct Room {
    path: PathBuf,
}

impl Room {
    pub(crate) fn beside(folder: &Path) -> Self {
        Self { path: folder.join(FILE) }
    }

    /// Takes as much of it as there is on the disk. That there is less changes nothing now, and cannot be helped.
    pub(crate) fn take(&self) {
        let _ = self.grow();
    }

    fn grow(&self) -> io::Result<()> {
        let mut file = self.open()?;
        let mut length = file.metadata()?.len() / BLOCK as u64 * BLOCK as u64;
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        while length < BYTES {
            // A block that fits in part is a block less.
            file.write_all(&[1; BLOCK])?;
            length = length.saturating_add(BLOCK as u64);
        }
        file.sync_data()
    }

    /// Gives it up. Whether there was any.
    pub(crate) fn give_up(&self) -> bool {
        let give = || {
            let file = self.open()?;
            let held = file.metadata()?.len();
            file.set_len(0)?;
            Ok::<_, io::Error>(held > 0)
        };
        give().unwrap_or(false)
    }

    fn open(&self) -> io::Result<File> {
        OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_given_up_and_taken_again() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::beside(folder.path());
        let length = || std::fs::metadata(folder.path().join(FILE)).unwrap().len();
        assert!(!room.give_up(), "there was none");
        room.take();
        room.take();
        assert_eq!(length(), BYTES);
        assert!(room.give_up());
        assert_eq!(length(), 0);
        // A piece of a block is left by a disk that was full.
        std::fs::write(folder.path().join(FILE), vec![1; BLOCK + 7]).unwrap();
        room.take();
        assert_eq!(length(), BYTES);
    }
}
