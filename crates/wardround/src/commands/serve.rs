//! `wardround serve`: the site. Not here: pages and people (`web`).

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use anyhow::Result;
use wardround_capture::{Captured, Limits, Progress};
use wardround_intel::Index;
use wardround_live::PacketSocket;
use wardround_model::{Round, Statement, Timestamp};
use wardround_paper::Sheet;
use wardround_report::document::Document;
use wardround_round::{Outcome, Settings, Sources};
use wardround_web::{Hands, Judge, Known, Printer, Protection, Readers};

use crate::arguments::serve::{BreakGlassCommand, InviteCommand, Judging, ServeCommand};
use crate::commands::ask::SiteAsker;
use crate::commands::{files, intel, lookup, now, print, watch, work};
use crate::places;

pub(crate) fn run(command: ServeCommand) -> Result<()> {
    wardround_mapped::share_heaps();
    let store = places::store(command.store.store)?;
    let protection = match (command.certificate, command.key) {
        (Some(certificate), Some(key)) => Protection::Given { certificate, key },
        _ if command.without_tls => Protection::None,
        _ => Protection::OwnCertificate,
    };
    let interfaces =
        command.interface.iter().map(|name| PacketSocket::open(name).err().map(anyhow::Error::from));
    let addresses = command.flows.iter().map(|address| watch::open_flows(*address).err());
    for error in interfaces.chain(addresses).flatten() {
        eprintln!("wardround: {error:#}. The site goes on without it, and tries it again every few seconds");
    }
    let excluded = &command.judging.exclude;
    let readers = Readers {
        frames: watch::reader(excluded.clone())?,
        flows: watch::flow_reader(excluded.clone(), command.flows_from)?,
    };
    let judge = SiteJudge { judging: command.judging, known: Mutex::default() };
    // What rounds are judged by is known to be good now, not only when the first one is run.
    judge.check()?;
    let settings = wardround_web::Settings {
        keys: command.keys.unwrap_or_else(|| keys_beside(&store)),
        store,
        listen: command.listen,
        protection,
        watched: command.watch,
        listened: command.interface,
        exported: command.flows,
        policy: work::policy(command.policy.as_deref())?,
        names: command.names,
    };
    let asker = Arc::new(SiteAsker::new(&settings.store, settings.policy.clone()));
    let hands = Hands { judge: Arc::new(judge), printer: Arc::new(SitePrinter), asker, readers };
    Ok(wardround_web::serve(&settings, hands)?)
}

/// Prints a one-time code for a new account, also while the site runs.
pub(crate) fn invite(command: InviteCommand) -> Result<()> {
    let code = wardround_web::invite(&mut lookup::store_for_writing(command.store)?, command.role, now())?;
    print(&format!(
        "One-time code for the role {}, good for two days:\n  {code}\nThey open the site, choose \"Join here\", and type it.\n",
        command.role.label()
    ))
}

/// Prints the code of the account for emergencies, also while the site runs.
pub(crate) fn break_glass(command: BreakGlassCommand) -> Result<()> {
    let mut store = lookup::store_for_writing(command.store)?;
    let keys = command.keys.unwrap_or_else(|| keys_beside(store.path()));
    let code = wardround_web::break_glass(&mut store, &keys, now())?;
    print(&format!(
        "Code of the emergency account:\n  {code}\nSeal it in an envelope. It is kept nowhere else, and the one before opens nothing any more.\nIt is typed at /break-glass of the site, and opens once, for four hours.\n"
    ))
}

/// The folder of keys, where nobody says otherwise.
pub(crate) fn keys_beside(store: &Path) -> PathBuf {
    store.parent().unwrap_or(Path::new("")).join("keys")
}

/// Judges rounds of the site as `wardround round` does, with what is known at that moment.
struct SiteJudge {
    judging: Judging,
    /// What the index of this stamp has.
    known: Mutex<Option<Stamped>>,
}

/// The stamp of an index, and what it has; nothing where it cannot be used.
type Stamped = (Option<(u64, u64, SystemTime)>, Option<Known>);

impl SiteJudge {
    fn check(&self) -> Result<()> {
        intel::load(self.judging.intel.clone())?.open()?;
        files::tables(&self.judging.ssvc)?;
        files::aliases(self.judging.aliases.clone())?;
        files::fingerprints_told(&self.judging.fingerprints)?;
        Ok(())
    }

    /// Judges by what is known at this moment.
    fn judge<T>(
        &self,
        run_at: Timestamp,
        judge: impl FnOnce(&Settings<'_>, &Index<'_>) -> Result<T>,
    ) -> Result<T> {
        let index = intel::load(self.judging.intel.clone())?;
        let tables = files::tables(&self.judging.ssvc)?;
        let aliases = files::aliases(self.judging.aliases.clone())?;
        let fingerprints = files::fingerprints(&self.judging.fingerprints)?;
        let workers = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let excluded = &self.judging.exclude;
        let limits = Limits::default();
        let settings = Settings {
            run_at,
            as_of: run_at,
            workers,
            tables: &tables,
            aliases: &aliases,
            fingerprints: &fingerprints,
            excluded,
            limits,
        };
        judge(&settings, &index.open()?)
    }
}

impl Judge for SiteJudge {
    fn round(
        &self,
        sources: &Sources<'_>,
        heard: Option<Captured>,
        run_at: Timestamp,
        progress: &dyn Progress,
    ) -> Result<Outcome, String> {
        let run = |settings: &Settings<'_>, index: &Index<'_>| {
            Ok(wardround_round::run_with(heard, sources, settings, index, progress)?)
        };
        self.judge(run_at, run).map_err(in_words)
    }

    fn known(&self) -> Option<Known> {
        let stamp = intel::stamp(self.judging.intel.as_deref());
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, now)) = known.as_ref().filter(|(before, _)| *before == stamp) {
            return now.clone();
        }
        let index = intel::load(self.judging.intel.clone()).ok();
        let now = index.and_then(|index| Some(known_to(&index.open().ok()?)));
        *known = Some((stamp, now.clone()));
        now
    }

    fn again(&self, round: Round, statements: &[Statement], run_at: Timestamp) -> Result<Round, String> {
        let again = |settings: &Settings<'_>, index: &Index<'_>| {
            Ok(wardround_round::judge_again(round, statements, settings, index))
        };
        self.judge(run_at, again).map_err(in_words)
    }
}

/// What an index has.
fn known_to(index: &Index<'_>) -> Known {
    Known { sources: wardround_round::intelligence(index), exploited: wardround_round::exploited(index) }
}

/// What went wrong, with its causes.
#[expect(clippy::needless_pass_by_value, reason = "it is the shape that `map_err` takes")]
fn in_words(error: anyhow::Error) -> String {
    error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// Puts reports of the site on paper as `wardround report` does.
struct SitePrinter;

impl Printer for SitePrinter {
    fn pdf(&self, document: &Document) -> Result<Vec<u8>, String> {
        wardround_paper::pdf(document, Sheet::A4).map_err(|error| error.to_string())
    }
}
