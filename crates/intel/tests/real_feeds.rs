//! The real feeds in `../shared/data`, when they are there; a line says so when they are not.

mod shared;

use std::fs::File;
use std::io::Read;

use flate2::read::GzDecoder;
use shared::data;
use wardround_intel::feed::FeedKind;
use wardround_intel::{Index, IndexBuilder, Profile};

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
