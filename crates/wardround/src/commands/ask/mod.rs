//! `wardround ask`: scope, plan, check and run as separate steps. Nothing is sent but by `run`. The site takes the same steps.

mod answers;
mod asking;
mod desk;
mod directories;
mod folder;
mod named;
mod reading;
mod rebuilt;
mod regular;
mod running;
mod secrets;
mod signals;
mod site;
mod tell;
mod verify;
mod vigil;
mod watched;

use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use wardround_ask::directory::PERMIT;
use wardround_ask::reading::{self as linux, Reading};
use wardround_ask::{Hours, Listed, Pace, Scope, Window, Wish};
use wardround_report::page::count;

use crate::arguments::ask::{AskCommand, CheckAsk, LogAsk, PermitAsk, PlanAsk, ResumeAsk, RunAsk, ScopeAsk};
use crate::arguments::{Format, StoreArgument};
use crate::commands::{now, print};
use crate::places;

use asking::{APPROVALS, Asking, LOG, SCOPE, STOP, Wanted, Who};
use folder::Folder;
use running::{Done, Ready};
use secrets::Secrets;

pub(crate) use site::SiteAsker;

pub(crate) fn run(command: AskCommand) -> Result<()> {
    match command {
        AskCommand::Scope(words) => scope(words),
        AskCommand::Name(words) => named::name(words),
        AskCommand::Plan(words) => plan(words),
        AskCommand::Check(words) => check(words),
        AskCommand::Run(words) => ask(words),
        AskCommand::Stop(store) => stop(store),
        AskCommand::Resume(words) => resume(words),
        AskCommand::After(store) => after(store),
        AskCommand::Permit(words) => permit(&words),
        AskCommand::Log(words) => log(words),
    }
}

/// Files of asking that a backup keeps. A plan is none of them: it is asked once, and a restored one might have been. Neither are models
/// that were named: who restores an old state names them again.
pub(crate) fn kept(store: &Path) -> Vec<PathBuf> {
    let folder = Folder::beside(store);
    [SCOPE, APPROVALS, LOG, STOP, reading::HOST_KEYS, directories::CERTIFICATES, asking::READ_KEY]
        .map(|name| folder.path(name))
        .to_vec()
}

fn asking(store: &StoreArgument) -> Result<Asking> {
    Ok(Asking::of(&places::store(store.store.clone())?))
}

fn scope(words: ScopeAsk) -> Result<()> {
    let asking = asking(&words.store)?;
    let (Some(owner), Some(phone)) = (words.owner, words.phone) else {
        return print(&tell::scope(&asking.scope()?.at(now()))?);
    };
    let (window, hours) = match (words.from, words.until) {
        (Some(from), Some(until)) => (Window { from: from.seconds(), until: until.seconds() }, None),
        _ => {
            let (days, hours) = (words.days.iter().map(String::as_str), words.hours.unwrap_or_default());
            let (from, until) = hours.split_once('-').unwrap_or_default();
            let hours = Hours::new(days, from, until, &words.zone.unwrap_or_default())?;
            (hours.opening(now()).context("these hours never come")?, Some(hours))
        }
    };
    let scope = Scope { networks: words.network, owner, phone, window, multicast: words.multicast, hours };
    let scope = asking.set_scope(scope, &Who::here())?;
    print(&format!(
        "{}\nNothing was sent. Next: wardround ask plan{}\n",
        tell::scope(&scope)?,
        words.store.again()
    ))
}

fn plan(words: PlanAsk) -> Result<()> {
    let (asking, again) = (asking(&words.store)?, words.store.again());
    let wish = Wish {
        host_gap_ms: words.pause.map_or(0, |pause| pause.get().saturating_mul(1000)),
        ..Wish::default()
    };
    let PlanAsk {
        port: ports,
        udp: datagrams,
        switch: switches,
        fhir,
        snmp: community,
        snmp_user: user,
        multicast,
        verify,
        ..
    } = words;
    let reading = Reading { hosts: words.read, login: words.read_as };
    let directories = words.directory;
    let listed = Listed {
        ports,
        datagrams,
        switches,
        fhir,
        community,
        user,
        multicast,
        reading,
        directories,
        ..Listed::default()
    };
    let wanted = Wanted { listed, pace: Pace::from(wish), verify, named: true };
    let made = asking.plan(&wanted, &super::work::policy(None)?)?;
    let before = if verify { format!("{}\n", verify::told(&made.claimed)?) } else { String::new() };
    match words.format {
        Format::Text => print(&(before + &tell::plan(&made.plan, &again)?)),
        Format::Json => print(&format!("{}\n", serde_json::to_string_pretty(&made.plan)?)),
    }
}

fn check(words: CheckAsk) -> Result<()> {
    let (asking, again) = (asking(&words.store)?, words.store.again());
    let (plan, people) = asking.check(words.approve.as_deref(), &Who::here())?;
    print(&tell::checked(&plan, people, &again)?)
}

/// Takes the plan away, so that it is asked once, and asks it.
fn ask(words: RunAsk) -> Result<()> {
    let RunAsk { snmp_community, snmp_user, key, login, watch, store } = words;
    let community =
        snmp_community.map(|file| secrets::read(&file, "a community is a password")).transpose()?;
    let user = snmp_user.map(|file| secrets::read(&file, "passphrases open agents")).transpose()?;
    let read_key = key.map(|file| secrets::read(&file, "a key opens servers")).transpose()?;
    let directory_login = login.map(|file| secrets::read(&file, "a login has a password")).transpose()?;
    let (asking, again) = (asking(&store)?, store.again());
    let secrets = Secrets { community, user, read_key, directory_login };
    let ready = Ready::kept(&asking, None, secrets, Who::here())?;
    let done = ready.run(signals::heard()?, &watch, &|text| eprintln!("wardround: {text}"))?;
    print(&told(&done, &again))
}

fn told(done: &Done, again: &str) -> String {
    let Done { asked, why, must_stay, distress, facts, learned } = done;
    let mut text = format!("{} asked: {why}.\n", count(*asked, "question", "questions"));
    for host in distress {
        text.push_str(&format!("  {} was left alone: {}\n", host.ip, host.sign));
    }
    text.push_str(&format!("What it changed: {}.\n", tell::learned(learned)));
    text.push_str(&format!("{facts} facts are kept for the next round. Next: wardround round FILE{again}\n"));
    if *must_stay {
        text.push_str("Nothing more is asked until a person says `wardround ask resume`.\n");
    }
    text
}

fn stop(store: StoreArgument) -> Result<()> {
    asking(&store)?.stop(&Who::here())?;
    print(
        "Asking is stopped, also what is under way. A person allows it again with `wardround ask resume`.\n",
    )
}

fn resume(words: ResumeAsk) -> Result<()> {
    asking(&words.store)?.resume(&words.by, &words.because, &Who::here())?;
    print(&format!(
        "Asking is allowed again. Nothing was sent. Next: wardround ask plan{}\n",
        words.store.again()
    ))
}

/// Prints the line that lets a key read and nothing else. A private key is not looked at.
fn permit(words: &PermitAsk) -> Result<()> {
    let Some(public) = &words.public else { return print(PERMIT) };
    let shown = public.display();
    let mut text = String::new();
    let file = std::fs::File::open(public).with_context(|| format!("{shown} cannot be read"))?;
    file.take(4096).read_to_string(&mut text).with_context(|| format!("{shown} is no text"))?;
    let is_public = ["ssh-ed25519 ", "ecdsa-sha2-nistp256 "].iter().any(|kind| text.starts_with(kind));
    anyhow::ensure!(
        is_public && text.trim_end().lines().count() == 1,
        "{shown} is no public key that can be used; make a pair for reading alone with `ssh-keygen -t ed25519 -N '' -f FILE`, and \
         give FILE.pub"
    );
    print(&format!("{}\n", linux::permit_line(&text)))
}

fn after(store: StoreArgument) -> Result<()> {
    let (asking, again) = (asking(&store)?, store.again());
    let (plan, seen) = asking.after(&Who::here())?;
    if seen.is_empty() {
        return print("Nothing was asked yet.\n");
    }
    print(&watched::told(&plan, &seen, &again)?)
}

fn log(words: LogAsk) -> Result<()> {
    let folder = asking(&words.store)?.folder;
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
        count(rebuilt.sent.len() as u64, "exchange", "exchanges"),
        file.display()
    );
    if rebuilt.unread > 0 {
        text.push_str(&format!("{} of the log could not be read as an exchange.\n", rebuilt.unread));
    }
    print(&text)
}
