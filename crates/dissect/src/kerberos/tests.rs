use std::net::SocketAddr;

use proptest::prelude::*;

use super::messages::GENERAL_STRING;
use super::*;
use crate::ber::{INTEGER, OCTET_STRING, SEQUENCE};
use crate::laws::Side;

fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = content.len();
    let head = match u8::try_from(length) {
        Ok(short @ 0..=0x7f) => vec![tag, short],
        Ok(long) => vec![tag, 0x81, long],
        Err(_) => [&[tag, 0x82], u16::try_from(length).unwrap().to_be_bytes().as_slice()].concat(),
    };
    [head, content].concat()
}

fn field(number: u8, inside: &[u8]) -> Vec<u8> {
    element(0xa0 + number, &[inside])
}

fn integer(number: u8) -> Vec<u8> {
    vec![INTEGER, 1, number]
}

fn text(text: &str) -> Vec<u8> {
    element(GENERAL_STRING, &[text.as_bytes()])
}

fn name(parts: &[&str]) -> Vec<u8> {
    let parts: Vec<_> = parts.iter().map(|part| text(part)).collect();
    let parts: Vec<_> = parts.iter().map(Vec::as_slice).collect();
    element(SEQUENCE, &[&field(0, &integer(1)), &field(1, &element(SEQUENCE, &parts))])
}

fn encrypted(way: u8) -> Vec<u8> {
    element(SEQUENCE, &[&field(0, &integer(way)), &field(2, &element(OCTET_STRING, &[&[0xaa; 40]]))])
}

fn request(client: &[&str]) -> Vec<u8> {
    let body = element(
        SEQUENCE,
        &[
            &field(0, &[3, 5, 0, 0x40, 0, 0, 0]),
            &field(1, &name(client)),
            &field(2, &text("MUSTERMANN.EXAMPLE")),
            &field(3, &name(&["krbtgt", "MUSTERMANN.EXAMPLE"])),
            &field(8, &element(SEQUENCE, &[&integer(18), &integer(23)])),
        ],
    );
    element(0x6a, &[&element(SEQUENCE, &[&field(1, &integer(5)), &field(2, &integer(10)), &field(4, &body)])])
}

fn ticket(server: &[&str], way: u8) -> Vec<u8> {
    let fields = [
        field(0, &integer(5)),
        field(1, &text("MUSTERMANN.EXAMPLE")),
        field(2, &name(server)),
        field(3, &encrypted(way)),
    ];
    element(0x61, &[&element(SEQUENCE, &[&fields.concat()])])
}

fn reply(tag: u8, client: &[&str], ticket_way: u8, way: u8) -> Vec<u8> {
    let fields = [
        field(0, &integer(5)),
        field(1, &integer(tag & 0x1f)),
        field(3, &text("MUSTERMANN.EXAMPLE")),
        field(4, &name(client)),
        field(5, &ticket(&["krbtgt", "MUSTERMANN.EXAMPLE"], ticket_way)),
        field(6, &encrypted(way)),
    ];
    element(tag, &[&element(SEQUENCE, &[&fields.concat()])])
}

/// An error that asks for a proof and offers these ways, the way of old servers and of new ones.
fn needs_proof(code: u8, ways: &[u8]) -> Vec<u8> {
    let info: Vec<u8> = ways
        .iter()
        .flat_map(|way| {
            element(SEQUENCE, &[&field(0, &integer(*way)), &field(1, &text("MUSTERMANN.EXAMPLEerika"))])
        })
        .collect();
    let info = element(SEQUENCE, &[&info]);
    let item = |kind: u8, value: &[u8]| {
        element(SEQUENCE, &[&field(1, &integer(kind)), &field(2, &element(OCTET_STRING, &[value]))])
    };
    let data = element(SEQUENCE, &[&item(2, b""), &item(19, &info)]);
    let fields = [
        field(0, &integer(5)),
        field(1, &integer(30)),
        field(6, &integer(code)),
        field(9, &text("MUSTERMANN.EXAMPLE")),
        field(10, &name(&["krbtgt", "MUSTERMANN.EXAMPLE"])),
        field(12, &element(OCTET_STRING, &[&data])),
    ];
    element(0x7e, &[&element(SEQUENCE, &[&fields.concat()])])
}

fn told(payload: &[u8]) -> (Option<Role>, String) {
    let (sender, receiver): (SocketAddr, SocketAddr) =
        ("10.1.3.5:88".parse().unwrap(), "10.1.3.5:88".parse().unwrap());
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    let lines = facts
        .list()
        .iter()
        .map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect())
}

const REALM: &str = "SenderService kerberos.realm=*.EXAMPLE\n";

#[test]
fn a_computer_that_logs_in_is_named_and_a_person_never() {
    let (role, computer) = told(&request(&["CT-2$"]));
    assert_eq!((role, computer.as_str()), (Some(Role::Client), "Sender kerberos.computer=CT-2\n"));
    assert_eq!(
        told(&request(&["host", "ct-2.clinic.example"])).1,
        "Sender kerberos.computer=ct-2.clinic.example\n"
    );
    for person in [["erika"].as_slice(), &["erika", "admin"], &["ct-2"], &["$"], &["kadmin", "changepw"]] {
        assert_eq!(told(&request(person)), (Some(Role::Client), String::new()), "{person:?}");
    }
    assert_eq!(told(&request(&["ERIKA-PC$"])), (Some(Role::Client), String::new()), "a name of a person's");
    assert_eq!(told(&reply(0x6b, &["CT-2$"], 18, 18)).1, format!("Receiver kerberos.computer=CT-2\n{REALM}"));
}

#[test]
fn weak_encryption_of_a_server_is_told_and_strong_is_not() {
    let weak = |name: &str| format!("SenderService kerberos.weak-encryption={name}\n");
    for tag in [0x6b, 0x6d] {
        assert_eq!(told(&reply(tag, &["erika"], 18, 17)), (Some(Role::Server), REALM.to_owned()));
        assert_eq!(told(&reply(tag, &["erika"], 23, 18)).1, format!("{REALM}{}", weak("rc4-hmac")));
        assert_eq!(told(&reply(tag, &["erika"], 18, 3)).1, format!("{REALM}{}", weak("des-cbc-md5")));
    }
    let offered = told(&needs_proof(25, &[18, 23, 16]));
    assert_eq!(
        offered,
        (Some(Role::Server), format!("{REALM}{}{}", weak("rc4-hmac"), weak("des3-cbc-sha1-kd")))
    );
    assert_eq!(told(&needs_proof(25, &[18, 17])).1, REALM);
    assert_eq!(told(&needs_proof(24, &[23])).1, REALM, "another error offers nothing");
}

#[test]
fn what_is_cut_short_is_recognised_and_other_bytes_are_not() {
    let whole = reply(0x6b, &["erika"], 18, 18);
    assert_eq!(told(&whole[..60]), (Some(Role::Unknown), String::new()));
    for other in
        [b"\x6a\x03\x30\x01\x05".as_slice(), b"", b"\x6a", b"\x30\x05\x30\x03\x02\x01\x05", &[0x6b; 40]]
    {
        assert_eq!(told(other), (None, String::new()));
    }
    let mut version_4 = request(&["erika"]);
    let at = version_4.windows(3).position(|window| window == [INTEGER, 1, 5]).unwrap();
    version_4[at + 2] = 4;
    assert_eq!(told(&version_4).0, None);
}

fn over_tcp(messages: &[Vec<u8>]) -> Vec<u8> {
    messages
        .iter()
        .flat_map(|message| {
            [&u32::try_from(message.len()).unwrap().to_be_bytes(), message.as_slice()].concat()
        })
        .collect()
}

fn side(bytes: &[u8]) -> Side<'_> {
    Side::new(dissect_stream, bytes, Start::Opening)
}

#[test]
fn messages_over_tcp_have_their_length_before_them() {
    let bytes = over_tcp(&[needs_proof(25, &[18]), reply(0x6b, &["CT-2$"], 18, 18)]);
    let told = side(&bytes).check();
    assert_eq!(told.lines(), format!("{REALM}Receiver kerberos.computer=CT-2\n{REALM}"));
    assert_eq!(told.roles, [Role::Server; 2]);
    let middle = Side { start: Start::Middle, ..side(&bytes) };
    assert_eq!(middle.check().roles, []);
    assert_eq!(Side { sender_port: 88, ..middle }.check().roles, [Role::Server; 2]);
    for other in [
        b"\0\0\0\x05\x6a\x03\x30\x01\x00".as_slice(),
        b"\0\0\0\x10\xffSMB",
        b"\0\0\x01\0\x6a\x82\x01\x00\x30\x82",
    ] {
        assert_eq!(side(other).check().roles, []);
    }
}

#[test]
fn a_ticket_that_is_shown_names_its_server() {
    let shows = |server: &[&str]| {
        let fields = [
            field(0, &integer(5)),
            field(1, &integer(14)),
            field(2, &[3, 5, 0, 0, 0, 0, 0]),
            field(3, &ticket(server, 23)),
        ];
        let request = element(0x6e, &[&element(SEQUENCE, &[&fields.concat(), &field(4, &encrypted(18))])]);
        [b"\x60\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00".as_slice(), &request]
            .concat()
    };
    let told = |buffer: &[u8]| {
        let mut facts = Facts::default();
        let shown = ticket::tell_shown(buffer, &mut facts);
        (
            shown,
            facts
                .list()
                .iter()
                .map(|(about, fact)| format!("{about:?} {}", fact.value()))
                .collect::<String>(),
        )
    };
    assert_eq!(
        told(&shows(&["cifs", "pacs.clinic.example"])),
        (true, "Receiver pacs.clinic.example".to_owned())
    );
    assert_eq!(
        told(&shows(&["HTTP", "pacs"])),
        (true, String::new()),
        "an account of a service may be a person's"
    );
    assert_eq!(told(b"NTLMSSP\0"), (false, String::new()));
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, tag in 0usize..5) {
        let begin = [request(&["a$"]), reply(0x6b, &["a$"], 1, 1), reply(0x6d, &["a$"], 1, 1), needs_proof(25, &[1]), vec![]];
        let cut = begin[tag].len() / 2;
        let mixed = [&begin[tag][..cut], &bytes].concat();
        told(&mixed);
        side(&over_tcp(&[mixed])).read(7);
        ticket::tell_shown(&[b"\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01\x00".as_slice(), &bytes].concat(), &mut Facts::default());
    }
}
