//! HTTP/2 in clear (RFC 9113): the software of both sides, and logins sent in clear, from the heads of requests and answers.
//!
//! A side is recognised by what it must begin with, or in an older connection by a head. Not here: bodies and trailers, what
//! servers push, logins by NTLM (which HTTP/2 has not), HTTP/2 in TLS.

mod fields;
mod frame;
mod huffman;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use wardround_model::{FactKind, Protocol};

use self::fields::Name;
use self::frame::{Block, HEADER, HEADERS, Header, SETTINGS};
use crate::head::{self, MAX_HEAD};
use crate::lines::Fit;
use crate::{About, Facts, Half, Role, Start, Verdict};

/// What a client sends before all else (3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start == Start::NextMessage {
        return next_frame(half.bytes, facts);
    }
    match Fit::of(half.bytes, PREFACE) {
        Fit::Whole => Verdict::Message { used: PREFACE.len(), sender: Role::Client },
        Fit::SoFar => Verdict::More { wanted: PREFACE.len() },
        Fit::No if !frame::may_begin(half.bytes, half.start) => Verdict::NotThis,
        Fit::No => match Header::read(half.bytes) {
            None => Verdict::More { wanted: HEADER },
            Some(header) if header.kind == SETTINGS => settings(&header, half),
            Some(header) if !header.is_valid() => Verdict::NotThis,
            Some(_) => head_in_the_midst(half.bytes, facts),
        },
    }
}

/// A server begins with its settings (3.4).
fn settings(header: &Header, half: &Half<'_>) -> Verdict {
    let used = header.end();
    // Without a setting, there is little to know them by: another frame must follow.
    let wanted = if header.length == 0 { used.saturating_add(HEADER) } else { used };
    let Some(bytes) = half.bytes.get(HEADER..wanted) else { return Verdict::More { wanted } };
    let fits = match header.length {
        0 => Header::read(bytes).is_some_and(|behind| behind.is_known() && behind.is_valid()),
        _ => frame::are_settings(bytes),
    };
    match half.start {
        _ if !fits => Verdict::NotThis,
        Start::Opening => Verdict::Message { used, sender: Role::Server },
        Start::Middle | Start::NextMessage => Verdict::Message { used, sender: Role::Unknown },
    }
}

/// The head of a request or an answer, by which a connection is known that is older than the capture.
fn head_in_the_midst(bytes: &[u8], facts: &mut Facts) -> Verdict {
    match Block::read(bytes) {
        Block::Cut { wanted } => Verdict::More { wanted },
        Block::TooLong { .. } | Block::Malformed => Verdict::NotThis,
        Block::Whole { used, fields } => match tell(&fields, facts) {
            Some(sender @ (Role::Client | Role::Server)) => Verdict::Message { used, sender },
            Some(Role::Unknown) | None => Verdict::NotThis,
        },
    }
}

fn next_frame(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let Some(header) = Header::read(bytes) else { return Verdict::More { wanted: HEADER } };
    if !header.is_valid() {
        return Verdict::NotThis;
    }
    if header.kind != HEADERS {
        return Verdict::Message { used: header.end(), sender: Role::Unknown };
    }
    match Block::read(bytes) {
        Block::Cut { wanted } => Verdict::More { wanted },
        Block::TooLong { used } => Verdict::Message { used, sender: Role::Unknown },
        Block::Malformed => Verdict::NotThis,
        Block::Whole { used, fields } => {
            let sender = tell(&fields, facts).unwrap_or(Role::Unknown);
            Verdict::Message { used, sender }
        }
    }
}

/// The first answer of a server that changed from HTTP/1 to HTTP/2 (RFC 7540, 3.2), by what it sends behind its consent.
///
/// # Errors
/// So many bytes are wanted in all.
pub(super) fn first_answer(bytes: &[u8], facts: &mut Facts) -> Result<(), usize> {
    let mut at = 0_usize;
    while at < MAX_HEAD {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(header) = Header::read(rest) else { return Err(at.saturating_add(HEADER)) };
        if !header.is_valid() {
            return Ok(());
        }
        if header.kind == HEADERS {
            match Block::read(rest) {
                Block::Cut { wanted } => return Err(at.saturating_add(wanted)),
                Block::Whole { fields, .. } => tell(&fields, facts),
                Block::TooLong { .. } | Block::Malformed => None,
            };
            return Ok(());
        }
        at = at.saturating_add(header.end());
    }
    Ok(())
}

/// What a head says: of each field the first.
#[derive(Default)]
struct Said<'a> {
    is_request: bool,
    is_answer: bool,
    values: Vec<fields::Field<'a>>,
}

/// Tells what a head says, and who sent it; `None` where it is malformed. Trailers have no pseudo-header fields, and tell nothing.
fn tell(block: &[u8], facts: &mut Facts) -> Option<Role> {
    let said = Said::of(block)?;
    match (said.is_request, said.is_answer) {
        (true, true) => None,
        (false, false) => Some(Role::Unknown),
        (true, false) => {
            for name in [Name::Authorization, Name::ProxyAuthorization] {
                let login = (Protocol::Http, b"http-basic".as_slice());
                head::tell_basic_login(said.value(name).unwrap_or_default(), login, facts);
            }
            if let Some(agent) = said.value(Name::UserAgent) {
                facts.tell(About::Sender, FactKind::HttpUserAgent, agent);
            }
            Some(Role::Client)
        }
        (false, true) => {
            if let Some(server) = said.value(Name::Server) {
                facts.tell(About::SenderService, FactKind::HttpServer, server);
            }
            Some(Role::Server)
        }
    }
}

impl<'a> Said<'a> {
    fn of(block: &'a [u8]) -> Option<Self> {
        let mut said = Self::default();
        fields::read(block, |(name, value): (Name, Cow<'a, [u8]>)| match name {
            Name::OfRequest => said.is_request = true,
            Name::OfAnswer => said.is_answer = true,
            Name::Other => {}
            _ if value.is_empty() || said.value(name).is_some() => {}
            _ => said.values.push((name, value)),
        })?;
        Some(said)
    }

    fn value(&self, wanted: Name) -> Option<&[u8]> {
        let (_, value) = self.values.iter().find(|(name, _)| *name == wanted)?;
        Some(head::valid_part(value))
    }
}
