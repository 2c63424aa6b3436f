//! Questions written in the Basic Encoding Rules (X.690): the root of a directory (LDAP, RFC 4511; RFC 4512, 5.1) and the system group
//! of a device (SNMP 2c, RFC 3416; RFC 3418).

use crate::community::Community;

const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
const ENUMERATED: u8 = 0x0a;
pub(crate) const SEQUENCE: u8 = 0x30;
/// LDAP (RFC 4511, 4.5): a search, what it gives, and the filter that something is present.
const SEARCH: u8 = 0x63;
const ENTRY: u8 = 0x64;
const REFERENCE: u8 = 0x73;
const PRESENT: u8 = 0x87;
/// Attributes of a root that name software. Others are not asked for.
const ATTRIBUTES: &[&[u8]] = &[b"objectClass", b"vendorName", b"vendorVersion"];
/// SNMP: version 2c is told as 1 (RFC 1901, 3); GetRequest and Response (RFC 3416, 3).
const GET: u8 = 0xa0;
pub(crate) const RESPONSE: u8 = 0xa2;
/// `sysDescr.0`, `sysObjectID.0`, `sysName.0`: what of the group is kept.
const SYSTEM: &[&[u8]] =
    &[&[0x2b, 6, 1, 2, 1, 1, 1, 0], &[0x2b, 6, 1, 2, 1, 1, 2, 0], &[0x2b, 6, 1, 2, 1, 1, 5, 0]];

/// `UnbindRequest` (RFC 4511, 4.3), which ends the talk.
pub(crate) const LDAP_UNBIND: &[u8] = &[SEQUENCE, 5, INTEGER, 1, 2, 0x42, 0];

/// One element; all that are written here are short.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    match length {
        [0, short] if short < 0x80 => [&[tag, short], content.as_slice()].concat(),
        [high, low] => [&[tag, 0x82, high, low], content.as_slice()].concat(),
    }
}

/// A search of the root alone, without a login: at most one entry, at most five seconds.
pub(crate) fn ldap_root() -> Vec<u8> {
    let attributes: Vec<u8> = ATTRIBUTES.iter().flat_map(|name| element(OCTET_STRING, &[name])).collect();
    let search = element(
        SEARCH,
        &[
            // No name; the base alone; aliases are not followed; one entry; five seconds; values too.
            &[
                OCTET_STRING,
                0,
                ENUMERATED,
                1,
                0,
                ENUMERATED,
                1,
                0,
                INTEGER,
                1,
                1,
                INTEGER,
                1,
                5,
                BOOLEAN,
                1,
                0,
            ],
            &element(PRESENT, &[b"objectClass"]),
            &element(SEQUENCE, &[&attributes]),
        ],
    );
    element(SEQUENCE, &[&[INTEGER, 1, 1], &search])
}

/// Whether the outcome of the search came, or what is none of its answers.
pub(crate) fn ldap_is_complete(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some((tag, content, behind)) = first(rest) {
        let operation = first(content).and_then(|(_, _, operation)| operation.first().copied());
        if tag != SEQUENCE || !matches!(operation, Some(ENTRY | REFERENCE)) {
            return true;
        }
        rest = behind;
    }
    !rest.is_empty() && rest.first() != Some(&SEQUENCE)
}

/// The first whole element: its tag, its content, and what follows it.
pub(crate) fn first(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, first, rest @ ..] = bytes else { return None };
    let digits = usize::from(if *first < 0x80 { 0 } else { *first & 0x7f });
    let (told, rest) = rest.split_at_checked(digits)?;
    let length = match told {
        [] => usize::from(*first),
        told if told.len() <= 4 => told.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)),
        _ => return None,
    };
    let (content, behind) = rest.split_at_checked(length)?;
    Some((*tag, content, behind))
}

/// One request for the objects of the system group that are kept, with the community that its owner gave. `id` comes back.
pub(crate) fn snmp_system(community: &Community, id: [u8; 4]) -> Vec<u8> {
    let request = system_request(id);
    element(SEQUENCE, &[&[INTEGER, 1, 1], &element(OCTET_STRING, &[community.as_bytes()]), &request])
}

/// The request of it, whoever asks.
pub(crate) fn system_request(id: [u8; 4]) -> Vec<u8> {
    get(id, SYSTEM)
}

/// A request for nothing, which an agent answers all the same (RFC 3414, 4).
pub(crate) fn nothing_asked(id: [u8; 4]) -> Vec<u8> {
    get(id, &[])
}

fn get(id: [u8; 4], names: &[&[u8]]) -> Vec<u8> {
    let binding = |name: &&[u8]| element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[name]), &[NULL, 0]]);
    let bindings: Vec<u8> = names.iter().flat_map(binding).collect();
    element(GET, &[&request_id(id), &[INTEGER, 1, 0, INTEGER, 1, 0], &element(SEQUENCE, &[&bindings])])
}

/// A number that is positive and takes four bytes.
pub(crate) fn request_id([first, rest @ ..]: [u8; 4]) -> [u8; 6] {
    let [b, c, d] = rest;
    [INTEGER, 4, first & 0x3f | 0x40, b, c, d]
}

/// Whether it is the response to the request with this `id`.
pub(crate) fn snmp_answers(bytes: &[u8], id: [u8; 4]) -> bool {
    let Some((SEQUENCE, message, _)) = first(bytes) else { return false };
    let Some((INTEGER, _, message)) = first(message) else { return false };
    let Some((OCTET_STRING, _, message)) = first(message) else { return false };
    matches!(first(message), Some((RESPONSE, response, _)) if response.starts_with(&request_id(id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_search_is_one_message_for_the_root() {
        let search = ldap_root();
        let (tag, content, behind) = first(&search).unwrap();
        assert_eq!((tag, behind), (SEQUENCE, [].as_slice()));
        let (_, _, operation) = first(content).unwrap();
        assert_eq!(first(operation).map(|(tag, _, behind)| (tag, behind.len())), Some((SEARCH, 0)));
        assert!(first(LDAP_UNBIND).is_some_and(|(_, _, behind)| behind.is_empty()));
    }

    #[test]
    fn a_search_is_complete_with_its_outcome() {
        let entry =
            element(SEQUENCE, &[&[INTEGER, 1, 1], &element(ENTRY, &[&[OCTET_STRING, 0, SEQUENCE, 0]])]);
        let done = element(SEQUENCE, &[&[INTEGER, 1, 1], &element(0x65, &[&[ENUMERATED, 1, 0, 4, 0, 4, 0]])]);
        assert!(!ldap_is_complete(&entry) && !ldap_is_complete(&[]));
        let both = [entry, done].concat();
        assert!(ldap_is_complete(&both) && !ldap_is_complete(&both[..both.len() - 1]));
        assert!(ldap_is_complete(b"HTTP/1.1"));
    }

    #[test]
    fn a_response_is_held_against_its_request() {
        let community: Community = "sesame".parse().unwrap();
        let mut message = snmp_system(&community, [1, 2, 3, 4]);
        assert!(!snmp_answers(&message, [1, 2, 3, 4]), "a request is no response");
        let at = message.iter().position(|byte| *byte == GET).unwrap();
        message[at] = RESPONSE;
        assert!(snmp_answers(&message, [1, 2, 3, 4]) && !snmp_answers(&message, [1, 2, 3, 5]));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>, id: [u8; 4]) {
            let _ = (ldap_is_complete(&bytes), snmp_answers(&bytes, id));
            let bytes = [&[SEQUENCE, 0x81, 40], bytes.as_slice()].concat();
            let _ = (ldap_is_complete(&bytes), snmp_answers(&bytes, id));
        }
    }
}
