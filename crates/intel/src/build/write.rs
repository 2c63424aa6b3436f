//! Writing: what goes in is chosen, numbered, encoded once to count texts and once for good.

use std::collections::{BTreeMap, BTreeSet};

use super::IndexBuilder;
use super::content;
use super::plan::{Plan, get, plan};
use super::strings::{References, Strings};
use crate::index::layout::{
    FORMAT, HEADER, MAGIC, NO_EPSS, NO_SCORE, Section, TABLE_ROW, cve_key, hash, put_varint,
};
use crate::index::{SourcesPart, points_byte};

pub(super) fn write(mut builder: IndexBuilder) -> Vec<u8> {
    let plan = plan(&mut builder);
    let sources = SourcesPart {
        left_out: plan.left_out,
        unread_version_texts: plan.advisories.unread_version_texts,
        sources: builder.sources(),
    };
    let mut strings = std::mem::take(&mut builder.products.strings);
    for text in plan.vectors.keys().chain(plan.cwe_sets.keys()).chain(builder.oui.values()) {
        strings.id(text);
    }
    let contents = content::of_products(&plan, &strings);
    let mut counting = References::default();
    encode(&plan, &contents, &builder, &mut strings, &mut counting);
    let (mut references, pool) = counting.lay_out(&strings);
    let mut sections = encode(&plan, &contents, &builder, &mut strings, &mut references);
    sections.insert(Section::Sources, sources.write());
    sections.insert(Section::Strings, pool);
    assemble(&sections)
}

type Sections = BTreeMap<Section, Vec<u8>>;

fn encode(
    plan: &Plan,
    contents: &[u64],
    builder: &IndexBuilder,
    strings: &mut Strings,
    references: &mut References,
) -> Sections {
    let (platforms, platform_offsets) = encode_platforms(plan, references);
    let (products, blocks) = encode_products(plan, contents, &platform_offsets, references);
    let (makers, statements) = plan.advisories.write_statements(strings, references, &plan.cve_at);
    let packages = plan.packages.write(strings, references, &plan.cve_at);
    let [lifecycles, lifecycle_names, lifecycle_blocks] = builder.lifecycles.write(strings, references);
    let [firms, recalls] = plan.recalls.write(strings, references);
    BTreeMap::from([
        (Section::Cves, encode_cves(plan)),
        (Section::Vectors, encode_texts(plan.vectors.keys(), strings, references)),
        (Section::CweSets, encode_texts(plan.cwe_sets.keys(), strings, references)),
        (Section::Products, products),
        (Section::Blocks, blocks),
        (Section::Platforms, platforms),
        (Section::Advisories, plan.advisories.write_advisories(references)),
        (Section::Makers, makers),
        (Section::Statements, statements),
        (Section::Oui, encode_oui(builder, strings, references)),
        (Section::Packages, packages.packages),
        (Section::PackageBlocks, packages.blocks),
        (Section::PackageRecords, packages.records),
        (Section::Lifecycles, lifecycles),
        (Section::LifecycleNames, lifecycle_names),
        (Section::LifecycleBlocks, lifecycle_blocks),
        (Section::RecallFirms, firms),
        (Section::Recalls, recalls),
    ])
}

fn encode_cves(plan: &Plan) -> Vec<u8> {
    let mut out = Vec::with_capacity(plan.cves.len() * 16);
    for (id, draft) in &plan.cves {
        let (kev, ransomware) =
            draft.kev().map_or((0, false), |(day, ransomware)| (day.number(), ransomware));
        out.extend_from_slice(&cve_key(*id).unwrap_or_default().to_le_bytes());
        out.extend_from_slice(&draft.published().map_or(0, |day| day.number()).to_le_bytes());
        out.push(points_byte(&draft.points(), ransomware, draft.has_public_exploit()));
        out.push(draft.cvss().map_or(NO_SCORE, |cvss| cvss.score.tenths()));
        let vector =
            draft.cvss().and_then(|cvss| plan.vectors.get(&cvss.vector)).copied().unwrap_or_default();
        let epss = draft.epss().map_or(NO_EPSS, |epss| epss.ten_thousandths());
        let cwes = plan.cwe_sets.get(&draft.cwes()).copied().unwrap_or_default();
        for value in [vector, epss, kev, cwes] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
    out
}

fn encode_texts<'t>(
    texts: impl Iterator<Item = &'t String>,
    strings: &mut Strings,
    references: &mut References,
) -> Vec<u8> {
    texts.flat_map(|text| references.wide(strings.id(text))).collect()
}

/// The platforms, and where each begins.
fn encode_platforms(plan: &Plan, references: &mut References) -> (Vec<u8>, Vec<u32>) {
    let (mut out, mut offsets) = (Vec::new(), Vec::new());
    for choices in &plan.platforms {
        offsets.push(count(out.len()));
        put_varint(&mut out, count(choices.len()));
        for choice in choices {
            put_varint(&mut out, count(choice.len()));
            for &(product, criterion) in choice {
                put_varint(&mut out, product);
                plan.write_criterion(criterion, &mut out, references);
            }
        }
    }
    (out, offsets)
}

fn encode_products(
    plan: &Plan,
    contents: &[u64],
    platforms: &[u32],
    references: &mut References,
) -> (Vec<u8>, Vec<u8>) {
    let (mut products, mut blocks) = (Vec::new(), Vec::new());
    let none = BTreeMap::new();
    for ((at, &(part, vendor, name)), content) in (0..).zip(&plan.products).zip(contents) {
        products.extend_from_slice(&references.wide(vendor));
        products.extend_from_slice(&references.wide(name));
        products.extend_from_slice(&count(blocks.len()).to_le_bytes());
        products.push(u8::try_from(part.letter()).unwrap_or_default());
        let [first @ .., _, _] = content.to_le_bytes();
        products.extend_from_slice(&first);
        plan.write_block(plan.rows.get(&at).unwrap_or(&none), platforms, &mut blocks, references);
    }
    (products, blocks)
}

impl Plan {
    fn write_criterion(&self, rank: u32, out: &mut Vec<u8>, references: &mut References) {
        let draft = usize::try_from(rank).ok().and_then(|at| self.criteria.get(at));
        draft.copied().unwrap_or_default().write(out, references);
    }

    fn write_block(
        &self,
        rows: &BTreeMap<(u32, u32), BTreeSet<u32>>,
        platforms: &[u32],
        out: &mut Vec<u8>,
        references: &mut References,
    ) {
        let used: BTreeSet<u32> = rows.values().flatten().copied().collect();
        put_varint(out, count(used.len()));
        used.iter().for_each(|&rank| self.write_criterion(rank, out, references));
        let places: BTreeMap<u32, u32> = used.into_iter().zip(0..).collect();
        put_varint(out, count(rows.len()));
        let mut last = 0;
        for (&(cve, platform), criteria) in rows {
            put_varint(out, cve - last);
            last = cve;
            let runs = runs(criteria.iter().filter_map(|rank| places.get(rank).copied()));
            put_varint(out, count(runs.len()) << 1 | u32::from(platform > 0));
            if let Some(at) = platform.checked_sub(1) {
                put_varint(out, get(platforms, at));
            }
            for (gap, length) in runs {
                put_varint(out, gap);
                put_varint(out, length - 1);
            }
        }
    }
}

/// Ascending places as runs: the gap before each, and its length.
fn runs(places: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut end = 0;
    for place in places {
        match runs.last_mut().filter(|_| place == end) {
            Some((_, length)) => *length += 1,
            None => runs.push((place - end, 1)),
        }
        end = place + 1;
    }
    runs
}

/// Ascending numbers, each as its distance from the one before.
pub(super) fn put_ascending(out: &mut Vec<u8>, numbers: &[u32]) {
    let mut last = 0;
    for &number in numbers {
        put_varint(out, number.saturating_sub(last));
        last = number;
    }
}

fn encode_oui(builder: &IndexBuilder, strings: &mut Strings, references: &mut References) -> Vec<u8> {
    let mut out = Vec::new();
    for wanted in [24, 28, 36] {
        let blocks = builder.oui.keys().filter(|&&(bits, _)| bits == wanted).count();
        out.extend_from_slice(&count(blocks).to_le_bytes());
    }
    for (&(_, prefix), maker) in &builder.oui {
        let [_, _, first @ .., _] = prefix.to_be_bytes();
        out.extend_from_slice(&first);
        out.extend_from_slice(&references.wide(strings.id(maker)));
    }
    out
}

/// A length as 32 bits; the caps on feeds keep every part below that.
pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn assemble(sections: &Sections) -> Vec<u8> {
    let mut table = Vec::new();
    let mut offset = (HEADER + Section::COUNT * TABLE_ROW) as u64;
    for bytes in sections.values() {
        let length = bytes.len() as u64;
        table.extend_from_slice(&offset.to_le_bytes());
        table.extend_from_slice(&length.to_le_bytes());
        table.extend_from_slice(&hash(bytes));
        offset += length;
    }
    let mut out = MAGIC.to_vec();
    out.extend_from_slice(&FORMAT.to_le_bytes());
    out.extend_from_slice(&count(sections.len()).to_le_bytes());
    out.extend_from_slice(&hash(&table));
    out.extend_from_slice(&table);
    sections.values().for_each(|bytes| out.extend_from_slice(bytes));
    out
}
