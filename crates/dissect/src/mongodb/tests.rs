//! Both sides of connections in `recorded/` are of the PyPI packages `pymongo` 4.20.1 and `secantusdb` 0.7.0b3, which speaks MongoDB's
//! protocol and says so in its version: without logins, with logins and none given, and with a login as `erika`.

use proptest::prelude::*;

use super::*;
use crate::Start;
use crate::laws::{Side, Told};

const OPEN: [&[u8]; 2] =
    [include_bytes!("recorded/open-client.bin"), include_bytes!("recorded/open-server.bin")];
const REFUSED: [&[u8]; 2] =
    [include_bytes!("recorded/refused-client.bin"), include_bytes!("recorded/refused-server.bin")];
const LOGIN: [&[u8]; 2] =
    [include_bytes!("recorded/login-client.bin"), include_bytes!("recorded/login-server.bin")];

const DRIVER: &str = "Sender mongodb.driver=PyMongo 4.20.1\n";

fn side(bytes: &[u8]) -> Side<'_> {
    Side { sender_port: 27_017, ..Side::new(dissect, bytes, Start::Opening) }
}

fn told(bytes: &[u8]) -> Told {
    side(bytes).check()
}

/// A document of these elements.
fn document(elements: &[u8]) -> Vec<u8> {
    let length = u32::try_from(elements.len() + 5).unwrap().to_le_bytes();
    [&length[..], elements, &[0]].concat()
}

fn text(name: &str, value: &str) -> Vec<u8> {
    let length = u32::try_from(value.len() + 1).unwrap().to_le_bytes();
    [b"\x02".as_slice(), name.as_bytes(), &[0], &length, value.as_bytes(), &[0]].concat()
}

fn number(name: &str, value: i32) -> Vec<u8> {
    [b"\x10".as_slice(), name.as_bytes(), &[0], &value.to_le_bytes()].concat()
}

/// A message; what it answers is 0 in a question.
fn packed(kind: u32, answers: u32, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + body.len()).unwrap();
    let header = [length, 7, answers, kind].map(u32::to_le_bytes).concat();
    [&header, body].concat()
}

fn message(answers: u32, elements: &[u8]) -> Vec<u8> {
    packed(OP_MSG, answers, &[&[0; 5][..], &document(elements)].concat())
}

#[test]
fn a_server_without_logins_gives_its_data_to_anybody() {
    let [client, server] = OPEN.map(told);
    assert_eq!((client.lines().as_str(), client.words), (DRIVER, vec!["asks login.open=mongodb".to_owned()]));
    assert_eq!(
        (server.lines().as_str(), server.words),
        ("SenderService mongodb.series=8.2\n", vec!["grants".to_owned()])
    );
    assert!(client.roles.iter().all(|role| *role == Role::Client));
    assert!(server.roles.iter().all(|role| *role == Role::Server));
}

#[test]
fn who_is_refused_or_logs_in_is_not_let_in_without_a_login() {
    let [client, server] = REFUSED.map(told);
    assert_eq!(client.words, ["asks login.open=mongodb"]);
    assert_eq!(server.words, [""; 0]);
    let [client, server] = LOGIN.map(told);
    assert_eq!((client.lines().as_str(), client.words), (DRIVER, vec![]));
    // It grants what nobody asked for.
    assert_eq!(server.words, ["grants"]);
}

#[test]
fn a_login_after_other_commands_is_one() {
    let sasl = [number("saslStart", 1), text("mechanism", "SCRAM-SHA-256")].concat();
    let bytes = [message(0, &number("ping", 1)), message(0, &sasl), message(0, &text("find", "x"))].concat();
    assert_eq!(told(&bytes), Told { roles: vec![Role::Client; 2], ..Told::default() });
}

#[test]
fn a_plain_login_is_in_clear() {
    let payload = b"\x05payload\0\x0d\0\0\0\0\0erika\0canary";
    let sasl = [number("saslStart", 1), text("mechanism", "PLAIN"), payload.to_vec()].concat();
    let told = told(&message(0, &sasl));
    assert_eq!(told.lines(), "ReceiverService login.clear-text=mongodb\n");
    assert_eq!(told.words, [""; 0]);
}

/// An answer to `buildInfo`.
fn build(more: &[u8]) -> String {
    let commit = text("gitVersion", "f8ad2f22d1b6dd5a5fb5be3f0ab3ce1d4f3a2c11");
    told(&message(3, &[&text("version", "7.0.14"), &commit, more, &number("ok", 1)].concat())).lines()
}

#[test]
fn a_server_says_its_version_and_look_alikes_say_theirs() {
    assert_eq!(build(b""), "SenderService service.software=MongoDB 7.0.14\n");
    assert_eq!(build(&text("OpenSSLVersion", "x")), build(b""));
    for own in ["ferretdbVersion", "secantusVersion", "ferretdb"] {
        assert_eq!(build(&text(own, "2.0.0")), "");
    }
    let no_commit = [text("version", "7.0.14"), text("gitVersion", &"0".repeat(40))].concat();
    assert_eq!(told(&message(3, &no_commit)).lines(), "");
}

#[test]
fn the_first_question_of_old_drivers_is_read() {
    let ask = document(&[number("isMaster", 1), text("application", "CANARY")].concat());
    let body = [b"\0\0\0\0admin.$cmd\0\0\0\0\0\xff\xff\xff\xff".as_slice(), &ask].concat();
    assert_eq!(told(&packed(OP_QUERY, 0, &body)).roles, [Role::Client]);
    let answer = [&[0; 20][..], &document(&[number("maxWireVersion", 6), number("ok", 1)].concat())].concat();
    assert_eq!(told(&packed(OP_REPLY, 7, &answer)).lines(), "SenderService mongodb.series=3.6\n");
    let rows = [b"\0\0\0\0ward.patients\0\0\0\0\0\xff\xff\xff\xff".as_slice(), &ask].concat();
    assert_eq!(told(&packed(OP_QUERY, 0, &rows)).roles, []);
}

#[test]
fn documents_before_the_command_are_passed_over() {
    let rows = [b"documents\0".as_slice(), &document(&text("name", "CANARY"))].concat();
    let size = u32::try_from(rows.len() + 4).unwrap().to_le_bytes();
    let command = document(&text("insert", "patients"));
    let body = [&[0, 0, 0, 0, 1][..], &size, &rows, &[0], &command].concat();
    assert_eq!(told(&packed(OP_MSG, 0, &body)).words, ["asks login.open=mongodb"]);
}

#[test]
fn a_long_answer_is_read_as_far_as_it_needs() {
    let row = text("CANARY", &"x".repeat(40_000));
    let batch = [b"\x04firstBatch\0".as_slice(), &document(&row)].concat();
    let told = told(&message(5, &[b"\x03cursor\0".as_slice(), &document(&batch), &number("ok", 1)].concat()));
    assert_eq!(
        (told.lines(), told.words, told.roles),
        (String::new(), vec!["grants".to_owned()], vec![Role::Server])
    );
}

#[test]
fn it_is_known_at_other_ports_by_its_first_message() {
    let whole = Side::new(dissect, OPEN[0], Start::Opening).read(OPEN[0].len());
    assert_eq!(whole, told(OPEN[0]));
    // What MQTT's broker says first is no part of a number.
    let mut facts = Facts::default();
    let half = Half {
        bytes: b"\x20\x02\0",
        start: Start::Opening,
        sender_port: 1883,
        receiver_port: 40_000,
        opened: Role::Server,
    };
    assert_eq!(dissect(&half, &mut facts), Verdict::NotThis);
}

#[test]
fn other_bytes_are_not_this() {
    for bytes in [
        b"GET / HTTP/1.1\r\n\r\n".as_slice(),
        &packed(2010, 0, &[0; 20]),
        &packed(OP_MSG, 0, &[4, 0, 0, 0, 0, 9, 0, 0, 0, 16]),
        &packed(OP_MSG, 0, &[0, 0, 0, 0, 7, 9, 0, 0, 0, 16]),
        &[16, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xDD, 7, 0, 0],
    ] {
        assert_eq!(told(bytes).roles, [], "{bytes:?}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40, at in 0usize..1000) {
        Side { start: Start::Middle, ..side(&message(0, &bytes)) }.read(chunk);
        let mut damaged = OPEN[1].to_vec();
        let at = at % damaged.len();
        damaged.splice(at..at, bytes);
        side(&damaged).read(chunk);
    }
}
