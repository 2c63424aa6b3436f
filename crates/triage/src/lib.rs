//! Assets and intelligence to findings, decisions and the plan.
//!
//! In: who is there, what was seen of them, and an index of what is known. Out: [`Triaged`]. A finding always names what
//! it rests on; what could not be judged is said to be so. The same input gives the same output in whatever order it
//! comes. Not here: files, a clock, sockets; who is there (`identify`); what is known (`intel`).

mod devices;
#[cfg(test)]
mod hospital;
mod known;
mod order;
mod phrases;
mod plan;
mod products;
mod remedy;
mod scene;
mod settings;
mod ssvc;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use wardround_intel::Index;
use wardround_model::{
    Asset, AssetId, Conversation, Finding, FindingId, Observation, PlanItem, Statement, Subject, Timestamp,
    Unjudged,
};

pub use plan::explain;
pub use ssvc::{EPSS_LIKE_PUBLIC_POC, decide};

/// What triage looks at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Who is there.
    pub assets: &'a [Asset],
    /// What was seen.
    pub observations: &'a [Observation],
    /// Who talked to whom.
    pub conversations: &'a [Conversation],
    /// What people said of devices, oldest first.
    pub statements: &'a [Statement],
    /// What is known of vulnerabilities.
    pub index: &'a Index<'a>,
    /// The moment that expiry is judged at.
    pub as_of: Timestamp,
    /// Which asset a subject belongs to.
    pub owner_of: &'a dyn Fn(&Subject) -> Option<AssetId>,
}

/// What triage says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Triaged {
    /// What is weak, the most urgent first.
    pub findings: Vec<Finding>,
    /// What could not be judged, by asset.
    pub unjudged: Vec<Unjudged>,
    /// What to do now: at most ten things, the most urgent first.
    pub plan: Vec<PlanItem>,
}

/// Findings, what could not be judged, and the plan.
#[must_use]
pub fn triage(input: &Input<'_>) -> Triaged {
    let scene = scene::Scene::new(input);
    let (on_devices, mut unjudged) = devices::findings(&scene, input.index);
    let (on_products, open) = products::findings(&scene, input.index);
    unjudged.extend(open);
    unjudged.sort_by(|one, two| (one.asset, &one.reason.text).cmp(&(two.asset, &two.reason.text)));
    let findings = each_once(settings::findings(&scene).into_iter().chain(on_devices).chain(on_products));
    let assets: BTreeMap<_, _> = scene.assets().map(|asset| (asset.id, asset)).collect();
    let plan = plan::plan(&findings, &assets);
    Triaged { findings, unjudged, plan }
}

/// Each finding once, the surest of those with one id, in their order.
fn each_once(findings: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut once: BTreeMap<FindingId, Finding> = BTreeMap::new();
    for finding in findings {
        let known = once.entry(finding.id).or_insert_with(|| finding.clone());
        if finding.grade < known.grade {
            *known = finding;
        }
    }
    let mut findings: Vec<_> = once.into_values().collect();
    findings.sort_by_cached_key(order::key);
    findings
}
