//! Messages of SNMP 3 (RFC 3412, 6) with the user-based security model (RFC 3414, 2.4; RFC 3826): written, and read without trust.

use aes::Aes128;
use aes::cipher::{BlockEncrypt as _, KeyInit as _};

use super::user::{Keys, User};
use crate::elements::{INTEGER, OCTET_STRING, SEQUENCE, element, first};

/// Flags of a message (RFC 3412, 6.4): authenticated, private, and a report is wanted.
const AUTHENTICATED: u8 = 1;
const PRIVATE: u8 = 2;
const REPORTABLE: u8 = 4;
/// The user-based security model (RFC 3411, 5).
const USER_BASED: u8 = 3;
/// The longest message that we take: one packet (at least 484; RFC 3412, 6.3).
const LONGEST: u32 = 1472;
/// How long an engine's name is (RFC 3411, 5).
const ENGINE: std::ops::RangeInclusive<usize> = 5..=32;

/// What an engine says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Engine {
    pub(crate) name: Vec<u8>,
    pub(crate) boots: u32,
    /// Seconds since it started.
    pub(crate) time: u32,
}

/// A message as it was heard. Only what is authenticated is to be believed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    pub(crate) id: u32,
    pub(crate) engine: Engine,
    pub(crate) is_authentic: bool,
    /// The scoped PDU (RFC 3412, 6.8) in clear: its element whole.
    pub(crate) scoped: Vec<u8>,
}

/// A number from 0 to 2^31 - 1, in as few bytes as it takes.
pub(crate) fn integer(number: u32) -> Vec<u8> {
    let bytes = (number & 0x7fff_ffff).to_be_bytes();
    let spare =
        bytes.iter().zip(bytes.iter().skip(1)).take_while(|(one, next)| **one == 0 && **next < 0x80).count();
    element(INTEGER, &[bytes.get(spare..).unwrap_or_default()])
}

/// Such a number, if it is one.
pub(crate) fn number(content: &[u8]) -> Option<u32> {
    let digits = content.strip_prefix(&[0]).unwrap_or(content);
    let fits = !content.is_empty() && digits.len() <= 4 && content.first().is_some_and(|first| *first < 0x80);
    fits.then(|| digits.iter().fold(0, |number, digit| number << 8 | u32::from(*digit)))
}

/// The scoped PDU around a request, of the engine's own context.
pub(crate) fn scoped(engine: &[u8], pdu: &[u8]) -> Vec<u8> {
    element(SEQUENCE, &[&element(OCTET_STRING, &[engine]), &[OCTET_STRING, 0], pdu])
}

fn whole(id: u32, flags: u8, security: &[&[u8]], data: &[u8]) -> Vec<u8> {
    let numbers = [integer(id), integer(LONGEST)].concat();
    let header = [numbers.as_slice(), &[OCTET_STRING, 1, flags], &[INTEGER, 1, USER_BASED]];
    let security = element(OCTET_STRING, &[&element(SEQUENCE, security)]);
    element(SEQUENCE, &[&integer(3), &element(SEQUENCE, &header), &security, data])
}

/// A message of nobody to an engine whose name is not known, which reports it (RFC 3414, 4).
pub(crate) fn of_nobody(id: u32, pdu: &[u8]) -> Vec<u8> {
    let empty: &[u8] = &[OCTET_STRING, 0];
    whole(id, REPORTABLE, &[empty, &integer(0), &integer(0), empty, empty, empty], &scoped(&[], pdu))
}

/// What an answer told, as a message without security, for those who read messages of SNMP 3; whose it was is not in it.
pub(crate) fn in_clear(scoped: &[u8]) -> Vec<u8> {
    let empty: &[u8] = &[OCTET_STRING, 0];
    whole(0, 0, &[empty, &integer(0), &integer(0), empty, empty, empty], scoped)
}

/// A message of this user. `salt` is never the same twice with one engine (RFC 3826, 3.1.2.1).
pub(crate) fn of_user(
    user: &User,
    keys: &Keys,
    engine: &Engine,
    id: u32,
    salt: [u8; 8],
    pdu: &[u8],
) -> Vec<u8> {
    let scoped = scoped(&engine.name, pdu);
    let (flags, salt_told, data) = match keys.privacy {
        Some(key) => {
            let hidden = cfb(&key, vector(engine, salt), &scoped, true);
            (AUTHENTICATED | PRIVATE | REPORTABLE, salt.as_slice(), element(OCTET_STRING, &[&hidden]))
        }
        None => (AUTHENTICATED | REPORTABLE, [].as_slice(), scoped),
    };
    let told = element(OCTET_STRING, &[salt_told]);
    let mark = vec![0; user.authentication.length()];
    let security: [&[u8]; 6] = [
        &element(OCTET_STRING, &[&engine.name]),
        &integer(engine.boots),
        &integer(engine.time),
        &element(OCTET_STRING, &[user.name()]),
        &element(OCTET_STRING, &[&mark]),
        &told,
    ];
    let mut message = whole(id, flags, &security, &data);
    let end = message.len().saturating_sub(told.len()).saturating_sub(data.len());
    let mark = user.authentication.mark(&keys.authentication, &message);
    if let Some(place) = message.get_mut(end.saturating_sub(mark.len())..end) {
        place.copy_from_slice(&mark);
    }
    message
}

/// Reads a message, which must fit to its last byte. With a user it is authentic where its mark is right; what is said to be authentic
/// and is not, is nothing at all.
pub(crate) fn read(bytes: &[u8], known: Option<(&User, &Keys)>) -> Option<Heard> {
    let message = only(bytes, SEQUENCE)?;
    let (version, message) = content(message, INTEGER)?;
    let (header, message) = content(message, SEQUENCE)?;
    let (security, data) = content(message, OCTET_STRING)?;
    let (id, flags) = read_header(header)?;
    let security = only(security, SEQUENCE)?;
    let (name, security) = content(security, OCTET_STRING)?;
    let (boots, security) = content(security, INTEGER)?;
    let (time, security) = content(security, INTEGER)?;
    let (who, security) = content(security, OCTET_STRING)?;
    let (mark, behind_mark) = content(security, OCTET_STRING)?;
    let salt = only(behind_mark, OCTET_STRING)?;
    let engine = Engine { name: name.to_vec(), boots: number(boots)?, time: number(time)? };
    if number(version)? != 3 || !ENGINE.contains(&name.len()) {
        return None;
    }
    let is_authentic = flags & AUTHENTICATED != 0;
    let scoped = match known.filter(|_| is_authentic) {
        None if is_authentic || flags & PRIVATE != 0 => return None,
        None => data.to_vec(),
        Some((user, keys)) => {
            let end = bytes.len().checked_sub(behind_mark.len())?.checked_sub(data.len())?;
            if who != user.name() || !is_marked(bytes, end, mark, user, keys) {
                return None;
            }
            if flags & PRIVATE == 0 {
                data.to_vec()
            } else {
                let key = keys.privacy?;
                let clear =
                    cfb(&key, vector(&engine, salt.try_into().ok()?), only(data, OCTET_STRING)?, false);
                // Whoever fills up a block (others do) sends more than the element.
                let (.., behind) = first(&clear)?;
                clear.get(..clear.len().checked_sub(behind.len())?)?.to_vec()
            }
        }
    };
    only(&scoped, SEQUENCE)?;
    Some(Heard { id, engine, is_authentic, scoped })
}

fn read_header(header: &[u8]) -> Option<(u32, u8)> {
    let (id, header) = content(header, INTEGER)?;
    let (_longest, header) = content(header, INTEGER)?;
    let (flags, header) = content(header, OCTET_STRING)?;
    let model = only(header, INTEGER)?;
    let [flags] = flags else { return None };
    (model == [USER_BASED]).then_some((number(id)?, *flags))
}

/// Whether the mark that ends at `end` is right for the message with an empty place there (RFC 3414, 6.3.2).
fn is_marked(message: &[u8], end: usize, mark: &[u8], user: &User, keys: &Keys) -> bool {
    let length = user.authentication.length();
    let mut emptied = message.to_vec();
    let Some(place) = end.checked_sub(length).and_then(|begin| emptied.get_mut(begin..end)) else {
        return false;
    };
    if mark.len() != length || *place != *mark {
        return false;
    }
    place.fill(0);
    let right = user.authentication.mark(&keys.authentication, &emptied);
    right.iter().zip(mark).fold(0, |differs, (one, other)| differs | one ^ other) == 0
}

/// The scoped PDU's request (RFC 3412, 6.8): the tag of its PDU and the PDU's content.
pub(crate) fn pdu(scoped: &[u8]) -> Option<(u8, &[u8])> {
    let scoped = only(scoped, SEQUENCE)?;
    let (_engine, scoped) = content(scoped, OCTET_STRING)?;
    let (_context, scoped) = content(scoped, OCTET_STRING)?;
    first(scoped).filter(|(.., behind)| behind.is_empty()).map(|(tag, content, _)| (tag, content))
}

/// The content of the first element, which must have this tag, and what follows it.
pub(crate) fn content(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    first(bytes).filter(|(found, ..)| *found == tag).map(|(_, content, behind)| (content, behind))
}

/// The same, where nothing follows.
fn only(bytes: &[u8], tag: u8) -> Option<&[u8]> {
    content(bytes, tag).filter(|(_, behind)| behind.is_empty()).map(|(content, _)| content)
}

/// What AES begins with (RFC 3826, 3.1.2.1).
fn vector(engine: &Engine, salt: [u8; 8]) -> [u8; 16] {
    let mut vector = [0; 16];
    let bytes = engine.boots.to_be_bytes().into_iter().chain(engine.time.to_be_bytes()).chain(salt);
    for (place, byte) in vector.iter_mut().zip(bytes) {
        *place = byte;
    }
    vector
}

/// AES-128 in the mode CFB of 128 bits (RFC 3826, 3.1.1.4), to hide or to show.
fn cfb(key: &[u8; 16], vector: [u8; 16], bytes: &[u8], hides: bool) -> Vec<u8> {
    let cipher = Aes128::new(&(*key).into());
    let mut before = vector;
    let mut out = Vec::with_capacity(bytes.len());
    for chunk in bytes.chunks(16) {
        let mut block = before.into();
        cipher.encrypt_block(&mut block);
        let done: Vec<u8> = chunk.iter().zip(block).map(|(byte, key)| byte ^ key).collect();
        for (place, byte) in before.iter_mut().zip(if hides { &done } else { chunk }) {
            *place = *byte;
        }
        out.extend_from_slice(&done);
    }
    out
}
