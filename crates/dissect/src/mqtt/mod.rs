//! MQTT 3.1, 3.1.1 and 5 (OASIS standards): whether a password is sent in clear, and whether a broker lets anybody in.
//!
//! A client that gives no name and no password asks to be let in without one; the broker's first packet grants or refuses it. A name
//! alone may be a secret of its own, so it counts as neither. Connections that are older than the capture are recognised on
//! MQTT's own port. Not here: client ids, user names, topics, messages.

#[cfg(test)]
mod tests;

use wardround_model::{FactKind, Protocol};

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 1883;
/// First bytes of packets (MQTT 5, 2.1): type and flags; of PUBLISH, the type alone.
const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
const PUBLISH: u8 = 0x30;
const PING_REQUEST: [u8; 2] = [0xc0, 0];
const PING_RESPONSE: [u8; 2] = [0xd0, 0];
/// Connect flags (MQTT 5, 3.1.2.3).
const RESERVED: u8 = 0x01;
const PASSWORD: u8 = 0x40;
const USER_NAME: u8 = 0x80;
/// The level of version 5, which has properties. Bridges set the highest bit of the level.
const VERSION_5: u8 = 5;
const BRIDGE: u8 = 0x80;
/// The longest properties of a CONNECT that are read.
const MAX_PROPERTIES: usize = 4096;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let mut reader = Reader::new(half.bytes);
    let found = match reader.u8() {
        None => Err(Unread::Cut),
        Some(_) if half.start != Start::Opening => in_mid_connection(half),
        Some(CONNECT) => connect(reader, facts),
        Some(CONNACK) => connack(half, reader, facts),
        Some(_) => Err(Unread::NotMqtt),
    };
    match found {
        Ok(sender) => Verdict::Finished { sender },
        Err(Unread::NotMqtt) => Verdict::NotThis,
        Err(Unread::Cut) => Verdict::More { wanted: half.bytes.len().saturating_add(1) },
    }
}

/// Why a packet was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    Cut,
    NotMqtt,
}

/// Protocol name, level and flags come first (MQTT 5, 3.1.2).
fn connect(mut reader: Reader<'_>, facts: &mut Facts) -> Result<Role, Unread> {
    let length = remaining_length(&mut reader)?;
    let name = name(&mut reader)?;
    let level = reader.u8().ok_or(Unread::Cut)? & !BRIDGE;
    let flags = reader.u8().ok_or(Unread::Cut)?;
    let known = match name {
        b"MQTT" => matches!(level, 4 | VERSION_5),
        _ => level == 3,
    };
    if !known || flags & RESERVED != 0 || length < name.len().saturating_add(6) {
        return Err(Unread::NotMqtt);
    }
    let _keep_alive = reader.u16().ok_or(Unread::Cut)?;
    // Only version 5 has a password without a name.
    if flags & PASSWORD != 0 && (flags & USER_NAME != 0 || level == VERSION_5) {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"mqtt");
        if let Some(name) = user_name(reader, level, flags) {
            facts.logs_in(Protocol::Mqtt, name);
        }
    } else if flags & (USER_NAME | PASSWORD) == 0 && (level != VERSION_5 || !authenticates(&mut reader)?) {
        facts.ask(FactKind::OpenLogin, b"mqtt");
    }
    Ok(Role::Client)
}

/// The name behind what comes before it (MQTT 5, 3.1.3; 3.1.1, 3.1.3): properties, the client's identifier, its will. A name that is cut is
/// none.
fn user_name<'a>(mut reader: Reader<'a>, level: u8, flags: u8) -> Option<&'a [u8]> {
    const WILL: u8 = 0x04;
    let text = |reader: &mut Reader<'a>| {
        let length = reader.u16()?;
        reader.take(usize::from(length))
    };
    let properties = |reader: &mut Reader<'a>| {
        let length = if level == VERSION_5 { remaining_length(reader).ok()? } else { 0 };
        reader.take(length)
    };
    properties(&mut reader)?;
    text(&mut reader)?;
    if flags & WILL != 0 {
        properties(&mut reader)?;
        text(&mut reader)?;
        text(&mut reader)?;
    }
    (flags & USER_NAME != 0).then(|| text(&mut reader))?
}

fn name<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8], Unread> {
    let length = match reader.u16().ok_or(Unread::Cut)? {
        4 => 4,
        6 => 6,
        _ => return Err(Unread::NotMqtt),
    };
    let name = reader.take(length).ok_or(Unread::Cut)?;
    if matches!(name, b"MQTT" | b"MQIsdp") { Ok(name) } else { Err(Unread::NotMqtt) }
}

/// Whether the client logs in by a method of its own (MQTT 5, 4.12), or may do so: what cannot be read counts as if it did.
fn authenticates(reader: &mut Reader<'_>) -> Result<bool, Unread> {
    let length = remaining_length(reader)?;
    if length > MAX_PROPERTIES {
        return Ok(true);
    }
    let mut properties = Reader::new(reader.take(length).ok_or(Unread::Cut)?);
    while let Some(property) = properties.u8() {
        if skip_property(property, &mut properties).is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Passes over the value of a property that a CONNECT without a method of authentication may have (MQTT 5, 2.2.2.2).
fn skip_property(property: u8, properties: &mut Reader<'_>) -> Option<()> {
    match property {
        // Session expiry, maximum packet size.
        0x11 | 0x27 => properties.u32().map(drop),
        // Problem and response information.
        0x17 | 0x19 => properties.u8().map(drop),
        // Receive maximum, topic alias maximum.
        0x21 | 0x22 => properties.u16().map(drop),
        // A pair of texts.
        0x26 => {
            for _ in 0..2 {
                let length = properties.u16()?;
                properties.take(usize::from(length))?;
            }
            Some(())
        }
        _ => None,
    }
}

/// Four bytes are too few to be sure, so version 5's properties are only trusted on MQTT's own port (MQTT 5, 3.2).
fn connack(half: &Half<'_>, mut reader: Reader<'_>, facts: &mut Facts) -> Result<Role, Unread> {
    let length = remaining_length(&mut reader)?;
    let session_present = reader.u8().ok_or(Unread::Cut)?;
    let code = reader.u8().ok_or(Unread::Cut)?;
    let old =
        length == 2 && code <= 5 && reader.rest().first().is_none_or(|next| (0x30..0xe0).contains(next));
    let new = length >= 3 && half.sender_port == PORT && (code == 0 || code >= 0x80);
    if session_present > 1 || !(old || new) {
        return Err(Unread::NotMqtt);
    }
    if code == 0 {
        facts.grant();
    }
    Ok(Role::Server)
}

/// Pings, and messages whose topic is one (MQTT 5, 3.3.2.1, 3.12, 3.13), from or to MQTT's own port.
fn in_mid_connection(half: &Half<'_>) -> Result<Role, Unread> {
    let sender = match (half.sender_port, half.receiver_port) {
        (_, PORT) => Role::Client,
        (PORT, _) => Role::Server,
        _ => return Err(Unread::NotMqtt),
    };
    let ping = if sender == Role::Client { PING_REQUEST } else { PING_RESPONSE };
    match half.bytes {
        bytes if bytes == ping => Ok(sender),
        [first, ..] if first & 0xf0 == PUBLISH && first & 0x06 != 0x06 => {
            publish(half.bytes).map(|()| sender)
        }
        _ => Err(Unread::NotMqtt),
    }
}

/// A whole message: its topic is a text without wildcards, and within the message.
fn publish(bytes: &[u8]) -> Result<(), Unread> {
    let mut reader = Reader::new(bytes);
    let _type_and_flags = reader.u8();
    let length = remaining_length(&mut reader)?;
    let topic_length = usize::from(reader.u16().ok_or(Unread::Cut)?);
    if topic_length == 0 || topic_length.saturating_add(2) > length {
        return Err(Unread::NotMqtt);
    }
    let topic = reader.take(topic_length).ok_or(Unread::Cut)?;
    let is_topic = std::str::from_utf8(topic)
        .is_ok_and(|topic| !topic.chars().any(|c| c.is_control() || matches!(c, '+' | '#')));
    if is_topic { Ok(()) } else { Err(Unread::NotMqtt) }
}

/// Seven bits a byte, least significant first, at most four bytes (MQTT 5, 1.5.5).
fn remaining_length(reader: &mut Reader<'_>) -> Result<usize, Unread> {
    let mut length = 0;
    for shift in [0, 7, 14, 21] {
        let byte = reader.u8().ok_or(Unread::Cut)?;
        length |= usize::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(length);
        }
    }
    Err(Unread::NotMqtt)
}
