//! A harvest comes through its pipe as it was; nothing that is not allowed does.

use std::path::Path;

use super::*;

const CLINIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/clinic.pcapng");

/// What the demo capture shows.
fn clinic() -> Captured {
    let as_of = "2026-11-24".parse().unwrap();
    let input = wardround_capture::Input::File(Path::new(CLINIC).to_owned());
    wardround_capture::read(&[input], &wardround_capture::Options::at(as_of), &()).unwrap()
}

fn written(found: &Captured) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_harvest(&mut bytes, found).unwrap();
    bytes
}

fn read(mut bytes: &[u8]) -> Result<Option<Captured>, HarvestError> {
    read_harvest(&mut bytes, SourceIndex(0), "eth1")
}

fn with(line: &str) -> Result<Option<Captured>, HarvestError> {
    read(format!("{VERSION}\nsource\t1\t60\t-\t-\t0\n{line}\nend\n").as_bytes())
}

#[test]
fn the_demo_capture_comes_through_as_it_was() {
    let (found, again) = (clinic(), read(&written(&clinic())).unwrap().unwrap());
    assert!(found.observations.len() > 100 && found.conversations.len() > 20);
    assert_eq!(again.observations, found.observations);
    assert_eq!(again.conversations, found.conversations);
    assert_eq!(again.coverage.skipped, found.coverage.skipped);
    assert_eq!(again.coverage.packets(), found.coverage.packets());
    assert_eq!(again.coverage.sources[0].first, found.coverage.sources[0].first);
    assert_eq!(again.coverage.sources[0].name, "eth1", "the name is not the reader's to tell");
}

/// What was heard by a version without hours has those of the first packet and of the last.
#[test]
fn hours_come_through_and_may_be_missing() {
    let mut found = clinic();
    found.conversations[0].active.add("2026-11-22".parse().unwrap());
    let again = read(&written(&found)).unwrap().unwrap();
    assert_eq!(again.conversations, found.conversations);
    let talk = "talk\t10.1.2.3\t10.1.2.4:21/tcp\t-\tports\t1\t0\t1\t1\t1\t1\t1\t0\t5\t5";
    for (hours, expected) in
        [("", "Thu 00:00-01:00"), ("\t-", "Thu 00:00-01:00"), ("\t1-2", "Mon 01:00-03:00, Thu 00:00-01:00")]
    {
        let found = with(&format!("{talk}{hours}")).unwrap().unwrap();
        assert_eq!(found.conversations[0].active.to_string(), expected);
    }
    assert!(with(&format!("{talk}\t2-1")).is_err());
    assert!(with(&format!("{talk}\t1\t1")).is_err());
}

#[test]
fn several_follow_each_other() {
    let bytes = [written(&clinic()), written(&clinic())].concat();
    let mut rest = bytes.as_slice();
    for _ in 0..2 {
        assert!(read_harvest(&mut rest, SourceIndex(3), "eth1").unwrap().is_some());
    }
    assert!(read_harvest(&mut rest, SourceIndex(3), "eth1").unwrap().is_none());
}

#[test]
fn a_reader_that_dies_in_the_middle_tells_nothing() {
    let bytes = written(&clinic());
    for end in (1..bytes.len()).step_by(bytes.len() / 97) {
        assert!(matches!(read(&bytes[..end]), Err(HarvestError::CutShort)), "cut at {end}");
    }
}

#[test]
fn what_is_not_allowed_is_refused() {
    let fact = "fact\t10.1.2.3\tsends-from-ip\t1\t0\t5\t5\t1\t10.1.2.3";
    assert!(with("skip\tdropped\t7\t1\t0").is_ok());
    for line in [
        "",
        "end of it",
        "exec\t/bin/sh",
        "skip\tdropped\t0\t1\t0",
        "skip\tdropped\t7\t1\t0\tmore",
        "skip\tbecause\t7\t1\t0",
        "source\t1\t60\t-\t-\t0",
        "source\t-1\t60\t-\t-\t0",
        "fact\tL-1a2b3c4d5e6f\tftp-banner\t1\t0\t5\t5\t1\tx",
        "fact\t10.1.2.3\tpatient-name\t1\t0\t5\t5\t1\tx",
        &fact.replace("10.1.2.3\t", "10.1.2.3.4\t"),
        "talk\t10.1.2.3\t10.1.2.4:21/tcp\t-\tguessed\t1\t0\t1\t1\t1\t1\t1\t0\t5\t5",
    ] {
        assert!(matches!(with(line), Err(HarvestError::NotAllowed(_))), "{line}");
    }
    assert!(matches!(read(b"wardround-harvest 2\nend\n"), Err(HarvestError::NotAllowed(1))));
    assert!(matches!(read(format!("{VERSION}\nend\n").as_bytes()), Err(HarvestError::NotAllowed(2))));
    assert!(read(b"\xff\xfe\n").is_err());
}

#[test]
fn too_much_is_refused() {
    assert!(matches!(with(&"x".repeat(1 << 20)), Err(HarvestError::LongLine)));
    let many = "skip\tdropped\t7\t1\t0\n".repeat(MAX_LINES);
    assert!(matches!(with(&many), Err(HarvestError::TooMany)));
}

#[test]
fn that_an_interface_went_down_comes_through_in_words_of_the_parent() {
    let mut found = clinic();
    found.coverage.sources[0].ended_early = Some("the reader's own words".to_owned());
    let again = read(&written(&found)).unwrap().unwrap();
    assert_eq!(again.coverage.sources[0].ended_early.as_deref(), Some(went_down("eth1").as_str()));
    assert!(matches!(read(format!("{VERSION}\ndown\nend\n").as_bytes()), Err(HarvestError::NotAllowed(2))));
}

#[test]
fn that_a_reader_stopped_is_kept_apart_from_an_interface_that_went_down() {
    let mut found = clinic();
    found.coverage.sources[0].ended_early = Some(format!("{READER} eth1 stopped (signal: 9)"));
    let again = read(&written(&found)).unwrap().unwrap();
    assert_eq!(again.coverage.sources[0].ended_early.as_deref(), Some(broke("eth1").as_str()));
    found.coverage.sources[0].ended_early = Some(format!("{}; {READER} eth1 stopped", went_down("eth1")));
    let both = read(&written(&found)).unwrap().unwrap().coverage.sources[0].ended_early.clone().unwrap();
    assert!(both.contains(&broke("eth1")) && both.contains(&went_down("eth1")), "{both}");
    let many = format!("{VERSION}\nsource\t1\t1\t-\t-\t0\n{}end\n", "down\nbroken\n".repeat(100));
    let told = read(many.as_bytes()).unwrap().unwrap().coverage.sources[0].ended_early.clone().unwrap();
    assert!(told.len() < 400, "a reader that says it again and again: {told}");
}
