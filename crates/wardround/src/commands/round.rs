//! `wardround round`: run a round over kept lists and captures, and tell past ones.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_capture::{Input, Limits, Prefix};
use wardround_identify::fingerprints::Fingerprints;
use wardround_intel::Index;
use wardround_intel::names::Aliases;
use wardround_model::{Asset, AssetId, Round, RoundId, Timestamp};
use wardround_report::page::Story;
use wardround_report::{json, page};
use wardround_round::{Difference, FindingChange, Outcome, Settings, Sources};
use wardround_store::{Judged, Store};
use wardround_triage::DecisionTables;

use crate::arguments::{Format, Judging, Output, PastRounds, RoundCommand, RunRound, StoreArgument};
use crate::commands::imports::{self, Kept};
use crate::commands::{files, intel, lookup, now, print, progress, work};
use crate::places;

pub(crate) fn run(command: RoundCommand) -> Result<()> {
    match command.past {
        None => new(command.run),
        Some(PastRounds::List(store)) => list(store),
        Some(PastRounds::Show { round, store, output }) => {
            let again = store.again();
            let mut store = lookup::store(store)?;
            let (id, round) = lookup::round_of(&mut store, round)?;
            tell(id, &round, &moves(&store, id, &output), &output, &again)
        }
        Some(PastRounds::Diff { before, after, store }) => {
            let mut store = lookup::store(store)?;
            let (_, earlier) = lookup::round_of(&mut store, Some(before))?;
            let (_, later) = lookup::round_of(&mut store, Some(after))?;
            print(&difference(before, &earlier, after, &later)?)
        }
    }
}

/// Runs a round over files and lists.
fn new(arguments: RunRound) -> Result<()> {
    let RunRound { files, judging } = arguments;
    let path = places::store(judging.store.store.clone())?;
    let kept = Kept::asked_for(!judging.no_imports);
    if files.is_empty() && (kept == Kept::LeftOut || !path.exists()) {
        bail!("{NOTHING}");
    }
    let captures = captures(&files)?;
    run_and_tell(judging, |sources, settings, index| {
        if files.is_empty() && sources.lists.is_empty() {
            bail!("{NOTHING}");
        }
        read(&Sources { captures: &captures, ..*sources }, settings, &index.open()?)
    })
}

/// Runs a round by `read`, which is given all but captures; keeps and tells it. The store is opened first, so that a store that cannot be
/// written is known before the wait.
pub(crate) fn run_and_tell(
    arguments: Judging,
    read: impl FnOnce(&Sources<'_>, &Settings<'_>, &intel::Loaded) -> Result<Outcome>,
) -> Result<()> {
    let again = arguments.store.again();
    let path = places::store(arguments.store.store)?;
    let mut store = Store::open(&path)?;
    let lists = imports::lists(&store, Kept::asked_for(!arguments.no_imports))?;
    let statements = wardround_round::kept_statements(&store)?;
    let index = intel::load(arguments.intel)?;
    let tables = files::tables(&arguments.ssvc)?;
    let aliases = files::aliases(arguments.aliases)?;
    let fingerprints = files::fingerprints_told(&arguments.fingerprints)?;
    let limits = Limits::for_round(arguments.memory.unwrap_or(Limits::ROUND));
    let settings = Settings {
        limits,
        ..settings(arguments.as_of, arguments.workers, &tables, (&aliases, &fingerprints), &arguments.exclude)
    };
    let sources = Sources { captures: &[], lists: &lists, statements: &statements };
    let outcome = read(&sources, &settings, &index)?;
    for failed in &outcome.failed {
        eprintln!("wardround: {failed}");
    }
    let exploited = wardround_round::exploited(&index.open()?);
    let judged = Judged { exploited: Some(&exploited), ..Judged::default() };
    match store.round_save_judged(&outcome.round, judged) {
        Ok(id) => {
            // The round is kept; without this its page is still worth reading.
            let moves = match store.work_catch_up(Some((id, &outcome.round))) {
                Ok(work) => work::moves_of(&work, id),
                Err(error) => not_known(&error),
            };
            tell(id, &outcome.round, &moves, &arguments.output, &again)
        }
        Err(error) => {
            // What was found is still worth reading, although it could not be kept.
            tell(RoundId(0), &outcome.round, &[], &arguments.output, &again)?;
            Err(error).context("this round is shown, but it could not be kept")
        }
    }
}

fn settings<'a>(
    as_of: Option<Timestamp>,
    workers: Option<std::num::NonZeroUsize>,
    tables: &'a DecisionTables,
    (aliases, fingerprints): (&'a Aliases, &'a Fingerprints),
    excluded: &'a [Prefix],
) -> Settings<'a> {
    let now = now();
    let cores = || std::thread::available_parallelism().unwrap_or(std::num::NonZeroUsize::MIN);
    let workers = workers.unwrap_or_else(cores);
    Settings {
        run_at: now,
        as_of: as_of.unwrap_or(now),
        workers,
        tables,
        aliases,
        fingerprints,
        excluded,
        limits: Limits::for_round(Limits::ROUND),
    }
}

/// What is said where there is nothing to run a round over.
const NOTHING: &str = "there is nothing to run a round over yet: keep a list first (`wardround import FILE`), or name a \
                       capture (`wardround round FILE`)";

fn captures(files: &[PathBuf]) -> Result<Vec<Input>> {
    let inputs: Vec<Input> = files.iter().map(|file| input(file)).collect();
    if inputs.iter().filter(|input| matches!(input, Input::StandardInput)).count() > 1 {
        bail!("standard input can be read only once; name `-` only once");
    }
    Ok(inputs)
}

fn read(sources: &Sources<'_>, settings: &Settings<'_>, index: &Index<'_>) -> Result<Outcome> {
    let bar = progress::Bar::new(sources.captures.len());
    let outcome = wardround_round::run(sources, settings, index, &bar);
    bar.finish();
    Ok(outcome?)
}

fn input(file: &Path) -> Input {
    if file.as_os_str() == "-" { Input::StandardInput } else { Input::File(file.to_owned()) }
}

/// What a kept round verified and opened again, where a page tells it.
fn moves(store: &Store, id: RoundId, output: &Output) -> Vec<String> {
    if output.format == Format::Json && output.html.is_none() {
        return Vec::new();
    }
    work::moves(store, id).unwrap_or_else(|error| not_known(&error))
}

/// What stands in the place of what could not be worked out.
fn not_known(error: &impl std::fmt::Display) -> Vec<String> {
    vec![format!("This could not be worked out: {error}.")]
}

fn tell(id: RoundId, round: &Round, moves: &[String], output: &Output, again: &str) -> Result<()> {
    let story = || Story { moves: moves.to_vec(), ..page::story(id, round, again) };
    if let Some(file) = &output.html {
        let page = page::html::render(&story());
        write_private(file, &page)
            .with_context(|| format!("the page could not be written to {}", file.display()))?;
    }
    match output.format {
        Format::Text => print(&page::text::render(&story())),
        Format::Json => print(&json::render(id, round)?),
    }
}

/// Writes a page that its owner alone can read: it says what is weak.
fn write_private(file: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(file)?;
    Ok(file.write_all(text.as_bytes())?)
}

fn list(argument: StoreArgument) -> Result<()> {
    let heads = lookup::store(argument)?.round_list()?;
    let mut text =
        format!("{:6}  {:20}  {:>7}  {:>8}  {}\n", "ROUND", "RUN (UTC)", "DEVICES", "FINDINGS", "READ");
    for head in heads {
        let again = head.judged_again_from.map(|from| format!("judged again from {from}: "));
        let sources = again.unwrap_or_default() + &head.sources.join(", ");
        writeln!(
            text,
            "{:6}  {:20}  {:>7}  {:>8}  {sources}",
            head.id.to_string(),
            page::day_and_time(head.run_at),
            head.assets,
            head.findings
        )?;
    }
    print(&text)
}

fn difference(before: RoundId, earlier: &Round, after: RoundId, later: &Round) -> Result<String> {
    let difference = wardround_round::diff(earlier, later);
    let mut text = format!(
        "From {before} ({}) to {after} ({})\n",
        page::day_and_time(earlier.run_at),
        page::day_and_time(later.run_at)
    );
    assets(&mut text, "New devices", later, &difference.assets_new)?;
    assets(
        &mut text,
        "Devices not seen again (switched off, moved or out of sight)",
        earlier,
        &difference.assets_not_seen,
    )?;
    for (change, heading) in [
        (FindingChange::New, "New weaknesses"),
        (FindingChange::Fixed, "Fixed: seen again with another value"),
        (
            FindingChange::NotSeenAgain,
            "Not seen again: the device was there, but nothing that would show it; this proves nothing",
        ),
        (FindingChange::AssetNotSeen, "Not judged: the device was not seen"),
    ] {
        findings(&mut text, heading, earlier, later, &difference, change)?;
    }
    let still = difference.findings_with(FindingChange::Still).count();
    writeln!(text, "\nStill there: {}", page::count(u64::try_from(still)?, "weakness", "weaknesses"))?;
    Ok(text)
}

fn assets(text: &mut String, heading: &str, round: &Round, ids: &[AssetId]) -> Result<()> {
    writeln!(text, "\n{heading}: {}", ids.len())?;
    for asset in ids.iter().filter_map(|id| round.asset(*id)) {
        writeln!(text, "  {}  {}", asset.id, asset.title())?;
    }
    Ok(())
}

fn findings(
    text: &mut String,
    heading: &str,
    earlier: &Round,
    later: &Round,
    difference: &Difference,
    change: FindingChange,
) -> Result<()> {
    writeln!(text, "\n{heading}: {}", difference.findings_with(change).count())?;
    for id in difference.findings_with(change) {
        let found = later
            .finding(id)
            .map(|finding| (later, finding))
            .or_else(|| earlier.finding(id).map(|finding| (earlier, finding)));
        if let Some((round, finding)) = found {
            let on = round.asset(finding.asset).map_or_else(String::new, Asset::title);
            writeln!(
                text,
                "  {}  {:7}  {} - {on}",
                finding.id,
                finding.judgement.decision.label(),
                finding.title
            )?;
        }
    }
    Ok(())
}
