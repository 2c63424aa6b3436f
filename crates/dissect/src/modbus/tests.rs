//! What a server and a client of pymodbus 3.16.1 sent each other (a read, a write, the identification, a read beyond the end; the
//! identity made up), and bytes of our own.

use proptest::prelude::*;

use super::*;
use crate::Start;
use crate::laws::Side;

const CLIENT: &[u8] = include_bytes!("recorded/client.bin");
const SERVER: &[u8] = include_bytes!("recorded/server.bin");

fn client(bytes: &[u8]) -> Side<'_> {
    Side { receiver_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
}

fn server(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
}

/// A PDU with its header.
fn framed(pdu: &[u8]) -> Vec<u8> {
    let length = u8::try_from(pdu.len() + 1).unwrap();
    [&[0, 9, 0, 0, 0, length, 1], pdu].concat()
}

#[test]
fn a_device_tells_that_it_answers_and_what_it_is() {
    let expected = "SenderService modbus.answers=read\n\
        SenderService modbus.answers=write\n\
        SenderService modbus.answers=read\n\
        SenderService modbus.vendor=Sauter\n\
        SenderService modbus.product=EY-RC 504\n\
        SenderService modbus.revision=2.4.1\n\
        SenderService modbus.model=EY-RC504F001\n";
    for start in [Start::Opening, Start::Middle] {
        let told = Side { start, ..server(SERVER) }.check();
        assert_eq!((told.lines().as_str(), told.roles), (expected, vec![Role::Server; 4]));
    }
}

#[test]
fn a_client_tells_nothing() {
    let told = client(CLIENT).check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client; 4]));
}

#[test]
fn answers_are_told_by_what_they_do() {
    for (pdu, expected) in [
        (&[1, 1, 0xff][..], "read"),
        (&[3, 2, 0, 7], "read"),
        (&[5, 0, 1, 0xff, 0], "write"),
        (&[16, 0, 1, 0, 2], "write"),
        (&[22, 0, 4, 0, 0xf2, 0, 0x25], "write"),
        (&[23, 2, 0, 7], "write"),
    ] {
        let told = server(&framed(pdu)).check().lines();
        assert_eq!(told, format!("SenderService modbus.answers={expected}\n"), "{pdu:?}");
    }
}

#[test]
fn a_refusal_shows_modbus_and_no_weak_setting() {
    for pdu in [&[0x83, 2][..], &[0x90, 1], &[0xab, 1], &[7, 0x6d]] {
        let told = server(&framed(pdu)).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]), "{pdu:?}");
    }
}

#[test]
fn what_does_not_fit_is_not_modbus() {
    for pdu in [
        &[3, 4, 0, 7][..],
        &[3, 1, 0],
        &[3, 0],
        &[5, 0, 1, 0xff],
        &[99, 0],
        &[0x83, 12],
        &[0x83, 2, 0],
        &[0xe3, 1],
        &[43, 14, 1, 1, 0, 0, 1, 0, 9, b'S'],
        &[43, 14, 1, 1, 0, 0, 1, 0, 1, b'S', 0],
        &[43, 14, 9, 1, 0, 0, 0],
        &[43, 13, 1, 1, 0, 0, 0],
    ] {
        assert_eq!(server(&framed(pdu)).check().roles, [], "{pdu:?}");
    }
    for bytes in [
        b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n".as_slice(),
        b"\0\x01\0\x01\0\x06\x01\x03\0\0\0\x03",
        b"\0\x01\0\0\0\x01\x01\x03",
        b"\0\x01\0\0\x01\0\x01\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n",
    ] {
        assert_eq!(server(bytes).check().roles, []);
        assert_eq!(client(bytes).check().roles, []);
    }
}

#[test]
fn elsewhere_it_is_not_believed() {
    let told = Side::new(dissect, SERVER, Start::Opening).check();
    assert_eq!(told.roles, []);
    let both = Side { receiver_port: PORT, ..server(SERVER) };
    assert_eq!(both.check().roles, []);
}

#[test]
fn a_text_that_is_none_is_not_told() {
    let pdu = [&[43, 14, 1, 1, 0, 0, 2, 0, 3, b'a', 0, b'b', 6, 4], b"OP 1".as_slice()].concat();
    assert_eq!(server(&framed(&pdu)).check().lines(), "SenderService modbus.answers=read\n");
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, function: u8) {
        let pdu: Vec<u8> = [&[function], bytes.as_slice()].concat().into_iter().take(253).collect();
        server(&framed(&pdu)).read(3);
        client(&framed(&pdu)).read(3);
        server(&bytes).read(5);
    }

    #[test]
    fn no_value_is_ever_told(values in prop::collection::vec(any::<u8>(), 2..120)) {
        let even = &values[..values.len() / 2 * 2];
        let pdu = [&[3, u8::try_from(even.len()).unwrap()], even].concat();
        prop_assert_eq!(server(&framed(&pdu)).read(300).lines(), "SenderService modbus.answers=read\n");
    }
}
