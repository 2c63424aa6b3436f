//! Messages of SMB 2 and 3 ([MS-SMB2] 2.2): the answers to negotiation, and both sides of session setup.

use wardround_model::FactKind;

use super::{Message, Read};
use crate::kerberos::ticket;
use crate::ntlm::{self, u16_le, u32_le};
use crate::reader::Reader;
use crate::{About, Facts, Role};

const HEADER_SIZE: u16 = 64;
const NEGOTIATE: u16 = 0;
const SESSION_SETUP: u16 = 1;
/// Flag of an answer ([MS-SMB2] 2.2.1.2).
const SERVER_TO_REDIR: u32 = 1;
/// STATUS_MORE_PROCESSING_REQUIRED: session setup goes on ([MS-ERREF] 2.3.1).
const MORE_PROCESSING_REQUIRED: u32 = 0xc000_0016;
/// Of the security mode ([MS-SMB2] 2.2.4).
const SIGNING_REQUIRED: u16 = 2;
/// Length of the fixed part of an answer to negotiation, without its buffer.
const NEGOTIATED_SIZE: u16 = 65;

/// The header, as far as it is of use.
struct Header {
    status: u32,
    command: u16,
    is_reply: bool,
}

impl Header {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let _magic = reader.take(4)?;
        if u16_le(reader)? != HEADER_SIZE {
            return None;
        }
        let _credit_charge = reader.take(2)?;
        let status = u32_le(reader)?;
        let command = u16_le(reader)?;
        let _credits = reader.take(2)?;
        let flags = u32_le(reader)?;
        let _rest = reader.take(44)?;
        Some(Self { status, command, is_reply: flags & SERVER_TO_REDIR != 0 })
    }
}

pub(super) fn read(message: Message<'_>, facts: &mut Facts) -> Read {
    let mut reader = Reader::new(message.bytes);
    match Header::read(&mut reader) {
        None => Read::NotSmb,
        Some(header) if !header.is_reply => request(&header, message, facts),
        Some(header) if header.command == NEGOTIATE => {
            tell_negotiated(reader, facts);
            Read::Understood(Role::Server)
        }
        Some(header) if header.command == SESSION_SETUP && !message.is_whole => Read::Cut,
        Some(header) if header.command == SESSION_SETUP => {
            let challenged = ntlm::tell_challenge(reader.rest(), facts);
            let goes_on = !challenged && header.status == MORE_PROCESSING_REQUIRED;
            if goes_on { Read::Understood(Role::Server) } else { Read::Last(Role::Server) }
        }
        Some(_) => Read::Last(Role::Server),
    }
}

/// Of what a client sends, only its answer to a challenge is of use, and whose ticket it shows.
fn request(header: &Header, message: Message<'_>, facts: &mut Facts) -> Read {
    match header.command {
        NEGOTIATE => Read::Understood(Role::Client),
        SESSION_SETUP if !message.is_whole => Read::Cut,
        SESSION_SETUP if !ntlm::tell_response(message.bytes, facts) => {
            ticket::tell_shown(message.bytes, facts);
            Read::Understood(Role::Client)
        }
        _ => Read::Last(Role::Client),
    }
}

fn tell_negotiated(mut reader: Reader<'_>, facts: &mut Facts) -> Option<()> {
    // An error has another size.
    if u16_le(&mut reader)? != NEGOTIATED_SIZE {
        return None;
    }
    let (security_mode, dialect) = (u16_le(&mut reader)?, u16_le(&mut reader)?);
    if let Some(name) = dialect_name(dialect) {
        facts.tell(About::SenderService, FactKind::SmbDialect, name.as_bytes());
    }
    let signing: &[u8] = if security_mode & SIGNING_REQUIRED != 0 { b"required" } else { b"optional" };
    facts.tell(About::SenderService, FactKind::SmbSigning, signing);
    if is_samba(reader).unwrap_or(false) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, b"Samba");
    }
    Some(())
}

/// Whether the rest of an answer to negotiation, from the count of contexts on, is one of Samba. Its number (`ServerGuid`, [MS-SMB2] 2.2.4)
/// is the server's NetBIOS name in small letters with zeros behind it (`negprot_spnego`); elsewhere it is a number of chance, or
/// nothing. As Samba does, it must also allow the same for all three kinds of transfer and not say since when it runs. A name with
/// other signs, or of one letter, tells nothing here: unknown is better than wrong.
fn is_samba(mut reader: Reader<'_>) -> Option<bool> {
    let _contexts = reader.take(2)?;
    let guid = reader.take(16)?;
    let _capabilities = reader.take(4)?;
    let (transact, read, write) = (u32_le(&mut reader)?, u32_le(&mut reader)?, u32_le(&mut reader)?);
    let _now = reader.take(8)?;
    let says_since_when = reader.take(8)?.iter().any(|byte| *byte != 0);
    let length = guid.iter().position(|byte| *byte == 0)?;
    let (name, rest) = guid.split_at_checked(length)?;
    let is_name = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte);
    let is_named = length >= 2 && name.iter().all(is_name) && rest.iter().all(|byte| *byte == 0);
    Some(is_named && transact == read && read == write && !says_since_when)
}

/// Dialects by their code; 0x02ff only means "negotiate again in SMB 2" ([MS-SMB2] 2.2.4).
fn dialect_name(dialect: u16) -> Option<&'static str> {
    match dialect {
        0x0202 => Some("2.0.2"),
        0x0210 => Some("2.1"),
        0x0300 => Some("3.0"),
        0x0302 => Some("3.0.2"),
        0x0311 => Some("3.1.1"),
        _ => None,
    }
}
