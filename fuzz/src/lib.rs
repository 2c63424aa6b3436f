//! What every fuzz target checks, beyond not to panic: the contract between dissectors and their caller.
//!
//! One target a protocol, in `bin/`, each named like the protocol's code; one a kind of list, named like the kind. `run` builds and runs them; `README.md` keeps the
//! ledger of hours.

use std::io::Cursor;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::LazyLock;

use wardround_ask::directory::{Talk, budget};
use wardround_ask::{Addressed, Exchange, Question, observations};
use wardround_capture::{Captured, Collector, Options, read_bytes};
use wardround_dissect::packet::{self, Content, LinkType, Payload};
use wardround_dissect::{
    About, DATAGRAM_DISSECTORS, Datagram, Facts, Half, Role, STREAM_DISSECTORS, Start, StreamDissector,
    Verdict,
};
use wardround_feeds::archive::{self, Limits};
use wardround_feeds::keys::Trusted;
use wardround_feeds::lists::{self, Documents, Meta, Page, Provider};
use wardround_feeds::openpgp::Certificate;
use wardround_feeds::{Catalogue, bundle};
use wardround_intel::cvss::{Environment, Reach, Requirement, Vector};
use wardround_intel::feed::{FeedKind, Input, csaf};
use wardround_intel::index::{PackageRef, PackageVersion, changed_since};
use wardround_intel::names;
use wardround_intel::{Index, IndexBuilder, Profile};
use wardround_model::{Fact, FactKind, MacAddr, Protocol, SkipReason, SourceIndex, SourceKind, Timestamp};

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
    let own = own_port(protocol);
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
        Protocol::Imap => 143,
        Protocol::Kerberos => 88,
        Protocol::Modbus => 502,
        Protocol::Mqtt => 1883,
        Protocol::Mysql => 3306,
        Protocol::Pop3 => 110,
        Protocol::Postgresql => 5432,
        Protocol::Redis => 6379,
        Protocol::Smtp => 25,
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
        Ok(Content::Lldp(frame)) => packet::lldp::tell(frame, None, &mut facts),
        Ok(Content::Cdp(frame)) => packet::cdp::tell(frame, Some(MacAddr([0, 0x1B, 0x54, 1, 2, 3])), &mut facts),
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

/// Reads a feed file; the first byte of `bytes` chooses which.
pub fn feed(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    if let Some(kind) = FeedKind::ALL.get(usize::from(*choice) % FeedKind::ALL.len()) {
        feed_as(*kind, bytes);
    }
}

/// Reads a file of one feed. Whatever was read of it makes an index that holds together, and read again it is the same.
pub fn feed_as(kind: FeedKind, bytes: &[u8]) {
    let built = |times: usize| {
        let mut builder = IndexBuilder::new(Profile::Full);
        for _ in 0..times {
            let _ = builder.read(kind, "fuzz", bytes);
        }
        builder.finish()
    };
    let once = built(1);
    let Ok(index) = Index::open_checked(&once) else { panic!("an index of ours does not hold together") };
    assert!(built(2) == once, "read again it is another");
    ask(&index);
}

/// Opens an index and asks it everything: damaged bytes give fewer answers. The bytes are an index, or edits of one that the seeds
/// of the feeds make: where (two bytes) and what (one byte). Whoever damages an index can hash it again, so it is.
pub fn index(bytes: &[u8]) {
    static WHOLE: LazyLock<Vec<u8>> = LazyLock::new(index_of_the_seeds);
    if let Ok(index) = Index::open(bytes) {
        ask(&index);
    }
    let mut damaged = WHOLE.clone();
    for edit in bytes.as_chunks::<3>().0 {
        let at = usize::from(u16::from_le_bytes([edit[0], edit[1]])) % damaged.len();
        damaged[at] = edit[2];
    }
    seal(&mut damaged);
    let _ = Index::open_checked(&damaged).map(|index| ask(&index));
    let _ = Index::open(&damaged).map(|index| ask(&index));
}

/// Every feed has something in this index.
fn index_of_the_seeds() -> Vec<u8> {
    let mut builder = IndexBuilder::new(Profile::Full);
    let chosen: [&[u8]; 7] = [
        include_bytes!("../seeds/feed/nvd"),
        include_bytes!("../seeds/feed/kev"),
        include_bytes!("../seeds/feed/epss"),
        include_bytes!("../seeds/feed/cve-record"),
        include_bytes!("../seeds/feed/ssvc-lines"),
        include_bytes!("../seeds/feed/csaf"),
        include_bytes!("../seeds/feed/oui"),
    ];
    let named: [(FeedKind, &[u8]); 8] = [
        (FeedKind::Osv, include_bytes!("../seeds/osv/advisory.json")),
        (FeedKind::Osv, include_bytes!("../seeds/osv/pypa.yaml")),
        (FeedKind::RustSec, include_bytes!("../seeds/rustsec/advisory.md")),
        (FeedKind::DebianTracker, include_bytes!("../seeds/debian-tracker/tracker.json")),
        (FeedKind::DebianChangelog, include_bytes!("../seeds/debian-changelog/changelog")),
        (FeedKind::EndOfLife, include_bytes!("../seeds/end-of-life/answer.json")),
        (FeedKind::EndOfLife, include_bytes!("../seeds/end-of-life/page.md")),
        (FeedKind::Recalls, include_bytes!("../seeds/recalls/enforcement.json")),
    ];
    let chosen = chosen.map(|seed| (FeedKind::ALL[usize::from(seed[0])], &seed[1..]));
    for (kind, seed) in chosen.into_iter().chain(named) {
        if let Err(error) = builder.read(kind, "seed", seed) {
            panic!("a seed of {kind:?} is none: {error}");
        }
    }
    builder.finish()
}

/// Writes the hashes of the sections and of their table anew; see `layout` of the index.
fn seal(index: &mut [u8]) {
    const HEADER: usize = 32;
    let word = |index: &[u8], at: usize| {
        let bytes = index.get(at..)?.first_chunk().copied()?;
        usize::try_from(u64::from_le_bytes(bytes)).ok()
    };
    let sections = index.get(12).map_or(0, |count| usize::from(*count));
    let end = HEADER + sections * 32;
    for row in (HEADER..end).step_by(32) {
        let (Some(start), Some(length)) = (word(index, row), word(index, row + 8)) else { return };
        let section = start.checked_add(length).and_then(|end| index.get(start..end));
        let hash = section.map(blake3::hash);
        if let (Some(hash), Some(place)) = (hash, index.get_mut(row + 16..row + 32)) {
            place.copy_from_slice(&hash.as_bytes()[..16]);
        }
    }
    if let Some(hash) = index.get(HEADER..end).map(blake3::hash) {
        index[16..HEADER].copy_from_slice(&hash.as_bytes()[..16]);
    }
}

/// Asks for everything that an index names, and for some things that it may not.
fn ask(index: &Index<'_>) {
    let cves = index.cves().take(64).count();
    let _ = (cves, index.advisories().take(64).count(), index.sources(), index.stats());
    let _ = index.oui([0, 9, 0x5c, 1, 2, 3]);
    for seen in wardround_intel::names::products_in("OpenSSH_7.2p2 nginx/1.10.3") {
        let _ = index.vulnerabilities_of_product(&seen);
    }
    let nothing = IndexBuilder::default().finish();
    let Ok(nothing) = Index::open(&nothing) else { panic!("an index of nothing does not open") };
    let named = changed_since(&nothing, index);
    for package in named.packages.iter().take(16) {
        for version in
            [PackageVersion::Full("1:2.3-4"), PackageVersion::WithoutEpoch("2.3"), PackageVersion::Unknown]
        {
            let package = PackageRef { ecosystem: package.ecosystem, name: package.name, version };
            let _ = index.package_vulnerabilities(&package);
        }
    }
    for product in named.lifecycles.iter().take(16) {
        let _ = index.end_of_life(product, "10.0.19045");
    }
    for firm in named.recalling_firms.iter().take(16) {
        let _ = index.recalls_of(firm, "Infuser 3000");
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

/// Talks with a directory that says this, a byte at a time and in pieces of so many bytes as the first one says: what comes to a good end
/// in pieces (where none holds an answer to what was not asked yet) tells the same byte by byte, lists keep to their rows, and the budget
/// is kept.
pub fn directory(bytes: &[u8]) {
    let Some((cut, bytes)) = bytes.split_first() else { return };
    let (told, pieces) = (talk(bytes, 1), talk(bytes, usize::from(*cut).max(1)));
    assert!(pieces.is_none() || pieces == told, "in pieces: {pieces:?}, byte by byte: {told:?}");
    for (list, rows) in told.iter().flatten() {
        assert!(
            *rows <= budget::MOST_ENTRIES as u64 + 64 && list.lines().count() as u64 == rows + 1,
            "{list}"
        );
        import(SourceKind::DirectoryAccounts, list.as_bytes());
        import(SourceKind::DirectoryComputers, list.as_bytes());
    }
}

/// What a directory told; nothing where the talk came to no good end.
fn talk(bytes: &[u8], cut: usize) -> Option<Vec<(String, u64)>> {
    let mut talk = Talk::new("read@klinik.example\nsesame".parse().ok()?);
    let mut asked = u32::from(talk.next(std::time::Duration::ZERO).is_some());
    for piece in bytes.chunks(cut) {
        if talk.hear(piece).ok()? && talk.next(std::time::Duration::ZERO).is_some() {
            asked += 1;
        }
    }
    assert!(asked <= budget::MOST_PAGES, "{asked}");
    Some(talk.told().lists.into_iter().map(|list| (list.text, list.rows)).collect())
}

/// Reads a banner into products.
pub fn banner(bytes: &[u8]) {
    let _ = wardround_intel::names::products_in(&String::from_utf8_lossy(bytes));
}

/// Reads a CVSS vector and scores it: what was read is written the same, and an attacker who must come nearer is no worse.
pub fn cvss(bytes: &[u8]) {
    let Some((choice, text)) = bytes.split_first() else { return };
    let Ok(vector) = String::from_utf8_lossy(text).parse::<Vector>() else { return };
    assert_eq!(vector.to_string().parse::<Vector>().as_ref(), Ok(&vector), "written and read it differs");
    let aim = |bits: u8| {
        [None, Some(Requirement::Low), Some(Requirement::Medium), Some(Requirement::High)]
            [usize::from(bits & 3)]
    };
    let at = |reach| Environment {
        confidentiality: aim(*choice),
        integrity: aim(choice >> 2),
        availability: aim(choice >> 4),
        reach: Some(reach),
    };
    let scores = [Reach::Physical, Reach::Local, Reach::Adjacent, Reach::Network]
        .map(|reach| vector.score_in(&at(reach)));
    assert!(scores.is_sorted(), "nearer is worse: {scores:?}");
}

/// Reads a CSAF document: its advisory and its faults; and, when it is none, its text as versions.
pub fn csaf(bytes: &[u8]) {
    let _ = csaf::read(&mut Input::new("advisory.json", bytes), drop);
    let faults = csaf::faults::check(&mut Input::new("advisory.json", bytes)).unwrap_or_default();
    assert!(faults.len() <= csaf::faults::MAX_FAULTS, "{} faults", faults.len());
    let _ = csaf::read_versions(&String::from_utf8_lossy(bytes));
}

/// Reads names of installed software, of Windows and of packages, and a file of names.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (one, two) = text.split_once('\n').unwrap_or((&text, ""));
    let aliases = names::Aliases::builtin();
    if let Some(product) = aliases.product(one, Some(two), Some(two)) {
        assert!(!product.cpe_names().is_empty(), "a product of the table has a name");
    }
    let _ = (names::windows(one), one.parse::<names::Purl>().map(|purl| aliases.of_purl(&purl)));
    if let Ok(own) = aliases.with("own.tsv", &text) {
        let _ = (own.products_in(one), own.search(two).len());
    }
}

/// A fact keeps to the allow-list, and made again from its own value is the same.
fn check((_, fact): &(About, Fact)) {
    let value = fact.value();
    assert!(value.len() <= fact.kind().allowed().max, "longer than the allow-list lets through");
    assert!(value.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "not printable");
    assert_eq!(Fact::new(fact.kind(), value.as_bytes()).as_ref(), Ok(fact), "made again it differs");
}

/// Reads every member of a plain file, gzip, tar or zip, within small limits that hold whatever the bytes say.
pub fn archive(bytes: &[u8]) {
    let limits = Limits { members: 100, bytes: 1 << 20, ratio: 50, ratio_from: 1 << 12 };
    let (mut members, mut total) = (0_u64, 0_u64);
    let _ = archive::walk(Cursor::new(bytes), "fuzz", limits, &mut |_, reader| {
        members += 1;
        let mut content = Vec::new();
        let _ = reader.read_to_end(&mut content);
        total += content.len() as u64;
    });
    assert!(members <= limits.members && total <= limits.bytes, "{members} members, {total} bytes");
}

/// The key that signed the seed of `bundle`.
const BUNDLE_KEY: &str =
    "wardround-public-key:7be33fc9b32302a6043a733b0706288da3fca26dc712a5cbefebc497e9cf43b9";

/// Reads the signed part of a bundle: only what that key has signed may come out.
pub fn bundle(mut bytes: &[u8]) {
    let Ok(key) = BUNDLE_KEY.parse() else { panic!("the key is none") };
    let mut trusted = Trusted::default();
    trusted.add(key);
    if let Ok((manifest, by)) = bundle::read_head(&mut bytes, Path::new("fuzz"), &trusted) {
        assert!(
            by == key && manifest.made_at == "2026-11-26T03:38:19Z",
            "somebody forged a bundle: {manifest:?}"
        );
    }
}

/// Reads a publisher's list as each of the lists that there are; a path of a folder's list stays in the folder.
pub fn list(bytes: &[u8]) {
    let _ = (Provider::parse(bytes), Meta::parse(bytes), Page::parse(bytes), lists::hash_word(bytes));
    let _ = Documents::of_rolie(bytes);
    for documents in [Documents::of_changes(bytes), Documents::of_index(bytes)].into_iter().flatten() {
        for document in documents.documents {
            let outside = document.url.starts_with('/') || document.url.split('/').any(|step| step == "..");
            assert!(!outside && !document.url.contains([':', '\\']), "{document:?} leads out of its folder");
        }
    }
}

/// Reads a list of sources and writes out its addresses.
pub fn sources(bytes: &[u8]) {
    let Ok(catalogue) = Catalogue::default().with(&String::from_utf8_lossy(bytes), "fuzz") else { return };
    for source in &catalogue.sources {
        assert!(!source.id.contains(['/', '.']), "{} is no name of a folder", source.id);
        for url in source.addresses(2026).iter().take(100) {
            let _ = catalogue.mirrored(url);
        }
    }
}

/// Reads a key, and a signature over nothing: no bytes are a signature of the sample's key.
pub fn openpgp(bytes: &[u8]) {
    const KEY: &[u8] = include_bytes!("../seeds/openpgp/key");
    let Ok(key) = Certificate::parse(KEY) else { panic!("the sample is no key") };
    assert!(key.verify(b"fuzz", bytes).is_err(), "somebody forged a signature");
    if let Ok(read) = Certificate::parse(bytes) {
        let _ = (read.fingerprint(), read.verify(b"fuzz", bytes));
    }
}

/// Reads the answer of a host to a question; the first byte chooses which. It is judged, and what it tells keeps to the allow-list and
/// is about that host or what its tables name.
pub fn answers(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Some(question) = Question::ALL.get(usize::from(*choice) % Question::ALL.len()) else { return };
    let ip = Ipv4Addr::new(10, 20, 1, 9);
    let to = Addressed { ip, port: 4711, plan: "fuzz", called: "" };
    let _ = (question.is_answered(bytes, to), question.reply(bytes), question.farewell(bytes));
    let exchange = Exchange {
        asset: String::new(),
        ip,
        port: 4711,
        question: *question,
        seen: true,
        clinical: false,
        cards: Vec::new(),
        reason: String::new(),
        packets: question.packets(),
        called: String::new(),
        net: None,
    };
    let told = observations(&exchange, bytes, Timestamp::EPOCH, 1);
    assert_eq!(told, observations(&exchange, bytes, Timestamp::EPOCH, 1));
    for one in told {
        let again = Fact::new(one.fact.kind(), one.fact.value().as_bytes());
        assert_eq!(again.as_ref(), Ok(&one.fact), "a fact is let through again unchanged");
    }
}
