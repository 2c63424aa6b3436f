//! Armor (RFC 9580, section 6): base64 between two lines. The checksum is passed over, as the RFC asks.

use super::OpenPgpError;

/// The bytes inside, or the bytes themselves when they are not armored.
pub(super) fn bytes(text: &[u8], what: &'static str) -> Result<Vec<u8>, OpenPgpError> {
    if text.first().is_some_and(|first| first & 0x80 != 0) {
        return Ok(text.to_vec());
    }
    let malformed = || OpenPgpError::Malformed(what);
    let text = std::str::from_utf8(text).map_err(|_| malformed())?;
    let mut lines = text.lines().map(str::trim);
    lines.find(|line| line.starts_with("-----BEGIN PGP ")).ok_or_else(malformed)?;
    let body = lines.skip_while(|line| line.contains(':')).filter(|line| !line.is_empty());
    let body = body.take_while(|line| !line.starts_with('=') && !line.starts_with("-----END"));
    base64(body).ok_or_else(malformed)
}

/// Base64 (RFC 4648, section 4).
fn base64<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0_u32, 0);
    for letter in lines.flat_map(str::bytes).take_while(|&letter| letter != b'=') {
        held = (held << 6 | value(letter)?) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
