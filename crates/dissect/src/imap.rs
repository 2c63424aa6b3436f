//! IMAP (RFC 9051, RFC 3501): the server's product, whether a login is sent in clear, and the TLS that begins inside (6.2.1).
//!
//! Not here: what greetings say beyond a known product and its version, accounts, passwords, folders, mails: reading ends at the first
//! command that comes behind a login.

use wardround_model::{FactKind, Protocol};

use crate::greeting::Known;
use crate::lines::{contains_ignoring_case, first_line, is_text, more, starts_ignoring_case};
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 143;
/// The longest line that is read: greetings list what the server can do.
const MAX_LINE: usize = 2048;
/// The longest tag before a command (9, "tag").
const MAX_TAG: usize = 24;
/// Commands that come before a login.
const COMMANDS: &[&str] = &["CAPABILITY", "STARTTLS", "AUTHENTICATE", "LOGIN", "NOOP", "ID"];
/// Untagged lines that come before a login, and how a command ended (7.1).
const UNTAGGED: &[&str] = &["CAPABILITY", "OK", "NO", "BAD", "ID"];
const OUTCOMES: &[&str] = &["OK", "NO", "BAD"];
/// Greetings (7.1).
const GREETINGS: &[&str] = &["OK", "PREAUTH", "BYE"];

/// Products that greetings name. Only they and their version are kept.
const PRODUCTS: Known = Known {
    products: &[
        "Dovecot",
        "Courier-IMAP",
        "Cyrus IMAP4",
        "Cyrus IMAP Murder",
        "Cyrus IMAP",
        "Microsoft Exchange Server 2003 IMAP4rev1",
        "Microsoft Exchange 2000 IMAP4rev1",
        "Microsoft Exchange IMAP4rev1",
        "Microsoft Exchange Server",
        "Microsoft Exchange",
        "Domino IMAP4",
        "Zimbra",
        "CallPilot IMAP4rev1",
        "MailEnable",
        "hMailServer",
        "MDaemon",
        "Kerio Connect",
        "Kerio MailServer",
        "IceWarp",
        "CommuniGate Pro",
        "GroupWise",
        "Axigen",
    ],
    between: &["server", "service", "release", "version", "imap4rev1-server"],
};

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match half.start {
        Start::Opening if half.bytes.starts_with(b"* ") => greeting(half, facts),
        Start::Opening if half.bytes == b"*" => Verdict::More { wanted: 2 },
        Start::Opening => command(half, facts),
        Start::NextMessage => next(half, facts),
        Start::Middle => Verdict::NotThis,
    }
}

/// `* OK text`, which may list what the server can do first.
fn greeting(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some((line, used)) = first_line(half.bytes) else {
        return more(half.bytes, MAX_LINE, Verdict::NotThis);
    };
    let text = line.get(2..).unwrap_or_default();
    let is_greeting = GREETINGS.iter().any(|word| starts_ignoring_case(text, word));
    if !is_greeting || half.sender_port != PORT && !contains_ignoring_case(text, "imap") || !is_text(line) {
        return Verdict::NotThis;
    }
    if let Some(product) = PRODUCTS.named_in(text) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, product.as_bytes());
    }
    Verdict::Message { used, sender: Role::Server }
}

/// A line of either side behind its first. What comes behind a login is of no use.
fn next(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some((line, used)) = first_line(half.bytes) else {
        return more(half.bytes, MAX_LINE, Verdict::Finished { sender: Role::Unknown });
    };
    let begins = |text: &[u8], words: &[&str]| words.iter().any(|word| starts_ignoring_case(text, word));
    let is_outcome =
        tagged(line).is_some_and(|word| OUTCOMES.iter().any(|it| it.as_bytes().eq_ignore_ascii_case(word)));
    match line.strip_prefix(b"* ") {
        Some(text) if begins(text, UNTAGGED) => Verdict::Message { used, sender: Role::Server },
        None if is_outcome => Verdict::Message { used, sender: Role::Server },
        None if !line.starts_with(b"+") => command(half, facts),
        _ => Verdict::Finished { sender: Role::Server },
    }
}

/// The word behind a tag, as far as it is there: letters, digits and few signs, a space.
fn tagged(bytes: &[u8]) -> Option<&[u8]> {
    let is_tag = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'$');
    let length = bytes.iter().take(MAX_TAG).take_while(|byte| is_tag(byte)).count();
    let rest = bytes.get(length..)?.strip_prefix(b" ").filter(|_| length > 0)?;
    let end = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
    rest.get(..end)
}

fn command(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Client;
    let at_its_port = half.receiver_port == PORT || half.start == Start::NextMessage;
    let otherwise =
        if half.start == Start::NextMessage { Verdict::Finished { sender } } else { Verdict::NotThis };
    let Some(word) = tagged(half.bytes) else {
        // No tag so far; elsewhere one alone is waited for nowhere.
        let is_short = half.bytes.len() <= MAX_TAG && !half.bytes.contains(&b'\n');
        return if at_its_port && is_short { more(half.bytes, MAX_LINE, otherwise) } else { otherwise };
    };
    let Some(known) = COMMANDS.iter().find(|known| known.as_bytes().eq_ignore_ascii_case(word)) else {
        let is_cut = half.bytes.ends_with(word);
        let may_be = COMMANDS
            .iter()
            .any(|known| starts_ignoring_case(known.as_bytes(), &String::from_utf8_lossy(word)));
        return if is_cut && may_be { more(half.bytes, MAX_LINE, otherwise) } else { otherwise };
    };
    let Some((line, used)) = first_line(half.bytes) else { return more(half.bytes, MAX_LINE, otherwise) };
    if !is_text(line) {
        return otherwise;
    }
    let arguments = arguments(line, word);
    match *known {
        // A name and a password, as they are (6.2.3).
        "LOGIN" if arguments.trim_ascii().contains(&b' ') => {
            facts.logs_in(
                Protocol::Imap,
                arguments.trim_ascii().split(|byte| *byte == b' ').next().unwrap_or_default(),
            );
            clear(sender, facts)
        }
        // These send the password as it is, in Base64 (RFC 4616; LOGIN was never a standard).
        "AUTHENTICATE" if ["PLAIN", "LOGIN"].iter().any(|way| starts_ignoring_case(arguments, way)) => {
            clear(sender, facts)
        }
        "LOGIN" | "AUTHENTICATE" => Verdict::Finished { sender },
        _ => Verdict::Message { used, sender },
    }
}

fn clear(sender: Role, facts: &mut Facts) -> Verdict {
    facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"imap");
    Verdict::Finished { sender }
}

/// What stands behind a command's word.
fn arguments<'a>(line: &'a [u8], word: &[u8]) -> &'a [u8] {
    let tag = line.iter().position(|byte| *byte == b' ').unwrap_or(0);
    line.get(tag.saturating_add(word.len()).saturating_add(2)..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    fn client(bytes: &[u8]) -> Side<'_> {
        Side { receiver_port: PORT, ..side(bytes) }
    }

    #[test]
    fn a_server_is_told_by_its_product_and_never_by_its_host() {
        for (greeting, product) in [
            ("* OK [CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN] Dovecot (Debian) ready.\r\n", "Dovecot"),
            ("* OK mail.erika.example Cyrus IMAP4 v2.3.7 server ready\r\n", "Cyrus IMAP4 v2.3.7"),
            (
                "* OK Microsoft Exchange Server 2003 IMAP4rev1 server version 6.5.7638.1 (erika.example) ready.\r\n",
                "Microsoft Exchange Server 2003 IMAP4rev1 6.5.7638.1",
            ),
            ("* OK Domino IMAP4 Server Release 9.0.1FP9 ready Thu, 4 Apr\r\n", "Domino IMAP4 9.0.1FP9"),
            ("* OK erika Zimbra 7.0.0_GA_3079 IMAP4rev1 server ready\r\n", "Zimbra 7.0.0_GA_3079"),
        ] {
            let told = side(greeting.as_bytes()).check();
            assert_eq!(told.lines(), format!("SenderService service.software={product}\n"), "{greeting}");
            assert_eq!(told.roles, [Role::Server]);
        }
        let unknown = side(b"* OK IMAP server of Dr. Mustermann ready\r\n").check();
        assert_eq!((unknown.lines(), unknown.roles), (String::new(), vec![Role::Server]));
    }

    #[test]
    fn a_password_in_clear_is_told_and_one_behind_encryption_is_not() {
        let login = "ReceiverService login.clear-text=imap\n";
        for bytes in [
            b"a1 CAPABILITY\r\na2 LOGIN erika secret\r\n".as_slice(),
            b"a1 login \"erika\" {6}\r\nsecret\r\n",
            b". AUTHENTICATE PLAIN\r\nAGVyaWthAHNlY3JldA==\r\n",
        ] {
            let told = client(bytes).check();
            assert_eq!(told.lines(), login);
            assert_eq!(side(bytes).read(bytes.len()).lines(), login, "at any port, once a line is whole");
            assert_eq!(told.roles.last(), Some(&Role::Client));
        }
        for bytes in [
            b"a1 STARTTLS\r\n\x16\x03\x01\0\x05a2 LOGIN erika secret\r\n".as_slice(),
            b"a1 AUTHENTICATE CRAM-MD5\r\n",
            b"a1 CAPABILITY\r\na2 SELECT INBOX\r\na3 LOGIN a b\r\n",
        ] {
            assert_eq!(client(bytes).check().lines(), "");
        }
    }

    #[test]
    fn a_server_is_read_until_somebody_has_logged_in() {
        let server = b"* OK IMAP4 Dovecot ready.\r\n* CAPABILITY IMAP4rev1\r\na1 OK done\r\n* 3 EXISTS\r\n* OK Zimbra 9.9\r\n";
        let told = side(server).check();
        assert_eq!(told.lines(), "SenderService service.software=Dovecot\n");
        assert_eq!(told.roles, [Role::Server; 4]);
    }

    #[test]
    fn other_lines_are_not_imap() {
        for bytes in [
            "* OK\r\n",
            "* 3 EXISTS imap\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "USER a\r\n",
            "+OK imap\r\n",
            "a1 LOGOUT\r\n",
            "LOGIN a b\r\n",
        ] {
            assert_eq!(side(bytes.as_bytes()).check().roles, [], "{bytes}");
        }
        assert_eq!(Side { sender_port: PORT, ..side(b"* OK ready\r\n") }.check().roles, [Role::Server]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            side(&[b"* OK imap\r\n".as_slice(), &bytes].concat()).read(4);
            side(&[b"a CAPABILITY\r\n".as_slice(), &bytes].concat()).read(3);
            Side { receiver_port: PORT, ..side(&bytes) }.read(bytes.len().max(1));
        }
    }
}
