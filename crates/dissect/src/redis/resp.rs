//! Elements of RESP, the protocol of Redis: a type, a number or a text, a line end; arrays and maps hold others.

use crate::lines::first_line;

/// So far a command or an answer is read.
pub(super) const MAX_READ: usize = 8 * 1024;
/// The most elements of one answer that are passed over.
const MAX_ELEMENTS: usize = 256;
/// The longest value (Redis, `proto-max-bulk-len`).
const MAX_BULK: usize = 512 << 20;
/// The longest name of a command.
const MAX_NAME: usize = 16;
/// The longest line that tells a type and a length.
const MAX_HEADER: usize = 16;

/// Why nothing was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    Cut,
    NotResp,
}

/// The beginning of a command: an array of values, the first of which is its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Command<'a> {
    pub(super) name: &'a [u8],
}

impl<'a> Command<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Unread> {
        let (count, header) = length(bytes, b'*')?;
        let rest = bytes.get(header..).unwrap_or_default();
        let (name_length, name_header) = length(rest, b'$')?;
        if count == 0 || !(2..=MAX_NAME).contains(&name_length) {
            return Err(Unread::NotResp);
        }
        let name = rest.get(name_header..).unwrap_or_default();
        let behind = name.get(name_length..).ok_or(Unread::Cut)?;
        let name = name.get(..name_length).unwrap_or_default();
        match behind.first_chunk() {
            Some(b"\r\n") if name.iter().all(u8::is_ascii_alphabetic) => Ok(Self { name }),
            None => Err(Unread::Cut),
            Some(_) => Err(Unread::NotResp),
        }
    }

    /// Where it ends in the bytes that it was read from.
    pub(super) fn end(self, bytes: &[u8]) -> Result<usize, Unread> {
        element(bytes)
    }
}

/// Type and length in a line, and how long the line is.
fn length(bytes: &[u8], kind: u8) -> Result<(usize, usize), Unread> {
    if bytes.first().is_some_and(|first| *first != kind) {
        return Err(Unread::NotResp);
    }
    let head = bytes.get(..MAX_HEADER).unwrap_or(bytes);
    let Some((line, used)) = first_line(head) else {
        let may_become =
            head.len() < MAX_HEADER && head.iter().skip(1).all(|b| b.is_ascii_digit() || *b == b'\r');
        return Err(if may_become { Unread::Cut } else { Unread::NotResp });
    };
    let digits = line.get(1..).unwrap_or_default();
    let number = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    let number = number.and_then(|text| text.parse().ok()).ok_or(Unread::NotResp)?;
    Ok((number, used))
}

/// Where the first element ends, with all that it holds.
pub(super) fn element(bytes: &[u8]) -> Result<usize, Unread> {
    let (mut at, mut open) = (0_usize, 1_usize);
    for _ in 0..MAX_ELEMENTS {
        let rest = bytes.get(at..).ok_or(Unread::Cut)?;
        let (line, used) = line(rest)?;
        at = at.saturating_add(used);
        let (kind, value) = line.split_first().ok_or(Unread::NotResp)?;
        let (inside, skipped) = match kind {
            b'+' | b'-' | b'_' | b'#' | b',' | b'(' => (0, 0),
            b':' if number(value).is_some() => (0, 0),
            b'$' | b'=' | b'!' => (0, bulk(value)?),
            b'*' | b'~' | b'>' => (count(value)?, 0),
            b'%' => (count(value)?.saturating_mul(2), 0),
            _ => return Err(Unread::NotResp),
        };
        at = at.saturating_add(skipped);
        if skipped > 0 && !ends_there(bytes, at) {
            return Err(Unread::NotResp);
        }
        open = open.saturating_sub(1).saturating_add(inside);
        if open == 0 {
            return if at <= bytes.len() { Ok(at) } else { Err(Unread::Cut) };
        }
    }
    Err(Unread::NotResp)
}

/// Whether a value's line end stands before this place, as far as it is there.
fn ends_there(bytes: &[u8], at: usize) -> bool {
    let end = bytes.get(at.saturating_sub(2)..).unwrap_or_default();
    b"\r\n".starts_with(end.get(..2).unwrap_or(end))
}

/// How long the line is that an element begins with, once it is known to be one.
pub(super) fn header(bytes: &[u8]) -> Result<usize, Unread> {
    let (line, used) = line(bytes)?;
    let (kind, value) = line.split_first().ok_or(Unread::NotResp)?;
    match kind {
        b'+' | b'-' => Ok(used),
        b':' if number(value).is_some() => Ok(used),
        b'$' => bulk(value).map(|_| used),
        b'*' | b'%' => count(value).map(|_| used),
        _ => Err(Unread::NotResp),
    }
}

/// A line of text with its two-byte end.
fn line(bytes: &[u8]) -> Result<(&[u8], usize), Unread> {
    let Some((line, used)) = first_line(bytes) else {
        let is_text = bytes.len() < MAX_READ && crate::lines::is_text(bytes);
        return Err(if is_text { Unread::Cut } else { Unread::NotResp });
    };
    let has_both = used == line.len().saturating_add(2);
    if has_both && crate::lines::is_text(line) { Ok((line, used)) } else { Err(Unread::NotResp) }
}

fn number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// The bytes of a value with its line end; none of a value that is not there (`$-1`).
fn bulk(text: &[u8]) -> Result<usize, Unread> {
    let length = count(text)?;
    match number(text) {
        Some(-1) => Ok(0),
        _ if length <= MAX_BULK => Ok(length.saturating_add(2)),
        _ => Err(Unread::NotResp),
    }
}

fn count(text: &[u8]) -> Result<usize, Unread> {
    match number(text) {
        Some(-1) => Ok(0),
        Some(count) => usize::try_from(count).map_err(|_| Unread::NotResp),
        None => Err(Unread::NotResp),
    }
}
