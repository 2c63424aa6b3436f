//! Logs that name software, versions and names of devices.

use wardround_model::{Endpoint, FactKind, MacAddr, Subject, Transport};

use super::super::record::Record;
use super::super::{certificate, moment, service, ssh_software, suites, transport};
use crate::{Row, Rows};

/// Communities that many devices are delivered with; others are never kept.
const DEFAULT_COMMUNITIES: [&str; 2] = ["public", "private"];

/// Reads a row of one of the smaller logs; what is not known here says nothing that is kept.
pub(super) fn read(path: &str, record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    match path {
        "dhcp" => dhcp(record, row, rows),
        "ssh" => ssh(record, row, rows),
        "http" => http(record, row, rows),
        "ntlm" => ntlm(record, row, rows),
        "rdp" => rdp(record, row, rows),
        "snmp" => snmp(record, row, rows),
        "software" => software(record, row, rows),
        "known_certs" => known_certificate(record, row, rows),
        "known_services" => known_service(record, row, rows),
        "known_devices" => known_device(record, row, rows),
        _ => {}
    }
}

fn server(record: &Record<'_>, transport: Transport) -> Option<Endpoint> {
    service(record.get("id.resp_h").as_deref(), transport, record.get("id.resp_p").as_deref())
}

fn client(record: &Record<'_>) -> Option<Subject> {
    record.parse("id.orig_h").map(Subject::Ip)
}

/// Version and cipher suite that a server chose; whom they are about.
pub(super) fn ssl(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) -> Option<Endpoint> {
    let version = record.get("version").unwrap_or_default();
    let server = server(record, Transport::Tcp).filter(|_| !version.starts_with("DTLS"))?;
    let about = Subject::Service(server);
    let known = match version.as_ref() {
        "SSLv3" => Some("ssl-3.0"),
        "TLSv10" => Some("1.0"),
        "TLSv11" => Some("1.1"),
        "TLSv12" => Some("1.2"),
        "TLSv13" => Some("1.3"),
        _ => None,
    };
    if let Some(known) = known {
        rows.fact(row, about, FactKind::TlsVersion, known);
    }
    if let Some(number) = record.get("cipher").and_then(|name| suites::number(&name)) {
        rows.fact(row, about, FactKind::TlsCipher, number);
    }
    let (subject, issuer) =
        (record.get("subject").unwrap_or_default(), record.get("issuer").unwrap_or_default());
    certificate(rows, row, server, &subject, &issuer);
    Some(server)
}

/// Which security a server chose. Neither the cookie, which names a user, nor the client's name is read.
fn rdp(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let chosen = match record.get("security_protocol").as_deref() {
        Some("RDP") => "rdp",
        Some("SSL") => "tls",
        Some("HYBRID" | "HYBRID_EX") => "nla",
        _ => return,
    };
    if let Some(server) = server(record, Transport::Tcp) {
        rows.fact(row, Subject::Service(server), FactKind::RdpSecurity, chosen);
    }
}

/// What a certificate says, until it is known whose it is.
#[derive(Debug)]
pub(super) struct Certificate {
    subject: String,
    issuer: String,
    facts: Vec<(FactKind, String)>,
}

impl Certificate {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let text = |name: &str| record.get(name).unwrap_or_default().into_owned();
        let day = |name: &str| {
            record.get(name).and_then(|text| moment(&text)).map(|at| at.to_whole_second().to_string())
        };
        let facts = [
            (FactKind::TlsCertificateNotBefore, day("certificate.not_valid_before")),
            (FactKind::TlsCertificateNotAfter, day("certificate.not_valid_after")),
            (FactKind::TlsCertificateKey, key(record)),
            (
                FactKind::TlsCertificateSignature,
                record.get("certificate.sig_alg").and_then(|name| signature(&name)),
            ),
        ];
        let facts = facts.into_iter().filter_map(|(kind, value)| Some((kind, value?))).collect();
        Self { subject: text("certificate.subject"), issuer: text("certificate.issuer"), facts }
    }

    pub(super) fn tell(&self, row: Row, server: Endpoint, rows: &mut Rows<'_>) {
        certificate(rows, row, server, &self.subject, &self.issuer);
        for (kind, value) in &self.facts {
            rows.fact(row, Subject::Service(server), *kind, value);
        }
    }
}

fn key(record: &Record<'_>) -> Option<String> {
    let length = record.get("certificate.key_length")?;
    match record.get("certificate.key_type")?.as_ref() {
        "rsa" => Some(format!("rsa-{length}")),
        "ecdsa" => Some(format!("ec-{length}")),
        _ => None,
    }
}

/// Signature algorithms by OpenSSL's names, which Zeek uses, and ours.
fn signature(name: &str) -> Option<String> {
    const KNOWN: &[(&str, &str)] = &[
        ("md2WithRSAEncryption", "md2-rsa"),
        ("md5WithRSAEncryption", "md5-rsa"),
        ("sha1WithRSAEncryption", "sha1-rsa"),
        ("sha1WithRSA", "sha1-rsa"),
        ("sha256WithRSAEncryption", "sha256-rsa"),
        ("sha384WithRSAEncryption", "sha384-rsa"),
        ("sha512WithRSAEncryption", "sha512-rsa"),
        ("ecdsa-with-SHA1", "ecdsa-sha1"),
        ("ecdsa-with-SHA256", "ecdsa-sha256"),
        ("ecdsa-with-SHA384", "ecdsa-sha384"),
        ("ecdsa-with-SHA512", "ecdsa-sha512"),
    ];
    KNOWN.iter().find(|(known, _)| *known == name).map(|(_, ours)| (*ours).to_owned())
}

fn dhcp(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let Some(card) = record.parse::<MacAddr>("mac").filter(|card| card.is_one_card()) else { return };
    let about = Subject::Mac(card);
    if let Some(name) = record.get("host_name").or_else(|| record.get("client_fqdn")) {
        rows.fact(row, about, FactKind::DhcpHostName, &name);
    }
    let was_given = record.get("msg_types").is_none_or(|types| types.contains("ACK"));
    if let Some(ip) = record.get("assigned_addr").filter(|_| was_given) {
        rows.fact(row, about, FactKind::OwnsIp, &ip);
    }
}

fn ssh(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    if let (Some(about), Some(text)) = (client(record), record.get("client")) {
        rows.fact(row, about, FactKind::SshClientBanner, ssh_software(&text));
    }
    if let (Some(server), Some(text)) = (server(record, Transport::Tcp), record.get("server")) {
        rows.fact(row, Subject::Service(server), FactKind::SshBanner, ssh_software(&text));
    }
}

/// Software of both sides; that a name came with the request says that it came in clear, and the name is not looked at.
fn http(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    if let (Some(about), Some(agent)) = (client(record), record.get("user_agent")) {
        rows.fact(row, about, FactKind::HttpUserAgent, &agent);
    }
    let Some(server) = server(record, Transport::Tcp).map(Subject::Service) else { return };
    if let Some(software) = record.get("server") {
        rows.fact(row, server, FactKind::HttpServer, &software);
    }
    if record.get("username").is_some() {
        rows.fact(row, server, FactKind::ClearTextLogin, "http-basic");
    }
}

/// The name that a server gives itself. Those of users and of their computers are not read.
fn ntlm(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    if let (Some(ip), Some(name)) = (record.parse("id.resp_h"), record.get("server_nb_computer_name")) {
        rows.fact(row, Subject::Ip(ip), FactKind::NtlmComputer, &name);
    }
}

/// Of agents that answered.
fn snmp(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let Some(agent) = server(record, Transport::Udp).filter(|_| record.number("get_responses") > 0) else {
        return;
    };
    let about = Subject::Service(agent);
    if let Some(version) = record.get("version") {
        rows.fact(row, about, FactKind::SnmpVersion, &version);
    }
    if let Some(community) = record.get("community").filter(|it| DEFAULT_COMMUNITIES.contains(&it.as_ref())) {
        rows.fact(row, about, FactKind::SnmpDefaultCommunity, &community);
    }
    if let Some(text) = record.get("display_string") {
        rows.fact(row, about, FactKind::SnmpSystemDescription, &text);
    }
}

fn software(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let (Some(kind), Some(text)) = (record.get("software_type"), record.get("unparsed_version")) else {
        return;
    };
    let host = record.parse("host").map(Subject::Ip);
    let at_port = service(record.get("host").as_deref(), Transport::Tcp, record.get("host_p").as_deref());
    let at_port = at_port.map(Subject::Service);
    let (about, kind) = match kind.as_ref() {
        "HTTP::SERVER" => (at_port, FactKind::HttpServer),
        "HTTP::BROWSER" => (host, FactKind::HttpUserAgent),
        "SSH::SERVER" => (at_port, FactKind::SshBanner),
        "SSH::CLIENT" => (host, FactKind::SshClientBanner),
        "FTP::SERVER" => (at_port, FactKind::FtpBanner),
        "MYSQL::SERVER" => (at_port, FactKind::ServerSoftware),
        _ => return,
    };
    if let Some(about) = about {
        rows.fact(row, about, kind, ssh_software(&text));
    }
}

fn known_certificate(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let server = service(record.get("host").as_deref(), Transport::Tcp, record.get("port_num").as_deref());
    let (subject, issuer) =
        (record.get("subject").unwrap_or_default(), record.get("issuer_subject").unwrap_or_default());
    if let Some(server) = server {
        certificate(rows, row, server, &subject, &issuer);
    }
}

fn known_service(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let Some(transport) = record.get("port_proto").and_then(|name| transport(&name)) else { return };
    let server = service(record.get("host").as_deref(), transport, record.get("port_num").as_deref());
    let name = record.get("service").and_then(|names| names.split(',').next().map(str::to_lowercase));
    if let (Some(server), Some(name)) = (server, name) {
        rows.fact(row, Subject::Service(server), FactKind::ServiceOpen, &name);
    }
}

fn known_device(record: &Record<'_>, row: Row, rows: &mut Rows<'_>) {
    let Some(card) = record.parse::<MacAddr>("mac").filter(|card| card.is_one_card()) else { return };
    if let Some(name) = record.get("dhcp_host_name") {
        rows.fact(row, Subject::Mac(card), FactKind::DhcpHostName, &name);
    }
}
