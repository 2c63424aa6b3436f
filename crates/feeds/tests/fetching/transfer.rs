//! A transfer that breaks, goes on, is asked for again, or is not needed.

use crate::feeds::{epss, gzip, kev};
use crate::hospital::Hospital;
use crate::publisher::Conduct;

const FILE: &str = "/kev.json";

#[test]
fn what_has_not_changed_is_asked_for_but_not_sent_again() {
    let hospital = Hospital::new();
    hospital.publisher.put(FILE, kev("2026-11-01", 10));
    assert_eq!(hospital.fine(), 1);
    assert_eq!(hospital.update().as_of.unwrap().to_string(), "2026-11-01");
    let asked = hospital.publisher.asked(FILE);
    assert_eq!(asked.last().unwrap().header("if-none-match"), Some("\"v1\""));
    hospital.publisher.put(FILE, kev("2026-11-02", 11));
    assert_eq!(hospital.fine(), 1);
    assert_eq!(hospital.kev(), kev("2026-11-02", 11));
}

#[test]
fn a_server_that_does_not_know_what_has_not_changed_sends_it_again() {
    let mut hospital = Hospital::new();
    let url = hospital.publisher.url("/epss.csv.gz");
    hospital.sources = format!("[[source]]\nid = 'epss'\nmethod = 'files'\nurls = ['{url}']\n");
    hospital.publisher.put("/epss.csv.gz", gzip(epss("2026-11-02", 10).as_bytes()));
    hospital.publisher.always("/epss.csv.gz", Conduct::IgnoresConditions);
    assert_eq!((hospital.fine(), hospital.fine()), (1, 1));
    assert_eq!(hospital.update().as_of.unwrap().to_string(), "2026-11-02");
}

#[test]
fn a_file_that_was_deleted_here_is_fetched_again() {
    let hospital = Hospital::new();
    hospital.publisher.put(FILE, kev("2026-11-01", 10));
    hospital.fine();
    std::fs::remove_file(hospital.path("kev/kev.json")).unwrap();
    assert_eq!(hospital.fine(), 1);
}

#[test]
fn a_broken_transfer_goes_on_where_it_stopped() {
    let hospital = Hospital::new();
    let file = kev("2026-11-01", 200);
    hospital.publisher.put(FILE, file.clone());
    hospital.publisher.once(FILE, Conduct::CutAfter(5_000));
    hospital.publisher.once(FILE, Conduct::CutAfter(3_000));
    let report = hospital.update();
    assert_eq!((report.fetched.failed, report.fetched.bytes), (0, u64::try_from(file.len()).unwrap()));
    let ranges: Vec<Option<String>> = hospital
        .publisher
        .asked(FILE)
        .iter()
        .map(|asked| asked.header("range").map(ToOwned::to_owned))
        .collect();
    assert_eq!(ranges, [None, Some("bytes=5000-".to_owned()), Some("bytes=8000-".to_owned())]);
    assert_eq!(hospital.kev(), file);
}

#[test]
fn the_next_update_goes_on_too() {
    let mut hospital = Hospital::new();
    hospital.attempts = 1;
    hospital.publisher.put(FILE, kev("2026-11-01", 200));
    hospital.publisher.once(FILE, Conduct::CutAfter(5_000));
    hospital.fails(&["broke off after 5000 bytes", "run the update again"]);
    assert_eq!(hospital.fine(), 1);
    assert_eq!(hospital.publisher.asked(FILE).last().unwrap().header("range"), Some("bytes=5000-"));
    assert_eq!(hospital.kev(), kev("2026-11-01", 200));
}

#[test]
fn another_version_in_the_middle_is_begun_anew() {
    for conduct in [Conduct::Fine, Conduct::IgnoresRange, Conduct::WrongRange] {
        let mut hospital = Hospital::new();
        hospital.attempts = 1;
        hospital.publisher.put(FILE, kev("2026-11-01", 200));
        hospital.publisher.once(FILE, Conduct::CutAfter(5_000));
        hospital.fails(&["broke off"]);
        hospital.attempts = 3;
        let file = kev("2026-11-02", 210);
        hospital.publisher.put(FILE, file.clone());
        hospital.publisher.once(FILE, conduct.clone());
        assert_eq!(hospital.fine(), 1, "{conduct:?}");
        assert_eq!(hospital.kev(), file, "{conduct:?}");
    }
}

#[test]
fn a_server_that_does_not_understand_ranges_is_served_too() {
    for conduct in [Conduct::IgnoresRange, Conduct::WrongRange, Conduct::Status(416, "x-y: 1")] {
        let hospital = Hospital::new();
        let file = kev("2026-11-01", 200);
        hospital.publisher.put(FILE, file.clone());
        hospital.publisher.once(FILE, Conduct::CutAfter(5_000));
        hospital.publisher.once(FILE, conduct.clone());
        assert_eq!(hospital.fine(), 1, "{conduct:?}");
        assert_eq!(hospital.kev(), file, "{conduct:?}");
    }
}

#[test]
fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
    let hospital = Hospital::new();
    hospital.publisher.put(FILE, kev("2026-11-01", 10));
    hospital.publisher.once(FILE, Conduct::Status(500, "x-y: 1"));
    hospital.publisher.once(FILE, Conduct::Status(429, "retry-after: 1"));
    let begun = std::time::Instant::now();
    assert_eq!(hospital.fine(), 1);
    assert!(begun.elapsed().as_millis() >= 1_000);
    hospital.publisher.once(FILE, Conduct::Status(503, "retry-after: 86400"));
    hospital.fails(&["is busy", "86400 seconds"]);
    assert_eq!(hospital.publisher.asked(FILE).len(), 4, "not asked again before its time");
}

#[test]
fn what_asking_again_cannot_mend_is_not_asked_again() {
    let hospital = Hospital::new();
    hospital.publisher.put(FILE, kev("2026-11-01", 10));
    hospital.fine();
    for (status, word) in [(404, "not there"), (403, "not allowed"), (418, "418")] {
        hospital.publisher.asked(FILE);
        hospital.publisher.once(FILE, Conduct::Status(status, "x-y: 1"));
        hospital.fails(&[word]);
        assert_eq!(hospital.publisher.asked(FILE).len(), 1);
    }
    hospital.publisher.always(FILE, Conduct::Status(500, "x-y: 1"));
    hospital.fails(&["500", "trouble"]);
    assert_eq!(hospital.publisher.asked(FILE).len(), 3);
    assert_eq!(hospital.kev(), kev("2026-11-01", 10));
}

#[test]
fn silence_ends() {
    let mut hospital = Hospital::new();
    hospital.attempts = 1;
    hospital.publisher.put(FILE, kev("2026-11-01", 200));
    for conduct in [Conduct::StallsAfter(0), Conduct::StallsAfter(3_000), Conduct::Drips] {
        hospital.publisher.once(FILE, conduct);
        hospital.fails(&["sent nothing for"]);
    }
    assert_eq!(hospital.fine(), 1);
}
