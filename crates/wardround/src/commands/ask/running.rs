//! One run, from a plan with its approvals to its end. Only here the room that sends is called.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use wardround_ask::journal::Line;
use wardround_ask::learned::{Known, Learned};
use wardround_ask::{Approved, Distress, Halt, Plan, StopFlag};
use wardround_model::{Observation, Round, RoundId, SourceKind};
use wardround_send::Ended;
use wardround_store::{NewImport, Store};

use super::asking::{ASKED, Asking, LOG, PLAN, RUNNING, STOP, Who};
use super::desk::{Keeper, Newest};
use super::directories::Directories;
use super::folder::Claim;
use super::reading::Servers;
use super::secrets::Secrets;
use super::vigil::Listening;
use super::{answers, tell};
use crate::commands::now;

/// A run that may begin. Where it never does, a person has to resume.
pub(super) struct Ready {
    asking: Asking,
    approved: Approved,
    known: Known,
    who: Who,
    _claim: Claim,
}

/// How a run ended.
pub(super) struct Done {
    pub(super) asked: u64,
    pub(super) why: String,
    /// Whether a person must resume.
    pub(super) must_stay: bool,
    pub(super) distress: Vec<Distress>,
    pub(super) facts: usize,
    pub(super) learned: Learned,
}

impl Ready {
    /// The kept plan, which is taken away, so that it is asked once. With a `mark` it must be the one of that mark.
    pub(super) fn kept(asking: &Asking, mark: Option<&str>, secrets: Secrets, who: Who) -> Result<Self> {
        let set = asking.scope()?;
        asking.refuse_stopped()?;
        let plan = asking.kept_plan()?;
        if mark.is_some_and(|mark| mark != plan.mark()) {
            bail!("the plan is another one by now; look at it again");
        }
        if !plan.scope.is_as(&set) {
            bail!("the scope changed since the plan; plan again");
        }
        let (id, round) = asking.newest()?;
        Self::over(asking, plan, (id, &round), secrets, who)
    }

    /// This plan.
    pub(super) fn over(
        asking: &Asking,
        plan: Plan,
        newest: (RoundId, &Round),
        secrets: Secrets,
        who: Who,
    ) -> Result<Self> {
        let Secrets { community, user, read_key, directory_login } = secrets;
        let approved = asking.approved(plan, newest)?.with_community(community).with_user(user);
        let approved = approved.with_read_key(read_key).with_directory_login(directory_login);
        if approved.lacks_read_key() {
            bail!("this plan reads servers, and there is no key for that (`wardround ask run --key FILE`)");
        }
        if approved.lacks_directory_login() {
            bail!(
                "this plan reads a directory, and there is no login for that (`wardround ask run --login FILE`)"
            );
        }
        if approved.lacks_community() {
            bail!(
                "this plan asks by SNMP: say where the community is, `wardround ask run --snmp-community FILE`"
            );
        }
        if approved.lacks_user() {
            bail!("this plan asks by SNMP 3: say where the user is, `wardround ask run --snmp-user FILE`");
        }
        let scope = &approved.plan().scope;
        if !scope.window.is_open(now()) {
            bail!("the window is closed: nothing is sent outside of it. {}", tell::window(scope));
        }
        let known = Known::of(newest.1, approved.plan());
        let claim = asking.folder.claim(RUNNING).context("another run is under way")?;
        asking.folder.write(ASKED, approved.plan())?;
        if asking.folder.read::<Plan>(PLAN)?.is_some_and(|kept| kept.mark() == approved.mark()) {
            asking.folder.remove(PLAN)?;
        }
        Ok(Self { asking: asking.clone(), approved, known, who, _claim: claim })
    }

    /// Asks. `stopped` stops it within a second, also where no file can be written. At `interfaces` hosts are listened to meanwhile and
    /// for ten minutes after; `tell` hears how that goes.
    pub(super) fn run(
        self,
        stopped: Arc<StopFlag>,
        interfaces: &[String],
        tell: &dyn Fn(&str),
    ) -> Result<Done> {
        let (folder, approved) = (&self.asking.folder, &self.approved);
        let mut keeper = self.keeper(stopped, interfaces, tell)?;
        let ended = wardround_send::run(approved, &mut keeper);
        let (mut why, mut must_stay, distress) = told(&ended);
        // The stop comes before the end of the run is marked: a kill between the two leaves both.
        if must_stay {
            folder.write(STOP, &why)?;
        }
        let mut distress = distress.to_vec();
        for host in &distress {
            keeper.note("distress", &host.ip.to_string(), &host.sign)?;
        }
        let learned = self.known.learned(&keeper.found);
        keeper.note("learned", "", &tell::learned(&learned))?;
        let goes_on = goes_on(&ended);
        if !goes_on {
            keeper.note("end", "", &why)?;
        }
        // A round may read the answers while hosts are still listened to. The run is over once they are kept.
        let kept = keep(&self.asking.store, approved, &keeper);
        if goes_on {
            let known: BTreeSet<_> = distress.iter().map(|host| host.ip).collect();
            let seen = keeper.listen_after(&known, |host| folder.write(STOP, &after(host)))?;
            if let Some(first) = seen.first().filter(|_| !must_stay) {
                (why, must_stay) = (format!("{why}; then {}", after(first)), true);
            }
            distress.extend(seen);
            keeper.note("end", "", &why)?;
        }
        folder.remove(RUNNING)?;
        let (asked, facts) = (keeper.asked, kept?);
        match ended {
            Ended::Log(error) => Err(error).context("the log could not be written, so nothing more was sent"),
            _ => Ok(Done { asked, why, must_stay, distress, facts, learned }),
        }
    }

    /// Opens the log, and listens where somebody may.
    fn keeper<'a>(
        &'a self,
        signalled: Arc<StopFlag>,
        interfaces: &[String],
        tell: &'a dyn Fn(&str),
    ) -> Result<Keeper<'a>> {
        let (folder, approved) = (&self.asking.folder, &self.approved);
        let lines = folder.text(LOG)?.unwrap_or_default().lines().count();
        let (mut log, mark) = (folder.append(LOG)?, approved.mark().to_owned());
        log.add(&Line { plan: mark.clone(), ..self.who.line("begin") })?;
        let store = Store::open_read_only(&self.asking.store)?;
        let newest = Newest { store, planned: RoundId(approved.plan().round), since: None };
        let (listening, deaf) = Listening::open(interfaces, approved.plan(), now());
        let mut keeper = Keeper {
            approved,
            newest,
            log,
            lines: u64::try_from(lines)?.saturating_add(1),
            plan: mark,
            stop_file: folder.path(STOP),
            signalled,
            listening,
            tell,
            servers: Servers::of(folder)?,
            directories: Directories::of(folder)?,
            found: Vec::new(),
            settled: BTreeSet::new(),
            read_tables: false,
            asked: 0,
        };
        keeper.listen_first(&deaf)?;
        Ok(keeper)
    }
}

/// What is said of a host that showed distress only after all was asked.
fn after(host: &Distress) -> String {
    format!("{} showed distress after it was asked: {}", host.ip, host.sign)
}

/// Whether hosts are listened to after this end. Who stopped it does not wait, and without network or clock nobody can tell.
fn goes_on(ended: &Ended) -> bool {
    matches!(ended, Ended::Done(_) | Ended::Distress(_) | Ended::Halted(Halt::OutOfWindow, _))
}

/// Why a run ended, whether a person must resume, and hosts in distress.
fn told(ended: &Ended) -> (String, bool, &[Distress]) {
    match ended {
        Ended::Done(distress) if distress.is_empty() => ("all is done".to_owned(), false, distress),
        Ended::Done(distress) => ("hosts were in distress".to_owned(), true, distress),
        Ended::Distress(distress) => {
            ("three hosts were in distress, so all stopped".to_owned(), true, distress)
        }
        Ended::Halted(halt, distress) => (halt.text().to_owned(), true, distress),
        Ended::Log(_) => ("the log could not be written".to_owned(), true, &[]),
    }
}

/// Keeps what answers show, as a source of its own kind; how many facts.
fn keep(store: &Path, approved: &Approved, keeper: &Keeper<'_>) -> Result<usize> {
    let networks: Vec<String> = approved.plan().scope.networks.iter().map(ToString::to_string).collect();
    let name = format!("asked {}", networks.join(" "));
    let mut store = Store::open(store)?;
    let earlier = keeper.servers.without_old(earlier(&store, &name)?, &keeper.found);
    let new_facts: BTreeSet<_> = keeper.found.iter().map(|one| (&one.subject, &one.fact)).collect();
    let found = answers::merged(keeper.found.clone(), &earlier, &keeper.settled, keeper.read_tables);
    if found == earlier {
        return keeper.directories.keep(&mut store);
    }
    let new = NewImport {
        digest: approved.mark().to_owned(),
        name,
        kind: SourceKind::Asked,
        about: String::new(),
        mapping: None,
        observed_at: now(),
        imported_at: now(),
        bytes: 0,
        rows: keeper.asked,
        rows_failed: 0,
        first_failed: None,
        values_not_allowed: 0,
        columns: Vec::new(),
    };
    let kept = store.import_save(&new, &found, &[]);
    kept.context("the answers could not be kept; what was sent is in the log")?;
    Ok(new_facts.len().saturating_add(keeper.directories.keep(&mut store)?))
}

/// What the last run over these networks found.
fn earlier(store: &Store, name: &str) -> Result<Vec<Observation>> {
    let used = store.import_load_used()?;
    let is_it = |import: &NewImport| import.kind == SourceKind::Asked && import.name == name;
    Ok(used.into_iter().find(|one| is_it(&one.head.import)).map(|one| one.observations).unwrap_or_default())
}
