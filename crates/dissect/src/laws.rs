//! Laws that every stream dissector keeps, for the tests of all of them.

use wardround_model::FactKind;

use crate::{About, Datagram, Facts, Half, Role, Start, Verdict, Words};

/// The entry of a stream dissector.
pub(crate) type Dissect = fn(&Half<'_>, &mut Facts) -> Verdict;

/// What came out of one side of a connection.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) facts: Vec<(About, FactKind, String)>,
    /// What it asks for and grants, in order.
    pub(crate) words: Vec<String>,
    pub(crate) roles: Vec<Role>,
}

impl Told {
    /// The facts as lines of text: who, kind, value.
    pub(crate) fn lines(&self) -> String {
        let line =
            |(about, kind, value): &(About, FactKind, String)| format!("{about:?} {}={value}\n", kind.code());
        self.facts.iter().map(line).collect()
    }

    fn hear(&mut self, words: Words) {
        self.words.extend(words.asked.map(|fact| format!("asks {}={}", fact.kind().code(), fact.value())));
        self.words.extend(words.granted.then(|| "grants".to_owned()));
    }
}

/// One side of a connection under test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side<'a> {
    pub(crate) dissect: Dissect,
    pub(crate) bytes: &'a [u8],
    pub(crate) start: Start,
    pub(crate) sender_port: u16,
    pub(crate) receiver_port: u16,
    pub(crate) opened: Role,
}

impl<'a> Side<'a> {
    /// A side whose ports tell nothing.
    pub(crate) fn new(dissect: Dissect, bytes: &'a [u8], start: Start) -> Self {
        Self { dissect, bytes, start, sender_port: 40_000, receiver_port: 40_000, opened: Role::Unknown }
    }

    /// Reads it as a sensor does, `chunk` bytes a segment.
    pub(crate) fn read(self, chunk: usize) -> Told {
        let (mut told, mut facts) = (Told::default(), Facts::default());
        let (mut at, mut there, mut start) = (0, chunk.min(self.bytes.len()), self.start);
        while at < self.bytes.len() {
            let bytes = &self.bytes[at.min(there)..there];
            let half = Half {
                bytes,
                start,
                sender_port: self.sender_port,
                receiver_port: self.receiver_port,
                opened: self.opened,
            };
            let verdict = if bytes.is_empty() {
                Verdict::More { wanted: 1 }
            } else {
                (self.dissect)(&half, &mut facts)
            };
            let (used, role) = match verdict {
                Verdict::NotThis => return told,
                Verdict::More { wanted } => {
                    assert!(wanted > bytes.len(), "more wanted than is there");
                    facts.drain().for_each(drop);
                    facts.take_words();
                    if there == self.bytes.len() {
                        return told;
                    }
                    there = there.saturating_add(chunk).min(self.bytes.len());
                    continue;
                }
                Verdict::Message { used, sender } => (used, sender),
                Verdict::Finished { sender } => (usize::MAX, sender),
            };
            assert!(used > 0, "a message has a length");
            told.facts
                .extend(facts.drain().map(|(about, fact)| (about, fact.kind(), fact.value().to_owned())));
            told.hear(facts.take_words());
            told.roles.push(role);
            (at, start) = (at.saturating_add(used), Start::NextMessage);
        }
        told
    }

    /// What it tells when all of it is there at once, having checked the laws of segmentation and truncation.
    pub(crate) fn check(self) -> Told {
        let whole = self.read(self.bytes.len().max(1));
        for chunk in [1, 2, 3, 7, 64, 1460] {
            let pieces = self.read(chunk);
            assert_eq!(
                (pieces.facts, pieces.words),
                (whole.facts.clone(), whole.words.clone()),
                "in segments of {chunk}"
            );
        }
        for length in 0..self.bytes.len().min(3000) {
            let cut = Self { bytes: &self.bytes[..length], ..self }.read(length.max(1));
            let is_part = whole.facts.starts_with(&cut.facts) && whole.words.starts_with(&cut.words);
            assert!(is_part, "cut to {length}: {cut:?}");
        }
        whole
    }
}

/// What one datagram tells: who sent it, and facts as `Sender code=value`.
pub(crate) fn heard(
    dissect: fn(&Datagram<'_>, &mut Facts) -> Option<Role>,
    payload: &[u8],
    from: ([u8; 4], u16),
    to: ([u8; 4], u16),
) -> (Option<Role>, Vec<String>) {
    let mut facts = Facts::default();
    let role = dissect(&Datagram { payload, sender: from.into(), receiver: to.into() }, &mut facts);
    let line = |(about, fact): (About, wardround_model::Fact)| {
        format!("{about:?} {}={}", fact.kind().code(), fact.value())
    };
    (role, facts.drain().map(line).collect())
}
