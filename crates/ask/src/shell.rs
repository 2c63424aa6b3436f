//! The beginning of SSH (RFC 4253): our name, what the server offers, and an end in order. No key is exchanged, nobody logs in.

/// Our identification (4.2). A server waits for it before it offers algorithms, and writes a warning where it never comes.
pub(crate) const IDENTIFICATION: &[u8] =
    concat!("SSH-2.0-Wardround_", env!("CARGO_PKG_VERSION"), "\r\n").as_bytes();
/// `SSH_MSG_DISCONNECT` (11.1), before any encryption (6): length of the packet, of its padding, the message, "by application", a
/// description, no language, padding to eight.
pub(crate) const DISCONNECT: &[u8] =
    b"\0\0\0\x24\x08\x01\0\0\0\x0b\0\0\0\x0esecurity round\0\0\0\0\0\0\0\0\0\0\0\0";

/// A server may send so much text before its identification.
const MOST_TEXT: usize = 4096;
/// The longest packet that each side must take (6.1).
const MOST_PACKET: usize = 35_000;

/// The server's identification with its line end, and what follows it.
fn identification(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
        let (line, behind) = rest.split_at_checked(end.saturating_add(1))?;
        if line.starts_with(b"SSH-") {
            return Some((line, behind));
        }
        rest = behind;
    }
    None
}

/// Whether it is time for our identification: a server of version 2 has named itself.
pub(crate) fn is_greeted(bytes: &[u8]) -> bool {
    identification(bytes)
        .is_some_and(|(line, _)| line.starts_with(b"SSH-2.") || line.starts_with(b"SSH-1.99"))
}

/// Whether the server said all that it says before the client's next turn.
pub(crate) fn is_complete(bytes: &[u8]) -> bool {
    let Some((_, offer)) = identification(bytes) else { return bytes.len() >= MOST_TEXT };
    if !is_greeted(bytes) {
        return true;
    }
    let Some(([a, b, c, d], packet)) = offer.split_first_chunk() else { return false };
    let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
    length > MOST_PACKET || packet.len() >= length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_last_message_is_one_whole_packet() {
        let (length, packet) = DISCONNECT.split_first_chunk().unwrap();
        assert_eq!(usize::try_from(u32::from_be_bytes(*length)).unwrap(), packet.len());
        assert_eq!(DISCONNECT.len() % 8, 0);
        assert!(IDENTIFICATION.starts_with(b"SSH-2.0-Wardround_") && IDENTIFICATION.ends_with(b"\r\n"));
    }

    #[test]
    fn our_turn_comes_once_the_server_has_named_itself() {
        assert!(!is_greeted(b"SSH-2.0-Open") && !is_greeted(b"Welcome\r\n"));
        assert!(is_greeted(b"Welcome\r\nSSH-2.0-OpenSSH_9.2\r\n") && is_greeted(b"SSH-1.99-Cisco-1.25\n"));
        assert!(!is_greeted(b"SSH-1.5-old\n") && is_complete(b"SSH-1.5-old\n"));
    }

    #[test]
    fn an_answer_is_complete_with_the_whole_offer() {
        assert!(!is_complete(b"SSH-2.0-x\r\n") && !is_complete(b"SSH-2.0-x\r\n\0\0\0\x02\x01"));
        assert!(is_complete(b"SSH-2.0-x\r\n\0\0\0\x02\x01\x14") && is_complete(b"SSH-2.0-x\r\nHTTP/1.1"));
    }

    proptest! {
        #[test]
        fn any_answer_is_judged(bytes: Vec<u8>) {
            let _ = is_complete(&bytes);
            let _ = is_complete(&[b"SSH-2.0-x\n".as_slice(), &bytes].concat());
        }
    }
}
