//! Messages of LDAP (RFC 4511) in the Basic Encoding Rules (X.690), as far as they are needed: what we say, and what comes back.

use super::budget::MOST_MESSAGE;
use super::talk::Fault;
use crate::elements::{INTEGER, OCTET_STRING, SEQUENCE, element, first};

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const ENUMERATED: u8 = 0x0a;
const SET: u8 = 0x31;
/// Operations (RFC 4511, 4.2 to 4.5).
pub(super) const BIND: u8 = 0x60;
pub(super) const BOUND: u8 = 0x61;
pub(super) const SEARCH: u8 = 0x63;
pub(super) const ENTRY: u8 = 0x64;
pub(super) const SEARCHED: u8 = 0x65;
pub(super) const REFERENCE: u8 = 0x73;
const EXTENDED: u8 = 0x78;
pub(super) const INTERMEDIATE: u8 = 0x79;
/// What stands behind an operation: controls (RFC 4511, 4.1.11).
const CONTROLS: u8 = 0xa0;
/// Results in pages (RFC 2696).
const PAGED: &[u8] = b"1.2.840.113556.1.4.319";
/// Attributes of one entry and values of one attribute that are read, at most.
const MOST_ATTRIBUTES: usize = 32;
const MOST_VALUES: usize = 256;
/// The longest mark of a page that is given back.
const LONGEST_COOKIE: usize = 4096;

/// A number that is not negative.
pub(super) fn integer(number: u32) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let zeros = bytes.iter().take(3).take_while(|byte| **byte == 0).count();
    let digits = bytes.get(zeros..).unwrap_or_default();
    let before: &[u8] = if digits.first().is_some_and(|byte| *byte >= 0x80) { &[0] } else { &[] };
    element(INTEGER, &[before, digits])
}

/// A message of ours; with the mark of a page where results come in pages.
pub(super) fn message(id: u32, operation: &[u8], page: Option<(u32, &[u8])>) -> Vec<u8> {
    let controls = page.map(|(entries, cookie)| {
        let value = element(SEQUENCE, &[&integer(entries), &element(OCTET_STRING, &[cookie])]);
        // Without pages nothing is to come at all, so it is critical.
        let control =
            [element(OCTET_STRING, &[PAGED]), vec![BOOLEAN, 1, 0xff], element(OCTET_STRING, &[&value])];
        element(CONTROLS, &[&element(SEQUENCE, &[&control.concat()])])
    });
    element(SEQUENCE, &[&integer(id), operation, &controls.unwrap_or_default()])
}

/// How long the first message is, with its own length; nothing where that is not there yet.
pub(super) fn length(bytes: &[u8]) -> Result<Option<usize>, Fault> {
    let (digits, told) = match bytes {
        [] => return Ok(None),
        [tag, ..] if *tag != SEQUENCE => return Err(Fault::NotUnderstood),
        [_] => return Ok(None),
        [_, short, ..] if *short < 0x80 => (0, usize::from(*short)),
        [_, long, rest @ ..] => {
            let digits = usize::from(*long & 0x7f);
            if !(1..=4).contains(&digits) {
                return Err(Fault::NotUnderstood);
            }
            let Some(told) = rest.get(..digits) else { return Ok(None) };
            (digits, told.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
        }
    };
    let whole = told.saturating_add(digits).saturating_add(2);
    if whole > MOST_MESSAGE { Err(Fault::TooMuch) } else { Ok(Some(whole)) }
}

/// A message that came.
#[derive(Debug)]
pub(super) struct Message<'a> {
    pub(super) id: u32,
    pub(super) operation: u8,
    pub(super) content: &'a [u8],
    controls: &'a [u8],
}

impl<'a> Message<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Fault> {
        let read = || {
            let (message, _) = take(bytes, SEQUENCE)?;
            let (id, rest) = take(message, INTEGER)?;
            let (operation, content, controls) = first(rest)?;
            Some(Self { id: number(id)?, operation, content, controls })
        };
        read().ok_or(Fault::NotUnderstood)
    }

    /// Whether the host says by itself that it ends the talk (RFC 4511, 4.4.1).
    pub(super) const fn is_farewell(&self) -> bool {
        self.id == 0 && self.operation == EXTENDED
    }

    /// The code of a result (RFC 4511, 4.1.9). What is said beside it is not read.
    pub(super) fn code(&self) -> Result<u32, Fault> {
        take(self.content, ENUMERATED).and_then(|(code, _)| number(code)).ok_or(Fault::NotUnderstood)
    }

    /// The mark of the page that follows; empty where none does.
    pub(super) fn cookie(&self) -> Result<Vec<u8>, Fault> {
        let Some((mut controls, _)) = take(self.controls, CONTROLS) else { return Ok(Vec::new()) };
        while let Some((control, behind)) = take(controls, SEQUENCE) {
            if let Some(value) =
                take(control, OCTET_STRING).filter(|(name, _)| *name == PAGED).map(|(_, value)| value)
            {
                let value = take(value, BOOLEAN).map_or(value, |(_, value)| value);
                let cookie = take(value, OCTET_STRING)
                    .and_then(|(value, _)| take(value, SEQUENCE))
                    .and_then(|(value, _)| take(value, INTEGER))
                    .and_then(|(_, cookie)| take(cookie, OCTET_STRING));
                return match cookie {
                    Some((cookie, _)) if cookie.len() <= LONGEST_COOKIE => Ok(cookie.to_vec()),
                    _ => Err(Fault::NotUnderstood),
                };
            }
            controls = behind;
        }
        Ok(Vec::new())
    }
}

/// An object of a directory, with those of its attributes that were asked for.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) name: &'a [u8],
    attributes: Vec<(&'a [u8], Vec<&'a [u8]>)>,
}

impl<'a> Entry<'a> {
    pub(super) fn read(content: &'a [u8]) -> Result<Self, Fault> {
        let read = || {
            let (name, rest) = take(content, OCTET_STRING)?;
            let (mut list, _) = take(rest, SEQUENCE)?;
            let mut attributes = Vec::new();
            while !list.is_empty() && attributes.len() < MOST_ATTRIBUTES {
                let (attribute, behind) = take(list, SEQUENCE)?;
                let (kind, values) = take(attribute, OCTET_STRING)?;
                attributes.push((kind, self::values(take(values, SET)?.0)?));
                list = behind;
            }
            Some(Self { name, attributes })
        };
        read().ok_or(Fault::NotUnderstood)
    }

    /// The values of an attribute.
    pub(super) fn all(&self, kind: &str) -> &[&'a [u8]] {
        let is_it = |known: &[u8]| known.eq_ignore_ascii_case(kind.as_bytes());
        self.attributes
            .iter()
            .find(|(known, _)| is_it(known))
            .map(|(_, values)| values.as_slice())
            .unwrap_or_default()
    }
}

fn values(mut set: &[u8]) -> Option<Vec<&[u8]>> {
    let mut values = Vec::new();
    while !set.is_empty() && values.len() < MOST_VALUES {
        let (value, behind) = take(set, OCTET_STRING)?;
        values.push(value);
        set = behind;
    }
    Some(values)
}

/// The content of the first element, which must have this tag, and what follows it.
fn take(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    first(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, behind)| (content, behind))
}

/// A number from 0 to 2^32 - 1.
fn number(digits: &[u8]) -> Option<u32> {
    let rest = digits.strip_prefix(&[0]).unwrap_or(digits);
    let fits = !digits.is_empty() && rest.len() <= 4;
    fits.then(|| rest.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}
