//! Tagged values (ASHRAE 135, 20.2): a number and a class, a length, the bytes; or an opening and a closing one around others.

use crate::reader::Reader;

/// Numbers of application tags (20.2.1.4).
mod number {
    pub(super) const BOOLEAN: u8 = 1;
    pub(super) const UNSIGNED: u8 = 2;
    pub(super) const TEXT: u8 = 7;
    pub(super) const ENUMERATED: u8 = 9;
    pub(super) const OBJECT: u8 = 12;
}
/// The deepest that opening tags are followed.
const MAX_DEPTH: usize = 8;
/// The most tags of one value.
const MAX_TAGS: usize = 512;
/// The character set UTF-8, which plain ASCII is, too (20.2.9).
const UTF_8: u8 = 0;

/// One tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag<'a> {
    /// A value whose kind its number tells.
    Application(u8, &'a [u8]),
    /// A value whose kind its place tells.
    Context(u8, &'a [u8]),
    Opening(u8),
    Closing(u8),
}

/// Tags one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tags<'a> {
    reader: Reader<'a>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { reader: Reader::new(bytes) }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.reader.rest().is_empty()
    }

    /// The next tag.
    pub(super) fn next(&mut self) -> Option<Tag<'a>> {
        let first = self.reader.u8()?;
        let number = match first >> 4 {
            0xf => self.reader.u8()?,
            number => number,
        };
        let is_context = first & 0x08 != 0;
        match (is_context, first & 0x07) {
            (true, 6) => Some(Tag::Opening(number)),
            (true, 7) => Some(Tag::Closing(number)),
            (false, 6 | 7) => None,
            (false, _) if number == number::BOOLEAN => Some(Tag::Application(number, &[])),
            (_, length) => {
                let length = self.length(length)?;
                let value = self.reader.take(length)?;
                Some(if is_context { Tag::Context(number, value) } else { Tag::Application(number, value) })
            }
        }
    }

    /// A length that stands in the tag, or behind it in one, two or four bytes.
    fn length(&mut self, short: u8) -> Option<usize> {
        match short {
            5 => match self.reader.u8()? {
                254 => self.reader.u16().map(usize::from),
                255 => usize::try_from(self.reader.u32()?).ok(),
                length => Some(usize::from(length)),
            },
            length => Some(usize::from(length)),
        }
    }

    /// The tag behind, without taking it.
    pub(super) fn peek(&self) -> Option<Tag<'a>> {
        let mut ahead = *self;
        ahead.next()
    }

    /// Type and instance of an object.
    pub(super) fn object(&mut self) -> Option<(u16, u32)> {
        match self.next()? {
            Tag::Application(number::OBJECT, value) | Tag::Context(0, value) => object(value),
            _ => None,
        }
    }

    pub(super) fn unsigned(&mut self) -> Option<u32> {
        match self.next()? {
            Tag::Application(number::UNSIGNED, value) => unsigned(value),
            _ => None,
        }
    }

    pub(super) fn enumerated(&mut self) -> Option<u32> {
        match self.next()? {
            Tag::Application(number::ENUMERATED, value) => unsigned(value),
            _ => None,
        }
    }

    /// A number with a context tag.
    pub(super) fn context(&mut self, wanted: u8) -> Option<u32> {
        match self.next()? {
            Tag::Context(number, value) if number == wanted => unsigned(value),
            _ => None,
        }
    }

    /// What stands between an opening tag and its closing one: its text, where it is one text alone, else nothing.
    pub(super) fn enclosed(&mut self, wanted: u8) -> Option<&'a [u8]> {
        if self.next()? != Tag::Opening(wanted) {
            return None;
        }
        let (mut first, mut count) = (None, 0_usize);
        let mut open = vec![wanted];
        for _ in 0..MAX_TAGS {
            match self.next()? {
                Tag::Closing(number) if open.pop() == Some(number) => {
                    if open.is_empty() {
                        return Some(first.filter(|_| count == 1).and_then(text).unwrap_or_default());
                    }
                }
                Tag::Closing(_) => return None,
                Tag::Opening(_) if open.len() >= MAX_DEPTH => return None,
                Tag::Opening(number) => open.push(number),
                tag => first = first.or(Some(tag)),
            }
            count = count.saturating_add(1);
        }
        None
    }
}

fn object(value: &[u8]) -> Option<(u16, u32)> {
    let number = u32::from_be_bytes(value.try_into().ok()?);
    Some((u16::try_from(number >> 22).ok()?, number & 0x003f_ffff))
}

fn unsigned(value: &[u8]) -> Option<u32> {
    (1..=4).contains(&value.len()).then(|| value.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)))
}

fn text(tag: Tag<'_>) -> Option<&[u8]> {
    match tag {
        Tag::Application(number::TEXT, [UTF_8, text @ ..]) => Some(text),
        _ => None,
    }
}
