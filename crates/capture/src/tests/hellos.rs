//! Hellos of QUIC that take several datagrams, recorded from Chromium: what waits, for whom, and how much of it.

use wardround_model::{FactKind, Protocol, SkipReason};

use super::build::{CLIENT, Pcap, SERVER, udp};
use super::{options, values, with_workers};
use crate::{Captured, Limits, Options, read_bytes};

/// Two datagrams of one hello; and those of another, with what was sent again because the second was lost.
const HELLO: &[u8] = include_bytes!("../../../dissect/src/quic/recorded/chromium-client.bin");
const OTHER: &[u8] = include_bytes!("../../../dissect/src/quic/recorded/chromium-lost-client.bin");
const LENGTH: usize = 1250;
const FINGERPRINT: &str = "q13d0312h3_55b375c5d22e_178839b6cec1";

/// The nth datagram of a recorded hello, from this port.
fn sent(port: u16, recorded: &[u8], nth: usize) -> Vec<u8> {
    udp(CLIENT, SERVER.1, (port, 443), &recorded[nth * LENGTH..][..LENGTH])
}

fn answered(port: u16) -> Vec<u8> {
    let answer = [&[0xc5, 0, 0, 0, 1, 0, 8], [7; 1193].as_slice()].concat();
    udp(SERVER, CLIENT.1, (443, port), &answer)
}

fn read_with(packets: &[Vec<u8>], options: &Options) -> Captured {
    read_bytes("test.pcap", &Pcap::of(packets), options).unwrap()
}

fn read(packets: &[Vec<u8>]) -> Captured {
    read_with(packets, &options())
}

fn fingerprints(captured: &Captured) -> Vec<String> {
    values(captured, FactKind::TlsClientFingerprint)
}

fn skipped(captured: &Captured) -> Vec<(SkipReason, u64)> {
    captured.coverage.skipped.iter().map(|skip| (skip.reason, skip.count)).collect()
}

#[test]
fn a_hello_in_two_datagrams_is_told_once() {
    for order in [[0, 1, 0, 1], [1, 1, 0, 0]] {
        let mut packets: Vec<_> = order.iter().map(|nth| sent(50_000, HELLO, *nth)).collect();
        packets.insert(1, answered(50_000));
        let captured = read(&packets);
        assert_eq!(fingerprints(&captured), [FINGERPRINT]);
        assert_eq!(values(&captured, FactKind::TlsServerName), ["viewer.example"]);
        assert!(
            captured.observations.iter().all(|it| it.fact.kind() == FactKind::SendsFromIp || it.count == 1)
        );
        let [conversation] = captured.conversations.as_slice() else { panic!("{captured:?}") };
        assert_eq!((conversation.protocol, conversation.client), (Some(Protocol::Quic), CLIENT.1.into()));
        assert_eq!(skipped(&captured), []);
    }
}

#[test]
fn pieces_of_two_connections_are_not_mixed() {
    let of_two =
        [sent(50_000, HELLO, 0), sent(50_001, OTHER, 0), sent(50_000, HELLO, 1), sent(50_001, OTHER, 1)];
    let captured = read(&of_two);
    assert_eq!(fingerprints(&captured), [FINGERPRINT]);
    // The other one lacks a piece, which comes last.
    assert_eq!(skipped(&captured), [(SkipReason::MissingSegment, 1)]);
    let rest = (2..4).map(|nth| sent(50_001, OTHER, nth));
    let captured = read(&of_two.into_iter().chain(rest).collect::<Vec<_>>());
    let counts: Vec<_> = captured.observations.iter().filter(|it| it.fact.value() == FINGERPRINT).collect();
    assert_eq!((counts.len(), counts[0].count), (1, 2));
    assert_eq!(skipped(&captured), []);
}

#[test]
fn those_that_waited_longest_are_let_go_and_counted() {
    let all: Vec<_> = [0, 1]
        .into_iter()
        .flat_map(|nth| [50_000, 50_001, 50_002].map(|port| sent(port, HELLO, nth)))
        .chain([sent(50_002, HELLO, 0)])
        .collect();
    let few_streams = Limits { streams: 1, ..Limits::default() };
    let few_bytes = Limits { buffered_bytes: 16 * 1500, ..Limits::default() };
    for limits in [few_streams, few_bytes] {
        let captured = read_with(&all, &with_workers(1, limits));
        assert_eq!(fingerprints(&captured), [FINGERPRINT]);
        assert_eq!(skipped(&captured), [(SkipReason::TooManyFlows, 5)]);
    }
    let none = Limits { buffered_bytes: 16 * 100, ..Limits::default() };
    let captured = read_with(&all, &with_workers(1, none));
    assert_eq!((fingerprints(&captured).len(), skipped(&captured)), (0, vec![(SkipReason::TooManyFlows, 7)]));
    assert_eq!(fingerprints(&read(&all)), [FINGERPRINT]);
}

#[test]
fn another_flow_in_the_same_place_has_no_part_in_it() {
    let one_flow = Limits { flows: 16, ..Limits::default() };
    let packets = [sent(50_000, HELLO, 0), sent(50_001, HELLO, 1), sent(50_001, HELLO, 0)];
    let captured = read_with(&packets[..2], &with_workers(1, one_flow));
    assert_eq!(skipped(&captured), [(SkipReason::TooManyFlows, 1), (SkipReason::MissingSegment, 1)]);
    assert_eq!(fingerprints(&captured), [""; 0]);
    let captured = read_with(&packets, &with_workers(1, one_flow));
    assert_eq!(fingerprints(&captured), [FINGERPRINT]);
}
