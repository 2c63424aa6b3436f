//! LDAP (RFC 4511): who is a directory, what software it says it is (its root, RFC 4512, 5.1), and passwords sent in clear.
//!
//! TLS may begin inside (4.14). Not here: entries other than the root, names, filters.

use wardround_model::{FactKind, Protocol};

use crate::ber::{self, Elements};
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

/// A directory's own port, and Active Directory's for its whole forest: there, connections that are older than the capture are read too.
const PORTS: [u16; 2] = [389, 3268];
const ENUMERATED: u8 = 0x0a;
/// Operations (RFC 4511, 4.2 to 4.12).
const BIND_REQUEST: u8 = 0x60;
const BIND_RESPONSE: u8 = 0x61;
const UNBIND: u8 = 0x42;
const SEARCH: u8 = 0x63;
const ENTRY: u8 = 0x64;
const DONE: u8 = 0x65;
const EXTENDED_REQUEST: u8 = 0x77;
const EXTENDED_RESPONSE: u8 = 0x78;
/// A password, among the ways to log in (4.2).
const SIMPLE: u8 = 0x80;
/// The name of an extended request.
const EXTENDED_NAME: u8 = 0x80;
/// The longest root and the longest login that are read.
const MAX_READ: usize = 16 * 1024;
/// What is looked at before the whole of a message: tags, lengths, id, and the first element of the operation.
const BEGINNING: usize = 32;
/// The kind that OpenLDAP's root has, which tells no version.
const OPENLDAP_ROOT: &[u8] = b"OpenLDAProotDSE";

/// A message as far as it is there.
struct Message<'a> {
    /// Bytes of all of it.
    length: usize,
    operation: u8,
    inside: Elements<'a>,
}

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    let known_port = PORTS.contains(&half.sender_port) || PORTS.contains(&half.receiver_port);
    if half.start == Start::Middle && !known_port
        || half.bytes.first().is_some_and(|tag| *tag != ber::SEQUENCE)
    {
        return Verdict::NotThis;
    }
    let Some(message) = read(half.bytes) else {
        let wanted = half.bytes.len().saturating_add(1);
        return if wanted <= BEGINNING { Verdict::More { wanted } } else { Verdict::NotThis };
    };
    let sender = match message.operation {
        BIND_REQUEST | UNBIND | SEARCH | EXTENDED_REQUEST => Role::Client,
        _ => Role::Server,
    };
    let is_read = message.operation == BIND_REQUEST || is_root(&message);
    if is_read && message.length <= MAX_READ {
        let Some(whole) = half.bytes.get(..message.length) else {
            return Verdict::More { wanted: message.length };
        };
        // An operation that reaches beyond its message belongs to none.
        let Some(whole) = read(whole) else { return Verdict::NotThis };
        match whole.operation {
            BIND_REQUEST => login(whole.inside, facts),
            _ => root(whole.inside, facts),
        };
    }
    Verdict::Message { used: message.length, sender }
}

/// `LDAPMessage { messageID, protocolOp }` (4.1.1), and the first element of the operation.
fn read(bytes: &[u8]) -> Option<Message<'_>> {
    let mut reader = Reader::new(bytes);
    let (_, content) = (reader.u8()?, length(&mut reader)?);
    let length_of_all = reader.at().checked_add(content)?;
    let mut message = Elements::new(reader.rest());
    let id = message.expect(ber::INTEGER)?;
    let operation = message.tag()?;
    let inside = message.enter_cut(operation)?;
    // Its tag, and the length that tells a root.
    let first = inside.rest().first_chunk().copied();
    let fits = match (operation, first) {
        (UNBIND, None) => content == id.len().saturating_add(4),
        (BIND_REQUEST, Some([tag, _])) => tag == ber::INTEGER,
        (SEARCH | ENTRY, Some([tag, _])) => tag == ber::OCTET_STRING,
        (BIND_RESPONSE | DONE | EXTENDED_RESPONSE, Some([tag, _])) => tag == ENUMERATED,
        (EXTENDED_REQUEST, Some([tag, _])) => tag == EXTENDED_NAME,
        _ => false,
    };
    // Nothing of a message is longer than itself, and an id has four bytes at most.
    (fits && id.len() <= 4 && content >= id.len()).then_some(Message {
        length: length_of_all,
        operation,
        inside,
    })
}

/// A length (X.690, 8.1.3), definite, of four bytes at most.
fn length(reader: &mut Reader<'_>) -> Option<usize> {
    let first = reader.u8()?;
    if first < 0x80 {
        return Some(usize::from(first));
    }
    let count = usize::from(first & 0x7f);
    let digits = reader.take(count).filter(|_| (1..=4).contains(&count))?;
    Some(digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)))
}

/// Whether it is the entry without a name: the directory's own (RFC 4512, 5.1).
fn is_root(message: &Message<'_>) -> bool {
    message.operation == ENTRY && message.inside.rest().get(1) == Some(&0)
}

/// `BindRequest { version, name, authentication }` (4.2): a password that is not empty is told, not what it is.
fn login(mut inside: Elements<'_>, facts: &mut Facts) -> Option<()> {
    let (_version, name) = (inside.expect(ber::INTEGER)?, inside.expect(ber::OCTET_STRING)?);
    let password = inside.expect(SIMPLE)?;
    if !password.is_empty() {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"ldap");
        facts.logs_in(Protocol::Ldap, name);
    }
    Some(())
}

/// `SearchResultEntry { objectName, attributes }` (4.5.2) of the root: what software it says it is.
fn root(mut inside: Elements<'_>, facts: &mut Facts) -> Option<()> {
    inside.expect(ber::OCTET_STRING)?;
    let mut attributes = inside.enter(ber::SEQUENCE)?;
    let (mut vendor, mut version): (&[u8], &[u8]) = (b"", b"");
    while let Some(mut attribute) = attributes.enter(ber::SEQUENCE) {
        let kind = attribute.expect(ber::OCTET_STRING)?;
        let mut values = attribute.enter(ber::SET)?;
        while let Some(value) = values.expect(ber::OCTET_STRING) {
            match kind {
                _ if kind.eq_ignore_ascii_case(b"vendorName") => vendor = value,
                _ if kind.eq_ignore_ascii_case(b"vendorVersion") => version = value,
                _ if kind.eq_ignore_ascii_case(b"objectClass")
                    && value == OPENLDAP_ROOT
                    && vendor.is_empty() =>
                {
                    vendor = b"OpenLDAP";
                }
                _ => {}
            }
        }
    }
    if !vendor.is_empty() || !version.is_empty() {
        facts.tell(About::SenderService, FactKind::ServerSoftware, &[vendor, b" ", version].concat());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        [&[tag, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
    }

    fn text(value: &[u8]) -> Vec<u8> {
        element(ber::OCTET_STRING, &[value])
    }

    fn attribute(kind: &[u8], value: &[u8]) -> Vec<u8> {
        element(ber::SEQUENCE, &[&text(kind), &element(ber::SET, &[&text(value)])])
    }

    fn entry(name: &[u8], attributes: &[&[u8]]) -> Vec<u8> {
        let entry = element(ENTRY, &[&text(name), &element(ber::SEQUENCE, attributes)]);
        element(ber::SEQUENCE, &[&[2, 1, 1], &entry])
    }

    #[test]
    fn an_operation_that_reaches_beyond_its_message_belongs_to_none() {
        let bytes = [ber::SEQUENCE, 2, ber::INTEGER, 1, 0x65, BIND_REQUEST, 0x5e, ber::INTEGER, 0];
        let (sender_port, receiver_port) = (49_152, 389);
        let half =
            Half { bytes: &bytes, start: Start::Opening, sender_port, receiver_port, opened: Role::Unknown };
        assert!(matches!(dissect(&half, &mut Facts::default()), Verdict::NotThis));
    }

    #[test]
    fn a_root_names_the_directorys_software() {
        let vendor = attribute(b"vendorName", b"389 Project");
        let version = attribute(b"vendorversion", b"389-Directory/2.3.1 B2022.342.0000");
        let told = side(&entry(b"", &[&vendor, &version])).check();
        assert_eq!(
            told.lines(),
            "SenderService service.software=389 Project 389-Directory/2.3.1 B2022.342.0000\n"
        );
        let told = side(&entry(b"", &[&attribute(b"objectClass", OPENLDAP_ROOT)])).check();
        assert_eq!(
            (told.lines().as_str(), told.roles),
            ("SenderService service.software=OpenLDAP\n", vec![Role::Server])
        );
    }

    #[test]
    fn entries_of_people_are_passed_over() {
        let person = entry(b"cn=mustermann", &[&attribute(b"vendorName", b"mustermann")]);
        let told = side(&person).check();
        assert_eq!((told.lines(), told.roles), (String::new(), vec![Role::Server]));
    }

    #[test]
    fn a_password_in_clear_is_told_and_no_login_without_one() {
        let bind = |password: &[u8]| {
            let bind =
                element(BIND_REQUEST, &[&[2, 1, 3], &text(b"cn=mustermann"), &element(SIMPLE, &[password])]);
            element(ber::SEQUENCE, &[&[2, 1, 1], &bind])
        };
        let told = side(&bind(b"secret")).check();
        assert_eq!(told.lines(), "ReceiverService login.clear-text=ldap\n");
        assert_eq!((side(&bind(b"")).check().lines(), told.roles), (String::new(), vec![Role::Client]));
    }

    #[test]
    fn outcomes_and_unbinding_are_read_one_after_the_other() {
        let done = element(
            ber::SEQUENCE,
            &[&[2, 1, 1], &element(DONE, &[&[ENUMERATED, 1, 0], &text(b""), &text(b"")])],
        );
        let unbind = element(ber::SEQUENCE, &[&[2, 1, 2], &element(UNBIND, &[])]);
        let told = side(&[done, unbind].concat()).check();
        assert_eq!(told.roles, [Role::Server, Role::Client]);
    }

    #[test]
    fn other_bytes_are_not_ldap() {
        for bytes in [
            b"\x30\x82\x01\x0a\x02\x82\x01\x01\0".as_slice(),
            b"\x30\x0c\x02\x01\x01\x6f\x07\x0a\x01\x00\x04\x00\x04\x00",
            b"0 GET / HTTP/1.1\r\n\r\n and so on and so on",
            b"\x16\x03\x01",
        ] {
            assert_eq!(side(bytes).check().roles, [], "{bytes:?}");
        }
        assert_eq!(Side { start: Start::Middle, ..side(&entry(b"", &[])) }.check().roles, []);
    }

    #[test]
    fn at_its_own_port_it_is_read_in_mid_connection_and_with_long_lengths() {
        // Active Directory writes lengths in four bytes.
        let done = b"\x30\x84\0\0\0\x10\x02\x01\x41\x65\x84\0\0\0\x07\x0a\x01\0\x04\0\x04\0";
        let middle = Side { start: Start::Middle, sender_port: 389, ..side(done) };
        assert_eq!(middle.check().roles, [Role::Server]);
        assert_eq!(Side { sender_port: 390, ..middle }.check().roles, []);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, operation in 0x60_u8..0x79) {
            side(&bytes).read(bytes.len().max(1));
            let short: Vec<u8> = bytes.iter().copied().take(60).collect();
            side(&element(ber::SEQUENCE, &[&[2, 1, 1], &element(operation, &[&short])])).read(3);
        }
    }
}
