//! Zeek's own logs of its test captures in `../shared/data`, when they are there; a line says so when they are not.
//!
//! Their times are blanked out, because they differ from run to run: any moment stands for them here.
#![expect(clippy::unwrap_used, reason = "tests may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use wardround_intake::{Imported, Request, import};
use wardround_model::{SourceIndex, SourceKind, Timestamp};

/// Logs by their path, as Zeek writes them: without the line of the test tool, and with moments.
fn logs() -> Option<BTreeMap<String, String>> {
    let part = "captures/zeek-baselines.tar.gz";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(part);
    if !path.exists() {
        // Past the test harness's capture: a skip must be seen.
        let _ = writeln!(std::io::stderr(), "skipped: ../shared/data/{part} is not there");
        assert!(std::env::var_os("WARDROUND_NEED_DATA").is_none(), "../shared/data/{part} is needed");
        return None;
    }
    let mut logs = BTreeMap::new();
    for entry in tar::Archive::new(GzDecoder::new(File::open(path).unwrap())).entries().unwrap() {
        let mut entry = entry.unwrap();
        let name = entry.path().unwrap().display().to_string();
        let mut text = String::new();
        if !name.ends_with(".log") || entry.read_to_string(&mut text).is_err() {
            continue;
        }
        let lines = text.lines().filter(|line| !line.starts_with("###"));
        let text: String = lines.flat_map(|line| [line, "\n"]).collect();
        // Some tests of Zeek cut columns out, the moment too.
        if text.starts_with("#separator") && text.contains("\n#fields\tts\t") {
            logs.insert(name, text.replace("XXXXXXXXXX.XXXXXX", "1400000000.250000"));
        }
    }
    Some(logs)
}

fn read(path: &str, text: &str) -> Imported {
    let name = path.rsplit('/').next().unwrap();
    let request = Request {
        name,
        bytes: text.as_bytes(),
        kind: None,
        about: None,
        source: SourceIndex(0),
        observed_at: Timestamp::EPOCH,
        mapping: None,
    };
    import(&request).map_err(|error| format!("{path}: {error}")).unwrap()
}

/// Rows of a log, each by its fields.
fn rows(text: &str) -> Vec<BTreeMap<&str, &str>> {
    let mut fields = Vec::new();
    let mut rows = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("#fields\t") {
            Some(names) => fields = names.split('\t').collect(),
            None if line.starts_with('#') => {}
            None => rows.push(fields.iter().copied().zip(line.split('\t')).collect()),
        }
    }
    rows
}

#[test]
fn connections_are_those_of_the_log() {
    let Some(logs) = logs() else { return };
    let (mut files, mut talks) = (0, 0);
    for (path, text) in logs.iter().filter(|(path, _)| path.ends_with("/conn.log")) {
        let imported = read(path, text);
        assert_eq!(imported.kind, SourceKind::Zeek, "{path}");
        let (mut ends, mut packets) = (BTreeSet::new(), 0_u64);
        let rows = rows(text);
        let of_transport = |row: &&BTreeMap<&str, &str>| {
            row.get("proto").is_some_and(|proto| ["tcp", "udp"].contains(proto))
                && row.contains_key("id.orig_h")
        };
        for row in rows.iter().filter(of_transport) {
            let address = |name| row[name].parse::<std::net::IpAddr>().unwrap();
            ends.insert((address("id.orig_h"), address("id.resp_h"), row["id.resp_p"], row["proto"]));
            let number = |name| row.get(name).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0);
            packets += number("orig_pkts") + number("resp_pkts");
        }
        let counted: u64 =
            imported.conversations.iter().map(|it| it.to_server.packets + it.to_client.packets).sum();
        assert_eq!((imported.conversations.len(), counted), (ends.len(), packets), "{path}");
        files += 1;
        talks += ends.len();
    }
    println!("{files} logs of connections, {talks} conversations");
    assert!(files > 50, "{files}");
}

#[test]
fn every_log_is_read_and_its_rows_are_whole() {
    let Some(logs) = logs() else { return };
    let (mut facts, mut damaged) = (BTreeMap::new(), Vec::new());
    for (path, text) in &logs {
        let imported = read(path, text);
        for it in &imported.observations {
            *facts.entry(it.fact.kind().code()).or_insert(0) += 1;
        }
        if imported.rows_failed > 0 {
            damaged.push(format!("{path}: {:?}", imported.errors));
        }
    }
    println!("{} logs: {facts:?}", logs.len());
    assert!(damaged.is_empty(), "{damaged:#?}");
    for kind in [
        "ssh.banner",
        "tls.version",
        "tls.cipher",
        "ntlm.computer",
        "modbus.answers",
        "snmp.version",
        "rdp.security",
    ] {
        assert!(facts.contains_key(kind), "{kind}");
    }
}
