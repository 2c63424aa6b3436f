//! Files to import: named ones and those of folders; plain or gzip. Not here: what is in them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_intake::is_capture;
use wardround_model::Timestamp;

/// Folders in folders, at most.
const DEPTH: usize = 4;
/// Files of one command, at most.
const MOST_FILES: usize = 10_000;

/// One file to import.
pub(in crate::commands) struct File {
    path: PathBuf,
    /// Its name without its folder, and without `.gz`.
    pub(in crate::commands) name: String,
}

/// A file's content.
pub(in crate::commands) struct Read {
    /// Its bytes, decompressed.
    pub(in crate::commands) bytes: Vec<u8>,
    /// When it was last changed.
    pub(in crate::commands) changed: Timestamp,
}

/// All files that are named or in named folders, hidden ones left out, in the order of their names.
pub(in crate::commands) fn all(named: &[PathBuf]) -> Result<Vec<File>> {
    let mut files = Vec::new();
    for path in named {
        add(path, DEPTH, &mut files)?;
    }
    if files.is_empty() {
        bail!("there is no file to import in what was named");
    }
    Ok(files)
}

fn add(path: &Path, depth: usize, files: &mut Vec<File>) -> Result<()> {
    if !path.is_dir() {
        files.push(File { name: name(path), path: path.to_owned() });
        return Ok(());
    }
    let listed = std::fs::read_dir(path).and_then(|entries| {
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<PathBuf>, _>>()
    });
    let mut inside = listed.with_context(|| format!("the folder {} cannot be read", path.display()))?;
    inside.sort();
    for path in inside.iter().filter(|path| !name(path).starts_with('.')) {
        if files.len() >= MOST_FILES {
            bail!("more than {MOST_FILES} files were named; import them folder by folder");
        }
        if path.is_file() || path.is_dir() && depth > 0 {
            add(path, depth.saturating_sub(1), files)?;
        }
    }
    Ok(())
}

fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    name.strip_suffix(".gz").unwrap_or(&name).chars().map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl File {
    /// Reads it, whatever its name says, up to the largest size that is read and one byte more.
    pub(in crate::commands) fn read(&self) -> Result<Read> {
        let cannot = || format!("{} cannot be read", self.path.display());
        let file = std::fs::File::open(&self.path).with_context(cannot)?;
        let changed = file.metadata().and_then(|metadata| metadata.modified()).with_context(cannot)?;
        let unpacked = wardround_intake::unpack(file);
        let bytes = unpacked.with_context(|| match is_gzip(&self.path) {
            true => format!("{} is damaged: it does not unpack", self.path.display()),
            false => cannot(),
        })?;
        if is_capture(&bytes) {
            let again = self.path.display();
            bail!(
                "{again} is recorded traffic, not a list; it needs no import: run `wardround round {again}`"
            );
        }
        Ok(Read { bytes, changed: timestamp(changed) })
    }
}

fn is_gzip(path: &Path) -> bool {
    let mut start = [0; 2];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && start == [0x1f, 0x8b]
}

fn timestamp(time: std::time::SystemTime) -> Timestamp {
    let since = time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_seconds(i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
