//! Whether a file that was fetched is what it should be: read once with the feed's own reader before it takes the place of the old
//! one. An error page, half a file, a bomb, or a list that lost most of its records is refused here.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use wardround_intel::feed::FeedKind;
use wardround_intel::{IndexBuilder, Profile};

use crate::error::FetchError;
use crate::folder::{self, Outcome};

/// How many members a throw-away builder reads, so that it stays small.
const MEMBERS: u64 = 2_000;

/// The least share of the last version's records that a new version of a file must have, in percent.
const LEAST_PERCENT: u64 = 80;

/// Of so many feeds in an archive, one may be unreadable.
const ONE_BAD_IN: u64 = 100;

#[derive(Debug, Default)]
struct Contents {
    kinds: BTreeMap<FeedKind, u64>,
    feeds: u64,
    bad: u64,
    why: Option<String>,
}

/// How many records a fetched file holds.
///
/// # Errors
/// When it is not fit to take the place of one with `last` records.
pub(crate) fn records(path: &Path, name: &str, last: Option<u64>) -> Result<u64, FetchError> {
    let refused = |reason: String| FetchError::Refused { file: name.to_owned(), reason };
    let contents = read(path, name)?;
    let why = contents.why.unwrap_or_default();
    if contents.bad > 0 && contents.bad >= contents.feeds.div_ceil(ONE_BAD_IN) {
        return Err(refused(why));
    }
    let records = contents.kinds.values().fold(0u64, |sum, count| sum.saturating_add(*count));
    if contents.kinds.is_empty() || records == 0 {
        return Err(refused(
            "there is no feed in it that this version reads; it may be an error page: open the address in a browser"
                .to_owned(),
        ));
    }
    match last {
        Some(last) if records < last.saturating_mul(LEAST_PERCENT) / 100 => Err(refused(format!(
            "it has {records} records and the last one had {last}; the old file stays: if so many were really withdrawn, \
             delete the old file and update again"
        ))),
        _ => Ok(records),
    }
}

fn read(path: &Path, name: &str) -> Result<Contents, FetchError> {
    let file = File::open(path).map_err(FetchError::disk(path))?;
    let mut contents = Contents::default();
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut members = 0;
    let walked = crate::archive::walk(file, name, crate::archive::Limits::default(), &mut |member, reader| {
        members += 1;
        if members % MEMBERS == 0 {
            builder = IndexBuilder::new(Profile::Full);
        }
        let outcome = folder::read_feed(member, reader, &mut builder);
        contents.add(outcome);
    });
    if let Err(error) = walked {
        return Err(FetchError::Refused { file: name.to_owned(), reason: error.to_string() });
    }
    Ok(contents)
}

impl Contents {
    fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Read(kind, report) => {
                self.feeds += 1;
                *self.kinds.entry(kind).or_default() += report.records;
            }
            Outcome::Failed(error) => {
                self.feeds += 1;
                self.bad += 1;
                self.why.get_or_insert_with(|| error.to_string());
            }
            Outcome::NotAFeed => {}
        }
    }
}
