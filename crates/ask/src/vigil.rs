//! The vigil: what is heard of hosts in passing while they are asked and for ten minutes after (P7, P8). Time is an argument.
//!
//! A host is held against itself alone, as it was before its first question. One that nobody heard then gives no sign by silence. What
//! it says to this computer tells nothing, because that is we.
//!
//! Signs are: a talk that went on regularly all the time before, and has ceased; connections that it refuses where it took them
//! before; connections that it breaks off much more often; answers that take much longer, twice in a row; and silence toward
//! everybody in all of the ten minutes after.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use wardround_model::{Deed, Timestamp, Vital};

use crate::after::Since;
use crate::envelope::{LEAST_BASELINE, LEAST_SILENCE, LEAST_WORDS, LISTENED_LATE, SLOWER, WATCHED_AFTER};
use crate::walk::Distress;

/// A talk is regular where its longest pause is at most so many times the usual one.
const EVEN: i64 = 3;
/// A regular talk has ceased after so many of its longest pauses.
const PAUSES: i64 = 5;
/// Talks of one host that are remembered, at most.
const MOST_TALKS: usize = 1024;

/// All hosts of a plan.
#[derive(Debug)]
pub struct Vigil {
    began: Timestamp,
    hosts: BTreeMap<Ipv4Addr, Host>,
    own: BTreeSet<Ipv4Addr>,
}

/// A talk: with whom, about which port.
type Talk = (Ipv4Addr, u16);

#[derive(Debug, Default)]
struct Host {
    /// Its first question, and the end of its last one.
    asked: Option<(Timestamp, Timestamp)>,
    talks: BTreeMap<Talk, Habit>,
    /// Ports where it took connections.
    takes: BTreeSet<u16>,
    /// The longest that it took to answer, before it was asked.
    slowest: Option<Duration>,
    /// Answers in a row that took much longer.
    slow: u32,
    /// Connections that it broke off, before and after it was asked.
    broke_off: (u32, u32),
    /// With whom it spoke last before its first question, and at any time.
    before: Option<(Timestamp, Ipv4Addr)>,
    last: Option<(Timestamp, Ipv4Addr)>,
    /// What happened.
    sign: Option<String>,
    is_told: bool,
}

/// How a talk goes.
#[derive(Debug)]
struct Habit {
    first: Timestamp,
    last: Timestamp,
    words: i64,
    /// The longest pause, in nanoseconds.
    longest: i64,
    /// Connections of it that ended in order.
    ends: u32,
    /// How long its silence may last, in nanoseconds; nothing where it has no habit.
    patience: Option<i64>,
}

impl Vigil {
    /// Begins to listen to these hosts. `own` are addresses of this computer.
    #[must_use]
    pub fn new(began: Timestamp, hosts: impl IntoIterator<Item = Ipv4Addr>, own: BTreeSet<Ipv4Addr>) -> Self {
        Self { began, hosts: hosts.into_iter().map(|ip| (ip, Host::default())).collect(), own }
    }

    /// A question to this host begins, or ends.
    pub fn asked(&mut self, ip: Ipv4Addr, at: Timestamp) {
        let Some(host) = self.hosts.get_mut(&ip) else { return };
        if let Some((_, last)) = &mut host.asked {
            *last = at.max(*last);
            return;
        }
        host.asked = Some((at, at));
        host.before = host.last;
        for habit in host.talks.values_mut() {
            habit.patience = habit.patience(self.began, at);
        }
    }

    /// Takes what was heard.
    pub fn hear(&mut self, vital: &Vital) {
        let is_ours = self.own.contains(&vital.with);
        let Some(host) = self.hosts.get_mut(&vital.host) else { return };
        match vital.what {
            Deed::Took(_) if is_ours => {
                host.takes.insert(vital.port);
            }
            _ if is_ours => {}
            Deed::Spoke => host.spoke(vital),
            Deed::Ended => host.ended((vital.with, vital.port)),
            Deed::Took(time) => {
                host.takes.insert(vital.port);
                host.answered(time);
            }
            Deed::WentOn(time) => host.answered(time),
            Deed::Refused => host.refused(vital),
            Deed::BrokeOff => host.broke_off(self.began, vital.at),
        }
    }

    /// Signs that are new, each host once.
    pub fn signs(&mut self, now: Timestamp) -> Vec<Distress> {
        let mut found = Vec::new();
        for (ip, host) in &mut self.hosts {
            if host.is_told {
                continue;
            }
            if let Some(sign) = host.sign_at(now) {
                host.is_told = true;
                found.push(Distress { ip: *ip, sign });
            }
        }
        found
    }

    /// When ten minutes have passed after all that was asked; nothing where nothing was.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        let last = self.hosts.values().filter_map(|host| host.asked).map(|(_, last)| last).max()?;
        Some(later(later(last, WATCHED_AFTER), LISTENED_LATE))
    }

    /// What became of each host that was asked, as far as it is known now.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Vec<(Ipv4Addr, Since)> {
        self.hosts.iter().filter_map(|(ip, host)| Some((*ip, host.since(now)?))).collect()
    }
}

impl Host {
    fn spoke(&mut self, vital: &Vital) {
        if self.last.is_none_or(|(last, _)| last <= vital.at) {
            self.last = Some((vital.at, vital.with));
        }
        let talk = (vital.with, vital.port);
        if self.talks.len() >= MOST_TALKS && !self.talks.contains_key(&talk) {
            return;
        }
        let is_asked = self.asked.is_some();
        let habit = self.talks.entry(talk).or_insert_with(|| Habit::begin(vital.at));
        habit.spoke(vital.at, is_asked);
    }

    /// A connection ended in order. Where it was one long talk, it has not ceased by itself.
    fn ended(&mut self, talk: Talk) {
        let Some(habit) = self.talks.get_mut(&talk) else { return };
        if self.asked.is_none() {
            habit.ends = habit.ends.saturating_add(1);
        } else if habit.ends == 0 {
            habit.patience = None;
        }
    }

    /// It answered another one after this time.
    fn answered(&mut self, time: Duration) {
        if self.asked.is_none() {
            self.slowest = self.slowest.max(Some(time.max(LEAST_BASELINE)));
            return;
        }
        let Some(slowest) = self.slowest else { return };
        self.slow = if time > slowest.saturating_mul(SLOWER) { self.slow.saturating_add(1) } else { 0 };
        // Once may be chance.
        if self.slow > 1 {
            let (time, slowest) = (time.as_millis(), slowest.as_millis());
            self.note(format!(
                "it took {time} ms to answer others, and at most {slowest} ms before it was asked"
            ));
        }
    }

    fn refused(&mut self, vital: &Vital) {
        if self.asked.is_none() {
            self.takes.remove(&vital.port);
        } else if self.takes.contains(&vital.port) {
            self.note(format!("it refuses others at port {}, where it took connections before", vital.port));
        }
    }

    fn broke_off(&mut self, began: Timestamp, at: Timestamp) {
        let (before, after) = &mut self.broke_off;
        let Some((first, _)) = self.asked else {
            *before = before.saturating_add(1);
            return;
        };
        *after = after.saturating_add(1);
        // As often as before, told for the same time.
        let (heard, since) = (first.since(began).max(1), at.since(first).max(0));
        let usual = i128::from(*before).saturating_add(1).saturating_mul(i128::from(since.max(heard)));
        let many = i128::from(*after).saturating_mul(i128::from(heard));
        if many > usual.saturating_mul(i128::from(SLOWER)) {
            let text = format!(
                "it broke off {after} connections of others since it was asked, much more than before"
            );
            self.note(text);
        }
    }

    fn note(&mut self, sign: String) {
        self.sign.get_or_insert(sign);
    }

    fn sign_at(&self, now: Timestamp) -> Option<String> {
        let (first, last) = self.asked?;
        if let Some(sign) = &self.sign {
            return Some(sign.clone());
        }
        if now <= later(later(last, WATCHED_AFTER), LISTENED_LATE) {
            let ceased = self.talks.iter().find_map(|(talk, habit)| Some((talk, habit.ceased(first, now)?)));
            if let Some(((with, port), silent)) = ceased {
                return Some(format!(
                    "its regular talk with {with} (port {port}) ceased {} s ago, after it was asked",
                    silent.as_secs()
                ));
            }
        }
        match self.since(now)? {
            Since::Quiet { with, last } => Some(format!(
                "it spoke with {with} until {last}, and with nobody in the ten minutes after it was asked"
            )),
            _ => None,
        }
    }

    fn since(&self, now: Timestamp) -> Option<Since> {
        let (first, last) = self.asked?;
        if let Some((at, with)) = self.last.filter(|(at, _)| *at > last) {
            return Some(Since::Speaks { with: IpAddr::V4(with), last: at });
        }
        if now < later(later(last, WATCHED_AFTER), LISTENED_LATE) {
            return Some(Since::NotWatched);
        }
        let before = self.before.filter(|(at, _)| first.since(*at) <= nanoseconds(WATCHED_AFTER));
        Some(
            before
                .map_or(Since::NothingToTell, |(at, with)| Since::Quiet { with: IpAddr::V4(with), last: at }),
        )
    }
}

impl Habit {
    const fn begin(at: Timestamp) -> Self {
        Self { first: at, last: at, words: 0, longest: 0, ends: 0, patience: None }
    }

    fn spoke(&mut self, at: Timestamp, is_asked: bool) {
        // Two interfaces may tell of the same word.
        let pause = at.since(self.last);
        if self.words > 0 && pause < SAME {
            return;
        }
        self.last = self.last.max(at);
        self.words = self.words.saturating_add(1);
        if !is_asked {
            self.longest = self.longest.max(pause);
        }
    }

    /// How long it may be silent from now on, where it is a habit: regular, and there in all the time (ten minutes at most) in which
    /// somebody listened before.
    fn patience(&self, began: Timestamp, asked: Timestamp) -> Option<i64> {
        if self.words < LEAST_WORDS {
            return None;
        }
        let usual = self.last.since(self.first).checked_div(self.words.saturating_sub(1))?;
        let slack = self.longest.saturating_mul(2).saturating_add(SAME);
        let heard_from = began.max(earlier(asked, WATCHED_AFTER));
        let is_there = self.first.since(heard_from) <= slack && asked.since(self.last) <= slack;
        let is_even = self.longest <= usual.saturating_mul(EVEN);
        let patience = self.longest.saturating_mul(PAUSES).max(nanoseconds(LEAST_SILENCE));
        (is_there && is_even && patience < nanoseconds(WATCHED_AFTER)).then_some(patience)
    }

    /// How long it has been silent, where that is a sign. Silence counts from the first question.
    fn ceased(&self, asked: Timestamp, now: Timestamp) -> Option<Duration> {
        let silent = now.since(self.last.max(asked));
        (silent > self.patience?).then(|| Duration::from_nanos(u64::try_from(silent).unwrap_or(0)))
    }
}

/// Words that are closer than this are one, in nanoseconds.
const SAME: i64 = 50_000_000;

fn nanoseconds(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

fn later(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_nanoseconds(at.nanoseconds().saturating_add(nanoseconds(time)))
}

fn earlier(at: Timestamp, time: Duration) -> Timestamp {
    Timestamp::from_nanoseconds(at.nanoseconds().saturating_sub(nanoseconds(time)))
}

#[cfg(test)]
mod tests;
