//! `wardround intel update`: what is new is fetched, and a fresh index put in place when it is fit.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Result, bail};
use wardround_feeds::index::{self, SwapError};
use wardround_feeds::update::{self, Report, Setting};
use wardround_feeds::{Catalogue, Client, Loss, Settings, Source};
use wardround_intel::{Index, Profile};

use super::progress::Shown;
use super::tally::Tally;
use crate::arguments::UpdateIntel;
use crate::commands::print;
use wardround_report::page::{count, number};

pub(super) fn run(words: UpdateIntel) -> Result<()> {
    let catalogue = super::catalogue(words.sources)?;
    let chosen = chosen(&catalogue, &words.only)?;
    let feeds = super::feeds_folder(words.feeds)?;
    let client = Client::new(Settings {
        proxy: words.proxy,
        ca_file: words.ca_file,
        loopback_http: catalogue.names_this_computer(),
        stall: Duration::from_secs(u64::from(words.stall.get())),
        attempts: words.attempts.get(),
        ..Settings::default()
    })?;
    let loss = if words.accept_loss { Loss::Accept } else { Loss::Refuse };
    let _lock = update::lock(&feeds)?;
    let shown = Shown::new();
    let setting = Setting {
        catalogue: &catalogue,
        client: &client,
        feeds: &feeds,
        now: super::now(),
        loss,
        progress: &shown,
    };
    let reports: Vec<Report> = chosen.into_iter().map(|source| fetch(source, setting, &shown)).collect();
    let swapped = swap(setting, &shown);
    shown.finish();
    print(&page(&reports, &swapped)?)?;
    verdict(&reports, swapped)
}

fn chosen<'a>(catalogue: &'a Catalogue, only: &[String]) -> Result<Vec<&'a Source>> {
    let ids: Vec<&str> = catalogue.sources.iter().map(|source| source.id.as_str()).collect();
    if let Some(unknown) = only.iter().find(|id| !ids.contains(&id.as_str())) {
        bail!("there is no source {unknown}; there are {}", ids.join(", "));
    }
    let wanted = |source: &&Source| {
        if only.is_empty() { source.enabled } else { only.contains(&source.id) }
    };
    Ok(catalogue.sources.iter().filter(wanted).collect())
}

fn fetch(source: &Source, setting: Setting<'_>, shown: &Shown) -> Report {
    shown.step(&format!("{}: asks what is new", source.title()));
    update::fetch(source, setting)
}

/// What became of the index.
enum Swapped {
    /// Nothing is new.
    Same,
    /// A new one is in place: its size, and what was read.
    New { cves: u64, bytes: u64, tally: Tally },
}

/// Builds a new index when something is new, and puts it in place when it is fit.
fn swap(setting: Setting<'_>, shown: &Shown) -> Result<Swapped> {
    let (catalogue, feeds, own) = (setting.catalogue, setting.feeds, super::own_index()?);
    // An index of an older version of the program is built again, although nothing is new.
    let opens = super::load(None).is_ok_and(|loaded| loaded.open().is_ok());
    if opens && update::is_built(catalogue, feeds, &own) {
        return Ok(Swapped::Same);
    }
    shown.step("The new index: reads all feeds");
    let mut tally = Tally::default();
    let folders = update::folders(catalogue, feeds);
    let bytes = index::build(&folders, Profile::Full, &mut |name, outcome| tally.add(name, outcome))?;
    let new = Index::open(&bytes)?;
    shown.step("The new index: is held against the one in use");
    check(&new, setting.loss)?;
    index::put(&own, &bytes)?;
    remember(catalogue, feeds, &own);
    let size = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    Ok(Swapped::New { cves: size(new.stats().cves), bytes: size(bytes.len()), tally })
}

/// An index in use that cannot be opened (of an older version of the program) counts as none.
fn check(new: &Index<'_>, loss: Loss) -> Result<(), SwapError> {
    let loaded = super::load(None).ok();
    let old = loaded.as_ref().and_then(|loaded| loaded.open().ok());
    old.map_or(Ok(()), |old| index::check_loss(&old, new, loss))
}

/// The index is in place; when this cannot be noted, the next update builds it once more.
fn remember(catalogue: &Catalogue, feeds: &Path, own: &Path) {
    if let Err(error) = update::remember_built(catalogue, feeds, own) {
        eprintln!("wardround: {}: {error}", feeds.display());
    }
}

fn page(reports: &[Report], swapped: &Result<Swapped>) -> Result<String> {
    let mut text = format!("{:16}  {:10}  {:>7}  {:>9}  TROUBLE\n", "SOURCE", "AS OF", "NEW", "UNCHANGED");
    for report in reports {
        let day = report.as_of.map_or("-".to_owned(), |day| day.to_string());
        let trouble = match report.fetched.failed {
            0 => "none".to_owned(),
            failed => number(failed),
        };
        let (new, same) = (number(report.fetched.new_files), number(report.fetched.unchanged));
        writeln!(text, "{:16}  {day:10}  {new:>7}  {same:>9}  {trouble}", report.id)?;
    }
    for report in reports {
        remarks(&mut text, report)?;
    }
    match swapped {
        Ok(Swapped::Same) => text.push_str("\nNothing is new since the index was built; it stays in use.\n"),
        Ok(Swapped::New { cves, bytes, tally }) => {
            let (cves, bytes) = (number(*cves), number(*bytes));
            writeln!(
                text,
                "\n{}\nRounds use the new index from now on: {cves} CVEs, {bytes} bytes.",
                tally.text()
            )?;
        }
        Err(_) => {}
    }
    Ok(text)
}

/// What went wrong with a source, and what people should know of it.
fn remarks(text: &mut String, report: &Report) -> Result<()> {
    let fetched = &report.fetched;
    if fetched.problems.is_empty() && fetched.notes.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n{}:", report.title)?;
    for problem in &fetched.problems {
        writeln!(text, "  trouble: {problem}")?;
    }
    let told = u64::try_from(fetched.problems.len()).unwrap_or(u64::MAX);
    if fetched.failed > told {
        writeln!(text, "  trouble: {} more of the kind", number(fetched.failed - told))?;
    }
    for note in &fetched.notes {
        writeln!(text, "  note: {note}")?;
    }
    Ok(())
}

/// Success only when every source is up to date and so is the index.
fn verdict(reports: &[Report], swapped: Result<Swapped>) -> Result<()> {
    swapped?;
    let troubled: Vec<&str> =
        reports.iter().filter(|report| report.fetched.failed > 0).map(|report| report.id.as_str()).collect();
    if troubled.is_empty() {
        return Ok(());
    }
    bail!(
        "{} in trouble: {}; what was there before stays in use: see above for what to do",
        count(u64::try_from(troubled.len())?, "source is", "sources are"),
        troubled.join(", ")
    );
}
