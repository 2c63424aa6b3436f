//! SSDP: what devices announce of themselves, and answer to who searches (UPnP Device Architecture 2.0, 1).
//!
//! Headers of HTTP in one datagram. Kept are the product that its `SERVER` names, and the kind of device where the forum of UPnP
//! defines it.
//!
//! Not here: addresses of descriptions, which carry names that people give; unique names.

use wardround_model::FactKind;

use crate::head::Head;
use crate::{About, Datagram, Facts, Role};

/// The port of the group, from which devices speak, too.
pub(crate) const PORTS: &[u16] = &[1900];
const SEARCH: &[u8] = b"M-SEARCH * HTTP/1.1";
const NOTIFY: &[u8] = b"NOTIFY * HTTP/1.1";
const ANSWER: &[u8] = b"HTTP/1.1 200 ";
/// Kinds of device are told by names of this registry alone; others may be anything.
const KIND: &[u8] = b"urn:schemas-upnp-org:device:";
const KINDS: &[&[u8]] = &[
    b"Basic",
    b"DigitalSecurityCamera",
    b"InternetGatewayDevice",
    b"MediaRenderer",
    b"MediaServer",
    b"Printer",
    b"Scanner",
    b"WLANAccessPointDevice",
    b"HVAC_System",
    b"HVAC_ZoneThermostat",
    b"LightingControls",
];

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let head = Head::read(datagram.payload)?;
    match head.start_line {
        line if line == SEARCH => head.field("man").map(|_| Role::Client),
        line if line == NOTIFY => {
            let what = head.field("nts")?;
            if what != b"ssdp:alive" {
                return Some(Role::Unknown);
            }
            tell(&head, "nt", facts);
            Some(Role::Unknown)
        }
        line if line.starts_with(ANSWER) => {
            head.field("st")?;
            tell(&head, "st", facts);
            Some(Role::Server)
        }
        _ => None,
    }
}

fn tell(head: &Head<'_>, kind: &str, facts: &mut Facts) {
    if let Some(server) = head.field("server").filter(|server| !server.trim_ascii().is_empty()) {
        facts.tell(About::Sender, FactKind::UpnpServer, server);
    }
    let kind = head.field(kind).and_then(|kind| kind.strip_prefix(KIND));
    let name = kind.and_then(|kind| kind.split(|byte| *byte == b':').next());
    if let Some(known) = name.and_then(|name| KINDS.iter().find(|known| **known == name)) {
        facts.tell(About::Sender, FactKind::UpnpKind, known);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    fn told(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, ([10, 1, 4, 40], 1900), ([239, 255, 255, 250], 1900))
    }

    #[test]
    fn a_device_announces_itself_and_answers() {
        let notify = b"NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1810\r\n\
            LOCATION: http://10.1.4.40:8200/rootDesc.xml\r\nSERVER: Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0\r\n\
            NT: urn:schemas-upnp-org:device:MediaServer:1\r\nUSN: uuid:4d696e69-CANARY\r\nNTS: ssdp:alive\r\n\r\n";
        let expected = [
            "Sender upnp.server=Debian DLNADOC/1.50 UPnP/1.0 MiniDLNA/1.3.0",
            "Sender upnp.kind=MediaServer",
        ];
        assert_eq!(told(notify), (Some(Role::Unknown), expected.map(str::to_owned).to_vec()));
        let answer = b"HTTP/1.1 200 OK\r\nST: urn:canary-org:device:Erika:1\r\nSERVER: AXIS OS UPnP/1.0\r\nEXT:\r\n\r\n";
        assert_eq!(told(answer).0, Some(Role::Server));
        assert!(told(answer).1.iter().all(|fact| !fact.contains("Erika")));
    }

    #[test]
    fn searches_farewells_and_other_text_tell_nothing() {
        let search = b"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: ssdp:all\r\n\r\n";
        assert_eq!(told(search), (Some(Role::Client), vec![]));
        let bye = b"NOTIFY * HTTP/1.1\r\nNT: upnp:rootdevice\r\nNTS: ssdp:byebye\r\nSERVER: x/1\r\n\r\n";
        assert_eq!(told(bye), (Some(Role::Unknown), vec![]));
        for other in
            [b"GET / HTTP/1.1\r\n\r\n".as_slice(), b"HTTP/1.1 200 OK\r\nServer: nginx\r\n\r\n", b"M-SEARCH"]
        {
            assert_eq!(told(other), (None, vec![]));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            told(&bytes);
            told(&[b"NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n".as_slice(), &bytes].concat());
        }
    }
}
