//! A question by SNMP 3 with a user that the owner gave: the engine's name first (RFC 3414, 4), then the question, authenticated and
//! where the user has a passphrase for it private. Once more where the agent's clock was told wrong at first.
//!
//! At most three datagrams, each after the answer to the one before. No other user and no other passphrase is tried.

mod message;
#[cfg(test)]
mod tests;
mod user;

use crate::elements::{self, RESPONSE};
use crate::walk::Outcome;

use message::{Engine, Heard};
use user::Keys;
pub use user::{InvalidUser, User};

/// Datagrams of one talk, at most.
pub(crate) const MOST_SAID: u32 = 3;
/// A report (RFC 3416, 3), and what is reported: `usmStats` (RFC 3414, 5), the counter's number behind it.
const REPORT: u8 = 0xa8;
const USM_STATS: &[u8] = &[0x2b, 6, 1, 6, 3, 15, 1, 1];
const UNSUPPORTED_LEVEL: u8 = 1;
const NOT_IN_TIME_WINDOW: u8 = 2;
const UNKNOWN_USER: u8 = 3;
const UNKNOWN_ENGINE: u8 = 4;
const WRONG_DIGEST: u8 = 5;
const DECRYPTION_ERROR: u8 = 6;
/// Seconds that the clock of an answer may be behind what its engine told before (RFC 3414, 2.2.3).
const TIME_WINDOW: u32 = 150;

/// What was said last, and what is waited for.
#[derive(Debug)]
enum Stage {
    /// Nothing was said.
    New,
    /// The engine's name is asked for.
    Discovery,
    /// The question is put.
    Question { is_again: bool },
    /// It is over: an answer, or why there is none.
    Over(Result<Vec<u8>, &'static str>),
}

/// A talk with one agent.
pub struct UserTalk {
    user: User,
    id: [u8; 8],
    stage: Stage,
    engine: Engine,
    keys: Option<Keys>,
    said: u32,
    /// A message that is to be sent next.
    next: Option<Vec<u8>>,
}

impl std::fmt::Debug for UserTalk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserTalk").field("stage", &self.stage).finish_non_exhaustive()
    }
}

/// What is sent first, which names nobody.
pub(crate) fn discovery(id: [u8; 8]) -> Vec<u8> {
    message::of_nobody(numbered(id, 0), &elements::nothing_asked(request_id(id, 0)))
}

/// Whether it reports the name of an engine to the first message with this `id`.
pub(crate) fn is_discovered(bytes: &[u8], id: [u8; 8]) -> bool {
    message::read(bytes, None).is_some_and(|heard| reported(&heard, id, 0) == Some(UNKNOWN_ENGINE))
}

impl UserTalk {
    pub(crate) fn new(user: User, id: [u8; 8]) -> Self {
        let next = Some(discovery(id));
        Self { user, id, stage: Stage::New, engine: Engine::default(), keys: None, said: 0, next }
    }

    /// The next datagram, where one is to be sent.
    pub fn say(&mut self) -> Option<Vec<u8>> {
        let message = self.next.take()?;
        if matches!(self.stage, Stage::New) {
            self.stage = Stage::Discovery;
        }
        self.said = self.said.saturating_add(1);
        Some(message)
    }

    /// How many bytes of the last datagram nobody may read: the user's name.
    #[must_use]
    pub fn secret_bytes(&self) -> usize {
        if self.said > 1 { self.user.name().len() } else { 0 }
    }

    /// Takes a datagram; whether it answers the one that was sent last.
    pub fn hear(&mut self, bytes: &[u8]) -> bool {
        if self.next.is_some() {
            return false;
        }
        match self.stage {
            Stage::Discovery => self.discovered(bytes),
            Stage::Question { is_again } => self.answered(bytes, is_again),
            Stage::New | Stage::Over(_) => false,
        }
    }

    /// What came of it, once nothing is to be sent any more: the answer in clear, or why there is none.
    #[must_use]
    pub fn result(&self) -> Option<Result<&[u8], (Outcome, &'static str)>> {
        match &self.stage {
            Stage::Over(Ok(answer)) => Some(Ok(answer)),
            Stage::Over(Err(why)) => Some(Err((Outcome::NotAllowed, why))),
            _ => None,
        }
    }

    /// What can be said where it fell silent: an agent need not say that it could not read a message.
    #[must_use]
    pub const fn why_silent(&self) -> &'static str {
        match self.stage {
            Stage::Question { .. } if self.user.is_private() => {
                "it told its name, and then kept silent; so do agents where the passphrase for privacy is another one"
            }
            Stage::Question { .. } => "it told its name, and then kept silent",
            _ => "no agent of SNMP 3 answered",
        }
    }

    /// Another question of the same user, signed and hidden as the first one was.
    pub(crate) fn sign(&mut self, pdu: &[u8]) -> Vec<u8> {
        let nth = self.said;
        self.said = self.said.saturating_add(1);
        self.signed(nth, pdu).unwrap_or_default()
    }

    fn signed(&self, nth: u32, pdu: &[u8]) -> Option<Vec<u8>> {
        let keys = self.keys.as_ref()?;
        let salt = (u64::from_be_bytes(self.id) ^ u64::from(nth)).to_be_bytes();
        Some(message::of_user(&self.user, keys, &self.engine, numbered(self.id, nth), salt, pdu))
    }

    /// The PDU of the answer to what was signed last, if it is one; its engine's clock is taken.
    pub(crate) fn open(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let heard = message::read(bytes, Some((&self.user, self.keys.as_ref()?)))?;
        let is_ours = heard.id == numbered(self.id, self.said.saturating_sub(1))
            && heard.engine.name == self.engine.name;
        let (tag, content) = message::pdu(&heard.scoped)?;
        if !is_ours || !heard.is_authentic || tag != RESPONSE || !self.is_timely(&heard.engine) {
            return None;
        }
        let pdu = elements::element(tag, &[content]);
        self.engine = heard.engine;
        Some(pdu)
    }

    fn discovered(&mut self, bytes: &[u8]) -> bool {
        let Some(heard) = message::read(bytes, None) else { return false };
        match reported(&heard, self.id, 0) {
            Some(UNKNOWN_ENGINE) => {
                self.engine = heard.engine;
                self.keys = Some(self.user.keys(&self.engine.name));
                self.put_question(false);
                true
            }
            Some(_) => {
                self.stage = Stage::Over(Err("it does not tell the name of its engine"));
                true
            }
            None => false,
        }
    }

    fn put_question(&mut self, is_again: bool) {
        let pdu = elements::system_request(request_id(self.id, self.said));
        self.next = self.signed(self.said, &pdu);
        self.stage = Stage::Question { is_again };
    }

    fn answered(&mut self, bytes: &[u8], is_again: bool) -> bool {
        let nth = self.said.saturating_sub(1);
        let known = self.keys.as_ref().map(|keys| (&self.user, keys));
        let Some(heard) = message::read(bytes, known) else { return false };
        if heard.engine.name != self.engine.name {
            return false;
        }
        if let Some(what) = reported(&heard, self.id, nth) {
            return self.refused(what, heard, is_again);
        }
        let is_response = message::pdu(&heard.scoped).is_some_and(|(tag, content)| {
            tag == RESPONSE && content.starts_with(&elements::request_id(request_id(self.id, nth)))
        });
        if !heard.is_authentic
            || heard.id != numbered(self.id, nth)
            || !is_response
            || !self.is_timely(&heard.engine)
        {
            return false;
        }
        self.stage = Stage::Over(Ok(message::in_clear(&heard.scoped)));
        self.engine = heard.engine;
        true
    }

    /// RFC 3414, 3.2, 7b.
    fn is_timely(&self, told: &Engine) -> bool {
        let (before, now) =
            ((self.engine.boots, self.engine.time), (told.boots, told.time.saturating_add(TIME_WINDOW)));
        now >= before
    }

    /// Takes a report. Its clock is believed only where it is authentic (RFC 3414, 3.2, 7a and 4).
    fn refused(&mut self, what: u8, heard: Heard, is_again: bool) -> bool {
        let why = match what {
            NOT_IN_TIME_WINDOW if heard.is_authentic && !is_again && self.said < MOST_SAID => {
                self.engine = heard.engine;
                self.put_question(true);
                return true;
            }
            NOT_IN_TIME_WINDOW => "its clock does not fit to what it told of it (usmStatsNotInTimeWindows)",
            UNKNOWN_USER => "it does not know this user (usmStatsUnknownUserNames)",
            WRONG_DIGEST => {
                "its passphrase for authentication, or the kind of it, is another one (usmStatsWrongDigests)"
            }
            UNSUPPORTED_LEVEL => "this user has other kinds of security there (usmStatsUnsupportedSecLevels)",
            DECRYPTION_ERROR => {
                "its passphrase for privacy, or the kind of it, is another one (usmStatsDecryptionErrors)"
            }
            UNKNOWN_ENGINE => "its engine has another name than it told (usmStatsUnknownEngineIDs)",
            _ => "it reports what is not known here",
        };
        self.stage = Stage::Over(Err(why));
        true
    }
}

/// What a report to our nth message is about, if it is one: the number of its counter, and 0 for any other.
fn reported(heard: &Heard, id: [u8; 8], nth: u32) -> Option<u8> {
    let (tag, content) = message::pdu(&heard.scoped)?;
    if tag != REPORT || heard.id != numbered(id, nth) {
        return None;
    }
    let (_request, rest) = message::content(content, elements::INTEGER)?;
    let (_error, rest) = message::content(rest, elements::INTEGER)?;
    let (_index, rest) = message::content(rest, elements::INTEGER)?;
    let (list, _) = message::content(rest, elements::SEQUENCE)?;
    let (binding, _) = message::content(list, elements::SEQUENCE)?;
    let (name, _) = message::content(binding, elements::OBJECT_IDENTIFIER)?;
    Some(match name.strip_prefix(USM_STATS) {
        Some([counter, 0]) => *counter,
        _ => 0,
    })
}

/// The number of our nth message, and of its request.
fn numbered(id: [u8; 8], nth: u32) -> u32 {
    let [a, b, c, ..] = id;
    u32::from_be_bytes([a & 0x3f | 0x40, b, c & 0xfe, 0]) | nth & 0x1ff
}

fn request_id(id: [u8; 8], nth: u32) -> [u8; 4] {
    numbered(id, nth).to_be_bytes()
}
