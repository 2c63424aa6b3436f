//! The real feeds in `../shared/data`, when they are there; a line says so when they are not.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use wardround_intel::affected::SeenVersion;
use wardround_intel::feed::csaf::{Advisory, Stated, Status, read, read_versions};
use wardround_intel::feed::{FeedKind, Input};
use wardround_intel::index::Verdict;
use wardround_intel::{Index, IndexBuilder, Profile};

fn data(part: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if path.exists() {
        return Some(path);
    }
    // Past the test harness's capture: a skip must be seen.
    let _ = writeln!(std::io::stderr(), "skipped: ../shared/data/{part} is not there");
    assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data/{part} is needed");
    None
}

fn medical_advisories(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap())).collect()
}

/// A version inside what is stated and, where that is one range with an end, the first fixed one.
fn versions_of(text: &str) -> Option<(String, Option<String>)> {
    let stated = read_versions(text)?;
    let alone = stated.len() == 1;
    let (inside, fixed) = ends_of(stated.into_iter().next()?)?;
    Some((inside, fixed.filter(|_| alone)))
}

fn ends_of(stated: Stated) -> Option<(String, Option<String>)> {
    match stated {
        Stated::All => Some(("1.0".into(), None)),
        Stated::Exactly(version) => Some((version, None)),
        Stated::Range(_, Some((version, true))) => Some((version, None)),
        Stated::Range(None, Some((version, false))) => Some((format!("{version}-beta"), Some(version))),
        Stated::Range(Some((version, true)), Some((end, false))) => Some((version, Some(end))),
        Stated::Range(Some((version, true)), None) => Some((version, None)),
        Stated::Range(..) => None,
    }
}

/// Statements tried, found, fixed versions tried, cleared.
#[derive(Debug, Default)]
struct Tally {
    tried: u32,
    found: u32,
    fixed_tried: u32,
    fixed_cleared: u32,
}

#[test]
fn devices_made_from_medical_advisories_match_them() {
    let Some(folder) = data("csaf/icsma") else { return };
    let files = medical_advisories(&folder);
    let mut builder = IndexBuilder::new(Profile::Full);
    let mut advisories: Vec<Advisory> = Vec::new();
    for (name, bytes) in &files {
        builder.read(FeedKind::Csaf, name, bytes.as_slice()).unwrap();
        read(&mut Input::new(name, bytes.as_slice()), |advisory| advisories.push(advisory)).unwrap();
    }
    let bytes = builder.finish();
    let index = Index::open_checked(&bytes).unwrap();
    let mut tally = Tally::default();
    for advisory in &advisories {
        advisory.statements.iter().filter(|one| one.status == Status::Affected).for_each(|statement| {
            let product = &statement.product;
            let Some((inside, fixed)) = versions_of(&product.versions) else { return };
            let verdict = |version: &str| {
                let seen = SeenVersion::new(Some(version), None);
                let all = index.advisories_for(&product.manufacturer, &product.name, &seen);
                all.into_iter()
                    .find(|one| {
                        one.advisory.id == advisory.id
                            && one.product == product.name
                            && one.versions == product.versions
                    })
                    .map(|one| one.verdict())
            };
            tally.tried += 1;
            let found = verdict(&inside) == Some(Verdict::Affected);
            tally.found += u32::from(found);
            if !found {
                println!("missed: {} {product:?} {inside} {:?}", advisory.id, verdict(&inside));
            }
            if let Some(fixed) = fixed {
                tally.fixed_tried += 1;
                let cleared = verdict(&fixed) == Some(Verdict::NotAffected);
                tally.fixed_cleared += u32::from(cleared);
                if !cleared {
                    println!("blamed: {} {product:?} {fixed} {:?}", advisory.id, verdict(&fixed));
                }
            }
        });
    }
    println!(
        "{} advisories: {tally:?}; {} version texts kept as text",
        advisories.len(),
        index.stats().unread_version_texts
    );
    assert!(advisories.len() >= 133);
    assert!(tally.found * 100 >= tally.tried * 99, "{tally:?}");
    assert_eq!(tally.fixed_cleared, tally.fixed_tried);
}

#[test]
fn a_year_of_nvd_is_read_whole() {
    let Some(folder) = data("nvd") else { return };
    let mut text = Vec::new();
    let file = File::open(folder.join("nvdcve-2.0-2016.json.gz")).unwrap();
    GzDecoder::new(file).read_to_end(&mut text).unwrap();
    assert_eq!(FeedKind::recognise("nvdcve-2.0-2016.json", &text), Some(FeedKind::Nvd));
    let mut builder = IndexBuilder::new(Profile::Full);
    let report = builder.read(FeedKind::Nvd, "nvdcve-2.0-2016.json", text.as_slice()).unwrap();
    println!("{} records, skipped {:?}", report.records, report.skipped);
    assert_eq!(report.records, 9873);
    let bytes = builder.finish();
    let index = Index::open_checked(&bytes).unwrap();
    let facts = index.cve("CVE-2016-6210".parse().unwrap()).unwrap();
    assert_eq!(facts.cvss.unwrap().score.tenths(), 59);
    assert!(index.has_product(None, "openbsd", "openssh"));
}
