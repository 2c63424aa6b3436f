//! A DNS message: header, questions, records, names (RFC 1035, 4).

use crate::Role;
use crate::reader::Reader;

/// Record types that are looked at (RFC 1035, 3.2.2; RFC 3596; RFC 2782).
pub(super) mod record_type {
    pub(in crate::dns) const A: u16 = 1;
    pub(in crate::dns) const PTR: u16 = 12;
    pub(in crate::dns) const TXT: u16 = 16;
    pub(in crate::dns) const AAAA: u16 = 28;
    pub(in crate::dns) const SRV: u16 = 33;
}

/// The most questions that a message may hold to be taken for DNS; mDNS asks for a dozen services at once.
const MAX_QUESTIONS: u16 = 64;

/// A message whose header and questions are well formed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Message<'a> {
    bytes: &'a [u8],
    flags: u16,
    questions: u16,
    /// Answers, authorities and additional records together.
    records: u32,
    answers: u16,
    records_at: usize,
}

impl<'a> Message<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let [_, flags, questions, answers, authorities, additional] = [(); 6].map(|()| reader.u16());
        let (flags, questions, answers) = (flags?, questions?, answers?);
        let records = [answers, authorities?, additional?].into_iter().map(u32::from).sum();
        let records_at = skip_questions(bytes, reader.at(), questions)?;
        let message = Self { bytes, flags, questions, records, answers, records_at };
        message.is_plausible().then_some(message)
    }

    fn opcode(&self) -> u16 {
        self.flags >> 11 & 0xF
    }

    /// Opcodes up to DSO (6) are assigned; a message without questions and records is none.
    fn is_plausible(&self) -> bool {
        self.opcode() <= 6 && (self.questions > 0 || self.records > 0)
    }

    /// Whether it can be DNS between a resolver and a server: one question, and no answers in a query. What stands in the place
    /// of answers in a dynamic update are its conditions (RFC 2136, 2.4); an inverse query gives an answer and asks for the
    /// question (RFC 1035, 6.4).
    pub(super) fn is_unicast(&self) -> bool {
        const INVERSE: u16 = 1;
        const UPDATE: u16 = 5;
        let is_query = match self.opcode() {
            INVERSE => self.questions == 0 && self.answers == 1,
            UPDATE => self.questions == 1,
            _ => self.questions == 1 && self.answers == 0,
        };
        self.questions <= 1 && (self.is_response() || is_query)
    }

    /// Bit QR.
    pub(super) fn is_response(&self) -> bool {
        self.flags & 0x8000 != 0
    }

    pub(super) fn role(&self) -> Role {
        if self.is_response() { Role::Server } else { Role::Client }
    }

    /// The records of all sections, up to one that is cut short or malformed.
    pub(super) fn records(self) -> impl Iterator<Item = Record<'a>> {
        let mut at = self.records_at;
        (0..self.records).map_while(move |_| {
            let record = Record::parse(self.bytes, at)?;
            at = record.end;
            Some(record)
        })
    }
}

fn skip_questions(bytes: &[u8], mut at: usize, count: u16) -> Option<usize> {
    if count > MAX_QUESTIONS {
        return None;
    }
    for _ in 0..count {
        let (_, end) = Name::parse(bytes, at)?;
        // Type and class.
        at = end.checked_add(4).filter(|end| *end <= bytes.len())?;
    }
    Some(at)
}

/// A resource record (RFC 1035, 4.1.3).
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    message: &'a [u8],
    pub(super) owner: Name<'a>,
    pub(super) kind: u16,
    pub(super) data: &'a [u8],
    data_at: usize,
    end: usize,
}

impl<'a> Record<'a> {
    fn parse(message: &'a [u8], at: usize) -> Option<Self> {
        let (owner, at) = Name::parse(message, at)?;
        let mut reader = Reader::new(message.get(at..)?);
        let kind = reader.u16()?;
        // Class, with the cache-flush bit of mDNS, and time to live.
        reader.take(6)?;
        let length = usize::from(reader.u16()?);
        let data_at = at.checked_add(reader.at())?;
        let data = reader.take(length)?;
        Some(Self { message, owner, kind, data, data_at, end: data_at.checked_add(length)? })
    }

    /// The name that is the data of a PTR record.
    pub(super) fn pointee(&self) -> Option<Name<'a>> {
        Name::parse(self.message, self.data_at).map(|(name, _)| name)
    }
}

/// The most labels of the names that we understand.
const MAX_LABELS: usize = 8;
/// The most labels that 255 octets, the limit of any name, can hold (RFC 1035, 2.3.4).
const LABELS_LIMIT: usize = 127;

/// A name: its labels, as many as any name that we understand has. Longer names are well formed, but nothing is read of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Name<'a> {
    labels: [&'a [u8]; MAX_LABELS],
    count: usize,
}

impl<'a> Name<'a> {
    /// The name at `at`, and the position behind it.
    ///
    /// A compression pointer must point before the part of the name that it stands in, so that every name ends (RFC 1035, 4.1.4).
    fn parse(message: &'a [u8], at: usize) -> Option<(Self, usize)> {
        let (mut name, mut at, mut part, mut end) = (Self::default(), at, at, None);
        // Each step is a label or a pointer; a pointer to a pointer is allowed, but no name needs many.
        for _ in 0..LABELS_LIMIT {
            let length = *message.get(at)?;
            let after = at.checked_add(1)?;
            match length >> 6 {
                0 if length == 0 => return Some((name, end.unwrap_or(after))),
                0 => {
                    at = after.checked_add(usize::from(length))?;
                    name.push(message.get(after..at)?);
                }
                3 => {
                    let low = *message.get(after)?;
                    let target = usize::from(u16::from_be_bytes([length & 0x3F, low]));
                    end = end.or(after.checked_add(1));
                    if target >= part {
                        return None;
                    }
                    (at, part) = (target, target);
                }
                _ => return None,
            }
        }
        None
    }

    fn push(&mut self, label: &'a [u8]) {
        if let Some(place) = self.labels.get_mut(self.count) {
            *place = label;
        }
        self.count = self.count.saturating_add(1);
    }

    /// Its labels, the top-level domain last; none when it has more than we understand.
    pub(super) fn labels(&self) -> &[&'a [u8]] {
        self.labels.get(..self.count).unwrap_or_default()
    }
}
