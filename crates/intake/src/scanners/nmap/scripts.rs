//! What Nmap's scripts learn, where a kind of fact exists for it: certificates, TLS, file sharing, names and builds of Windows,
//! headers, and weaknesses that a script tried and found.
//!
//! Scripts that look a version up in a list of vulnerabilities (`vulners`, `vulscan`) are not read: they know nothing of what
//! distributions mended.

use std::net::IpAddr;

use wardround_model::{Endpoint, FactKind, Subject};

use super::super::{Report, report};
use crate::Rows;
use crate::xml::Element;

/// A script that ran against a service.
pub(super) fn of_service(rows: &mut Rows<'_>, script: &Element, endpoint: Endpoint) {
    let subject = Subject::Service(endpoint);
    let output = script.attribute("output").unwrap_or_default();
    match script.attribute("id").unwrap_or_default() {
        "ssl-cert" => certificate(rows, script, subject),
        "ssl-enum-ciphers" => tls_versions(rows, script, subject),
        "http-server-header" => rows.fact(script.row, subject, FactKind::HttpServer, elem_or(script, output)),
        "snmp-sysdescr" => {
            let first = output.trim().lines().next().unwrap_or_default();
            rows.fact(script.row, subject, FactKind::SnmpSystemDescription, first);
        }
        id if id.ends_with("-ntlm-info") => windows(rows, script, endpoint.ip),
        _ => weaknesses(rows, script, subject),
    }
}

/// A script that ran against a host.
///
/// `sharing` is its file sharing, where that was found open: what scripts against a host mostly talk to.
pub(super) fn of_host(rows: &mut Rows<'_>, script: &Element, ip: IpAddr, sharing: Option<Endpoint>) {
    let sharing = sharing.map_or(Subject::Ip(ip), Subject::Service);
    match script.attribute("id").unwrap_or_default() {
        "smb-os-discovery" => {
            if let Some(system) = value(script, "os") {
                rows.fact(script.row, Subject::Ip(ip), FactKind::OperatingSystem, system);
            }
        }
        "smb-protocols" => dialects(rows, script, sharing),
        "smb2-security-mode" => signing(rows, script, sharing),
        _ => weaknesses(rows, script, sharing),
    }
}

/// The text of the element with this key.
fn value<'a>(element: &'a Element, key: &str) -> Option<&'a str> {
    element.all("elem").find(|elem| elem.attribute("key") == Some(key)).and_then(Element::filled)
}

fn table<'a>(element: &'a Element, key: &str) -> Option<&'a Element> {
    element.all("table").find(|table| table.attribute("key") == Some(key))
}

fn elem_or<'a>(script: &'a Element, output: &'a str) -> &'a str {
    script.text_of("elem").unwrap_or(output)
}

fn certificate(rows: &mut Rows<'_>, script: &Element, subject: Subject) {
    let owner = table(script, "subject");
    let issuer = table(script, "issuer");
    let key = table(script, "pubkey").and_then(key_of);
    let signature = value(script, "sig_algo").and_then(signature_of);
    let day = |which| table(script, "validity").and_then(|validity| value(validity, which)).map(moment);
    let is_self_signed = owner.zip(issuer).map(|(owner, issuer)| names(owner) == names(issuer));
    let facts = [
        (
            FactKind::TlsCertificateSubject,
            owner.and_then(|owner| value(owner, "commonName")).map(str::to_owned),
        ),
        (
            FactKind::TlsCertificateIssuer,
            issuer.and_then(|issuer| value(issuer, "organizationName")).map(str::to_owned),
        ),
        (FactKind::TlsCertificateNotBefore, day("notBefore")),
        (FactKind::TlsCertificateNotAfter, day("notAfter")),
        (FactKind::TlsCertificateKey, key),
        (FactKind::TlsCertificateSignature, signature.map(str::to_owned)),
        (
            FactKind::TlsCertificateSelfSigned,
            is_self_signed.map(|is| if is { "yes" } else { "no" }.to_owned()),
        ),
    ];
    for (kind, text) in facts {
        if let Some(text) = text {
            rows.fact(script.row, subject, kind, &text);
        }
    }
}

/// A name's parts, whatever their order.
fn names(table: &Element) -> Vec<(Option<&str>, &str)> {
    let mut parts: Vec<_> = table.all("elem").map(|elem| (elem.attribute("key"), elem.text.trim())).collect();
    parts.sort_unstable();
    parts
}

/// `rsa-2048` of type and bits.
fn key_of(key: &Element) -> Option<String> {
    value(key, "type").zip(value(key, "bits")).map(|(kind, bits)| format!("{kind}-{bits}"))
}

/// Nmap's moments have no zone: it writes them in UTC.
fn moment(text: &str) -> String {
    if text.ends_with('Z') || text.contains('+') { text.to_owned() } else { format!("{text}Z") }
}

/// A signature's algorithm as dissectors name it.
fn signature_of(algorithm: &str) -> Option<&'static str> {
    Some(match algorithm {
        "md2WithRSAEncryption" => "md2-rsa",
        "md5WithRSAEncryption" => "md5-rsa",
        "sha1WithRSAEncryption" | "sha1WithRSA" => "sha1-rsa",
        "sha224WithRSAEncryption" => "sha224-rsa",
        "sha256WithRSAEncryption" => "sha256-rsa",
        "sha384WithRSAEncryption" => "sha384-rsa",
        "sha512WithRSAEncryption" => "sha512-rsa",
        "rsassaPss" => "rsa-pss",
        "ecdsa-with-SHA256" => "ecdsa-sha256",
        _ => return None,
    })
}

fn tls_versions(rows: &mut Rows<'_>, script: &Element, subject: Subject) {
    for version in script.all("table").filter_map(|table| table.attribute("key")) {
        if let Some(version) = version.strip_prefix("TLSv") {
            rows.fact(script.row, subject, FactKind::TlsVersion, version);
        }
    }
}

/// Dialects as Nmap writes them, and as dissectors name them ([MS-SMB2] 2.2.4).
const DIALECTS: [(&str, &str); 6] = [
    ("SMBv1", "1.0"),
    ("2:0:2", "2.0.2"),
    ("2:1:0", "2.1"),
    ("3:0:0", "3.0"),
    ("3:0:2", "3.0.2"),
    ("3:1:1", "3.1.1"),
];

/// Dialects that file sharing speaks.
fn dialects(rows: &mut Rows<'_>, script: &Element, subject: Subject) {
    for text in script.members("table", "elem").filter_map(Element::filled) {
        if let Some((_, dialect)) = DIALECTS.iter().find(|(word, _)| text.contains(word)) {
            rows.fact(script.row, subject, FactKind::SmbDialect, dialect);
        }
    }
}

fn signing(rows: &mut Rows<'_>, script: &Element, subject: Subject) {
    for mode in script.members("table", "elem").filter_map(Element::filled) {
        let state = match mode {
            "Message signing enabled and required" => "required",
            "Message signing enabled but not required" => "optional",
            _ => continue,
        };
        rows.fact(script.row, subject, FactKind::SmbSigning, state);
    }
}

/// Names and build that Windows tells before a login.
fn windows(rows: &mut Rows<'_>, script: &Element, ip: IpAddr) {
    let kinds = [
        (FactKind::NtlmComputer, "NetBIOS_Computer_Name"),
        (FactKind::NtlmDomain, "NetBIOS_Domain_Name"),
        (FactKind::NtlmOsVersion, "Product_Version"),
    ];
    for (kind, key) in kinds {
        if let Some(text) = value(script, key) {
            rows.fact(script.row, Subject::Ip(ip), kind, text);
        }
    }
}

/// Weaknesses that a script tried and found, in the shape of Nmap's `vulns` library; what is only likely is left out.
fn weaknesses(rows: &mut Rows<'_>, script: &Element, subject: Subject) {
    for found in script.all("table") {
        let state = value(found, "state").unwrap_or_default();
        if !state.starts_with("VULNERABLE") {
            continue;
        }
        let ids = table(found, "ids").into_iter().flat_map(|ids| ids.all("elem"));
        let cves = ids.filter_map(|id| id.text.trim().strip_prefix("CVE:")).collect();
        let id = script.attribute("id").unwrap_or_default();
        let title = value(found, "title").unwrap_or(id);
        report(
            rows,
            found.row,
            subject,
            &Report { number: &format!("nmap:{id}"), title, cves, is_weakness: true },
        );
    }
}
