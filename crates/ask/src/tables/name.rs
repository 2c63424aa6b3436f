//! Names of objects (X.660), as SNMP writes them.

use std::fmt;
use std::str::FromStr;

/// The most parts of a name (RFC 3416, 4.1).
const MOST_PARTS: usize = 128;

/// A name of an object: its parts, in the order in which a walk goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name(Vec<u32>);

impl Name {
    /// The name with these parts.
    pub(super) fn new(parts: &[u32]) -> Self {
        Self(parts.to_vec())
    }

    /// Reads it (X.690, 8.19).
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (mut parts, mut part, mut is_whole) = (Vec::new(), 0_u32, false);
        for byte in bytes {
            part = part.checked_mul(128)?.checked_add(u32::from(byte & 0x7f))?;
            is_whole = byte & 0x80 == 0;
            if !is_whole {
                continue;
            }
            if parts.is_empty() {
                let first = (part / 40).min(2);
                parts.extend([first, part.saturating_sub(first.saturating_mul(40))]);
            } else {
                parts.push(part);
            }
            part = 0;
        }
        (is_whole && parts.len() <= MOST_PARTS).then_some(Self(parts))
    }

    /// Writes it.
    pub(super) fn encoded(&self) -> Vec<u8> {
        let (first, rest) = match self.0.as_slice() {
            [one, two, rest @ ..] => (one.saturating_mul(40).saturating_add(*two), rest),
            _ => (0, [].as_slice()),
        };
        let mut bytes = Vec::new();
        for part in std::iter::once(first).chain(rest.iter().copied()) {
            // Seven bits in a byte, the highest first; all but the last say that more follow.
            let digits = (0..5).rev().map(|place| part >> (place * 7) & 0x7f).skip_while(|digit| *digit == 0);
            let digits: Vec<u8> = digits.filter_map(|digit| u8::try_from(digit).ok()).collect();
            let (last, before) = digits.split_last().unwrap_or((&0, &[]));
            bytes.extend(before.iter().map(|digit| digit | 0x80));
            bytes.push(*last);
        }
        bytes
    }

    /// Whether it is an object of this column.
    pub(super) fn is_below(&self, column: &Self) -> bool {
        self.row(column).is_some_and(|row| !row.is_empty())
    }

    /// What stands behind the column: which row it is.
    pub(super) fn row(&self, column: &Self) -> Option<&[u32]> {
        self.0.strip_prefix(column.0.as_slice())
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

/// A text that is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name of an object looks like 1.3.6.1.2.1.1")]
pub struct InvalidName;

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let parts: Result<Vec<u32>, _> = text.split('.').take(MOST_PARTS + 1).map(str::parse).collect();
        let parts = parts.map_err(|_| InvalidName)?;
        let is_name =
            (2..=MOST_PARTS).contains(&parts.len()) && parts.first().is_some_and(|first| *first < 3);
        if is_name { Ok(Self(parts)) } else { Err(InvalidName) }
    }
}
