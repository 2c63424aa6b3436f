//! Judging: things against the index, each distinct one once, and from that what every asset has.
//!
//! [`Judging`] keeps the input laid out and the opinions, so that when the index changes, only what the change touches is
//! judged again ([`Judging::rejudge`]), and the result equals judging everything anew.

mod asset;
mod forming;
#[cfg(test)]
mod tests;
mod touched;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use wardround_intel::Index;
use wardround_intel::index::Changed;
use wardround_model::{AssetId, Finding, Settled, Unjudged};

use self::forming::Shared;
use crate::opinion::Opinion;
use crate::scene::Scene;
use crate::ssvc::{Deciding, DecisionTables};
use crate::things::{Thing, Things};
use crate::{Input, Triaged, order, plan, settings};

/// The input of triage, laid out, with what the index says of everything in it.
pub struct Judging<'a> {
    scene: Scene<'a>,
    things: Things<'a>,
    /// In the order of the things; things that differ in their system alone often share one.
    opinions: Vec<Arc<Opinion>>,
    /// Ecosystems of which the index lists any package that somebody has.
    covered: BTreeSet<String>,
    /// Weak settings, which no index changes.
    settings: BTreeMap<AssetId, Vec<Finding>>,
    deciding: Deciding<'a>,
}

/// What is said of some assets: all that there is to say of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The assets.
    pub assets: BTreeSet<AssetId>,
    /// What is weak, the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be judged, by asset.
    pub unjudged: Vec<Unjudged>,
    /// What an answer settled, by asset.
    pub settled: Vec<Settled>,
}

impl<'a> Judging<'a> {
    /// Lays the input out and judges everything in it; these tables decide.
    #[must_use]
    pub fn of(tables: &DecisionTables, input: &Input<'a>) -> Self {
        let scene = Scene::new(input);
        let things = Things::of(&scene);
        let opinions = forming::all(input.workers, input.index, scene.as_of, &things);
        let covered = covered(&things, &opinions);
        let mut settings: BTreeMap<AssetId, Vec<Finding>> = BTreeMap::new();
        for finding in settings::findings(&scene) {
            settings.entry(finding.asset).or_default().push(finding);
        }
        let deciding = Deciding::new(tables, &input.into());
        Self { scene, things, opinions, covered, settings, deciding }
    }

    /// How many distinct things were held against the index, and how often assets have one.
    #[must_use]
    pub fn extent(&self) -> (usize, usize) {
        (self.things.all.len(), self.things.held.len())
    }

    /// How many published weaknesses assets have or may have, without telling each: what a measurement needs.
    #[must_use]
    pub fn matches(&self) -> usize {
        let of = |at: usize| self.opinions.get(at).map_or(0, |opinion| opinion.matches.len());
        self.things.held.iter().map(|held| of(held.thing)).sum()
    }

    /// Everything that is to be said.
    #[must_use]
    pub fn triaged(&self, index: &Index<'_>) -> Triaged {
        let assets: BTreeSet<_> = self.scene.assets().map(|asset| asset.id).collect();
        let Judged { findings, unjudged, settled, .. } = self.judged(index, assets);
        let plan = self.plan(&findings);
        Triaged { findings, unjudged, settled, plan }
    }

    /// Judges again what a change of the index touches, and says all that there is to say of the assets that have it.
    /// `index` is the new one.
    pub fn rejudge(&mut self, index: &Index<'_>, changed: &Changed<'_>) -> Judged {
        let touched = touched::Touched::by(changed);
        let (mut again, mut shared) = (HashSet::new(), Shared::new());
        for (at, kept) in self.things.all.iter().enumerate() {
            let Some(known) = self.opinions.get_mut(at) else { continue };
            if touched.may_change(kept, self.things.system(kept), known) {
                let renewed = forming::one(&mut shared, index, self.scene.as_of, &self.things, kept);
                let decided_again = renewed.matches.iter().any(|found| touched.has_cve(found.cve));
                // What was looked at and not told, and still is not, changes nothing for anybody.
                if decided_again || renewed != *known {
                    again.insert(at);
                }
                *known = renewed;
            }
        }
        let mut assets: BTreeSet<_> = self
            .things
            .held
            .iter()
            .filter(|held| again.contains(&held.thing))
            .map(|held| held.asset.id)
            .collect();
        assets.extend(self.that_cover_changed());
        assets.extend(self.told_of(&touched));
        self.judged(index, assets)
    }

    /// The plan over these findings.
    pub(crate) fn plan(&self, findings: &[Finding]) -> Vec<wardround_model::PlanItem> {
        let assets: BTreeMap<_, _> = self.scene.assets().map(|asset| (asset.id, asset)).collect();
        plan::plan(findings, &assets)
    }

    fn judged(&self, index: &Index<'_>, assets: BTreeSet<AssetId>) -> Judged {
        let mut judged = Judged::default();
        for asset in assets.iter().filter_map(|id| self.scene.asset(*id)) {
            self.judge_asset(index, asset, &mut judged);
        }
        self.deciding.decide(&mut judged.findings);
        sort(&mut judged.findings, &mut judged.unjudged, &mut judged.settled);
        Judged { assets, ..judged }
    }

    /// Assets with packages of an ecosystem that the index now lists and did not before, or the other way round.
    fn that_cover_changed(&mut self) -> Vec<AssetId> {
        let covered = covered(&self.things, &self.opinions);
        let differ: BTreeSet<_> = covered.symmetric_difference(&self.covered).cloned().collect();
        self.covered = covered;
        if differ.is_empty() {
            return Vec::new();
        }
        let of = |at: usize| match self.things.all.get(at).map(|kept| &kept.thing) {
            Some(Thing::Package(package)) => differ.contains(&package.ecosystem),
            _ => false,
        };
        self.things.held.iter().filter(|held| of(held.thing)).map(|held| held.asset.id).collect()
    }
}

/// The order in which results are told, whatever order they come in.
pub(crate) fn sort(findings: &mut [Finding], unjudged: &mut [Unjudged], settled: &mut [Settled]) {
    findings.sort_by_cached_key(order::key);
    unjudged.sort_by(|one, two| {
        (one.asset, &one.reason.text, &one.about).cmp(&(two.asset, &two.reason.text, &two.about))
    });
    settled.sort_by_key(|one| (one.asset, one.cve));
}

/// Ecosystems of which the index lists any package that somebody has.
fn covered(things: &Things<'_>, opinions: &[Arc<Opinion>]) -> BTreeSet<String> {
    let listed = things.all.iter().zip(opinions).filter(|(_, opinion)| opinion.not_listed_in.is_none());
    listed
        .filter_map(|(kept, _)| match &kept.thing {
            Thing::Package(package) => Some(package.ecosystem.clone()),
            _ => None,
        })
        .collect()
}
