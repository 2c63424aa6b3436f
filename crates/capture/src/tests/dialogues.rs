//! What only both sides of a connection tell together: logins without a password.

use wardround_model::FactKind;

use super::build::{ACK, CLIENT, Pcap, SERVER, SYN, Tcp};
use super::{options, values};
use crate::read_bytes;

/// Who says something.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Client,
    Server,
}

use Who::{Client, Server};

type Dialogue<'a> = [(Who, &'a [u8])];

/// The packets of a dialogue with a service at this port: two that open it, and one for each thing said.
fn packets(port: u16, dialogue: &Dialogue<'_>) -> Vec<(Who, Vec<u8>)> {
    let client = Tcp { from: CLIENT, to: SERVER, ports: (50_000, port) };
    let server = Tcp { from: SERVER, to: CLIENT, ports: (port, 50_000) };
    let mut packets =
        vec![(Client, client.segment(99, SYN, b"")), (Server, server.segment(199, SYN | ACK, b""))];
    let (mut from_client, mut from_server) = (100, 200);
    for (who, said) in dialogue {
        let (side, number) =
            if *who == Client { (client, &mut from_client) } else { (server, &mut from_server) };
        packets.push((*who, side.segment(*number, ACK, said)));
        *number += u32::try_from(said.len()).unwrap();
    }
    packets
}

/// The services that packets show to let anybody in.
fn open<'a>(packets: impl IntoIterator<Item = &'a (Who, Vec<u8>)>) -> Vec<String> {
    let capture = Pcap::of(packets.into_iter().map(|(_, packet)| packet));
    let captured = read_bytes("test.pcap", &capture, &options()).unwrap();
    let subjects = captured.observations.iter().filter(|it| it.fact.kind() == FactKind::OpenLogin);
    assert!(subjects.into_iter().all(|it| it.subject.ip() == Some(SERVER.1.into())), "about the server");
    values(&captured, FactKind::OpenLogin)
}

/// A dialogue shows these, however one side is ahead of the other, and nothing when a side or the beginning of one is missing.
fn check(port: u16, dialogue: &Dialogue<'_>, expected: &[&str]) {
    let packets = packets(port, dialogue);
    assert_eq!(open(&packets), expected);
    for first in [Client, Server] {
        let (opening, said) = packets.split_at(2);
        let (ahead, behind): (Vec<_>, Vec<_>) = said.iter().partition(|(who, _)| *who == first);
        let swapped = opening.iter().chain(ahead).chain(behind);
        assert_eq!(open(swapped), expected, "one side is ahead");
        assert_eq!(open(packets.iter().filter(|(who, _)| *who == first)), [""; 0], "one side alone");
    }
    let middle = packets.iter().filter(|(_, packet)| packet[47] & SYN == 0);
    assert_eq!(open(middle), [""; 0], "the opening was not seen");
}

const GREETING: (Who, &[u8]) = (Server, b"220 (vsFTPd 3.0.3)\r\n");
const NOBODY: (Who, &[u8]) = (Client, b"USER anonymous\r\n");
const ASKED: (Who, &[u8]) = (Server, b"331 Please specify the password.\r\n");
const MAIL: (Who, &[u8]) = (Client, b"PASS ftp@example.com\r\n");
const IN: (Who, &[u8]) = (Server, b"230 Login successful.\r\n");
const OUT: (Who, &[u8]) = (Server, b"530 Login incorrect.\r\n");

#[test]
fn an_anonymous_login_that_ftp_grants() {
    check(21, &[GREETING, NOBODY, ASKED, MAIL, IN, (Client, b"PWD\r\n")], &["ftp"]);
    check(21, &[GREETING, NOBODY, ASKED, MAIL, OUT], &[]);
    check(21, &[GREETING, NOBODY, ASKED, MAIL], &[]);
    let (named, secret) =
        ((Client, b"USER labuser\r\n".as_slice()), (Client, b"PASS geheim1\r\n".as_slice()));
    check(21, &[GREETING, named, ASKED, secret, IN], &[]);
    check(21, &[GREETING, NOBODY, ASKED, MAIL, OUT, named, ASKED, secret, IN], &[]);
    check(21, &[GREETING, named, ASKED, secret, OUT, NOBODY, ASKED, MAIL, IN], &[]);
}

#[test]
fn a_client_without_a_name_that_an_mqtt_broker_grants() {
    let nobody = (Client, b"\x10\x0c\0\x04MQTT\x04\x02\0<\0\0".as_slice());
    let named = (Client, b"\x10\x1e\0\x04MQTT\x04\xc2\0<\0\0\0\x07labuser\0\x07geheim1".as_slice());
    let (accepted, refused) = ((Server, b"\x20\x02\0\0".as_slice()), (Server, b"\x20\x02\0\x05".as_slice()));
    let message = (Client, b"0\x06\0\x03a/b1\xe0\0".as_slice());
    check(1883, &[nobody, accepted, message], &["mqtt"]);
    check(1883, &[nobody, refused], &[]);
    check(1883, &[named, accepted, message], &[]);
}

#[test]
fn redis_that_gives_its_data_to_anybody() {
    let (get, named) = (
        (Client, b"*2\r\n$3\r\nget\r\n$1\r\na\r\n".as_slice()),
        (Client, b"*2\r\n$4\r\nAUTH\r\n$7\r\ngeheim1\r\n".as_slice()),
    );
    let (ok, value) = ((Server, b"+OK\r\n".as_slice()), (Server, b"$1\r\nb\r\n".as_slice()));
    let refused = (Server, b"-NOAUTH Authentication required.\r\n".as_slice());
    check(6379, &[get, value], &["redis"]);
    check(6379, &[get, refused], &[]);
    check(6379, &[named, ok, get, value], &[]);
    check(6379, &[get, refused, named, ok, get, value], &[]);
}

#[test]
fn databases_that_ask_for_no_password() {
    let mysql = |name| recorded(&format!("mysql-{name}-client.bin"));
    for (name, expected) in [("open", &["mysql"][..]), ("closed", &[]), ("refused", &[])] {
        let (client, server) = (mysql(name), recorded(&format!("mysql-{name}-server.bin")));
        let greeting = 4 + usize::from(server[0]);
        check(
            3306,
            &[(Server, &server[..greeting]), (Client, &client), (Server, &server[greeting..])],
            expected,
        );
    }
    let startup = (Client, b"\0\0\0\x16\0\x03\0\0user\0trusted\0\0".as_slice());
    for (name, expected) in
        [("trust", &["postgresql"][..]), ("scram", &[]), ("md5", &[]), ("password", &[]), ("wrong", &[])]
    {
        let server = recorded(&format!("postgresql-{name}-server.bin"));
        assert_eq!(open(&packets(5432, &[startup, (Server, &server)])), expected, "{name}");
    }
}

#[test]
fn mongodb_and_opc_ua_that_let_anybody_in() {
    for (folder, port, name, expected) in [
        ("mongodb", 27_017, "open", &["mongodb"][..]),
        ("mongodb", 27_017, "refused", &[]),
        ("mongodb", 27_017, "login", &[]),
        ("opc_ua", 4840, "anonymous", &["opc-ua"]),
        ("opc_ua", 4840, "user", &[]),
    ] {
        let [client, server] = ["client", "server"].map(|side| said(folder, &format!("{name}-{side}.bin")));
        check(port, &[(Client, &client), (Server, &server)], expected);
    }
    // The client of a session that anybody may begin, and a server that refuses him.
    let (client, server) = (said("opc_ua", "anonymous-client.bin"), said("opc_ua", "refused-server.bin"));
    check(4840, &[(Client, &client), (Server, &server)], &[]);
}

/// What a database or its client sent; see `signature` of the dissectors.
fn recorded(name: &str) -> Vec<u8> {
    said("signature", name)
}

/// What one side sent, from a dissector's recordings.
fn said(folder: &str, name: &str) -> Vec<u8> {
    let dissectors = concat!(env!("CARGO_MANIFEST_DIR"), "/../dissect/src");
    std::fs::read(format!("{dissectors}/{folder}/recorded/{name}")).unwrap()
}

#[test]
fn a_segment_that_is_missing_leaves_it_open() {
    let mut packets = packets(21, &[GREETING, NOBODY, ASKED, MAIL, IN, (Client, b"PWD\r\n")]);
    let asked = packets.remove(4);
    assert!(asked.0 == Server && open(&packets).is_empty());
}

#[test]
fn modbus_is_recognised_whatever_its_first_bytes_look_like() {
    for transaction in [0_u16, 1, 0x0100, 0x0400, 0x0700, 0x1000, 0x1603, 0x2002, 0x2a31, 0x4745, 0x5200] {
        let framed = |pdu: &[u8]| {
            let length = u8::try_from(pdu.len() + 1).unwrap();
            [transaction.to_be_bytes().as_slice(), &[0, 0, 0, length, 1], pdu].concat()
        };
        let (asked, answered) = (framed(&[3, 0, 2, 0, 1]), framed(&[3, 2, 0, 17]));
        let packets = packets(502, &[(Client, &asked), (Server, &answered)]);
        for kept in [&packets[..], &packets[2..], &packets[3..]] {
            let capture = Pcap::of(kept.iter().map(|(_, packet)| packet));
            let captured = read_bytes("test.pcap", &capture, &options()).unwrap();
            assert_eq!(values(&captured, FactKind::ModbusAnswers), ["read"], "{transaction:#x}");
            assert_eq!(captured.conversations[0].server.port, 502, "{transaction:#x}");
        }
    }
}
