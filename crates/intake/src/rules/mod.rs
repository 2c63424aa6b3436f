//! Rules of firewalls and routers: what they let through. Each reader turns its own words into one shape, a
//! [`FirewallRule`]; what it does not understand is never taken for "denied". Not here: what the rules together let through
//! (`triage`).

pub(crate) mod cisco;
pub(crate) mod iptables;
pub(crate) mod list;
mod service;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use wardround_model::{
    AddressRange, Digest, FactKind, FirewallRule, ListedId, PortRange, RuleAction, RuleProtocol, Spans,
    Subject,
};

use crate::{Row, Rows};

/// One set of rules that is being read: one list, or one table of chains.
struct Set {
    id: Digest,
    /// The next part of each rule.
    parts: BTreeMap<(u16, u32), u16>,
}

/// How many addresses and ports the rules of one file may still name together: a large group may stand in each of many rules.
struct Room(usize);

impl Room {
    const MOST: usize = 500_000;

    fn new() -> Self {
        Self(Self::MOST)
    }

    /// Reads a rule, if there is room for one, and keeps its place. What does not fit closes the room.
    fn take<T>(
        &mut self,
        read: impl FnOnce() -> Result<T, &'static str>,
        size: impl Fn(&T) -> usize,
    ) -> Result<T, &'static str> {
        const FULL: &str =
            "stands behind more addresses than are read of one file: split it, or use networks";
        if self.0 == 0 {
            return Err(FULL);
        }
        let rule = read()?;
        self.0 = self.0.saturating_sub(size(&rule).max(1));
        if self.0 == 0 { Err(FULL) } else { Ok(rule) }
    }
}

/// What a rule asks for, before it is written.
#[derive(Clone, Debug)]
struct Asked {
    action: RuleAction,
    is_sure: bool,
    sources: Vec<AddressRange>,
    targets: Vec<AddressRange>,
    ports: Vec<PortRange>,
}

impl Asked {
    /// A rule about all packets.
    fn all(action: RuleAction) -> Self {
        Self { action, is_sure: true, sources: Vec::new(), targets: Vec::new(), ports: Vec::new() }
    }

    /// How many addresses and ports it names.
    fn size(&self) -> usize {
        self.sources.len() + self.targets.len() + self.ports.len()
    }
}

impl Set {
    /// The set of this file with this name inside it.
    fn new(rows: &Rows<'_>, name: &str) -> Self {
        let file = rows.request().name;
        Self { id: Digest::of(&["rules", file, name]), parts: BTreeMap::new() }
    }

    /// Writes one rule: in several parts where its text would be too long.
    fn add(&mut self, rows: &mut Rows<'_>, row: Row, chain: u16, order: u32, asked: Asked) {
        let mut open = vec![asked];
        while let Some(asked) = open.pop() {
            let part = self.parts.entry((chain, order)).or_default();
            let Asked { action, is_sure, sources, targets, ports } = asked.clone();
            let rule = FirewallRule {
                set: self.id,
                chain,
                order,
                part: *part,
                action,
                is_sure,
                sources,
                targets,
                ports,
            };
            let text = rule.to_string();
            if text.len() <= FirewallRule::LONGEST {
                *part = part.saturating_add(1);
                rows.fact(row, Subject::Listed(ListedId(self.id)), FactKind::FirewallRule, &text);
            } else {
                open.extend(halves(asked));
            }
        }
    }
}

/// The same in two, by its longest list.
fn halves(asked: Asked) -> [Asked; 2] {
    let (sources, targets, ports) = (asked.sources.len(), asked.targets.len(), asked.ports.len());
    let (mut first, mut second) = (asked.clone(), asked);
    if sources >= targets && sources >= ports {
        second.sources = first.sources.split_off(sources / 2);
    } else if targets >= ports {
        second.targets = first.targets.split_off(targets / 2);
    } else {
        second.ports = first.ports.split_off(ports / 2);
    }
    [second, first]
}

/// The most addresses that a rule may name; groups in groups grow fast.
const MOST_RANGES: usize = 20_000;

/// Ranges joined where they touch.
fn joined(ranges: &[AddressRange]) -> Vec<AddressRange> {
    let spans = Spans::new(ranges.iter().map(|range| (range.first(), range.last())));
    spans.stretches().iter().filter_map(|(first, last)| AddressRange::new(*first, *last)).collect()
}

/// All addresses of the family but these.
fn all_but(family: AddressRange, ranges: &[AddressRange]) -> Vec<AddressRange> {
    let all = Spans::new([(family.first(), family.last())]);
    let without = all.without(&Spans::new(ranges.iter().map(|range| (range.first(), range.last()))));
    without.stretches().iter().filter_map(|(first, last)| AddressRange::new(*first, *last)).collect()
}

/// What a protocol is, by its name or number in the registry of protocol numbers (IANA); `None`: any.
fn protocol(word: &str) -> Option<RuleProtocol> {
    match word {
        "all" | "ip" | "ipv4" | "ipv6" | "any" | "0" => None,
        "tcp" | "6" => Some(RuleProtocol::Tcp),
        "udp" | "17" => Some(RuleProtocol::Udp),
        _ => Some(RuleProtocol::Other),
    }
}
