//! The worklist in memory: folded once, and again when a round, what somebody says, or a date changes it. All of it is derived,
//! so that a site that was killed makes it anew from the store.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use wardround_model::{AssetId, Decision, FindingId, Role, RoundId, Timestamp};
use wardround_remedy::{
    Event, EventId, Head, History, Letter, LetterState, Policy, State, Task, TaskId, TaskState, Work,
    Worklist, worklist_of,
};
use wardround_store::Store;
use wardround_triage::{Efforts, Visit};

use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;
use crate::site::now;

/// How long pages of other things wait for it.
pub(crate) const SOON: Duration = Duration::from_secs(3);

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
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) id: TaskId,
    known_as: Vec<TaskId>,
    pub(crate) asset: AssetId,
    pub(crate) device: String,
    pub(crate) kind: String,
    pub(crate) team: Role,
    pub(crate) state: TaskState,
    pub(crate) column: Column,
    pub(crate) owner: Option<String>,
    pub(crate) decision: Decision,
    pub(crate) due: Option<Timestamp>,
    pub(crate) overdue: bool,
    pub(crate) needs_sign_off: bool,
    /// The first things to do, and how many there are.
    pub(crate) steps: (Vec<String>, usize),
    /// Words that a search looks through, in small letters.
    words: String,
    /// When time alone changes it next.
    changes_at: Option<Timestamp>,
}

/// Steps that a list names.
const STEPS_NAMED: usize = 2;

impl Row {
    fn of(task: &Task<'_>, at: Timestamp) -> Self {
        let steps: Vec<String> = task.steps.iter().map(|step| step.title.to_owned()).collect();
        let owner = task.owner.as_ref().map(ToString::to_string);
        let texts = [&task.id().to_string(), &task.head.device, &task.head.kind, &steps.join(" ")];
        let words = texts.map(|text| text.to_lowercase()).join("\n");
        Self {
            id: task.id(),
            known_as: task.head.known_as.clone(),
            asset: task.asset(),
            device: task.head.device.clone(),
            kind: task.head.kind.clone(),
            team: task.who(),
            state: task.state,
            column: Column::of(task),
            owner,
            decision: task.decision,
            due: task.due.filter(|_| task.state.is_pending()),
            overdue: task.overdue && task.state.is_pending(),
            needs_sign_off: task.needs_sign_off(),
            steps: (steps.iter().take(STEPS_NAMED).cloned().collect(), steps.len()),
            words,
            changes_at: changes_at(task, at),
        }
    }

    /// Whether one of its words is this, in small letters.
    pub(crate) fn has(&self, words: &str) -> bool {
        self.words.contains(words)
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

/// What the rounds showed: large, and the same until there is another round.
struct Walked {
    history: History,
    visits: Vec<Visit>,
    /// The task of each finding, also by ids that it had.
    by_finding: BTreeMap<FindingId, (TaskId, Option<TaskId>)>,
}

impl Walked {
    fn new(history: History, visits: Vec<Visit>) -> Self {
        let mut by_finding = BTreeMap::new();
        for item in history.items.values() {
            for id in item.known_as.iter().chain([&item.finding]) {
                by_finding.insert(*id, (item.task, item.containment));
            }
        }
        Self { history, visits, by_finding }
    }
}

/// The worklist, as it stood at a moment.
pub(crate) struct Desk {
    walked: Arc<Walked>,
    events: Vec<Event>,
    policy: Policy,
    efforts: Efforts,
    at: Timestamp,
    /// All tasks, in the order of the worklist.
    pub(crate) rows: Vec<Arc<Row>>,
    /// Letters to makers, by kind of device.
    pub(crate) letters: Vec<Letter>,
}

impl Desk {
    /// Folds all of it.
    pub(crate) fn new(work: Work, policy: &Policy, at: Timestamp) -> Self {
        let walked = Arc::new(Walked::new(work.history, work.visits));
        Self::folded(walked, work.events, policy, at)
    }

    fn folded(walked: Arc<Walked>, events: Vec<Event>, policy: &Policy, at: Timestamp) -> Self {
        let efforts = Efforts::default();
        let mut desk = Self {
            walked,
            events,
            policy: policy.clone(),
            efforts,
            at,
            rows: Vec::new(),
            letters: Vec::new(),
        };
        let (rows, letters) = desk.fold(at, &|_| true);
        (desk.rows, desk.letters) = (rows, letters);
        desk
    }

    fn fold(&self, at: Timestamp, wanted: &dyn Fn(&Head) -> bool) -> (Vec<Arc<Row>>, Vec<Letter>) {
        let worklist = self.worklist(at, wanted);
        (worklist.tasks.iter().map(|task| Arc::new(Row::of(task, at))).collect(), worklist.letters)
    }

    /// The tasks that are wanted.
    pub(crate) fn worklist(&self, at: Timestamp, wanted: &dyn Fn(&Head) -> bool) -> Worklist<'_> {
        let Walked { history, visits, .. } = &*self.walked;
        worklist_of(history, visits, &self.events, &self.efforts, &self.policy, at, wanted)
    }

    /// The same with what was said since: tasks of devices that nobody spoke of stay as they are.
    fn heard(&self, events: Vec<Event>, at: Timestamp) -> Self {
        let said: BTreeSet<TaskId> = events.iter().skip(self.events.len()).map(|event| event.task).collect();
        // What is said of a letter is said of all devices of its kind.
        let is_meant = |row: &Row| said.contains(&row.id) || row.known_as.iter().any(|id| said.contains(id));
        let kinds: BTreeSet<&str> =
            self.rows.iter().filter(|row| is_meant(row)).map(|row| row.kind.as_str()).collect();
        let mut desk = Self {
            walked: Arc::clone(&self.walked),
            events,
            policy: self.policy.clone(),
            efforts: self.efforts.clone(),
            at: self.at,
            rows: self.rows.clone(),
            letters: self.letters.clone(),
        };
        let (rows, letters) = desk.fold(at, &|head| kinds.contains(head.kind.as_str()));
        desk.rows.retain(|row| !kinds.contains(row.kind.as_str()));
        desk.letters.retain(|letter| !kinds.contains(letter.kind.as_str()));
        desk.rows.extend(rows);
        desk.letters.extend(letters);
        desk.rows.sort_by_key(|row| order(row));
        desk.letters.sort_by(|one, other| one.kind.cmp(&other.kind));
        desk
    }

    /// The days by which dates are judged.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The latest round, where there is one.
    pub(crate) fn round(&self) -> Option<RoundId> {
        self.walked.history.through.map(|(round, _)| round)
    }

    /// What it is made from, as the store numbers it.
    fn newest(&self) -> (Option<RoundId>, Option<EventId>) {
        (self.round(), self.events.last().map(|event| event.id))
    }

    /// Whether time alone has changed nothing since it was folded.
    fn holds_at(&self, now: Timestamp) -> bool {
        let letters = self.letters.iter().filter_map(|letter| match letter.state {
            LetterState::ToWrite(by) => Some(by),
            LetterState::Sent { answer_by, .. } => Some(answer_by),
            LetterState::Answered { .. } => None,
        });
        let next =
            self.rows.iter().filter_map(|row| row.changes_at).chain(letters.filter(|by| *by >= self.at));
        self.at <= now && next.min().is_none_or(|next| now <= next)
    }

    /// The task with this id, also one that it had while less was known of its device.
    pub(crate) fn row(&self, id: TaskId) -> Option<&Arc<Row>> {
        self.rows.iter().find(|row| row.id == id || row.known_as.contains(&id))
    }

    /// Tells of one task as it stands.
    pub(crate) fn tell<T>(&self, id: TaskId, at: Timestamp, tell: impl FnOnce(&Task<'_>) -> T) -> Option<T> {
        let id = self.row(id)?.id;
        let worklist = self.worklist(at, &|head| head.id == id);
        worklist.tasks.first().map(tell)
    }

    /// The letter to the maker of this device, where there is one.
    pub(crate) fn letter(&self, kind: &str) -> Option<&Letter> {
        self.letters.iter().find(|letter| letter.kind == kind)
    }

    /// The tasks at a device.
    pub(crate) fn of_device(&self, asset: AssetId) -> Vec<Arc<Row>> {
        self.rows.iter().filter(|row| row.asset == asset).cloned().collect()
    }

    /// The tasks of a finding: the one that settles it, and the one that keeps others away meanwhile.
    pub(crate) fn of_finding(&self, finding: FindingId) -> Vec<Arc<Row>> {
        let Some((task, containment)) = self.walked.by_finding.get(&finding) else { return Vec::new() };
        let tasks = [Some(*task), *containment].into_iter().flatten();
        tasks.filter_map(|task| self.row(task)).cloned().collect()
    }
}

/// The order of the worklist: what is open first, by date, then by urgency.
fn order(row: &Row) -> (bool, bool, Option<Timestamp>, std::cmp::Reverse<Decision>, TaskState, TaskId) {
    let is_pending = row.state.is_pending();
    (!is_pending, row.due.is_none(), row.due, std::cmp::Reverse(row.decision), row.state, row.id)
}

impl Hospital {
    /// The worklist as it stands now.
    pub(crate) async fn desk(self: &Arc<Self>, policy: &Policy) -> Result<Arc<Desk>, Problem> {
        if let Some(desk) = self.kept_desk().await? {
            return Ok(desk);
        }
        // One folds it; who comes meanwhile waits for that, and holds no connection while waiting.
        let folding = Arc::clone(&self.folding).lock_owned().await;
        if let Some(desk) = self.kept_desk().await? {
            return Ok(desk);
        }
        let (this, policy) = (Arc::clone(self), policy.clone());
        // It goes on when whoever asked is gone.
        waiting(move || {
            let _folding = folding;
            Ok(this.look(|store| this.fold_desk(store, &policy))?)
        })
        .await
    }

    /// The same, unless it is still being read from a whole round.
    pub(crate) async fn desk_soon(self: &Arc<Self>, policy: &Policy) -> Result<Option<Arc<Desk>>, Problem> {
        tokio::time::timeout(SOON, self.desk(policy)).await.ok().transpose()
    }

    /// The one in memory, where it is still right.
    async fn kept_desk(self: &Arc<Self>) -> Result<Option<Arc<Desk>>, Problem> {
        let Some(desk) = locked(&self.desk).clone() else { return Ok(None) };
        let newest = self.read(Store::work_latest).await?;
        Ok(Some(desk).filter(|desk| desk.newest() == newest && desk.holds_at(now())))
    }

    fn fold_desk(&self, store: &Store, policy: &Policy) -> Result<Arc<Desk>, wardround_store::StoreError> {
        let at = now();
        let known = locked(&self.desk).clone();
        let (round, _) = store.work_latest()?;
        let desk = match known.filter(|desk| desk.round() == round) {
            Some(desk) if desk.holds_at(at) => desk.heard(store.work_event_list()?, at),
            Some(desk) => Desk::folded(Arc::clone(&desk.walked), store.work_event_list()?, policy, at),
            None => Desk::new(store.work_load(&Efforts::default())?, policy, at),
        };
        Ok(self.keep_desk(desk))
    }

    /// Keeps it in memory.
    pub(crate) fn keep_desk(&self, desk: Desk) -> Arc<Desk> {
        let desk = Arc::new(desk);
        *locked(&self.desk) = Some(Arc::clone(&desk));
        desk
    }
}
