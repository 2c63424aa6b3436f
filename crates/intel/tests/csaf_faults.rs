//! The standard's own validator cases and CISA's advisories in `../shared/data/csaf`, when they are there.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests may fail loudly")]

mod shared;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use flate2::read::GzDecoder;
use shared::data;
use wardround_intel::feed::Input;
use wardround_intel::feed::csaf::{Advisory, faults, read};

/// The files of an archive, by name.
fn archive(part: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let file = File::open(data(part)?).unwrap();
    let mut archive = tar::Archive::new(GzDecoder::new(file));
    let mut files = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        if name.ends_with(".json") {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            files.insert(name, bytes);
        }
    }
    Some(files)
}

fn rules(name: &str, bytes: &[u8]) -> Vec<String> {
    let found = faults::check(&mut Input::new(name, bytes)).unwrap();
    let mut rules: Vec<String> = found.iter().map(|fault| fault.rule.to_string()).collect();
    rules.dedup();
    rules
}

/// One case of the standard: is the document valid, and which test is it about?
struct Case<'f> {
    section: String,
    name: String,
    valid: bool,
    bytes: &'f [u8],
}

fn cases(files: &BTreeMap<String, Vec<u8>>) -> Vec<Case<'_>> {
    const FOLDER: &str = "csaf_2.0/test/validator/data/";
    let list: serde_json::Value = serde_json::from_slice(&files[&format!("{FOLDER}testcases.json")]).unwrap();
    let mut cases = Vec::new();
    for test in list["tests"].as_array().unwrap() {
        let listed = ["failures", "valid"].into_iter().filter_map(|key| test[key].as_array()).flatten();
        for case in listed {
            let name = case["name"].as_str().unwrap().to_owned();
            cases.push(Case {
                section: test["id"].as_str().unwrap().to_owned(),
                valid: case["valid"].as_bool().unwrap(),
                bytes: &files[&format!("{FOLDER}{name}")],
                name,
            });
        }
    }
    cases
}

/// Cases of optional tests that are labelled valid but break a mandatory test: both give a file two digests by one
/// algorithm, which 6.1.25 forbids ("each algorithm at most once").
const MISLABELLED: &[(&str, &str)] = &[
    ("optional/oasis_csaf_tc-csaf_2_0-2021-6-2-08-02.json", "6.1.25"),
    ("optional/oasis_csaf_tc-csaf_2_0-2021-6-2-09-02.json", "6.1.25"),
];

/// Valid documents have no fault; an invalid one has at least the fault that it was made for. The cases of the optional
/// and informative tests are valid documents too.
#[test]
fn the_standards_own_cases_are_judged_as_labelled() {
    let Some(files) = archive("csaf/csaf-2.0-tests.tar.gz") else { return };
    let (mut right, mut wrong) = (BTreeMap::new(), Vec::new());
    let cases = cases(&files);
    for case in &cases {
        let rules = rules(&case.name, case.bytes);
        let known = MISLABELLED.iter().find(|(name, _)| *name == case.name).map(|(_, rule)| *rule);
        let fits = match known {
            Some(rule) => rules == [rule],
            None if case.valid => rules.is_empty(),
            None => rules.contains(&case.section),
        };
        if fits {
            *right.entry(case.valid).or_insert(0) += 1;
        } else {
            wrong.push(format!("{} (valid: {}): {rules:?}", case.name, case.valid));
        }
    }
    println!(
        "{} cases: {right:?} by label as labelled, {} of them exceptions; {} wrong",
        cases.len(),
        MISLABELLED.len(),
        wrong.len()
    );
    assert_eq!(cases.len(), 239);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every advisory is read whatever its faults; says which faults there are.
#[test]
fn real_advisories_are_read_whatever_their_faults() {
    let Some(files) = archive("csaf/cisa-csaf.tar.gz") else { return };
    let mut documents: BTreeMap<String, usize> = BTreeMap::new();
    let mut skipped = BTreeMap::new();
    let (mut faultless, mut advisories) = (0, 0);
    let documents_only = files.iter().filter(|(name, _)| !name.contains("-feed-"));
    let mut read_whole = 0;
    for (name, bytes) in documents_only {
        read_whole += 1;
        let rules = rules(name, bytes);
        faultless += usize::from(rules.is_empty());
        rules.into_iter().for_each(|rule| *documents.entry(rule).or_default() += 1);
        let count = |advisory: Advisory| advisories += usize::from(!advisory.statements.is_empty());
        let report = read(&mut Input::new(name, bytes.as_slice()), count).unwrap();
        report.skipped.into_iter().for_each(|(reason, count)| *skipped.entry(reason).or_insert(0) += count);
    }
    println!("{read_whole} documents, {faultless} without faults; documents by fault: {documents:#?}");
    println!("{advisories} with statements; left out: {skipped:?}");
    assert!(read_whole >= 2529);
    assert!(advisories * 100 >= read_whole * 99, "{advisories}");
}
