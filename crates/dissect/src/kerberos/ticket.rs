//! Tickets (RFC 4120, 5.3) and names in clear, also in what hosts show to other servers: a ticket names the computer that it is for.

use wardround_model::FactKind;

use super::messages::{GENERAL_STRING, field, inside, way};
use crate::ber::{self, Elements};
use crate::{About, Facts};

/// Tag of a ticket, and of a request that shows one.
const TICKET: u8 = 0x61;
const SHOWS: u8 = 0x6e;
/// What stands before a ticket that is shown by GSS-API (RFC 4121, 4.1): the mechanism's identifier, and a number.
const MECHANISM: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x01, 0x00];
/// Services whose second part names a computer; the account is the computer's.
const OF_COMPUTERS: &[&[u8]] = &[b"host", b"cifs"];

/// A ticket, as far as it is in clear.
pub(super) struct Ticket<'a> {
    pub(super) realm: &'a [u8],
    /// The computer that it is for.
    pub(super) server: Option<&'a [u8]>,
    /// How it is encrypted.
    pub(super) way: Option<u32>,
}

/// `[APPLICATION 1] SEQUENCE { tkt-vno [0], realm [1], sname [2], enc-part [3] }`.
pub(super) fn read(mut outer: Elements<'_>) -> Option<Ticket<'_>> {
    let mut fields = outer.enter(TICKET)?.enter(ber::SEQUENCE)?;
    let realm = field(&mut fields, 1)?.expect(GENERAL_STRING)?;
    let server = field(&mut fields, 2).and_then(computer);
    let way = field(&mut fields, 3).and_then(way);
    Some(Ticket { realm, server, way })
}

/// The computer that a `PrincipalName` (5.2.2) names: `NAME$`, or `host/NAME` and `cifs/NAME`. Any other name may be a person's.
pub(super) fn computer(mut outer: Elements<'_>) -> Option<&[u8]> {
    let mut name = outer.enter(ber::SEQUENCE)?;
    let mut parts = field(&mut name, 1)?.enter(ber::SEQUENCE)?;
    let first = parts.expect(GENERAL_STRING)?;
    match parts.expect(GENERAL_STRING) {
        None => first.strip_suffix(b"$").filter(|name| !name.is_empty()),
        Some(second) => {
            OF_COMPUTERS.iter().any(|service| first.eq_ignore_ascii_case(service)).then_some(second)
        }
    }
}

/// Tells the name of the computer whose ticket stands in the security buffer of a login; whether there was a ticket.
pub(crate) fn tell_shown(buffer: &[u8], facts: &mut Facts) -> bool {
    let ticket = shown(buffer);
    if let Some(server) = ticket.as_ref().and_then(|ticket| ticket.server) {
        facts.tell_known(About::Receiver, FactKind::KerberosComputer, server);
    }
    ticket.is_some()
}

/// `AP-REQ ::= [APPLICATION 14] SEQUENCE { pvno [0], msg-type [1], ap-options [2], ticket [3], authenticator [4] }` (5.5.1).
fn shown(buffer: &[u8]) -> Option<Ticket<'_>> {
    let at = buffer.windows(MECHANISM.len()).position(|window| window == MECHANISM)?;
    let token = buffer.get(at.checked_add(MECHANISM.len())?..)?;
    let mut request = Elements::new(token).enter_cut(SHOWS)?;
    let mut fields = request.enter_cut(ber::SEQUENCE)?;
    inside(&mut fields, 0)?;
    read(field(&mut fields, 3)?)
}
