//! Base64 (RFC 4648, 4), as far as it is valid: what a header carries may be cut or damaged.

/// The most characters that are read; a login by NTLM is far shorter, a ticket of Kerberos may be longer.
const MAX_CHARACTERS: usize = 4096;

/// The bytes that `text` stands for, up to its padding or the first other character.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let text = text.get(..MAX_CHARACTERS).unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut count) = (0_u32, 0_u32);
    for value in text.iter().map_while(|character| value(*character)) {
        bits = bits << 6 | u32::from(value);
        count = count.saturating_add(6);
        if count >= 8 {
            count = count.saturating_sub(8);
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte);
        }
    }
    bytes
}

fn value(character: u8) -> Option<u8> {
    match character {
        b'A'..=b'Z' => Some(character.wrapping_sub(b'A')),
        b'a'..=b'z' => Some(character.wrapping_sub(b'a').wrapping_add(26)),
        b'0'..=b'9' => Some(character.wrapping_sub(b'0').wrapping_add(52)),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_standard_are_decoded() {
        for (text, expected) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
        ] {
            assert_eq!(decode(text.as_bytes()), expected.as_bytes(), "{text}");
        }
        assert_eq!(decode(b"+/+/"), [0xfb, 0xff, 0xbf]);
    }

    #[test]
    fn what_is_no_base64_ends_it() {
        assert_eq!(decode(b"Zm9v Zm9v"), b"foo");
        assert_eq!(decode(&[b'A'; 100_000]).len(), MAX_CHARACTERS * 3 / 4);
    }
}
