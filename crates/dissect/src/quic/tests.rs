use std::net::SocketAddr;

use proptest::prelude::*;

use super::initial::{Keys, MAX_PACKET, Packets};
use super::*;
use crate::tls;

const CLIENT: &str = "10.1.4.20:50000";
const SERVER: &str = "10.1.0.5:443";

fn lines(facts: &Facts) -> String {
    let line = |(about, fact): &(crate::About, wardround_model::Fact)| {
        format!("{about:?} {}={}\n", fact.kind().code(), fact.value())
    };
    facts.list().iter().map(line).collect()
}

fn told(from: &str, to: &str, payload: &[u8]) -> (Option<Role>, String) {
    let (sender, receiver): (SocketAddr, SocketAddr) = (from.parse().unwrap(), to.parse().unwrap());
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender, receiver }, &mut facts);
    (role, lines(&facts))
}

fn from_client(payload: &[u8]) -> (Option<Role>, String) {
    told(CLIENT, SERVER, payload)
}

/// The client's first packet of RFC 9001, appendix A.2, and of RFC 9369, appendix A.2; and the first, its hello cut in three, out of order,
/// protected by another program.
const RFC_9001: &[u8] = include_bytes!("recorded/rfc9001-a2-client.bin");
const RFC_9369: &[u8] = include_bytes!("recorded/rfc9369-a2-client.bin");
const SCATTERED: &[u8] = include_bytes!("recorded/scattered-client.bin");

/// Datagrams of 1,200 bytes that aioquic 1.7.2 sent over loopback, its hello as long as three take because it offers 71 protocols: as they came;
/// with the second lost on the way, the server's answer, and what the client sent again to the identifier that the server chose; and to a server
/// that asks to begin again (RFC 9000, 8.1.2), which the client did from the fourth on.
const PIECES: &[u8] = include_bytes!("recorded/pieces-client.bin");
const LOST: &[u8] = include_bytes!("recorded/lost-client.bin");
const RETRY: &[u8] = include_bytes!("recorded/retry-client.bin");
const TOLD_OF_PIECES: &str = "ReceiverService tls.server-name=viewer.example\n\
     Sender tls.client-fingerprint=q13d0307h3_55b375c5d22e_1cecd519fee8\n";

/// Datagrams of 1,250 bytes that Chromium 156 sent over loopback, its hello of 1,972 bytes cut in ten, in disorder, among padding and signs of
/// life; and another one of 1,884 bytes, its second datagram lost on the way, with what was sent again to the identifier that the server chose.
const CHROMIUM: &[u8] = include_bytes!("recorded/chromium-client.bin");
const CHROMIUM_LOST: &[u8] = include_bytes!("recorded/chromium-lost-client.bin");
const TOLD_OF_CHROMIUM: &str = "ReceiverService tls.server-name=viewer.example\n\
     Sender tls.client-fingerprint=q13d0312h3_55b375c5d22e_178839b6cec1\n";

/// What each datagram from a client of the same two ports tells.
fn told_in_turn<'d>(datagrams: impl IntoIterator<Item = &'d [u8]>) -> Vec<String> {
    let (sender, receiver): (SocketAddr, SocketAddr) = (CLIENT.parse().unwrap(), SERVER.parse().unwrap());
    let mut before = None;
    let tell = |payload| {
        let mut facts = Facts::default();
        let role = QuicHello::dissect(&Datagram { payload, sender, receiver }, &mut before, &mut facts);
        assert_eq!(role, Some(Role::Client));
        assert!(before.as_ref().is_none_or(|it| it.held() < MAX_HELD), "{before:?}");
        lines(&facts)
    };
    datagrams.into_iter().map(tell).collect()
}

/// The most that a hello may hold: its bytes and where they stand.
const MAX_HELD: usize = (17 << 10) + 1;

/// What a flow of these datagrams tells in all.
fn told_of_all<'d>(datagrams: impl IntoIterator<Item = &'d [u8]>) -> String {
    told_in_turn(datagrams).concat()
}

fn datagrams(recorded: &[u8]) -> Vec<&[u8]> {
    recorded.chunks(SHORTEST_FIRST).collect()
}

#[test]
fn the_examples_of_the_standards_are_opened() {
    for bytes in [RFC_9001, RFC_9369, SCATTERED] {
        let (role, lines) = from_client(bytes);
        assert_eq!(role, Some(Role::Client));
        assert_eq!(
            lines,
            "ReceiverService tls.server-name=example.com\n\
             Sender tls.client-fingerprint=q13d0211an_62ed6f6ca7ad_4d634acda6c0\n"
        );
    }
}

#[test]
fn what_does_not_open_is_recognised_and_tells_nothing() {
    let mut damaged = RFC_9001.to_vec();
    damaged[700] ^= 1;
    let cut = &RFC_9001[..1199];
    for bytes in [damaged.as_slice(), cut, &RFC_9001[..40]] {
        assert_eq!(from_client(bytes), (Some(Role::Client), String::new()));
    }
    let answer = told(SERVER, CLIENT, RFC_9001);
    assert_eq!(answer, (Some(Role::Server), String::new()));
}

#[test]
fn versions_are_recognised_and_other_datagrams_are_not() {
    let ids = b"\x08IDIDIDID\x00";
    for version in [b"\0\0\0\0", b"Q046", b"T051", b"\xff\0\0\x0d", b"\xfa\xce\xb0\x02", b"\x1a\x2a\x3a\x4a"]
    {
        let packet = [b"\xc0".as_slice(), version, ids].concat();
        assert_eq!(from_client(&packet), (Some(Role::Client), String::new()), "{version:?}");
    }
    assert_eq!(from_client(b"\x0dIDIDIDIDQ039\x01\0").0, Some(Role::Client));
    for other in [
        b"\xc0\0\0\0\x02\x08IDIDIDID\0".as_slice(),
        b"\xc0\0\0\0\x01\x20IDIDIDID\0",
        b"\xc0\0\0\0\x01\x08ID",
        b"\x40IDIDIDIDIDIDIDID",
        b"\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\x10",
        b"",
    ] {
        assert_eq!(from_client(other), (None, String::new()), "{other:?}");
    }
}

#[test]
fn a_hello_in_several_datagrams_is_told_with_the_last_of_them() {
    let pieces = datagrams(PIECES);
    assert_eq!(told_in_turn(pieces.iter().copied()), ["", "", TOLD_OF_PIECES]);
    for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        // What comes twice is told once.
        let twice = order.iter().chain(&order).map(|place| pieces[*place]);
        assert_eq!(told_of_all(twice), TOLD_OF_PIECES, "{order:?}");
    }
    for missing in 0..3 {
        let others = pieces.iter().enumerate().filter(|(place, _)| *place != missing);
        assert_eq!(told_of_all(others.map(|(_, piece)| *piece)), "");
    }
    for piece in pieces {
        assert_eq!(from_client(piece), (Some(Role::Client), String::new()));
    }
}

#[test]
fn a_browsers_hello_is_told_in_whatever_order_it_comes() {
    let [first, second] = CHROMIUM.chunks(1250).collect::<Vec<_>>().try_into().unwrap();
    assert_eq!(told_in_turn([first, second, first]), ["", TOLD_OF_CHROMIUM, ""]);
    assert_eq!(told_in_turn([second, second, first]), ["", "", TOLD_OF_CHROMIUM]);
    let lost = told_in_turn(CHROMIUM_LOST.chunks(1250));
    assert_eq!((lost[0].as_str(), lost.concat()), ("", TOLD_OF_CHROMIUM.to_owned()));
}

#[test]
fn what_is_sent_again_to_the_servers_identifier_belongs_to_it() {
    let all = datagrams(LOST);
    assert_eq!(told_in_turn(all.iter().copied()), ["", "", "", "", TOLD_OF_PIECES, ""]);
    assert_eq!(told_of_all(all.iter().skip(3).copied()), "", "without the first there are no keys");
}

#[test]
fn a_client_that_is_asked_to_begin_again_is_told_all_the_same() {
    let all = datagrams(RETRY);
    let again = ["", "", TOLD_OF_PIECES, "", "", TOLD_OF_PIECES];
    assert_eq!(told_in_turn(all.iter().copied()), again);
    assert_eq!(told_of_all([all[0], all[1], all[3], all[4], all[5]]), TOLD_OF_PIECES);
    assert_eq!(told_of_all([all[0], all[1], all[3], all[4]]), "", "pieces of the two are not mixed");
}

/// The hello of RFC 9001, appendix A.2, made so much longer by padding (RFC 7685): with its header.
fn hello(longer: u16) -> Vec<u8> {
    let head = Head::read(RFC_9001);
    let Some(Head::Begins(version, wanted)) = head else { panic!("not opened") };
    let keys = Keys::of(version, wanted.1).unwrap();
    let packet = Packets::new(RFC_9001, version, wanted).next().unwrap();
    let mut room = [0; MAX_PACKET];
    // Behind the type, place and length of the one frame.
    let mut hello = packet.open(&keys, &mut room).unwrap()[4..][..241].to_vec();
    hello.extend([0, 21]);
    hello.extend(longer.to_be_bytes());
    hello.extend(vec![0; usize::from(longer)]);
    let length = u32::try_from(hello.len() - 4).unwrap().to_be_bytes();
    hello[1..4].copy_from_slice(&length[1..]);
    // Extensions begin behind the version, chance, no session, two ciphers and one compression.
    let extensions = 4 + 2 + 32 + 1 + 2 + 4 + 2;
    let length = u16::try_from(hello.len() - extensions - 2).unwrap().to_be_bytes();
    hello[extensions..extensions + 2].copy_from_slice(&length);
    hello
}

fn told_of_whole(hello: &[u8]) -> String {
    let mut facts = Facts::default();
    tls::tell_client(&hello[4..], tls::Over::Quic, &mut facts);
    lines(&facts)
}

/// A number of two bytes (RFC 9000, 16).
fn two_bytes(number: usize) -> [u8; 2] {
    (u16::try_from(number).unwrap() | 0x4000).to_be_bytes()
}

/// A CRYPTO frame with this part of a hello.
fn crypto(hello: &[u8], from: usize, to: usize) -> Vec<u8> {
    [&[6], two_bytes(from).as_slice(), &two_bytes(to - from), &hello[from..to]].concat()
}

/// A packet with these frames and so much padding, protected with the keys of `first`.
fn packet_of(version: Version, first: &[u8], destination: &[u8], frames: &[u8], shortest: usize) -> Vec<u8> {
    let keys = Keys::of(version, first).unwrap();
    let mut content = frames.to_vec();
    content.resize(content.len().max(shortest), 0);
    let number = if version == Version::Two { VERSION_2 } else { 1 };
    let head = [&[LONG | FIXED | version.initial()], number.to_be_bytes().as_slice()].concat();
    let id = [&[u8::try_from(destination.len()).unwrap()], destination].concat();
    let length = two_bytes(content.len() + 1 + 16);
    let header = [&head, id.as_slice(), &[0, 0], &length, &[7]].concat();
    keys.seal(header, content, 7)
}

fn packet(first: &[u8], destination: &[u8], frames: &[u8], shortest: usize) -> Vec<u8> {
    packet_of(Version::One(SALT_1), first, destination, frames, shortest)
}

/// How much a datagram's packet must hold to be as long as a client's must be.
fn shortest(destination: &[u8]) -> usize {
    SHORTEST_FIRST - 11 - destination.len() - 16
}

/// A datagram with one packet of version 1, as long as a client's must be.
fn datagram(first: &[u8], destination: &[u8], frames: &[u8]) -> Vec<u8> {
    packet(first, destination, frames, shortest(destination))
}

const ID: &[u8] = b"chosen";

fn from_pieces(hello: &[u8], pieces: &[(usize, usize)]) -> String {
    let all: Vec<_> = pieces.iter().map(|(from, to)| datagram(ID, ID, &crypto(hello, *from, *to))).collect();
    told_of_all(all.iter().map(Vec::as_slice))
}

#[test]
fn pieces_may_overlap_where_they_agree_and_nowhere_else() {
    let hello = hello(1500);
    let (all, whole) = (hello.len(), told_of_whole(&hello));
    assert!(whole.contains("tls.server-name=example.com"));
    let pieces = [(0, 700), (600, 1300), (100, 800), (1200, all), (50, 60)];
    assert_eq!(from_pieces(&hello, &pieces), whole);
    let mut other = hello.clone();
    other[650] ^= 1;
    let mut frames: Vec<_> =
        pieces.iter().map(|(from, to)| datagram(ID, ID, &crypto(&hello, *from, *to))).collect();
    frames.insert(1, datagram(ID, ID, &crypto(&other, 600, 1300)));
    assert_eq!(told_of_all(frames.iter().map(Vec::as_slice)), "", "it is given up for good");
    let again = frames.iter().map(Vec::as_slice).chain(datagrams(PIECES));
    assert_eq!(told_of_all(again), TOLD_OF_PIECES, "another connection is not");
}

#[test]
fn packets_of_one_datagram_are_read_together() {
    let hello = hello(300);
    let parts = [(300, hello.len()), (0, 200), (200, 300)].map(|(from, to)| crypto(&hello, from, to));
    let [last, first, middle] = &parts;
    let one = |frames: &[u8]| packet(ID, ID, frames, 0);
    let whole = told_of_whole(&hello);
    let together = [one(last), one(first), datagram(ID, ID, middle)].concat();
    assert_eq!(told_of_all([&*together]), whole);
    // Packets to another identifier, or of no length, are none of it (RFC 9000, 12.2).
    let other = [one(last), packet(ID, b"other", first, 0), datagram(ID, ID, middle)].concat();
    assert_eq!(told_of_all([&*other]), "");
    // What a client may send beside: what it heard, with marks and without, and a sign of life.
    let beside = [&[2, 5, 0, 1, 0, 0, 0, 3, 1, 0, 0, 0, 1, 1, 1, 1], last.as_slice()].concat();
    let all =
        [datagram(ID, ID, first), datagram(ID, b"of server", &beside), datagram(ID, b"of server", middle)];
    assert_eq!(told_of_all(all.iter().map(Vec::as_slice)), whole);
}

#[test]
fn a_client_may_change_to_version_2_on_the_way() {
    let hello = hello(1000);
    let first = datagram(ID, ID, &crypto(&hello, 0, 700));
    let rest = crypto(&hello, 700, hello.len());
    let later = packet_of(Version::Two, ID, b"of server", &rest, shortest(b"of server"));
    assert_eq!(told_of_all([&*first, &later]), told_of_whole(&hello));
}

#[test]
fn what_is_no_hello_or_too_long_is_given_up() {
    let hello = hello(1000);
    let (start, end) = (crypto(&hello, 0, 700), crypto(&hello, 700, hello.len()));
    let mut too_long = start.clone();
    too_long[6] = 0x40;
    let mut answer = start.clone();
    answer[5] = 2;
    let far = [&[6, 0x80, 0, 0x40, 0, 1], b"x".as_slice()].concat();
    let cut = [&[6], two_bytes(0).as_slice(), &two_bytes(1300), &[1; 900]].concat();
    for bad in [too_long, answer, far, cut] {
        let all = [&bad, &start, &end].map(|frames| datagram(ID, ID, frames));
        assert_eq!(told_of_all(all.iter().map(Vec::as_slice)), "");
    }
    // So many single bytes with others missing between them are nobody's.
    let single: Vec<u8> = (0..150).flat_map(|place| crypto(&hello, place * 2, place * 2 + 1)).collect();
    let all = [&single, &start, &end].map(|frames| datagram(ID, ID, frames));
    assert_eq!(told_of_all(all.iter().map(Vec::as_slice)), "");
}

/// Cuts of a hello of so many bytes: pieces that touch or overlap, in any order and some twice; and what stands between their frames.
fn cuts(length: usize) -> impl Strategy<Value = Vec<(usize, usize, u8)>> {
    let places = proptest::collection::btree_set(1..length, 0..12);
    let beside = proptest::collection::vec((0usize..40, 0usize..40, 0u8..4), 26);
    (places, beside).prop_flat_map(move |(places, beside)| {
        let starts: Vec<_> = std::iter::once(0).chain(places.iter().copied()).collect();
        let ends = places.iter().copied().chain([length]);
        let once = starts.iter().zip(ends).map(|(from, to)| (*from, to));
        let pieces: Vec<_> = once.clone().chain(once.step_by(3)).collect();
        let wider = pieces.into_iter().zip(&beside).map(move |((from, to), (before, behind, between))| {
            (from.saturating_sub(*before), (to + behind).min(length), *between)
        });
        Just(wider.collect::<Vec<_>>()).prop_shuffle()
    })
}

proptest! {
    #[test]
    fn any_order_of_any_pieces_is_the_same_hello(pieces in cuts(hello(1700).len()), most in 200usize..1100) {
        let hello = hello(1700);
        let (mut all, mut frames) = (Vec::new(), Vec::new());
        for (from, to, between) in pieces {
            // A piece that fits no packet is sent as several.
            for from in (from..to).step_by(900) {
                let frame = crypto(&hello, from, to.min(from + 900));
                if frames.len() + frame.len() > most && !frames.is_empty() {
                    all.push(datagram(ID, ID, &std::mem::take(&mut frames)));
                }
                frames.extend(vec![between & 1; usize::from(between)]);
                frames.extend(frame);
            }
        }
        all.push(datagram(ID, ID, &frames));
        prop_assert_eq!(told_of_all(all.iter().map(Vec::as_slice)), told_of_whole(&hello));
    }

    #[test]
    fn any_frames_are_read_to_an_end(frames in proptest::collection::vec(0u8..8, 0..900), more: Vec<u8>) {
        let all = [&frames, &more, &frames].map(|frames| datagram(ID, ID, frames));
        told_of_all(all.iter().map(Vec::as_slice));
    }

    #[test]
    fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, place in 0usize..60, value: u8) {
        from_client(&bytes);
        let mut changed = RFC_9001.to_vec();
        changed[place] = value;
        from_client(&changed);
        from_client(&[&RFC_9369[..place], &bytes, &RFC_9369[place..]].concat());
    }
}
