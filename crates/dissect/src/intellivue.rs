//! Patient monitors of Philips (IntelliVue, and Avalon fetal monitors), by what they announce to their network and to who reads their values:
//! maker, number of the model, serial number, software.
//!
//! Philips, Data Export Interface Programming Guide (4535 642 59271 and 4535 645 88011), over UDP. A monitor broadcasts a Connect
//! Indication until somebody reads it; who does is sent an MDS Create Event first. Both have the same attributes.
//!
//! Not here: measured values, alarms and patients, which follow; the label of the bed, and the network addresses that a monitor says it
//! has; how monitors speak to the central stations of their maker, which is not published.

use wardround_model::FactKind;

use crate::reader::{Reader, is_text, unpadded};
use crate::{About, Datagram, Facts, Role};

/// Where indications go to, and where values are read.
pub(crate) const PORTS: &[u16] = &[24_005, 24_105];
/// Beginning of an indication: the version of the nomenclature, 1.0.
const NOMENCLATURE: [u8; 4] = [0, 0, 1, 0];
/// Beginning of every other message behind the association (Session/Presentation Header).
const SESSION: [u8; 2] = [0xE1, 0];
/// The most attributes of one message that are looked at, and the most entries in one of them.
const MOST: u16 = 64;

/// Kinds of remote operation (Remote Operation Header).
mod operation {
    pub(super) const INVOKE: u16 = 1;
    pub(super) const RESULT: u16 = 2;
    pub(super) const ERROR: u16 = 3;
    pub(super) const LINKED_RESULT: u16 = 5;
}

/// Commands (Command Type).
mod command {
    pub(super) const EVENT: u16 = 0;
    pub(super) const CONFIRMED_EVENT: u16 = 1;
    pub(super) const GET: u16 = 3;
    pub(super) const SET: u16 = 4;
    pub(super) const CONFIRMED_SET: u16 = 5;
    pub(super) const CONFIRMED_ACTION: u16 = 7;
}

/// Events in which a monitor says what it is.
const CREATED: u16 = 0x0D06;
const INDICATES: u16 = 0x0D17;

/// Attributes that are read.
const MODEL: u16 = 0x0928;
const PRODUCTION: u16 = 0x092D;
/// Kinds of entry of a Production Specification, and of which component.
const SERIAL: (u16, u16) = (1, 0x0008);
const SOFTWARE: (u16, u16) = (4, 0x0058);

/// Reads one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    if let Some(rest) = datagram.payload.strip_prefix(&NOMENCLATURE) {
        return indication(rest, facts);
    }
    let mut reader = Reader::new(datagram.payload.strip_prefix(&SESSION)?);
    let _context = reader.u16()?;
    message(reader.rest(), facts)
}

/// An announcement to all, which nobody answers.
fn indication(rest: &[u8], facts: &mut Facts) -> Option<Role> {
    let (kind, body) = framed(rest)?;
    (kind == operation::INVOKE).then_some(())?;
    let (command, argument) = invoked(body)?;
    (command == command::EVENT).then_some(())?;
    let (event, said) = event(argument)?;
    (event == INDICATES).then_some(())?;
    attributes(said, facts);
    Some(Role::Unknown)
}

fn message(rest: &[u8], facts: &mut Facts) -> Option<Role> {
    let (kind, body) = framed(rest)?;
    match kind {
        operation::INVOKE => {
            let (command, argument) = invoked(body)?;
            asked(command, argument, facts)
        }
        operation::RESULT => answered(invoked(body)?.0),
        // State and number of the part stand before.
        operation::LINKED_RESULT => answered(invoked(body.get(2..)?)?.0),
        operation::ERROR => Some(Role::Unknown),
        _ => None,
    }
}

fn asked(command: u16, argument: &[u8], facts: &mut Facts) -> Option<Role> {
    match command {
        command::EVENT | command::CONFIRMED_EVENT => {
            // The object that was made stands before what is said of it.
            if let Some(said) = event(argument).filter(|(event, _)| *event == CREATED)
                && let Some(said) = said.1.get(6..)
            {
                attributes(said, facts);
            }
            Some(Role::Server)
        }
        command::GET | command::SET | command::CONFIRMED_SET | command::CONFIRMED_ACTION => {
            Some(Role::Client)
        }
        _ => None,
    }
}

fn answered(command: u16) -> Option<Role> {
    match command {
        command::CONFIRMED_EVENT => Some(Role::Client),
        command::GET | command::CONFIRMED_SET | command::CONFIRMED_ACTION => Some(Role::Server),
        _ => None,
    }
}

/// A number and what is behind it, in the length that is said; a capture may have cut it short.
fn framed(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let mut reader = Reader::new(bytes);
    let (number, length) = (reader.u16()?, usize::from(reader.u16()?));
    (reader.rest().len() <= length).then_some((number, reader.rest()))
}

/// Number of the operation, command, and what is behind it.
fn invoked(body: &[u8]) -> Option<(u16, &[u8])> {
    let mut reader = Reader::new(body);
    let _invoke = reader.u16()?;
    framed(reader.rest())
}

/// Object (class, context, handle), time (4), event, and what is behind it.
fn event(argument: &[u8]) -> Option<(u16, &[u8])> {
    let mut reader = Reader::new(argument);
    reader.take(10)?;
    framed(reader.rest())
}

/// Attributes behind their number and length (Attribute List). What is cut short tells what is there.
fn attributes(list: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(list);
    let (count, _length) = (reader.u16()?, reader.u16()?);
    for _ in 0..count.min(MOST) {
        let (id, length) = (reader.u16()?, reader.u16()?);
        let value = reader.take(usize::from(length))?;
        // An attribute that is damaged hides no other.
        let _ = match id {
            MODEL => model(value, facts),
            PRODUCTION => production(value, facts),
            _ => None,
        };
    }
    Some(())
}

/// Maker and number of the model (System Model).
fn model(value: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(value);
    let (maker, model) = (label(&mut reader)?, label(&mut reader)?);
    tell(FactKind::IntellivueMaker, maker, facts);
    tell(FactKind::IntellivueModel, model, facts);
    Some(())
}

/// Numbers of its parts (Production Specification): how many and how long, then kind, component and text of each. Old text may
/// stand behind the last.
fn production(value: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(value);
    let (count, _length) = (reader.u16()?, reader.u16()?);
    for _ in 0..count.min(MOST) {
        let part = (reader.u16()?, reader.u16()?);
        let text = label(&mut reader)?;
        match part {
            SERIAL => tell(FactKind::IntellivueSerial, text, facts),
            SOFTWARE => tell(FactKind::IntellivueSoftware, text, facts),
            _ => {}
        }
    }
    Some(())
}

/// Text behind its length (Variable Label), which may end before it does.
fn label<'a>(reader: &mut Reader<'a>) -> Option<&'a [u8]> {
    let length = reader.u16()?;
    let text = reader.take(usize::from(length))?;
    Some(unpadded(text.split(|byte| *byte == 0).next().unwrap_or_default()))
}

fn tell(kind: FactKind, text: &[u8], facts: &mut Facts) {
    if !text.is_empty() && is_text(text) {
        facts.tell(About::Sender, kind, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    const MONITOR: ([u8; 4], u16) = ([10, 20, 7, 31], 24_105);
    const READER: ([u8; 4], u16) = ([10, 20, 7, 5], 40_213);
    const ALL: ([u8; 4], u16) = ([10, 20, 7, 255], 24_005);

    fn number(number: usize) -> [u8; 2] {
        u16::try_from(number).unwrap().to_be_bytes()
    }

    /// A number, the length of what is behind it, and that.
    fn framed_as(id: u16, value: &[u8]) -> Vec<u8> {
        [&id.to_be_bytes(), &number(value.len())[..], value].concat()
    }

    fn label_of(text: &[u8]) -> Vec<u8> {
        [&number(text.len())[..], text].concat()
    }

    fn listed(count: usize, entries: &[u8]) -> Vec<u8> {
        [&number(count)[..], &number(entries.len()), entries].concat()
    }

    /// What a monitor says of itself, behind a label of its bed and before the numbers of its parts.
    fn said_by_it() -> Vec<u8> {
        let bed: Vec<u8> = "ICU 7 ERIKA\0".encode_utf16().flat_map(u16::to_be_bytes).collect();
        let part = |kind: usize, component: usize, text: &[u8]| {
            [&number(kind)[..], &number(component), &label_of(text)].concat()
        };
        let parts = [
            part(1, 8, b"DE00000042\0\t"),
            part(2, 8, b"M8007A\0\0\0\0\0\0\0\0"),
            part(3, 0x50, b" A.02.01"),
            part(2, 0x58, b"S-M4046-1701A "),
            part(4, 0x58, b"G.01.78 "),
        ];
        // Of one monitor that was published, text of an earlier start stands behind the last part.
        let production = [listed(parts.len(), &parts.concat()), b"\0\x02\0Xold".to_vec()].concat();
        let model = [label_of(b"Philips\0"), label_of(b"M8007A\0\0")].concat();
        let address = [0, 9, 0xFB, 1, 2, 3, 10, 20, 7, 31, 255, 255, 255, 0];
        let attributes = [
            framed_as(0xF135, &bed),
            framed_as(0xF100, &address),
            framed_as(PRODUCTION, &production),
            framed_as(MODEL, &model),
        ];
        listed(attributes.len(), &attributes.concat())
    }

    fn invoke(command: u16, argument: &[u8]) -> Vec<u8> {
        framed_as(operation::INVOKE, &[&[0, 0][..], &framed_as(command, argument)].concat())
    }

    fn reported(event: u16, said: &[u8]) -> Vec<u8> {
        [&[0, 0x23, 0, 0, 0, 0, 0, 0xD6, 0xD4, 0][..], &framed_as(event, said)].concat()
    }

    fn announced() -> Vec<u8> {
        [&NOMENCLATURE[..], &invoke(command::EVENT, &reported(INDICATES, &said_by_it()))].concat()
    }

    fn in_session(operation: &[u8]) -> Vec<u8> {
        [&SESSION[..], &[0, 2], operation].concat()
    }

    fn created() -> Vec<u8> {
        let said = [&[0, 0x21, 0, 0, 0, 0][..], &said_by_it()].concat();
        in_session(&invoke(command::CONFIRMED_EVENT, &reported(CREATED, &said)))
    }

    fn asks(command: u16) -> Vec<u8> {
        in_session(&invoke(command, &[0, 0x21, 0, 0, 0, 0, 0, 0, 0, 0]))
    }

    fn told(payload: &[u8], from: ([u8; 4], u16), to: ([u8; 4], u16)) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, from, to)
    }

    const OF_IT: [&str; 4] = [
        "Sender intellivue.serial=DE00000042",
        "Sender intellivue.software=G.01.78",
        "Sender intellivue.maker=Philips",
        "Sender intellivue.model=M8007A",
    ];

    #[test]
    fn a_monitor_announces_what_it_is_and_not_whose_bed_it_stands_at() {
        let of_it = OF_IT.map(str::to_owned).to_vec();
        assert_eq!(told(&announced(), MONITOR, ALL), (Some(Role::Unknown), of_it.clone()));
        assert_eq!(told(&created(), MONITOR, READER), (Some(Role::Server), of_it));
    }

    #[test]
    fn who_reads_values_and_who_gives_them() {
        let result = |kind: u16, state: &[u8], command: u16| {
            let body = [state, &[0, 1], &framed_as(command, b"\0\x21ERIKA 37.2")].concat();
            in_session(&framed_as(kind, &body))
        };
        for (payload, role) in [
            (asks(command::CONFIRMED_ACTION), Role::Client),
            (asks(command::GET), Role::Client),
            (asks(command::CONFIRMED_SET), Role::Client),
            (result(operation::RESULT, &[], command::CONFIRMED_ACTION), Role::Server),
            (result(operation::LINKED_RESULT, &[1, 1], command::CONFIRMED_ACTION), Role::Server),
            (result(operation::RESULT, &[], command::CONFIRMED_EVENT), Role::Client),
            (in_session(&framed_as(operation::ERROR, &[0; 6])), Role::Unknown),
        ] {
            assert_eq!(told(&payload, MONITOR, READER), (Some(role), vec![]), "{payload:02x?}");
        }
    }

    #[test]
    fn what_is_cut_short_tells_what_is_there() {
        let (whole, all) = (announced(), told(&announced(), MONITOR, ALL).1);
        for length in 0..whole.len() {
            let (role, lines) = told(&whole[..length], MONITOR, ALL);
            assert!(all.starts_with(&lines), "{length}: {lines:?}");
            assert!(role.is_some() || lines.is_empty(), "{length}");
        }
    }

    #[test]
    fn other_bytes_at_these_ports_are_not_this() {
        let longer = [&announced()[..], b"x"].concat();
        for payload in [
            &b"GET / HTTP/1.1\r\n\r\n"[..],
            b"\0\0\x01\0",
            b"\xE1\0\0\x02\0\x07\0\x02\0\0",
            b"\xE1\0\0\x02\0\x01\0\x08\0\0\0\x09\0\x02\0\0",
            &longer,
            &[&NOMENCLATURE[..], &invoke(command::EVENT, &reported(CREATED, &said_by_it()))].concat(),
        ] {
            assert_eq!(told(payload, MONITOR, READER).0, None, "{payload:02x?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, cut in 0usize..400, is_announced: bool) {
            told(&bytes, MONITOR, READER);
            let whole = if is_announced { announced() } else { created() };
            let (before, behind) = whole.split_at(cut.min(whole.len()));
            told(&[before, &bytes].concat(), MONITOR, ALL);
            let changed = bytes.iter().chain(behind.iter().skip(bytes.len())).copied();
            told(&before.iter().copied().chain(changed).collect::<Vec<_>>(), MONITOR, ALL);
        }
    }
}
