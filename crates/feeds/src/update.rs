//! An update: every source brought up to date as far as it goes, one after the other; a broken one does not stop the others.
//! Then the index is built from what is here. Not here: how a source is fetched (`source`), when an index is fit (`index`).

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wardround_intel::Day;
use wardround_model::Timestamp;

use crate::catalogue::{Catalogue, Source};
use crate::check::Loss;
use crate::client::Client;
use crate::place;
use crate::progress::Progress;
use crate::source::{Fetched, Work};
use crate::state::State;

/// What says from which feeds which index was built, in the folder of feeds.
const BUILT: &str = ".built.json";

/// What two updates at once would both want.
const LOCK: &str = ".lock";

/// The first bytes of an index tell it from any other: the hashes of all of its parts stand there.
const INDEX_HEAD: usize = 1 << 10;

/// What all sources share while they are brought up to date.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The list of sources.
    pub catalogue: &'a Catalogue,
    /// Who asks.
    pub client: &'a Client,
    /// The folder with a folder a source.
    pub feeds: &'a Path,
    /// The moment.
    pub now: Timestamp,
    /// What to do with a file that lost most of its records.
    pub loss: Loss,
    /// Who hears how far it is.
    pub progress: &'a dyn Progress,
}

/// What became of one source.
#[derive(Debug)]
pub struct Report {
    /// Its short name.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// What was fetched, and what went wrong.
    pub fetched: Fetched,
    /// The newest day that its files are of.
    pub as_of: Option<Day>,
}

/// Why there is no update at all.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// Another one runs.
    #[error("another update is running in {}; wait for it to end", .0.display())]
    Busy(PathBuf),
    /// The disk refuses.
    #[error("{}: {source}; check the disk and the rights", .path.display())]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Held while an update runs; ends with it, however it ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "the lock is held as long as the file is open")] File);

/// Keeps other updates out of a folder of feeds.
///
/// # Errors
/// When another one is there, or the disk refuses.
pub fn lock(feeds: &Path) -> Result<Lock, UpdateError> {
    let path = feeds.join(LOCK);
    let disk = |source| UpdateError::Disk { path: path.clone(), source };
    std::fs::create_dir_all(feeds).map_err(disk)?;
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(disk)?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(UpdateError::Busy(feeds.to_owned())),
        Err(TryLockError::Error(source)) => Err(disk(source)),
    }
}

/// Brings one source up to date as far as it goes.
#[must_use]
pub fn fetch(source: &Source, setting: Setting<'_>) -> Report {
    let fetched = Work::new(source, setting).run();
    let as_of = last(setting.feeds, source).as_of;
    Report { id: source.id.clone(), title: source.title().to_owned(), fetched, as_of }
}

/// What is remembered of a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Last {
    /// When all of it was last brought up to date.
    pub complete_at: Option<Timestamp>,
    /// The newest day that its files are of.
    pub as_of: Option<Day>,
}

/// What is remembered of a source in this folder of feeds.
#[must_use]
pub fn last(feeds: &Path, source: &Source) -> Last {
    let state = State::load(&feeds.join(&source.id));
    let complete_at = state.complete_at.as_deref().and_then(|moment| moment.parse().ok());
    let days = state.files.values().filter_map(|file| file.as_of.as_deref()?.parse().ok());
    Last { complete_at, as_of: days.max() }
}

/// The folders that an index is built from: of every source that is on and has something.
#[must_use]
pub fn folders(catalogue: &Catalogue, feeds: &Path) -> Vec<PathBuf> {
    let on = catalogue.sources.iter().filter(|source| source.enabled);
    on.map(|source| feeds.join(&source.id)).filter(|folder| folder.is_dir()).collect()
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Built {
    feeds: String,
    index: String,
}

impl Built {
    fn now(catalogue: &Catalogue, feeds: &Path, index: &Path) -> io::Result<Self> {
        let mut digest = blake3::Hasher::new();
        for source in catalogue.sources.iter().filter(|source| source.enabled) {
            for (name, file) in State::load(&feeds.join(&source.id)).files {
                digest.update(format!("{}\0{name}\0{}\n", source.id, file.sha256).as_bytes());
            }
        }
        let mut head = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(File::open(index)?, INDEX_HEAD as u64), &mut head)?;
        Ok(Self { feeds: digest.finalize().to_string(), index: blake3::hash(&head).to_string() })
    }
}

/// Whether this index was built from these feeds as they are now, so that nothing need be built.
#[must_use]
pub fn is_built(catalogue: &Catalogue, feeds: &Path, index: &Path) -> bool {
    let bytes = place::read_bounded(&feeds.join(BUILT), 1 << 16).ok().flatten().unwrap_or_default();
    let last = serde_json::from_slice::<Built>(&bytes).ok();
    last.is_some() && last == Built::now(catalogue, feeds, index).ok()
}

/// Remembers that this index was built from these feeds as they are now.
///
/// # Errors
/// When the disk refuses; the next update then builds again.
pub fn remember_built(catalogue: &Catalogue, feeds: &Path, index: &Path) -> io::Result<()> {
    let built = Built::now(catalogue, feeds, index)?;
    place::write_aside(&feeds.join(BUILT), &serde_json::to_vec(&built)?)
}
