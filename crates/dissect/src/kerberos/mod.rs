//! Kerberos 5 over UDP and TCP (RFC 4120): who lets hosts of a domain in, the domain's name, weak encryption that it uses or offers, and
//! the names of computers that log in.
//!
//! Not here: accounts of people (a computer's account ends in `$`, or is `host/` and its name; others are not looked at), what is
//! encrypted, certificates (PKINIT), changes of passwords (RFC 3244).

mod encryption;
mod messages;
#[cfg(test)]
mod tests;
pub(crate) mod ticket;

use wardround_model::FactKind;

use self::messages::Message;
use crate::{About, Datagram, Facts, Half, Role, Start, Verdict};

/// Its port over UDP and TCP (7.2).
pub(crate) const PORTS: &[u16] = &[88];
/// Length of a message before it, over TCP (7.2.2).
const LENGTH: usize = 4;
/// From here on it is seen whether it is a message: its length, tag, length, the tag and length of a sequence, the version.
const BEGINNING: usize = LENGTH + 20;
/// The longest message that is read: tickets with many groups have several thousand bytes.
const MAX_MESSAGE: usize = 48 * 1024;

pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    messages::kind(datagram.payload)?;
    let Some(message) = Message::read(datagram.payload) else {
        // Cut short by the capture, or malformed behind its beginning.
        return Some(Role::Unknown);
    };
    Some(tell(&message, facts))
}

pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let at_its_port = PORTS.contains(&half.sender_port) || PORTS.contains(&half.receiver_port);
    let fits = |at: usize, valid: fn(u8) -> bool| half.bytes.get(at).is_none_or(|byte| valid(*byte));
    // No message is longer than two bytes can tell.
    let begins = fits(0, |byte| byte == 0) && fits(1, |byte| byte == 0) && fits(LENGTH, messages::is_kind);
    if !begins || half.start == Start::Middle && !at_its_port {
        return Verdict::NotThis;
    }
    let Some((length, rest)) = half.bytes.split_first_chunk() else {
        return Verdict::More { wanted: LENGTH + 1 };
    };
    let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
    if rest.is_empty() && length > 0 {
        return Verdict::More { wanted: LENGTH + 1 };
    }
    if half.bytes.len() < BEGINNING.min(length.saturating_add(LENGTH)) {
        return Verdict::More { wanted: BEGINNING.min(length.saturating_add(LENGTH)) };
    }
    // The message fills its length.
    if messages::kind(rest) != Some(length) || length > MAX_MESSAGE {
        return Verdict::NotThis;
    }
    let used = length.saturating_add(LENGTH);
    let Some(whole) = rest.get(..length) else { return Verdict::More { wanted: used } };
    let sender = Message::read(whole).map_or(Role::Unknown, |message| tell(&message, facts));
    Verdict::Message { used, sender }
}

/// Tells what a message says of the server and of the computer that asks.
fn tell(message: &Message<'_>, facts: &mut Facts) -> Role {
    match message {
        Message::Request { client } => {
            tell_computer(*client, About::Sender, facts);
            Role::Client
        }
        Message::Reply { client, realm, ways } => {
            tell_computer(*client, About::Receiver, facts);
            tell_realm(realm, facts);
            encryption::tell(ways.iter().flatten().copied(), facts);
            Role::Server
        }
        Message::Error { realm, offered } => {
            tell_realm(realm, facts);
            offered.iter().for_each(|offered| encryption::tell_offered(offered, facts));
            Role::Server
        }
    }
}

fn tell_realm(realm: &[u8], facts: &mut Facts) {
    if !realm.is_empty() {
        facts.tell(About::SenderService, FactKind::KerberosRealm, realm);
    }
}

fn tell_computer(name: Option<&[u8]>, about: About, facts: &mut Facts) {
    if let Some(name) = name {
        facts.tell_known(about, FactKind::KerberosComputer, name);
    }
}
