//! `wardround intel build`: feeds that somebody has fetched become an index.

use std::path::PathBuf;

use anyhow::{Result, bail};
use wardround_feeds::index::{self, SwapError};
use wardround_intel::Profile;

use super::tally::Tally;
use crate::commands::print;
use wardround_report::page::number;

pub(super) fn run(from: &[PathBuf], output: Option<PathBuf>, snapshot: bool) -> Result<()> {
    let output = match output {
        Some(file) => file,
        None => super::own_index()?,
    };
    let profile = if snapshot { Profile::Snapshot } else { Profile::Full };
    let mut tally = Tally::default();
    let bytes = match index::build(from, profile, &mut |name, outcome| tally.add(name, outcome)) {
        Err(SwapError::NoFeeds) => {
            let from: Vec<String> = from.iter().map(|from| from.display().to_string()).collect();
            bail!("there is no feed that we read in {}; docs/intelligence.md names them", from.join(", "));
        }
        built => built?,
    };
    index::put(&output, &bytes)?;
    print(&format!(
        "{}\nWritten to {} ({} bytes).\n",
        tally.text(),
        output.display(),
        number(u64::try_from(bytes.len())?)
    ))
}
