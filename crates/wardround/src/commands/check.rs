//! `wardround check`: what is published of the things on a list; nothing is kept.

use std::io::{BufWriter, Write as _};
use std::num::NonZeroUsize;

use anyhow::{Result, bail};
use wardround_capture::Limits;
use wardround_identify::fingerprints::Fingerprints;
use wardround_intake::{About, Request, Thing};
use wardround_model::{Source, SourceIndex, Timestamp};
use wardround_report::check::{self, Check};
use wardround_round::{List, Settings};
use wardround_triage::DecisionTables;

use crate::arguments::Format;
use crate::arguments::check::CheckCommand;
use crate::commands::import::{files, tell};
use crate::commands::{files as own_files, intel, now, print};

pub(crate) fn run(command: CheckCommand) -> Result<()> {
    let now = now();
    let as_of = command.as_of.unwrap_or(now);
    let lists = lists(&command, now)?;
    let index = intel::load(command.intel)?;
    let index = index.open()?;
    let aliases = own_files::aliases(command.aliases)?;
    let cores = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let settings = Settings {
        run_at: now,
        as_of,
        workers: command.workers.unwrap_or_else(cores),
        tables: &DecisionTables::default(),
        aliases: &aliases,
        // Lists of software have no banners.
        fingerprints: &Fingerprints::default(),
        excluded: &[],
        limits: Limits::default(),
    };
    let sources: Vec<Source> = lists.iter().map(|list| list.source.clone()).collect();
    wardround_round::check(&lists, &settings, &index, |judging| {
        if judging.components().all(|component| component.name().is_none())
            && judging.not_checked().is_empty()
        {
            bail!("there is nothing to look up in what was named: no software, no package");
        }
        let check = Check { lists: &sources, judging, index: &index, as_of };
        match command.format {
            Format::Text => print(&check::text(&check, &next())),
            Format::Json => {
                let mut output = BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
                check::json(&check, &mut output)?;
                Ok(output.flush()?)
            }
        }
    })
}

/// Every list, read; one that cannot be read ends the check, since a check of half of it would look like one of all.
fn lists(command: &CheckCommand, now: Timestamp) -> Result<Vec<List>> {
    let files = files::all(&command.files)?;
    let mut lists = Vec::new();
    for file in &files {
        let read = file.read()?;
        let request = Request {
            name: &file.name,
            bytes: &read.bytes,
            kind: command.kind,
            about: Some(About::Thing(Thing { name: Some("checked".to_owned()), ..Thing::default() })),
            source: SourceIndex(0),
            observed_at: read.changed.min(now),
            mapping: None,
        };
        let imported = wardround_intake::import(&request)?;
        let not_read = tell::not_read(&imported);
        if !not_read.is_empty() {
            eprint!("wardround: in {}\n{not_read}", file.name);
        }
        lists.push(wardround_round::list_of(&request, imported));
    }
    Ok(lists)
}

fn next() -> [(String, &'static str); 2] {
    [
        ("wardround check FILE --format json".to_owned(), "every weakness, with its version that is mended"),
        ("wardround import FILE --for-model MAKER MODEL".to_owned(), "keep it for every device of a model"),
    ]
}
