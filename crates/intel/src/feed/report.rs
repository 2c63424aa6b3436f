//! What reading a feed gave, beside its data.

use std::collections::BTreeMap;

use crate::day::Day;

/// Why a record was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkipReason {
    /// It is not of the form that the feed's specification gives it.
    Malformed,
    /// Its CVE id is missing or wrong.
    CveId,
    /// It was withdrawn by its publisher.
    Withdrawn,
    /// One of its product names is not CPE 2.3.
    Cpe,
    /// One of its configurations says "not", which is not understood.
    Negation,
    /// It goes over a limit of ours.
    TooLarge,
    /// A value lies outside its range.
    Value,
    /// It is a draft, or an example that its publisher made up.
    NotReal,
    /// It names no package, or none of an ecosystem or release that is known.
    Package,
    /// It says something of a package that is no vulnerability ("unmaintained").
    NotAVulnerability,
    /// Its document says two things of it that cannot both be true.
    Contradiction,
    /// It names no maker ("Private", or a block that IEEE has divided further).
    NoMaker,
}

impl SkipReason {
    /// The reason in a few words.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Malformed => "not of the form that the specification gives",
            Self::CveId => "no usable CVE id",
            Self::Withdrawn => "withdrawn by the publisher",
            Self::Cpe => "a product name that is not CPE 2.3",
            Self::Negation => "a configuration that says \"not\"",
            Self::TooLarge => "larger than we read",
            Self::Value => "a value outside its range",
            Self::NotReal => "a draft or an example",
            Self::Package => "no package of a known ecosystem or release",
            Self::NotAVulnerability => "says nothing of a vulnerability",
            Self::Contradiction => "contradicted by its own document",
            Self::NoMaker => "names no maker",
        }
    }
}

/// A record, or a part of one, that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Which record of the file, from 1.
    pub record: u64,
    /// Why.
    pub reason: SkipReason,
    /// More on it, at most 160 characters.
    pub detail: String,
}

/// How many skipped records a report tells apart; the others are only counted.
const EXAMPLES: usize = 20;

/// What one file gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedReport {
    /// Records read, skipped ones included.
    pub records: u64,
    /// How much was skipped, by reason.
    pub skipped: BTreeMap<SkipReason, u64>,
    /// The first twenty of them.
    pub examples: Vec<Skipped>,
    /// The day that the file says it is of; else the newest day in it.
    pub as_of: Option<Day>,
    /// BLAKE3 of the file's (uncompressed) bytes.
    pub digest: [u8; 32],
}

impl FeedReport {
    /// How many were skipped in all.
    #[must_use]
    pub fn skipped_total(&self) -> u64 {
        self.skipped.values().sum()
    }

    pub(crate) fn skip(&mut self, reason: SkipReason, detail: &str) {
        *self.skipped.entry(reason).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            let detail = detail.chars().take(160).collect();
            self.examples.push(Skipped { record: self.records, reason, detail });
        }
    }

    /// Remembers the newest day.
    pub(crate) fn saw_day(&mut self, text: &str) {
        self.as_of = self.as_of.max(text.parse().ok());
    }
}

/// A file that cannot be used as the feed it was taken for.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The bytes could not be read.
    #[error("{file}: cannot be read: {source}; check the disk or fetch the file again")]
    Unreadable {
        /// The file's name.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// The text breaks off or is not of this format.
    #[error("{file}: {part} is wrong at line {line}, column {column}: {reason}; fetch the file again")]
    Malformed {
        /// The file's name.
        file: String,
        /// Which part: a record, or the file.
        part: String,
        /// Line, from 1.
        line: u64,
        /// Column, from 1.
        column: u64,
        /// What is wrong there.
        reason: String,
    },
    /// The file, or one record of it, is larger than any honest one.
    #[error("{file}: {part} is larger than {limit} bytes; this is no such feed: check where it came from")]
    TooLarge {
        /// The file's name.
        file: String,
        /// Which part.
        part: String,
        /// The limit.
        limit: u64,
    },
    /// It can be read but holds none of what the feed is for.
    #[error("{file}: holds no {expected}; check that the file is the whole feed and not an error page")]
    Empty {
        /// The file's name.
        file: String,
        /// What was looked for.
        expected: &'static str,
    },
}
