//! MongoDB and what speaks its protocol: the server's version, the driver of its clients, and whether it gives its data to anybody.
//!
//! MongoDB wire protocol (OP_MSG, and OP_QUERY for the first question), BSON. As with Redis, a client whose first command of data comes
//! without a login asks to be let in without one; a server that answers with data grants it, and an error refuses it.
//!
//! Not here: names of databases and collections, documents, users; what is compressed; names that an application gives itself.

mod bson;
#[cfg(test)]
mod tests;

use wardround_model::{FactKind, Protocol};

use self::bson::{Document, Value};
use crate::reader::Reader;
use crate::{About, Facts, Half, Role, Verdict};

/// Ports of servers, and of the parts of a cluster.
const PORTS: std::ops::RangeInclusive<u16> = 27_017..=27_019;
/// Length of all, number, number of what is answered, kind: 4 bytes each.
const HEADER: usize = 16;
/// The longest message (`maxMessageSizeBytes`), and how much of one is read.
const MAX_MESSAGE: usize = 48_000_000;
const MAX_READ: usize = 16 << 10;
/// Kinds of message.
const OP_REPLY: u32 = 1;
const OP_QUERY: u32 = 2004;
const OP_COMPRESSED: u32 = 2012;
const OP_MSG: u32 = 2013;
/// Flags that OP_MSG has: a checksum behind it, more to come, answers without end. Those of the lower half that are not known must be 0.
const MUST_BE_KNOWN: u32 = 0xFFFC;
/// The collection that commands are asked of, behind the name of the database.
const COMMANDS: &[u8] = b".$cmd";
/// Commands that log in, or begin to.
const LOGINS: &[&[u8]] = &[b"saslStart", b"saslContinue", b"authenticate", b"getnonce", b"copydbsaslstart"];
/// Commands of data, and of which data there are.
const OF_DATA: &[&[u8]] = &[
    b"find",
    b"insert",
    b"update",
    b"delete",
    b"aggregate",
    b"count",
    b"distinct",
    b"getMore",
    b"findAndModify",
    b"findandmodify",
    b"bulkWrite",
    b"listCollections",
    b"listIndexes",
    b"listDatabases",
];
/// Drivers by the names that they give, without what is built upon them; others may be anything.
const DRIVERS: &[&[u8]] = &[
    b"PyMongo",
    b"nodejs",
    b"mongo-java-driver",
    b"mongo-csharp-driver",
    b"mongo-go-driver",
    b"mongo-rust-driver",
    b"mongo-ruby-driver",
    b"mongoc",
    b"mongocxx",
    b"ext-mongodb:PHP",
    b"MongoDB Internal Client",
];
/// The newest wire version of each series (MongoDB, `wire_version.h`).
const SERIES: &[(i64, &str)] = &[
    (2, "2.6"),
    (3, "3.0"),
    (4, "3.2"),
    (5, "3.4"),
    (6, "3.6"),
    (7, "4.0"),
    (8, "4.2"),
    (9, "4.4"),
    (13, "5.0"),
    (17, "6.0"),
    (21, "7.0"),
    (25, "8.0"),
    (27, "8.2"),
];

/// Reads one message.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    let [_, _, _, 0..=2, ..] = half.bytes else {
        // A few bytes of a number may be anybody's.
        let is_its_port = PORTS.contains(&half.sender_port) || PORTS.contains(&half.receiver_port);
        let may_be = half.bytes.len() < 4 && is_its_port;
        return if may_be { Verdict::More { wanted: HEADER } } else { Verdict::NotThis };
    };
    let Some(header) = half.bytes.get(..HEADER) else { return Verdict::More { wanted: HEADER } };
    let mut reader = Reader::new(header);
    let [Some(length), _, Some(answers), Some(kind)] = [(); 4].map(|()| number(&mut reader)) else {
        return Verdict::NotThis;
    };
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    if !(HEADER + 5..=MAX_MESSAGE).contains(&length) {
        return Verdict::NotThis;
    }
    let sender = match (kind, answers) {
        (OP_QUERY, 0) => Role::Client,
        (OP_REPLY, 1..) => Role::Server,
        (OP_MSG | OP_COMPRESSED, 0) => Role::Client,
        (OP_MSG | OP_COMPRESSED, _) => Role::Server,
        _ => return Verdict::NotThis,
    };
    let there = length.min(MAX_READ);
    let Some(body) = half.bytes.get(HEADER..there) else { return Verdict::More { wanted: there } };
    let document = match kind {
        OP_COMPRESSED => return Verdict::Finished { sender },
        OP_MSG => message(body),
        OP_QUERY => query(body),
        _ => reply(body),
    };
    let Some(document) = document else { return Verdict::NotThis };
    let goes_on = if sender == Role::Client { request(document, facts) } else { answer(document, facts) };
    if goes_on { Verdict::Message { used: length, sender } } else { Verdict::Finished { sender } }
}

fn number(reader: &mut Reader<'_>) -> Option<u32> {
    reader.array().map(u32::from_le_bytes)
}

/// The command or the answer in an OP_MSG: the section of kind 0. Sections of kind 1 are documents that go with it.
fn message(body: &[u8]) -> Option<Document<'_>> {
    let mut reader = Reader::new(body);
    (number(&mut reader)? & MUST_BE_KNOWN == 0).then_some(())?;
    // Whoever sends one section of documents sends few: one a command.
    for _ in 0..4 {
        match reader.u8()? {
            0 => return Document::new(reader.rest()),
            1 => {
                let size = usize::try_from(number(&mut Reader::new(reader.rest()))?).ok()?;
                reader.take(size.max(4))?;
            }
            _ => return None,
        }
    }
    None
}

/// Flags, `database.$cmd` and NUL, two numbers, the command.
fn query(body: &[u8]) -> Option<Document<'_>> {
    let mut reader = Reader::new(body);
    reader.take(4)?;
    let end = reader.rest().iter().position(|byte| *byte == 0)?;
    reader.take(end)?.ends_with(COMMANDS).then_some(())?;
    reader.take(9)?;
    Document::new(reader.rest())
}

/// Flags, cursor (8), two numbers, the answer.
fn reply(body: &[u8]) -> Option<Document<'_>> {
    body.get(20..).and_then(Document::new)
}

/// A client's command, which is the first element's name; whether there is more to learn.
fn request(command: Document<'_>, facts: &mut Facts) -> bool {
    let Some((name, _)) = command.elements().next() else { return true };
    if let Some(client) = command.document(b"client") {
        driver(client, facts);
    }
    if LOGINS.contains(&name) {
        if command.text(b"mechanism") == Some(b"PLAIN") {
            facts.tell(About::ReceiverService, FactKind::ClearTextLogin, b"mongodb");
            // Nothing or another user, the user, the password, with NULs between (RFC 4616, 2).
            let payload = match command.get(b"payload") {
                Some(Value::Binary(payload) | Value::Text(payload)) => payload,
                _ => &[],
            };
            if let Some(user) = payload.split(|byte| *byte == 0).nth(1) {
                facts.logs_in(Protocol::Mongodb, user);
            }
        }
        return false;
    }
    if OF_DATA.contains(&name) {
        facts.ask(FactKind::OpenLogin, b"mongodb");
        return false;
    }
    // A login may begin with the first question already.
    command.get(b"speculativeAuthenticate").is_none()
}

fn driver(client: Document<'_>, facts: &mut Facts) {
    let Some(driver) = client.document(b"driver") else { return };
    let first = |name: &[u8]| {
        let text = driver.text(name)?;
        text.split(|byte| *byte == b'|').next()
    };
    let Some(name) = first(b"name").and_then(|name| DRIVERS.iter().find(|known| **known == name)) else {
        return;
    };
    let is_version = |text: &&[u8]| {
        text.first().is_some_and(u8::is_ascii_digit)
            && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b".-+".contains(byte))
    };
    match first(b"version").filter(is_version) {
        Some(version) => facts.tell(About::Sender, FactKind::MongodbDriver, &[name, version].join(&b' ')),
        None => facts.tell(About::Sender, FactKind::MongodbDriver, name),
    }
}

/// A server's answer; whether there is more to learn.
fn answer(answer: Document<'_>, facts: &mut Facts) -> bool {
    if answer.number(b"ok") == Some(0) {
        return false;
    }
    if let Some(wire) = answer.number(b"maxWireVersion") {
        if let Some((_, series)) = SERIES.iter().find(|(newest, _)| *newest == wire) {
            facts.tell(About::SenderService, FactKind::MongodbSeries, series.as_bytes());
        }
        return true;
    }
    if answer.get(b"gitVersion").is_some() {
        software(answer, facts);
        return true;
    }
    // What a cursor, a count or a list of databases is part of was not refused.
    let is_data = answer.document(b"cursor").is_some()
        || answer.document(b"databases").is_some()
        || answer.document(b"values").is_some()
        || answer.number(b"n").is_some();
    if is_data {
        facts.grant();
    }
    !is_data
}

/// The version of a server that says it is MongoDB and nothing else: look-alikes give its version, and one of their own.
fn software(build: Document<'_>, facts: &mut Facts) {
    let is_own = |name: &[u8]| {
        name.ends_with(b"Version") && !matches!(name, b"gitVersion" | b"OpenSSLVersion")
            || name.eq_ignore_ascii_case(b"ferretdb")
    };
    let is_commit = |text: &[u8]| text.len() == 40 && text.iter().any(|byte| *byte != b'0');
    let is_mongodb =
        build.text(b"gitVersion").is_some_and(is_commit) && !build.elements().any(|(name, _)| is_own(name));
    if let Some(version) = build.text(b"version").filter(|_| is_mongodb) {
        facts.tell(About::SenderService, FactKind::ServerSoftware, &[b"MongoDB", version].join(&b' '));
    }
}
