//! QUIC (RFC 9000, RFC 9369, drafts and Google's own before them): that it is spoken, and the client's hello in its first packets.
//!
//! A client's first packets are encrypted with keys that everybody can make from the first of them (RFC 9001, 5.2); they hold the hello of
//! TLS, of which a browser of today sends several pieces in any order. [`QuicHello`] puts them together, as far as its caller keeps it from one
//! datagram to the next. Not here: what a server answers, and all that is encrypted with keys of the two.

mod frames;
mod hello;
mod initial;
#[cfg(test)]
mod tests;

pub use hello::QuicHello;

use crate::reader::Reader;
use crate::{Datagram, Facts, Role};

/// Ports of HTTP/3 (RFC 9114), and of DNS (RFC 9250); the others are those of servers that try it out.
pub(crate) const PORTS: &[u16] = &[443, 853, 784, 4433, 4434, 4443, 8443];
/// Of the first byte: a long header (RFC 9000, 17.2), the bit that is always set, and the kind of packet.
const LONG: u8 = 0x80;
const FIXED: u8 = 0x40;
const KIND: u8 = 0x30;
/// The longest identifier of a connection (17.2).
const MAX_ID: usize = 20;
/// The shortest datagram with a client's first packet (14.1).
const SHORTEST_FIRST: usize = 1200;
/// Version 2 (RFC 9369, 3.1).
const VERSION_2: u32 = 0x6b33_43cf;

/// Versions, as far as they differ in what is read here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    /// Version 1, and drafts whose first packets have these keys.
    One(&'static [u8; 20]),
    Two,
    /// Others, whose packets are only recognised; or a server lists those that it knows.
    Other,
}

/// What keys are made with, by version: RFC 9001, 5.2, and the drafts of it.
const SALT_1: &[u8; 20] = b"\x38\x76\x2c\xf7\xf5\x59\x34\xb3\x4d\x17\x9a\xe6\xa4\xc8\x0c\xad\xcc\xbb\x7f\x0a";
const SALT_29: &[u8; 20] =
    b"\xaf\xbf\xec\x28\x99\x93\xd2\x4c\x9e\x97\x86\xf1\x9c\x61\x11\xe0\x43\x90\xa8\x99";
const SALT_23: &[u8; 20] =
    b"\xc3\xee\xf7\x12\xc7\x2e\xbb\x5a\x11\xa7\xd2\x43\x2b\xb4\x63\x65\xbe\xf9\xf5\x02";

impl Version {
    fn of(number: u32) -> Option<Self> {
        match number {
            1 | 0xff00_0021..=0xff00_0022 => Some(Self::One(SALT_1)),
            0xff00_001d..=0xff00_0020 => Some(Self::One(SALT_29)),
            0xff00_0017..=0xff00_001c => Some(Self::One(SALT_23)),
            VERSION_2 => Some(Self::Two),
            // A list of versions (RFC 8999, 6), earlier drafts, Google's (`Q046`, `T050`), Facebook's.
            0xface_b002 | 0xface_b00e => Some(Self::One(SALT_23)),
            0 | 0xff00_0001..=0xff00_0016 | 0xface_b000..=0xface_b00f => Some(Self::Other),
            _ if matches!(number >> 16, 0x5130 | 0x5430) => Some(Self::Other),
            // Kept free, so that servers must list theirs (RFC 9000, 15).
            _ if number & 0x0f0f_0f0f == 0x0a0a_0a0a => Some(Self::Other),
            _ => None,
        }
    }

    /// The kind of packets that begin a connection (RFC 9000, 17.2.2; RFC 9369, 3.2).
    fn initial(self) -> u8 {
        if self == Self::Two { 0x10 } else { 0 }
    }

    /// The kind of the packets that ask a client to begin again, which have no length (RFC 9000, 17.2.5; RFC 9369, 3.2).
    fn retry(self) -> u8 {
        if self == Self::Two { 0 } else { KIND }
    }
}

/// Reads a datagram by itself.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    QuicHello::dissect(datagram, &mut None, facts)
}

/// What the head of a datagram's first packet says.
enum Head<'a> {
    /// It may begin a connection: its version with its number, and the identifier of whom it is for.
    Begins(Version, (u32, &'a [u8])),
    Other,
}

impl<'a> Head<'a> {
    fn read(payload: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(payload);
        let first = reader.u8()?;
        if first & LONG == 0 {
            return is_early(payload).then_some(Self::Other);
        }
        let number = reader.u32()?;
        let version = Version::of(number)?;
        if matches!(number >> 24, 0x51 | 0x54) {
            // Some of Google's tell the lengths of both identifiers in one byte.
            return Some(Self::Other);
        }
        let destination = id(&mut reader)?;
        let _source = id(&mut reader)?;
        let begins = version != Version::Other && first & FIXED != 0 && payload.len() >= SHORTEST_FIRST;
        Some(if begins { Self::Begins(version, (number, destination)) } else { Self::Other })
    }
}

/// Packets that are not opened do not tell who sent them; the port of a service does.
fn role(datagram: &Datagram<'_>) -> Role {
    let (sender, receiver) =
        (PORTS.contains(&datagram.sender.port()), PORTS.contains(&datagram.receiver.port()));
    match (sender, receiver) {
        (false, true) => Role::Client,
        (true, false) => Role::Server,
        _ => Role::Unknown,
    }
}

fn id<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = usize::from(reader.u8()?);
    if length > MAX_ID { None } else { reader.take(length) }
}

/// A number whose first two bits say how long it is (RFC 9000, 16).
fn number(reader: &mut Reader<'_>) -> Option<u64> {
    let first = reader.u8()?;
    let more = (1usize << (first >> 6)).saturating_sub(1);
    let rest = reader.take(more)?;
    Some(rest.iter().fold(u64::from(first & 0x3f), |number, byte| number << 8 | u64::from(*byte)))
}

/// Google's versions up to 43: flags with a version behind an identifier of eight bytes.
fn is_early(payload: &[u8]) -> bool {
    let [flags, _, _, _, _, _, _, _, _, b'Q', b'0', tens, ones, ..] = payload else { return false };
    flags & 0x09 == 0x09 && tens.is_ascii_digit() && ones.is_ascii_digit()
}
