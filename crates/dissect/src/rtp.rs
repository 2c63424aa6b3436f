//! RTP and RTCP (RFC 3550): voice and pictures while they are made, as telephones, intercoms and cameras send them.
//!
//! Its ports are agreed on for each call, and a packet by itself looks like many others. So a stream is known by how its packets follow
//! one another, which somebody with both sides keeps ([`Following`]), and a report of RTCP by all of its parts. It is said that it is
//! this, and nothing else. Not here: what is carried, which is somebody's voice; the names in reports; whether it is encrypted (SRTP,
//! RFC 3711, has the same headers), but for reports that are.

use crate::Datagram;
use crate::reader::Reader;

/// Ports below it are given to services, none of which is this (RFC 6335, 6).
const FIRST_USER_PORT: u16 = 1024;
/// Two bits before all else (5.1).
const VERSION: u8 = 2;
/// Packets that must follow one another.
const PACKETS: u8 = 4;
/// How far a packet may be ahead of the one before: some may be lost.
const MAX_AHEAD: u16 = 16;
/// How far its time may be: three minutes of video's clock, for pauses.
const MAX_LATER: u32 = 1 << 24;

/// Types of RTCP's packets: reports of senders and receivers begin a datagram, and a description of the source belongs to it (6.1).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
/// All of them, with those of RFC 4585 and RFC 3611.
const REPORTS: std::ops::RangeInclusive<u8> = 200..=207;

/// What one side of a pair of ports sent so far, as far as it may be RTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Following {
    // The latest packet, field by field: a million flows have two of these each.
    source: u32,
    timestamp: u32,
    sequence: u16,
    /// Packets that followed one another.
    count: u8,
    /// Whether time went on among them.
    is_later: bool,
}

impl Following {
    /// Takes the next datagram of this side; whether it is RTP or RTCP by all that was seen.
    pub fn take(&mut self, datagram: &Datagram<'_>) -> bool {
        if datagram.sender.port() < FIRST_USER_PORT || datagram.receiver.port() < FIRST_USER_PORT {
            return false;
        }
        match Header::read(datagram.payload) {
            Some(header) => self.follow(header),
            None => {
                *self = Self::default();
                is_report(datagram.payload)
            }
        }
    }

    fn follow(&mut self, header: Header) -> bool {
        let ahead = header.sequence.wrapping_sub(self.sequence);
        let later = header.timestamp.wrapping_sub(self.timestamp);
        let is_same = self.count > 0 && header.source == self.source;
        if is_same && ahead == 0 && later == 0 {
            // The same again: a mirror may show a packet twice.
            return false;
        }
        let follows = is_same && (1..=MAX_AHEAD).contains(&ahead) && later <= MAX_LATER;
        let Header { sequence, timestamp, source } = header;
        let (count, is_later) =
            if follows { (self.count.saturating_add(1), self.is_later || later > 0) } else { (1, false) };
        *self = Self { source, timestamp, sequence, count, is_later };
        count >= PACKETS && is_later
    }
}

/// What is looked at of a packet's header (5.1).
#[derive(Clone, Copy, Debug)]
struct Header {
    sequence: u16,
    timestamp: u32,
    /// Who sends (SSRC).
    source: u32,
}

impl Header {
    /// The header of a packet that may be one of RTP by itself.
    fn read(packet: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(packet);
        let [first, second] = reader.array()?;
        let header = Self { sequence: reader.u16()?, timestamp: reader.u32()?, source: reader.u32()? };
        reader.take(usize::from(first & 0x0F).saturating_mul(4))?;
        if first & 0x10 != 0 {
            reader.u16()?;
            let words = reader.u16()?;
            reader.take(usize::from(words).saturating_mul(4))?;
        }
        let padding = match reader.rest().last() {
            Some(last) if first & 0x20 != 0 => usize::from(*last).max(1),
            None if first & 0x20 != 0 => return None,
            _ => 0,
        };
        // RFC 3551, 6: types that are given to codecs, and those that a call agrees on.
        let has_type = matches!(second & 0x7F, 0..=34 | 96..=127);
        let fits = first >> 6 == VERSION && has_type && padding <= reader.rest().len();
        (fits && header.source != 0).then_some(header)
    }
}

/// Whether it is a datagram of RTCP (6.1, A.2): a report, then other parts among which its sender describes itself, each of them whole.
fn is_report(datagram: &[u8]) -> bool {
    let mut reader = Reader::new(datagram);
    let (mut is_first, mut is_described) = (true, false);
    while !reader.rest().is_empty() {
        let Some(kind) = part(&mut reader, is_first) else { return false };
        is_described |= kind == DESCRIPTION;
        is_first = false;
    }
    is_described
}

/// The type of the next part.
fn part(reader: &mut Reader<'_>, is_first: bool) -> Option<u8> {
    let [first, kind] = reader.array()?;
    let words = reader.u16()?;
    reader.take(usize::from(words).saturating_mul(4))?;
    let is_padded = first & 0x20 != 0;
    // Only the last one may be.
    let may_be_padded = !is_first && reader.rest().is_empty();
    let fits = first >> 6 == VERSION && REPORTS.contains(&kind) && (may_be_padded || !is_padded);
    let blocks = u16::from(first & 0x1F).saturating_mul(6);
    let is_first_fit = match kind {
        // Who sends, 20 bytes of what was sent, and what was heard of each of the others.
        SENDER_REPORT => words >= blocks.saturating_add(6),
        RECEIVER_REPORT => words >= blocks.saturating_add(1),
        _ => false,
    };
    (fits && (!is_first || is_first_fit)).then_some(kind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Of a call by Twinkle in a capture of nDPI's (`sip.pcap`): G.711, without the voice.
    const CALL: [&[u8]; 5] = [
        b"\x80\x08\x6f\xae\0\0\x04\xd8\x37\x96\xcb\x71\xd5",
        b"\x80\x08\x6f\xaf\0\0\x05\x78\x37\x96\xcb\x71\xd5",
        b"\x80\x08\x6f\xb0\0\0\x06\x18\x37\x96\xcb\x71\xd5",
        b"\x80\x08\x6f\xb1\0\0\x06\xb8\x37\x96\xcb\x71\xd5",
        b"\x80\x08\x6f\xb2\0\0\x07\x58\x37\x96\xcb\x71\xd5",
    ];
    /// What GStreamer 1.22 (Debian 12) reports of itself, with a made-up name of the same length.
    const REPORT: &[u8] =
        b"\x80\xc8\0\x06\x62\xb3\x31\x79\xee\xb5\x03\x84\x4b\x9d\xc2\xf4\xda\x7b\x3c\x10\0\0\0\x12\
        \0\0\x48\0\x81\xca\0\x0c\x62\xb3\x31\x79\x01\x1cerika1438522940@ward-0719b28\x06\x09GStreamer\0\0\0";

    fn datagram(payload: &[u8], ports: (u16, u16)) -> Datagram<'_> {
        let (sender, receiver) = (([192, 0, 2, 7], ports.0).into(), ([192, 0, 2, 53], ports.1).into());
        Datagram { payload, sender, receiver }
    }

    /// After how many of these datagrams it is known.
    fn known_after<'a>(payloads: impl IntoIterator<Item = &'a [u8]>) -> Option<usize> {
        let mut side = Following::default();
        payloads
            .into_iter()
            .position(|payload| side.take(&datagram(payload, (30_000, 40_392))))
            .map(|at| at + 1)
    }

    /// A packet of RTP with these numbers.
    fn packet(sequence: u16, timestamp: u32, source: u32) -> Vec<u8> {
        [&[0x80, 0x60], &sequence.to_be_bytes()[..], &timestamp.to_be_bytes(), &source.to_be_bytes(), b"x"]
            .concat()
    }

    /// After how many packets with these numbers, of one source, it is known.
    fn numbers(list: &[(u16, u32)]) -> Option<usize> {
        let packets: Vec<_> = list.iter().map(|(sequence, time)| packet(*sequence, *time, 7)).collect();
        known_after(packets.iter().map(Vec::as_slice))
    }

    #[test]
    fn a_call_is_known_by_its_fourth_packet() {
        assert_eq!(known_after(CALL), Some(4));
        assert_eq!(known_after(CALL[..3].iter().copied()), None);
        // Of services' ports, never.
        let mut side = Following::default();
        assert!(!CALL.iter().any(|payload| side.take(&datagram(payload, (40_000, 443)))));
    }

    #[test]
    fn a_report_is_known_at_once() {
        assert_eq!(known_after([REPORT]), Some(1));
        // Without a description it could be chance, and cut or longer it is none.
        assert_eq!(known_after([&REPORT[..28]]), None);
        assert_eq!(known_after([&REPORT[28..]]), None);
        assert_eq!(known_after([&REPORT[..REPORT.len() - 1]]), None);
        assert_eq!(known_after([&[REPORT, b"\0"].concat()[..]]), None);
    }

    #[test]
    fn packets_may_get_lost_come_twice_and_share_a_time() {
        assert_eq!(numbers(&[(1, 10), (1, 10), (2, 20), (5, 20), (5, 20), (9, 30)]), Some(6));
        assert_eq!(numbers(&[(65_534, u32::MAX - 5), (65_535, u32::MAX), (0, 5), (1, 9)]), Some(4));
    }

    #[test]
    fn numbers_that_do_not_go_on_are_not_this() {
        for list in [
            [(1, 10), (2, 10), (3, 10), (4, 10), (5, 10)],
            [(1, 10), (2, 20), (3, 30), (40, 40), (41, 50)],
            [(5, 10), (4, 20), (3, 30), (2, 40), (1, 50)],
            [(1, 50), (2, 40), (3, 30), (4, 20), (5, 10)],
            [(1, 0), (2, 1 << 25), (3, 1 << 26), (4, 1 << 27), (5, 1 << 28)],
            [(1, 10), (1, 20), (1, 30), (1, 40), (1, 50)],
        ] {
            assert_eq!(numbers(&list), None, "{list:?}");
        }
        let sources: Vec<_> = (1..9).map(|n| packet(n, u32::from(n), u32::from(n))).collect();
        assert_eq!(known_after(sources.iter().map(Vec::as_slice)), None);
    }

    #[test]
    fn other_protocols_are_not_this() {
        let begin_with = |first: [u8; 2]| {
            let packets: Vec<_> =
                (1..9).map(|n| [&first, &packet(n, u32::from(n), 7)[2..]].concat()).collect();
            known_after(packets.iter().map(Vec::as_slice))
        };
        assert_eq!(begin_with([0x80, 0]), Some(4));
        // STUN, DTLS, QUIC, another version; a type that no codec has; more sources, an extension and padding than there are bytes.
        for first in [[0, 1], [22, 254], [0xC0, 0], [0x40, 0], [0x80, 40], [0x8F, 0], [0x90, 0], [0xA0, 0]] {
            assert_eq!(begin_with(first), None, "{first:x?}");
        }
        assert_eq!(known_after([&[0x80; 40][..]; 9]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(payloads in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..6)) {
            prop_assert_eq!(known_after(payloads.iter().map(Vec::as_slice)), None);
        }

        #[test]
        fn damaged_reports_are_read_to_an_end(place in 0..REPORT.len(), byte: u8) {
            let mut damaged = REPORT.to_vec();
            damaged[place] = byte;
            known_after([&damaged[..]]);
        }
    }
}
