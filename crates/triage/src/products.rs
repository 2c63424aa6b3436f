//! Software that an asset showed against the published ranges of versions.
//!
//! Blamed is a version that a range holds. Not blamed, but said to be open: builds of a distribution (which mends flaws
//! without a new upstream version), the Linux kernel (device makers do the same), hidden versions, records without a
//! version, and versions of Windows, whose updates do not show. Each distinct product is judged once.

mod opinion;
#[cfg(test)]
mod snapshot_tests;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;

use wardround_intel::Index;
use wardround_intel::names::{self, Distribution, SeenProduct};
use wardround_model::{Asset, Endpoint, FactKind, Finding, Ground, Reason, Unjudged};

use self::opinion::Opinion;
use crate::known;
use crate::phrases;
use crate::scene::Scene;

/// What makes two seen products one.
type Key = (String, Option<String>, Option<Distribution>, bool);

/// One product of one asset, with everything that shows it.
struct Shown {
    product: SeenProduct,
    endpoint: Option<Endpoint>,
    grounds: Vec<Ground>,
}

/// Findings on software, and what could not be judged.
pub(crate) fn findings(scene: &Scene<'_>, index: &Index<'_>) -> (Vec<Finding>, Vec<Unjudged>) {
    let mut opinions: BTreeMap<Key, Opinion> = BTreeMap::new();
    let (mut findings, mut unjudged) = (Vec::new(), windows(scene));
    for asset in scene.assets() {
        let (listed, unlisted): (Vec<_>, Vec<_>) =
            shown_by(asset).into_iter().partition(|(_, shown)| !shown.product.cpe_names().is_empty());
        unjudged.extend(not_in_any_list(asset, &unlisted));
        for (key, shown) in listed {
            let opinion = opinions.entry(key).or_insert_with(|| opinion::of(index, &shown.product));
            let seen = Reason::new(seen(&shown), shown.grounds.iter().copied());
            for found in &opinion.matches {
                let mut found = found.clone();
                found.reasons.insert(0, seen.clone());
                findings.extend(known::finding(scene, index, asset, shown.endpoint, found));
            }
            let open =
                opinion.open.iter().map(|text| Reason::new(text.clone(), shown.grounds.iter().copied()));
            unjudged.extend(open.map(|reason| known::open(asset, reason)));
        }
    }
    (findings, unjudged)
}

/// Every product that an asset showed, each once.
fn shown_by(asset: &Asset) -> BTreeMap<Key, Shown> {
    let mut products: BTreeMap<Key, Shown> = BTreeMap::new();
    for text in &asset.products {
        let ground = Ground::Observation(text.observation);
        for product in names::products_in(&text.text) {
            let shown = products.entry(key(&product)).or_insert_with(|| Shown {
                product,
                endpoint: text.endpoint,
                grounds: Vec::new(),
            });
            shown.endpoint = [shown.endpoint, text.endpoint].into_iter().flatten().min();
            shown.grounds.push(ground);
        }
    }
    for shown in products.values_mut() {
        shown.grounds.sort_unstable();
        shown.grounds.dedup();
    }
    products
}

fn key(product: &SeenProduct) -> Key {
    let version = product.version.as_ref().map(ToString::to_string);
    (product.name.to_ascii_lowercase().into(), version, product.distribution, product.distribution_build)
}

fn seen(shown: &Shown) -> String {
    let name = opinion::name(&shown.product);
    match shown.endpoint {
        Some(endpoint) => format!("{endpoint} shows {name}"),
        None => format!("It shows {name}"),
    }
}

/// Products with a version and without a name in the lists: one sentence for all of an asset's.
fn not_in_any_list(asset: &Asset, unlisted: &[(Key, Shown)]) -> Option<Unjudged> {
    let told: Vec<_> =
        unlisted.iter().map(|(_, shown)| shown).filter(|one| one.product.version.is_some()).collect();
    let names = phrases::list(told.iter().map(|shown| opinion::name(&shown.product)))?;
    let text = format!(
        "It shows {names}. We know of no name for that in the lists of published weaknesses, so it could not be \
         checked. Its maker can say whether weaknesses are known"
    );
    let grounds = told.iter().flat_map(|shown| shown.grounds.iter().copied());
    Some(known::open(asset, Reason::new(text, grounds)))
}

/// Versions of Windows are told in the NTLM challenge ([MS-NLMP] 2.2.2.10), the updates on it are not.
fn windows(scene: &Scene<'_>) -> Vec<Unjudged> {
    let open = |seen: &crate::scene::Seen<'_>| {
        let text = format!(
            "It gives its Windows version as {} (Samba servers give one too). Installed updates do not show on the \
             network, so its known weaknesses could not be checked. A list of installed updates would settle it",
            seen.value()
        );
        known::open(seen.asset, Reason::new(text, [seen.ground()]))
    };
    scene.facts(FactKind::NtlmOsVersion).iter().map(open).collect()
}
