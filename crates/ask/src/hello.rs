//! A well-formed `ClientHello` of TLS 1.2 (RFC 5246), and when the server's side of it is complete.
//!
//! It offers at most 1.2, where a server sends its certificate in clear. A server that speaks 1.3 alone answers with an alert.

/// The alert that ends a connection in order (RFC 5246, 7.2.1).
pub(crate) const CLOSE_NOTIFY: &[u8] = &[21, 3, 3, 0, 2, 1, 0];

const HANDSHAKE: u8 = 22;
const ALERT: u8 = 21;
const SERVER_HELLO_DONE: u8 = 14;

/// Suites that browsers of the last ten years offer, the strongest first (IANA TLS Cipher Suites).
const SUITES: &[u16] = &[
    0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc009, 0xc013, 0xc00a, 0xc014, 0x009c, 0x009d, 0x002f,
    0x0035,
];

/// Extensions, each with its number: groups, point formats, signatures, extended master secret, renegotiation.
const EXTENSIONS: &[(u16, &[u8])] = &[
    (10, &[0, 6, 0, 29, 0, 23, 0, 24]),
    (11, &[1, 0]),
    (13, &[0, 18, 4, 3, 5, 3, 6, 3, 8, 4, 8, 5, 8, 6, 4, 1, 5, 1, 6, 1]),
    (23, &[]),
    (0xff01, &[0]),
];

/// The bytes. The random part comes from `seed`: nothing is ever encrypted with what follows from it.
pub(crate) fn client_hello(seed: &str) -> Vec<u8> {
    let mut body = vec![3, 3];
    body.extend_from_slice(blake3::hash(seed.as_bytes()).as_bytes());
    body.push(0);
    with_length(&mut body, &SUITES.iter().flat_map(|suite| suite.to_be_bytes()).collect::<Vec<u8>>());
    body.extend_from_slice(&[1, 0]);
    let mut extensions = Vec::new();
    for (number, content) in EXTENSIONS {
        extensions.extend_from_slice(&number.to_be_bytes());
        with_length(&mut extensions, content);
    }
    with_length(&mut body, &extensions);
    let mut message = vec![1, 0];
    with_length(&mut message, &body);
    let mut record = vec![HANDSHAKE, 3, 1];
    with_length(&mut record, &message);
    record
}

fn with_length(to: &mut Vec<u8>, content: &[u8]) {
    to.extend_from_slice(&u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes());
    to.extend_from_slice(content);
}

/// Whether the server said all that it says before the client's next turn, or ended it by an alert.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let mut messages = Vec::new();
    let mut rest = bytes;
    while let [kind, _, _, high, low, behind @ ..] = rest {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let Some((content, next)) = behind.split_at_checked(length) else { return false };
        match *kind {
            ALERT => return true,
            HANDSHAKE => messages.extend_from_slice(content),
            _ => return true,
        }
        if has_done(&messages) {
            return true;
        }
        rest = next;
    }
    false
}

fn has_done(mut messages: &[u8]) -> bool {
    while let [kind, a, b, c, behind @ ..] = messages {
        if *kind == SERVER_HELLO_DONE {
            return true;
        }
        let length = usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c);
        let Some(next) = behind.get(length..) else { return false };
        messages = next;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn its_lengths_fit() {
        let hello = client_hello("seed");
        let length = |at: usize| usize::from(u16::from_be_bytes([hello[at], hello[at + 1]]));
        assert_eq!(length(3) + 5, hello.len());
        assert_eq!(length(7) + 9, hello.len());
        assert_eq!(hello[..6], [22, 3, 1, 0, hello[4], 1]);
    }

    #[test]
    fn an_alert_or_hello_done_completes_the_answer() {
        assert!(is_complete(&[21, 3, 3, 0, 2, 2, 40]));
        assert!(is_complete(&[22, 3, 3, 0, 4, 14, 0, 0, 0]));
        assert!(is_complete(&[22, 3, 3, 0, 2, 14, 0, 22, 3, 3, 0, 2, 0, 0]));
        assert!(!is_complete(&[22, 3, 3, 0, 4, 14, 0, 0]));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = is_complete(&bytes);
        }
    }
}
