//! Ways to encrypt that are too weak by now: DES (RFC 6649), triple DES and RC4 (RFC 8429).

use wardround_model::FactKind;

use super::messages::{inside, number};
use crate::ber::{self, Elements};
use crate::{About, Facts};

/// Weak ways by their numbers (IANA, "Kerberos Encryption Type Numbers").
const WEAK: &[(u32, &str)] = &[
    (1, "des-cbc-crc"),
    (2, "des-cbc-md4"),
    (3, "des-cbc-md5"),
    (5, "des3-cbc-md5"),
    (7, "des3-cbc-sha1"),
    (16, "des3-cbc-sha1-kd"),
    (23, "rc4-hmac"),
    (24, "rc4-hmac-exp"),
];
/// Kinds of preauthentication data that list ways to encrypt (RFC 4120, 7.5.2).
const ETYPE_INFO: u32 = 11;
const ETYPE_INFO2: u32 = 19;
/// The most lists and ways that are looked at.
const MAX_LISTED: usize = 16;

/// Tells the weak ones among ways that the sender's service used.
pub(super) fn tell(ways: impl Iterator<Item = u32>, facts: &mut Facts) {
    for way in ways {
        if let Some((_, name)) = WEAK.iter().find(|(number, _)| *number == way) {
            facts.tell(About::SenderService, FactKind::KerberosWeakEncryption, name.as_bytes());
        }
    }
}

/// Tells the weak ones among ways that an error offers: `METHOD-DATA` (5.9.1), of which two kinds list them (5.2.7.4, 5.2.7.5).
pub(super) fn tell_offered(method_data: &[u8], facts: &mut Facts) {
    let Some(mut list) = Elements::new(method_data).enter(ber::SEQUENCE) else { return };
    for _ in 0..MAX_LISTED {
        let Some(mut item) = list.enter(ber::SEQUENCE) else { return };
        let kind = inside(&mut item, 1).and_then(number);
        let value = inside(&mut item, 2).and_then(|mut value| value.expect(ber::OCTET_STRING));
        if let (Some(ETYPE_INFO | ETYPE_INFO2), Some(value)) = (kind, value) {
            tell_listed(value, facts);
        }
    }
}

fn tell_listed(list: &[u8], facts: &mut Facts) -> Option<()> {
    let mut list = Elements::new(list).enter(ber::SEQUENCE)?;
    for _ in 0..MAX_LISTED {
        let mut entry = list.enter(ber::SEQUENCE)?;
        tell(inside(&mut entry, 0).and_then(number).into_iter(), facts);
    }
    None
}
