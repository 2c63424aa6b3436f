//! Answers to what hosts are asked, and what directories say.

use std::net::Ipv4Addr;

use wardround_ask::directory::{Talk, budget};
use wardround_ask::{Addressed, Exchange, Question, observations};
use wardround_model::{Fact, SourceKind, Timestamp};

use crate::import;

/// Talks with a directory that says this, a byte at a time and in pieces of so many bytes as the first one says: what comes to a good end
/// in pieces (where none holds an answer to what was not asked yet) tells the same byte by byte, lists keep to their rows, and the budget
/// is kept.
pub fn directory(bytes: &[u8]) {
    let Some((cut, bytes)) = bytes.split_first() else { return };
    let (told, pieces) = (talk(bytes, 1), talk(bytes, usize::from(*cut).max(1)));
    assert!(pieces.is_none() || pieces == told, "in pieces: {pieces:?}, byte by byte: {told:?}");
    for (list, rows) in told.iter().flatten() {
        assert!(
            *rows <= budget::MOST_ENTRIES as u64 + 64 && list.lines().count() as u64 == rows + 1,
            "{list}"
        );
        import(SourceKind::DirectoryAccounts, list.as_bytes());
        import(SourceKind::DirectoryComputers, list.as_bytes());
    }
}

/// What a directory told; nothing where the talk came to no good end.
fn talk(bytes: &[u8], cut: usize) -> Option<Vec<(String, u64)>> {
    let mut talk = Talk::new("read@klinik.example\nsesame".parse().ok()?);
    let mut asked = u32::from(talk.next(std::time::Duration::ZERO).is_some());
    for piece in bytes.chunks(cut) {
        if talk.hear(piece).ok()? && talk.next(std::time::Duration::ZERO).is_some() {
            asked += 1;
        }
    }
    assert!(asked <= budget::MOST_PAGES, "{asked}");
    Some(talk.told().lists.into_iter().map(|list| (list.text, list.rows)).collect())
}

/// Reads the answer of a host to a question; the first byte chooses which. It is judged, and what it tells keeps to the allow-list and
/// is about that host or what its tables name.
pub fn answers(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else { return };
    let Some(question) = Question::ALL.get(usize::from(*choice) % Question::ALL.len()) else { return };
    let ip = Ipv4Addr::new(10, 20, 1, 9);
    let to = Addressed { ip, port: 4711, plan: "fuzz", called: "" };
    let _ = (question.is_answered(bytes, to), question.reply(bytes), question.farewell(bytes));
    let exchange = Exchange {
        asset: String::new(),
        ip,
        port: 4711,
        question: *question,
        seen: true,
        clinical: false,
        cards: Vec::new(),
        reason: String::new(),
        packets: question.packets(),
        called: String::new(),
        net: None,
    };
    let told = observations(&exchange, bytes, Timestamp::EPOCH, 1);
    assert_eq!(told, observations(&exchange, bytes, Timestamp::EPOCH, 1));
    for one in told {
        let again = Fact::new(one.fact.kind(), one.fact.value().as_bytes());
        assert_eq!(again.as_ref(), Ok(&one.fact), "a fact is let through again unchanged");
    }
}
