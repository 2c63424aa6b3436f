//! Listening to hosts while they are asked, and for ten minutes after (P7, P8): who listens where. What is a sign is not judged here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::Result;
use wardround_ask::after::Since;
use wardround_ask::envelope::LISTENED_BEFORE;
use wardround_ask::{Distress, Exchange, Plan, Vigil, Watch, Window};
use wardround_live::Vitals;
use wardround_model::Timestamp;
use wardround_send::Desk as _;

use super::desk::Keeper;
use super::watched;
use crate::commands::now;

/// How long a wait lasts before it looks whether it was stopped.
const SLICE: Duration = Duration::from_millis(100);
/// What is true of each run where nobody listens.
const ALONE: &str = "so only our own connections tell how hosts do";

/// Hosts that are listened to at some interfaces.
#[derive(Debug)]
pub(super) struct Listening {
    ears: Vec<Vitals>,
    vigil: Vigil,
    /// Interfaces that nobody listens at any more, and that were told of.
    lost: BTreeSet<String>,
}

impl Listening {
    /// Listens at these interfaces from now on; and why it does not at some. Nothing where it does at none.
    pub(super) fn open(interfaces: &[String], plan: &Plan, at: Timestamp) -> (Option<Self>, Vec<String>) {
        let hosts: BTreeSet<Ipv4Addr> = plan.exchanges.iter().map(|exchange| exchange.ip).collect();
        let (mut ears, mut failed) = (Vec::new(), Vec::new());
        for name in interfaces.iter().collect::<BTreeSet<_>>() {
            match ear(name, &hosts) {
                Ok(vitals) => ears.push(vitals),
                Err(error) => failed.push(format!("{error:#}")),
            }
        }
        let own = hosts.iter().filter_map(|host| own_address(*host)).collect();
        let listening = Self { ears, vigil: Vigil::new(at, hosts, own), lost: BTreeSet::new() };
        ((!listening.ears.is_empty()).then_some(listening), failed)
    }

    /// Names of its interfaces.
    pub(super) fn names(&self) -> String {
        self.ears.iter().map(Vitals::name).collect::<Vec<_>>().join(", ")
    }

    /// Takes what was heard; new signs.
    pub(super) fn signs(&mut self, at: Timestamp) -> Vec<Distress> {
        let mut heard: Vec<_> = self.ears.iter().flat_map(Vitals::take).collect();
        heard.sort_by_key(|vital| vital.at);
        heard.iter().for_each(|vital| self.vigil.hear(vital));
        // Where nobody listens any more, silence is ours.
        if self.is_deaf() { Vec::new() } else { self.vigil.signs(at) }
    }

    /// Why nobody listens any more at interfaces, each once.
    pub(super) fn newly_lost(&mut self) -> Vec<String> {
        let ended = self.ears.iter().filter_map(|ear| Some((ear.name().to_owned(), ear.ended()?)));
        let ended: BTreeMap<String, String> = ended.collect();
        ended.into_iter().filter(|(name, _)| self.lost.insert(name.clone())).map(|(_, why)| why).collect()
    }

    /// Whether nobody listens anywhere, or at too few interfaces to tell silence.
    pub(super) fn is_deaf(&self) -> bool {
        self.ears.iter().any(|ear| ear.ended().is_some())
    }

    pub(super) fn asked(&mut self, ip: Ipv4Addr, at: Timestamp) {
        self.vigil.asked(ip, at);
    }

    /// Until when hosts are listened to after all that was asked so far.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.vigil.until()
    }

    /// What became of the hosts that were asked.
    pub(super) fn since(&self, at: Timestamp) -> Vec<(Ipv4Addr, Since)> {
        self.vigil.since(at)
    }
}

impl Keeper<'_> {
    /// Listens for a while before the first question, where somebody listens at all; `deaf` says why it is not at some interfaces.
    pub(super) fn listen_first(&mut self, deaf: &[String]) -> io::Result<()> {
        for why in deaf {
            let rest = if self.listening.is_some() { "the others are listened at" } else { ALONE };
            self.say("not-listening", &format!("{why}; {rest}"))?;
        }
        let Some(names) = self.listening.as_ref().map(Listening::names) else { return Ok(()) };
        let seconds = LISTENED_BEFORE.as_secs();
        self.say("listening", &format!("at {names}, for {seconds} seconds before the first question"))?;
        let begun = Instant::now();
        while begun.elapsed() < LISTENED_BEFORE && self.stopped().is_none() {
            thread::sleep(SLICE);
            self.signs(now())?;
        }
        Ok(())
    }

    /// Listens until ten minutes after the last question. New signs, each written down; `stop` keeps what stops everything. Hosts that
    /// are `known` to be in distress are in what is told of all, and no new sign.
    pub(super) fn listen_after(
        &mut self,
        known: &BTreeSet<Ipv4Addr>,
        stop: impl Fn(&Distress) -> Result<()>,
    ) -> Result<Vec<Distress>> {
        let Some(until) = self.listening.as_ref().and_then(Listening::until) else { return Ok(Vec::new()) };
        self.say(
            "listening-after",
            &format!(
                "all is asked; until {} it is heard whether the hosts do as before",
                until.to_whole_second()
            ),
        )?;
        let (begun, always) = (Instant::now(), Window { from: i64::MIN, until: i64::MAX });
        let clocks = Watch::new(always, now(), begun.elapsed());
        // A stop that is there already stops questions; listening goes on.
        let was_stopped = self.stopped().is_some();
        let (mut found, mut early) = (Vec::new(), None);
        while now() <= until && early.is_none() {
            thread::sleep(SLICE);
            for host in self.signs(now())?.into_iter().filter(|host| !known.contains(&host.ip)) {
                stop(&host)?;
                self.note("distress", &host.ip.to_string(), &host.sign)?;
                found.push(host);
            }
            let by_person = self.signalled.said().or_else(|| self.stopped().filter(|_| !was_stopped));
            let halt = by_person.or_else(|| clocks.halt(now(), begun.elapsed())).map(|halt| halt.text());
            early = halt.or_else(|| self.is_deaf().then_some("nobody listens any more"));
        }
        self.tell_since(&found, known)?;
        if let Some(why) = early {
            self.say("listened-too-short", &format!("{why}; what became of the hosts since is not known"))?;
        }
        Ok(found)
    }

    /// Writes down of each host whether it still speaks.
    fn tell_since(&mut self, found: &[Distress], known: &BTreeSet<Ipv4Addr>) -> io::Result<()> {
        let since = self.listening.as_ref().map(|it| it.since(now())).unwrap_or_default();
        let is_new = |ip: &Ipv4Addr| !known.contains(ip) && !found.iter().any(|host| host.ip == *ip);
        for (ip, since) in since.iter().filter(|(ip, _)| is_new(ip)) {
            if let Since::Speaks { .. } = since {
                self.note("still-speaks", &ip.to_string(), &watched::words(since))?;
            }
        }
        Ok(())
    }

    /// Signs that are new. Where nobody listens any more, that is said once.
    pub(super) fn signs(&mut self, at: Timestamp) -> io::Result<Vec<Distress>> {
        let Some(listening) = &mut self.listening else { return Ok(Vec::new()) };
        let (signs, lost) = (listening.signs(at), listening.newly_lost());
        for why in lost {
            self.say("not-listening", &format!("{why}; {ALONE} from now on"))?;
        }
        Ok(signs)
    }

    pub(super) fn is_asked(&mut self, exchange: &Exchange, at: Timestamp) {
        if let Some(listening) = self.listening.as_mut().filter(|_| exchange.net.is_none()) {
            listening.asked(exchange.ip, at);
        }
    }

    fn is_deaf(&self) -> bool {
        self.listening.as_ref().is_some_and(Listening::is_deaf)
    }

    /// To the log, and to whoever waits.
    fn say(&mut self, event: &str, text: &str) -> io::Result<()> {
        (self.tell)(&format!("{}: {text}", event.replace('-', " ")));
        self.note(event, "", text)
    }
}

fn ear(name: &str, hosts: &BTreeSet<Ipv4Addr>) -> Result<Vitals> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("read-vitals").args(hosts.iter().map(|host| format!("--host={host}")));
    Ok(Vitals::open(name, command)?)
}

/// From which address this computer speaks with a host. A socket that is only tied to it sends nothing.
fn own_address(host: Ipv4Addr) -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // Any port will do.
    socket.connect((host, 9)).ok()?;
    match socket.local_addr().ok()?.ip() {
        IpAddr::V4(own) => Some(own),
        IpAddr::V6(_) => None,
    }
}
