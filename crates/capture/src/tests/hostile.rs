//! Bytes from an attacker: an answer in bounded time, never a panic, and what was good before stays.

use proptest::prelude::*;
use wardround_model::FactKind;

use super::build::{
    ACK, CLIENT, Pcap, Pcapng, SERVER, START, SYN, arp, connection, ethernet, ipv4, udp, vlan,
};
use super::{NOTES, assert_same, note, options, read_with, with_workers};
use crate::{Limits, read_bytes};

/// One of every kind of packet.
fn packets() -> Vec<Vec<u8>> {
    let (client, server) = connection(50_000);
    vec![
        arp(CLIENT.0, CLIENT.1),
        client.segment(99, SYN, b""),
        server.segment(199, SYN | ACK, b""),
        vlan(5, &client.segment(100, ACK, &note("tagged", 3))),
        client.segment(100, ACK, &note("hello", 3)),
        server.segment(200, ACK, &note("answer", 40)),
        udp(CLIENT, SERVER.1, (1234, 53), b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\0\0\x01\0\x01"),
        ethernet(CLIENT.0, 0x0800, &ipv4(CLIENT.1, SERVER.1, 47, &[0; 40])),
        ethernet(CLIENT.0, 0x86DD, &[0x60; 80]),
    ]
}

fn pcapng() -> Vec<u8> {
    let mut pcapng = Pcapng::new(true);
    pcapng.section(true).interface(1, 0, &[(2, b"mirror"), (9, &[6])]);
    for (packet, ticks) in packets().iter().zip(u64::try_from(START * 1_000_000).unwrap()..) {
        pcapng.packet(0, ticks, packet).block(4, &[0; 8]);
    }
    pcapng.bytes
}

fn captures() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![Just(Pcap::of(&packets())), Just(pcapng())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_an_answer(bytes: Vec<u8>) {
        let _ = read_bytes("any", &bytes, &options());
    }

    #[test]
    fn any_bytes_behind_a_good_head_are_an_answer(bytes: Vec<u8>, capture in captures(), head in 0..200usize) {
        let head = &capture[..head.min(capture.len())];
        let _ = read_bytes("any", &[head, &bytes].concat(), &options());
    }

    #[test]
    fn a_cut_keeps_what_was_before(capture in captures(), cut in 28..2000usize) {
        let whole = read_with(&capture, &options(), NOTES).unwrap();
        let cut = cut.min(capture.len());
        if let Ok(part) = read_with(&capture[..cut], &options(), NOTES) {
            let kept = part.coverage.packets();
            let expected = whole.observations.iter().filter(|o| o.first.evidence.record <= kept);
            for observation in expected {
                prop_assert!(part.observations.iter().any(|o| o.id() == observation.id()));
            }
            let complete = part.coverage.sources[0].ended_early.is_none();
            prop_assert!(complete || kept <= whole.coverage.packets());
        }
    }

    #[test]
    fn damage_is_an_answer_and_the_same_on_two_threads(
        capture in captures(),
        damage in prop::collection::vec((any::<usize>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = capture;
        for (place, value) in damage {
            let place = place % bytes.len();
            bytes[place] = value;
        }
        let tiny = Limits { flows: 2, streams: 2, buffered_bytes: 64, conversations: 4, fact_bytes: 900, cards: 3 };
        for limits in [Limits::default(), tiny] {
            let one = read_with(&bytes, &with_workers(1, limits), NOTES);
            let two = read_with(&bytes, &with_workers(2, limits), NOTES);
            match (one, two) {
                (Ok(one), Ok(two)) => assert_same(&one, &two),
                (one, two) => prop_assert_eq!(one.is_err(), two.is_err()),
            }
            let _ = read_bytes("damaged", &bytes, &with_workers(1, limits));
        }
    }

    #[test]
    fn damage_behind_a_packet_leaves_it(place in 140..400usize, value: u8) {
        let mut bytes = Pcap::of(&packets());
        let place = place.min(bytes.len() - 1);
        bytes[place] = value;
        let captured = read_with(&bytes, &options(), NOTES).unwrap();
        let first = &captured.observations[0];
        prop_assert_eq!((first.fact.kind(), first.fact.value()), (FactKind::OwnsIp, "10.1.0.1"));
    }
}

#[test]
fn a_flood_of_hosts_is_bounded_and_counted() {
    let mut pcap = Pcap::new();
    for n in 0..60_000u32 {
        let [_, a, b, c] = n.to_be_bytes();
        pcap.packet(&udp(([0, 0, 9, a, b, c], [11, a, b, c].into()), SERVER.1, (4000, 9000), b"x"));
    }
    let limits = Limits { flows: 1600, conversations: 1600, cards: 1600, ..Limits::default() };
    let captured = read_bytes("flood.pcap", &pcap.bytes, &with_workers(2, limits)).unwrap();
    assert!(captured.conversations.len() <= 1600 && captured.observations.len() <= 1600);
    let skipped: u64 = captured.coverage.skipped.iter().map(|skip| skip.count).sum();
    assert!(skipped > 100_000, "{skipped}");
}

/// A bomb of 200 MB behind 200 KB: read as a stream.
#[test]
fn a_decompression_bomb_is_a_long_stream() {
    use std::io::Write;
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&Pcap::of(&packets())).unwrap();
    let mut record = [0u8; 16 + 60_000];
    record[8..12].copy_from_slice(&60_000u32.to_le_bytes());
    for _ in 0..3500 {
        gzip.write_all(&record).unwrap();
    }
    let captured = read_bytes("bomb.gz", &gzip.finish().unwrap(), &options()).unwrap();
    assert_eq!(captured.coverage.packets(), 3509);
}
