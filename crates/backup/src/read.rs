//! Putting a backup back: all of it is read and held against its list before anything is put in its place.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use wardround_store::Store;

use crate::list::{FORMAT, List, Listed};
use crate::{ASK, BackupError, FINGERPRINTS, KEYS, LARGEST_SMALL, OWN, Places, STORE, keys, largest, left};

/// How the folder begins that a backup is unpacked into.
const HELD: &str = ".restore-";

/// What was put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// When the backup was made, as it says.
    pub at: String,
    /// How many files.
    pub files: usize,
    /// Where what was there before lies now.
    pub set_aside: Vec<PathBuf>,
}

/// Reads a backup with the key in a file and puts everything in its place. Nothing may use the store meanwhile.
///
/// # Errors
/// When the key does not fit, the backup is damaged or newer, a store is there already and is not to be replaced, or something
/// cannot be written. Nothing was put in its place then, unless the error names a file that could not be put there.
pub fn restore(from: &Path, key: &Path, places: &Places, replace: bool) -> Result<Restored, BackupError> {
    if places.store.exists() && !replace {
        return Err(BackupError::StoreExists { path: places.store.clone() });
    }
    let key = keys::key(key)?;
    let folder =
        places.store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    private_folder(folder)?;
    left::remove_old(folder, HELD);
    let held = tempfile::Builder::new().prefix(HELD).tempdir_in(folder);
    let held = held.map_err(BackupError::file(folder, "written to"))?;
    let list = unpack(from, &key, held.path())?;
    // A store that this program cannot read is not put in place.
    Store::open_read_only(held.path().join(STORE))?.round_list()?;
    let mut moves = Moves::default();
    // The store last: what it needs to be of use is there then.
    let (last, first): (Vec<_>, Vec<_>) = list.files.iter().partition(|file| file.name == STORE);
    for Listed { name, .. } in first.into_iter().chain(last) {
        if let Err(error) = moves.put(&held.path().join(name), &place(places, name)) {
            moves.undo();
            return Err(error);
        }
    }
    Ok(Restored {
        at: list.at,
        files: list.files.len(),
        set_aside: moves.aside.into_iter().map(|(_, to)| to).collect(),
    })
}

/// What was moved, so that a failure in the middle leaves everything as it was.
#[derive(Default)]
struct Moves {
    /// From where to where.
    aside: Vec<(PathBuf, PathBuf)>,
    placed: Vec<PathBuf>,
}

impl Moves {
    /// Puts a file in its place, and sets aside what is there.
    fn put(&mut self, from: &Path, to: &Path) -> Result<(), BackupError> {
        if let Some(parent) = to.parent() {
            private_folder(parent)?;
        }
        self.put_aside(to)?;
        fs::rename(from, to).map_err(BackupError::file(to, "put in its place"))?;
        self.placed.push(to.to_owned());
        Ok(())
    }

    /// Renames what is there, with what SQLite keeps beside it.
    fn put_aside(&mut self, path: &Path) -> Result<(), BackupError> {
        let with = |end: &str| {
            let mut name = path.as_os_str().to_owned();
            name.push(end);
            PathBuf::from(name)
        };
        for end in ["", "-wal", "-shm", "-journal"] {
            let from = with(end);
            if from.symlink_metadata().is_ok() {
                let to = with(&format!(".before{end}"));
                if to.symlink_metadata().is_ok() {
                    return Err(BackupError::Exists { path: to });
                }
                fs::rename(&from, &to).map_err(BackupError::file(&from, "set aside"))?;
                self.aside.push((from, to));
            }
        }
        Ok(())
    }

    /// Puts everything back; what cannot be put back is found beside, under its name and `.before`.
    fn undo(&self) {
        for placed in &self.placed {
            let _ = fs::remove_file(placed);
        }
        for (from, to) in &self.aside {
            let _ = fs::rename(to, from);
        }
    }
}

/// The most bytes that a file beside the store may have.
fn most(name: &str) -> u64 {
    largest(if name.starts_with(ASK) { ASK } else { OWN })
}

/// Where a file of a backup belongs.
fn place(places: &Places, name: &str) -> PathBuf {
    let within = |folder: &str| name.strip_prefix(folder);
    match (within(KEYS), within(OWN), within(FINGERPRINTS)) {
        (Some(key), ..) => places.keys.join(key),
        (_, _, Some(file)) => places.fingerprints.join(file),

        (_, Some(own), _) => {
            let known = places.own.iter().find(|path| path.file_name().is_some_and(|name| name == own));
            known.cloned().unwrap_or_else(|| places.store.with_file_name(own))
        }
        _ if name.starts_with(ASK) => places.store.with_file_name(name),
        _ => places.store.clone(),
    }
}

fn private_folder(folder: &Path) -> Result<(), BackupError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(BackupError::file(folder, "made"))
}

/// Decrypts a backup into a folder, and gives its list once everything in it holds.
fn unpack(from: &Path, key: &age::x25519::Identity, to: &Path) -> Result<List, BackupError> {
    let damaged = |reason: &str| BackupError::Damaged { path: from.to_owned(), reason: reason.to_owned() };
    let file = File::open(from).map_err(BackupError::file(from, "read"))?;
    let decryptor = age::Decryptor::new(BufReader::new(file))
        .map_err(|_| damaged("its beginning is not that of a backup"))?;
    let keys: [&dyn age::Identity; 1] = [key];
    let plain = decryptor.decrypt(keys.into_iter()).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => BackupError::OtherKey { path: from.to_owned() },
        _ => damaged("its beginning was changed"),
    })?;
    let mut archive = tar::Archive::new(GzDecoder::new(plain));
    let cut = |_: io::Error| damaged("it does not hold together");
    let mut entries = archive.entries().map_err(cut)?;
    let first = entries.next().ok_or_else(|| damaged("it is empty"))?.map_err(cut)?;
    let list = read_list(first, from)?;
    for listed in &list.files {
        let entry = entries.next().ok_or_else(|| damaged("a file is missing"))?.map_err(cut)?;
        let is_named = entry.path().is_ok_and(|path| path.as_os_str() == listed.name.as_str());
        if !is_named
            || entry.size() != listed.bytes
            || listed.name != STORE && listed.bytes > most(&listed.name)
        {
            return Err(damaged("a file is another than its list says"));
        }
        let target = to.join(&listed.name);
        if let Some(parent) = target.parent() {
            private_folder(parent)?;
        }
        if write(entry, listed.bytes, &target)? != listed.hash {
            return Err(damaged("a file is another than its list says"));
        }
    }
    if entries.next().is_some() {
        return Err(damaged("it holds more than its list says"));
    }
    // The end of the encryption is checked only where it is read.
    let mut rest = archive.into_inner();
    io::copy(&mut rest, &mut io::sink()).map_err(cut)?;
    Ok(list)
}

fn read_list(entry: impl Read, from: &Path) -> Result<List, BackupError> {
    let damaged = |reason: &str| BackupError::Damaged { path: from.to_owned(), reason: reason.to_owned() };
    let mut text = Vec::new();
    entry.take(LARGEST_SMALL).read_to_end(&mut text).map_err(|_| damaged("it does not hold together"))?;
    let list: List = serde_json::from_slice(&text).map_err(|_| damaged("its list cannot be read"))?;
    if list.format > FORMAT {
        let program: String =
            list.program.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(40).collect();
        return Err(BackupError::Newer { path: from.to_owned(), program });
    }
    if list.is_sound() { Ok(list) } else { Err(damaged("its list names what a backup never holds")) }
}

/// Writes one file that its owner alone can read, and gives its hash.
fn write(data: impl Read, bytes: u64, to: &Path) -> Result<String, BackupError> {
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
        let (mut hasher, mut data, mut block) = (blake3::Hasher::new(), data.take(bytes), vec![0; 1 << 16]);
        loop {
            let many = data.read(&mut block)?;
            let Some(read) = block.get(..many).filter(|read| !read.is_empty()) else { break };
            hasher.update(read);
            file.write_all(read)?;
        }
        file.sync_all()?;
        Ok(hasher.finalize().to_hex().to_string())
    };
    write().map_err(BackupError::file(to, "written"))
}
