//! DCE/RPC over TCP (C706, 12.6; [MS-RPCE] 2.2.2): Windows hosts by what they say when somebody logs in (NTLM, Kerberos), and by the
//! interfaces that their endpoint mapper names.
//!
//! Not here: what else is asked for and answered, RPC inside SMB and HTTP.

mod endpoint_map;

use crate::kerberos::ticket;
use crate::reader::Reader;
use crate::{Facts, Half, Role, Start, Verdict, ntlm};

/// The endpoint mapper's port: there, a connection that is older than the capture is known by any packet.
const PORT: u16 = 135;
/// Version 5.0, which all connections over TCP have.
const VERSION: [u8; 2] = [5, 0];
/// Length of the header that all packets have.
const HEADER: usize = 16;
/// The longest packet that is read: a login with a ticket of many groups.
const MAX_READ: usize = 16 * 1024;
/// Of the data representation: numbers have their low byte first.
const LITTLE_ENDIAN: u8 = 0x10;

/// Kinds of packets (C706, 12.6.1; [MS-RPCE] 2.2.2.5).
mod kind {
    pub(super) const REQUEST: u8 = 0;
    pub(super) const RESPONSE: u8 = 2;
    pub(super) const FAULT: u8 = 3;
    pub(super) const BIND: u8 = 11;
    pub(super) const BIND_ACK: u8 = 12;
    pub(super) const BIND_NAK: u8 = 13;
    pub(super) const ALTER: u8 = 14;
    pub(super) const ALTER_ANSWER: u8 = 15;
    pub(super) const AUTH_3: u8 = 16;
}

/// What is of use of a header.
struct Header {
    kind: u8,
    length: usize,
    /// Whether a login is in it.
    has_login: bool,
}

impl Header {
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let ([5, 0], kind, _flags) = (reader.array()?, reader.u8()?, reader.u8()?) else { return None };
        let [order @ (0 | LITTLE_ENDIAN), 0, 0, 0] = reader.array()? else { return None };
        let number = |pair: [u8; 2]| {
            usize::from(if order == LITTLE_ENDIAN {
                u16::from_le_bytes(pair)
            } else {
                u16::from_be_bytes(pair)
            })
        };
        let (length, login) = (number(reader.array()?), number(reader.array()?));
        let fits = length >= HEADER && login.saturating_add(HEADER) <= length;
        fits.then_some(Self { kind, length, has_login: login > 0 })
    }

    fn sender(&self) -> Option<Role> {
        match self.kind {
            kind::REQUEST | kind::BIND | kind::ALTER | kind::AUTH_3 => Some(Role::Client),
            kind::RESPONSE | kind::FAULT | kind::BIND_ACK | kind::BIND_NAK | kind::ALTER_ANSWER => {
                Some(Role::Server)
            }
            _ => None,
        }
    }
}

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let at_its_port = half.sender_port == PORT || half.receiver_port == PORT;
    let common = VERSION.len().min(half.bytes.len());
    if half.bytes.get(..common) != VERSION.get(..common) {
        return Verdict::NotThis;
    }
    if half.bytes.len() < HEADER {
        return Verdict::More { wanted: HEADER };
    }
    let Some(header) = Header::read(half.bytes) else { return Verdict::NotThis };
    let Some(sender) = header.sender() else { return Verdict::NotThis };
    match header.kind {
        // A connection begins with a bind, which is believed anywhere.
        kind::REQUEST | kind::RESPONSE | kind::FAULT
            if half.start == Start::Opening || half.start == Start::Middle && !at_its_port =>
        {
            Verdict::NotThis
        }
        // The mapper answers at its own port alone.
        kind::RESPONSE if half.sender_port == PORT && header.length <= MAX_READ => {
            let Some(whole) = half.bytes.get(..header.length) else {
                return Verdict::More { wanted: header.length };
            };
            endpoint_map::tell(whole, facts);
            Verdict::Message { used: header.length, sender }
        }
        // From here on, what is asked for.
        kind::REQUEST | kind::RESPONSE | kind::FAULT | kind::BIND_NAK => Verdict::Finished { sender },
        _ if !header.has_login || header.length > MAX_READ => {
            Verdict::Message { used: header.length, sender }
        }
        _ => login(half.bytes, &header, sender, facts),
    }
}

/// A packet with a part of a login: the server's challenge names it, the client's answer tells how it logs in.
fn login(bytes: &[u8], header: &Header, sender: Role, facts: &mut Facts) -> Verdict {
    let Some(whole) = bytes.get(..header.length) else { return Verdict::More { wanted: header.length } };
    if sender == Role::Server {
        ntlm::tell_challenge(whole, facts);
    } else if !ntlm::tell_response(whole, facts) {
        ticket::tell_shown(whole, facts);
    }
    Verdict::Message { used: header.length, sender }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn packet(kind: u8, login: &[u8]) -> Vec<u8> {
        let [l1, l2] = u16::try_from(login.len()).unwrap().to_le_bytes();
        let trailer: &[u8] = if login.is_empty() { b"" } else { b"\x0a\x02\0\0\0\0\0\0" };
        let body = [b"interfaces".as_slice(), trailer, login].concat();
        let [f1, f2] = u16::try_from(HEADER + body.len()).unwrap().to_le_bytes();
        [&[5, 0, kind, 3, 0x10, 0, 0, 0, f1, f2, l1, l2, 1, 0, 0, 0], body.as_slice()].concat()
    }

    /// A challenge of a computer called CT-2, of Windows 10.0.17763.
    fn challenge() -> Vec<u8> {
        let name: Vec<u8> = "CT-2".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let pairs = [&[1, 0, 8, 0], name.as_slice(), &[0; 4]].concat();
        let length = u8::try_from(pairs.len()).unwrap();
        [
            b"NTLMSSP\0\x02\0\0\0\0\0\0\0\x38\0\0\0\x05\x82\x89\x02CHALLENG\0\0\0\0\0\0\0\0".as_slice(),
            &[length, 0, length, 0, 0x38, 0, 0, 0, 10, 0, 0x63, 0x45, 0, 0, 0, 15],
            &pairs,
        ]
        .concat()
    }

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    #[test]
    fn a_server_names_itself_in_its_challenge() {
        let bytes = [packet(kind::BIND_ACK, &challenge()), packet(kind::RESPONSE, b"")].concat();
        let told = side(&bytes).check();
        assert_eq!(told.lines(), "Sender ntlm.computer=CT-2\nSender ntlm.os-version=10.0.17763\n");
        assert_eq!(told.roles, [Role::Server; 2]);
    }

    #[test]
    fn a_mapper_names_interfaces_at_its_own_port() {
        let bytes: &[u8] = include_bytes!("recorded/lookup-server.bin");
        let mapper = Side { sender_port: PORT, ..side(bytes) };
        let told = mapper.check();
        assert!(told.lines().contains("Sender rpc.interface=drsuapi\n"), "{told:?}");
        assert_eq!(told.roles, [Role::Server; 4]);
        assert_eq!(side(bytes).check().lines(), "", "at another port");
    }

    #[test]
    fn a_list_of_names_without_its_end_is_read_as_far_as_it_is_there() {
        let whole = challenge();
        let told = side(&packet(kind::BIND_ACK, &whole[..whole.len() - 4])).check();
        assert_eq!(told.lines(), "Sender ntlm.computer=CT-2\nSender ntlm.os-version=10.0.17763\n");
    }

    #[test]
    fn a_client_is_known_and_its_user_is_not_told() {
        let bytes = [
            packet(kind::BIND, b"NTLMSSP\0\x01\0\0\0"),
            packet(kind::AUTH_3, b"NTLMSSP\0\x03\0\0\0erika"),
            packet(kind::REQUEST, b""),
        ]
        .concat();
        let told = side(&bytes).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Client; 3]));
    }

    #[test]
    fn other_bytes_are_not_rpc() {
        let mut odd_order = packet(kind::BIND, b"");
        odd_order[4] = 0x20;
        let mut too_short = packet(kind::BIND, b"");
        too_short[8] = 15;
        let mut long_login = packet(kind::BIND, b"");
        long_login[10] = 200;
        let request = packet(kind::REQUEST, b"");
        // SOCKS 5 begins with its version, a count and a method.
        for bytes in [
            b"\x05\x01\0".as_slice(),
            b"\x05\0\x01\x02\x03\x04\x05\x06\x07\x08\x09\0\0\0\0\0",
            &odd_order,
            &too_short,
            &long_login,
            &request,
        ] {
            assert_eq!(side(bytes).check().roles, [], "{bytes:?}");
        }
        let bind = packet(kind::BIND, b"");
        assert_eq!(Side { start: Start::Middle, ..side(&bind) }.check().roles, [Role::Client]);
        let middle = Side { start: Start::Middle, ..side(&request) };
        assert_eq!(middle.check().roles, []);
        assert_eq!(Side { receiver_port: PORT, ..middle }.check().roles, [Role::Client]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, kind in 0u8..20, login in 0u8..40) {
            side(&bytes).read(bytes.len().max(1));
            let head = [5, 0, kind, 3, 0x10, 0, 0, 0, 60, 0, login, 0, 1, 0, 0, 0];
            side(&[head.as_slice(), &bytes].concat()).read(7);
        }
    }
}
