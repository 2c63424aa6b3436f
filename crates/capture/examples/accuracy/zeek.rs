//! Zeek's own logs of its test captures against what we read of them.
//!
//! Which log was made from which capture, Zeek's test scripts say: `-r $TRACES/name`.

mod conversations;
mod facts;
mod tls;

use std::collections::BTreeMap;

use wardround_model::Protocol;

use crate::archive::Files;
use crate::reading::{Pair, Reading};
use crate::score::{Outcome, Scores};
use crate::table::{self, Row};

pub(crate) use conversations::conversations;

const SOURCE: &str = "zeek";
const BASELINES: &str = "testing/btest/Baseline/";
const SCRIPTS: &str = "testing/btest/scripts/";
const TRACES: &str = "testing/btest/Traces/";

/// Compares every log whose capture is known and there.
pub(crate) fn compare(files: &Files, scores: &mut Scores) -> Result<(), String> {
    let captures = captures_of_tests(files);
    if captures.is_empty() {
        return Err("no test script names a capture".to_owned());
    }
    let mut logs: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for path in files.keys() {
        let Some((test, log)) = path.strip_prefix(BASELINES).and_then(|rest| rest.split_once('/')) else {
            continue;
        };
        logs.entry(test).or_default().push((log, path));
    }
    for (test, logs) in logs {
        let Some(names) = captures.get(test) else { continue };
        let read = |name: &String| Some(Reading::of(name, files.get(&format!("{TRACES}{name}"))?));
        let readings: Vec<Reading> = names.iter().filter_map(read).collect();
        // Half of the captures are kept aside. Whether a row of a log is of one that is not there cannot be told.
        if readings.is_empty() || readings.len() < names.len() {
            continue;
        }
        let of_test = Test { readings, logs, files };
        of_test.compare(scores);
    }
    Ok(())
}

/// Captures by the name of the test that reads them.
fn captures_of_tests(files: &Files) -> BTreeMap<String, Vec<String>> {
    let mut captures = BTreeMap::new();
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(SCRIPTS)) {
        let Some((name, _ending)) =
            path.strip_prefix("testing/btest/").and_then(|rest| rest.rsplit_once('.'))
        else {
            continue;
        };
        let text = String::from_utf8_lossy(bytes);
        let lines = text.lines().filter(|line| line.contains("TEST-EXEC:") && line.contains("zeek"));
        let ends = |c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c));
        let mut names: Vec<String> = lines
            .flat_map(|line| line.split("$TRACES/").skip(1))
            .filter_map(|rest| rest.split(ends).next().map(str::to_owned))
            .collect();
        names.sort_unstable();
        names.dedup();
        captures.insert(name.replace('/', "."), names);
    }
    captures
}

/// One test of Zeek: its captures as we read them, and its logs.
struct Test<'a> {
    readings: Vec<Reading>,
    logs: Vec<(&'a str, &'a str)>,
    files: &'a Files,
}

impl Test<'_> {
    fn compare(&self, scores: &mut Scores) {
        for (log, path) in &self.logs {
            let Some(bytes) = self.files.get(*path) else { continue };
            let text = String::from_utf8_lossy(bytes);
            match log.split('.').next().unwrap_or(log) {
                "conn" => conversations(SOURCE, &text, &self.readings, scores),
                "ssl" => tls::compare(&text, &self.certificates(), &self.readings, scores),
                kind => table::rows(&text, |row| self.compare_row(kind, row, scores)),
            }
        }
    }

    fn compare_row(&self, kind: &str, row: &Row<'_>, scores: &mut Scores) {
        if kind == "dhcp" {
            self.readings.iter().take(1).for_each(|reading| facts::dhcp(row, reading, scores));
            return;
        }
        let Some((field, code)) = LOGS.iter().find(|(log, ..)| *log == kind).map(|(_, f, c)| (*f, *c)) else {
            return;
        };
        let Some((pair, client_port)) = pair_of(row) else { return };
        let Some(reading) = self.reading_of(pair, client_port) else { return };
        let place = (reading.file.as_str(), &*pair.to_string());
        let outcome = recognised(reading, pair, client_port, code);
        scores.add((SOURCE, field), place, outcome);
        facts::compare(kind, row, pair, reading, scores);
    }

    /// The capture that has this pair; the first where none has.
    fn reading_of(&self, pair: Pair, client_port: u16) -> Option<&Reading> {
        let has = |reading: &&Reading| reading.either(pair, client_port).is_some();
        self.readings.iter().find(has).or(self.readings.first())
    }

    /// Certificates of this test by their fingerprint.
    fn certificates(&self) -> tls::Certificates {
        let mut found = tls::Certificates::default();
        for (_, path) in self.logs.iter().filter(|(log, _)| log.contains("x509")) {
            if let Some(bytes) = self.files.get(*path) {
                found.add(&String::from_utf8_lossy(bytes));
            }
        }
        found
    }
}

/// Logs of one protocol: their name, what it is called in the table, and our code for it.
const LOGS: &[(&str, &str, &[&str])] = &[
    ("dce_rpc", "dce_rpc recognised", &["rpc", "dce-rpc", "smb"]),
    ("dnp3", "dnp3 recognised", &["dnp3"]),
    ("dns", "dns recognised", &["dns", "mdns", "llmnr", "nbns"]),
    ("ftp", "ftp recognised", &["ftp"]),
    ("http", "http recognised", &["http", "ipp"]),
    ("kerberos", "kerberos recognised", &["kerberos", "smb", "rpc"]),
    ("ldap", "ldap recognised", &["ldap"]),
    ("modbus", "modbus recognised", &["modbus"]),
    ("mqtt_publish", "mqtt recognised", &["mqtt"]),
    ("mysql", "mysql recognised", &["mysql"]),
    ("ntlm", "ntlm recognised", &["smb", "http", "ldap", "rpc", "dce-rpc"]),
    ("ntp", "ntp recognised", &["ntp"]),
    ("postgresql", "postgresql recognised", &["postgresql"]),
    ("quic", "quic recognised", &["quic"]),
    ("radius", "radius recognised", &["radius"]),
    ("rdp", "rdp recognised", &["rdp"]),
    ("redis", "redis recognised", &["redis"]),
    ("rfb", "rfb recognised", &["vnc"]),
    ("sip", "sip recognised", &["sip"]),
    ("smb_files", "smb recognised", &["smb"]),
    ("smb_mapping", "smb recognised", &["smb"]),
    ("smtp", "smtp recognised", &["smtp"]),
    ("snmp", "snmp recognised", &["snmp"]),
    ("socks", "socks recognised", &["socks"]),
    ("ssh", "ssh recognised", &["ssh"]),
    ("syslog", "syslog recognised", &["syslog"]),
    ("websocket", "websocket recognised", &["http"]),
];

/// Whether we recognise one of these protocols there; not read when we know none of them.
fn recognised(reading: &Reading, pair: Pair, client_port: u16, codes: &[&str]) -> Outcome {
    let known: Vec<Protocol> = codes.iter().filter_map(|code| Protocol::from_code(code)).collect();
    if codes.first().is_none_or(|first| Protocol::from_code(first).is_none()) {
        return Outcome::NotRead;
    }
    let ours = reading.either(pair, client_port).and_then(|it| it.protocol);
    if ours.is_some_and(|ours| known.contains(&ours)) {
        return Outcome::Same;
    }
    Outcome::Differs(format!("{ours:?}"), codes.join(" or "))
}

/// Who asked whom in a row, and the client's port. Where a log has no transport, its protocol's own counts.
fn pair_of(row: &Row<'_>) -> Option<(Pair, u16)> {
    let (client, server) = (row.get("id.orig_h")?, row.get("id.resp_h")?);
    let (client_port, port) = (row.get("id.orig_p")?, row.get("id.resp_p")?);
    let is_datagram = matches!(
        port,
        "53" | "67" | "88" | "123" | "137" | "161" | "162" | "514" | "1812" | "5060" | "5353" | "5355"
    );
    // Only logs of QUIC have this column.
    let is_datagram = is_datagram || row.get("client_initial_dcid").is_some();
    let transport = row.get("proto").unwrap_or(if is_datagram { "udp" } else { "tcp" });
    Some((Pair::of(client, server, port, transport)?, client_port.parse().ok()?))
}
