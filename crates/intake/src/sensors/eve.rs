//! Suricata's `eve.json`: lines of JSON, one an event (Suricata's manual, "EVE JSON Format").

use wardround_model::{
    ActiveHours, Conversation, Endpoint, FactKind, MacAddr, Protocol, RolesKnownBy, Subject, Timestamp,
    Transport, Volume,
};

use super::record::{self, Record};
use super::talks::Talks;
use super::{certificate, moment, service, ssh_software, transport};
use crate::table::{decode, decode_beginning};
use crate::{ImportError, Request, Row, Rows};

/// Protocols by Suricata's names; others are not told.
const PROTOCOLS: &[(&str, Protocol)] = &[
    ("dcerpc", Protocol::Rpc),
    ("dhcp", Protocol::Dhcp),
    ("dns", Protocol::Dns),
    ("enip", Protocol::EthernetIp),
    ("ftp", Protocol::Ftp),
    ("http", Protocol::Http),
    ("http1", Protocol::Http),
    ("ldap", Protocol::Ldap),
    ("mdns", Protocol::Mdns),
    ("modbus", Protocol::Modbus),
    ("mqtt", Protocol::Mqtt),
    ("ntp", Protocol::Ntp),
    ("pgsql", Protocol::Postgresql),
    ("rdp", Protocol::Rdp),
    ("rfb", Protocol::Vnc),
    ("smb", Protocol::Smb),
    ("smtp", Protocol::Smtp),
    ("krb5", Protocol::Kerberos),
    ("imap", Protocol::Imap),
    ("pop3", Protocol::Pop3),
    ("quic", Protocol::Quic),
    ("sip", Protocol::Sip),
    ("snmp", Protocol::Snmp),
    ("ssh", Protocol::Ssh),
    ("telnet", Protocol::Telnet),
    ("tftp", Protocol::Tftp),
    ("tls", Protocol::Tls),
];
/// Ethernet, IPv4 and TCP with a time stamp; Ethernet, IPv4 and UDP. Suricata counts whole frames; the difference of IPv6 is 20.
const FRAME_TCP: u64 = 66;
const FRAME_UDP: u64 = 42;
const MORE_OF_V6: u64 = 20;
/// Options of the opening of a connection beyond a time stamp.
const OPENING: u64 = 8;

/// Whether a text looks like it.
pub(crate) fn looks(_: &str, bytes: &[u8]) -> bool {
    let text = decode_beginning(bytes, 1 << 14);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    first.starts_with('{') && first.contains("\"event_type\":") && first.contains("\"timestamp\":")
}

pub(crate) fn read(request: &Request<'_>, rows: &mut Rows<'_>) -> Result<(), ImportError> {
    let text = decode(request.bytes);
    let mut talks = Talks::default();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        let row = Row(number);
        rows.count_row();
        match record::object(line) {
            Ok(record) => event(&record, row, rows, &mut talks),
            Err(why) => rows.error(row, None, why),
        }
    }
    talks.tell(rows);
    Ok(())
}

fn event(record: &Record<'_>, row: Row, rows: &mut Rows<'_>, talks: &mut Talks) {
    let Some(at) = record.get("timestamp").and_then(|text| moment(&text)) else {
        rows.error(row, Some("timestamp"), "is no moment of RFC 3339");
        return;
    };
    rows.seen_at(at);
    let kind = record.get("event_type").unwrap_or_default();
    let Some(ends) = Ends::of(record) else { return };
    match kind.as_ref() {
        "flow" => talks.add(ends.talk(record, at, row, rows), ends.client_port),
        "tls" => tls(record, &ends, row, rows),
        "http" => http(record, &ends, row, rows),
        "ssh" => ssh(record, &ends, row, rows),
        "smb" => smb(record, &ends, row, rows),
        "dhcp" => dhcp(record, row, rows),
        "snmp" => snmp(record, &ends, row, rows),
        _ => {}
    }
}

/// Who asked whom: Suricata calls the client the source.
struct Ends {
    client: std::net::IpAddr,
    client_port: u16,
    server: Endpoint,
}

impl Ends {
    fn of(record: &Record<'_>) -> Option<Self> {
        let transport = transport(&record.get("proto")?)?;
        let server =
            service(record.get("dest_ip").as_deref(), transport, record.get("dest_port").as_deref())?;
        Some(Self { client: record.parse("src_ip")?, client_port: record.parse("src_port")?, server })
    }

    fn talk(&self, record: &Record<'_>, at: Timestamp, row: Row, rows: &Rows<'_>) -> Conversation {
        let time = |name: &str| record.get(name).and_then(|text| moment(&text)).unwrap_or(at);
        let app = record.get("app_proto").unwrap_or_default();
        let protocol = PROTOCOLS.iter().find(|(known, _)| *known == app).map(|(_, protocol)| *protocol);
        let is_tcp = self.server.transport == Transport::Tcp;
        // `tcp_flags` has all flags of both sides; 2 is SYN.
        let flags = record.get("tcp.tcp_flags").and_then(|text| u8::from_str_radix(&text, 16).ok());
        let is_opening_seen = flags.is_some_and(|flags| flags & 2 != 0);
        let is_known = is_tcp && is_opening_seen || protocol.is_some();
        let (first, last) = (time("flow.start"), time("flow.end"));
        Conversation {
            client: self.client,
            server: self.server,
            protocol,
            roles: if is_known { RolesKnownBy::Protocol } else { RolesKnownBy::Ports },
            connections: 1,
            already_open: u64::from(is_tcp && flags.is_some() && !is_opening_seen),
            to_server: self.volume(record, "toserver"),
            to_client: self.volume(record, "toclient"),
            first: rows.sighting(row, first),
            last,
            active: ActiveHours::between(first, last),
        }
    }

    /// Packets, and about how many bytes of payload: headers are taken off as they mostly are.
    fn volume(&self, record: &Record<'_>, way: &str) -> Volume {
        let packets = record.number(&format!("flow.pkts_{way}"));
        let is_tcp = self.server.transport == Transport::Tcp;
        let frame = if is_tcp { FRAME_TCP } else { FRAME_UDP };
        let more = if self.server.ip.is_ipv6() { MORE_OF_V6 } else { 0 };
        let opening = if is_tcp { OPENING } else { 0 };
        let headers = packets.saturating_mul(frame.saturating_add(more)).saturating_add(opening);
        let bytes = record.number(&format!("flow.bytes_{way}")).saturating_sub(headers);
        Volume { packets, bytes }
    }
}

fn tls(record: &Record<'_>, ends: &Ends, row: Row, rows: &mut Rows<'_>) {
    if ends.server.transport != Transport::Tcp {
        return;
    }
    let about = Subject::Service(ends.server);
    let version = record.get("tls.version").unwrap_or_default();
    let version = match version.as_ref() {
        "TLSv1" | "TLS 1.0" => Some("1.0"),
        other => other.strip_prefix("TLS ").filter(|version| matches!(*version, "1.1" | "1.2" | "1.3")),
    };
    if let Some(version) = version {
        rows.fact(row, about, FactKind::TlsVersion, version);
    }
    let (subject, issuer) =
        (record.get("tls.subject").unwrap_or_default(), record.get("tls.issuerdn").unwrap_or_default());
    certificate(rows, row, ends.server, &subject, &issuer);
    let days = [
        ("tls.notbefore", FactKind::TlsCertificateNotBefore),
        ("tls.notafter", FactKind::TlsCertificateNotAfter),
    ];
    for (name, kind) in days {
        // Suricata leaves the zone out; it is UTC.
        let at = record.get(name).and_then(|text| moment(&text).or_else(|| moment(&format!("{text}Z"))));
        if let Some(at) = at {
            rows.moment(row, about, kind, at);
        }
    }
}

fn http(record: &Record<'_>, ends: &Ends, row: Row, rows: &mut Rows<'_>) {
    if let Some(agent) = record.get("http.http_user_agent") {
        rows.fact(row, Subject::Ip(ends.client), FactKind::HttpUserAgent, &agent);
    }
    if let Some(software) = record.get("http.server") {
        rows.fact(row, Subject::Service(ends.server), FactKind::HttpServer, &software);
    }
}

fn ssh(record: &Record<'_>, ends: &Ends, row: Row, rows: &mut Rows<'_>) {
    let (client, server) = (Subject::Ip(ends.client), Subject::Service(ends.server));
    if let Some(text) = record.get("ssh.client.software_version") {
        rows.fact(row, client, FactKind::SshClientBanner, ssh_software(&text));
    }
    if let Some(text) = record.get("ssh.server.software_version") {
        rows.fact(row, server, FactKind::SshBanner, ssh_software(&text));
    }
}

fn smb(record: &Record<'_>, ends: &Ends, row: Row, rows: &mut Rows<'_>) {
    let dialect = match record.get("smb.dialect").as_deref() {
        Some("NT LM 0.12") => "1.0",
        Some("2.02") => "2.0.2",
        Some("2.10") => "2.1",
        Some("3.00") => "3.0",
        Some("3.02") => "3.0.2",
        Some("3.11") => "3.1.1",
        _ => return,
    };
    rows.fact(row, Subject::Service(ends.server), FactKind::SmbDialect, dialect);
}

fn dhcp(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let Some(card) = record.parse::<MacAddr>("dhcp.client_mac").filter(|card| card.is_one_card()) else {
        return;
    };
    let about = Subject::Mac(card);
    if let Some(name) = record.get("dhcp.hostname") {
        rows.fact(row, about, FactKind::DhcpHostName, &name);
    }
    let is_given = record.get("dhcp.dhcp_type").as_deref() == Some("ack");
    if let Some(ip) = record.get("dhcp.assigned_ip").filter(|ip| is_given && *ip != "0.0.0.0") {
        rows.fact(row, about, FactKind::OwnsIp, &ip);
    }
}

/// Of agents that answered; Suricata logs an answer from either end.
fn snmp(record: &Record<'_>, ends: &Ends, row: Row, rows: &mut Rows<'_>) {
    if record.get("snmp.pdu_type").as_deref() != Some("response") {
        return;
    }
    let agent = match (ends.client_port, ends.server.port) {
        (_, 161) => ends.server,
        (161, _) => Endpoint { ip: ends.client, port: 161, ..ends.server },
        _ => return,
    };
    let about = Subject::Service(agent);
    let version = match record.get("snmp.version").as_deref() {
        Some("1") => "1",
        Some("2") => "2c",
        Some("3") => "3",
        _ => return,
    };
    rows.fact(row, about, FactKind::SnmpVersion, version);
    if let Some(community) =
        record.get("snmp.community").filter(|it| matches!(it.as_ref(), "public" | "private"))
    {
        rows.fact(row, about, FactKind::SnmpDefaultCommunity, &community);
    }
}
