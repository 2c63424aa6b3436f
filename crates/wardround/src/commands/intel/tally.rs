//! What was read of which feed, for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use wardround_feeds::folder::Outcome;
use wardround_intel::feed::FeedKind;

use wardround_report::page::{count, number};

/// What was read of which feed.
#[derive(Default)]
pub(super) struct Tally {
    /// Files, records and skipped records by feed.
    read: BTreeMap<FeedKind, (u64, u64, u64)>,
    /// Why records were skipped.
    skipped: BTreeMap<&'static str, u64>,
    not_feeds: u64,
    failed: u64,
}

impl Tally {
    pub(super) fn add(&mut self, name: &str, outcome: Outcome) {
        match outcome {
            Outcome::Read(kind, report) => {
                let (files, records, skipped) = self.read.entry(kind).or_default();
                *files += 1;
                *records += report.records;
                *skipped += report.skipped_total();
                for (reason, count) in report.skipped {
                    *self.skipped.entry(reason.phrase()).or_default() += count;
                }
            }
            Outcome::NotAFeed => self.not_feeds += 1,
            Outcome::Failed(error) => {
                self.failed += 1;
                eprintln!("wardround: {name} was left out: {error}");
            }
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (kind, (files, records, skipped)) in &self.read {
            let files = count(*files, "file", "files");
            let _ = writeln!(
                text,
                "{}: {} in {files}, {} left out",
                kind.source_name(),
                count(*records, "record", "records"),
                number(*skipped)
            );
        }
        for (reason, count) in &self.skipped {
            let _ = writeln!(text, "  left out, {reason}: {}", number(*count));
        }
        let _ = writeln!(
            text,
            "{} that we do not read, {} that could not be used",
            count(self.not_feeds, "file", "files"),
            number(self.failed)
        );
        text
    }
}
