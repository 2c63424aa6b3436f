use std::net::{IpAddr, Ipv6Addr};

use wardround_model::{MacAddr, SkipReason};

use super::*;

const CARD: MacAddr = MacAddr([0x00, 0x1B, 0x2C, 0x3D, 0x4E, 0x5F]);

fn ethernet(kind: u16, inside: &[u8]) -> Vec<u8> {
    [&[0xFF; 6], CARD.0.as_slice(), &kind.to_be_bytes(), inside].concat()
}

fn vlan(identifier: u16, kind: u16, inside: &[u8]) -> Vec<u8> {
    [&(identifier | 0xE000).to_be_bytes(), kind.to_be_bytes().as_slice(), inside].concat()
}

fn ipv4(protocol: u8, fragment: u16, inside: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + inside.len()).unwrap().to_be_bytes();
    let [f1, f2] = fragment.to_be_bytes();
    let header = [0x45, 0, total[0], total[1], 0, 1, f1, f2, 64, protocol, 0, 0, 10, 1, 2, 3, 10, 1, 2, 4];
    [&header, inside].concat()
}

fn ipv6(next: u8, inside: &[u8]) -> Vec<u8> {
    let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
    let mut header = vec![0x60, 0, 0, 0, length[0], length[1], next, 64];
    header.extend("fd00::1".parse::<Ipv6Addr>().unwrap().octets());
    header.extend("fd00::2".parse::<Ipv6Addr>().unwrap().octets());
    [header.as_slice(), inside].concat()
}

fn tcp(data: &[u8]) -> Vec<u8> {
    let header = [0xC0, 0, 0, 104, 0, 0, 1, 0, 0, 0, 0, 9, 0x60, 0x12, 1, 1, 0, 0, 0, 0];
    [&header, [2, 4, 5, 0xB4].as_slice(), data].concat()
}

fn udp(port: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap().to_be_bytes();
    let [p1, p2] = port.to_be_bytes();
    [&[0xC0, 1, p1, p2, length[0], length[1], 0, 0], data].concat()
}

fn whole(link: LinkType, bytes: &[u8]) -> Packet<'_> {
    parse(link, bytes, bytes.len()).unwrap()
}

fn ip_of(packet: Packet<'_>) -> Ip<'_> {
    match packet.content {
        Content::Ip(ip) => ip,
        other => panic!("{other:?}"),
    }
}

/// Identification, place and whether more follow.
fn fragment_of(bytes: &[u8]) -> ((u32, u8), usize, bool) {
    match ip_of(whole(LinkType::RawIp, bytes)).payload {
        Payload::Fragment(fragment) => (fragment.id, fragment.offset, fragment.more),
        other => panic!("{other:?}"),
    }
}

/// The TCP segment with the data `hello` from 10.1.2.3 to 10.1.2.4, however it was wrapped.
fn check_hello(link: LinkType, bytes: &[u8]) -> Packet<'_> {
    let packet = whole(link, bytes);
    let ip = ip_of(packet);
    let Payload::Tcp(tcp) = ip.payload else { panic!("{:?}", ip.payload) };
    assert_eq!((ip.source.to_string(), ip.destination.to_string()), ("10.1.2.3".into(), "10.1.2.4".into()));
    assert_eq!((tcp.source, tcp.destination, tcp.sequence), (0xC000, 104, 256));
    assert!(tcp.flags.syn() && tcp.flags.ack() && !tcp.flags.fin() && !tcp.flags.rst());
    assert_eq!((tcp.data, tcp.length), (b"hello".as_slice(), 5));
    packet
}

fn hello() -> Vec<u8> {
    ipv4(6, 0x4000, &tcp(b"hello"))
}

#[test]
fn ethernet_with_padding() {
    let mut frame = ethernet(0x0800, &hello());
    frame.extend([0; 6]);
    let packet = check_hello(LinkType::Ethernet, &frame);
    assert_eq!((packet.card, packet.segment), (Some(CARD), 0));
}

#[test]
fn tags_and_labels_come_off_and_tell_segments_apart() {
    let tagged = ethernet(0x8100, &vlan(10, 0x0800, &hello()));
    assert_eq!(check_hello(LinkType::Ethernet, &tagged).segment, 10);
    let priority_only = ethernet(0x8100, &vlan(0, 0x0800, &hello()));
    assert_eq!(check_hello(LinkType::Ethernet, &priority_only).segment, 0);

    let twice = ethernet(0x88A8, &vlan(10, 0x8100, &vlan(20, 0x0800, &hello())));
    let reversed = ethernet(0x88A8, &vlan(20, 0x8100, &vlan(10, 0x0800, &hello())));
    let (one, other) = (check_hello(LinkType::Ethernet, &twice), check_hello(LinkType::Ethernet, &reversed));
    assert_ne!(one.segment, other.segment);

    let labels = [&[0, 1, 0, 64], [0, 2, 1, 64].as_slice(), &hello()].concat();
    check_hello(LinkType::Ethernet, &ethernet(0x8847, &labels));
    let pseudowire = [&[0, 2, 1, 64], [0; 4].as_slice(), &ethernet(0x0800, &hello())].concat();
    check_hello(LinkType::Ethernet, &ethernet(0x8847, &pseudowire));
}

#[test]
fn frames_with_a_length_and_sessions_of_ppp_are_opened() {
    let logical = |organisation: u8, kind: u16| {
        [&[0xAA, 0xAA, 3, 0, 0, organisation], kind.to_be_bytes().as_slice(), &hello()].concat()
    };
    let framed = |inside: &[u8]| {
        let mut frame = ethernet(u16::try_from(inside.len()).unwrap(), inside);
        frame.extend([0; 9]);
        frame
    };
    let frame = framed(&logical(0, 0x0800));
    let packet = check_hello(LinkType::Ethernet, &frame);
    assert_eq!(packet.card, Some(CARD));
    for inside in [logical(1, 0x0800), logical(0, 40), [&[0xE0, 0xE0, 3], [0; 35].as_slice()].concat()] {
        let frame = framed(&inside);
        assert_eq!(parse(LinkType::Ethernet, &frame, frame.len()), Err(SkipReason::NotIp));
    }

    let session = |protocol: u16| {
        let inside = [protocol.to_be_bytes().as_slice(), &hello()].concat();
        let length = u16::try_from(inside.len()).unwrap().to_be_bytes();
        ethernet(0x8864, &[&[0x11, 0, 0, 7], length.as_slice(), &inside, &[0; 4]].concat())
    };
    check_hello(LinkType::Ethernet, &session(0x0021));
    let control = session(0xC021);
    assert_eq!(parse(LinkType::Ethernet, &control, control.len()), Err(SkipReason::NotIp));
}

#[test]
fn cooked_raw_and_loopback_links() {
    let mut cooked = vec![0, 0, 0, 1, 0, 6];
    cooked.extend(CARD.0);
    cooked.extend([0, 0, 0x08, 0x00]);
    cooked.extend(hello());
    assert_eq!(check_hello(LinkType::LinuxCooked, &cooked).card, Some(CARD));

    let mut cooked2 = vec![0x08, 0x00, 0, 0, 0, 0, 0, 7, 0, 1, 0, 6];
    cooked2.extend(CARD.0);
    cooked2.extend([0, 0]);
    cooked2.extend(hello());
    let packet = check_hello(LinkType::LinuxCooked2, &cooked2);
    assert_eq!((packet.card, packet.segment), (Some(CARD), 7));

    assert_eq!(check_hello(LinkType::RawIp, &hello()).card, None);
    for head in [[].as_slice(), &[0xFF, 3]] {
        check_hello(LinkType::Ppp, &[head, &[0, 0x21], hello().as_slice()].concat());
    }
    check_hello(LinkType::Loopback, &[&[2, 0, 0, 0], hello().as_slice()].concat());
    for (number, link) in
        [(1, LinkType::Ethernet), (9, LinkType::Ppp), (101, LinkType::RawIp), (105, LinkType::Other(105))]
    {
        assert_eq!(LinkType::from_number(number), link);
    }
    assert_eq!(parse(LinkType::Other(105), &hello(), 60), Err(SkipReason::UnknownLink));
}

#[test]
fn tunnels_are_opened() {
    let frame = ethernet(0x0800, &hello());
    let gre = |flags: u8, kind: u16, inside: &[u8]| {
        ethernet(0x0800, &ipv4(47, 0, &[&[flags, 0], kind.to_be_bytes().as_slice(), inside].concat()))
    };
    let plain = gre(0, 0x0800, &hello());
    assert_eq!(check_hello(LinkType::Ethernet, &plain).card, None, "the tunnel's card is not the sender's");
    let keyed = gre(0xB0, 0x0800, &[&[7; 12], hello().as_slice()].concat());
    check_hello(LinkType::Ethernet, &keyed);
    let bridged = gre(0, 0x6558, &frame);
    assert_eq!(check_hello(LinkType::Ethernet, &bridged).card, Some(CARD));

    let erspan1 = gre(0, 0x88BE, &frame);
    check_hello(LinkType::Ethernet, &erspan1);
    let erspan2 =
        gre(0x10, 0x88BE, &[&[0, 0, 0, 1], [0x10, 10, 0x04, 5, 0, 0, 0, 0].as_slice(), &frame].concat());
    assert_eq!(check_hello(LinkType::Ethernet, &erspan2).segment, 5);
    let header3 = [0x20, 10, 0, 6, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9];
    let erspan3 = gre(0x10, 0x22EB, &[&[0, 0, 0, 1], header3.as_slice(), &frame].concat());
    assert_eq!(check_hello(LinkType::Ethernet, &erspan3).segment, 6);

    let vxlan =
        ethernet(0x0800, &ipv4(17, 0, &udp(4789, &[&[8, 0, 0, 0, 0, 0, 42, 0], frame.as_slice()].concat())));
    assert_eq!(check_hello(LinkType::Ethernet, &vxlan).segment, 42);
    check_hello(LinkType::Ethernet, &ethernet(0x0800, &ipv4(4, 0, &hello())));
}

#[test]
fn too_many_wrappings_are_refused() {
    let mut inside = hello();
    for _ in 0..=MAX_DEPTH {
        inside = ipv4(4, 0, &inside);
    }
    assert_eq!(parse(LinkType::RawIp, &inside, inside.len()), Err(SkipReason::TooDeep));
}

#[test]
fn udp_and_ipv6_with_extension_headers() {
    let datagram = udp(53, b"query");
    let hop_by_hop = [&[60, 0, 1, 4, 0, 0, 0, 0], [17, 0, 1, 4, 0, 0, 0, 0].as_slice(), &datagram].concat();
    let bytes = ipv6(0, &hop_by_hop);
    let ip = ip_of(whole(LinkType::RawIp, &bytes));
    assert_eq!(ip.source, "fd00::1".parse::<IpAddr>().unwrap());
    let expected = Udp { source: 0xC001, destination: 53, data: b"query", length: 5 };
    assert_eq!(ip.payload, Payload::Udp(expected));

    let later = ipv6(44, &[17, 0, 0x00, 0x09, 0, 0, 0, 1]);
    assert_eq!(fragment_of(&later), ((1, 0), 8, true));
    let first = ipv6(44, &[&[17, 0, 0x00, 0x01, 0, 0, 0, 1], datagram.as_slice()].concat());
    assert_eq!(fragment_of(&first), ((1, 0), 0, true));
    let alone = ipv6(44, &[&[17, 0, 0, 0, 0, 0, 0, 1], datagram.as_slice()].concat());
    assert_eq!(ip_of(whole(LinkType::RawIp, &alone)).payload, Payload::Udp(expected), "RFC 6946");
    let endless = ipv6(0, &[0; 8 * 9]);
    assert_eq!(parse(LinkType::RawIp, &endless, endless.len()), Err(SkipReason::TooDeep));
}

#[test]
fn fragments_and_other_protocols() {
    let first = ipv4(17, 0x2000, &udp(69, b"part"));
    assert_eq!(fragment_of(&first), ((1, 17), 0, true));
    let later = ipv4(17, 0x0001, b"rest");
    assert_eq!(fragment_of(&later), ((1, 17), 8, false));
    let ospf = ipv4(89, 0, &[0; 8]);
    assert_eq!(ip_of(whole(LinkType::RawIp, &ospf)).payload, Payload::Other(89));
    let stp = ethernet(0x0026, &[0x42; 38]);
    assert_eq!(parse(LinkType::Ethernet, &stp, stp.len()), Err(SkipReason::NotIp));
}

#[test]
fn what_the_capture_cut_off_is_no_error_until_a_header_lacks() {
    let frame = ethernet(0x0800, &ipv4(6, 0, &tcp(&[7; 500])));
    let Content::Ip(ip) = parse(LinkType::Ethernet, &frame[..68], frame.len()).unwrap().content else {
        panic!("not IP")
    };
    let Payload::Tcp(tcp) = ip.payload else { panic!("not TCP") };
    assert_eq!((tcp.data.len(), tcp.length), (10, 500));
    for kept in 0..54 {
        assert_eq!(
            parse(LinkType::Ethernet, &frame[..kept], frame.len()),
            Err(SkipReason::CutShort),
            "{kept}"
        );
    }
}

#[test]
fn contradicting_lengths_are_malformed() {
    for (place, value) in [(0, 0x44), (0, 0x55), (3, 19), (20 + 12, 0x40), (20 + 12, 0xF0)] {
        let mut packet = hello();
        packet[place] = value;
        let result = parse(LinkType::RawIp, &packet, packet.len());
        assert!(
            matches!(result, Err(SkipReason::Malformed | SkipReason::NotIp)),
            "{place} {value} {result:?}"
        );
    }
    let short = ipv4(17, 0, &[0, 1, 0, 2, 0, 7, 0, 0]);
    assert_eq!(parse(LinkType::RawIp, &short, short.len()), Err(SkipReason::Malformed));
}

#[test]
fn segmentation_left_to_the_card_leaves_the_length_to_the_capture() {
    let mut packet = hello();
    packet[2..4].fill(0);
    check_hello(LinkType::RawIp, &packet);
}

/// Every byte of a few good packets, set to every of some values, and every cut of them: an answer, never a panic.
#[test]
fn damage_never_panics() {
    let mut packets = vec![ethernet(0x0800, &hello()), ethernet(0x86DD, &ipv6(0, &[0; 64]))];
    packets.push(ethernet(0x8100, &vlan(1, 0x8847, &[&[0, 1, 1, 1], hello().as_slice()].concat())));
    packets.push(ethernet(0x0800, &ipv4(47, 0, &[&[0xB0, 0, 0x88, 0xBE], [1; 60].as_slice()].concat())));
    for packet in packets {
        for place in 0..packet.len() {
            for value in [0, 1, 4, 6, 17, 0x0F, 0x45, 0x7F, 0x80, 0xFF] {
                let mut damaged = packet.clone();
                damaged[place] = value;
                let _ = parse(LinkType::Ethernet, &damaged, damaged.len());
                let _ = parse(LinkType::Ethernet, &damaged[..place], damaged.len());
                let _ = parse(LinkType::LinuxCooked2, &damaged, 0);
            }
        }
    }
}
