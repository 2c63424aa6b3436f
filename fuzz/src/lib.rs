//! What every fuzz target checks, beyond not to panic: the contract between dissectors and their caller.
//!
//! One target a protocol, in `bin/`, each named like the protocol's code. `run` builds and runs them; `README.md` keeps the
//! ledger of hours.

use std::num::NonZeroUsize;

use wardround_capture::{Options, read_bytes};
use wardround_dissect::packet::{self, Content, LinkType, Payload};
use wardround_dissect::{
    About, DATAGRAM_DISSECTORS, Datagram, Facts, Half, STREAM_DISSECTORS, Start, StreamDissector, Verdict,
};
use wardround_intel::feed::FeedKind;
use wardround_intel::{Index, IndexBuilder, Profile};
use wardround_model::{Fact, FactKind, Protocol, SkipReason, Timestamp};

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
    let Some(dissector) = STREAM_DISSECTORS.iter().find(|dissector| dissector.protocol == protocol) else {
        panic!("no dissector for {protocol:?}");
    };
    let start = [Start::Opening, Start::NextMessage, Start::Middle, Start::Opening][usize::from(choice & 3)];
    let ports = if choice & 4 == 0 { (49_152, 104) } else { (104, 49_152) };
    let whole = read(dissector, bytes, start, ports, usize::MAX);
    // In mid-stream a segment that nobody knows is dropped, so what is found depends on where segments begin.
    if start != Start::Middle {
        let segment = usize::from(choice >> 3) + 1;
        let pieces = read(dissector, bytes, start, ports, segment);
        let agree = pieces.starts_with(&whole) || whole.starts_with(&pieces);
        assert!(agree, "whole: {whole:?}, in segments of {segment}: {pieces:?}");
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
            (dissector.dissect)(&Half { bytes: given, start, sender_port, receiver_port }, &mut facts)
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
    let (client, server) = ([192, 0, 2, 7], [192, 0, 2, 53]);
    let (sender, receiver) = if choice & 1 == 0 {
        ((client, 40_000).into(), (server, port).into())
    } else {
        ((server, port).into(), (client, 40_000).into())
    };
    let mut facts = Facts::default();
    (dissector.dissect)(&Datagram { payload, sender, receiver }, &mut facts);
    facts.list().iter().for_each(check);
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
        Ok(Content::Ip(ip)) => {
            if let Payload::Icmpv6(message) = ip.payload {
                packet::ndp::tell(&ip, message, &mut facts);
            }
        }
        Err(_) => {}
    }
    facts.list().iter().for_each(check);
}

/// Reads a whole capture, on one thread and on two: the same facts.
pub fn capture(bytes: &[u8]) {
    // Late in 2100: no packet is from the future.
    let options = Options::at(Timestamp::from_seconds(4_133_000_000));
    let two = Options { workers: NonZeroUsize::MIN.saturating_add(1), ..options };
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

/// Reads a feed file; the first byte of `bytes` chooses which. Whatever was read of it makes an index that holds together.
pub fn feed(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Some(kind) = FeedKind::ALL.get(usize::from(*choice) % FeedKind::ALL.len()) else { return };
    let mut builder = IndexBuilder::new(Profile::Full);
    let _ = builder.read(*kind, "fuzz", bytes);
    let index = builder.finish();
    assert!(Index::open_checked(&index).is_ok(), "an index of ours does not hold together");
}

/// Opens an index and asks it everything: damaged bytes give fewer answers.
pub fn index(bytes: &[u8]) {
    let Ok(index) = Index::open(bytes) else { return };
    let cves = index.cves().take(64).count();
    let _ = (cves, index.advisories().take(64).count(), index.sources(), index.stats());
    let _ = index.oui([0, 9, 0x5c, 1, 2, 3]);
    for seen in wardround_intel::names::products_in("OpenSSH_7.2p2 nginx/1.10.3") {
        let _ = index.vulnerabilities_of_product(&seen);
    }
}

/// Reads a banner into products.
pub fn banner(bytes: &[u8]) {
    let _ = wardround_intel::names::products_in(&String::from_utf8_lossy(bytes));
}

/// A fact keeps to the allow-list, and made again from its own value is the same.
fn check((_, fact): &(About, Fact)) {
    let value = fact.value();
    assert!(value.len() <= fact.kind().allowed().max, "longer than the allow-list lets through");
    assert!(value.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "not printable");
    assert_eq!(Fact::new(fact.kind(), value.as_bytes()).as_ref(), Ok(fact), "made again it differs");
}
