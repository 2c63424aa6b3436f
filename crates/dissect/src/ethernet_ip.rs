//! EtherNet/IP: what a control says of itself to whoever lists the devices of a network.
//!
//! ODVA, CIP networks library, volume 2, 2-3 (encapsulation) and 2-4.2 (ListIdentity, over UDP and TCP). Numbers are least significant
//! first, but for the socket address.
//!
//! Not here: what is read from and written to a control; its address in the answer, which may be that of another network.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Datagram, Facts, Half, Role, Verdict};

/// The port of explicit messages; few bytes tell this protocol, so it is looked for nowhere else.
pub(crate) const PORTS: &[u16] = &[44_818];
/// Command (2), length (2), session (4), status (4), context (8), options (4).
const HEADER: usize = 24;
/// Commands (2-4): NOP, ListServices, ListIdentity, ListInterfaces, RegisterSession, UnregisterSession, SendRRData, SendUnitData.
const COMMANDS: &[u16] = &[0x00, 0x04, 0x63, 0x64, 0x65, 0x66, 0x6F, 0x70];
const LIST_IDENTITY: u16 = 0x63;
/// The item of an identity, and what comes before the device's own words: version (2), socket address (16).
const IDENTITY: u16 = 0x0C;
const BEFORE: usize = 18;
/// The longest answer to ListIdentity that is waited for over TCP.
const MOST: usize = 512;

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let header = Header::read(datagram.payload)?;
    let data = datagram.payload.get(HEADER..)?;
    (header.length == data.len()).then_some(())?;
    header.identity(data, facts);
    Some(if PORTS.contains(&datagram.sender.port()) { Role::Server } else { Role::Client })
}

/// Reads one message.
pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = match (PORTS.contains(&half.sender_port), PORTS.contains(&half.receiver_port)) {
        (true, _) => Role::Server,
        (false, true) => Role::Client,
        (false, false) => return Verdict::NotThis,
    };
    if half.bytes.len() < HEADER {
        return Verdict::More { wanted: HEADER };
    }
    let Some(header) = Header::read(half.bytes) else { return Verdict::NotThis };
    let used = HEADER.saturating_add(header.length);
    if header.command == LIST_IDENTITY && header.length <= MOST {
        let Some(data) = half.bytes.get(HEADER..used) else { return Verdict::More { wanted: used } };
        header.identity(data, facts);
    }
    Verdict::Message { used, sender }
}

/// An encapsulation header (2-3.1).
struct Header {
    command: u16,
    length: usize,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let (command, length) = (number(&mut reader)?, number(&mut reader)?);
        let (_session, status) = (reader.u32()?, reader.u32()?.swap_bytes());
        reader.take(8)?;
        let options = reader.u32()?;
        // Options are zero; errors are those of 2-3.3.
        let is_one =
            COMMANDS.contains(&command) && options == 0 && matches!(status, 0..=3 | 0x64 | 0x65 | 0x69);
        is_one.then_some(Self { command, length: usize::from(length) })
    }

    /// Tells what a device answers to ListIdentity; the question has no data.
    fn identity(&self, data: &[u8], facts: &mut Facts) {
        if self.command == LIST_IDENTITY && !data.is_empty() {
            // What is cut short tells what is there.
            let _ = tell(data, facts);
        }
    }
}

fn number(reader: &mut Reader<'_>) -> Option<u16> {
    reader.array().map(u16::from_le_bytes)
}

/// Count of items, then of the first its type and length; then vendor, device type, product code, revision, status, serial number, name.
fn tell(data: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(data);
    let (_count, item, length) = (number(&mut reader)?, number(&mut reader)?, number(&mut reader)?);
    let mut reader = Reader::new((item == IDENTITY).then(|| reader.take(usize::from(length)))??);
    reader.take(BEFORE)?;
    let (vendor, _device, _product) = (number(&mut reader)?, number(&mut reader)?, number(&mut reader)?);
    let [major, minor] = reader.array()?;
    let _status = number(&mut reader)?;
    let serial = u32::from_le_bytes(reader.array()?);
    let length = reader.u8()?;
    let name = reader.take(usize::from(length))?;
    let about = About::SenderService;
    facts.tell(about, FactKind::EthernetIpVendorId, vendor.to_string().as_bytes());
    if !name.trim_ascii().is_empty() {
        facts.tell(about, FactKind::EthernetIpProduct, name);
    }
    facts.tell(about, FactKind::EthernetIpRevision, format!("{major}.{minor}").as_bytes());
    facts.tell(about, FactKind::EthernetIpSerial, format!("{serial:08x}").as_bytes());
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Start;
    use crate::laws::{Side, heard};
    use proptest::prelude::*;

    /// The answer of cpppo 5.2.5 (PyPI), over loopback.
    const ANSWER: &[u8] =
        b"\x63\0\x3c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x0c\0\x36\0\x01\0\0\x02\xaf\x12\
        \0\0\0\0\0\0\0\0\0\0\0\0\x01\0\x0e\0\x36\0\x14\x0b\x60\x31\x1a\x06\x6c\0\x141756-L61/B LOGIX5561\xff";

    const FACTS: &str = "SenderService ethernet-ip.vendor-id=1\n\
        SenderService ethernet-ip.product=1756-L61/B LOGIX5561\n\
        SenderService ethernet-ip.revision=20.11\nSenderService ethernet-ip.serial=006c061a\n";

    fn told(payload: &[u8], port: u16) -> (Option<Role>, String) {
        let (role, lines) = heard(dissect, payload, ([10, 1, 4, 30], port), ([10, 1, 4, 30], 50_000));
        (role, lines.iter().map(|line| format!("{line}\n")).collect())
    }

    #[test]
    fn a_control_says_what_it_is_over_udp_and_tcp() {
        assert_eq!(told(ANSWER, 44_818), (Some(Role::Server), FACTS.to_owned()));
        let side = Side { sender_port: 44_818, ..Side::new(dissect_stream, ANSWER, Start::Opening) };
        assert_eq!(side.check().lines(), FACTS);
        let question = [&[0x63, 0][..], &[0; 22]].concat();
        assert_eq!(told(&question, 50_001), (Some(Role::Client), String::new()));
    }

    #[test]
    fn other_bytes_at_this_port_are_not_this() {
        for payload in [&[0x63; 24][..], &[0x10; 40], b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"] {
            assert_eq!(told(payload, 44_818).0, None);
        }
        assert_eq!(Side::new(dissect_stream, ANSWER, Start::Opening).check().roles, []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            let all = [&ANSWER[..24], &bytes].concat();
            told(&all, 44_818);
            Side { sender_port: 44_818, ..Side::new(dissect_stream, &all, Start::Opening) }.read(chunk);
        }
    }
}
