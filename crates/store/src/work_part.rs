//! The worklist of a few tasks, read by their ids: of what was walked, and of what was said, the rest is left where it is.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _};
use wardround_model::{FindingId, RoundId, Timestamp};
use wardround_remedy::{Event, EventId, TaskId, Work};

use crate::error::{StoreError, Trouble};
use crate::table::Reader;
use crate::{Store, history, visit, work};

const SELECT_LATEST: &str = "SELECT max(id) FROM round";
const SELECT_TASKS: &str =
    "SELECT kind, task_id FROM walked_task WHERE through_round = ?1 ORDER BY kind, task_id";
const SELECT_KIND: &str = "
    SELECT kind, task_id FROM walked_task INDEXED BY walked_task_by_kind
    WHERE through_round = ?1 AND kind = ?2 ORDER BY task_id";
const SELECT_FINDING: &str = "
    SELECT task_id, containment_id FROM walked_finding INDEXED BY walked_finding_by_id
    WHERE through_round = ?1 AND finding_id = ?2";
const SELECT_RENAMED: &str = "
    SELECT task_id, containment_id FROM walked_finding INDEXED BY walked_finding_renamed
    WHERE through_round = ?1 AND known_as <> '' AND instr(' ' || known_as || ' ', ' ' || ?2 || ' ') > 0";
const SELECT_KNOWN_AS: &str = "
    SELECT known_as FROM walked_task
    WHERE through_round = (SELECT max(through_round) FROM walked) AND task_id = ?1";
const SELECT_SINCE: &str = "SELECT DISTINCT task_id FROM work_event WHERE id > ?1";
const SELECT_OF_TASK: &str = "SELECT id FROM work_event INDEXED BY work_event_by_task WHERE task_id = ?1";
const SELECT_UNDOING: &str =
    "SELECT id FROM work_event INDEXED BY work_event_by_undone WHERE undone_event = ?1";

impl Store {
    /// Whether the latest round was walked and kept with its visits ([`Store::work_keep`]); without a round it was not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_is_kept(&self) -> Result<bool, StoreError> {
        Ok(self.walked(|_, _| Ok(()))?.is_some())
    }

    /// All tasks that there ever were, by the kind of their device; `None` unless [`Store::work_is_kept`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_tasks(&self) -> Result<Option<BTreeMap<String, Vec<TaskId>>>, StoreError> {
        self.walked(|view, (through, _)| tasks(view, SELECT_TASKS, [through.0]))
    }

    /// The tasks of devices of this kind, like [`Store::work_tasks`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_tasks_of_kind(&self, kind: &str) -> Result<Option<Vec<TaskId>>, StoreError> {
        let of_kind = self.walked(|view, (through, _)| tasks(view, SELECT_KIND, (through.0, kind)))?;
        Ok(of_kind.map(|kinds| kinds.into_values().flatten().collect()))
    }

    /// The tasks of a finding, also by an id that it had: the one that settles it, and the one that keeps others away meanwhile.
    /// Like [`Store::work_tasks`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_tasks_of_finding(&self, finding: FindingId) -> Result<Option<Vec<TaskId>>, StoreError> {
        self.walked(|view, (through, _)| {
            let by_id = tasks_of_finding(view, SELECT_FINDING, through, finding)?;
            if by_id.is_empty() {
                tasks_of_finding(view, SELECT_RENAMED, through, finding)
            } else {
                Ok(by_id)
            }
        })
    }

    /// All that the worklist of these tasks is made from, like [`Store::work_tasks`]: their tasks stand in it as in the whole one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_of(&self, tasks: &BTreeSet<TaskId>) -> Result<Option<Work>, StoreError> {
        self.walked(|view, walked| {
            let history = history::load_of(view, walked, tasks)?;
            let visits = visit::load_of(Reader::new(view, walked.0.0), tasks)?;
            let known_as = history.heads.values().flat_map(|head| &head.known_as);
            let called: BTreeSet<TaskId> = tasks.iter().chain(known_as).copied().collect();
            Ok(Work { events: events_of(view, &called)?, history, visits })
        })
    }

    /// The tasks of which something was said after this event; of which anything was, where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_said_since(&self, event: Option<EventId>) -> Result<BTreeSet<TaskId>, StoreError> {
        let look = || -> Result<BTreeSet<TaskId>, Trouble> {
            let mut select = self.connection.prepare_cached(SELECT_SINCE)?;
            let rows = select.query_map([event.map_or(0, |event| event.0)], |row| row.get::<_, String>(0))?;
            let mut all = BTreeSet::new();
            for text in rows {
                all.insert(task(&text?)?);
            }
            Ok(all)
        };
        look().map_err(|trouble| trouble.at(&self.path))
    }

    /// Keeps what was walked, so that a worklist need not walk it again; nothing depends on it but time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn work_keep(&mut self, work: &Work) -> Result<(), StoreError> {
        history::keep(&mut self.connection, &work.history, &work.visits)
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// Looks at what was walked, in one view of the store; `None` where that is not all of it.
    fn walked<T>(
        &self,
        look: impl FnOnce(&Connection, (RoundId, Timestamp)) -> Result<T, Trouble>,
    ) -> Result<Option<T>, StoreError> {
        let in_view = || {
            let view = self.connection.unchecked_transaction()?;
            let latest: Option<i64> = view.query_row(SELECT_LATEST, [], |row| row.get(0))?;
            match history::through(&view)? {
                Some((round, at)) if Some(round.0) == latest && visit::are_kept(&view, round)? => {
                    look(&view, (round, at)).map(Some)
                }
                _ => Ok(None),
            }
        };
        in_view().map_err(|trouble: Trouble| trouble.at(&self.path))
    }
}

fn task(text: &str) -> Result<TaskId, Trouble> {
    let id = text.strip_prefix("W-").and_then(|digits| digits.parse().ok());
    id.map(TaskId).ok_or(Trouble::Damaged(crate::table::Place { table: "walked_task", column: "task_id" }))
}

fn tasks(
    view: &Connection,
    select: &str,
    of: impl rusqlite::Params,
) -> Result<BTreeMap<String, Vec<TaskId>>, Trouble> {
    let mut select = view.prepare_cached(select)?;
    let mut rows = select.query(of)?;
    let mut all: BTreeMap<String, Vec<TaskId>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let id = task(&row.get::<_, String>(1)?)?;
        all.entry(row.get(0)?).or_default().push(id);
    }
    Ok(all)
}

fn tasks_of_finding(
    view: &Connection,
    select: &str,
    through: RoundId,
    finding: FindingId,
) -> Result<Vec<TaskId>, Trouble> {
    let mut select = view.prepare_cached(select)?;
    let found = select.query_row((through.0, finding.to_string()), |row| {
        Ok([Some(row.get::<_, String>(0)?), row.get::<_, Option<String>>(1)?])
    });
    let found = found.optional()?.into_iter().flatten().flatten();
    found.map(|text| task(&text)).collect()
}

/// The ids that this task had, as far as rounds were walked.
pub(crate) fn known_as(view: &Connection, id: TaskId) -> Result<Vec<TaskId>, Trouble> {
    let mut select = view.prepare_cached(SELECT_KNOWN_AS)?;
    let ids: Option<String> = select.query_row([id.to_string()], |row| row.get(0)).optional()?;
    ids.unwrap_or_default().split_whitespace().map(task).collect()
}

/// What was said of these tasks, what took it back, what took that back, and so on.
pub(crate) fn events_of(view: &Connection, tasks: &BTreeSet<TaskId>) -> Result<Vec<Event>, Trouble> {
    let mut ids = BTreeSet::new();
    for task in tasks {
        ids.extend(event_ids(view, SELECT_OF_TASK, task.to_string())?);
    }
    let mut new: Vec<i64> = ids.iter().copied().collect();
    while let Some(id) = new.pop() {
        let undoing = event_ids(view, SELECT_UNDOING, id)?;
        new.extend(undoing.into_iter().filter(|undoing| ids.insert(*undoing)));
    }
    ids.into_iter().map(|id| work::event(view, EventId(id))).collect()
}

fn event_ids(view: &Connection, select: &str, of: impl rusqlite::ToSql) -> Result<Vec<i64>, Trouble> {
    let mut select = view.prepare_cached(select)?;
    let rows = select.query_map([of], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
