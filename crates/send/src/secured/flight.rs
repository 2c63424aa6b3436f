//! The first flight of a server (RFC 5246, 7.4.1.3 to 7.4.5; RFC 8422, 5.4): what it chose, and its half of the keys.

use super::HANDSHAKE;
use super::seal::Cipher;
use super::secret::Hash;

const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const SERVER_HELLO_DONE: u8 = 14;
/// The certificate's status (RFC 6066, 8).
const CERTIFICATE_STATUS: u8 = 22;
const TLS_1_2: [u8; 2] = [3, 3];
/// The master secret is made of all that was said (RFC 7627, 5.1).
const EXTENDED_MASTER_SECRET: u16 = 23;
/// A curve is told by its number (RFC 8422, 5.4).
const NAMED_CURVE: u8 = 3;

/// How records are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Suite {
    pub(super) cipher: Cipher,
    pub(super) hash: Hash,
}

impl Suite {
    /// Those with ECDHE that prove what they seal (RFC 5289, RFC 7905); no other is finished.
    fn of(number: u16) -> Option<Self> {
        let (cipher, hash) = match number {
            0xc02b | 0xc02f => (Cipher::Aes128Gcm, Hash::Sha256),
            0xc02c | 0xc030 => (Cipher::Aes256Gcm, Hash::Sha384),
            0xcca8 | 0xcca9 => (Cipher::ChaCha20, Hash::Sha256),
            _ => return None,
        };
        Some(Self { cipher, hash })
    }
}

/// What a first flight says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    pub(super) suite: Suite,
    pub(super) random: [u8; 32],
    /// Whether the master secret is made of all that was said.
    pub(super) is_extended: bool,
    pub(super) curve: u16,
    pub(super) point: Vec<u8>,
    /// All of its messages.
    pub(super) messages: Vec<u8>,
}

impl Flight {
    /// Reads it; nothing where it is not whole, is not of TLS 1.2, or has what we do not finish, such as the wish for a certificate of ours.
    pub(super) fn read(mut records: &[u8]) -> Option<Self> {
        let mut messages = Vec::new();
        while let [kind, 3, _, high, low, behind @ ..] = records {
            let (content, next) = behind.split_at_checked(usize::from(u16::from_be_bytes([*high, *low])))?;
            if *kind != HANDSHAKE {
                return None;
            }
            messages.extend_from_slice(content);
            records = next;
        }
        if !records.is_empty() {
            return None;
        }
        let mut rest = Parts(&messages);
        let hello = Hello::read(rest.message(SERVER_HELLO)?)?;
        let _certificate = rest.message(CERTIFICATE)?;
        if rest.0.first() == Some(&CERTIFICATE_STATUS) {
            let _status = rest.message(CERTIFICATE_STATUS)?;
        }
        let (curve, point) = half(rest.message(SERVER_KEY_EXCHANGE)?)?;
        let done = rest.message(SERVER_HELLO_DONE)?;
        let is_done = done.is_empty() && rest.0.is_empty();
        let Hello { suite, random, is_extended } = hello;
        is_done.then_some(Self { suite, random, is_extended, curve, point, messages })
    }
}

struct Hello {
    suite: Suite,
    random: [u8; 32],
    is_extended: bool,
}

impl Hello {
    fn read(body: &[u8]) -> Option<Self> {
        let mut parts = Parts(body);
        if parts.take(2)? != TLS_1_2 {
            return None;
        }
        let random = parts.take(32)?.try_into().ok()?;
        let session = usize::from(*parts.take(1)?.first()?);
        parts.take(session)?;
        let suite = Suite::of(parts.number()?)?;
        // No compression.
        if parts.take(1)? != [0] {
            return None;
        }
        let is_extended = !parts.0.is_empty() && has_extension(parts.sized()?, EXTENDED_MASTER_SECRET);
        Some(Self { suite, random, is_extended })
    }
}

fn has_extension(extensions: &[u8], wanted: u16) -> bool {
    let mut parts = Parts(extensions);
    while let Some(number) = parts.number() {
        if number == wanted {
            return true;
        }
        if parts.sized().is_none() {
            return false;
        }
    }
    false
}

/// The curve and the point. The signature behind them is not looked at.
fn half(body: &[u8]) -> Option<(u16, Vec<u8>)> {
    let mut parts = Parts(body);
    if parts.take(1)? != [NAMED_CURVE] {
        return None;
    }
    let curve = parts.number()?;
    let length = usize::from(*parts.take(1)?.first()?);
    Some((curve, parts.take(length)?.to_vec()))
}

/// The rest of what is read.
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (part, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(part)
    }

    fn number(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(usize::from(length))
    }

    /// The body of the next message, if it is of this kind.
    fn message(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (&[found, high, middle, low], _) = self.0.split_first_chunk()?;
        if found != kind {
            return None;
        }
        self.take(4)?;
        self.take(usize::from(high) << 16 | usize::from(middle) << 8 | usize::from(low))
    }
}
