//! Packets cut into fragments: put together in any order, never where they overlap.

use std::net::{IpAddr, Ipv6Addr};

use proptest::prelude::*;
use wardround_model::{FactKind, SkipReason};

use super::build::{CLIENT, Pcap, SERVER, START, connection, ethernet, udp};
use super::{Captured, note, options, read_notes, skipped, values};
use crate::read_bytes;

/// A frame with an IPv4 packet, cut behind each of these units of 8 bytes of its content.
fn cut_v4(frame: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let (ethernet, ip) = frame.split_at(14);
    let (header, content) = ip.split_at(20);
    let fragment = |(from, to): (usize, usize)| {
        let mut header = header.to_vec();
        let total = u16::try_from(20 + to - from).unwrap().to_be_bytes();
        let more = if to < content.len() { 0x2000 } else { 0 };
        let place = (u16::try_from(from / 8).unwrap() | more).to_be_bytes();
        header[2..4].copy_from_slice(&total);
        header[4..6].copy_from_slice(&[7, 7]);
        header[6..8].copy_from_slice(&place);
        [ethernet, &header, &content[from..to]].concat()
    };
    stretches(content.len(), cuts).map(fragment).collect()
}

/// The same with an IPv6 packet.
fn cut_v6(next: u8, content: &[u8], cuts: &[usize]) -> Vec<Vec<u8>> {
    let address = |n: u16| Ipv6Addr::new(0xFD00, 0, 0, 0, 0, 0, 0, n).octets();
    let fragment = |(from, to): (usize, usize)| {
        let more = u16::from(to < content.len());
        let place = (u16::try_from(from).unwrap() | more).to_be_bytes();
        let inside = [&[next, 0, place[0], place[1], 0, 0, 0, 9], &content[from..to]].concat();
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        let head = [0x60, 0, 0, 0, length[0], length[1], 44, 64];
        ethernet(CLIENT.0, 0x86DD, &[&head, address(1).as_slice(), &address(2), &inside].concat())
    };
    stretches(content.len(), cuts).map(fragment).collect()
}

fn stretches(length: usize, cuts: &[usize]) -> impl Iterator<Item = (usize, usize)> {
    let mut places: Vec<usize> =
        cuts.iter().map(|cut| cut * 8).filter(|cut| *cut > 0 && *cut < length).collect();
    places.extend([0, length]);
    places.sort_unstable();
    places.dedup();
    let ends = places.clone().into_iter().skip(1);
    places.into_iter().zip(ends)
}

/// A connection whose one segment tells a text.
fn segment(text: &str) -> Vec<u8> {
    connection(50_000).0.segment(1, 16, &note(text, 100))
}

fn read_packets(frames: &[Vec<u8>]) -> Captured {
    read_notes(&Pcap::of(frames), &options())
}

/// The order that these numbers put things into.
fn shuffled<T: Clone>(list: &[T], order: &[u32]) -> Vec<T> {
    let mut keyed: Vec<_> =
        list.iter().enumerate().map(|(n, it)| (order.get(n).copied().unwrap_or(0), n, it)).collect();
    keyed.sort_by_key(|(key, n, _)| (*key, *n));
    keyed.into_iter().map(|(_, _, it)| it.clone()).collect()
}

proptest! {
    #[test]
    fn any_cut_in_any_order_is_the_whole(cuts: Vec<u8>, order: [u32; 64], twice: bool) {
        let cuts: Vec<usize> = cuts.into_iter().map(|cut| usize::from(cut % 20)).collect();
        let mut fragments = shuffled(&cut_v4(&segment("scanner"), &cuts), &order);
        if twice {
            fragments = fragments.into_iter().flat_map(|it| [it.clone(), it]).collect();
        }
        let captured = read_packets(&fragments);
        prop_assert_eq!(values(&captured, FactKind::HttpServer), ["scanner"]);
        prop_assert_eq!(skipped(&captured, SkipReason::Fragment), 0);
        prop_assert_eq!(skipped(&captured, SkipReason::OverlappingFragments), 0);
    }

    #[test]
    fn any_cut_of_ipv6_in_any_order_is_the_whole(cuts: Vec<u8>, order: [u32; 64]) {
        let cuts: Vec<usize> = cuts.into_iter().map(|cut| usize::from(cut % 20)).collect();
        let content = segment("scanner").split_off(34);
        let captured = read_packets(&shuffled(&cut_v6(6, &content, &cuts), &order));
        prop_assert_eq!(values(&captured, FactKind::HttpServer), ["scanner"]);
        let client: IpAddr = "fd00::1".parse().unwrap();
        prop_assert_eq!(captured.conversations[0].client, client);
    }

    /// A piece of another packet with the same identification, anywhere but exactly on a piece that is there, and anywhere
    /// in the order but behind the last: nothing of either is believed.
    #[test]
    fn an_overlap_never_passes(from in 0usize..17, length in 1usize..6, at in 0usize..4, order: [u32; 4]) {
        let whole = segment("scanner");
        let to = (from + length).min(19);
        let forged = cut_v4(&segment("forged!"), &[from, to]);
        let forged = &forged[usize::from(from > 0)];
        let honest = shuffled(&cut_v4(&whole, &[3, 6, 9]), &order);
        // In the exact place of an honest piece it overlaps nothing as long as that one is not there.
        prop_assume!(![(0, 3), (3, 6), (6, 9), (9, 17)].contains(&(from, to.min(17))));
        let mut frames = honest.clone();
        frames.insert(at.min(3), forged.clone());
        let captured = read_packets(&frames);
        // Also where it says word for word what the honest packet has there.
        prop_assert!(values(&captured, FactKind::HttpServer).is_empty());
        prop_assert_eq!(skipped(&captured, SkipReason::OverlappingFragments), 5);
    }
}

#[test]
fn a_packet_with_a_missing_piece_is_counted_and_its_sender_known() {
    let fragments = cut_v4(&segment("scanner"), &[3, 6]);
    let captured = read_packets(&[fragments[0].clone(), fragments[2].clone()]);
    assert_eq!(skipped(&captured, SkipReason::Fragment), 2);
    assert!(captured.conversations.is_empty());
    assert_eq!(values(&captured, FactKind::SendsFromIp), [CLIENT.1.to_string()]);
}

#[test]
fn pieces_wait_for_half_a_minute() {
    let fragments = cut_v4(&segment("scanner"), &[5]);
    for (seconds, found) in [(30, 1), (31, 0)] {
        let mut pcap = Pcap::new();
        pcap.packet_at(START * 1_000_000, &fragments[0]);
        pcap.packet_at((START + seconds) * 1_000_000, &fragments[1]);
        let captured = read_notes(&pcap.bytes, &options());
        assert_eq!(values(&captured, FactKind::HttpServer).len(), found, "{seconds} s");
    }
}

#[test]
fn pieces_that_cannot_be_of_a_packet_are_refused() {
    let fragments = cut_v4(&segment("scanner"), &[5]);
    let mut odd = fragments[0].clone();
    odd[17] -= 1;
    let mut beyond = fragments[1].clone();
    beyond[20..22].copy_from_slice(&[0x1F, 0xFF]);
    let captured = read_packets(&[odd, beyond]);
    assert_eq!(skipped(&captured, SkipReason::Malformed), 2);
}

/// More than may wait: the oldest go, nothing grows, and a later packet is still put together.
#[test]
fn a_flood_of_first_pieces_holds_nothing_up() {
    let mut pcap = Pcap::new();
    for n in 0..5000u16 {
        let mut first = cut_v4(&segment("flood"), &[5]).swap_remove(0);
        first[18..20].copy_from_slice(&n.to_be_bytes());
        pcap.packet(&first);
    }
    for fragment in cut_v4(&segment("scanner"), &[2, 4]) {
        pcap.packet(&fragment);
    }
    let captured = read_notes(&pcap.bytes, &options());
    assert_eq!(values(&captured, FactKind::HttpServer), ["scanner"]);
    // The identification of the packet at the end is one of the flood's.
    assert!(skipped(&captured, SkipReason::Fragment) >= 4998);
}

#[test]
fn a_tunnel_that_was_cut_is_opened() {
    let vxlan = [&[8, 0, 0, 0, 0, 0, 42, 0], segment("scanner").as_slice()].concat();
    let outer = udp(SERVER, CLIENT.1, (40_000, 4789), &vxlan);
    let captured = read_packets(&cut_v4(&outer, &[4, 8, 12]));
    assert_eq!(values(&captured, FactKind::HttpServer), ["scanner"]);
    assert_eq!(captured.conversations[0].client, CLIENT.1);
}

#[test]
fn networks_that_are_left_out_show_nothing_but_a_count() {
    let ours = connection(50_001).0.segment(1, 16, &note("ours", 0));
    let guest = udp(([0, 1, 2, 3, 4, 5], "10.99.0.7".parse().unwrap()), SERVER.1, (5000, 53), b"who");
    let arp = super::build::arp([0, 1, 2, 3, 4, 5], "10.99.0.7".parse().unwrap());
    let mut options = options();
    options.excluded = vec!["10.99.0.0/16".parse().unwrap()];
    let captured = read_bytes("a.pcap", &Pcap::of(&[ours, guest, arp]), &options).unwrap();
    assert_eq!(skipped(&captured, SkipReason::Excluded), 2);
    assert_eq!(captured.conversations.len(), 1);
    assert!(captured.observations.iter().all(|it| !format!("{it:?}").contains("10.99.")));
}
