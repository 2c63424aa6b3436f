//! What becomes of a first packet from one group of devices to another: the rules in their order, the first that matches
//! counts; chains are entered and left as netfilter does (iptables(8)). Not here: which rules match whom.

use std::collections::BTreeMap;
use std::ops::Range;

use wardround_model::{PortRange, RuleAction, RuleProtocol, Spans};

use super::alike::Marks;
use super::{LetThrough, Placed, is_beginning};

/// How deep chains may call chains.
const DEEPEST: u8 = 16;
/// Rules that are looked at for one pair of groups, since chains that call each other multiply.
const MOST_STEPS: u32 = 50_000;

/// A port of a protocol as one point: all ports of TCP, then those of UDP, then a point for all else.
fn span(ports: &PortRange) -> (u32, u32) {
    let base = base(ports.protocol);
    match ports.protocol {
        RuleProtocol::Other => (base, base),
        _ => (base + u32::from(ports.first), base + u32::from(ports.last)),
    }
}

const fn base(protocol: RuleProtocol) -> u32 {
    match protocol {
        RuleProtocol::Tcp => 0,
        RuleProtocol::Udp => 1 << 16,
        RuleProtocol::Other => 1 << 17,
    }
}

/// A set of rules, laid out for walking.
pub(super) struct Walk<'a> {
    rules: &'a [Placed],
    ports: Vec<Spans<u32>>,
    chains: BTreeMap<u16, Range<usize>>,
    beginnings: Vec<usize>,
    services: Spans<u32>,
}

/// What was found so far for one pair.
struct Found {
    sure: Option<usize>,
    perhaps: Option<usize>,
    steps: u32,
}

impl<'a> Walk<'a> {
    pub(super) fn new(rules: &'a [Placed]) -> Self {
        let mut chains: BTreeMap<u16, Range<usize>> = BTreeMap::new();
        for (place, one) in rules.iter().enumerate() {
            chains
                .entry(one.rule.chain)
                .and_modify(|range| range.end = place + 1)
                .or_insert(place..place + 1);
        }
        let ports = rules.iter().map(|one| Spans::new(one.rule.ports.iter().map(span))).collect();
        let beginnings =
            (0..).zip(rules).filter(|(_, one)| is_beginning(one.rule.action)).map(|(place, _)| place);
        let beginnings = beginnings.collect();
        // No service of a device is asked over other protocols.
        let services = Spans::new([(0, base(RuleProtocol::Other) - 1)]);
        Self { rules, ports, chains, beginnings, services }
    }

    /// The rule that lets a first packet through, if one does: the first sure one before the first that may; and how many rules
    /// were looked at.
    pub(super) fn decide(&self, from: &Marks, to: &Marks) -> (Option<LetThrough>, u32) {
        let mut found = Found { sure: None, perhaps: None, steps: MOST_STEPS };
        for begin in &self.beginnings {
            let Some(one) = self.rules.get(*begin) else { continue };
            // A beginning may be about one family of addresses alone.
            if from.both(to, *begin, begin + 1).next().is_none() {
                continue;
            }
            let left = self.chain(one.rule.chain, self.services.clone(), from, to, DEEPEST, &mut found);
            if one.rule.action == RuleAction::BeginAccept && !left.is_empty() {
                found.sure.get_or_insert(*begin);
            }
        }
        let allowed = found.sure.map(|place| (place, true)).or(found.perhaps.map(|place| (place, false)));
        let rule = |(place, is_sure)| Some(LetThrough { rule: self.rules.get::<usize>(place)?.at, is_sure });
        (allowed.and_then(rule), MOST_STEPS - found.steps)
    }

    /// Walks one chain; what it leaves undecided comes back.
    fn chain(
        &self,
        chain: u16,
        mut open: Spans<u32>,
        from: &Marks,
        to: &Marks,
        deep: u8,
        found: &mut Found,
    ) -> Spans<u32> {
        let mut returned = Spans::default();
        let (Some(range), Some(deeper)) = (self.chains.get(&chain), deep.checked_sub(1)) else { return open };
        for place in from.both(to, range.start, range.end) {
            let (Some(one), Some(ports)) = (self.rules.get(place), self.ports.get(place)) else { continue };
            found.steps = found.steps.saturating_sub(1);
            if open.is_empty() || found.sure.is_some() || found.steps == 0 {
                break;
            }
            let matched = if one.rule.ports.is_empty() { open.clone() } else { open.and(ports) };
            if matched.is_empty() {
                continue;
            }
            let is_sure = one.rule.is_sure;
            let decided = match one.rule.action {
                RuleAction::Accept => {
                    let slot = if is_sure { &mut found.sure } else { &mut found.perhaps };
                    slot.get_or_insert(place);
                    matched
                }
                RuleAction::Deny => matched,
                RuleAction::Return => {
                    returned = if is_sure { returned.or(&matched) } else { returned };
                    matched
                }
                RuleAction::Jump(next) | RuleAction::Goto(next) => {
                    let sure_before = found.sure;
                    let left = self.chain(next, matched.clone(), from, to, deeper, found);
                    if !is_sure && sure_before.is_none() {
                        // What lies behind a condition that was not understood is no surer than the condition.
                        found.perhaps = found.perhaps.or(found.sure.take());
                    }
                    let is_goto = matches!(one.rule.action, RuleAction::Goto(_));
                    if is_goto && is_sure {
                        returned = returned.or(&left);
                        matched
                    } else {
                        matched.without(&left)
                    }
                }
                RuleAction::Unread | RuleAction::BeginAccept | RuleAction::BeginDeny => continue,
            };
            if is_sure {
                open = open.without(&decided);
            }
        }
        open.or(&returned)
    }
}
