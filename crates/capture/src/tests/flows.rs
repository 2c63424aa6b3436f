use std::net::Ipv4Addr;

use wardround_model::{FactKind, Protocol, RolesKnownBy, SkipReason, Subject, Volume};

use super::build::{
    ACK, CLIENT, Pcap, Pcapng, RST, SERVER, START, SYN, Tcp, arp, connection, ethernet, ipv4, udp, vlan,
};
use super::{assert_same, note, options, read_notes, skipped, values, with_workers};
use crate::flow::{FlowKey, Kind, View};
use crate::limits::CHUNK;
use crate::{Captured, Input, Limits, read, read_bytes};

fn exchange() -> Vec<Vec<u8>> {
    let (client, server) = connection(50_000);
    vec![
        client.segment(99, SYN, b""),
        server.segment(199, SYN | ACK, b""),
        client.segment(100, ACK, &note("hello", 0)),
        server.segment(200, ACK, &note("answer", 0)),
    ]
}

/// The exchange was counted once: two packets each way.
#[track_caller]
fn check_counted_once(captured: &Captured) {
    let [conversation] = captured.conversations.as_slice() else { panic!("{:?}", captured.conversations) };
    assert_eq!(
        (conversation.client.to_string(), conversation.server.to_string()),
        ("10.1.0.1".into(), "10.2.0.2:4242/tcp".into())
    );
    assert_eq!((conversation.roles, conversation.protocol), (RolesKnownBy::Protocol, Some(Protocol::Hl7)));
    assert_eq!((conversation.connections, conversation.already_open), (1, 0));
    assert_eq!(conversation.to_server, Volume { packets: 2, bytes: 14 });
    assert_eq!(conversation.to_client, Volume { packets: 2, bytes: 15 });
}

#[test]
fn an_exchange_is_one_conversation_with_facts_about_the_right_sides() {
    let captured = read_notes(&Pcap::of(&exchange()), &options());
    check_counted_once(&captured);
    let subjects: Vec<_> =
        captured.observations.iter().map(|o| (o.fact.value(), o.subject.to_string())).collect();
    assert_eq!(
        subjects,
        [
            ("10.1.0.1", "00:1b:2c:00:00:01".into()),
            ("10.2.0.2", "00:1b:2c:00:00:02".into()),
            ("hello", "10.1.0.1:50000/tcp".into()),
            ("answer", "10.2.0.2:4242/tcp".into()),
        ]
    );
    assert_eq!(captured.observations[2].first.evidence.record, 3);
}

#[test]
fn a_conversation_has_the_hours_of_its_packets_and_no_others() {
    const HOUR: i64 = 3_600_000_000;
    // A Monday, 07:00; what is later than the moment of reading would have no time.
    let monday = START * 1_000_000 - 168 * HOUR;
    let [syn, answer, hello, end] = exchange().try_into().unwrap();
    let mut pcap = Pcap::new();
    pcap.packet_at(monday, &syn).packet_at(monday + 5, &answer);
    pcap.packet_at(monday + 26 * HOUR, &hello).packet_at(monday + 27 * HOUR, &end);
    // One that comes late, and one a week later.
    pcap.packet_at(monday + 25 * HOUR, &end).packet_at(monday + 168 * HOUR, &end);
    let captured = read_notes(&pcap.bytes, &options());
    let [conversation] = captured.conversations.as_slice() else { panic!("{:?}", captured.conversations) };
    assert_eq!(conversation.active.to_string(), "Mon 07:00-08:00, Tue 08:00-11:00");
}

#[test]
fn packets_seen_at_two_mirrors_count_once() {
    let mut pcapng = Pcapng::new(false);
    pcapng.section(false).interface(1, 0, &[(2, b"a")]).interface(1, 0, &[(2, b"b")]);
    let ticks = u64::try_from(START).unwrap() * 1_000_000;
    for packet in exchange() {
        pcapng.packet(0, ticks, &packet).packet(1, ticks, &packet);
    }
    let captured = read_notes(&pcapng.bytes, &options());
    check_counted_once(&captured);
    assert_eq!(values(&captured, FactKind::HttpServer), ["hello", "answer"]);

    let both: Vec<_> = exchange().iter().flat_map(|packet| [packet.clone(), vlan(7, packet)]).collect();
    check_counted_once(&read_notes(&Pcap::of(&both), &options()));
}

#[test]
fn each_direction_may_have_its_own_mirror() {
    let split: Vec<_> = exchange()
        .into_iter()
        .map(|packet| if packet[6..12] == CLIENT.0 { vlan(1, &packet) } else { vlan(2, &packet) })
        .collect();
    check_counted_once(&read_notes(&Pcap::of(&split), &options()));
}

#[test]
fn pieces_of_one_recording_are_added_and_parallel_recordings_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Input::File(path)
    };
    let write = |packets: &[Vec<u8>], from: i64| {
        let mut pcap = Pcap::new();
        for (packet, n) in packets.iter().zip(0..) {
            pcap.packet_at((START + from) * 1_000_000 + n, packet);
        }
        pcap.bytes
    };
    let packets = exchange();
    let one = file("1.pcap", &write(&packets[..3], 0));
    let two = file("2.pcap", &write(&packets[3..], 5));
    let captured = read(&[one.clone(), two], &options(), &()).unwrap();
    let conversation = &captured.conversations[0];
    assert_eq!((conversation.connections, conversation.already_open), (1, 0));
    assert_eq!((conversation.to_server.packets, conversation.to_client.packets), (2, 2));

    let copy = file("copy.pcap", &write(&packets[..3], 0));
    let captured = read(&[one, copy], &options(), &()).unwrap();
    assert_eq!(captured.conversations[0].to_server.packets, 2);
}

#[test]
fn roles_come_from_ports_when_nothing_else_tells() {
    let (client, server) = connection(50_000);
    let packets = [server.segment(5, ACK, b"?"), client.segment(5, ACK, b"?")];
    let captured = read_notes(&Pcap::of(&packets), &options());
    let conversation = &captured.conversations[0];
    assert_eq!((conversation.server.port, conversation.roles), (4242, RolesKnownBy::Ports));
    assert_eq!(conversation.already_open, 1);

    let high = Tcp { ports: (4242, 50_000), ..client };
    let captured = read_notes(&Pcap::of(&[high.segment(1, ACK, &note("x", 0))]), &options());
    let conversation = &captured.conversations[0];
    assert_eq!((conversation.server.port, conversation.roles), (50_000, RolesKnownBy::Protocol));
}

#[test]
fn a_group_address_is_always_the_server() {
    let group = Ipv4Addr::new(224, 0, 0, 251);
    let captured = read_notes(&Pcap::of(&[udp(CLIENT, group, (5353, 5353), b"?")]), &options());
    let conversation = &captured.conversations[0];
    assert_eq!(conversation.server.to_string(), "224.0.0.251:5353/udp");
    assert!(!conversation.is_unanswered());
}

#[test]
fn cards_own_and_send_from_addresses() {
    let ping = ethernet(SERVER.0, 0x0800, &ipv4(SERVER.1, CLIENT.1, 1, &[8, 0, 0, 0]));
    let nobody = ethernet([1, 0, 0, 0, 0, 1], 0x0800, &ipv4(CLIENT.1, SERVER.1, 1, &[8, 0, 0, 0]));
    let packets = [arp(CLIENT.0, CLIENT.1), ping.clone(), ping, nobody];
    let captured = read_bytes("a.pcap", &Pcap::of(&packets), &options()).unwrap();
    let found: Vec<_> = captured.observations.iter().map(|o| (o.fact.kind(), o.subject, o.count)).collect();
    let card = |mac| Subject::Mac(wardround_model::MacAddr(mac));
    assert_eq!(found, [(FactKind::OwnsIp, card(CLIENT.0), 1), (FactKind::SendsFromIp, card(SERVER.0), 2)]);
    assert!(captured.conversations.is_empty());
}

#[test]
fn other_transports_are_counted() {
    let packet = ethernet(CLIENT.0, 0x0800, &ipv4(CLIENT.1, SERVER.1, 89, &[0; 8]));
    let captured = read_bytes("a.pcap", &Pcap::of(&[packet]), &options()).unwrap();
    assert_eq!(skipped(&captured, SkipReason::OtherTransport), 1);
}

/// Many hosts and connections, interleaved, some cut, some swapped.
fn crowd() -> Vec<u8> {
    let mut pcap = Pcap::new();
    for round in 0..40u32 {
        for host in 0..60u8 {
            let from = ([0, 1, 2, 3, 4, host], Ipv4Addr::new(10, 9, host % 5, host));
            let port = 40_000 + u16::try_from(round / 4).unwrap();
            let tcp = Tcp { from, to: SERVER, ports: (port, 4242) };
            let sequence = 1 + (round % 4) * 500;
            match round % 4 {
                0 => pcap.packet(&tcp.segment(0, SYN, b"")).packet(&arp(from.0, from.1)),
                1 => pcap.packet(&tcp.segment(sequence + 3, ACK, &note("late", 9)[3..])),
                2 => {
                    pcap.packet(&tcp.segment(sequence - 500, ACK, &note(&format!("h{host}r{round}"), 0)[..3]))
                }
                _ => pcap.packet(&tcp.segment(sequence, ACK, &note(&format!("h{host}"), 100))),
            };
            pcap.packet(&udp(from, SERVER.1, (port, 53), b"what is this"));
        }
    }
    pcap.bytes
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let bytes = crowd();
    let tiny = Limits {
        flows: 64,
        streams: 32,
        buffered_bytes: 400,
        conversations: 64,
        fact_bytes: 20_000,
        cards: 32,
    };
    for limits in [Limits::default(), tiny] {
        let alone = read_notes(&bytes, &with_workers(1, limits));
        assert!(!alone.observations.is_empty() && !alone.conversations.is_empty());
        for workers in [2, 3, 5, 40] {
            assert_same(&alone, &read_notes(&bytes, &with_workers(workers, limits)));
        }
        let over = skipped(&alone, SkipReason::TooManyFlows) + skipped(&alone, SkipReason::TooManyFacts);
        assert_eq!(over > 0, limits == tiny);
    }
}

#[test]
fn an_eviction_loses_no_counts() {
    let bytes = crowd();
    let few = Limits { flows: 16, ..Limits::default() };
    let packets = |captured: &Captured| -> u64 {
        captured.conversations.iter().map(|c| c.to_server.packets + c.to_client.packets).sum()
    };
    let (all, evicted) = (read_notes(&bytes, &options()), read_notes(&bytes, &with_workers(1, few)));
    assert!(skipped(&evicted, SkipReason::TooManyFlows) > 0);
    assert_eq!(packets(&all), packets(&evicted));
    assert_eq!(all.conversations.len(), evicted.conversations.len());
}

/// More chunks than there are buffers: each comes back to be filled again.
#[test]
fn buffers_go_around() {
    let packet = udp(CLIENT, SERVER.1, (9000, 4000), &[7; 1400]);
    let mut pcap = Pcap::new();
    for _ in 0..20_000 {
        pcap.packet(&packet);
    }
    let alone = read_bytes("long.pcap", &pcap.bytes, &options()).unwrap();
    assert_eq!(alone.conversations[0].to_server, Volume { packets: 20_000, bytes: 28_000_000 });
    for workers in [2, 4] {
        assert_same(
            &alone,
            &read_bytes("long.pcap", &pcap.bytes, &with_workers(workers, Limits::default())).unwrap(),
        );
    }
}

/// Whoever works on it, a shard takes its packets in the order of reading: sizes and first and last packets are told by it.
#[test]
fn many_batches_of_many_hosts_are_the_same_on_any_number_of_threads() {
    let mut pcap = Pcap::new();
    for nth in 0..24_000_u16 {
        let host = u8::try_from(nth % 61).unwrap();
        let said = note(&format!("h{host}-{}", nth / 61 % 5), usize::from(nth % 900));
        pcap.packet(&udp(
            ([2, 0, 0, 0, 1, host], Ipv4Addr::new(10, 0, 1, host)),
            SERVER.1,
            (9000 + nth % 7, 4000),
            &said,
        ));
    }
    let alone = read_notes(&pcap.bytes, &options());
    assert!(
        pcap.bytes.len() > 16 * CHUNK && alone.conversations.len() > 60 && !alone.observations.is_empty()
    );
    for workers in [2, 3, 4, 17] {
        assert_same(&alone, &read_notes(&pcap.bytes, &with_workers(workers, Limits::default())));
    }
}

/// Whatever bits two hosts have in common: the same hosts at another site, hosts that count up together, a server and its clients.
#[test]
fn pairs_of_hosts_are_spread_over_all_shards() {
    type Pair = fn(u8) -> ([u8; 4], [u8; 4]);
    let pairs: [Pair; 3] = [
        |site| ([10, 20 ^ site, 3, 10], [10, 20 ^ site, 2, 7]),
        |host| ([10, 0, 0, host], [10, 0, 1, host]),
        |host| ([10, 0, 0, host], [10, 0, 0, 1]),
    ];
    for pair in pairs {
        let mut counts = [0u32; 16];
        for number in 0..=255 {
            let (one, other) = pair(number);
            let view = View { point: 0, segment: 0 };
            let (from, to) = ((Ipv4Addr::from(one).into(), 1), (Ipv4Addr::from(other).into(), 2));
            let (key, _) = FlowKey::new(Kind::Tcp, from, to, view);
            counts[usize::try_from(key.pair_number() >> 60).unwrap()] += 1;
        }
        assert!(counts.iter().all(|count| (4..40).contains(count)), "{counts:?}");
    }
}

/// A connection of the client from this port whose packets have this time to live, and so many more packets of it.
fn opened(port: u16, time_to_live: u8, more: &[(u8, u8)]) -> Vec<Vec<u8>> {
    let (client, server) = connection(port);
    let mut packets = vec![
        client.segment(99, SYN, b""),
        server.segment(199, SYN | ACK, b""),
        client.segment(100, ACK, b""),
        client.segment(100, ACK, b"?"),
    ];
    let lives = [time_to_live, 64, time_to_live, time_to_live];
    packets.extend(more.iter().map(|(flags, _)| client.segment(101, *flags, b"")));
    for (packet, life) in packets.iter_mut().zip(lives.into_iter().chain(more.iter().map(|it| it.1))) {
        packet[14 + 8] = life;
    }
    packets
}

#[test]
fn times_to_live_are_told_where_an_address_opens_connections_with_those_of_two_systems() {
    let told = |packets: &[Vec<u8>]| {
        let captured = read_notes(&Pcap::of(packets), &options());
        let facts = captured.observations.into_iter().filter(|it| it.fact.kind() == FactKind::TimeToLive);
        facts.map(|it| format!("{} {} x{}", it.subject, it.fact.value(), it.count)).collect::<Vec<_>>()
    };
    let two = [opened(50_000, 63, &[]), opened(50_001, 127, &[]), opened(50_002, 63, &[])].concat();
    assert_eq!(told(&two), ["10.1.0.1 64-1 x2", "10.1.0.1 128-1 x1"]);
    let one = [opened(50_000, 64, &[]), opened(50_001, 63, &[])].concat();
    assert_eq!(told(&one), [""; 0], "one system, in it or behind another router");
    // What ends a connection, or comes in the middle of it, may be of somebody on the way.
    let on_the_way = [opened(50_000, 64, &[]), opened(50_001, 64, &[(RST, 255), (ACK, 128)])].concat();
    assert_eq!(told(&on_the_way), [""; 0]);
    let invented: Vec<_> = opened(50_001, 128, &[]).into_iter().step_by(2).collect();
    assert_eq!(told(&[opened(50_000, 64, &[]), invented].concat()), [""; 0], "nobody answered it");
}
