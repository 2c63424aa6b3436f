//! SMB 1 to 3 over TCP ([MS-CIFS], [MS-SMB2]): the dialect that a server chose, signing, what it says of its host in NTLM, and
//! whether a client logs in by NTLM version 1.
//!
//! Not here: users, shares, files. Reading ends with session setup: nothing behind it is about devices.

mod smb1;
mod smb2;
#[cfg(test)]
mod tests;

use crate::reader::Reader;
use crate::{Facts, Half, Role, Verdict};

/// Length of the header of the NetBIOS session service (RFC 1002, 4.3.1) and of direct TCP ([MS-SMB2] 2.1).
const HEADER: usize = 4;
/// Packet types of the session service.
const SESSION_MESSAGE: u8 = 0x00;
const SESSION_REQUEST: u8 = 0x81;
const POSITIVE_RESPONSE: u8 = 0x82;
/// A session request: two encoded names of 34 bytes each.
const SESSION_REQUEST_LENGTH: usize = 68;
/// Port of the session service, which has the packets above besides messages.
const SESSION_PORT: u16 = 139;
/// The longest message of negotiation and session setup that is read; a Kerberos ticket may take most of it.
const MAX_MESSAGE: usize = 64 * 1024;
/// The shortest header of any version.
const SHORTEST_MESSAGE: usize = 32;
/// So much holds any header, and of an answer to negotiation all that is read.
const BEGINNING: usize = 128;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let mut reader = Reader::new(half.bytes);
    match (reader.u8(), reader.array().map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))) {
        (None, _) | (Some(SESSION_MESSAGE), None) => Verdict::More { wanted: HEADER },
        (Some(SESSION_MESSAGE), Some(length)) => {
            message(reader.rest(), usize::try_from(length).unwrap_or(usize::MAX), facts)
        }
        (Some(kind), length) => session_service(half, kind, length),
    }
}

/// Packets that open a session of NetBIOS; the names inside are not read.
fn session_service(half: &Half<'_>, kind: u8, length: Option<u32>) -> Verdict {
    match (kind, length) {
        (SESSION_REQUEST, None) if half.receiver_port == SESSION_PORT => Verdict::More { wanted: HEADER },
        (POSITIVE_RESPONSE, None) if half.sender_port == SESSION_PORT => Verdict::More { wanted: HEADER },
        (SESSION_REQUEST, Some(68)) if half.receiver_port == SESSION_PORT => {
            Verdict::Message { used: HEADER.saturating_add(SESSION_REQUEST_LENGTH), sender: Role::Client }
        }
        (POSITIVE_RESPONSE, Some(0)) if half.sender_port == SESSION_PORT => {
            Verdict::Message { used: HEADER, sender: Role::Server }
        }
        _ => Verdict::NotThis,
    }
}

/// A message, or its beginning.
#[derive(Clone, Copy, Debug)]
struct Message<'a> {
    bytes: &'a [u8],
    /// Whether all of it is there that is ever read.
    is_whole: bool,
}

/// What a message of any version tells.
enum Read {
    /// Not a message of SMB.
    NotSmb,
    /// The whole message is wanted.
    Cut,
    /// The message is understood; more of its kind may follow.
    Understood(Role),
    /// Nothing behind it is of use.
    Last(Role),
}

fn message(bytes: &[u8], length: usize, facts: &mut Facts) -> Verdict {
    let Some(magic) = bytes.first_chunk::<4>() else { return more(4) };
    let read: fn(Message<'_>, &mut Facts) -> Read = match magic {
        [0xff, b'S', b'M', b'B'] => smb1::read,
        [0xfe, b'S', b'M', b'B'] => smb2::read,
        // An encrypted or a compressed message ([MS-SMB2] 2.2.41, 2.2.42).
        [0xfd | 0xfc, b'S', b'M', b'B'] => |_, _| Read::Last(Role::Unknown),
        _ => return Verdict::NotThis,
    };
    if length < SHORTEST_MESSAGE {
        return Verdict::NotThis;
    }
    let beginning = length.min(BEGINNING);
    if bytes.len() < beginning {
        return more(beginning);
    }
    let wanted = length.min(MAX_MESSAGE);
    let whole = bytes.get(..wanted);
    match read(Message { bytes: whole.unwrap_or(bytes), is_whole: whole.is_some() }, facts) {
        Read::NotSmb => Verdict::NotThis,
        Read::Cut => more(wanted),
        Read::Understood(sender) => Verdict::Message { used: HEADER.saturating_add(length), sender },
        Read::Last(sender) => Verdict::Finished { sender },
    }
}

fn more(wanted: usize) -> Verdict {
    Verdict::More { wanted: HEADER.saturating_add(wanted) }
}
