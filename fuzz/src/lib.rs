//! What every fuzz target checks, beyond not to panic: the contract between dissectors and their caller.
//!
//! One target a protocol, in `bin/`, each named like the protocol's code; one a kind of list, named like the kind. `run` builds and runs them; `README.md` keeps the
//! ledger of hours.

mod asking;
mod intelligence;

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;

use wardround_capture::{Captured, Collector, Options, read_bytes};
use wardround_dissect::packet::{self, Content, LinkType, Payload};
use wardround_dissect::{
    About, DATAGRAM_DISSECTORS, Datagram, Facts, Following, Half, Role, STREAM_DISSECTORS, Start,
    StreamDissector, Verdict,
};
use wardround_model::{Fact, FactKind, MacAddr, Protocol, SkipReason, SourceIndex, SourceKind, Timestamp};

pub use asking::{answers, directory};
pub use intelligence::{
    archive, banner, bundle, csaf, cvss, feed, feed_as, fingerprints, index, list, names, openpgp, sources,
};

/// The most bytes that a caller keeps for a dissector.
const MAX_KEPT: usize = 64 << 10;

/// Makes a target for a protocol over TCP.
#[macro_export]
macro_rules! stream_target {
    ($protocol:ident) => {
        #[doc = concat!("Fuzzes the dissector of `", stringify!($protocol), "`.")]
        pub const PROTOCOL: wardround_model::Protocol = wardround_model::Protocol::$protocol;
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wardround_fuzz::stream(PROTOCOL, bytes));
    };
}

/// Makes a target for a protocol over UDP.
#[macro_export]
macro_rules! datagram_target {
    ($protocol:ident) => {
        #[doc = concat!("Fuzzes the dissector of `", stringify!($protocol), "`.")]
        pub const PROTOCOL: wardround_model::Protocol = wardround_model::Protocol::$protocol;
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wardround_fuzz::datagram(PROTOCOL, bytes));
    };
}

/// Reads one side of a connection, whole and in segments: neither may tell what the other does not, but at bytes that are
/// malformed one may give up before the other.
///
/// The first byte of `bytes` chooses where the side begins, which port is the lower, and how long the segments are.
pub fn stream(protocol: Protocol, bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let dissectors = STREAM_DISSECTORS.iter().filter(|dissector| dissector.protocol == protocol);
    assert!(dissectors.clone().count() > 0, "no dissector for {protocol:?}");
    for dissector in dissectors {
        stream_of(dissector, *choice, bytes);
    }
}

fn stream_of(dissector: &StreamDissector, choice: u8, bytes: &[u8]) {
    let start = [Start::Opening, Start::NextMessage, Start::Middle, Start::Opening][usize::from(choice & 3)];
    let own = own_port(dissector.protocol);
    let ports = if choice & 4 == 0 { (49_152, own) } else { (own, 49_152) };
    let whole = read(dissector, bytes, start, ports, usize::MAX);
    // In mid-stream a segment that nobody knows is dropped, so what is found depends on where segments begin.
    if start != Start::Middle {
        let segment = usize::from(choice >> 3) + 1;
        let pieces = read(dissector, bytes, start, ports, segment);
        let agree = pieces.starts_with(&whole) || whole.starts_with(&pieces);
        assert!(agree, "whole: {whole:?}, in segments of {segment}: {pieces:?}");
    }
}

/// The port of protocols that are believed there alone, or more there than elsewhere.
fn own_port(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::Dns => 53,
        Protocol::EthernetIp => 44_818,
        Protocol::S7 => 102,
        Protocol::Ftp => 21,
        Protocol::Hl7 => 4601,
        Protocol::Imap => 143,
        Protocol::Kerberos => 88,
        Protocol::Knx => 3671,
        Protocol::Modbus => 502,
        Protocol::Mongodb => 27_017,
        Protocol::Mqtt => 1883,
        Protocol::Mysql => 3306,
        Protocol::OpcUa => 4840,
        Protocol::Oracle => 1521,
        Protocol::Pop3 => 110,
        Protocol::Postgresql => 5432,
        Protocol::Redis => 6379,
        Protocol::Rpc => 135,
        Protocol::Smtp => 25,
        Protocol::Syslog => 514,
        Protocol::Winrm => 5985,
        _ => 104,
    }
}

/// Makes a target for a list or another tool's file.
#[macro_export]
macro_rules! import_target {
    ($kind:ident) => {
        #[doc = concat!("Fuzzes the reader of `", stringify!($kind), "`.")]
        pub const KIND: wardround_model::SourceKind = wardround_model::SourceKind::$kind;
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wardround_fuzz::import(KIND, bytes));
    };
}

/// Reads a file as this kind, about one device and about whatever it says itself: facts keep to the allow-list, come sorted and once
/// each, and are the same when it is read again.
pub fn import(kind: SourceKind, bytes: &[u8]) {
    let device = wardround_intake::Thing { ip: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)), ..Default::default() };
    for about in [Some(wardround_intake::About::Thing(device)), None] {
        let request = wardround_intake::Request {
            name: "fuzz",
            bytes,
            kind: Some(kind),
            about,
            source: SourceIndex(0),
            observed_at: Timestamp::EPOCH,
            mapping: None,
        };
        let _ = wardround_intake::recognise("fuzz", bytes);
        match (wardround_intake::import(&request), wardround_intake::import(&request)) {
            (Ok(one), Ok(two)) => {
                assert_eq!(one.observations, two.observations, "read again");
                assert_eq!((one.errors, one.rows_failed), (two.errors, two.rows_failed), "read again");
                let keys = one.observations.iter().map(|known| (known.subject, &known.fact));
                assert!(keys.is_sorted_by(|one, two| one < two), "not sorted, or twice there");
                one.observations.into_iter().for_each(|known| check(&(About::Sender, known.fact)));
            }
            (one, two) => assert_eq!(one.err(), two.err(), "read again"),
        }
    }
}

type Told = Vec<(About, Fact)>;

/// Reads it as a sensor does, `segment` bytes at a time.
fn read(
    dissector: &StreamDissector,
    bytes: &[u8],
    mut start: Start,
    (sender_port, receiver_port): (u16, u16),
    segment: usize,
) -> Told {
    let (mut told, mut facts) = (Told::new(), Facts::default());
    let (mut at, mut there) = (0_usize, segment.min(bytes.len()));
    let mut wanted = 1;
    while at < bytes.len() {
        let given = bytes.get(at..there).unwrap_or_default();
        let verdict = if given.len() < wanted && there < bytes.len() {
            Verdict::More { wanted }
        } else {
            (dissector.dissect)(
                &Half { bytes: given, start, sender_port, receiver_port, opened: Role::Unknown },
                &mut facts,
            )
        };
        let used = match verdict {
            Verdict::NotThis => break,
            Verdict::More { wanted: more } => {
                assert!(more > given.len(), "more is wanted than is there");
                if there >= bytes.len() || more > MAX_KEPT {
                    break;
                }
                facts.drain().for_each(drop);
                wanted = more;
                there = there.saturating_add(segment).min(bytes.len());
                continue;
            }
            Verdict::Message { used, .. } => used,
            Verdict::Finished { .. } => usize::MAX,
        };
        assert!(used > 0, "a message has a length");
        told.extend(facts.drain());
        (at, start, wanted) = (at.saturating_add(used), Start::NextMessage, 1);
    }
    told.iter().for_each(check);
    told
}

/// Reads one datagram.
///
/// The first byte of `bytes` chooses the direction.
pub fn datagram(protocol: Protocol, bytes: &[u8]) {
    let Some((choice, payload)) = bytes.split_first() else { return };
    let Some(dissector) = DATAGRAM_DISSECTORS.iter().find(|dissector| dissector.protocol == protocol) else {
        panic!("no dissector for {protocol:?}");
    };
    let port = dissector.ports.first().copied().unwrap_or_default();
    let (client, server): (IpAddr, IpAddr) = match protocol {
        // Made from the card that the seeds' identifiers name.
        Protocol::Dhcpv6 => (
            [0xFE80, 0, 0, 0, 0x9058, 0x7CFF, 0xFE46, 0x6E9F].into(),
            [0xFE80, 0, 0, 0, 0, 0, 0, 0x53].into(),
        ),
        _ => ([192, 0, 2, 7].into(), [192, 0, 2, 53].into()),
    };
    let (sender, receiver) = if choice & 1 == 0 {
        ((client, 40_000).into(), (server, port).into())
    } else {
        ((server, port).into(), (client, 40_000).into())
    };
    let mut facts = Facts::default();
    (dissector.dissect)(&Datagram { payload, sender, receiver }, &mut facts);
    facts.list().iter().for_each(check);
}

/// Reads what one side of a pair of ports sent, whole and in datagrams: it is RTP by a report alone, or by four datagrams that follow one
/// another.
///
/// The first byte of `bytes` chooses how long the datagrams are.
pub fn rtp(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let (sender, receiver) = (([192, 0, 2, 7], 40_000).into(), ([192, 0, 2, 53], 5004).into());
    for length in [bytes.len(), 12 + usize::from(*choice)] {
        let mut side = Following::default();
        for (before, payload) in bytes.chunks(length.max(1)).enumerate() {
            let is_rtp = side.take(&Datagram { payload, sender, receiver });
            let is_report = matches!(payload, [_, 200 | 201, ..]);
            assert!(!is_rtp || is_report || before >= 3, "RTP by {} datagrams", before + 1);
        }
    }
}

/// Reads the headers of one packet; the first byte of `bytes` chooses the link, and whether the packet was cut short.
pub fn packet(bytes: &[u8]) {
    const LINKS: [u16; 5] = [1, 101, 0, 113, 276];
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let link = LinkType::from_number(LINKS[usize::from(choice & 0x7F) % LINKS.len()]);
    let wire = if choice & 0x80 == 0 { bytes.len() } else { 65_535 };
    let mut facts = Facts::default();
    match packet::parse(link, bytes, wire).map(|packet| packet.content) {
        Ok(Content::Arp(arp)) => packet::arp::tell(arp, &mut facts),
        Ok(Content::Lldp(frame)) => packet::lldp::tell(frame, None, &mut facts),
        Ok(Content::Cdp(frame)) => {
            packet::cdp::tell(frame, Some(MacAddr([0, 0x1B, 0x54, 1, 2, 3])), &mut facts)
        }
        Ok(Content::Stp(frame)) => packet::stp::tell(frame, &mut facts),
        Ok(Content::Ip(ip)) => {
            if let Payload::Icmpv6(message) = ip.payload {
                packet::ndp::tell(&ip, message, &mut facts);
            }
        }
        Err(_) => {}
    }
    facts.list().iter().for_each(check);
}

/// Collects datagrams of exporters, each behind its length in two bytes: told in parts they are as many records as told at once, and
/// every fact is let through again.
pub fn flows(bytes: &[u8]) {
    let datagrams = || {
        let mut rest = bytes;
        std::iter::from_fn(move || {
            let (length, behind) = rest.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_be_bytes(*length)).min(behind.len());
            let (datagram, behind) = behind.split_at(length);
            rest = behind;
            Some(datagram)
        })
    };
    let collect = |every: usize| {
        let limits = wardround_capture::Limits { flows: 64, conversations: 64, ..Default::default() };
        let mut collector = Collector::new(&limits, &[], &[], (0, 0));
        let mut parts = Vec::new();
        for (number, datagram) in datagrams().enumerate() {
            let from = [10, 20, 9, u8::try_from(number % 2).unwrap_or(0)].into();
            let seconds = i64::try_from(number).unwrap_or(0);
            collector.take(datagram, from, Timestamp::from_seconds(1_795_417_200 + seconds));
            if (number + 1) % every == 0 {
                parts.push(collector.harvest());
            }
        }
        parts.push(collector.finish());
        parts
    };
    let records = |parts: &[Captured]| parts.iter().map(|part| part.coverage.packets()).sum::<u64>();
    let (whole, parts) = (collect(usize::MAX), collect(2));
    assert_eq!(records(&whole), records(&parts));
    for part in whole.iter().chain(&parts) {
        assert!(part.conversations.len() <= 128, "64 of records, and 64 of frames");
        for it in &part.observations {
            let again = Fact::new(it.fact.kind(), it.fact.value().as_bytes());
            assert_eq!(again.as_ref().ok(), Some(&it.fact));
        }
    }
}

/// Reads one packet in fragments, cut and ordered as the first bytes say: the same facts as whole, whatever it carries.
pub fn fragments(bytes: &[u8]) {
    let Some((cuts, content)) = bytes.split_at_checked(8) else { return };
    let content = content.get(..1400).unwrap_or(content);
    let ethernet = [2, 0, 0, 0, 0, 9, 0, 0x1B, 0x2C, 0, 0, 1, 8, 0];
    let packet = |from: usize, to: usize| {
        let [t1, t2] = u16::try_from(20 + to - from).unwrap_or(20).to_be_bytes();
        let more = if to < content.len() { 0x2000 } else { 0 };
        let [f1, f2] = (u16::try_from(from / 8).unwrap_or(0) | more).to_be_bytes();
        let header = [0x45, 0, t1, t2, 0, 1, f1, f2, 64, 17, 0, 0, 10, 1, 0, 1, 10, 2, 0, 2];
        [&ethernet, header.as_slice(), content.get(from..to).unwrap_or_default()].concat()
    };
    let mut places: Vec<usize> = cuts.iter().map(|cut| usize::from(*cut) * 8).collect();
    places.extend([0, content.len()]);
    places.retain(|place| *place <= content.len());
    places.sort_unstable();
    places.dedup();
    let mut pieces: Vec<_> = places.windows(2).map(|pair| packet(pair[0], pair[1])).collect();
    let turn = usize::from(cuts[0]) % pieces.len().max(1);
    pieces.rotate_left(turn);
    let options = Options::at(Timestamp::from_seconds(4_133_000_000));
    let read = |packets: &[Vec<u8>]| {
        let captured = read_bytes("fuzz", &pcap(packets), &options).ok()?;
        let mut facts: Vec<_> = captured.observations.into_iter().map(|it| (it.subject, it.fact)).collect();
        // A fragment shows its sender's card, also where what they carry together is malformed and shows nothing.
        facts.retain(|(_, fact)| fact.kind() != FactKind::SendsFromIp);
        facts.sort_unstable();
        Some(facts)
    };
    if !pieces.is_empty() {
        assert_eq!(read(&[packet(0, content.len())]), read(&pieces));
    }
}

/// A capture of these Ethernet frames.
fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = 0xA1B2_C3D4_u32.to_le_bytes().to_vec();
    bytes.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]);
    for packet in packets {
        let length = u32::try_from(packet.len()).unwrap_or(0);
        [1_795_417_200, 0, length, length].iter().for_each(|number: &u32| bytes.extend(number.to_le_bytes()));
        bytes.extend(packet);
    }
    bytes
}

/// Reads a whole capture, on one thread and on two: the same facts.
pub fn capture(bytes: &[u8]) {
    // Late in 2100: no packet is from the future.
    let options = Options::at(Timestamp::from_seconds(4_133_000_000));
    let two = Options { workers: NonZeroUsize::MIN.saturating_add(1), ..options.clone() };
    match (read_bytes("fuzz", bytes, &options), read_bytes("fuzz", bytes, &two)) {
        (Ok(one), Ok(two)) => {
            assert_eq!(one.observations, two.observations, "on two threads");
            assert_eq!(one.conversations, two.conversations, "on two threads");
            let failed = one.coverage.skipped.iter().any(|skip| skip.reason == SkipReason::DissectorFailed);
            assert!(!failed, "a dissector failed");
            one.observations.into_iter().for_each(|observation| check(&(About::Sender, observation.fact)));
        }
        (one, two) => assert_eq!(one.is_err(), two.is_err(), "on two threads"),
    }
}

/// Makes a fact of each kind from the bytes; the first byte chooses which.
pub fn fact(bytes: &[u8]) {
    let Some((choice, value)) = bytes.split_first() else { return };
    let kind = FactKind::ALL.get(usize::from(*choice) % FactKind::ALL.len());
    if let Some(fact) = kind.and_then(|kind| Fact::new(*kind, value).ok()) {
        check(&(About::Sender, fact));
    }
}

/// Reads a table or a list in text as the kind that the first byte of `bytes` chooses.
pub fn lists(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let kind = SourceKind::ALL.get(usize::from(*choice) % SourceKind::ALL.len());
    kind.iter().for_each(|kind| import(**kind, bytes));
}

/// Reads a hospital's own decision table, and its own minutes.
pub fn planning(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(tables) = wardround_triage::DecisionTables::default().with(&text) {
        assert!(!tables.title().trim().is_empty());
    }
    let _ = wardround_triage::Efforts::default().with(&text);
}

/// A fact keeps to the allow-list, and made again from its own value is the same.
fn check((_, fact): &(About, Fact)) {
    let value = fact.value();
    assert!(value.len() <= fact.kind().allowed().max, "longer than the allow-list lets through");
    assert!(value.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "not printable");
    assert_eq!(Fact::new(fact.kind(), value.as_bytes()).as_ref(), Ok(fact), "made again it differs");
}
