//! MySQL and MariaDB (client/server protocol 10): the version in a server's greeting, and a client's answer to it.
//!
//! Not here: users, databases, statements.

use wardround_model::FactKind;

use crate::lines::contains_ignoring_case;
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 3306;
const PROTOCOL_10: u8 = 10;
/// A greeting has a version, a thread, a challenge, flags and a method; it is never longer.
const MAX_GREETING: usize = 512;
const MAX_VERSION: usize = 96;
/// Servers since 10.0 say so, because old clients stop at a two-digit version (MariaDB KB, "Connection").
const REPLICATION_PREFIX: &[u8] = b"5.5.5-";
/// Flags of a client: protocol of version 4.1.
const PROTOCOL_41: u32 = 0x200;
/// Zeros in a client's answer, before the four bytes that MariaDB uses.
const FILLER: [u8; 19] = [0; 19];
const MAX_ANSWER: usize = 16 * 1024;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start != Start::Opening {
        return Verdict::NotThis;
    }
    let mut reader = Reader::new(half.bytes);
    let Some([a, b, c, sequence]) = reader.array() else { return begin(half.bytes) };
    let length = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
    match sequence {
        0 if length <= MAX_GREETING => greeting(half.bytes, reader, facts),
        1 if length <= MAX_ANSWER && half.receiver_port == PORT => answer(half.bytes, reader),
        _ => Verdict::NotThis,
    }
}

/// The third byte of a length is zero in both packets that are read.
fn begin(bytes: &[u8]) -> Verdict {
    if bytes.get(2).is_none_or(|high| *high == 0) { Verdict::More { wanted: 5 } } else { Verdict::NotThis }
}

/// `Protocol::HandshakeV10`: protocol, version with a NUL behind it, and more that is not read.
fn greeting(bytes: &[u8], mut reader: Reader<'_>, facts: &mut Facts) -> Verdict {
    let more = Verdict::More { wanted: bytes.len().saturating_add(1) };
    match reader.u8() {
        None => return more,
        Some(PROTOCOL_10) => {}
        Some(_) => return Verdict::NotThis,
    }
    let text = reader.rest().split(|byte| *byte == 0).next().unwrap_or_default();
    let is_version = text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ')
        && text.first().is_none_or(u8::is_ascii_digit)
        && text.len() <= MAX_VERSION;
    if !is_version {
        return Verdict::NotThis;
    }
    if text.len() == reader.rest().len() {
        return more;
    }
    if !text.contains(&b'.') {
        return Verdict::NotThis;
    }
    facts.tell(About::SenderService, FactKind::ServerSoftware, software(text).as_bytes());
    Verdict::Finished { sender: Role::Server }
}

/// The product, which only MariaDB names itself, and the version.
fn software(version: &[u8]) -> String {
    let is_mariadb = contains_ignoring_case(version, "mariadb");
    let version =
        if is_mariadb { version.strip_prefix(REPLICATION_PREFIX).unwrap_or(version) } else { version };
    format!("{} {}", if is_mariadb { "MariaDB" } else { "MySQL" }, String::from_utf8_lossy(version))
}

/// `Protocol::HandshakeResponse41`: flags, longest packet, character set, zeros; then the user, which is not read.
fn answer(bytes: &[u8], mut reader: Reader<'_>) -> Verdict {
    let flags = reader.array().map(u32::from_le_bytes);
    let filler = reader.take(5).and_then(|_| reader.array());
    match (flags, filler) {
        (Some(flags), _) if flags & PROTOCOL_41 == 0 => Verdict::NotThis,
        (_, Some(FILLER)) => Verdict::Finished { sender: Role::Client },
        (_, Some(_)) => Verdict::NotThis,
        (_, None) => Verdict::More { wanted: bytes.len().saturating_add(1) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    fn greeting_of(version: &str) -> Vec<u8> {
        let rest =
            [version.as_bytes(), b"\0\x08\0\0\0SALTSALT\0\xfe\xf7\x08\x02\0\xff\x81\x15\0\0\0\0\0\0\0\0\0\0"]
                .concat();
        let length = u8::try_from(rest.len() + 1).unwrap();
        [&[length, 0, 0, 0, 10], rest.as_slice()].concat()
    }

    #[test]
    fn a_greeting_names_the_product() {
        for (version, expected) in [
            ("8.0.36-0ubuntu0.22.04.1", "MySQL 8.0.36-0ubuntu0.22.04.1"),
            ("5.5.5-10.11.14-MariaDB-0+deb12u2", "MariaDB 10.11.14-MariaDB-0+deb12u2"),
            ("11.4.2-MariaDB-log", "MariaDB 11.4.2-MariaDB-log"),
            ("5.0.51a", "MySQL 5.0.51a"),
        ] {
            let told = side(&greeting_of(version)).check();
            assert_eq!(told.lines(), format!("SenderService service.software={expected}\n"));
            assert_eq!(told.roles, [Role::Server]);
        }
    }

    #[test]
    fn a_client_is_known_by_its_zeros_and_its_user_is_not_told() {
        let head = b"\x40\0\0\x01\x85\xa2\xbf\x01\0\0\0\x01\x2d";
        let bytes = [head.as_slice(), &[0; 23], b"erika\0\0"].concat();
        let told = Side { receiver_port: 3306, ..side(&bytes) }.check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client]));
    }

    #[test]
    fn other_bytes_are_not_mysql() {
        for version in ["", "x8.0", "8\u{1}0.1", "80"] {
            assert_eq!(side(&greeting_of(version)).check().roles, [], "{version}");
        }
        assert_eq!(side(b"\x05\0\0\0\x09\x35\x2e\x30\0").check().roles, [], "protocol 9");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(mut bytes: Vec<u8>, sequence in 0u8..2, port in 3306u16..3308) {
            bytes.splice(0..0, [60, 0, 0, sequence]);
            Side { receiver_port: port, ..side(&bytes) }.read(7);
        }
    }
}
