//! HTTP/1 (RFC 9110, RFC 9112) and HTTP/2 in clear (RFC 9113), and over HTTP/1 IPP (RFC 8010), FHIR, IHE XDS and WinRM: the software of both sides, logins sent in clear, and logins by NTLM
//! version 1 (RFC 4559).
//!
//! Not here: paths, queries, hosts, cookies and other bodies, which may name patients; HTTP/2 in TLS; for whom a proxy asks.

mod documents;
mod fhir;
mod management;
mod passing;
mod printing;
#[cfg(test)]
mod tests;
mod v2;

pub(crate) use management::dissect as dissect_winrm;
pub(crate) use v2::dissect as dissect_v2;

use wardround_model::{FactKind, Protocol};

use crate::head::{Head, MAX_HEAD};
use crate::lines::{self, Fit, contains_ignoring_case, first_line, is_text};
use crate::{About, Facts, Half, Role, Start, Verdict, base64, ntlm};

/// Methods of RFC 9110 and RFC 5789, WebDAV (RFC 4918, RFC 3253) and UPnP.
const METHODS: &[&[u8]] = &[
    b"GET ",
    b"POST ",
    b"HEAD ",
    b"PUT ",
    b"DELETE ",
    b"OPTIONS ",
    b"PATCH ",
    b"CONNECT ",
    b"TRACE ",
    b"PROPFIND ",
    b"PROPPATCH ",
    b"MKCOL ",
    b"COPY ",
    b"MOVE ",
    b"LOCK ",
    b"UNLOCK ",
    b"REPORT ",
    b"SEARCH ",
    b"SUBSCRIBE ",
    b"UNSUBSCRIBE ",
    b"NOTIFY ",
];
const STATUS_LINE: &[u8] = b"HTTP/1.";
/// How far the body of a form is searched for the name of a password's field.
const MAX_FORM: usize = 4096;
/// The longest line of a chunk's size with its extensions.
const MAX_CHUNK_LINE: usize = 256;
/// A server may announce its answer so many times (RFC 9110, 15.2).
const MAX_INTERIM: usize = 8;

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    read(half, facts, |_| true)
}

/// The same for IPP: the first message of a side must be of that content type, later ones need not.
pub(crate) fn dissect_ipp(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    match half.start {
        Start::NextMessage => read(half, facts, |_| true),
        Start::Opening | Start::Middle => read(half, facts, is_ipp),
    }
}

/// The media type of IPP (RFC 8010, 3.1).
fn is_ipp(head: &Head<'_>) -> bool {
    head.field("content-type").is_some_and(|value| lines::starts_ignoring_case(value, "application/ipp"))
}

fn read(half: &Half<'_>, facts: &mut Facts, is_wanted: fn(&Head<'_>) -> bool) -> Verdict {
    let beginnings = METHODS.iter().copied().chain([STATUS_LINE]);
    if half.start == Start::NextMessage {
        match Fit::of(half.bytes, v2::PREFACE) {
            // The server consented to change to HTTP/2: what asked for it told who asks.
            Fit::Whole => return Verdict::Finished { sender: Role::Client },
            Fit::SoFar => return more(half.bytes),
            Fit::No => {}
        }
    }
    match Fit::any(half.bytes, beginnings) {
        Fit::SoFar => more(half.bytes),
        Fit::No if half.start == Start::NextMessage => between_messages(half.bytes),
        Fit::No => Verdict::NotThis,
        Fit::Whole if half.bytes.starts_with(STATUS_LINE) => response(half.bytes, facts, is_wanted),
        Fit::Whole => request(half.bytes, facts, is_wanted),
    }
}

/// The head is not complete.
fn more(bytes: &[u8]) -> Verdict {
    if bytes.len() < MAX_HEAD && is_text(bytes) {
        Verdict::More { wanted: bytes.len().saturating_add(1) }
    } else {
        Verdict::NotThis
    }
}

fn request(bytes: &[u8], facts: &mut Facts, is_wanted: fn(&Head<'_>) -> bool) -> Verdict {
    let is_http = |line: &[u8]| line.ends_with(b" HTTP/1.1") || line.ends_with(b" HTTP/1.0");
    if first_line(bytes).is_some_and(|(line, _)| !is_http(line)) {
        return Verdict::NotThis;
    }
    let Some(head) = Head::read(bytes) else { return more(bytes) };
    if !is_wanted(&head) {
        return Verdict::NotThis;
    }
    let body = bytes.get(head.length..).unwrap_or_default();
    match form_login(&head, body) {
        FormLogin::Cut { wanted } => return Verdict::More { wanted: head.length.saturating_add(wanted) },
        FormLogin::Yes => facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"http-form"),
        FormLogin::No => {}
    }
    for field in ["authorization", "proxy-authorization"] {
        head.tell_basic_login(field, (Protocol::Http, b"http-basic"), facts);
        tell_ntlm(&head, field, facts);
    }
    if let Some(agent) = head.field("user-agent") {
        facts.tell(About::Sender, FactKind::HttpUserAgent, agent);
    }
    passing::tell_of_request(&head, facts);
    documents::tell_of_request(&head, facts);
    if head.start_line.starts_with(b"CONNECT ") {
        return Verdict::Finished { sender: Role::Client };
    }
    let body = head.content_length().filter(|_| !is_chunked(&head)).unwrap_or(0);
    Verdict::Message { used: head.length.saturating_add(body), sender: Role::Client }
}

/// A login by NTLM, alone or inside SPNEGO (RFC 4559, 4).
fn tell_ntlm(head: &Head<'_>, field: &str, facts: &mut Facts) {
    let value = head.field(field).unwrap_or_default();
    let scheme = ["ntlm ", "negotiate "].iter().find(|scheme| lines::starts_ignoring_case(value, scheme));
    if let Some(token) = scheme.and_then(|scheme| value.get(scheme.len()..)) {
        ntlm::tell_response(&base64::decode(token.trim_ascii()), facts);
    }
}

fn is_chunked(head: &Head<'_>) -> bool {
    head.field_contains("transfer-encoding", "chunked")
}

/// Whether a body carries a password in a form (HTML, 4.10.21.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FormLogin {
    Yes,
    No,
    /// So many bytes of the body are wanted to tell.
    Cut {
        wanted: usize,
    },
}

fn form_login(head: &Head<'_>, body: &[u8]) -> FormLogin {
    if !head.field_contains("content-type", "application/x-www-form-urlencoded") || is_chunked(head) {
        return FormLogin::No;
    }
    let wanted = head.content_length().unwrap_or(0).min(MAX_FORM);
    match body.get(..wanted) {
        None => FormLogin::Cut { wanted },
        Some(form) if form.split(|byte| *byte == b'&').any(is_password) => FormLogin::Yes,
        Some(_) => FormLogin::No,
    }
}

/// Whether a pair `name=value` is a password that is not empty, by its name alone.
fn is_password(pair: &[u8]) -> bool {
    let Some(equals) = pair.iter().position(|byte| *byte == b'=') else { return false };
    let (name, value) = pair.split_at_checked(equals).unwrap_or((pair, &[]));
    let names_password = ["passw", "pwd", "kennwort"].iter().any(|part| contains_ignoring_case(name, part))
        || name.len() >= 4
            && name.get(name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(b"pass"));
    names_password && value.len() > 1
}

fn response(bytes: &[u8], facts: &mut Facts, is_wanted: fn(&Head<'_>) -> bool) -> Verdict {
    if bytes.get(..STATUS_LINE.len().saturating_add(5)).is_some_and(|start| status(start).is_none()) {
        return Verdict::NotThis;
    }
    let Some((before, head)) = final_head(bytes) else { return more(bytes) };
    if !is_wanted(&head) {
        return Verdict::NotThis;
    }
    if is_ipp(&head) {
        let body = bytes.get(before.saturating_add(head.length)..).unwrap_or_default();
        if let Err(wanted) = printing::tell(&head, is_chunked(&head), body, facts) {
            return Verdict::More { wanted: bytes.len().saturating_add(wanted) };
        }
    }
    let body = bytes.get(before.saturating_add(head.length)..).unwrap_or_default();
    if let Err(wanted) = fhir::tell(&head, is_chunked(&head), body, facts) {
        return Verdict::More { wanted: bytes.len().saturating_add(wanted) };
    }
    if let Some(server) = head.field("server") {
        facts.tell(About::SenderService, FactKind::HttpServer, server);
    }
    passing::tell_of_answer(&head, facts);
    documents::tell_of_answer(&head, status(head.start_line) == Some(*b"200"), facts);
    if status(head.start_line) == Some(*b"101")
        && head.field_contains("upgrade", "h2c")
        && let Err(wanted) = v2::first_answer(body, facts)
    {
        return Verdict::More { wanted: before.saturating_add(head.length).saturating_add(wanted) };
    }
    let sender = Role::Server;
    match body_length(&head) {
        Some(body) => {
            Verdict::Message { used: before.saturating_add(head.length).saturating_add(body), sender }
        }
        None => Verdict::Finished { sender },
    }
}

/// The status of a status line (RFC 9112, 4), such as `HTTP/1.1 200 OK`.
fn status(line: &[u8]) -> Option<[u8; 3]> {
    let rest = line.strip_prefix(STATUS_LINE)?;
    let (&[_minor, b' ', a, b, c], _) = rest.split_first_chunk()? else { return None };
    [a, b, c].iter().all(u8::is_ascii_digit).then_some([a, b, c])
}

/// The head of the answer itself, and the length of the interim answers before it (RFC 9110, 15.2).
fn final_head(bytes: &[u8]) -> Option<(usize, Head<'_>)> {
    let mut before = 0usize;
    for _ in 0..MAX_INTERIM {
        let head = Head::read(bytes.get(before..)?)?;
        match status(head.start_line) {
            // 101 is final: another protocol follows.
            Some([b'1', b, c]) if [b, c] != *b"01" => before = before.saturating_add(head.length),
            _ => return Some((before, head)),
        }
    }
    None
}

/// Length of an answer's body before its next head; `None` when it ends with the connection (RFC 9112, 6.3).
fn body_length(head: &Head<'_>) -> Option<usize> {
    match status(head.start_line)? {
        status if status == *b"204" || status == *b"304" => Some(0),
        status if status == *b"101" => None,
        _ if is_chunked(head) => Some(0),
        _ => head.content_length(),
    }
}

/// What is left of a body: chunks (RFC 9112, 7.1), an empty line, or bytes whose length nobody told. The latter are
/// passed over as far as they are there, so that reading goes on where a segment begins with a message.
fn between_messages(bytes: &[u8]) -> Verdict {
    let used = match first_line(bytes) {
        Some((b"", used)) => used,
        Some((line, used)) => chunk_size(line).map_or(bytes.len(), |size| used.saturating_add(size)),
        None if may_become_chunk(bytes) => return Verdict::More { wanted: bytes.len().saturating_add(1) },
        None => bytes.len(),
    };
    Verdict::Message { used: used.max(1), sender: Role::Unknown }
}

/// Whether it may be the beginning of a chunk's size, or of an empty line.
fn may_become_chunk(bytes: &[u8]) -> bool {
    let digits = bytes.split(|byte| matches!(byte, b';' | b'\r' | b' ')).next().unwrap_or_default();
    digits.len() <= 8
        && digits.iter().all(u8::is_ascii_hexdigit)
        && (!digits.is_empty() || bytes == b"\r")
        && bytes.len() < MAX_CHUNK_LINE
        && is_text(bytes)
}

/// Bytes that the line of a chunk's size stands for: its data and their line end; none for the last chunk.
fn chunk_size(line: &[u8]) -> Option<usize> {
    let digits = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.len() <= 8)?;
    let size = usize::from_str_radix(digits, 16).ok()?;
    Some(if size == 0 { 0 } else { size.saturating_add(2) })
}
