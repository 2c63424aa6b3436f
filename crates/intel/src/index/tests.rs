//! Damaged and hostile indexes: fewer answers or an error, never a panic.

use proptest::prelude::*;

use super::layout::{
    self, ADVISORY_RECORD, LIFECYCLE_NAME, LIFECYCLE_RECORD, MAKER_RECORD, OUI_RECORD, PACKAGE_RECORD,
};
use super::*;
use crate::Profile;
use crate::affected::SeenVersion;
use crate::build::samples::{built, files};
use crate::day::Day;
use crate::index::layout::{CVE_RECORD, PRODUCT_RECORD};

/// Asks everything; any answer will do, a panic will not.
fn ask_all(index: &Index<'_>) {
    let seen = SeenVersion::new(Some("7.2p2"), None);
    for (vendor, product) in
        [("openbsd", "openssh"), ("acme", "viewer"), ("acme", "pump_firmware"), ("acme", "pump")]
    {
        for row in index.product_rows(None, vendor, product) {
            let _ = row.platform.map(|platform| index.choices(platform));
        }
        let _ = index.vulnerabilities_of(None, vendor, product, &seen);
    }
    let _ = (index.cves().count(), index.advisories().count(), index.sources(), index.stats());
    let id = "CVE-2016-6210".parse().unwrap();
    let _ = (index.oui([0x70, 0xb3, 0xd5, 0xab, 0xc7, 3]), index.cve(id));
    let _ = index.cve_lookup().facts(id);
    let _ = index.advisories_for("BD", "Alaris Systems Manager", &seen);
    for (ecosystem, name) in [("Debian:12", "openssh"), ("PyPI", "flask"), ("crates.io", "tokenizer")] {
        for version in
            [PackageVersion::Full("1:2.0"), PackageVersion::WithoutEpoch("2.0"), PackageVersion::Unknown]
        {
            let _ = index.package_vulnerabilities(&PackageRef { ecosystem, name, version });
            let _ = index.distribution_verdict(ecosystem, name, version, id);
        }
        let _ = index.package_ecosystems(name);
    }
    for product in ["openssl", "libssl", "acme:pump_firmware", "Example Pump System"] {
        for one in index.end_of_life(product, "2") {
            let _ = one.support_on(Day::from_number(20_000));
        }
    }
    let _ = index.recalls_of("Acme", "Infuser 3000");
}

/// Whatever stood before, a look-up finds what a search finds.
#[test]
fn looked_up_one_after_the_other_is_looked_up_each() {
    let index = Index::open(crate::snapshot()).unwrap();
    let known: Vec<_> = index.cves().map(|facts| facts.id).step_by(997).collect();
    assert!(known.len() > 100);
    let absent: wardround_model::CveId = "CVE-2016-16777215".parse().unwrap();
    let forwards = known.iter().chain([&absent]);
    let jumping = known.iter().rev().zip(&known).flat_map(|(late, early)| [late, &absent, early, early]);
    let mut lookup = index.cve_lookup();
    for id in forwards.chain(jumping) {
        assert_eq!(lookup.facts(*id), index.cve(*id), "{id}");
    }
}

/// Where a section lies.
fn range_of(bytes: &[u8], section: Section) -> std::ops::Range<usize> {
    let row = HEADER + section as usize * TABLE_ROW;
    let number = |at| usize::try_from(u64_at(bytes, at).unwrap()).unwrap();
    number(row)..number(row) + number(row + 8)
}

/// The same with hashes that fit: what somebody would write who wants it to be opened.
fn rehashed(mut bytes: Vec<u8>) -> Vec<u8> {
    for row in (0..Section::COUNT).map(|at| HEADER + at * TABLE_ROW) {
        let number = |at| usize::try_from(u64_at(&bytes, at).unwrap()).unwrap();
        let hash = layout::hash(&bytes[number(row)..number(row) + number(row + 8)]);
        bytes[row + 16..row + TABLE_ROW].copy_from_slice(&hash);
    }
    let hash = layout::hash(table(&bytes).unwrap());
    bytes[16..HEADER].copy_from_slice(&hash);
    bytes
}

#[test]
fn records_out_of_order_are_refused() {
    let good = built(Profile::Full, &files());
    assert!(Index::open_checked(&rehashed(good.clone())).is_ok());
    let sizes = [
        (Section::Cves, CVE_RECORD),
        (Section::Products, PRODUCT_RECORD),
        (Section::Packages, PACKAGE_RECORD),
        (Section::Lifecycles, LIFECYCLE_RECORD),
        (Section::LifecycleNames, LIFECYCLE_NAME),
    ];
    for (section, size) in sizes {
        let mut bytes = good.clone();
        let start = range_of(&bytes, section).start;
        let (one, two) = bytes[start..].split_at_mut(size);
        one.swap_with_slice(&mut two[..size]);
        let refused = Index::open_checked(&rehashed(bytes)).map(|_| ());
        assert!(matches!(refused, Err(IndexError::Damaged { .. })), "{section:?}: {refused:?}");
    }
}

#[test]
fn records_that_lead_nowhere_are_refused() {
    let good = built(Profile::Full, &files());
    // Section, and where in its first record a reference stands.
    let table = [
        (Section::Vectors, 0),
        (Section::CweSets, 0),
        (Section::Products, 0),
        (Section::Products, 8),
        (Section::Advisories, 4),
        (Section::Makers, 0),
        (Section::Makers, 8),
        (Section::Oui, 12 + 5),
        (Section::Packages, 4),
        (Section::Packages, 8),
        (Section::Lifecycles, 4),
        (Section::Lifecycles, 8),
        (Section::LifecycleNames, 0),
        (Section::LifecycleNames, 4),
        (Section::RecallFirms, 0),
        (Section::RecallFirms, 8),
    ];
    for (section, at) in table {
        let mut bytes = good.clone();
        let start = range_of(&bytes, section).start + at;
        bytes[start..start + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let bytes = rehashed(bytes);
        let refused = Index::open_checked(&bytes).map(|_| ());
        assert!(matches!(refused, Err(IndexError::Damaged { .. })), "{section:?} at {at}: {refused:?}");
        ask_all(&Index::open(&bytes).unwrap());
    }
}

#[test]
fn a_part_of_a_record_is_refused() {
    let good = built(Profile::Full, &files());
    let sizes = [
        (Section::Advisories, ADVISORY_RECORD),
        (Section::Makers, MAKER_RECORD),
        (Section::Packages, PACKAGE_RECORD),
        (Section::Lifecycles, LIFECYCLE_RECORD),
        (Section::LifecycleNames, LIFECYCLE_NAME),
        (Section::RecallFirms, MAKER_RECORD),
    ];
    for (section, size) in sizes {
        let mut bytes = good.clone();
        let row = HEADER + section as usize * TABLE_ROW + 8;
        let length = u64_at(&bytes, row).unwrap();
        assert!(length >= size as u64, "{section:?} is empty");
        bytes[row..row + 8].copy_from_slice(&(length - 1).to_le_bytes());
        let refused = Index::open_checked(&rehashed(bytes)).map(|_| ());
        assert_eq!(refused, Err(IndexError::Damaged { part: "the sizes of records" }), "{section:?}");
    }
    assert!(range_of(&good, Section::Oui).len() > 12 + OUI_RECORD);
}

proptest! {
    #[test]
    fn damaged_bytes_are_refused_or_answered(at: prop::sample::Index, flip in 1u8.., cut: prop::sample::Index) {
        let good = built(Profile::Full, &files());
        let mut bytes = good.clone();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        if let Ok(index) = Index::open(&bytes) {
            ask_all(&index);
        }
        prop_assert!(Index::open_checked(&bytes).is_err());
        prop_assert!(Index::open_checked(&good[..cut.index(good.len())]).is_err());
    }

    /// Bytes of each section changed at random, with hashes that fit.
    #[test]
    fn hostile_bytes_are_refused_or_answered(
        section in 0..Section::COUNT,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let mut bytes = built(Profile::Full, &files());
        let row = HEADER + section * TABLE_ROW;
        let number = |at| usize::try_from(u64_at(&bytes, at).unwrap()).unwrap();
        let (start, length) = (number(row), number(row + 8));
        for (at, byte) in edits {
            bytes[start + at.index(length)] = byte;
        }
        let bytes = rehashed(bytes);
        ask_all(&Index::open(&bytes).unwrap());
        let good = built(Profile::Full, &files());
        let _ = changed_since(&Index::open(&good).unwrap(), &Index::open(&bytes).unwrap());
        if let Ok(index) = Index::open_checked(&bytes) {
            ask_all(&index);
        }
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(Index::open(&bytes).is_err());
    }
}
