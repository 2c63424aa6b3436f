//! A plan: every exchange to come, with its reason and its cost. The same round, scope and wishes give the same plan.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardround_model::{Asset, Endpoint, Protocol, Round, RoundId, Transport};

use crate::directory::{self, NamedDirectory};
use crate::envelope::{MOST_EXCHANGES, Pace, never};
use crate::fhir::{self, FhirServer};
use crate::multicast::Discovery;
use crate::named::Named;
use crate::question::{Question, SNMP_PORT};
use crate::reading::{self, Reading};
use crate::scope::{Net, Scope};
use crate::who;

/// One question to one port of one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// The asset, as `A-1a2b3c4d5e6f`.
    pub asset: String,
    /// Its address.
    pub ip: Ipv4Addr,
    /// The port.
    pub port: u16,
    /// The question.
    pub question: Question,
    /// Whether the port was seen to answer before.
    pub seen: bool,
    /// Whether the host is in a clinical area: two people must approve.
    pub clinical: bool,
    /// Its cards as they are known, sorted: another one means that this is another host.
    pub cards: Vec<String>,
    /// Why it is asked.
    pub reason: String,
    /// Packets that we send, at most.
    pub packets: u32,
    /// By which title its application is called (DICOM), empty where it takes any; of a server of FHIR the path of its base.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub called: String,
    /// Of which network all are asked at once, where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net: Option<Net>,
}

impl Exchange {
    /// Where it goes.
    #[must_use]
    pub const fn endpoint(&self) -> Endpoint {
        Endpoint { ip: IpAddr::V4(self.ip), transport: self.question.transport(), port: self.port }
    }

    /// Where it goes, as people read it: `10.20.1.9:22`, and `10.20.1.9:53/udp`.
    #[must_use]
    pub fn place(&self) -> String {
        let behind = if self.question.transport() == Transport::Udp { "/udp" } else { "" };
        format!("{}:{}{behind}", self.ip, self.port)
    }
}

/// What an owner lists beside what passive sight saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// TCP ports to ask at each host, sorted.
    pub ports: Vec<u16>,
    /// UDP services by their address, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datagrams: Vec<SocketAddrV4>,
    /// Switches whose tables are read by SNMP, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub switches: Vec<Ipv4Addr>,
    /// Servers of FHIR, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fhir: Vec<FhirServer>,
    /// Models that people named with a question, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub named: Vec<Named>,
    /// Whether a community for SNMP will be given to the run. It is in no plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub community: bool,
    /// Whether a user of SNMP 3 will be given to the run: hosts are asked by SNMP 3 then. It is in no plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub user: bool,
    /// In which ways all devices of a network are asked at once, where the owner of it switched that on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub multicast: Vec<Discovery>,
    /// Servers that are read with their owner's key, which will be given to the run. It is in no plan.
    #[serde(default, skip_serializing_if = "Reading::is_empty")]
    pub reading: Reading,
    /// Directories that are read with a login that will be given to the run, sorted. It is in no plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub directories: Vec<NamedDirectory>,
}

impl Listed {
    /// Sorted, each once.
    fn in_order(mut self) -> Self {
        self.ports.sort_unstable();
        self.ports.dedup();
        self.datagrams.sort_unstable();
        self.datagrams.dedup();
        self.switches.sort_unstable();
        self.switches.dedup();
        self.fhir.sort();
        self.fhir.dedup_by_key(|server| server.to);
        self.named.sort();
        self.named.dedup();
        self.reading.put_in_order();
        directory::put_in_order(&mut self.directories);
        self
    }

    /// The question that is put there: what the service expects, and to a switch that is named all that its agent tells.
    pub(crate) fn question(
        &self,
        ip: Ipv4Addr,
        transport: Transport,
        port: u16,
        heard: Option<Protocol>,
        speaks_fhir: bool,
    ) -> Option<Question> {
        let expected = Question::expected(transport, port, heard);
        let is_fhir = speaks_fhir || fhir::named(&self.fhir, ip, port).is_some();
        if transport == Transport::Tcp
            && is_fhir
            && let Some(statement) = fhir::instead(expected, heard.is_some())
        {
            return Some(statement);
        }
        let expected = expected?;
        Some(match expected {
            Question::SnmpSystem if self.switches.contains(&ip) && self.user => Question::Snmp3Tables,
            Question::SnmpSystem if self.switches.contains(&ip) => Question::SwitchTables,
            Question::SnmpSystem if self.user => Question::Snmp3System,
            other => other,
        })
    }

    /// UDP ports of this host that the owner named.
    fn named_at(&self, ip: Ipv4Addr) -> impl Iterator<Item = u16> + '_ {
        let datagrams = self.datagrams.iter().filter(move |named| *named.ip() == ip).map(SocketAddrV4::port);
        datagrams.chain(self.switches.iter().filter(move |named| **named == ip).map(|_| SNMP_PORT))
    }

    /// The path under which a server of FHIR that the owner named has its statement.
    pub(crate) fn base(&self, ip: Ipv4Addr, port: u16) -> &str {
        fhir::named(&self.fhir, ip, port).map_or("", FhirServer::base)
    }

    /// Whether a place that was not seen to answer may be asked.
    pub(crate) fn has(&self, ip: Ipv4Addr, transport: Transport, port: u16) -> bool {
        match transport {
            Transport::Tcp => self.ports.contains(&port) || fhir::named(&self.fhir, ip, port).is_some(),
            Transport::Udp => self.named_at(ip).any(|named| named == port),
        }
    }
}

/// A host in the scope that is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its address.
    pub ip: Ipv4Addr,
    /// Why.
    pub reason: String,
}

/// What is to be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The round that it was made from.
    pub round: i64,
    /// What a person set.
    pub scope: Scope,
    /// What is asked beside what was seen.
    pub listed: Listed,
    /// How fast.
    pub pace: Pace,
    /// In the order of addresses and ports.
    pub exchanges: Vec<Exchange>,
    /// Hosts in the scope that are not asked.
    pub left_out: Vec<LeftOut>,
}

impl Plan {
    /// Makes the plan.
    #[must_use]
    pub fn make(id: RoundId, round: &Round, scope: Scope, listed: Listed, pace: Pace) -> Self {
        let mut plan = Self {
            round: id.0,
            scope,
            listed: listed.in_order(),
            pace,
            exchanges: Vec::new(),
            left_out: Vec::new(),
        };
        let fhir = fhir::heard(round);
        let inside: BTreeSet<Ipv4Addr> = addresses(round).filter(|ip| plan.scope.has_host(*ip)).collect();
        for ip in inside {
            let asked = who::holder(round, ip).and_then(|asset| match who::refusal(asset) {
                None => plan.exchanges_with(asset, ip, round, &fhir),
                Some(reason) => plan.named_with(asset, ip, round).unwrap_or(Err(reason)),
            });
            match asked {
                Ok(exchanges) if plan.exchanges.len() + exchanges.len() <= MOST_EXCHANGES => {
                    plan.exchanges.extend(exchanges);
                }
                Ok(_) => plan.leave_out(ip, "the plan is full"),
                Err(reason) => plan.leave_out(ip, reason),
            }
        }
        plan.tell_unread(round);
        plan.tell_unread_directories(round);
        plan.ask_all(round);
        plan
    }

    /// Adds the questions to all of each network in which that is switched on.
    fn ask_all(&mut self, round: &Round) {
        let ways: BTreeSet<Discovery> = self.listed.multicast.iter().copied().collect();
        let nets = self.scope.multicast.clone();
        for (net, by) in nets.into_iter().flat_map(|net| ways.iter().map(move |by| (net, *by))) {
            match self.multicast(net, by, round) {
                Ok(exchange) if self.exchanges.len() < MOST_EXCHANGES => self.exchanges.push(exchange),
                Ok(_) => self.leave_out(net.first_host(), "the plan is full"),
                Err(reason) => self.leave_out(net.first_host(), reason),
            }
        }
    }

    /// Tells of servers that were named for reading and are not read.
    fn tell_unread(&mut self, round: &Round) {
        for named in self.listed.reading.hosts.clone() {
            let (ip, port) = (*named.to.ip(), named.to.port());
            let is_read =
                |it: &Exchange| it.question == Question::LinuxRead && it.ip == ip && it.port == port;
            if self.exchanges.iter().any(is_read) || self.left_out.iter().any(|left| left.ip == ip) {
                continue;
            }
            let reason = match who::holder(round, ip) {
                _ if !self.scope.has_host(ip) => "it is named for reading, and is not in the scope",
                Ok(asset) => reading::refusal(asset, ip, port)
                    .unwrap_or("it is named for reading, and its port is not asked"),
                Err(reason) => reason,
            };
            self.leave_out(ip, reason);
        }
    }

    /// The same of directories.
    fn tell_unread_directories(&mut self, round: &Round) {
        for named in self.listed.directories.clone() {
            let (ip, port) = (*named.to.ip(), named.to.port());
            let is_read =
                |it: &Exchange| it.question == Question::DirectoryRead && it.ip == ip && it.port == port;
            if self.exchanges.iter().any(is_read) || self.left_out.iter().any(|left| left.ip == ip) {
                continue;
            }
            let reason = match who::holder(round, ip) {
                _ if !self.scope.has_host(ip) => {
                    "its directory is named for reading, and it is not in the scope"
                }
                Ok(asset) => directory::refusal(asset, ip, port)
                    .unwrap_or("its directory is named for reading, and its port is not asked"),
                Err(reason) => reason,
            };
            self.leave_out(ip, reason);
        }
    }

    fn leave_out(&mut self, ip: Ipv4Addr, reason: &str) {
        self.left_out.push(LeftOut { ip, reason: reason.to_owned() });
    }

    fn exchanges_with(
        &self,
        asset: &Asset,
        ip: Ipv4Addr,
        round: &Round,
        fhir: &BTreeSet<Endpoint>,
    ) -> Result<Vec<Exchange>, &'static str> {
        let seen = seen_places(asset, ip);
        let at = |transport| move |port: &u16| (transport, *port);
        let listed = self.listed.ports.iter().map(at(Transport::Tcp));
        let listed = listed.chain(self.listed.named_at(ip).map(|port| (Transport::Udp, port)));
        let servers = self.listed.fhir.iter().filter(|server| *server.to.ip() == ip);
        let listed = listed.chain(servers.map(|server| (Transport::Tcp, server.to.port())));
        let listed = listed.filter(|place| !seen.contains_key(place)).map(|place| (place, None));
        let all: BTreeMap<Place, Option<Protocol>> =
            seen.iter().map(|(place, heard)| (*place, *heard)).chain(listed).collect();
        let clinical = who::is_clinical(round, ip);
        let of_place = |((transport, port), heard): (Place, Option<Protocol>)| {
            let speaks_fhir = fhir.contains(&Endpoint { ip: IpAddr::V4(ip), transport, port });
            let question = self.listed.question(ip, transport, port, heard, speaks_fhir);
            let question = question.filter(|_| never(port).is_none())?;
            if question.needs_community() && !self.listed.community {
                return None;
            }
            let is_named = question == Question::SshHello && self.listed.reading.at(ip, port).is_some();
            let is_read = is_named && reading::refusal(asset, ip, port).is_none();
            let question = if is_read { Question::LinuxRead } else { question };
            let directory = directory::at(&self.listed.directories, ip, port)
                .filter(|_| question == Question::TlsHello && directory::refusal(asset, ip, port).is_none());
            let question = if directory.is_some() { Question::DirectoryRead } else { question };
            let seen = seen.contains_key(&(transport, port));
            let reason = match (seen, heard) {
                _ if question.is_taken_slowly() && speaks_fhir => "FHIR was heard there".to_owned(),
                _ if question.is_taken_slowly() => "its owner named it as a server of FHIR".to_owned(),
                _ if question.is_walk() => "it is on the list of switches".to_owned(),
                _ if is_read => self.listed.reading.reason(ip, port),
                _ if let Some(named) = directory => directory::reason(named),
                (true, Some(protocol)) => format!("{} was heard there", protocol.label()),
                (true, None) => "the port was seen to answer".to_owned(),
                (false, _) => "the port is on the list".to_owned(),
            };
            let called = if question.is_taken_slowly() {
                self.listed.base(ip, port).to_owned()
            } else {
                String::new()
            };
            Some(Exchange { port, seen, reason, called, ..exchange(asset, ip, question, clinical) })
        };
        let exchanges: Vec<Exchange> = all.into_iter().filter_map(of_place).collect();
        if exchanges.is_empty() {
            Err("no port of it expects a question that can be put")
        } else {
            Ok(exchanges)
        }
    }

    /// The question that people named for its model, to services that were heard to speak its protocol, or why it is not put; nothing
    /// where nobody named its model.
    fn named_with(
        &self,
        asset: &Asset,
        ip: Ipv4Addr,
        round: &Round,
    ) -> Option<Result<Vec<Exchange>, &'static str>> {
        let clinical = who::is_clinical(round, ip);
        let all = self.listed.named.iter().filter_map(|named| Some((named, named.refusal(asset)?)));
        let seen = seen_places(asset, ip);
        let is_heard = |named: &Named| seen.values().any(|heard| *heard == named.question.native());
        let (named, refusal) = all.min_by_key(|(named, refusal)| (*refusal, !is_heard(named)))?;
        if let Err(why) = refusal {
            return Some(Err(why));
        }
        let heard = |(_, heard): &(&Place, &Option<Protocol>)| **heard == named.question.native();
        let places =
            seen.iter().filter(heard).filter(|((transport, _), _)| *transport == named.question.transport());
        let reason = format!("people named this question for the model {}", named.model);
        let all: Vec<Exchange> = places
            .map(|((_, port), _)| Exchange {
                port: *port,
                seen: true,
                reason: reason.clone(),
                called: named.called.clone(),
                ..exchange(asset, ip, named.question, clinical)
            })
            .collect();
        let unheard = "it was not heard to speak the protocol of the question that was named";
        Some(if all.is_empty() { Err(unheard) } else { Ok(all) })
    }

    /// Whether a model is asked that people named: two of them must approve.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.question.native().is_some())
    }

    /// Whether somebody logs in to a directory, for which a login has to be given: where no certificate is known, nobody does.
    #[must_use]
    pub fn wants_directory_login(&self) -> bool {
        self.exchanges.iter().filter(|exchange| exchange.question == Question::DirectoryRead).any(
            |exchange| {
                directory::at(&self.listed.directories, exchange.ip, exchange.port)
                    .is_some_and(|named| named.certificate.is_some())
            },
        )
    }

    /// The same with these questions alone, each with its own reason.
    #[must_use]
    pub fn only(mut self, reasons: &BTreeMap<Endpoint, String>) -> Self {
        self.exchanges.retain_mut(|exchange| {
            let reason = reasons.get(&exchange.endpoint());
            exchange.reason = reason.cloned().unwrap_or_default();
            reason.is_some()
        });
        self.left_out.retain(|left| reasons.keys().any(|place| place.ip == IpAddr::V4(left.ip)));
        self
    }

    /// The same, in which these questions say what else they show.
    #[must_use]
    pub fn proving(mut self, reasons: &BTreeMap<Endpoint, String>) -> Self {
        for exchange in &mut self.exchanges {
            if let Some(reason) = reasons.get(&exchange.endpoint()) {
                exchange.reason.clone_from(reason);
            }
        }
        self
    }

    /// The same with no more questions than surely end in this time: those of `first`, then others, who begin where `turn` puts them,
    /// so that each has its turn.
    #[must_use]
    pub fn fitting(mut self, time: Duration, first: &BTreeMap<Endpoint, String>, turn: u64) -> Self {
        if self.longest() <= time {
            return self;
        }
        let most = usize::try_from(time.as_millis() / self.each().as_millis().max(1)).unwrap_or(usize::MAX);
        let all = std::mem::take(&mut self.exchanges);
        let (mut asked, mut others): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|exchange| first.contains_key(&exchange.endpoint()));
        let room = most.saturating_sub(asked.len());
        let begin = u64::try_from(others.len()).ok().filter(|length| *length > 0);
        let begin = begin.map_or(0, |length| turn.wrapping_mul(u64::try_from(room).unwrap_or(0)) % length);
        others.rotate_left(usize::try_from(begin).unwrap_or(0));
        asked.extend(others);
        // A reading takes longer than a question.
        let mut ends = Duration::ZERO;
        let fits = asked.iter().take_while(|exchange| {
            ends = ends.saturating_add(exchange.question.longest()).saturating_add(self.pause());
            ends <= time
        });
        let fits = fits.count();
        for left in asked.split_off(fits) {
            self.leave_out(left.ip, "the window is too short for all; its turn comes");
        }
        asked.sort_by_key(Exchange::endpoint);
        self.exchanges = asked;
        self
    }

    /// The plan's mark: another byte in it is another mark.
    #[must_use]
    pub fn mark(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        blake3::hash(text.as_bytes()).to_hex().chars().take(16).collect()
    }

    /// Packets that we send in all, at most.
    #[must_use]
    pub fn packets(&self) -> u64 {
        self.exchanges.iter().map(|exchange| u64::from(exchange.packets)).sum()
    }

    /// How many hosts.
    #[must_use]
    pub fn hosts(&self) -> usize {
        self.exchanges.iter().map(|exchange| exchange.ip).collect::<BTreeSet<_>>().len()
    }

    /// How long it takes at most: each exchange waits for the one before it, and each host for its own pause.
    #[must_use]
    pub fn longest(&self) -> Duration {
        self.exchanges.iter().map(|exchange| exchange.question.longest() + self.pause()).sum()
    }

    /// How long the longest question but for a walk takes, which no regular round has: it has no community.
    fn each(&self) -> Duration {
        Question::Banner.longest() + self.pause()
    }

    fn pause(&self) -> Duration {
        self.pace.host_gap().max(self.pace.sensor_gap())
    }

    /// Whether two people must approve.
    #[must_use]
    pub fn is_clinical(&self) -> bool {
        self.exchanges.iter().any(|exchange| exchange.clinical)
    }
}

/// An exchange with this asset, without its port.
fn exchange(asset: &Asset, ip: Ipv4Addr, question: Question, clinical: bool) -> Exchange {
    let mut cards: Vec<String> = asset.macs.iter().map(ToString::to_string).collect();
    cards.sort();
    Exchange {
        asset: asset.id.to_string(),
        ip,
        port: 0,
        question,
        seen: false,
        clinical,
        cards,
        reason: String::new(),
        packets: question.packets(),
        called: String::new(),
        net: None,
    }
}

fn addresses(round: &Round) -> impl Iterator<Item = Ipv4Addr> + '_ {
    let all = round.assets.iter().flat_map(|asset| &asset.ips);
    all.filter_map(|ip| match ip {
        IpAddr::V4(ip) => Some(*ip),
        IpAddr::V6(_) => None,
    })
}

/// A port of one host.
pub(crate) type Place = (Transport, u16);

/// Ports of this address that were seen to answer, and what was heard there.
pub(crate) fn seen_places(asset: &Asset, ip: Ipv4Addr) -> BTreeMap<Place, Option<Protocol>> {
    let at = asset.services.iter().filter(|service| service.endpoint.ip == IpAddr::V4(ip));
    at.map(|service| ((service.endpoint.transport, service.endpoint.port), service.protocol)).collect()
}
