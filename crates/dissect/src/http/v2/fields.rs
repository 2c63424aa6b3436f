//! Compressed fields of HTTP/2: HPACK (RFC 7541).
//!
//! No dynamic table (2.3.2) is kept, however large: it holds what was sent as it is before, and whatever is told was told there. Its
//! entries need not be known to read on, since a reference to one has no length of its own. So each block is read by itself, a
//! gap in a capture does no harm, and nothing that somebody sends takes up memory. The price: a new value whose name is a reference to
//! the dynamic table is not told, which no encoder needs for the names that are asked for: the static table has them all.

use std::borrow::Cow;

use super::huffman;
use crate::reader::Reader;

/// What a field's name says, as far as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name {
    /// A pseudo-header field of requests (RFC 9113, 8.3.1).
    OfRequest,
    /// The pseudo-header field of answers (8.3.2).
    OfAnswer,
    Authorization,
    ProxyAuthorization,
    Server,
    UserAgent,
    Other,
}

impl Name {
    /// The name of an entry of the static table (RFC 7541, appendix A). Entries of the dynamic table follow it: they may be anything.
    fn of_entry(index: u32) -> Self {
        match index {
            1..=7 => Self::OfRequest,
            8..=14 => Self::OfAnswer,
            23 => Self::Authorization,
            49 => Self::ProxyAuthorization,
            54 => Self::Server,
            58 => Self::UserAgent,
            _ => Self::Other,
        }
    }

    /// Names are lower case (RFC 9113, 8.2).
    fn of_text(name: &[u8]) -> Self {
        match name {
            b":authority" | b":method" | b":path" | b":scheme" | b":protocol" => Self::OfRequest,
            b":status" => Self::OfAnswer,
            b"authorization" => Self::Authorization,
            b"proxy-authorization" => Self::ProxyAuthorization,
            b"server" => Self::Server,
            b"user-agent" => Self::UserAgent,
            _ => Self::Other,
        }
    }

    /// Whether somebody asks for the value.
    fn has_value(self) -> bool {
        !matches!(self, Self::OfRequest | Self::OfAnswer | Self::Other)
    }
}

/// A field; its value is empty where nobody asks for it.
pub(super) type Field<'a> = (Name, Cow<'a, [u8]>);

/// Reads the fields of a block in their order; `None` where it is malformed.
pub(super) fn read<'a>(block: &'a [u8], mut each: impl FnMut(Field<'a>)) -> Option<()> {
    let mut reader = Reader::new(block);
    while let Some(first) = reader.u8() {
        if let Some(field) = next(first, &mut reader)? {
            each(field);
        }
    }
    Some(())
}

/// The next field, or none where the dynamic table gets another size (6).
fn next<'a>(first: u8, reader: &mut Reader<'a>) -> Option<Option<Field<'a>>> {
    let index_bits = match first {
        0x80.. => {
            let index = integer(first, 7, reader)?;
            return (index > 0).then(|| Some((Name::of_entry(index), Cow::default())));
        }
        0x40..0x80 => 6,
        0x20..0x40 => {
            integer(first, 5, reader)?;
            return Some(None);
        }
        // Not to be put in the table, now or ever.
        0..0x20 => 4,
    };
    let name = match integer(first, index_bits, reader)? {
        0 => Name::of_text(&Text::read(reader)?.decoded()?),
        index => Name::of_entry(index),
    };
    let value = Text::read(reader)?;
    let value = if name.has_value() { value.decoded()? } else { Cow::default() };
    Some(Some((name, value)))
}

/// A number that begins in the last bits of a byte (5.1); none of those here needs more than 28 bits.
fn integer(first: u8, bits: u32, reader: &mut Reader<'_>) -> Option<u32> {
    let most = 0xFF_u8 >> 8_u32.saturating_sub(bits);
    let mut number = u32::from(first & most);
    if first & most < most {
        return Some(number);
    }
    for shift in [0, 7, 14, 21] {
        let byte = reader.u8()?;
        number = number.checked_add(u32::from(byte & 0x7F) << shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// A text (5.2).
struct Text<'a> {
    bytes: &'a [u8],
    is_huffman: bool,
}

impl<'a> Text<'a> {
    fn read(reader: &mut Reader<'a>) -> Option<Self> {
        let first = reader.u8()?;
        let length = integer(first, 7, reader)?;
        let bytes = reader.take(usize::try_from(length).ok()?)?;
        Some(Self { bytes, is_huffman: first & 0x80 != 0 })
    }

    fn decoded(&self) -> Option<Cow<'a, [u8]>> {
        if self.is_huffman {
            huffman::decode(self.bytes).map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(self.bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(block: &[u8]) -> Option<Vec<(Name, String)>> {
        let mut all = Vec::new();
        read(block, |(name, value)| all.push((name, String::from_utf8_lossy(&value).into_owned())))?;
        Some(all)
    }

    #[test]
    fn numbers_are_those_of_the_standard() {
        // RFC 7541, C.1.
        let number = |first, bits, rest: &[u8]| integer(first, bits, &mut Reader::new(rest));
        assert_eq!(number(0b1110_1010, 5, b""), Some(10));
        assert_eq!(number(0b1111_1111, 5, b"\x9a\x0a"), Some(1337));
        assert_eq!(number(42, 8, b""), Some(42));
        assert_eq!(number(0x7F, 7, b"\xff\xff\xff\xff\x01"), None);
        assert_eq!(number(0x7F, 7, b"\xff"), None);
    }

    #[test]
    fn each_kind_of_field_is_read() {
        use Name::{OfAnswer, OfRequest, Other, Server, UserAgent};
        // RFC 7541, C.3.3: :method, :scheme, :path, an entry of the dynamic table, a new field.
        let third = b"\x82\x87\x85\xbf\x40\x0acustom-key\x0ccustom-value";
        let names: Vec<Name> = fields(third).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [OfRequest, OfRequest, OfRequest, Other, Other]);
        // The table's size, then names of both tables and of texts, each in another representation.
        let block = b"\x3f\xe1\x1f\x88\x76\x01a\x0f\x2b\x01b\x10\x0auser-agent\x01c\x1f\x27\x01d\x00\x06server\x82\x64\x02\x7f\x00\x00";
        assert_eq!(
            fields(block).unwrap(),
            [
                (OfAnswer, ""),
                (Server, "a"),
                (UserAgent, "b"),
                (UserAgent, "c"),
                (Server, "d"),
                (Server, "302"),
                (Other, ""),
            ]
            .map(|(name, value)| (name, value.to_owned()))
        );
    }

    #[test]
    fn what_is_malformed_is_not_read() {
        // No entry has the number nought; a text without its bytes; a number without an end.
        for block in
            [&b"\x80"[..], b"\x76\x05ngin", b"\x40", b"\xff\x80\x80\x80\x80\x80\x01", b"\x76\x81\x00"]
        {
            assert_eq!(fields(block), None, "{block:x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            fields(&bytes);
        }
    }
}
