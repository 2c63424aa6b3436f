//! Ways of an attacker: who can reach what, with findings as steps, from an entry to what patients depend on.
//!
//! The graph is made of conversations that were seen, of devices that share a network, marked as likely, and of what rules of
//! firewalls let through, where a list of rules is there ([`rules`]). A device can
//! be taken only by a finding on it; what is not weak stops the way. [`weights`] puts a whole number on each step, small
//! where it is likely, so the shortest way is the likeliest; the numbers order ways, they are no probabilities. Data walks
//! through [`graph`], [`step`] and [`entry`] into [`search`]; [`falls`] and [`cut`] ask further questions. Not here: what is
//! weak; which finding a port of a rule leads to.

mod cut;
mod entry;
mod falls;
mod graph;
mod rules;
mod search;
mod step;
#[cfg(test)]
mod tests;
mod weights;

use std::collections::BTreeSet;

use wardround_model::{Asset, AssetId, CareRole, Conversation, ConversationId, Finding, FindingId};

pub use cut::{Cut, Cuts};
pub use entry::Entry;
pub use falls::{Fallen, Loss};

use crate::ssvc::Standing;
use crate::ssvc::said::Said;
use entry::Entries;
use graph::{Graph, Node, Shown, index};
pub use rules::LetThrough;
use search::{Found, search};
use step::Steps;
pub use step::lightest;

/// A way from an entry to a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where it begins; `None`: at a device that somebody asked about.
    pub entry: Option<Entry>,
    /// Its weight: the smaller, the likelier.
    pub weight: u32,
    /// The devices on it, the goal last.
    pub steps: Vec<Step>,
}

/// One device on a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub asset: AssetId,
    /// How it is reached from the step before.
    pub reached: Reached,
    /// The weakness by which it is taken; `None` where the way begins on it.
    pub by: Option<FindingId>,
}

/// How a device is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// The way begins on it.
    Start(Option<ConversationId>),
    /// This conversation was seen.
    Seen(ConversationId),
    /// It shares a network with the step before; nobody was seen to go this way.
    SameNetwork,
    /// The rules of a firewall let packets through; nobody was seen to go this way.
    Allowed(LetThrough),
}

impl Way {
    /// How likely the way is, in a word.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        weights::word(self.weight)
    }
}

/// Who can reach what, and what is weak.
pub struct Paths<'a> {
    assets: Vec<&'a Asset>,
    findings: &'a [Finding],
    conversations: &'a [Conversation],
    goals: Vec<Node>,
    graph: Graph,
    steps: Steps,
    entries: Entries,
}

impl<'a> Paths<'a> {
    /// The graph of a round's assets, conversations and findings. Devices that people retired and nobody saw since are left out.
    #[must_use]
    pub fn new(standing: &Standing<'a>, findings: &'a [Finding]) -> Self {
        let said = Said::new(standing.statements, standing.as_of);
        let mut assets: Vec<&Asset> =
            standing.assets.iter().filter(|asset| !said.is_retired(asset)).collect();
        assets.sort_unstable_by_key(|asset| asset.id);
        let graph = Graph::new(&assets, standing.conversations, standing.observations);
        let is_goal = |asset: &Asset| {
            use CareRole::{LifeSustaining, Monitoring, PatientDataStore, Therapeutic};
            matches!(said.care_role(asset), LifeSustaining | Therapeutic | Monitoring | PatientDataStore)
        };
        let goals = (0..).zip(&assets).filter(|(_, asset)| is_goal(asset)).map(|(node, _)| node).collect();
        let steps = Steps::new(&assets, findings);
        let entries = Entries::new(&assets, standing.conversations, &said, &graph);
        Self { assets, findings, conversations: standing.conversations, goals, graph, steps, entries }
    }

    /// The likeliest way to each goal from each kind of entry, the likeliest first; at most so many.
    #[must_use]
    pub fn ways(&self, most: usize) -> Vec<Way> {
        self.ways_of(None, None, most)
    }

    /// The likeliest way to each of these devices, the likeliest first; at most so many. They begin on any of some devices,
    /// taken to be in wrong hands; without these, outside. Without devices to reach, they lead to what patients depend on.
    #[must_use]
    pub fn ways_of(&self, from: Option<&[AssetId]>, to: Option<&[AssetId]>, most: usize) -> Vec<Way> {
        let begin: Option<BTreeSet<Node>> =
            from.map(|from| from.iter().filter_map(|id| self.node(*id)).collect());
        let founds: Vec<(Option<Entry>, Found)> = match &begin {
            Some(begin) => {
                let seeds: Vec<(Node, u32)> = begin.iter().map(|node| (*node, 0)).collect();
                vec![(None, search(&self.graph, &self.steps, &seeds))]
            }
            None => {
                self.by_entry(&self.steps).into_iter().map(|(entry, found)| (Some(entry), found)).collect()
            }
        };
        let mut goals: Vec<Node> = match to {
            Some(to) => to.iter().filter_map(|id| self.node(*id)).collect(),
            None => self.goals.clone(),
        };
        // Who is on both sides is reached already.
        goals.retain(|goal| begin.as_ref().is_none_or(|begin| !begin.contains(goal)));
        let mut ends: Vec<(u32, Node, Option<Entry>, usize)> = Vec::new();
        for (place, (entry, found)) in founds.iter().enumerate() {
            let reached = goals.iter().filter_map(|goal| Some((found.weight(*goal)?, *goal, *entry, place)));
            ends.extend(reached);
        }
        ends.sort_unstable();
        let ways = ends.into_iter().take(most);
        ways.filter_map(|(_, goal, entry, place)| {
            self.way(founds.get(place).map(|(_, found)| found)?, goal, entry)
        })
        .collect()
    }

    /// How many ways there are, a way for each goal and kind of entry, and how many goals they lead to.
    #[must_use]
    pub fn count(&self) -> (u64, u64) {
        let founds = self.by_entry(&self.steps);
        let reached = |goal: &Node| founds.iter().filter(|(_, found)| found.weight(*goal).is_some()).count();
        let counts = self.goals.iter().map(reached).filter(|count| *count > 0);
        counts
            .fold((0, 0), |(ways, goals), count| (ways + u64::try_from(count).unwrap_or(u64::MAX), goals + 1))
    }

    /// The likeliest way from one device, taken to be in wrong hands, to another.
    #[must_use]
    pub fn between(&self, from: AssetId, to: AssetId) -> Option<Way> {
        let found = search(&self.graph, &self.steps, &[(self.node(from)?, 0)]);
        self.way(&found, self.node(to)?, None)
    }

    fn node(&self, asset: AssetId) -> Option<Node> {
        let place = self.assets.binary_search_by_key(&asset, |asset| asset.id).ok()?;
        Node::try_from(place).ok()
    }

    fn asset(&self, node: Node) -> Option<&'a Asset> {
        self.assets.get(usize::try_from(node).ok()?).copied()
    }

    fn by_entry(&self, steps: &Steps) -> Vec<(Entry, Found)> {
        let from = |entry: &Entry| (*entry, search(&self.graph, steps, &self.entries.seeds(*entry, steps)));
        Entry::ALL.iter().map(from).collect()
    }

    /// The way that a search found to this node.
    fn way(&self, found: &Found, goal: Node, entry: Option<Entry>) -> Option<Way> {
        let weight = found.weight(goal)?;
        let mut steps = Vec::new();
        let mut node = Some(goal);
        while let Some(here) = node {
            let before = found.before(here);
            if let Some(asset) = self.asset(here) {
                // Between two devices that rules connect stand two groups; the rule is between the groups.
                let before = match before {
                    Some((group, Shown::Near)) => found.before(group).or(before),
                    other => other,
                };
                steps.push(self.step(asset, here, before.map(|(_, shown)| shown), entry));
            }
            node = before.map(|(before, _)| before);
        }
        steps.reverse();
        Some(Way { entry, weight, steps })
    }

    fn step(&self, asset: &Asset, node: Node, shown: Option<Shown>, entry: Option<Entry>) -> Step {
        let id = |place: usize| self.conversations.get(place).map(Conversation::id);
        let begins = shown.is_none();
        let reached = match shown {
            None => Reached::Start(entry.and_then(|entry| self.entries.shown(entry, node)).and_then(id)),
            Some(Shown::Seen(place)) => id(index(place)).map_or(Reached::SameNetwork, Reached::Seen),
            Some(Shown::Rule(place)) => {
                self.graph.allowed(place).map_or(Reached::SameNetwork, Reached::Allowed)
            }
            Some(Shown::Near) => Reached::SameNetwork,
        };
        let needs_none = begins && entry.is_none_or(|entry| !entry.needs_weakness());
        let by = self.steps.finding(node).filter(|_| !needs_none);
        Step {
            asset: asset.id,
            reached,
            by: by.and_then(|place| self.findings.get(place)).map(|finding| finding.id),
        }
    }

    /// Lists of rules that treat so many devices in so many ways that they were not held against them, by their first rule.
    #[must_use]
    pub fn rules_left_out(&self) -> &[wardround_model::Sighting] {
        self.graph.left_out()
    }
}
