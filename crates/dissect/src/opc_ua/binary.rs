//! Values of OPC UA in their binary encoding (OPC 10000-6, 5.2): numbers are least significant first, and lengths are signed, -1
//! being nothing.

use crate::reader::Reader;

/// The most elements of an array that are looked at.
const MOST_ELEMENTS: usize = 64;

/// Reads values from front to back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoder<'a>(Reader<'a>);

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(Reader::new(bytes))
    }

    /// Whether all was read.
    pub(super) fn is_at_end(&self) -> bool {
        self.0.rest().is_empty()
    }

    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        self.0.take(count).map(|_| ())
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.0.u8()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.0.array().map(u16::from_le_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.0.array().map(u32::from_le_bytes)
    }

    /// A length or a count; none where it says that nothing is there.
    fn length(&mut self) -> Option<Option<usize>> {
        let length = i32::from_le_bytes(self.0.array()?);
        Some(usize::try_from(length).ok())
    }

    /// A `String` or `ByteString` (5.2.2.4, 5.2.2.7); nothing is empty.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        match self.length()? {
            Some(length) => self.0.take(length),
            None => Some(&[]),
        }
    }

    /// The count of an array that is not longer than what is looked at.
    pub(super) fn count(&mut self) -> Option<usize> {
        self.length()?.map_or(Some(0), |count| (count <= MOST_ELEMENTS).then_some(count))
    }

    pub(super) fn skip_strings(&mut self) -> Option<()> {
        (0..self.count()?).try_for_each(|_| self.string().map(|_| ()))
    }

    /// A `NodeId` (5.2.2.9): its number, where it is one of the standard's own namespace.
    pub(super) fn node_id(&mut self) -> Option<Option<u32>> {
        match self.u8()? {
            0 => Some(Some(u32::from(self.u8()?))),
            1 => {
                let (namespace, number) = (self.u8()?, self.u16()?);
                Some((namespace == 0).then_some(u32::from(number)))
            }
            2 => {
                let (namespace, number) = (self.u16()?, self.u32()?);
                Some((namespace == 0).then_some(number))
            }
            3 | 5 => {
                self.skip(2)?;
                self.string().map(|_| None)
            }
            4 => self.skip(18).map(|()| None),
            _ => None,
        }
    }

    /// The text of a `LocalizedText` (5.2.2.14).
    pub(super) fn localized_text(&mut self) -> Option<&'a [u8]> {
        let mask = self.u8()?;
        if mask & 1 != 0 {
            self.string()?;
        }
        if mask & 2 != 0 { self.string() } else { Some(&[]) }
    }

    /// An `ExtensionObject` (5.2.2.15): the number of its encoding, and what is inside.
    pub(super) fn extension_object(&mut self) -> Option<(Option<u32>, &'a [u8])> {
        let kind = self.node_id()?;
        match self.u8()? {
            0 => Some((kind, &[])),
            1 | 2 => Some((kind, self.string()?)),
            _ => None,
        }
    }
}
