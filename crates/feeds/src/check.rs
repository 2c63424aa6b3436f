//! Whether a file that was fetched is what it should be: read once with the feed's own reader before it takes the place of the old
//! one. An error page, half a file, a bomb, or a list that lost most of its records is refused here.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use wardround_intel::feed::FeedKind;
use wardround_intel::{Day, IndexBuilder, Profile};

use crate::error::FetchError;
use crate::folder::{self, Outcome};

/// How many members a throw-away builder reads, so that it stays small.
const MEMBERS: u64 = 2_000;

/// The least share of the last version's records that a new version of a file must have, in percent.
pub(crate) const LEAST_PERCENT: u64 = 80;

/// Of so many feeds in an archive, one may be unreadable.
const ONE_BAD_IN: u64 = 100;

/// What to do with a file or an index that has lost more than a fifth of its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Loss {
    /// Keep the old one and say so: a publisher's mistake, or somebody's work.
    #[default]
    Refuse,
    /// Somebody has looked and says that it is right.
    Accept,
}

/// Refuses what has far fewer records than the last one had.
///
/// # Errors
/// When more than a fifth is gone and nobody has said that this is right.
pub(crate) fn loss(name: &str, records: u64, last: u64, loss: Loss) -> Result<(), FetchError> {
    let few = records < last.saturating_mul(LEAST_PERCENT) / 100;
    if few && loss == Loss::Refuse {
        return Err(FetchError::Refused {
            file: name.to_owned(),
            reason: format!(
                "it has {records} records that can be used and the last one had {last}; what was there stays: look at the publisher's page, and if \
                 so many were really withdrawn, update again with --accept-loss"
            ),
        });
    }
    Ok(())
}

/// What a file that was taken holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// How many records that can be used.
    pub(crate) records: u64,
    /// The newest day that it is of.
    pub(crate) as_of: Option<Day>,
}

#[derive(Debug, Default)]
struct Contents {
    kinds: BTreeMap<FeedKind, u64>,
    skipped: u64,
    as_of: Option<Day>,
    feeds: u64,
    bad: u64,
    why: Option<String>,
}

/// What a fetched file holds.
///
/// # Errors
/// When it is not fit to take the place of one with `last` records.
pub(crate) fn held(path: &Path, name: &str, last: Option<u64>, accepted: Loss) -> Result<Held, FetchError> {
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
    // Parts of records are skipped too, so that this may be less than what can be used, but it is the same for each version.
    let records = records.saturating_sub(contents.skipped);
    loss(name, records, last.unwrap_or(0), accepted).map(|()| Held { records, as_of: contents.as_of })
}

fn read(path: &Path, name: &str) -> Result<Contents, FetchError> {
    let file = File::open(path).map_err(FetchError::disk(path))?;
    let mut contents = Contents::default();
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut members = 0;
    let walked =
        crate::archive::walk(file, name, crate::archive::Limits::default(), &mut |member, reader| {
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
                self.as_of = self.as_of.max(report.as_of);
                self.skipped = self.skipped.saturating_add(report.skipped_total());
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
