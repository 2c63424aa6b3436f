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
        let mut text = |text: &str| references.of(strings.id(text));
        let (mut products, mut names, mut blocks) = (Vec::new(), Vec::new(), Vec::new());
        for lifecycle in self.0.values() {
            for reference in [text(&lifecycle.product), text(&lifecycle.title), count(blocks.len())] {
                products.extend_from_slice(&reference.to_le_bytes());
            }
            products.extend_from_slice(&content(lifecycle).to_le_bytes());
            put_varint(&mut blocks, count(lifecycle.cycles.len()));
            lifecycle.cycles.iter().for_each(|cycle| write_cycle(cycle, &mut text, &mut blocks));
        }
        for (name, place) in self.names() {
            names.extend_from_slice(&text(&name).to_le_bytes());
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

fn content(lifecycle: &Lifecycle) -> u64 {
    let mut hash = ContentHash::default();
    hash.text(&lifecycle.title);
    for cycle in &lifecycle.cycles {
        hash.text(&cycle.name).text(&cycle.label).text(&cycle.latest);
        hash.number(cycle.released.map_or(0, |day| u64::from(day.number())));
        for until in [cycle.active, cycle.security, cycle.extended] {
            hash.number(u64::from(until.code()));
        }
    }
    hash.finish()
}
