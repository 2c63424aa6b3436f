//! Bytes of a text file to text: UTF-8, UTF-16 as Windows programs write it, else Windows-1252. Never a loss without a word: bytes
//! that Windows-1252 does not define become the replacement character.

use std::borrow::Cow;

/// What Windows-1252 has at 0x80 to 0x9f, where Latin-1 has control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
    '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

/// The text of a file.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8_or_windows(rest),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).into(),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).into(),
        _ if looks_like_utf16(bytes) => utf16(bytes, u16::from_le_bytes).into(),
        _ => utf8_or_windows(bytes),
    }
}

/// The text of a file's beginning, at most `most` bytes of it, cut behind its last whole line.
pub(crate) fn decode_beginning(bytes: &[u8], most: usize) -> String {
    let Some((beginning, _)) = bytes.split_at_checked(most) else { return decode(bytes).into_owned() };
    // An even cut keeps UTF-16 whole; a character that is cut in UTF-8 must not make Windows-1252 of the rest.
    let end = (0..4).find_map(|less| beginning.get(..most.saturating_sub(less)).filter(|text| is_utf8(text)));
    let text = decode(end.unwrap_or(beginning)).into_owned();
    match text.rfind('\n') {
        Some(line) => text.get(..line).unwrap_or_default().to_owned(),
        None => text,
    }
}

fn is_utf8(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
}

/// UTF-16 without a mark, lower byte first: every other byte of a beginning in ASCII is zero.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let pairs = bytes.chunks_exact(2).take(32);
    let count = pairs.len();
    count >= 4 && pairs.filter(|pair| matches!(pair, [1..=0x7f, 0])).count() == count
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| match pair {
        [first, second] => unit([*first, *second]),
        _ => 0,
    });
    char::decode_utf16(units).map(|character| character.unwrap_or('\u{fffd}')).collect()
}

fn utf8_or_windows(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| windows(*byte)).collect::<String>().into(),
    }
}

fn windows(byte: u8) -> char {
    let special = usize::from(byte).checked_sub(0x80).and_then(|at| WINDOWS_1252.get(at));
    special.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_encoding_gives_the_same_text() {
        let text = "Gerät;Büro – 5 €\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            [&b"\xff\xfe"[..], &utf16].concat(),
            [&b"\xfe\xff"[..], &big].concat(),
            b"Ger\xe4t;B\xfcro \x96 5 \x80\n".to_vec(),
        ] {
            assert_eq!(decode(&bytes), text);
        }
    }

    #[test]
    fn a_beginning_ends_with_a_whole_line() {
        assert_eq!(decode_beginning("Name;Typ\nä;b\nü;d".as_bytes(), 16), "Name;Typ\nä;b");
        let utf16: Vec<u8> = "Node,Name\r\na,b\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode_beginning(&utf16, 1 << 16), "Node,Name\r\na,b\r\n");
    }
}
