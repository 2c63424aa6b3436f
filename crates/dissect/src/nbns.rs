//! Names of NetBIOS over UDP: what a computer says is its own name, and its work group.
//!
//! RFC 1002, 4.2: a registration or refresh is about the sender, as is a positive answer to a query that gives the sender's address.
//! Names are sixteen bytes, the last of which says what for (RFC 1001, 14; [MS-BRWS] 2.1.1), each byte as two letters.
//!
//! Not here: who asks for which name, sessions and datagrams (ports 138, 139), names of users (suffix 0x03).

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::FactKind;

use crate::reader::{Reader, unpadded};
use crate::{About, Datagram, Facts, Role};

/// Record types (RFC 1002, 4.2.1.3).
const NAMES: u16 = 0x20;
const STATUS: u16 = 0x21;
const INTERNET: u16 = 1;
/// Operations (RFC 1002, 4.2.1.1).
const QUERY: u16 = 0;
const REGISTRATION: u16 = 5;
const REFRESH: [u16; 2] = [8, 9];
/// The name of all names.
const ANY: u8 = b'*';
/// Suffixes: a workstation or its group, and a server's.
const WORKSTATION: u8 = 0x00;
const SERVER: u8 = 0x20;
/// Entries of a status answer that are read.
const MOST_NAMES: u8 = 64;

/// Reads one message.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    let mut reader = Reader::new(datagram.payload);
    let [_id, flags, questions, answers, _, additional] = [(); 6].map(|()| reader.u16());
    let (flags, questions, answers, additional) = (flags?, questions?, answers?, additional?);
    let operation = flags >> 11 & 0xF;
    let is_response = flags & 0x8000 != 0;
    match (operation, is_response) {
        (QUERY, false) => question(&mut reader, questions).map(|_| Role::Client),
        (QUERY, true) if questions == 0 && answers == 1 => {
            answer(&mut reader, datagram.sender.ip(), facts).map(|()| Role::Server)
        }
        (REGISTRATION | 8 | 9, false) if questions == 1 && additional == 1 => {
            debug_assert!(operation == REGISTRATION || REFRESH.contains(&operation));
            let name = question(&mut reader, questions)?;
            registration(&mut reader, name, datagram.sender.ip(), facts)?;
            Some(Role::Unknown)
        }
        // Answers that say no, that a name is given up, or that one has to wait.
        (QUERY | REGISTRATION..=9, _) if questions <= 1 => Some(Role::Unknown),
        _ => None,
    }
}

/// A NetBIOS name: fifteen characters and what it is for.
#[derive(Clone, Copy)]
struct Name {
    text: [u8; 15],
    suffix: u8,
}

impl Name {
    /// Second-level encoding (RFC 1002, 4.1): a label of 32 letters, perhaps a scope behind it.
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        if reader.u8()? != 32 {
            return None;
        }
        let name = Self::of(&halved(reader.take(32)?)?);
        loop {
            match reader.u8()? {
                0 => return Some(name),
                length @ 1..=63 => reader.take(usize::from(length))?,
                _ => return None,
            };
        }
    }

    fn of(&[ref text @ .., suffix]: &[u8; 16]) -> Self {
        Self { text: *text, suffix }
    }

    /// Tells it where it is the sender's own.
    fn tell(self, is_group: bool, facts: &mut Facts) {
        let text = unpadded(&self.text);
        let is_text = text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ' || *byte >= 0x80);
        if text.is_empty() || !is_text || text.first() == Some(&ANY) {
            return;
        }
        match (self.suffix, is_group) {
            (WORKSTATION | SERVER, false) => facts.tell_known(About::Sender, FactKind::NetbiosName, text),
            (WORKSTATION, true) => facts.tell_known(About::Sender, FactKind::NetbiosGroup, text),
            _ => {}
        }
    }
}

/// First-level encoding (RFC 1001, 14.1): each half of a byte as a letter from `A` on.
fn halved(letters: &[u8]) -> Option<[u8; 16]> {
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(letters.chunks_exact(2)) {
        let &[high, low] = pair.first_chunk()?;
        let half = |letter: u8| letter.checked_sub(b'A').filter(|half| *half < 16);
        *byte = half(high)? << 4 | half(low)?;
    }
    Some(bytes)
}

fn question(reader: &mut Reader<'_>, questions: u16) -> Option<Name> {
    let name = (questions == 1).then(|| Name::read(reader))??;
    let kind = reader.u16()?;
    (matches!(kind, NAMES | STATUS) && reader.u16()? == INTERNET).then_some(name)
}

/// Type, class, time to live, length.
fn record(reader: &mut Reader<'_>) -> Option<(u16, u16)> {
    let kind = reader.u16()?;
    (reader.u16()? == INTERNET).then_some(())?;
    reader.u32()?;
    Some((kind, reader.u16()?))
}

/// The additional record points to the name of the question, and gives flags and the address (RFC 1002, 4.2.2).
fn registration(reader: &mut Reader<'_>, name: Name, sender: IpAddr, facts: &mut Facts) -> Option<()> {
    if reader.rest().first()? >> 6 == 3 {
        reader.u16()?;
    } else {
        Name::read(reader)?;
    }
    let (NAMES, 6) = record(reader)? else { return Some(()) };
    let flags = reader.u16()?;
    if Ipv4Addr::from(reader.array::<4>()?) == sender {
        name.tell(flags & 0x8000 != 0, facts);
    }
    Some(())
}

fn answer(reader: &mut Reader<'_>, sender: IpAddr, facts: &mut Facts) -> Option<()> {
    let name = Name::read(reader)?;
    match record(reader)? {
        (NAMES, 6) => {
            let flags = reader.u16()?;
            if Ipv4Addr::from(reader.array::<4>()?) == sender {
                name.tell(flags & 0x8000 != 0, facts);
            }
        }
        (STATUS, _) => {
            for _ in 0..reader.u8()?.min(MOST_NAMES) {
                let entry = Name::of(&reader.array::<16>()?);
                let flags = reader.u16()?;
                entry.tell(flags & 0x8000 != 0, facts);
            }
        }
        _ => {}
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::heard;
    use proptest::prelude::*;

    const OWN: [u8; 4] = [10, 1, 3, 20];

    fn encoded(name: &str, suffix: u8) -> Vec<u8> {
        let padded = name.bytes().chain(std::iter::repeat(b' ')).take(15).chain([suffix]);
        let letters = padded.flat_map(|byte| [b'A' + (byte >> 4), b'A' + (byte & 15)]);
        [vec![32], letters.collect(), vec![0]].concat()
    }

    fn registration_of(name: &str, suffix: u8, flags: u16, ip: [u8; 4]) -> Vec<u8> {
        let head = [0x12, 0x34, 0x29, 0x10, 0, 1, 0, 0, 0, 0, 0, 1];
        let record = [0xC0, 0x0C, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 6];
        [&head[..], &encoded(name, suffix), &[0, 0x20, 0, 1], &record, &flags.to_be_bytes(), &ip].concat()
    }

    fn told(payload: &[u8]) -> (Option<Role>, Vec<String>) {
        heard(dissect, payload, (OWN, 137), ([10, 1, 3, 255], 137))
    }

    #[test]
    fn a_computer_registers_its_name_and_group() {
        let (role, facts) = told(&registration_of("RAD-PC-07", 0, 0, OWN));
        assert_eq!((role, facts), (Some(Role::Unknown), vec!["Sender netbios.name=RAD-PC-07".to_owned()]));
        let (_, facts) = told(&registration_of("RADIOLOGY", 0, 0x8000, OWN));
        assert_eq!(facts, ["Sender netbios.group=RADIOLOGY"]);
    }

    #[test]
    fn names_of_people_of_others_and_of_services_are_not_told() {
        for packet in [
            registration_of("CANARYMAN", 3, 0, OWN),
            registration_of("RAD-PC-07", 0, 0, [10, 1, 3, 21]),
            registration_of("RADIOLOGY", 0x1E, 0x8000, OWN),
        ] {
            assert_eq!(told(&packet), (Some(Role::Unknown), vec![]));
        }
        let (_, facts) = told(&registration_of("ERIKAS-LAPTOP", 0, 0, OWN));
        assert_eq!(facts, [""; 0], "what would be left says nothing of the host");
    }

    #[test]
    fn questions_tell_who_asks_and_answers_what_the_sender_is() {
        let head = [0, 1, 1, 0x10, 0, 1, 0, 0, 0, 0, 0, 0];
        let query = [&head[..], &encoded("PACS01", 0x20), &[0, 0x20, 0, 1]].concat();
        assert_eq!(told(&query), (Some(Role::Client), vec![]));
        let head = [0, 1, 0x85, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        let answer =
            [&head[..], &encoded("PACS01", 0x20), &[0, 0x20, 0, 1, 0, 0, 0, 9, 0, 6, 0, 0], &OWN].concat();
        assert_eq!(told(&answer), (Some(Role::Server), vec!["Sender netbios.name=PACS01".to_owned()]));
        let entry = |name: &str, suffix: u8, flags: u8| {
            [format!("{name:<15}").as_bytes(), &[suffix, flags, 0]].concat()
        };
        let entries = [entry("PACS01", 0, 4), entry("IMAGING", 0, 0x84), entry("CANARYMAN", 3, 4)].concat();
        let status = [&head[..], &encoded("*", 0), &[0, 0x21, 0, 1, 0, 0, 0, 0, 0, 55, 3], &entries].concat();
        let expected =
            ["Sender netbios.name=PACS01", "Sender netbios.group=IMAGING"].map(str::to_owned).to_vec();
        assert_eq!(told(&status), (Some(Role::Server), expected));
        for length in 0..status.len() {
            told(&status[..length]);
        }
    }

    #[test]
    fn dns_at_this_port_is_not_this() {
        assert_eq!(told(b"\0\x01\x01\0\0\x01\0\0\0\0\0\0\x03www\x04test\0\0\x01\0\x01").0, None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            told(&bytes);
            told(&[&registration_of("PACS01", 0, 0, OWN)[..50], &bytes].concat());
        }
    }
}
