//! Questions of one datagram: which version a name server is (RFC 4892), and what time it is (NTP, RFC 5905).

/// Length of a message of NTP without extensions, and where a client's own time stands, which comes back as the origin (7.3).
const NTP: usize = 48;
const TRANSMIT: usize = 40;
const ORIGIN: usize = 24;
/// Version 4, client (7.3).
const CLIENT: u8 = 0x23;
const SERVER: u8 = 4;

/// `version.bind`, class CHAOS, type TXT; no recursion is asked for. `id` comes back.
pub(crate) fn dns_version([a, b, ..]: [u8; 8]) -> Vec<u8> {
    [&[a, b, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], b"\x07version\x04bind\0\0\x10\0\x03".as_slice()].concat()
}

/// Whether it is a response to the question with this `id`.
pub(crate) fn dns_answers(bytes: &[u8], [a, b, ..]: [u8; 8]) -> bool {
    matches!(bytes, [c, d, flags, _, ..] if (*c, *d) == (a, b) && flags & 0x80 != 0)
}

/// A client's request. In the place of its time stands a number that comes back: the server need not know our clock.
pub(crate) fn ntp_time(id: [u8; 8]) -> Vec<u8> {
    let mut message = vec![CLIENT];
    message.resize(TRANSMIT, 0);
    message.extend_from_slice(&id);
    message
}

/// Whether it is a server's answer to the request with this `id`.
pub(crate) fn ntp_answers(bytes: &[u8], id: [u8; 8]) -> bool {
    let is_server = bytes.first().is_some_and(|flags| flags & 7 == SERVER);
    is_server && bytes.len() >= NTP && bytes.get(ORIGIN..ORIGIN + 8) == Some(&id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    #[test]
    fn a_name_servers_answer_is_held_against_its_question() {
        let mut message = dns_version(ID);
        assert_eq!(message.len(), 30);
        assert!(!dns_answers(&message, ID), "a question is no answer");
        message[2] |= 0x80;
        assert!(dns_answers(&message, ID) && !dns_answers(&message, [9; 8]) && !dns_answers(&[1, 2], ID));
    }

    #[test]
    fn a_time_servers_answer_is_held_against_its_request() {
        let mut message = ntp_time(ID);
        assert_eq!(message.len(), NTP);
        message[0] = 0x24;
        assert!(!ntp_answers(&message, ID));
        message[ORIGIN..ORIGIN + 8].copy_from_slice(&ID);
        assert!(ntp_answers(&message, ID) && !ntp_answers(&message[..47], ID));
    }
}
