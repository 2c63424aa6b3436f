//! Making a backup.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use wardround_model::Timestamp;
use wardround_store::Store;

use crate::list::{FORMAT, List, Listed, is_plain};
use crate::{BackupError, KEYS, LARGEST_SMALL, LIST, MOST_FILES, OWN, Places, Recipient, STORE};

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
    // The copy is in clear, so it lies where the store lies, and not on a stick.
    let beside =
        places.store.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = tempfile::Builder::new().prefix(".backup-").tempdir_in(beside);
    let folder = folder.map_err(BackupError::file(beside, "written to"))?;
    let copy = folder.path().join(STORE);
    Store::open_read_only(&places.store)?.copy_to(&copy)?;
    let mut files = vec![(STORE.to_owned(), copy)];
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

fn partial(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

/// Keys and the hospital's own files, as far as they are there.
fn small(places: &Places) -> Result<Vec<(String, PathBuf)>, BackupError> {
    let mut keys: Vec<PathBuf> = match fs::read_dir(&places.keys) {
        Ok(entries) => entries.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
    .map_err(BackupError::file(&places.keys, "read"))?;
    keys.sort_unstable();
    let named = |folder: &'static str| {
        move |path: PathBuf| {
            let name = path.file_name()?.to_str().filter(|name| is_plain(name))?;
            let is_small =
                fs::symlink_metadata(&path).is_ok_and(|file| file.is_file() && file.len() <= LARGEST_SMALL);
            is_small.then(|| (format!("{folder}{name}"), path.clone()))
        }
    };
    let keys = keys.into_iter().filter_map(named(KEYS));
    Ok(keys.chain(places.own.iter().cloned().filter_map(named(OWN))).take(MOST_FILES - 1).collect())
}

fn list(files: &[(String, PathBuf)], at: Timestamp) -> Result<List, BackupError> {
    let listed = |(name, path): &(String, PathBuf)| {
        let hashed = File::open(path).and_then(|file| {
            let mut hasher = blake3::Hasher::new();
            let bytes = io::copy(&mut BufReader::new(file), &mut hasher)?;
            Ok(Listed { name: name.clone(), bytes, hash: hasher.finalize().to_hex().to_string() })
        });
        hashed.map_err(BackupError::file(path, "read"))
    };
    let files = files.iter().map(listed).collect::<Result<_, _>>()?;
    let program = concat!("wardround ", env!("CARGO_PKG_VERSION")).to_owned();
    Ok(List { format: FORMAT, program, at: at.to_string(), files })
}

/// Writes the archive, and gives its size.
fn write(files: &[(String, PathBuf)], list: &List, to: &Path, recipient: &Recipient) -> io::Result<u64> {
    // A partial file of a killed try is in the way of nobody.
    let _ = fs::remove_file(to);
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to)?;
    let recipients: [&dyn age::Recipient; 1] = [&recipient.0];
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).map_err(io::Error::other)?;
    let encrypted = encryptor.wrap_output(BufWriter::new(&file))?;
    let mut archive = tar::Builder::new(GzEncoder::new(encrypted, Compression::fast()));
    let text = serde_json::to_vec(list).map_err(io::Error::other)?;
    append(&mut archive, LIST, u64::try_from(text.len()).unwrap_or(u64::MAX), text.as_slice())?;
    for ((name, path), listed) in files.iter().zip(&list.files) {
        append(&mut archive, name, listed.bytes, File::open(path)?)?;
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
    archive.append_data(&mut header, name, data)
}
