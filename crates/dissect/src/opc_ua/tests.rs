//! Both sides of connections in `recorded/` are of the PyPI package `asyncua` 2.1.0 with itself: the list of endpoints of a server called
//! `Erika HVAC`; sessions of anybody, of the user `erika` and of a wrong password in clear; a session that is encrypted.

use proptest::prelude::*;

use super::*;
use crate::laws::{Side, Told};

const ENDPOINTS: &[u8] = include_bytes!("recorded/endpoints-server.bin");
const ANONYMOUS: [&[u8]; 2] =
    [include_bytes!("recorded/anonymous-client.bin"), include_bytes!("recorded/anonymous-server.bin")];
const USER: [&[u8]; 2] =
    [include_bytes!("recorded/user-client.bin"), include_bytes!("recorded/user-server.bin")];
const REFUSED: &[u8] = include_bytes!("recorded/refused-server.bin");
const ENCRYPTED: [&[u8]; 2] =
    [include_bytes!("recorded/encrypted-client.bin"), include_bytes!("recorded/encrypted-server.bin")];

const ITSELF: &str = "SenderService opc-ua.product-uri=urn:freeopcua.github.io:python:server\n";
const BOTH_OFFERED: &str = "SenderService opc-ua.offers=None\nSenderService opc-ua.offers=Basic256Sha256\n";
const IN_CLEAR: &str = "SenderService opc-ua.security=None\n";

fn side(bytes: &[u8], opened: Role) -> Side<'_> {
    Side { opened, ..Side::new(dissect, bytes, Start::Opening) }
}

fn told(bytes: &[u8], opened: Role) -> Told {
    side(bytes, opened).check()
}

/// The chunks of a side.
fn chunks(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    while let [_, _, _, _, l1, l2, l3, l4, ..] = bytes {
        let (chunk, rest) = bytes.split_at(u32::from_le_bytes([*l1, *l2, *l3, *l4]) as usize);
        chunks.push(chunk);
        bytes = rest;
    }
    chunks
}

/// With each such text another of the same length.
fn replaced(bytes: &[u8], text: &[u8], by: &[u8]) -> Vec<u8> {
    let mut all = bytes.to_vec();
    for at in 0..=all.len() - text.len() {
        if all[at..].starts_with(text) {
            all[at..at + by.len()].copy_from_slice(by);
        }
    }
    all
}

#[test]
fn a_server_lists_how_it_may_be_reached_and_its_name_is_masked() {
    let told = told(ENDPOINTS, Role::Server);
    // Nothing is left of a name whose first word is nobody's but its owner's.
    assert_eq!(told.lines(), format!("{ITSELF}{BOTH_OFFERED}"));
    assert_eq!((told.roles, told.words), (vec![Role::Server; 3], vec![]));
    let named = replaced(ENDPOINTS, b"Erika HVAC", b"HVAC Erika");
    assert!(self::told(&named, Role::Server).lines().contains("opc-ua.application=HVAC *\n"));
}

#[test]
fn a_session_of_anybody_begins_in_clear() {
    let [client, server] = ANONYMOUS.map(|bytes| told(bytes, Role::Unknown));
    let build = "SenderService opc-ua.product-uri=urn:freeopcua.github.io:python:server\n\
        SenderService opc-ua.maker=FreeOpcUa\nSenderService opc-ua.product=FreeOpcUa Python Server\n\
        SenderService opc-ua.software=1.0pre\n";
    assert_eq!(server.lines(), format!("{ITSELF}{BOTH_OFFERED}{IN_CLEAR}{build}{build}"));
    assert_eq!((client.lines(), client.words), (String::new(), vec!["asks login.open=opc-ua".to_owned()]));
    assert_eq!(server.words, ["grants"]);
    // What no request or answer that is known says, the ports or the opening do.
    assert_eq!(client.roles.iter().filter(|role| **role == Role::Server).count(), 0);
    assert_eq!(server.roles.iter().filter(|role| **role == Role::Client).count(), 0);
}

#[test]
fn a_password_is_sent_in_clear_and_not_told() {
    let [client, server] = USER.map(|bytes| told(bytes, Role::Unknown));
    assert_eq!(
        (client.lines().as_str(), client.words),
        ("ReceiverService login.clear-text=opc-ua\n", vec![])
    );
    assert!(server.lines().contains(IN_CLEAR));
}

#[test]
fn who_is_refused_has_no_session() {
    let refused = told(REFUSED, Role::Server);
    assert!(!refused.lines().contains("opc-ua.security") && refused.words.is_empty(), "{refused:?}");
    // Who logs in after somebody was refused is not let in without a login.
    let activated = chunks(ANONYMOUS[1])[3];
    let later = told(&[REFUSED, activated].concat(), Role::Server);
    assert_eq!((later.lines(), later.words), (refused.lines(), vec![]));
}

#[test]
fn an_encrypted_session_tells_by_which_policy() {
    let [client, server] =
        [(ENCRYPTED[0], Role::Client), (ENCRYPTED[1], Role::Server)].map(|(bytes, role)| told(bytes, role));
    assert_eq!((client.lines(), client.words), (String::new(), vec![]));
    assert_eq!(
        (server.lines().as_str(), server.words),
        ("SenderService opc-ua.security=Basic256Sha256\n", vec![])
    );
    assert!(server.roles.len() > 3 && server.roles.iter().all(|role| *role == Role::Server));
}

/// A message behind which 32 bytes of a signature stand.
fn signed(chunk: &[u8]) -> Vec<u8> {
    let mut signed = [chunk, &[0xA5; 32]].concat();
    let length = u32::try_from(signed.len()).unwrap();
    signed[4..8].copy_from_slice(&length.to_le_bytes());
    signed
}

#[test]
fn what_is_signed_is_not_in_clear() {
    let (request, answer) = (chunks(USER[0])[3], chunks(ANONYMOUS[1])[3]);
    assert_eq!((&request[24..28], &answer[24..28]), (&[1, 0, 211, 1][..], &[1, 0, 214, 1][..]));
    for (bytes, is_told) in
        [(request.to_vec(), true), (answer.to_vec(), true), (signed(request), false), (signed(answer), false)]
    {
        let told = Side { start: Start::NextMessage, ..side(&bytes, Role::Unknown) }.check();
        assert_eq!(told.lines().is_empty(), !is_told, "{told:?}");
        assert_eq!(told.roles.len(), 1);
    }
}

#[test]
fn a_list_without_a_way_to_say_who_one_is_offers_no_session() {
    let mut list = chunks(ENDPOINTS)[2].to_vec();
    let none = b"#None\x03\0\0\0\x09\0\0\0anonymous";
    let at = list.windows(none.len()).position(|window| window == none).unwrap() + 5;
    // The three ways in are cut out, up to the address of the transport profile.
    let profile = b"\x41\0\0\0http://opcfoundation.org/UA-Profile";
    let end = at + list[at..].windows(profile.len()).position(|window| window == profile).unwrap();
    list.splice(at..end, [0; 4]);
    let length = u32::try_from(list.len()).unwrap();
    list[4..8].copy_from_slice(&length.to_le_bytes());
    let told = Side { start: Start::NextMessage, ..side(&list, Role::Unknown) }.check();
    assert_eq!(told.lines(), format!("{ITSELF}SenderService opc-ua.offers=Basic256Sha256\n"));
}

#[test]
fn the_host_that_was_asked_for_is_masked() {
    let hello = |host: &str| {
        let address = format!("opc.tcp://{host}:4840/erika");
        let length = u32::try_from(address.len()).unwrap();
        let head = [b"HELF".as_slice(), &(32 + length).to_le_bytes(), &[0; 20], &length.to_le_bytes()];
        told(&[head.concat().as_slice(), address.as_bytes()].concat(), Role::Client).lines()
    };
    assert_eq!(hello("hvac-2.erika.example"), "ReceiverService opc-ua.host=hvac-2.*.example\n");
    for host in ["erika-pc", "10.1.4.30", "[fd00::1]"] {
        assert_eq!(hello(host), "");
    }
}

#[test]
fn other_bytes_are_not_this() {
    for bytes in [
        b"HELO mail.example\r\n".as_slice(),
        b"HELF\x10\0\0\0\0\0\0\0\0\0\0\0",
        b"MSGF\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
        b"ACKF\x1d\0\0\0",
        b"ERRORS: none at all\r\n",
    ] {
        assert_eq!(told(bytes, Role::Unknown).roles, [], "{bytes:?}");
    }
    let middle = Side { start: Start::Middle, ..side(chunks(ANONYMOUS[1])[4], Role::Unknown) };
    assert_eq!(middle.check().roles, [Role::Server]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in 0..300u16, chunk in 1usize..40, at in 0usize..3000) {
        let length = u32::try_from(28 + bytes.len()).unwrap().to_le_bytes();
        let message = [b"MSGF".as_slice(), &length, &[0; 16], &[1, 0], &(kind + 400).to_le_bytes(), &bytes].concat();
        Side { start: Start::NextMessage, ..side(&message, Role::Unknown) }.read(chunk);
        let mut damaged = ENDPOINTS.to_vec();
        let at = at % damaged.len();
        damaged.splice(at..at, bytes);
        side(&damaged, Role::Unknown).read(chunk);
    }
}
