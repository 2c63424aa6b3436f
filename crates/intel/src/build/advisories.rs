//! Advisories: the newest version of each, and their statements by maker and product.

use std::collections::BTreeMap;

use wardround_model::CveId;

use super::content::ContentHash;
use super::criteria::CriterionDraft;
use super::strings::{References, StrId, Strings};
use crate::day::Day;
use crate::feed::csaf::{Advisory, Product, Stated, Statement, read_versions};
use crate::index::layout::put_varint;
use crate::index::status_byte;
use crate::tokens;

/// All advisories by id.
#[derive(Debug, Default)]
pub(super) struct Advisories(BTreeMap<String, Advisory>);

impl Advisories {
    pub(super) fn add(&mut self, advisory: Advisory) {
        let version = |advisory: &Advisory| (advisory.released.clone(), advisory.fingerprint);
        let known = self.0.get(&advisory.id);
        if known.is_none_or(|known| version(known) < version(&advisory)) {
            self.0.insert(advisory.id.clone(), advisory);
        }
    }

    pub(super) fn cves(&self) -> impl Iterator<Item = CveId> {
        self.0
            .values()
            .flat_map(|advisory| &advisory.statements)
            .flat_map(|statement| statement.cves.iter().copied())
    }

    /// Everything that will be written, with its texts taken in.
    pub(super) fn prepare(&self, strings: &mut Strings) -> AdvisoriesPart {
        let mut part = AdvisoriesPart::default();
        for (at, advisory) in (0..).zip(self.0.values()) {
            let released = advisory.released.parse::<Day>().map_or(0, Day::number);
            let mut hash = ContentHash::default();
            hash.text(&advisory.publisher).number(u64::from(released));
            for statement in &advisory.statements {
                part.add(at, statement, &mut hash, strings);
            }
            let (id, publisher) = (strings.id(&advisory.id), strings.id(&advisory.publisher));
            part.advisories.push(AdvisoryDraft { id, publisher, released, content: hash.finish() });
        }
        part
    }
}

/// Statements by product (words, name).
type OfMaker = BTreeMap<(String, String), Vec<StatementDraft>>;

/// By maker (words, name).
type Makers = BTreeMap<(String, String), OfMaker>;

/// What will be written of advisories.
#[derive(Debug, Default)]
pub(super) struct AdvisoriesPart {
    advisories: Vec<AdvisoryDraft>,
    makers: Makers,
    pub(super) unread_version_texts: u32,
}

#[derive(Debug)]
struct AdvisoryDraft {
    id: StrId,
    publisher: StrId,
    released: u16,
    content: u64,
}

#[derive(Debug)]
struct StatementDraft {
    advisory: u32,
    versions: StrId,
    status: u8,
    stated: Vec<CriterionDraft>,
    cves: Vec<CveId>,
}

impl StatementDraft {
    /// Takes in what it says, of whichever advisory it is.
    fn hash_into(&self, hash: &mut ContentHash, strings: &Strings) {
        hash.text(strings.text(self.versions)).number(u64::from(self.status));
        hash.criteria(&self.stated, strings).cves(&self.cves);
    }
}

impl AdvisoriesPart {
    fn add(&mut self, advisory: u32, statement: &Statement, hash: &mut ContentHash, strings: &mut Strings) {
        let Product { manufacturer, name, versions } = &statement.product;
        let stated = stated_versions(name, versions);
        self.unread_version_texts += u32::from(stated.is_empty());
        let draft = StatementDraft {
            advisory,
            versions: strings.id(versions),
            status: status_byte(statement.status, statement.remedies),
            stated: stated.iter().map(|one| CriterionDraft::of_stated(one, strings)).collect(),
            cves: statement.cves.clone(),
        };
        hash.text(manufacturer).text(name);
        draft.hash_into(hash, strings);
        let maker = tokens::of_maker(manufacturer);
        let words = tokens::of_product(name, &maker);
        let products = self.makers.entry((maker, manufacturer.clone())).or_default();
        products.entry((words, name.clone())).or_default().push(draft);
    }

    /// Id, publisher and day of each advisory.
    pub(super) fn write_advisories(&self, references: &mut References) -> Vec<u8> {
        let mut out = Vec::new();
        for &AdvisoryDraft { id, publisher, released, content } in &self.advisories {
            out.extend_from_slice(&references.wide(id));
            out.extend_from_slice(&references.wide(publisher));
            out.extend_from_slice(&released.to_le_bytes());
            out.extend_from_slice(&content.to_le_bytes());
        }
        out
    }

    /// What is said of a maker's products.
    fn content(&self, products: &OfMaker, strings: &Strings) -> u64 {
        let mut hash = ContentHash::default();
        for ((_, name), drafts) in products {
            hash.text(name).length(drafts.len());
            for draft in drafts {
                let advisory = usize::try_from(draft.advisory).ok().and_then(|at| self.advisories.get(at));
                hash.text(strings.text(advisory.map(|one| one.id).unwrap_or_default()));
                draft.hash_into(&mut hash, strings);
            }
        }
        hash.finish()
    }

    /// Makers, and their statements.
    pub(super) fn write_statements(
        &self,
        strings: &mut Strings,
        references: &mut References,
        cve_at: &BTreeMap<CveId, u32>,
    ) -> (Vec<u8>, Vec<u8>) {
        let (mut makers, mut statements) = (Vec::new(), Vec::new());
        for ((words, name), products) in &self.makers {
            for text in [name, words] {
                makers.extend_from_slice(&references.wide(strings.id(text)));
            }
            makers.extend_from_slice(&super::write::count(statements.len()).to_le_bytes());
            makers.extend_from_slice(&self.content(products, strings).to_le_bytes());
            put_varint(&mut statements, super::write::count(products.len()));
            for ((words, name), drafts) in products {
                for text in [name, words] {
                    put_varint(&mut statements, references.of(strings.id(text)));
                }
                let block = write_drafts(drafts, references, cve_at);
                put_varint(&mut statements, super::write::count(block.len()));
                statements.extend_from_slice(&block);
            }
        }
        (makers, statements)
    }
}

/// What a text says of versions; nothing when it was not understood. "All versions" of a product whose name speaks of
/// versions ("PCS 7 V8.1 and earlier versions") are not all of them.
fn stated_versions(name: &str, versions: &str) -> Vec<Stated> {
    let stated = read_versions(versions).unwrap_or_default();
    let name_limits = name.to_lowercase().contains("version") || name.contains('<');
    if name_limits && stated.contains(&Stated::All) { Vec::new() } else { stated }
}

fn write_drafts(
    drafts: &[StatementDraft],
    references: &mut References,
    cve_at: &BTreeMap<CveId, u32>,
) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, super::write::count(drafts.len()));
    for draft in drafts {
        put_varint(&mut out, draft.advisory);
        put_varint(&mut out, references.of(draft.versions));
        out.push(draft.status);
        put_varint(&mut out, super::write::count(draft.stated.len()));
        draft.stated.iter().for_each(|criterion| criterion.write(&mut out, references));
        let places: Vec<u32> = draft.cves.iter().filter_map(|cve| cve_at.get(cve).copied()).collect();
        put_varint(&mut out, super::write::count(places.len()));
        super::write::put_ascending(&mut out, &places);
    }
    out
}
