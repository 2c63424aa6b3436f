//! Dates of support: the newest version of each product.

use std::collections::BTreeMap;

use super::content::ContentHash;
use super::strings::{References, Strings};
use super::write::count;
use crate::day::Day;
use crate::feed::end_of_life::{Cycle, Lifecycle};
use crate::index::layout::put_varint;

/// All products by key.
#[derive(Debug, Default)]
pub(super) struct Lifecycles(BTreeMap<String, Lifecycle>);

impl Lifecycles {
    pub(super) fn add(&mut self, lifecycle: Lifecycle) {
        let version = |one: &Lifecycle| (one.newest, one.fingerprint);
        let known = self.0.get(&lifecycle.product);
        if known.is_none_or(|known| version(known) < version(&lifecycle)) {
            self.0.insert(lifecycle.product.clone(), lifecycle);
        }
    }

    /// Products, their names, and their cycles.
    pub(super) fn write(&self, strings: &mut Strings, references: &mut References) -> [Vec<u8>; 3] {
        let (mut products, mut names, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        let named = self.names();
        for (place, lifecycle) in (0..).zip(self.0.values()) {
            for text in [&lifecycle.product, &lifecycle.title] {
                products.extend_from_slice(&references.wide(strings.id(text)));
            }
            products.extend_from_slice(&count(blocks.len()).to_le_bytes());
            let names = named.iter().filter(|&(_, &at)| at == place).map(|(name, _)| name.as_str());
            products.extend_from_slice(&content(lifecycle, names).to_le_bytes());
            put_varint(&mut blocks, count(lifecycle.cycles.len()));
            let mut text = |text: &str| references.of(strings.id(text));
            lifecycle.cycles.iter().for_each(|cycle| write_cycle(cycle, &mut text, &mut blocks));
        }
        for (name, place) in &named {
            names.extend_from_slice(&references.wide(strings.id(name)));
            names.extend_from_slice(&place.to_le_bytes());
        }
        [products, names, blocks]
    }

    /// Every name in lower case, and which product it is of: its key before other names, then the first product.
    fn names(&self) -> BTreeMap<String, u32> {
        let mut names = BTreeMap::new();
        for (place, product) in (0..).zip(self.0.keys()) {
            names.entry(product.to_lowercase()).or_insert(place);
        }
        for (place, lifecycle) in (0..).zip(self.0.values()) {
            for name in std::iter::once(&lifecycle.title).chain(&lifecycle.names) {
                names.entry(name.to_lowercase()).or_insert(place);
            }
        }
        names
    }
}

fn write_cycle(cycle: &Cycle, text: &mut impl FnMut(&str) -> u32, out: &mut Vec<u8>) {
    for reference in [text(&cycle.name), text(&cycle.label), text(&cycle.latest)] {
        put_varint(out, reference);
    }
    put_varint(out, cycle.released.map_or(0, |day: Day| u32::from(day.number())));
    for until in [cycle.active, cycle.security, cycle.extended] {
        put_varint(out, until.code());
    }
}

/// What it says, and the names that lead to it.
fn content<'l>(lifecycle: &'l Lifecycle, names: impl Iterator<Item = &'l str>) -> u64 {
    let mut hash = ContentHash::default();
    hash.text(&lifecycle.title).length(lifecycle.cycles.len());
    for cycle in &lifecycle.cycles {
        hash.text(&cycle.name).text(&cycle.label).text(&cycle.latest);
        hash.number(cycle.released.map_or(0, |day| u64::from(day.number())));
        for until in [cycle.active, cycle.security, cycle.extended] {
            hash.number(u64::from(until.code()));
        }
    }
    names.for_each(|name| {
        hash.text(name);
    });
    hash.finish()
}
