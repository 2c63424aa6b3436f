//! A client's first packet: its keys, its protection taken off, and the hello put together (RFC 9001, 5; RFC 9000, 17.2.2 and 19.6).

use ring::aead::quic::{AES_128, HeaderProtectionKey};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

use super::Version;
use crate::reader::Reader;

const SALT_2: &[u8; 20] = b"\x0d\xed\xe3\xde\xf7\x00\xa6\xdb\x81\x93\x81\xbe\x6e\x26\x9d\xcb\xf9\xbd\x2e\xd9";
/// The longest datagram that is read: more does not pass an Ethernet.
const MAX_PACKET: usize = 1500;
/// The longest hello that is put together: it fits one packet.
const MAX_HELLO: usize = MAX_PACKET;
/// The sample for the header's protection stands so far behind the packet number's beginning, and is so long (RFC 9001, 5.4.2).
const SAMPLE_AT: usize = 4;
const SAMPLE: usize = 16;
/// Frames that a first packet may have (RFC 9000, 12.4).
const PADDING: u64 = 0;
const PING: u64 = 1;
const CRYPTO: u64 = 6;
/// The most frames that are read: some clients cut their hello into many.
const MAX_FRAMES: usize = 1600;
/// Type of a hello, with its length in three bytes (RFC 8446, 4).
const CLIENT_HELLO: u8 = 1;
const HELLO_HEADER: usize = 4;

/// A packet that begins a connection.
pub(super) struct Packet<'a> {
    /// The whole datagram.
    pub(super) payload: &'a [u8],
    pub(super) version: Version,
    /// The identifier that keys are made from.
    pub(super) destination: &'a [u8],
    /// Reads on behind the identifiers.
    pub(super) behind_ids: Reader<'a>,
}

/// Keys of a client's first packets.
struct Keys {
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
    fn of(version: Version, id: &[u8]) -> Option<Self> {
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
    /// Gives the body of the client's hello to `take`, if all of it stands in this packet and its keys open it.
    pub(super) fn hello(mut self, take: impl FnOnce(&[u8])) -> Option<()> {
        let token = usize::try_from(number(&mut self.behind_ids)?).ok()?;
        self.behind_ids.take(token)?;
        let length = usize::try_from(number(&mut self.behind_ids)?).ok()?;
        // The reader began behind the first byte.
        let start = self.behind_ids.at().checked_add(1)?;
        let end = start.checked_add(length)?;
        let mut buffer = [0; MAX_PACKET];
        let packet = buffer.get_mut(..end)?;
        packet.copy_from_slice(self.payload.get(..end)?);
        let content = open(&Keys::of(self.version, self.destination)?, packet, start)?;
        let mut hello = [0; MAX_HELLO];
        take(put_together(content, &mut hello)?);
        Some(())
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

/// The body of the hello in these frames, which may come in any order; `None` when a part is missing.
fn put_together<'h>(content: &[u8], hello: &'h mut [u8; MAX_HELLO]) -> Option<&'h [u8]> {
    let mut frames = Reader::new(content);
    let mut there = 0usize;
    for _ in 0..MAX_FRAMES {
        let Some(kind) = number(&mut frames) else { break };
        match kind {
            PADDING | PING => {}
            CRYPTO => {
                let at = usize::try_from(number(&mut frames)?).ok()?;
                let length = usize::try_from(number(&mut frames)?).ok()?;
                let data = frames.take(length)?;
                hello.get_mut(at..at.checked_add(length)?)?.copy_from_slice(data);
                // Parts do not overlap in what an honest client sends, so that all are there when so many bytes are.
                there = there.checked_add(length)?;
            }
            _ => break,
        }
    }
    let ([CLIENT_HELLO, high, middle, low], body) = hello.split_first_chunk()? else { return None };
    let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
    if there < length.checked_add(HELLO_HEADER)? { None } else { body.get(..length) }
}

/// A number whose first two bits say how long it is (RFC 9000, 16).
fn number(reader: &mut Reader<'_>) -> Option<u64> {
    let first = reader.u8()?;
    let more = (1usize << (first >> 6)).saturating_sub(1);
    let rest = reader.take(more)?;
    Some(rest.iter().fold(u64::from(first & 0x3f), |number, byte| number << 8 | u64::from(*byte)))
}
