//! Patient monitors of Mindray, which speak HL7 in a way of their own: they have no name in the header, number their messages by what
//! these are for, give values to whoever connects to them, and announce themselves to their network.
//!
//! Mindray, Patient Data Share Protocol, Programmer's Guide (0010-20-43061-2): HL7 2.3.1 over TCP port 4601, announced by broadcasts over
//! UDP port 4600.
//!
//! Not here: beds and values; of patients, that one is named to everybody in the network, and no more. A monitor says neither model nor
//! serial number.

use wardround_model::FactKind;

use super::{Beginning, Header, beginning};
use crate::{About, Datagram, Facts, Half, Role, Start};

/// Where monitors announce themselves to.
pub(crate) const PORTS: &[u16] = &[4600];
/// Where they give values.
const VALUES: u16 = 4601;
/// What their messages are for, by MSH-10.
mod purpose {
    /// Broadcast: that it is there, whose bed it stands at, and where it gives values.
    pub(super) const ANNOUNCES: &[u8] = b"101";
    /// The first that who connects is sent: the patient.
    pub(super) const BEGINS: &[u8] = b"103";
    /// Either side says that it is still there.
    pub(super) const IS_THERE: &[u8] = b"106";
}
const VERSION: &[u8] = b"2.3.1";
/// What a monitor calls its values (OBR-4).
const ITS_VALUES: &[u8] = b"Mindray Monitor";
/// The observation (OBX-3) by which it announces its name. The name itself, which its owner gives, is not read.
const ITS_NAME: &[u8] = b"2304";
/// How far into a message is looked.
const MOST: usize = 4 << 10;
const END_BLOCK: u8 = 0x1C;

/// What a message says of who sends it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// It is no message of or to such a monitor.
    Nothing,
    /// More of it is wanted to know.
    Wanting,
    /// Nothing but that its sender is there.
    OnlyThatItIsThere,
    /// Nothing; it is a message between such a monitor and who reads it.
    Message,
    /// That it is a monitor.
    ThatItIsAMonitor,
}

/// Looks at a header, and where it is the first that a monitor sends, at what is behind it.
pub(super) fn said(header: &Header<'_>, after: &[u8]) -> Said {
    let is_numbered =
        (1..=4).contains(&header.control_id.len()) && header.control_id.iter().all(u8::is_ascii_digit);
    if !header.is_nameless || header.version != VERSION || !is_numbered {
        return Said::Nothing;
    }
    match header.control_id {
        purpose::IS_THERE if after.trim_ascii_start().first() == Some(&END_BLOCK) => Said::OnlyThatItIsThere,
        purpose::BEGINS if header.kind.is(b"ORU") => match calls_its_values(after, header.separator) {
            Some(true) => Said::ThatItIsAMonitor,
            Some(false) => Said::Message,
            None => Said::Wanting,
        },
        _ => Said::Message,
    }
}

/// Monitors are connected to, and speak all the same: by the port that they are connected to.
pub(super) fn role(half: &Half<'_>) -> Option<Role> {
    match (half.sender_port, half.receiver_port) {
        (VALUES, _) => Some(Role::Server),
        (_, VALUES) => Some(Role::Client),
        _ => None,
    }
}

pub(super) fn tell(facts: &mut Facts) {
    facts.tell(About::Sender, FactKind::Hl7Monitor, b"mindray");
}

/// Whether the first order (OBR) behind a header is called as a monitor calls its values; `None` when too little is there to tell.
fn calls_its_values(after: &[u8], separator: u8) -> Option<bool> {
    let seen = after.get(..MOST).unwrap_or(after);
    let end = seen.iter().position(|byte| *byte == END_BLOCK);
    let message = seen.get(..end.unwrap_or(seen.len()))?;
    // The last segment may go on unless the message ends there.
    let is_whole = end.is_some() || after.len() >= MOST;
    let mut segments = segments(message).peekable();
    while let Some(segment) = segments.next() {
        if segment.starts_with(b"OBR") && (is_whole || segments.peek().is_some()) {
            return Some(field(segment, separator, 4) == Some(ITS_VALUES));
        }
    }
    is_whole.then_some(false)
}

fn segments(message: &[u8]) -> impl Iterator<Item = &[u8]> {
    message.split(|byte| matches!(byte, b'\r' | b'\n'))
}

/// A field of a segment, counted from 1 behind its name.
fn field(segment: &[u8], separator: u8, number: usize) -> Option<&[u8]> {
    segment.split(|byte| *byte == separator).nth(number)
}

/// Reads what a monitor announces to all.
pub(crate) fn dissect_announced(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let text = in_one_byte_each(datagram.payload.get(..MOST).unwrap_or(datagram.payload));
    let Beginning::At(at) = beginning(&text, Start::Opening) else { return None };
    let message = text.get(at..)?.split(|byte| *byte == END_BLOCK).next()?;
    let header = Header::parse(segments(message).next()?)?;
    let fits = header.is_nameless && header.version == VERSION && header.control_id == purpose::ANNOUNCES;
    (fits && header.kind.is(b"ADT")).then_some(())?;
    let is_its_name = |segment: &[u8]| {
        let observed = segment.starts_with(b"OBX").then(|| field(segment, header.separator, 3)).flatten();
        observed.and_then(|id| id.strip_prefix(ITS_NAME)).is_some_and(|rest| rest.first() == Some(&b'^'))
    };
    if segments(message).any(is_its_name) {
        tell(facts);
    }
    let names_a_patient = |segment: &[u8]| {
        let name = segment.starts_with(b"PID").then(|| field(segment, header.separator, 5)).flatten();
        name.is_some_and(|name| name.iter().any(|byte| !b"^~& ".contains(byte)))
    };
    if segments(message).any(names_a_patient) {
        facts.tell(About::Sender, FactKind::Hl7NamesPatient, b"broadcast");
    }
    Some(Role::Unknown)
}

/// Text as bytes: it comes in UTF-16 with its lower byte first, or in a byte for each character already. Others than those of ASCII, which
/// nothing here looks for, become a question mark.
fn in_one_byte_each(payload: &[u8]) -> Vec<u8> {
    match payload {
        [first, 0, ..] if *first != 0 => {
            let pairs = payload.chunks_exact(2);
            pairs.map(|pair| if let [low, 0] = pair { *low } else { b'?' }).collect()
        }
        _ => payload.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::dissect;
    use super::*;
    use crate::laws::{Side, heard};

    const BEGINS: &str = "\x0BMSH|^~\\&|||||||ORU^R01|103|P|2.3.1|\rPID|||4711||Canaryman^Erika||19480902|F|\r\
        PV1||I|^^ICU&7&169090559&4601&&1|||||||||||||||A|||\rOBR||||Mindray Monitor|||0|\rOBX||NM|52^||165.0||||||F\r\x1C\r";
    const VALUES_OF_IT: &str =
        "\x0BMSH|^~\\&|||||||ORU^R01|204|P|2.3.1|\rOBX||NM|101^HR|2101|72||||||F\r\x1C\r";
    const IS_THERE: &str = "\x0BMSH|^~\\&|||||||ORU^R01|106|P|2.3.1|\x1C\r";
    const ASKS: &str = "\x0BMSH|^~\\&|||||||QRY^R02|1203|P|2.3.1\rQRD|20261123070500|R|I|Q1|||||RES\r\x1C\r";
    const ANNOUNCED: &str = "\x0BMSH|^~\\&|||||||ADT^A01|101|P|2.3.1|\rEVN||00000000|\rPID|||4711||Canaryman^Erika|\r\
        PV1||I|^^ICU&7&169090559&4601&&1|||||||||||||||U|4294967040||\rOBX||ST|2304^MonitorName||CANARY||||||F\r\
        OBX||ST|2308^BedNoStr||CANARY||||||F\r\x1C\r";

    const MONITOR: ([u8; 4], u16) = ([10, 20, 7, 32], 4600);
    const ALL: ([u8; 4], u16) = ([10, 20, 7, 255], 4600);

    fn of_monitor(bytes: &[u8]) -> Side<'_> {
        Side { sender_port: VALUES, ..Side::new(dissect, bytes, Start::Opening) }
    }

    #[test]
    fn a_monitor_says_that_it_is_one_and_is_the_server() {
        let bytes = [BEGINS, IS_THERE, VALUES_OF_IT].concat();
        let told = of_monitor(bytes.as_bytes()).check();
        let message = "Sender hl7.sends=ORU^R01\nReceiver hl7.receives=ORU^R01\nSender hl7.version=2.3.1\n";
        assert_eq!(told.lines(), format!("{message}Sender hl7.monitor=mindray\n{message}"));
        assert_eq!(told.roles, [Role::Server; 3]);
    }

    #[test]
    fn who_reads_it_sends_no_results() {
        let bytes = [ASKS, IS_THERE].concat();
        let side = Side { receiver_port: VALUES, ..Side::new(dissect, bytes.as_bytes(), Start::Opening) };
        let told = side.check();
        assert_eq!(
            told.lines(),
            "Sender hl7.sends=QRY^R02\nReceiver hl7.receives=QRY^R02\nSender hl7.version=2.3.1\n"
        );
        assert_eq!(told.roles, [Role::Client; 2]);
    }

    #[test]
    fn a_result_that_is_numbered_as_a_sign_of_life_is_a_result() {
        let bytes = VALUES_OF_IT.replace("|204|", "|106|");
        let told = Side::new(dissect, bytes.as_bytes(), Start::Opening).check();
        assert!(told.lines().starts_with("Sender hl7.sends=ORU^R01\n"), "{}", told.lines());
        assert_eq!(told.roles, [Role::Client]);
    }

    #[test]
    fn other_messages_are_of_no_monitor() {
        for text in [
            BEGINS.replace("Mindray Monitor", "CBC"),
            BEGINS.replace("2.3.1", "2.5.1"),
            BEGINS.replace("|103|", "|A103|"),
            BEGINS.replace("MSH|^~\\&|||||||", "MSH|^~\\&|LAB||||20261123||"),
        ] {
            let told = of_monitor(text.as_bytes()).check();
            assert!(
                told.lines().contains("hl7.sends=ORU^R01") && !told.lines().contains("hl7.monitor"),
                "{text}"
            );
        }
    }

    #[test]
    fn it_announces_itself_to_all_in_either_encoding() {
        let wide: Vec<u8> = ANNOUNCED.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for payload in [ANNOUNCED.as_bytes(), &ANNOUNCED.as_bytes()[1..], &wide] {
            let told = heard(dissect_announced, payload, MONITOR, ALL);
            let facts = ["Sender hl7.monitor=mindray", "Sender hl7.names-patient=broadcast"];
            assert_eq!(told, (Some(Role::Unknown), facts.map(str::to_owned).to_vec()));
        }
        for text in [
            BEGINS.to_owned(),
            ANNOUNCED.replace("|101|", "|1|"),
            ANNOUNCED.replace("|||||||ADT", "|NAME||||||ADT"),
            "GET / HTTP/1.1\r\n\r\n".to_owned(),
        ] {
            assert_eq!(heard(dissect_announced, text.as_bytes(), MONITOR, ALL), (None, vec![]), "{text}");
        }
        // Of another maker's, with no patient.
        for name in ["", "^", "^^^^"] {
            let other = ANNOUNCED.replace("2304^", "23041^").replace("Canaryman^Erika", name);
            assert_eq!(
                heard(dissect_announced, other.as_bytes(), MONITOR, ALL),
                (Some(Role::Unknown), vec![])
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, cut in 0usize..330) {
            heard(dissect_announced, &bytes, MONITOR, ALL);
            let cut = [&ANNOUNCED.as_bytes()[..cut.min(ANNOUNCED.len())], &bytes].concat();
            heard(dissect_announced, &cut, MONITOR, ALL);
        }

        #[test]
        fn a_first_message_of_any_length_is_read(name in "[A-Z]{0,900}", cut in 1usize..40) {
            let text = BEGINS.replace("Canaryman^Erika", &name);
            let told = of_monitor(text.as_bytes()).read(cut);
            prop_assert!(told.lines().ends_with("Sender hl7.monitor=mindray\n"));
        }
    }
}
