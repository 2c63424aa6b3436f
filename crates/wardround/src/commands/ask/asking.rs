//! The steps of asking over one folder, as the command line and the site take them: scope, plan, check, stop, resume, after. Nothing is
//! sent here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use wardround_ask::after::Since;
use wardround_ask::journal::Line;
use wardround_ask::{Approval, Approved, Breach, Listed, Pace, Plan, Refused, Scope, approve, breaches};
use wardround_model::{Endpoint, Round, RoundId};
use wardround_remedy::Policy;
use wardround_store::Store;

use super::folder::Folder;
use super::verify::{self, Claimed};
use super::watched;
use super::{directories, reading};
use crate::commands::{lookup, now};
use crate::failure::NotFound;

pub(super) const SCOPE: &str = "scope.json";
pub(super) const PLAN: &str = "plan.json";
/// The plan that was asked last. Nobody asks it again.
pub(super) const ASKED: &str = "asked.json";
pub(super) const APPROVALS: &str = "approvals.jsonl";
pub(super) const LOG: &str = "log.jsonl";
/// Nothing is asked while this is there.
pub(super) const STOP: &str = "stop";
/// The site's key for reading servers, sealed.
pub(super) const READ_KEY: &str = "read-key.json";
/// A run is under way, or was killed.
pub(super) const RUNNING: &str = "running";

/// Who does a step.
#[derive(Clone, Debug)]
pub(super) struct Who {
    /// The account of the operating system.
    account: u32,
    /// The person, where the site knows.
    pub(super) by: String,
}

impl Who {
    /// Whoever types on this computer.
    pub(super) fn here() -> Self {
        Self::of_site("")
    }

    /// Somebody who is signed in to the site.
    pub(super) fn of_site(by: &str) -> Self {
        Self { account: rustix::process::getuid().as_raw(), by: by.to_owned() }
    }

    /// A line that says that they did it.
    pub(super) fn line(&self, event: &str) -> Line {
        Line { account: Some(self.account), by: self.by.clone(), ..Line::new(now(), event) }
    }
}

/// What a plan is to ask.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) listed: Listed,
    pub(super) pace: Pace,
    /// Only what shows whether work is done.
    pub(super) verify: bool,
    /// Also the models that people named. Nobody asks those when nobody is there.
    pub(super) named: bool,
}

/// A plan, and how it came to be.
pub(super) struct Made {
    pub(super) plan: Plan,
    /// Of each claim the cheapest way to show it.
    pub(super) claimed: Vec<Claimed>,
    /// The questions that show whether work is done.
    pub(super) proofs: BTreeMap<Endpoint, String>,
    pub(super) newest: (RoundId, Round),
}

/// Asking beside one store.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    pub(super) folder: Folder,
    pub(super) store: PathBuf,
}

impl Asking {
    pub(super) fn of(store: &Path) -> Self {
        Self { folder: Folder::beside(store), store: store.to_owned() }
    }

    pub(super) fn scope(&self) -> Result<Scope> {
        let none =
            "nothing may be asked yet: set networks, owner and window first (`wardround ask scope --help`)";
        self.folder.read(SCOPE)?.ok_or_else(|| NotFound(none.to_owned()).into())
    }

    pub(super) fn set_scope(&self, mut scope: Scope, who: &Who) -> Result<Scope> {
        let networks: BTreeSet<_> = scope.networks.into_iter().collect();
        scope.networks = networks.into_iter().collect();
        let multicast: BTreeSet<_> = scope.multicast.into_iter().collect();
        scope.multicast = multicast.into_iter().collect();
        if let Some(net) =
            scope.multicast.iter().find(|net| !scope.networks.iter().any(|held| held.holds(**net)))
        {
            bail!(
                "{net} lies in no network that may be asked: --multicast wants one of --network, or a part of it"
            );
        }
        if !scope.window.is_sound() {
            bail!("the window must end after it begins, and at most 12 hours later");
        }
        if !scope.is_complete() {
            bail!(
                "say who answers for these networks and how to reach them: --owner and --phone must not be empty"
            );
        }
        self.folder.write(SCOPE, &scope)?;
        let all_at_once: Vec<String> =
            scope.multicast.iter().map(|net| format!("all devices of {net} may be asked at once")).collect();
        self.folder.append(LOG)?.add(&Line { text: all_at_once.join(", "), ..who.line("scope-set") })?;
        Ok(scope)
    }

    pub(super) fn newest(&self) -> Result<(RoundId, Round)> {
        let argument = crate::arguments::StoreArgument { store: Some(self.store.clone()) };
        lookup::round_of(&mut lookup::store(argument)?, None)
    }

    /// Makes a plan of what is in the scope now, and keeps it nowhere.
    pub(super) fn make(&self, wanted: &Wanted, policy: &Policy) -> Result<Made> {
        let (scope, (id, round)) = (self.scope()?.at(now()), self.newest()?);
        let mut listed = wanted.listed.clone();
        listed.named = if wanted.named { self.named()? } else { Vec::new() };
        reading::with_known_keys(&self.folder, &mut listed.reading)?;
        directories::with_known_certificates(&self.folder, &mut listed.directories)?;
        let plan = Plan::make(id, &round, scope, listed, wanted.pace);
        let store = Store::open_read_only(&self.store)?;
        let efforts = crate::commands::plan::efforts(None)?;
        let work = store.work_load(&efforts)?;
        let claimed = verify::claims(&work.worklist(&efforts, policy, now()), &store, (id, &round), &plan)?;
        let proofs = verify::reasons(&claimed);
        let plan = if wanted.verify { plan.only(&proofs) } else { plan.proving(&proofs) };
        refuse_breaches(&plan, id, &round)?;
        Ok(Made { plan, claimed, proofs, newest: (id, round) })
    }

    /// Makes a plan and keeps it in the place of the one before.
    pub(super) fn plan(&self, wanted: &Wanted, policy: &Policy) -> Result<Made> {
        let made = self.make(wanted, policy)?;
        self.folder.write(PLAN, &made.plan)?;
        Ok(made)
    }

    pub(super) fn kept_plan(&self) -> Result<Plan> {
        let none = "there is no plan; make one with `wardround ask plan` (each plan is asked once)";
        self.folder.read(PLAN)?.ok_or_else(|| NotFound(none.to_owned()).into())
    }

    /// Holds the plan against the envelope; how many people approved it, once this one did.
    pub(super) fn check(&self, by: Option<&str>, who: &Who) -> Result<(Plan, usize)> {
        let plan = self.kept_plan()?;
        let (id, round) = self.newest()?;
        refuse_breaches(&plan, id, &round)?;
        if let Some(by) = by {
            if by.trim().is_empty() {
                bail!("say who approves it: --approve NAME");
            }
            self.approve(&plan.mark(), by, who)?;
        }
        let people = match approve(plan.clone(), id, &round, &self.folder.lines(APPROVALS)?) {
            Ok(_) => wardround_ask::wanted_approvals(&plan),
            Err(Refused::Unapproved { given, .. }) => given,
            Err(Refused::Breaks(_)) => 0,
        };
        Ok((plan, people))
    }

    /// Writes down that somebody approves the plan of this mark.
    pub(super) fn approve(&self, mark: &str, by: &str, who: &Who) -> Result<()> {
        let line = Line { plan: mark.to_owned(), text: by.to_owned(), ..who.line("approved") };
        self.folder.append(LOG)?.add(&line)?;
        Ok(self.folder.append(APPROVALS)?.add(&Approval { plan: mark.to_owned(), by: by.to_owned() })?)
    }

    /// The plan, where it keeps to the envelope and has its approvals.
    pub(super) fn approved(&self, plan: Plan, newest: (RoundId, &Round)) -> Result<Approved> {
        match approve(plan, newest.0, newest.1, &self.folder.lines(APPROVALS)?) {
            Ok(approved) => Ok(approved),
            Err(Refused::Breaks(found)) => {
                let first = found.first().map(ToString::to_string).unwrap_or_default();
                bail!("the plan breaks the safety envelope: {first}")
            }
            Err(Refused::Unapproved { wanted, given }) => bail!(
                "{given} of {wanted} people approved this plan; see `wardround ask check --approve NAME`"
            ),
        }
    }

    pub(super) fn refuse_stopped(&self) -> Result<()> {
        if self.folder.has(STOP) {
            bail!("asking is stopped; a person allows it again with `wardround ask resume`");
        }
        if self.folder.has(RUNNING) {
            bail!(
                "a run is under way, or one was killed; see `wardround ask log`, and if none is, `wardround ask resume`"
            );
        }
        Ok(())
    }

    /// Stops what is under way and what is to come. A stop that cannot be logged stops all the same.
    pub(super) fn stop(&self, who: &Who) -> Result<()> {
        // An empty file needs no room on a full disk.
        if let Err(error) = self.folder.write(STOP, &"a person stopped it") {
            self.folder
                .claim(STOP)
                .map(drop)
                .or_else(|_| if self.folder.has(STOP) { Ok(()) } else { Err(error) })?;
        }
        if let Err(error) = self.folder.append(LOG).and_then(|mut log| Ok(log.add(&who.line("stop"))?)) {
            eprintln!("wardround: asking is stopped, and its log could not be written: {error:#}");
        }
        Ok(())
    }

    pub(super) fn resume(&self, by: &str, because: &str, who: &Who) -> Result<()> {
        let (by, because) = (by.trim(), because.trim());
        if by.is_empty() || because.is_empty() {
            bail!("say who decides it and why: --by NAME --because TEXT");
        }
        if self.folder.is_held(RUNNING) {
            bail!("a run is under way; stop it first, and wait until it has ended");
        }
        let line = Line { text: format!("{by}: {because}"), ..who.line("resume") };
        self.folder.append(LOG)?.add(&line)?;
        // The old plan is not taken up again: hosts may be other ones by now.
        for name in [PLAN, RUNNING, STOP] {
            self.folder.remove(name)?;
        }
        Ok(())
    }

    /// Looks at the newest round for what became of hosts that were asked (P8). A host that fell silent stops everything. The plan, and
    /// each host.
    pub(super) fn after(&self, who: &Who) -> Result<(String, Vec<(Ipv4Addr, Since)>)> {
        let lines: Vec<Line> = self.folder.lines(LOG)?;
        let (plan, hosts, own) = watched::asked(&lines);
        if hosts.is_empty() {
            return Ok((plan, Vec::new()));
        }
        let (_, round) = self.newest()?;
        let seen = watched::since(&hosts, &own, &round);
        let mut log = self.folder.append(LOG)?;
        for (ip, since) in &seen {
            let (to, text) = (ip.to_string(), watched::words(since));
            // What a person knows by now stops nothing again.
            if lines.iter().any(|line| line.plan == plan && line.to == to && line.text == text) {
                continue;
            }
            let event = match since {
                Since::Quiet { .. } => {
                    self.folder.write(STOP, &"a host fell silent after it was asked")?;
                    "distress"
                }
                Since::Speaks { .. } => "still-speaks",
                Since::NothingToTell | Since::NotWatched => continue,
            };
            log.add(&Line { plan: plan.clone(), to, text, ..who.line(event) })?;
        }
        Ok((plan, seen))
    }
}

/// What in a plan breaks the envelope.
fn refuse_breaches(plan: &Plan, id: RoundId, round: &Round) -> Result<()> {
    let found: Vec<Breach> = breaches(plan, id, round);
    let Some(first) = found.first() else { return Ok(()) };
    match found.len() {
        1 => bail!("the plan breaks the safety envelope: {first}"),
        more => bail!("the plan breaks the safety envelope {more} times, first: {first}"),
    }
}
