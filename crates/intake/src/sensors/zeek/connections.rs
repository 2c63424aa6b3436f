//! `conn.log`: connections.

use wardround_model::{
    ActiveHours, Conversation, FactKind, MacAddr, Protocol, RolesKnownBy, Subject, Timestamp, Transport,
    Volume,
};

use super::super::record::Record;
use super::super::talks::Talks;
use super::super::{nanoseconds, service, transport};
use crate::{Row, Rows};

/// Protocols by Zeek's names; others are not told.
const SERVICES: &[(&str, Protocol)] = &[
    ("bacnet", Protocol::Bacnet),
    ("dce_rpc", Protocol::Rpc),
    ("dhcp", Protocol::Dhcp),
    ("dns", Protocol::Dns),
    ("ftp", Protocol::Ftp),
    ("http", Protocol::Http),
    ("ldap_tcp", Protocol::Ldap),
    ("modbus", Protocol::Modbus),
    ("mqtt", Protocol::Mqtt),
    ("mysql", Protocol::Mysql),
    ("ntp", Protocol::Ntp),
    ("postgresql", Protocol::Postgresql),
    ("radius", Protocol::Radius),
    ("rdp", Protocol::Rdp),
    ("redis", Protocol::Redis),
    ("rfb", Protocol::Vnc),
    ("smb", Protocol::Smb),
    ("smtp", Protocol::Smtp),
    ("krb", Protocol::Kerberos),
    ("krb_tcp", Protocol::Kerberos),
    ("imap", Protocol::Imap),
    ("pop3", Protocol::Pop3),
    ("quic", Protocol::Quic),
    ("sip", Protocol::Sip),
    ("snmp", Protocol::Snmp),
    ("ssh", Protocol::Ssh),
    ("ssl", Protocol::Tls),
    ("syslog", Protocol::Syslog),
];
/// Headers of a datagram: Zeek tells of a single one its packet's length alone.
const HEADERS_V4: u64 = 28;
const HEADERS_V6: u64 = 48;
/// Ports below this one are given to services (RFC 6335, system ports).
const FIRST_USER_PORT: u16 = 1024;

pub(super) fn read(record: &Record<'_>, at: Timestamp, row: Row, rows: &mut Rows<'_>, talks: &mut Talks) {
    tell_cards(record, row, rows);
    let Some(transport) = record.get("proto").and_then(|name| transport(&name)) else { return };
    let client = record.parse("id.orig_h");
    let server = service(record.get("id.resp_h").as_deref(), transport, record.get("id.resp_p").as_deref());
    let (Some(client), Some(server), Some(client_port)) = (client, server, record.parse("id.orig_p")) else {
        rows.error(row, Some("id"), "names no two ends: addresses and ports are needed");
        return;
    };
    let history = record.get("history").unwrap_or_default();
    let is_opening_seen = history.contains(['S', 's', 'H', 'h']);
    let protocol =
        record.get("service").and_then(|names| protocol(&names)).map(|known| mdns(known, server.port));
    let lasted = record.get("duration").and_then(|text| nanoseconds(&text)).unwrap_or(0).max(0);
    let is_tcp = transport == Transport::Tcp;
    let roles = if is_tcp && is_opening_seen || protocol.is_some() || server.port < FIRST_USER_PORT && !is_tcp
    {
        RolesKnownBy::Protocol
    } else {
        RolesKnownBy::Ports
    };
    let last = Timestamp::from_nanoseconds(at.nanoseconds().saturating_add(lasted));
    let talk = Conversation {
        client,
        server,
        protocol,
        roles,
        connections: 1,
        already_open: u64::from(is_tcp && !is_opening_seen && !history.is_empty()),
        to_server: volume(record, "orig", is_tcp, server.ip.is_ipv4()),
        to_client: volume(record, "resp", is_tcp, server.ip.is_ipv4()),
        first: rows.sighting(row, at),
        last,
        active: ActiveHours::between(at, last),
    };
    talks.add(talk, client_port);
}

fn protocol(names: &str) -> Option<Protocol> {
    let of =
        |name: &str| SERVICES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, it)| *it);
    // What stands inside TLS comes after it, what TLS began in before it. RPC may stand inside SMB, on either side of it.
    let is_in_smb = names.split(',').any(|name| name.eq_ignore_ascii_case("smb"));
    names.split(',').filter_map(of).find(|protocol| *protocol != Protocol::Rpc || !is_in_smb)
}

/// Zeek calls multicast DNS `dns`.
fn mdns(protocol: Protocol, port: u16) -> Protocol {
    if protocol == Protocol::Dns && port == 5353 { Protocol::Mdns } else { protocol }
}

fn volume(record: &Record<'_>, side: &str, is_tcp: bool, is_v4: bool) -> Volume {
    let packets = record.number(&format!("{side}_pkts"));
    let mut bytes = record.number(&format!("{side}_bytes"));
    if bytes == 0 && !is_tcp {
        let headers = packets.saturating_mul(if is_v4 { HEADERS_V4 } else { HEADERS_V6 });
        bytes = record.number(&format!("{side}_ip_bytes")).saturating_sub(headers);
    }
    Volume { packets, bytes }
}

/// Cards, where Zeek was told to log them (`mac-logging`).
fn tell_cards(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    for (card, address) in [("orig_l2_addr", "id.orig_h"), ("resp_l2_addr", "id.resp_h")] {
        let card = record.parse::<MacAddr>(card).filter(|card| card.is_one_card());
        if let (Some(card), Some(ip)) = (card, record.get(address)) {
            rows.fact(row, Subject::Mac(card), FactKind::SendsFromIp, &ip);
        }
    }
}
