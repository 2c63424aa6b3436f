//! How the bytes of an index are laid out. All numbers are little-endian.
//!
//! ```text
//! 0   magic "WRINTEL\0"            8
//! 8   format version               u32
//! 12  number of sections           u32
//! 16  hash of the section table    16 (BLAKE3, first half)
//! 32  section table: offset u64, length u64, hash 16 (BLAKE3, first half), in the order of `Section`
//! ... sections
//! ```
//!
//! Hashes of contents (the first 64 bits of BLAKE3) do not depend on where texts lie: `index::changed` compares two
//! indexes by them. Records of fixed size stand where something is searched by halving; everything else is varints. Texts are in one
//! pool, the most used first, so that references to them are short.

/// The first bytes of every index.
pub(crate) const MAGIC: [u8; 8] = *b"WRINTEL\0";
/// The version of this layout; one that differs is refused.
pub(crate) const FORMAT: u32 = 4;
/// Bytes before the section table.
pub(crate) const HEADER: usize = 32;
/// Bytes of one row of the section table.
pub(crate) const TABLE_ROW: usize = 32;

/// The parts of an index, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Section {
    /// What was read, and what was left out: varints, see `index::sources`.
    Sources,
    /// The pool: each text as length (varint) and UTF-8.
    Strings,
    /// CVEs by id: key u32 (year - 1999 << 24 | number), published u16, points u8, score u8, vector u16, EPSS u16,
    /// KEV day u16, CWE set u16. Points: two bits each for exploitation, automatable and technical impact, then one each
    /// for ransomware and a public exploit (0 in indexes that were built before the bit was given its meaning).
    Cves,
    /// References to the texts of CVSS vectors, u32 each.
    Vectors,
    /// References to texts such as `79 200`, u32 each.
    CweSets,
    /// Products by vendor, product, part: vendor u32, product u32, block u32, part u8, the first 48 bits of its hash.
    Products,
    /// A block a product: its criteria, then its rows: CVE (distance from the one before), how many runs of criteria
    /// (times two, plus one with a platform), the platform, the runs.
    Blocks,
    /// Combinations of products that must be there too.
    Platforms,
    /// Advisories by id: id u32, publisher u32, released u16, hash u64.
    Advisories,
    /// Makers in advisories: name u32, words u32, offset of their statements u32, hash u64.
    Makers,
    /// Statements of advisories, maker by maker and product by product.
    Statements,
    /// Address blocks: three counts u32 (24, 28, 36 bits), then prefix (5 bytes, big-endian) and maker u32 each.
    Oui,
    /// Packages by name and ecosystem: name u32, ecosystem u32, block u32, hash u64.
    Packages,
    /// A block a package: its statements (record, flags, ranges, versions).
    PackageBlocks,
    /// The records that statements are of: id, CVEs, other ids.
    PackageRecords,
    /// Products with dates of support, by key: key u32, title u32, block u32, hash u64.
    Lifecycles,
    /// What these products are called, in lower case and in order: name u32, product u32.
    LifecycleNames,
    /// A block a product: its cycles.
    LifecycleBlocks,
    /// Firms that recall: name u32, words u32, offset of their recalls u32, hash u64.
    RecallFirms,
    /// Recalls, firm by firm.
    Recalls,
}

impl Section {
    pub(crate) const COUNT: usize = 20;
}

/// Bytes of a record of `Section::Cves`.
pub(crate) const CVE_RECORD: usize = 16;
/// Bytes of a record of `Section::Products`.
pub(crate) const PRODUCT_RECORD: usize = 19;
/// Bytes of a record of `Section::Advisories`.
pub(crate) const ADVISORY_RECORD: usize = 18;
/// Bytes of a record of `Section::Makers` and `Section::RecallFirms`.
pub(crate) const MAKER_RECORD: usize = 20;
/// Bytes of a record of `Section::Packages`.
pub(crate) const PACKAGE_RECORD: usize = 20;
/// Bytes of a record of `Section::Lifecycles`.
pub(crate) const LIFECYCLE_RECORD: usize = 20;
/// Bytes of a record of `Section::LifecycleNames`.
pub(crate) const LIFECYCLE_NAME: usize = 8;
/// Bytes of a record of `Section::Oui`.
pub(crate) const OUI_RECORD: usize = 9;

/// No score.
pub(crate) const NO_SCORE: u8 = u8::MAX;
/// No EPSS probability.
pub(crate) const NO_EPSS: u16 = u16::MAX;

/// Kinds of version criteria: the lowest three bits of a criterion's flags.
pub(crate) mod kind {
    pub(crate) const ANY: u32 = 0;
    pub(crate) const NOT_APPLICABLE: u32 = 1;
    pub(crate) const EXACTLY: u32 = 2;
    pub(crate) const PATTERN: u32 = 3;
    pub(crate) const RANGE: u32 = 4;
    pub(crate) const MASK: u32 = 7;
}

/// The flags of a criterion above its kind: update, then the six qualifiers.
pub(crate) const FIRST_ATTRIBUTE_BIT: u32 = 3;
/// Update, target software, target hardware, edition, software edition, language, other.
pub(crate) const ATTRIBUTES: usize = 7;

/// The bound of a range: 0 none, 1 inclusive, 2 exclusive; the lower one in bits 0 and 1, the upper in 2 and 3.
pub(crate) const INCLUSIVE: u32 = 1;
/// See `INCLUSIVE`.
pub(crate) const EXCLUSIVE: u32 = 2;

/// The first half of BLAKE3.
pub(crate) fn hash(bytes: &[u8]) -> [u8; 16] {
    let mut half = [0; 16];
    half.iter_mut().zip(blake3::hash(bytes).as_bytes()).for_each(|(to, from)| *to = *from);
    half
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// Reads varints (LEB128, up to 32 bits) one after another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Begins at this offset.
    pub(crate) fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        bytes.get(offset..).map(|rest| Self { rest })
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    pub(crate) fn varint(&mut self) -> Option<u32> {
        let mut value = 0u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            let low = u32::from(byte & 0x7f);
            if shift == 28 && low > 0x0f {
                return None;
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// A varint that says how many things follow, each of at least one byte.
    pub(crate) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.varint()?).ok()?;
        (count <= self.rest.len()).then_some(count)
    }

    /// How many bytes are left.
    pub(crate) fn remaining(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// Writes a varint.
pub(crate) fn put_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

fn low_byte(value: u32) -> u8 {
    let [low, ..] = value.to_le_bytes();
    low
}

/// The number that CVEs are sorted by; `None` for a sequence number that has no room.
pub(crate) fn cve_key(id: wardround_model::CveId) -> Option<u32> {
    let year = u32::from(id.year().checked_sub(1999)?);
    (year <= 0xff && id.number() <= 0x00ff_ffff).then_some(year << 24 | id.number())
}

/// The CVE with this key.
pub(crate) fn cve_of_key(key: u32) -> Option<wardround_model::CveId> {
    let year = 1999 + u16::try_from(key >> 24).ok()?;
    wardround_model::CveId::new(year, key & 0x00ff_ffff)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn varints_round_trip(values in prop::collection::vec(any::<u32>(), 0..20)) {
            let mut bytes = Vec::new();
            values.iter().for_each(|&value| put_varint(&mut bytes, value));
            let mut cursor = Cursor::at(&bytes, 0).unwrap();
            for value in values {
                prop_assert_eq!(cursor.varint(), Some(value));
            }
            prop_assert_eq!(cursor.byte(), None);
        }

        #[test]
        fn keys_keep_the_order_of_ids(year in 1999u16..2100, number in 0u32..0x0100_0000) {
            let id = wardround_model::CveId::new(year, number).unwrap();
            prop_assert_eq!(cve_of_key(cve_key(id).unwrap()), Some(id));
        }
    }
}
