//! Messages between hosts and the server (RFC 4120, 5.4 and 5.9), as far as they are of use. Fields have context tags, in order.

use super::ticket::{self, computer};
use crate::ber::{self, Elements};

/// Tags of messages (5.10).
const AS_REQUEST: u8 = 0x6a;
const AS_REPLY: u8 = 0x6b;
const TGS_REQUEST: u8 = 0x6c;
const TGS_REPLY: u8 = 0x6d;
const ERROR: u8 = 0x7e;
/// Kerberos 5.
const VERSION: u32 = 5;
/// Strings of Kerberos (5.2.1).
pub(super) const GENERAL_STRING: u8 = 0x1b;
/// The first context tag.
const CONTEXT: u8 = 0xa0;
/// An error that asks for a proof of the password, and says how it may be made (7.5.9).
const NEEDS_PROOF: u32 = 25;

/// What a message says.
pub(super) enum Message<'a> {
    /// A ticket is asked for.
    Request {
        /// The computer whose own account asks.
        client: Option<&'a [u8]>,
    },
    /// A ticket is given.
    Reply {
        /// The computer whose own account asked.
        client: Option<&'a [u8]>,
        /// The realm of the server that gives it.
        realm: &'a [u8],
        /// How the ticket and the rest of the answer are encrypted.
        ways: [Option<u32>; 2],
    },
    /// None is given.
    Error {
        /// The realm of the server.
        realm: &'a [u8],
        /// What it offers instead (`METHOD-DATA`).
        offered: Option<&'a [u8]>,
    },
}

/// Whether it is the first byte of a message.
pub(super) fn is_kind(tag: u8) -> bool {
    matches!(tag, AS_REQUEST | AS_REPLY | TGS_REQUEST | TGS_REPLY | ERROR)
}

/// The length of the message that begins here, with its tag; `None` when none does: its tag, a sequence in it, and the version
/// (in requests the second field, so that the first one of a request is another tag).
pub(super) fn kind(bytes: &[u8]) -> Option<usize> {
    let mut outer = Elements::new(bytes);
    let tag = outer.tag().filter(|tag| is_kind(*tag))?;
    let (mut message, length) = outer.enter_told(tag)?;
    let mut fields = message.enter_cut(ber::SEQUENCE)?;
    let first = if matches!(tag, AS_REQUEST | TGS_REQUEST) { 1 } else { 0 };
    let version = inside(&mut fields, first).and_then(number)?;
    (version == VERSION).then_some(length)
}

/// The element inside the field with this number, if that is the next one.
pub(super) fn inside<'a>(fields: &mut Elements<'a>, number: u8) -> Option<Elements<'a>> {
    let tag = CONTEXT.checked_add(number)?;
    if fields.tag()? != tag { None } else { fields.enter(tag) }
}

/// Passes over fields up to this one, and enters it.
pub(super) fn field<'a>(fields: &mut Elements<'a>, number: u8) -> Option<Elements<'a>> {
    let tag = CONTEXT.checked_add(number)?;
    while fields.tag()? < tag {
        fields.next()?;
    }
    inside(fields, number)
}

/// A whole number that is not negative.
pub(super) fn number(mut field: Elements<'_>) -> Option<u32> {
    field.expect(ber::INTEGER).and_then(ber::unsigned)
}

fn text<'a>(mut field: Elements<'a>) -> Option<&'a [u8]> {
    field.expect(GENERAL_STRING)
}

impl<'a> Message<'a> {
    /// Reads a whole message.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut outer = Elements::new(bytes);
        let tag = outer.tag()?;
        let mut fields = outer.enter(tag)?.enter(ber::SEQUENCE)?;
        match tag {
            AS_REQUEST | TGS_REQUEST => {
                let mut body = field(&mut fields, 4)?.enter(ber::SEQUENCE)?;
                // In the request for another ticket, who asks stands in the first ticket.
                Some(Self::Request { client: field(&mut body, 1).and_then(computer) })
            }
            AS_REPLY | TGS_REPLY => {
                let client = field(&mut fields, 4).and_then(computer);
                let ticket = ticket::read(field(&mut fields, 5)?)?;
                let rest = field(&mut fields, 6).and_then(way);
                Some(Self::Reply { client, realm: ticket.realm, ways: [ticket.way, rest] })
            }
            ERROR => {
                let code = field(&mut fields, 6).and_then(number)?;
                let realm = field(&mut fields, 9).and_then(text).unwrap_or_default();
                let data = field(&mut fields, 12).and_then(|mut data| data.expect(ber::OCTET_STRING));
                Some(Self::Error { realm, offered: data.filter(|_| code == NEEDS_PROOF) })
            }
            _ => None,
        }
    }
}

/// `EncryptedData` (5.2.9): its way to encrypt.
pub(super) fn way(mut field: Elements<'_>) -> Option<u32> {
    let mut data = field.enter(ber::SEQUENCE)?;
    inside(&mut data, 0).and_then(number)
}
