//! Cisco's discovery protocol: name, platform and software of a neighbour on the cable.
//!
//! As "Understand and Configure the Cisco Discovery Protocol" and the dissector of Wireshark describe it; makers of telephones send it, too.
//! It is about the card that sent it.
//! Not here: VLANs, power, ports.

use std::net::Ipv4Addr;

use wardround_model::{FactKind, MacAddr, Subject};

use super::lldp::is_host;
use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Facts};

/// Version, time to live, checksum (2).
const HEADER: usize = 4;
/// Kinds of entry.
mod kind {
    pub(super) const NAME: u16 = 1;
    pub(super) const ADDRESSES: u16 = 2;
    pub(super) const SOFTWARE: u16 = 5;
    pub(super) const PLATFORM: u16 = 6;
    pub(super) const MANAGED_AT: u16 = 0x16;
}
/// An address of IPv4: protocol by NLPID, its length, IP, length of the address.
const IPV4: [u8; 5] = [1, 1, 0xCC, 0, 4];

/// How lines begin that do not name the software.
const OTHER_LINES: &[&[u8]] = &[b"Copyright", b"Compiled", b"Technical Support"];

/// The entries of a frame up to one that is cut short; a length counts the entry's own head.
fn entries(frame: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut reader = Reader::new(frame.get(HEADER..).unwrap_or_default());
    std::iter::from_fn(move || {
        let (kind, length) = (reader.u16()?, reader.u16()?);
        Some((kind, reader.take(usize::from(length).checked_sub(4)?)?))
    })
}

/// The first address of IPv4 that it gives, rather the one at which it is managed.
#[must_use]
pub fn address(frame: &[u8]) -> Option<Ipv4Addr> {
    [kind::MANAGED_AT, kind::ADDRESSES].into_iter().find_map(|wanted| {
        let (_, value) = entries(frame).find(|(kind, _)| *kind == wanted)?;
        // How many (4), then one behind the other.
        let octets = value.get(4..)?.strip_prefix(&IPV4)?.first_chunk::<4>()?;
        Some(Ipv4Addr::from(*octets)).filter(|ip| is_host(*ip))
    })
}

/// Tells what a frame says of who sent it.
pub fn tell(frame: &[u8], sender: Option<MacAddr>, facts: &mut Facts) {
    let Some(card) = sender.filter(|_| matches!(frame.first(), Some(1 | 2))) else { return };
    let about = About::Named(Subject::Mac(card));
    if let Some(ip) = address(frame) {
        facts.tell(about, FactKind::OwnsIp, ip.to_string().as_bytes());
    }
    for (kind, value) in entries(frame) {
        let value = unpadded(value);
        match kind {
            kind::NAME if !value.is_empty() && is_text(value) => {
                facts.tell_known(about, FactKind::CdpName, value);
            }
            kind::PLATFORM if !value.is_empty() && is_text(value) => {
                facts.tell(about, FactKind::CdpPlatform, value);
            }
            kind::SOFTWARE => software(about, value, facts),
            _ => {}
        }
    }
}

/// Lines behind those that name the software say who compiled it, and when.
fn software(about: About, value: &[u8], facts: &mut Facts) {
    let lines = value.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
    let is_other = |line: &&[u8]| OTHER_LINES.iter().any(|start| line.starts_with(start));
    let text = lines.take(2).take_while(|line| !is_other(line)).collect::<Vec<_>>().join(&b' ');
    if !text.is_empty() && is_text(&text) {
        facts.tell(about, FactKind::CdpSoftware, &text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kind: u16, value: &[u8]) -> Vec<u8> {
        let length = u16::try_from(value.len() + 4).unwrap();
        [&kind.to_be_bytes()[..], &length.to_be_bytes(), value].concat()
    }

    fn switch() -> Vec<u8> {
        let software = b"Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)\n\
            Compiled Mon 08-Mar-21 by canaryman";
        [
            vec![2, 180, 0, 0],
            entry(1, b"switch-1.hospital.example"),
            entry(2, &[&[0, 0, 0, 1][..], &IPV4, &[10, 1, 0, 2]].concat()),
            entry(3, b"GigabitEthernet1/0/1"),
            entry(5, software),
            entry(6, b"cisco WS-C2960X-48TS-L"),
        ]
        .concat()
    }

    fn told(frame: &[u8]) -> Vec<String> {
        let mut facts = Facts::default();
        tell(frame, Some(MacAddr([0, 0x1B, 0x54, 1, 2, 3])), &mut facts);
        facts.drain().map(|(_, fact)| format!("{}={}", fact.kind().code(), fact.value())).collect()
    }

    #[test]
    fn a_switch_tells_its_address_platform_and_software() {
        assert_eq!(
            told(&switch()),
            [
                "address.owns=10.1.0.2",
                "cdp.name=switch-1.hospital.example",
                "cdp.software=Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version 15.2(7)E4, RELEASE SOFTWARE (fc2)",
                "cdp.platform=cisco WS-C2960X-48TS-L",
            ]
        );
    }

    #[test]
    fn what_is_cut_short_tells_no_more() {
        let whole = told(&switch());
        for length in 0..switch().len() {
            assert!(told(&switch()[..length]).iter().all(|line| whole.contains(line)), "{length}");
        }
        assert_eq!(told(&[9; 60]), Vec::<String>::new());
    }
}
