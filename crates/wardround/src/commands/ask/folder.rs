//! Where scope, plan, approvals and log are kept: the folder `ask` beside the store, for its owner alone.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Files larger than this are none of ours.
const MOST_BYTES: u64 = 64 << 20;

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn beside(store: &Path) -> Self {
        Self(store.parent().unwrap_or(Path::new("")).join("ask"))
    }

    pub(super) fn make(&self) -> Result<()> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.with_context(|| format!("the folder {} cannot be made", self.0.display()))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        // What cannot be looked at counts as there: a stop must never be missed.
        self.path(name).try_exists().unwrap_or(true)
    }

    /// The whole text of a file; nothing where it is not there.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>> {
        let path = self.path(name);
        let cannot = || format!("{} cannot be read", path.display());
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(cannot),
        };
        let mut text = String::new();
        file.take(MOST_BYTES + 1).read_to_string(&mut text).with_context(cannot)?;
        if text.len() as u64 > MOST_BYTES {
            bail!("{} is larger than it may be", path.display());
        }
        Ok(Some(text))
    }

    pub(super) fn read<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        let read = serde_json::from_str(&text);
        read.map(Some).with_context(|| format!("{} is damaged", self.path(name).display()))
    }

    /// Every line of a file, each a value.
    pub(super) fn lines<T: DeserializeOwned>(&self, name: &str) -> Result<Vec<T>> {
        let text = self.text(name)?.unwrap_or_default();
        let read: serde_json::Result<Vec<T>> = text.lines().map(serde_json::from_str).collect();
        read.with_context(|| format!("{} is damaged", self.path(name).display()))
    }

    /// Writes a file whole: it is the new one or the old one, never half of either.
    pub(super) fn write(&self, name: &str, value: &impl Serialize) -> Result<()> {
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        self.make()?;
        // Others may write the same file now: a run that ends, and the person who stopped it.
        let (own, nth) = (std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
        let (path, new) = (self.path(name), self.path(&format!("{name}.{own}-{nth}.new")));
        let cannot = || format!("{} cannot be written", path.display());
        let mut options = OpenOptions::new();
        let mut file =
            options.write(true).create(true).truncate(true).mode(0o600).open(&new).with_context(cannot)?;
        let text = serde_json::to_string_pretty(value)?;
        let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
        let written = written.and_then(|()| std::fs::rename(&new, &path));
        if written.is_err() {
            // Half a file helps nobody; one that cannot be removed is overlooked.
            let _ = std::fs::remove_file(&new);
        }
        written.with_context(cannot)
    }

    /// A file that is only added to.
    pub(super) fn append(&self, name: &str) -> Result<Appender> {
        self.make()?;
        let path = self.path(name);
        let file = OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
        Ok(Appender(file.with_context(|| format!("{} cannot be written", path.display()))?))
    }

    /// The lines at the end of a file, each a value; what is before the last `bytes` is left out.
    pub(super) fn last_lines<T: DeserializeOwned>(&self, name: &str, bytes: u64) -> Result<Vec<T>> {
        let path = self.path(name);
        let cannot = || format!("{} cannot be read", path.display());
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(cannot),
        };
        let length = file.metadata().with_context(cannot)?.len();
        let skipped = length.saturating_sub(bytes);
        file.seek(SeekFrom::Start(skipped)).with_context(cannot)?;
        let mut read = Vec::new();
        file.take(bytes).read_to_end(&mut read).with_context(cannot)?;
        let text = String::from_utf8_lossy(&read);
        // The first line may have lost its beginning, and the last one may be under way.
        let whole =
            text.split_inclusive('\n').skip(usize::from(skipped > 0)).filter(|line| line.ends_with('\n'));
        Ok(whole.filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Makes a file that must not be there yet, and holds it: whoever looks sees that this program lives.
    pub(super) fn claim(&self, name: &str) -> std::io::Result<Claim> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.path(name))?;
        file.try_lock()?;
        Ok(Claim { _held: file })
    }

    /// Whether somebody holds a file.
    pub(super) fn is_held(&self, name: &str) -> bool {
        File::open(self.path(name))
            .is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    pub(super) fn remove(&self, name: &str) -> Result<()> {
        match std::fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("{} cannot be removed", self.path(name).display()))
            }
            _ => Ok(()),
        }
    }
}

/// A file that is held as long as this lives.
#[derive(Debug)]
pub(super) struct Claim {
    _held: File,
}

/// A file that is only added to.
#[derive(Debug)]
pub(super) struct Appender(File);

impl Appender {
    /// Adds a line; it is on the disk when this returns.
    pub(super) fn add(&mut self, value: &impl Serialize) -> std::io::Result<()> {
        let mut line = serde_json::to_string(value)?;
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        self.0.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_several_write_at_once_is_one_of_theirs_whole() {
        let place = std::env::temp_dir().join(format!("wardround-folder-{}", std::process::id()));
        let folder = Folder::beside(&place.join("rounds.sqlite"));
        let long = |which: usize| vec![which; 5000];
        std::thread::scope(|scope| {
            for which in 0..4 {
                let folder = &folder;
                scope.spawn(move || (0..50).for_each(|_| folder.write("stop", &long(which)).unwrap()));
            }
        });
        let read: Vec<usize> = folder.read("stop").unwrap().unwrap();
        assert!((0..4).any(|which| read == long(which)));
        assert_eq!(std::fs::read_dir(place.join("ask")).unwrap().count(), 1, "nothing is left beside it");
        std::fs::remove_dir_all(&place).unwrap();
    }
}
