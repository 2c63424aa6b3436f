//! DNS and multicast DNS.
//!
//! RFC 1035 (messages), RFC 6762 (multicast DNS), RFC 6763 (services). Of DNS only who asks and who answers is told: which
//! names somebody looks up is nobody's business. Of mDNS a device's own announcements are told, see [`mdns`].

mod mdns;
mod message;
#[cfg(test)]
mod tests;

pub(crate) use mdns::dissect_mdns;

use self::message::Message;
use crate::{Datagram, Facts, Role};

/// Recognises a query or an answer; keeps nothing of it.
pub(crate) fn dissect(datagram: &Datagram<'_>, _facts: &mut Facts) -> Option<Role> {
    let message = Message::parse(datagram.payload)?;
    message.is_unicast().then(|| message.role())
}
