//! The Huffman code of HPACK (RFC 7541, 5.2 and appendix B).

/// The symbols of each length of code in bits. The code is canonical: within a length, codes follow one another in the order of the
/// symbols, and the first of a length follows the last of the one before.
const SYMBOLS: &[(u32, &[u8])] = &[
    (5, b"012aceiost"),
    (6, b" %-./3456789=A_bdfghlmnpru"),
    (7, b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8, b"&*,;XZ"),
    (10, b"!\"()?"),
    (11, b"'+|"),
    (12, b"#>"),
    (13, b"\0$@[]~"),
    (14, b"^}"),
    (15, b"<`{"),
    (19, &[92, 195, 208]),
    (20, &[128, 130, 131, 162, 184, 194, 224, 226]),
    (21, &[153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]),
    (
        22,
        &[
            129, 132, 133, 134, 136, 146, 154, 156, 160, 163, 164, 169, 170, 173, 178, 181, 185, 186, 187,
            189, 190, 196, 198, 228, 232, 233,
        ],
    ),
    (
        23,
        &[
            1, 135, 137, 138, 139, 140, 141, 143, 147, 149, 150, 151, 152, 155, 157, 158, 165, 166, 168, 174,
            175, 180, 182, 183, 188, 191, 197, 231, 239,
        ],
    ),
    (24, &[9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]),
    (25, &[199, 207, 234, 235]),
    (26, &[192, 193, 200, 201, 202, 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]),
    (27, &[203, 204, 211, 212, 214, 221, 222, 223, 241, 244, 245, 246, 247, 248, 250, 251, 252, 253, 254]),
    (
        28,
        &[
            2, 3, 4, 5, 6, 7, 8, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 23, 24, 25, 26, 27, 28, 29, 30, 31,
            127, 220, 249,
        ],
    ),
    // The fourth of this length ends a text; it must not occur in one.
    (30, &[10, 13, 22]),
];

/// The text of this code: at most eight fifths of its length. `None` where the code is malformed.
pub(super) fn decode(code: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::with_capacity(code.len().saturating_add(code.len() / 2));
    let mut bits = Bits { bytes: code, at: 0 };
    while bits.left() > 0 {
        match bits.symbol() {
            Some(symbol) => text.push(symbol),
            None if bits.is_padding() => return Some(text),
            None => return None,
        }
    }
    Some(text)
}

/// Reads bits from front to back.
struct Bits<'a> {
    bytes: &'a [u8],
    /// The next bit.
    at: usize,
}

impl Bits<'_> {
    fn left(&self) -> usize {
        self.bytes.len().saturating_mul(8).saturating_sub(self.at)
    }

    /// The next 32 bits; ones, where there are no more.
    fn peek(&self) -> u32 {
        let byte = |place: usize| {
            u64::from(self.bytes.get((self.at / 8).saturating_add(place)).copied().unwrap_or(0xFF))
        };
        let five = (0..5).fold(0, |sum, place| sum << 8 | byte(place));
        let behind = 8_usize.saturating_sub(self.at % 8);
        u32::try_from(five >> behind & u64::from(u32::MAX)).unwrap_or(u32::MAX)
    }

    /// The next symbol, which is then done with.
    fn symbol(&mut self) -> Option<u8> {
        let next = self.peek();
        let (mut first, mut length_before) = (0_u32, 0_u32);
        for (length, symbols) in SYMBOLS {
            first <<= length.saturating_sub(length_before);
            length_before = *length;
            let place = (next >> 32_u32.saturating_sub(*length)).wrapping_sub(first);
            if let Some(symbol) = symbols.get(place as usize) {
                let length = usize::try_from(*length).ok().filter(|length| *length <= self.left())?;
                self.at = self.at.saturating_add(length);
                return Some(*symbol);
            }
            first = first.saturating_add(u32::try_from(symbols.len()).unwrap_or(u32::MAX));
        }
        None
    }

    /// Whether what is left only fills the last byte: less than eight bits, all ones.
    fn is_padding(&self) -> bool {
        self.left() < 8 && self.peek() == u32::MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_examples_of_the_standard_are_read() {
        // RFC 7541, C.4 and C.6.
        for (code, text) in [
            (&b"\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"[..], "www.example.com"),
            (b"\xa8\xeb\x10\x64\x9c\xbf", "no-cache"),
            (b"\x25\xa8\x49\xe9\x5b\xa9\x7d\x7f", "custom-key"),
            (
                b"\xd0\x7a\xbe\x94\x10\x54\xd4\x44\xa8\x20\x05\x95\x04\x0b\x81\x66\xe0\x82\xa6\x2d\x1b\xff",
                "Mon, 21 Oct 2013 20:13:21 GMT",
            ),
            (b"", ""),
        ] {
            assert_eq!(decode(code).as_deref(), Some(text.as_bytes()));
        }
    }

    #[test]
    fn every_symbol_has_a_code_and_the_code_is_full() {
        let mut all: Vec<u8> = SYMBOLS.iter().flat_map(|(_, symbols)| symbols.iter().copied()).collect();
        all.sort_unstable();
        assert_eq!(all, (0..=255).collect::<Vec<u8>>());
        // Kraft's sum, with the one symbol that ends a text.
        let sum: u64 = SYMBOLS.iter().map(|(length, symbols)| (symbols.len() as u64) << (30 - length)).sum();
        assert_eq!(sum + 1, 1 << 30);
    }

    #[test]
    fn what_is_malformed_is_no_text() {
        // Padding of a byte, of zeros, and the symbol that ends a text (RFC 7541, 5.2).
        for code in [&b"\xff"[..], b"\xa8\xeb\x10\x64\x9c\xbf\xff", b"\x00", b"\x3f\xff\xff\xff\xff"] {
            let is_zeros = code == b"\x00";
            assert_eq!(decode(code), None, "{is_zeros}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            if let Some(text) = decode(&bytes) {
                prop_assert!(text.len() * 5 <= bytes.len() * 8);
            }
        }
    }
}
