//! Values as the shape of their kind wants them: cut, masked, or in their canonical text.

use std::borrow::Cow;

use compact_str::{CompactString, ToCompactString, format_compact};

use super::{Allowed, FactKind, Shape};
use crate::{MacAddr, Timestamp, words};

/// The value of this kind that these bytes are; empty or none where nothing of them may be kept.
pub(super) fn fit(kind: FactKind, value: &[u8]) -> Option<CompactString> {
    let Allowed { shape, max, .. } = kind.allowed();
    match shape {
        Shape::Product => Some(words::mask_product(&printable(value, longest(max)), max)),
        Shape::Words => Some(words::mask(&whole_words(value, longest(max)), max)),
        Shape::Agent => Some(words::mask_agent(&whole_words(value, longest(max)), max)),
        Shape::Ip | Shape::Mac | Shape::Number | Shape::Moment | Shape::Code | Shape::Locator => {
            exact(shape, value, max)
        }
    }
}

/// The most that is looked at to fill `max` characters: masking makes text shorter.
fn longest(max: usize) -> usize {
    max.saturating_mul(4)
}

/// The text of `bytes`, at most `limit` of them and none of a word that is cut there: half a name may be a known word. What is no
/// UTF-8 is replaced, so that the letters beside it still make one word with it.
fn whole_words(bytes: &[u8], limit: usize) -> Cow<'_, str> {
    let whole = match bytes.split_at_checked(limit) {
        Some((cut, rest)) if !rest.is_empty() => {
            let end = cut.iter().rposition(|b| b.is_ascii() && !b.is_ascii_alphanumeric());
            cut.split_at_checked(end.unwrap_or(0)).map_or(&[][..], |(whole, _)| whole)
        }
        _ => bytes,
    };
    String::from_utf8_lossy(whole)
}

/// Printable ASCII of `bytes`, everything else a single space, trimmed, at most `max` characters.
fn printable(bytes: &[u8], max: usize) -> CompactString {
    let mut text = CompactString::default();
    for byte in bytes.iter().copied().take(max.saturating_mul(2)) {
        let graphic = byte.is_ascii_graphic();
        if !graphic && (text.is_empty() || text.ends_with(' ')) {
            continue;
        }
        if text.len() >= max {
            break;
        }
        text.push(if graphic { char::from(byte) } else { ' ' });
    }
    text.trim_end().to_compact_string()
}

/// The canonical text of a value that must fit its shape whole.
fn exact(shape: Shape, bytes: &[u8], max: usize) -> Option<CompactString> {
    let text = std::str::from_utf8(bytes).ok()?.trim_matches(|c: char| c == '\0' || c.is_ascii_whitespace());
    if text.len() > max {
        return None;
    }
    match shape {
        Shape::Ip => text.parse::<std::net::IpAddr>().ok().map(|ip| format_compact!("{ip}")),
        Shape::Mac => text.parse::<MacAddr>().ok().map(|mac| format_compact!("{mac}")),
        Shape::Moment => text.parse::<Timestamp>().ok().map(|moment| format_compact!("{moment}")),
        Shape::Number => text.bytes().all(|b| b.is_ascii_digit()).then(|| text.into()),
        Shape::Code => text.bytes().all(is_code).then(|| text.into()),
        Shape::Locator => text.bytes().all(is_locator).then(|| text.into()),
        Shape::Product | Shape::Words | Shape::Agent => None,
    }
}

fn is_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._:+-/^,".contains(&byte)
}

fn is_locator(byte: u8) -> bool {
    byte.is_ascii_graphic() && !b"\"'<>`{}|".contains(&byte)
}
