use std::net::SocketAddr;

use proptest::prelude::*;

use super::*;

fn told(from: &str, to: &str, payload: &[u8]) -> (Option<Role>, String) {
    let (sender, receiver): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    let lines = facts
        .list()
        .iter()
        .map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect())
}

fn from_client(payload: &[u8]) -> (Option<Role>, String) {
    told("10.1.4.20:50000", "10.1.0.5:443", payload)
}

/// The client's first packet of RFC 9001, appendix A.2, and of RFC 9369, appendix A.2; and the first, its hello cut in three, out of order,
/// protected by another program.
const RFC_9001: &[u8] = include_bytes!("recorded/rfc9001-a2-client.bin");
const RFC_9369: &[u8] = include_bytes!("recorded/rfc9369-a2-client.bin");
const SCATTERED: &[u8] = include_bytes!("recorded/scattered-client.bin");

#[test]
fn the_examples_of_the_standards_are_opened() {
    for bytes in [RFC_9001, RFC_9369, SCATTERED] {
        let (role, lines) = from_client(bytes);
        assert_eq!(role, Some(Role::Client));
        assert_eq!(
            lines,
            "ReceiverService tls.server-name=example.com\n\
             Sender tls.client-fingerprint=q13d0211an_62ed6f6ca7ad_4d634acda6c0\n"
        );
    }
}

#[test]
fn what_does_not_open_is_recognised_and_tells_nothing() {
    let mut damaged = RFC_9001.to_vec();
    damaged[700] ^= 1;
    let cut = &RFC_9001[..1199];
    for bytes in [damaged.as_slice(), cut, &RFC_9001[..40]] {
        assert_eq!(from_client(bytes), (Some(Role::Client), String::new()));
    }
    let answer = told("10.1.0.5:443", "10.1.4.20:50000", RFC_9001);
    assert_eq!(answer, (Some(Role::Server), String::new()));
}

#[test]
fn versions_are_recognised_and_other_datagrams_are_not() {
    let ids = b"\x08IDIDIDID\x00";
    for version in [b"\0\0\0\0", b"Q046", b"T051", b"\xff\0\0\x0d", b"\xfa\xce\xb0\x02", b"\x1a\x2a\x3a\x4a"]
    {
        let packet = [b"\xc0".as_slice(), version, ids].concat();
        assert_eq!(from_client(&packet), (Some(Role::Client), String::new()), "{version:?}");
    }
    assert_eq!(from_client(b"\x0dIDIDIDIDQ039\x01\0").0, Some(Role::Client));
    for other in [
        b"\xc0\0\0\0\x02\x08IDIDIDID\0".as_slice(),
        b"\xc0\0\0\0\x01\x20IDIDIDID\0",
        b"\xc0\0\0\0\x01\x08ID",
        b"\x40IDIDIDIDIDIDIDID",
        b"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x10",
        b"",
    ] {
        assert_eq!(from_client(other), (None, String::new()), "{other:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, place in 0usize..60, value: u8) {
        from_client(&bytes);
        let mut changed = RFC_9001.to_vec();
        changed[place] = value;
        from_client(&changed);
        from_client(&[&RFC_9369[..place], &bytes, &RFC_9369[place..]].concat());
    }
}
