//! Mail in transport and submission (RFC 5321, RFC 6409, RFC 3207): the server's product, whether a login is sent in clear, and the
//! TLS that begins inside.
//!
//! Not here: what greetings say beyond a known product and its version (they name hosts), names that clients give of themselves,
//! accounts, addresses, and mails: reading ends before the first of them.

use wardround_model::FactKind;

use crate::greeting::{Known, whole_greeting};
use crate::lines::{Fit, contains_ignoring_case, first_line, is_text, starts_ignoring_case};
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

/// Mail between servers (RFC 5321, 4.5.4.2), and from people's programs (RFC 6409).
const PORTS: &[u16] = &[25, 587];
/// The longest command line: 512, and more with extensions (RFC 5321, 4.5.3.1).
const MAX_COMMAND: usize = 1024;

/// Products that greetings name. Only they and their version are kept.
const PRODUCTS: Known = Known {
    products: &[
        "Postfix",
        "Exim",
        "Sendmail",
        "Microsoft ESMTP MAIL Service",
        "OpenSMTPD",
        "Lotus Domino",
        "IBM Domino",
        "HCL Domino",
        "MDaemon",
        "Kerio Connect",
        "Kerio MailServer",
        "IceWarp",
        "MailEnable",
        "CommuniGate Pro",
        "SurgeMail",
        "Haraka",
        "hMailServer",
        "Courier",
        "Zimbra",
        "GroupWise",
        "Python SMTP",
        "SmarterMail",
        "Mirth",
    ],
    between: &["service", "server", "release", "version", "version:"],
};

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match (Fit::of(half.bytes, b"220"), half.start) {
        (Fit::Whole, Start::Opening) => greeting(half, facts),
        (Fit::SoFar, Start::Opening) => Verdict::More { wanted: 4 },
        (_, Start::Opening) => opening(half),
        (_, Start::NextMessage) if half.bytes.first().is_some_and(u8::is_ascii_digit) => reply(half),
        (_, Start::NextMessage) => command(half, facts),
        (_, Start::Middle) => Verdict::NotThis,
    }
}

/// FTP greets with 220, too (RFC 959, 5.4): mail is told by its port, or by what the greeting says.
fn greeting(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let text = match whole_greeting(half.bytes) {
        Ok(text) => text,
        Err(verdict) => return verdict,
    };
    let says_mail = PORTS.contains(&half.sender_port) || contains_ignoring_case(text, "smtp");
    if !says_mail || !is_text(text) || contains_ignoring_case(text, "ftp") {
        return Verdict::NotThis;
    }
    // The first word is the host's own name (RFC 5321, 4.2).
    let lines = text.split(|byte| *byte == b'\n').filter_map(|line| line.get(4..));
    let behind_host = |line: &'_ [u8]| line.iter().position(|byte| *byte == b' ');
    let mut told = lines.filter_map(|line| PRODUCTS.named_in(line.get(behind_host(line)?..)?));
    if let Some(product) = told.next() {
        // Sendmail tells the version of its configuration, too, behind a slash.
        let product = product.split('/').next().unwrap_or_default();
        facts.tell(About::SenderService, FactKind::ServerSoftware, product.as_bytes());
    }
    Verdict::Message { used: text.len(), sender: Role::Server }
}

/// A line of a server behind its greeting, up to where TLS begins. Login and mail (RFC 4954, 6; RFC 5321, 4.2.1) end it.
fn reply(half: &Half<'_>) -> Verdict {
    const ENDS: [&[u8]; 5] = [b"221", b"235", b"334", b"354", b"421"];
    let sender = Role::Server;
    let Some((line, used)) = first_line(half.bytes) else {
        let wanted = half.bytes.len().saturating_add(1);
        return if wanted <= MAX_COMMAND { Verdict::More { wanted } } else { Verdict::Finished { sender } };
    };
    let ends = ENDS.iter().any(|code| line.starts_with(code));
    if ends { Verdict::Finished { sender } } else { Verdict::Message { used, sender } }
}

/// A client says who it is before anything else (RFC 5321, 4.1.1.1).
fn opening(half: &Half<'_>) -> Verdict {
    const HELLO: [&str; 2] = ["EHLO ", "HELO "];
    let Some((line, used)) = first_line(half.bytes) else {
        let may_be = HELLO.iter().any(|hello| {
            let common = hello.len().min(half.bytes.len());
            half.bytes
                .get(..common)
                .zip(hello.get(..common))
                .is_some_and(|(one, other)| one.eq_ignore_ascii_case(other.as_bytes()))
        });
        let wanted = half.bytes.len().saturating_add(1);
        let may_go_on = may_be && wanted <= MAX_COMMAND && is_text(half.bytes);
        return if may_go_on { Verdict::More { wanted } } else { Verdict::NotThis };
    };
    let is_hello = HELLO.iter().any(|hello| starts_ignoring_case(line, hello));
    if !is_hello || used > MAX_COMMAND || !is_text(line) {
        return Verdict::NotThis;
    }
    Verdict::Message { used, sender: Role::Client }
}

/// A command behind the first. A login comes before mail, or not at all (RFC 4954, 4).
fn command(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Client;
    let Some((line, used)) = first_line(half.bytes) else {
        let wanted = half.bytes.len().saturating_add(1);
        return if wanted <= MAX_COMMAND { Verdict::More { wanted } } else { Verdict::Finished { sender } };
    };
    if starts_ignoring_case(line, "AUTH ") {
        // These send the password as it is, in Base64 (RFC 4616; LOGIN was never a standard). Others prove that they know it.
        let method = line.get(5..).unwrap_or_default();
        if ["PLAIN", "LOGIN"].iter().any(|clear| starts_ignoring_case(method, clear)) {
            facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"smtp");
        }
        return Verdict::Finished { sender };
    }
    let goes_on = ["EHLO ", "HELO ", "NOOP", "RSET", "HELP", "STARTTLS"];
    if goes_on.iter().any(|word| starts_ignoring_case(line, word)) {
        return Verdict::Message { used, sender };
    }
    Verdict::Finished { sender }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn side(bytes: &[u8]) -> Side<'_> {
        Side::new(dissect, bytes, Start::Opening)
    }

    fn lines(bytes: &[u8]) -> String {
        side(bytes).check().lines()
    }

    #[test]
    fn a_server_is_told_by_its_product_and_never_by_its_host() {
        for (greeting, product) in [
            ("220 mx.erika.example ESMTP Postfix (Debian/GNU)\r\n", "Postfix"),
            ("220 exim.erika.example ESMTP Exim 4.96 Fri, 27 Nov 2026 09:00:00 +0000\r\n", "Exim 4.96"),
            ("220 a ESMTP Sendmail 8.15.2/8.15.2/Debian-22; Fri, 27 Nov 2026\r\n", "Sendmail 8.15.2"),
            (
                "220 EX01 Microsoft ESMTP MAIL Service, Version: 10.0.14393.2608 ready at  Fri\r\n",
                "Microsoft ESMTP MAIL Service 10.0.14393.2608",
            ),
            ("220-a ESMTP hello\r\n220 a OpenSMTPD\r\n", "OpenSMTPD"),
            ("220 scanner Python SMTP 1.4.4\r\n", "Python SMTP 1.4.4"),
        ] {
            let told = side(greeting.as_bytes()).check();
            assert_eq!(told.lines(), format!("SenderService service.software={product}\n"), "{greeting}");
            assert_eq!(told.roles, [Role::Server]);
        }
        let unknown = side(b"220 gp-mueller.example ESMTP ready for Dr. Mueller\r\n").check();
        assert_eq!((unknown.lines().as_str(), unknown.roles.as_slice()), ("", [Role::Server].as_slice()));
    }

    #[test]
    fn a_password_in_clear_is_told_and_one_behind_encryption_is_not() {
        let login = "ReceiverService login.clear-text=smtp\n";
        assert_eq!(lines(b"EHLO erikas-pc\r\nAUTH PLAIN AGVyaWthAHNlY3JldA==\r\n"), login);
        assert_eq!(lines(b"ehlo x\r\nNOOP\r\nauth login\r\nZXJpa2E=\r\nc2VjcmV0\r\n"), login);
        for quiet in [
            b"EHLO x\r\nSTARTTLS\r\n\x16\x03\x01AUTH PLAIN x\r\n".as_slice(),
            b"EHLO x\r\nAUTH CRAM-MD5\r\n",
            b"HELO x\r\nMAIL FROM:<a@b>\r\nDATA\r\nAUTH PLAIN in a mail\r\n",
        ] {
            let told = side(quiet).check();
            assert_eq!(told.lines(), "");
            assert_eq!(told.roles.last(), Some(&Role::Client));
        }
    }

    #[test]
    fn ftp_and_others_that_greet_alike_are_not_mail() {
        for other in [
            "220 (vsFTPd 3.0.3)\r\n",
            "220 smtp over ftp\r\n",
            "220 Welcome\r\n",
            "USER a\r\n",
            "EHLO\r\n",
            "GET / HTTP/1.1\r\n\r\n",
        ] {
            assert_eq!(side(other.as_bytes()).check().roles, [], "{other}");
        }
        // At its own port it need not say what it is.
        let told = Side { sender_port: 25, ..side(b"220 a ready\r\n") }.check();
        assert_eq!(told.roles, [Role::Server]);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>) {
            side(&[b"EHLO a\r\n".as_slice(), &bytes].concat()).read(4);
            side(&[b"220 ".as_slice(), &bytes].concat()).read(3);
            side(&bytes).read(bytes.len().max(1));
        }
    }
}
