//! Frames as they come: harvested in parts, together the same as a file read whole.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_dissect::packet::LinkType;
use wardround_model::{Endpoint, FactKind, SkipReason, SourceIndex, Timestamp};

use super::build::{Pcap, START, connection};
use super::{options, skipped};
use crate::{Captured, Follower, Frame, Harvests, Limits, read_bytes};

/// A login over FTP, then many packets more.
fn frames() -> Vec<Vec<u8>> {
    let (mut client, mut server) = connection(40_000);
    (client.ports.1, server.ports.0) = (21, 21);
    let mut frames = vec![client.segment(0, 2, b""), server.segment(0, 18, b"")];
    frames.push(server.segment(1, 16, b"220 ProFTPD 1.3.5 Server ready\r\n"));
    frames.extend((0..50).map(|n| client.segment(1 + n * 6, 16, b"NOOP\r\n")));
    frames.push(client.segment(301, 17, b""));
    frames
}

/// Connections and packets, by who asked whom.
fn totals(parts: &[Captured]) -> BTreeMap<(IpAddr, Endpoint), (u64, u64, u64)> {
    let mut totals = BTreeMap::new();
    for it in parts.iter().flat_map(|part| &part.conversations) {
        let sum: &mut (u64, u64, u64) = totals.entry((it.client, it.server)).or_default();
        sum.0 += it.connections;
        sum.1 += it.to_server.packets;
        sum.2 += it.to_client.packets;
    }
    totals
}

#[test]
fn parts_are_together_what_a_file_shows() {
    let frames = frames();
    let whole = read_bytes("whole.pcap", &Pcap::of(&frames), &options()).unwrap();
    for every in [1, 7, 1000] {
        let mut follower = Follower::new(&Limits::default(), &[], (0, 0));
        let mut parts = Vec::new();
        for (n, frame) in frames.iter().enumerate() {
            let time =
                Timestamp::from_nanoseconds((START * 1000 + 1 + i64::try_from(n).unwrap()) * 1_000_000);
            // Cut in three where a tag would be put back.
            let (head, rest) = frame.split_at(12);
            let frame = Frame {
                interface: 0,
                time,
                link: LinkType::Ethernet,
                wire: frame.len(),
                data: [head, &[], rest],
                weight: 1,
            };
            follower.take(&frame);
            if (n + 1) % every == 0 {
                parts.push(follower.harvest());
            }
        }
        parts.push(follower.finish());
        assert_eq!(totals(&parts), totals(std::slice::from_ref(&whole)), "every {every}");
        let packets: u64 = parts.iter().map(|part| part.coverage.packets()).sum();
        assert_eq!(packets, whole.coverage.packets());
        let banner = |captured: &Captured| {
            let facts = captured.observations.iter();
            let found = facts.filter(|it| it.fact.kind() == FactKind::FtpBanner);
            found.map(|it| (it.fact.value().to_owned(), it.first.evidence.record)).collect::<Vec<_>>()
        };
        let found: Vec<_> = parts.iter().flat_map(banner).collect();
        assert_eq!(found, banner(&whole), "every {every}");
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn drops_are_told_as_what_could_not_be_seen() {
    let mut follower = Follower::new(&Limits::default(), &[], (10, 1000));
    follower.dropped(0);
    follower.dropped(5);
    let first = follower.harvest();
    assert_eq!(skipped(&first, SkipReason::Dropped), 5);
    assert_eq!(first.coverage.skipped[0].first.record, 11);
    assert_eq!(skipped(&follower.finish(), SkipReason::Dropped), 0, "told once");
}

#[test]
fn harvests_of_one_source_add_up_and_the_larger_of_two_counts() {
    let frames = frames();
    let whole = || read_bytes("whole.pcap", &Pcap::of(&frames), &options()).unwrap();
    let sources = || vec![crate::source::unread("one".to_owned()), crate::source::unread("two".to_owned())];
    let (one, two) = (SourceIndex(0), SourceIndex(1));
    let packets = |all: Harvests| all.finish().conversations[0].to_server.packets;

    let mut once = Harvests::new(&Limits::default(), sources());
    once.add(one, whole());
    let told = packets(once);
    assert_eq!(told, whole().conversations[0].to_server.packets);

    let mut later = Harvests::new(&Limits::default(), sources());
    later.add(one, whole());
    later.add(one, whole());
    assert_eq!(packets(later), 2 * told);

    let mut beside = Harvests::new(&Limits::default(), sources());
    beside.add(one, whole());
    beside.add(two, whole());
    let all = beside.finish();
    assert_eq!(all.conversations.len(), 1);
    assert_eq!((all.conversations[0].to_server.packets, all.conversations[0].connections), (told, 1));
    assert_eq!(all.coverage.packets(), 2 * whole().coverage.packets());
}

#[test]
fn harvests_keep_no_more_than_their_limits_and_count_the_rest() {
    let whole = read_bytes("whole.pcap", &Pcap::of(&frames()), &options()).unwrap();
    assert!(whole.observations.len() > 1);
    let limits = Limits { conversations: 0, fact_bytes: 0, cards: 1, ..Limits::default() };
    let mut harvests = Harvests::new(&limits, vec![crate::source::unread("one".to_owned())]);
    harvests.add(SourceIndex(0), whole);
    harvests.not_seen(SourceIndex(0), 7);
    let all = harvests.finish();
    assert_eq!((all.observations.len(), all.conversations.len()), (1, 0));
    assert!(skipped(&all, SkipReason::TooManyFacts) > 0);
    assert_eq!(skipped(&all, SkipReason::Dropped), 7);
}

#[test]
fn a_connection_whose_first_part_was_lost_is_one_all_the_same() {
    let mut part = read_bytes("whole.pcap", &Pcap::of(&frames()), &options()).unwrap();
    part.conversations[0].connections = 0;
    let mut harvests = Harvests::new(&Limits::default(), vec![crate::source::unread("one".to_owned())]);
    harvests.add(SourceIndex(0), part);
    assert_eq!(harvests.finish().conversations[0].connections, 1);
}
