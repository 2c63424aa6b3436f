//! What mosquitto 2.0.11's clients and broker sent each other, and bytes of our own.

use proptest::prelude::*;

use super::*;
use crate::laws::Side;

fn side(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect, bytes, Start::Opening)
}

fn broker(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: PORT, ..side(bytes) }
}

/// `mosquitto_pub` with a name and a password, by version 3.1.1 and 5.
const WITH_PASSWORD: [&[u8]; 2] = [
    b"\x10\x1e\0\x04MQTT\x04\xc2\0<\0\0\0\x07labuser\0\x07geheim10\x06\0\x03a/b1\xe0\0",
    b"\x10\"\0\x04MQTT\x05\xc2\0<\x03!\0\x14\0\0\0\x07labuser\0\x07geheim10\x07\0\x03a/b\x001\xe0\0",
];
/// `mosquitto_pub` without either.
const WITH_NOTHING: [&[u8]; 2] = [
    b"\x10\x0c\0\x04MQTT\x04\x02\0<\0\x000\x06\0\x03a/b1\xe0\0",
    b"\x10\x10\0\x04MQTT\x05\x02\0<\x03!\0\x14\0\x000\x07\0\x03a/b\x001\xe0\0",
];
/// The broker lets it in, by version 3.1.1 and 5.
const LET_IN: [&[u8]; 2] =
    [b"\x20\x02\0\0", b"\x205\0\x002\"\0\x0a\x12\0)auto-595273DF-DCBC-5EF2-DF76-6CE80C567E35!\0\x14"];
/// The broker refuses it.
const REFUSED: [&[u8]; 2] = [b"\x20\x02\0\x05", b"\x20\x03\0\x87\0"];

#[test]
fn a_client_with_a_password_is_told_and_nothing_of_it() {
    let alone = b"\x10\x18\0\x04MQTT\x05\x42\0<\0\0\0\0\x07geheim1".as_slice();
    for bytes in WITH_PASSWORD.into_iter().chain([alone]) {
        let told = side(bytes).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=mqtt\n");
        assert_eq!((told.roles, told.words), (vec![Role::Client], vec![]));
    }
}

#[test]
fn a_client_with_nothing_asks_to_be_let_in() {
    for bytes in WITH_NOTHING.into_iter().chain([b"\x10\x0e\0\x06MQIsdp\x03\x02\0\x3c\0\0".as_slice()]) {
        let told = side(bytes).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client]));
        assert_eq!(told.words, ["asks login.open=mqtt"]);
    }
}

#[test]
fn a_name_alone_or_a_method_of_authentication_asks_for_nothing() {
    for bytes in [
        b"\x10\x15\0\x04MQTT\x04\x82\0<\0\0\0\x07labuser".as_slice(),
        b"\x10\x19\0\x04MQTT\x05\x02\0\x3c\x0b\x15\0\x05SCRAM\x21\0\x14\0\0",
        b"\x10\x12\0\x04MQTT\x05\x02\0\x3c\x04\x77\0\0\0\0\0",
        b"\x10\x0c\0\x04MQTT\x04\x42\0<\0\0",
    ] {
        let told = side(bytes).check();
        assert_eq!((told.lines(), told.words), (String::new(), vec![]), "{bytes:?}");
        assert_eq!(told.roles, [Role::Client]);
    }
}

#[test]
fn a_broker_grants_or_refuses() {
    for bytes in LET_IN {
        let told = broker(bytes).check();
        assert_eq!((told.words, told.roles), (vec!["grants".to_owned()], vec![Role::Server]));
    }
    for bytes in REFUSED {
        let told = broker(bytes).check();
        assert_eq!((told.words, told.roles), (vec![], vec![Role::Server]));
    }
}

#[test]
fn an_older_connection_is_recognised_on_its_own_port() {
    let client = |bytes| Side { start: Start::Middle, receiver_port: PORT, ..side(bytes) }.check().roles;
    let server = |bytes| Side { start: Start::Middle, ..broker(bytes) }.check().roles;
    assert_eq!(client(b"\xc0\0"), [Role::Client]);
    assert_eq!(server(b"\xd0\0"), [Role::Server]);
    assert_eq!(client(b"0\x06\0\x03a/b1"), [Role::Client]);
    for bytes in [
        b"\xd0\0".as_slice(),
        b"\xc0\0\0",
        b"0\x06\0\x03a/#1",
        b"0\x06\0\x05a/b1",
        b"0\x06\0\0a/b1",
        b"6\x06\0\x03a/b1",
        b"0\x06\0\x03\xff/b1",
        WITH_NOTHING[0],
    ] {
        assert_eq!(client(bytes), [], "{bytes:?}");
    }
    let elsewhere = Side { start: Start::Middle, ..side(b"0\x06\0\x03a/b1") };
    assert_eq!(elsewhere.check().roles, []);
}

#[test]
fn other_bytes_are_not_mqtt() {
    let others: [&[u8]; 5] = [
        b"\x10\x23\0\x04HTTP",
        b"\x10\xff\xff\xff\xff\x01",
        b"\x20\x02\x07\0",
        b"\x20\x09\0\0\x06\x22\0\x0a\x21\0\x14",
        b"\x30\x02",
    ];
    for bytes in others {
        assert_eq!(side(bytes).check().roles, []);
    }
    // Four bytes alone are like a CONNACK; with what follows they are not.
    assert_eq!(side(b"\x20\x02\0\0\0").read(5).roles, []);
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(mut bytes: Vec<u8>, first in 0x0fu8..0x32, pick in 0usize..3) {
        bytes.insert(0, first);
        let start = [Start::Opening, Start::NextMessage, Start::Middle][pick];
        Side { start, receiver_port: PORT, ..side(&bytes) }.read(3);
    }

    #[test]
    fn any_properties_are_read_to_an_end(properties in prop::collection::vec(any::<u8>(), 0..100)) {
        let length = u8::try_from(properties.len()).unwrap();
        let head = [b"\x10\x7f\0\x04MQTT\x05\x02\0\x3c".as_slice(), &[length]].concat();
        side(&[head, properties].concat()).check();
    }
}
