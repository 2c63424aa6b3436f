//! What goes into an index, chosen and brought into its final order.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::CveId;

use super::advisories::AdvisoriesPart;
use super::criteria::CriterionDraft;
use super::cves::CveDraft;
use super::packages::PackagesPart;
use super::products::{Choices, ProductKey, RecordId};
use super::recalls::RecallsPart;
use super::write::count;
use super::{IndexBuilder, Profile};
use crate::index::LeftOut;

/// Everything in its final order.
pub(super) struct Plan {
    pub(super) cves: Vec<(CveId, CveDraft)>,
    pub(super) cve_at: BTreeMap<CveId, u32>,
    /// Rows by product, then CVE, then platform: which criteria (ranks).
    pub(super) rows: BTreeMap<u32, BTreeMap<(u32, u32), BTreeSet<u32>>>,
    pub(super) platforms: Vec<Choices>,
    /// Products and criteria in the order of their ranks.
    pub(super) products: Vec<ProductKey>,
    pub(super) criteria: Vec<CriterionDraft>,
    pub(super) vectors: BTreeMap<String, u16>,
    pub(super) cwe_sets: BTreeMap<String, u16>,
    pub(super) advisories: AdvisoriesPart,
    pub(super) packages: PackagesPart,
    pub(super) recalls: RecallsPart,
    pub(super) left_out: LeftOut,
}

pub(super) fn plan(builder: &mut IndexBuilder) -> Plan {
    for cve in builder.advisories.cves().chain(builder.packages.cves()) {
        builder.cves.entry(cve);
    }
    let (cves, left_out) = choose_cves(builder);
    let cve_at: BTreeMap<CveId, u32> = cves.iter().map(|&(id, _)| id).zip(0..).collect();
    let advisories = builder.advisories.prepare(&mut builder.products.strings);
    let packages = builder.packages.prepare();
    let recalls = builder.recalls.prepare();
    let products = builder.products.ranks();
    let criteria = builder.products.criteria.ranks(&builder.products.strings);
    let (platforms, platform_places) = builder.products.ranked_platforms(&products, &criteria);
    let records: BTreeMap<RecordId, u32> =
        cves.iter().zip(0..).filter_map(|((_, draft), at)| Some((draft.rows()?, at))).collect();
    let mut rows: BTreeMap<u32, BTreeMap<(u32, u32), BTreeSet<u32>>> = BTreeMap::new();
    for row in &builder.products.rows {
        let Some(&cve) = records.get(&row.record) else { continue };
        let platform = row.platform.checked_sub(1).map_or(0, |at| get(&platform_places, at) + 1);
        let of_product = rows.entry(get(&products, row.product)).or_default();
        of_product.entry((cve, platform)).or_default().insert(get(&criteria, row.criterion));
    }
    Plan {
        vectors: number(cves.iter().filter_map(|(_, draft)| Some(draft.cvss()?.vector.clone()))),
        cwe_sets: number(cves.iter().map(|(_, draft)| draft.cwes()).filter(|set| !set.is_empty())),
        cves,
        cve_at,
        rows,
        platforms,
        products: in_order(&products, |at| builder.products.keys.get(at).copied()),
        criteria: in_order(&criteria, |at| Some(builder.products.criteria.get(count(at)))),
        advisories,
        packages,
        recalls,
        left_out,
    }
}

/// Sorted by id; withdrawn ones and those that the profile does not want are counted.
fn choose_cves(builder: &IndexBuilder) -> (Vec<(CveId, CveDraft)>, LeftOut) {
    let in_advisories: BTreeSet<CveId> = builder.advisories.cves().chain(builder.packages.cves()).collect();
    let mut left_out = LeftOut { withdrawn: builder.packages.withdrawn(), ..LeftOut::default() };
    let mut cves = Vec::new();
    for (id, draft) in builder.cves.iter() {
        let wanted = draft.rows().is_some() || draft.is_exploited() || in_advisories.contains(&id);
        if draft.is_withdrawn() {
            left_out.withdrawn += 1;
        } else if wanted || builder.profile == Profile::Full {
            cves.push((id, draft.clone()));
        } else {
            left_out.cves += 1;
        }
    }
    (cves, left_out)
}

/// Numbers texts from 1, in their order; those that have no room have no number.
fn number(texts: impl Iterator<Item = String>) -> BTreeMap<String, u16> {
    let sorted: BTreeSet<String> = texts.collect();
    sorted.into_iter().zip(1..u16::MAX).collect()
}

/// Things in the order of their ranks.
fn in_order<T>(ranks: &[u32], thing: impl Fn(usize) -> Option<T>) -> Vec<T> {
    let mut order: Vec<(u32, usize)> = ranks.iter().copied().zip(0..).collect();
    order.sort_unstable();
    order.into_iter().filter_map(|(_, at)| thing(at)).collect()
}

pub(super) fn get(ranks: &[u32], id: u32) -> u32 {
    usize::try_from(id).ok().and_then(|at| ranks.get(at)).copied().unwrap_or_default()
}
