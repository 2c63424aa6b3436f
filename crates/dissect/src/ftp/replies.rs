//! Replies of an FTP server up to the outcome of the first login (RFC 959, 4.2 and 5.4).
//!
//! Who is let in with a password is not told apart by the server's side: it grants a login, and the client's side says
//! whether it asked as nobody. Some servers say by themselves that nobody was let in. Not here: what replies say but for that.

use wardround_model::FactKind;

use crate::greeting::whole_reply;
use crate::lines::contains_ignoring_case;
use crate::{About, Facts, Half, Role, Verdict};

/// The longest reply that is read.
const MAX_REPLY: usize = 4096;
/// How servers answer when nobody's name was given: Microsoft's, ProFTPD's and Pure-FTPd's, and those of BSD.
const NOBODY: &[&str] =
    &["anonymous access", "anonymous login ok", "anonymous user logged in", "guest login ok"];

/// Codes of replies.
mod code {
    pub(super) const LOGGED_IN: [u8; 3] = *b"230";
    pub(super) const NEEDS_PASSWORD: [u8; 3] = *b"331";
    /// All that follows is encrypted (RFC 4217).
    pub(super) const ENCRYPTED: [u8; 3] = *b"234";
    /// Security data is exchanged and all that follows is encrypted (RFC 2228); the login failed; the service closes.
    pub(super) const ENDS: [[u8; 3]; 3] = [*b"334", *b"530", *b"421"];
}

/// The code of a reply, as far as the bytes begin with one: three digits, a space or a hyphen.
pub(super) fn code(bytes: &[u8]) -> Option<[u8; 3]> {
    let (code, rest) = bytes.split_first_chunk()?;
    let is_code =
        code.iter().all(u8::is_ascii_digit) && rest.first().is_none_or(|b| matches!(b, b' ' | b'-'));
    is_code.then_some(*code)
}

/// Whether it may become a reply when more is there.
pub(super) fn may_begin(bytes: &[u8]) -> bool {
    bytes.len() < 4 && bytes.iter().all(u8::is_ascii_digit)
}

/// Reads the next reply; one that asks for a password together with the one behind it.
pub(super) fn dissect(half: &Half<'_>, code: [u8; 3], facts: &mut Facts) -> Verdict {
    let Some(reply) = whole_reply(half.bytes, code) else { return more(half.bytes.len()) };
    let (used, sender) = (reply.len(), Role::Server);
    match code {
        code::LOGGED_IN => {
            // No password was asked for before.
            facts.tell(About::SenderService, FactKind::OpenLogin, b"ftp");
            Verdict::Finished { sender }
        }
        code::NEEDS_PASSWORD => outcome(half.bytes, reply, facts),
        code::ENCRYPTED => match half.bytes.get(used) {
            None => more(used),
            // A record of TLS. What other ways hide is not looked at.
            Some(0x14..=0x17) => Verdict::Message { used, sender },
            Some(_) => Verdict::Finished { sender },
        },
        code if code::ENDS.contains(&code) => Verdict::Finished { sender },
        _ => Verdict::Message { used, sender },
    }
}

/// What became of a login that needs a password.
fn outcome(bytes: &[u8], asked: &[u8], facts: &mut Facts) -> Verdict {
    let rest = bytes.get(asked.len()..).unwrap_or_default();
    if rest.is_empty() || may_begin(rest) {
        return more(bytes.len());
    }
    if code(rest) == Some(code::LOGGED_IN) {
        let Some(granted) = whole_reply(rest, code::LOGGED_IN) else { return more(bytes.len()) };
        if is_to_nobody(asked) || is_to_nobody(granted) {
            facts.tell(About::SenderService, FactKind::OpenLogin, b"ftp");
        } else {
            facts.grant();
        }
    }
    Verdict::Finished { sender: Role::Server }
}

fn is_to_nobody(reply: &[u8]) -> bool {
    NOBODY.iter().any(|words| contains_ignoring_case(reply, words))
}

fn more(there: usize) -> Verdict {
    if there < MAX_REPLY {
        Verdict::More { wanted: there.saturating_add(1) }
    } else {
        Verdict::Finished { sender: Role::Server }
    }
}
