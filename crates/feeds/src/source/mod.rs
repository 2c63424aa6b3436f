//! The ways in which publishers offer their data, one module each, all of one shape: look what is new, fetch it aside, check
//! it, put it in its place, remember it.

mod csaf;
mod files;
mod nvd;
mod openfda;
mod signature;

use std::collections::BTreeSet;
use std::path::PathBuf;

use wardround_model::Timestamp;

use crate::catalogue::{Catalogue, Method, Source};
use crate::check::{self, Loss};
use crate::download::{Fetcher, Fresh, Got};
use crate::error::FetchError;
use crate::state::{FileState, State};
use crate::update::Setting;
use crate::{address, place};

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

/// A file that is to be here.
pub(crate) struct Wanted<'a> {
    /// Where it stands, a mirror's address when there is one.
    url: &'a str,
    /// What it is called here.
    name: &'a str,
    /// What the publisher's own list says of this version.
    stated: Option<&'a str>,
}

/// One source that is being brought up to date.
pub(crate) struct Work<'a> {
    source: &'a Source,
    catalogue: &'a Catalogue,
    fetcher: Fetcher<'a>,
    folder: PathBuf,
    now: Timestamp,
    loss: Loss,
    state: State,
    done: Fetched,
    /// What came in this run.
    fresh_names: BTreeSet<String>,
    in_a_row: u32,
}

impl<'a> Work<'a> {
    pub(crate) fn new(source: &'a Source, setting: Setting<'a>) -> Self {
        let folder = setting.feeds.join(&source.id);
        let limit = source.max_megabytes.saturating_mul(1 << 20);
        let Setting { catalogue, client, now, loss, progress, .. } = setting;
        Self {
            source,
            catalogue,
            fetcher: Fetcher { client, progress, source: source.title(), limit, secret: None },
            state: State::load(&folder),
            folder,
            now,
            loss,
            done: Fetched::default(),
            fresh_names: BTreeSet::new(),
            in_a_row: 0,
        }
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

    /// Where a reference in a publisher's list leads: to a mirror when there is one, and never where it has no say.
    fn refer(&self, base: &str, reference: &str) -> Result<String, FetchError> {
        let url = address::join(base, reference);
        let mirrored = self.address(&url);
        if mirrored == url {
            self.fetcher.client.check_step(base, &url)?;
        }
        Ok(mirrored)
    }

    /// Fetches a file aside when it is new, checks it with the feed's own reader, and puts it in its place.
    fn take(&mut self, wanted: &Wanted<'_>) -> Result<(), FetchError> {
        match self.fetch(wanted)? {
            Some(fresh) => self.settle(&fresh, wanted, Ok(())),
            None => Ok(()),
        }
    }

    /// Fetches a file aside when it is new.
    fn fetch(&mut self, wanted: &Wanted<'_>) -> Result<Option<Fresh>, FetchError> {
        let known = self.state.present(&self.folder, wanted.name).cloned();
        match self.fetcher.file(wanted.url, known.as_ref(), &self.aside(wanted.name))? {
            Got::New(fresh) => Ok(Some(fresh)),
            Got::Unchanged => {
                self.done.unchanged += 1;
                if let (Some(file), Some(stated)) = (self.state.files.get_mut(wanted.name), wanted.stated) {
                    file.stated = Some(stated.to_owned());
                }
                Ok(None)
            }
        }
    }

    /// Puts a file in its place when it was verified and holds what it should; else forgets it.
    fn settle(
        &mut self,
        fresh: &Fresh,
        wanted: &Wanted<'_>,
        verified: Result<(), FetchError>,
    ) -> Result<(), FetchError> {
        let accepted = verified.and_then(|()| self.accept(fresh, wanted));
        if accepted.is_err() {
            // What was refused is not gone on with; what cannot be removed is overwritten next time.
            let _ = std::fs::remove_file(&fresh.path);
        }
        accepted
    }

    fn accept(&mut self, fresh: &Fresh, wanted: &Wanted<'_>) -> Result<(), FetchError> {
        let name = wanted.name;
        self.fetcher.progress.stage(self.fetcher.source, &format!("checks {name}"));
        let last = self.state.files.get(name).map(|known| known.records);
        let held = check::held(&fresh.path, name, last, self.loss)?;
        let file = std::fs::File::open(&fresh.path).map_err(FetchError::disk(&fresh.path))?;
        let (sha256, bytes) =
            place::digest(&ring::digest::SHA256, file).map_err(FetchError::disk(&fresh.path))?;
        let target = self.folder.join(name);
        place::put(&fresh.path, &target).map_err(FetchError::disk(&target))?;
        self.done.new_files += 1;
        self.done.bytes = self.done.bytes.saturating_add(fresh.received);
        self.fresh_names.insert(name.to_owned());
        let file = FileState {
            url: wanted.url.to_owned(),
            validators: fresh.validators.clone(),
            bytes,
            sha256,
            records: held.records,
            as_of: held.as_of.map(|day| day.to_string()),
            stated: wanted.stated.map(ToOwned::to_owned),
        };
        self.state.files.insert(name.to_owned(), file);
        Ok(())
    }

    /// Takes a file away that the publisher no longer has.
    fn remove(&mut self, name: &str) -> Result<(), FetchError> {
        let path = self.folder.join(name);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(FetchError::disk(&path)(error)),
            _ => {
                self.state.files.remove(name);
                Ok(())
            }
        }
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
