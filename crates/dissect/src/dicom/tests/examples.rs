//! PDUs and messages of the pynetdicom project, from `../shared/data/dicom`, when that folder is there.

use std::path::Path;
use std::process::Command;

use super::bytes::p_data;
use super::dissect;
use crate::Start;
use crate::laws::Side;

/// One file of the archive; `None`, and a line that says so, without it.
fn example(file: &str) -> Option<String> {
    let archive =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/dicom/pynetdicom-pdus.tar.gz");
    if !archive.exists() {
        println!("skipped: ../shared/data/dicom is not there");
        return None;
    }
    let member = format!("pynetdicom/pynetdicom/tests/{file}");
    let output = Command::new("tar").arg("-xzOf").arg(archive).arg(member).output().expect("tar runs");
    Some(String::from_utf8(output.stdout).expect("Python text"))
}

/// The byte strings of a Python table: `name = ( b"\x01\x00" b"..." )`.
fn table(python: &str) -> Vec<(String, Vec<u8>)> {
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for line in python.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" = ") {
            entries.push((name.to_owned(), Vec::new()));
        }
        if let (Some((_, bytes)), Some((_, literal))) = (entries.last_mut(), line.split_once("b\"")) {
            bytes.extend(unescaped(literal.trim_end_matches('"')));
        }
    }
    entries
}

fn unescaped(literal: &str) -> Vec<u8> {
    let mut parts = literal.split("\\x");
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (hex, text) = part.split_at(2);
        bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
        bytes.extend(text.as_bytes());
    }
    bytes
}

#[test]
fn every_pdu_is_recognised_and_used_up() {
    let Some(python) = example("encoded_pdu_items.py") else { return };
    let pdus: Vec<_> = table(&python).into_iter().filter(|(name, _)| name.starts_with("a_")).collect();
    assert!(pdus.len() > 15, "the table was read");
    for (name, bytes) in pdus {
        let told = Side::new(dissect, &bytes, Start::Opening).check();
        assert_eq!(told.roles.len(), 1, "{name}");
        if name.starts_with("a_associate_rq") {
            assert!(told.lines().contains("dicom.implementation-version="), "{name}: {}", told.lines());
        }
        assert!(!told.lines().contains("pynetdicom"), "{name} tells a user: {}", told.lines());
    }
}

#[test]
fn every_command_is_recognised_by_its_name() {
    let mut recognised = 0;
    for file in ["encoded_dimse_msg.py", "encoded_dimse_n_msg.py"] {
        let Some(python) = example(file) else { return };
        for (name, bytes) in table(&python).into_iter().filter(|(name, _)| name.contains("_cmd")) {
            // The tables begin with the message control header.
            let told =
                Side::new(dissect, &p_data(bytes[0], &bytes[1..]), Start::NextMessage).read(usize::MAX);
            if name.starts_with("c_store_rq") {
                assert!(told.roles.is_empty(), "{name} waits for its data set");
                continue;
            }
            let command = name.to_uppercase().replace("_ER_", "_EVENT_REPORT_").replace('_', "-");
            let expected = command.split("-CMD").next().expect("a name");
            assert!(
                told.lines().contains(&format!("dicom.command={expected}\n")),
                "{name}: {}",
                told.lines()
            );
            recognised += 1;
        }
    }
    assert!(recognised > 20, "{recognised} commands");
}
