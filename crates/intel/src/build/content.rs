//! Hashes of contents that do not depend on where texts lie in a pool or how things are numbered, so that two indexes can
//! be compared.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::CveId;

use super::criteria::CriterionDraft;
use super::plan::Plan;
use super::products::Choices;
use super::strings::Strings;
use crate::index::layout::cve_key;

/// Takes in texts and numbers, each told apart from its neighbours.
#[derive(Default)]
pub(super) struct ContentHash(Box<blake3::Hasher>);

impl ContentHash {
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.length(text.len());
        self.0.update(text.as_bytes());
        self
    }

    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// How many things follow.
    pub(super) fn length(&mut self, length: usize) -> &mut Self {
        self.number(u64::try_from(length).unwrap_or(u64::MAX))
    }

    pub(super) fn cves(&mut self, cves: &[CveId]) -> &mut Self {
        self.length(cves.len());
        for &cve in cves {
            self.number(u64::from(cve_key(cve).unwrap_or(u32::MAX)));
        }
        self
    }

    pub(super) fn criteria(&mut self, criteria: &[CriterionDraft], strings: &Strings) -> &mut Self {
        self.length(criteria.len());
        criteria.iter().for_each(|criterion| criterion.hash_into(self, strings));
        self
    }

    /// The first 64 bits of BLAKE3.
    pub(super) fn finish(&self) -> u64 {
        self.0.finalize().as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}

/// What is said of each product: which CVEs which of its versions have, and what must be there too.
pub(super) fn of_products(plan: &Plan, strings: &Strings) -> Vec<u64> {
    let criteria: Vec<u64> = plan
        .criteria
        .iter()
        .map(|&criterion| ContentHash::default().criteria(&[criterion], strings).finish())
        .collect();
    let platforms: Vec<u64> =
        plan.platforms.iter().map(|choices| of_platform(choices, plan, &criteria, strings)).collect();
    let none = BTreeMap::new();
    let products = (0..).zip(&plan.products);
    let rows = products.map(|(at, _)| plan.rows.get(&at).unwrap_or(&none));
    rows.map(|rows| of_rows(rows, plan, &criteria, &platforms)).collect()
}

fn of_platform(choices: &Choices, plan: &Plan, criteria: &[u64], strings: &Strings) -> u64 {
    let mut hash = ContentHash::default();
    for choice in choices {
        hash.length(choice.len());
        for &(product, criterion) in choice {
            if let Some(&(part, vendor, name)) = at(&plan.products, product) {
                hash.number(u64::from(u32::from(part.letter())));
                hash.text(strings.text(vendor)).text(strings.text(name));
            }
            hash.number(at(criteria, criterion).copied().unwrap_or_default());
        }
    }
    hash.finish()
}

fn of_rows(
    rows: &BTreeMap<(u32, u32), BTreeSet<u32>>,
    plan: &Plan,
    criteria: &[u64],
    platforms: &[u64],
) -> u64 {
    let mut hash = ContentHash::default();
    for (&(cve, platform), ranks) in rows {
        let platform = platform.checked_sub(1).and_then(|place| at(platforms, place));
        hash.cves(&at(&plan.cves, cve).map(|&(id, _)| id).into_iter().collect::<Vec<_>>());
        hash.number(platform.copied().unwrap_or_default()).length(ranks.len());
        for &rank in ranks {
            hash.number(at(criteria, rank).copied().unwrap_or_default());
        }
    }
    hash.finish()
}

fn at<T>(things: &[T], place: u32) -> Option<&T> {
    usize::try_from(place).ok().and_then(|place| things.get(place))
}
