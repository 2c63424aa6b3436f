//! Modbus over TCP (Modbus application protocol 1.1b3; messaging on TCP/IP 1.0b): that a device does what it is asked, and what its
//! device identification says of it.
//!
//! Modbus has no login, so whoever reaches a device that answers can ask it, too. A message is believed on Modbus' own port alone,
//! and only when its length fits its function. Not here: addresses and values of coils and registers, files, diagnostics, the
//! name of the user's application; several devices behind one gateway all count as the gateway.

mod pdu;
#[cfg(test)]
mod tests;

use wardround_model::FactKind;

use self::pdu::Pdu;
use crate::reader::{Reader, is_text};
use crate::{About, Facts, Half, Role, Verdict};

const PORT: u16 = 502;
/// The header (messaging 1.0b, 3.1.3) up to its length: transaction, protocol, length; unit and PDU follow.
const HEADER: usize = 6;
/// A unit and a function at least, a unit and the longest PDU at most (application protocol 1.1b3, 4.1).
const LENGTHS: std::ops::RangeInclusive<usize> = 2..=254;
/// Protocol identifier of Modbus.
const MODBUS: u16 = 0;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = match (half.sender_port, half.receiver_port) {
        (PORT, PORT) => return Verdict::NotThis,
        (PORT, _) => Role::Server,
        (_, PORT) => Role::Client,
        _ => return Verdict::NotThis,
    };
    let mut reader = Reader::new(half.bytes);
    let _transaction = reader.u16();
    let (protocol, length) = (reader.u16(), reader.u16().map(usize::from));
    if protocol.is_some_and(|protocol| protocol != MODBUS)
        || length.is_some_and(|length| !LENGTHS.contains(&length))
    {
        return Verdict::NotThis;
    }
    let Some(length) = length else { return Verdict::More { wanted: HEADER } };
    let used = HEADER.saturating_add(length);
    let Some([_unit, pdu @ ..]) = reader.take(length) else { return Verdict::More { wanted: used } };
    let known = match sender {
        Role::Server => Pdu::answer(pdu),
        _ => Pdu::request(pdu),
    };
    match known {
        None => return Verdict::NotThis,
        Some(Pdu::Read) if sender == Role::Server => answered(b"read", facts),
        Some(Pdu::Write) if sender == Role::Server => answered(b"write", facts),
        Some(Pdu::Identification(objects)) if sender == Role::Server => {
            answered(b"read", facts);
            objects.for_each(|object, value| identify(object, value, facts));
        }
        Some(_) => {}
    }
    Verdict::Message { used, sender }
}

fn answered(what: &[u8], facts: &mut Facts) {
    facts.tell(About::SenderService, FactKind::ModbusAnswers, what);
}

/// Objects of the device identification (application protocol 1.1b3, 6.21). A name that the user gave to the application is not read.
fn identify(object: u8, value: &[u8], facts: &mut Facts) {
    let kind = match object {
        0 => FactKind::ModbusVendor,
        1 => FactKind::ModbusProduct,
        2 => FactKind::ModbusRevision,
        5 => FactKind::ModbusModel,
        _ => return,
    };
    if is_text(value) {
        facts.tell(About::SenderService, kind, value);
    }
}
