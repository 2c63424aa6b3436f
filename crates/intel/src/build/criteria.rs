//! Criteria: which versions and variants of a product, each kept once.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::content::ContentHash;
use super::strings::{References, StrId, Strings};
use crate::cpe::Attribute;
use crate::feed::csaf::Stated;
use crate::feed::nvd::CpeMatch;
use crate::index::layout::{ATTRIBUTES, EXCLUSIVE, FIRST_ATTRIBUTE_BIT, INCLUSIVE, kind, put_varint};

/// A criterion as it will be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct CriterionDraft {
    kind: u32,
    bounds: u32,
    first: StrId,
    second: StrId,
    attributes: [StrId; ATTRIBUTES],
}

impl CriterionDraft {
    /// What a configuration of NVD says.
    pub(super) fn of_match(one: &CpeMatch, strings: &mut Strings) -> Self {
        let name = &one.name;
        let attributes = [
            &name.update,
            &name.target_sw,
            &name.target_hw,
            &name.edition,
            &name.sw_edition,
            &name.language,
            &name.other,
        ];
        let attributes = attributes.map(|attribute| attribute_text(attribute, strings));
        let versions = if one.from.is_some() || one.to.is_some() {
            Self::range(&one.from, &one.to, strings)
        } else {
            Self::version(&name.version, strings)
        };
        Self { attributes, ..versions }
    }

    /// What an advisory says.
    pub(super) fn of_stated(stated: &Stated, strings: &mut Strings) -> Self {
        match stated {
            Stated::All => Self { kind: kind::ANY, ..Self::default() },
            Stated::Exactly(version) => {
                Self { kind: kind::EXACTLY, first: strings.id(version), ..Self::default() }
            }
            Stated::Range(from, to) => Self::range(from, to, strings),
        }
    }

    fn version(version: &Attribute, strings: &mut Strings) -> Self {
        let (kind, first) = match version {
            Attribute::Any => (kind::ANY, StrId::EMPTY),
            Attribute::NotApplicable => (kind::NOT_APPLICABLE, StrId::EMPTY),
            Attribute::Value(value) if value.has_wildcard() => {
                (kind::PATTERN, strings.id(&value.to_string()))
            }
            Attribute::Value(value) => (kind::EXACTLY, strings.id(&value.text)),
        };
        Self { kind, first, ..Self::default() }
    }

    fn range(from: &Option<(String, bool)>, to: &Option<(String, bool)>, strings: &mut Strings) -> Self {
        let bits = |bound: &Option<(String, bool)>| match bound {
            None => 0,
            Some((_, true)) => INCLUSIVE,
            Some((_, false)) => EXCLUSIVE,
        };
        let mut id = |bound: &Option<(String, bool)>| {
            bound.as_ref().map_or(StrId::EMPTY, |(version, _)| strings.id(version))
        };
        let (first, second) = (id(from), id(to));
        Self { kind: kind::RANGE, bounds: bits(from) | bits(to) << 2, first, second, ..Self::default() }
    }

    pub(super) fn write(&self, out: &mut Vec<u8>, references: &mut References) {
        let has = |id: &StrId| u32::from(*id != StrId::EMPTY);
        let bits = self.attributes.iter().zip(FIRST_ATTRIBUTE_BIT..);
        let flags = bits.fold(self.kind, |flags, (id, bit)| flags | has(id) << bit);
        put_varint(out, flags);
        match self.kind {
            kind::EXACTLY | kind::PATTERN => put_varint(out, references.of(self.first)),
            kind::RANGE => self.write_range(out, references),
            _ => {}
        }
        for id in self.attributes.iter().filter(|&&id| id != StrId::EMPTY) {
            put_varint(out, references.of(*id));
        }
    }

    fn write_range(&self, out: &mut Vec<u8>, references: &mut References) {
        put_varint(out, self.bounds);
        for (bits, id) in [(self.bounds & 0b11, self.first), (self.bounds >> 2, self.second)] {
            if bits != 0 {
                put_varint(out, references.of(id));
            }
        }
    }

    /// Takes in what it says.
    pub(super) fn hash_into(&self, hash: &mut ContentHash, strings: &Strings) {
        hash.number(u64::from(self.kind)).number(u64::from(self.bounds));
        for &id in [self.first, self.second].iter().chain(&self.attributes) {
            hash.text(strings.text(id));
        }
    }

    /// An order in which neighbouring versions stand together, so that "these of them" is said in few runs.
    fn order(&self, other: &Self, strings: &Strings) -> Ordering {
        let texts = |one: StrId, two: StrId| natural(strings.text(one), strings.text(two));
        let attributes = self.attributes.iter().zip(&other.attributes);
        let attributes = attributes.map(|(&one, &two)| texts(one, two));
        self.kind
            .cmp(&other.kind)
            .then_with(|| texts(self.first, other.first))
            .then_with(|| texts(self.second, other.second))
            .then_with(|| self.bounds.cmp(&other.bounds))
            .then_with(|| attributes.fold(Ordering::Equal, Ordering::then))
    }
}

/// The text of an attribute: none for `*`, `-` for "not applicable".
fn attribute_text(attribute: &Attribute, strings: &mut Strings) -> StrId {
    match attribute {
        Attribute::Any => StrId::EMPTY,
        Attribute::NotApplicable => strings.id("-"),
        Attribute::Value(value) if value.has_wildcard() => strings.id(&value.to_string()),
        Attribute::Value(value) => strings.id(&value.text),
    }
}

/// All criteria.
#[derive(Debug, Default)]
pub(super) struct Criteria {
    drafts: Vec<CriterionDraft>,
    ids: HashMap<CriterionDraft, u32>,
}

impl Criteria {
    pub(super) fn id(&mut self, draft: CriterionDraft) -> u32 {
        let next = u32::try_from(self.drafts.len()).unwrap_or(u32::MAX);
        let drafts = &mut self.drafts;
        *self.ids.entry(draft).or_insert_with(|| {
            drafts.push(draft);
            next
        })
    }

    pub(super) fn get(&self, id: u32) -> CriterionDraft {
        usize::try_from(id).ok().and_then(|at| self.drafts.get(at)).copied().unwrap_or_default()
    }

    /// The place of each criterion in an order that does not depend on the order of reading.
    pub(super) fn ranks(&self, strings: &Strings) -> Vec<u32> {
        super::ranks(self.drafts.len(), |one, two| match (self.drafts.get(one), self.drafts.get(two)) {
            (Some(one), Some(two)) => one.order(two, strings),
            _ => Ordering::Equal,
        })
    }
}

/// Digits as numbers, the rest as text; equal only when the texts are.
fn natural(one: &str, two: &str) -> Ordering {
    let (mut left, mut right) = (one, two);
    while let (Some((a, rest_a)), Some((b, rest_b))) = (run(left), run(right)) {
        let digits = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
        let order = if digits(a) && digits(b) { number_order(a, b) } else { a.cmp(b) };
        if order != Ordering::Equal {
            return order;
        }
        (left, right) = (rest_a, rest_b);
    }
    left.len().cmp(&right.len()).then_with(|| one.cmp(two))
}

fn number_order(one: &str, two: &str) -> Ordering {
    let (one, two) = (one.trim_start_matches('0'), two.trim_start_matches('0'));
    one.len().cmp(&two.len()).then_with(|| one.cmp(two))
}

/// The first run of digits or of other characters, and the rest.
fn run(text: &str) -> Option<(&str, &str)> {
    let first = text.bytes().next()?.is_ascii_digit();
    let end = text.bytes().position(|byte| byte.is_ascii_digit() != first).unwrap_or(text.len());
    text.split_at_checked(end)
}
