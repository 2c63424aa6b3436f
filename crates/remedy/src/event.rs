//! What people decide about tasks: kept one after the other, and never changed. Taking something back is one more event.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use wardround_model::{FindingId, RoundId, Timestamp};

use crate::attachment::Attachment;
use crate::history::TaskId;
use crate::words::{Note, Person};

/// The id of an event in its store, as `E-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E-{}", self.0)
    }
}

/// A text that is not an event's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("one looks like E-3; `wardround work show` names them")]
pub struct InvalidEventId;

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<Self, InvalidEventId> {
        let digits = text.strip_prefix("E-").or(text.strip_prefix("e-")).unwrap_or(text);
        digits.parse().ok().filter(|number| *number > 0).map(Self).ok_or(InvalidEventId)
    }
}

/// An accepted risk (NIST SP 800-40r4: risk acceptance): with an owner, a reason, what is done instead, and an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Who answers for it.
    pub owner: Person,
    /// Why it is not settled.
    pub because: Note,
    /// What keeps the risk small meanwhile.
    pub control: Note,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// What somebody says or decides of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// This person does it.
    Assigned(Person),
    /// It is done, says the person: a claim.
    Done,
    /// The clinical owner of the device, who speaks here, agrees with the work on it.
    SignedOff,
    /// The risk is accepted for a time.
    Excepted(Exception),
    /// It is not done after all, or the exception ends early.
    Reopened(Note),
    /// A remark.
    Commented(Note),
    /// A file that belongs to it; its bytes are in the store.
    Attached(Attachment),
    /// The letter about devices of this kind went to their maker on that day.
    LetterSent {
        /// The kind of device.
        kind: String,
        /// The day.
        on: Timestamp,
    },
    /// The maker of devices of this kind answered on that day.
    LetterAnswered {
        /// The kind of device.
        kind: String,
        /// The day.
        on: Timestamp,
        /// The document that says so.
        document: Note,
    },
    /// That event does not count, as if it had not been.
    Undone(EventId),
}

impl What {
    /// The codes of all kinds.
    pub const CODES: &[&'static str] = &[
        "assigned",
        "done",
        "signed-off",
        "excepted",
        "reopened",
        "commented",
        "attached",
        "letter-sent",
        "letter-answered",
        "undone",
    ];

    /// Its kind, in the store and JSON.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Assigned(_) => "assigned",
            Self::Done => "done",
            Self::SignedOff => "signed-off",
            Self::Excepted(_) => "excepted",
            Self::Reopened(_) => "reopened",
            Self::Commented(_) => "commented",
            Self::Attached(_) => "attached",
            Self::LetterSent { .. } => "letter-sent",
            Self::LetterAnswered { .. } => "letter-answered",
            Self::Undone(_) => "undone",
        }
    }
}

/// Something that a person says or decides now. It is made by [`crate::Task`], which refuses what must not be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    pub(crate) task: TaskId,
    pub(crate) by: Person,
    pub(crate) what: What,
    pub(crate) findings: Vec<FindingId>,
}

impl NewEvent {
    /// About which task.
    #[must_use]
    pub fn task(&self) -> TaskId {
        self.task
    }

    /// Who says so.
    #[must_use]
    pub fn by(&self) -> &Person {
        &self.by
    }

    /// What.
    #[must_use]
    pub fn what(&self) -> &What {
        &self.what
    }

    /// Of which findings, where that matters: what is found later is not meant.
    #[must_use]
    pub fn findings(&self) -> &[FindingId] {
        &self.findings
    }
}

/// Something that a person said or decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// About which task.
    pub task: TaskId,
    /// The latest round at that time: what later rounds showed was not known.
    pub after: RoundId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Person,
    /// What.
    pub what: What,
    /// Of which findings, where that matters.
    pub findings: Vec<FindingId>,
}

/// The events that count, in their order: those that nobody took back. An event that takes back can be taken back too.
#[must_use]
pub fn in_force(events: &[Event]) -> Vec<&Event> {
    let mut all: BTreeMap<EventId, &Event> = BTreeMap::new();
    for event in events {
        all.entry(event.id).or_insert(event);
    }
    let mut undone: BTreeSet<EventId> = BTreeSet::new();
    // From the last to the first: only what comes later can take something back.
    for event in all.values().rev().filter(|event| matches!(event.what, What::Undone(_))) {
        if let What::Undone(target) = event.what
            && target < event.id
            && !undone.contains(&event.id)
        {
            undone.insert(target);
        }
    }
    all.into_values().filter(|event| !undone.contains(&event.id)).collect()
}
