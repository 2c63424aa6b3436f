//! The plan: findings put together into things to do, the most urgent first.
//!
//! One thing to do is one remedy by one kind of person. What is equally urgent on several assets is one item; what is
//! less urgent elsewhere is another, so that nothing rides along with something urgent. Not here: hours and downtime.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{Asset, AssetId, Decision, Finding, PlanItem, Role, Round};

use crate::order;
use crate::phrases;
use crate::remedy::Remedy;

/// Assets named in a title; the rest is told as a number.
const NAMED_ASSETS: usize = 3;

/// A finding and the asset that it is on.
type Placed<'a> = (&'a Finding, &'a Asset);

/// Findings with one remedy, and the assets that they are on.
struct Task<'a> {
    remedy: Remedy,
    role: Role,
    findings: Vec<Placed<'a>>,
}

/// At most [`Round::PLAN_LENGTH`] things to do. `findings` are in their order; those of unknown assets are left out.
pub(crate) fn plan(findings: &[Finding], assets: &BTreeMap<AssetId, &Asset>) -> Vec<PlanItem> {
    let placed = findings.iter().filter_map(|finding| Some((finding, *assets.get(&finding.asset)?)));
    let mut tasks = tasks(placed);
    tasks.sort_by_cached_key(Task::key);
    tasks.iter().take(Round::PLAN_LENGTH).filter_map(Task::item).collect()
}

/// What to do about one finding alone, in the words of the plan.
#[must_use]
pub fn explain(finding: &Finding, asset: &Asset) -> Option<PlanItem> {
    tasks(std::iter::once((finding, asset))).first().and_then(Task::item)
}

fn tasks<'a>(findings: impl Iterator<Item = Placed<'a>>) -> Vec<Task<'a>> {
    let mut on_one_asset: BTreeMap<(Remedy, AssetId), Vec<Placed<'_>>> = BTreeMap::new();
    for (finding, asset) in findings {
        on_one_asset.entry((Remedy::of(finding, asset), asset.id)).or_default().push((finding, asset));
    }
    let mut tasks: BTreeMap<(Remedy, Role, Option<Decision>), Vec<Placed<'_>>> = BTreeMap::new();
    for ((remedy, _), findings) in on_one_asset {
        let decision = findings.iter().map(|(finding, _)| finding.judgement.decision).max();
        let role = findings.first().map_or(Role::Unknown, |(_, asset)| Role::of(asset.class.value));
        tasks.entry((remedy, role, decision)).or_default().extend(findings);
    }
    tasks.into_iter().map(|((remedy, role, _), findings)| Task::new(remedy, role, findings)).collect()
}

impl<'a> Task<'a> {
    fn new(remedy: Remedy, role: Role, mut findings: Vec<Placed<'a>>) -> Self {
        findings.sort_by_cached_key(|(finding, _)| order::key(finding));
        Self { remedy, role, findings }
    }

    fn key(&self) -> impl Ord + use<> {
        let first = self.findings.first().map(|(finding, _)| *finding);
        (first.map(order::urgency), Reverse(self.assets().len()), first.map(order::key))
    }

    fn assets(&self) -> BTreeSet<AssetId> {
        self.findings.iter().map(|(_, asset)| asset.id).collect()
    }

    fn item(&self) -> Option<PlanItem> {
        let (first, _) = self.findings.first()?;
        let findings: Vec<_> = self.findings.iter().map(|(finding, _)| *finding).collect();
        let decision = first.judgement.decision;
        Some(PlanItem {
            title: phrases::title(&self.remedy, self.role, &self.asset_titles()?),
            what: phrases::what(&findings),
            why: self.why(),
            how_sure: how_sure(&findings)?,
            next_step: phrases::step(&self.remedy, self.role, decision),
            decision,
            findings: findings.iter().map(|finding| finding.id).collect(),
            assets: self.assets().into_iter().collect(),
        })
    }

    /// Why it matters, for each class of device; the class is named where there are several.
    fn why(&self) -> String {
        let mut met = BTreeSet::new();
        let each = self.findings.iter().filter(|(_, asset)| met.insert(asset.class.value));
        let whys: Vec<_> = each
            .map(|(finding, asset)| (asset.class.value, phrases::why(finding, asset.class.value)))
            .collect();
        match whys.as_slice() {
            [(_, why)] => why.clone(),
            several => {
                let told = several.iter().map(|(class, why)| format!("For the {}: {why}", class.label()));
                told.collect::<Vec<_>>().join(" ")
            }
        }
    }

    /// Titles of the assets, the most urgent first.
    fn asset_titles(&self) -> Option<String> {
        let mut met = BTreeSet::new();
        let each = self.findings.iter().filter(|(_, asset)| met.insert(asset.id));
        let mut titles: Vec<_> = each.map(|(_, asset)| asset.title()).collect();
        if titles.len() > NAMED_ASSETS + 1 {
            let more = titles.len() - NAMED_ASSETS;
            titles.truncate(NAMED_ASSETS);
            titles.push(format!("{more} more"));
        }
        phrases::list(titles.into_iter())
    }
}

/// How sure the surest finding is, why, and the codes of all.
fn how_sure(findings: &[&Finding]) -> Option<String> {
    let surest = findings.iter().min_by_key(|finding| finding.grade)?;
    let reason = surest.reasons.first().map_or("", |reason| reason.text.as_str());
    let codes = phrases::codes(findings.iter().map(|finding| &finding.weakness));
    Some(format!("{}. {reason}. Codes: {codes}.", phrases::how_sure(surest)))
}
