//! Files that are no captures, or broken ones: one clear sentence, what was good is kept, never a panic.

use std::process::Output;

use serde_json::Value;

use crate::program::{Place, assert_fails, clinic, error};

/// A pcap header: microseconds, little-endian, Ethernet.
fn pcap_header() -> Vec<u8> {
    [
        &0xa1b2_c3d4_u32.to_le_bytes()[..],
        &[2, 0, 4, 0],
        &[0; 8],
        &262_144_u32.to_le_bytes(),
        &1_u32.to_le_bytes(),
    ]
    .concat()
}

/// A pcap record of an ARP announcement at this second.
fn record(seconds: u32) -> Vec<u8> {
    let ethernet = [&[0xff; 6][..], &[0, 9, 0x5c, 1, 2, 3], &[8, 6]].concat();
    let arp =
        [&[0, 1, 8, 0, 6, 4, 0, 1][..], &[0, 9, 0x5c, 1, 2, 3], &[10, 1, 2, 3], &[0; 6], &[10, 1, 2, 3]]
            .concat();
    let length = u32::try_from(ethernet.len() + arp.len()).unwrap().to_le_bytes();
    [&seconds.to_le_bytes()[..], &[0; 4], &length, &length, &ethernet, &arp].concat()
}

const GOOD: u32 = 1_795_417_200; // 2026-11-23T07:00:00Z

fn round(place: &Place, name: &str, bytes: &[u8]) -> Output {
    let file = place.file(name, bytes);
    place.run(&["round", file.to_str().unwrap(), "--format", "json", "--as-of", "2026-11-24"])
}

#[track_caller]
fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", error(output));
    assert!(!error(output).contains("panicked"));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn what_is_no_capture_is_said_in_one_sentence() {
    let place = Place::new();
    assert_fails(&round(&place, "empty.pcap", b""), 1, &["empty.pcap", "empty"]);
    assert_fails(
        &round(&place, "letter.txt", b"Dear colleague, the pump is in room 3."),
        1,
        &["letter.txt", "capture"],
    );
    assert_fails(&round(&place, "zip.pcap", b"PK\x03\x04 and so on and so on"), 1, &["zip.pcap"]);
    assert_fails(
        &round(&place, "broken.gz", &[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff]),
        1,
        &["broken.gz"],
    );
    assert_fails(
        &round(&place, "broken.zst", &[0x28, 0xb5, 0x2f, 0xfd, 0xff, 0xff, 0xff]),
        1,
        &["broken.zst"],
    );
    assert_fails(&round(&place, "short.pcap", &pcap_header()[..10]), 1, &["short.pcap"]);
    assert_fails(&round(&place, "silent.pcap", &pcap_header()), 1, &["silent.pcap", "no packet"]);
    assert_fails(&place.run(&["round", "missing.pcap"]), 1, &["missing.pcap"]);
    std::fs::create_dir(place.path("folder")).unwrap();
    assert_fails(&place.run(&["round", "folder"]), 1, &["folder"]);
    assert_fails(&place.run(&["round", "-"]), 1, &["standard input"]);
}

#[test]
fn a_length_of_gigabytes_is_refused_with_its_place() {
    let place = Place::new();
    let mut bytes = [pcap_header(), record(GOOD)].concat();
    let place_of_lie = bytes.len();
    bytes.extend([&GOOD.to_le_bytes()[..], &[0; 4], &[0xff; 8], b"little"].concat());
    let json = json(&round(&place, "lie.pcap", &bytes));
    assert_eq!(json["coverage"]["sources"][0]["records"], 1);
    let why = json["coverage"]["sources"][0]["ended_early"].as_str().unwrap();
    assert!(why.contains(&place_of_lie.to_string()), "{why}");
}

#[test]
fn a_file_made_at_its_full_size_and_filled_in_part_ends_where_the_zeros_begin() {
    let place = Place::new();
    let file = place.file("large.pcap", &[pcap_header(), record(GOOD)].concat());
    let words = ["round", file.to_str().unwrap(), "--format", "json", "--as-of", "2026-11-24"];
    // Ten gigabytes of nothing, which take no room on the disk.
    std::fs::File::options().write(true).open(&file).unwrap().set_len(10_000_000_000).unwrap();
    let json = json(&place.run(&words));
    assert_eq!(json["coverage"]["sources"][0]["records"], 1);
    assert!(json["coverage"]["sources"][0]["ended_early"].as_str().unwrap().contains("only zeros follow"));
    let empty = place.file("empty.pcap", &pcap_header());
    std::fs::File::options().write(true).open(&empty).unwrap().set_len(10_000_000_000).unwrap();
    assert_fails(&place.run(&["round", empty.to_str().unwrap()]), 1, &["empty.pcap", "byte 24", "zeros"]);
}

#[test]
fn a_capture_cut_anywhere_keeps_what_came_before() {
    let place = Place::new();
    let whole = std::fs::read(clinic()).unwrap();
    let mut packets = 0;
    for part in 1..10 {
        let output = round(&place, "cut.pcapng", &whole[..whole.len() * part / 10 - 3]);
        let json = json(&output);
        let now = json["coverage"]["sources"][0]["records"].as_u64().unwrap();
        assert!(now >= packets, "more of the file, fewer packets");
        packets = now;
        assert!(json["coverage"]["sources"][0]["ended_early"].is_string());
    }
    assert!(packets > 0);
}

#[test]
fn corrupt_bytes_never_panic() {
    let place = Place::new();
    let whole = std::fs::read(clinic()).unwrap();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..12 {
        let mut bytes = whole.clone();
        for _ in 0..200 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(seed >> 20).unwrap() % bytes.len();
            bytes[at] ^= u8::try_from(seed & 0xff).unwrap();
        }
        let output = round(&place, "corrupt.pcapng", &bytes);
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        assert!(!error(&output).contains("panicked"), "{}", error(&output));
    }
}

#[test]
fn impossible_times_are_told_and_not_used() {
    let place = Place::new();
    let bytes = [pcap_header(), record(GOOD), record(0), record(u32::MAX), record(GOOD + 60)].concat();
    let json = json(&round(&place, "times.pcap", &bytes));
    let source = &json["coverage"]["sources"][0];
    assert_eq!(
        (source["first"].as_str(), source["last"].as_str()),
        (Some("2026-11-23T07:00:00Z"), Some("2026-11-23T07:01:00Z"))
    );
    let skipped = &json["coverage"]["skipped"][0];
    assert_eq!(
        (skipped["reason"].as_str(), skipped["packets"].as_u64()),
        (Some("implausible-time"), Some(2))
    );
    assert_eq!(json["assets"][0]["last_seen"], "2026-11-23T07:01:00Z");
    let text = place.ok(&["round", "show"]);
    assert!(text.contains("impossible time") && text.contains("packet 2 of times.pcap"), "{text}");
}

#[test]
fn one_bad_file_does_not_lose_the_good_ones() {
    let place = Place::new();
    let good = place.file("good.pcap", &[pcap_header(), record(GOOD)].concat());
    let bad = place.file("bad.pcap", b"not a capture at all, sorry");
    let output = place.run(&[
        "round",
        bad.to_str().unwrap(),
        good.to_str().unwrap(),
        "--format",
        "json",
        "--as-of",
        "2026-11-24",
    ]);
    assert_eq!(json(&output)["assets"].as_array().unwrap().len(), 1);
    assert!(error(&output).contains("bad.pcap") && error(&output).lines().count() == 1, "{}", error(&output));
}

#[test]
fn wrong_words_are_told_by_usage() {
    let place = Place::new();
    for words in [
        &["rounds"][..],
        &["import"],
        &["import", "x.csv", "--as", "letter"],
        &["answer", "10.0.0.1", "--retired", "--spares", "2", "--because", "x", "--by", "server"],
        &["answer", "10.0.0.1", "--retired", "--by", "server"],
        &["round", "x.pcap", "--as-of", "yesterday"],
        &["round", "x.pcap", "--workers", "0"],
    ] {
        assert_eq!(place.run(words).status.code(), Some(2), "{words:?}");
    }
}
