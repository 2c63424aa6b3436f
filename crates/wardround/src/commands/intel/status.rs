//! `wardround intel status`: how old each part of the index is.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use wardround_feeds::update;
use wardround_intel::{Day, Index};
use wardround_model::Timestamp;

use crate::commands::print;
use wardround_report::page::{count, number};

const DAY: i64 = 86_400;

/// After so many days a part is getting old, and after so many it is old.
const AGEING: i64 = 7;
const OLD: i64 = 30;

pub(super) fn run(chosen: Option<PathBuf>) -> Result<()> {
    let now = super::now();
    let loaded = super::load(chosen)?;
    let index = loaded.open()?;
    let mut text = format!("Index: {}\n\n", loaded.origin());
    parts(&mut text, &index, now)?;
    contents(&mut text, &index)?;
    fetched(&mut text, now)?;
    print(&text)
}

/// Each source with its day, and a plain warning when that is long ago.
fn parts(text: &mut String, index: &Index<'_>, now: Timestamp) -> Result<()> {
    writeln!(text, "{:72}  {:>9}  AS OF", "SOURCE", "RECORDS")?;
    let mut old = 0;
    for source in index.sources() {
        let day = source.as_of.map_or("not dated".to_owned(), |day| day.to_string());
        let age = source.as_of.map_or(0, |day| age(day, now));
        old += u64::from(age > OLD);
        let records = number(u64::from(source.records));
        writeln!(text, "{:72}  {records:>9}  {day}{}", source.kind.source_name(), aged(age))?;
    }
    if old > 0 {
        writeln!(
            text,
            "\n{} more than {OLD} days old. A round cannot warn of what became known since.\nRun `wardround intel update`, \
             or bring a newer bundle on a stick: `wardround intel import FILE`.",
            count(old, "source is", "sources are")
        )?;
    }
    Ok(())
}

fn age(day: Day, now: Timestamp) -> i64 {
    now.seconds().saturating_sub(day.start().seconds()) / DAY
}

fn aged(age: i64) -> String {
    if age > OLD {
        format!("  {age} days ago: OLD")
    } else if age > AGEING {
        format!("  {age} days ago: getting old")
    } else {
        String::new()
    }
}

fn contents(text: &mut String, index: &Index<'_>) -> Result<()> {
    let stats = index.stats();
    let size = |length: usize| number(u64::try_from(length).unwrap_or(u64::MAX));
    writeln!(
        text,
        "\n{} CVEs, {} products, {} advisories, {} packages, {} recalls, {} blocks of card addresses",
        size(stats.cves),
        size(stats.products),
        size(stats.advisories),
        size(stats.packages),
        size(stats.recalls),
        size(stats.oui_blocks)
    )?;
    writeln!(
        text,
        "Left out: {} CVEs that name no product, {} withdrawn",
        number(u64::from(stats.left_out.cves)),
        number(u64::from(stats.left_out.withdrawn))
    )?;
    writeln!(
        text,
        "{} version texts of advisories are not understood: they are never guessed",
        number(u64::from(stats.unread_version_texts))
    )?;
    Ok(())
}

/// When each source was last fetched whole; nothing when this computer has never fetched.
fn fetched(text: &mut String, now: Timestamp) -> Result<()> {
    let feeds = super::feeds_folder(None)?;
    if !feeds.is_dir() {
        return Ok(());
    }
    writeln!(text, "\n{:16}  LAST FETCHED WHOLE", "SOURCE")?;
    for source in super::catalogue(None)?.sources.iter().filter(|source| source.enabled) {
        let when = update::last(&feeds, source).complete_at.map_or("never".to_owned(), |moment| {
            let days = now.seconds().saturating_sub(moment.seconds()) / DAY;
            format!("{}{}", wardround_report::page::day_and_time(moment), aged(days))
        });
        writeln!(text, "{:16}  {when}", source.id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_is_told_in_plain_words() {
        let now = "2026-11-24T08:00:00Z".parse().unwrap();
        let said = |day: &str| aged(age(day.parse().unwrap(), now));
        assert_eq!(said("2026-11-24"), "");
        assert_eq!(said("2026-11-17"), "");
        assert_eq!(said("2026-11-16"), "  8 days ago: getting old");
        assert_eq!(said("2026-10-25"), "  30 days ago: getting old");
        assert_eq!(said("2026-10-24"), "  31 days ago: OLD");
        assert_eq!(said("2026-12-24"), "");
    }
}
