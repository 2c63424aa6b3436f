//! MQTT 3.1, 3.1.1 and 5 (OASIS standards): its first packet, and whether a password is in it.
//!
//! Not here: client ids, user names, topics, messages.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 1883;
/// First bytes of the two packets (MQTT 5, 2.1): type and flags.
const CONNECT: u8 = 0x10;
const CONNACK: u8 = 0x20;
/// Connect flags (MQTT 5, 3.1.2.3).
const RESERVED: u8 = 0x01;
const PASSWORD: u8 = 0x40;
const USER_NAME: u8 = 0x80;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let mut reader = Reader::new(half.bytes);
    let found = match reader.u8() {
        _ if half.start != Start::Opening => Err(Unread::NotMqtt),
        Some(CONNECT) => connect(reader, facts),
        Some(CONNACK) => connack(half, reader),
        Some(_) => Err(Unread::NotMqtt),
        None => Err(Unread::Cut),
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
    let level = reader.u8().ok_or(Unread::Cut)?;
    let flags = reader.u8().ok_or(Unread::Cut)?;
    let known = match name {
        b"MQTT" => matches!(level & 0x7f, 4 | 5),
        _ => level & 0x7f == 3,
    };
    if !known || flags & RESERVED != 0 || length < name.len().saturating_add(6) {
        return Err(Unread::NotMqtt);
    }
    if flags & USER_NAME != 0 && flags & PASSWORD != 0 {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"mqtt");
    }
    Ok(Role::Client)
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

/// Four bytes are too few to be sure, so version 5's properties are only trusted on MQTT's own port (MQTT 5, 3.2).
fn connack(half: &Half<'_>, mut reader: Reader<'_>) -> Result<Role, Unread> {
    let length = remaining_length(&mut reader)?;
    let session_present = reader.u8().ok_or(Unread::Cut)?;
    let code = reader.u8().ok_or(Unread::Cut)?;
    let old =
        length == 2 && code <= 5 && reader.rest().first().is_none_or(|next| (0x30..0xe0).contains(next));
    let new = length >= 3 && half.sender_port == PORT && (code == 0 || code >= 0x80);
    if session_present <= 1 && (old || new) { Ok(Role::Server) } else { Err(Unread::NotMqtt) }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    /// CONNECT of `mosquitto_pub -i ward7 -u operator -P secret`.
    const WITH_PASSWORD: &[u8] = b"\x10\x23\0\x04MQTT\x04\xc2\0\x3c\0\x05ward7\0\x08operator\0\x06secret";

    #[test]
    fn a_client_with_a_password_is_told_and_nothing_of_it() {
        let told = side(WITH_PASSWORD).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=mqtt\n");
        assert_eq!(told.roles, [Role::Client]);
    }

    #[test]
    fn packets_without_a_password_are_recognised() {
        for (bytes, role) in [
            (b"\x10\x11\0\x04MQTT\x05\x02\0\x3c\x05\x11\0\0\0\0".as_slice(), Role::Client),
            (b"\x10\x0e\0\x06MQIsdp\x03\x02\0\x3c\0\0", Role::Client),
            (b"\x20\x02\0\0", Role::Server),
            (b"\x20\x02\x01\0\x90\x03\0\x01\0", Role::Server),
        ] {
            let told = side(bytes).check();
            assert_eq!((told.lines(), told.roles), (String::new(), vec![role]));
        }
        let version_5 = Side { sender_port: 1883, ..side(b"\x20\x09\0\0\x06\x22\0\x0a\x21\0\x14") };
        assert_eq!(version_5.check().roles, [Role::Server]);
    }

    #[test]
    fn other_bytes_are_not_mqtt() {
        let others: [&[u8]; 5] = [
            b"\x10\x23\0\x04HTTP",
            b"\x10\xff\xff\xff\xff\x01",
            b"\x20\x02\x07\0",
            b"\x20\x02\0\0\0",
            b"\x30\x02",
        ];
        for bytes in others {
            assert_eq!(side(bytes).check().roles, []);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(mut bytes: Vec<u8>, first in 0x0fu8..0x22) {
            bytes.insert(0, first);
            side(&bytes).read(3);
        }
    }
}
