//! The walk over an approved plan: who is next and when (P3), and when to stop (P7). Time is an argument.
//!
//! One connection is open at a time, in the whole walk. The hosts of one /28 are asked one after the other; those of others come in
//! turn while a host has its pause.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::time::Duration;

use wardround_model::Endpoint;

use crate::check::Approved;
use crate::community::Community;
use crate::directory::DirectoryGiven;
use crate::envelope::{LEAST_BASELINE, Pace, SLOWER, STOPS_ALL, STOPS_SUBNET};
use crate::plan::Exchange;
use crate::question::{Addressed, Question};
use crate::reading::Given;
use crate::scope::Net;
use crate::tables::Tables;
use crate::usm::{User, UserTalk};

/// Leave to ask one question now. Only a [`Walk`] gives it, and it is used up by asking.
#[derive(Debug)]
pub struct Ticket {
    exchange: Exchange,
    plan: String,
    community: Option<Community>,
    user: Option<User>,
    given: Option<Given>,
    directory: Option<DirectoryGiven>,
}

impl Ticket {
    /// What may be asked.
    #[must_use]
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// What is sent at once.
    #[must_use]
    pub fn opening(&self) -> Vec<u8> {
        self.exchange.question.opening(self.to(), self.community.as_ref())
    }

    /// What the reading of a server is given: whom to log in as, and with what.
    #[must_use]
    pub fn given(&self) -> Option<&Given> {
        self.given.as_ref()
    }

    /// What the reading of a directory is given: how it is known, and the login.
    #[must_use]
    pub fn directory(&self) -> Option<&DirectoryGiven> {
        self.directory.as_ref()
    }

    /// How many bytes of it nobody may read: what a log tells is shorter by them.
    #[must_use]
    pub fn secret_bytes(&self) -> usize {
        let has_one = self.exchange.question.needs_community();
        self.community.as_ref().filter(|_| has_one).map_or(0, |community| community.as_bytes().len())
    }

    /// The walk over a switch's tables, where that is what may be asked. The first request of it is the opening.
    #[must_use]
    pub fn tables(&self) -> Option<Tables> {
        let community = self.community.clone().filter(|_| self.exchange.question == Question::SwitchTables);
        if let Some(community) = community {
            return Some(Tables::new(community, self.to().short_id()));
        }
        let talk = self.user_talk().filter(|_| self.exchange.question.is_walk())?;
        Some(Tables::of_user(talk, self.to().short_id()))
    }

    /// What is said inside TLS, once a handshake is finished.
    #[must_use]
    pub fn inside(&self) -> Option<Vec<u8>> {
        self.exchange.question.inside(self.to())
    }

    /// The talk with an agent of SNMP 3, where that is what may be asked.
    #[must_use]
    pub fn user_talk(&self) -> Option<UserTalk> {
        let user = self.user.clone().filter(|_| self.exchange.question.needs_user())?;
        Some(UserTalk::new(user, self.to().id()))
    }

    /// Whether enough came to stop listening.
    #[must_use]
    pub fn is_answered(&self, bytes: &[u8]) -> bool {
        self.exchange.question.is_answered(bytes, self.to())
    }

    fn to(&self) -> Addressed<'_> {
        let Exchange { ip, port, called, .. } = &self.exchange;
        Addressed { ip: *ip, port: *port, plan: &self.plan, called }
    }
}

/// What came of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// An answer.
    Answered,
    /// The other side ended without a word.
    Ended,
    /// The port is closed.
    Refused,
    /// No connection in time.
    NoConnection,
    /// A connection, and no answer in time.
    Silent,
    /// Answers, and then none in time.
    FellSilent,
    /// The other side broke the connection off.
    Reset,
    /// The network says that it is not to be reached.
    Unreachable,
    /// It is not the host that was meant: its card is another one. Nothing was asked.
    AnotherCard,
    /// Asking was stopped before or while it was asked.
    Stopped,
    /// Of a reading: the server showed another key than the one that is known. Nobody logged in.
    AnotherKey,
    /// Of a reading or by SNMP 3: it does not take the key or the user, or did not do what it was asked.
    NotAllowed,
    /// Of a reading: what came is no talk that we know. Nothing of it is kept.
    NotUnderstood,
    /// Of a reading: it told more than it may, or took longer. Nothing of it is kept.
    TooMuch,
}

impl Outcome {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Answered,
        Self::Ended,
        Self::Refused,
        Self::NoConnection,
        Self::Silent,
        Self::FellSilent,
        Self::Reset,
        Self::Unreachable,
        Self::AnotherCard,
        Self::Stopped,
        Self::AnotherKey,
        Self::NotAllowed,
        Self::NotUnderstood,
        Self::TooMuch,
    ];

    /// The outcome of this name.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|outcome| outcome.code() == code)
    }

    /// Its name in logs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Ended => "ended",
            Self::Refused => "refused",
            Self::NoConnection => "no-connection",
            Self::Silent => "silent",
            Self::FellSilent => "fell-silent",
            Self::Reset => "reset",
            Self::Unreachable => "unreachable",
            Self::AnotherCard => "another-card",
            Self::Stopped => "stopped",
            Self::AnotherKey => "another-key",
            Self::NotAllowed => "not-allowed",
            Self::NotUnderstood => "not-understood",
            Self::TooMuch => "too-much",
        }
    }
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Ask this.
    Ask(Box<Ticket>),
    /// Nothing before this moment, told as time since the walk began.
    Wait(Duration),
    /// All is asked that could be.
    Done,
    /// So many hosts were in distress that everything stops until a person resumes.
    Halted,
}

/// A host that showed distress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distress {
    /// The host.
    pub ip: Ipv4Addr,
    /// The sign.
    pub sign: String,
}

#[derive(Debug, Default)]
struct Host {
    baseline: Option<Duration>,
    succeeded: bool,
    ready: Duration,
}

/// The walk.
#[derive(Debug)]
pub struct Walk {
    /// By /28: its exchanges, host after host.
    queues: BTreeMap<Net, VecDeque<Exchange>>,
    hosts: BTreeMap<Ipv4Addr, Host>,
    distress: Vec<Distress>,
    pace: Pace,
    plan: String,
    community: Option<Community>,
    user: Option<User>,
    given: BTreeMap<Endpoint, Given>,
    directories: BTreeMap<Endpoint, DirectoryGiven>,
    ready: Duration,
    under_way: bool,
    /// Hosts that a newer round says must not be asked.
    refused: BTreeSet<Ipv4Addr>,
}

impl Walk {
    /// Begins at time zero.
    #[must_use]
    pub fn new(approved: &Approved) -> Self {
        let mut exchanges = approved.plan().exchanges.clone();
        exchanges.sort_by_key(Exchange::endpoint);
        let mut queues: BTreeMap<Net, VecDeque<Exchange>> = BTreeMap::new();
        let of_each = |exchange: &Exchange| Some((exchange.endpoint(), approved.given(exchange)?));
        let given = exchanges.iter().filter_map(of_each).collect();
        let of_directory =
            |exchange: &Exchange| Some((exchange.endpoint(), approved.given_of_directory(exchange)?));
        let directories = exchanges.iter().filter_map(of_directory).collect();
        for exchange in exchanges {
            queues.entry(Net::neighbourhood_of(exchange.ip)).or_default().push_back(exchange);
        }
        Self {
            queues,
            hosts: BTreeMap::new(),
            distress: Vec::new(),
            pace: approved.plan().pace,
            plan: approved.mark().to_owned(),
            community: approved.community().cloned(),
            user: approved.user().cloned(),
            given,
            directories,
            ready: Duration::ZERO,
            under_way: false,
            refused: BTreeSet::new(),
        }
    }

    /// What to do at `now`. While a question is under way, there is nothing but waiting.
    pub fn next(&mut self, now: Duration) -> Step {
        if self.distress.len() >= STOPS_ALL {
            return Step::Halted;
        }
        if self.under_way {
            return Step::Wait(now + self.pace.sensor_gap());
        }
        self.drop_stopped();
        let ready =
            |exchange: &Exchange| self.hosts.get(&exchange.ip).map_or(Duration::ZERO, |host| host.ready);
        let heads = self.queues.iter().filter_map(|(net, queue)| Some((ready(queue.front()?), *net)));
        let Some((host_ready, net)) = heads.min() else { return Step::Done };
        let at = host_ready.max(self.ready);
        if at > now {
            return Step::Wait(at);
        }
        let Some(exchange) = self.queues.get_mut(&net).and_then(VecDeque::pop_front) else {
            return Step::Done;
        };
        self.under_way = true;
        self.ready = now + self.pace.sensor_gap();
        self.hosts.entry(exchange.ip).or_default().ready = now + self.pace.host_gap();
        let (plan, community, user) = (self.plan.clone(), self.community.clone(), self.user.clone());
        let given = self.given.get(&exchange.endpoint()).cloned();
        let directory = self.directories.get(&exchange.endpoint()).cloned();
        Step::Ask(Box::new(Ticket { exchange, plan, community, user, given, directory }))
    }

    /// Takes what came of a question that ended at `now`; `connected` is how long the connection took to stand.
    pub fn report(&mut self, ticket: Ticket, now: Duration, outcome: Outcome, connected: Option<Duration>) {
        self.under_way = false;
        let exchange = ticket.exchange;
        let host = self.hosts.entry(exchange.ip).or_default();
        // Pauses count from the end, so that a slow host has its whole pause.
        host.ready = host.ready.max(now + self.pace.host_gap());
        self.ready = self.ready.max(now + self.pace.sensor_gap());
        if exchange.question.is_multicast() {
            // Nobody must answer, so that silence is no sign of anybody.
            return;
        }
        let needs_secret = exchange.question.needs_community() || exchange.question.needs_user();
        if outcome == Outcome::Silent && needs_secret {
            // An agent keeps silent to a community that it does not know (RFC 3584, 5.2.1), and where it does not speak SNMP 3. The host
            // is left alone all the same.
            self.refused.insert(exchange.ip);
            self.drop_stopped();
            return;
        }
        let sign = host.sign(&exchange, outcome, connected);
        host.succeeded |= matches!(outcome, Outcome::Answered | Outcome::Ended);
        if let Some(sign) = sign {
            self.noticed(Distress { ip: exchange.ip, sign });
        }
    }

    /// Takes a sign of distress that somebody else saw (P7). A host that is asked already, or not any more, counts as well.
    pub fn noticed(&mut self, seen: Distress) {
        if !self.distress.iter().any(|known| known.ip == seen.ip) {
            self.distress.push(seen);
            self.drop_stopped();
        }
    }

    /// Gives a ticket back unused: its host must not be asked any more (P2). That is no sign of distress.
    pub fn leave(&mut self, ticket: Ticket) {
        self.under_way = false;
        self.refused.insert(ticket.exchange.ip);
        self.drop_stopped();
    }

    /// Hosts in distress, in the order in which they showed it.
    #[must_use]
    pub fn distress(&self) -> &[Distress] {
        &self.distress
    }

    /// Questions that are still to be put.
    #[must_use]
    pub fn left(&self) -> usize {
        self.queues.values().map(VecDeque::len).sum()
    }

    /// Takes away what must not be asked any more: hosts in distress, subnets with two of them, and hosts of another class by now.
    fn drop_stopped(&mut self) {
        let hosts: BTreeSet<Ipv4Addr> = self.distress.iter().map(|distress| distress.ip).collect();
        let mut counts: BTreeMap<Net, usize> = BTreeMap::new();
        for ip in &hosts {
            *counts.entry(Net::subnet_of(*ip)).or_default() += 1;
        }
        let stopped = |ip: Ipv4Addr| {
            self.refused.contains(&ip)
                || hosts.contains(&ip)
                || counts.get(&Net::subnet_of(ip)).is_some_and(|count| *count >= STOPS_SUBNET)
        };
        for queue in self.queues.values_mut() {
            queue.retain(|exchange| !stopped(exchange.ip));
        }
        self.queues.retain(|_, queue| !queue.is_empty());
    }
}

impl Host {
    /// The sign of distress in an outcome, if it is one.
    fn sign(&mut self, exchange: &Exchange, outcome: Outcome, connected: Option<Duration>) -> Option<String> {
        let said = match outcome {
            Outcome::Refused if self.succeeded && exchange.seen => {
                "it refused a port that was seen to answer, after it had answered"
            }
            Outcome::NoConnection => "no connection in time",
            Outcome::Silent => "no answer in time",
            Outcome::FellSilent if exchange.question.needs_user() => {
                "it fell silent in the middle of its answers; so do agents where the passphrase for privacy is another one"
            }
            Outcome::FellSilent => "it fell silent in the middle of its answers",
            Outcome::Reset => "it broke the connection off",
            Outcome::Unreachable => "it is not to be reached any more",
            Outcome::AnotherCard => "another card has its address",
            Outcome::AnotherKey => "it showed another key than the one that is known of it",
            Outcome::TooMuch => "it told more than it may, or took longer",
            Outcome::Answered
            | Outcome::Ended
            | Outcome::Refused
            | Outcome::Stopped
            | Outcome::NotAllowed
            | Outcome::NotUnderstood => {
                return self.slower(connected?);
            }
        };
        Some(said.to_owned())
    }

    fn slower(&mut self, connected: Duration) -> Option<String> {
        let Some(baseline) = self.baseline else {
            self.baseline = Some(connected.max(LEAST_BASELINE));
            return None;
        };
        let is_slow = connected > baseline.saturating_mul(SLOWER);
        is_slow.then(|| {
            format!(
                "it took {} ms to connect, more than {SLOWER} times as long as at first",
                connected.as_millis()
            )
        })
    }
}
