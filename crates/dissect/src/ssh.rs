//! SSH (RFC 4253, 4.2): the software that each side names before encryption begins.
//!
//! Not here: key exchange; anything in mid-stream, which is encrypted and has no mark of its own.

use wardround_model::FactKind;

use crate::lines::{Fit, first_line, is_text, whole_lines};
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 22;
const IDENTIFICATION: &[u8] = b"SSH-";
/// The longest identification line with its line end; OpenSSH accepts longer ones than the 255 bytes of the standard.
const MAX_LINE: usize = 1024;
/// A server may send so much text before its identification.
const MAX_TEXT_BEFORE: usize = 4096;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    match Fit::of(half.bytes, IDENTIFICATION) {
        Fit::Whole => identification(half, half.bytes, facts),
        Fit::SoFar => Verdict::More { wanted: IDENTIFICATION.len() },
        Fit::No => behind_text(half, facts),
    }
}

/// A server's identification may have lines of text before it.
fn behind_text(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let may_have_text = half.start == Start::Opening && half.sender_port == PORT;
    let begin = half.bytes.get(..MAX_TEXT_BEFORE).unwrap_or(half.bytes);
    if !may_have_text || !is_text(begin) {
        return Verdict::NotThis;
    }
    let mut at = 0usize;
    while let Some((_, used)) = first_line(begin.get(at..).unwrap_or_default()) {
        at = at.saturating_add(used);
        let rest = half.bytes.get(at..).unwrap_or_default();
        if rest.starts_with(IDENTIFICATION) {
            return match identification(half, rest, facts) {
                Verdict::More { wanted } => Verdict::More { wanted: at.saturating_add(wanted) },
                verdict => verdict,
            };
        }
    }
    if half.bytes.len() < MAX_TEXT_BEFORE {
        Verdict::More { wanted: half.bytes.len().saturating_add(1) }
    } else {
        Verdict::NotThis
    }
}

/// Reads `SSH-protoversion-softwareversion SP comments`; what is told is the software version and the comments.
fn identification(half: &Half<'_>, bytes: &[u8], facts: &mut Facts) -> Verdict {
    let Some(line) = whole_lines(bytes).next() else {
        let wanted = bytes.len().saturating_add(1);
        return if wanted <= MAX_LINE && is_text(bytes) {
            Verdict::More { wanted }
        } else {
            Verdict::NotThis
        };
    };
    let versions = line.strip_prefix(IDENTIFICATION).unwrap_or_default();
    let Some(dash) = versions.iter().position(|byte| *byte == b'-') else { return Verdict::NotThis };
    let (version, software) = versions.split_at_checked(dash).unwrap_or_default();
    if !version.starts_with(b"1.") && !version.starts_with(b"2.") {
        return Verdict::NotThis;
    }
    let sender = side(half);
    let (about, kind) = match sender {
        Role::Client => (About::Sender, FactKind::SshClientBanner),
        Role::Server | Role::Unknown => (About::SenderService, FactKind::SshBanner),
    };
    facts.tell(about, kind, software.get(1..).unwrap_or_default());
    Verdict::Finished { sender }
}

/// Both sides send the same kind of line, so the opening of the connection must tell; where it was not seen, the ports: a server's
/// is the well-known or lower one.
fn side(half: &Half<'_>) -> Role {
    if half.opened != Role::Unknown {
        return half.opened;
    }
    let server_first = (half.sender_port != PORT, half.sender_port);
    if server_first < (half.receiver_port != PORT, half.receiver_port) { Role::Server } else { Role::Client }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8], sender_port: u16, receiver_port: u16) -> Side<'_> {
        Side { sender_port, receiver_port, ..Side::new(dissect, bytes, Start::Opening) }
    }

    /// The first lines of OpenSSH's server and of libssh2's client, and the start of the key exchange.
    const SERVER: &[u8] = b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n\0\0\x04\x1c\x0a\x14\x1f\xb4";
    const CLIENT: &[u8] = b"SSH-2.0-libssh2_1.10.0\r\n";

    #[test]
    fn a_server_and_a_client_name_their_software() {
        let server = side(SERVER, 22, 50_000).check();
        assert_eq!(server.lines(), "SenderService ssh.banner=OpenSSH_9.2p1 Debian-2+deb12u7\n");
        assert_eq!(server.roles, [Role::Server]);
        let client = side(CLIENT, 50_000, 22).check();
        assert_eq!(client.lines(), "Sender ssh.client-banner=libssh2_1.10.0\n");
        assert_eq!(client.roles, [Role::Client]);
    }

    #[test]
    fn who_opened_the_connection_counts_more_than_ports() {
        let client = Side { opened: Role::Client, ..side(CLIENT, 40_184, 41_644) }.check();
        assert_eq!(
            (client.lines(), client.roles),
            ("Sender ssh.client-banner=libssh2_1.10.0\n".into(), vec![Role::Client])
        );
        let server = Side { opened: Role::Server, ..side(SERVER, 41_644, 40_184) }.check();
        assert_eq!(server.roles, [Role::Server]);
    }

    #[test]
    fn old_and_embedded_servers_are_read() {
        for (line, expected) in [
            ("SSH-1.99-Cisco-1.25\n", "Cisco-1.25"),
            ("SSH-2.0-dropbear_2012.55\r\n", "dropbear_2012.55"),
            ("SSH-1.5-OpenSSH_7.2p2 Ubuntu-4ubuntu2.8\n", "OpenSSH_7.2p2 Ubuntu-4ubuntu2.8"),
        ] {
            let told = side(line.as_bytes(), 2222, 51_000).check();
            assert_eq!(told.lines(), format!("SenderService ssh.banner={expected}\n"));
        }
    }

    #[test]
    fn text_before_the_identification_is_passed_over() {
        let text = b"Authorised use only. Dr Mustermann\r\nSSH-2.0-OpenSSH_8.4\r\n";
        let told = side(text, 22, 50_000).check();
        assert_eq!(told.lines(), "SenderService ssh.banner=OpenSSH_8.4\n");
        assert_eq!(side(text, 50_000, 22).check().roles, [], "a client sends no text before it");
    }

    #[test]
    fn other_bytes_are_not_ssh() {
        for bytes in [b"SSH-3.0-x\r\n".as_slice(), b"SSH-2.0\r\n", b"SSHD", b"\0SSH-2.0-x\r\n", &[b'S'; 2000]]
        {
            assert_eq!(side(bytes, 40_000, 40_001).check().roles, []);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, port in 21u16..24) {
            side(&bytes, port, 22).read(bytes.len().max(1));
            let text = [b"SSH-2.0-".as_slice(), &bytes].concat();
            side(&text, port, 22).read(5);
        }
    }
}
