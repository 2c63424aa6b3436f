//! Facts without repetition: each once, with its first and latest sighting and how often it was seen.

use std::collections::HashMap;
use std::collections::hash_map;
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use wardround_model::{Fact, FactKind, MacAddr, Observation, Sighting, SkipReason, Subject, Timestamp};

use crate::limits::Limits;
use crate::skips::Skips;

/// How often and when something was seen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) first: Sighting,
    pub(crate) last: Timestamp,
    pub(crate) count: u64,
}

impl Seen {
    pub(crate) fn once(at: Sighting) -> Self {
        Self { first: at, last: at.at, count: 1 }
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.count = self.count.saturating_add(other.count);
    }

    fn again(&mut self, at: Sighting) {
        self.add(Self::once(at));
    }
}

/// The facts of one shard.
#[derive(Debug)]
pub(crate) struct FactTable {
    told: HashTable<(Subject, Fact, Seen)>,
    hasher: RandomState,
    /// Memory of the facts, about.
    bytes: usize,
    byte_limit: usize,
    cards: HashMap<(MacAddr, IpAddr), Seen, RandomState>,
    card_limit: usize,
}

/// Memory of one fact beside a long value: key, sightings and the table's own.
const FACT_BYTES: usize = 144;
/// Values up to this length live inside the fact.
const INLINE: usize = 24;

impl FactTable {
    pub(crate) fn new(byte_limit: usize, card_limit: usize) -> Self {
        let hasher = RandomState::default();
        Self { told: HashTable::new(), hasher, bytes: 0, byte_limit, cards: HashMap::default(), card_limit }
    }

    /// One for whole observations, cards and all, that keeps as much as those of all shards.
    pub(crate) fn of_harvests(limits: &Limits) -> Self {
        let cards = limits.cards.saturating_mul(FACT_BYTES);
        Self::new(limits.fact_bytes.saturating_add(cards), 0)
    }

    /// What it holds; it begins anew.
    pub(crate) fn take(&mut self) -> Self {
        let empty = Self::new(self.byte_limit, self.card_limit);
        std::mem::replace(self, empty)
    }

    /// Keeps a fact. One about no device (no address yet, or the address of many) is dropped.
    pub(crate) fn tell(&mut self, subject: Subject, fact: Fact, at: Sighting, skips: &mut Skips) {
        self.keep(subject, fact, Seen::once(at), skips);
    }

    /// Keeps an observation of a harvest beside those of others.
    pub(crate) fn add(&mut self, told: Observation, skips: &mut Skips) {
        let Observation { subject, fact, first, last, count } = told;
        self.keep(subject, fact, Seen { first, last, count }, skips);
    }

    fn keep(&mut self, subject: Subject, fact: Fact, seen: Seen, skips: &mut Skips) {
        if subject.ip().is_some_and(|ip| !is_one_host(ip)) {
            return;
        }
        let length = fact.value().len();
        let cost = FACT_BYTES + if length > INLINE { length } else { 0 };
        let Self { told, hasher, .. } = self;
        let is_it = |(about, known, _): &(Subject, Fact, Seen)| *about == subject && *known == fact;
        let rehash = |(about, known, _): &(Subject, Fact, Seen)| hash(hasher, *about, known);
        match told.entry(hash(hasher, subject, &fact), is_it, rehash) {
            Entry::Occupied(mut kept) => kept.get_mut().2.add(seen),
            Entry::Vacant(_) if self.bytes.saturating_add(cost) > self.byte_limit => {
                skips.count_many(SkipReason::TooManyFacts, seen.count, seen.first.evidence);
            }
            Entry::Vacant(place) => {
                place.insert((subject, fact, seen));
                self.bytes = self.bytes.saturating_add(cost);
            }
        }
    }

    /// Keeps that a packet with this source address came from this card.
    pub(crate) fn tell_card(&mut self, card: MacAddr, ip: IpAddr, at: Sighting, skips: &mut Skips) {
        if !is_one_host(ip) {
            return;
        }
        let full = self.cards.len() >= self.card_limit;
        match self.cards.entry((card, ip)) {
            hash_map::Entry::Occupied(mut seen) => seen.get_mut().again(at),
            hash_map::Entry::Vacant(_) if full => skips.count(SkipReason::TooManyFacts, at.evidence),
            hash_map::Entry::Vacant(place) => {
                place.insert(Seen::once(at));
            }
        }
    }

    /// All of them as observations, in no order.
    pub(crate) fn into_observations(self) -> impl Iterator<Item = Observation> {
        let told = self.told.into_iter().map(|(subject, fact, seen)| observation(subject, fact, seen));
        let cards = self.cards.into_iter().filter_map(|((card, ip), seen)| {
            let fact = Fact::new(FactKind::SendsFromIp, ip.to_string().as_bytes()).ok()?;
            Some(observation(Subject::Mac(card), fact, seen))
        });
        told.chain(cards)
    }
}

/// A hash of few words: what a derived one writes piece by piece costs more than the look-up.
fn hash(hasher: &RandomState, subject: Subject, fact: &Fact) -> u64 {
    let mut state = hasher.build_hasher();
    let kind = (fact.kind() as u64) << 32;
    match subject {
        Subject::Mac(mac) => state.write_u64(mac.as_number() ^ (1 << 63)),
        Subject::Ip(ip) => write_ip(&mut state, ip),
        Subject::Service(endpoint) => {
            write_ip(&mut state, endpoint.ip);
            state.write_u64((u64::from(endpoint.port) << 8) | (endpoint.transport as u64) << 1 | 1);
        }
        listed => std::hash::Hash::hash(&listed, &mut state),
    }
    state.write_u64(kind);
    state.write(fact.value().as_bytes());
    state.finish()
}

fn write_ip(state: &mut impl Hasher, ip: IpAddr) {
    match ip {
        IpAddr::V4(v4) => state.write_u64(u64::from(v4.to_bits())),
        IpAddr::V6(v6) => state.write_u128(v6.to_bits()),
    }
}

fn observation(subject: Subject, fact: Fact, seen: Seen) -> Observation {
    Observation { subject, fact, first: seen.first, last: seen.last, count: seen.count }
}

/// Whether one host is meant: neither "not yet known" nor an address of many.
fn is_one_host(ip: IpAddr) -> bool {
    !ip.is_unspecified() && !wardround_model::is_to_many(ip)
}

/// Observations of several shards, each fact about a subject once, in the order of their first sightings.
pub(crate) fn merge(mut observations: Vec<Observation>) -> Vec<Observation> {
    observations.sort_unstable_by(|a, b| (&a.subject, &a.fact).cmp(&(&b.subject, &b.fact)));
    observations.dedup_by(|again, kept| {
        let same = again.subject == kept.subject && again.fact == kept.fact;
        if same {
            kept.first = kept.first.min(again.first);
            kept.last = kept.last.max(again.last);
            kept.count = kept.count.saturating_add(again.count);
        }
        same
    });
    observations
        .sort_unstable_by(|a, b| (&a.first, &a.subject, &a.fact).cmp(&(&b.first, &b.subject, &b.fact)));
    observations
}
