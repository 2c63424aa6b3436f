//! All that there is to say of one asset: what its things have, what other scanners and its maker say, what people
//! answered.

use std::collections::{BTreeMap, BTreeSet};

use wardround_intel::Index;
use wardround_model::{Asset, Endpoint, Finding, FindingId, Grade, Ground, Reason, Unjudged, Weakness};

use super::{Judged, Judging, Scope};
use crate::answers::{Answered, Answers};
use crate::known::{self, Match};
use crate::opinion::{Opinion, Weak};
use crate::scene::Scene;
use crate::things::{Gap, Held, Kept, Thing};
use crate::{devices, scanners, settings, windows};

/// The most reasons that a finding gives; those of the surest come first.
const MOST_REASONS: usize = 8;

impl Judging<'_> {
    /// Adds what there is to say of an asset, within the scope.
    pub(super) fn judge_asset(&self, index: &Index<'_>, asset: &Asset, scope: &Scope, judged: &mut Judged) {
        let mut own = Own::default();
        for held in self.things.held_by(asset.id) {
            if let (Some(kept), Some(opinion)) =
                (self.things.all.get(held.thing), self.opinions.get(held.thing))
            {
                own.add(&self.scene, held, kept, opinion, scope);
                self.not_listed(held, kept, opinion, &mut own);
            }
        }
        if scope.asks() {
            own.unjudged.extend(self.gaps(asset, &own));
            own.unjudged.extend(windows::of_ntlm(&self.scene, asset));
            let mut asked = BTreeSet::new();
            own.unjudged.retain(|open| asked.insert(open.about.clone()));
        }
        let vulnerabilities = own.vulnerabilities(index, &self.scene, asset);
        own.findings.extend(vulnerabilities);
        scanners::add(index, &self.scene, asset, &mut own.findings);
        own.findings.extend(self.settings.get(&asset.id).into_iter().flatten().cloned());
        own.findings.retain(|finding| scope.holds(finding));
        let findings = each_once(own.findings);
        let answered = match scope {
            Scope::Part { .. } => Answered { findings, unjudged: own.unjudged, settled: Vec::new() },
            Scope::Everything => {
                Answers::of(&self.scene, asset).apply(index, &self.scene, asset, findings, own.unjudged)
            }
        };
        judged.findings.extend(answered.findings);
        judged.unjudged.extend(answered.unjudged);
        judged.settled.extend(answered.settled);
    }

    /// A package of an ecosystem of which the index lists nothing that anybody has is no good news.
    fn not_listed(&self, held: &Held<'_>, kept: &Kept<'_>, opinion: &Opinion, own: &mut Own<'_>) {
        let Thing::Package(package) = &kept.thing else { return };
        if opinion.not_listed_in.as_ref().is_some_and(|name| !self.covered.contains(name)) {
            let ground = held.proof.grounds().first().copied();
            own.not_listed.extend(ground.map(|ground| (package.shown(), ground)));
        }
    }

    /// What an asset has that the index cannot be asked about.
    pub(crate) fn gaps_of(&self, asset: &Asset) -> Vec<Unjudged> {
        let mut own = Own::default();
        for held in self.things.held_by(asset.id) {
            if let (Some(kept), Some(opinion)) =
                (self.things.all.get(held.thing), self.opinions.get(held.thing))
            {
                self.not_listed(held, kept, opinion, &mut own);
            }
        }
        self.gaps(asset, &own)
    }

    fn gaps(&self, asset: &Asset, own: &Own<'_>) -> Vec<Unjudged> {
        let mut gaps = crate::things::Gaps::default();
        for (shown, ground) in &own.not_listed {
            gaps.add(Gap::NoListHere, shown.clone(), *ground);
        }
        let told = self.things.gaps.get(&asset.id).into_iter().chain([&gaps]);
        told.flat_map(|gaps| gaps.questions())
            .map(|(open, grounds)| known::open(asset, &open, grounds.iter().copied()))
            .collect()
    }
}

/// What is found on one asset, before answers.
#[derive(Default)]
struct Own<'b> {
    told: Vec<Told<'b>>,
    /// What shows the things, in their order.
    shown: Vec<Reason>,
    findings: Vec<Finding>,
    unjudged: Vec<Unjudged>,
    not_listed: Vec<(String, Ground)>,
}

/// A vulnerability of something that the asset has.
struct Told<'b> {
    found: &'b Match,
    endpoint: Option<Endpoint>,
    /// Which of the reasons that show a thing.
    shown: usize,
}

impl<'b> Own<'b> {
    fn add(
        &mut self,
        scene: &Scene<'_>,
        held: &Held<'_>,
        kept: &Kept<'_>,
        opinion: &'b Opinion,
        scope: &Scope,
    ) {
        let mut matches = opinion.matches.iter().filter(|found| scope.has(found.cve)).peekable();
        let open = if scope.asks() { opinion.open.as_slice() } else { &[] };
        if matches.peek().is_none() && opinion.weak.is_empty() && open.is_empty() {
            return;
        }
        let grounds = held.proof.grounds();
        let shown = Reason::new(shown(held, kept), grounds.iter().copied());
        let at = self.shown.len();
        // Without grounds nothing shows the thing.
        let matches = matches.filter(|_| !grounds.is_empty());
        self.told.extend(matches.map(|found| Told { found, endpoint: held.endpoint, shown: at }));
        let grade = if held.endpoint.is_some() { Grade::Seen } else { Grade::Listed };
        for weak in &opinion.weak {
            self.findings.extend(of_weak(scene, held, weak, &shown, grade));
        }
        self.shown.push(shown);
        self.unjudged.extend(open.iter().map(|open| known::open(held.asset, open, grounds.iter().copied())));
    }

    /// Each vulnerability once, however many things have it: the surest, with the reasons of all.
    fn vulnerabilities(&mut self, index: &Index<'_>, scene: &Scene<'_>, asset: &Asset) -> Vec<Finding> {
        self.told.sort_by_key(|told| told.found.cve);
        let groups = self.told.chunk_by(|one, two| one.found.cve == two.found.cve);
        groups
            .filter_map(|group| {
                let surest = group.iter().min_by_key(|told| told.found.grade)?;
                let others = group.iter().filter(|told| !std::ptr::eq(*told, surest));
                let mut reasons = self.reasons(surest);
                for other in others {
                    if reasons.len() >= MOST_REASONS {
                        break;
                    }
                    add_new(&mut reasons, self.reasons(other));
                }
                known::finding(scene, index, asset, surest.endpoint, surest.found, reasons)
            })
            .collect()
    }

    fn reasons(&self, told: &Told<'_>) -> Vec<Reason> {
        self.shown.get(told.shown).cloned().into_iter().chain(told.found.reasons()).collect()
    }
}

/// Adds reasons that are not there yet, up to the most that a finding gives.
fn add_new(reasons: &mut Vec<Reason>, others: Vec<Reason>) {
    for reason in others {
        if reasons.len() < MOST_REASONS && !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
}

fn of_weak(scene: &Scene<'_>, held: &Held<'_>, weak: &Weak, shown: &Reason, grade: Grade) -> Option<Finding> {
    let weakness = Weakness::Setting { setting: weak.setting, protocol: weak.protocol.clone() };
    let reasons = [shown.clone()].into_iter().chain(weak.reasons.iter().cloned()).collect();
    settings::weak(
        scene,
        held.asset,
        weakness,
        held.endpoint,
        weak.grade.unwrap_or(grade),
        &weak.title,
        reasons,
    )
}

/// What shows the thing, in a sentence.
fn shown(held: &Held<'_>, kept: &Kept<'_>) -> String {
    let name = match &kept.thing {
        Thing::Device(device) => return devices::shown(device),
        Thing::Product(product) => product.name(),
        Thing::Package(package) => format!("the package {}", package.shown()),
        Thing::System => return "Its operating system is told by a list or by itself".to_owned(),
        Thing::Kernel(version) => format!("the Linux kernel {version}"),
    };
    match (held.endpoint, &held.proof) {
        (Some(endpoint), _) => format!("{endpoint} shows {name}"),
        (None, crate::things::Proof::Grounds(_)) => format!("It shows {name}"),
        (None, crate::things::Proof::Fact(_)) => format!("A list of its software names {name}"),
    }
}

/// Each finding once: the surest of those with one id, with the reasons of all.
fn each_once(findings: Vec<Finding>) -> Vec<Finding> {
    let mut once: BTreeMap<FindingId, Finding> = BTreeMap::new();
    for finding in findings {
        match once.entry(finding.id) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(finding);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                let known = place.get_mut();
                let mut other = finding;
                if other.grade < known.grade {
                    std::mem::swap(known, &mut other);
                }
                add_new(&mut known.reasons, other.reasons);
            }
        }
    }
    once.into_values().collect()
}
