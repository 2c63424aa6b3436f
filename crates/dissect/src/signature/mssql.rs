//! Microsoft SQL Server ([MS-TDS] 2.2.6.5, 2.2.3.1): the version that a server says before anybody logs in.
//!
//! Not here: logins, queries, and the TLS that begins inside messages of the same kind.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// Header: kind, status, length of all (2), channel (2), number, window.
const HEADER: usize = 8;
/// Kinds of packet: what a client says first, and an answer.
const PRELOGIN: u8 = 0x12;
const ANSWER: u8 = 0x04;
/// The last packet of a message.
const END: u8 = 0x01;
/// The longest first message that is waited for.
const MOST: usize = 512;
/// Options of a first message: version, and the end of the list.
const VERSION: u8 = 0;
const LAST: u8 = 0xFF;
const MOST_OPTIONS: usize = 8;

/// Reads the first message of either side.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start != Start::Opening {
        return Verdict::NotThis;
    }
    let (kind, sender) = match half.bytes.first() {
        Some(kind @ &PRELOGIN) => (kind, Role::Client),
        Some(kind @ &ANSWER) => (kind, Role::Server),
        _ => return Verdict::NotThis,
    };
    let Some(&[_, status, high, low, _, _, _, window]) = half.bytes.first_chunk::<HEADER>() else {
        return Verdict::More { wanted: HEADER };
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if status != END || window != 0 || !(HEADER..=MOST).contains(&length) {
        return Verdict::NotThis;
    }
    let Some(message) = half.bytes.get(HEADER..length) else { return Verdict::More { wanted: length } };
    let Some(version) = version(message) else { return Verdict::NotThis };
    if *kind == ANSWER {
        let [major, minor, high, low, a, b] = version;
        let (build, part) = (u16::from_be_bytes([high, low]), u16::from_be_bytes([a, b]));
        // All four numbers: three of them may look like a day of birth, and would be masked.
        let text = format!("Microsoft SQL Server {major}.{minor}.{build}.{part}");
        facts.tell(About::SenderService, FactKind::ServerSoftware, text.as_bytes());
    }
    Verdict::Finished { sender }
}

/// Options, each with its place and length; the version must be the first and six bytes long (2.2.6.5).
fn version(message: &[u8]) -> Option<[u8; 6]> {
    let mut reader = Reader::new(message);
    let (VERSION, place, 6) = (reader.u8()?, reader.u16()?, reader.u16()?) else { return None };
    for _ in 0..MOST_OPTIONS {
        if reader.u8()? == LAST {
            return message.get(usize::from(place)..)?.first_chunk().copied();
        }
        reader.u32()?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    /// The answer that [MS-TDS] 4.2 prints, of another version.
    const SERVER: &[u8] = &[
        4, 1, 0, 0x2B, 0, 0, 1, 0, 0, 0, 0x1A, 0, 6, 1, 0, 0x20, 0, 1, 2, 0, 0x21, 0, 1, 3, 0, 0x22, 0, 0, 4,
        0, 0x22, 0, 1, 0xFF, 15, 0, 7, 0xD0, 0, 0, 1, 0, 0,
    ];

    #[test]
    fn a_server_says_its_version() {
        let told = Side::new(dissect, SERVER, Start::Opening).check();
        assert_eq!(told.lines(), "SenderService service.software=Microsoft SQL Server 15.0.2000.0\n");
        let mut client = SERVER.to_vec();
        client[0] = PRELOGIN;
        let told = Side::new(dissect, &client, Start::Opening).check();
        assert_eq!((told.lines().as_str(), told.roles), ("", vec![Role::Client]));
    }

    #[test]
    fn other_bytes_are_not_this() {
        let dicom_data = [4, 0, 0, 0, 0, 20, 0, 0, 0, 16, 1, 3];
        for bytes in
            [&dicom_data[..], &[4, 1, 0, 9, 0, 0, 1, 0, 0xFD], &[0x12, 1, 0, 0, 0, 0, 0, 0], b"\x04\x01GET "]
        {
            assert_eq!(Side::new(dissect, bytes, Start::Opening).check().roles, [], "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            Side::new(dissect, &[&SERVER[..12], &bytes].concat(), Start::Opening).read(chunk);
        }
    }
}
