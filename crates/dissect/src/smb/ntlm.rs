//! NTLM's CHALLENGE ([MS-NLMP] 2.2.1.2): computer, domain and system version of the host that sent it.
//!
//! Not here: AUTHENTICATE, which names a user.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts};

const SIGNATURE: &[u8] = b"NTLMSSP\0";
const CHALLENGE: u32 = 2;
/// Of the flags: the field of the version is filled ([MS-NLMP] 2.2.2.5).
const HAS_VERSION: u32 = 0x0200_0000;
/// Kinds of pairs in the target information ([MS-NLMP] 2.2.2.1).
const END: u16 = 0;
const NETBIOS_COMPUTER: u16 = 1;
const NETBIOS_DOMAIN: u16 = 2;
/// The standard knows eleven kinds.
const MAX_PAIRS: usize = 16;

/// Tells the first challenge in the security buffer of a session setup, which GSS-API wraps (RFC 4178); whether there
/// was one.
pub(super) fn tell_challenge(buffer: &[u8], facts: &mut Facts) -> bool {
    let found = buffer.windows(SIGNATURE.len()).position(|window| window == SIGNATURE);
    let challenge = found.and_then(|at| Challenge::read(buffer.get(at..)?));
    if let Some(challenge) = &challenge {
        challenge.tell(facts);
    }
    challenge.is_some()
}

struct Challenge<'a> {
    target_information: &'a [u8],
    version: Option<[u8; 4]>,
}

impl<'a> Challenge<'a> {
    fn read(message: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(message);
        let _signature = reader.take(SIGNATURE.len())?;
        if u32_le(&mut reader)? != CHALLENGE {
            return None;
        }
        let _target_name = reader.take(8)?;
        let flags = u32_le(&mut reader)?;
        let _challenge_and_reserved = reader.take(16)?;
        let length = usize::from(u16_le(&mut reader)?);
        let _maximum = u16_le(&mut reader)?;
        let offset = usize::try_from(u32_le(&mut reader)?).ok()?;
        let version = reader.array().filter(|_| flags & HAS_VERSION != 0);
        let target_information =
            message.get(offset..).and_then(|rest| rest.get(..length)).unwrap_or_default();
        Some(Self { target_information, version })
    }

    fn tell(&self, facts: &mut Facts) {
        let mut reader = Reader::new(self.target_information);
        for _ in 0..MAX_PAIRS {
            match pair(&mut reader) {
                Some((NETBIOS_COMPUTER, name)) => tell_name(facts, FactKind::NtlmComputer, name),
                Some((NETBIOS_DOMAIN, name)) => tell_name(facts, FactKind::NtlmDomain, name),
                Some((END, _)) | None => break,
                Some(_) => {}
            }
        }
        // [MS-NLMP] 2.2.2.10: major, minor, build.
        if let Some([major, minor, low, high]) = self.version {
            let build = u16::from_le_bytes([low, high]);
            facts.tell(About::Sender, FactKind::NtlmOsVersion, format!("{major}.{minor}.{build}").as_bytes());
        }
    }
}

fn pair<'a>(reader: &mut Reader<'a>) -> Option<(u16, &'a [u8])> {
    let kind = u16_le(reader)?;
    let length = u16_le(reader)?;
    Some((kind, reader.take(usize::from(length))?))
}

fn tell_name(facts: &mut Facts, kind: FactKind, utf16: &[u8]) {
    let units = utf16.as_chunks().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let name: String = char::decode_utf16(units).map(|c| c.unwrap_or(' ')).collect();
    facts.tell(About::Sender, kind, name.as_bytes());
}

fn u16_le(reader: &mut Reader<'_>) -> Option<u16> {
    reader.array().map(u16::from_le_bytes)
}

fn u32_le(reader: &mut Reader<'_>) -> Option<u32> {
    reader.array().map(u32::from_le_bytes)
}
