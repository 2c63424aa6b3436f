//! One index file, mapped.

use std::fs::{File, Metadata, OpenOptions};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use memmap2::Mmap;
use rustix::fs::OFlags;
use wardround_intel::Index;
use wardround_intel::index::IndexError;

/// A file that is not mapped, and why.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// It cannot be opened, looked at or mapped.
    #[error("{}: cannot be opened: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// It is a folder, a pipe or a device.
    #[error("{}: is not a regular file; name the index file itself", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
    },
    /// Somebody else could change it while it is in use.
    #[error(
        "{}: somebody else may write it (owner {owner}, mode {mode:o}); \
         make it yours and writable by you alone: chown, then chmod 600", path.display()
    )]
    NotOurs {
        /// The file.
        path: PathBuf,
        /// Who owns it.
        owner: u32,
        /// Who may do what with it.
        mode: u32,
    },
    /// It is not an index that this program reads.
    #[error("{}: {source}", path.display())]
    Index {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: IndexError,
    },
}

/// Which file stands at a path: another one after a rename, however alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
    length: u64,
    changed: (i64, i64),
}

impl Identity {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            length: metadata.len(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// An index file in memory; it stays readable when another file is renamed over it.
#[derive(Debug)]
pub struct MappedIndex {
    path: PathBuf,
    identity: Identity,
    map: Mmap,
}

impl MappedIndex {
    /// Maps an index that was checked when it was written or imported: only its header is read.
    ///
    /// # Errors
    /// When the file is not a regular one, somebody else may write it, or it is no index.
    pub fn open(path: &Path) -> Result<Self, MapError> {
        let mapped = Self::map(path)?;
        mapped.index()?;
        Ok(mapped)
    }

    /// Maps an index and reads all of it once: every hash, every reference.
    ///
    /// # Errors
    /// As `open`, and when any part was changed or does not hold together.
    pub fn open_checked(path: &Path) -> Result<Self, MapError> {
        let mapped = Self::map(path)?;
        Index::open_checked(&mapped.map).map_err(|source| mapped.wrong(source))?;
        Ok(mapped)
    }

    /// The index. Reads the header each time, about a microsecond: keep the answer while working with it.
    ///
    /// # Errors
    /// When the header is not what it was, which means that the file was changed in place.
    pub fn index(&self) -> Result<Index<'_>, MapError> {
        Index::open(&self.map).map_err(|source| self.wrong(source))
    }

    /// The bytes of the whole file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.map
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    fn wrong(&self, source: IndexError) -> MapError {
        MapError::Index { path: self.path.clone(), source }
    }

    fn map(path: &Path) -> Result<Self, MapError> {
        let unreadable = |source| MapError::Unreadable { path: path.to_owned(), source };
        let file = open(path).map_err(unreadable)?;
        // Of what was opened, not of what the path leads to by now.
        let metadata = file.metadata().map_err(unreadable)?;
        check(path, &metadata)?;
        let map = map_file(&file).map_err(unreadable)?;
        Ok(Self { path: path.to_owned(), identity: Identity::of(&metadata), map })
    }
}

/// Opens for reading; a pipe without a writer does not hold us up.
fn open(path: &Path) -> std::io::Result<File> {
    let flags = i32::try_from((OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY).bits());
    OpenOptions::new().read(true).custom_flags(flags.unwrap_or_default()).open(path)
}

/// A regular file that only the user or root may write.
fn check(path: &Path, metadata: &Metadata) -> Result<(), MapError> {
    if !metadata.is_file() {
        return Err(MapError::NotAFile { path: path.to_owned() });
    }
    let (owner, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    let trusted = owner == 0 || owner == rustix::process::geteuid().as_raw();
    if !trusted || mode & 0o022 != 0 {
        return Err(MapError::NotOurs { path: path.to_owned(), owner, mode });
    }
    Ok(())
}

#[expect(unsafe_code, reason = "the one mapping of the project: docs/decisions/0006")]
fn map_file(file: &File) -> std::io::Result<Mmap> {
    // SAFETY: a mapping is sound while nobody changes or cuts the file under it. `check` has seen that this is a regular
    // file which only its owner, the user or root, may write, and Wardround itself writes an index aside, syncs it and
    // renames it into place, never changing one in place. The map is private and read-only, and every access to its
    // bytes is bounded and tolerates any value (`wardround_intel::Index`, fuzzed with damaged bytes).
    unsafe { Mmap::map(file) }
}
