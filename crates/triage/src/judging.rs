//! Judging: things against the index, each distinct one once, and from that what every asset has.
//!
//! [`Judging`] keeps the input laid out and the opinions, so that when the index changes, only what the change touches is
//! judged again ([`Judging::rejudge`]), and the result equals judging everything anew.

mod again;
mod asset;
mod forming;
mod scope;
#[cfg(test)]
mod tests;
mod touched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wardround_intel::Index;
use wardround_model::{AssetId, Finding, Settled, Unjudged};

pub use self::scope::Scope;
use crate::opinion::Opinion;
use crate::scene::Scene;
use crate::ssvc::{Deciding, DecisionTables};
use crate::things::{Kept, Thing, Things};
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

/// What is said of some assets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    /// The assets, and how much of what there is to say of each is here.
    pub assets: BTreeMap<AssetId, Scope>,
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

    /// Each distinct thing with what the index says of it, in the order of the things.
    pub(crate) fn opinions(&self) -> impl Iterator<Item = (&Kept<'a>, &Opinion)> {
        self.things.all.iter().zip(self.opinions.iter().map(Arc::as_ref))
    }

    pub(crate) fn scene(&self) -> &Scene<'a> {
        &self.scene
    }

    /// Everything that is to be said.
    #[must_use]
    pub fn triaged(&self, index: &Index<'_>) -> Triaged {
        let assets = self.scene.assets().map(|asset| (asset.id, Scope::Everything)).collect();
        let Judged { findings, unjudged, settled, .. } = self.judged(index, assets);
        let plan = self.plan(&findings);
        Triaged { findings, unjudged, settled, plan }
    }

    /// The plan over these findings.
    pub(crate) fn plan(&self, findings: &[Finding]) -> Vec<wardround_model::PlanItem> {
        let assets: BTreeMap<_, _> = self.scene.assets().map(|asset| (asset.id, asset)).collect();
        plan::plan(findings, &assets)
    }

    fn judged(&self, index: &Index<'_>, assets: BTreeMap<AssetId, Scope>) -> Judged {
        let mut judged = Judged::default();
        for (id, scope) in &assets {
            if let Some(asset) = self.scene.asset(*id) {
                self.judge_asset(index, asset, scope, &mut judged);
            }
        }
        self.deciding.decide(&mut judged.findings);
        sort(&mut judged.findings, &mut judged.unjudged, &mut judged.settled);
        Judged { assets, ..judged }
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
