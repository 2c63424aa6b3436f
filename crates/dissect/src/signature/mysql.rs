//! MySQL and MariaDB (client/server protocol 10): the version in a server's greeting, and whether a client without a password is let
//! in.
//!
//! A client that answers the greeting with an empty response asks to be let in without a password; an OK packet straight behind
//! the greeting grants it. Not here: users, databases, statements; what another method of authentication does.

use wardround_model::FactKind;

use crate::lines::contains_ignoring_case;
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 3306;
const PROTOCOL_10: u8 = 10;
/// A greeting has a version, a thread, a challenge, flags and a method; it is never longer.
const MAX_GREETING: usize = 512;
const MAX_VERSION: usize = 96;
/// First byte of an error, and the one that comes in the place of a greeting: no account may come from that host
/// (`ER_HOST_NOT_PRIVILEGED`). It names the host, then the product.
const ERROR: u8 = 0xff;
const HOST_NOT_PRIVILEGED: [u8; 2] = [0x6a, 0x04];
/// Servers since 10.0 say so, because old clients stop at a two-digit version (MariaDB KB, "Connection").
const REPLICATION_PREFIX: &[u8] = b"5.5.5-";
/// Flags of a client: protocol of version 4.1, TLS follows, how the length of its response is told.
const PROTOCOL_41: u32 = 0x200;
const TLS: u32 = 0x800;
const LENGTH_BYTE: u32 = 0x8000;
const LENGTH_ENCODED: u32 = 0x20_0000;
/// First byte of a server's packet that says that all is well.
const OK: u8 = 0;
/// The longest packet that is read behind the greeting.
const MAX_OUTCOME: usize = 1024;
/// The longest name of a user.
const MAX_USER: usize = 256;
/// Zeros in a client's answer, before the four bytes that MariaDB uses.
const FILLER: [u8; 19] = [0; 19];
const MAX_ANSWER: usize = 16 * 1024;
/// Length of a request for TLS.
const TLS_REQUEST: usize = 32;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    // A packet of so many bytes as this would be comes neither behind a greeting nor behind a request for TLS.
    if matches!(half.bytes, [0x14..=0x17, 3, 1..=4, ..] | [1, 0, 1..=255, _, 3, ..])
        && let Some(verdict) = tls::inside(half, facts)
    {
        return verdict;
    }
    let mut reader = Reader::new(half.bytes);
    let Some([a, b, c, sequence]) = reader.array() else { return begin(half) };
    let length = usize::from(a) | usize::from(b) << 8 | usize::from(c) << 16;
    match (half.start, sequence) {
        (Start::NextMessage, 2) => outcome(half.bytes, reader, length, facts),
        (Start::NextMessage | Start::Middle, _) => Verdict::NotThis,
        (Start::Opening, 0) if length <= MAX_GREETING => greeting(half.bytes, reader, length, facts),
        (Start::Opening, 1) if length <= MAX_ANSWER && half.receiver_port == PORT => {
            answer(half.bytes, reader, length, facts)
        }
        _ => Verdict::NotThis,
    }
}

/// The third byte of a length is zero in all packets that are read.
fn begin(half: &Half<'_>) -> Verdict {
    if half.start != Start::Middle && half.bytes.get(2).is_none_or(|high| *high == 0) {
        Verdict::More { wanted: 5 }
    } else {
        Verdict::NotThis
    }
}

/// `Protocol::HandshakeV10`: protocol, version with a NUL behind it, and more that is not read.
fn greeting(bytes: &[u8], mut reader: Reader<'_>, length: usize, facts: &mut Facts) -> Verdict {
    let more = Verdict::More { wanted: bytes.len().saturating_add(1) };
    match reader.u8() {
        None => return more,
        Some(PROTOCOL_10) => {}
        Some(ERROR) => return refusal(bytes, reader, length, facts),
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
    Verdict::Message { used: length.saturating_add(4), sender: Role::Server }
}

/// An error in the place of a greeting: the product is told, the host that it names is not.
fn refusal(bytes: &[u8], mut reader: Reader<'_>, length: usize, facts: &mut Facts) -> Verdict {
    match reader.array() {
        None => return Verdict::More { wanted: bytes.len().saturating_add(1) },
        Some(HOST_NOT_PRIVILEGED) => {}
        Some(_) => return Verdict::NotThis,
    }
    let end = length.saturating_add(4);
    let Some(text) = bytes.get(reader.at()..end) else { return Verdict::More { wanted: end } };
    let product = ["MariaDB", "MySQL"].into_iter().find(|name| contains_ignoring_case(text, name));
    let Some(product) = product else { return Verdict::NotThis };
    facts.tell(About::SenderService, FactKind::ServerSoftware, product.as_bytes());
    Verdict::Finished { sender: Role::Server }
}

/// The packet behind the greeting: an OK packet tells rows, an id, a status and warnings; the first two are zero at a login.
fn outcome(bytes: &[u8], mut reader: Reader<'_>, length: usize, facts: &mut Facts) -> Verdict {
    let sender = Role::Server;
    if !(1..=MAX_OUTCOME).contains(&length) {
        return Verdict::Finished { sender };
    }
    match (reader.u8(), reader.array()) {
        (None, _) | (Some(OK), None) if length >= 7 => {
            Verdict::More { wanted: bytes.len().saturating_add(1) }
        }
        (Some(OK), Some([0, 0])) if length >= 7 => {
            facts.grant();
            Verdict::Finished { sender }
        }
        _ => Verdict::Finished { sender },
    }
}

/// The product, which only MariaDB names itself, and the version.
fn software(version: &[u8]) -> String {
    let is_mariadb = contains_ignoring_case(version, "mariadb");
    let version =
        if is_mariadb { version.strip_prefix(REPLICATION_PREFIX).unwrap_or(version) } else { version };
    format!("{} {}", if is_mariadb { "MariaDB" } else { "MySQL" }, String::from_utf8_lossy(version))
}

/// `Protocol::HandshakeResponse41`: flags, longest packet, character set, zeros, the user, the response.
fn answer(bytes: &[u8], mut reader: Reader<'_>, length: usize, facts: &mut Facts) -> Verdict {
    let flags = reader.array().map(u32::from_le_bytes);
    let filler = reader.take(5).and_then(|_| reader.array());
    let flags = match (flags, filler) {
        (Some(flags), _) if flags & PROTOCOL_41 == 0 => return Verdict::NotThis,
        (Some(flags), Some(FILLER)) => flags,
        (_, Some(_)) => return Verdict::NotThis,
        (_, None) => return Verdict::More { wanted: bytes.len().saturating_add(1) },
    };
    let end = length.saturating_add(4);
    let sender = Role::Client;
    // `SSLRequest`: the same packet without user and response. TLS begins behind it.
    if flags & TLS != 0 && length == TLS_REQUEST {
        return Verdict::Message { used: end, sender };
    }
    if flags & TLS != 0 || flags & (LENGTH_BYTE | LENGTH_ENCODED) == 0 {
        return Verdict::Finished { sender };
    }
    let Some(packet) = bytes.get(..end) else { return Verdict::More { wanted: end } };
    let behind_user = packet.get(reader.at().saturating_add(4)..).unwrap_or_default();
    let user = behind_user.iter().take(MAX_USER).position(|byte| *byte == 0);
    // Of either form, the first byte of an empty response is a length of zero.
    if user.and_then(|end| behind_user.get(end.saturating_add(1))) == Some(&0) {
        facts.ask(FactKind::OpenLogin, b"mysql");
    }
    Verdict::Finished { sender }
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
    fn a_refusal_names_the_product_and_no_host() {
        let text = b"\xff\x6a\x04Host 'mustermann.example' is not allowed to connect to this MariaDB server";
        let bytes = [&[u8::try_from(text.len()).unwrap(), 0, 0, 0], text.as_slice()].concat();
        let told = side(&bytes).check();
        assert_eq!(told.lines(), "SenderService service.software=MariaDB\n");
        assert_eq!(side(b"\x05\0\0\0\xff\x15\x04MySQL").check().roles, []);
    }

    /// What MariaDB 10.11.14 and its own client sent each other: an account without a password, one with it, and each refused.
    const OPEN: [&[u8]; 2] =
        [include_bytes!("recorded/mysql-open-client.bin"), include_bytes!("recorded/mysql-open-server.bin")];
    const CLOSED: [&[u8]; 2] = [
        include_bytes!("recorded/mysql-closed-client.bin"),
        include_bytes!("recorded/mysql-closed-server.bin"),
    ];
    const NO_PASSWORD_REFUSED: [&[u8]; 2] = [
        include_bytes!("recorded/mysql-refused-client.bin"),
        include_bytes!("recorded/mysql-refused-server.bin"),
    ];

    #[test]
    fn an_empty_response_asks_and_an_ok_packet_grants() {
        let client = |bytes| Side { receiver_port: PORT, ..side(bytes) }.check();
        let server = |bytes| Side { sender_port: PORT, ..side(bytes) }.check();
        for (dialogue, asks, grants) in
            [(OPEN, true, true), (CLOSED, false, true), (NO_PASSWORD_REFUSED, true, false)]
        {
            let [asked, granted] = [client(dialogue[0]), server(dialogue[1])];
            assert_eq!(asked.words, if asks { vec!["asks login.open=mysql"] } else { vec![] });
            assert_eq!(granted.words, if grants { vec!["grants"] } else { vec![] });
            assert_eq!(asked.lines(), "");
            assert!(granted.lines().starts_with("SenderService service.software=MariaDB 10.11.14-MariaDB"));
        }
    }

    #[test]
    fn tls_and_other_methods_are_not_read_on() {
        let mut tls = OPEN[0].to_vec();
        tls[5] |= 0x08;
        assert_eq!(Side { receiver_port: PORT, ..side(&tls) }.check().words, Vec::<String>::new());
        let mut switch = OPEN[1].to_vec();
        let outcome = 4 + usize::from(switch[0]);
        switch[outcome + 4] = 0xfe;
        assert_eq!(side(&switch).check().words, Vec::<String>::new());
        switch[outcome + 3] = 4;
        switch[outcome + 4] = 0;
        assert_eq!(side(&switch).check().words, Vec::<String>::new());
    }

    #[test]
    fn a_client_is_known_by_its_zeros_and_its_user_is_not_told() {
        let head = b"\x27\0\0\x01\x85\xa2\xbf\x01\0\0\0\x01\x2d";
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
