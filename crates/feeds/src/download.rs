//! One file from the network to the disk: conditional, resumed, limited. Not here: whether what came is any good (`check`).
//!
//! A file grows in the folder `.part` of its source, beside a note that says which version it is of. A transfer that was cut,
//! even by a kill, goes on there (`Range` with `If-Range`, RFC 9110 section 14), unless the server has another version by now.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::client::{Answer, Client, Incoming, Secret};
use crate::error::FetchError;
use crate::place;
use crate::progress::Progress;
use crate::retry::{Trouble, patiently};
use crate::state::{FileState, Validators};

/// How much must have come for a broken transfer to count as moving on.
const MOVED: u64 = 1 << 20;

/// The least that must come in the time that silence is allowed: less is silence drop by drop.
const LEAST: u64 = 1_000;

/// Asks for files of one source.
pub(crate) struct Fetcher<'a> {
    pub(crate) client: &'a Client,
    pub(crate) progress: &'a dyn Progress,
    /// The source's id, for the progress.
    pub(crate) source: &'a str,
    /// The most bytes of one file.
    pub(crate) limit: u64,
    /// A header that is never told to another server.
    pub(crate) secret: Option<(&'static str, Secret)>,
}

/// What asking gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Got<T> {
    /// What we have is the newest.
    Unchanged,
    /// Something new.
    New(T),
}

/// A file that lies aside, whole and synced.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fresh {
    pub(crate) path: PathBuf,
    pub(crate) validators: Validators,
    /// How many bytes came over the network in this run.
    pub(crate) received: u64,
}

/// What a growing file is of.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    url: String,
    #[serde(flatten)]
    validators: Validators,
}

impl Fetcher<'_> {
    /// Fetches a file to `aside`, unless `known` is still the newest version.
    pub(crate) fn file(
        &self,
        url: &str,
        known: Option<&FileState>,
        aside: &Path,
    ) -> Result<Got<Fresh>, FetchError> {
        if let Some(folder) = aside.parent() {
            std::fs::create_dir_all(folder).map_err(FetchError::disk(folder))?;
        }
        let known = known.filter(|known| known.url == url).map(|known| &known.validators);
        let mut received = 0;
        let got = patiently(self.client, &self.tell(), || self.attempt(url, known, aside, &mut received))?;
        Ok(match got {
            Got::Unchanged => Got::Unchanged,
            Got::New(validators) => Got::New(Fresh { path: aside.to_owned(), validators, received }),
        })
    }

    /// Fetches something small into memory, unless it is still the version that `known` names.
    pub(crate) fn small(
        &self,
        url: &str,
        known: Option<&Validators>,
        limit: u64,
    ) -> Result<Got<(Vec<u8>, Validators)>, FetchError> {
        patiently(self.client, &self.tell(), || self.small_once(url, known, limit))
    }

    /// Fetches something small into memory.
    pub(crate) fn bytes(&self, url: &str, limit: u64) -> Result<Vec<u8>, FetchError> {
        match self.small(url, None, limit)? {
            Got::New((bytes, _)) => Ok(bytes),
            Got::Unchanged => Err(FetchError::Status { url: url.to_owned(), status: 304 }),
        }
    }

    fn tell(&self) -> impl Fn(Duration, &FetchError) {
        |wait, why| self.progress.waits(self.source, wait, why)
    }

    fn ask(&self, url: &str, headers: &[(&str, &str)]) -> Result<Answer, FetchError> {
        self.client.ask(url, headers, self.secret.as_ref().map(|(name, value)| (*name, value)))
    }

    fn small_once(
        &self,
        url: &str,
        known: Option<&Validators>,
        limit: u64,
    ) -> Result<Got<(Vec<u8>, Validators)>, Trouble> {
        let conditions = known.map(Validators::conditions).unwrap_or_default();
        let answer = self.ask(url, &conditions)?;
        match answer.status {
            304 if known.is_some() => return Ok(Got::Unchanged),
            200 => {}
            _ => return Err(Trouble::status(url, &answer)),
        }
        let too_large = || FetchError::TooLarge { url: url.to_owned(), limit };
        if answer.length().is_some_and(|length| length > limit) {
            return Err(too_large().into());
        }
        let validators = validators(&answer);
        let mut bytes = Vec::new();
        let mut pace = Pace::new(self.client.settings.stall);
        let mut body = answer.into_body();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = next(&mut body, &mut buffer, &mut pace, url, bytes.len() as u64)?;
            if count == 0 {
                return Ok(Got::New((bytes, validators)));
            }
            bytes.extend_from_slice(buffer.get(..count).unwrap_or_default());
            if bytes.len() as u64 > limit {
                return Err(too_large().into());
            }
        }
    }

    fn attempt(
        &self,
        url: &str,
        known: Option<&Validators>,
        aside: &Path,
        received: &mut u64,
    ) -> Result<Got<Validators>, Trouble> {
        let part = Part::open(url, aside);
        let range = format!("bytes={}-", part.have);
        let headers = match part.note.validators.same_version() {
            Some(version) if part.have > 0 => vec![("range", range.as_str()), ("if-range", version)],
            _ => known.map(Validators::conditions).unwrap_or_default(),
        };
        let answer = self.ask(url, &headers)?;
        let (from, total) = match answer.status {
            304 if known.is_some() => return Ok(Got::Unchanged),
            200 => (0, answer.length()),
            206 => match part.continues(&answer) {
                Some(total) => (part.have, total),
                None => return Err(part.start_over(url)),
            },
            416 if part.have > 0 => return Err(part.start_over(url)),
            _ => return Err(Trouble::status(url, &answer)),
        };
        if total.is_some_and(|total| total > self.limit) {
            part.remove();
            return Err(FetchError::TooLarge { url: url.to_owned(), limit: self.limit }.into());
        }
        let note = Note { url: url.to_owned(), validators: validators(&answer) };
        let file = if from == 0 { part.begin(&note)? } else { part.go_on()? };
        let outcome = self.receive(answer.into_body(), file, aside, url, from, total);
        let there = std::fs::metadata(aside).map_or(from, |metadata| metadata.len());
        *received += there.saturating_sub(from);
        let length = outcome?;
        if total.is_some_and(|total| total != length) {
            return Err(FetchError::CutShort { url: url.to_owned(), got: length }.into());
        }
        part.remove_note();
        Ok(Got::New(if from == 0 { note.validators } else { part.note.validators }))
    }

    /// Writes what comes behind what is there: how long the file is then.
    fn receive(
        &self,
        mut body: Incoming,
        mut file: File,
        path: &Path,
        url: &str,
        from: u64,
        total: Option<u64>,
    ) -> Result<u64, Trouble> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut buffer = vec![0; 1 << 16];
        let mut pace = Pace::new(self.client.settings.stall);
        let mut length = from;
        loop {
            let count = next(&mut body, &mut buffer, &mut pace, url, length)
                .map_err(|error| Trouble::broken(error, length.saturating_sub(from) >= MOVED))?;
            if count == 0 {
                file.sync_all().map_err(FetchError::disk(path))?;
                return Ok(length);
            }
            length = length.saturating_add(count as u64);
            if length > self.limit {
                // Nothing of it is worth keeping.
                let _ = std::fs::remove_file(path);
                return Err(FetchError::TooLarge { url: url.to_owned(), limit: self.limit }.into());
            }
            file.write_all(buffer.get(..count).unwrap_or_default()).map_err(FetchError::disk(path))?;
            self.progress.fetched(self.source, &name, length, total);
        }
    }
}

/// The next bytes of a body; none at its end.
fn next(
    body: &mut Incoming,
    buffer: &mut [u8],
    pace: &mut Pace,
    url: &str,
    got: u64,
) -> Result<usize, FetchError> {
    let Some(count) = body.next(buffer)? else {
        return Err(FetchError::CutShort { url: url.to_owned(), got });
    };
    if count > 0 && pace.is_too_slow(count as u64) {
        return Err(FetchError::Stalled { host: crate::address::host(url), after: pace.window });
    }
    Ok(count)
}

/// Watches for a server that keeps a connection alive drop by drop.
struct Pace {
    window: Duration,
    since: Instant,
    bytes: u64,
}

impl Pace {
    fn new(window: Duration) -> Self {
        Self { window, since: Instant::now(), bytes: 0 }
    }

    fn is_too_slow(&mut self, bytes: u64) -> bool {
        self.bytes = self.bytes.saturating_add(bytes);
        if self.since.elapsed() < self.window {
            return false;
        }
        let slow = self.bytes < LEAST;
        *self = Self::new(self.window);
        slow
    }
}

/// A file that grows, with what was there when the attempt began.
struct Part<'a> {
    aside: &'a Path,
    note: Note,
    have: u64,
}

impl<'a> Part<'a> {
    fn open(url: &str, aside: &'a Path) -> Self {
        let bytes = place::read_bounded(&note_path(aside), 1 << 16).ok().flatten().unwrap_or_default();
        let note = serde_json::from_slice::<Note>(&bytes).unwrap_or_default();
        let length = std::fs::metadata(aside).map(|metadata| metadata.len()).unwrap_or(0);
        let have = if note.url == url { length } else { 0 };
        Self { aside, note, have }
    }

    /// What a partial answer says of the whole length (RFC 9110, section 14.4), when it goes on where we are, in our version.
    fn continues(&self, answer: &Answer) -> Option<Option<u64>> {
        let same = |ours: &Option<String>, theirs: Option<&str>| match (ours, theirs) {
            (Some(ours), Some(theirs)) => ours == theirs,
            _ => true,
        };
        let version = &self.note.validators;
        if !same(&version.etag, answer.header("etag"))
            || !same(&version.modified, answer.header("last-modified"))
        {
            return None;
        }
        let range = answer.header("content-range")?.strip_prefix("bytes ")?;
        let (span, total) = range.split_once('/')?;
        let (start, _) = span.split_once('-')?;
        (start.trim().parse::<u64>().ok()? == self.have && self.have > 0).then(|| total.trim().parse().ok())
    }

    /// Truncates it and says of which version it will be.
    fn begin(&self, note: &Note) -> Result<File, FetchError> {
        // The note is gone before the bytes change, so that no note ever stands by bytes of another version.
        self.remove_note();
        let file = File::create(self.aside).map_err(FetchError::disk(self.aside))?;
        let text = serde_json::to_vec(note).unwrap_or_default();
        let path = note_path(self.aside);
        place::write_aside(&path, &text).map_err(FetchError::disk(&path))?;
        Ok(file)
    }

    fn go_on(&self) -> Result<File, FetchError> {
        OpenOptions::new().append(true).open(self.aside).map_err(FetchError::disk(self.aside))
    }

    /// Forgets what is there; the next attempt begins at the beginning.
    fn start_over(&self, url: &str) -> Trouble {
        self.remove();
        FetchError::CutShort { url: url.to_owned(), got: self.have }.into()
    }

    fn remove(&self) {
        self.remove_note();
        // What cannot be removed is truncated or refused at the next attempt.
        let _ = std::fs::remove_file(self.aside);
    }

    fn remove_note(&self) {
        // As above.
        let _ = std::fs::remove_file(note_path(self.aside));
    }
}

fn note_path(aside: &Path) -> PathBuf {
    let name = aside.file_name().unwrap_or_default().to_string_lossy();
    aside.with_file_name(format!("{name}.note"))
}

fn validators(answer: &Answer) -> Validators {
    let text = |name: &str| answer.header(name).filter(|text| text.len() <= 500).map(ToOwned::to_owned);
    Validators { etag: text("etag"), modified: text("last-modified") }
}
