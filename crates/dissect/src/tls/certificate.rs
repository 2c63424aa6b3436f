//! The certificate of a server: the fields of its leaf (RFC 5280, 4.1) that say whose it is and how strong.
//!
//! Nothing is verified here, and no extension is read.

use wardround_model::FactKind;

use crate::Facts;
use crate::ber::{self, Element, Elements};
use crate::reader::Reader;

/// Attributes of a name (RFC 5280, appendix A.1).
const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ORGANIZATION: &[u8] = &[0x55, 4, 10];
/// Tag of the version field.
const VERSION: u8 = 0xa0;
/// The years that a moment of ours can tell.
const YEARS: std::ops::RangeInclusive<u32> = 1678..=2261;

/// Tells the first certificate of a Certificate message: the server's own (RFC 5246, 7.4.2).
pub(super) fn tell_first(body: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(body);
    let length = super::u24(&mut reader)?;
    let mut list = Reader::new(reader.take(length)?);
    let length = super::u24(&mut list)?;
    Certificate::read(list.take(length)?)?.tell(facts);
    Some(())
}

struct Certificate<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    not_before: Element<'a>,
    not_after: Element<'a>,
    key: Option<String>,
    signature: Option<String>,
}

impl<'a> Certificate<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let mut certificate = Elements::new(der).enter(ber::SEQUENCE)?;
        let mut signed = certificate.enter(ber::SEQUENCE)?;
        let signature = signature_name(certificate.enter(ber::SEQUENCE)?);
        if signed.tag() == Some(VERSION) {
            let _version = signed.next()?;
        }
        let _serial = signed.expect(ber::INTEGER)?;
        let _algorithm = signed.expect(ber::SEQUENCE)?;
        let issuer = signed.expect(ber::SEQUENCE)?;
        let mut validity = signed.enter(ber::SEQUENCE)?;
        let (not_before, not_after) = (validity.next()?, validity.next()?);
        let subject = signed.expect(ber::SEQUENCE)?;
        let key = signed.enter(ber::SEQUENCE).and_then(key_name);
        Some(Self { issuer, subject, not_before, not_after, key, signature })
    }

    fn tell(&self, facts: &mut Facts) {
        let issuer = || attribute(self.issuer, ORGANIZATION).or_else(|| attribute(self.issuer, COMMON_NAME));
        let self_signed = if self.issuer == self.subject { "yes" } else { "no" };
        for (kind, value) in [
            (FactKind::TlsCertificateSubject, attribute(self.subject, COMMON_NAME)),
            (FactKind::TlsCertificateIssuer, issuer()),
            (FactKind::TlsCertificateNotBefore, moment(self.not_before)),
            (FactKind::TlsCertificateNotAfter, moment(self.not_after)),
            (FactKind::TlsCertificateKey, self.key.clone()),
            (FactKind::TlsCertificateSignature, self.signature.clone()),
            (FactKind::TlsCertificateSelfSigned, Some(self_signed.to_owned())),
        ] {
            if let Some(value) = value.filter(|value| !value.trim().is_empty()) {
                super::tell(facts, kind, &value);
            }
        }
    }
}

/// The last, most specific value of this attribute in a name (RFC 5280, 4.1.2.4).
fn attribute(name: &[u8], wanted: &[u8]) -> Option<String> {
    let mut parts = Elements::new(name);
    let mut found = None;
    while let Some(mut part) = parts.enter(ber::SET) {
        while let Some(mut pair) = part.enter(ber::SEQUENCE) {
            if pair.expect(ber::OBJECT_IDENTIFIER) == Some(wanted) {
                found = pair.next().map(text).or(found);
            }
        }
    }
    found
}

fn text(value: Element<'_>) -> String {
    if value.tag != ber::BMP_STRING {
        return String::from_utf8_lossy(value.content).into_owned();
    }
    let pairs = value.content.as_chunks().0;
    char::decode_utf16(pairs.iter().map(|pair| u16::from_be_bytes(*pair))).map(|c| c.unwrap_or(' ')).collect()
}

/// A time in RFC 3339; `None` when it is malformed or beyond what a moment can tell, such as 9999-12-31, which means
/// "no end" (RFC 5280, 4.1.2.5).
fn moment(time: Element<'_>) -> Option<String> {
    let text = std::str::from_utf8(time.content).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match time.tag {
        ber::UTC_TIME => century(text.split_at_checked(2)?)?,
        ber::GENERALIZED_TIME => {
            text.split_at_checked(4).and_then(|(year, rest)| Some((year.parse().ok()?, rest)))?
        }
        _ => return None,
    };
    let pair = |at: usize| rest.get(at..at.saturating_add(2));
    let moment = format!("{year:04}-{}-{}T{}:{}:{}Z", pair(0)?, pair(2)?, pair(4)?, pair(6)?, pair(8)?);
    YEARS.contains(&year).then_some(moment)
}

/// Two digits of a year mean 1950 to 2049 (RFC 5280, 4.1.2.5.1).
fn century<'a>((year, rest): (&'a str, &'a str)) -> Option<(u32, &'a str)> {
    let year: u32 = year.parse().ok()?;
    Some((year.saturating_add(if year < 50 { 2000 } else { 1900 }), rest))
}

/// The kind and length of a public key (RFC 3279, 2.3; RFC 5480; RFC 8410).
fn key_name(mut info: Elements<'_>) -> Option<String> {
    let mut algorithm = info.enter(ber::SEQUENCE)?;
    let identifier = ber::dotted(algorithm.expect(ber::OBJECT_IDENTIFIER)?)?;
    // The first byte of a bit string counts its unused bits.
    let key = info.expect(ber::BIT_STRING)?.get(1..)?;
    match identifier.as_str() {
        "1.2.840.113549.1.1.1" | "1.2.840.113549.1.1.10" => {
            let modulus = Elements::new(key).enter(ber::SEQUENCE)?.expect(ber::INTEGER)?;
            Some(format!("rsa-{}", bits(modulus)))
        }
        "1.2.840.10040.4.1" => {
            let prime = algorithm.enter(ber::SEQUENCE)?.expect(ber::INTEGER)?;
            Some(format!("dsa-{}", bits(prime)))
        }
        "1.2.840.10045.2.1" => Some(format!("ec-{}", curve_bits(algorithm.next(), key))),
        "1.3.101.112" => Some("ed25519".to_owned()),
        "1.3.101.113" => Some("ed448".to_owned()),
        _ => None,
    }
}

/// Length of a number without leading zeros, in bits.
fn bits(number: &[u8]) -> usize {
    let digits: &[u8] =
        number.iter().position(|digit| *digit != 0).and_then(|at| number.get(at..)).unwrap_or_default();
    let unused = digits.first().map_or(0, |first| first.leading_zeros());
    (digits.len().saturating_mul(8)).saturating_sub(usize::try_from(unused).unwrap_or(0))
}

/// Length of a curve's field in bits: by its name, or from a point (X9.62, 4.3.6), whose length is in whole bytes.
fn curve_bits(curve: Option<Element<'_>>, point: &[u8]) -> usize {
    const SECP521R1: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
    let compressed = matches!(point.first(), Some(2 | 3));
    let coordinates = point.len().saturating_sub(1).saturating_mul(8);
    match curve {
        Some(Element { tag: ber::OBJECT_IDENTIFIER, content: SECP521R1 }) => 521,
        _ if compressed => coordinates,
        _ => coordinates / 2,
    }
}

/// Short names of signature algorithms; others are told by their identifier.
const SIGNATURES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "md2-rsa"),
    ("1.2.840.113549.1.1.4", "md5-rsa"),
    ("1.2.840.113549.1.1.5", "sha1-rsa"),
    ("1.3.14.3.2.29", "sha1-rsa"),
    ("1.2.840.113549.1.1.14", "sha224-rsa"),
    ("1.2.840.113549.1.1.11", "sha256-rsa"),
    ("1.2.840.113549.1.1.12", "sha384-rsa"),
    ("1.2.840.113549.1.1.13", "sha512-rsa"),
    ("1.2.840.113549.1.1.10", "rsa-pss"),
    ("1.2.840.10040.4.3", "dsa-sha1"),
    ("2.16.840.1.101.3.4.3.1", "dsa-sha224"),
    ("2.16.840.1.101.3.4.3.2", "dsa-sha256"),
    ("1.2.840.10045.4.1", "ecdsa-sha1"),
    ("1.2.840.10045.4.3.1", "ecdsa-sha224"),
    ("1.2.840.10045.4.3.2", "ecdsa-sha256"),
    ("1.2.840.10045.4.3.3", "ecdsa-sha384"),
    ("1.2.840.10045.4.3.4", "ecdsa-sha512"),
    ("1.3.101.112", "ed25519"),
    ("1.3.101.113", "ed448"),
];

/// The algorithm that a certificate is signed with (RFC 3279, 2.2; RFC 4055; RFC 5758; RFC 8410).
fn signature_name(mut algorithm: Elements<'_>) -> Option<String> {
    let identifier = ber::dotted(algorithm.expect(ber::OBJECT_IDENTIFIER)?)?;
    let known = SIGNATURES.iter().find(|(known, _)| *known == identifier);
    Some(known.map_or(identifier, |(_, name)| (*name).to_owned()))
}
