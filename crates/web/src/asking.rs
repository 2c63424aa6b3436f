//! Asking hosts, as the site does it: the program hands over how ([`Asker`]), since the site itself has no way to send. Here is when:
//! one run at a time on a thread of its own, a stop that waits for nothing, and runs that come again in their hours.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wardround_ask::after::Since;
use wardround_ask::directory::DirectoryLogin;
use wardround_ask::journal::Line;
use wardround_ask::reading::ReadKey;
use wardround_ask::{Community, Listed, Plan, Saying, Scope, StopFlag, Wish};

use crate::hospital::{locked, waiting};
use crate::log;
use crate::problem::Problem;
use crate::reading::{self, KeptKey};
use crate::site::Site;

/// How often it is looked whether a run is due.
const LOOK: Duration = Duration::from_secs(5);
/// How long a run may take to end in order when the site stops.
const FAREWELL: Duration = Duration::from_secs(8);

/// A run that may begin: how it ended, in words. The flag stops it within a second. Meanwhile and for ten minutes after, hosts are
/// listened to at the interfaces of these names.
pub type Run = Box<dyn FnOnce(Arc<StopFlag>, &[String]) -> Result<String, String> + Send>;

/// In what form the log is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// Lines for people.
    Text,
    /// A line of JSON for each event.
    Json,
    /// A capture (pcapng) that is rebuilt from the log.
    Capture,
}

/// What a person wants a plan to ask.
#[derive(Clone, Debug, Default)]
pub struct AskWanted {
    /// What is asked beside what was seen.
    pub listed: Listed,
    /// How fast; never faster than the limits.
    pub pace: Wish,
    /// Only what shows whether work is done.
    pub verify: bool,
}

/// What a run is given that is in no plan.
#[derive(Clone, Debug, Default)]
pub struct AskGiven {
    /// For SNMP.
    pub community: Option<Community>,
    /// For servers that are read.
    pub read_key: Option<ReadKey>,
    /// For directories that are read.
    pub directory_login: Option<DirectoryLogin>,
}

/// A plan that waits.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// Its mark.
    pub mark: String,
    /// What breaks the safety envelope; nothing where it keeps to it.
    pub wrong: Vec<String>,
    /// Who approved it, each once.
    pub approved: Vec<String>,
    /// People who must.
    pub wanted: usize,
}

/// Whether a run is under way, of the site or of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnderWay {
    /// None.
    No,
    /// One.
    Yes,
    /// One was killed in the middle; a person has to look.
    Killed,
}

/// What is asked by itself in each opening of the hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegularAsking {
    /// Only what shows whether work is done.
    pub verify: bool,
    /// Servers that are read.
    pub reads: usize,
    /// Who approved it.
    pub approved: Vec<String>,
}

/// How it stands with asking.
#[derive(Clone, Debug)]
pub struct AskStanding {
    /// What may be asked; of regular hours with the opening that is open or comes next.
    pub scope: Option<Scope>,
    /// The plan that waits.
    pub plan: Option<Planned>,
    /// The plan that was asked last, or is being asked.
    pub asked: Option<Plan>,
    /// Why nothing is asked until a person resumes; empty where that is not known.
    pub stopped: Option<String>,
    /// Whether a run is under way.
    pub under_way: UnderWay,
    /// What is asked by itself, where that was switched on.
    pub regular: Option<RegularAsking>,
    /// The end of the log.
    pub lines: Vec<Line>,
}

/// Asks hosts for the site, by the steps of `wardround ask` and with the same files. Errors are sentences for people.
pub trait Asker: Send + Sync {
    /// What may be asked.
    ///
    /// # Errors
    /// When its file cannot be read.
    fn scope(&self) -> Result<Option<Scope>, String>;

    /// Why nothing is asked until a person allows it, where that is so; empty where the reason is not known.
    fn stopped(&self) -> Option<String>;

    /// How it stands.
    ///
    /// # Errors
    /// When its files or the newest round cannot be read.
    fn standing(&self) -> Result<AskStanding, String>;

    /// Sets what may be asked. Nothing is sent.
    ///
    /// # Errors
    /// When it is not complete, or cannot be kept.
    fn set_scope(&self, scope: Scope, by: &str) -> Result<(), String>;

    /// Makes a plan in the place of the one before. Nothing is sent.
    ///
    /// # Errors
    /// When there is no scope or no round, or the plan would break the envelope.
    fn plan(&self, wanted: AskWanted) -> Result<(), String>;

    /// Holds the plan of this mark against the envelope, and writes down that somebody approves it. Nothing is sent.
    ///
    /// # Errors
    /// When it is another plan by now, or breaks the envelope.
    fn approve(&self, plan: &str, by: &str) -> Result<(), String>;

    /// Takes the plan of this mark away, so that it is asked once.
    ///
    /// # Errors
    /// When asking is stopped, a run is under way, the window is closed, or an approval or what it must be given is missing.
    fn begin(&self, plan: &str, given: AskGiven, by: &str) -> Result<Run, String>;

    /// The regular run that is due now, if one is; `read_key` opens the key that is kept.
    ///
    /// # Errors
    /// When its files cannot be read or written. Why an opening is left out stands in its log.
    fn due(&self, read_key: &dyn Fn() -> Option<ReadKey>) -> Result<Option<Run>, String>;

    /// Asks this in each opening of the hours from the next one on; who says so approves it.
    ///
    /// # Errors
    /// When there are no regular hours.
    fn switch_on(&self, wanted: AskWanted, by: &str) -> Result<(), String>;

    /// One more person approves what is asked in each opening.
    ///
    /// # Errors
    /// When it is not switched on.
    fn agree(&self, by: &str) -> Result<(), String>;

    /// Asks nothing by itself any more.
    ///
    /// # Errors
    /// When it cannot be written down.
    fn switch_off(&self, by: &str) -> Result<(), String>;

    /// The site's key for reading servers, as it is kept.
    ///
    /// # Errors
    /// When its file cannot be read.
    fn read_key(&self) -> Result<Option<KeptKey>, String>;

    /// Keeps a key for reading servers in the place of the one before, or takes it away.
    ///
    /// # Errors
    /// When it cannot be kept or written down.
    fn keep_read_key(&self, key: Option<KeptKey>, by: &str) -> Result<(), String>;

    /// Models that people named, each with its question, by whom and why.
    ///
    /// # Errors
    /// When its file cannot be read.
    fn named(&self) -> Result<Vec<Saying>, String>;

    /// Names a model in the place of what was said of it, or takes that back. Nothing is sent.
    ///
    /// # Errors
    /// When it cannot be named, nobody says why, or it cannot be kept or written down.
    fn name(&self, saying: Saying, remove: bool) -> Result<(), String>;

    /// Stops what is under way and what is to come.
    ///
    /// # Errors
    /// When the stop cannot be kept. That it cannot be logged is none.
    fn stop(&self, by: &str) -> Result<(), String>;

    /// Allows new plans again.
    ///
    /// # Errors
    /// When nobody says why, or a run is under way.
    fn resume(&self, by: &str, because: &str) -> Result<(), String>;

    /// What the newest round saw of the hosts that were asked. One that fell silent stops everything.
    ///
    /// # Errors
    /// When the log or the round cannot be read.
    fn after(&self, by: &str) -> Result<Vec<(Ipv4Addr, Since)>, String>;

    /// The log.
    ///
    /// # Errors
    /// When it cannot be read.
    fn log(&self, form: LogForm) -> Result<Vec<u8>, String>;
}

/// The one run of the site.
pub(crate) struct Asking {
    asker: Arc<dyn Asker>,
    /// Stops the run that is under way.
    flag: Mutex<Option<Arc<StopFlag>>>,
}

impl Asking {
    pub(crate) fn new(asker: Arc<dyn Asker>) -> Self {
        Self { asker, flag: Mutex::default() }
    }

    /// Does a step, on a thread that may wait.
    pub(crate) async fn step<T: Send + 'static>(
        &self,
        step: impl FnOnce(&dyn Asker) -> Result<T, String> + Send + 'static,
    ) -> Result<T, Problem> {
        let asker = Arc::clone(&self.asker);
        waiting(move || step(asker.as_ref()).map_err(Problem::Refused)).await
    }

    /// A person stops the run of this site at once: nothing is waited for, and nothing written.
    pub(crate) fn halt(&self) {
        if let Some(flag) = locked(&self.flag).as_ref() {
            flag.by_person();
        }
    }

    fn is_running(&self) -> bool {
        locked(&self.flag).is_some()
    }
}

/// Begins a run; it goes on after this returns.
pub(crate) fn start(site: &Site, run: Run) {
    let flag = Arc::new(StopFlag::default());
    *locked(&site.asking.flag) = Some(Arc::clone(&flag));
    drop(log::event("asking-started"));
    let site = site.clone();
    tokio::task::spawn_blocking(move || {
        let ears = site.ears.all().into_iter().filter(|ear| !ear.is_deaf() && !ear.is_of_flows());
        let interfaces: Vec<String> = ears.map(|ear| ear.name).collect();
        // Also a fault of ours must not leave it looking as if it went on.
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(flag, &interfaces)));
        drop(log::event(if matches!(ended, Ok(Ok(_))) { "asking-ended" } else { "asking-failed" }));
        *locked(&site.asking.flag) = None;
    });
}

/// Begins runs that are due, as long as the site runs.
pub(crate) async fn keep(site: Site) {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        if site.is_demo() || site.asking.is_running() {
            continue;
        }
        let opens = site.clone();
        let due = move |asker: &dyn Asker| asker.due(&|| reading::opened(&opens.keys, asker));
        match site.asking.step(due).await {
            Ok(Some(run)) => start(&site, run),
            Ok(None) => {}
            Err(_) => drop(log::event("asking-not-looked-at")),
        }
    }
}

/// Stops a run in order, when the site stops. A person resumes.
pub(crate) async fn end(site: &Site) {
    if let Some(flag) = locked(&site.asking.flag).as_ref() {
        flag.with_program();
    }
    let ended = async {
        while site.asking.is_running() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let _ = tokio::time::timeout(FAREWELL, ended).await;
}
