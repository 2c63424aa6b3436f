//! Telnet (RFC 854, RFC 855): known by its negotiation of options; a prompt for a password makes a login in clear.
//!
//! Not here: what is typed, and any text beyond the words of the device vocabulary.

#[cfg(test)]
mod tests;

use wardround_model::{FactKind, words};

use crate::lines::is_text;
use crate::{About, Facts, Half, Role, Start, Verdict};

const PORT: u16 = 23;
/// Interpret As Command, and the commands that follow it (RFC 854).
const IAC: u8 = 255;
const SUBNEGOTIATION_END: u8 = 240;
const NO_OPERATION: u8 = 241;
const SUBNEGOTIATION: u8 = 250;
const WILL: u8 = 251;
const DONT: u8 = 254;
/// The highest option in common use (RFC 2066's 42 to RFC 8049's 49), and those of IANA's registry above it.
const MAX_OPTION: u8 = 49;
const HIGH_OPTIONS: &[u8] = &[138, 139, 140, 255];
/// What a server sends is searched so far for its prompts.
const MAX_TEXT: usize = 4096;

const NAME_PROMPTS: &[&str] = &["login:", "username:", "user name:", "user:", "account:", "benutzername:"];
const PASSWORD_PROMPTS: &[&str] = &["password:", "passwort:", "kennwort:", "mot de passe", "passcode:"];

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if half.start != Start::NextMessage {
        match recognise(half) {
            Recognised::Yes => {}
            Recognised::NotYet => return Verdict::More { wanted: half.bytes.len().saturating_add(1) },
            Recognised::No => return Verdict::NotThis,
        }
    }
    match side(half) {
        Role::Client => Verdict::Finished { sender: Role::Client },
        Role::Server | Role::Unknown => server(half, facts),
    }
}

enum Recognised {
    Yes,
    NotYet,
    No,
}

/// A negotiation at the beginning, or text on Telnet's own port.
fn recognise(half: &Half<'_>) -> Recognised {
    let on_its_port = half.sender_port == PORT || half.receiver_port == PORT;
    match (half.bytes, half.start) {
        ([IAC, ..], Start::Middle) if !on_its_port => Recognised::No,
        ([IAC] | [IAC, WILL..=DONT], _) => Recognised::NotYet,
        ([IAC, WILL..=DONT, option], _) if is_option(*option) => Recognised::Yes,
        ([IAC, WILL..=DONT, option, next, ..], _)
            if is_option(*option) && (*next == IAC || is_text(&[*next])) =>
        {
            Recognised::Yes
        }
        ([IAC, SUBNEGOTIATION | NO_OPERATION, ..], _) if on_its_port => Recognised::Yes,
        ([IAC, ..], _) | (_, Start::Middle) => Recognised::No,
        (text, _) if on_its_port && is_text(text) => Recognised::Yes,
        _ => Recognised::No,
    }
}

fn is_option(option: u8) -> bool {
    option <= MAX_OPTION || HIGH_OPTIONS.contains(&option)
}

/// Both sides negotiate alike, so the ports tell: the server's is 23, or else the lower one.
fn side(half: &Half<'_>) -> Role {
    let rank = |port: u16| (port != PORT, port);
    if rank(half.sender_port) < rank(half.receiver_port) { Role::Server } else { Role::Client }
}

/// Waits for a prompt: for a name first, whose text before it may name a product, and then for a password.
fn server(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Server;
    let bytes = half.bytes.get(..MAX_TEXT).unwrap_or(half.bytes);
    let (name_asked, password_asked) = (prompt(bytes, NAME_PROMPTS), prompt(bytes, PASSWORD_PROMPTS));
    let asked_at = [&name_asked, &password_asked].into_iter().flatten().map(|asked| asked.start).min();
    if let Some(end) = asked_at.filter(|_| half.start != Start::NextMessage) {
        tell_banner(bytes.get(..end).unwrap_or_default(), facts);
    }
    match (name_asked, password_asked) {
        (_, Some(_)) => {
            facts.tell(About::SenderService, FactKind::ClearTextLogin, b"telnet");
            Verdict::Finished { sender }
        }
        (Some(asked), None) => Verdict::Message { used: asked.end, sender },
        (None, None) if bytes.len() < MAX_TEXT => {
            Verdict::More { wanted: half.bytes.len().saturating_add(1) }
        }
        (None, None) => Verdict::Finished { sender },
    }
}

/// Where the first of these prompts stands.
fn prompt(bytes: &[u8], prompts: &[&str]) -> Option<std::ops::Range<usize>> {
    let places = prompts.iter().filter_map(|prompt| {
        let start = crate::lines::find_ignoring_case(bytes, prompt)?;
        Some((start, start.saturating_add(prompt.len())))
    });
    places.min().map(|(start, end)| start..end)
}

/// Tells the first line that has a word of the device vocabulary, without the line of the prompt, which may begin with
/// the host's name.
fn tell_banner(before: &[u8], facts: &mut Facts) {
    let text = without_commands(before);
    let mut lines: Vec<&[u8]> = text.split(|byte| matches!(byte, b'\r' | b'\n')).collect();
    lines.pop();
    let max = FactKind::TelnetBanner.allowed().max;
    let has_known_word = |line: &&&[u8]| {
        let masked = words::mask(&String::from_utf8_lossy(line), max);
        masked.chars().any(char::is_alphabetic)
    };
    if let Some(line) = lines.iter().find(has_known_word) {
        facts.tell(About::SenderService, FactKind::TelnetBanner, line);
    }
}

/// The text without commands and negotiations (RFC 854; RFC 855 for subnegotiations).
fn without_commands(bytes: &[u8]) -> Vec<u8> {
    let (mut text, mut rest) = (Vec::new(), bytes);
    while let Some((&first, after)) = rest.split_first() {
        rest = match (first, after) {
            (IAC, [SUBNEGOTIATION, inside @ ..]) => behind_subnegotiation(inside),
            (IAC, [WILL..=DONT, _, after @ ..] | [_, after @ ..]) => after,
            (IAC, []) => &[],
            _ => {
                text.push(first);
                after
            }
        };
    }
    text
}

fn behind_subnegotiation(inside: &[u8]) -> &[u8] {
    let end = inside.windows(2).position(|pair| pair == [IAC, SUBNEGOTIATION_END]);
    end.and_then(|end| inside.get(end.saturating_add(2)..)).unwrap_or_default()
}
