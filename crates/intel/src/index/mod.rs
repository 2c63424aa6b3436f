//! The index: everything that is known, in one byte slice that is read where it lies.
//!
//! Works on bytes that are compiled in, read or mapped. Every access is bounded: damaged bytes give fewer answers, never
//! a panic. `Index::open` looks at the header alone; `Index::open_checked` reads everything once.

mod advisory;
mod changed;
mod check;
pub(crate) mod layout;
mod lifecycle;
mod package;
mod package_order;
mod product;
mod recall;
mod record;
mod sources;
#[cfg(test)]
mod tests;

use layout::{FORMAT, HEADER, MAGIC, Section, TABLE_ROW, u32_at, u64_at};

pub(crate) use advisory::status_byte;
pub use advisory::{Advisory, AdvisoryMatch, ProductMatch, Verdict};
pub use changed::{Changed, ProductName, changed_since};
pub use lifecycle::{Eol, Support, Until};
pub use package::{
    DistributionVerdict, Handling, PackageMatch, PackageName, PackageRef, PackageSource, PackageVerdict,
    PackageVersion,
};
pub(crate) use package::{flags_byte, wanted_ecosystem};
pub(crate) use package_order::order;
pub use product::{Answers, Applicability, Match, Platform, PlatformProduct, Qualifiers};
pub(crate) use recall::class_byte;
pub use recall::{Recall, RecallClass};
pub(crate) use record::points_byte;
pub use record::{CveFacts, CveLookup, CvssFacts};
pub(crate) use sources::SourcesPart;
pub use sources::{LeftOut, Source, Stats};

/// Bytes that are not an index that this version reads.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// They begin otherwise.
    #[error(
        "this is not a Wardround index: it does not begin with WRINTEL; build one with `wardround intel build`"
    )]
    NotAnIndex,
    /// They are of another layout.
    #[error(
        "the index has format {found}, this program reads {FORMAT}; build it again with `wardround intel build`"
    )]
    Format {
        /// The format that was found.
        found: u32,
    },
    /// They end too early, or a part lies outside.
    #[error("the index is cut short or damaged at {part}; copy or build it again")]
    Damaged {
        /// The part.
        part: &'static str,
    },
    /// A part does not have the hash that it was written with.
    #[error("the index was changed after it was built: the hash of {part} is wrong; copy or build it again")]
    Hash {
        /// The part.
        part: &'static str,
    },
}

/// An opened index.
#[derive(Clone, Copy, Debug)]
pub struct Index<'a> {
    sections: [&'a [u8]; Section::COUNT],
}

const NAMES: [&str; Section::COUNT] = [
    "sources",
    "strings",
    "CVEs",
    "vectors",
    "CWE sets",
    "products",
    "blocks",
    "platforms",
    "advisories",
    "makers",
    "statements",
    "address blocks",
    "packages",
    "package blocks",
    "package records",
    "dates of support",
    "names of supported products",
    "support blocks",
    "recalling firms",
    "recalls",
];

impl<'a> Index<'a> {
    /// Opens an index, trusting its contents: the header and the bounds of its parts are checked.
    ///
    /// # Errors
    /// When the bytes are no index, of another format, or cut short.
    pub fn open(bytes: &'a [u8]) -> Result<Self, IndexError> {
        if bytes.get(..8) != Some(&MAGIC) {
            return Err(IndexError::NotAnIndex);
        }
        let damaged = IndexError::Damaged { part: "the header" };
        let found = u32_at(bytes, 8).ok_or(damaged.clone())?;
        if found != FORMAT {
            return Err(IndexError::Format { found });
        }
        if u32_at(bytes, 12).and_then(|count| usize::try_from(count).ok()) != Some(Section::COUNT) {
            return Err(damaged);
        }
        let table = table(bytes).ok_or(damaged)?;
        if bytes.get(16..HEADER) != Some(&layout::hash(table)) {
            return Err(IndexError::Hash { part: "the header" });
        }
        let mut sections: [&[u8]; Section::COUNT] = Default::default();
        for ((section, row), part) in sections.iter_mut().zip(table.chunks_exact(TABLE_ROW)).zip(NAMES) {
            *section = section_of(bytes, row).ok_or(IndexError::Damaged { part })?;
        }
        Ok(Self { sections })
    }

    /// Opens an index and reads all of it once: every hash, every reference.
    ///
    /// # Errors
    /// As `open`, and when any part was changed or does not hold together.
    pub fn open_checked(bytes: &'a [u8]) -> Result<Self, IndexError> {
        let index = Self::open(bytes)?;
        let rows = table(bytes).unwrap_or_default().chunks_exact(TABLE_ROW);
        for ((section, row), part) in index.sections.iter().zip(rows).zip(NAMES) {
            if row.get(16..) != Some(&layout::hash(section)) {
                return Err(IndexError::Hash { part });
            }
        }
        index.check_references()?;
        Ok(index)
    }

    fn section(&self, section: Section) -> &'a [u8] {
        self.sections.get(section as usize).copied().unwrap_or_default()
    }

    /// The text at this place of the pool.
    fn string(&self, reference: u32) -> Option<&'a str> {
        let mut cursor =
            layout::Cursor::at(self.section(Section::Strings), usize::try_from(reference).ok()?)?;
        let length = cursor.count()?;
        std::str::from_utf8(cursor.take(length)?).ok()
    }

    /// The maker that a MAC address belongs to, by the longest block that IEEE has given out. `None` for an address
    /// that the device chose itself (randomised) and for groups.
    #[must_use]
    pub fn oui(&self, mac: [u8; 6]) -> Option<&'a str> {
        let [first, ..] = mac;
        if first & 0b11 != 0 {
            return None;
        }
        let address = mac.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        [36, 28, 24].into_iter().find_map(|bits| self.oui_block(bits, address))
    }

    fn oui_block(&self, bits: u32, address: u64) -> Option<&'a str> {
        let records = self.oui_records(bits)?;
        let wanted = address >> (48 - bits) << (48 - bits);
        let key = |record: &&[u8]| {
            record.iter().take(5).fold(0u64, |value, &byte| value << 8 | u64::from(byte)) << 8
        };
        let at = search(records.len() / layout::OUI_RECORD, |at| {
            Some(key(&nth(records, at, layout::OUI_RECORD)?).cmp(&wanted))
        })?;
        self.string(u32_at(nth(records, at, layout::OUI_RECORD)?, 5)?)
    }

    /// The records of the blocks with so many bits.
    fn oui_records(&self, bits: u32) -> Option<&'a [u8]> {
        let section = self.section(Section::Oui);
        let count = |at: usize| u32_at(section, at * 4).and_then(|count| usize::try_from(count).ok());
        let (before, own) = match bits {
            24 => (0, count(0)?),
            28 => (count(0)?, count(1)?),
            _ => (count(0)?.checked_add(count(1)?)?, count(2)?),
        };
        let start = before.checked_mul(layout::OUI_RECORD)?.checked_add(12)?;
        let length = own.checked_mul(layout::OUI_RECORD)?;
        section.get(start..start.checked_add(length)?)
    }
}

fn table(bytes: &[u8]) -> Option<&[u8]> {
    bytes.get(HEADER..HEADER + Section::COUNT * TABLE_ROW)
}

fn section_of<'a>(bytes: &'a [u8], row: &[u8]) -> Option<&'a [u8]> {
    let offset = usize::try_from(u64_at(row, 0)?).ok()?;
    let length = usize::try_from(u64_at(row, 8)?).ok()?;
    bytes.get(offset..offset.checked_add(length)?)
}

/// The record number `at` of records of one size.
fn nth(records: &[u8], at: usize, size: usize) -> Option<&[u8]> {
    let start = at.checked_mul(size)?;
    records.get(start..start.checked_add(size)?)
}

/// Finds, among sorted things, the one that compares equal.
fn search(count: usize, compare: impl Fn(usize) -> Option<std::cmp::Ordering>) -> Option<usize> {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        match compare(middle)? {
            std::cmp::Ordering::Equal => return Some(middle),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}
