//! Readers of what is about products and devices: dates of support, recalls.

use proptest::prelude::*;

use super::super::end_of_life::Lifecycle;
use super::super::recalls::RecallRecord;
use super::super::*;
use super::{Skips, skips};
use crate::build::samples::{DATES, ENFORCEMENT, PAGE, RECALLS};
use crate::index::{RecallClass, Until};

fn dates(bytes: &[u8]) -> Result<(Vec<Lifecycle>, FeedReport), FeedError> {
    let mut read = Vec::new();
    let report = end_of_life::read(&mut Input::new("dates", bytes), |one| read.push(one))?;
    Ok((read, report))
}

fn recalls(bytes: &[u8]) -> Result<(Vec<RecallRecord>, FeedReport), FeedError> {
    let mut read = Vec::new();
    let report = recalls::read(&mut Input::new("recalls.json", bytes), |one| read.push(one))?;
    Ok((read, report))
}

fn until(day: &str) -> Until {
    Until::Day(day.parse().unwrap())
}

#[test]
fn dates_are_read_from_the_api_and_from_pages() {
    let (api, report) = dates(DATES.as_bytes()).unwrap();
    assert_eq!((api[0].product.as_str(), api[0].title.as_str()), ("openssl", "OpenSSL"));
    assert_eq!(api[0].names, ["libssl", "openssl:openssl"]);
    let newest = &api[0].cycles[0];
    assert_eq!(
        (newest.name.as_str(), newest.label.as_str(), newest.latest.as_str()),
        ("3.0", "3.0 (LTS)", "3.0.17")
    );
    assert_eq!((newest.active, newest.security), (until("2025-09-07"), until("2026-09-07")));
    assert_eq!((newest.extended, api[0].cycles.len()), (Until::NotStated, 2));
    assert_eq!((report.records, report.as_of), (1, "2026-07-01".parse().ok()));
    let (page, report) = dates(PAGE.as_bytes()).unwrap();
    assert_eq!((page[0].product.as_str(), page[0].title.as_str()), ("pump-system", "Example Pump System"));
    assert_eq!(page[0].names, ["pumpos", "acme:pump_firmware"]);
    let (two, one) = (&page[0].cycles[0], &page[0].cycles[1]);
    assert_eq!(
        (two.label.as_str(), two.active, two.security),
        ("Nightingale", Until::Open, until("2030-01-31"))
    );
    assert_eq!((one.security, one.active), (Until::Ended, Until::NotStated));
    assert_eq!(report.skipped_total(), 0);
}

#[test]
fn all_products_come_in_one_answer_and_a_bad_one_costs_itself() {
    let product = DATES.split_once("\"result\":").unwrap().1.strip_suffix('}').unwrap();
    let all = format!(r#"{{"schema_version":"1","result":[{product},{{"name":7}},{product}]}}"#);
    let (read, report) = dates(all.as_bytes()).unwrap();
    assert_eq!((read.len(), report.records, skips(&report)), (2, 3, vec![(SkipReason::Malformed, 1)]));
}

#[test]
fn what_is_odd_in_dates_is_counted() {
    let of = |from: &str, to: &str| -> (usize, Skips) {
        let (read, report) = dates(PAGE.replacen(from, to, 1).as_bytes()).unwrap();
        (read[0].cycles.len(), skips(&report))
    };
    assert_eq!(of("eol: true", "eol: perhaps"), (2, vec![(SkipReason::Value, 1)]));
    assert_eq!(of("eol: true", "eol: 99999-01-01"), (2, vec![(SkipReason::Value, 1)]));
    assert_eq!(of("releaseCycle: \"1\"", "other: 1"), (1, vec![(SkipReason::Value, 1)]));
    for broken in [&PAGE[..100], "---\n", "---\ntitle: x\n---\n", "{}", "[]", ""] {
        assert!(matches!(dates(broken.as_bytes()), Err(FeedError::Malformed { .. })), "{broken:?}");
    }
    assert!(dates(&[b"---\npermalink: /x\xff\n---\n" as &[u8], b"x"].concat()).is_err(), "not UTF-8");
}

#[test]
fn recalls_and_enforcement_reports_are_read() {
    let (plain, report) = recalls(RECALLS.as_bytes()).unwrap();
    let one = &plain[0];
    assert_eq!((one.id.as_str(), one.firm.as_str()), ("Z-1603-2023", "Acme Medical Devices, Inc."));
    assert_eq!((one.product_code.as_str(), one.cause.as_str()), ("FRN", "Software design"));
    assert_eq!((one.class, one.began), (RecallClass::NotStated, "2023-03-27".parse().ok()));
    assert!(one.searched.ends_with("Pump, Infusion"), "{}", one.searched);
    assert_eq!((report.records, report.as_of), (1, "2023-05-05".parse().ok()));
    let (classed, _) = recalls(ENFORCEMENT.as_bytes()).unwrap();
    assert_eq!((classed[0].class, classed[0].began), (RecallClass::One, one.began));
    let listed = RECALLS.replace("\"Pump, Infusion\"", "[\"Pump, Infusion\",\"Other\"]");
    assert_eq!(recalls(listed.as_bytes()).unwrap().0[0].searched, one.searched);
}

#[test]
fn what_is_odd_in_recalls_is_counted() {
    let of = |from: &str, to: &str| {
        let (read, report) = recalls(RECALLS.replacen(from, to, 1).as_bytes()).unwrap();
        (read.len(), skips(&report))
    };
    assert_eq!(of("\"Z-1603-2023\"", "\" \""), (0, vec![(SkipReason::Value, 1)]));
    assert_eq!(of("\"FRN\"", "{}"), (0, vec![(SkipReason::Malformed, 1)]));
    assert_eq!(of("\"Acme Medical Devices, Inc.\"", "null"), (0, vec![(SkipReason::Value, 1)]));
    let odd_day = recalls(RECALLS.replace("2023-03-27", "99999999").as_bytes()).unwrap().0;
    assert_eq!(odd_day[0].began, None);
    let long = "pump ".repeat(2_000);
    let record = recalls(RECALLS.replace("infusion pump", &long).as_bytes()).unwrap().0.remove(0);
    assert!(record.device.chars().count() <= 120 && record.searched.chars().count() <= 701);
    assert!(matches!(recalls(br#"{"meta":{}}"#), Err(FeedError::Empty { .. })));
    assert!(matches!(recalls(&RECALLS.as_bytes()[..200]), Err(FeedError::Malformed { .. })));
    let control = recalls(RECALLS.replace("infusion pump", "a\\u0000b\\u202e").as_bytes()).unwrap().0;
    assert!(!control[0].device.chars().any(char::is_control));
}

proptest! {
    #[test]
    fn damaged_files_are_read_or_refused(at: prop::sample::Index, byte: u8, which in 0usize..4) {
        let sample = [DATES, PAGE, RECALLS, ENFORCEMENT][which];
        let mut bytes = sample.as_bytes().to_vec();
        let at = at.index(bytes.len());
        super::read_as_all(&bytes[..at]);
        bytes[at] = byte;
        super::read_as_all(&bytes);
    }
}
