//! KNXnet/IP: interfaces and routers of building control, by what they answer to whoever searches, and whether one lets anybody onto
//! its bus.
//!
//! ISO 22510 (once EN 13321-2), KNX Specification 3.8.1 to 3.8.5, over UDP and TCP. A connection that is secured (KNX IP Secure) is
//! wrapped from its beginning, so one that is opened in clear asked for no login.
//!
//! Not here: what passes over the bus, addresses on it, numbers of projects; the names of makers, whose numbers have no public list.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::{FactKind, MacAddr, Subject};

use crate::reader::{Reader, unpadded};
use crate::{About, Datagram, Facts, Half, Role, Verdict};

/// The registered port; few bytes tell this protocol, so it is looked for nowhere else.
pub(crate) const PORTS: &[u16] = &[3671];
/// Length of the header, version 1.0; service (2), length of all (2).
const BEGINNING: [u8; 2] = [6, 0x10];
const HEADER: usize = 6;
/// The longest message over TCP that is believed: the longest bus telegram and its wrapping are far shorter.
const MOST: usize = 4096;

/// Services (3.8.1, 7.1).
mod service {
    pub(super) const SEARCH_REQUEST: u16 = 0x0201;
    pub(super) const SEARCH_RESPONSE: u16 = 0x0202;
    pub(super) const DESCRIPTION_REQUEST: u16 = 0x0203;
    pub(super) const DESCRIPTION_RESPONSE: u16 = 0x0204;
    pub(super) const CONNECT_REQUEST: u16 = 0x0205;
    pub(super) const CONNECT_RESPONSE: u16 = 0x0206;
    pub(super) const STATE_REQUEST: u16 = 0x0207;
    pub(super) const STATE_RESPONSE: u16 = 0x0208;
    pub(super) const SEARCH_REQUEST_EXTENDED: u16 = 0x020B;
    pub(super) const SEARCH_RESPONSE_EXTENDED: u16 = 0x020C;
    pub(super) const SESSION_REQUEST: u16 = 0x0951;
    pub(super) const SESSION_RESPONSE: u16 = 0x0952;
    /// Either side sends these: the end of a connection, device management, tunnelling, routing, what is wrapped.
    pub(super) const OTHERS: &[u16] = &[
        0x0209, 0x020A, 0x0310, 0x0311, 0x0420, 0x0421, 0x0422, 0x0423, 0x0424, 0x0425, 0x0530, 0x0531,
        0x0532, 0x0533, 0x0950, 0x0953, 0x0954, 0x0955,
    ];
}

/// An address and a port (3.8.2, 7.5.1): length, transport, four bytes, two bytes.
const ENDPOINT: usize = 8;
/// Of a description: what a device is (3.8.2, 7.5.4.2), and its length.
const DEVICE: u8 = 1;
const DEVICE_LENGTH: u8 = 54;
/// Media of a bus (3.8.2, 7.5.4.2).
const MEDIA: &[(u8, &str)] = &[(0x02, "tp1"), (0x04, "pl110"), (0x10, "rf"), (0x20, "ip")];
/// What a connection is for (3.8.2, 7.8.1): to set the device up, or onto the bus.
const CONNECTIONS: &[(u8, &str)] = &[(3, "management"), (4, "tunnel")];

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let (service, length) = header(datagram.payload)?;
    (length == datagram.payload.len()).then_some(())?;
    let body = datagram.payload.get(HEADER..)?;
    let role = role(service)?;
    tell(service, body, Some(datagram.sender.ip()), facts);
    Some(match (role, PORTS.contains(&datagram.sender.port()), PORTS.contains(&datagram.receiver.port())) {
        (Role::Unknown, true, false) => Role::Server,
        (Role::Unknown, false, true) => Role::Client,
        (role, ..) => role,
    })
}

/// Reads one message.
pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let by_port = match (PORTS.contains(&half.sender_port), PORTS.contains(&half.receiver_port)) {
        (true, _) => Role::Server,
        (false, true) => Role::Client,
        (false, false) => return Verdict::NotThis,
    };
    let Some((service, length)) = header(half.bytes) else {
        let there = half.bytes.get(..BEGINNING.len()).unwrap_or(half.bytes);
        let may_be = half.bytes.len() < HEADER && BEGINNING.starts_with(there);
        return if may_be { Verdict::More { wanted: HEADER } } else { Verdict::NotThis };
    };
    let Some(role) = role(service).filter(|_| (HEADER..=MOST).contains(&length)) else {
        return Verdict::NotThis;
    };
    let Some(body) = half.bytes.get(HEADER..length) else { return Verdict::More { wanted: length } };
    tell(service, body, None, facts);
    Verdict::Message { used: length, sender: if role == Role::Unknown { by_port } else { role } }
}

/// Service, and length of all.
fn header(bytes: &[u8]) -> Option<(u16, usize)> {
    let mut reader = Reader::new(bytes);
    (reader.array()? == BEGINNING).then_some(())?;
    Some((reader.u16()?, usize::from(reader.u16()?)))
}

fn role(service: u16) -> Option<Role> {
    match service {
        service::SEARCH_REQUEST
        | service::SEARCH_REQUEST_EXTENDED
        | service::DESCRIPTION_REQUEST
        | service::CONNECT_REQUEST
        | service::STATE_REQUEST
        | service::SESSION_REQUEST => Some(Role::Client),
        service::SEARCH_RESPONSE
        | service::SEARCH_RESPONSE_EXTENDED
        | service::DESCRIPTION_RESPONSE
        | service::CONNECT_RESPONSE
        | service::STATE_RESPONSE
        | service::SESSION_RESPONSE => Some(Role::Server),
        other => service::OTHERS.contains(&other).then_some(Role::Unknown),
    }
}

/// Tells what an answer says. `sender` is who sent it where the answer may say whose card it comes from.
fn tell(service: u16, body: &[u8], sender: Option<IpAddr>, facts: &mut Facts) {
    // What is cut short tells what is there.
    let _ = match service {
        service::SEARCH_RESPONSE | service::SEARCH_RESPONSE_EXTENDED => {
            body.split_at_checked(ENDPOINT).and_then(|(own, description)| {
                let own = own.get(2..6).and_then(|address| <[u8; 4]>::try_from(address).ok());
                let own = own.map(|address| IpAddr::V4(Ipv4Addr::from(address)));
                describe(description, sender.filter(|sender| own == Some(*sender)), facts)
            })
        }
        service::DESCRIPTION_RESPONSE => describe(body, None, facts),
        service::CONNECT_RESPONSE => connected(body, facts),
        _ => None,
    };
}

/// Blocks of a description, each behind its length and kind; `ip` is the device's own address.
fn describe(description: &[u8], ip: Option<IpAddr>, facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(description);
    loop {
        let (length, kind) = (reader.u8()?, reader.u8()?);
        let block = reader.take(usize::from(length).checked_sub(2)?)?;
        if (kind, length) == (DEVICE, DEVICE_LENGTH) {
            return device(block, ip, facts);
        }
    }
}

/// Medium, status, address on the bus (2), project (2), serial number (6), group (4), card (6), name (30).
fn device(block: &[u8], ip: Option<IpAddr>, facts: &mut Facts) -> Option<()> {
    let about = About::SenderService;
    let mut reader = Reader::new(block);
    let (medium, _status) = (reader.u8()?, reader.u8()?);
    reader.take(4)?;
    let serial = reader.array::<6>()?;
    reader.take(4)?;
    let (card, name) = (reader.array::<6>()?, reader.take(30)?);
    let (_, medium) = MEDIA.iter().find(|(known, _)| *known == medium)?;
    facts.tell(about, FactKind::KnxMedium, medium.as_bytes());
    if serial != [0; 6] {
        let serial: String = serial.iter().map(|byte| format!("{byte:02x}")).collect();
        facts.tell(about, FactKind::KnxSerial, serial.as_bytes());
    }
    let name = unpadded(name.split(|byte| *byte == 0).next().unwrap_or_default());
    facts.tell_known(about, FactKind::KnxName, name);
    if let [first, ..] = card
        && first & 1 == 0
        && card != [0; 6]
        && let Some(ip) = ip
    {
        let about = About::Named(Subject::Mac(MacAddr(card)));
        facts.tell(about, FactKind::OwnsIp, ip.to_string().as_bytes());
    }
    Some(())
}

/// Channel, status, where data goes to, what it is for (3.8.2, 7.8.2).
fn connected(body: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(body);
    let [_channel, 0] = reader.array()? else { return None };
    reader.take(ENDPOINT)?;
    let [_length, kind] = reader.array()?;
    let (_, name) = CONNECTIONS.iter().find(|(known, _)| *known == kind)?;
    facts.tell(About::SenderService, FactKind::KnxAnswers, name.as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Start;
    use crate::laws::{Side, heard};
    use proptest::prelude::*;

    /// Questions of xknx 4.0.0 (PyPI) and answers of knxd 0.14.54 (Debian), called `Erika HVAC`, in a network of their own.
    const EXTENDED: &[u8] =
        b"\x06\x10\x02\x0b\x00\x14\x08\x01\x0a\x09\x09\x01\x9a\x29\x06\x04\x01\x02\x06\x07";
    const ANSWER: &[u8] = b"\x06\x10\x02\x02\x00\x4c\x08\x01\x0a\x09\x09\x01\x0e\x57\x36\x01\x02\x00\x11\xc8\x00\x00\
        \x01\x02\x03\x04\x05\x06\xe0\x00\x17\x0c\x3e\xc5\x30\x51\x7b\x88Erika HVAC\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\
        \x08\x02\x02\x01\x04\x01\x05\x01";
    const CONNECT: &[u8] =
        b"\x06\x10\x02\x05\x00\x1a\x08\x01\x0a\x09\x09\x01\xa0\x1d\x08\x01\x0a\x09\x09\x01\xa0\x1d\
        \x04\x04\x02\x00";
    const CONNECTED: &[u8] =
        b"\x06\x10\x02\x06\x00\x14\x01\x00\x08\x01\x0a\x09\x09\x01\x0e\x57\x04\x04\x11\xc9";
    const END: &[u8] = b"\x06\x10\x02\x0a\x00\x08\x01\x00";

    const IT: ([u8; 4], u16) = ([10, 9, 9, 1], 3671);
    const OTHER: ([u8; 4], u16) = ([10, 9, 9, 2], 39_465);
    const DEVICE: [&str; 2] = ["SenderService knx.medium=tp1", "SenderService knx.serial=010203040506"];

    fn told(payload: &[u8], from: ([u8; 4], u16), to: ([u8; 4], u16)) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, from, to)
    }

    #[test]
    fn a_device_says_what_it_is_and_whose_card_it_has() {
        let (role, lines) = told(ANSWER, IT, OTHER);
        let card = "Named(Mac(3e:c5:30:51:7b:88)) address.owns=10.9.9.1".to_owned();
        assert_eq!(
            (role, lines),
            (Some(Role::Server), [DEVICE.map(str::to_owned).to_vec(), vec![card]].concat())
        );
        // Behind a translation of addresses, the card is nobody's that is known here.
        let far = told(ANSWER, ([10, 1, 4, 7], 3671), OTHER).1;
        assert_eq!(far, DEVICE);
        assert_eq!(told(EXTENDED, OTHER, ([224, 0, 23, 12], 3671)), (Some(Role::Client), vec![]));
    }

    #[test]
    fn its_name_is_kept_as_far_as_it_names_a_device() {
        let mut named = ANSWER.to_vec();
        named[38..48].copy_from_slice(b"HVAC Erika");
        assert!(told(&named, IT, OTHER).1.contains(&"SenderService knx.name=HVAC *".to_owned()));
    }

    #[test]
    fn it_lets_anybody_onto_its_bus() {
        assert_eq!(told(CONNECT, OTHER, IT), (Some(Role::Client), vec![]));
        let tunnel = vec!["SenderService knx.answers=tunnel".to_owned()];
        assert_eq!(told(CONNECTED, IT, OTHER), (Some(Role::Server), tunnel));
        assert_eq!(told(END, IT, OTHER), (Some(Role::Server), vec![]));
        let mut refused = CONNECTED.to_vec();
        refused[7] = 0x24;
        assert_eq!(told(&refused, IT, OTHER), (Some(Role::Server), vec![]));
    }

    #[test]
    fn the_same_is_read_over_tcp() {
        let bytes = [CONNECTED, END].concat();
        let side = Side { sender_port: 3671, ..Side::new(dissect_stream, &bytes, Start::Opening) };
        let told = side.check();
        assert_eq!(told.lines(), "SenderService knx.answers=tunnel\n");
        assert_eq!(told.roles, [Role::Server; 2]);
        assert_eq!(Side::new(dissect_stream, &bytes, Start::Opening).check().roles, []);
    }

    #[test]
    fn other_bytes_at_this_port_are_not_this() {
        for payload in [
            b"\x06\x10\x02\x0a\x00\x09\x01\x00".as_slice(),
            b"\x06\x20\x02\x0a\x00\x08\x01\x00",
            b"\x06\x10\x77\x0a\x00\x08\x01\x00",
            b"GET / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(told(payload, IT, OTHER), (None, vec![]));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, service in 0x200u16..0x210, chunk in 1usize..40, cut in 14usize..80) {
            let length = u16::try_from(HEADER + bytes.len()).unwrap().to_be_bytes();
            let all = [&BEGINNING[..], &service.to_be_bytes(), &length, &bytes].concat();
            told(&all, IT, OTHER);
            let cut = [&ANSWER[..cut.min(ANSWER.len())], &bytes].concat();
            let length = u16::try_from(cut.len()).unwrap().to_be_bytes();
            told(&[&ANSWER[..4], &length, &cut[6..]].concat(), IT, OTHER);
            Side { sender_port: 3671, ..Side::new(dissect_stream, &all, Start::Opening) }.read(chunk);
        }
    }
}
