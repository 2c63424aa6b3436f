//! Which things of lists are one thing, and which card or address they have.
//!
//! Lists name things by name, serial number and inventory number; of these only ids are kept ([`ListedId`]). Two things with
//! one id are one, unless the id proves to be no name: many have it, or things with different inventory numbers do. A card
//! is surer than an address: where a list names an address that another card has now, what that list says of the address
//! is about the thing that it names, not about who has the address.
//! Not here: who has which address (`ownership`).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use wardround_model::{FactKind, ListedId, Observation, SourceIndex, Subject, Timestamp};

use crate::behind::Behind;
use crate::grouping::{Group, Groups};
use crate::scene::Scene;

/// A name that so many cards have is no name.
const MOST_CARDS: usize = 4;

/// What stands in lists where nobody entered a name or number.
const NO_NAMES: &[&str] = &[
    "",
    "-",
    "--",
    "?",
    "0",
    "00000000",
    "1",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "android",
    "computer",
    "default",
    "default string",
    "desktop",
    "host",
    "invalid",
    "ipad",
    "iphone",
    "laptop",
    "localhost",
    "n/a",
    "na",
    "n.a.",
    "name",
    "none",
    "not applicable",
    "not available",
    "not specified",
    "null",
    "o.e.m.",
    "oem",
    "pc",
    "printer",
    "raspberrypi",
    "serial",
    "server",
    "system serial number",
    "tbd",
    "test",
    "to be filled by o.e.m.",
    "ubuntu",
    "unknown",
    "unbekannt",
    "windows",
    "workstation",
    "x",
    "xxx",
];

/// The groups with the things of lists in them.
pub(crate) fn join(groups: Groups, behind: &Behind, scene: &Scene<'_>) -> Groups {
    let links = Links::read(behind, scene);
    let mut sets = Sets::new(&groups, &links);
    links.join_cards_and_things(&groups, &mut sets);
    links.join_addresses(&groups, &mut sets);
    sets.regroup(groups, &links)
}

/// What names a thing of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Named {
    /// A card, another thing of a list, or a host whose own words in traffic say the name.
    Surely(Subject),
    /// An address, in a list of this day.
    ByAddress(IpAddr, SourceIndex, Timestamp),
}

/// Ids of things, and what they name.
#[derive(Default)]
struct Links {
    /// What each id names.
    of: BTreeMap<ListedId, BTreeSet<Named>>,
    /// Things that facts are about.
    subjects: BTreeSet<ListedId>,
}

impl Links {
    fn read(behind: &Behind, scene: &Scene<'_>) -> Self {
        let mut links = Self::default();
        for it in scene.facts() {
            // A set of rules is no device.
            if let Subject::Listed(id) = it.subject
                && it.fact.kind() != FactKind::FirewallRule
            {
                links.subjects.insert(id);
            }
            if let Some(id) = listed_as(it) {
                let named = match it.subject {
                    Subject::Ip(ip) => Named::ByAddress(ip, it.first.evidence.source, it.last),
                    Subject::Service(at) => Named::ByAddress(at.ip, it.first.evidence.source, it.last),
                    Subject::Mac(_) | Subject::Listed(_) => Named::Surely(it.subject),
                    Subject::Account(_) | Subject::Model(_) => continue,
                };
                links.of.entry(id).or_default().insert(named);
            }
        }
        links.add_names_in_traffic(behind, scene);
        let numbers = Numbers::read(scene);
        let no_names: BTreeSet<ListedId> = NO_NAMES.iter().flat_map(|text| ids_of(text)).collect();
        links.of.retain(|id, named| !no_names.contains(id) && is_name(named) && numbers.agree(named));
        links
    }

    /// Names that hosts give themselves in traffic, where a list has them too; not those of several hosts at one address.
    fn add_names_in_traffic(&mut self, behind: &Behind, scene: &Scene<'_>) {
        const NAMES: &[FactKind] = &[FactKind::DhcpHostName, FactKind::MdnsHostName, FactKind::NtlmComputer];
        let named =
            scene.facts().iter().filter(|it| NAMES.contains(&it.fact.kind()) && !scene.is_of_list(it));
        let is_of_one = |it: &&&Observation| it.subject.ip().is_none_or(|ip| behind.reason(ip).is_none());
        for it in named.filter(is_of_one).filter(|it| !it.fact.value().contains('*')) {
            let id = ListedId::of_name(it.fact.value());
            if self.subjects.contains(&id) || self.of.contains_key(&id) {
                self.of.entry(id).or_default().insert(Named::Surely(it.subject));
            }
        }
    }

    fn join_cards_and_things(&self, groups: &Groups, sets: &mut Sets) {
        for (id, named) in &self.of {
            for one in named {
                let place = match one {
                    Named::Surely(Subject::Mac(mac)) => groups.by_card.get(mac).copied(),
                    Named::Surely(Subject::Listed(other)) => sets.place_of(*other),
                    Named::Surely(subject) => subject.ip().and_then(|ip| groups.of_ip(ip)),
                    Named::ByAddress(..) => None,
                };
                sets.join(*id, place);
            }
        }
    }

    /// Addresses go to the thing that the latest list names there, unless cards say otherwise.
    fn join_addresses(&self, groups: &Groups, sets: &mut Sets) {
        let mut at: BTreeMap<IpAddr, Vec<(Timestamp, SourceIndex, ListedId)>> = BTreeMap::new();
        for (id, named) in &self.of {
            for one in named {
                if let Named::ByAddress(ip, source, last) = one {
                    at.entry(*ip).or_default().push((*last, *source, *id));
                }
            }
        }
        for (ip, mut claims) in at {
            claims.sort_unstable_by_key(|(last, source, id)| (std::cmp::Reverse(*last), *source, *id));
            let latest = claims.first().map(|(_, source, _)| *source);
            let place = groups.of_ip(ip);
            for (_, source, id) in claims {
                let is_free = Some(source) == latest && !sets.have_other_cards(id, place);
                if is_free {
                    sets.join(id, place);
                } else if !sets.are_one(id, place) {
                    sets.lend(ip, source, id);
                }
            }
        }
    }
}

/// The thing that a fact says its subject to be.
fn listed_as(it: &Observation) -> Option<ListedId> {
    (it.fact.kind() == FactKind::ListedAs).then(|| it.fact.value().parse().ok()).flatten()
}

fn ids_of(text: &str) -> [ListedId; 3] {
    [ListedId::of_name(text), ListedId::of_serial("", text), ListedId::of_tag(text)]
}

fn is_name(named: &BTreeSet<Named>) -> bool {
    named.iter().filter(|one| matches!(one, Named::Surely(Subject::Mac(_)))).count() <= MOST_CARDS
}

/// Inventory and serial numbers of what lists name: two different ones are two things.
struct Numbers<'a>(HashMap<(Subject, FactKind), BTreeSet<&'a str>>);

impl<'a> Numbers<'a> {
    fn read(scene: &Scene<'a>) -> Self {
        let mut numbers: HashMap<_, BTreeSet<&str>> = HashMap::new();
        for it in scene.facts() {
            if matches!(it.fact.kind(), FactKind::ListedTag | FactKind::ListedSerial) {
                numbers.entry((it.subject, it.fact.kind())).or_default().insert(it.fact.value());
            }
        }
        Self(numbers)
    }

    fn agree(&self, named: &BTreeSet<Named>) -> bool {
        [FactKind::ListedTag, FactKind::ListedSerial].into_iter().all(|kind| {
            let subjects = named.iter().map(|one| match one {
                Named::Surely(subject) => *subject,
                Named::ByAddress(ip, ..) => Subject::Ip(*ip),
            });
            let mut different = subjects.filter_map(|subject| self.0.get(&(subject, kind)));
            let Some(first) = different.next() else { return true };
            different.all(|other| !other.is_disjoint(first))
        })
    }
}

/// Sets of groups and things that are one (union-find).
struct Sets {
    parent: Vec<usize>,
    /// Whether a set has a card.
    has_card: Vec<bool>,
    things: BTreeMap<ListedId, usize>,
    lent: BTreeMap<(IpAddr, SourceIndex), BTreeSet<ListedId>>,
}

impl Sets {
    fn new(groups: &Groups, links: &Links) -> Self {
        let ids: BTreeSet<ListedId> = links.of.keys().chain(&links.subjects).copied().collect();
        let things: BTreeMap<_, _> = ids.into_iter().zip(groups.list.len()..).collect();
        let all = groups.list.len().saturating_add(things.len());
        let mut has_card: Vec<bool> = groups.list.iter().map(|group| !group.cards.is_empty()).collect();
        has_card.resize(all, false);
        Self { parent: (0..all).collect(), has_card, things, lent: BTreeMap::new() }
    }

    fn place_of(&self, id: ListedId) -> Option<usize> {
        self.things.get(&id).copied()
    }

    fn root(&mut self, place: usize) -> usize {
        let (mut root, mut at) = (place, place);
        while let Some(above) = self.parent.get(root).copied().filter(|above| *above != root) {
            root = above;
        }
        while let Some(next) = self.parent.get_mut(at).filter(|next| **next != root) {
            at = std::mem::replace(next, root);
        }
        root
    }

    fn join(&mut self, id: ListedId, place: Option<usize>) {
        let (Some(thing), Some(place)) = (self.place_of(id), place) else { return };
        let (one, other) = (self.root(thing), self.root(place));
        // The lower place stays the root, so that the result does not depend on the order.
        let (root, under) = (one.min(other), one.max(other));
        if let Some(parent) = self.parent.get_mut(under) {
            *parent = root;
        }
        let has_card = self.is_with_card(one) || self.is_with_card(other);
        if let Some(known) = self.has_card.get_mut(root) {
            *known = has_card;
        }
    }

    fn is_with_card(&self, root: usize) -> bool {
        self.has_card.get(root).copied().unwrap_or_default()
    }

    fn are_one(&mut self, id: ListedId, place: Option<usize>) -> bool {
        let (Some(thing), Some(place)) = (self.place_of(id), place) else { return false };
        self.root(thing) == self.root(place)
    }

    /// Whether both are known by cards, and are not one already.
    fn have_other_cards(&mut self, id: ListedId, place: Option<usize>) -> bool {
        let (Some(thing), Some(place)) = (self.place_of(id), place) else { return false };
        let (one, other) = (self.root(thing), self.root(place));
        one != other && self.is_with_card(one) && self.is_with_card(other)
    }

    /// What this list says of the address is about the thing.
    fn lend(&mut self, ip: IpAddr, source: SourceIndex, id: ListedId) {
        self.lent.entry((ip, source)).or_default().insert(id);
    }

    /// One group for each set that has a card, an address, or facts about a thing of it.
    fn regroup(mut self, groups: Groups, links: &Links) -> Groups {
        let mut regrouped = Groups::default();
        let mut places: HashMap<usize, usize> = HashMap::new();
        for (place, group) in groups.list.into_iter().enumerate() {
            let new = regrouped.place_for(self.root(place), &mut places);
            if let Some(known) = regrouped.list.get_mut(new) {
                add(known, group);
            }
        }
        let lent = std::mem::take(&mut self.lent);
        let of_lent: BTreeSet<ListedId> = lent.values().flatten().copied().collect();
        let things = std::mem::take(&mut self.things);
        for (id, place) in &things {
            let root = self.root(*place);
            let is_told_of = links.subjects.contains(id);
            if !is_told_of && !of_lent.contains(id) && !places.contains_key(&root) {
                continue;
            }
            let new = regrouped.place_for(root, &mut places);
            regrouped.by_listed.insert(*id, new);
            if let Some(group) = regrouped.list.get_mut(new).filter(|_| is_told_of) {
                group.listed.push(*id);
            }
        }
        for ((ip, source), ids) in lent {
            let place = ids.first().and_then(|id| regrouped.by_listed.get(id)).copied();
            if let Some(group) = place.and_then(|place| regrouped.list.get_mut(place)) {
                group.lent.push((ip, source));
                regrouped.lent.insert((ip, source));
            }
        }
        regrouped.index();
        regrouped
    }
}

fn add(known: &mut Group, group: Group) {
    known.cards.extend(group.cards);
    known.ips.extend(group.ips);
    known.forwards.extend(group.forwards);
    known.is_contested |= group.is_contested;
}

impl Groups {
    /// The things of lists that lead to each group.
    pub(crate) fn things(&self) -> Vec<Vec<ListedId>> {
        let mut things: Vec<Vec<ListedId>> = vec![Vec::new(); self.list.len()];
        for (id, place) in &self.by_listed {
            if let Some(of) = things.get_mut(*place) {
                of.push(*id);
            }
        }
        things
    }

    fn place_for(&mut self, root: usize, places: &mut HashMap<usize, usize>) -> usize {
        *places.entry(root).or_insert_with(|| {
            self.list.push(Group::default());
            self.list.len().saturating_sub(1)
        })
    }

    /// Sorts cards and addresses, and finds groups by them again.
    fn index(&mut self) {
        for (place, group) in self.list.iter_mut().enumerate() {
            group.cards.sort_unstable();
            group.ips.sort_unstable();
            group.forwards.retain(|ip| !group.ips.iter().any(|(own, _)| own == ip));
            self.by_card.extend(group.cards.iter().map(|card| (*card, place)));
            self.by_ip.extend(group.ips.iter().map(|(ip, _)| (*ip, place)));
        }
    }
}
