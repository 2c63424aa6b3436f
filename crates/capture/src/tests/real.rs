//! Captures that others recorded, where they are present (`../shared/data`).

use std::io::Read;
use std::path::Path;

use wardround_model::Timestamp;

use super::{assert_same, with_workers};
use crate::{Limits, Options, read_bytes};

/// The captures in the archives, by name.
fn captures() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/captures");
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().ends_with(".tar.gz")) {
        let archive = flate2::read::GzDecoder::new(std::fs::File::open(entry.path()).unwrap());
        for file in tar::Archive::new(archive).entries().unwrap() {
            let mut file = file.unwrap();
            let name = file.path().unwrap().to_string_lossy().into_owned();
            if [".pcap", ".pcapng", ".trace", ".cap"]
                .iter()
                .any(|end| name.trim_end_matches(".gz").ends_with(end))
            {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).unwrap();
                found.push((name, bytes));
            }
        }
    }
    found.sort_unstable();
    found
}

#[test]
fn captures_of_others_are_read_alike_on_one_thread_and_two() {
    let captures = captures();
    if captures.is_empty() {
        println!("skipped: no captures in ../shared/data");
        return;
    }
    let as_of: Timestamp = "2026-11-24".parse().unwrap();
    let (mut packets, mut observations, mut conversations, mut unread) = (0, 0, 0, 0);
    for (name, bytes) in &captures {
        let one = read_bytes(name, bytes, &Options::at(as_of));
        let two = read_bytes(name, bytes, &Options { as_of, ..with_workers(2, Limits::default()) });
        match (one, two) {
            (Ok(one), Ok(two)) => {
                assert_same(&one, &two);
                packets += one.coverage.packets();
                observations += one.observations.len();
                conversations += one.conversations.len();
                let again = read_bytes(name, bytes, &Options::at(as_of)).unwrap();
                assert_same(&one, &again);
            }
            (Err(one), Err(two)) => {
                assert_eq!(one.to_string(), two.to_string());
                println!("{one}");
                unread += 1;
            }
            _ => panic!("{name} differs"),
        }
    }
    println!(
        "{} captures, {packets} packets: {observations} observations, {conversations} conversations; {unread} unread",
        captures.len()
    );
    assert!(packets > 100_000 && unread * 20 < captures.len());
}
