//! Labels of nDPI's flows against the protocols that we recognise.

use wardround_model::{FactKind, Protocol, Subject};

use crate::archive::Files;
use crate::reading::{Pair, Reading};
use crate::score::{Outcome, Scores};

const SOURCE: &str = "ndpi";
const CAPTURES: &str = "tests/cfgs/default/pcap/";
const RESULTS: &str = "tests/cfgs/default/result/";

/// Compares the flows of every capture with a result.
pub(crate) fn compare(files: &Files, scores: &mut Scores) {
    for (path, bytes) in files.iter().filter(|(path, _)| path.starts_with(CAPTURES)) {
        let name = path.strip_prefix(CAPTURES).unwrap_or(path);
        let Some(result) = files.get(&format!("{RESULTS}{name}.out")) else { continue };
        let reading = Reading::of(path, bytes);
        for line in String::from_utf8_lossy(result).lines() {
            if let Some(flow) = flow(line) {
                compare_flow(&flow, &reading, scores);
            }
        }
    }
}

struct Flow<'a> {
    pair: Pair,
    client_port: u16,
    label: &'a str,
    /// The client's fingerprint (JA4).
    fingerprint: Option<&'a str>,
}

/// A flow of a result: number, transport, two ends, and the protocol as `[proto: number/label]`.
fn flow(line: &str) -> Option<Flow<'_>> {
    let rest = line.strip_prefix('\t')?.split_once('\t')?.1;
    let mut words = rest.split(' ');
    let (transport, client, _arrow, server) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let (client, client_port) = end(client)?;
    let (server, port) = end(server)?;
    let label = rest.split_once("proto: ")?.1.split_once('/')?.1.split_once(']')?.0;
    let fingerprint =
        rest.split_once("[JA4: ").and_then(|(_, rest)| rest.split_once(']')).map(|(value, _)| value);
    Some(Flow {
        pair: Pair::of(client, server, port, transport)?,
        client_port: client_port.parse().ok()?,
        label,
        fingerprint,
    })
}

fn end(text: &str) -> Option<(&str, &str)> {
    let (ip, port) = text.rsplit_once(':')?;
    Some((ip.trim_start_matches('[').trim_end_matches(']'), port))
}

/// What nDPI calls protocols by their first word, and what we do.
const LABELS: &[(&str, &str)] = &[
    ("DNS", "dns"),
    ("TLS", "tls"),
    ("HTTP", "http"),
    ("HTTP_Proxy", "http"),
    ("HTTP_Connect", "http"),
    ("HTTP2", "http"),
    ("SNMP", "snmp"),
    ("NTP", "ntp"),
    ("MDNS", "mdns"),
    ("SSH", "ssh"),
    ("FTP_CONTROL", "ftp"),
    ("FTPS", "ftp"),
    ("DHCP", "dhcp"),
    ("DHCPV6", "dhcpv6"),
    ("Syslog", "syslog"),
    ("Radius", "radius"),
    ("TFTP", "tftp"),
    ("Telnet", "telnet"),
    ("SMBv1", "smb"),
    ("SMBv23", "smb"),
    ("SMTP", "smtp"),
    ("IMAP", "imap"),
    ("POP3", "pop3"),
    ("IMAPS", "tls"),
    ("POPS", "tls"),
    ("SMTPS", "tls"),
    ("SIP", "sip"),
    ("RTP", "rtp"),
    ("QUIC", "quic"),
    ("LDAP", "ldap"),
    ("Kerberos", "kerberos"),
    ("RDP", "rdp"),
    ("RPC", "rpc"),
    ("NetBIOS", "nbns"),
    ("LLMNR", "llmnr"),
    ("SSDP", "ssdp"),
    ("WSD", "ws-discovery"),
    ("VNC", "vnc"),
    ("EthernetIP", "ethernet-ip"),
    ("S7Comm", "s7"),
    ("MsSQL-TDS", "mssql"),
    ("MySQL", "mysql"),
    ("PostgreSQL", "postgresql"),
    ("MQTT", "mqtt"),
    ("Redis", "redis"),
    ("RTSP", "rtsp"),
    ("Modbus", "modbus"),
    ("BACnet", "bacnet"),
    ("OPC-UA", "opc-ua"),
    ("COAP", "coap"),
    ("MongoDB", "mongodb"),
    ("Oracle", "oracle"),
    ("KNXnet_IP", "knx"),
];

fn compare_flow(flow: &Flow<'_>, reading: &Reading, scores: &mut Scores) {
    let first = flow.label.split('.').next().unwrap_or(flow.label);
    // SMB over NetBIOS is told as the second word.
    let label = flow.label.split('.').find(|word| word.starts_with("SMBv")).unwrap_or(first);
    let code = LABELS.iter().find(|(known, _)| *known == label).map(|(_, code)| *code);
    let theirs = code.and_then(Protocol::from_code);
    let ours = reading.either(flow.pair, flow.client_port).and_then(|it| it.protocol);
    let known =
        LABELS.iter().find(|(known, _)| *known == label).map_or("other protocols", |(known, _)| known);
    let outcome = match (theirs, ours) {
        // Of TLS inside a mail protocol one names what is outside, the other what is inside.
        (Some(Protocol::Tls), Some(_)) if reading.has_tls(flow.pair.server) => Outcome::Same,
        (Some(_), _) => Outcome::of(&ours, &theirs),
        (None, None) => Outcome::NotRead,
        // They may say nothing where we know it; where they say another name, both cannot be right.
        (None, Some(_)) if flow.label == "Unknown" => Outcome::NotRead,
        (None, Some(ours)) => Outcome::Differs(ours.code().to_owned(), flow.label.to_owned()),
    };
    scores.add((SOURCE, known), (&reading.file, &format!("{} {}", flow.pair, flow.label)), outcome);
    if let Some(theirs) = flow.fingerprint {
        // Where the opening was not recorded, nDPI may take the server for the client.
        let of = |ip| reading.values(Subject::Ip(ip), FactKind::TlsClientFingerprint);
        let ours = [of(flow.pair.client), of(flow.pair.server.ip)].concat();
        let is_same = ours.iter().any(|ours| agreed_parts(ours) == agreed_parts(theirs));
        let outcome =
            if is_same { Outcome::Same } else { Outcome::Differs(ours.join(" "), theirs.to_owned()) };
        scores.add((SOURCE, "JA4"), (&reading.file, &flow.pair.to_string()), outcome);
    }
}

/// A fingerprint without what nDPI of that year writes in its own way: it says of every hello that it names a server, and takes the first
/// two letters of the protocol inside, not the first and the last.
fn agreed_parts(fingerprint: &str) -> [Option<&str>; 3] {
    [fingerprint.get(..3), fingerprint.get(4..8), fingerprint.get(10..)]
}
