//! A client's hello (RFC 8446, 4.1.2): the name that it asks a server for, and the fingerprint of the program (JA4).
//!
//! JA4 (FoxIO, "JA4: TLS Client Fingerprinting") counts and hashes what programs offer, whose order and chance values (RFC 8701) it leaves
//! out. Not here: keys, tickets, what else names a person or a connection.

use ring::digest::{Context, SHA256};
use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts};

/// Extensions (IANA, "TLS ExtensionType Values").
const SERVER_NAME: u16 = 0;
const SIGNATURE_ALGORITHMS: u16 = 13;
const PROTOCOLS: u16 = 16;
const SUPPORTED_VERSIONS: u16 = 43;
/// The most ciphers and extensions that are read: more is told of by nobody but scanners.
const MAX_OFFERED: usize = 160;
/// How many digits of a hash are kept.
const DIGITS: usize = 12;
const HEX: &[u8; 16] = b"0123456789abcdef";

/// What carries the hello, as JA4 names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// TCP.
    Tcp,
    /// QUIC.
    Quic,
}

/// Numbers, in a fixed room.
struct Numbers {
    list: [u16; MAX_OFFERED],
    count: usize,
}

impl Numbers {
    fn new() -> Self {
        Self { list: [0; MAX_OFFERED], count: 0 }
    }

    /// Adds a number unless it is one of chance (RFC 8701).
    fn add(&mut self, number: u16) -> Option<()> {
        let [high, low] = number.to_be_bytes();
        if high == low && low & 0x0f == 0x0a {
            return Some(());
        }
        *self.list.get_mut(self.count)? = number;
        self.count = self.count.saturating_add(1);
        Some(())
    }

    /// Those of a list of two bytes each.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut numbers = Self::new();
        let (pairs, _) = bytes.as_chunks::<2>();
        pairs.iter().try_for_each(|pair| numbers.add(u16::from_be_bytes(*pair)))?;
        Some(numbers)
    }

    fn all(&self) -> &[u16] {
        self.list.get(..self.count).unwrap_or_default()
    }

    fn sort(&mut self) {
        if let Some(all) = self.list.get_mut(..self.count) {
            all.sort_unstable();
        }
    }
}

/// What a hello offers.
struct Hello<'a> {
    version: u16,
    ciphers: Numbers,
    extensions: Numbers,
    signatures: Numbers,
    server_name: Option<&'a [u8]>,
    protocol: Option<&'a [u8]>,
}

/// Tells what a hello says.
pub(crate) fn tell_client(body: &[u8], over: Over, facts: &mut Facts) {
    let Some(mut hello) = Hello::read(body) else { return };
    if let Some(name) = hello.server_name {
        facts.tell_known(About::ReceiverService, FactKind::TlsServerName, name);
    }
    facts.tell(About::Sender, FactKind::TlsClientFingerprint, &hello.fingerprint(over));
}

impl<'a> Hello<'a> {
    fn read(body: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(body);
        let version = reader.u16()?;
        let _random = reader.take(32)?;
        let session_id = usize::from(reader.u8()?);
        reader.take(session_id)?;
        let ciphers = usize::from(reader.u16()?);
        let ciphers = Numbers::read(reader.take(ciphers)?)?;
        let compressions = usize::from(reader.u8()?);
        reader.take(compressions)?;
        let mut hello = Self {
            version,
            ciphers,
            extensions: Numbers::new(),
            signatures: Numbers::new(),
            server_name: None,
            protocol: None,
        };
        // A hello before TLS 1.2 may have none.
        let length = usize::from(reader.u16().unwrap_or(0));
        let mut extensions = Reader::new(reader.take(length)?);
        while let Some(kind) = extensions.u16() {
            let length = usize::from(extensions.u16()?);
            hello.extension(kind, extensions.take(length)?)?;
        }
        Some(hello)
    }

    fn extension(&mut self, kind: u16, data: &'a [u8]) -> Option<()> {
        self.extensions.add(kind)?;
        match kind {
            SERVER_NAME => self.server_name = host_name(data),
            PROTOCOLS => self.protocol = first_protocol(data),
            SIGNATURE_ALGORITHMS => self.signatures = Numbers::read(data.get(2..)?)?,
            SUPPORTED_VERSIONS => {
                let versions = Numbers::read(data.get(1..)?)?;
                self.version = versions.all().iter().copied().max().unwrap_or(self.version);
            }
            _ => {}
        }
        Some(())
    }

    /// `t13d1516h2_8daaf6152771_e5627efa2ab1`: how, what version, whether a name is asked for, how many ciphers and extensions, the first
    /// protocol inside; the ciphers; the extensions and signatures.
    fn fingerprint(&mut self, over: Over) -> [u8; 36] {
        let mut text = [b'_'; 36];
        let version = match self.version {
            0x0304 => *b"13",
            0x0303 => *b"12",
            0x0302 => *b"11",
            0x0301 => *b"10",
            0x0300 => *b"s3",
            _ => *b"00",
        };
        let named = if self.extensions.all().contains(&SERVER_NAME) { b'd' } else { b'i' };
        let ([c1, c2], [e1, e2]) = (two_digits(self.ciphers.count), two_digits(self.extensions.count));
        let [p1, p2] = protocol_name(self.protocol);
        let [v1, v2] = version;
        let first = [if over == Over::Quic { b'q' } else { b't' }, v1, v2, named, c1, c2, e1, e2, p1, p2];
        self.ciphers.sort();
        let ciphers = digits(self.ciphers.all(), &[]);
        self.extensions.sort();
        let mut extensions = Numbers::new();
        for kind in self.extensions.all().iter().filter(|kind| !matches!(**kind, SERVER_NAME | PROTOCOLS)) {
            // There is room for as many.
            extensions.add(*kind).unwrap_or_default();
        }
        let extensions = digits(extensions.all(), self.signatures.all());
        for (at, part) in [(0, first.as_slice()), (11, &ciphers), (24, &extensions)] {
            if let Some(place) = text.get_mut(at..).and_then(|rest| rest.get_mut(..part.len())) {
                place.copy_from_slice(part);
            }
        }
        text
    }
}

/// The host's name, the only kind that there is (RFC 6066, 3).
fn host_name(data: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(data);
    let _list = reader.u16()?;
    let kind = reader.u8()?;
    let length = usize::from(reader.u16()?);
    reader.take(length).filter(|_| kind == 0)
}

/// The first protocol that the client would speak inside (RFC 7301, 3.1).
fn first_protocol(data: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(data);
    let _list = reader.u16()?;
    let length = usize::from(reader.u8()?);
    reader.take(length)
}

/// Its first and last letter; of one with others than letters and numbers, the first and last digit in hex.
fn protocol_name(protocol: Option<&[u8]>) -> [u8; 2] {
    let Some((first, last)) = protocol.and_then(|name| name.first().copied().zip(name.last().copied()))
    else {
        return *b"00";
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return [first, last];
    }
    [hex(first >> 4), hex(last & 0x0f)]
}

fn two_digits(count: usize) -> [u8; 2] {
    let count = u8::try_from(count.min(99)).unwrap_or(99);
    [b'0'.saturating_add(count / 10), b'0'.saturating_add(count % 10)]
}

fn hex(digit: u8) -> u8 {
    HEX.get(usize::from(digit)).copied().unwrap_or(b'0')
}

/// The beginning of the hash of numbers as text: with commas between, and an underline before the second list.
fn digits(first: &[u16], second: &[u16]) -> [u8; DIGITS] {
    let mut text = [b'0'; DIGITS];
    if first.is_empty() {
        return text;
    }
    let mut context = Context::new(&SHA256);
    let mut add = |numbers: &[u16], before: &[u8]| {
        for (at, number) in numbers.iter().enumerate() {
            context.update(if at == 0 { before } else { b"," });
            let [high, low] = number.to_be_bytes();
            context.update(&[hex(high >> 4), hex(high & 0x0f), hex(low >> 4), hex(low & 0x0f)]);
        }
    };
    add(first, b"");
    add(second, b"_");
    for (pair, byte) in text.as_chunks_mut::<2>().0.iter_mut().zip(context.finish().as_ref()) {
        *pair = [hex(byte >> 4), hex(byte & 0x0f)];
    }
    text
}
