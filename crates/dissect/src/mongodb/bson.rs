//! BSON, as far as names and a few plain values of a document's own level (bsonspec.org, version 1.1).

use crate::reader::Reader;

/// The most elements of a document that are looked at.
const MOST_ELEMENTS: usize = 256;

/// A value; what nobody needs has none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    /// A number that is whole, or a yes or no.
    Number(i64),
    Text(&'a [u8]),
    Document(Document<'a>),
    Binary(&'a [u8]),
    Other,
}

/// The elements of a document, as far as they are there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Document<'a>(&'a [u8]);

impl<'a> Document<'a> {
    /// The document that the bytes begin with, perhaps cut short; none where its length is not one.
    pub(super) fn new(bytes: &'a [u8]) -> Option<Self> {
        let length = length(&mut Reader::new(bytes))?;
        // Its own length and the byte behind the last element.
        (length >= 5).then_some(())?;
        Some(Self(bytes.get(4..length).unwrap_or(bytes.get(4..)?)))
    }

    pub(super) fn elements(self) -> impl Iterator<Item = (&'a [u8], Value<'a>)> {
        let mut reader = Reader::new(self.0);
        std::iter::from_fn(move || element(&mut reader)).take(MOST_ELEMENTS)
    }

    pub(super) fn get(self, name: &[u8]) -> Option<Value<'a>> {
        self.elements().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    pub(super) fn text(self, name: &[u8]) -> Option<&'a [u8]> {
        match self.get(name)? {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn number(self, name: &[u8]) -> Option<i64> {
        match self.get(name)? {
            Value::Number(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn document(self, name: &[u8]) -> Option<Self> {
        match self.get(name)? {
            Value::Document(document) => Some(document),
            _ => None,
        }
    }
}

fn length(reader: &mut Reader<'_>) -> Option<usize> {
    usize::try_from(i32::from_le_bytes(reader.array()?)).ok()
}

/// Text up to its NUL.
fn name<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let end = reader.rest().iter().position(|byte| *byte == 0)?;
    let name = reader.take(end)?;
    reader.u8()?;
    Some(name)
}

/// Text behind its length, which counts the NUL at its end.
fn text<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = length(reader)?;
    reader.take(length)?.strip_suffix(&[0])
}

fn element<'a>(reader: &mut Reader<'a>) -> Option<(&'a [u8], Value<'a>)> {
    let kind = reader.u8().filter(|kind| *kind != 0)?;
    let name = self::name(reader)?;
    let value = match kind {
        0x01 => whole(f64::from_le_bytes(reader.array()?)),
        0x02 | 0x0D | 0x0E => Value::Text(text(reader)?),
        0x03 | 0x04 => {
            let inner = Document::new(reader.rest())?;
            // A document that is cut short is the last that is there.
            let length = length(&mut Reader::new(reader.rest()))?;
            let there = length.min(reader.rest().len());
            reader.take(there)?;
            Value::Document(inner)
        }
        0x05 => {
            let length = length(reader)?;
            reader.u8()?;
            Value::Binary(reader.take(length)?)
        }
        0x06 | 0x0A | 0x7F | 0xFF => Value::Other,
        0x07 => skip(reader, 12)?,
        0x08 => Value::Number(i64::from(reader.u8()?)),
        0x09 | 0x11 => skip(reader, 8)?,
        0x0B => {
            self::name(reader)?;
            self::name(reader)?;
            Value::Other
        }
        0x0C => {
            text(reader)?;
            skip(reader, 12)?
        }
        0x0F => {
            let length = length(reader)?;
            skip(reader, length.checked_sub(4)?)?
        }
        0x10 => Value::Number(i64::from(i32::from_le_bytes(reader.array()?))),
        0x12 => Value::Number(i64::from_le_bytes(reader.array()?)),
        0x13 => skip(reader, 16)?,
        _ => return None,
    };
    Some((name, value))
}

fn skip<'a>(reader: &mut Reader<'_>, count: usize) -> Option<Value<'a>> {
    reader.take(count).map(|_| Value::Other)
}

/// Only 0 and 1 are asked for among numbers with a fraction.
fn whole<'a>(number: f64) -> Value<'a> {
    if number == 0.0 {
        Value::Number(0)
    } else if number == 1.0 {
        Value::Number(1)
    } else {
        Value::Other
    }
}
