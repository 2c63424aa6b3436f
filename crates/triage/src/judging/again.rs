//! Judging again: what a change of the index touches, and nothing else.
//!
//! A thing is held against the new index where what is stated of it changed; where only facts about some CVEs did, these
//! alone are looked at. Of an asset only the findings whose opinion or decision may be other are told again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use wardround_intel::Index;
use wardround_intel::index::Changed;
use wardround_model::{AssetId, CveId, FactKind, Says};

use super::forming::Shared;
use super::touched::Touched;
use super::{Judged, Judging, Scope, covered, forming};
use crate::answers::Answers;
use crate::known::Match;
use crate::opinion::Opinion;
use crate::products;
use crate::things::{Kept, Thing};

/// Opinions that were renewed, by the place in memory of the old one, which is kept so that the place stays its own.
type Renewed = HashMap<usize, (Arc<Opinion>, Arc<Opinion>, Option<Scope>)>;

impl Judging<'_> {
    /// Judges again what a change of the index touches, and says anew what of it may be other now. `index` is the new one.
    pub fn rejudge(&mut self, index: &Index<'_>, changed: &Changed<'_>) -> Judged {
        let touched = Touched::by(changed);
        let scopes = self.renew(index, &touched);
        let mut assets: BTreeMap<AssetId, Scope> = BTreeMap::new();
        for held in &self.things.held {
            if let Some(Some(scope)) = scopes.get(held.thing) {
                assets.entry(held.asset.id).or_insert_with(Scope::nothing).widen(scope);
            }
        }
        if touched.has_packages() {
            assets.extend(self.that_cover_changed().into_iter().map(|asset| (asset, Scope::Everything)));
        }
        for (asset, cve) in self.told_of(&touched) {
            assets.entry(asset).or_insert_with(Scope::nothing).add(cve);
        }
        for (id, scope) in &mut assets {
            // What an answer settles depends on everything that is said of the asset.
            if self.scene.asset(*id).is_some_and(|asset| !Answers::of(&self.scene, asset).is_empty()) {
                *scope = Scope::Everything;
            }
        }
        self.judged(index, assets)
    }

    /// Renews the opinions, and says for each thing what of it may be other now.
    fn renew(&mut self, index: &Index<'_>, touched: &Touched<'_>) -> Vec<Option<Scope>> {
        let (mut shared, mut renewed) = (Shared::new(), Renewed::new());
        let mut scopes = vec![None; self.things.all.len()];
        for ((kept, known), scope) in self.things.all.iter().zip(&mut self.opinions).zip(&mut scopes) {
            let old = Arc::clone(known);
            if touched.names(kept, self.things.system(kept)) {
                *known = forming::one(&mut shared, index, self.scene.as_of, &self.things, kept);
                *scope = difference(&old, known, touched);
                continue;
            }
            let place = Arc::as_ptr(&old).addr();
            let (_, new, of_thing) = renewed.entry(place).or_insert_with(|| {
                let cves = touched.among(&old);
                let (new, scope) = match &kept.thing {
                    _ if cves.is_empty() => (Arc::clone(&old), None),
                    Thing::Product(product) => {
                        let system = self.things.system(kept);
                        let new = products::again(index, product, system, &old, &cves);
                        let scope = difference_in(&old, &new, &cves);
                        (Arc::new(new), scope)
                    }
                    _ => {
                        let new = forming::one(&mut shared, index, self.scene.as_of, &self.things, kept);
                        let scope = difference(&old, &new, touched);
                        (new, scope)
                    }
                };
                (Arc::clone(&old), new, scope)
            });
            *known = Arc::clone(new);
            scope.clone_from(of_thing);
        }
        scopes
    }

    /// Assets with packages of an ecosystem that the index now lists and did not before, or the other way round.
    fn that_cover_changed(&mut self) -> Vec<AssetId> {
        let covered = covered(&self.things, &self.opinions);
        let differ: BTreeSet<_> = covered.symmetric_difference(&self.covered).cloned().collect();
        self.covered = covered;
        if differ.is_empty() {
            return Vec::new();
        }
        let is_of = |kept: &Kept<'_>| match &kept.thing {
            Thing::Package(package) => differ.contains(&package.ecosystem),
            _ => false,
        };
        let held = self.things.held.iter();
        held.filter(|held| self.things.all.get(held.thing).is_some_and(is_of))
            .map(|held| held.asset.id)
            .collect()
    }

    /// Assets of which a scanner, a maker or a person says something about a vulnerability that changed.
    fn told_of(&self, touched: &Touched<'_>) -> Vec<(AssetId, CveId)> {
        let kinds = [FactKind::ScannerReport, FactKind::MakerVex, FactKind::MakerVexVersion];
        let told = kinds.into_iter().flat_map(|kind| self.scene.facts(kind));
        let of_facts = told.filter_map(|seen| {
            let cve = seen.value().split(',').next()?.parse().ok()?;
            Some((seen.asset.id, cve))
        });
        let of_people = self.scene.statements().filter_map(|one| match one.says {
            Says::Vex { cve, .. } => Some((one.asset, cve)),
            _ => None,
        });
        of_facts.chain(of_people).filter(|(_, cve)| touched.has_cve(*cve)).collect()
    }
}

/// What may be other now on the assets that have a thing with this opinion; `None` where nothing is.
fn difference(old: &Opinion, new: &Opinion, touched: &Touched<'_>) -> Option<Scope> {
    if old.weak != new.weak || old.not_listed_in != new.not_listed_in {
        return Some(Scope::Everything);
    }
    let questions = old.open != new.open;
    let (before, after) = (by_cve(old), by_cve(new));
    let is_other = |cve: &CveId| touched.has_cve(*cve) || before.get(cve) != after.get(cve);
    let cves: BTreeSet<_> = before.keys().chain(after.keys()).copied().filter(is_other).collect();
    (questions || !cves.is_empty()).then_some(Scope::Part { cves, questions })
}

/// The same where facts about these CVEs changed and nothing else: each that was told or is told is decided again.
fn difference_in(old: &Opinion, new: &Opinion, cves: &[CveId]) -> Option<Scope> {
    let questions = old.open != new.open;
    let told = old.matches.iter().chain(&new.matches).map(|found| found.cve);
    let cves: BTreeSet<_> = told.filter(|cve| cves.binary_search(cve).is_ok()).collect();
    (questions || !cves.is_empty()).then_some(Scope::Part { cves, questions })
}

fn by_cve(opinion: &Opinion) -> BTreeMap<CveId, Vec<&Match>> {
    let mut matches: BTreeMap<CveId, Vec<&Match>> = BTreeMap::new();
    for found in &opinion.matches {
        matches.entry(found.cve).or_default().push(found);
    }
    matches
}
