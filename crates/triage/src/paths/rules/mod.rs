//! What rules of firewalls let through, between devices: for each set of rules, which devices its rules treat alike, and from
//! which of these groups to which it lets a first packet pass.
//!
//! Pairs of devices are never walked one by one: 50,000 devices that a set treats in 30 ways make 30 groups. A rule that may
//! match less than it says opens a way *perhaps*, and never closes one. What no rule of a set speaks of is not told. Not here:
//! reading rules (`intake`), and who was seen to talk.

mod alike;
#[cfg(test)]
mod tests;
mod walk;

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{Digest, FactKind, FirewallRule, Observation, RuleAction, Sighting};

use super::graph::Node;
use alike::Alike;
use walk::Walk;

/// Groups of one set that are held against each other at most; a set that needs more is left out, and said so.
const MOST_PAIRS: usize = 2_000_000;
/// Stretches of addresses that one set is held against at most, device by device.
const MOST_LOOKS: usize = 500_000_000;
/// Rules that are walked at most for one set, over all pairs.
const MOST_STEPS: u64 = 200_000_000;

/// A rule that lets packets through, where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LetThrough {
    /// The rule: the file and its line.
    pub rule: Sighting,
    /// Whether all that the rule asks for was understood; if not, it may let less through.
    pub is_sure: bool,
}

/// One group of devices and what a set lets them reach.
#[derive(Debug)]
pub(super) struct Opening {
    /// The devices.
    pub(super) from: Vec<Node>,
    /// Groups of targets, by their place in [`Openings::targets`], and the rule.
    pub(super) to: Vec<(usize, LetThrough)>,
}

/// All that sets of rules let through.
#[derive(Debug, Default)]
pub(super) struct Openings {
    pub(super) openings: Vec<Opening>,
    pub(super) targets: Vec<Vec<Node>>,
    /// Sets that were too large to be held against the devices, by their first rule.
    pub(super) left_out: Vec<Sighting>,
}

/// A rule and where it stands.
#[derive(Clone, Debug)]
struct Placed {
    rule: FirewallRule,
    at: Sighting,
}

impl Openings {
    /// What these rules let through between the owners of addresses, sorted by address.
    pub(super) fn of(observations: &[Observation], owners: &[(IpAddr, Node)]) -> Self {
        let mut sets: BTreeMap<Digest, Vec<Placed>> = BTreeMap::new();
        for observation in observations.iter().filter(|one| one.fact.kind() == FactKind::FirewallRule) {
            if let Ok(rule) = observation.fact.value().parse::<FirewallRule>() {
                sets.entry(rule.set).or_default().push(Placed { rule, at: observation.first });
            }
        }
        let mut all = Self::default();
        for (_, mut rules) in sets {
            rules.sort_by_key(|one| (one.rule.chain, one.rule.order, one.rule.part));
            all.add(&rules, owners);
        }
        all
    }

    fn add(&mut self, rules: &[Placed], owners: &[(IpAddr, Node)]) {
        match Self::of_set(rules, owners, self.targets.len()) {
            Some((openings, targets)) => {
                self.openings.extend(openings);
                self.targets.extend(targets);
            }
            None => self.left_out.extend(rules.first().map(|one| one.at)),
        }
    }

    /// What one set lets through, with its groups of targets, the first at this place; `None` where it is too large.
    fn of_set(
        rules: &[Placed],
        owners: &[(IpAddr, Node)],
        first: usize,
    ) -> Option<(Vec<Opening>, Vec<Vec<Node>>)> {
        let ranges: usize = rules.iter().map(|one| one.rule.sources.len() + one.rule.targets.len() + 1).sum();
        if ranges.saturating_mul(owners.len().min(ranges.saturating_mul(2))) > MOST_LOOKS {
            return None;
        }
        let sources = Alike::of(rules, owners, |rule| &rule.sources);
        let targets = Alike::of(rules, owners, |rule| &rule.targets);
        if sources.groups.len().saturating_mul(targets.groups.len()) > MOST_PAIRS {
            return None;
        }
        let (walk, mut openings, mut steps) = (Walk::new(rules), Vec::new(), MOST_STEPS);
        for source in &sources.groups {
            let mut to = Vec::new();
            for (place, target) in
                (first..).zip(&targets.groups).filter(|(_, target)| target.is_v6 == source.is_v6)
            {
                let (allowed, used) = walk.decide(&source.marks, &target.marks);
                to.extend(allowed.map(|allowed| (place, allowed)));
                steps = steps.checked_sub(u64::from(used))?;
            }
            if !to.is_empty() {
                openings.push(Opening { from: source.nodes.clone(), to });
            }
        }
        Some((openings, targets.groups.into_iter().map(|group| group.nodes).collect()))
    }
}

/// Whether packets enter the set here.
fn is_beginning(action: RuleAction) -> bool {
    matches!(action, RuleAction::BeginAccept | RuleAction::BeginDeny)
}
