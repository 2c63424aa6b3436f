//! All that there is to say of one asset: what its things have, what other scanners and its maker say, what people
//! answered.

use std::collections::{BTreeMap, BTreeSet};

use wardround_intel::Index;
use wardround_model::{Asset, Finding, FindingId, Grade, Ground, Reason, Unjudged, Weakness};

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
                own.add(index, &self.scene, held, kept, opinion, scope);
                self.not_listed(held, kept, opinion, &mut own);
            }
        }
        if scope.asks() {
            own.unjudged.extend(self.gaps(asset, &own));
            own.unjudged.extend(windows::of_ntlm(&self.scene, asset));
            let mut asked = BTreeSet::new();
            own.unjudged.retain(|open| asked.insert(open.about.clone()));
        }
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
    fn not_listed(&self, held: &Held<'_>, kept: &Kept<'_>, opinion: &Opinion, own: &mut Own) {
        let Thing::Package(package) = &kept.thing else { return };
        if opinion.not_listed_in.as_ref().is_some_and(|name| !self.covered.contains(name)) {
            let ground = held.proof.grounds().first().copied();
            own.not_listed.extend(ground.map(|ground| (package.shown(), ground)));
        }
    }

    fn gaps(&self, asset: &Asset, own: &Own) -> Vec<Unjudged> {
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
struct Own {
    findings: Vec<Finding>,
    unjudged: Vec<Unjudged>,
    not_listed: Vec<(String, Ground)>,
}

impl Own {
    fn add(
        &mut self,
        index: &Index<'_>,
        scene: &Scene<'_>,
        held: &Held<'_>,
        kept: &Kept<'_>,
        opinion: &Opinion,
        scope: &Scope,
    ) {
        let matches: Vec<_> = opinion.matches.iter().filter(|found| scope.has(found.cve)).collect();
        let open = if scope.asks() { opinion.open.as_slice() } else { &[] };
        if matches.is_empty() && opinion.weak.is_empty() && open.is_empty() {
            return;
        }
        let grounds = held.proof.grounds();
        let shown = Reason::new(shown(held, kept), grounds.iter().copied());
        for found in matches {
            let mut found = Match::clone(found);
            found.reasons.insert(0, shown.clone());
            self.findings.extend(known::finding(scene, index, held.asset, held.endpoint, found));
        }
        let grade = if held.endpoint.is_some() { Grade::Seen } else { Grade::Listed };
        for weak in &opinion.weak {
            self.findings.extend(of_weak(scene, held, weak, &shown, grade));
        }
        self.unjudged.extend(open.iter().map(|open| known::open(held.asset, open, grounds.iter().copied())));
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
                let (mut surest, other) = if finding.grade < known.grade {
                    (finding, known.clone())
                } else {
                    (known.clone(), finding)
                };
                for reason in other.reasons {
                    if surest.reasons.len() < MOST_REASONS && !surest.reasons.contains(&reason) {
                        surest.reasons.push(reason);
                    }
                }
                *known = surest;
            }
        }
    }
    once.into_values().collect()
}
