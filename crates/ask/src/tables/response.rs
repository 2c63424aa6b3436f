//! Answers of agents (RFC 3416, 3), as far as they are there.

use super::name::Name;
use crate::elements::{INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, RESPONSE, SEQUENCE, first};

/// Objects of one answer that are read, at most.
const MOST_ROWS: usize = 256;
/// `noSuchObject`, `noSuchInstance`, `endOfMibView`.
const NOTHING: std::ops::RangeInclusive<u8> = 0x80..=0x82;

/// An answer.
pub(super) struct Response<'a> {
    /// What the agent could not do; 0 is none.
    pub(super) error: u32,
    pub(super) rows: Vec<Row<'a>>,
}

/// An object and its value.
pub(super) struct Row<'a> {
    pub(super) name: Name,
    tag: u8,
    value: &'a [u8],
}

impl<'a> Response<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let message = content(bytes, SEQUENCE)?.0;
        let (_, message) = content(message, INTEGER)?;
        let (_, message) = content(message, OCTET_STRING)?;
        let (response, _) = content(message, RESPONSE)?;
        let (_, response) = content(response, INTEGER)?;
        let (error, response) = content(response, INTEGER)?;
        let (_, response) = content(response, INTEGER)?;
        let (mut list, _) = content(response, SEQUENCE)?;
        let mut rows = Vec::new();
        while let Some((SEQUENCE, row, behind)) = first(list).filter(|_| rows.len() < MOST_ROWS) {
            let (name, value) = content(row, OBJECT_IDENTIFIER)?;
            let (tag, value, _) = first(value)?;
            rows.push(Row { name: Name::read(name)?, tag, value });
            list = behind;
        }
        Some(Self { error: number(error)?, rows })
    }
}

impl<'a> Row<'a> {
    /// Whether there is no such object.
    pub(super) fn is_end(&self) -> bool {
        NOTHING.contains(&self.tag)
    }

    pub(super) fn bytes(&self) -> Option<&'a [u8]> {
        (self.tag == OCTET_STRING).then_some(self.value)
    }

    pub(super) fn number(&self) -> Option<u32> {
        if self.tag == INTEGER { number(self.value) } else { None }
    }
}

/// Each whole message of several that follow each other.
pub(super) fn messages(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (.., behind) = first(rest)?;
        let (message, behind) = (rest.get(..rest.len().checked_sub(behind.len())?)?, behind);
        rest = behind;
        Some(message)
    })
}

/// The content of the first element, which must have this tag, and what follows it.
fn content(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    first(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, behind)| (content, behind))
}

/// A number from 0 to 2^32 - 1.
fn number(integer: &[u8]) -> Option<u32> {
    let digits = integer.strip_prefix(&[0]).unwrap_or(integer);
    let fits = !integer.is_empty() && digits.len() <= 4;
    fits.then(|| digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}
