//! Devices made from the product trees of the medical advisories in `../shared/data/csaf/icsma`, when they are there:
//! each must match its advisory, and the first fixed version must not.
//!
//! The tree is read here a second time, by other code than the product's, and an affected version is chosen from its
//! text by hand-made rules: what the product reads must agree with what this file reads.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod shared;

use std::collections::BTreeSet;

use serde_json::Value;
use shared::data;
use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::FeedKind;
use wardround_intel::index::{AdvisoryMatch, ProductMatch, Verdict};
use wardround_intel::{Index, IndexBuilder, Profile};

/// A device of the kind that an advisory is about, as its tree names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Device {
    advisory: String,
    maker: String,
    model: String,
    versions: String,
}

fn devices_of(document: &Value) -> BTreeSet<Device> {
    let advisory = document["document"]["tracking"]["id"].as_str().unwrap();
    let affected: BTreeSet<&str> = document["vulnerabilities"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["product_status"]["known_affected"].as_array().into_iter().flatten())
        .map(|id| id.as_str().unwrap())
        .collect();
    let mut devices = BTreeSet::new();
    let start = Device {
        advisory: advisory.into(),
        maker: String::new(),
        model: String::new(),
        versions: String::new(),
    };
    for branch in document["product_tree"]["branches"].as_array().unwrap() {
        walk(branch, &start, &affected, &mut devices);
    }
    devices
}

fn walk(branch: &Value, above: &Device, affected: &BTreeSet<&str>, devices: &mut BTreeSet<Device>) {
    let mut here = above.clone();
    let name = branch["name"].as_str().unwrap().trim().to_owned();
    match branch["category"].as_str().unwrap() {
        "vendor" => here.maker = name,
        "product_version" | "product_version_range" => here.versions = name,
        _ if here.model.is_empty() => here.model = name,
        _ => here.model = format!("{} {name}", here.model),
    }
    if branch["product"]["product_id"].as_str().is_some_and(|id| affected.contains(id)) {
        devices.insert(here.clone());
    }
    for branch in branch["branches"].as_array().into_iter().flatten() {
        walk(branch, &here, affected, devices);
    }
}

/// Texts that are no versions at all but dates of sale, options or parts that a device does not show on the network;
/// `part` of the text, advisory, reason. Their devices are found as possibly affected, with a question to the maker.
const CONDITIONS: &[(&str, &str, &str)] = &[
    ("july 1 2017", "ICSMA-17-227-01", "a date of making"),
    ("august 28", "ICSMA-17-241-01", "a date of making"),
    ("november 29 2017", "ICSMA-17-332-01", "a date of making"),
    ("april 1, 2018", "ICSMA-18-107-01", "a date of sale"),
    ("May 2018", "ICSMA-18-228-01", "a date of making"),
    ("Rev J-M", "ICSMA-18-156-01", "revisions of some models only"),
    ("on Windows 8.1", "ICSMA-18-277-01", "only on one Windows with one web server"),
    ("base units (BU)", "ICSMA-18-310-01", "parts of other models"),
    ("or newer", "ICSMA-18-310-01", "a model together with a range of software"),
    ("Windows 10 Professional", "ICSMA-19-029-02", "only on one Windows of some countries"),
    ("running on old", "ICSMA-19-241-02", "only on old operating systems"),
    ("Version ", "ICSMA-19-255-01", "a part together with its firmware"),
    ("653 MCE", "ICSMA-19-274-01", "an edition with numbers of its own"),
    ("shipped between", "ICSMA-19-353-01", "an option and dates of sale"),
    ("Product ID", "ICSMA-20-079-01", "numbers of orders"),
    ("UDI/Model", "ICSMA-20-079-01", "numbers of packages"),
    ("Wireless Battery Module", "ICSMA-20-170-04", "only with some batteries"),
    ("Wireless Battery Module", "ICSMA-22-251-01", "only with some batteries"),
    ("A10 < A11", "ICSMA-21-294-01", "two versions or a range?"),
    ("A.01 <= C.0x", "ICSMA-21-322-02", "two versions or a range?"),
];

fn condition_of(device: &Device) -> Option<&'static str> {
    let of = |(part, advisory, _): &&(&str, &str, &str)| {
        device.versions.contains(part) && device.advisory == *advisory
    };
    CONDITIONS.iter().find(of).map(|(.., reason)| *reason)
}

/// A version that the text is about and, where the text is one range up to a version that is not in it, that version.
fn version_of(text: &str) -> (String, Option<String>) {
    let text = text.trim().trim_end_matches('.').replace(".x", ".0").replace(".X", ".0");
    let first = text.split('|').next().unwrap().trim();
    if text.is_empty() || matches!(text.to_lowercase().as_str(), "*" | "vers:all/*" | "all" | "all versions")
    {
        return ("1.0".into(), None);
    }
    if let Some(end) = first.strip_prefix("<=").or_else(|| first.strip_prefix(">=")) {
        return (end.split(" (").next().unwrap().trim().into(), None);
    }
    if let Some(end) = first.strip_prefix('<') {
        let end = end.trim();
        return (format!("{end}-beta"), (first == text).then(|| end.to_owned()));
    }
    let one_of = |separator: &str| text.split(separator).next().unwrap().trim().to_owned();
    match () {
        () if text.contains(" model ") => (one_of(" model "), None),
        () if text == "Rev B-M" => ("C".into(), None),
        () if text.contains(" (global)") => (one_of(" (global)"), None),
        () if text.starts_with("(Release ") => ("1.3.2".into(), None),
        () if text.contains(" and  below") => (one_of(" and  below"), None),
        () if text.contains(" and ") && text.len() < 20 => (one_of(" and "), None),
        () if text.contains('|') && !text.contains(['(', '<', '>']) => (first.into(), None),
        () => (text, None),
    }
}

/// True when the place of the version holds words: the device shows them as its model, too.
fn is_named(text: &str) -> bool {
    text.split(' ').any(|word| word.len() > 3 && word.chars().all(char::is_alphabetic))
}

#[derive(Debug, Default)]
struct Tally {
    devices: usize,
    affected: usize,
    possible: usize,
    fixed: usize,
    cleared: usize,
}

#[test]
fn devices_match_their_advisories() {
    let Some(folder) = data("csaf/icsma") else { return };
    let mut files: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut devices = BTreeSet::new();
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        builder.read(FeedKind::Csaf, &path.display().to_string(), bytes.as_slice()).unwrap();
        devices.extend(devices_of(&serde_json::from_slice(&bytes).unwrap()));
    }
    let bytes = builder.finish();
    let index = Index::open_checked(&bytes).unwrap();
    let mut tally = Tally::default();
    let mut wrong = Vec::new();
    for device in &devices {
        let (version, fixed) = match condition_of(device) {
            Some(_) => ("1.0".to_owned(), None),
            None => version_of(&device.versions),
        };
        let model = if is_named(&device.versions) && condition_of(device).is_none() {
            format!("{} {}", device.model, device.versions)
        } else {
            device.model.clone()
        };
        // The best that the statements of the advisory about this very text say; statements about others of the same
        // name do not count.
        let verdict = |version: &str| {
            let seen = SeenVersion::new(Some(version), None);
            let found = index.advisories_for(&device.maker, &model, &seen);
            let own = found
                .iter()
                .filter(|one| one.advisory.id == device.advisory && one.names != ProductMatch::Family);
            let text = device.versions.split(" model ").next().unwrap_or_default();
            own.filter(|one| one.versions == "*" || same_text(one.versions, text))
                .map(AdvisoryMatch::verdict)
                .min()
        };
        tally.devices += 1;
        match (verdict(&version), condition_of(device)) {
            (Some(Verdict::Affected), None) => tally.affected += 1,
            (Some(Verdict::Unknown), Some(_)) => tally.possible += 1,
            (found, _) => wrong.push(format!("{device:?} in {version:?}: {found:?}")),
        }
        if let Some(fixed) = fixed {
            tally.fixed += 1;
            match verdict(&fixed) {
                Some(Verdict::NotAffected) => tally.cleared += 1,
                found => wrong.push(format!("{device:?} fixed in {fixed:?}: {found:?}")),
            }
        }
    }
    println!("{} advisories: {tally:?}; wrong: {wrong:#?}", files.len());
    assert!(files.len() >= 133);
    assert!((tally.affected + tally.possible) * 100 >= tally.devices * 99, "{tally:?}");
    assert!(tally.possible <= 44, "{tally:?}");
    assert_eq!(tally.cleared, tally.fixed);
    assert!(wrong.is_empty());
}

/// The same but for white space.
fn same_text(one: &str, two: &str) -> bool {
    one.split_whitespace().eq(two.split_whitespace())
}
