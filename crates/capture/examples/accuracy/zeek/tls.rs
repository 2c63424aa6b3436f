//! What Zeek says of TLS: version, cipher suite, and the server's certificate.

use std::collections::BTreeMap;

use wardround_model::{Endpoint, FactKind, Protocol, Subject, Timestamp, Transport};

use super::{SOURCE, pair_of};
use crate::reading::{Pair, Reading};
use crate::score::{Outcome, Scores};
use crate::table::{self, Row};

/// Cipher suites that Zeek's logs name, with their numbers (IANA, TLS Cipher Suites).
const SUITES: &[(&str, &str)] = &[
    ("TLS_RSA_WITH_NULL_SHA", "0002"),
    ("TLS_RSA_WITH_RC4_128_MD5", "0004"),
    ("TLS_RSA_WITH_AES_128_CBC_SHA", "002f"),
    ("TLS_RSA_WITH_AES_256_CBC_SHA", "0035"),
    ("TLS_DHE_RSA_WITH_AES_256_CBC_SHA", "0039"),
    ("TLS_DHE_RSA_WITH_CAMELLIA_256_CBC_SHA", "0088"),
    ("TLS_RSA_WITH_AES_256_GCM_SHA384", "009d"),
    ("TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", "009f"),
    ("TLS_AES_128_GCM_SHA256", "1301"),
    ("TLS_AES_256_GCM_SHA384", "1302"),
    ("TLS_CHACHA20_POLY1305_SHA256", "1303"),
    ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "c00a"),
    ("TLS_ECDHE_RSA_WITH_RC4_128_SHA", "c011"),
    ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "c013"),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "c014"),
    ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384", "c028"),
    ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "c02b"),
    ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "c02f"),
    ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "c030"),
    ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "cca9"),
];

/// Signature algorithms by Zeek's names and ours.
const SIGNATURES: &[(&str, &str)] = &[
    ("md5WithRSAEncryption", "md5-rsa"),
    ("sha1WithRSAEncryption", "sha1-rsa"),
    ("sha256WithRSAEncryption", "sha256-rsa"),
    ("ecdsa-with-SHA256", "ecdsa-sha256"),
    ("ecdsa-with-SHA384", "ecdsa-sha384"),
];

/// Certificates by their fingerprint: fields and values.
#[derive(Debug, Default)]
pub(super) struct Certificates(BTreeMap<String, Vec<(FactKind, &'static str, String)>>);

impl Certificates {
    /// Adds the certificates of a log.
    pub(super) fn add(&mut self, text: &str) {
        table::rows(text, |row| {
            if let Some(fingerprint) = row.get("fingerprint") {
                self.0.insert(fingerprint.to_owned(), certificate(row));
            }
        });
    }
}

fn certificate(row: &Row<'_>) -> Vec<(FactKind, &'static str, String)> {
    let name = |field, part| row.get(field).and_then(|text| attribute(text, part));
    let moment = |field| {
        let seconds = row.get(field)?.split('.').next()?.parse().ok()?;
        Some(Timestamp::from_seconds(seconds).to_string())
    };
    let issuer = name("certificate.issuer", "O").or_else(|| name("certificate.issuer", "CN"));
    let fields = [
        (FactKind::TlsCertificateSubject, "x509 subject", name("certificate.subject", "CN")),
        (FactKind::TlsCertificateIssuer, "x509 issuer", issuer),
        (FactKind::TlsCertificateNotBefore, "x509 valid from", moment("certificate.not_valid_before")),
        (FactKind::TlsCertificateNotAfter, "x509 valid until", moment("certificate.not_valid_after")),
        (FactKind::TlsCertificateKey, "x509 key", key(row)),
        (FactKind::TlsCertificateSignature, "x509 signature", signature(row)),
    ];
    fields.into_iter().filter_map(|(kind, told_as, value)| Some((kind, told_as, value?))).collect()
}

/// One attribute of a distinguished name as Zeek writes it (RFC 2253: the most specific first; a comma in a value has a backslash).
fn attribute(text: &str, wanted: &str) -> Option<String> {
    let text = text.replace("\\,", "\u{1}");
    let found = text.split(',').find_map(|part| part.split_once('=').filter(|(name, _)| *name == wanted))?;
    Some(found.1.replace('\u{1}', ",").replace('\\', ""))
}

fn key(row: &Row<'_>) -> Option<String> {
    let length = row.get("certificate.key_length")?;
    match row.get("certificate.key_type")? {
        "rsa" => Some(format!("rsa-{length}")),
        "ecdsa" => Some(format!("ec-{length}")),
        _ => None,
    }
}

fn signature(row: &Row<'_>) -> Option<String> {
    let theirs = row.get("certificate.sig_alg")?;
    SIGNATURES.iter().find(|(name, _)| *name == theirs).map(|(_, ours)| (*ours).to_owned())
}

/// Compares a log of TLS.
pub(super) fn compare(text: &str, certificates: &Certificates, readings: &[Reading], scores: &mut Scores) {
    table::rows(text, |row| {
        let Some((pair, client_port)) = pair_of(row) else { return };
        let by_datagrams = Pair { server: Endpoint { transport: Transport::Udp, ..pair.server }, ..pair };
        let has = |reading: &&Reading| {
            reading.either(pair, client_port).is_some() || reading.either(by_datagrams, client_port).is_some()
        };
        let Some(reading) = readings.iter().find(has).or(readings.first()) else { return };
        let version = row.get("version").unwrap_or_default();
        let place = (reading.file.as_str(), &*pair.to_string());
        if version.starts_with("DTLS") {
            scores.add((SOURCE, "dtls"), place, Outcome::NotRead);
            return;
        }
        if reading.either(pair, client_port).is_none() && reading.either(by_datagrams, client_port).is_some()
        {
            scores.add((SOURCE, "ssl over quic"), place, Outcome::NotRead);
            return;
        }
        let ours = reading.either(pair, client_port).and_then(|it| it.protocol);
        let outcome = match ours {
            Some(_) if reading.has_tls(pair.server) => Outcome::Same,
            _ => Outcome::of(&ours, &Some(Protocol::Tls)),
        };
        scores.add((SOURCE, "ssl recognised"), place, outcome);
        super::facts::server_name(row, pair, reading, scores);
        let subject = Subject::Service(pair.server);
        if let Some(version) = version.strip_prefix("TLSv1") {
            let theirs = format!("1.{version}");
            let outcome = if version.contains("draft") {
                Outcome::NotRead
            } else {
                reading.compare(subject, FactKind::TlsVersion, &theirs)
            };
            scores.add((SOURCE, "ssl version"), place, outcome);
        }
        let suite = row.get("cipher").and_then(|name| SUITES.iter().find(|(known, _)| *known == name));
        if let Some((_, number)) = suite {
            scores.add((SOURCE, "ssl cipher"), place, reading.compare(subject, FactKind::TlsCipher, number));
        }
        let first = row.get("cert_chain_fps").and_then(|chain| chain.split(',').next());
        let fields = first.and_then(|fingerprint| certificates.0.get(fingerprint));
        for (kind, told_as, value) in fields.into_iter().flatten() {
            scores.add((SOURCE, told_as), place, reading.compare(subject, *kind, value));
        }
    });
}
