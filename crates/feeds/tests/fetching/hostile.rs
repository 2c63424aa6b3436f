//! A publisher's server in the wrong hands: what it sends is refused, what was there stays.

use wardround_feeds::Loss;

use crate::feeds::{bomb, gzip, kev, poisoned_kev};
use crate::hospital::Hospital;
use crate::publisher::Conduct;

const FILE: &str = "/kev.json";

/// A hospital that has a good file.
fn served() -> Hospital {
    let hospital = Hospital::new();
    hospital.publisher.put(FILE, kev("2026-11-01", 100));
    hospital.fine();
    hospital
}

/// It goes wrong in these words, and the good file is still there.
#[track_caller]
fn refused(hospital: &Hospital, words: &[&str]) {
    hospital.fails(words);
    assert_eq!(hospital.kev(), kev("2026-11-01", 100));
}

#[test]
fn what_is_no_feed_is_refused() {
    let hospital = served();
    for (bytes, word) in [
        (&b"<html><body>Please log in</body></html>"[..], "error page"),
        (b"", "error page"),
        (&kev("2026-11-02", 100).as_bytes()[..4_000], "was not taken"),
        (&gzip(kev("2026-11-02", 100).as_bytes())[..300], "was not taken"),
    ] {
        hospital.publisher.put(FILE, bytes);
        refused(&hospital, &["kev.json was not taken", word]);
    }
}

#[test]
fn a_feed_that_lost_most_of_its_records_is_refused_until_somebody_has_looked() {
    let mut hospital = served();
    hospital.publisher.put(FILE, kev("2026-11-02", 79));
    refused(&hospital, &["79 records", "100", "--accept-loss"]);
    hospital.loss = Loss::Accept;
    assert_eq!(hospital.fine(), 1);
    hospital.loss = Loss::Refuse;
    hospital.publisher.put(FILE, kev("2026-11-03", 64));
    assert_eq!(hospital.fine(), 1, "a few may go");
}

#[test]
fn a_feed_whose_records_are_there_but_broken_is_refused() {
    let hospital = served();
    hospital.publisher.put(FILE, poisoned_kev("2026-11-02", 100, 30));
    refused(&hospital, &["70 records", "100", "--accept-loss"]);
}

#[test]
fn bombs_are_refused_early() {
    let hospital = served();
    hospital.publisher.put(FILE, bomb(200));
    refused(&hospital, &["was not taken", "bomb"]);
}

#[test]
fn a_file_larger_than_its_source_may_be_is_refused_before_it_comes() {
    let mut hospital = served();
    hospital.sources.push_str("max-megabytes = 1\n");
    hospital.publisher.put(FILE, vec![b' '; 3 << 20]);
    refused(&hospital, &["larger than 1048576 bytes", "max-megabytes"]);
}

#[test]
fn a_length_that_is_a_lie_is_found() {
    let hospital = served();
    let length = kev("2026-11-02", 100).len();
    for (claim, word) in [(length + 1_000, "broke off"), (length / 2, "was not taken")] {
        hospital.publisher.put(FILE, kev("2026-11-02", 100));
        hospital.publisher.always(FILE, Conduct::Claims(claim));
        refused(&hospital, &[word]);
    }
}

#[test]
fn redirects_lead_nowhere_else() {
    let hospital = served();
    for (to, word) in [
        ("file:///etc/passwd", "not over https"),
        ("ftp://127.0.0.1/x", "not over https"),
        ("http://example.org/kev.json", "not over https"),
        ("https://10.1.2.3/kev.json", "private network"),
        ("https://169.254.169.254/latest", "private network"),
        ("https://[::1]/kev.json", "private network"),
        ("https://localhost/kev.json", "private network"),
        ("/kev.json", "one time too many"),
    ] {
        hospital.publisher.always(FILE, Conduct::Redirect(to.to_owned()));
        refused(&hospital, &["sends us on to", word, "list of sources"]);
    }
    hospital.publisher.put("/new.json", kev("2026-11-03", 100));
    hospital.publisher.always(FILE, Conduct::Redirect("/new.json".to_owned()));
    assert_eq!(hospital.fine(), 1, "but on the same server they are followed");
}

#[test]
fn plain_http_is_only_for_this_computer() {
    let mut hospital = served();
    hospital.sources = hospital.sources.replace("127.0.0.1", "127.0.0.1.example.org");
    hospital.fails(&["is not an https address"]);
}
