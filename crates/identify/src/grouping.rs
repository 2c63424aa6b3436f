//! Which cards and addresses are one thing.
//!
//! A card and the addresses that it has are one thing. Cards are joined only when they are a router's: each forwards,
//! and their addresses follow each other, as a maker numbers the ports of one box. Other hosts with several cards stay
//! apart, since nothing that can be seen joins them surely.
//! Not here: what kind of thing it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;

use wardround_model::{FactKind, ListedId, MacAddr, SourceIndex, Timestamp};

use crate::addresses::{Stretch, is_internal, is_link_local, is_one_host};
use crate::ownership::{Holder, Ownership};
use crate::scene::{Scene, is_proved};

/// One thing: its cards, its addresses, and what it forwards.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Group {
    /// Its cards, sorted; none where only forwarded traffic was seen.
    pub(crate) cards: Vec<MacAddr>,
    /// Its addresses, sorted, each with the moment from which it has it, where another had it before.
    pub(crate) ips: Vec<(IpAddr, Option<Timestamp>)>,
    /// Addresses of others that its cards sent from.
    pub(crate) forwards: BTreeSet<IpAddr>,
    /// Whether several cards claim its address at the same time.
    pub(crate) is_contested: bool,
    /// Things of lists that it is, sorted: those that facts are about.
    pub(crate) listed: Vec<ListedId>,
    /// Addresses that some lists name for it although another has them: what these lists say of them is about it.
    pub(crate) lent: Vec<(IpAddr, SourceIndex)>,
}

/// All things, and which card and address belongs to which.
#[derive(Debug, Default)]
pub(crate) struct Groups {
    pub(crate) list: Vec<Group>,
    pub(crate) by_card: HashMap<MacAddr, usize>,
    pub(crate) by_ip: HashMap<IpAddr, usize>,
    /// Things of lists.
    pub(crate) by_listed: HashMap<ListedId, usize>,
    /// What lists say of an address that is about another than who has it.
    pub(crate) lent: HashSet<(IpAddr, SourceIndex)>,
}

impl Groups {
    /// Puts cards and addresses together.
    pub(crate) fn of(scene: &Scene<'_>) -> Self {
        let ownership = Ownership::settle(scene);
        let mut groups = Self::default();
        groups.add_cards(&ownership, &first_cards(scene, &ownership));
        groups.add_addresses(&ownership, &alive(scene, &ownership));
        groups
    }

    /// The place of the thing that has an address.
    pub(crate) fn of_ip(&self, ip: IpAddr) -> Option<usize> {
        self.by_ip.get(&ip).copied()
    }

    /// One group for each device with cards; `first_card` names the one that stands for its box.
    fn add_cards(&mut self, ownership: &Ownership, first_card: &BTreeMap<MacAddr, MacAddr>) {
        for card in &ownership.cards {
            let first = first_card.get(card).unwrap_or(card);
            let place = self.by_card.get(first).copied().unwrap_or_else(|| self.add(Group::default()));
            self.by_card.insert(*card, place);
            if let Some(group) = self.list.get_mut(place) {
                group.cards.push(*card);
                group.forwards.extend(ownership.forwards.get(card).into_iter().flatten());
            }
        }
    }

    fn add_addresses(&mut self, ownership: &Ownership, alive: &BTreeSet<IpAddr>) {
        for ip in alive {
            let holder = ownership.holders.get(ip).copied();
            let (card, since) = match holder {
                Some(Holder::Card(card)) => (Some(card), None),
                Some(Holder::CardSince(card, since)) => (Some(card), Some(since)),
                Some(Holder::Alone) | None => (None, None),
                Some(Holder::Nobody) => continue,
            };
            let place = card.and_then(|card| self.by_card.get(&card).copied());
            let place = place.unwrap_or_else(|| self.add(Group::default()));
            self.by_ip.insert(*ip, place);
            if let Some(group) = self.list.get_mut(place) {
                group.ips.push((*ip, since));
                group.is_contested = holder == Some(Holder::Alone) && ownership.is_claimed(*ip);
            }
        }
        for group in &mut self.list {
            let Group { ips, forwards, .. } = group;
            for (own, _) in ips {
                forwards.remove(own);
            }
        }
    }

    fn add(&mut self, group: Group) -> usize {
        self.list.push(group);
        self.list.len().saturating_sub(1)
    }
}

/// Addresses of hosts that are there: a card has it, or it sent something, or answered. What was only asked for is no
/// device, and an Internet address that no card here has is not the hospital's.
fn alive(scene: &Scene<'_>, ownership: &Ownership) -> BTreeSet<IpAddr> {
    let held = ownership.holders.iter().filter(|(ip, holder)| match holder {
        Holder::Card(_) | Holder::CardSince(..) => true,
        Holder::Alone => is_internal(**ip) || ownership.is_claimed(**ip),
        Holder::Nobody => false,
    });
    let told = scene.facts().iter().filter(|it| proves_host(it.fact.kind()));
    // A list tells whose an address is, so it may be of the Internet.
    let told = told.filter_map(|it| it.subject.ip().filter(|ip| is_internal(*ip) || scene.is_of_list(it)));
    let talked = scene.conversations().iter().flat_map(|it| {
        let client = (it.to_server.packets > 0).then_some(it.client);
        [client, is_proved(it).then_some(it.server.ip)].into_iter().flatten()
    });
    let seen = told.chain(talked.filter(|ip| is_internal(*ip))).filter(|ip| is_one_host(*ip));
    held.map(|(ip, _)| *ip).chain(seen).collect()
}

/// Whether a fact comes from its subject's own words, not from somebody who asked for it or spoke of it.
fn proves_host(kind: FactKind) -> bool {
    use FactKind as K;
    !matches!(
        kind,
        K::IsRouter
            | K::DicomCalledAe
            | K::DicomCallingAe
            | K::Hl7ReceivingApplication
            | K::Hl7ReceivingFacility
            | K::Hl7Receives
            | K::ClearTextLogin
    )
}

/// Cards of one box at most so far apart; makers leave small gaps for ports of other kinds.
const GAP: u64 = 4;

/// The first card of the box that each router card belongs to.
fn first_cards(scene: &Scene<'_>, ownership: &Ownership) -> BTreeMap<MacAddr, MacAddr> {
    let stretches = routers(scene, ownership);
    let mut first = BTreeMap::new();
    let mut box_so_far: Option<(MacAddr, MacAddr, BTreeSet<Stretch>)> = None;
    for (card, served) in stretches {
        box_so_far = match box_so_far.take() {
            // Two routers of one stretch stand by for each other: two boxes, however near their numbers.
            Some((begin, last, mut seen)) if are_near(last, card) && seen.is_disjoint(&served) => {
                seen.extend(served);
                Some((begin, card, seen))
            }
            _ => Some((card, card, served)),
        };
        if let Some((begin, ..)) = &box_so_far {
            first.insert(card, *begin);
        }
    }
    first
}

/// Each router's card with the stretches in which it has an address.
fn routers(scene: &Scene<'_>, ownership: &Ownership) -> BTreeMap<MacAddr, BTreeSet<Stretch>> {
    let named = scene.facts().iter().filter(|it| it.fact.kind() == FactKind::IsRouter);
    let named = named.filter_map(|it| ownership.card_of(it.subject.ip()?));
    // One address too many may be an old one of a host's own; a router has several behind it.
    let several = ownership.forwards.iter().filter(|(_, ips)| ips.len() > 1).map(|(card, _)| *card);
    let mut routers: BTreeMap<_, _> = named.chain(several).map(|card| (card, BTreeSet::new())).collect();
    for ip in ownership.holders.keys().filter(|ip| !is_link_local(**ip)) {
        if let Some(served) = ownership.card_of(*ip).and_then(|card| routers.get_mut(&card)) {
            served.insert(Stretch::of(*ip));
        }
    }
    routers
}

fn are_near(one: MacAddr, next: MacAddr) -> bool {
    let (one, next) = (one.as_number(), next.as_number());
    one >> 24 == next >> 24 && next.saturating_sub(one) <= GAP
}
