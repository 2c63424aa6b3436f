//! BACnet and Modbus logs of ICSNPP against what we read of their captures.

use std::collections::BTreeMap;

use wardround_model::{Endpoint, FactKind, Protocol, Subject};

use crate::archive::Files;
use crate::reading::{Pair, Reading};
use crate::score::{Outcome, Scores};
use crate::table::{self, Row};
use crate::zeek;

const SOURCE: &str = "icsnpp";

/// Baselines and the captures that they were made from.
const MADE_FROM: &[(&str, &str)] = &[
    ("bacnet/testing/baseline/analyzer.basic/", "bacnet/testing/traces/bacnet_example.pcap"),
    (
        "bacnet/testing/baseline/analyzer.error-reject-abort/",
        "bacnet/testing/traces/bacnet_error_reject_abort.pcap",
    ),
    ("bacnet/testing/baseline/analyzer.segmented_data/", "bacnet/testing/traces/bacnet_segmented_data.pcap"),
    ("bacnet/testing/baseline/analyzer.services/", "bacnet/testing/traces/bacnet_services.pcap"),
    ("modbus/testing/baseline/analyzer.basic/", "modbus/testing/traces/modbus_example.pcap"),
];

/// Properties of a device object that we keep.
const PROPERTIES: &[(&str, FactKind)] = &[
    ("vendor-name", FactKind::BacnetVendor),
    ("model-name", FactKind::BacnetModel),
    ("firmware-revision", FactKind::BacnetFirmware),
    ("application-software-version", FactKind::BacnetSoftware),
];

/// Compares all baselines.
pub(crate) fn compare(files: &Files, scores: &mut Scores) {
    for (baseline, capture) in MADE_FROM {
        let Some(bytes) = files.get(*capture) else { continue };
        let reading = Reading::of(capture, bytes);
        for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(baseline)) {
            let text = String::from_utf8_lossy(bytes);
            match path.strip_prefix(baseline) {
                Some("conn.log") => {
                    zeek::conversations(SOURCE, &text, std::slice::from_ref(&reading), scores)
                }
                Some("bacnet.log") => bacnet(&text, &reading, scores),
                Some("bacnet_discovery.log") => table::rows(&text, |row| discovery(row, &reading, scores)),
                Some("bacnet_property.log") => table::rows(&text, |row| property(row, &reading, scores)),
                Some("modbus_detailed.log") => modbus(&text, &reading, scores),
                _ => {}
            }
        }
    }
}

/// The service of the device that sent what a row tells.
fn sender(row: &Row<'_>) -> Option<Subject> {
    let transport = wardround_model::Transport::Udp;
    let (ip, port) = (row.get("source_h")?.parse().ok()?, row.get("source_p")?.parse().ok()?);
    Some(Subject::Service(Endpoint { ip, transport, port }))
}

/// Recognised as BACnet, and who did as it was asked.
fn bacnet(text: &str, reading: &Reading, scores: &mut Scores) {
    let mut did: BTreeMap<Subject, Vec<&str>> = BTreeMap::new();
    table::rows(text, |row| {
        let (Some(client), Some(server), Some(port)) =
            (row.get("id.orig_h"), row.get("id.resp_h"), row.get("id.resp_p"))
        else {
            return;
        };
        let Some(pair) = Pair::of(client, server, port, "udp") else { return };
        let protocol = reading.either(pair, pair.server.port).and_then(|it| it.protocol);
        let outcome = Outcome::of(&protocol, &Some(Protocol::Bacnet));
        scores.add((SOURCE, "bacnet"), (&reading.file, &pair.to_string()), outcome);
        let done = match (row.get("pdu_type"), row.get("pdu_service")) {
            (Some("COMPLEX_ACK"), Some(service)) if service.starts_with("read_") => Some("read"),
            (Some("SIMPLE_ACK"), Some(service)) if service.starts_with("write_") => Some("write"),
            _ => None,
        };
        if let (Some(done), Some(sender)) = (done, sender(row)) {
            did.entry(sender).or_default().push(done);
        }
    });
    for (subject, mut done) in did {
        done.sort_unstable();
        done.dedup();
        let mut ours = reading.values(subject, FactKind::BacnetAnswers);
        ours.sort_unstable();
        scores.add(
            (SOURCE, "bacnet answers"),
            (&reading.file, &subject.to_string()),
            Outcome::of(&ours, &done),
        );
    }
}

/// Devices that said who they are.
fn discovery(row: &Row<'_>, reading: &Reading, scores: &mut Scores) {
    let is_device = row.get("pdu_service") == Some("i-am") && row.get("object_type") == Some("device");
    let (true, Some(subject), Some(number)) = (is_device, sender(row), row.get("instance_number")) else {
        return;
    };
    let outcome = reading.compare(subject, FactKind::BacnetDevice, number);
    scores.add((SOURCE, "bacnet device"), (&reading.file, &format!("{subject} {number}")), outcome);
}

/// What devices said of themselves.
fn property(row: &Row<'_>, reading: &Reading, scores: &mut Scores) {
    let is_answer =
        row.get("pdu_service") == Some("read-property-ack") && row.get("object_type") == Some("device");
    let kind = PROPERTIES.iter().find(|(name, _)| row.get("property") == Some(name)).map(|(_, kind)| *kind);
    let (true, Some(kind), Some(subject), Some(value)) = (is_answer, kind, sender(row), row.get("value"))
    else {
        return;
    };
    let outcome = reading.compare(subject, kind, value);
    scores.add((SOURCE, "bacnet property"), (&reading.file, &format!("{subject} {value}")), outcome);
}

/// Recognised as Modbus, and what was done.
fn modbus(text: &str, reading: &Reading, scores: &mut Scores) {
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let cells: Vec<&str> = line.split('\t').collect();
        let &[_, _, client, _, server, port, ..] = cells.as_slice() else { continue };
        let Some(pair) = Pair::of(client, server, port, "tcp") else { continue };
        let protocol = reading.conversation(pair).and_then(|it| it.protocol);
        let outcome = Outcome::of(&protocol, &Some(Protocol::Modbus));
        scores.add((SOURCE, "modbus"), (&reading.file, &pair.to_string()), outcome);
        // An exception is an answer, too, but nothing was done.
        if cells.iter().any(|cell| {
            cell.starts_with("ILLEGAL_") || cell.contains("FAILURE") || cell.contains("EXCEPTION")
        }) {
            continue;
        }
        let Some(function) = cells.iter().find_map(|cell| done(cell)) else { continue };
        let outcome = reading.compare(Subject::Service(pair.server), FactKind::ModbusAnswers, function);
        scores.add((SOURCE, "modbus answers"), (&reading.file, &pair.to_string()), outcome);
    }
}

/// What a function of Modbus does, by the name that Zeek gives it.
pub(crate) fn done(function: &str) -> Option<&'static str> {
    if function.starts_with("READ_")
        && (function.contains("COIL") || function.contains("REGISTER") || function.contains("DISCRETE"))
    {
        Some("read")
    } else if function.starts_with("WRITE_") || function.starts_with("MASK_WRITE") {
        Some("write")
    } else {
        None
    }
}
