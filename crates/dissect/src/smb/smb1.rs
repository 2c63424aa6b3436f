//! Messages of SMB 1 ([MS-CIFS] 2.2.3): which dialect a server chose, and both sides of session setup.

use wardround_model::FactKind;

use super::{Message, Read};
use crate::kerberos::ticket;
use crate::ntlm::{self, u16_le};
use crate::reader::Reader;
use crate::{About, Facts, Role};

const NEGOTIATE: u8 = 0x72;
const SESSION_SETUP: u8 = 0x73;
/// Flag of an answer ([MS-CIFS] 2.2.3.1).
const REPLY: u8 = 0x80;
/// The dialect index that means "none of yours".
const NO_DIALECT: u16 = 0xffff;
/// The answer of `NT LM 0.12` has 17 words ([MS-CIFS] 2.2.4.52.2); older dialects have fewer and no such flag.
const NT_LM_WORDS: u8 = 17;
/// Of the security mode: messages must be signed.
const SIGNING_REQUIRED: u8 = 0x08;
const SUCCESS: u32 = 0;
/// A session setup without GSS-API has 13 words ([MS-CIFS] 2.2.4.53.1); one with it has 12.
const PLAIN_SESSION_SETUP_WORDS: u8 = 13;

/// The header, as far as it is of use.
struct Header {
    command: u8,
    status: u32,
    is_reply: bool,
}

impl Header {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let _magic = reader.take(4)?;
        let command = reader.u8()?;
        let status = reader.array().map(u32::from_le_bytes)?;
        let flags = reader.u8()?;
        let _rest = reader.take(22)?;
        Some(Self { command, status, is_reply: flags & REPLY != 0 })
    }
}

pub(super) fn read(message: Message<'_>, facts: &mut Facts) -> Read {
    let mut reader = Reader::new(message.bytes);
    match Header::read(&mut reader) {
        None => Read::NotSmb,
        // A client that speaks SMB 1 first may be answered in SMB 2: only the answer tells the dialect.
        Some(header) if !header.is_reply => request(&header, message, reader, facts),
        Some(header) if header.command == NEGOTIATE => negotiated(reader, facts),
        Some(header) if header.command == SESSION_SETUP && !message.is_whole => Read::Cut,
        Some(header) if header.command == SESSION_SETUP => {
            let challenged = ntlm::tell_challenge(reader.rest(), facts);
            let is_last = challenged || header.status == SUCCESS;
            if is_last { Read::Last(Role::Server) } else { Read::Understood(Role::Server) }
        }
        Some(_) => Read::Last(Role::Server),
    }
}

/// Of what a client sends, only its answer to a challenge is of use, and whose ticket it shows.
fn request(header: &Header, message: Message<'_>, reader: Reader<'_>, facts: &mut Facts) -> Read {
    match header.command {
        NEGOTIATE => Read::Understood(Role::Client),
        SESSION_SETUP if !message.is_whole => Read::Cut,
        SESSION_SETUP => {
            let responded =
                ntlm::tell_response(message.bytes, facts) || plain_response(reader, facts).is_some();
            if !responded {
                ticket::tell_shown(message.bytes, facts);
            }
            if responded { Read::Last(Role::Client) } else { Read::Understood(Role::Client) }
        }
        _ => Read::Last(Role::Client),
    }
}

/// The answers to the challenge of the negotiation, without GSS-API: version 1 sends two of the same length. A password as it is has
/// two forms of different lengths.
fn plain_response(mut reader: Reader<'_>, facts: &mut Facts) -> Option<()> {
    if reader.u8()? != PLAIN_SESSION_SETUP_WORDS {
        return None;
    }
    let _other_words = reader.take(14)?;
    let (lm, nt) = (u16_le(&mut reader)?, u16_le(&mut reader)?);
    let _rest_of_words = reader.take(8)?;
    let bytes = usize::from(u16_le(&mut reader)?);
    let version_1 = ntlm::VERSION_1_RESPONSE;
    let is_there = bytes >= version_1.saturating_mul(2) && reader.rest().len() >= bytes;
    if usize::from(lm) == version_1 && usize::from(nt) == version_1 && is_there {
        facts.tell(About::Sender, FactKind::NtlmVersion, b"1");
    }
    Some(())
}

fn negotiated(mut reader: Reader<'_>, facts: &mut Facts) -> Read {
    let words = reader.u8().unwrap_or(0);
    let dialect = reader.array().map(u16::from_le_bytes);
    if words == 0 || dialect.is_none_or(|dialect| dialect == NO_DIALECT) {
        return Read::Understood(Role::Server);
    }
    facts.tell(About::SenderService, FactKind::SmbDialect, b"1.0");
    if let Some(mode) = reader.u8().filter(|_| words == NT_LM_WORDS) {
        let signing: &[u8] = if mode & SIGNING_REQUIRED != 0 { b"required" } else { b"optional" };
        facts.tell(About::SenderService, FactKind::SmbSigning, signing);
    }
    Read::Understood(Role::Server)
}
