//! Who has which address.
//!
//! A card that says that it owns an address (ARP, NDP, DHCP) is believed first. That a packet with a source address came
//! from a card proves less: a router's card sends from the addresses of all hosts behind it. So such an address goes to
//! the card only if it is all that the card sends from. What several cards claim goes to the one that took it over last,
//! or to none. A list (leases, an ARP table) is asked only where traffic shows no card, the latest list first; an old one
//! moves no address that was seen.
//! Not here: which cards are one device (`grouping`).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{FactKind, MacAddr, Observation, Subject, Timestamp};

use crate::addresses::{Stretch, is_internal, is_link_local, is_made_from, is_one_host};
use crate::scene::Scene;

/// An older list than this, before or after the traffic, moves no address that was seen: seven days.
const LIST_HOLDS: i64 = 7 * 86_400 * 1_000_000_000;

/// From when to when something was seen.
#[derive(Clone, Copy, Debug)]
struct Span {
    first: Timestamp,
    last: Timestamp,
}

impl Span {
    fn of(observation: &Observation) -> Self {
        let (a, b) = (observation.first.at, observation.last);
        Self { first: a.min(b), last: a.max(b) }
    }

    fn join(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// Cards that claim an address, or send from it.
type Cards = BTreeMap<MacAddr, Span>;
type Claims = BTreeMap<IpAddr, Cards>;

/// Who has an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// This card.
    Card(MacAddr),
    /// This card took it over from another at this moment, as DHCP lets happen; what was seen before is not about it.
    CardSince(MacAddr, Timestamp),
    /// No card that was seen, or several at once: the address stands alone.
    Alone,
    /// Different devices on different links: it names nobody.
    Nobody,
}

/// Who has which address, and who forwards for whom.
#[derive(Debug, Default)]
pub(crate) struct Ownership {
    /// Every address that a card claimed or sent from.
    pub(crate) holders: BTreeMap<IpAddr, Holder>,
    /// Addresses that a card sent from without having them: it forwards.
    pub(crate) forwards: BTreeMap<MacAddr, BTreeSet<IpAddr>>,
    /// Every card.
    pub(crate) cards: BTreeSet<MacAddr>,
    /// Addresses that a card claimed.
    claimed: BTreeSet<IpAddr>,
}

impl Ownership {
    /// Works out who has which address.
    pub(crate) fn settle(scene: &Scene<'_>) -> Self {
        let Read { owners, senders, listed, cards } = Read::of(scene);
        let mut ownership = Self { cards, ..Self::default() };
        let repliers = proxies(&owners);
        for (ip, claims) in &owners {
            let holder = among_owners(*ip, claims, senders.get(ip), &repliers);
            ownership.holders.insert(*ip, holder);
        }
        let unowned = || senders.iter().filter(|(ip, _)| !owners.contains_key(*ip));
        let habits = Habit::of_all(&owners, &senders);
        for (ip, claims) in unowned() {
            let mut able =
                claims.keys().filter(|card| habits.get(*card).is_some_and(|habit| habit.allows(*ip)));
            let only = able.next().filter(|_| able.next().is_none());
            ownership.holders.insert(*ip, only.map_or(Holder::Alone, |card| Holder::Card(*card)));
        }
        ownership.claimed = owners.keys().copied().collect();
        ownership.ask_lists(&listed, &senders, scene);
        ownership.forwards = forwards(&owners, &senders, &ownership.holders);
        ownership
    }

    /// Gives addresses whose card traffic does not show to the card that the latest list names.
    fn ask_lists(&mut self, listed: &Claims, senders: &Claims, scene: &Scene<'_>) {
        let traffic = scene.last_traffic();
        for (ip, claims) in listed {
            let is_open = matches!(self.holders.get(ip), None | Some(Holder::Alone)) && !self.is_claimed(*ip);
            let Some(last) = claims.values().map(|span| span.last).max().filter(|_| is_open) else {
                continue;
            };
            let was_seen = senders.contains_key(ip) || !scene.as_client(*ip).is_empty();
            let is_old = traffic.is_some_and(|seen| seen.since(last).saturating_abs() > LIST_HOLDS);
            if was_seen && is_old {
                continue;
            }
            let mut latest = claims.iter().filter(|(_, span)| span.last == last).map(|(card, _)| *card);
            let only = latest.next().filter(|_| latest.next().is_none());
            self.holders.insert(*ip, only.map_or(Holder::Alone, Holder::Card));
        }
    }

    /// Whether a card claimed an address, whoever has it.
    pub(crate) fn is_claimed(&self, ip: IpAddr) -> bool {
        self.claimed.contains(&ip)
    }

    /// The card that has an address.
    pub(crate) fn card_of(&self, ip: IpAddr) -> Option<MacAddr> {
        card_in(self.holders.get(&ip))
    }
}

fn card_in(holder: Option<&Holder>) -> Option<MacAddr> {
    match holder {
        Some(Holder::Card(card) | Holder::CardSince(card, _)) => Some(*card),
        Some(Holder::Alone | Holder::Nobody) | None => None,
    }
}

/// What binds cards to addresses.
#[derive(Default)]
struct Read {
    /// Claims of ownership in traffic.
    owners: Claims,
    /// Sources of packets.
    senders: Claims,
    /// What lists say.
    listed: Claims,
    /// All cards.
    cards: BTreeSet<MacAddr>,
}

impl Read {
    fn of(scene: &Scene<'_>) -> Self {
        let mut read = Self::default();
        for observation in scene.facts() {
            let Subject::Mac(card) = observation.subject else { continue };
            if !card.is_one_card() {
                continue;
            }
            read.cards.insert(card);
            let Some(ip) = address(observation) else { continue };
            let owned =
                observation.fact.kind() == FactKind::OwnsIp || is_link_local(ip) || is_made_from(ip, card);
            let claims = match owned {
                _ if scene.is_of_list(observation) => &mut read.listed,
                true => &mut read.owners,
                false => &mut read.senders,
            };
            let span = Span::of(observation);
            claims.entry(ip).or_default().entry(card).or_insert(span).join(span);
        }
        read
    }
}

/// The address in a fact that binds a card to one.
fn address(observation: &Observation) -> Option<IpAddr> {
    let binds = matches!(observation.fact.kind(), FactKind::OwnsIp | FactKind::SendsFromIp);
    let ip = binds.then(|| observation.fact.value().parse().ok()).flatten()?;
    is_one_host(ip).then_some(ip)
}

/// How many addresses a card claims that others claim too: a router that answers ARP for others (RFC 1027) claims many.
fn proxies(owners: &Claims) -> BTreeMap<MacAddr, u64> {
    let mut contested = BTreeMap::new();
    for card in owners.values().filter(|claims| claims.len() > 1).flat_map(Cards::keys) {
        let count: &mut u64 = contested.entry(*card).or_default();
        *count = count.saturating_add(1);
    }
    contested
}

/// A card with so many contested addresses answers for others, beside one with fewer.
const PROXY: u64 = 3;

fn among_owners(
    ip: IpAddr,
    claims: &Cards,
    senders: Option<&Cards>,
    contested: &BTreeMap<MacAddr, u64>,
) -> Holder {
    let count = |card: &MacAddr| contested.get(card).copied().unwrap_or(0);
    let fewest = claims.keys().map(count).min().unwrap_or(0);
    let mut spans: Vec<(MacAddr, Span)> = claims
        .iter()
        .filter(|(card, _)| count(card) == fewest || count(card) < PROXY)
        .map(|(card, span)| (*card, *span))
        .collect();
    if let [(card, _)] = spans.as_slice() {
        return Holder::Card(*card);
    }
    for (card, span) in &mut spans {
        if let Some(sent) = senders.and_then(|senders| senders.get(card)) {
            span.join(*sent);
        }
    }
    spans.sort_unstable_by_key(|(card, span)| (span.first, span.last, *card));
    let handed_over = spans.array_windows().all(|[(_, before), (_, after)]| before.last < after.first);
    match spans.last() {
        _ if is_link_local(ip) => Holder::Nobody,
        Some((card, span)) if handed_over => Holder::CardSince(*card, span.first),
        _ => Holder::Alone,
    }
}

/// What a card sends from, to tell hosts from routers. Addresses that stay on a link do not count.
#[derive(Default)]
struct Habit {
    v4: u64,
    v6: u64,
    /// Where its IPv6 addresses are.
    stretches: BTreeSet<Stretch>,
    /// Whether it claims one of its IPv6 addresses.
    claims_v6: bool,
    /// Whether it sends from an address that another card claims.
    forwards: bool,
}

impl Habit {
    fn of_all(owners: &Claims, senders: &Claims) -> BTreeMap<MacAddr, Self> {
        let mut habits: BTreeMap<MacAddr, Self> = BTreeMap::new();
        let all: BTreeSet<IpAddr> = owners.keys().chain(senders.keys()).copied().collect();
        for ip in all.into_iter().filter(|ip| !is_link_local(*ip)) {
            let (claims, sends) = (owners.get(&ip), senders.get(&ip));
            let cards: BTreeSet<MacAddr> =
                claims.into_iter().chain(sends).flat_map(Cards::keys).copied().collect();
            for card in cards {
                let claimed = owns(owners, card, ip);
                habits.entry(card).or_default().add(ip, claimed, claims.is_some());
            }
        }
        habits
    }

    fn add(&mut self, ip: IpAddr, is_own: bool, is_claimed: bool) {
        if ip.is_ipv4() {
            self.v4 = self.v4.saturating_add(1);
        } else {
            self.v6 = self.v6.saturating_add(1);
            self.stretches.insert(Stretch::of(ip));
            self.claims_v6 |= is_own;
        }
        self.forwards |= is_claimed && !is_own;
    }

    /// Whether the card may well have an address that it sends from and nobody claims.
    fn allows(&self, ip: IpAddr) -> bool {
        let of_its_kind = if ip.is_ipv4() { self.v4 } else { self.v6 };
        let only = of_its_kind == 1 && is_internal(ip);
        // A host makes many addresses in the stretch of one that it claims (RFC 8981, privacy extensions).
        let one_more = ip.is_ipv6() && self.claims_v6 && self.stretches.len() == 1;
        (only || one_more) && !self.forwards
    }
}

fn owns(owners: &Claims, card: MacAddr, ip: IpAddr) -> bool {
    owners.get(&ip).is_some_and(|claims| claims.contains_key(&card))
}

fn forwards(
    owners: &Claims,
    senders: &Claims,
    holders: &BTreeMap<IpAddr, Holder>,
) -> BTreeMap<MacAddr, BTreeSet<IpAddr>> {
    let mut forwards: BTreeMap<MacAddr, BTreeSet<IpAddr>> = BTreeMap::new();
    for (ip, claims) in senders {
        for card in claims.keys() {
            if !owns(owners, *card, *ip) && card_in(holders.get(ip)) != Some(*card) {
                forwards.entry(*card).or_default().insert(*ip);
            }
        }
    }
    forwards
}
