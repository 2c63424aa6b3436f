//! Redis and what speaks its protocol (RESP 2 and 3): whether a password is sent in clear, and whether a server gives its data to
//! anybody.
//!
//! A client whose first command of data comes without a password asks to be let in without one; a server that answers with data
//! grants it, and one that answers with an error refuses it. Not here: keys, values, channels, scripts; versions, which
//! look-alikes pretend and distributions mend without changing them; what was set to be allowed to everybody but little (`-NOPERM`).

mod resp;
#[cfg(test)]
mod tests;

use wardround_model::FactKind;

use self::resp::{Command, Unread};
use crate::lines::{Fit, starts_ignoring_case};
use crate::{About, Facts, Half, Role, Start, Verdict};

/// Ports of servers, of Sentinel and of clusters: elsewhere, answers that others could give as well are not believed.
const PORTS: &[std::ops::RangeInclusive<u16>] = &[6379..=6389, 26_379..=26_379, 7000..=7005];
/// Commands that a server without a password answers and that do not touch data.
const NEUTRAL: &[&str] = &["PING", "ECHO", "HELLO", "CLIENT", "COMMAND", "SELECT", "READONLY"];
/// Commands of data and of the server itself.
const OF_DATA: &[&str] = &[
    "GET",
    "SET",
    "MGET",
    "MSET",
    "SETEX",
    "SETNX",
    "GETSET",
    "DEL",
    "UNLINK",
    "EXISTS",
    "EXPIRE",
    "TTL",
    "TYPE",
    "KEYS",
    "SCAN",
    "INCR",
    "INCRBY",
    "DECR",
    "APPEND",
    "HGET",
    "HSET",
    "HMGET",
    "HMSET",
    "HGETALL",
    "HDEL",
    "HKEYS",
    "LPUSH",
    "RPUSH",
    "LPOP",
    "RPOP",
    "BRPOP",
    "BLPOP",
    "LRANGE",
    "LLEN",
    "SADD",
    "SREM",
    "SMEMBERS",
    "ZADD",
    "ZRANGE",
    "ZSCORE",
    "XADD",
    "XREAD",
    "XREADGROUP",
    "INFO",
    "CONFIG",
    "DBSIZE",
    "FLUSHALL",
    "FLUSHDB",
    "SUBSCRIBE",
    "PSUBSCRIBE",
    "PUBLISH",
    "MULTI",
    "EVAL",
    "EVALSHA",
    "MONITOR",
    "SAVE",
    "BGSAVE",
    "TIME",
    "SENTINEL",
    "CLUSTER",
    "ROLE",
    "SLOWLOG",
    "MEMORY",
];
/// What only such a server begins with.
const ONLY_REDIS: &[&[u8]] = &[b"-NOAUTH ", b"-WRONGPASS ", b"-DENIED Redis", b"-NOPERM ", b"+PONG\r\n"];

pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let is_array = half.bytes.first().is_none_or(|first| *first == b'*');
    if !is_array || is_port(half.sender_port) && !is_port(half.receiver_port) {
        return reply(half, facts);
    }
    match Command::read(half.bytes) {
        Ok(command) if is_known(command.name) || is_port(half.receiver_port) => request(half, command, facts),
        Err(Unread::Cut) => more(half.bytes),
        Ok(_) | Err(Unread::NotResp) => reply(half, facts),
    }
}

fn is_known(name: &[u8]) -> bool {
    name.eq_ignore_ascii_case(b"AUTH") || among(NEUTRAL, name) || among(OF_DATA, name)
}

fn is_port(port: u16) -> bool {
    PORTS.iter().any(|ports| ports.contains(&port))
}

fn more(bytes: &[u8]) -> Verdict {
    if bytes.len() < resp::MAX_READ {
        Verdict::More { wanted: bytes.len().saturating_add(1) }
    } else {
        Verdict::NotThis
    }
}

fn among(commands: &[&str], name: &[u8]) -> bool {
    commands.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// A client's command. What it was sent with is not kept.
fn request(half: &Half<'_>, command: Command<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Client;
    let name = command.name;
    if name.eq_ignore_ascii_case(b"AUTH") {
        facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"redis");
        return Verdict::Finished { sender };
    }
    if among(OF_DATA, name) {
        facts.ask(FactKind::OpenLogin, b"redis");
        return Verdict::Finished { sender };
    }
    if !among(NEUTRAL, name) {
        return Verdict::Finished { sender };
    }
    match command.end(half.bytes) {
        Err(Unread::Cut) => more(half.bytes),
        Err(Unread::NotResp) => Verdict::NotThis,
        Ok(used) if name.eq_ignore_ascii_case(b"HELLO") && has_login(half.bytes, used) => {
            facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"redis");
            Verdict::Finished { sender }
        }
        Ok(used) => Verdict::Message { used, sender },
    }
}

/// `HELLO 3 AUTH name password`.
fn has_login(bytes: &[u8], end: usize) -> bool {
    let command = bytes.get(..end).unwrap_or_default();
    command.windows(10).any(|part| starts_ignoring_case(part, "$4\r\nauth\r\n"))
}

/// A server's answer: an error refuses, data grants, and what answers commands without data does neither.
fn reply(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let sender = Role::Server;
    let (bytes, only_redis) = (half.bytes, Fit::any(half.bytes, ONLY_REDIS.iter().copied()));
    let is_believed =
        is_port(half.sender_port) || half.start == Start::NextMessage || only_redis == Fit::Whole;
    match bytes.first() {
        None => more(bytes),
        Some(_) if !is_believed && only_redis == Fit::SoFar => more(bytes),
        Some(b'$') => value(half, is_believed, facts),
        Some(_) if !is_believed => Verdict::NotThis,
        Some(b'*' | b'%') => values(bytes, facts),
        Some(b':') => granted(resp::header(bytes), bytes, facts),
        Some(b'-') => finished(resp::header(bytes), bytes),
        Some(b'+') => match resp::header(bytes) {
            Ok(used) => Verdict::Message { used, sender },
            Err(unread) => unread_verdict(unread, bytes),
        },
        Some(_) => Verdict::NotThis,
    }
}

/// A value: of a server that is not known to be one, all of it must be there.
fn value(half: &Half<'_>, is_believed: bool, facts: &mut Facts) -> Verdict {
    let read = if is_believed { resp::header } else { resp::element };
    granted(read(half.bytes), half.bytes, facts)
}

/// An array or a map. The answer to HELLO begins with the server's name; COMMAND is answered with tables of tables.
fn values(bytes: &[u8], facts: &mut Facts) -> Verdict {
    let (sender, header) = (Role::Server, resp::header(bytes));
    let inside = header.ok().and_then(|used| bytes.get(used..)).unwrap_or_default();
    match (header, Fit::of(inside, b"$6\r\nserver\r\n")) {
        (Err(unread), _) => unread_verdict(unread, bytes),
        (Ok(_), Fit::SoFar) if !bytes.starts_with(b"*0") => more(bytes),
        (Ok(_), Fit::Whole) => match resp::element(bytes) {
            Ok(used) => Verdict::Message { used, sender },
            Err(unread) => unread_verdict(unread, bytes),
        },
        (Ok(_), _) if inside.starts_with(b"*") => Verdict::Finished { sender },
        _ => granted(header, bytes, facts),
    }
}

fn granted(read: Result<usize, Unread>, bytes: &[u8], facts: &mut Facts) -> Verdict {
    if read.is_ok() {
        facts.grant();
    }
    finished(read, bytes)
}

fn finished(read: Result<usize, Unread>, bytes: &[u8]) -> Verdict {
    match read {
        Ok(_) => Verdict::Finished { sender: Role::Server },
        Err(unread) => unread_verdict(unread, bytes),
    }
}

fn unread_verdict(unread: Unread, bytes: &[u8]) -> Verdict {
    match unread {
        Unread::Cut => more(bytes),
        Unread::NotResp => Verdict::NotThis,
    }
}
