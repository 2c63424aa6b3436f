//! RADIUS: who asks for logins of the network, who answers, and whether answers are signed.
//!
//! RFC 2865 (logins), RFC 2866 (accounting), RFC 5997 (`Status-Server`); RFC 3579, 3.2 (`Message-Authenticator`). Answers to logins
//! without this signature can be forged (CVE-2024-3596, "Blast-RADIUS"); those of EAP always have it.
//!
//! A proxy passes on what others ask, so a switch or access point is told of only where the address that it names is its own.
//! Not here: users and all that is theirs, stations, passwords, changes of a session (RFC 5176), RADIUS inside TLS.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wardround_model::FactKind;

use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Datagram, Facts, Role};

/// Logins and accounting, and the ports that both had before (RFC 2865, 3; RFC 2866, 3).
pub(crate) const PORTS: &[u16] = &[1812, 1813, 1645, 1646];
/// The longest message (RFC 2865, 3).
const MAX_LENGTH: usize = 4096;
/// Code, identifier, length (2), authenticator (16).
const HEADER: usize = 20;

/// Codes (RFC 2865, 4; RFC 2866, 4; RFC 5997, 3).
mod code {
    pub(super) const ACCESS_REQUEST: u8 = 1;
    pub(super) const ACCESS_ACCEPT: u8 = 2;
    pub(super) const ACCESS_REJECT: u8 = 3;
    pub(super) const ACCOUNTING_REQUEST: u8 = 4;
    pub(super) const ACCOUNTING_RESPONSE: u8 = 5;
    pub(super) const ACCESS_CHALLENGE: u8 = 11;
    pub(super) const STATUS_SERVER: u8 = 12;
}

/// Attributes (RFC 2865, 5; RFC 3162, 2.1; RFC 3579, 3.2).
mod attribute {
    pub(super) const NAS_ADDRESS: u8 = 4;
    pub(super) const VENDOR_SPECIFIC: u8 = 26;
    pub(super) const NAS_IDENTIFIER: u8 = 32;
    pub(super) const NAS_PORT_TYPE: u8 = 61;
    pub(super) const MESSAGE_AUTHENTICATOR: u8 = 80;
    pub(super) const NAS_IPV6_ADDRESS: u8 = 95;
}

/// How somebody comes in: a cable, or a wireless network (RFC 2865, 5.41).
const PORT_TYPES: &[(u8, &[u8])] = &[(15, b"cable"), (19, b"wireless")];

/// Reads one message.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::read(datagram.payload)?;
    match message.code {
        code::ACCESS_REQUEST | code::ACCOUNTING_REQUEST => {
            message.tell_asking(datagram.sender.ip(), facts);
            Some(Role::Client)
        }
        code::STATUS_SERVER => Some(Role::Client),
        code::ACCESS_ACCEPT | code::ACCESS_REJECT | code::ACCESS_CHALLENGE => {
            let is_signed = message.first(attribute::MESSAGE_AUTHENTICATOR).is_some();
            let signed: &[u8] = if is_signed { b"yes" } else { b"no" };
            facts.tell(About::SenderService, FactKind::RadiusSigned, signed);
            Some(Role::Server)
        }
        code::ACCOUNTING_RESPONSE => Some(Role::Server),
        _ => None,
    }
}

struct Message<'a> {
    code: u8,
    attributes: &'a [u8],
}

impl<'a> Message<'a> {
    /// A message whose attributes fill its length; what stands behind it is padding (RFC 2865, 3).
    fn read(payload: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(payload);
        let code = reader.u8()?;
        let _identifier = reader.u8()?;
        let length = usize::from(reader.u16()?);
        let attributes = payload.get(HEADER..length).filter(|_| length <= MAX_LENGTH)?;
        let filled: usize = each(attributes).map(|(_, value)| value.len().saturating_add(2)).sum();
        (filled == attributes.len()).then_some(Self { code, attributes })
    }

    fn first(&self, wanted: u8) -> Option<&'a [u8]> {
        each(self.attributes).find(|(kind, _)| *kind == wanted).map(|(_, value)| value)
    }

    /// What a switch, an access point or another that lets people in says of itself.
    fn tell_asking(&self, sender: IpAddr, facts: &mut Facts) {
        let v4 = self.first(attribute::NAS_ADDRESS).and_then(<[u8]>::first_chunk::<4>).copied();
        let v6 = self.first(attribute::NAS_IPV6_ADDRESS).and_then(<[u8]>::first_chunk::<16>).copied();
        let named = [v4.map(|ip| Ipv4Addr::from(ip).into()), v6.map(|ip| Ipv6Addr::from(ip).into())];
        if !named.contains(&Some(sender)) {
            return;
        }
        let port_type = self.first(attribute::NAS_PORT_TYPE).and_then(|value| value.strip_prefix(&[0, 0, 0]));
        let known = PORT_TYPES.iter().find(|(number, _)| port_type == Some(&[*number]));
        if let Some((_, by)) = known {
            facts.tell(About::Sender, FactKind::RadiusLetsIn, by);
        }
        if let Some(name) = self.first(attribute::NAS_IDENTIFIER).map(unpadded).filter(|name| is_text(name)) {
            facts.tell_known(About::Sender, FactKind::RadiusName, name);
        }
        let vendors = each(self.attributes).filter(|(kind, _)| *kind == attribute::VENDOR_SPECIFIC);
        for number in vendors.filter_map(|(_, value)| value.first_chunk()).map(|it| u32::from_be_bytes(*it)) {
            if MAKERS.contains(&number) {
                facts.tell(About::Sender, FactKind::RadiusVendor, number.to_string().as_bytes());
            }
        }
    }
}

/// Makers of what lets people in (IANA, private enterprise numbers): Cisco, HP, Juniper, Extreme, Huawei, Fortinet, Aruba, MikroTik,
/// Ruckus, H3C, Meraki, Ubiquiti. Others, such as Microsoft's, only tell how somebody logs in.
const MAKERS: &[u32] = &[9, 11, 2636, 1916, 2011, 12_356, 14_823, 14_988, 25_053, 25_506, 29_671, 41_112];

/// Kind, length of all, value; up to one that does not fit.
fn each(attributes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut reader = Reader::new(attributes);
    std::iter::from_fn(move || {
        let kind = reader.u8()?;
        let length = usize::from(reader.u8()?).checked_sub(2)?;
        Some((kind, reader.take(length)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    const NAS: [u8; 4] = [10, 1, 0, 9];

    fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
        [&[kind, u8::try_from(value.len() + 2).unwrap()], value].concat()
    }

    fn message(code: u8, attributes: &[Vec<u8>]) -> Vec<u8> {
        let attributes = attributes.concat();
        let length = u16::try_from(HEADER + attributes.len()).unwrap().to_be_bytes();
        [&[code, 7], &length[..], &[0xA5; 16], &attributes].concat()
    }

    fn asked(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, (NAS, 50_000), ([10, 1, 3, 7], 1812))
    }

    fn answered(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, ([10, 1, 3, 7], 1812), (NAS, 50_000))
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    #[test]
    fn real_logins_tell_who_lets_in_and_that_answers_are_not_signed() {
        // FreeRADIUS 3.2.1 and its radclient, as recorded; the user is `steve`.
        let request = hex(
            "01a0003f137f0c1341854681c22531d79c771efe0107737465766502128882c7ccd9f75c0db16687d222b74558200661702d\
            3204060a0100093d0600000013",
        );
        let told = ["Sender radius.lets-in=wireless", "Sender radius.name=ap-2"];
        assert_eq!(asked(&request), (Some(Role::Client), told.map(str::to_owned).to_vec()));
        let accept = hex("02a00014d05667c3eb27877937832614ef3d6b80");
        let unsigned = vec!["SenderService radius.signed=no".to_owned()];
        assert_eq!(answered(&accept), (Some(Role::Server), unsigned.clone()));
        let reject = hex("03100014d8a83e404b408817f01cee482a13dc95");
        assert_eq!(answered(&reject), (Some(Role::Server), unsigned));
        let accounting =
            hex("044b002aa76046cf563de317704470f6ef51ff2c010773746576652806000000012c033104060a010009");
        assert_eq!(asked(&accounting), (Some(Role::Client), vec![]));
        assert_eq!(answered(&hex("054b001434ee11802136fa4fb37c8dba67c54241")), (Some(Role::Server), vec![]));
        let status = hex("0c8a00265e77872553c9cb1e74234f199a0db3c95012ad0ff84598d60d802c4e2cb1370facaa");
        assert_eq!(asked(&status), (Some(Role::Client), vec![]));
    }

    #[test]
    fn signed_answers_are_told_as_such() {
        for code in [2, 3, 11] {
            let signed = message(code, &[attribute(18, b"Hello CANARY"), attribute(80, &[1; 16])]);
            let expected = vec!["SenderService radius.signed=yes".to_owned()];
            assert_eq!(answered(&signed), (Some(Role::Server), expected));
        }
    }

    #[test]
    fn what_a_proxy_passes_on_is_not_about_it() {
        let of = |nas: [u8; 4]| {
            let parts = [
                attribute(1, b"CANARY"),
                attribute(31, b"00-14-22-E9-54-5E"),
                attribute(4, &nas),
                attribute(32, b"wlan-controller"),
                attribute(61, &[0, 0, 0, 15]),
                attribute(26, b"\0\0\0\x09\x01\x05abc"),
                attribute(26, b"\0\0\x01\x37\x0b\x03x"),
            ];
            asked(&message(1, &parts))
        };
        let expected = ["radius.lets-in=cable", "radius.name=wlan-controller", "radius.vendor=9"];
        assert_eq!(of(NAS).1, expected.map(|it| format!("Sender {it}")));
        assert_eq!(of([10, 1, 0, 8]), (Some(Role::Client), vec![]));
        let nameless = message(1, &[attribute(32, b"wlan-controller"), attribute(61, &[0, 0, 0, 19])]);
        assert_eq!(asked(&nameless), (Some(Role::Client), vec![]));
        let personal =
            message(1, &[attribute(4, &NAS), attribute(32, b"canary-router"), attribute(61, &[0, 0, 0, 5])]);
        assert_eq!(asked(&personal), (Some(Role::Client), vec![]));
    }

    #[test]
    fn what_does_not_fill_its_length_is_none() {
        let whole = message(2, &[attribute(80, &[1; 16])]);
        assert_eq!(answered(&[whole.as_slice(), b"padding"].concat()).0, Some(Role::Server));
        for length in 0..whole.len() {
            assert_eq!(answered(&whole[..length]), (None, vec![]), "{length}");
        }
        let mut other = whole.clone();
        for (at, byte) in [(0, 6), (0, 40), (3, 19), (21, 1), (21, 17), (21, 19), (2, 0xFF)] {
            other.copy_from_slice(&whole);
            other[at] = byte;
            assert_eq!(answered(&other), (None, vec![]), "{at} {byte}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes in proptest::collection::vec(any::<u8>(), 0..200), code in 0u8..16) {
            asked(&bytes);
            let length = u16::try_from(HEADER + bytes.len()).unwrap().to_be_bytes();
            asked(&[&[code, 1], &length[..], &[0; 16], &bytes].concat());
        }
    }
}
