//! The frames of a client's first packets (RFC 9000, 12.4 and 19), and the room in which the hello of their CRYPTO frames is put together.

use super::number;
use crate::reader::Reader;

/// The longest hello that is put together, with its header: those of browsers with a key share for after quantum computers take 2 KiB.
pub(super) const MAX_HELLO: usize = 16 << 10;
/// The most frames of one packet that are read: some clients cut their hello into many.
const MAX_FRAMES: usize = 1600;
/// Frames that a first packet may have (RFC 9000, 12.4).
const PADDING: u64 = 0;
const PING: u64 = 1;
const ACK: u64 = 2;
const ACK_WITH_MARKS: u64 = 3;
const CRYPTO: u64 = 6;
/// Type of a hello, with its length in three bytes (RFC 8446, 4).
const CLIENT_HELLO: u8 = 1;
const HELLO_HEADER: usize = 4;

/// No hello comes of it: what came contradicts itself, is no hello, or is longer than what is put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hopeless;

/// The beginning of what a client says in CRYPTO frames, with the places that are known so far.
pub(super) struct Room {
    bytes: [u8; MAX_HELLO],
    there: [bool; MAX_HELLO],
    /// Behind the last place that is known.
    end: usize,
}

impl Room {
    pub(super) fn new() -> Self {
        Self { bytes: [0; MAX_HELLO], there: [false; MAX_HELLO], end: 0 }
    }

    /// Puts bytes to their place; what is there already must be the same (RFC 9000, 2.2).
    pub(super) fn put(&mut self, at: usize, data: &[u8]) -> Result<(), Hopeless> {
        let end = at.checked_add(data.len()).ok_or(Hopeless)?;
        let places = self.bytes.get_mut(at..end).ok_or(Hopeless)?;
        let known = self.there.get_mut(at..end).ok_or(Hopeless)?;
        for ((place, is_there), byte) in places.iter_mut().zip(known).zip(data) {
            if std::mem::replace(is_there, true) && *place != *byte {
                return Err(Hopeless);
            }
            *place = *byte;
        }
        self.end = self.end.max(end);
        Ok(())
    }

    /// Puts what the frames of a packet say to its place.
    pub(super) fn put_frames(&mut self, content: &[u8]) -> Result<(), Hopeless> {
        let mut frames = Reader::new(content);
        for _ in 0..MAX_FRAMES {
            let Some(kind) = number(&mut frames) else { break };
            match kind {
                PADDING | PING => {}
                ACK | ACK_WITH_MARKS => skip_ack(&mut frames, kind).ok_or(Hopeless)?,
                CRYPTO => {
                    let (at, data) = crypto(&mut frames).ok_or(Hopeless)?;
                    self.put(at, data)?;
                }
                _ => break,
            }
        }
        Ok(())
    }

    /// The body of the hello, once all of it is there.
    pub(super) fn hello(&self) -> Result<Option<&[u8]>, Hopeless> {
        let Some(([kind, high, middle, low], body)) = self.bytes.split_first_chunk() else {
            return Err(Hopeless);
        };
        if self.there.first() == Some(&true) && *kind != CLIENT_HELLO {
            return Err(Hopeless);
        }
        if !self.has(HELLO_HEADER) {
            return Ok(None);
        }
        let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
        let hello = body.get(..length).ok_or(Hopeless)?;
        Ok(self.has(length.saturating_add(HELLO_HEADER)).then_some(hello))
    }

    /// Whether all of the first `count` bytes are there.
    fn has(&self, count: usize) -> bool {
        self.there.get(..count).is_some_and(|known| known.iter().all(|is_there| *is_there))
    }

    /// The pieces that are there, each as long as can be, with their places.
    pub(super) fn pieces(&self) -> impl Iterator<Item = (usize, &[u8])> {
        let known = self.there.get(..self.end).unwrap_or_default();
        let mut at = 0usize;
        known.chunk_by(|one, next| one == next).filter_map(move |run| {
            let start = at;
            at = at.saturating_add(run.len());
            run.first()?.then(|| self.bytes.get(start..at)).flatten().map(|bytes| (start, bytes))
        })
    }
}

/// A CRYPTO frame behind its type (19.6): its place, and its bytes.
fn crypto<'a>(frames: &mut Reader<'a>) -> Option<(usize, &'a [u8])> {
    let at = usize::try_from(number(frames)?).ok()?;
    let length = usize::try_from(number(frames)?).ok()?;
    Some((at, frames.take(length)?))
}

/// An ACK frame behind its type (19.3): the latest, the delay, how many ranges follow the first one; then counts of marks.
fn skip_ack(frames: &mut Reader<'_>, kind: u64) -> Option<()> {
    let (_latest, _delay, ranges, _first) =
        (number(frames)?, number(frames)?, number(frames)?, number(frames)?);
    for _ in 0..ranges {
        let (_gap, _range) = (number(frames)?, number(frames)?);
    }
    for _ in 0..if kind == ACK_WITH_MARKS { 3 } else { 0 } {
        number(frames)?;
    }
    Some(())
}
