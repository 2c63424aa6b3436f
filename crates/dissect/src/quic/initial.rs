//! A client's first packets: found in their datagram, their keys, and their protection taken off (RFC 9001, 5; RFC 9000, 17.2.2 and 12.2).

use ring::aead::quic::{AES_128, HeaderProtectionKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use super::{FIXED, KIND, LONG, Version, id, number};
use crate::reader::Reader;

const SALT_2: &[u8; 20] = b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9";
/// The longest packet that is read: more does not pass an Ethernet.
pub(super) const MAX_PACKET: usize = 1500;
/// The most packets of one datagram that are looked at: a client has use for one of each kind of key.
const MAX_PACKETS: u8 = 8;
/// The sample for the header's protection stands so far behind the packet number's beginning, and is so long (RFC 9001, 5.4.2).
const SAMPLE_AT: usize = 4;
const SAMPLE: usize = 16;

/// A packet that begins a connection.
pub(super) struct Packet<'a> {
    /// From its first byte to its last.
    bytes: &'a [u8],
    /// Where its protected number begins.
    number_at: usize,
}

/// The packets of a datagram that begin a connection, one behind the other (RFC 9000, 12.2).
#[derive(Clone)]
pub(super) struct Packets<'a> {
    rest: &'a [u8],
    version: Version,
    /// What all of them must have: the number of the version, and the identifier of whom they are for.
    wanted: (u32, &'a [u8]),
    left: u8,
}

impl<'a> Packets<'a> {
    pub(super) fn new(datagram: &'a [u8], version: Version, wanted: (u32, &'a [u8])) -> Self {
        Self { rest: datagram, version, wanted, left: MAX_PACKETS }
    }

    /// The next packet with a length, whatever its kind; its kind, and where its number begins.
    fn next_long(&mut self) -> Option<(u8, Packet<'a>)> {
        self.left = self.left.checked_sub(1)?;
        let mut reader = Reader::new(self.rest);
        let first = reader.u8()?;
        let wanted = reader.u32()? == self.wanted.0 && id(&mut reader)? == self.wanted.1;
        let _source = id(&mut reader)?;
        let kind = first & KIND;
        if !wanted || first & LONG == 0 || first & FIXED == 0 || kind == self.version.retry() {
            return None;
        }
        if kind == self.version.initial() {
            let token = usize::try_from(number(&mut reader)?).ok()?;
            reader.take(token)?;
        }
        let length = usize::try_from(number(&mut reader)?).ok()?;
        let number_at = reader.at();
        let (bytes, rest) = self.rest.split_at_checked(number_at.checked_add(length)?)?;
        self.rest = rest;
        Some((kind, Packet { bytes, number_at }))
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Packet<'a>;

    fn next(&mut self) -> Option<Packet<'a>> {
        loop {
            let (kind, packet) = self.next_long()?;
            if kind == self.version.initial() {
                return Some(packet);
            }
        }
    }
}

/// Keys of a client's first packets.
pub(super) struct Keys {
    header: HeaderProtectionKey,
    packet: LessSafeKey,
    iv: [u8; 12],
}

/// So many bytes of a key.
struct Bytes(usize);

impl KeyType for Bytes {
    fn len(&self) -> usize {
        self.0
    }
}

impl Keys {
    /// Those that are made from the identifier that the client chose for the server in its very first packet (RFC 9001, 5.2).
    pub(super) fn of(version: Version, id: &[u8]) -> Option<Self> {
        let (salt, key, iv, header): (_, &[u8], &[u8], &[u8]) = match version {
            Version::One(salt) => (salt, b"quic key", b"quic iv", b"quic hp"),
            Version::Two => (SALT_2, b"quicv2 key", b"quicv2 iv", b"quicv2 hp"),
            Version::Other => return None,
        };
        let first = Salt::new(HKDF_SHA256, salt).extract(id);
        let client = Prk::new_less_safe(HKDF_SHA256, &expanded::<32>(&first, b"client in")?);
        let packet = UnboundKey::new(&AES_128_GCM, &expanded::<16>(&client, key)?).ok()?;
        Some(Self {
            header: HeaderProtectionKey::new(&AES_128, &expanded::<16>(&client, header)?).ok()?,
            packet: LessSafeKey::new(packet),
            iv: expanded(&client, iv)?,
        })
    }
}

#[cfg(test)]
impl Keys {
    /// A packet with these in its header and behind it, protected: its number, in one byte, stands last in the header.
    pub(super) fn seal(&self, mut header: Vec<u8>, mut content: Vec<u8>, number: u8) -> Vec<u8> {
        let mut iv = self.iv;
        iv[11] ^= number;
        let nonce = Nonce::assume_unique_for_key(iv);
        self.packet.seal_in_place_append_tag(nonce, Aad::from(&header), &mut content).unwrap();
        let [mask, masks @ ..] = self.header.new_mask(&content[SAMPLE_AT - 1..][..SAMPLE]).unwrap();
        header[0] ^= mask & 0x0f;
        *header.last_mut().unwrap() ^= masks[0];
        [header, content].concat()
    }
}

/// `HKDF-Expand-Label` with an empty context (RFC 8446, 7.1).
fn expanded<const N: usize>(secret: &Prk, label: &[u8]) -> Option<[u8; N]> {
    let length = u16::try_from(N).ok()?.to_be_bytes();
    let label_length = [u8::try_from(label.len().checked_add(6)?).ok()?];
    let info = [&length, label_length.as_slice(), b"tls13 ", label, &[0]];
    let mut key = [0; N];
    secret.expand(&info, Bytes(N)).ok()?.fill(&mut key).ok()?;
    Some(key)
}

impl Packet<'_> {
    /// Its frames, where these keys open it; they are put into `room`.
    pub(super) fn open<'r>(&self, keys: &Keys, room: &'r mut [u8; MAX_PACKET]) -> Option<&'r [u8]> {
        let packet = room.get_mut(..self.bytes.len())?;
        packet.copy_from_slice(self.bytes);
        open(keys, packet, self.number_at)
    }
}

/// Takes the protection off a packet whose number begins at `start`.
fn open<'p>(keys: &Keys, packet: &'p mut [u8], start: usize) -> Option<&'p [u8]> {
    let sample = packet.get(start.checked_add(SAMPLE_AT)?..)?.get(..SAMPLE)?;
    let [mask, masks @ ..] = keys.header.new_mask(sample).ok()?;
    let first = packet.first_mut()?;
    *first ^= mask & 0x0f;
    let length = usize::from(*first & 0x03).checked_add(1)?;
    let mut iv = keys.iv;
    let number = packet.get_mut(start..)?.get_mut(..length)?;
    for (byte, mask) in number.iter_mut().zip(masks) {
        *byte ^= mask;
    }
    // The nonce: the number, added to the end of the vector (RFC 9001, 5.3).
    for (place, byte) in iv.iter_mut().rev().zip(number.iter().rev()) {
        *place ^= byte;
    }
    let (header, content) = packet.split_at_mut_checked(start.checked_add(length)?)?;
    let nonce = Nonce::assume_unique_for_key(iv);
    keys.packet.open_in_place(nonce, Aad::from(&*header), content).ok().map(|content| &*content)
}
