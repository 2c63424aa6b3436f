//! Logs of other sensors that watch the same wire: Zeek and Suricata. What they say becomes what a capture of the same traffic would
//! give: facts with the same kinds, masked by the same list, and conversations.
//!
//! Not here: names that were asked for (DNS, TLS, HTTP), paths, users, files, alerts, weird. They are not read at all.

pub(crate) mod eve;
mod record;
mod suites;
mod talks;
#[cfg(test)]
mod tests;
pub(crate) mod zeek;

use wardround_model::{Endpoint, FactKind, Subject, Timestamp, Transport};

use crate::{Row, Rows};

/// A transport by its name in a log.
fn transport(name: &str) -> Option<Transport> {
    match name.to_ascii_lowercase().as_str() {
        "tcp" => Some(Transport::Tcp),
        "udp" => Some(Transport::Udp),
        _ => None,
    }
}

/// A service by its address and port.
fn service(ip: Option<&str>, transport: Transport, port: Option<&str>) -> Option<Endpoint> {
    Some(Endpoint { ip: ip?.parse().ok()?, transport, port: port?.parse().ok()? })
}

/// Seconds and fractions since 1970, or a moment as RFC 3339 writes it, also with a zone of four digits.
fn moment(text: &str) -> Option<Timestamp> {
    if let Ok(moment) = text.parse() {
        return Some(moment);
    }
    let zoned = || {
        let (rest, zone) = text.split_at_checked(text.len().checked_sub(2)?)?;
        format!("{rest}:{zone}").parse().ok()
    };
    nanoseconds(text).map(Timestamp::from_nanoseconds).or_else(zoned)
}

/// Seconds with up to nine digits behind the point, in nanoseconds.
fn nanoseconds(text: &str) -> Option<i64> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    seconds.parse::<i64>().ok()?.checked_mul(1_000_000_000)?.checked_add(digits.parse().ok()?)
}

/// One attribute of a distinguished name (RFC 4514), such as `CN`; a comma in a value has a backslash before it.
fn attribute(name: &str, wanted: &str) -> Option<String> {
    let plain = name.replace("\\,", "\u{1}");
    let found = plain.split(',').find_map(|part| {
        let (key, value) = part.trim().split_once('=')?;
        key.eq_ignore_ascii_case(wanted).then(|| value.replace('\u{1}', ",").replace('\\', ""))
    });
    found.filter(|value| !value.trim().is_empty())
}

/// Tells whom a certificate is for and who issued it, as a capture tells it.
fn certificate(rows: &mut Rows<'_>, row: Row, server: Endpoint, subject: &str, issuer: &str) {
    let about = Subject::Service(server);
    if let Some(name) = attribute(subject, "CN") {
        rows.fact(row, about, FactKind::TlsCertificateSubject, &name);
    }
    if let Some(name) = attribute(issuer, "O").or_else(|| attribute(issuer, "CN")) {
        rows.fact(row, about, FactKind::TlsCertificateIssuer, &name);
    }
    if !subject.is_empty() && !issuer.is_empty() {
        let self_signed = if subject == issuer { "yes" } else { "no" };
        rows.fact(row, about, FactKind::TlsCertificateSelfSigned, self_signed);
    }
}

/// The software of an SSH identification, without the protocol's version before it (RFC 4253, 4.2).
fn ssh_software(text: &str) -> &str {
    let behind = text.strip_prefix("SSH-").and_then(|rest| rest.split_once('-'));
    behind.map_or(text, |(_, software)| software)
}
