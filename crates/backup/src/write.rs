//! Making a backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek as _, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use wardround_model::Timestamp;
use wardround_store::Store;

use crate::list::{FORMAT, List, Listed, is_plain};
use crate::{
    ASK, BackupError, FINGERPRINTS, KEYS, LARGEST_SMALL, LIST, MOST_FILES, OWN, Places, Recipient, STORE,
    largest, left,
};

/// How the folder of a copy begins.
const COPY: &str = ".backup-";
/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// How many files.
    pub files: usize,
    /// How large the backup is, in bytes.
    pub bytes: u64,
}

/// Writes a backup of what is there at this moment, for one recipient, to a new file that its owner alone can read.
///
/// Others may go on reading and writing the store. The file appears whole or not at all.
///
/// # Errors
/// When there is no store, the file is there already, or something cannot be read or written.
pub fn backup(places: &Places, to: &Path, recipient: &Recipient, at: Timestamp) -> Result<Kept, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists { path: to.to_owned() });
    }
    let mut files = vec![(STORE.to_owned(), copy_of(&places.store)?)];
    files.extend(small(places)?);
    let list = list(&files, at)?;
    let partial = partial(to);
    let written = write(&files, &list, &partial, recipient).map_err(BackupError::file(to, "written"));
    let kept = written.and_then(|bytes| {
        fs::rename(&partial, to).map_err(BackupError::file(to, "put in its place"))?;
        Ok(Kept { files: files.len(), bytes })
    });
    if kept.is_err() {
        // What is left of a failed try is of no use; that it cannot be removed changes nothing of the error.
        let _ = fs::remove_file(&partial);
    }
    kept
}

/// The store as it is at this moment, in a file that has no name any more.
///
/// The copy is in clear, so it lies where the store lies, and not on a stick; and it loses its name as soon as it is there, so
/// that a killed program leaves none behind.
fn copy_of(store: &Path) -> Result<File, BackupError> {
    let beside = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let opened = Store::open_read_only(store)?;
    left::remove_old(beside, COPY);
    let folder = tempfile::Builder::new().prefix(COPY).tempdir_in(beside);
    let folder = folder.map_err(BackupError::file(beside, "written to"))?;
    let copy = folder.path().join(STORE);
    opened.copy_to(&copy)?;
    let file = File::open(&copy).map_err(BackupError::file(&copy, "read"))?;
    folder.close().map_err(BackupError::file(beside, "written to"))?;
    Ok(file)
}

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Keys, the hospital's own files, those of asking and fingerprints, as far as they are there.
fn small(places: &Places) -> Result<Vec<(String, File)>, BackupError> {
    let keys = within(&places.keys)?.into_iter().map(|path| (KEYS, path));
    let fingerprints = within(&places.fingerprints)?.into_iter().map(|path| (FINGERPRINTS, path));
    let own = places.own.iter().map(|path| (OWN, path.clone()));
    let ask = places.ask.iter().map(|path| (ASK, path.clone()));
    let mut files = Vec::new();
    for (folder, path) in keys.chain(own).chain(ask).chain(fingerprints).take(MOST_FILES - 1) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| is_plain(name)) else {
            continue;
        };
        let is_small =
            path.symlink_metadata().is_ok_and(|file| file.is_file() && file.len() <= largest(folder));
        if is_small {
            let file = match folder {
                OWN => of_one_moment(&path, &places.store),
                _ => File::open(&path),
            };
            let file = file.map_err(BackupError::file(&path, "read"))?;
            files.push((format!("{folder}{name}"), file));
        }
    }
    Ok(files)
}

/// What lies in a folder, by name; nothing where there is none.
fn within(folder: &Path) -> Result<Vec<PathBuf>, BackupError> {
    let mut files: Vec<PathBuf> = match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
    .map_err(BackupError::file(folder, "read"))?;
    files.sort_unstable();
    Ok(files)
}

/// A copy of a file that the site writes in place, such as its emergency journal: while nobody does who locks it. Beside the store, and
/// without a name.
fn of_one_moment(path: &Path, store: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    file.lock_shared()?;
    let beside = store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut copy = tempfile::tempfile_in(beside)?;
    io::copy(&mut file.take(LARGEST_SMALL), &mut copy)?;
    copy.rewind()?;
    Ok(copy)
}

fn list(files: &[(String, File)], at: Timestamp) -> Result<List, BackupError> {
    let listed = |(name, file): &(String, File)| {
        let mut hasher = blake3::Hasher::new();
        let hashed = io::copy(&mut BufReader::new(file), &mut hasher);
        let bytes = hashed.map_err(BackupError::file(Path::new(name), "read"))?;
        Ok::<_, BackupError>(Listed {
            name: name.clone(),
            bytes,
            hash: hasher.finalize().to_hex().to_string(),
        })
    };
    let files = files.iter().map(listed).collect::<Result<_, _>>()?;
    let program = concat!("wardround ", env!("CARGO_PKG_VERSION")).to_owned();
    Ok(List { format: FORMAT, program, at: at.to_string(), files })
}

/// Writes the archive, and gives its size.
fn write(files: &[(String, File)], list: &List, to: &Path, recipient: &Recipient) -> io::Result<u64> {
    // A partial file of a killed try is in the way of nobody.
    let _ = fs::remove_file(to);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let recipients: [&dyn age::Recipient; 1] = [&recipient.0];
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).map_err(io::Error::other)?;
    let encrypted = encryptor.wrap_output(BufWriter::new(&file))?;
    let mut archive = tar::Builder::new(GzEncoder::new(encrypted, Compression::fast()));
    let text = serde_json::to_vec(list).map_err(io::Error::other)?;
    append(&mut archive, LIST, u64::try_from(text.len()).unwrap_or(u64::MAX), text.as_slice())?;
    for ((name, file), listed) in files.iter().zip(&list.files) {
        let mut file = file;
        file.rewind()?;
        append(&mut archive, name, listed.bytes, file)?;
    }
    archive.into_inner()?.finish()?.finish()?.flush()?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn append(
    archive: &mut tar::Builder<impl Write>,
    name: &str,
    bytes: u64,
    data: impl io::Read,
) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    header.set_mode(0o600);
    // A file that grows or shrinks meanwhile is not what was listed, and would be found damaged when it is needed.
    let mut counted = Counted { data: data.take(bytes), read: 0 };
    archive.append_data(&mut header, name, &mut counted)?;
    if counted.read == bytes { Ok(()) } else { Err(io::Error::other("a file changed meanwhile; try again")) }
}

/// Counts what is read.
struct Counted<R> {
    data: R,
    read: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let many = self.data.read(buffer)?;
        self.read = self.read.saturating_add(u64::try_from(many).unwrap_or(u64::MAX));
        Ok(many)
    }
}
