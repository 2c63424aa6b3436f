//! NTLM inside other protocols ([MS-NLMP]): computer, domain and system version of the host that sent a CHALLENGE (2.2.1.2), and
//! whether an AUTHENTICATE (2.2.1.3) answers it by version 1.
//!
//! Not here: users, domains and responses of AUTHENTICATE; of it only lengths and flags are read.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts};

const SIGNATURE: &[u8] = b"NTLMSSP\0";
const CHALLENGE: u32 = 2;
const AUTHENTICATE: u32 = 3;
/// Of the flags: the field of the version is filled ([MS-NLMP] 2.2.2.5).
const HAS_VERSION: u32 = 0x0200_0000;
/// Of the flags: the client's challenge is mixed in ([MS-NLMP] 2.2.2.5).
const EXTENDED_SESSION_SECURITY: u32 = 0x0008_0000;
/// Both responses of version 1 have this length ([MS-NLMP] 2.2.2.6); that of version 2 has at least 44 bytes (2.2.2.8).
pub(crate) const VERSION_1_RESPONSE: usize = 24;
/// The fields of AUTHENTICATE up to its flags.
const AUTHENTICATE_FIXED: usize = 64;
/// Kinds of pairs in the target information ([MS-NLMP] 2.2.2.1).
const END: u16 = 0;
const NETBIOS_COMPUTER: u16 = 1;
const NETBIOS_DOMAIN: u16 = 2;
/// The standard knows eleven kinds.
const MAX_PAIRS: usize = 16;

/// Tells the first challenge in the security buffer of a session setup, which GSS-API wraps (RFC 4178); whether there
/// was one.
pub(crate) fn tell_challenge(buffer: &[u8], facts: &mut Facts) -> bool {
    let challenge = message(buffer).and_then(Challenge::read);
    if let Some(challenge) = &challenge {
        challenge.tell(facts);
    }
    challenge.is_some()
}

/// Tells when the first AUTHENTICATE in what a client sent is of version 1; whether there was one.
pub(crate) fn tell_response(buffer: &[u8], facts: &mut Facts) -> bool {
    let response = message(buffer).and_then(Response::read);
    match response {
        Some(Response::Version1) => facts.tell(About::Sender, FactKind::NtlmVersion, b"1"),
        Some(Response::Version1WithSession) => {
            facts.tell(About::Sender, FactKind::NtlmVersion, b"1-session");
        }
        Some(Response::Other) | None => {}
    }
    response.is_some()
}

fn message(buffer: &[u8]) -> Option<&[u8]> {
    let at = buffer.windows(SIGNATURE.len()).position(|window| window == SIGNATURE)?;
    buffer.get(at..)
}

/// How a client answered a challenge, by what [MS-NLMP] 3.3 lets it send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Response {
    /// Version 1 as it was first made.
    Version1,
    /// Version 1 with the client's own challenge mixed in, called NTLM2 session response.
    Version1WithSession,
    /// Version 2, or nobody's name: an anonymous login has no response.
    Other,
}

impl Response {
    fn read(message: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(message);
        let _signature = reader.take(SIGNATURE.len())?;
        if u32_le(&mut reader)? != AUTHENTICATE {
            return None;
        }
        let (lm, nt) = (Field::read(&mut reader)?, Field::read(&mut reader)?);
        let _domain_user_workstation_key = reader.take(32)?;
        let flags = u32_le(&mut reader)?;
        let is_version_1 = nt.length == VERSION_1_RESPONSE
            && lm.length == VERSION_1_RESPONSE
            && nt.is_within(message)
            && lm.is_within(message);
        Some(match is_version_1 {
            true if flags & EXTENDED_SESSION_SECURITY != 0 => Self::Version1WithSession,
            true => Self::Version1,
            false => Self::Other,
        })
    }
}

/// Where a value of a message stands.
#[derive(Clone, Copy, Debug)]
struct Field {
    length: usize,
    offset: usize,
}

impl Field {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let length = usize::from(u16_le(reader)?);
        let _maximum = u16_le(reader)?;
        Some(Self { length, offset: usize::try_from(u32_le(reader)?).ok()? })
    }

    fn is_within(self, message: &[u8]) -> bool {
        self.offset >= AUTHENTICATE_FIXED && self.of(message).is_some()
    }

    /// Some old servers tell a length that reaches beyond the end, and leave the end of a list out.
    fn as_far_as_there(self, message: &[u8]) -> &[u8] {
        let rest = message.get(self.offset..).unwrap_or_default();
        rest.get(..self.length).unwrap_or(rest)
    }

    fn of(self, message: &[u8]) -> Option<&[u8]> {
        message.get(self.offset..)?.get(..self.length)
    }
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
        let target_information = Field::read(&mut reader)?;
        let version = reader.array().filter(|_| flags & HAS_VERSION != 0);
        Some(Self { target_information: target_information.as_far_as_there(message), version })
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

pub(crate) fn u16_le(reader: &mut Reader<'_>) -> Option<u16> {
    reader.array().map(u16::from_le_bytes)
}

pub(crate) fn u32_le(reader: &mut Reader<'_>) -> Option<u32> {
    reader.array().map(u32::from_le_bytes)
}
