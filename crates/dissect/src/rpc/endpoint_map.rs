//! What an endpoint mapper says of its host: which interfaces are there to be called (C706, appendix L; [MS-RPCE] 2.2.1.2.5).
//!
//! An answer is not read as its structure: each interface in it stands in a tower, whose first two floors have a form that nothing
//! else has. Only interfaces that say what a host is for are told; ports, addresses and notes are not.

use wardround_model::FactKind;

use crate::{About, Facts};

/// A floor with an identifier (C706, appendix I and L): length of what is on the left, that it is a UUID, the UUID and its version, length of
/// what is on the right, the second part of the version.
const FLOOR: usize = 25;
const BEGINNING: [u8; 3] = [19, 0, 13];
/// The second floor of every tower: data are laid out as NDR, 8a885d04-1ceb-11c9-9fe8-08002b104860.
const NDR: [u8; 19] = [
    19, 0, 13, 0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11, 0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10, 0x48, 0x60,
];
/// Interfaces by their first three parts, which are written least significant byte first, and the last two: [MS-DRSR] 1.9, [MS-DNSP] 1.9,
/// [MS-DHCPM] 1.9, [MS-ICPR] 1.9, [MS-OXCRPC] 1.9, [MS-RPRN] 1.9, [MS-PAR] 1.9.
const INTERFACES: &[([u8; 16], &str)] = &[
    (uuid(0xe351_4235, 0x4b06, 0x11d1, 0xab04_00c0_4fc2_dcd2), "drsuapi"),
    (uuid(0x50ab_c2a4, 0x574d, 0x40b3, 0x9d66_ee4f_d5fb_a076), "dnsserver"),
    (uuid(0x6bff_d098, 0xa112, 0x3610, 0x9833_46c3_f874_532d), "dhcpsrv"),
    (uuid(0x5b82_1720, 0xf63b, 0x11d0, 0xaad2_00c0_4fc3_24db), "dhcpsrv"),
    (uuid(0x91ae_6020, 0x9e3c, 0x11cf, 0x8d7c_00aa_00c0_91be), "certificates"),
    (uuid(0xa4f1_db00, 0xca47, 0x1067, 0xb31f_00dd_0106_62da), "exchange"),
    (uuid(0x1234_5678, 0x1234, 0xabcd, 0xef00_0123_4567_89ab), "spooler"),
    (uuid(0x76f0_3f96, 0xcdfd, 0x44fc, 0xa22c_6495_0a00_1209), "spooler"),
];

/// Tells the interfaces that a mapper's answer names, each once.
pub(super) fn tell(answer: &[u8], facts: &mut Facts) {
    let mut told: Vec<&str> = Vec::new();
    for pair in answer.windows(FLOOR.saturating_add(NDR.len())) {
        let Some((floor, next)) = pair.split_at_checked(FLOOR) else { return };
        let Some(uuid) = floor.strip_prefix(&BEGINNING).and_then(|floor| floor.first_chunk::<16>()) else {
            continue;
        };
        let known = INTERFACES.iter().find(|(interface, _)| interface == uuid);
        if let Some((_, name)) = known.filter(|(_, name)| next == NDR && !told.contains(name)) {
            told.push(name);
            facts.tell(About::Sender, FactKind::RpcInterface, name.as_bytes());
        }
    }
}

/// An identifier as it is sent where numbers have their low byte first.
const fn uuid(first: u32, second: u16, third: u16, rest: u64) -> [u8; 16] {
    let ([a, b, c, d], [e, f], [g, h]) = (first.to_le_bytes(), second.to_le_bytes(), third.to_le_bytes());
    let [i, j, k, l, m, n, o, p] = rest.to_be_bytes();
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Samba's domain controller 4.17.12 to impacket 0.13.1 (PyPI) that asks for the whole map, and for one interface.
    const WHOLE: &[u8] = include_bytes!("recorded/lookup-server.bin");
    const ONE: &[u8] = include_bytes!("recorded/map-server.bin");

    fn told(answer: &[u8]) -> Vec<String> {
        let mut facts = Facts::default();
        tell(answer, &mut facts);
        facts
            .drain()
            .map(|(about, fact)| format!("{about:?} {}={}", fact.kind().code(), fact.value()))
            .collect()
    }

    #[test]
    fn a_domain_controller_is_known_by_its_interfaces() {
        assert_eq!(told(ONE), ["Sender rpc.interface=drsuapi"]);
        let mut whole = told(WHOLE);
        whole.sort_unstable();
        assert_eq!(whole, ["Sender rpc.interface=dnsserver", "Sender rpc.interface=drsuapi"]);
    }

    #[test]
    fn an_identifier_that_is_no_floor_of_a_tower_is_not_told() {
        let mut answer = ONE.to_vec();
        let at = answer.windows(NDR.len()).position(|window| window == NDR).unwrap();
        answer[at + 5] ^= 1;
        assert_eq!(told(&answer), [""; 0]);
        assert_eq!(told(&ONE[..at]), [""; 0]);
    }
}
