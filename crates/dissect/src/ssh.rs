//! SSH (RFC 4253): the software that each side names before encryption begins (4.2), and weak algorithms that a server offers (7.1).
//!
//! Not here: the exchange of keys itself; anything in mid-stream, which is encrypted and has no mark of its own.

use wardround_model::FactKind;

use crate::lines::{Fit, first_line, is_text};
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 22;
const IDENTIFICATION: &[u8] = b"SSH-";
/// The longest identification line with its line end; OpenSSH accepts longer ones than the 255 bytes of the standard.
const MAX_LINE: usize = 1024;
/// A server may send so much text before its identification.
const MAX_TEXT_BEFORE: usize = 4096;
/// The message that offers algorithms (7.1), behind the length of its packet and of its padding (6).
const KEXINIT: u8 = 20;
/// The longest packet that every side must take (6.1).
const MAX_PACKET: usize = 35_000;
/// Lists of it that are looked at: keys' exchange, host keys, ciphers and checks of either direction.
const LISTS: usize = 6;
/// What is told where a whole offer has no weak algorithm: only so a later look can show that one is gone.
const NOTHING_WEAK: &[u8] = b"nothing-weak";
/// Algorithms that are too weak by now: RFC 9142 (exchange of keys), RFC 8758 and SWEET32 (ciphers), RFC 6151 (MD5), and DSA keys,
/// which are fixed to SHA-1.
const WEAK: &[&[u8]] = &[
    b"diffie-hellman-group1-sha1",
    b"diffie-hellman-group-exchange-sha1",
    b"rsa1024-sha1",
    b"ssh-dss",
    b"3des-cbc",
    b"blowfish-cbc",
    b"cast128-cbc",
    b"des-cbc",
    b"arcfour",
    b"arcfour128",
    b"arcfour256",
    b"none",
    b"hmac-md5",
    b"hmac-md5-96",
    b"hmac-sha1-96",
];

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start == Start::NextMessage {
        return offer(half, facts);
    }
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
                Verdict::Message { used, sender } => {
                    Verdict::Message { used: at.saturating_add(used), sender }
                }
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
    let Some((line, used)) = first_line(bytes) else {
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
    // What a client offers tells nothing of the service, and version 1 offers in another way.
    let offers = sender == Role::Server && (version == b"2.0" || version == b"1.99");
    if offers { Verdict::Message { used, sender } } else { Verdict::Finished { sender } }
}

/// `SSH_MSG_KEXINIT` (7.1): a cookie and lists of names, of which the weak ones are told, each once.
fn offer(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let mut reader = Reader::new(half.bytes);
    let finished = Verdict::Finished { sender: Role::Server };
    let Some(length) = reader.u32() else { return Verdict::More { wanted: 4 } };
    let Some(length) = usize::try_from(length).ok().filter(|length| *length <= MAX_PACKET) else {
        return finished;
    };
    let Some(packet) = reader.take(length) else { return Verdict::More { wanted: length.saturating_add(4) } };
    let mut packet = Reader::new(packet);
    let (_padding, kind, _cookie) = (packet.u8(), packet.u8(), packet.take(16));
    if kind != Some(KEXINIT) {
        return finished;
    }
    let (mut told, mut is_whole): (Vec<&[u8]>, bool) = (Vec::new(), true);
    for _ in 0..LISTS {
        let list = packet.u32().and_then(|length| packet.take(usize::try_from(length).ok()?));
        is_whole &= list.is_some_and(|list| !list.is_empty());
        let names = list.unwrap_or_default().split(|byte| *byte == b',');
        for name in names.filter(|name| WEAK.contains(name)) {
            if !told.contains(&name) {
                told.push(name);
                facts.tell(About::SenderService, FactKind::SshWeakAlgorithm, name);
            }
        }
    }
    if is_whole && told.is_empty() {
        facts.tell(About::SenderService, FactKind::SshWeakAlgorithm, NOTHING_WEAK);
    }
    finished
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

    fn offer(lists: &[&str]) -> Vec<u8> {
        let mut packet = [[4, KEXINIT].as_slice(), &[7; 16]].concat();
        for list in lists {
            packet.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
            packet.extend_from_slice(list.as_bytes());
        }
        packet.extend_from_slice(&[0; 9]);
        let length = u32::try_from(packet.len()).unwrap().to_be_bytes();
        [b"SSH-2.0-dropbear_2012.55\r\n".as_slice(), &length, &packet].concat()
    }

    #[test]
    fn weak_algorithms_of_a_server_are_told_once_and_strong_ones_not() {
        let lists = [
            "curve25519-sha256,diffie-hellman-group1-sha1",
            "ssh-ed25519,ssh-dss",
            "aes128-ctr,3des-cbc",
            "3des-cbc,chacha20-poly1305@openssh.com",
            "hmac-md5,mustermann@example.org",
            "hmac-md5",
            "none,zlib@openssh.com",
            "none",
        ];
        let bytes = offer(&lists);
        let told = side(&bytes, 22, 50_000).check();
        assert_eq!(
            told.lines(),
            "SenderService ssh.banner=dropbear_2012.55\n\
             SenderService ssh.weak-algorithm=diffie-hellman-group1-sha1\n\
             SenderService ssh.weak-algorithm=ssh-dss\n\
             SenderService ssh.weak-algorithm=3des-cbc\n\
             SenderService ssh.weak-algorithm=hmac-md5\n"
        );
        // A client's offer tells nothing of a service.
        assert_eq!(side(&bytes, 50_000, 22).check().lines(), "Sender ssh.client-banner=dropbear_2012.55\n");
    }

    #[test]
    fn an_offer_without_a_weak_algorithm_is_told_where_it_was_read_whole() {
        let lists = [
            "curve25519-sha256",
            "ssh-ed25519",
            "aes128-ctr",
            "aes128-ctr",
            "hmac-sha2-256",
            "hmac-sha2-256",
        ];
        let told = side(&offer(&lists), 22, 50_000).check();
        assert_eq!(
            told.lines(),
            "SenderService ssh.banner=dropbear_2012.55\nSenderService ssh.weak-algorithm=nothing-weak\n"
        );
        let told = side(&offer(&lists[..3]), 22, 50_000).check();
        assert_eq!(told.lines(), "SenderService ssh.banner=dropbear_2012.55\n");
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
            side(&[b"SSH-2.0-x\r\n\0\0\x01\0\x04\x14".as_slice(), &bytes].concat(), port, 40_000).read(64);
        }
    }
}
