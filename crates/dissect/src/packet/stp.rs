//! Spanning tree (STP, RSTP, MSTP): which card names a switch, and which the root of its tree.
//!
//! IEEE 802.1D-2004, 9.3 and IEEE 802.1Q, 14: switches send a configuration every two seconds at each port. It is about the card that names
//! the switch, not about that of the port, so that a switch is one thing. Cisco's trees of single VLANs (PVST+) say the same behind another
//! header.
//!
//! Not here: ports, costs, trees of MSTP beyond the first; notices of a change, which do not name their switch.

use wardround_model::{FactKind, MacAddr, Subject};

use crate::reader::Reader;
use crate::{About, Facts};

/// `Protocol Identifier` of the spanning tree (9.3.1).
const PROTOCOL: u16 = 0;
/// Types of configurations: STP's, and RSTP's and MSTP's (9.3.1, 9.3.3).
const CONFIGURATIONS: [u8; 2] = [0, 2];
/// How long a configuration holds, in 1/256 seconds: 6 to 40 seconds (table 17-1).
const MAX_AGES: std::ops::RangeInclusive<u16> = 6 * 256..=40 * 256;

/// Tells which switch sent a configuration, and which is the root.
pub fn tell(frame: &[u8], facts: &mut Facts) {
    let Some(Configuration { root, bridge }) = Configuration::read(frame) else { return };
    let mut is = |card: MacAddr, part: &[u8]| {
        facts.tell(About::Named(Subject::Mac(card)), FactKind::StpRole, part);
    };
    is(root, b"root");
    if bridge != root {
        is(bridge, b"switch");
        facts.tell(About::Named(Subject::Mac(bridge)), FactKind::StpRoot, root.to_string().as_bytes());
    }
}

struct Configuration {
    root: MacAddr,
    bridge: MacAddr,
}

impl Configuration {
    /// Protocol (2), version, type, flags, root (8), cost (4), switch (8), port (2), age (2), longest age (2).
    fn read(frame: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(frame);
        let protocol = reader.u16()?;
        let version = reader.u8()?;
        let kind = reader.u8()?;
        if protocol != PROTOCOL || !matches!(version, 0 | 2..=4) || !CONFIGURATIONS.contains(&kind) {
            return None;
        }
        let _flags = reader.u8()?;
        let root = identifier(&mut reader)?;
        let _cost = reader.u32()?;
        let bridge = identifier(&mut reader)?;
        let _port = reader.u16()?;
        let (age, longest) = (reader.u16()?, reader.u16()?);
        (MAX_AGES.contains(&longest) && age < longest).then_some(Self { root, bridge })
    }
}

/// A priority (2) and a card (9.2.5).
fn identifier(reader: &mut Reader<'_>) -> Option<MacAddr> {
    let _priority = reader.u16()?;
    reader.array().map(MacAddr).filter(|card| card.is_one_card())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{self, Content, LinkType};

    /// A configuration of Linux' bridge as recorded, from its LLC on.
    const LINUX: &[u8] =
        b"\x42\x42\x03\0\0\0\0\0\x80\0\x56\xf4\xbb\xa5\xd7\xa1\0\0\0\0\x80\0\x56\xf4\xbb\xa5\xd7\xa1\x80\x01\
        \0\0\x14\0\x02\0\x02\0";
    /// Where the switch's card stands, and what ends behind the longest age.
    const BRIDGE: usize = 22;
    const READ: usize = 34;

    fn frame(to: [u8; 6], llc: &[u8]) -> Vec<u8> {
        let length = u16::try_from(llc.len()).unwrap().to_be_bytes();
        let padding = vec![0; 46_usize.saturating_sub(llc.len())];
        [&to[..], &[0x56, 0xF4, 0xBB, 0xA5, 0xD7, 0xA2], &length, llc, &padding].concat()
    }

    fn told(frame: &[u8]) -> Vec<String> {
        let Content::Stp(inside) = packet::parse(LinkType::Ethernet, frame, frame.len()).unwrap().content
        else {
            panic!("another content");
        };
        let mut facts = Facts::default();
        tell(inside, &mut facts);
        let line = |(about, fact): (About, wardround_model::Fact)| {
            let About::Named(Subject::Mac(card)) = about else { panic!("{about:?}") };
            format!("{card} {}={}", fact.kind().code(), fact.value())
        };
        facts.drain().map(line).collect()
    }

    fn of(llc: &[u8]) -> Vec<String> {
        told(&frame([1, 0x80, 0xC2, 0, 0, 0], llc))
    }

    #[test]
    fn a_real_bridge_is_the_root_of_its_own_tree() {
        assert_eq!(of(LINUX), ["56:f4:bb:a5:d7:a1 stp.role=root"]);
    }

    #[test]
    fn a_switch_names_another_as_root_in_each_version() {
        let mut switch = LINUX.to_vec();
        switch[BRIDGE..BRIDGE + 4].copy_from_slice(&[0x00, 0x1B, 0x54, 0x01]);
        let card = "00:1b:54:01:d7:a1";
        let expected = [
            "56:f4:bb:a5:d7:a1 stp.role=root".to_owned(),
            format!("{card} stp.role=switch"),
            format!("{card} stp.root=56:f4:bb:a5:d7:a1"),
        ];
        for (version, kind) in [(0, 0), (2, 2), (3, 2)] {
            (switch[5], switch[6]) = (version, kind);
            assert_eq!(of(&switch), expected, "{version}");
        }
        let cisco = [&[0xAA, 0xAA, 3, 0, 0, 0x0C, 0x01, 0x0B], &switch[3..]].concat();
        assert_eq!(told(&frame([1, 0, 0x0C, 0xCC, 0xCC, 0xCD], &cisco)), expected);
    }

    #[test]
    fn notices_and_what_does_not_hold_tell_nothing() {
        assert!(of(b"\x42\x42\x03\0\0\0\x80").is_empty(), "a notice of a change");
        // Another protocol, version and type; a group's card as root; an age beyond the longest, and one that is too long.
        for (at, byte) in [(3, 1), (5, 9), (6, 0x80), (10, 0x57), (30, 0x15), (32, 0x7F), (32, 1)] {
            let mut other = LINUX.to_vec();
            other[at] = byte;
            assert!(of(&other).is_empty(), "{at}");
        }
        for length in 0..READ {
            let mut facts = Facts::default();
            tell(LINUX.get(3..length).unwrap_or_default(), &mut facts);
            assert!(facts.list().is_empty(), "{length}");
        }
    }
}
