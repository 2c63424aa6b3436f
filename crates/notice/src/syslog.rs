//! Syslog: messages of RFC 5424, each after its length, over TLS (RFC 5425), with an event of CEF as what they say.
//!
//! The protocol has no answer. The connection is ended in order and the other end's end is waited for, so that a receiver that
//! went away in the middle is told again.

use std::time::Instant;

use crate::error::TellError;
use crate::line::Line;
use crate::notice::Notice;
use crate::receiver::{Receiver, Syslog};
use crate::written::{Sender, rfc_3339};
use crate::{cef, reach};

/// The facility: security messages (RFC 5424, table 1).
const FACILITY: u8 = 10;

/// Tells a syslog server of these notices.
pub(crate) fn tell(
    to: &Syslog,
    receiver: &Receiver,
    notices: &[Notice],
    sender: &Sender,
    until: Instant,
) -> Result<(), TellError> {
    let reached = reach::connect(&to.host, to.port, receiver.inside, until)?;
    let line = Line::new(reached, &to.host, until);
    let mut line = if to.tls { line.secured(receiver.trusted.as_deref())? } else { line.plain()? };
    for notice in notices {
        line.send(&framed(&message(notice, sender, receiver)))?;
    }
    line.end()
}

/// A message after its length in bytes (RFC 6587 3.4.1, RFC 5425 4.3).
fn framed(message: &str) -> Vec<u8> {
    format!("{} {message}", message.len()).into_bytes()
}

/// A notice as a message. No mark of UTF-8 stands before the text: readers of CEF look for `CEF:` at its begin, and RFC 5424
/// lets text be of any kind without it.
fn message(notice: &Notice, sender: &Sender, receiver: &Receiver) -> String {
    let event = cef::event(notice, sender, receiver.names, receiver.site.as_deref());
    let priority = u16::from(FACILITY) * 8 + u16::from(severity(notice.kind.severity()));
    let (at, computer, kind) = (rfc_3339(notice.at), name_part(&sender.computer, 255), notice.kind.code());
    format!("<{priority}>1 {at} {computer} wardround - {kind} - {event}")
}

/// The severity of RFC 5424 (table 2): critical, error, warning, or information.
fn severity(of_ten: u8) -> u8 {
    match of_ten {
        9.. => 2,
        7 | 8 => 3,
        4..=6 => 4,
        _ => 6,
    }
}

/// A part of the head: printable ASCII without spaces, or `-`.
fn name_part(text: &str, most: usize) -> String {
    let name: String = text.chars().filter(char::is_ascii_graphic).take(most).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receiver::Way;

    #[test]
    fn a_message_has_its_length_before_it_in_bytes() {
        let way = Way::Syslog(Syslog { host: "logs".to_owned(), port: 6514, tls: true });
        let receiver = Receiver { way, inside: true, trusted: None, names: true, site: None };
        let sender =
            Sender { computer: "ward srv\n<1>".to_owned(), version: "1".to_owned(), ..Sender::default() };
        let notice = Notice { title: "Prüfung".to_owned(), ..Notice::trial("t".to_owned(), 1_795_000_000) };
        let message = message(&notice, &sender, &receiver);
        insta::assert_snapshot!(message, @"<86>1 2026-11-18T11:06:40Z wardsrv<1> wardround - trial - CEF:0|Wardround|Wardround|1|trial|Prüfung|0|rt=1795000000000 externalId=t cat=vulnerability management");
        assert!(framed(&message).starts_with(format!("{} <86>1", message.len()).as_bytes()));
        assert!(message.len() > message.chars().count());
    }
}
