//! Elements of the Basic Encoding Rules (ITU-T X.690), as far as certificates and SNMP use them: tags of one byte and
//! definite lengths. Not here: what an element means.

use crate::reader::Reader;

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const BMP_STRING: u8 = 0x1e;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The longest object identifier that is read, in bytes; RFC 3416 allows 128 parts.
const MAX_IDENTIFIER: usize = 128;

/// One element: a tag and what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Elements<'a>(Reader<'a>);

impl<'a> Elements<'a> {
    /// Reads the elements that `content` holds.
    pub(crate) fn new(content: &'a [u8]) -> Self {
        Self(Reader::new(content))
    }

    /// The next element; `None` at the end, or when it is cut or malformed.
    pub(crate) fn next(&mut self) -> Option<Element<'a>> {
        let (tag, length) = self.header()?;
        Some(Element { tag, content: self.0.take(length)? })
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }

    /// The elements inside the next element, which must have this tag.
    pub(crate) fn enter(&mut self, tag: u8) -> Option<Self> {
        self.expect(tag).map(Self::new)
    }

    /// Like [`Self::enter`], but the capture may have cut the element short: what is there is read.
    pub(crate) fn enter_cut(&mut self, tag: u8) -> Option<Self> {
        let (found, length) = self.header()?;
        let there = length.min(self.0.rest().len());
        self.0.take(there).filter(|_| found == tag).map(Self::new)
    }

    /// Like [`Self::enter_cut`], with the length that the element says, tag and all.
    pub(crate) fn enter_told(&mut self, tag: u8) -> Option<(Self, usize)> {
        let before = self.0.at();
        let (found, length) = self.header()?;
        let header = self.0.at().saturating_sub(before);
        let there = length.min(self.0.rest().len());
        let inside = self.0.take(there).filter(|_| found == tag).map(Self::new)?;
        Some((inside, header.checked_add(length)?))
    }

    /// The tag of the next element, which stays the next.
    pub(crate) fn tag(&self) -> Option<u8> {
        self.0.rest().first().copied()
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0.rest()
    }

    /// Tag and length (8.1.2, 8.1.3).
    fn header(&mut self) -> Option<(u8, usize)> {
        let tag = self.0.u8()?;
        let first = self.0.u8()?;
        if first < 0x80 {
            return Some((tag, usize::from(first)));
        }
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let digits = self.0.take(count)?;
        Some((tag, digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit))))
    }
}

/// An object identifier in its dotted form (8.19).
pub(crate) fn dotted(identifier: &[u8]) -> Option<String> {
    if identifier.len() > MAX_IDENTIFIER {
        return None;
    }
    let mut text = String::new();
    let mut part: u64 = 0;
    let mut ended = false;
    for byte in identifier {
        part = part.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        ended = byte & 0x80 == 0;
        if ended {
            push_part(&mut text, part);
            part = 0;
        }
    }
    ended.then_some(text)
}

/// The first number of an identifier stands for its first two parts.
fn push_part(text: &mut String, part: u64) {
    if !text.is_empty() {
        text.push_str(&format!(".{part}"));
        return;
    }
    let first = (part / 40).min(2);
    text.push_str(&format!("{first}.{}", part.saturating_sub(first.saturating_mul(40))));
}

/// A number from 0 to 2^32 - 1 (8.3).
pub(crate) fn unsigned(integer: &[u8]) -> Option<u32> {
    let digits = integer.strip_prefix(&[0]).unwrap_or(integer);
    let fits = !integer.is_empty() && digits.len() <= 4;
    fits.then(|| digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elements_are_read_in_order() {
        let mut elements = Elements::new(&[0x02, 0x01, 0x05, 0x30, 0x81, 0x03, 0x04, 0x01, 0x41]);
        assert_eq!(elements.expect(INTEGER).and_then(unsigned), Some(5));
        assert_eq!(elements.enter(SEQUENCE).unwrap().expect(OCTET_STRING), Some(b"A".as_slice()));
        assert_eq!(elements.next(), None);
    }

    #[test]
    fn indefinite_and_overlong_lengths_are_refused() {
        assert_eq!(Elements::new(&[0x30, 0x80, 0x00, 0x00]).next(), None);
        assert_eq!(Elements::new(&[0x30, 0x85, 0, 0, 0, 0, 1, 0]).next(), None);
        assert_eq!(Elements::new(&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff, 1]).next(), None);
    }

    #[test]
    fn identifiers_are_dotted() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d]).unwrap(), "1.2.840.113549");
        assert_eq!(dotted(&[0x2b, 6, 1, 2, 1, 1, 1, 0]).unwrap(), "1.3.6.1.2.1.1.1.0");
        assert_eq!(dotted(&[0x88, 0x37]).unwrap(), "2.999");
        assert_eq!(dotted(&[0x2b, 0x86]), None, "the last part does not end");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            let mut elements = Elements::new(&bytes);
            while let Some(element) = elements.next() {
                let _ = (dotted(element.content), unsigned(element.content));
            }
        }
    }
}
