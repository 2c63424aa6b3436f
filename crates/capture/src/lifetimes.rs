//! Times to live of connections that addresses open, while captures are read: told only of an address that shows those of more than one
//! system, as an address does behind which several devices are.
//!
//! Systems begin with 64, 128 or 255, and every router takes one off (RFC 791, 3.2; RFC 1812, 5.3.1). Not here: what that means (`identify`).

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};

use foldhash::fast::RandomState;
use wardround_model::{Fact, FactKind, Observation, Sighting, SkipReason, Subject};

use crate::facts::Seen;
use crate::skips::Skips;

/// What systems begin with.
const BEGINNINGS: [u8; 3] = [64, 128, 255];
/// More routers than this are on no way inside a hospital: the system begins with another number.
const MOST_ROUTERS: u8 = 9;
/// The most times to live of one address.
const MOST_OF_ONE: usize = 8;
/// The most addresses, of all shards together: some megabytes.
const MOST_ADDRESSES: usize = 65_536;

/// What a system began with, and how many routers took one off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Lifetime {
    began: u8,
    routers: u8,
}

impl Lifetime {
    fn of(time_to_live: u8) -> Option<Self> {
        let began = BEGINNINGS.into_iter().find(|began| time_to_live <= *began)?;
        let routers = began.saturating_sub(time_to_live);
        (routers <= MOST_ROUTERS).then_some(Self { began, routers })
    }
}

/// A time to live of an address, and what was seen of it since it was last told.
#[derive(Clone, Copy, Debug)]
struct Shown {
    lifetime: Lifetime,
    untold: Option<Seen>,
}

/// The times to live of all addresses.
#[derive(Debug)]
pub(crate) struct LifetimeTable {
    of: HashMap<Ipv4Addr, Vec<Shown>, RandomState>,
    limit: usize,
}

impl Default for LifetimeTable {
    fn default() -> Self {
        Self::new(1)
    }
}

impl LifetimeTable {
    /// One of so many tables that share the limit.
    pub(crate) fn new(of: usize) -> Self {
        Self { of: HashMap::default(), limit: MOST_ADDRESSES.checked_div(of).unwrap_or(MOST_ADDRESSES) }
    }

    /// What it holds; it begins anew.
    pub(crate) fn take(&mut self) -> Self {
        Self { of: std::mem::take(&mut self.of), limit: self.limit }
    }

    /// Keeps the time to live of a connection that an address opened.
    pub(crate) fn keep(&mut self, ip: IpAddr, time_to_live: u8, at: Sighting, skips: &mut Skips) {
        if let (IpAddr::V4(ip), Some(lifetime)) = (ip, Lifetime::of(time_to_live)) {
            self.add(ip, Shown { lifetime, untold: Some(Seen::once(at)) }, skips);
        }
    }

    fn add(&mut self, ip: Ipv4Addr, shown: Shown, skips: &mut Skips) {
        if self.of.len() >= self.limit && !self.of.contains_key(&ip) {
            if let Some(seen) = shown.untold {
                skips.count(SkipReason::TooManyFacts, seen.first.evidence);
            }
            return;
        }
        let all = self.of.entry(ip).or_default();
        if let Some(known) = all.iter_mut().find(|it| it.lifetime == shown.lifetime) {
            known.untold = joined(known.untold, shown.untold);
        } else if all.len() < MOST_OF_ONE {
            all.push(shown);
        }
    }

    /// Adds what another table holds.
    pub(crate) fn merge(&mut self, other: Self, skips: &mut Skips) {
        for (ip, all) in other.of {
            for shown in all {
                self.add(ip, shown, skips);
            }
        }
    }

    /// Tells what was not told yet of addresses with times to live of more than one system.
    pub(crate) fn tell_mixed(&mut self) -> Vec<Observation> {
        let mut told = Vec::new();
        for (ip, all) in self.of.iter_mut().filter(|(_, all)| is_mixed(all)) {
            let untold = all.iter_mut().filter_map(|it| Some((it.lifetime, it.untold.take()?)));
            told.extend(untold.filter_map(|(lifetime, seen)| observation(*ip, lifetime, seen)));
        }
        told
    }
}

fn joined(one: Option<Seen>, other: Option<Seen>) -> Option<Seen> {
    let (Some(mut both), Some(other)) = (one, other) else { return one.or(other) };
    both.add(other);
    Some(both)
}

fn is_mixed(all: &[Shown]) -> bool {
    all.array_windows().any(|[one, next]| one.lifetime.began != next.lifetime.began)
}

fn observation(ip: Ipv4Addr, lifetime: Lifetime, seen: Seen) -> Option<Observation> {
    let value = format!("{}-{}", lifetime.began, lifetime.routers);
    let fact = Fact::new(FactKind::TimeToLive, value.as_bytes()).ok()?;
    let Seen { first, last, count } = seen;
    Some(Observation { subject: Subject::Ip(ip.into()), fact, first, last, count })
}

#[cfg(test)]
mod tests {
    use wardround_model::{Evidence, SourceIndex, Timestamp};

    use super::*;

    fn seen(record: u64) -> Sighting {
        let evidence = Evidence { source: SourceIndex(0), record, offset: 0 };
        Sighting { evidence, at: Timestamp::from_seconds(i64::try_from(record).unwrap()) }
    }

    /// Connections: the last byte of the address, and the time to live.
    fn table(connections: &[(u8, u8)]) -> LifetimeTable {
        let (mut table, mut skips) = (LifetimeTable::default(), Skips::default());
        for ((last, time_to_live), record) in connections.iter().zip(1..) {
            table.keep(Ipv4Addr::new(10, 1, 0, *last).into(), *time_to_live, seen(record), &mut skips);
        }
        assert_eq!(skips.list().count(), 0);
        table
    }

    fn told(table: &mut LifetimeTable) -> Vec<String> {
        let told = table.tell_mixed();
        let mut told: Vec<_> =
            told.iter().map(|it| format!("{} {} x{}", it.subject, it.fact.value(), it.count)).collect();
        told.sort();
        told
    }

    #[test]
    fn an_address_with_two_systems_is_told_and_one_with_one_is_not() {
        let mut mixed = table(&[(1, 63), (2, 64), (1, 127), (2, 63), (3, 255), (1, 63), (4, 128)]);
        assert_eq!(told(&mut mixed), ["10.1.0.1 128-1 x1", "10.1.0.1 64-1 x2"]);
        assert_eq!(told(&mut mixed), [""; 0], "it was told");
        mixed.merge(table(&[(1, 127), (3, 64)]), &mut Skips::default());
        assert_eq!(told(&mut mixed), ["10.1.0.1 128-1 x1", "10.1.0.3 255-0 x1", "10.1.0.3 64-0 x1"]);
    }

    #[test]
    fn numbers_that_no_system_begins_with_say_nothing() {
        assert_eq!(told(&mut table(&[(1, 64), (1, 100), (1, 32), (1, 0), (1, 54), (1, 200)])), [""; 0]);
    }

    #[test]
    fn addresses_beyond_the_limit_are_counted() {
        let (mut full, mut skips) = (LifetimeTable::new(MOST_ADDRESSES), Skips::default());
        full.merge(table(&[(1, 64), (1, 128)]), &mut skips);
        full.merge(table(&[(2, 64)]), &mut skips);
        assert_eq!(told(&mut full).len(), 2);
        let counted: Vec<_> = skips.list().map(|skip| (skip.reason, skip.count)).collect();
        assert_eq!(counted, [(SkipReason::TooManyFacts, 1)]);
    }
}
