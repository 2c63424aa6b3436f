//! The worklist as lists show it: one small row a task in memory, made once, and again where a round, what somebody says, or a date
//! changes it. All else of a task (its findings, what rounds saw, what people said) stays in the store and is read by its id. All of it is
//! derived, so that a site that was killed makes it anew.

mod row;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use wardround_mapped::give_back;
use wardround_model::{AssetId, FindingId, RoundId, Timestamp};
use wardround_remedy::{EventId, Letter, Policy, Task, TaskId, Work, Worklist, worklist_of};
use wardround_store::{Store, StoreError};
use wardround_triage::Efforts;

use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;
use crate::site::now;

pub(crate) use row::{Column, LetterRow, Row};
use row::{Names, order};

/// How long pages of other things wait for it.
pub(crate) const SOON: Duration = Duration::from_secs(3);

/// The worklist, as it stood at a moment.
#[derive(Clone)]
pub(crate) struct Desk {
    /// The latest round, and the latest thing that was said: what it is made from, as the store numbers it.
    newest: (Option<RoundId>, Option<EventId>),
    policy: Policy,
    at: Timestamp,
    /// All tasks, in the order of the worklist.
    pub(crate) rows: Vec<Arc<Row>>,
    /// Letters to makers, by kind of device.
    pub(crate) letters: Vec<LetterRow>,
}

/// Tasks that are read at once while all rows are made.
const AT_ONCE: usize = 1_000;

impl Desk {
    /// Of work that is in memory anyway.
    pub(crate) fn new(work: &Work, policy: &Policy, at: Timestamp) -> Self {
        let round = work.history.through.map(|(round, _)| round);
        let newest = (round, work.events.last().map(|event| event.id));
        let mut desk = Self { newest, policy: policy.clone(), at, rows: Vec::new(), letters: Vec::new() };
        desk.add(&work.worklist(&Efforts::default(), policy, at), &mut Names::default());
        desk.sort();
        desk
    }

    /// Of what the store keeps, read piece by piece; `None` where not all of it was walked.
    fn read(store: &Store, policy: &Policy, at: Timestamp) -> Result<Option<Self>, StoreError> {
        let newest = store.work_latest()?;
        let mut desk = Self { newest, policy: policy.clone(), at, rows: Vec::new(), letters: Vec::new() };
        if newest.0.is_none() {
            return Ok(Some(desk));
        }
        let Some(kinds) = store.work_tasks()? else { return Ok(None) };
        let (mut names, mut tasks) = (Names::default(), BTreeSet::new());
        // What is said of a letter is said of all devices of a kind, so that a kind is read whole.
        for of_kind in kinds.into_values() {
            tasks.extend(of_kind);
            if tasks.len() >= AT_ONCE && !desk.add_read(store, &std::mem::take(&mut tasks), &mut names)? {
                return Ok(None);
            }
        }
        if !desk.add_read(store, &tasks, &mut names)? {
            return Ok(None);
        }
        desk.sort();
        Ok(Some(desk))
    }

    /// Adds these tasks, all of their kinds. Whether they could be read.
    fn add_read(
        &mut self,
        store: &Store,
        tasks: &BTreeSet<TaskId>,
        names: &mut Names,
    ) -> Result<bool, StoreError> {
        let Some(work) = store.work_of(tasks)? else { return Ok(false) };
        let worklist = part(&work, tasks, &self.policy, self.at);
        self.add(&worklist, names);
        Ok(true)
    }

    fn add(&mut self, worklist: &Worklist<'_>, names: &mut Names) {
        self.rows.extend(worklist.tasks.iter().map(|task| Arc::new(Row::of(task, names, self.at))));
        self.letters.extend(worklist.letters.iter().map(|letter| LetterRow::of(letter, names)));
    }

    fn sort(&mut self) {
        self.rows.sort_by_key(|row| order(row));
        self.letters.sort_by(|one, other| one.kind.cmp(&other.kind));
        self.rows.shrink_to_fit();
        self.letters.shrink_to_fit();
    }

    /// The same with what was said since, and at a later moment: only devices of kinds that this touches are read again. `None` where
    /// another round is the latest by now.
    fn later(&self, store: &Store, at: Timestamp) -> Result<Option<Self>, StoreError> {
        let newest = store.work_latest()?;
        if newest.0 != self.newest.0 || at < self.at {
            return Ok(None);
        }
        let said = store.work_said_since(self.newest.1)?;
        let is_over = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment < at);
        let is_meant = |row: &Row| {
            is_over(row.changes_at)
                || said.contains(&row.id)
                || row.known_as.iter().any(|id| said.contains(id))
        };
        let rows = self.rows.iter().filter(|row| is_meant(row)).map(|row| &row.kind);
        let letters = self.letters.iter().filter(|letter| is_over(letter.changes_at(self.at)));
        let kinds: BTreeSet<Arc<str>> = rows.chain(letters.map(|letter| &letter.kind)).cloned().collect();
        let mut desk = Self { newest, at, ..self.clone() };
        desk.rows.retain(|row| !kinds.contains(&row.kind));
        desk.letters.retain(|letter| !kinds.contains(&letter.kind));
        let (mut names, mut tasks) = (Names::default(), BTreeSet::new());
        for kind in &kinds {
            let Some(of_kind) = store.work_tasks_of_kind(kind)? else { return Ok(None) };
            tasks.extend(of_kind);
            if tasks.len() >= AT_ONCE && !desk.add_read(store, &std::mem::take(&mut tasks), &mut names)? {
                return Ok(None);
            }
        }
        if !desk.add_read(store, &tasks, &mut names)? {
            return Ok(None);
        }
        desk.sort();
        Ok(Some(desk))
    }

    /// The days by which dates are judged.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The latest round, where there is one.
    pub(crate) fn round(&self) -> Option<RoundId> {
        self.newest.0
    }

    /// Whether time alone has changed nothing since it was made.
    fn holds_at(&self, now: Timestamp) -> bool {
        let letters = self.letters.iter().filter_map(|letter| letter.changes_at(self.at));
        let next = self.rows.iter().filter_map(|row| row.changes_at).chain(letters);
        self.at <= now && next.min().is_none_or(|next| now <= next)
    }

    /// The task with this id, also one that it had while less was known of its device.
    pub(crate) fn row(&self, id: TaskId) -> Option<&Arc<Row>> {
        self.rows.iter().find(|row| row.is(id))
    }

    /// The letter to the maker of this device, where there is one.
    pub(crate) fn letter(&self, kind: &str) -> Option<&LetterRow> {
        self.letters.iter().find(|letter| &*letter.kind == kind)
    }

    /// The tasks at a device.
    pub(crate) fn of_device(&self, asset: AssetId) -> Vec<Arc<Row>> {
        self.rows.iter().filter(|row| row.asset == asset).cloned().collect()
    }
}

/// These tasks, as they stand in the whole worklist.
fn part<'w>(work: &'w Work, tasks: &BTreeSet<TaskId>, policy: &Policy, at: Timestamp) -> Worklist<'w> {
    let Work { history, visits, events } = work;
    let wanted = |head: &wardround_remedy::Head| tasks.contains(&head.id);
    worklist_of(history, visits, events, &Efforts::default(), policy, at, &wanted)
}

/// How often a worklist is tried again because a round came in between.
const TRIES: usize = 3;

impl Hospital {
    /// The worklist as it stands now.
    pub(crate) async fn desk(self: &Arc<Self>, policy: &Policy) -> Result<Arc<Desk>, Problem> {
        if let Some(desk) = self.kept_desk().await? {
            return Ok(desk);
        }
        // One makes it; who comes meanwhile waits for that, and holds no connection while waiting.
        let folding = Arc::clone(&self.folding).lock_owned().await;
        if let Some(desk) = self.kept_desk().await? {
            return Ok(desk);
        }
        let (this, policy) = (Arc::clone(self), policy.clone());
        // It goes on when whoever asked is gone.
        waiting(move || {
            let _folding = folding;
            Ok(this.make_desk(&policy)?)
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
        Ok(Some(desk).filter(|desk| desk.newest == newest && desk.holds_at(now())))
    }

    fn make_desk(&self, policy: &Policy) -> Result<Arc<Desk>, StoreError> {
        let known = locked(&self.desk).clone();
        let at = now();
        let later = known.map_or(Ok(None), |desk| self.look(|store| desk.later(store, at)))?;
        let read = || self.look(|store| Desk::read(store, policy, at));
        if let Some(desk) = later.map_or_else(read, |desk| Ok(Some(desk)))? {
            return Ok(self.keep_desk(desk));
        }
        // Walking rounds takes a while, so that others may write meanwhile.
        let work = self.look(|store| store.work_load(&Efforts::default()))?;
        self.change(|store| store.work_keep(&work))?;
        self.desk_of_kept(work, policy)
    }

    /// Keeps in memory the rows of work that the store has by now. They are read back when the work is gone: made while it lay beside
    /// them, they would hold pages all over its memory, which could then not be given back.
    pub(crate) fn desk_of_kept(&self, work: Work, policy: &Policy) -> Result<Arc<Desk>, StoreError> {
        drop(work);
        give_back();
        let at = now();
        let read = self.look(|store| Desk::read(store, policy, at))?;
        // Another round may have been saved meanwhile, and nobody has walked it yet.
        let walk = || self.look(|store| Ok(Desk::new(&store.work_load(&Efforts::default())?, policy, at)));
        Ok(self.keep_desk(read.map_or_else(walk, Ok)?))
    }

    /// Keeps it in memory.
    pub(crate) fn keep_desk(&self, desk: Desk) -> Arc<Desk> {
        let desk = Arc::new(desk);
        *locked(&self.desk) = Some(Arc::clone(&desk));
        desk
    }

    /// Tells of these tasks whole, as they stand now, beside the desk that has them.
    pub(crate) async fn tell_tasks<T: Send + 'static>(
        self: &Arc<Self>,
        policy: &Policy,
        tasks: BTreeSet<TaskId>,
        at: Timestamp,
        tell: impl FnOnce(&Worklist<'_>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        for _ in 0..TRIES {
            // Another round may have been saved since, and not been walked yet.
            let desk = self.desk(policy).await?;
            let (wanted, this) = (tasks.clone(), Arc::clone(self));
            let work = waiting(move || Ok(this.look(|store| store.work_of(&wanted))?)).await?;
            if let Some(work) = work {
                return waiting(move || Ok(tell(&part(&work, &tasks, desk.policy(), at)))).await;
            }
        }
        Err(Problem::Fault)
    }

    /// Tells of one task as it stands, also by an id that it had.
    pub(crate) async fn tell_task<T: Send + 'static>(
        self: &Arc<Self>,
        policy: &Policy,
        id: TaskId,
        at: Timestamp,
        tell: impl FnOnce(&Task<'_>) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let desk = self.desk(policy).await?;
        let id = desk.row(id).ok_or(Problem::NotFound)?.id;
        let told = self.tell_tasks(policy, BTreeSet::from([id]), at, |list| list.tasks.first().map(tell));
        told.await?.ok_or(Problem::NotFound)
    }

    /// The letter to the maker of devices of this kind, whole.
    pub(crate) async fn letter(
        self: &Arc<Self>,
        policy: &Policy,
        kind: Arc<str>,
        at: Timestamp,
    ) -> Result<Letter, Problem> {
        let tasks = self.read(move |store| store.work_tasks_of_kind(&kind)).await?.unwrap_or_default();
        let tasks = tasks.into_iter().collect();
        let told = self.tell_tasks(policy, tasks, at, |list| list.letters.first().cloned()).await?;
        told.ok_or(Problem::NotFound)
    }

    /// The tasks of a finding: the one that settles it, and the one that keeps others away meanwhile.
    pub(crate) async fn tasks_of_finding(
        self: &Arc<Self>,
        desk: &Desk,
        finding: FindingId,
    ) -> Result<Vec<Arc<Row>>, Problem> {
        let tasks = self.read(move |store| store.work_tasks_of_finding(finding)).await?;
        Ok(tasks.unwrap_or_default().into_iter().filter_map(|task| desk.row(task)).cloned().collect())
    }
}
