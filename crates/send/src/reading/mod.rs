//! Reads a Linux server with its owner's leave: connects, makes sure that it is the server that was meant, logs in with the owner's
//! key, runs the one constant, and ends in order.
//!
//! It talks just so much of SSH as that needs (decision 23). No secret is ever sent: a key signs, and a password is not known here.

mod agree;
mod line;
mod parts;
mod seal;
mod signed;

use std::net::{SocketAddr, TcpStream};
use std::time::Instant;

use wardround_ask::envelope::CONNECT_TIME;
use wardround_ask::reading::budget::{FIRST_WINDOW, MOST_TOLD, PAUSE, TURN, WINDOW};
use wardround_ask::reading::{COMMAND, Given, HostKey, Login, ReadKey, may_be_ours};
use wardround_ask::{Outcome, Ticket};

use crate::answer::{Answer, Reading};
use crate::cards;
use crate::connect::why_not;
use line::{Limits, Line};
use parts::{Parts, number, string};

/// Our name (RFC 4253, 4.2).
const NAME: &[u8] = concat!("SSH-2.0-Wardround_", env!("CARGO_PKG_VERSION")).as_bytes();
/// Numbers of messages (RFC 4250, 4.1).
const DISCONNECT: u8 = 1;
const IGNORE: u8 = 2;
const DEBUG: u8 = 4;
const SERVICE_REQUEST: u8 = 5;
const SERVICE_ACCEPT: u8 = 6;
const EXT_INFO: u8 = 7;
const LOGIN: u8 = 50;
const LOGIN_FAILED: u8 = 51;
const LOGIN_DONE: u8 = 52;
const LOGIN_BANNER: u8 = 53;
const GLOBAL: u8 = 80;
const GLOBAL_FAILED: u8 = 82;
const OPEN: u8 = 90;
const OPEN_DONE: u8 = 91;
const OPEN_FAILED: u8 = 92;
const WINDOW_ADJUST: u8 = 93;
const DATA: u8 = 94;
const OTHER_DATA: u8 = 95;
const END_OF_DATA: u8 = 96;
const CLOSE: u8 = 97;
const REQUEST: u8 = 98;
const REQUEST_DONE: u8 = 99;
const REQUEST_FAILED: u8 = 100;
/// "By application" (RFC 4253, 11.1).
const BY_APPLICATION: u32 = 11;

/// Reads.
pub(crate) fn put(ticket: &Ticket, is_stopped: &dyn Fn() -> bool) -> Answer {
    let exchange = ticket.exchange();
    let Some(given) = ticket.given() else { return Answer::empty(Outcome::NotAllowed) };
    let begun = Instant::now();
    let to = SocketAddr::from((exchange.ip, exchange.port));
    let stream = match TcpStream::connect_timeout(&to, CONNECT_TIME) {
        Ok(stream) => stream,
        Err(error) => return Answer::empty(why_not(error.kind())),
    };
    let connected = begun.elapsed();
    let mut line = match Line::new(stream, is_stopped, Limits::default()) {
        Ok(line) => line,
        Err(outcome) => return Answer::empty(outcome),
    };
    let mut talk = Talk { line: &mut line, shown: None, told: Vec::new() };
    // The kernel may have learned the card only now.
    let outcome = if cards::is_another(exchange.ip, &exchange.cards) {
        Outcome::AnotherCard
    } else {
        talk.hold(given).err().unwrap_or(Outcome::Answered)
    };
    let (shown, told) = (talk.shown, std::mem::take(&mut talk.told));
    line.end(goodbye(outcome).as_deref());
    // What was not told to its end is not kept.
    let reading = Some(Reading {
        host_key: shown,
        told: if outcome == Outcome::Answered { told } else { Vec::new() },
        heard: line.heard,
    });
    let answer = Answer::of(outcome, line.from(), line.sent, line.clear);
    Answer { connected: Some(connected), reading, ..answer }
}

/// The last message, where there is a talk to end.
fn goodbye(outcome: Outcome) -> Option<Vec<u8>> {
    let is_talk = !matches!(outcome, Outcome::AnotherCard | Outcome::Reset | Outcome::Ended);
    is_talk.then(|| {
        let mut last = vec![DISCONNECT];
        number(&mut last, BY_APPLICATION);
        string(&mut last, b"security round");
        string(&mut last, b"");
        last
    })
}

struct Talk<'l, 'a> {
    line: &'l mut Line<'a>,
    shown: Option<HostKey>,
    told: Vec<u8>,
}

impl Talk<'_, '_> {
    fn hold(&mut self, given: &Given) -> Result<(), Outcome> {
        let theirs = self.line.identification()?;
        if !is_openssh(&theirs) {
            return Err(Outcome::NotUnderstood);
        }
        let offer = agree::offer(given.host_key)?;
        let first = [NAME, b"\r\n", &self.line.packed(&offer)?].concat();
        self.line.say(&first, TURN)?;
        let agreed = agree::agree(self.line, (NAME, &theirs), &offer, given.host_key)?;
        self.shown = Some(agreed.host_key);
        if given.host_key.is_some_and(|known| !known.is(agreed.host_key)) {
            return Err(Outcome::AnotherKey);
        }
        let (new_keys, session) = agreed.begin(self.line);
        self.log_in(&new_keys, &session, &given.login, &given.key)?;
        self.run()
    }

    /// The next message that is for us: what servers say by the way is passed over.
    fn next(&mut self) -> Result<Vec<u8>, Outcome> {
        loop {
            let message = self.line.message()?;
            match message.first() {
                Some(&(IGNORE | DEBUG | EXT_INFO | LOGIN_BANNER)) => {}
                Some(&DISCONNECT) => return Err(Outcome::NotAllowed),
                Some(&GLOBAL) => {
                    let mut parts = Parts(message.get(1..).unwrap_or_default());
                    let wants_answer =
                        parts.string().and_then(|_| parts.byte()).is_some_and(|byte| byte != 0);
                    if wants_answer {
                        self.line.tell(&[&[GLOBAL_FAILED]])?;
                    }
                }
                Some(_) => return Ok(message),
                None => return Err(Outcome::NotUnderstood),
            }
        }
    }

    /// RFC 4252, 7.
    fn log_in(
        &mut self,
        new_keys: &[u8],
        session: &[u8],
        login: &Login,
        key: &ReadKey,
    ) -> Result<(), Outcome> {
        let mut service = vec![SERVICE_REQUEST];
        string(&mut service, b"ssh-userauth");
        let first = [new_keys, &self.line.packed(&service)?].concat();
        self.line.say(&first, TURN)?;
        if self.next()?.first() != Some(&SERVICE_ACCEPT) {
            return Err(Outcome::NotUnderstood);
        }
        let mut request = vec![LOGIN];
        string(&mut request, login.as_str().as_bytes());
        string(&mut request, b"ssh-connection");
        string(&mut request, b"publickey");
        request.push(1);
        string(&mut request, key.kind().as_bytes());
        string(&mut request, &key.public());
        let mut text = Vec::new();
        string(&mut text, session);
        text.extend_from_slice(&request);
        string(&mut request, &signed::sign(key, &text).ok_or(Outcome::NotAllowed)?);
        self.line.tell(&[&request])?;
        match self.next()?.first() {
            Some(&LOGIN_DONE) => Ok(()),
            Some(&LOGIN_FAILED) => Err(Outcome::NotAllowed),
            _ => Err(Outcome::NotUnderstood),
        }
    }

    /// Opens the one channel, asks for the one command, and takes what it prints (RFC 4254, 5 and 6).
    fn run(&mut self) -> Result<(), Outcome> {
        let mut open = vec![OPEN];
        string(&mut open, b"session");
        for value in [0, FIRST_WINDOW, WINDOW] {
            number(&mut open, value);
        }
        self.line.tell(&[&open])?;
        let opened = self.next()?;
        let mut parts = Parts(&opened);
        let channel = match (parts.byte(), parts.number(), parts.number()) {
            (Some(OPEN_DONE), Some(0), Some(channel)) => channel,
            (Some(OPEN_FAILED), ..) => return Err(Outcome::NotAllowed),
            _ => return Err(Outcome::NotUnderstood),
        };
        let mut request = vec![REQUEST];
        number(&mut request, channel);
        string(&mut request, b"exec");
        request.push(1);
        string(&mut request, COMMAND.as_bytes());
        self.line.tell(&[&request])?;
        self.listen(channel)
    }

    fn listen(&mut self, channel: u32) -> Result<(), Outcome> {
        let mut left = FIRST_WINDOW;
        loop {
            let message = self.next()?;
            let mut parts = Parts(message.get(1..).unwrap_or_default());
            if parts.number() != Some(0) {
                return Err(Outcome::NotUnderstood);
            }
            let came = match message.first() {
                Some(&DATA) => {
                    let data = parts.string().ok_or(Outcome::NotUnderstood)?;
                    self.told.extend_from_slice(data);
                    data.len()
                }
                // Its complaints are not kept.
                Some(&OTHER_DATA) => {
                    parts.number().and_then(|_| parts.string()).ok_or(Outcome::NotUnderstood)?.len()
                }
                Some(&CLOSE) => return Ok(()),
                Some(&REQUEST_FAILED) => return Err(Outcome::NotAllowed),
                Some(&(REQUEST_DONE | WINDOW_ADJUST | END_OF_DATA | REQUEST)) => 0,
                _ => return Err(Outcome::NotUnderstood),
            };
            if self.told.len() > MOST_TOLD {
                return Err(Outcome::TooMuch);
            }
            if !may_be_ours(&self.told) {
                return Err(Outcome::NotUnderstood);
            }
            // More than it was let is no talk that we know.
            left = u32::try_from(came)
                .ok()
                .and_then(|came| left.checked_sub(came))
                .ok_or(Outcome::NotUnderstood)?;
            if left < WINDOW / 8 {
                let mut adjust = vec![WINDOW_ADJUST];
                number(&mut adjust, channel);
                number(&mut adjust, WINDOW.saturating_sub(left));
                left = WINDOW;
                self.line.tell_after(&[&adjust], PAUSE)?;
            }
        }
    }
}

/// Whether it is the server whose ways are known here. A router, a controller or a Windows computer is not logged in to.
fn is_openssh(name: &[u8]) -> bool {
    let software = name.strip_prefix(b"SSH-2.0-").unwrap_or_default();
    let says = |word: &[u8]| name.windows(word.len()).any(|window| window.eq_ignore_ascii_case(word));
    software.starts_with(b"OpenSSH_") && !says(b"windows")
}

#[cfg(test)]
mod tests;
