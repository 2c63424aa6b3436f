//! Handshakes recorded from OpenSSL 3 with made-up certificates, and bytes of our own.

use proptest::prelude::*;
use wardround_model::words::mask;

use super::*;
use crate::laws::{Dissect, Side};

const SELF_SIGNED: &[u8] = include_bytes!("recorded/tls12-self-signed-server.bin");
const WEAK: &[u8] = include_bytes!("recorded/tls10-weak-server.bin");
const CHAIN: &[u8] = include_bytes!("recorded/tls12-chain-server.bin");
const TLS_1_3: &[u8] = include_bytes!("recorded/tls13-server.bin");
const CLIENTS: [&[u8]; 2] =
    [include_bytes!("recorded/tls12-self-signed-client.bin"), include_bytes!("recorded/tls13-client.bin")];

fn side(bytes: &[u8], start: Start) -> Side<'_> {
    Side::new(dissect, bytes, start)
}

fn opening(bytes: &[u8]) -> Side<'_> {
    side(bytes, Start::Opening)
}

/// The same handshake in records of at most `length` bytes, as far as it is in clear.
fn refragmented(bytes: &[u8], length: usize) -> Vec<u8> {
    let flight = Flight::read(bytes);
    let version = &bytes[1..3];
    let record = |fragment: &[u8]| {
        let length = u16::try_from(fragment.len()).unwrap().to_be_bytes();
        [&[HANDSHAKE], version, &length, fragment].concat()
    };
    let mut all: Vec<u8> = flight.bytes.chunks(length).flat_map(record).collect();
    all.extend(&bytes[flight.used..]);
    all
}

#[test]
fn a_self_signed_certificate_is_told() {
    let told = opening(SELF_SIGNED).check();
    // Names are masked by the vocabulary, which grows.
    let (subject, issuer) = (mask("pacs.clinic.example", 64), mask("Example Hospital", 64));
    let expected = format!(
        "SenderService tls.version=1.2\n\
         SenderService tls.cipher=c030\n\
         SenderService tls.certificate-subject={subject}\n\
         SenderService tls.certificate-issuer={issuer}\n\
         SenderService tls.certificate-not-before=2026-11-24T03:08:08Z\n\
         SenderService tls.certificate-not-after=2027-11-24T03:08:08Z\n\
         SenderService tls.certificate-key=rsa-2048\n\
         SenderService tls.certificate-signature=sha256-rsa\n\
         SenderService tls.certificate-self-signed=yes\n"
    );
    assert_eq!(told.lines(), expected);
    assert!(told.roles.iter().all(|role| *role == Role::Server));
}

#[test]
fn only_the_leaf_of_a_chain_is_told() {
    let lines = opening(CHAIN).check().lines();
    for expected in [
        "certificate-subject=viewer.",
        "Hospital\n",
        "certificate-not-after=2191-03-04T03:08:08Z",
        "certificate-key=ec-384",
        "certificate-signature=ecdsa-sha256",
        "certificate-self-signed=no",
    ] {
        assert!(lines.contains(expected), "{expected}: {lines}");
    }
    assert_eq!(lines.matches("certificate-key").count(), 1);
}

#[test]
fn an_old_version_and_a_weak_key_are_told_and_a_person_is_not() {
    let lines = opening(WEAK).check().lines();
    for expected in ["tls.version=1.0", "certificate-key=rsa-1024", "certificate-signature=sha1-rsa"] {
        assert!(lines.contains(expected), "{expected}: {lines}");
    }
    assert!(!lines.contains("erika") && !lines.contains("mustermann"), "{lines}");
}

#[test]
fn tls_1_3_tells_version_and_cipher_suite_only() {
    let told = opening(TLS_1_3).check();
    assert_eq!(told.lines(), "SenderService tls.version=1.3\nSenderService tls.cipher=1302\n");
    assert_eq!(told.roles, [Role::Server]);
}

#[test]
fn a_certificate_may_span_records() {
    for bytes in [SELF_SIGNED, CHAIN] {
        let expected = opening(bytes).check().facts;
        for length in [6, 50, 333, 16_000] {
            assert_eq!(
                opening(&refragmented(bytes, length)).read(1460).facts,
                expected,
                "records of {length}"
            );
        }
    }
}

#[test]
fn a_lost_certificate_leaves_the_version() {
    let hello_alone = Record::first(SELF_SIGNED);
    let First::Record(hello) = hello_alone else { panic!("a record") };
    let told = opening(&SELF_SIGNED[..hello.size() + 20]).check();
    assert_eq!(told.lines(), "SenderService tls.version=1.2\nSenderService tls.cipher=c030\n");
}

#[test]
fn a_warning_may_come_before_the_hello() {
    let bytes = [b"\x15\x03\x03\0\x02\x01\x70".as_slice(), TLS_1_3].concat();
    assert_eq!(opening(&bytes).check().facts, opening(TLS_1_3).check().facts);
    let refused = opening(b"\x15\x03\x01\0\x02\x02\x46").check();
    assert_eq!((refused.lines(), refused.roles), (String::new(), vec![Role::Server]));
}

#[test]
fn a_client_is_told_by_its_fingerprint() {
    // Worked out by another program, from the same bytes.
    let fingerprint = "t13d311100_e8f1e7e78f70_24695f2957a7";
    for bytes in CLIENTS {
        for start in [Start::Opening, Start::Middle] {
            let told = side(bytes, start).check();
            let expected = format!(
                "ReceiverService tls.server-name={}\nSender tls.client-fingerprint={fingerprint}\n",
                mask("pacs.clinic.example", 64)
            );
            assert_eq!(told.lines(), expected);
            assert_eq!(told.roles, [Role::Client]);
        }
        // Known as a client even when the rest of the hello is lost.
        let cut = opening(&bytes[..bytes.len().min(200)]).check();
        assert_eq!((cut.lines().as_str(), cut.roles.first()), ("", Some(&Role::Client)));
    }
}

#[test]
fn a_connection_is_recognised_in_its_middle() {
    let data = [b"\x17\x03\x03\0\x20".as_slice(), &[0x5a; 32], b"\x17\x03\x03\x01"].concat();
    let told = side(&data, Start::Middle).check();
    assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Unknown]));
    assert_eq!(side(SELF_SIGNED, Start::Middle).check().facts, opening(SELF_SIGNED).check().facts);
}

#[test]
fn other_bytes_are_not_tls() {
    let no_second_record = [b"\x17\x03\x03\0\x02ab".as_slice(), b"GET / HTTP/1.1"].concat();
    for (bytes, start) in [
        (b"GET / HTTP/1.1\r\n\r\n".as_slice(), Start::Opening),
        (b"\x16\x03\x01\0\0\x01\0\0\0\x03\x03", Start::Opening),
        (b"\x16\x03\x09\0\x40\x01\0\0\x3c\x03\x03", Start::Opening),
        (b"\x16\x03\x01\xff\xff\x01\0\0\x3c\x03\x03", Start::Opening),
        (b"\x17\x03\x03\0\x20", Start::Opening),
        (&no_second_record, Start::Middle),
    ] {
        assert_eq!(side(bytes, start).check().roles, [], "{bytes:?}");
    }
}

#[test]
fn an_endless_flight_is_given_up() {
    let mut bytes = TLS_1_3[..11].to_vec();
    // A ServerHello that says that it is 64 KiB long, in records of 16 KiB.
    bytes.splice(3..9, [0x40, 0, SERVER_HELLO, 0, 0xff, 0xff]);
    bytes.resize(HEADER + 0x4000, 0);
    let record = [&[HANDSHAKE, 3, 3, 0x40, 0], [0; 0x4000].as_slice()].concat();
    (0..6).for_each(|_| bytes.extend(&record));
    assert_eq!(opening(&bytes).read(1460).facts, []);
}

/// What both sides say before TLS begins inside another protocol, and the server's port.
fn before_tls() -> Vec<(Dissect, u16, Vec<u8>, Vec<u8>)> {
    let mysql_greeting = [
        b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0SALTSALT\0\xff\xff\xff\x02\0\xff\xdf\x15".as_slice(),
        &[0; 10],
        b"SALTSALTSALT\0caching_sha2_password\0",
    ]
    .concat();
    let mysql_request = [b"\x20\0\0\x01\x85\xae\xbf\x19\0\0\0\x01\xff".as_slice(), &[0; 23]].concat();
    let rdp_request = [3, 0, 0, 19, 14, 0xe0, 0, 0, 0, 0, 0, 1, 0, 8, 0, 3, 0, 0, 0];
    let rdp_confirm = [3, 0, 0, 19, 14, 0xd0, 0, 0, 0, 0, 0, 2, 0, 8, 0, 1, 0, 0, 0];
    let ldap_request = b"0\x1d\x02\x01\x01w\x18\x80\x161.3.6.1.4.1.1466.20037";
    let ldap_answer = b"0\x0c\x02\x01\x01x\x07\x0a\x01\0\x04\0\x04\0";
    let sides: [(Dissect, u16, &[u8], &[u8]); 8] = [
        (
            crate::smtp::dissect,
            25,
            b"EHLO a\r\nSTARTTLS\r\n",
            b"220 a ESMTP ready\r\n250-a\r\n250 STARTTLS\r\n220 2.0.0 go ahead\r\n",
        ),
        (
            crate::imap::dissect,
            143,
            b"a CAPABILITY\r\nb STARTTLS\r\n",
            b"* OK IMAP ready\r\n* CAPABILITY IMAP4rev1\r\na OK done\r\nb OK begin\r\n",
        ),
        (
            crate::pop3::dissect,
            110,
            b"CAPA\r\nSTLS\r\n",
            b"+OK ready\r\n+OK list\r\nSTLS\r\n.\r\n+OK begin\r\n",
        ),
        (crate::ftp::dissect, 21, b"AUTH TLS\r\n", b"220 ready\r\n234 go on\r\n"),
        (crate::ldap::dissect, 389, ldap_request, ldap_answer),
        (crate::signature::postgresql, 5432, b"\0\0\0\x08\x04\xd2\x16\x2f", b"S"),
        (crate::signature::mysql, 3306, &mysql_request, &mysql_greeting),
        (crate::rdp::dissect, 3389, &rdp_request, &rdp_confirm),
    ];
    sides
        .into_iter()
        .map(|(dissect, port, one, other)| (dissect, port, one.to_vec(), other.to_vec()))
        .collect()
}

#[test]
fn tls_that_begins_inside_another_protocol_is_read_there() {
    let flight = opening(SELF_SIGNED).check().facts;
    for (dissect, port, client, server) in before_tls() {
        let bytes = [server.as_slice(), SELF_SIGNED].concat();
        let told = Side { sender_port: port, ..Side::new(dissect, &bytes, Start::Opening) }.check();
        let is_tls = |(_, kind, _): &(About, FactKind, String)| kind.code().starts_with("tls.");
        let inside: Vec<_> = told.facts.into_iter().filter(is_tls).collect();
        assert_eq!(inside, flight, "the server's side at port {port}");
        let bytes = [client.as_slice(), CLIENTS[0], b"\x17\x03\x03\0\x20"].concat();
        let told = Side { receiver_port: port, ..Side::new(dissect, &bytes, Start::Opening) }.check();
        assert_eq!(told.roles.last(), Some(&Role::Client), "the client's side at port {port}");
        assert!(told.facts.iter().all(|(_, kind, _)| *kind != FactKind::ClearTextLogin), "port {port}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in CHANGE_CIPHER_SPEC..=APPLICATION_DATA, at in 0usize..3) {
        let start = [Start::Opening, Start::NextMessage, Start::Middle][at];
        side(&[&[kind, 3, 1], bytes.as_slice()].concat(), start).read(5);
        side(&bytes, start).read(bytes.len().max(1));
    }

    #[test]
    fn a_damaged_certificate_never_names_a_person(place in 0usize..1139, value: u8) {
        let mut bytes = WEAK.to_vec();
        bytes[place] = value;
        let lines = opening(&bytes).read(bytes.len()).lines();
        prop_assert!(!lines.contains("erika") && !lines.contains("mustermann"));
    }
}
