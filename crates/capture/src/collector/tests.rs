//! Flow records become conversations; what did not come is counted.

use wardround_model::{Conversation, FactKind, RolesKnownBy, SkipReason, Subject};

use super::*;
use crate::tests::build::{CLIENT, SERVER, START, connection};

const EXPORTER: [u8; 4] = [10, 20, 9, 1];

fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(START + seconds)
}

fn be16(numbers: &[u16]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn be32(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn seconds() -> u32 {
    u32::try_from(START).unwrap()
}

fn set(number: u16, body: &[u8]) -> Vec<u8> {
    [&be16(&[number, u16::try_from(body.len() + 4).unwrap()]), body].concat()
}

/// A message of version 9, from an exporter that was switched on a hundred seconds ago.
fn message(sequence: u32, sets: &[Vec<u8>]) -> Vec<u8> {
    [be16(&[9, 1]), be32(&[100_000, seconds(), sequence, 1]), sets.concat()].concat()
}

/// Addresses, ports, protocol, flags, packets, bytes, first and last, card.
fn template() -> Vec<u8> {
    let fields = [8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 6, 1, 2, 4, 1, 4, 22, 4, 21, 4, 56, 6];
    set(0, &be16(&[&[256, 11][..], &fields].concat()))
}

#[derive(Clone, Copy)]
struct Said {
    ports: (u16, u16),
    is_answer: bool,
    flags: u8,
    packets: u32,
    bytes: u32,
    /// Milliseconds since the exporter was switched on.
    times: (u32, u32),
}

const ASKED: Said = Said {
    ports: (40_000, 104),
    is_answer: false,
    flags: 0x1B,
    packets: 6,
    bytes: 740,
    times: (90_000, 95_000),
};
const ANSWERED: Said =
    Said { ports: (104, 40_000), is_answer: true, flags: 0x1B, packets: 5, bytes: 900, ..ASKED };

impl Said {
    fn record(&self) -> Vec<u8> {
        let (from, to) = if self.is_answer { (SERVER, CLIENT) } else { (CLIENT, SERVER) };
        [
            &from.1.octets()[..],
            &to.1.octets(),
            &be16(&[self.ports.0, self.ports.1]),
            &[6, self.flags],
            &be32(&[self.packets, self.bytes, self.times.0, self.times.1]),
            &from.0,
        ]
        .concat()
    }
}

fn records(all: &[Said]) -> Vec<u8> {
    set(256, &all.iter().flat_map(Said::record).collect::<Vec<_>>())
}

fn collector() -> Collector {
    Collector::new(&Limits::default(), &[], &[], (0, 0))
}

fn take(collector: &mut Collector, datagram: &[u8]) {
    collector.take(datagram, EXPORTER.into(), moment(1));
}

/// What these datagrams show.
fn shown(datagrams: &[Vec<u8>]) -> Captured {
    let mut collector = collector();
    datagrams.iter().for_each(|datagram| take(&mut collector, datagram));
    collector.finish()
}

fn skipped(captured: &Captured, reason: SkipReason) -> u64 {
    captured.coverage.skipped.iter().find(|skip| skip.reason == reason).map_or(0, |skip| skip.count)
}

fn only(captured: &Captured) -> &Conversation {
    assert_eq!(captured.conversations.len(), 1, "{:?}", captured.conversations);
    &captured.conversations[0]
}

#[test]
fn both_ways_are_one_conversation() {
    let found = shown(&[message(1, &[template(), records(&[ANSWERED, ASKED])])]);
    let talk = only(&found);
    assert_eq!((talk.client, talk.server.to_string().as_str()), (CLIENT.1.into(), "10.2.0.2:104/tcp"));
    assert_eq!((talk.to_server.packets, talk.to_client.packets), (6, 5));
    // Without the headers: 40 bytes a packet.
    assert_eq!((talk.to_server.bytes, talk.to_client.bytes), (500, 700));
    assert_eq!((talk.connections, talk.already_open, talk.roles), (1, 0, RolesKnownBy::Ports));
    assert_eq!((talk.first.at, talk.last), (moment(-10), moment(-5)));
    let cards: Vec<_> = found.observations.iter().map(|it| (it.subject, it.fact.kind())).collect();
    assert_eq!(cards.len(), 2);
    assert!(cards.iter().all(|it| matches!(it, (Subject::Mac(_), FactKind::SendsFromIp))));
    assert_eq!(found.coverage.sources[0].records, 2);
    assert!(found.coverage.skipped.is_empty());
}

#[test]
fn another_connection_between_the_same_ports_counts() {
    let later = |it: Said| Said { times: (97_000, 98_000), ..it };
    let long = Said { flags: 0x10, times: (95_500, 96_000), ..ASKED };
    let parts = [ASKED, ANSWERED, long, later(ASKED), later(ANSWERED)];
    let found = shown(&[message(1, &[template(), records(&parts)])]);
    assert_eq!((only(&found).connections, only(&found).to_server.packets), (2, 18));
}

#[test]
fn a_connection_that_was_never_answered_tells_who_asked() {
    let syn = Said { ports: (104, 40_000), flags: 2, packets: 2, bytes: 120, ..ASKED };
    let found = shown(&[message(1, &[template(), records(&[syn])])]);
    let talk = only(&found);
    assert_eq!((talk.server.port, talk.roles), (40_000, RolesKnownBy::Protocol));
    assert_eq!((talk.to_server.packets, talk.to_server.bytes), (2, 0), "a SYN with options has no payload");
    assert!(talk.is_unanswered());
}

#[test]
fn records_before_their_template_are_counted_and_later_ones_read() {
    let found = shown(&[
        message(1, &[records(&[ASKED])]),
        message(2, &[template()]),
        message(3, &[records(&[ASKED])]),
    ]);
    assert_eq!(only(&found).to_server.packets, 6);
    assert_eq!(skipped(&found, SkipReason::NoTemplate), 1);
    assert_eq!(skipped(&found, SkipReason::LostRecords), 0);
}

#[test]
fn a_template_dies_and_is_that_of_its_exporter_alone() {
    let mut collector = collector();
    take(&mut collector, &message(1, &[template()]));
    let told = message(2, &[records(&[ASKED])]);
    collector.take(&told, [10, 20, 9, 2].into(), moment(2));
    let other = [be16(&[9, 1]), be32(&[100_000, seconds(), 1, 2]), records(&[ASKED])].concat();
    take(&mut collector, &other);
    collector.take(&told, EXPORTER.into(), moment(3 * 3600));
    let found = collector.finish();
    assert!(found.conversations.is_empty());
    assert_eq!(skipped(&found, SkipReason::NoTemplate), 3);
}

#[test]
fn gaps_are_what_was_lost() {
    let at = |sequence| message(sequence, &[template(), records(&[ASKED])]);
    // 2 to 4 are missing; 3 is late; then the exporter begins anew.
    let found = shown(&[at(1), at(5), at(3), at(6), at(900_000_000), at(1), at(2)]);
    assert_eq!(skipped(&found, SkipReason::LostRecords), 3);
}

#[test]
fn ipfix_counts_records() {
    let message = |sequence: u32, sets: &[Vec<u8>]| {
        let length = u16::try_from(16 + sets.concat().len()).unwrap();
        [be16(&[10, length]), be32(&[seconds(), sequence, 1]), sets.concat()].concat()
    };
    let fields = be16(&[256, 5, 8, 4, 12, 4, 7, 2, 11, 2, 4, 1]);
    let flow = |port: u16| [&CLIENT.1.octets()[..], &SERVER.1.octets(), &be16(&[port, 104]), &[6]].concat();
    let with_counts = [&fields[..2], &be16(&[6]), &fields[4..], &be16(&[2, 1])].concat();
    let data = |ports: &[u16]| {
        set(256, &ports.iter().flat_map(|port| [flow(*port), vec![3]].concat()).collect::<Vec<_>>())
    };
    let found = shown(&[
        message(0, &[set(2, &with_counts), data(&[40_000, 40_001])]),
        message(2, &[data(&[40_002])]),
        message(10, &[data(&[40_003])]),
    ]);
    assert_eq!(skipped(&found, SkipReason::LostRecords), 7);
    assert_eq!((only(&found).connections, only(&found).to_server.packets), (4, 12));
    // No times: those of their coming.
    assert_eq!(only(&found).first.at, moment(1));
}

#[test]
fn sampling_is_scaled_and_told() {
    let options = set(1, &[be16(&[300, 4, 8, 1, 4, 48, 1, 50, 2])].concat());
    let option = set(300, &[&be32(&[0])[..], &[7], &be16(&[100]), &[0]].concat());
    let fields = [8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 2, 4, 1, 4, 48, 1];
    let sampled = set(0, &be16(&[&[301, 8][..], &fields].concat()));
    let record =
        [&CLIENT.1.octets()[..], &SERVER.1.octets(), &be16(&[40_000, 53]), &[17], &be32(&[3, 3 * 128]), &[7]];
    let found = shown(&[message(1, &[options, option]), message(2, &[sampled, set(301, &record.concat())])]);
    let talk = only(&found);
    assert_eq!((talk.to_server.packets, talk.to_server.bytes), (300, 30_000));
    assert_eq!(skipped(&found, SkipReason::Sampled), 297);
}

#[test]
fn sflow_reads_the_beginning_of_packets() {
    let (client, server) = connection(40_000);
    let sample = |sequence: u32, lost: u32, frame: &[u8]| {
        let padded = [frame, &vec![0; frame.len().wrapping_neg() % 4]].concat();
        let length = u32::try_from(frame.len()).unwrap();
        let raw = [be32(&[1, length + 4, 4, length]), padded].concat();
        let size = u32::try_from(raw.len()).unwrap();
        let body = [be32(&[sequence, 17, 400, 0, lost, 1, 2, 1, 1, size]), raw].concat();
        [be32(&[1, u32::try_from(body.len()).unwrap()]), body].concat()
    };
    let datagram = |sequence: u32, samples: &[Vec<u8>]| {
        let count = u32::try_from(samples.len()).unwrap();
        [be32(&[5, 1, 0x0A14_0901, 0, sequence, 1000, count]), samples.concat()].concat()
    };
    let asked = client.segment(1, 0x18, b"0123456789");
    let answered = server.segment(1, 0x18, b"01234567890123456789");
    let found = shown(&[
        datagram(1, &[sample(1, 0, &asked), sample(2, 0, &answered)]),
        datagram(4, &[sample(3, 5, &asked)]),
    ]);
    let talk = only(&found);
    assert_eq!((talk.client, talk.server.port, talk.already_open), (CLIENT.1.into(), 4242, 0));
    assert_eq!((talk.to_server.packets, talk.to_server.bytes), (800, 8000));
    assert_eq!((talk.to_client.packets, talk.to_client.bytes), (400, 8000));
    assert_eq!(skipped(&found, SkipReason::Sampled), 3 * 399);
    // Two datagrams, and what the switch had no room for.
    assert_eq!(skipped(&found, SkipReason::LostRecords), 2 + 5);
    assert_eq!(found.coverage.sources[0].records, 3);
}

#[test]
fn only_those_who_may_are_heard_and_networks_are_left_out() {
    let prefix = |text: &str| vec![text.parse().unwrap()];
    let datagram = message(1, &[template(), records(&[ASKED, ANSWERED])]);
    let mut choosy = Collector::new(&Limits::default(), &[], &prefix("10.20.8.0/24"), (0, 0));
    take(&mut choosy, &datagram);
    let found = choosy.finish();
    assert!(found.conversations.is_empty());
    assert_eq!((skipped(&found, SkipReason::Excluded), found.coverage.packets()), (1, 0));
    let mut leaves_out =
        Collector::new(&Limits::default(), &prefix("10.2.0.0/16"), &prefix("10.20.9.0/24"), (0, 0));
    take(&mut leaves_out, &datagram);
    let found = leaves_out.finish();
    assert!(found.conversations.is_empty() && found.observations.is_empty());
    assert_eq!(skipped(&found, SkipReason::Excluded), 2);
}

#[test]
fn times_that_cannot_be_are_told_and_not_used() {
    let datagram = message(1, &[template(), records(&[ASKED])]);
    let mut collector = collector();
    collector.take(&datagram, EXPORTER.into(), moment(-10 * 24 * 3600));
    let found = collector.finish();
    assert_eq!(skipped(&found, SkipReason::ImplausibleTime), 1);
    assert_eq!(only(&found).first.at, moment(-10 * 24 * 3600));
}

#[test]
fn two_exporters_that_see_the_same_count_it_once() {
    let mut collector = collector();
    let datagram = message(1, &[template(), records(&[ASKED, ANSWERED])]);
    for exporter in [[10, 20, 9, 1], [10, 20, 9, 2]] {
        collector.take(&datagram, exporter.into(), moment(1));
    }
    let found = collector.finish();
    assert_eq!((only(&found).connections, only(&found).to_server.packets), (1, 6));
}

#[test]
fn packets_that_are_counted_as_they_come_and_as_they_go_count_once() {
    let fields = [8, 4, 12, 4, 7, 2, 11, 2, 4, 1, 2, 4, 61, 1];
    let template = set(0, &be16(&[&[302, 7][..], &fields].concat()));
    let record = |from: [u8; 4], to: [u8; 4], ports: [u16; 2], packets: u32, direction: u8| {
        [&from[..], &to, &be16(&ports), &[17], &be32(&[packets]), &[direction]].concat()
    };
    let (client, server) = (CLIENT.1.octets(), SERVER.1.octets());
    let there = |direction| record(client, server, [40_000, 53], 3, direction);
    let back = |direction| record(server, client, [53, 40_000], 4, direction);
    for (way, again) in
        [(vec![there(0), back(1)], vec![]), (vec![there(0), back(0)], vec![there(1), back(1)])]
    {
        let found = shown(&[message(1, &[template.clone(), set(302, &[way, again].concat().concat())])]);
        assert_eq!((only(&found).to_server.packets, only(&found).to_client.packets), (3, 4));
    }
}

#[test]
fn harvests_together_are_what_one_shows() {
    let first = message(1, &[template(), records(&[ASKED])]);
    let second = message(2, &[records(&[ANSWERED])]);
    let mut collector = collector();
    take(&mut collector, &first);
    let before = collector.harvest();
    assert_eq!(only(&before).to_client.packets, 0);
    take(&mut collector, &second);
    let after = collector.finish();
    assert_eq!((only(&after).connections, only(&after).to_client.packets), (0, 5));
    assert_eq!(only(&after).client, CLIENT.1);
}

#[test]
fn exporters_templates_and_flows_are_bounded() {
    let mut collector = Collector::new(&Limits { flows: 10, ..Limits::default() }, &[], &[], (0, 0));
    for domain in 0..2000_u32 {
        let datagram = [be16(&[9, 1]), be32(&[100_000, seconds(), 1, domain]), template()].concat();
        take(&mut collector, &datagram);
    }
    for number in 256..1000 {
        let many = [be16(&[number, 128]), be16(&[8, 4]).repeat(128)].concat();
        take(&mut collector, &message(1, &[set(0, &many)]));
    }
    let ports = (40_000..40_100).map(|port| Said { ports: (port, 104), ..ASKED }.record());
    take(&mut collector, &message(1, &[template(), set(256, &ports.flatten().collect::<Vec<_>>())]));
    let found = collector.finish();
    assert!(skipped(&found, SkipReason::TooManyFacts) > 1000);
    assert!(collector_is_small(&found));
}

/// Each flow that was let go stays in its conversation.
fn collector_is_small(found: &Captured) -> bool {
    only(found).connections == 100
}

#[test]
fn nothing_panics_whatever_comes() {
    let whole = message(1, &[template(), records(&[ASKED, ANSWERED])]);
    let mut collector = collector();
    for end in 0..whole.len() {
        let mut changed = whole.clone();
        changed[end] = 0xFF;
        take(&mut collector, &whole[..end]);
        take(&mut collector, &changed);
    }
    let found = collector.finish();
    assert!(skipped(&found, SkipReason::Malformed) > 0);
}
