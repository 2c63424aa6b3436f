//! The ways in which publishers offer their data, one module each, all of one shape: look what is new, fetch it aside, check
//! it, put it in its place, remember it.

mod csaf;
mod files;
mod nvd;
mod openfda;

use std::path::{Path, PathBuf};

use wardround_model::Timestamp;

use crate::catalogue::{Catalogue, Method, Source};
use crate::check;
use crate::client::Client;
use crate::download::{Fetcher, Fresh, Got};
use crate::error::FetchError;
use crate::place;
use crate::progress::Progress;
use crate::state::{FileState, State};

/// After so many failures in a row a source is given up for this time.
const FAILURES: u32 = 5;

/// How many failures of a source are told one by one.
const TOLD: usize = 20;

/// What became of one source.
#[derive(Debug, Default)]
pub struct Fetched {
    /// Files that are new or changed.
    pub new_files: u64,
    /// Files that were asked for and had not changed.
    pub unchanged: u64,
    /// Bytes that came over the network for files.
    pub bytes: u64,
    /// What failed, the first twenty; what was there before stays.
    pub problems: Vec<FetchError>,
    /// How many failed in all.
    pub failed: u64,
    /// What people should know: signatures that could not be checked, for example.
    pub notes: Vec<String>,
}

/// One source that is being brought up to date.
pub(crate) struct Work<'a> {
    pub(crate) source: &'a Source,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) fetcher: Fetcher<'a>,
    pub(crate) folder: PathBuf,
    pub(crate) now: Timestamp,
    pub(crate) state: State,
    pub(crate) done: Fetched,
    in_a_row: u32,
}

impl<'a> Work<'a> {
    pub(crate) fn new(
        source: &'a Source,
        catalogue: &'a Catalogue,
        client: &'a Client,
        feeds: &Path,
        now: Timestamp,
        progress: &'a dyn Progress,
    ) -> Self {
        let folder = feeds.join(&source.id);
        let limit = source.max_megabytes.saturating_mul(1 << 20);
        let fetcher = Fetcher { client, progress, source: source.title(), limit, headers: Vec::new() };
        let state = State::load(&folder);
        Self { source, catalogue, fetcher, folder, now, state, done: Fetched::default(), in_a_row: 0 }
    }

    /// Brings the source up to date as far as it goes.
    pub(crate) fn run(mut self) -> Fetched {
        let made = std::fs::create_dir_all(&self.folder).map_err(FetchError::disk(&self.folder));
        let ran = made.and_then(|()| match self.source.method {
            Method::Files => files::run(&mut self),
            Method::Nvd => nvd::run(&mut self),
            Method::Csaf => csaf::run(&mut self),
            Method::Openfda => openfda::run(&mut self),
        });
        if let Err(error) = ran {
            self.add_problem(error);
        }
        if self.done.failed == 0 {
            self.state.complete_at = Some(self.now.to_string());
        }
        if let Err(error) = self.save() {
            self.add_problem(error);
        }
        self.done
    }

    /// Where a file grows.
    fn aside(&self, name: &str) -> PathBuf {
        self.folder.join(".part").join(name)
    }

    /// The address to ask for this one.
    fn address(&self, url: &str) -> String {
        self.catalogue.mirrored(url)
    }

    fn save(&self) -> Result<(), FetchError> {
        self.state.save(&self.folder).map_err(FetchError::disk(&self.folder))
    }

    fn pause(&self) {
        std::thread::sleep(std::time::Duration::from_secs(u64::from(self.source.pause_seconds)));
    }

    /// Fetches a file when it is new, checks it, and puts it in its place. `verify` looks at the bytes before anything else does.
    fn take(
        &mut self,
        url: &str,
        name: &str,
        stated: Option<&str>,
        verify: &dyn Fn(&Path) -> Result<(), FetchError>,
    ) -> Result<(), FetchError> {
        let url = self.address(url);
        let known = self.state.present(&self.folder, name).cloned();
        match self.fetcher.file(&url, known.as_ref(), &self.aside(name))? {
            Got::Unchanged => {
                self.done.unchanged += 1;
                if let (Some(file), Some(stated)) = (self.state.files.get_mut(name), stated) {
                    file.stated = Some(stated.to_owned());
                }
            }
            Got::New(fresh) => {
                let accepted = verify(&fresh.path).and_then(|()| self.accept(&fresh, &url, name, stated));
                if accepted.is_err() {
                    // A file that was refused is not gone on with.
                    let _ = std::fs::remove_file(&fresh.path);
                }
                accepted?;
            }
        }
        Ok(())
    }

    fn accept(
        &mut self,
        fresh: &Fresh,
        url: &str,
        name: &str,
        stated: Option<&str>,
    ) -> Result<(), FetchError> {
        self.fetcher.progress.stage(self.fetcher.source, &format!("checks {name}"));
        let last = self.state.files.get(name).map(|known| known.records);
        let records = check::records(&fresh.path, name, last)?;
        let file = std::fs::File::open(&fresh.path).map_err(FetchError::disk(&fresh.path))?;
        let (sha256, bytes) =
            place::digest(&ring::digest::SHA256, file).map_err(FetchError::disk(&fresh.path))?;
        let target = self.folder.join(name);
        place::put(&fresh.path, &target).map_err(FetchError::disk(&target))?;
        self.done.new_files += 1;
        self.done.bytes = self.done.bytes.saturating_add(fresh.received);
        let validators = fresh.validators.clone();
        let stated = stated.map(ToOwned::to_owned);
        let file = FileState { url: url.to_owned(), validators, bytes, sha256, records, stated };
        self.state.files.insert(name.to_owned(), file);
        Ok(())
    }

    /// Remembers a failure and goes on, unless everything else would fail too.
    fn go_on_after(&mut self, done: Result<(), FetchError>) -> Result<(), FetchError> {
        let Err(error) = done else {
            self.in_a_row = 0;
            return Ok(());
        };
        self.in_a_row += 1;
        if error.is_ours() || self.in_a_row >= FAILURES {
            return Err(error);
        }
        self.add_problem(error);
        Ok(())
    }

    fn add_problem(&mut self, error: FetchError) {
        self.done.failed += 1;
        if self.done.problems.len() < TOLD {
            self.done.problems.push(error);
        }
    }

    fn note(&mut self, text: String) {
        if !self.done.notes.contains(&text) && self.done.notes.len() < TOLD {
            self.done.notes.push(text);
        }
    }
}

/// Nothing to look at before the feed's own reader does.
fn anything(_: &Path) -> Result<(), FetchError> {
    Ok(())
}
