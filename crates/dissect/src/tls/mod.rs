//! TLS 1.0 to 1.3 and SSL 3.0 (RFC 2246, 4346, 5246, 8446, 6101): what a server chose, and its certificate.
//!
//! Up to TLS 1.2 the certificate is sent in clear, perhaps over several records and segments; in TLS 1.3 it is
//! encrypted. Other protocols begin it, too, behind a few messages of their own ([`inside`]). Not here: trust (nothing is verified),
//! client certificates (they name people), DTLS.

mod certificate;
mod client;
mod hello;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

pub(crate) use client::{Over, tell_client};

/// Length of a record's header (RFC 8446, 5.1).
const HEADER: usize = 5;
/// The longest fragment: 2^14 bytes and what encryption may add (RFC 5246, 6.2.3).
const MAX_FRAGMENT: usize = 16_384 + 2_048;
/// How far a server's first flight is read for its certificate.
const MAX_FLIGHT: usize = 64 * 1024;
/// Length of a message's header (RFC 8446, 4).
const MESSAGE_HEADER: usize = 4;
/// From here a ClientHello is certain: record header, message header, client version.
const CLIENT_HELLO_CERTAIN: usize = 11;

/// Content types of a record.
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;

/// Level of an alert (RFC 5246, 7.2).
const WARNING: u8 = 1;

/// Message types of a handshake (RFC 8446, B.3).
const HELLO_REQUEST: u8 = 0;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
/// RFC 4680: may come between ServerHello and Certificate.
const SUPPLEMENTAL_DATA: u8 = 23;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start == Start::NextMessage && half.bytes.first() == Some(&CLIENT_HELLO) {
        return rest_of_hello(half.bytes, facts);
    }
    match Record::first(half.bytes) {
        First::NotTls => Verdict::NotThis,
        First::Cut => Verdict::More { wanted: HEADER },
        First::Record(record) if record.content_type == HANDSHAKE => handshake(half, record, facts),
        First::Record(record) => other_record(half, record),
    }
}

/// TLS that begins inside another protocol (STARTTLS and the like): what is told of a side from its first record on; `None` where no
/// record begins. No text and no BER begins like one.
pub(crate) fn inside(half: &Half<'_>, facts: &mut Facts) -> Option<Verdict> {
    const FIRST: std::ops::RangeInclusive<u8> = CHANGE_CIPHER_SPEC..=APPLICATION_DATA;
    let begins = match half.bytes {
        // The rest of a hello whose record's header was read.
        [CLIENT_HELLO] | [CLIENT_HELLO, 0] | [CLIENT_HELLO, 0, _] | [CLIENT_HELLO, 0, _, _] => true,
        [CLIENT_HELLO, 0, _, _, 3, ..] => true,
        [kind] | [kind, 3] | [kind, 3, 0..=4, ..] => FIRST.contains(kind),
        _ => false,
    };
    (begins && half.start == Start::NextMessage).then(|| match Record::first(half.bytes) {
        _ if half.bytes.first() == Some(&CLIENT_HELLO) => rest_of_hello(half.bytes, facts),
        First::NotTls => Verdict::NotThis,
        First::Cut => Verdict::More { wanted: HEADER },
        First::Record(record) if record.content_type == HANDSHAKE => hello_inside(half, record, facts),
        First::Record(_) => Verdict::Finished { sender: Role::Unknown },
    })
}

fn hello_inside(half: &Half<'_>, record: Record<'_>, facts: &mut Facts) -> Verdict {
    if half.bytes.len() < CLIENT_HELLO_CERTAIN {
        return Verdict::More { wanted: CLIENT_HELLO_CERTAIN };
    }
    if hello::looks_like(record.fragment, CLIENT_HELLO) {
        client_hello(record, facts)
    } else {
        server_flight(half, facts)
    }
}

/// A record's header, and what is there of its fragment.
#[derive(Clone, Copy, Debug)]
struct Record<'a> {
    content_type: u8,
    length: usize,
    fragment: &'a [u8],
}

enum First<'a> {
    Record(Record<'a>),
    /// The header is not complete, and fits so far.
    Cut,
    NotTls,
}

impl<'a> Record<'a> {
    fn first(bytes: &'a [u8]) -> First<'a> {
        let fits = |at: usize, valid: fn(u8) -> bool| bytes.get(at).is_none_or(|byte| valid(*byte));
        let begins = fits(0, |kind| (CHANGE_CIPHER_SPEC..=APPLICATION_DATA).contains(&kind))
            && fits(1, |major| major == 3)
            && fits(2, |minor| minor <= 4);
        let Some((&[content_type, _, _, high, low], rest)) = bytes.split_first_chunk() else {
            return if begins { First::Cut } else { First::NotTls };
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let fragment = rest.get(..length).unwrap_or(rest);
        let record = Self { content_type, length, fragment };
        if begins && record.is_plausible() { First::Record(record) } else { First::NotTls }
    }

    fn is_plausible(&self) -> bool {
        match self.content_type {
            CHANGE_CIPHER_SPEC => self.length == 1,
            ALERT => (2..=256).contains(&self.length),
            _ => (1..=MAX_FRAGMENT).contains(&self.length),
        }
    }

    fn is_whole(&self) -> bool {
        self.fragment.len() == self.length
    }

    /// Bytes that it takes up with its header.
    fn size(&self) -> usize {
        HEADER.saturating_add(self.length)
    }
}

/// Alerts, and records of a connection that is encrypted by now.
fn other_record(half: &Half<'_>, record: Record<'_>) -> Verdict {
    match half.start {
        Start::Opening if record.content_type == ALERT => opening_alert(record),
        Start::Opening => Verdict::NotThis,
        Start::NextMessage => Verdict::Finished { sender: Role::Server },
        Start::Middle => encrypted(half, record),
    }
}

/// Only a server answers a ClientHello with an alert and nothing before it. Behind a warning, such as that the name is
/// not known (RFC 6066, 3), the handshake goes on.
fn opening_alert(record: Record<'_>) -> Verdict {
    let sender = Role::Server;
    match (record.length, record.fragment) {
        (2, [WARNING, ..]) => Verdict::Message { used: record.size(), sender },
        (2, []) => Verdict::More { wanted: record.size() },
        _ => Verdict::Finished { sender },
    }
}

/// A connection older than the capture: the next record must fit, too, as far as it is there.
fn encrypted(half: &Half<'_>, record: Record<'_>) -> Verdict {
    let behind = half.bytes.get(record.size()..).unwrap_or_default();
    match Record::first(behind) {
        First::NotTls => Verdict::NotThis,
        First::Record(_) | First::Cut => Verdict::Finished { sender: Role::Unknown },
    }
}

fn handshake(half: &Half<'_>, record: Record<'_>, facts: &mut Facts) -> Verdict {
    let looks_like_hello = |kind| hello::looks_like(record.fragment, kind);
    if half.start == Start::NextMessage {
        return server_flight(half, facts);
    }
    if half.bytes.len() < CLIENT_HELLO_CERTAIN {
        return Verdict::More { wanted: CLIENT_HELLO_CERTAIN };
    }
    if looks_like_hello(CLIENT_HELLO) {
        return client_hello(record, facts);
    }
    match half.start {
        _ if looks_like_hello(SERVER_HELLO) => server_flight(half, facts),
        Start::Middle => encrypted(half, record),
        Start::Opening | Start::NextMessage => Verdict::NotThis,
    }
}

/// A client's hello. What follows from a client is of no use: its certificate would name a person.
///
/// Where it is not whole, the record's header is a message of its own, so that the client is known even when the rest is lost.
fn client_hello(record: Record<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Client;
    match message(&mut Reader::new(record.fragment)) {
        Some((_, body)) => {
            tell_client(body, Over::Tcp, facts);
            Verdict::Finished { sender }
        }
        // In several records, as nobody but tests sends it.
        None if record.is_whole() => Verdict::Finished { sender },
        None => Verdict::Message { used: HEADER, sender },
    }
}

/// The hello behind its record's header.
fn rest_of_hello(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let sender = Role::Client;
    let mut reader = Reader::new(bytes);
    let (_, length) = (reader.u8(), u24(&mut reader));
    let Some(length) = length else { return Verdict::More { wanted: MESSAGE_HEADER } };
    if length > MAX_FRAGMENT {
        return Verdict::Finished { sender };
    }
    let Some(body) = reader.take(length) else {
        return Verdict::More { wanted: length.saturating_add(MESSAGE_HEADER) };
    };
    tell_client(body, Over::Tcp, facts);
    Verdict::Finished { sender }
}

/// Reads what a server sends in clear: ServerHello and, up to TLS 1.2, its certificate.
///
/// A ServerHello that ends with its record is a message of its own, so that what it tells is kept even when the rest
/// of the flight is lost.
fn server_flight(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let flight = Flight::read(half.bytes);
    let finished = Verdict::Finished { sender: Role::Server };
    let mut messages = Reader::new(&flight.bytes);
    loop {
        let at_its_end = messages.rest().is_empty();
        match message(&mut messages) {
            Some((HELLO_REQUEST | SUPPLEMENTAL_DATA, _)) => {}
            Some((SERVER_HELLO, body)) => {
                if hello::tell(body, facts) == hello::Behind::Encrypted {
                    return finished;
                }
            }
            Some((CERTIFICATE, body)) => {
                certificate::tell_first(body, facts);
                return finished;
            }
            Some(_) => return finished,
            None if flight.wanted > MAX_FLIGHT => return finished,
            None if at_its_end && flight.used > 0 => {
                return Verdict::Message { used: flight.used, sender: Role::Server };
            }
            None => return Verdict::More { wanted: flight.wanted },
        }
    }
}

/// The next whole handshake message: its type and body (RFC 8446, 4).
fn message<'a>(messages: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let kind = messages.u8()?;
    let length = u24(messages)?;
    Some((kind, messages.take(length)?))
}

fn u24(reader: &mut Reader<'_>) -> Option<usize> {
    let [high, middle, low] = reader.array()?;
    Some(usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low))
}

/// The handshake bytes of the whole records at the beginning.
struct Flight<'a> {
    bytes: Cow<'a, [u8]>,
    /// Bytes of these records with their headers.
    used: usize,
    /// Bytes wanted to have one more record; beyond [`MAX_FLIGHT`] when no more handshake follows.
    wanted: usize,
}

impl<'a> Flight<'a> {
    fn read(bytes: &'a [u8]) -> Self {
        let mut flight = Self { bytes: Cow::Borrowed(&[]), used: 0, wanted: 0 };
        while flight.used <= MAX_FLIGHT {
            match Record::first(bytes.get(flight.used..).unwrap_or_default()) {
                First::Record(record) if record.content_type == HANDSHAKE && record.is_whole() => {
                    flight.add(record)
                }
                First::Record(record) if record.content_type == HANDSHAKE => {
                    flight.wanted = flight.used.saturating_add(record.size());
                    return flight;
                }
                First::Cut => {
                    flight.wanted = flight.used.saturating_add(HEADER);
                    return flight;
                }
                First::Record(_) | First::NotTls => break,
            }
        }
        flight.wanted = usize::MAX;
        flight
    }

    fn add(&mut self, record: Record<'a>) {
        self.used = self.used.saturating_add(record.size());
        if self.bytes.is_empty() {
            self.bytes = Cow::Borrowed(record.fragment);
        } else {
            self.bytes.to_mut().extend_from_slice(record.fragment);
        }
    }
}

/// Tells something about the service that sent the bytes.
fn tell(facts: &mut Facts, kind: FactKind, value: &str) {
    facts.tell(About::SenderService, kind, value.as_bytes());
}
