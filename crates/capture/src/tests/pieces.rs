//! However a stream was cut into segments, what it said is the same.

use proptest::prelude::*;
use wardround_model::{FactKind, SkipReason};

use super::build::{ACK, FIN, Pcap, RST, SYN, connection};
use super::{note, options, read_notes, skipped, values};

fn texts(bytes: &[u8]) -> Vec<String> {
    values(&read_notes(bytes, &options()), FactKind::HttpServer)
}

/// The segments of a stream, cut at these places.
fn segments(first: u32, stream: &[u8], cuts: &[usize]) -> Vec<(u32, Vec<u8>)> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    places.extend([0, stream.len()]);
    places.sort_unstable();
    let number = |place: usize| first.wrapping_add(u32::try_from(place).unwrap());
    places.windows(2).map(|pair| (number(pair[0]), stream[pair[0]..pair[1]].to_vec())).collect()
}

const NAMES: [&str; 5] = ["one", "two", "three", "a somewhat longer name of forty characters", "four"];

/// Five notes, one with much behind it that nobody needs; nothing repeats, so every byte of them tells.
fn stream() -> Vec<u8> {
    NAMES.iter().zip([0, 3000, 0, 17, 0]).flat_map(|(name, unneeded)| note(name, unneeded)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn cut_swapped_and_repeated_segments_say_the_same(
        first: u32,
        cuts in prop::collection::vec(any::<usize>(), 0..20),
        swaps in prop::collection::vec(any::<usize>(), 0..12),
        repeats in prop::collection::vec((any::<usize>(), any::<usize>(), 1..200usize), 0..6),
    ) {
        let (client, _) = connection(50_000);
        let stream = stream();
        let mut parts = segments(first.wrapping_add(1), &stream, &cuts);
        for (at, from, length) in repeats {
            let from = from % stream.len();
            let again = stream[from..(from + length).min(stream.len())].to_vec();
            let number = first.wrapping_add(1).wrapping_add(u32::try_from(from).unwrap());
            parts.insert(at % (parts.len() + 1), (number, again));
        }
        for at in swaps {
            let at = at % parts.len();
            let other = (at + 1) % parts.len();
            parts.swap(at, other);
        }
        let mut pcap = Pcap::new();
        pcap.packet(&client.segment(first, SYN, b""));
        for (number, bytes) in &parts {
            pcap.packet(&client.segment(*number, ACK, bytes));
        }
        let end = first.wrapping_add(1).wrapping_add(u32::try_from(stream.len()).unwrap());
        pcap.packet(&client.segment(end, FIN | ACK, b""));
        let captured = read_notes(&pcap.bytes, &options());
        let mut found = values(&captured, FactKind::HttpServer);
        let mut names = NAMES;
        found.sort_unstable();
        names.sort_unstable();
        prop_assert_eq!(found, names);
        prop_assert_eq!(skipped(&captured, SkipReason::MissingSegment), 0);
    }
}

#[test]
fn the_first_bytes_win_where_segments_overlap() {
    let (client, _) = connection(50_000);
    let (good, bad) = (note("genuine", 0), note("altered", 0));
    let packets =
        [client.segment(99, SYN, b""), client.segment(108, ACK, &good[8..]), client.segment(100, ACK, &bad)];
    assert_eq!(texts(&Pcap::of(&packets)), ["genuine"]);
    let late = [
        client.segment(99, SYN, b""),
        client.segment(110, ACK, &good[10..12]),
        client.segment(105, ACK, &[&good[5..10], &bad[10..]].concat()),
        client.segment(100, ACK, &bad),
    ];
    assert_eq!(texts(&Pcap::of(&late)), ["genered"], "two bytes came first, the rest later");
}

#[test]
fn a_missing_segment_costs_one_message_and_is_counted() {
    let (client, _) = connection(50_000);
    let parts: Vec<_> = ["lost", "first", "second"].iter().map(|text| note(text, 0)).collect();
    let mut packets = vec![client.segment(99, SYN, b"")];
    let mut number = 100;
    for part in &parts {
        packets.push(client.segment(number, ACK, part));
        number += u32::try_from(part.len()).unwrap();
    }
    packets.remove(1);
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["first", "second"]);
    assert_eq!(skipped(&captured, SkipReason::MissingSegment), 1);
}

#[test]
fn too_much_waiting_for_a_segment_gives_it_up() {
    let (client, _) = connection(50_000);
    let mut packets = vec![client.segment(99, SYN, b"")];
    for n in 1..60u32 {
        packets.push(client.segment(100 + n * 1000, ACK, &note(&format!("n{n}"), 0)));
    }
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer).len(), 59);
}

#[test]
fn a_connection_older_than_the_capture_is_recognised_at_a_segment() {
    let (client, server) = connection(50_000);
    let packets = [
        client.segment(700, ACK, b"the tail of something"),
        client.segment(721, ACK, &note("hello", 0)),
        server.segment(5, ACK, b"not understood"),
        server.segment(19, ACK, &note("answer", 0)),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["hello", "answer"]);
    assert_eq!(captured.conversations[0].already_open, 1);
}

#[test]
fn once_one_direction_is_recognised_the_other_is_asked_again() {
    let (client, server) = connection(50_000);
    let packets = [
        client.segment(99, SYN, b""),
        server.segment(199, SYN | ACK, b""),
        server.segment(200, ACK, b"a greeting that nobody knows"),
        client.segment(100, ACK, &note("hello", 0)),
        server.segment(228, ACK, &note("answer", 0)),
    ];
    assert_eq!(texts(&Pcap::of(&packets)), ["hello", "answer"]);
}

#[test]
fn attempts_in_the_middle_are_bounded() {
    let (client, _) = connection(50_000);
    let mut packets: Vec<_> = (0..30u32).map(|n| client.segment(n * 10, ACK, b"0123456789")).collect();
    packets.push(client.segment(300, ACK, &note("too late", 0)));
    assert!(texts(&Pcap::of(&packets)).is_empty());
    packets.drain(..20);
    assert_eq!(texts(&Pcap::of(&packets)), ["too late"]);
}

#[test]
fn what_nobody_needs_is_passed_over_though_it_was_not_recorded() {
    let (client, _) = connection(50_000);
    let long = note("picture", 1_000_000);
    let after = u32::try_from(long.len()).unwrap() + 100;
    let packets = [
        client.segment(99, SYN, b""),
        client.segment(100, ACK, &long[..1000]),
        client.segment(500_000, ACK, &long[..1000]),
        client.segment(after, ACK, &note("next", 0)),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["picture", "next"]);
    assert_eq!(skipped(&captured, SkipReason::MissingSegment), 0);
}

#[test]
fn packets_cut_by_the_capture_leave_a_gap() {
    let (client, _) = connection(50_000);
    let (cut, next) = (note("cut off", 0), note("whole", 0));
    let mut pcap = Pcap::new();
    pcap.packet(&client.segment(99, SYN, b""));
    let packet = client.segment(100, ACK, &cut);
    pcap.packet_cut(super::build::START * 1_000_000, &packet, packet.len() - 3);
    pcap.packet(&client.segment(100 + u32::try_from(cut.len()).unwrap(), ACK, &next));
    let captured = read_notes(&pcap.bytes, &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["whole"]);
    assert_eq!(skipped(&captured, SkipReason::MissingSegment), 1);
}

#[test]
fn a_new_connection_on_the_same_ports_begins_anew() {
    let (client, _) = connection(50_000);
    let packets = [
        client.segment(99, SYN, b""),
        client.segment(99, SYN, b""),
        client.segment(100, ACK, &note("one", 0)),
        client.segment(116, RST, b""),
        client.segment(9_000_099, SYN, b""),
        client.segment(9_000_100, ACK, &note("two", 0)),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["one", "two"]);
    assert_eq!(captured.conversations[0].connections, 2);
    assert_eq!(captured.conversations[0].already_open, 0);
}

#[test]
fn a_bug_of_a_dissector_is_counted_and_the_rest_is_read() {
    let (one, _) = connection(50_000);
    let (other, _) = connection(50_001);
    let packets = [
        one.segment(99, SYN, b""),
        one.segment(100, ACK, b"BUG. with secrets"),
        other.segment(99, SYN, b""),
        other.segment(100, ACK, &note("fine", 0)),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["fine"]);
    assert_eq!(skipped(&captured, SkipReason::DissectorFailed), 1);
}

#[test]
fn after_the_end_of_a_protocol_a_flow_only_counts() {
    let (client, _) = connection(50_000);
    let packets = [
        client.segment(99, SYN, b""),
        client.segment(100, ACK, b"BYE."),
        client.segment(104, ACK, &note("ignored", 0)),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert!(values(&captured, FactKind::HttpServer).is_empty());
    assert_eq!(captured.conversations[0].to_server.packets, 3);
}

#[test]
fn data_recorded_before_its_syn_is_the_same_connection() {
    let (client, server) = connection(50_000);
    let (one, two) = (note("one", 0), note("two", 0));
    let after = 100 + u32::try_from(one.len()).unwrap();
    let packets = [
        client.segment(100, ACK, &one),
        client.segment(99, SYN, b""),
        server.segment(7, SYN | ACK, b""),
        client.segment(after, ACK, &two),
    ];
    let captured = read_notes(&Pcap::of(&packets), &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["one", "two"]);
    assert_eq!((captured.conversations[0].connections, captured.conversations[0].already_open), (1, 0));
    assert_eq!(skipped(&captured, SkipReason::MissingSegment), 0);
}
