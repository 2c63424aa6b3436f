//! S7 communication of Siemens' controls: order number and firmware.
//!
//! Over TPKT (RFC 1006) and X.224 class 0. The protocol has no public standard: its header is as the dissector of Wireshark and the
//! library Snap7 describe it; the system status list is in Siemens' "System Software for S7-300/400, System and Standard Functions".
//!
//! Not here: what is read from and written to a control, its program, S7 communication plus (which begins with another byte).

use wardround_model::FactKind;

use crate::reader::{Reader, unpadded};
use crate::{About, Facts, Half, Role, Start, Verdict};

/// The port of RFC 1006; others (MMS) are spoken there, too.
const PORT: u16 = 102;
/// TPKT (RFC 1006, 6): version, reserved, length of all (2).
const TPKT: usize = 4;
const TPKT_VERSION: u8 = 3;
/// X.224 (13): connection request and confirm; data with its end.
const REQUEST: u8 = 0xE0;
const CONFIRM: u8 = 0xD0;
const DATA: [u8; 3] = [2, 0xF0, 0x80];
/// The first byte of S7 communication.
const S7: u8 = 0x32;
/// Kinds of message.
const JOB: u8 = 1;
const ACKNOWLEDGE: [u8; 2] = [2, 3];
const USER_DATA: u8 = 7;
/// Parameters of an answer to a question for the system status list: answer, group of CPU functions, read.
const LIST_READ: [u8; 3] = [0x12, 0x84, 0x01];
/// "Module identification", and its entries: the module, its firmware.
const IDENTIFICATION: u16 = 0x0011;
const MODULE: u16 = 1;
const FIRMWARE: u16 = 7;
/// Index (2), order number (20), kind (2), versions (2, 2).
const ENTRY: usize = 28;
const MOST_ENTRIES: u16 = 16;

/// Reads one message; a connection's request and confirmation go with the message behind them, since others begin so.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.sender_port != PORT && half.receiver_port != PORT {
        return Verdict::NotThis;
    }
    let first = match Packet::read(half.bytes) {
        Ok(packet) => packet,
        Err(verdict) => return verdict,
    };
    let is_connecting = half.start == Start::Opening
        && matches!(first.inside, [_, REQUEST | CONFIRM, ..])
        && first.inside.first().is_some_and(|length| usize::from(*length) < first.inside.len());
    if !is_connecting {
        return first.message(0, facts);
    }
    match Packet::read(half.bytes.get(first.length..).unwrap_or_default()) {
        Ok(second) => second.message(first.length, facts),
        Err(Verdict::More { wanted }) => Verdict::More { wanted: first.length.saturating_add(wanted) },
        Err(other) => other,
    }
}

/// One packet of TPKT.
struct Packet<'a> {
    inside: &'a [u8],
    length: usize,
}

impl<'a> Packet<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Verdict> {
        let fits = [TPKT_VERSION, 0].starts_with(bytes.get(..2).unwrap_or(bytes));
        let Some(&[_, _, high, low]) = bytes.first_chunk::<TPKT>() else {
            return Err(if fits { Verdict::More { wanted: TPKT } } else { Verdict::NotThis });
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        if !fits || length <= TPKT {
            return Err(Verdict::NotThis);
        }
        let inside = bytes.get(TPKT..length).ok_or(Verdict::More { wanted: length })?;
        Ok(Self { inside, length })
    }

    fn message(&self, before: usize, facts: &mut Facts) -> Verdict {
        let used = before.saturating_add(self.length);
        match self.inside.strip_prefix(&DATA).and_then(|s7| role(s7, facts)) {
            Some(sender) => Verdict::Message { used, sender },
            None => Verdict::NotThis,
        }
    }
}

/// Who sends such a message; tells what an answer says of the module.
fn role(s7: &[u8], facts: &mut Facts) -> Option<Role> {
    let mut reader = Reader::new(s7);
    let ([S7, kind], 0) = (reader.array()?, reader.u16()?) else { return None };
    let [_reference, parameters, data] = [(); 3].map(|()| reader.u16());
    match kind {
        JOB => Some(Role::Client),
        _ if ACKNOWLEDGE.contains(&kind) => Some(Role::Server),
        USER_DATA => {
            let parameters = reader.take(usize::from(parameters?))?;
            let &[0, 1, 0x12, _, way, group, function, ..] = parameters else { return Some(Role::Unknown) };
            if [way, group, function] == LIST_READ {
                // What is cut short tells what is there.
                let _ = identification(reader.take(usize::from(data?))?, facts);
            }
            Some(if way == 0x12 { Role::Server } else { Role::Client })
        }
        _ => None,
    }
}

/// Return code, transport, length (2); list and index (2, 2), size and count of entries (2, 2), entries.
fn identification(data: &[u8], facts: &mut Facts) -> Option<()> {
    let mut reader = Reader::new(data);
    let [0xFF, _transport] = reader.array()? else { return None };
    reader.u16()?;
    let [IDENTIFICATION, _, size, count] = [reader.u16()?, reader.u16()?, reader.u16()?, reader.u16()?]
    else {
        return None;
    };
    if usize::from(size) != ENTRY {
        return None;
    }
    for _ in 0..count.min(MOST_ENTRIES) {
        let mut entry = Reader::new(reader.take(ENTRY)?);
        let (index, order) = (entry.u16()?, entry.take(20)?);
        entry.u16()?;
        let [sign, major, minor, patch] = entry.array()?;
        match index {
            MODULE if is_order_number(order) => {
                facts.tell(About::SenderService, FactKind::S7Module, unpadded(order));
            }
            FIRMWARE if sign == b'V' => {
                let version = format!("{major}.{minor}.{patch}");
                facts.tell(About::SenderService, FactKind::S7Firmware, version.as_bytes());
            }
            _ => {}
        }
    }
    Some(())
}

/// Siemens' order numbers begin with a digit and two letters or digits, such as `6ES7` and `6GK7`.
fn is_order_number(text: &[u8]) -> bool {
    text.first() == Some(&b'6')
        && unpadded(text).iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::{Side, Told};
    use proptest::prelude::*;

    fn tpkt(inside: &[u8]) -> Vec<u8> {
        let length = u16::try_from(inside.len() + TPKT).unwrap().to_be_bytes();
        [&[3, 0][..], &length, inside].concat()
    }

    fn entry(index: u16, order: &str, versions: [u8; 4]) -> Vec<u8> {
        [&index.to_be_bytes()[..], format!("{order:<20}").as_bytes(), &[0, 0xC0], &versions].concat()
    }

    fn answer() -> Vec<u8> {
        let entries = [
            entry(1, "6ES7 315-2EH14-0AB0", [0, 5, 0, 1]),
            entry(6, "6ES7 315-2EH14-0AB0", [0, 5, 0, 1]),
            entry(7, "Boot Loader", [b'V', 3, 2, 6]),
        ]
        .concat();
        let list = [&[0, 0x11, 0, 0, 0, 28, 0, 3][..], &entries].concat();
        let data = [&[0xFF, 9][..], &u16::try_from(list.len()).unwrap().to_be_bytes(), &list].concat();
        let parameters = [0, 1, 0x12, 8, 0x12, 0x84, 1, 1, 0, 0, 0, 0];
        let head = [0x32, 7, 0, 0, 0, 1, 0, 12];
        tpkt(
            &[&DATA[..], &head, &u16::try_from(data.len()).unwrap().to_be_bytes(), &parameters, &data]
                .concat(),
        )
    }

    const CONFIRMED: &[u8] =
        &[3, 0, 0, 22, 17, 0xD0, 0, 1, 0, 2, 0, 0xC0, 1, 10, 0xC1, 2, 1, 0, 0xC2, 2, 1, 2];

    fn told(bytes: &[u8], start: Start) -> Told {
        Side { sender_port: PORT, ..Side::new(dissect, bytes, start) }.check()
    }

    #[test]
    fn a_control_says_what_it_is() {
        let setup = tpkt(
            &[&DATA[..], &[0x32, 3, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0], &[0xF0, 0, 0, 1, 0, 1, 0, 0xF0]].concat(),
        );
        let told = told(&[CONFIRMED, &setup, &answer()].concat(), Start::Opening);
        assert_eq!(
            told.lines(),
            "SenderService s7.module=6ES7 315-2EH14-0AB0\nSenderService s7.firmware=3.2.6\n"
        );
        assert_eq!(told.roles, [Role::Server, Role::Server]);
    }

    #[test]
    fn others_over_the_same_transport_are_not_this() {
        let mms = tpkt(&[&DATA[..], &[0x0D, 0xC2, 5, 6]].concat());
        assert_eq!(told(&[CONFIRMED, &mms].concat(), Start::Opening).roles, []);
        assert_eq!(Side::new(dissect, &answer(), Start::Opening).check().roles, [], "at another port");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, chunk in 1usize..40) {
            let all = [&answer()[..40], &bytes].concat();
            Side { sender_port: PORT, ..Side::new(dissect, &all, Start::Middle) }.read(chunk);
            Side { sender_port: PORT, ..Side::new(dissect, &[CONFIRMED, &bytes].concat(), Start::Opening) }.read(chunk);
        }
    }
}
