//! One fact: how a value is held against the allow-list before it is kept.

use std::borrow::Cow;

use compact_str::{CompactString, ToCompactString, format_compact};

use super::{Allowed, FactKind, Shape};
use crate::{MacAddr, Timestamp, words};

/// One device fact: a kind of the allow-list and a value that keeps to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    kind: FactKind,
    value: CompactString,
}

/// A value that the allow-list does not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a value for {} has a length or characters that the allow-list does not let through", .0.code())]
pub struct NotAllowed(pub FactKind);

impl Fact {
    /// A fact of this kind from bytes of the wire.
    ///
    /// Leading and trailing white space and NUL go; `Product`, `Words` and `Agent` values are cut to their length,
    /// others must fit. The value is never part of an error.
    ///
    /// # Errors
    /// When nothing is left, or the value has characters that the kind does not allow.
    pub fn new(kind: FactKind, value: &[u8]) -> Result<Self, NotAllowed> {
        let Allowed { shape, max, .. } = kind.allowed();
        let value = match shape {
            Shape::Product => words::mask_product(&printable(value, longest(max)), max),
            Shape::Words => words::mask(&whole_words(value, longest(max)), max),
            Shape::Agent => words::mask_agent(&whole_words(value, longest(max)), max),
            Shape::Ip | Shape::Mac | Shape::Number | Shape::Moment | Shape::Code | Shape::Locator => {
                exact(shape, value, max).ok_or(NotAllowed(kind))?
            }
        };
        if value.is_empty() { Err(NotAllowed(kind)) } else { Ok(Self { kind, value }) }
    }

    /// The kind of fact.
    #[must_use]
    pub fn kind(&self) -> FactKind {
        self.kind
    }

    /// Its value; what is personal is masked already.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_keep_to_the_list() {
        let fact = |kind, text: &str| Fact::new(kind, text.as_bytes()).map(|fact| fact.value().to_owned());
        assert_eq!(fact(FactKind::SshBanner, "OpenSSH_7.2p2\u{7}\r\n").unwrap(), "OpenSSH_7.2p2");
        assert_eq!(fact(FactKind::Hl7Sends, "ORU^R01").unwrap(), "ORU^R01");
        assert!(fact(FactKind::Hl7Sends, "DOE JOHN").is_err());
        assert!(fact(FactKind::OwnsIp, "10.1.2.300").is_err());
        assert!(fact(FactKind::HttpServer, " \0 ").is_err());
    }

    #[test]
    fn an_error_never_repeats_the_value() {
        let error = Fact::new(FactKind::Hl7Sends, b"MUSTERMANN ERIKA").unwrap_err();
        assert!(!error.to_string().contains("MUSTERMANN"));
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_fact_that_fits_or_an_error(bytes: Vec<u8>, pick in 0..FactKind::ALL.len()) {
            let kind = FactKind::ALL[pick];
            if let Ok(fact) = Fact::new(kind, &bytes) {
                prop_assert!(fact.value().chars().count() <= kind.allowed().max);
                prop_assert!(fact.value().bytes().all(|b| b.is_ascii_graphic() || b == b' '));
                // What was let through once is let through again unchanged: the store can be read back.
                prop_assert_eq!(Fact::new(kind, fact.value().as_bytes()).unwrap(), fact);
            }
        }
    }
}
