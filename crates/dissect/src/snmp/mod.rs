//! SNMP 1, 2c and 3 (RFC 1157, RFC 3416, RFC 3412): what an agent answers about its system group (RFC 3418).
//!
//! Not here: communities other than the two that everybody knows, users, sysContact, sysLocation, other objects,
//! traps.

#[cfg(test)]
mod tests;

use wardround_model::FactKind;

use crate::ber::{self, Elements};
use crate::{About, Datagram, Facts, Role};

const PORT: u16 = 161;
/// Where notifications go (RFC 3417, 3.2).
const NOTIFICATION_PORT: u16 = 162;
/// Kinds of PDU (RFC 3416, 3).
const GET_REQUEST: u8 = 0xa0;
const GET_NEXT_REQUEST: u8 = 0xa1;
const RESPONSE: u8 = 0xa2;
const SET_REQUEST: u8 = 0xa3;
const GET_BULK_REQUEST: u8 = 0xa5;
const TRAP_1: u8 = 0xa4;
const INFORM: u8 = 0xa6;
const TRAP_2: u8 = 0xa7;
const REPORT: u8 = 0xa8;
/// `sysDescr.0`, `sysObjectID.0`, `sysName.0`.
const SYS_DESCR: &[u8] = &[0x2b, 6, 1, 2, 1, 1, 1, 0];
const SYS_OBJECT_ID: &[u8] = &[0x2b, 6, 1, 2, 1, 1, 2, 0];
const SYS_NAME: &[u8] = &[0x2b, 6, 1, 2, 1, 1, 5, 0];
/// Communities that many devices are delivered with.
const DEFAULT_COMMUNITIES: &[&[u8]] = &[b"public", b"private"];

pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let mut message = Elements::new(datagram.payload).enter_cut(ber::SEQUENCE)?;
    match ber::unsigned(message.expect(ber::INTEGER)?)? {
        0 => with_community(message, "1", facts),
        1 => with_community(message, "2c", facts),
        3 => with_user(message, datagram, facts),
        _ => None,
    }
}

/// `Message { version, community, data }` (RFC 1157, 4; RFC 1901, 3).
fn with_community(mut message: Elements<'_>, version: &str, facts: &mut Facts) -> Option<Role> {
    let community = message.expect(ber::OCTET_STRING)?;
    let kind = message.tag()?;
    if kind == RESPONSE {
        tell(facts, FactKind::SnmpVersion, version.as_bytes());
        if DEFAULT_COMMUNITIES.contains(&community) {
            tell(facts, FactKind::SnmpDefaultCommunity, community);
        }
        bindings(message, facts);
    }
    role(kind)
}

/// `SNMPv3Message { version, header, security parameters, data }` (RFC 3412, 6); the data may be encrypted.
fn with_user(mut message: Elements<'_>, datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let mut header = message.enter(ber::SEQUENCE)?;
    let (_id, _max_size) = (header.expect(ber::INTEGER)?, header.expect(ber::INTEGER)?);
    let (_flags, _security_model) = (header.expect(ber::OCTET_STRING)?, header.expect(ber::INTEGER)?);
    let _security_parameters = message.expect(ber::OCTET_STRING)?;
    let kind = if message.tag()? == ber::OCTET_STRING {
        // Only the port is left to tell an answer from a question.
        match (datagram.sender.port(), datagram.receiver.port()) {
            (_, NOTIFICATION_PORT) => return Some(Role::Client),
            (PORT, _) => RESPONSE,
            _ => GET_REQUEST,
        }
    } else {
        let mut scoped = message.enter_cut(ber::SEQUENCE)?;
        let (_engine, _context) = (scoped.expect(ber::OCTET_STRING)?, scoped.expect(ber::OCTET_STRING)?);
        message = scoped;
        message.tag()?
    };
    if matches!(kind, RESPONSE | REPORT) {
        tell(facts, FactKind::SnmpVersion, b"3");
        bindings(message, facts);
    }
    role(kind)
}

fn role(kind: u8) -> Option<Role> {
    match kind {
        RESPONSE | REPORT => Some(Role::Server),
        GET_REQUEST | GET_NEXT_REQUEST | SET_REQUEST | GET_BULK_REQUEST => Some(Role::Client),
        // Notifications: an agent sends them by itself. Whoever takes them is the service.
        TRAP_1 | INFORM | TRAP_2 => Some(Role::Client),
        _ => None,
    }
}

/// Tells the objects of an answer that are of use; a value that the capture cut short is not told.
fn bindings(mut message: Elements<'_>, facts: &mut Facts) -> Option<()> {
    let mut pdu = message.enter_cut(RESPONSE)?;
    let (_request, _error, _index) =
        (pdu.expect(ber::INTEGER)?, pdu.expect(ber::INTEGER)?, pdu.expect(ber::INTEGER)?);
    let mut list = pdu.enter_cut(ber::SEQUENCE)?;
    loop {
        let mut binding = list.enter_cut(ber::SEQUENCE)?;
        let name = binding.expect(ber::OBJECT_IDENTIFIER)?;
        let value = binding.next()?;
        match (name, value.tag) {
            (SYS_DESCR, ber::OCTET_STRING) => {
                let description = without_host_name(&String::from_utf8_lossy(value.content));
                tell(facts, FactKind::SnmpSystemDescription, description.as_bytes());
            }
            (SYS_OBJECT_ID, ber::OBJECT_IDENTIFIER) => {
                let identifier = ber::dotted(value.content).unwrap_or_default();
                tell(facts, FactKind::SnmpObjectId, identifier.as_bytes());
            }
            (SYS_NAME, ber::OCTET_STRING) => tell(facts, FactKind::SnmpName, value.content),
            _ => {}
        }
    }
}

/// Systems whose agents describe themselves by `uname -a`: system, host name, release and so on.
const UNAME_SYSTEMS: &[&str] = &[
    "Linux",
    "FreeBSD",
    "OpenBSD",
    "NetBSD",
    "DragonFly",
    "GNU/kFreeBSD",
    "Darwin",
    "SunOS",
    "HP-UX",
    "AIX",
    "IRIX",
    "IRIX64",
    "OSF1",
    "UnixWare",
    "QNX",
    "Minix",
    "CYGWIN_NT-5.1",
    "CYGWIN_NT-6.1",
    "CYGWIN_NT-10.0",
];

/// A description whose second word is a host name has a `*` wherever that stands. A release, such as in
/// `Linux 2.6.32`, stays.
fn without_host_name(description: &str) -> String {
    let mut words = description.split_whitespace();
    let is_uname = words.next().is_some_and(|system| UNAME_SYSTEMS.contains(&system));
    match words.next() {
        Some(host) if is_uname && !is_release(host) => {
            let masked = description.split_whitespace().map(|word| if word == host { "*" } else { word });
            masked.collect::<Vec<_>>().join(" ")
        }
        _ => description.to_owned(),
    }
}

/// Two or three numbers and perhaps a suffix, such as `4.19.0-8-amd64`; four would be an address.
fn is_release(word: &str) -> bool {
    let numbers = word.split_once(['-', '+']).map_or(word, |(numbers, _)| numbers);
    (2..=3).contains(&numbers.split('.').count())
        && numbers
            .split('.')
            .all(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Tells something about the agent.
fn tell(facts: &mut Facts, kind: FactKind, value: &[u8]) {
    facts.tell(About::SenderService, kind, value);
}
