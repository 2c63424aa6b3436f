//! The file and folder of a store, before SQLite sees them: who may read them, and that they are what they seem.
//!
//! A file is made with mode 0600 and a folder with mode 0700 whatever the umask says, before anything is written.
//! SQLite gives the files that it makes beside the store (`-wal`, `-shm`, `-journal`) the store's own mode. The last
//! step of a path may not be a symbolic link, nor may those files be: in a folder such as `/tmp` somebody else may have
//! put it there. Folders on the way may be links, as a home folder often is.
//!
//! Nothing here opens a store that SQLite may have open: closing such a handle would drop SQLite's own locks on it
//! (POSIX advisory locks belong to the process; "How To Corrupt An SQLite Database File", 2.2).

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::error::StoreError;

const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;
/// What group and others may do.
const OTHERS: u32 = 0o077;
/// The store itself and the files that SQLite keeps beside it while it is open, by their endings.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// One thread at a time makes a store: see [`create`].
static MAKING: Mutex<()> = Mutex::new(());

/// The real path of the store for writing: folder and file are there, as plain files, in whoever's hands.
pub(crate) fn prepare(path: &Path) -> Result<PathBuf, StoreError> {
    make_folder(folder_of(path))?;
    let path = resolve(path)?;
    let making = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    if !is_there(&path)? {
        create(&path)?;
    }
    drop(making);
    check(&path)?;
    Ok(path)
}

/// The real path of a store that is there, for reading.
pub(crate) fn find(path: &Path) -> Result<PathBuf, StoreError> {
    let path = resolve(path)?;
    if !is_there(&path)? {
        return Err(StoreError::NotFound { path });
    }
    check(&path)?;
    if is_empty(&path) { Err(StoreError::Empty { path }) } else { Ok(path) }
}

/// Whether the file has nothing in it yet.
pub(crate) fn is_empty(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|file| file.len() == 0)
}

/// The file that SQLite puts beside the store, by its ending.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Whether a file beside the store holds something that the store itself does not hold yet.
pub(crate) fn is_unfinished(path: &Path) -> bool {
    ["-wal", "-journal"]
        .iter()
        .any(|ending| fs::symlink_metadata(beside(path, ending)).is_ok_and(|file| file.len() > 0))
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The path with every link in its folders followed, so that its last step alone is left to check.
fn resolve(path: &Path) -> Result<PathBuf, StoreError> {
    let name = path.file_name().ok_or_else(|| not_plain(path, "a folder"))?;
    let folder = folder_of(path).canonicalize().map_err(|reason| not_opened(path, reason))?;
    Ok(folder.join(name))
}

/// Makes the folder and those above it that are missing.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.is_dir();
    let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
    for folder in missing.into_iter().rev() {
        make_one_folder(folder)
            .map_err(|reason| StoreError::FolderNotMade { folder: folder.to_owned(), reason })?;
    }
    Ok(())
}

fn make_one_folder(folder: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        // Two programs may make it at once.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
        Ok(()) => {
            // The umask may have taken something away from what we need ourselves.
            fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE))?;
            sync_folder(folder_of(folder))
        }
    }
}

/// Makes a new entry of a folder durable. Folders that may be written but not read are left to the system.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder) {
        Ok(folder) => folder.sync_all(),
        Err(_) => Ok(()),
    }
}

fn is_there(path: &Path) -> Result<bool, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(reason) => Err(not_opened(path, reason)),
    }
}

/// Makes the file, with nobody else in this process opening it until the handle made here is closed again.
fn create(path: &Path) -> Result<(), StoreError> {
    // `create_new` never follows a link and never opens what somebody else has just put there.
    match OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(FILE_MODE)).map_err(|reason| refused(path, reason))
        }
        // Two programs may make it at once; what is there now is checked like any other.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(reason) => Err(refused(path, reason)),
    }
}

/// Makes an empty file that its owner alone can read, for a copy of a store.
pub(crate) fn make_private(path: &Path) -> Result<(), StoreError> {
    if path.symlink_metadata().is_ok() {
        return Err(refused(path, ErrorKind::AlreadyExists.into()));
    }
    create(path)
}

/// That the store and what SQLite keeps beside it are plain files.
fn check(path: &Path) -> Result<(), StoreError> {
    for ending in BESIDE {
        let file = beside(path, ending);
        if let Ok(metadata) = fs::symlink_metadata(&file) {
            let kind = metadata.file_type();
            let what = match () {
                () if kind.is_symlink() => "a symbolic link",
                () if kind.is_dir() => "a folder",
                () if !kind.is_file() => "a device or pipe",
                () => continue,
            };
            return Err(not_plain(&file, what));
        }
    }
    Ok(())
}

/// Takes the store, and what SQLite keeps beside it, away from group and others, if they have it.
pub(crate) fn close_to_others(path: &Path) -> Result<(), StoreError> {
    for ending in BESIDE {
        match take_from_others(&beside(path, ending)) {
            // Another program that closes the store takes these away; then there is nothing to close.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            other => other.map_err(|reason| not_closed(path, reason))?,
        }
    }
    Ok(())
}

fn take_from_others(file: &Path) -> io::Result<()> {
    let mode = fs::symlink_metadata(file)?.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        Ok(())
    } else {
        fs::set_permissions(file, Permissions::from_mode(mode & !OTHERS))
    }
}

fn not_closed(path: &Path, reason: io::Error) -> StoreError {
    match reason.kind() {
        ErrorKind::PermissionDenied => StoreError::OpenToOthers { path: path.to_owned() },
        _ => refused(path, reason),
    }
}

fn not_plain(path: &Path, what: &'static str) -> StoreError {
    StoreError::NotAPlainFile { path: path.to_owned(), what }
}

fn not_opened(path: &Path, reason: io::Error) -> StoreError {
    let path = path.to_owned();
    match reason.kind() {
        ErrorKind::NotFound => StoreError::NotFound { path },
        _ => StoreError::NotOpened { path, reason },
    }
}

/// The system did not let us write.
fn refused(path: &Path, reason: io::Error) -> StoreError {
    let path = path.to_owned();
    match reason.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly { path },
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { path },
        _ => StoreError::NotOpened { path, reason },
    }
}
