//! Zeek's connections against our conversations: who asked whom, how often, how much went each way, and what was spoken.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{Protocol, Transport, Volume};

use crate::reading::{Pair, Reading};
use crate::score::{Outcome, Scores};
use crate::table;

/// Zeek's connections of one client with one service, summed up as we sum up ours.
#[derive(Debug, Default)]
struct Summed {
    client_port: u16,
    ports: BTreeSet<u16>,
    connections: u64,
    to_server: Volume,
    to_client: Volume,
    services: Vec<String>,
}

/// What Zeek calls protocols, and what we do.
const SERVICES: &[(&str, &str)] = &[
    ("http", "http"),
    ("ssl", "tls"),
    ("dns", "dns"),
    ("dhcp", "dhcp"),
    ("ssh", "ssh"),
    ("ftp", "ftp"),
    ("smb", "smb"),
    ("snmp", "snmp"),
    ("ntp", "ntp"),
    ("modbus", "modbus"),
    ("bacnet", "bacnet"),
    ("mysql", "mysql"),
    ("postgresql", "postgresql"),
    ("redis", "redis"),
    ("mqtt", "mqtt"),
    ("smtp", "smtp"),
    ("pop3", "pop3"),
    ("imap", "imap"),
    ("sip", "sip"),
    ("ldap_tcp", "ldap"),
    ("ldap_udp", "ldap"),
    ("krb", "kerberos"),
    ("krb_tcp", "kerberos"),
    ("rdp", "rdp"),
    ("quic", "quic"),
    ("radius", "radius"),
    ("syslog", "syslog"),
    ("rfb", "vnc"),
    ("dce_rpc", "rpc"),
];

/// Compares a log of connections.
pub(crate) fn conversations(source: &'static str, text: &str, readings: &[Reading], scores: &mut Scores) {
    let mut theirs: BTreeMap<Pair, Summed> = BTreeMap::new();
    table::rows(text, |row| {
        let ends = (row.get("id.orig_h"), row.get("id.resp_h"), row.get("id.resp_p"), row.get("proto"));
        let (Some(client), Some(server), Some(port), Some(transport)) = ends else { return };
        let Some(pair) = Pair::of(client, server, port, transport) else {
            scores.add((source, "conn of other transports"), ("", ""), Outcome::NotRead);
            return;
        };
        let sum = theirs.entry(pair).or_default();
        sum.client_port = u16::try_from(row.number("id.orig_p")).unwrap_or(0);
        let is_new = sum.ports.insert(sum.client_port);
        // Of datagrams Zeek begins another row after a minute of silence; a pair of ports counts once here.
        if is_new || pair.server.transport == Transport::Tcp {
            sum.connections = sum.connections.saturating_add(1);
        }
        add(&mut sum.to_server, row.number("orig_pkts"), payload(row, pair, "orig"));
        add(&mut sum.to_client, row.number("resp_pkts"), payload(row, pair, "resp"));
        sum.services.extend(row.get("service").unwrap_or_default().split(',').map(str::to_lowercase));
    });
    for (pair, sum) in theirs {
        compare(source, pair, &sum, readings, scores);
    }
}

/// Bytes of payload that a side sent. Of a single datagram Zeek writes the length of its packet alone.
fn payload(row: &table::Row<'_>, pair: Pair, side: &str) -> u64 {
    let told = row.number(&format!("{side}_bytes"));
    if told > 0 || pair.server.transport == Transport::Tcp {
        return told;
    }
    let headers: u64 = if pair.client.is_ipv4() { 28 } else { 48 };
    let packets = row.number(&format!("{side}_pkts"));
    row.number(&format!("{side}_ip_bytes")).saturating_sub(packets.saturating_mul(headers))
}

fn add(volume: &mut Volume, packets: u64, bytes: u64) {
    volume.packets = volume.packets.saturating_add(packets);
    volume.bytes = volume.bytes.saturating_add(bytes);
}

fn compare(source: &'static str, pair: Pair, theirs: &Summed, readings: &[Reading], scores: &mut Scores) {
    let has = |reading: &&Reading| reading.either(pair, theirs.client_port).is_some();
    let Some(reading) = readings.iter().find(has).or(readings.first()) else { return };
    let place = (reading.file.as_str(), &*pair.to_string());
    let found = reading.either(pair, theirs.client_port);
    let seen =
        if found.is_some() { Outcome::Same } else { Outcome::Differs("nothing".into(), "seen".into()) };
    scores.add((source, "conn seen"), place, seen);
    let Some(ours) = found else { return };
    let is_turned = ours.client != pair.client || ours.server != pair.server;
    let roles = if is_turned {
        Outcome::Differs(ours.server.to_string(), pair.server.to_string())
    } else {
        Outcome::Same
    };
    scores.add((source, "conn roles"), place, roles);
    if is_turned {
        return;
    }
    scores.add((source, "conn connections"), place, Outcome::of(&ours.connections, &theirs.connections));
    // A log without these columns says nothing of them.
    if theirs.to_server.packets > 0 || theirs.to_client.packets > 0 {
        scores.add(
            (source, "conn packets"),
            place,
            Outcome::of(&ours.to_server.packets, &theirs.to_server.packets),
        );
        scores.add(
            (source, "conn packets"),
            place,
            Outcome::of(&ours.to_client.packets, &theirs.to_client.packets),
        );
        scores.add(
            (source, "conn bytes"),
            place,
            Outcome::of(&ours.to_server.bytes, &theirs.to_server.bytes),
        );
        scores.add(
            (source, "conn bytes"),
            place,
            Outcome::of(&ours.to_client.bytes, &theirs.to_client.bytes),
        );
    }
    for service in theirs.services.iter().filter(|service| !service.is_empty()) {
        let code = SERVICES.iter().find(|(known, _)| known == service).map(|(_, code)| *code);
        let outcome = match code.and_then(Protocol::from_code) {
            None => Outcome::NotRead,
            Some(protocol) if ours.protocol == Some(protocol) => Outcome::Same,
            Some(Protocol::Tls) if ours.protocol.is_some() && reading.has_tls(pair.server) => Outcome::Same,
            Some(protocol) => Outcome::Differs(format!("{:?}", ours.protocol), protocol.code().to_owned()),
        };
        scores.add((source, "conn service"), place, outcome);
    }
}
