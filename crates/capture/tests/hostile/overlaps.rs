//! Segments and fragments that overlap on purpose: as many as anybody sends, at once and one after the other.

use std::net::Ipv4Addr;

use wardround_capture::{Captured, Follower, Frame, Limits, Options, read_bytes};
use wardround_dissect::packet::LinkType;
use wardround_model::{FactKind, SkipReason, Timestamp};

use crate::build::{ACK, CLIENT, Pcap, SERVER, START, SYN, Tcp, ethernet};
use crate::damage::Dice;
use crate::mutations::{count, peak};

fn client(port: u16) -> Tcp {
    Tcp { from: CLIENT, to: SERVER, ports: (port, 80) }
}

/// A request whose one fact is at its end.
const REQUEST: &[u8] =
    b"GET /0123456789012345678901234567890123456789 HTTP/1.1\r\nHost: ct-2\r\nUser-Agent: curl/7.88.1\r\n\r\n";

/// A piece of other bytes somewhere around the request: before, over and behind it.
fn forged(dice: &mut Dice, port: u16) -> Vec<u8> {
    let from = 50 + u32::try_from(dice.below(200)).unwrap();
    let bytes: Vec<u8> = (0..=dice.below(120)).map(|_| u8::try_from(dice.below(256)).unwrap()).collect();
    client(port).segment(from, ACK, &bytes)
}

fn agents(captured: &Captured) -> Vec<&str> {
    let told = captured.observations.iter().filter(|it| it.fact.kind() == FactKind::HttpUserAgent);
    told.map(|it| it.fact.value()).collect()
}

/// What came first is what was said, however much is sent over it afterwards.
#[test]
fn whoever_overlaps_what_was_sent_changes_nothing() {
    for seed in 0..500 {
        let mut dice = Dice::new(seed);
        let mut packets = vec![client(40_000).segment(99, SYN, b"")];
        let mut at = 0;
        while at < REQUEST.len() {
            let end = (at + 1 + dice.below(20)).min(REQUEST.len());
            packets.push(client(40_000).segment(100 + u32::try_from(at).unwrap(), ACK, &REQUEST[at..end]));
            // Only what is old already: what is ahead would come first.
            let old = dice.below(end);
            packets.push(client(40_000).segment(
                100 + u32::try_from(old).unwrap(),
                ACK,
                &vec![b'#'; end - old],
            ));
            at = end;
        }
        let captured =
            read_bytes("a", &Pcap::of(&packets), &Options::at(Timestamp::from_seconds(START + 3600)));
        assert_eq!(agents(&captured.unwrap()), ["curl/7.88.1"], "seed {seed}");
    }
}

/// Frames through a follower, which keeps none of them.
fn follow(frames: impl Iterator<Item = Vec<u8>>, limits: &Limits) -> Captured {
    let mut follower = Follower::new(limits, &[], (0, 0));
    for (nth, frame) in frames.enumerate() {
        let time = Timestamp::from_seconds(START + i64::try_from(nth / 10_000).unwrap());
        let link = LinkType::from_number(1);
        let data = [frame.as_slice(), &[], &[]];
        follower.take(&Frame { interface: 0, time, link, wire: frame.len(), data, weight: 1 });
    }
    follower.finish()
}

const MEMORY: usize = 64 << 20;

/// Half a million segments over two thousand connections, of which none is ever whole: before the place that is read, over it, far ahead.
#[test]
fn a_flood_of_overlapping_segments_is_bounded_and_counted() {
    let mut dice = Dice::new(1);
    let opened = (0..2_000).map(|n| client(10_000 + n).segment(99, SYN, b""));
    let before = peak();
    let segments = (0..500_000).map(|_| {
        let port = 10_000 + u16::try_from(dice.below(2_000)).unwrap();
        if dice.below(4) == 0 {
            // Far ahead, so that it waits.
            let far = 5_000 + u32::try_from(dice.below(60_000)).unwrap();
            return client(port).segment(far, ACK, &vec![b'x'; 1 + dice.below(1_400)]);
        }
        forged(&mut dice, port)
    });
    let captured = follow(opened.chain(segments), &Limits::within(MEMORY));
    assert_eq!(count(&captured, &[SkipReason::DissectorFailed]), 0);
    assert!(count(&captured, &[SkipReason::MissingSegment, SkipReason::TooManyFlows]) > 1_000);
    assert!((peak() - before) * 1024 < MEMORY as u64, "{} kB", peak() - before);
}

/// A fragment of the packet with this number, over others of it or beside them.
fn fragment(dice: &mut Dice, number: u16) -> Vec<u8> {
    let [high, low] = number.to_be_bytes();
    let place = u16::try_from(dice.below(200)).unwrap() | if dice.below(3) == 0 { 0 } else { 0x2000 };
    let content = vec![u8::try_from(dice.below(256)).unwrap(); 8 * (1 + dice.below(100))];
    let [t1, t2] = u16::try_from(20 + content.len()).unwrap().to_be_bytes();
    let [p1, p2] = place.to_be_bytes();
    let header = [0x45, 0, t1, t2, high, low, p1, p2, 64, 17, 0, 0];
    let addresses = [CLIENT.1, Ipv4Addr::new(10, 9, high, low)].map(|ip| ip.octets()).concat();
    ethernet(CLIENT.0, 0x0800, &[&header, addresses.as_slice(), &content].concat())
}

/// Three hundred thousand fragments of five thousand packets at a time, most of them over others.
#[test]
fn a_flood_of_overlapping_fragments_is_bounded_and_counted() {
    let mut dice = Dice::new(2);
    let before = peak();
    let frames = (0..300_000).map(|nth: u32| {
        let number =
            u16::try_from(nth / 100_000 * 5_000).unwrap() + u16::try_from(dice.below(5_000)).unwrap();
        fragment(&mut dice, number)
    });
    let captured = follow(frames, &Limits::within(MEMORY));
    let told = count(&captured, &[SkipReason::Fragment, SkipReason::OverlappingFragments]);
    assert!(count(&captured, &[SkipReason::OverlappingFragments]) > 10_000);
    // Hardly one is put together, and what is not is counted.
    assert!(told > 290_000, "{told}");
    assert!((peak() - before) * 1024 < MEMORY as u64, "{} kB", peak() - before);
}
