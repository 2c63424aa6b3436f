//! `wardround intel`: what is known of vulnerabilities, from when, and how it is kept new.

mod build;
mod carry;
mod names;
mod progress;
mod status;
mod tally;
mod update;

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use wardround_feeds::Catalogue;
use wardround_intel::Index;
use wardround_mapped::{MapError, MappedIndex};

use crate::arguments::IntelCommand;
use crate::places;

/// The name of the index in the data folder.
const FILE: &str = "intelligence.wri";

/// An index that is in memory, and where it comes from.
pub(crate) struct Loaded(Held);

enum Held {
    /// The one in the program.
    BuiltIn,
    /// A file that only we can change.
    Mapped(MappedIndex),
    /// A file that others can change: its bytes as they were, and all of them are checked.
    Read(PathBuf, Vec<u8>),
}

impl Loaded {
    /// The index.
    pub(crate) fn open(&self) -> Result<Index<'_>> {
        match &self.0 {
            Held::BuiltIn => Ok(Index::open(wardround_intel::snapshot())?),
            Held::Mapped(mapped) => Ok(mapped.index()?),
            Held::Read(file, bytes) => {
                Index::open_checked(bytes).with_context(|| format!("{} cannot be used", file.display()))
            }
        }
    }

    fn bytes(&self) -> &[u8] {
        match &self.0 {
            Held::BuiltIn => wardround_intel::snapshot(),
            Held::Mapped(mapped) => mapped.bytes(),
            Held::Read(_, bytes) => bytes,
        }
    }

    /// Where it comes from, for people.
    fn origin(&self) -> String {
        match &self.0 {
            Held::BuiltIn => "built into the program".to_owned(),
            Held::Mapped(mapped) => mapped.path().display().to_string(),
            Held::Read(file, _) => file.display().to_string(),
        }
    }
}

pub(crate) fn run(command: IntelCommand) -> Result<()> {
    match command {
        IntelCommand::Update(words) => update::run(words),
        IntelCommand::Status { intel } => status::run(intel),
        IntelCommand::Bundle(words) => carry::bundle(words),
        IntelCommand::Import(words) => carry::import(&words),
        IntelCommand::Key { output } => carry::key(output),
        IntelCommand::Names { words, aliases } => names::run(&words, aliases),
        IntelCommand::Build { from, output, snapshot } => build::run(&from, output, snapshot),
    }
}

/// The index that rounds use: the chosen one, else the one in the data folder, else the one built in. What lies in the data
/// folder was checked when it was put there; a chosen file may have been damaged on its way, so all of it is checked.
pub(crate) fn load(chosen: Option<PathBuf>) -> Result<Loaded> {
    if let Some(file) = chosen {
        return held(MappedIndex::open_checked(&file));
    }
    match own_index().ok().filter(|file| file.exists()) {
        Some(file) => held(MappedIndex::open(&file)),
        None => Ok(Loaded(Held::BuiltIn)),
    }
}

/// What changes when another index is put in the place of the one that rounds use; nothing where it is the one built in.
pub(crate) fn stamp(chosen: Option<&Path>) -> Option<(u64, u64, SystemTime)> {
    let own = || own_index().ok();
    let file = std::fs::metadata(chosen.map(Path::to_owned).or_else(own)?).ok()?;
    Some((file.ino(), file.len(), file.modified().ok()?))
}

fn held(mapped: Result<MappedIndex, MapError>) -> Result<Loaded> {
    match mapped {
        Ok(mapped) => Ok(Loaded(Held::Mapped(mapped))),
        Err(MapError::NotOurs { path, .. }) => {
            let bytes =
                std::fs::read(&path).with_context(|| format!("{} could not be read", path.display()))?;
            Ok(Loaded(Held::Read(path, bytes)))
        }
        Err(error) => Err(error).context("the intelligence index cannot be used"),
    }
}

/// The index of this user.
fn own_index() -> Result<PathBuf> {
    Ok(places::data_folder()?.join(FILE))
}

/// Where feeds are kept between updates.
fn feeds_folder(chosen: Option<PathBuf>) -> Result<PathBuf> {
    match chosen {
        Some(folder) => Ok(folder),
        None => Ok(places::data_folder()?.join("feeds")),
    }
}

/// The sources: the built-in list, changed by a file.
fn catalogue(chosen: Option<PathBuf>) -> Result<Catalogue> {
    let built_in = Catalogue::built_in()?;
    let file = match chosen {
        Some(file) => file,
        None => match places::data_folder().map(|folder| folder.join("sources.toml")) {
            Ok(file) if file.exists() => file,
            _ => return Ok(built_in),
        },
    };
    let text = std::fs::read_to_string(&file)
        .with_context(|| format!("the list of sources {} could not be read", file.display()))?;
    Ok(built_in.with(&text, &file.display().to_string())?)
}

/// The moment.
fn now() -> wardround_model::Timestamp {
    wardround_model::Timestamp::from_seconds(jiff::Timestamp::now().as_second())
}
