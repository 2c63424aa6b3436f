//! What was sent, as a capture rebuilt from the log (pcapng, draft-ietf-opsawg-pcapng; raw IPv4).
//!
//! Addresses, ports, times of the first and the last packet, and what was said are those of the log: the same plan says the same
//! bytes. Numbers of sequence, times in between and bare acknowledgements in mid-talk are not known. Each packet says so. Answers are
//! not in a log, so none is here. A community is told as asterisks. What was sealed by TLS is left out: nobody keeps its keys.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use wardround_model::{Timestamp, Transport};

use crate::question::{Addressed, Question};
use crate::tables::{self, Name};
use crate::walk::Outcome;

/// One exchange as a log tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The plan's mark.
    pub plan: String,
    /// From where; unspecified where the log does not tell.
    pub from: SocketAddrV4,
    /// To where.
    pub to: SocketAddrV4,
    /// The question.
    pub question: Question,
    /// When it began.
    pub at: Timestamp,
    /// When it ended, how, and how many bytes were said; nothing where the run was killed.
    pub end: Option<(Timestamp, Outcome, usize)>,
    /// How long the connection took to stand, if it did.
    pub connected: Option<Duration>,
    /// Names behind which a switch was asked for more.
    pub walked: Vec<Name>,
    /// By which title an application was called.
    pub called: String,
}

/// Flags of TCP (RFC 9293, 3.1).
const FIN: u8 = 1;
const SYN: u8 = 2;
const PSH: u8 = 8;
const ACK: u8 = 16;
/// Numbers of IPv4's protocols (IANA).
const TCP: u8 = 6;
const UDP: u8 = 17;
/// Kinds of blocks and options of pcapng.
const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const PACKET: u32 = 6;
const COMMENT: u16 = 1;
const APPLICATION: u16 = 4;
const NAME: u16 = 2;
const RESOLUTION: u16 = 9;
/// Packets that begin with the header of IP.
const RAW_IP: u16 = 101;

/// The file.
#[must_use]
pub fn capture(log: &[Sent]) -> Vec<u8> {
    let mut file = Vec::new();
    let about = "Rebuilt from the log of questions: what was sent, not what was answered. Sequence numbers, times within an exchange \
                 and bare acknowledgements are made up or left out.";
    let program = concat!("Wardround ", env!("CARGO_PKG_VERSION"));
    let head = [0x1a2b_3c4d_u32.to_le_bytes().as_slice(), &[1, 0, 0, 0], &[0xff; 8]].concat();
    block(&mut file, SECTION, &head, &[(COMMENT, about.as_bytes()), (APPLICATION, program.as_bytes())]);
    let link = [RAW_IP.to_le_bytes().as_slice(), &[0; 6]].concat();
    block(&mut file, INTERFACE, &link, &[(NAME, b"rebuilt from the log"), (RESOLUTION, &[9])]);
    for sent in log {
        for (at, packet) in packets(sent) {
            let time = u64::try_from(at.nanoseconds()).unwrap_or(0);
            let (high, low) = (time >> 32, time & 0xffff_ffff);
            let length = u32::try_from(packet.len()).unwrap_or(0);
            let half = |half: u64| u32::try_from(half).unwrap_or(0).to_le_bytes();
            let mut body =
                [[0; 4], half(high), half(low), length.to_le_bytes(), length.to_le_bytes()].concat();
            body.extend_from_slice(&packet);
            pad(&mut body);
            let outcome = sent.end.map_or("no outcome is known", |(_, outcome, _)| outcome.code());
            let text =
                format!("rebuilt from the log: {} of plan {}, {outcome}", sent.question.code(), sent.plan);
            let text = match sealed(sent) {
                0 => text,
                bytes => format!("{text}; {bytes} bytes sealed by TLS are left out"),
            };
            block(&mut file, PACKET, &body, &[(COMMENT, text.as_bytes())]);
        }
    }
    file
}

fn pad(to: &mut Vec<u8>) {
    to.resize(to.len().next_multiple_of(4), 0);
}

fn block(file: &mut Vec<u8>, kind: u32, body: &[u8], options: &[(u16, &[u8])]) {
    let mut content = body.to_vec();
    for (code, value) in options {
        let length = u16::try_from(value.len()).unwrap_or(0);
        content.extend_from_slice(&code.to_le_bytes());
        content.extend_from_slice(&length.to_le_bytes());
        content.extend_from_slice(value.get(..usize::from(length)).unwrap_or_default());
        pad(&mut content);
    }
    // The end of options.
    content.extend_from_slice(&[0; 4]);
    let length = u32::try_from(content.len().saturating_add(12)).unwrap_or(0).to_le_bytes();
    file.extend_from_slice(&kind.to_le_bytes());
    file.extend_from_slice(&length);
    file.extend_from_slice(&content);
    file.extend_from_slice(&length);
}

/// Bytes that were said inside TLS and around it, behind the hello.
fn sealed(sent: &Sent) -> usize {
    let said = sent.end.map_or(0, |(_, _, said)| said);
    if sent.question.inside(addressed(sent)).is_none() {
        return 0;
    }
    let in_clear = sent.question.pieces(addressed(sent));
    let hello = in_clear.first().map_or(0, Vec::len);
    // Where the handshake was not finished, all is in clear.
    let all: usize = in_clear.iter().map(Vec::len).sum();
    if said == all { 0 } else { said.saturating_sub(hello) }
}

fn addressed(sent: &Sent) -> Addressed<'_> {
    Addressed { ip: *sent.to.ip(), port: sent.to.port(), plan: &sent.plan, called: &sent.called }
}

/// Our packets of one exchange, in order.
fn packets(sent: &Sent) -> Vec<(Timestamp, Vec<u8>)> {
    let said = sent.end.map_or(0, |(_, _, said)| said);
    let ended = sent.end.map_or(sent.at, |(at, ..)| at);
    let (to, sealed) = (addressed(sent), sealed(sent));
    let mut pieces = sent.question.pieces(to);
    // As many pieces as were said, by their length; of a question with a community the log counts less.
    let mut left = said.saturating_sub(sealed);
    pieces.retain(|piece| {
        let fits = left >= piece.len() || sent.question.needs_community() && left > 0;
        left = left.saturating_sub(piece.len());
        fits
    });
    if sent.question.transport() == Transport::Udp {
        if !pieces.is_empty() && sent.question == Question::SwitchTables {
            pieces.extend(tables::told_again(to.short_id(), &sent.walked));
        }
        return pieces.iter().map(|piece| (sent.at, udp(sent, piece))).collect();
    }
    if matches!(sent.end, Some((_, Outcome::AnotherCard | Outcome::Stopped, _))) && sent.connected.is_none() {
        return Vec::new();
    }
    let mut all = vec![(sent.at, tcp(sent, SYN, 0, 0, &[]))];
    let Some(connected) = sent.connected else { return all };
    let stood = plus(sent.at, connected);
    let mut number = 1_u32;
    all.push((stood, tcp(sent, ACK, number, 1, &[])));
    for piece in &pieces {
        all.push((stood, tcp(sent, PSH | ACK, number, 1, piece)));
        number = number.saturating_add(u32::try_from(piece.len()).unwrap_or(0));
    }
    number = number.saturating_add(u32::try_from(sealed).unwrap_or(0));
    all.push((ended.max(stood), tcp(sent, FIN | ACK, number, 1, &[])));
    all
}

fn plus(at: Timestamp, time: Duration) -> Timestamp {
    let time = i64::try_from(time.as_nanos()).unwrap_or(0);
    Timestamp::from_nanoseconds(at.nanoseconds().saturating_add(time))
}

fn tcp(sent: &Sent, flags: u8, number: u32, acknowledged: u32, payload: &[u8]) -> Vec<u8> {
    let mut segment = Vec::new();
    segment.extend_from_slice(&sent.from.port().to_be_bytes());
    segment.extend_from_slice(&sent.to.port().to_be_bytes());
    segment.extend_from_slice(&number.to_be_bytes());
    segment.extend_from_slice(&acknowledged.to_be_bytes());
    // A header of five words, the window, no checksum yet, nothing urgent.
    segment.extend_from_slice(&[0x50, flags, 0xfa, 0xf0, 0, 0, 0, 0]);
    segment.extend_from_slice(payload);
    packet(sent, TCP, segment, 16)
}

fn udp(sent: &Sent, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len().saturating_add(8)).unwrap_or(8);
    let mut segment = Vec::new();
    segment.extend_from_slice(&sent.from.port().to_be_bytes());
    segment.extend_from_slice(&sent.to.port().to_be_bytes());
    segment.extend_from_slice(&length.to_be_bytes());
    segment.extend_from_slice(&[0, 0]);
    segment.extend_from_slice(payload);
    packet(sent, UDP, segment, 6)
}

/// IPv4 (RFC 791, 3.1) around a segment, whose checksum stands at `checked`.
fn packet(sent: &Sent, protocol: u8, mut segment: Vec<u8>, checked: usize) -> Vec<u8> {
    let addresses = [sent.from.ip().octets(), sent.to.ip().octets()].concat();
    let length = u16::try_from(segment.len()).unwrap_or(0);
    let pseudo = [addresses.as_slice(), &[0, protocol], &length.to_be_bytes(), &segment].concat();
    put(&mut segment, checked, checksum(&pseudo));
    let whole = length.saturating_add(20).to_be_bytes();
    // What goes to all of a network is sent on by no router.
    let hops = if sent.to.ip().is_multicast() { 1 } else { 64 };
    let mut header =
        [&[0x45, 0], whole.as_slice(), &[0, 0, 0x40, 0, hops, protocol, 0, 0], &addresses].concat();
    let sum = checksum(&header);
    put(&mut header, 10, sum);
    [header, segment].concat()
}

fn put(bytes: &mut [u8], at: usize, value: u16) {
    if let Some(place) = bytes.get_mut(at..at.saturating_add(2)) {
        place.copy_from_slice(&value.to_be_bytes());
    }
}

/// The checksum of the Internet (RFC 1071).
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|two| match two {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    });
    let mut sum = words.fold(0_u32, u32::wrapping_add);
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(0)
}

/// Where a log does not tell from where.
pub const NOWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(question: Question, outcome: Outcome, said: usize, connected: bool) -> Sent {
        let at = Timestamp::from_seconds(1_800_000_000);
        Sent {
            plan: "a".repeat(16),
            from: SocketAddrV4::new([10, 20, 1, 2].into(), 40_000),
            to: SocketAddrV4::new([10, 20, 1, 9].into(), 22),
            question,
            at,
            end: Some((plus(at, Duration::from_millis(40)), outcome, said)),
            connected: connected.then_some(Duration::from_millis(2)),
            walked: Vec::new(),
            called: String::new(),
        }
    }

    fn flags(sent: &Sent) -> Vec<(u8, usize)> {
        packets(sent).iter().map(|(_, packet)| (packet[33], packet.len() - 40)).collect()
    }

    #[test]
    fn what_was_said_and_no_more_is_in_it() {
        let said = [22, 40];
        let name = crate::shell::IDENTIFICATION.len();
        assert_eq!(said[1], crate::shell::DISCONNECT.len());
        let whole = sent(Question::SshHello, Outcome::Answered, name + 40, true);
        assert_eq!(flags(&whole), [(SYN, 0), (ACK, 0), (PSH | ACK, name), (PSH | ACK, 40), (FIN | ACK, 0)]);
        let silent = sent(Question::SshHello, Outcome::Silent, 0, true);
        assert_eq!(flags(&silent), [(SYN, 0), (ACK, 0), (FIN | ACK, 0)]);
        assert_eq!(flags(&sent(Question::SshHello, Outcome::Refused, 0, false)), [(SYN, 0)]);
        assert_eq!(flags(&sent(Question::SshHello, Outcome::AnotherCard, 0, false)), []);
    }

    #[test]
    fn what_was_sealed_is_left_out_and_said_to_be() {
        let hello =
            Question::TlsHello.pieces(addressed(&sent(Question::TlsHello, Outcome::Answered, 0, true)));
        let (hello, farewell) = (hello[0].len(), hello[1].len());
        let finished = sent(Question::HttpsHead, Outcome::Answered, hello + 350, true);
        assert_eq!(flags(&finished), [(SYN, 0), (ACK, 0), (PSH | ACK, hello), (FIN | ACK, 0)]);
        let file = capture(std::slice::from_ref(&finished));
        let has = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
        assert!(has(b"; 350 bytes sealed by TLS are left out") && !has(b"HEAD /"));
        let (_, end) = packets(&finished).pop().unwrap();
        assert_eq!(end[24..28], u32::try_from(hello + 351).unwrap().to_be_bytes(), "as many as were said");
        let in_clear = sent(Question::HttpsHead, Outcome::Answered, hello + farewell, true);
        let expected = [(SYN, 0), (ACK, 0), (PSH | ACK, hello), (PSH | ACK, farewell), (FIN | ACK, 0)];
        assert_eq!((flags(&in_clear), sealed(&in_clear)), (expected.to_vec(), 0));
    }

    #[test]
    fn a_community_is_told_as_asterisks() {
        let community = "sesame-4711".parse().unwrap();
        let to = Addressed { ip: [10, 20, 1, 9].into(), port: 22, plan: &"a".repeat(16), called: "" };
        let said = Question::SnmpSystem.opening(to, Some(&community)).len() - 11;
        let file = capture(&[sent(Question::SnmpSystem, Outcome::Answered, said, false)]);
        let has = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
        assert!(has(b"\x04\x08********") && !has(b"sesame"));
    }

    #[test]
    fn checksums_and_lengths_are_right() {
        for (_, packet) in packets(&sent(Question::SshHello, Outcome::Answered, 100, true)) {
            assert_eq!(checksum(&packet[..20]), 0);
            let length = u16::try_from(packet.len() - 20).unwrap().to_be_bytes();
            let pseudo = [&packet[12..20], &[0, TCP], &length, &packet[20..]].concat();
            assert_eq!(checksum(&pseudo), 0);
        }
        let file = capture(&[sent(Question::SshHello, Outcome::Answered, 100, true)]);
        let mut rest = file.as_slice();
        while !rest.is_empty() {
            let length = usize::try_from(u32::from_le_bytes([rest[4], rest[5], rest[6], rest[7]])).unwrap();
            assert_eq!((length % 4, &rest[length - 4..length]), (0, &rest[4..8]));
            rest = &rest[length..];
        }
    }
}
