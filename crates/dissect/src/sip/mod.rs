//! SIP over UDP and TCP (RFC 3261): telephones, intercoms and what they register with, by the products that they say they are.
//!
//! Whose product a field names is told only where it is sure: a request with one `Via` comes from who made it (16.6 adds one at each
//! hop), and an answer from who made it where its kind or its `Contact` says so. Not here: who calls whom (addresses, names, numbers,
//! subjects), what is agreed for the call (SDP), proofs of passwords (digest), the call itself (RTP), SIP in TLS.

mod agent;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use wardround_model::FactKind;

use crate::head::{Head, MAX_HEAD};
use crate::lines::{Fit, find_ignoring_case, first_line, is_text, starts_ignoring_case};
use crate::{About, Datagram, Facts, Half, Role, Start, Verdict};

/// Its port over UDP and TCP (19.1.2).
pub(crate) const PORTS: &[u16] = &[5060];
/// Methods of RFC 3261 and of those that add some (RFC 3262, 3265, 3311, 3428, 3515, 3903, 6086).
const METHODS: &[&[u8]] = &[
    b"REGISTER ",
    b"INVITE ",
    b"ACK ",
    b"BYE ",
    b"CANCEL ",
    b"OPTIONS ",
    b"SUBSCRIBE ",
    b"NOTIFY ",
    b"PUBLISH ",
    b"INFO ",
    b"PRACK ",
    b"UPDATE ",
    b"REFER ",
    b"MESSAGE ",
];
const REGISTER: &[u8] = b"REGISTER";
const VERSION: &[u8] = b"SIP/2.0";
/// Status codes that the next hop makes itself, whoever is asked in the end (16.2, 22.3).
const OF_NEXT_HOP: [&[u8]; 2] = [b"100", b"407"];

/// A message's first line, as far as it tells.
#[derive(Clone, Copy)]
enum First<'a> {
    /// What is asked for.
    Request(&'a [u8]),
    /// Its code.
    Response(&'a [u8]),
}

impl<'a> First<'a> {
    /// `METHOD uri SIP/2.0`, or `SIP/2.0 code reason` (7.1, 7.2).
    fn of(line: &'a [u8]) -> Option<Self> {
        if let Some(rest) = line.strip_prefix(VERSION) {
            let (code, behind) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
            let fits = code.iter().all(u8::is_ascii_digit) && behind.first().is_none_or(|byte| *byte == b' ');
            return fits.then_some(Self::Response(code));
        }
        let mut words = line.split(|byte| *byte == b' ');
        let (method, _uri, version) = (words.next()?, words.next()?, words.next()?);
        let is_known = METHODS.iter().any(|known| known.strip_suffix(b" ") == Some(method));
        (is_known && version == VERSION && words.next().is_none()).then_some(Self::Request(method))
    }
}

pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    if Fit::any(datagram.payload, METHODS.iter().copied().chain([VERSION])) != Fit::Whole {
        return None;
    }
    let (line, _) = first_line(datagram.payload)?;
    let first = First::of(line)?;
    // What the capture cut short is recognised, and tells nothing.
    let Some(head) = Head::read(datagram.payload) else { return Some(Role::Unknown) };
    Some(tell(first, &head, Some(datagram.sender.ip()), facts))
}

pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    // Empty lines between messages keep a connection alive (RFC 5626, 3.5.1).
    if half.start == Start::NextMessage && matches!(half.bytes, [b'\r' | b'\n', ..]) {
        return Verdict::Message { used: 1, sender: Role::Unknown };
    }
    match Fit::any(half.bytes, METHODS.iter().copied().chain([VERSION])) {
        Fit::No => return Verdict::NotThis,
        Fit::SoFar => return more(half.bytes),
        Fit::Whole => {}
    }
    let Some((line, _)) = first_line(half.bytes) else { return more(half.bytes) };
    let Some(first) = First::of(line) else { return Verdict::NotThis };
    let Some(head) = Head::read(half.bytes) else { return more(half.bytes) };
    let sender = tell(first, &head, None, facts);
    let body = head.content_length().or_else(|| head.length_in("l")).unwrap_or(0);
    Verdict::Message { used: head.length.saturating_add(body), sender }
}

fn more(bytes: &[u8]) -> Verdict {
    let wanted = bytes.len().saturating_add(1);
    if wanted <= MAX_HEAD && is_text(bytes) { Verdict::More { wanted } } else { Verdict::NotThis }
}

/// Tells what the head says of its sender. Only registering tells who serves whom: calls go both ways.
fn tell(first: First<'_>, head: &Head<'_>, sender: Option<IpAddr>, facts: &mut Facts) -> Role {
    match first {
        First::Request(method) => request(method, head, facts),
        First::Response(code) => response(code, head, sender, facts),
    }
}

fn request(method: &[u8], head: &Head<'_>, facts: &mut Facts) -> Role {
    if head.has_basic_login("authorization") || head.has_basic_login("proxy-authorization") {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"sip");
    }
    let registers = method == REGISTER;
    if is_first_hop(head) {
        if registers {
            facts.tell(About::Sender, FactKind::SipRole, b"registers");
        }
        product(head, &["user-agent"], facts);
    }
    if registers { Role::Client } else { Role::Unknown }
}

fn response(code: &[u8], head: &Head<'_>, sender: Option<IpAddr>, facts: &mut Facts) -> Role {
    let asked = head.field("cseq").and_then(|value| value.rsplit(|byte| *byte == b' ').next());
    let to_register = asked == Some(REGISTER);
    let made_here = to_register
        || OF_NEXT_HOP.contains(&code)
        || sender.is_some_and(|sender| contact(head) == Some(sender));
    if to_register && code.starts_with(b"2") {
        facts.tell(About::Sender, FactKind::SipRole, b"registrar");
    }
    if made_here {
        product(head, &["server", "user-agent"], facts);
    }
    if to_register { Role::Server } else { Role::Unknown }
}

/// Whether nobody passed the request on: its one `Via` is of who made it (8.1.1.7).
fn is_first_hop(head: &Head<'_>) -> bool {
    let mut hops = head.values("via").chain(head.values("v"));
    let (first, second) = (hops.next(), hops.next());
    first.is_some_and(|hop| !hop.contains(&b',')) && second.is_none()
}

/// The address in `Contact: "name" <sip:user@10.1.2.3:5060;...>` (20.10), which is where its maker can be reached.
fn contact(head: &Head<'_>) -> Option<IpAddr> {
    let value = head.field("contact").or_else(|| head.field("m"))?;
    let uri = value.get(find_ignoring_case(value, "sip:")?.saturating_add(4)..)?;
    let end = uri.iter().position(|byte| matches!(byte, b'>' | b';' | b'?' | b',' | b' '));
    let uri = uri.get(..end.unwrap_or(uri.len()))?;
    let host = uri.rsplit(|byte| *byte == b'@').next()?;
    let host = match host.strip_prefix(b"[") {
        Some(v6) => v6.split(|byte| *byte == b']').next()?,
        None => host.split(|byte| *byte == b':').next()?,
    };
    std::str::from_utf8(host).ok()?.parse().ok()
}

fn product(head: &Head<'_>, fields: &[&str], facts: &mut Facts) {
    let named = fields.iter().find_map(|name| head.field(name));
    if let Some(value) = named.filter(|value| !starts_ignoring_case(value, "sip/2.0")) {
        facts.tell(About::Sender, FactKind::SipProduct, &agent::without_comments(value));
    }
}
