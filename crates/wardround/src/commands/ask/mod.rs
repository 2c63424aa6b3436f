//! `wardround ask`: scope, plan, check and run as separate steps. Nothing is sent but by `run`.

mod answers;
mod community;
mod desk;
mod folder;
mod rebuilt;
mod signals;
mod tell;
mod verify;
mod watched;

use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_ask::after::Since;
use wardround_ask::{
    Approval, Approved, Distress, Listed, Pace, Plan, Refused, Scope, Window, Wish, approve, breaches,
};
use wardround_model::{Observation, Round, RoundId, SourceKind};
use wardround_send::Ended;
use wardround_store::{NewImport, Store};

use crate::arguments::ask::{AskCommand, CheckAsk, LogAsk, PlanAsk, ResumeAsk, RunAsk, ScopeAsk};
use crate::arguments::{Format, StoreArgument};
use crate::commands::{lookup, now, print};
use crate::failure::NotFound;
use crate::places;

use desk::{Keeper, Line, Newest};
use folder::Folder;

const SCOPE: &str = "scope.json";
const PLAN: &str = "plan.json";
const APPROVALS: &str = "approvals.jsonl";
const LOG: &str = "log.jsonl";
/// Nothing is asked while this is there.
const STOP: &str = "stop";
/// A run is under way, or was killed.
const RUNNING: &str = "running";

pub(crate) fn run(command: AskCommand) -> Result<()> {
    match command {
        AskCommand::Scope(words) => scope(words),
        AskCommand::Plan(words) => plan(words),
        AskCommand::Check(words) => check(words),
        AskCommand::Run(words) => ask(words),
        AskCommand::Stop(store) => stop(store),
        AskCommand::Resume(words) => resume(words),
        AskCommand::After(store) => after(store),
        AskCommand::Log(words) => log(words),
    }
}

/// Files of asking that a backup keeps. A plan is none of them: it is asked once, and a restored one might have been.
pub(crate) fn kept(store: &Path) -> Vec<PathBuf> {
    let folder = Folder::beside(store);
    [SCOPE, APPROVALS, LOG, STOP].map(|name| folder.path(name)).to_vec()
}

fn folder(store: &StoreArgument) -> Result<Folder> {
    Ok(Folder::beside(&places::store(store.store.clone())?))
}

fn scope(words: ScopeAsk) -> Result<()> {
    let folder = folder(&words.store)?;
    let (Some(owner), Some(phone), Some(from), Some(until)) =
        (words.owner, words.phone, words.from, words.until)
    else {
        return print(&tell::scope(&set_scope(&folder)?)?);
    };
    let networks: BTreeSet<_> = words.network.into_iter().collect();
    let window = Window { from: from.seconds(), until: until.seconds() };
    if !window.is_sound() {
        bail!("the window must end after it begins, and at most 12 hours later");
    }
    let scope = Scope { networks: networks.into_iter().collect(), owner, phone, window };
    if !scope.is_complete() {
        bail!(
            "say who answers for these networks and how to reach them: --owner and --phone must not be empty"
        );
    }
    folder.write(SCOPE, &scope)?;
    folder.append(LOG)?.add(&Line { account: Some(account()), ..Line::new(now(), "scope-set") })?;
    print(&format!(
        "{}\nNothing was sent. Next: wardround ask plan{}\n",
        tell::scope(&scope)?,
        words.store.again()
    ))
}

fn set_scope(folder: &Folder) -> Result<Scope> {
    let none =
        "nothing may be asked yet: set networks, owner and window first (`wardround ask scope --help`)";
    folder.read(SCOPE)?.ok_or_else(|| NotFound(none.to_owned()).into())
}

fn plan(words: PlanAsk) -> Result<()> {
    let (folder, again) = (folder(&words.store)?, words.store.again());
    let scope = set_scope(&folder)?;
    let path = places::store(words.store.store.clone())?;
    let (id, round) = newest(words.store)?;
    let wish = Wish {
        host_gap_ms: words.pause.map_or(0, |pause| pause.get().saturating_mul(1000)),
        ..Wish::default()
    };
    let listed = Listed { ports: words.port, datagrams: words.udp, community: words.snmp };
    let mut plan = Plan::make(id, &round, scope, listed, Pace::from(wish));
    let mut before = String::new();
    if words.verify {
        let store = Store::open_read_only(&path)?;
        let (efforts, policy) = (super::plan::efforts(None)?, super::work::policy(None)?);
        let work = store.work_load(&efforts)?;
        let claimed = verify::claims(&work.worklist(&efforts, &policy, now()), &store, (id, &round), &plan)?;
        plan = plan.only(&verify::reasons(&claimed));
        before = format!("{}\n", verify::told(&claimed)?);
    }
    refuse_breaches(&plan, id, &round)?;
    folder.write(PLAN, &plan)?;
    match words.format {
        Format::Text => print(&(before + &tell::plan(&plan, &again)?)),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&plan)?)),
    }
}

fn newest(store: StoreArgument) -> Result<(RoundId, Round)> {
    lookup::round_of(&mut lookup::store(store)?, None)
}

fn kept_plan(folder: &Folder) -> Result<Plan> {
    let none = "there is no plan; make one with `wardround ask plan` (each plan is asked once)";
    folder.read(PLAN)?.ok_or_else(|| NotFound(none.to_owned()).into())
}

fn refuse_breaches(plan: &Plan, id: RoundId, round: &Round) -> Result<()> {
    let found = breaches(plan, id, round);
    let Some(first) = found.first() else { return Ok(()) };
    match found.len() {
        1 => bail!("the plan breaks the safety envelope: {first}"),
        more => bail!("the plan breaks the safety envelope {more} times, first: {first}"),
    }
}

fn check(words: CheckAsk) -> Result<()> {
    let (folder, again) = (folder(&words.store)?, words.store.again());
    let plan = kept_plan(&folder)?;
    let (id, round) = newest(words.store)?;
    refuse_breaches(&plan, id, &round)?;
    let mark = plan.mark();
    if let Some(by) = words.approve {
        if by.trim().is_empty() {
            bail!("say who approves it: --approve NAME");
        }
        let line = Line {
            plan: mark.clone(),
            text: by.clone(),
            account: Some(account()),
            ..Line::new(now(), "approved")
        };
        folder.append(LOG)?.add(&line)?;
        folder.append(APPROVALS)?.add(&Approval { plan: mark, by })?;
    }
    let people = match approve(plan.clone(), id, &round, &folder.lines(APPROVALS)?) {
        Ok(_) => wardround_ask::wanted_approvals(&plan),
        Err(Refused::Unapproved { given, .. }) => given,
        Err(Refused::Breaks(_)) => 0,
    };
    print(&tell::checked(&plan, people, &again)?)
}

/// The account of the operating system that types.
fn account() -> u32 {
    rustix::process::getuid().as_raw()
}

/// Takes the plan away, so that it is asked once, and asks it.
fn ask(words: RunAsk) -> Result<()> {
    let RunAsk { snmp_community: secret, store } = words;
    let community = secret.as_deref().map(community::read).transpose()?;
    let (folder, again) = (folder(&store)?, store.again());
    set_scope(&folder)?;
    refuse_stopped(&folder)?;
    let plan = kept_plan(&folder)?;
    if plan.scope != set_scope(&folder)? {
        bail!("the scope changed since the plan; plan again");
    }
    let path = places::store(store.store.clone())?;
    let (id, round) = newest(store)?;
    let approved = match approve(plan, id, &round, &folder.lines(APPROVALS)?) {
        Ok(approved) => approved.with_community(community),
        Err(Refused::Breaks(found)) => {
            let first = found.first().map(ToString::to_string).unwrap_or_default();
            bail!("the plan breaks the safety envelope: {first}");
        }
        Err(Refused::Unapproved { wanted, given }) => {
            bail!("{given} of {wanted} people approved this plan; see `wardround ask check --approve NAME`")
        }
    };
    if approved.lacks_community() {
        bail!(
            "this plan asks by SNMP: say where the community is, `wardround ask run --snmp-community FILE`"
        );
    }
    if !approved.plan().scope.window.is_open(now()) {
        bail!(
            "the window is closed: nothing is sent outside of it. {}",
            tell::window(&approved.plan().scope)
        );
    }
    drop(round);
    folder.claim(RUNNING).context("another run is under way")?;
    folder.remove(PLAN)?;
    asked(&folder, &path, &approved, &again)
}

fn refuse_stopped(folder: &Folder) -> Result<()> {
    if folder.has(STOP) {
        bail!("asking is stopped; a person allows it again with `wardround ask resume`");
    }
    if folder.has(RUNNING) {
        bail!(
            "a run is under way, or one was killed; see `wardround ask log`, and if none is, `wardround ask resume`"
        );
    }
    Ok(())
}

fn asked(folder: &Folder, store: &Path, approved: &Approved, again: &str) -> Result<()> {
    let signalled = signals::heard()?;
    let lines = folder.text(LOG)?.unwrap_or_default().lines().count();
    let mut log = folder.append(LOG)?;
    let mark = approved.mark().to_owned();
    log.add(&Line { plan: mark.clone(), account: Some(account()), ..Line::new(now(), "begin") })?;
    let newest =
        Newest { store: Store::open_read_only(store)?, planned: RoundId(approved.plan().round), since: None };
    let mut keeper = Keeper {
        approved,
        newest,
        log,
        lines: u64::try_from(lines)?.saturating_add(1),
        plan: mark.clone(),
        stop_file: folder.path(STOP),
        signalled,
        found: Vec::new(),
        settled: BTreeSet::new(),
        asked: 0,
    };
    let ended = wardround_send::run(approved, &mut keeper);
    let (why, must_stay, distress) = told(&ended);
    // The stop comes before the end of the run is marked: a kill between the two leaves both.
    if must_stay {
        folder.write(STOP, &why)?;
    }
    for host in distress {
        let line = Line {
            plan: mark.clone(),
            to: host.ip.to_string(),
            text: host.sign.clone(),
            ..Line::new(now(), "distress")
        };
        keeper.log.add(&line)?;
    }
    keeper.log.add(&Line { plan: mark, text: why.clone(), ..Line::new(now(), "end") })?;
    folder.remove(RUNNING)?;
    let kept = keep(store, approved, &keeper)?;
    let mut text =
        format!("{} asked: {why}.\n", wardround_report::page::count(keeper.asked, "question", "questions"));
    for host in distress {
        text.push_str(&format!("  {} was left alone: {}\n", host.ip, host.sign));
    }
    text.push_str(&format!("{kept} facts are kept for the next round. Next: wardround round FILE{again}\n"));
    if must_stay {
        text.push_str("Nothing more is asked until a person says `wardround ask resume`.\n");
    }
    print(&text)?;
    match ended {
        Ended::Log(error) => Err(error).context("the log could not be written, so nothing more was sent"),
        _ => Ok(()),
    }
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
    let earlier = earlier(&store, &name)?;
    let new_facts: BTreeSet<_> = keeper.found.iter().map(|one| (&one.subject, &one.fact)).collect();
    let found = answers::merged(keeper.found.clone(), &earlier, &keeper.settled);
    if found == earlier {
        return Ok(0);
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
    Ok(new_facts.len())
}

/// What the last run over these networks found.
fn earlier(store: &Store, name: &str) -> Result<Vec<Observation>> {
    let used = store.import_load_used()?;
    let is_it = |import: &NewImport| import.kind == SourceKind::Asked && import.name == name;
    Ok(used.into_iter().find(|one| is_it(&one.head.import)).map(|one| one.observations).unwrap_or_default())
}

fn stop(store: StoreArgument) -> Result<()> {
    let folder = folder(&store)?;
    folder.write(STOP, &"a person stopped it")?;
    folder.append(LOG)?.add(&Line { account: Some(account()), ..Line::new(now(), "stop") })?;
    print(
        "Asking is stopped, also what is under way. A person allows it again with `wardround ask resume`.\n",
    )
}

fn resume(words: ResumeAsk) -> Result<()> {
    let folder = folder(&words.store)?;
    if words.by.trim().is_empty() || words.because.trim().is_empty() {
        bail!("say who decides it and why: --by NAME --because TEXT");
    }
    let text = format!("{}: {}", words.by.trim(), words.because.trim());
    folder.append(LOG)?.add(&Line { text, account: Some(account()), ..Line::new(now(), "resume") })?;
    // The old plan is not taken up again: hosts may be other ones by now.
    for name in [PLAN, RUNNING, STOP] {
        folder.remove(name)?;
    }
    print(&format!(
        "Asking is allowed again. Nothing was sent. Next: wardround ask plan{}\n",
        words.store.again()
    ))
}

/// Looks at the newest round for what became of hosts that were asked (P8). A host that fell silent stops everything.
fn after(store: StoreArgument) -> Result<()> {
    let (folder, again) = (folder(&store)?, store.again());
    let lines: Vec<Line> = folder.lines(LOG)?;
    let (plan, hosts, own) = watched::asked(&lines);
    if hosts.is_empty() {
        return print("Nothing was asked yet.\n");
    }
    let (_, round) = newest(store)?;
    let seen = watched::since(&hosts, &own, &round);
    let mut log = folder.append(LOG)?;
    for (ip, since) in &seen {
        let (to, text) = (ip.to_string(), watched::words(since));
        // What a person knows by now stops nothing again.
        if lines.iter().any(|line| line.plan == plan && line.to == to && line.text == text) {
            continue;
        }
        let event = match since {
            Since::Quiet { .. } => {
                folder.write(STOP, &"a host fell silent after it was asked")?;
                "distress"
            }
            Since::Speaks { .. } => "still-speaks",
            Since::NothingToTell | Since::NotWatched => continue,
        };
        log.add(&Line { plan: plan.clone(), to, text, account: Some(account()), ..Line::new(now(), event) })?;
    }
    print(&watched::told(&plan, &seen, &again)?)
}

fn log(words: LogAsk) -> Result<()> {
    let folder = folder(&words.store)?;
    if let Some(file) = words.pcap {
        return log_as_capture(&folder, &file);
    }
    match words.format {
        Format::Text => print(&tell::log(&folder.lines(LOG)?)?),
        Format::Json => print(&folder.text(LOG)?.unwrap_or_default()),
    }
}

/// Writes a new file, for its owner alone.
fn log_as_capture(folder: &Folder, file: &Path) -> Result<()> {
    let rebuilt = rebuilt::of(&folder.lines(LOG)?);
    let cannot = || format!("{} cannot be written; it must not be there yet", file.display());
    let mut new =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).with_context(cannot)?;
    new.write_all(&wardround_ask::rebuilt::capture(&rebuilt.sent)).with_context(cannot)?;
    new.sync_all().with_context(cannot)?;
    let mut text = format!(
        "{} in {}, rebuilt from the log. Answers are not in a log, so they are not in it.\n",
        wardround_report::page::count(rebuilt.sent.len() as u64, "exchange", "exchanges"),
        file.display()
    );
    if rebuilt.unread > 0 {
        text.push_str(&format!("{} of the log could not be read as an exchange.\n", rebuilt.unread));
    }
    print(&text)
}
