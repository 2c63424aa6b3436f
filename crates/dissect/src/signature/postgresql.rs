//! PostgreSQL (frontend/backend protocol 3.0): the server's version, passwords asked for in clear, and servers that ask for none.
//!
//! Not here: users, databases, statements, rows.

use wardround_model::FactKind;

use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 5432;
/// Codes of a client's first message (PostgreSQL, 55.7): protocol 3.x, and requests for something else first.
const MAJOR_3: u32 = 3;
const CANCEL: u32 = 80_877_102;
const SSL: u32 = 80_877_103;
const GSS_ENCRYPTION: u32 = 80_877_104;
const MAX_STARTUP: usize = 10_000;
/// Types of a server's messages.
const AUTHENTICATION: u8 = b'R';
const PARAMETER_STATUS: u8 = b'S';
const ERROR: u8 = b'E';
const NOTICE: u8 = b'N';
const NEGOTIATE_VERSION: u8 = b'v';
/// Kinds of authentication: `AuthenticationOk`, `AuthenticationCleartextPassword`, and the last of them.
const AUTHENTICATED: u32 = 0;
const CLEARTEXT_PASSWORD: u32 = 3;
const LAST_AUTHENTICATION: u32 = 12;
const MAX_MESSAGE: usize = 16 * 1024;
/// Type and length of a message.
const HEADER: usize = 5;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match half.bytes {
        [] => Verdict::More { wanted: 1 },
        // The second and third byte of the length of a short first message, which has no type.
        [0, ..] if half.start != Start::Middle => startup(half.bytes),
        [b'p', ..] if half.start == Start::NextMessage => Verdict::Finished { sender: Role::Client },
        // TLS begins behind this byte, or what a server says when it has none.
        [b'S'] | [b'S', 0x16, ..] if half.start == Start::Opening && half.sender_port == PORT => {
            Verdict::Message { used: 1, sender: Role::Server }
        }
        [b'N'] if half.start == Start::Opening && half.sender_port == PORT => Verdict::More { wanted: 2 },
        [b'N', AUTHENTICATION | ERROR, ..] if half.start == Start::Opening && half.sender_port == PORT => {
            without_tls(half, facts)
        }
        _ => server(half, facts),
    }
}

/// `StartupMessage`, `SSLRequest` and the like: length and code; the parameters name a user and are not read.
fn startup(bytes: &[u8]) -> Verdict {
    let mut reader = Reader::new(bytes);
    let (length, code) = (reader.u32(), reader.u32());
    let length = length.and_then(|length| usize::try_from(length).ok());
    match (length, code) {
        (Some(length), _) if !(8..=MAX_STARTUP).contains(&length) => Verdict::NotThis,
        (Some(8), Some(SSL | GSS_ENCRYPTION)) => Verdict::Message { used: 8, sender: Role::Client },
        (Some(16..), Some(CANCEL)) => Verdict::Finished { sender: Role::Client },
        (Some(used), Some(code)) if code >> 16 == MAJOR_3 => {
            if reader.rest().first().is_none_or(u8::is_ascii_lowercase) {
                Verdict::Message { used, sender: Role::Client }
            } else {
                Verdict::NotThis
            }
        }
        (_, Some(_)) => Verdict::NotThis,
        (_, None) => Verdict::More { wanted: 9 },
    }
}

/// The server has no TLS, says its first byte; what follows is its first message all the same.
fn without_tls(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let rest = half.bytes.get(1..).unwrap_or_default();
    match server(&Half { bytes: rest, ..*half }, facts) {
        Verdict::More { wanted } => Verdict::More { wanted: wanted.saturating_add(1) },
        Verdict::Message { used, sender } => Verdict::Message { used: used.saturating_add(1), sender },
        verdict => verdict,
    }
}

/// What a server's message tells about the connection.
enum Read {
    NotThis,
    Cut { wanted: usize },
    Message,
    Last,
}

fn server(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let mut reader = Reader::new(half.bytes);
    let kind = reader.u8().unwrap_or(0);
    let may_begin = kind == AUTHENTICATION || kind == ERROR && half.sender_port == PORT;
    if !may_begin && half.start != Start::NextMessage || half.start == Start::Middle {
        return Verdict::NotThis;
    }
    let Some(length) = reader.u32().and_then(|length| usize::try_from(length).ok()) else {
        return Verdict::More { wanted: HEADER };
    };
    if !(4..=MAX_MESSAGE).contains(&length) {
        return Verdict::NotThis;
    }
    let used = length.saturating_add(1);
    let Some(body) = reader.take(length.saturating_sub(4)) else { return Verdict::More { wanted: used } };
    let sender = Role::Server;
    if kind == AUTHENTICATION && half.start == Start::Opening && body == AUTHENTICATED.to_be_bytes() {
        // Nothing was asked for before.
        facts.tell(About::SenderService, FactKind::OpenLogin, b"postgresql");
    }
    match message(kind, body, reader.rest().is_empty(), facts) {
        Read::NotThis => Verdict::NotThis,
        Read::Cut { wanted } => Verdict::More { wanted: used.saturating_add(wanted) },
        Read::Message => Verdict::Message { used, sender },
        Read::Last => Verdict::Finished { sender },
    }
}

fn message(kind: u8, body: &[u8], is_latest: bool, facts: &mut Facts) -> Read {
    match kind {
        AUTHENTICATION => match Reader::new(body).u32() {
            // Whatever the server says next, it was answered: a password was sent.
            Some(CLEARTEXT_PASSWORD) if is_latest => Read::Cut { wanted: 1 },
            Some(CLEARTEXT_PASSWORD) => {
                facts.tell(About::SenderService, FactKind::ClearTextLogin, b"postgresql");
                Read::Message
            }
            Some(0..=LAST_AUTHENTICATION) => Read::Message,
            _ => Read::NotThis,
        },
        PARAMETER_STATUS => parameter(body, facts),
        NOTICE | NEGOTIATE_VERSION => Read::Message,
        ERROR if body.first() == Some(&b'S') => Read::Last,
        ERROR => Read::NotThis,
        _ => Read::Last,
    }
}

/// `ParameterStatus`: a name and a value with a NUL behind each. Others than the version may name users.
fn parameter(body: &[u8], facts: &mut Facts) -> Read {
    let mut texts = body.split(|byte| *byte == 0);
    match (texts.next(), texts.next()) {
        (Some(b"server_version"), Some(version)) => {
            let software = [b"PostgreSQL ", version].concat();
            facts.tell(About::SenderService, FactKind::ServerSoftware, &software);
            Read::Last
        }
        _ => Read::Message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::laws::Side;
    use proptest::prelude::*;

    fn server(bytes: &[u8]) -> Side<'_> {
        Side { sender_port: PORT, ..Side::new(dissect, bytes, Start::Opening) }
    }

    const PARAMETERS: &[u8] = b"R\0\0\0\x08\0\0\0\0S\0\0\0\x16application_name\0\0\
        S\0\0\0\x1fsession_authorization\0erika\0S\0\0\0\x1aserver_version\x0015.18 (D\0K\0\0\0\x0c\0\0\0\0\0\0\0\0";

    /// What a server of version 15.18 sent to psql until it took commands, to users that `pg_hba.conf` lets in by `trust` (without and
    /// behind a request for TLS), `scram-sha-256`, `md5` and `password`, and to one with a wrong password.
    const TRUST: &[u8] = include_bytes!("recorded/postgresql-trust-server.bin");
    const TRUST_NO_TLS: &[u8] = include_bytes!("recorded/postgresql-trust-no-tls-server.bin");
    const SCRAM: &[u8] = include_bytes!("recorded/postgresql-scram-server.bin");
    const MD5: &[u8] = include_bytes!("recorded/postgresql-md5-server.bin");
    const PASSWORD: &[u8] = include_bytes!("recorded/postgresql-password-server.bin");
    const WRONG: &[u8] = include_bytes!("recorded/postgresql-wrong-server.bin");

    #[test]
    fn a_server_that_asks_for_nothing_lets_anybody_in() {
        let software = "SenderService service.software=PostgreSQL 15.18 (Debian 15.18-0+deb12u1)\n";
        for bytes in [TRUST, TRUST_NO_TLS] {
            let told = server(bytes).check();
            assert_eq!(told.lines(), format!("SenderService login.open=postgresql\n{software}"));
        }
        for bytes in [SCRAM, MD5] {
            assert_eq!(server(bytes).check().lines(), software);
        }
        let clear = server(PASSWORD).check().lines();
        assert_eq!(clear, format!("SenderService login.clear-text=postgresql\n{software}"));
        assert_eq!(server(WRONG).check().lines(), "");
        let in_mid_connection = Side { start: Start::Middle, ..server(TRUST) };
        assert_eq!(in_mid_connection.check().lines(), "");
    }

    #[test]
    fn a_server_names_its_version() {
        let mut bytes = PARAMETERS.to_vec();
        // The lengths of the parameters are counted here, so that the text above stays readable.
        for name in [b"application_name".as_slice(), b"session_authorization", b"server_version"] {
            let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
            let text = bytes[at..].split(|byte| *byte == 0).take(2).map(|text| text.len() + 1).sum::<usize>();
            bytes[at - 1] = u8::try_from(text + 4).unwrap();
        }
        let told = server(&bytes).check();
        assert_eq!(
            told.lines(),
            "SenderService login.open=postgresql\nSenderService service.software=PostgreSQL 15.18 (D\n"
        );
        let after_no_tls = [b"N".as_slice(), &bytes].concat();
        assert_eq!(server(&after_no_tls).read(after_no_tls.len()).facts, told.facts);
    }

    #[test]
    fn a_password_in_clear_is_told_once_it_was_answered() {
        let asked = b"R\0\0\0\x08\0\0\0\x03";
        assert_eq!(server(asked).check().lines(), "");
        let answered = [asked.as_slice(), b"R\0\0\0\x08\0\0\0\0"].concat();
        assert_eq!(server(&answered).check().lines(), "SenderService login.clear-text=postgresql\n");
        let hashed = b"R\0\0\0\x0c\0\0\0\x05saltR\0\0\0\x08\0\0\0\0";
        assert_eq!(server(hashed).check().lines(), "");
    }

    #[test]
    fn a_client_is_known_by_its_first_message() {
        let startup = b"\0\0\0\x25\0\x03\0\0user\0erika\0database\0patients\0\0p\0\0\0\x0bsecret\0";
        let with_request = [b"\0\0\0\x08\x04\xd2\x16\x2f".as_slice(), startup].concat();
        for bytes in [startup.as_slice(), &with_request, b"\0\0\0\x08\x04\xd2\x16\x2f\x16\x03\x01"] {
            let told = Side::new(dissect, bytes, Start::Opening).check();
            assert_eq!((told.lines(), told.roles.first()), (String::new(), Some(&Role::Client)));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes: Vec<u8>, pick in 0usize..4) {
            let begin: [&[u8]; 4] = [b"", b"R\0\0\0\x08", b"\0\0\0\x20\0\x03", b"N"];
            server(&[begin[pick], &bytes].concat()).read(5);
        }
    }
}
