//! Oracle's database (TNS): the version of a listener that refuses, and that it is one.
//!
//! The protocol has no public standard: packets are as python-oracledb (UPL or Apache-2.0) writes them, and the numbers of versions as
//! Oracle's "Error Messages" and "Database Net Services Reference" describe them.
//!
//! Not here: what a client asks for, which names its host, its user and its program; where it is sent to; what follows.

use wardround_model::FactKind;

use crate::lines::Fit;
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// Ports of listeners: elsewhere, what few bytes tell is not believed.
const PORTS: std::ops::RangeInclusive<u16> = 1521..=1530;
/// Length of all (2), sum (2), kind, flags, sum of the header (2). The sums are no longer used.
const HEADER: usize = 8;
/// Kinds of packet.
const CONNECT: u8 = 1;
const ACCEPT: u8 = 2;
const REFUSE: u8 = 4;
const REDIRECT: u8 = 5;
const RESEND: u8 = 11;
/// Versions of the protocol, from Oracle 8 on.
const VERSIONS: std::ops::RangeInclusive<u16> = 300..=399;
/// The shortest connect packet, and where at least its data begins.
const CONNECT_LEAST: usize = 34;
/// The shortest packet that accepts.
const ACCEPT_LEAST: usize = 24;
/// The longest packet that is waited for: the longest data of a connect packet, and more.
const MOST: usize = 4096;
/// What a refusal and where to go to begin with, and where the refusal's version stands.
const DESCRIPTION: &[u8] = b"(DESCRIPTION=";
const VERSION: &[u8] = b"(VSNNUM=";

/// Reads the first packets of either side.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some(&[l1, l2, 0, 0, kind, _, 0, 0]) = half.bytes.first_chunk::<HEADER>() else {
        let may_be = half.start != Start::Middle && may_begin(half.bytes);
        return if may_be { Verdict::More { wanted: HEADER } } else { Verdict::NotThis };
    };
    let length = usize::from(u16::from_be_bytes([l1, l2]));
    if half.start == Start::Middle || !(HEADER..=MOST).contains(&length) {
        return Verdict::NotThis;
    }
    let (sender, is_known) = match kind {
        CONNECT => (Role::Client, true),
        REFUSE => (Role::Server, true),
        ACCEPT | REDIRECT | RESEND => (Role::Server, is_listener(half)),
        _ => return Verdict::NotThis,
    };
    if !is_known {
        return Verdict::NotThis;
    }
    let Some(body) = half.bytes.get(HEADER..length) else { return Verdict::More { wanted: length } };
    match kind {
        CONNECT if is_connect(body) => Verdict::Finished { sender },
        ACCEPT if length >= ACCEPT_LEAST && starts_with_version(body) => Verdict::Finished { sender },
        // The client sends the same again.
        RESEND if body.is_empty() => Verdict::Message { used: length, sender },
        REFUSE => refused(body.get(4..).unwrap_or_default(), facts),
        REDIRECT if Fit::of(body.get(2..).unwrap_or_default(), b"(") == Fit::Whole => {
            Verdict::Finished { sender }
        }
        _ => Verdict::NotThis,
    }
}

/// Whether a part of a header may become one.
fn may_begin(bytes: &[u8]) -> bool {
    let length = match bytes {
        [high, low, ..] => usize::from(u16::from_be_bytes([*high, *low])),
        [high] => usize::from(u16::from_be_bytes([*high, 0])).max(HEADER),
        [] => MOST,
    };
    let sum = bytes.get(2..4).or(bytes.get(2..3)).unwrap_or_default();
    let kind = bytes.get(4).is_none_or(|kind| [CONNECT, ACCEPT, REFUSE, REDIRECT, RESEND].contains(kind));
    bytes.len() < HEADER && (HEADER..=MOST).contains(&length) && sum.iter().all(|byte| *byte == 0) && kind
}

fn is_listener(half: &Half<'_>) -> bool {
    PORTS.contains(&half.sender_port) || PORTS.contains(&half.receiver_port)
}

fn starts_with_version(body: &[u8]) -> bool {
    Reader::new(body).u16().is_some_and(|version| VERSIONS.contains(&version))
}

/// Version, least version, options, two sizes, characteristics, packets, byte order (2 bytes each), length and place of the data.
fn is_connect(body: &[u8]) -> bool {
    let read = || {
        let mut reader = Reader::new(body);
        let (version, least) = (reader.u16()?, reader.u16()?);
        reader.take(12)?;
        let (_length, place) = (reader.u16()?, usize::from(reader.u16()?));
        let data = body.get(place.checked_sub(HEADER)?..)?;
        // Long data goes in a packet of its own.
        Some(
            VERSIONS.contains(&version)
                && least <= version
                && place >= CONNECT_LEAST
                && matches!(data, [] | [b'(', ..]),
        )
    };
    read().unwrap_or(false)
}

/// Reasons (2) and length (2) come before the text.
fn refused(text: &[u8], facts: &mut Facts) -> Verdict {
    if !text.starts_with(DESCRIPTION) {
        return Verdict::NotThis;
    }
    let at = text.windows(VERSION.len()).position(|window| window == VERSION);
    let digits = at.and_then(|at| text.get(at.saturating_add(VERSION.len())..)).unwrap_or_default();
    let digits = digits.split(|byte| *byte == b')').next().unwrap_or_default();
    let number = std::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<u32>().ok());
    if let Some(number) = number.filter(|number| *number > 0) {
        facts.tell(About::SenderService, FactKind::OracleVersion, version(number).as_bytes());
    }
    Verdict::Finished { sender: Role::Server }
}

/// Five numbers in four bytes, since Oracle 18 with more room for the second.
fn version(number: u32) -> String {
    let part = |shift: u32, mask: u32| (number >> shift) & mask;
    let major = part(24, 0xFF);
    let rest = if major >= 18 {
        [part(16, 0xFF), part(12, 0xF), part(4, 0xFF), part(0, 0xF)]
    } else {
        [part(20, 0xF), part(12, 0xFF), part(8, 0xF), part(0, 0xFF)]
    };
    rest.iter().fold(major.to_string(), |text, number| format!("{text}.{number}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{Side, Told};
    use proptest::prelude::*;

    /// The first packet of python-oracledb 26.1.0 (PyPI), with other names. No listener was there to be recorded.
    const ASKED: &[u8] = b"\x00\xc9\0\0\x01\0\0\0\x01\x3f\x01\x2c\x04\x01\x20\0\x20\0\x4f\x98\0\0\0\x01\0\x7f\0\x4a\0\0\0\0\
        \x84\x84\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0\x20\0\0\0\0\0\0\0\0\x01\
        (DESCRIPTION=(CONNECT_DATA=(SERVICE_NAME=canary)(CID=(PROGRAM=/erika/python)(HOST=erika-pc)(USER=erika)))(PORT=1521)(X=canary))";

    fn packet(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u16::try_from(HEADER + body.len()).unwrap().to_be_bytes();
        [&length, &[0, 0, kind, 0, 0, 0][..], body].concat()
    }

    fn refusal(version: &str) -> Vec<u8> {
        let text =
            format!("(DESCRIPTION=(TMP=){version}(ERR=12514)(ERROR_STACK=(ERROR=(CODE=12514)(EMFI=4))))");
        packet(REFUSE, &[&[0x22, 0, 0, 0], text.as_bytes()].concat())
    }

    fn told(bytes: &[u8], sender_port: u16) -> Told {
        Side { sender_port, ..Side::new(dissect, bytes, Start::Opening) }.check()
    }

    #[test]
    fn a_client_is_known_and_nothing_of_it_is_told() {
        assert_eq!(ASKED.len(), 0xC9);
        assert_eq!(told(ASKED, 40_000), Told { roles: vec![Role::Client], ..Told::default() });
    }

    #[test]
    fn a_listener_that_refuses_says_its_version() {
        for (number, version) in [
            ("(VSNNUM=186647552)", "11.2.0.4.0"),
            ("(VSNNUM=203424000)", "12.2.0.1.0"),
            ("(VSNNUM=318767104)", "19.0.0.0.0"),
            ("(VSNNUM=318963712)", "19.3.0.0.0"),
        ] {
            let told = told(&refusal(number), 1600);
            assert_eq!(told.lines(), format!("SenderService oracle.version={version}\n"));
            assert_eq!(told.roles, [Role::Server]);
        }
        for number in ["", "(VSNNUM=0)", "(VSNNUM=erika)", "(VSNNUM=99999999999)"] {
            let told = told(&refusal(number), 1521);
            assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]));
        }
    }

    #[test]
    fn a_listener_accepts_sends_elsewhere_or_asks_again() {
        let accept = packet(ACCEPT, &[&[1, 0x3B][..], &[0; 30]].concat());
        let again = [packet(RESEND, b""), accept.clone()].concat();
        let elsewhere = packet(REDIRECT, b"\0\x20(ADDRESS=(HOST=erika))");
        for (bytes, count) in [(&accept, 1), (&again, 2), (&elsewhere, 1)] {
            assert_eq!(told(bytes, 1521), Told { roles: vec![Role::Server; count], ..Told::default() });
            let elsewhere = Side::new(dissect, bytes, Start::Opening).check();
            assert_eq!(elsewhere.roles, [], "at another port");
        }
    }

    #[test]
    fn other_bytes_are_not_this() {
        let mut old = ASKED.to_vec();
        old[8] = 9;
        let mut no_text = ASKED.to_vec();
        no_text[0x4A] = b'x';
        for bytes in [
            &old[..],
            &no_text,
            &packet(6, &[0; 30]),
            &packet(REFUSE, b"\0\0\0\0no"),
            b"\0\x1c\0\x01\x01\0\0\x01\0\0\0\0\0\0",
            b"SSH-2.0-OpenSSH_9.2p1\r\n",
        ] {
            assert_eq!(told(bytes, 1521).roles, [], "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in 0u8..14, chunk in 1usize..40) {
            let all = packet(kind, &bytes);
            Side { sender_port: 1521, ..Side::new(dissect, &all, Start::Opening) }.read(chunk);
            Side::new(dissect, &packet(REFUSE, &[b"1234(DESCRIPTION=(VSNNUM=", &bytes[..]].concat()), Start::Opening).read(chunk);
        }
    }
}
