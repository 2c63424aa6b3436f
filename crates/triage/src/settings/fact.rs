//! Weak settings that one fact shows by itself: a table of a kind of fact and what its value says.

use wardround_model::{FactKind, Reason, Timestamp, WeakSetting};

use super::Sign;
use crate::phrases;
use crate::scene::{Scene, Seen};
use crate::ssvc::Detail;

/// The shortest RSA and DSA key that NIST SP 800-131A r2 accepts, in bits.
const SHORTEST_RSA: u32 = 2048;
/// The shortest elliptic-curve key that NIST SP 800-131A r2 accepts, in bits.
const SHORTEST_EC: u32 = 224;

/// What a value shows: the setting, the protocol of its code, and what people read.
struct Shown {
    setting: WeakSetting,
    protocol: String,
    detail: Detail,
    title: String,
    text: String,
}

type Rule = fn(&str, Timestamp) -> Option<Shown>;

const RULES: &[(FactKind, Rule)] = &[
    (FactKind::ClearTextLogin, clear_text_login),
    (FactKind::SmbDialect, smb1),
    (FactKind::TlsCertificateNotAfter, expired),
    (FactKind::TlsCertificateNotBefore, not_yet_valid),
    (FactKind::TlsCertificateSelfSigned, self_signed),
    (FactKind::TlsCertificateKey, short_key),
    (FactKind::TlsCertificateSignature, broken_signature),
    (FactKind::TlsVersion, old_tls),
    (FactKind::SnmpDefaultCommunity, default_community),
];

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    let seen = |(kind, rule): &(FactKind, Rule)| {
        let signs = scene.facts(*kind).iter().filter_map(|seen| sign(seen, rule(seen.value(), scene.as_of)?));
        signs.collect::<Vec<_>>()
    };
    RULES.iter().flat_map(seen).collect()
}

fn sign(seen: &Seen<'_>, shown: Shown) -> Option<Sign> {
    let endpoint = seen.endpoint()?;
    Some(Sign {
        asset: seen.asset.id,
        setting: shown.setting,
        protocol: shown.protocol,
        endpoint: Some(endpoint),
        detail: shown.detail,
        title: shown.title,
        reason: Reason::new(format!("{endpoint} {}", shown.text), [seen.ground()]),
    })
}

fn shown(setting: WeakSetting, protocol: &str, title: String, text: String) -> Option<Shown> {
    Some(Shown { setting, protocol: protocol.to_owned(), detail: Detail::Plain, title, text })
}

fn clear_text_login(protocol: &str, _: Timestamp) -> Option<Shown> {
    let label = phrases::protocol(protocol);
    let title = format!("Logins over {label} cross the network in clear");
    let text = format!("was sent a login over {label} that anybody on the way could read");
    shown(WeakSetting::ClearTextCredentials, protocol, title, text)
}

fn smb1(dialect: &str, _: Timestamp) -> Option<Shown> {
    if dialect != "1.0" {
        return None;
    }
    let title = "Shares files by the outdated SMB 1".to_owned();
    shown(WeakSetting::Smb1, "smb", title, "agreed to speak SMB 1".to_owned())
}

/// A certificate is still valid at its last moment (RFC 5280, 4.1.2.5).
fn expired(until: &str, as_of: Timestamp) -> Option<Shown> {
    let moment: Timestamp = until.parse().ok()?;
    if moment >= as_of {
        return None;
    }
    let day = phrases::day(moment);
    let title = format!("Certificate expired on {day}");
    let text = format!("showed a certificate that was valid until {day}");
    shown(WeakSetting::TlsCertificateExpired, "tls", title, text)
}

fn not_yet_valid(from: &str, as_of: Timestamp) -> Option<Shown> {
    let moment: Timestamp = from.parse().ok()?;
    if moment <= as_of {
        return None;
    }
    let day = phrases::day(moment);
    let title = format!("Certificate is not valid before {day}");
    let text = format!("showed a certificate that becomes valid only on {day}");
    shown(WeakSetting::TlsCertificateExpired, "tls", title, text)
}

fn self_signed(value: &str, _: Timestamp) -> Option<Shown> {
    if value != "yes" {
        return None;
    }
    let title = "Certificate signed by the device itself".to_owned();
    let text = "showed a certificate that nobody but itself vouches for".to_owned();
    shown(WeakSetting::TlsCertificateSelfSigned, "tls", title, text)
}

fn short_key(key: &str, _: Timestamp) -> Option<Shown> {
    let (kind, bits) = key.split_once('-')?;
    let bits: u32 = bits.parse().ok()?;
    let shortest = match kind {
        "rsa" | "dsa" => SHORTEST_RSA,
        "ec" => SHORTEST_EC,
        _ => return None,
    };
    if bits >= shortest {
        return None;
    }
    let title = format!("Certificate with a key that is too short ({bits} bits)");
    let text = format!(
        "showed a certificate whose {} key has {bits} bits; {shortest} is the least",
        kind.to_uppercase()
    );
    shown(WeakSetting::TlsCertificateWeak, "tls", title, text)
}

fn broken_signature(algorithm: &str, _: Timestamp) -> Option<Shown> {
    let lower = algorithm.to_ascii_lowercase();
    let broken = ["md2", "md5", "sha1", "sha-1"].iter().any(|hash| lower.contains(hash));
    if !broken {
        return None;
    }
    let title = "Certificate with a signature that can be forged".to_owned();
    let text = format!("showed a certificate signed in the outdated way {algorithm}");
    shown(WeakSetting::TlsCertificateWeak, "tls", title, text)
}

/// RFC 8996 retired TLS 1.0 and 1.1, RFC 7568 SSL 3, RFC 6176 SSL 2.
fn old_tls(version: &str, _: Timestamp) -> Option<Shown> {
    let name = match version.to_ascii_lowercase().as_str() {
        "1.0" => "TLS 1.0",
        "1.1" => "TLS 1.1",
        "ssl3" | "ssl3.0" | "ssl-3.0" | "ssl-3" | "3.0" => "SSL 3",
        "ssl2" | "ssl2.0" | "ssl-2.0" | "ssl-2" | "2.0" => "SSL 2",
        _ => return None,
    };
    let title = format!("Outdated encryption ({name})");
    shown(WeakSetting::TlsVersionOld, "tls", title, format!("chose {name}, which is retired"))
}

fn default_community(community: &str, _: Timestamp) -> Option<Shown> {
    let title = format!("Answers to the well-known SNMP password \u{201c}{community}\u{201d}");
    let text = format!("answered a question with the community \u{201c}{community}\u{201d}");
    let detail = if community == "private" { Detail::AllowsChange } else { Detail::Plain };
    Some(Shown { detail, ..shown(WeakSetting::SnmpDefaultCommunity, "snmp", title, text)? })
}
