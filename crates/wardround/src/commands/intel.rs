//! `wardround intel`: what is known of vulnerabilities, and from when.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_intel::feed::FeedKind;
use wardround_intel::{Index, IndexBuilder, Profile};

use crate::arguments::IntelCommand;
use crate::commands::print;
use crate::feeds::{self, Outcome};
use crate::page::{count, number};
use crate::places;

/// An index's bytes, and where they come from.
pub(crate) struct Loaded {
    bytes: Vec<u8>,
    from: Option<PathBuf>,
}

impl Loaded {
    /// The index.
    pub(crate) fn open(&self) -> Result<Index<'_>> {
        match &self.from {
            // A file may have been damaged on its way here; all of it is checked.
            Some(file) => {
                Index::open_checked(&self.bytes).with_context(|| format!("{} cannot be used", file.display()))
            }
            None => Ok(Index::open(wardround_intel::snapshot())?),
        }
    }
}

pub(crate) fn run(command: IntelCommand) -> Result<()> {
    match command {
        IntelCommand::Build { from, output, snapshot } => build(&from, output, snapshot),
        IntelCommand::Status { intel } => status(intel),
    }
}

/// The index that rounds use: the chosen one, else the one in the data folder, else the one built in.
pub(crate) fn load(chosen: Option<PathBuf>) -> Result<Loaded> {
    let own = || places::data_folder().ok().map(|folder| folder.join(FILE)).filter(|file| file.exists());
    let Some(file) = chosen.or_else(own) else { return Ok(Loaded { bytes: Vec::new(), from: None }) };
    let bytes = std::fs::read(&file)
        .with_context(|| format!("the intelligence index {} could not be read", file.display()))?;
    Ok(Loaded { bytes, from: Some(file) })
}

/// The name of the index in the data folder.
const FILE: &str = "intelligence.wri";

fn build(from: &[PathBuf], output: Option<PathBuf>, snapshot: bool) -> Result<()> {
    let output = match output {
        Some(file) => file,
        None => places::data_folder()?.join(FILE),
    };
    let mut builder = IndexBuilder::new(if snapshot { Profile::Snapshot } else { Profile::Full });
    let mut tally = Tally::default();
    for from in from {
        feeds::read(from, &mut builder, &mut |name, outcome| tally.add(name, outcome))?;
    }
    if tally.read.is_empty() {
        let from: Vec<String> = from.iter().map(|from| from.display().to_string()).collect();
        bail!("there is no feed that we read in {}; docs/intelligence.md names them", from.join(", "));
    }
    let bytes = builder.finish();
    Index::open_checked(&bytes).context("the new index does not hold together; please report this")?;
    write_aside(&output, &bytes)
        .with_context(|| format!("the index could not be written to {}", output.display()))?;
    print(&format!(
        "{}\nWritten to {} ({} bytes).\n",
        tally.text(),
        output.display(),
        number(u64::try_from(bytes.len())?)
    ))
}

/// Writes beside, syncs, renames: a reader sees the old index or the new one, never half of one.
fn write_aside(file: &Path, bytes: &[u8]) -> Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let aside = file.with_extension("wri.new");
    let mut new = std::fs::File::create(&aside)?;
    new.write_all(bytes)?;
    new.sync_all()?;
    std::fs::rename(&aside, file)?;
    Ok(std::fs::File::open(folder)?.sync_all()?)
}

/// What was read of which feed.
#[derive(Default)]
struct Tally {
    /// Files, records and skipped records by feed.
    read: BTreeMap<FeedKind, (u64, u64, u64)>,
    /// Why records were skipped.
    skipped: BTreeMap<&'static str, u64>,
    not_feeds: u64,
    failed: u64,
}

impl Tally {
    fn add(&mut self, name: &str, outcome: Outcome) {
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

    fn text(&self) -> String {
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

fn status(chosen: Option<PathBuf>) -> Result<()> {
    let loaded = load(chosen)?;
    let index = loaded.open()?;
    let stats = index.stats();
    let from =
        loaded.from.as_ref().map_or("built into the program".to_owned(), |file| file.display().to_string());
    let mut text = format!("Index: {from}\n\n{:72}  {:>9}  {}\n", "SOURCE", "RECORDS", "AS OF");
    for source in index.sources() {
        let day = source.as_of.map_or("not dated".to_owned(), |day| day.to_string());
        writeln!(text, "{:72}  {:>9}  {day}", source.kind.source_name(), number(u64::from(source.records)))?;
    }
    let size = |length: usize| number(u64::try_from(length).unwrap_or(u64::MAX));
    writeln!(
        text,
        "\n{} CVEs, {} products, {} advisories, {} blocks of card addresses",
        size(stats.cves),
        size(stats.products),
        size(stats.advisories),
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
    print(&text)
}
