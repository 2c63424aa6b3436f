//! FTP's control connection (RFC 959, RFC 4217): the server's product, whether a login is sent in clear, and whether anybody
//! is let in (RFC 1635).
//!
//! Not here: the text of greetings beyond a known product and its version (it names hosts and people), accounts,
//! paths, file names, data connections, what follows the first login.

mod replies;
#[cfg(test)]
mod tests;

use wardround_model::{FactKind, Protocol};

use crate::greeting::{Known, whole_greeting};
use crate::lines::{Fit, contains_ignoring_case, first_line, is_text, starts_ignoring_case};
use crate::{About, Facts, Half, Role, Start, Verdict, tls};

const PORT: u16 = 21;
/// The longest command line.
const MAX_COMMAND: usize = 1024;
/// Ports of protocols whose clients, too, begin with `USER`: POP3, IRC.
const OTHERS_WITH_USER: &[u16] = &[110, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000];

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    if let Some(verdict) = tls::inside(half, facts) {
        return verdict;
    }
    match Fit::of(half.bytes, b"220") {
        Fit::Whole if half.start == Start::Opening => greeting(half, facts),
        Fit::SoFar if half.start == Start::Opening => Verdict::More { wanted: 4 },
        _ if half.start == Start::NextMessage && replies::may_begin(half.bytes) => {
            Verdict::More { wanted: half.bytes.len().saturating_add(1) }
        }
        _ => match replies::code(half.bytes) {
            Some(code) if half.start == Start::NextMessage => replies::dissect(half, code, facts),
            _ => commands(half, facts),
        },
    }
}

/// The greeting may have several lines: `220-` begins all, or the first of them; `220 ` ends it (RFC 959, 4.2).
fn greeting(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let text = match whole_greeting(half.bytes) {
        Ok(text) => text,
        Err(verdict) => return verdict,
    };
    // SMTP greets with 220, too (RFC 5321, 4.2).
    let says_ftp = half.sender_port == PORT || contains_ignoring_case(text, "ftp");
    if !says_ftp || contains_ignoring_case(text, "smtp") {
        return Verdict::NotThis;
    }
    if let Some(product) = text.split(|byte| *byte == b'\n').find_map(|line| PRODUCTS.named_in(line)) {
        facts.tell(About::SenderService, FactKind::FtpBanner, product.as_bytes());
    }
    Verdict::Message { used: text.len(), sender: Role::Server }
}

/// Products that greetings name. Only they and their version are kept.
const PRODUCTS: Known = Known {
    products: &[
        "vsFTPd",
        "ProFTPD",
        "Pure-FTPd",
        "FileZilla Server",
        "Microsoft FTP Service",
        "GNU inetutils",
        "wu-",
        "Serv-U",
        "pyftpdlib",
        "bftpd",
        "NcFTPd",
        "Xlight",
        "Cerberus FTP",
        "WS_FTP",
        "glFTPd",
        "Gene6 FTP",
        "CrushFTP",
        "Titan FTP",
        "Linux-ftpd",
        "VxWorks",
        "Nucleus FTP",
        "VxFtpd",
        "JD FTP Server",
        "oftpd",
        "stupid-ftpd",
        "TwistedFTP",
        "MikroTik",
        "Synology",
        "QNAP",
        "NASFTPD",
        "Apache FtpServer",
        "Rumpus",
        "War-FTPD",
        "GlobalSCAPE",
    ],
    between: &["server", "service", "ftp", "version", "secure", "beta", "turbo"],
};

/// Commands that only FTP's clients begin with; on its own port any line is looked at.
const ONLY_FTP: &[&str] =
    &["FEAT", "SYST", "AUTH TLS", "AUTH SSL", "OPTS UTF8", "PASV", "EPSV", "PBSZ", "HOST ", "CLNT "];

fn commands(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let Some((line, used)) = first_line(half.bytes) else { return command_cut(half) };
    let known = half.start == Start::NextMessage
        || ONLY_FTP.iter().any(|command| starts_ignoring_case(line, command))
        || half.receiver_port == PORT && is_command(line)
        || is_user(line) && !OTHERS_WITH_USER.contains(&half.receiver_port) && half.start == Start::Opening;
    if !known || !is_text(line) || used > MAX_COMMAND {
        return Verdict::NotThis;
    }
    let sender = Role::Client;
    // TLS begins inside (RFC 4217, 4); of other ways nothing in clear follows (RFC 2228).
    if starts_ignoring_case(line, "AUTH TLS") || starts_ignoring_case(line, "AUTH SSL") {
        return Verdict::Message { used, sender };
    }
    if starts_ignoring_case(line, "AUTH ") {
        return Verdict::Finished { sender };
    }
    match user_name(line) {
        Some(name) => login(half, name, used, facts),
        None => Verdict::Message { used, sender },
    }
}

/// A command without its line end so far.
fn command_cut(half: &Half<'_>) -> Verdict {
    let begins = |command: &&str| {
        let length = command.len().min(half.bytes.len());
        half.bytes
            .get(..length)
            .is_some_and(|start| starts_ignoring_case(command.as_bytes(), &String::from_utf8_lossy(start)))
    };
    let known = half.start == Start::NextMessage
        || half.receiver_port == PORT && is_text(half.bytes)
        || ONLY_FTP.iter().chain(&["USER "]).any(begins);
    let wanted = half.bytes.len().saturating_add(1);
    if known && wanted <= MAX_COMMAND { Verdict::More { wanted } } else { Verdict::NotThis }
}

/// Three or four letters, and nothing or an argument behind them (RFC 959, 5.3).
fn is_command(line: &[u8]) -> bool {
    let word = line.split(|byte| *byte == b' ').next().unwrap_or_default();
    (3..=4).contains(&word.len()) && word.iter().all(u8::is_ascii_alphabetic)
}

fn user_name(line: &[u8]) -> Option<&[u8]> {
    starts_ignoring_case(line, "USER ").then(|| line.get(5..).unwrap_or_default().trim_ascii())
}

/// `USER` with one argument; IRC's has four (RFC 2812, 3.1.3).
fn is_user(line: &[u8]) -> bool {
    user_name(line).is_some_and(|name| !name.is_empty() && !name.contains(&b' '))
}

/// A name was sent; a password behind it makes it a login. Neither is kept. Nobody's name (RFC 1635) asks to be let in without
/// a password, and a server may do so at once.
fn login(half: &Half<'_>, name: &[u8], used: usize, facts: &mut Facts) -> Verdict {
    let rest = half.bytes.get(used..).unwrap_or_default();
    let sender = Role::Client;
    if name.eq_ignore_ascii_case(b"anonymous") {
        facts.ask(FactKind::OpenLogin, b"ftp");
        return Verdict::Finished { sender };
    }
    let Some((next, _)) = first_line(rest) else {
        let wanted = half.bytes.len().saturating_add(1);
        return if rest.len() < MAX_COMMAND {
            Verdict::More { wanted }
        } else {
            Verdict::Message { used, sender }
        };
    };
    if !starts_ignoring_case(next, "PASS ") {
        return Verdict::Message { used, sender };
    }
    if name.eq_ignore_ascii_case(b"ftp") && is_address(next.get(5..).unwrap_or_default()) {
        facts.ask(FactKind::OpenLogin, b"ftp");
    } else {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"ftp");
        facts.logs_in(Protocol::Ftp, name);
    }
    Verdict::Finished { sender }
}

/// Whether it is what nobody sends for a password: a mail address, or nothing. Devices have accounts named `ftp` with a password, too.
fn is_address(password: &[u8]) -> bool {
    password.trim_ascii().is_empty() || password.contains(&b'@')
}
