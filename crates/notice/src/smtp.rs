//! Mail is handed to the hospital's own mail server (SMTP, RFC 5321; STARTTLS, RFC 3207; login, RFC 4954).
//!
//! Answers are read letter by letter, so that nothing which came before TLS is taken for something that was said in it.

use std::net::IpAddr;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::error::TellError;
use crate::line::Line;
use crate::reach;
use crate::receiver::{Login, Mail, Protection, Receiver};
use crate::written::one_line;

/// Bytes of a line of an answer; the standard says 512.
const LONGEST_LINE: usize = 1_000;
/// Lines of an answer.
const MOST_LINES: usize = 64;
/// Letters of what it said that are kept.
const SAID: usize = 120;

/// What a server answered.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

/// Hands the mail to the server. Which addresses it does not take is told, where it takes some.
pub(crate) fn send(
    to: &Mail,
    receiver: &Receiver,
    mail: &str,
    until: Instant,
) -> Result<Option<String>, TellError> {
    let mut talk = Talk::begin(to, receiver, until)?;
    if let Some(login) = &to.login {
        talk.login(login)?;
    }
    talk.ask(&format!("MAIL FROM:<{}>", to.from), "the sender", 250)?;
    let mut refused = Vec::new();
    for address in &to.to {
        if let Err(error) = talk.ask(&format!("RCPT TO:<{address}>"), "the address", 250) {
            if !matches!(error, TellError::Refused { .. }) || refused.len() + 1 == to.to.len() {
                return Err(error);
            }
            refused.push(address.as_str());
        }
    }
    talk.ask("DATA", "the mail", 354)?;
    // No line begins with a full stop: what follows is base64 and our own head.
    talk.line.send(mail.as_bytes())?;
    talk.ask(".", "the mail", 250)?;
    // It is the server's by now, whatever it says to the farewell.
    let _ = talk.line.send(b"QUIT\r\n");
    let note = format!("The mail server does not take {}.", refused.join(", "));
    Ok(Some(note).filter(|_| !refused.is_empty()))
}

/// A talk with a server, past the point where it is protected.
struct Talk {
    line: Line,
    /// What it offers, in capitals.
    offers: Vec<String>,
}

impl Talk {
    fn begin(to: &Mail, receiver: &Receiver, until: Instant) -> Result<Self, TellError> {
        let reached = reach::connect(&to.host, to.port, receiver.inside, until)?;
        let line = Line::new(reached, &to.host, until);
        let trusted = receiver.trusted.as_deref();
        match to.protection {
            Protection::None => Self::greeted(line.plain()?),
            Protection::Tls => Self::greeted(line.secured(trusted)?),
            Protection::StartTls => {
                let mut talk = Self::greeted(line)?;
                if !talk.offers.iter().any(|offer| offer == "STARTTLS") {
                    return Err(TellError::NoStartTls);
                }
                talk.ask("STARTTLS", "TLS", 220)?;
                Self { line: talk.line.secured(trusted)?, offers: Vec::new() }.hello()
            }
        }
    }

    fn greeted(line: Line) -> Result<Self, TellError> {
        let mut talk = Self { line, offers: Vec::new() };
        talk.answer("the connection", 220)?;
        talk.hello()
    }

    /// Says who we are; what it offers was said under another name before.
    fn hello(mut self) -> Result<Self, TellError> {
        let own = match self.line.own_address()? {
            IpAddr::V4(address) => format!("[{address}]"),
            IpAddr::V6(address) => format!("[IPv6:{address}]"),
        };
        let offered = self.ask(&format!("EHLO {own}"), "the greeting", 250)?;
        self.offers = offered.lines.iter().skip(1).map(|line| line.trim().to_uppercase()).collect();
        Ok(self)
    }

    fn login(&mut self, login: &Login) -> Result<(), TellError> {
        let (name, password) = (login.name.as_str(), login.password.shown());
        let offers: Vec<&str> = self.offers.iter().filter_map(|offer| offer.strip_prefix("AUTH ")).collect();
        let has = |wanted: &str| offers.iter().any(|offer| offer.split(' ').any(|one| one == wanted));
        if has("PLAIN") {
            let words = STANDARD.encode(format!("\0{name}\0{password}"));
            return self.secret(&format!("AUTH PLAIN {words}"), 235);
        }
        if !has("LOGIN") {
            return Err(TellError::NoLogin);
        }
        self.secret("AUTH LOGIN", 334)?;
        self.secret(&STANDARD.encode(name), 334)?;
        self.secret(&STANDARD.encode(password), 235)
    }

    /// Says a part of a login. What is answered is not kept: it may repeat what was said.
    fn secret(&mut self, words: &str, wanted: u16) -> Result<(), TellError> {
        self.line.send(format!("{words}\r\n").as_bytes())?;
        let reply = self.reply()?;
        if reply.code == wanted {
            return Ok(());
        }
        Err(TellError::Refused { step: "the login", said: format!("code {}", reply.code) })
    }

    fn ask(&mut self, words: &str, step: &'static str, wanted: u16) -> Result<Reply, TellError> {
        self.line.send(format!("{words}\r\n").as_bytes())?;
        self.answer(step, wanted)
    }

    fn answer(&mut self, step: &'static str, wanted: u16) -> Result<Reply, TellError> {
        let reply = self.reply()?;
        // 251: it takes the mail and hands it on.
        if reply.code == wanted || (reply.code == 251 && wanted == 250) {
            return Ok(reply);
        }
        let said = one_line(&reply.lines.join(" "), SAID);
        Err(TellError::Refused { step, said: format!("{} {said}", reply.code) })
    }

    /// Reads an answer: lines of one code, with a hyphen after it in all but the last (RFC 5321, 4.2).
    fn reply(&mut self) -> Result<Reply, TellError> {
        let mut lines = Vec::new();
        while lines.len() < MOST_LINES {
            let line = self.line.text(LONGEST_LINE)?;
            let (code, rest) = line.split_at_checked(3).ok_or(TellError::Senseless)?;
            let code = code.parse().ok().filter(|code| (200..600).contains(code));
            let code: u16 = code.ok_or(TellError::Senseless)?;
            let is_last = !rest.starts_with('-');
            lines.push(rest.trim_start_matches(['-', ' ']).to_owned());
            if is_last {
                return Ok(Reply { code, lines });
            }
        }
        Err(TellError::TooMuch)
    }
}
