//! DNS, multicast DNS and LLMNR.
//!
//! RFC 1035 (messages), RFC 6762 (multicast DNS), RFC 6763 (services). Of DNS only who asks and who answers is told: which
//! names somebody looks up is nobody's business, but for the one by which servers tell their own version, see [`version`]. Of mDNS a device's own announcements are told, see [`mdns`].

mod llmnr;
mod mdns;
mod message;
#[cfg(test)]
mod tests;
mod version;

pub(crate) use llmnr::dissect_llmnr;
pub(crate) use mdns::dissect_mdns;

use self::message::Message;
use crate::reader::Reader;
use crate::{Datagram, Facts, Half, Role, Verdict};

/// The port of DNS over TCP; two bytes of length say too little to look for it elsewhere.
const PORT: u16 = 53;
/// The bytes that tell how long a message over TCP is (RFC 1035, 4.2.2), and its shortest: a header.
const LENGTH: usize = 2;
const SHORTEST: usize = 12;

/// Recognises a query or an answer; keeps nothing of it but a server's own version.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let message = Message::parse(datagram.payload).filter(Message::is_unicast)?;
    version::tell(message, facts);
    Some(message.role())
}

/// The same over TCP, where each message has its length before it (RFC 7766, 8).
pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.sender_port != PORT && half.receiver_port != PORT {
        return Verdict::NotThis;
    }
    let mut reader = Reader::new(half.bytes);
    let Some(length) = reader.u16().map(usize::from) else { return Verdict::More { wanted: LENGTH } };
    if length < SHORTEST {
        return Verdict::NotThis;
    }
    let used = LENGTH.saturating_add(length);
    let Some(message) = reader.take(length) else { return Verdict::More { wanted: used } };
    match Message::parse(message).filter(Message::is_unicast) {
        Some(message) => {
            version::tell(message, facts);
            Verdict::Message { used, sender: message.role() }
        }
        None => Verdict::NotThis,
    }
}
