//! The index in use and the one that is to take its place: built from folders of feeds, held against the old one, swapped in
//! by a rename. Not here: what stands in an index (`intel`).

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use wardround_intel::feed::FeedKind;
use wardround_intel::index::{IndexError, Source};
use wardround_intel::{Day, Index, IndexBuilder, Profile};

use crate::check::{LEAST_PERCENT, Loss};
use crate::folder::{self, FolderError, Outcome};
use crate::place;

/// Why an index does not take the place of the old one. The old one stays.
#[derive(Debug, thiserror::Error)]
pub enum SwapError {
    /// A feed cannot be opened.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is nothing to build from.
    #[error("no feed is here yet that an index could be built from; the old index stays")]
    NoFeeds,
    /// It cannot be used.
    #[error("the new index does not hold together: {0}; the old one stays: please report this")]
    Broken(IndexError),
    /// It knows far less than the one in use.
    #[error(
        "the new index would know less than the one in use ({}); the old one stays: see why the source is missing or short, and \
         if that is right, do this again with --accept-loss", told(.0)
    )]
    Lost(Vec<Lost>),
    /// It is older than the one in use.
    #[error(
        "it is older than what is here ({}); the old index stays: get a newer one, or take it all the same with --older",
        older(.0)
    )]
    Older(Vec<Older>),
    /// The disk refuses.
    #[error("{}: {source}; the old index stays: check the disk and the rights", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// A kind of source that lost most of its records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost {
    /// Which.
    pub kind: FeedKind,
    /// Records in the index in use.
    pub before: u64,
    /// Records in the new one.
    pub after: u64,
}

/// A kind of source that is of an earlier day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Older {
    /// Which.
    pub kind: FeedKind,
    /// The day of the index in use.
    pub here: Day,
    /// The day of the other one.
    pub there: Day,
}

fn told(lost: &[Lost]) -> String {
    let told = lost.iter().map(|lost| {
        format!("{}: {} records instead of {}", lost.kind.source_name(), lost.after, lost.before)
    });
    told.collect::<Vec<_>>().join("; ")
}

fn older(older: &[Older]) -> String {
    let told = older
        .iter()
        .map(|older| format!("{}: of {}, here is {}", older.kind.source_name(), older.there, older.here));
    told.collect::<Vec<_>>().join("; ")
}

/// Builds an index from files and folders, telling what became of each file, and reads all of it once.
///
/// # Errors
/// When a folder cannot be read, holds no feed, or the index does not hold together.
pub fn build(
    from: &[PathBuf],
    profile: Profile,
    tell: &mut dyn FnMut(&str, Outcome),
) -> Result<Vec<u8>, SwapError> {
    let mut builder = IndexBuilder::new(profile);
    let mut read = false;
    for from in from {
        folder::read_folder(from, &mut builder, &mut |name, outcome| {
            read |= matches!(outcome, Outcome::Read(..));
            tell(name, outcome);
        })?;
    }
    if !read {
        return Err(SwapError::NoFeeds);
    }
    let bytes = builder.finish();
    Index::open_checked(&bytes).map_err(SwapError::Broken)?;
    Ok(bytes)
}

/// Holds a new index against the one in use: no kind of source may lose more than a fifth.
///
/// # Errors
/// When one does, and nobody has said that this is right.
pub fn check_loss(old: &Index<'_>, new: &Index<'_>, loss: Loss) -> Result<(), SwapError> {
    let after = records(new);
    let few = |before: u64, after: u64| after < before.saturating_mul(LEAST_PERCENT).div_ceil(100);
    let lost: Vec<Lost> = records(old)
        .into_iter()
        .map(|(kind, before)| Lost { kind, before, after: after.get(&kind).copied().unwrap_or(0) })
        .filter(|lost| few(lost.before, lost.after))
        .collect();
    if lost.is_empty() || loss == Loss::Accept { Ok(()) } else { Err(SwapError::Lost(lost)) }
}

/// Holds a new index against the one in use: no kind of source may be of an earlier day.
///
/// # Errors
/// When one is.
pub fn check_age(old: &Index<'_>, new: &Index<'_>) -> Result<(), SwapError> {
    let days = days(new);
    let aged = days_of_both(self::days(old), &days);
    if aged.is_empty() { Ok(()) } else { Err(SwapError::Older(aged)) }
}

fn days_of_both(old: BTreeMap<FeedKind, Day>, new: &BTreeMap<FeedKind, Day>) -> Vec<Older> {
    let both = old.into_iter().filter_map(|(kind, here)| Some((kind, here, *new.get(&kind)?)));
    both.filter(|(_, here, there)| there < here)
        .map(|(kind, here, there)| Older { kind, here, there })
        .collect()
}

/// Two forms of one publisher's data count together: one may take the place of the other.
fn family(kind: FeedKind) -> FeedKind {
    match kind {
        FeedKind::SsvcLines => FeedKind::CveRecord,
        FeedKind::RustSec => FeedKind::Osv,
        FeedKind::DebianChangelog => FeedKind::DebianTracker,
        other => other,
    }
}

/// Records that can be used.
fn records(index: &Index<'_>) -> BTreeMap<FeedKind, u64> {
    let mut records = BTreeMap::new();
    for Source { kind, records: all, skipped, .. } in index.sources() {
        *records.entry(family(kind)).or_default() += u64::from(all.saturating_sub(skipped));
    }
    records
}

fn days(index: &Index<'_>) -> BTreeMap<FeedKind, Day> {
    let mut days = BTreeMap::new();
    for source in index.sources() {
        if let Some(day) = source.as_of {
            let newest = days.entry(family(source.kind)).or_insert(day);
            *newest = day.max(*newest);
        }
    }
    days
}

/// Puts an index in the place of the one in use: written aside, synced, renamed, writable by its owner alone.
///
/// # Errors
/// When the disk refuses.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), SwapError> {
    place::sweep(path);
    place::write_aside(path, bytes).map_err(|source| SwapError::Disk { path: path.to_owned(), source })
}

/// Where a new index may lie until it takes the place of this one.
#[must_use]
pub fn aside(path: &Path) -> PathBuf {
    place::aside(path)
}

/// Puts an index that lies aside, whole and synced, in the place of the one in use.
///
/// # Errors
/// When the disk refuses.
pub fn put_aside(aside: &Path, path: &Path) -> Result<(), SwapError> {
    place::sweep(path);
    place::put(aside, path).map_err(|source| SwapError::Disk { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(day: &str, records: usize) -> Vec<u8> {
        let rows: String =
            (0..records).map(|number| format!("CVE-2026-{:04},0.5,0.5\n", number + 1)).collect();
        let text = format!("#model_version:v1,score_date:{day}T00:00:00+0000\ncve,epss,percentile\n{rows}");
        let mut builder = IndexBuilder::new(Profile::Full);
        builder.read(FeedKind::Epss, "epss.csv", text.as_bytes()).unwrap();
        builder.finish()
    }

    #[test]
    fn an_index_that_lost_a_fifth_or_is_older_is_refused() {
        let (old, new) = (index("2026-11-02", 10), index("2026-11-01", 8));
        let (poor, old) = (index("2026-11-03", 7), Index::open(&old).unwrap());
        let (new, poor) = (Index::open(&new).unwrap(), Index::open(&poor).unwrap());
        assert!(check_loss(&old, &new, Loss::Refuse).is_ok());
        let refused = check_loss(&old, &poor, Loss::Refuse).unwrap_err().to_string();
        assert!(refused.contains("EPSS") && refused.contains("7 records instead of 10"), "{refused}");
        assert!(check_loss(&old, &poor, Loss::Accept).is_ok());
        assert!(check_age(&new, &old).is_ok() && check_age(&old, &old).is_ok());
        let refused = check_age(&old, &new).unwrap_err().to_string();
        assert!(refused.contains("of 2026-11-01, here is 2026-11-02"), "{refused}");
    }

    #[test]
    fn a_missing_source_is_a_loss_but_another_form_of_it_is_not() {
        let old = index("2026-11-02", 1);
        let nothing = IndexBuilder::new(Profile::Full).finish();
        let (old, nothing) = (Index::open(&old).unwrap(), Index::open(&nothing).unwrap());
        assert!(matches!(check_loss(&old, &nothing, Loss::Refuse), Err(SwapError::Lost(_))));
        assert!(check_loss(&nothing, &old, Loss::Refuse).is_ok());
        assert_eq!(family(FeedKind::SsvcLines), family(FeedKind::CveRecord));
    }
}
