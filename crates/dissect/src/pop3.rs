//! POP3 (RFC 1939, RFC 2449, RFC 2595): the server's product, whether a login is sent in clear, and the TLS that begins inside.
//!
//! Not here: what greetings say beyond a known product and its version, accounts, passwords, mails: reading ends behind the login, and
//! on the server's side at the first line that is no answer.

use wardround_model::FactKind;

use crate::greeting::Known;
use crate::lines::{Fit, contains_ignoring_case, first_line, is_text, more, starts_ignoring_case};
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 110;
/// The longest line: 512 of an answer, 255 of a command (RFC 2449, 4), and more of some servers.
const MAX_LINE: usize = 1024;
/// How a server answers.
const ANSWERS: &[&[u8]] = &[b"+OK", b"-ERR"];
/// What a server can do (RFC 2449, 6; RFC 2595, 4; RFC 3206, 6; RFC 6856), one in a line.
const CAPABILITIES: &[&str] = &[
    "TOP",
    "USER",
    "SASL",
    "RESP-CODES",
    "LOGIN-DELAY",
    "PIPELINING",
    "EXPIRE",
    "UIDL",
    "IMPLEMENTATION",
    "STLS",
    "AUTH-RESP-CODE",
    "UTF8",
    "LANG",
    "APOP",
    "X-",
];
/// Commands that come before a login.
const BEFORE_LOGIN: &[&str] = &["CAPA", "STLS", "USER ", "AUTH", "NOOP"];
/// Commands that no other protocol begins with: they are believed at any port.
const ONLY_POP3: &[&str] = &["CAPA", "STLS"];
/// A password as it is: these send it so, or in Base64 (RFC 4616; LOGIN was never a standard).
const CLEAR: &[&str] = &["PASS ", "AUTH PLAIN", "AUTH LOGIN"];

/// Products that greetings name. Only they and their version are kept.
const PRODUCTS: Known = Known {
    products: &[
        "Dovecot",
        "Courier",
        "Cyrus POP3",
        "Qpopper",
        "QPOP",
        "Microsoft Exchange Server 2003 POP3",
        "Microsoft Exchange 2000 POP3",
        "Microsoft Exchange Server 2007 POP3",
        "Microsoft Exchange POP3",
        "Microsoft Exchange",
        "Microsoft Windows POP3",
        "Domino POP3",
        "Lotus Notes POP3",
        "Zimbra",
        "MailEnable POP3",
        "hMailServer",
        "MDaemon",
        "Kerio Connect",
        "Kerio MailServer",
        "IceWarp",
        "CommuniGate Pro",
        "CMailServer",
        "GroupWise",
        "Axigen",
        "TCPIP POP",
    ],
    between: &["server", "service", "release", "version", "at", "(version"],
};

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match (half.start, Fit::any(half.bytes, ANSWERS.iter().copied())) {
        (Start::Middle, _) => Verdict::NotThis,
        (Start::NextMessage, _) => next(half, facts),
        (Start::Opening, Fit::Whole) => greeting(half, facts),
        (Start::Opening, Fit::SoFar) => Verdict::More { wanted: half.bytes.len().saturating_add(1) },
        (Start::Opening, Fit::No) => opening(half, facts),
    }
}

/// `+OK text`; others answer so, too (Redis), so that its port or the text must agree.
fn greeting(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some((line, used)) = first_line(half.bytes) else {
        return more(half.bytes, MAX_LINE, Verdict::NotThis);
    };
    let says_pop3 = line.starts_with(b"+OK") && contains_ignoring_case(line, "pop");
    if !says_pop3 && half.sender_port != PORT || !is_text(line) {
        return Verdict::NotThis;
    }
    tell_product(line, facts);
    Verdict::Message { used, sender: Role::Server }
}

fn tell_product(line: &[u8], facts: &mut Facts) {
    if let Some(product) = PRODUCTS.named_in(line) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, product.as_bytes());
    }
}

/// A client's first line.
fn opening(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let known = if half.receiver_port == PORT { BEFORE_LOGIN } else { ONLY_POP3 };
    let Some((line, _)) = first_line(half.bytes) else {
        let may_be = known.iter().any(|word| is_beginning(half.bytes, word));
        return if may_be { more(half.bytes, MAX_LINE, Verdict::NotThis) } else { Verdict::NotThis };
    };
    let is_known = is_text(line) && known.iter().any(|word| starts_ignoring_case(line, word));
    if is_known { next(half, facts) } else { Verdict::NotThis }
}

/// Whether one of the two begins with the other.
fn is_beginning(bytes: &[u8], word: &str) -> bool {
    let common = word.len().min(bytes.len());
    let both = word.as_bytes().get(..common).zip(bytes.get(..common));
    both.is_some_and(|(one, other)| one.eq_ignore_ascii_case(other))
}

/// A line of either side, which is read until somebody has logged in: what a server can do has the words of commands.
fn next(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let finished = Verdict::Finished { sender: Role::Unknown };
    let Some((line, used)) = first_line(half.bytes) else { return more(half.bytes, MAX_LINE, finished) };
    let begins = |words: &[&str]| words.iter().any(|word| starts_ignoring_case(line, word));
    if ANSWERS.iter().any(|answer| line.starts_with(answer)) {
        return Verdict::Message { used, sender: Role::Server };
    }
    if begins(CLEAR) {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"pop3");
        return Verdict::Finished { sender: Role::Client };
    }
    if starts_ignoring_case(line, "IMPLEMENTATION ") {
        tell_product(line, facts);
    }
    if line == b"." || begins(CAPABILITIES) {
        return Verdict::Message { used, sender: Role::Unknown };
    }
    if begins(BEFORE_LOGIN) { Verdict::Message { used, sender: Role::Client } } else { finished }
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
            ("+OK Dovecot (Ubuntu) ready. pop\r\n", "Dovecot"),
            ("+OK erika.local Cyrus POP3 v2.3.16 server ready <1.2@erika.local>\r\n", "Cyrus POP3 v2.3.16"),
            ("+OK QPOP (version 4.0.5) at erika.example starting.\r\n", "QPOP 4.0.5"),
            (
                "+OK Microsoft Exchange Server 2003 POP3 server version 6.5.7638.1 (erika.example) ready.\r\n",
                "Microsoft Exchange Server 2003 POP3 6.5.7638.1",
            ),
        ] {
            let told = side(greeting.as_bytes()).check();
            assert_eq!(told.lines(), format!("SenderService service.software={product}\n"), "{greeting}");
            assert_eq!(told.roles, [Role::Server]);
        }
    }

    #[test]
    fn what_a_server_can_do_may_name_it_and_mails_are_not_read() {
        let server = b"+OK POP3 ready\r\n+OK list follows\r\nTOP\r\nUIDL\r\nSTLS\r\nUSER\r\nIMPLEMENTATION Dovecot\r\n.\r\n+OK 12 octets\r\n\
            Subject: IMPLEMENTATION Zimbra\r\nIMPLEMENTATION Zimbra 9\r\n";
        assert_eq!(side(server).check().lines(), "SenderService service.software=Dovecot\n");
    }

    #[test]
    fn a_password_in_clear_is_told_and_one_behind_encryption_is_not() {
        let login = "ReceiverService login.clear-text=pop3\n";
        for bytes in [
            b"CAPA\r\nUSER erika\r\nPASS secret\r\n".as_slice(),
            b"user erika\r\npass secret\r\n",
            b"AUTH PLAIN AGVyaWthAHNlY3JldA==\r\n",
        ] {
            let told = client(bytes).check();
            assert_eq!((told.lines().as_str(), told.roles.last()), (login, Some(&Role::Client)));
        }
        for bytes in [
            b"STLS\r\n\x16\x03\x01\0\x05PASS secret\r\n".as_slice(),
            b"APOP erika c4c9334bac560ecc979e58001b3e22fb\r\n",
            b"USER erika\r\nQUIT\r\n",
        ] {
            assert_eq!(client(bytes).check().lines(), "");
        }
    }

    #[test]
    fn other_lines_are_not_pop3() {
        for bytes in [
            "+OK\r\n",
            "+OK ready\r\n",
            "-ERR pop\r\n",
            "USER a\r\n",
            "PASS a\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "+PONG\r\n",
        ] {
            assert_eq!(side(bytes.as_bytes()).check().roles, [], "{bytes}");
        }
        assert_eq!(Side { sender_port: PORT, ..side(b"+OK ready\r\n") }.check().roles, [Role::Server]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            side(&[b"+OK pop\r\n".as_slice(), &bytes].concat()).read(4);
            client(&[b"CAPA\r\n".as_slice(), &bytes].concat()).read(3);
            client(&bytes).read(bytes.len().max(1));
        }
    }
}
