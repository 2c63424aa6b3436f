//! Fingerprints that a hospital adds: patterns of what things say of themselves, and what each says that the thing is, in the form of the
//! files of recog (Rapid7, <https://github.com/rapid7/recog>, `xml/fingerprints.xsd`).
//!
//! Of the patterns for one kind of text the first that matches counts, in the order of the files. What it gives is believed less than what a device
//! says outright. Not here: where the files lie (the program); patterns for texts that are not kept.

mod pattern;
mod read;
mod said;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use wardround_model::Observation;

pub(crate) use said::{maker, model, products, signs, software, system};

use crate::portrait::Portrait;
use pattern::Fingerprint;
use read::Room;
use texts::{TEXTS, Text};

/// The most fingerprints that are held, of all files together.
pub const MAX_FINGERPRINTS: usize = 5_000;

/// How many of them may have patterns that take much room.
const MAX_LARGE: usize = 64;

/// Fingerprints of one or several files.
#[derive(Clone, Debug, Default)]
pub struct Fingerprints {
    /// By the place of their text in [`TEXTS`].
    by_text: BTreeMap<usize, Vec<Arc<Fingerprint>>>,
    files: Vec<FingerprintFile>,
}

/// What was read of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FingerprintFile {
    /// Its name.
    pub name: String,
    /// How many fingerprints are used.
    pub used: usize,
    /// Those that are not, each with its line and why.
    pub skipped: Vec<(u64, &'static str)>,
    /// What the file says that its patterns are for, when no such text is kept: then nothing of it is used.
    pub not_kept: Option<String>,
}

/// Why a file of fingerprints cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {reason}")]
pub struct FingerprintError {
    /// The name of the file.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// Why, and what to do.
    pub reason: String,
}

impl Fingerprints {
    /// These fingerprints and those of one more file, which come after them.
    ///
    /// # Errors
    /// When the file is no XML of that form, or is larger than the limits. A pattern that the engine does not know, such as one that
    /// looks ahead, is no error: it is skipped and counted.
    pub fn with(mut self, name: &str, text: &str) -> Result<Self, FingerprintError> {
        let large = self.by_text.values().flatten().filter(|one| one.pattern.is_large).count();
        let room = Room {
            fingerprints: MAX_FINGERPRINTS.saturating_sub(self.len()),
            large: MAX_LARGE.saturating_sub(large),
        };
        let (file, place, more) = read::read(name, text, room)?;
        if let Some(place) = place {
            self.by_text.entry(place).or_default().extend(more.into_iter().map(Arc::new));
        }
        self.files.push(file);
        Ok(self)
    }

    /// The files, as they were added.
    #[must_use]
    pub fn files(&self) -> &[FingerprintFile] {
        &self.files
    }

    /// How many fingerprints are used.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_text.values().map(Vec::len).sum()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_text.values().all(Vec::is_empty)
    }

    /// The properties that the first fingerprint which matches a text gives, by recog's names (`hw.vendor`), where there is one; `matches` is
    /// the attribute of its file, such as `ssh.banner`.
    #[must_use]
    pub fn properties(&self, matches: &str, text: &str) -> Option<BTreeMap<String, String>> {
        let place = texts::place(matches)?;
        Some(self.first(place, text)?.properties)
    }

    fn first(&self, place: usize, text: &str) -> Option<Told> {
        self.by_text
            .get(&place)?
            .iter()
            .find_map(|one| Some(Told { properties: one.properties(text)?, fingerprint: Arc::clone(one) }))
    }
}

/// What a fingerprint gives of a text.
#[derive(Debug)]
pub(crate) struct Told {
    properties: BTreeMap<String, String>,
    fingerprint: Arc<Fingerprint>,
}

impl Told {
    fn get(&self, name: &str) -> Option<&str> {
        self.properties.get(name).map(String::as_str)
    }
}

/// A fact that a fingerprint matches.
pub(crate) struct Match<'a> {
    pub(crate) observation: &'a Observation,
    told: Arc<Told>,
}

/// Holds facts against fingerprints; a text that many things say is looked at once.
pub(crate) struct Matcher<'a> {
    fingerprints: &'a Fingerprints,
    known: HashMap<(usize, &'a str), Option<Arc<Told>>>,
}

impl<'a> Matcher<'a> {
    pub(crate) fn new(fingerprints: &'a Fingerprints) -> Self {
        Self { fingerprints, known: HashMap::new() }
    }

    /// What fingerprints say of one thing, in the order of the kinds of text.
    pub(crate) fn matches(&mut self, p: &Portrait<'a>) -> Vec<Match<'a>> {
        let mut found = Vec::new();
        for (place, text) in TEXTS.iter().enumerate() {
            if self.fingerprints.by_text.contains_key(&place) {
                found.extend(text.facts(p).filter_map(|it| self.held(place, text, it)));
            }
        }
        found
    }

    fn held(&mut self, place: usize, text: &Text, observation: &'a Observation) -> Option<Match<'a>> {
        let (fingerprints, value) = (self.fingerprints, observation.fact.value());
        let told = self
            .known
            .entry((place, value))
            .or_insert_with(|| fingerprints.first(place, &text.as_matched(value)).map(Arc::new));
        told.clone().map(|told| Match { observation, told })
    }
}
