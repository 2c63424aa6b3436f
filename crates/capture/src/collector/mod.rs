//! Flow records of routers, switches and firewalls to conversations: the collector of RFC 3954 and RFC 7011, and of sFlow.
//!
//! Each datagram is one of an exporter, which counted packets for us. What it counted becomes flows as those of captures do, each
//! exporter a view of its own; the first bytes of packets that sFlow samples are read as any frame is. Templates, exporters and flows
//! are bounded in number, size and life; what did not arrive, was passed over by sampling, or could not be read is counted.

mod domain;
mod flows;
mod sampled;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_dissect::export::{Clock, FlowRecord, Message, Set, SetKind, V5};
use wardround_model::{SkipReason, Timestamp};

use crate::Captured;
use crate::excluded::Prefix;
use crate::follow::Follower;
use crate::limits::Limits;
use crate::skips::Skips;

use domain::{Domain, DomainKey, Domains, Protocol};
use flows::{Flows, Origin};

/// Collects what exporters send.
#[derive(Debug)]
pub struct Collector {
    /// Counts what came, and reads frames that were sampled.
    follower: Follower,
    /// From whom records are taken; from anybody where it is empty.
    allowed: Vec<Prefix>,
    excluded: Vec<Prefix>,
    domains: Domains,
    flows: Flows,
    skips: Skips,
}

/// What holds for all records of a datagram.
#[derive(Clone, Copy)]
struct Around {
    key: DomainKey,
    clock: Clock,
    /// When it came.
    came: Timestamp,
    /// One packet in so many, as the datagram says.
    rate: Option<u32>,
}

impl Collector {
    /// Records of networks that are `excluded` are left out, datagrams of others than those `allowed` too. What comes is counted on
    /// from `told`, records and bytes.
    #[must_use]
    pub fn new(limits: &Limits, excluded: &[Prefix], allowed: &[Prefix], told: (u64, u64)) -> Self {
        Self {
            follower: Follower::new(limits, excluded, told),
            allowed: allowed.to_vec(),
            excluded: excluded.to_vec(),
            domains: Domains::default(),
            flows: Flows::new(limits, RandomState::default()),
            skips: Skips::default(),
        }
    }

    /// Takes a datagram that came from this address at this moment.
    pub fn take(&mut self, datagram: &[u8], from: IpAddr, came: Timestamp) {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|prefix| prefix.contains(from)) {
            self.skip(SkipReason::Excluded);
            return;
        }
        let read = match datagram {
            [0, 0, 0, 5, ..] => self.take_sampled(datagram, came),
            [0, 5, ..] => self.take_v5(datagram, from, came),
            [0, 9 | 10, ..] => self.take_sets(datagram, from, came),
            _ => None,
        };
        if read.is_none() {
            self.skip(SkipReason::Malformed);
        }
    }

    fn skip(&mut self, reason: SkipReason) {
        self.skips.count(reason, self.follower.next_evidence());
    }

    /// Counts what exporters say they sent, and did not arrive.
    fn lost(&mut self, many: u64) {
        if many > 0 {
            self.skips.count_many(SkipReason::LostRecords, many, self.follower.next_evidence());
        }
    }

    /// Where a datagram comes from; nothing beyond the limit.
    fn domain(&mut self, key: DomainKey, came: Timestamp) -> Option<&mut Domain> {
        if self.domains.enter(key, came).is_none() {
            self.skip(SkipReason::TooManyFacts);
        }
        self.domains.enter(key, came)
    }

    /// Nothing where it is damaged; what was whole is taken all the same.
    fn take_v5(&mut self, datagram: &[u8], from: IpAddr, came: Timestamp) -> Option<()> {
        self.follower.add_bytes(datagram.len());
        let header = V5::read(datagram)?;
        let key = DomainKey { exporter: from, protocol: Protocol::NetFlow5, domain: header.engine.into() };
        let Some(domain) = self.domain(key, came) else { return Some(()) };
        let lost = domain.sequence.take(header.sequence, Some(header.count.into()));
        self.lost(lost);
        let around = Around { key, clock: header.clock, came, rate: header.rate };
        let mut read = 0_u16;
        for record in header.records() {
            self.take_record(&record, around);
            read = read.saturating_add(1);
        }
        (read == header.count).then_some(())
    }

    fn take_sets(&mut self, datagram: &[u8], from: IpAddr, came: Timestamp) -> Option<()> {
        self.follower.add_bytes(datagram.len());
        let mut message = Message::read(datagram)?;
        let protocol = Protocol::of(message.family);
        let key = DomainKey { exporter: from, protocol, domain: message.domain };
        if self.domain(key, came).is_none() {
            return Some(());
        }
        let around = Around { key, clock: message.clock, came, rate: None };
        // How many records it has is known when all of its templates are.
        let mut records = Some(0_u64);
        let mut is_whole = true;
        while let Some(set) = message.next_set() {
            let taken = set.ok().and_then(|set| self.take_set(set, around));
            match taken {
                Some(taken) => records = records.zip(taken).map(|(one, more)| one.saturating_add(more)),
                None => is_whole = false,
            }
        }
        let step = if protocol == Protocol::NetFlow9 { Some(1) } else { records.filter(|_| is_whole) };
        let lost = self.domain(key, came)?.sequence.take(message.sequence, step);
        self.lost(lost);
        is_whole.then_some(())
    }

    /// How many records a set has, where that is known; nothing where it is damaged.
    fn take_set(&mut self, mut set: Set<'_>, around: Around) -> Option<Option<u64>> {
        match set.kind {
            SetKind::Templates | SetKind::OptionsTemplates => {
                while let Some(template) = set.next_template() {
                    let (number, template) = template.ok()?;
                    if !self.domains.learn(around.key, number, template, around.came) {
                        self.skip(SkipReason::TooManyFacts);
                    }
                }
                Some(Some(0))
            }
            SetKind::Records(number) => {
                let Some(template) = self.domains.template(around.key, number, around.came) else {
                    self.skip(SkipReason::NoTemplate);
                    return Some(None);
                };
                let mut records = 0_u64;
                while let Some(record) = set.next_record(&template) {
                    let record = record.ok()?;
                    records = records.saturating_add(1);
                    if template.is_options() {
                        self.domains.take_options(around.key, &record);
                    } else {
                        self.take_record(&record, around);
                    }
                }
                Some(Some(records))
            }
            SetKind::Reserved => Some(Some(0)),
        }
    }

    fn take_record(&mut self, record: &FlowRecord, around: Around) {
        let Around { key, clock, came, rate } = around;
        let Some(domain) = self.domains.get(key) else { return };
        let origin = Origin {
            point: domain.point,
            rate: record.rate.or(rate).unwrap_or_else(|| domain.rate_of(record.sampler)).max(1),
        };
        let switched_on = record.switched_on.or(domain.switched_on);
        let time = |moment| clock.resolve(moment, switched_on);
        let (first, last) = (time(record.first), time(record.last));
        let plausible = |at: Option<Timestamp>| at.filter(|at| flows::is_plausible(*at, came));
        let is_told_wrong = |at: Option<Timestamp>| at.is_some() && plausible(at).is_none();
        if is_told_wrong(first) || is_told_wrong(last) {
            self.skip(SkipReason::ImplausibleTime);
        }
        let last = plausible(last).or(plausible(first)).unwrap_or(came);
        let first = plausible(first).unwrap_or(last).min(last);
        let evidence = self.follower.count_record(first, last);
        if let Some(reason) = self.refused(record) {
            self.skips.count(reason, evidence);
            return;
        }
        self.flows.take(record, origin, (first, last), evidence, &mut self.skips);
    }

    /// Why a record is not taken.
    fn refused(&self, record: &FlowRecord) -> Option<SkipReason> {
        let (Some(source), Some(destination)) = (record.source, record.destination) else {
            return Some(SkipReason::NotIp);
        };
        if source.is_ipv4() != destination.is_ipv4() {
            return Some(SkipReason::Malformed);
        }
        let is_out = |ip: IpAddr| self.excluded.iter().any(|prefix| prefix.contains(ip));
        (is_out(source) || is_out(destination)).then_some(SkipReason::Excluded)
    }

    /// What was found since the last harvest, as of a source without a name; flows go on.
    pub fn harvest(&mut self) -> Captured {
        let found = self.flows.harvest(std::mem::take(&mut self.skips));
        self.follower.harvest_beside(Some(found))
    }

    /// The last harvest.
    #[must_use]
    pub fn finish(self) -> Captured {
        let Self { follower, flows, skips, .. } = self;
        follower.finish_beside(Some(flows.finish(skips)))
    }
}
