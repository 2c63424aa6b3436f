//! CoAP: sensors and controls of buildings, by the kinds of thing that they list, and whether they do what anybody asks.
//!
//! RFC 7252 (over UDP), RFC 6690 (lists of links), RFC 8613 (what is protected inside). Devices of the Open Connectivity Foundation and
//! of LwM2M give their kind by a registered word.
//!
//! Not here: paths, titles and values; what is secured by DTLS; CoAP over TCP.

mod links;

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Datagram, Facts, Role};

/// The registered port; few bytes tell this protocol, so it is looked for nowhere else.
pub(crate) const PORTS: &[u16] = &[5683];
/// Version 1 in the upper two bits (3).
const VERSION: u8 = 1;
const LONGEST_TOKEN: usize = 8;
/// What the payload stands behind.
const MARKER: u8 = 0xFF;
/// Options (5.10; RFC 8613, 2).
const OSCORE: u32 = 9;
const CONTENT_FORMAT: u32 = 12;
/// `application/link-format` (7.3).
const LINKS: u32 = 40;
/// Methods (12.1.1), those of RFC 8132 too, and answers that something was done (12.1.2).
const METHODS: std::ops::RangeInclusive<u8> = 1..=7;
const CREATED: u8 = 0x41;
const DELETED: u8 = 0x42;
const CHANGED: u8 = 0x44;
const CONTENT: u8 = 0x45;
/// The most options of a message.
const MOST_OPTIONS: usize = 32;

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::read(datagram.payload)?;
    let role = message.sender()?;
    if role == Role::Server && PORTS.contains(&datagram.sender.port()) {
        message.tell(facts);
    }
    Some(role)
}

/// What is of use of a message (3).
struct Message<'a> {
    code: u8,
    is_protected: bool,
    format: Option<u32>,
    payload: &'a [u8],
}

impl<'a> Message<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let (first, code, _id) = (reader.u8()?, reader.u8()?, reader.u16()?);
        let token = usize::from(first & 0x0F);
        (first >> 6 == VERSION && token <= LONGEST_TOKEN).then_some(())?;
        reader.take(token)?;
        let mut message = Self { code, is_protected: false, format: None, payload: &[] };
        // An empty message is empty (4.1).
        if code == 0 {
            return (token == 0 && reader.rest().is_empty()).then_some(message);
        }
        let mut number = 0_u32;
        for _ in 0..MOST_OPTIONS {
            let Some(head) = reader.u8() else { return Some(message) };
            if head == MARKER {
                message.payload = Some(reader.rest()).filter(|payload| !payload.is_empty())?;
                return Some(message);
            }
            number = number.checked_add(extended(head >> 4, &mut reader)?)?;
            let length = extended(head & 0x0F, &mut reader)?;
            let value = reader.take(usize::try_from(length).ok()?)?;
            match number {
                OSCORE => message.is_protected = true,
                CONTENT_FORMAT if value.len() <= 2 => {
                    let all = value.iter().fold(0, |all: u32, byte| (all << 8) | u32::from(*byte));
                    message.format = Some(all);
                }
                _ => {}
            }
        }
        None
    }

    /// Who sends it, by its code (12.1); none where there is no such.
    fn sender(&self) -> Option<Role> {
        match (self.code >> 5, self.code & 0x1F) {
            (0, 0) => Some(Role::Unknown),
            (0, detail) => METHODS.contains(&detail).then_some(Role::Client),
            (2, 1..=5 | 31) | (4, 0..=6 | 8 | 9 | 12 | 13 | 15 | 22 | 29) | (5, 0..=5 | 8) => {
                Some(Role::Server)
            }
            _ => None,
        }
    }

    fn tell(&self, facts: &mut Facts) {
        let about = About::SenderService;
        match (self.code, self.format) {
            _ if self.is_protected => {}
            // Anybody may see the list of what there is.
            (CONTENT, Some(LINKS)) => links::tell(self.payload, facts),
            (CONTENT, _) if !self.payload.is_empty() => facts.tell(about, FactKind::CoapAnswers, b"read"),
            (CREATED | DELETED | CHANGED, _) => facts.tell(about, FactKind::CoapAnswers, b"write"),
            _ => {}
        }
    }
}

/// A delta or a length, which may go on in one or two bytes (3.1).
fn extended(nibble: u8, reader: &mut Reader<'_>) -> Option<u32> {
    match nibble {
        0..=12 => Some(u32::from(nibble)),
        13 => Some(u32::from(reader.u8()?).saturating_add(13)),
        14 => Some(u32::from(reader.u16()?).saturating_add(269)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    /// Questions and answers of aiocoap 0.4.17 (PyPI), which lists a sensor called `Erika room 7`, and of libcoap 4.3.1 (Debian).
    const ASKED: &[u8] = b"\x42\x01\xd7\xdc\xe9\x93\xbb.well-known\x04core";
    const LISTED: &[u8] =
        b"\x62\x45\xd7\xdc\xe9\x93\xc1\x28\xff</.well-known/core>;ct=\"40\",</sensors/temp>;\
        rt=\"temperature-c\";if=\"sensor\";title=\"Erika room 7\",\
        <https://christian.amsuess.com/tools/aiocoap/#version-0.4.17>;rel=\"impl-info\"";
    const VALUE: &[u8] = b"\x62\x45\x6f\xfa\x74\xdf\xff21.5";
    const PUT: &[u8] = b"\x41\x03\xc6\x05\x01\x72\x16\x45\x4c\x65xample_data\xffcanary";
    const CREATED: &[u8] = b"\x61\x41\xc6\x05\x01";

    const IT: ([u8; 4], u16) = ([10, 1, 4, 60], 5683);
    const OTHER: ([u8; 4], u16) = ([10, 1, 4, 9], 40_000);

    fn answered(payload: &[u8]) -> Vec<String> {
        let (role, lines) = heard(dissect, payload, IT, OTHER);
        assert_eq!(role, Some(Role::Server));
        lines
    }

    #[test]
    fn a_list_tells_the_software_and_no_paths() {
        assert_eq!(answered(LISTED), ["SenderService service.software=aiocoap 0.4.17"]);
        assert_eq!(heard(dissect, ASKED, OTHER, IT), (Some(Role::Client), vec![]));
    }

    #[test]
    fn a_device_does_what_anybody_asks() {
        assert_eq!(answered(VALUE), ["SenderService coap.answers=read"]);
        assert_eq!(heard(dissect, PUT, OTHER, IT), (Some(Role::Client), vec![]));
        assert_eq!(answered(CREATED), ["SenderService coap.answers=write"]);
    }

    #[test]
    fn what_is_protected_or_refused_shows_nothing() {
        let protected = b"\x62\x44\x6f\xfa\x74\xdf\x90\xffxyz";
        let refused = b"\x62\x81\x6f\xfa\x74\xdf";
        for payload in [protected.as_slice(), refused] {
            assert_eq!(answered(payload), [""; 0]);
        }
        // Who answers from another port may be a client that is asked in turn, and is no service.
        assert_eq!(heard(dissect, VALUE, OTHER, IT), (Some(Role::Server), vec![]));
    }

    #[test]
    fn other_bytes_at_this_port_are_not_this() {
        for payload in [
            b"\x82\x45\x6f\xfa\x74\xdf".as_slice(),
            b"\x49\x01\x6f\xfa123456789",
            b"\x40\x00\x6f\xfa\x01",
            b"\x40\x1f\x6f\xfa",
            b"\x40\x01\x6f\xfa\xff",
            b"\x40\x01\x6f\xfa\xf1",
            b"\x40\x01\x6f\xfa\x15ab",
            b"GET / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(heard(dissect, payload, IT, OTHER), (None, vec![]), "{payload:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, code: u8) {
            heard(dissect, &[&[0x40, code, 0, 1], &bytes[..]].concat(), IT, OTHER);
            heard(dissect, &[b"\x40\x45\0\x01\xc1\x28\xff", &bytes[..]].concat(), IT, OTHER);
        }
    }
}
