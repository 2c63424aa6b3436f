//! Products, and the rows that say which CVE which of their versions have.

use std::collections::{BTreeMap, HashMap};

use super::criteria::{Criteria, CriterionDraft};
use super::strings::{StrId, Strings};
use crate::cpe::{Cpe, Part};
use crate::feed::nvd::{Configuration, CpeMatch, Node};

/// The rows of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordId(u32);

/// A product by part, vendor and name.
pub(super) type ProductKey = (Part, StrId, StrId);

/// Choices of a platform: products with their criteria.
pub(super) type Choices = Vec<Vec<(u32, u32)>>;

/// One row, in the ids of this builder.
#[derive(Clone, Copy, Debug)]
pub(super) struct RowDraft {
    pub(super) record: RecordId,
    pub(super) product: u32,
    pub(super) criterion: u32,
    /// 0: none; else one more than its place.
    pub(super) platform: u32,
}

/// All that configurations say.
#[derive(Debug, Default)]
pub(super) struct Products {
    pub(super) strings: Strings,
    pub(super) criteria: Criteria,
    pub(super) keys: Vec<ProductKey>,
    ids: HashMap<ProductKey, u32>,
    pub(super) platforms: Vec<Choices>,
    platform_ids: HashMap<Choices, u32>,
    pub(super) rows: Vec<RowDraft>,
    records: u32,
}

impl Products {
    /// Adds a record's configurations; counts names without vendor or product. `None` when there is no row.
    pub(super) fn add(&mut self, configurations: &[Configuration], unnamed: &mut u64) -> Option<RecordId> {
        let record = RecordId(self.records);
        self.records += 1;
        let before = self.rows.len();
        for configuration in configurations {
            self.add_configuration(record, configuration, unnamed);
        }
        (self.rows.len() > before).then_some(record)
    }

    fn add_configuration(&mut self, record: RecordId, configuration: &Configuration, unnamed: &mut u64) {
        let nodes: Vec<_> = configuration.nodes.iter().map(|node| self.name_all(node, unnamed)).collect();
        for (at, (node, named)) in configuration.nodes.iter().zip(&nodes).enumerate() {
            let others = nodes.iter().enumerate().filter(|&(other, _)| configuration.all && other != at);
            let others: Choices =
                others.map(|(_, named)| products_of(named)).filter(|all| !all.is_empty()).collect();
            for (place, &(vulnerable, product, criterion)) in named.iter().enumerate() {
                if vulnerable {
                    let mut choices = others.clone();
                    if node.all {
                        choices.extend(all_but(named, place));
                    }
                    let platform = self.platform(choices);
                    self.rows.push(RowDraft { record, product, criterion, platform });
                }
            }
        }
    }

    /// The products of a node: vulnerable, product, criterion.
    fn name_all(&mut self, node: &Node, unnamed: &mut u64) -> Vec<(bool, u32, u32)> {
        let mut named = Vec::with_capacity(node.matches.len());
        for one in &node.matches {
            match self.product(&one.name) {
                Some(product) => named.push((one.vulnerable, product, self.criterion(one))),
                None => *unnamed += 1,
            }
        }
        named
    }

    fn product(&mut self, name: &Cpe) -> Option<u32> {
        let (vendor, product) = (name.vendor.literal()?, name.product.literal()?);
        let key = (name.part?, self.strings.id(vendor), self.strings.id(product));
        let next = u32::try_from(self.keys.len()).ok()?;
        let keys = &mut self.keys;
        Some(*self.ids.entry(key).or_insert_with(|| {
            keys.push(key);
            next
        }))
    }

    fn criterion(&mut self, one: &CpeMatch) -> u32 {
        let draft = CriterionDraft::of_match(one, &mut self.strings);
        self.criteria.id(draft)
    }

    fn platform(&mut self, choices: Choices) -> u32 {
        if choices.is_empty() {
            return 0;
        }
        let platforms = &mut self.platforms;
        *self.platform_ids.entry(choices).or_insert_with_key(|choices| {
            platforms.push(choices.clone());
            u32::try_from(platforms.len()).unwrap_or(0)
        })
    }

    /// The place of each product by vendor, name and part.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let text = |id| self.strings.text(id);
        super::ranks(self.keys.len(), |one, two| {
            let key =
                |at: usize| self.keys.get(at).map(|&(part, vendor, name)| (text(vendor), text(name), part));
            key(one).cmp(&key(two))
        })
    }

    /// The platforms in ranks of products and criteria, in an order that does not depend on the order of reading, and
    /// for each platform its place in that order.
    pub(super) fn ranked_platforms(&self, products: &[u32], criteria: &[u32]) -> (Vec<Choices>, Vec<u32>) {
        let ranked: Vec<Choices> =
            self.platforms.iter().map(|choices| rank(choices, products, criteria)).collect();
        let places: BTreeMap<&Choices, u32> = {
            let mut sorted: Vec<&Choices> = ranked.iter().collect();
            sorted.sort_unstable();
            sorted.dedup();
            sorted.into_iter().zip(0..).collect()
        };
        let of_each = ranked.iter().map(|choices| places.get(choices).copied().unwrap_or_default()).collect();
        (places.into_keys().cloned().collect(), of_each)
    }
}

fn rank(choices: &Choices, products: &[u32], criteria: &[u32]) -> Choices {
    let at = |ranks: &[u32], id: u32| {
        usize::try_from(id).ok().and_then(|id| ranks.get(id)).copied().unwrap_or_default()
    };
    let mut ranked: Choices = choices
        .iter()
        .map(|choice| {
            let mut choice: Vec<_> =
                choice.iter().map(|&(p, c)| (at(products, p), at(criteria, c))).collect();
            choice.sort_unstable();
            choice.dedup();
            choice
        })
        .collect();
    ranked.sort();
    ranked
}

fn products_of(named: &[(bool, u32, u32)]) -> Vec<(u32, u32)> {
    named.iter().map(|&(_, product, criterion)| (product, criterion)).collect()
}

/// Each other product of a node whose products are needed together.
fn all_but(named: &[(bool, u32, u32)], place: usize) -> impl Iterator<Item = Vec<(u32, u32)>> {
    let others = named.iter().enumerate().filter(move |&(at, _)| at != place);
    others.map(|(_, &(_, product, criterion))| vec![(product, criterion)])
}
