//! Log messages (syslog): which program a host sends messages of, who collects them, and audit trails of patient data in clear.
//!
//! RFC 5424 and, as older devices write them, RFC 3164; over UDP (RFC 5426) and TCP (RFC 6587, with a count of bytes or line ends).
//! Collectors never answer, so who is sent messages is the server.
//!
//! Not here: the text of messages, names of hosts, structured data; programs that are not on the list; vendor and product of CEF, since
//! what passes messages on names those of others. Inside TLS (RFC 5425) nothing is seen.

mod audit;
mod header;
#[cfg(test)]
mod tests;

use wardround_model::FactKind;

use crate::lines::is_text;
use crate::{About, Datagram, Facts, Half, Role, Start, Verdict};
use header::Message;

/// The registered port, and two that collectors use where they have no right to it.
pub(crate) const PORTS: &[u16] = &[514, 1514, 5514];
/// The reliable delivery of RFC 3195 has this one, which plain syslog over TCP uses by now.
const TCP_PORTS: &[u16] = &[514, 601, 1514, 5514];
/// So much of a message is read.
const MAX_MESSAGE: usize = 16 << 10;
/// The longest count of bytes before a message, in digits.
const MAX_COUNT: usize = 6;
/// A count and a priority: what tells whether it is syslog at all.
const LONGEST_START: usize = MAX_COUNT + b" <191>".len();

/// Reads one message in one datagram.
pub(crate) fn dissect(datagram: &Datagram<'_>, facts: &mut Facts) -> Option<Role> {
    if !PORTS.contains(&datagram.receiver.port()) {
        return None;
    }
    tell(&Message::read(datagram.payload)?, facts);
    Some(Role::Client)
}

/// Reads messages one after the other. At other ports than its own, those of RFC 5424 alone are believed.
pub(crate) fn dissect_stream(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let is_next = half.start == Start::NextMessage;
    let whole = match frame(half.bytes) {
        Frame::None if is_next => return continued(half.bytes),
        Frame::None => return Verdict::NotThis,
        Frame::More(wanted) => return Verdict::More { wanted },
        Frame::Whole(whole) => whole,
    };
    let own_port = TCP_PORTS.contains(&half.receiver_port);
    match Message::read(whole.message).filter(|message| own_port || message.is_modern) {
        Some(message) => {
            tell(&message, facts);
            Verdict::Message { used: whole.used, sender: Role::Client }
        }
        None if is_next => Verdict::Message { used: whole.used, sender: Role::Client },
        None => Verdict::NotThis,
    }
}

fn tell(message: &Message<'_>, facts: &mut Facts) {
    if let Some(program) = message.program() {
        facts.tell(About::Sender, FactKind::SyslogProgram, program.as_bytes());
    }
    if let Some(audit) = audit::read(message.content) {
        facts.tell(About::Sender, FactKind::AuditEvent, audit.event);
        if audit.names_patient {
            facts.tell(About::ReceiverService, FactKind::AuditInClear, b"syslog");
        }
    }
}

/// What the beginning of some bytes is.
enum Frame<'a> {
    /// No message begins here.
    None,
    /// It may be one, when so many bytes are there.
    More(usize),
    Whole(Whole<'a>),
}

struct Whole<'a> {
    message: &'a [u8],
    used: usize,
}

/// RFC 6587, 3.4: a count, a space and so many bytes; or all up to a line end or NUL.
fn frame(bytes: &[u8]) -> Frame<'_> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (count, rest) = bytes.split_at_checked(digits).unwrap_or_default();
    let one_more = Frame::More(bytes.len().saturating_add(1));
    if digits > MAX_COUNT || count.starts_with(b"0") {
        return Frame::None;
    }
    let message = match rest {
        [] => return one_more,
        [b' ', message @ ..] if digits > 0 => message,
        message if digits == 0 => message,
        _ => return Frame::None,
    };
    match header::priority(message) {
        Some(_) => {}
        None if header::may_be_priority(message) && bytes.len() < LONGEST_START => return one_more,
        None => return Frame::None,
    }
    if digits == 0 {
        return line(bytes);
    }
    let count = std::str::from_utf8(count).ok().and_then(|text| text.parse::<usize>().ok()).unwrap_or(0);
    let used = digits.saturating_add(1).saturating_add(count);
    match message.get(..count.min(MAX_MESSAGE)) {
        Some(message) => Frame::Whole(Whole { message, used }),
        None => Frame::More(used.min(digits.saturating_add(1).saturating_add(MAX_MESSAGE))),
    }
}

/// All up to a line end or NUL, or as much as is read.
fn line(bytes: &[u8]) -> Frame<'_> {
    let within = bytes.get(..MAX_MESSAGE).unwrap_or(bytes);
    match within.iter().position(|byte| matches!(byte, b'\n' | 0)) {
        Some(end) => {
            let message = within.get(..end).unwrap_or_default();
            Frame::Whole(Whole { message, used: end.saturating_add(1) })
        }
        None if bytes.len() >= MAX_MESSAGE => Frame::Whole(Whole { message: within, used: MAX_MESSAGE }),
        None => Frame::More(bytes.len().saturating_add(1)),
    }
}

/// More lines of a message, as some programs send them; they tell nothing.
fn continued(bytes: &[u8]) -> Verdict {
    match line(bytes) {
        Frame::Whole(whole) if is_text(whole.message) => {
            Verdict::Message { used: whole.used, sender: Role::Client }
        }
        Frame::More(wanted) if is_text(bytes) => Verdict::More { wanted },
        _ => Verdict::NotThis,
    }
}
