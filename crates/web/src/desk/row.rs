//! What lists show of a task and of a letter: small, so that all of them fit into memory.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

use wardround_model::{AssetId, Decision, Role, Timestamp};
use wardround_remedy::{Letter, LetterState, State, Task, TaskId, TaskState};

/// Where a task hangs on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Column {
    /// Nobody does it yet.
    Open,
    /// Somebody does it.
    Assigned,
    /// It may not be done before somebody else has said a word.
    Waiting,
    /// Said to be done.
    Claimed,
    /// A later round saw it settled.
    Verified,
    /// The risk is accepted.
    Excepted,
    /// It counts no longer.
    LeftOut,
}

impl Column {
    /// All of them, as work goes through them.
    pub(crate) const ALL: &[Self] = &[
        Self::Open,
        Self::Assigned,
        Self::Waiting,
        Self::Claimed,
        Self::Verified,
        Self::Excepted,
        Self::LeftOut,
    ];

    fn of(task: &Task<'_>) -> Self {
        match task.state {
            TaskState::Claimed => Self::Claimed,
            TaskState::Excepted => Self::Excepted,
            TaskState::Verified => Self::Verified,
            TaskState::LeftOut => Self::LeftOut,
            _ if task.waits().is_some() => Self::Waiting,
            _ if task.owner.is_some() => Self::Assigned,
            _ => Self::Open,
        }
    }

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Assigned => "assigned",
            Self::Waiting => "waiting",
            Self::Claimed => "claimed",
            Self::Verified => "verified",
            Self::Excepted => "excepted",
            Self::LeftOut => "left-out",
        }
    }

    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().find(|column| column.code() == code).copied()
    }

    /// What it is called: as the command line calls the state.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "waits for somebody",
            Self::Open => TaskState::Open.label(),
            Self::Assigned => TaskState::Assigned.label(),
            Self::Claimed => TaskState::Claimed.label(),
            Self::Verified => TaskState::Verified.label(),
            Self::Excepted => TaskState::Excepted.label(),
            Self::LeftOut => TaskState::LeftOut.label(),
        }
    }

    /// Whether nothing of it is left for anybody.
    pub(crate) const fn is_settled(self) -> bool {
        matches!(self, Self::Verified | Self::LeftOut)
    }
}

/// What lists show of a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) id: TaskId,
    pub(super) known_as: Box<[TaskId]>,
    pub(crate) asset: AssetId,
    pub(crate) device: Arc<str>,
    pub(crate) kind: Arc<str>,
    pub(crate) team: Role,
    pub(crate) state: TaskState,
    pub(crate) column: Column,
    pub(crate) owner: Option<Arc<str>>,
    pub(crate) decision: Decision,
    pub(crate) due: Option<Timestamp>,
    pub(crate) overdue: bool,
    pub(crate) needs_sign_off: bool,
    /// What there is to do.
    steps: Box<[Arc<str>]>,
    /// When time alone changes it next.
    pub(super) changes_at: Option<Timestamp>,
}

/// Steps that a list names.
const STEPS_NAMED: usize = 2;

impl Row {
    pub(super) fn of(task: &Task<'_>, names: &mut Names, at: Timestamp) -> Self {
        Self {
            id: task.id(),
            known_as: task.head.known_as.clone().into_boxed_slice(),
            asset: task.asset(),
            device: names.one(&task.head.device),
            kind: names.one(&task.head.kind),
            team: task.who(),
            state: task.state,
            column: Column::of(task),
            owner: task.owner.as_ref().map(|owner| names.one(owner.as_str())),
            decision: task.decision,
            due: task.due.filter(|_| task.state.is_pending()),
            overdue: task.overdue && task.state.is_pending(),
            needs_sign_off: task.needs_sign_off(),
            steps: task.steps.iter().map(|step| names.one(step.title)).collect(),
            changes_at: changes_at(task, at),
        }
    }

    /// The first things to do.
    pub(crate) fn first_steps(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().take(STEPS_NAMED).map(|step| &**step)
    }

    /// How many things there are to do.
    pub(crate) fn steps_in_all(&self) -> usize {
        self.steps.len()
    }

    /// Whether one of its words is this, in small letters.
    pub(crate) fn has(&self, words: &str) -> bool {
        let is_in = |text: &str| text.to_lowercase().contains(words);
        words.is_empty()
            || is_in(&self.device)
            || is_in(&self.kind)
            || is_in(&self.id.to_string())
            || self.steps.iter().any(|step| is_in(step))
    }

    /// Whether this is its id, or was.
    pub(super) fn is(&self, id: TaskId) -> bool {
        self.id == id || self.known_as.contains(&id)
    }
}

/// Texts that many rows have, each once.
#[derive(Default)]
pub(super) struct Names(BTreeSet<Arc<str>>);

impl Names {
    fn one(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = text.into();
        self.0.insert(Arc::clone(&new));
        new
    }
}

/// The next moment at which something of a task is late, or an exception ends.
fn changes_at(task: &Task<'_>, at: Timestamp) -> Option<Timestamp> {
    let ends = |state: &State| match state {
        State::Excepted(exception) => Some(exception.until),
        _ => None,
    };
    let moments = task.parts().flat_map(|part| [part.due, ends(&part.state)]);
    moments.flatten().filter(|moment| *moment >= at).min()
}

/// What lists show of a letter to a maker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LetterRow {
    pub(crate) kind: Arc<str>,
    /// A task that waits for it.
    pub(crate) task: Option<TaskId>,
    pub(crate) devices: usize,
    /// Whether something is open for want of the maker's word.
    pub(crate) asks: bool,
    pub(crate) state: LetterState,
    pub(crate) overdue: bool,
}

impl LetterRow {
    pub(super) fn of(letter: &Letter, names: &mut Names) -> Self {
        Self {
            kind: names.one(&letter.kind),
            task: letter.tasks.first().copied(),
            devices: letter.devices.len(),
            asks: letter.asks.is_some(),
            state: letter.state.clone(),
            overdue: letter.overdue,
        }
    }

    /// The next moment at which it is late.
    pub(super) fn changes_at(&self, at: Timestamp) -> Option<Timestamp> {
        let by = match self.state {
            LetterState::ToWrite(by) => by,
            LetterState::Sent { answer_by, .. } => answer_by,
            LetterState::Answered { .. } => return None,
        };
        (by >= at).then_some(by)
    }
}

/// The order of the worklist: what is open first, by date, then by urgency.
pub(super) fn order(row: &Row) -> (bool, bool, Option<Timestamp>, Reverse<Decision>, TaskState, TaskId) {
    let is_pending = row.state.is_pending();
    (!is_pending, row.due.is_none(), row.due, Reverse(row.decision), row.state, row.id)
}
