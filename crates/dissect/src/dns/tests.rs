//! Messages in `recorded/` were written by the PyPI package `zeroconf`: a printer and a telephone that are named after their
//! owner.

use std::net::SocketAddr;

use proptest::prelude::*;

use super::{dissect, dissect_mdns, dissect_stream};
use crate::laws::Side;
use crate::{Datagram, Facts, Role, Start};

const PRINTER: &[u8] = include_bytes!("recorded/printer.bin");
const PHONE: &[u8] = include_bytes!("recorded/phone.bin");

type Dissect = fn(&Datagram<'_>, &mut Facts) -> Option<Role>;

fn read(dissect: Dissect, payload: &[u8], sender: &str) -> (Option<Role>, String) {
    let mut facts = Facts::default();
    let receiver: SocketAddr = "224.0.0.251:5353".parse().unwrap();
    let role = dissect(&Datagram { payload, sender: sender.parse().unwrap(), receiver }, &mut facts);
    let lines = facts
        .list()
        .iter()
        .map(|(about, fact)| format!("{about:?} {}={}\n", fact.kind().code(), fact.value()));
    (role, lines.collect())
}

#[test]
fn a_printer_tells_its_services_and_model_but_not_its_name() {
    let (role, told) = read(dissect_mdns, PRINTER, "192.0.2.7:5353");
    assert_eq!(role, Some(Role::Server));
    assert_eq!(
        told,
        "Sender mdns.service=_ipp._tcp\n\
         Sender mdns.service=_ipp._tcp\n\
         Sender mdns.service=_ipp._tcp\n\
         Sender mdns.service=_ipp._tcp\n\
         Sender mdns.model=HP LaserJet M507\n\
         Sender mdns.maker=HP\n\
         Sender mdns.model=LaserJet M507\n\
         Sender mdns.host-name=NPI*\n"
    );
}

#[test]
fn a_service_type_that_nobody_knows_is_not_told() {
    // As long as the known one, so that every length and pointer stays right.
    let mut other = PRINTER.to_vec();
    while let Some(at) = other.windows(4).position(|window| window == b"_ipp") {
        other[at..at + 4].copy_from_slice(b"_ann");
    }
    let (role, told) = read(dissect_mdns, &other, "192.0.2.7:5353");
    assert_eq!(role, Some(Role::Server));
    assert!(!told.contains("mdns.service"), "{told}");
}

#[test]
fn a_telephone_named_after_its_owner_stays_a_telephone() {
    let (_, told) = read(dissect_mdns, PHONE, "192.0.2.7:5353");
    assert_eq!(
        told,
        "Sender mdns.service=_companion-link._tcp\n\
         Sender mdns.model=D63AP\n\
         Sender mdns.host-name=*-iPhone\n"
    );
    let (_, over_ipv6) = read(dissect_mdns, PHONE, "[fe80::7]:5353");
    assert_eq!(over_ipv6, told);
}

#[test]
fn what_a_reflector_repeats_is_not_about_the_reflector() {
    assert_eq!(read(dissect_mdns, PRINTER, "192.0.2.1:5353"), (Some(Role::Server), String::new()));
    assert_eq!(read(dissect_mdns, PHONE, "192.0.2.1:5353"), (Some(Role::Server), String::new()));
}

/// A message with one question, for the addresses of `name`.
fn query(flags: u16, name: &str) -> Vec<u8> {
    let labels: Vec<u8> = name
        .split('.')
        .flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat())
        .collect();
    [&[0, 7], flags.to_be_bytes().as_slice(), &[0, 1, 0, 0, 0, 0, 0, 0], &labels, &[0, 0, 1, 0, 1]].concat()
}

#[test]
fn who_asks_and_who_answers_is_told_and_no_name() {
    let question = query(0x0100, "erika.example.org");
    assert_eq!(read(dissect, &question, "192.0.2.7:40000"), (Some(Role::Client), String::new()));
    let answer = query(0x8180, "erika.example.org");
    assert_eq!(read(dissect, &answer, "192.0.2.53:53"), (Some(Role::Server), String::new()));
    assert_eq!(read(dissect_mdns, &question, "192.0.2.7:5353"), (Some(Role::Client), String::new()));
}

#[test]
fn a_dynamic_update_has_conditions_in_the_place_of_answers() {
    let mut update = query(0x2800, "example.org");
    update[7] = 1;
    update.extend([0xC0, 12, 0, 255, 0, 254, 0, 0, 0, 0, 0, 0]);
    assert_eq!(read(dissect, &update, "192.0.2.7:40000").0, Some(Role::Client));
    update[2] = 0;
    assert_eq!(read(dissect, &update, "192.0.2.7:40000").0, None);
}

#[test]
fn an_inverse_query_gives_an_answer_and_no_question() {
    let inverse = |flags: u16, answers: u8| {
        let head = [&[0x77, 0xFC], flags.to_be_bytes().as_slice(), &[0, 0, 0, answers, 0, 0, 0, 0]].concat();
        [head.as_slice(), &[0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 9]].concat()
    };
    assert_eq!(read(dissect, &inverse(0x0900, 1), "192.0.2.7:40000").0, Some(Role::Client));
    assert_eq!(read(dissect, &inverse(0x0900, 2), "192.0.2.7:40000").0, None);
    assert_eq!(read(dissect, &inverse(0x0100, 1), "192.0.2.7:40000").0, None, "an ordinary query asks");
}

#[test]
fn messages_over_tcp_have_their_length_before_them() {
    let framed = |message: &[u8]| [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat();
    let question = framed(&query(0x0100, "erika.example.org"));
    let two = [question.as_slice(), &framed(&query(0x0100, "b.example.org"))].concat();
    fn side(bytes: &[u8], sender_port: u16, receiver_port: u16) -> Side<'_> {
        Side { sender_port, receiver_port, ..Side::new(dissect_stream, bytes, Start::Opening) }
    }
    let told = side(&two, 40_000, 53).check();
    assert_eq!((told.roles, told.facts), (vec![Role::Client, Role::Client], vec![]));
    let answer = framed(&query(0x8180, "erika.example.org"));
    assert_eq!(side(&answer, 53, 40_000).check().roles, [Role::Server]);
    assert_eq!(side(&answer, 5300, 40_000).check().roles, [], "elsewhere it could be anything");
    for bad in [vec![0, 11, 0, 0], vec![0xFF; 90], framed(&[0; 40])] {
        assert_eq!(side(&bad, 40_000, 53).check().roles, []);
    }
}

#[test]
fn malformed_messages_are_not_dns() {
    let good = query(0x0100, "a.example");
    for length in 0..good.len() {
        assert_eq!(read(dissect, &good[..length], "192.0.2.7:53").0, None, "cut to {length}");
    }
    let looped = [&good[..12], &[0xC0, 12, 0, 1, 0, 1]].concat();
    let forward = [&good[..12], &[0xC0, 14, 0, 0, 1, 0, 1]].concat();
    let opcode = query(0x7800, "a.example");
    for bad in [looped, forward, opcode, vec![0xFF; 64], vec![0; 64]] {
        assert_eq!(read(dissect, &bad, "192.0.2.7:53").0, None);
    }
}

#[test]
fn cut_announcements_tell_no_other_facts() {
    let whole: Vec<String> =
        read(dissect_mdns, PRINTER, "192.0.2.7:5353").1.lines().map(str::to_owned).collect();
    for length in 0..PRINTER.len() {
        let cut = read(dissect_mdns, &PRINTER[..length], "192.0.2.7:5353").1;
        assert!(
            whole.starts_with(&cut.lines().map(str::to_owned).collect::<Vec<_>>()),
            "cut to {length}: {cut}"
        );
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_panic(bytes: Vec<u8>, at in 0_usize..400, byte: u8) {
        let mut damaged = PRINTER.to_vec();
        if let Some(place) = damaged.get_mut(at) {
            *place = byte;
        }
        for payload in [bytes, damaged] {
            read(dissect, &payload, "192.0.2.7:53");
            let told = read(dissect_mdns, &payload, "192.0.2.7:5353").1;
            prop_assert!(!told.contains("Erika") && !told.contains("Room"), "{}", told);
        }
    }
}

/// An answer to `version.bind` as a server gives it, with this text.
fn version(text: &str) -> Vec<u8> {
    let question = b"\x07version\x04bind\0\0\x10\0\x03";
    let mut bytes = b"\x12\x34\x85\x00\0\x01\0\x01\0\0\0\0".to_vec();
    bytes.extend_from_slice(question);
    bytes.extend_from_slice(b"\xc0\x0c\0\x10\0\x03\0\0\0\0\0");
    let length = u8::try_from(text.len()).unwrap();
    bytes.extend_from_slice(&[length + 1, length]);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

#[test]
fn a_name_server_tells_its_version() {
    let address: SocketAddr = "192.0.2.1:53".parse().unwrap();
    let told = |payload: &[u8]| {
        let mut facts = Facts::default();
        let role = dissect(&Datagram { payload, sender: address, receiver: address }, &mut facts);
        let told: Vec<String> = facts
            .drain()
            .map(|(about, fact)| format!("{about:?} {}={}", fact.kind().code(), fact.value()))
            .collect();
        (role, told.join("\n"))
    };
    for (text, expected) in [
        ("9.18.33-1~deb12u2-Debian", "SenderService service.software=BIND 9.18.33-1~deb12u2-Debian"),
        ("dnsmasq-2.90", "SenderService service.software=dnsmasq 2.90"),
        ("unbound 1.17.1", "SenderService service.software=unbound 1.17.1"),
        ("go away", ""),
    ] {
        assert_eq!(told(&version(text)), (Some(Role::Server), expected.to_owned()), "{text}");
    }
    let other = [
        b"\x12\x34\x85\x00\0\x01\0\x01\0\0\0\0\x03www\x04bind\0\0\x10\0\x01".as_slice(),
        b"\xc0\x0c\0\x10\0\x01\0\0\0\0\0\x04\x031.2",
    ]
    .concat();
    assert_eq!(told(&other).1, "");
}
