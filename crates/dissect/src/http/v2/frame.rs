//! Frames (RFC 9113, 4 and 6), and the fields that those of a head carry.

use std::borrow::Cow;

use crate::Start;
use crate::head::MAX_HEAD;
use crate::reader::Reader;

/// Bytes before a frame's payload (4.1).
pub(super) const HEADER: usize = 9;
/// The longest frame that a side may send without being asked for longer ones (4.2).
const MAX_UNASKED: usize = 1 << 14;
/// The most settings that a side is believed to begin with; less than a dozen are defined.
const MAX_SETTINGS: usize = 32;

const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RESET: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
const PUSH_PROMISE: u8 = 5;
const PING: u8 = 6;
const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

/// Flags (6.1, 6.2, 6.5).
const ACK: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const HAS_PRIORITY: u8 = 0x20;

/// What stands before a frame's payload.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    /// Of its payload.
    pub(super) length: usize,
    pub(super) kind: u8,
    flags: u8,
    stream: u32,
}

impl Header {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let [a, b, c] = reader.array()?;
        let length = usize::try_from(u32::from_be_bytes([0, a, b, c])).ok()?;
        Some(Self { length, kind: reader.u8()?, flags: reader.u8()?, stream: reader.u32()? })
    }

    /// Bytes of the whole frame.
    pub(super) fn end(&self) -> usize {
        HEADER.saturating_add(self.length)
    }

    /// Whether it is of a kind that the standard defines.
    pub(super) fn is_known(&self) -> bool {
        self.kind <= CONTINUATION
    }

    /// Whether it keeps to the rules of its kind about streams and lengths; the reserved bit before the stream is not set.
    pub(super) fn is_valid(&self) -> bool {
        let of_stream = (1..1 << 31).contains(&self.stream);
        let of_connection = self.stream == 0;
        match self.kind {
            DATA | HEADERS | CONTINUATION => of_stream,
            PRIORITY => of_stream && self.length == 5,
            RESET => of_stream && self.length == 4,
            SETTINGS if self.flags & ACK != 0 => of_connection && self.length == 0,
            SETTINGS => of_connection && self.length.is_multiple_of(6),
            PUSH_PROMISE => of_stream && self.length >= 4,
            PING => of_connection && self.length == 8,
            GO_AWAY => of_connection && self.length >= 8,
            WINDOW_UPDATE => (of_stream || of_connection) && self.length == 4,
            // Extensions (5.5) are passed over.
            _ => (of_stream || of_connection) && self.length <= MAX_UNASKED,
        }
    }
}

/// Whether a side that began, or goes on in the midst of a connection, may do so with these bytes, however few: with its settings,
/// which are few, or, in the midst, with a head.
pub(super) fn may_begin(bytes: &[u8], start: Start) -> bool {
    let mut padded = [0; HEADER];
    padded.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    let [high, middle, low, kind, flags, stream @ ..] = padded;
    let has = |count: usize| bytes.len() >= count;
    let length = usize::from(u16::from_be_bytes([middle, low]));
    if high != 0 {
        return false;
    }
    let settings = flags == 0 && stream == [0; 4] && length <= MAX_SETTINGS.saturating_mul(6);
    let settings = settings && (!has(4) || kind == SETTINGS && length.is_multiple_of(6));
    let [first_of_stream, ..] = stream;
    let head = length <= MAX_HEAD && (!has(4) || kind == HEADERS) && first_of_stream < 0x80;
    settings || start == Start::Middle && head
}

/// Whether these are settings (6.5.1): each within its limits, and one at least that the standard defines.
pub(super) fn are_settings(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    let mut is_one_known = false;
    while let (Some(name), Some(value)) = (reader.u16(), reader.u32()) {
        let (is_known, is_valid) = match name {
            // Push, and since then RFC 8441, 3 and RFC 9218, 2.1: yes or no.
            2 | 8 | 9 => (true, value <= 1),
            4 => (true, value < 1 << 31),
            5 => (true, (1 << 14..1 << 24).contains(&value)),
            1 | 3 | 6 => (true, true),
            _ => (false, true),
        };
        if !is_valid {
            return false;
        }
        is_one_known |= is_known;
    }
    is_one_known
}

/// The fields of a head, still compressed (4.3): of one frame, and of those that continue it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block<'a> {
    /// Bytes of all its frames, and the fields.
    Whole { used: usize, fields: Cow<'a, [u8]> },
    /// Not all of it is there: so many bytes are wanted.
    Cut { wanted: usize },
    /// It is longer than [`MAX_HEAD`] allows, and passed over.
    TooLong { used: usize },
    /// It breaks off, or its padding is longer than it.
    Malformed,
}

impl<'a> Block<'a> {
    /// The head whose first frame is at the beginning.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let Some(first) = Header::read(bytes) else { return Self::Cut { wanted: HEADER } };
        let mut used = first.end();
        if used > MAX_HEAD {
            return Self::TooLong { used };
        }
        let Some(payload) = bytes.get(HEADER..used) else { return Self::Cut { wanted: used } };
        let Some(fields) = without_padding(&first, payload) else { return Self::Malformed };
        let mut fields = Cow::Borrowed(fields);
        let mut latest = first;
        while latest.flags & END_HEADERS == 0 {
            let rest = bytes.get(used..).unwrap_or_default();
            let Some(header) = Header::read(rest) else {
                return Self::Cut { wanted: used.saturating_add(HEADER) };
            };
            // Nothing may stand between (6.10).
            if header.kind != CONTINUATION || header.stream != first.stream {
                return Self::Malformed;
            }
            used = used.saturating_add(header.end());
            if used > MAX_HEAD {
                return Self::TooLong { used };
            }
            let Some(more) = rest.get(HEADER..header.end()) else { return Self::Cut { wanted: used } };
            fields.to_mut().extend_from_slice(more);
            latest = header;
        }
        Self::Whole { used, fields }
    }
}

/// The payload of the first frame of a head without its padding and priority (6.2).
fn without_padding<'a>(header: &Header, payload: &'a [u8]) -> Option<&'a [u8]> {
    let mut reader = Reader::new(payload);
    let padding = if header.flags & PADDED == 0 { 0 } else { reader.u8()? };
    if header.flags & HAS_PRIORITY != 0 {
        reader.take(5)?;
    }
    let rest = reader.rest();
    rest.get(..rest.len().checked_sub(usize::from(padding))?)
}
