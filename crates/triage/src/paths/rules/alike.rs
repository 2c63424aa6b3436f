//! Devices that the rules of a set treat alike, as sources or as targets. Not here: what becomes of packets between them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{AddressRange, FirewallRule};

use super::Placed;
use crate::paths::graph::Node;

/// Which rules match, a bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    fn none(rules: usize) -> Self {
        Self(vec![0; rules.div_ceil(64)])
    }

    fn set(&mut self, rule: usize) {
        if let Some(word) = self.0.get_mut(rule / 64) {
            *word |= 1 << (rule % 64);
        }
    }

    /// The rules that both have, in order, among those from one place up to another.
    pub(super) fn both(&self, other: &Self, from: usize, to: usize) -> impl Iterator<Item = usize> {
        let words = (0_usize..).zip(self.0.iter().zip(&other.0)).skip(from / 64);
        let words = words.take_while(move |(place, _)| place * 64 < to).map(|(place, (a, b))| (place, a & b));
        words
            .flat_map(|(place, word)| bits(word).map(move |bit| place * 64 + bit))
            .filter(move |rule| (from..to).contains(rule))
    }
}

fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let bit = usize::try_from(word.trailing_zeros()).ok().filter(|_| word != 0)?;
        word &= word - 1;
        Some(bit)
    })
}

/// Devices that a set treats alike.
pub(super) struct Group {
    /// The rules that match them.
    pub(super) marks: Marks,
    /// Whether it is about their addresses of IPv6: no packet goes from one family to the other.
    pub(super) is_v6: bool,
    /// The devices.
    pub(super) nodes: Vec<Node>,
}

/// Groups of devices, each with the rules that match it; a device with several addresses may be in several.
pub(super) struct Alike {
    pub(super) groups: Vec<Group>,
}

impl Alike {
    pub(super) fn of(
        rules: &[Placed],
        owners: &[(IpAddr, Node)],
        side: impl Fn(&FirewallRule) -> &Vec<AddressRange>,
    ) -> Self {
        let cuts = cuts(rules, &side);
        let mut groups: BTreeMap<(Marks, bool), Vec<Node>> = BTreeMap::new();
        // Between two neighbouring cuts, all addresses are treated alike.
        for stretch in owners.chunk_by(|(one, _), (next, _)| place(&cuts, *one) == place(&cuts, *next)) {
            let Some((ip, _)) = stretch.first() else { continue };
            let marks = marks(rules, &side, *ip);
            groups.entry((marks, ip.is_ipv6())).or_default().extend(stretch.iter().map(|(_, node)| *node));
        }
        // Whom no rule speaks of is in no way of this set.
        groups.retain(|(marks, _), _| marks.0.iter().any(|word| *word != 0));
        let group = |((marks, is_v6), nodes)| Group { marks, is_v6, nodes };
        Self { groups: groups.into_iter().map(group).collect() }
    }
}

/// The addresses at which stretches of the rules begin or lie just behind their ends, sorted.
fn cuts(rules: &[Placed], side: &impl Fn(&FirewallRule) -> &Vec<AddressRange>) -> Vec<(IpAddr, bool)> {
    let ranges = rules.iter().flat_map(|one| side(&one.rule));
    let mut cuts: Vec<_> = ranges.flat_map(|range| [(range.first(), false), (range.last(), true)]).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// How many cuts stand before an address.
fn place(cuts: &[(IpAddr, bool)], ip: IpAddr) -> usize {
    // A cut behind an address stands behind it, one before it before it; and no stretch reaches over both families.
    let cuts_before = cuts.partition_point(|(cut, is_behind)| *cut < ip || *cut == ip && !is_behind);
    cuts_before.saturating_mul(2).saturating_add(usize::from(ip.is_ipv6()))
}

fn marks(rules: &[Placed], side: &impl Fn(&FirewallRule) -> &Vec<AddressRange>, ip: IpAddr) -> Marks {
    let mut marks = Marks::none(rules.len());
    for (place, one) in rules.iter().enumerate() {
        let ranges = side(&one.rule);
        if ranges.is_empty() || ranges.iter().any(|range| range.first() <= ip && ip <= range.last()) {
            marks.set(place);
        }
    }
    marks
}
