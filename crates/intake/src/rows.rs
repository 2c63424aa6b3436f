//! What readers write into: things, their facts, and errors by row. Not here: any format.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{
    Conversation, Evidence, Fact, FactKind, ListedId, MacAddr, Observation, Sighting, SourceKind, Subject,
    Timestamp,
};

use crate::{Imported, Request};

/// What a row says of who its thing is. The strongest mark becomes the subject: card, address, then inventory number, serial
/// number, name; the others are kept as facts, so that lists can be joined. A name comes last: an inventory may call a
/// hundred things `Infusion pump`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing {
    /// Its card.
    pub mac: Option<MacAddr>,
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its host name, as the row has it: used to tell things apart, masked before it is kept.
    pub name: Option<String>,
    /// Its maker, for the serial number.
    pub maker: Option<String>,
    /// Its serial number.
    pub serial: Option<String>,
    /// Its inventory number.
    pub tag: Option<String>,
}

impl Thing {
    /// What observations of this thing are about; `None` where nothing marks it.
    #[must_use]
    pub fn subject(&self) -> Option<Subject> {
        let listed = || self.listed().into_iter().next().map(Subject::Listed);
        self.mac.map(Subject::Mac).or(self.ip.map(Subject::Ip)).or_else(listed)
    }

    /// Every id by which other lists may name it, the strongest first.
    #[must_use]
    pub fn listed(&self) -> Vec<ListedId> {
        let filled = |text: &Option<String>| text.as_ref().filter(|text| !text.trim().is_empty()).cloned();
        let maker = self.maker.clone().unwrap_or_default();
        let name = filled(&self.name).map(|name| ListedId::of_name(&name));
        let serial = filled(&self.serial).map(|serial| ListedId::of_serial(&maker, &serial));
        let tag = filled(&self.tag).map(|tag| ListedId::of_tag(&tag));
        [tag, serial, name].into_iter().flatten().collect()
    }
}

/// A row that could not be read, or a value of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowError {
    /// The line or row, from 1.
    pub row: u64,
    /// The column or field, where it is one.
    pub column: Option<String>,
    /// What is wrong and what to do; never the value itself.
    pub message: String,
}

/// Collects what readers find.
#[derive(Debug)]
pub struct Rows<'a> {
    request: &'a Request<'a>,
    kind: SourceKind,
    observed_at: Timestamp,
    /// When what the present row tells of was seen, and the latest of these: rows of logs have times of their own.
    seen_at: Option<Timestamp>,
    latest: Option<Timestamp>,
    conversations: Vec<Conversation>,
    rows: u64,
    observations: BTreeMap<(Subject, Fact), Observation>,
    errors: Vec<RowError>,
    rows_failed: u64,
    values_not_allowed: u64,
    columns: Vec<(String, Option<String>)>,
}

/// One row that is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row(pub u64);

impl<'a> Rows<'a> {
    /// The most errors that are kept word for word; the rest is counted.
    pub const MOST_ERRORS: usize = 100;
    /// The most observations of one file.
    pub const MOST_OBSERVATIONS: usize = 5_000_000;

    /// The most packages, leases or systems of one file that a reader may hold until it has read all of it.
    pub(crate) const MOST_HELD: usize = 1_000_000;

    pub(crate) fn new(request: &'a Request<'a>, kind: SourceKind) -> Self {
        Self {
            request,
            kind,
            observed_at: request.observed_at,
            seen_at: None,
            latest: None,
            conversations: Vec::new(),
            rows: 0,
            observations: BTreeMap::new(),
            errors: Vec::new(),
            rows_failed: 0,
            values_not_allowed: 0,
            columns: Vec::new(),
        }
    }

    /// The file that is read, and what is known about it.
    pub(crate) fn request(&self) -> &'a Request<'a> {
        self.request
    }

    /// The day that the file itself says that it tells of. Facts that were added before keep theirs.
    pub fn observed_at(&mut self, at: Timestamp) {
        self.observed_at = at;
    }

    /// When what the next facts tell of was seen, where each row says so. The latest is the day that the file tells of.
    pub fn seen_at(&mut self, at: Timestamp) {
        self.seen_at = Some(at);
        self.latest = self.latest.max(Some(at));
    }

    /// The sighting of a row at this moment.
    pub(crate) fn sighting(&self, row: Row, at: Timestamp) -> Sighting {
        Sighting { evidence: Evidence { source: self.request.source, record: row.0, offset: 0 }, at }
    }

    /// Who talked to whom, and how many rows of it are beyond what is kept.
    pub(crate) fn conversations(&mut self, all: Vec<Conversation>, left_out: u64) {
        self.conversations = all;
        self.values_not_allowed = self.values_not_allowed.saturating_add(left_out);
    }

    /// Counts one row, record or element of the file as read.
    pub fn count_row(&mut self) {
        self.rows = self.rows.saturating_add(1);
    }

    /// What was understood of a table's columns.
    pub fn columns(&mut self, columns: Vec<(String, Option<String>)>) {
        self.columns = columns;
    }

    /// Says what a row's thing is known by, and gives what facts about it are about; `None`, with an error for the row, where
    /// nothing marks it. Keeps its address, name, serial and inventory number as facts.
    pub fn thing(&mut self, row: Row, thing: &Thing) -> Option<Subject> {
        let Some(subject) = thing.subject() else {
            self.error(
                row,
                None,
                "nothing says which device it is: give it a name, an address, a card or a number",
            );
            return None;
        };
        if let (Subject::Mac(_), Some(ip)) = (subject, thing.ip) {
            self.fact(row, subject, FactKind::OwnsIp, &ip.to_string());
        }
        for id in thing.listed() {
            self.fact(row, subject, FactKind::ListedAs, &id.to_string());
        }
        let texts = [
            (FactKind::ListedName, &thing.name),
            (FactKind::ListedMaker, &thing.maker),
            (FactKind::ListedSerial, &thing.serial),
            (FactKind::ListedTag, &thing.tag),
        ];
        for (kind, text) in texts {
            if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
                self.fact(row, subject, kind, text);
            }
        }
        Some(subject)
    }

    /// Adds one fact; what the allow-list does not let through is counted.
    pub fn fact(&mut self, row: Row, subject: Subject, kind: FactKind, value: &str) {
        let Ok(fact) = Fact::new(kind, value.as_bytes()) else {
            self.values_not_allowed = self.values_not_allowed.saturating_add(1);
            return;
        };
        if self.observations.len() >= Self::MOST_OBSERVATIONS {
            self.values_not_allowed = self.values_not_allowed.saturating_add(1);
            return;
        }
        let at = self.seen_at.unwrap_or(self.observed_at);
        let first = self.sighting(row, at);
        let new = Observation { subject, fact: fact.clone(), first, last: at, count: 1 };
        self.observations
            .entry((subject, fact))
            .and_modify(|known| {
                known.count = known.count.saturating_add(1);
                known.first = known.first.min(first);
                known.last = known.last.max(at);
            })
            .or_insert(new);
    }

    /// Adds a moment.
    pub fn moment(&mut self, row: Row, subject: Subject, kind: FactKind, at: Timestamp) {
        self.fact(row, subject, kind, &at.to_string());
    }

    /// Notes a row that cannot be read; the message never repeats the value.
    pub fn error(&mut self, row: Row, column: Option<&str>, message: impl Into<String>) {
        self.rows_failed = self.rows_failed.saturating_add(1);
        if self.errors.len() < Self::MOST_ERRORS {
            self.errors.push(RowError {
                row: row.0,
                column: column.map(str::to_owned),
                message: message.into(),
            });
        }
    }

    pub(crate) fn finish(self) -> Imported {
        Imported {
            kind: self.kind,
            observed_at: self.latest.unwrap_or(self.observed_at),
            conversations: self.conversations,
            rows: self.rows,
            observations: self.observations.into_values().collect(),
            errors: self.errors,
            rows_failed: self.rows_failed,
            values_not_allowed: self.values_not_allowed,
            columns: self.columns,
        }
    }
}
