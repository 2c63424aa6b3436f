//! `wardround report`: reports told, sealed and checked. Not here: what they say (`report`) and how PDF looks (`paper`).

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use wardround_model::{Role, Round, RoundId, Timestamp};
use wardround_paper::Sheet;
use wardround_remedy::Policy;
use wardround_report::document::seal::{Form, LONGEST_NAME, Seal, Shown, look, seal};
use wardround_report::document::{self, Document, Kind};
use wardround_report::tell::{Sources, tell};
use wardround_store::Store;
use wardround_triage::{Efforts, visits};

use crate::arguments::report::{
    PaperSize, ReportCommand, ReportFormat, ReportWords, TellReport, VerifyReport,
};
use crate::arguments::work::WorkArguments;
use crate::commands::{lookup, now, plan, print, print_bytes, serve, work};
use crate::places;

/// The longest report that is checked.
const LONGEST: u64 = 1024 * 1024 * 1024;

pub(crate) fn run(command: ReportCommand) -> Result<()> {
    match command.what {
        ReportWords::Board(words) => write(Kind::Board, None, &words),
        ReportWords::Work { team, tell } => write(Kind::Work, team, &tell),
        ReportWords::Round(words) => write(Kind::Round, None, &words),
        ReportWords::Verify(words) => verify(&words),
    }
}

fn write(kind: Kind, team: Option<Role>, words: &TellReport) -> Result<()> {
    if words.hospital.len() > LONGEST_NAME {
        bail!("the hospital's name has more than {LONGEST_NAME} bytes; use a shorter one");
    }
    let mut store = lookup::store(words.at.store.clone())?;
    let at = words.at.as_of.unwrap_or_else(now);
    let hospital = match words.hospital.as_str() {
        "" => wardround_web::hospital_name(&store)?,
        named => named.to_owned(),
    };
    let tell = |sources: &Sources<'_>| {
        let sources = Sources { team, ..*sources };
        let before = sources.before.map(|(id, _)| id);
        (tell(kind, &sources), sources.told(kind), before)
    };
    let (document, told, before) = from_store(&mut store, &words.at, words.round, at, &hospital, tell)?;
    let keys = words.keys.clone().unwrap_or_else(|| serve::keys_beside(store.path()));
    let key = wardround_web::report_key(&keys)?;
    let (body, form) = formed(&document, words.format, words.paper)?;
    put(&seal(body, form, &told, &document.digest(), key.as_ref()), words)?;
    keep_named(store, before.into_iter().chain([told.round]));
    Ok(())
}

/// Keeps the rounds that a report names; a store that can only be read loses none anyway.
fn keep_named(store: Store, rounds: impl Iterator<Item = RoundId>) {
    let path = store.path().to_owned();
    drop(store);
    if let Ok(mut store) = Store::open(path) {
        for id in rounds {
            // The report is there already, and is as true without this.
            let _ = store.round_named(id);
        }
    }
}

/// Tells something from a round of the store, the one before it, and the worklist at a moment.
fn from_store<T>(
    store: &mut Store,
    at: &WorkArguments,
    id: Option<RoundId>,
    moment: Timestamp,
    hospital: &str,
    tell: impl FnOnce(&Sources<'_>) -> T,
) -> Result<T> {
    let efforts = plan::efforts(at.efforts.as_deref())?;
    let policy: Policy = work::policy(at.policy.as_deref())?;
    let (id, round) = lookup::round_of(store, id)?;
    let before = store.round_before(id)?;
    let before = before.map(|id| store.round_load(id).map(|round| (id, round))).transpose()?;
    let work = store_work(store, id, &round, &efforts)?;
    let worklist = work.worklist(&efforts, &policy, moment);
    Ok(tell(&Sources {
        round: (id, &round),
        before: before.as_ref().map(|(id, round)| (*id, round)),
        worklist: &worklist,
        team: None,
        hospital,
    }))
}

/// The worklist's sources as they are; of an earlier round, as they were after it.
fn store_work(
    store: &Store,
    id: RoundId,
    round: &Round,
    efforts: &Efforts,
) -> Result<wardround_remedy::Work> {
    if store.round_latest()? == Some(id) {
        return Ok(store.work_load(efforts)?);
    }
    let mut work = wardround_remedy::Work::default();
    for head in store.round_list()?.iter().filter(|head| head.id < id) {
        let earlier = store.round_load(head.id)?;
        work.history.see(head.id, &earlier, &visits(&earlier, efforts));
    }
    work.visits = visits(round, efforts);
    work.history.see(id, round, &work.visits);
    work.events = store.work_event_list()?.into_iter().filter(|event| event.after <= id).collect();
    Ok(work)
}

fn formed(document: &Document, format: ReportFormat, paper: PaperSize) -> Result<(Vec<u8>, Form)> {
    let sheet = match paper {
        PaperSize::A4 => Sheet::A4,
        PaperSize::Letter => Sheet::Letter,
    };
    Ok(match format {
        ReportFormat::Pdf => (wardround_paper::pdf(document, sheet)?, Form::Pdf),
        ReportFormat::Html => (document::html(document).into_bytes(), Form::Html),
        ReportFormat::Xlsx => (document::xlsx(document)?, Form::Xlsx),
        ReportFormat::Csv => (document::csv(document).into_bytes(), Form::Csv),
        ReportFormat::Json => (document::json(document)?.into_bytes(), Form::Json),
    })
}

fn put(file: &[u8], words: &TellReport) -> Result<()> {
    let Some(path) = &words.output else {
        return match words.format {
            ReportFormat::Pdf | ReportFormat::Xlsx if std::io::stdout().is_terminal() => {
                bail!("such a file is nothing for a terminal; say where it goes with --output FILE")
            }
            ReportFormat::Pdf | ReportFormat::Xlsx => print_bytes(file),
            _ => print(&String::from_utf8_lossy(file)),
        };
    };
    let write = || -> std::io::Result<()> {
        let mut output = std::fs::File::create(path)?;
        output.write_all(file)?;
        output.sync_all()
    };
    write().with_context(|| format!("{} could not be written", path.display()))
}

fn verify(words: &VerifyReport) -> Result<()> {
    let file = read(&words.file)?;
    let store = places::store(words.at.store.store.clone())?;
    let name = words.file.display();
    let seal = match look(&file) {
        Shown::NoSeal => {
            bail!("{name} is not ours: it has no seal of Wardround, or the seal was cut off or changed")
        }
        Shown::Changed(_) => bail!("{name} was changed since it was sealed; ask for a new one"),
        Shown::Unsigned(seal) => {
            print(&format!(
                "{name} is unchanged since it was sealed. Nobody signed it, so this shows only that nothing changed by accident.\n"
            ))?;
            seal
        }
        Shown::Signed(seal, by) => {
            print(&signed(&name.to_string(), &by, words, &store)?)?;
            seal
        }
    };
    print(&about(&seal))?;
    if words.alone {
        return Ok(());
    }
    if !store.exists() {
        return print("There is no store here to hold it against.\n");
    }
    held(&seal, words)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.take(LONGEST + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().with_context(|| format!("{} could not be read", path.display()))?;
    if u64::try_from(bytes.len())? > LONGEST {
        bail!("{} has more than {LONGEST} bytes, which no report has", path.display());
    }
    Ok(bytes)
}

/// Whose signature it is, as far as the site's own key tells.
fn signed(name: &str, by: &str, words: &VerifyReport, store: &Path) -> Result<String> {
    let chosen = words.key.clone();
    let file = chosen.clone().unwrap_or_else(|| serve::keys_beside(store).join("report.pub"));
    if chosen.is_none() && !file.exists() {
        return Ok(format!(
            "{name} is unchanged since it was signed with the key {by}. That key is not known here; say it with --key FILE.\n"
        ));
    }
    let ours = wardround_web::report_public(&file)?;
    if ours != by {
        bail!("{name} is not ours: it was signed with another key ({by})");
    }
    Ok(format!("{name} is unchanged since this site signed it.\n"))
}

fn about(seal: &Seal) -> String {
    let told = &seal.told;
    let team = told.team.map_or_else(String::new, |team| format!(", for the {}", team.label()));
    format!(
        "It is the {} report{team}, from round {}, with dates as of {}.\n",
        told.kind.code(),
        told.round,
        told.at
    )
}

/// Whether the store says the same now.
fn held(seal: &Seal, words: &VerifyReport) -> Result<()> {
    let mut store = lookup::store(words.at.store.clone())?;
    let told = &seal.told;
    if !store.round_list()?.iter().any(|head| head.id == told.round) {
        return print(&format!("The store here has no round {}; it is another one.\n", told.round));
    }
    let digest = from_store(&mut store, &words.at, Some(told.round), told.at, &told.hospital, |sources| {
        tell(told.kind, &Sources { team: told.team, ..*sources }).digest()
    })?;
    print(match digest == seal.digest {
        true => "The store says the same now.\n",
        false => {
            "The store says something else now: people said more since, or this program tells it in other words.\n"
        }
    })
}
