//! The tables `work_event` and `work_event_finding`: what people said and decided about tasks, added and never changed; and
//! all that a worklist is made from.

use rusqlite::{Connection, TransactionBehavior};
use wardround_model::{FindingId, Round, RoundId, Timestamp};
use wardround_remedy::{
    Attachment, Event, EventId, Exception, FileName, History, NewEvent, Note, TaskId, What, Work,
};
use wardround_triage::{Efforts, Visit, visits};

use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::{Cell, Reader, Table, Writer, shown};
use crate::{Store, history, visit};

/// The columns of [`SELECT`], for errors.
static EVENT: Table = Table {
    owner: "",
    name: "work_event",
    key: &["id"],
    values: &[
        "task_id",
        "after_round",
        "at",
        "by_name",
        "kind",
        "person",
        "text",
        "control",
        "until_at",
        "device_kind",
        "on_at",
        "undone_event",
        "bytes",
        "digest",
        "gone_at",
    ],
};
static FINDING: Table =
    Table { owner: "event_id", name: "work_event_finding", key: &["position"], values: &["finding_id"] };

const SELECT: &str = "
    SELECT id, task_id, after_round, at, by_name, kind, person, text, control, until_at, device_kind, on_at,
           undone_event, bytes, digest, gone_at
    FROM work_event LEFT JOIN attachment ON event_id = id ORDER BY id";
const SELECT_ONE: &str = "
    SELECT id, task_id, after_round, at, by_name, kind, person, text, control, until_at, device_kind, on_at,
           undone_event, bytes, digest, gone_at
    FROM work_event LEFT JOIN attachment ON event_id = id WHERE id = ?1";
const SELECT_LATEST: &str = "SELECT (SELECT max(id) FROM round), (SELECT max(id) FROM work_event)";
const INSERT: &str = "
    INSERT INTO work_event (task_id, after_round, at, by_name, kind, person, text, control, until_at, device_kind,
                            on_at, undone_event)
    VALUES (?1, (SELECT coalesce(max(id), 0) FROM round), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";

impl Store {
    /// Keeps what a person says of a task; on the disk before this returns.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn work_event_save(&mut self, new: &NewEvent, at: Timestamp) -> Result<EventId, StoreError> {
        save(&mut self.connection, new, at).map_err(|trouble| trouble.at(&self.path))
    }

    /// All that was said of tasks, the oldest first; also what was taken back, and what took it back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_event_list(&self) -> Result<Vec<Event>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// The latest round and the latest event: while both are the same, so is all that a worklist is made from.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_latest(&self) -> Result<(Option<RoundId>, Option<EventId>), StoreError> {
        latest(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// All that the worklist is made from: what the rounds showed, in their order, and what people said.
    ///
    /// Rounds that [`Store::work_catch_up`] has walked are not read again, but for the latest.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn work_load(&self, efforts: &Efforts) -> Result<Work, StoreError> {
        self.walk(efforts, None)
    }

    /// Walks the rounds that were not walked yet, and keeps what they showed, so that [`Store::work_load`] is quick: nothing
    /// depends on it but time. A round that is at hand, as it was saved with this id, is not read again. All that the
    /// worklist is made from, with the default efforts.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn work_catch_up(&mut self, at_hand: Option<(RoundId, &Round)>) -> Result<Work, StoreError> {
        let was_kept = self.work_is_kept()?;
        let work = self.walk(&Efforts::default(), at_hand)?;
        if !was_kept {
            self.work_keep(&work)?;
        }
        Ok(work)
    }

    fn walk(&self, efforts: &Efforts, at_hand: Option<(RoundId, &Round)>) -> Result<Work, StoreError> {
        let mut work = Work { events: self.work_event_list()?, ..Work::default() };
        let heads = self.round_list()?;
        if *efforts == Efforts::default() {
            // Another file of efforts may give other tasks; those are never kept.
            let kept = kept(&self.connection).map_err(|trouble| trouble.at(&self.path))?;
            let is_whole = kept.visits.is_some();
            (work.history, work.visits) = (kept.history, kept.visits.unwrap_or_default());
            if is_whole && work.history.through.map(|(round, _)| round) == heads.last().map(|head| head.id) {
                return Ok(work);
            }
        }
        let walked = work.history.through.map(|(round, _)| round);
        let latest = heads.last().map(|head| head.id);
        for id in heads.iter().map(|head| head.id).filter(|id| Some(*id) > walked || Some(*id) == latest) {
            let loaded;
            let round = match at_hand {
                Some((known, round)) if known == id => round,
                _ => {
                    loaded = self.round_load(id)?;
                    &loaded
                }
            };
            work.visits = visits(round, efforts);
            work.history.see(id, round, &work.visits);
        }
        Ok(work)
    }
}

/// What stands in the columns behind `kind`, in their order.
fn what_cells(what: &What) -> [Cell<'_>; 7] {
    let mut cells = [const { Cell::Null }; 7];
    let [person, text, control, until, kind, on, undone] = &mut cells;
    match what {
        What::Done | What::SignedOff => {}
        What::Assigned(to) => *person = to.as_str().into(),
        What::Reopened(because) => *text = because.as_str().into(),
        What::Commented(remark) => *text = remark.as_str().into(),
        What::Excepted(exception) => {
            *person = exception.owner.as_str().into();
            *text = exception.because.as_str().into();
            *control = exception.control.as_str().into();
            *until = exception.until.into();
        }
        What::LetterSent { kind: of, on: day } => {
            *kind = of.into();
            *on = (*day).into();
        }
        What::LetterAnswered { kind: of, on: day, document } => {
            *kind = of.into();
            *on = (*day).into();
            *text = document.as_str().into();
        }
        What::Attached(file) => *text = file.name.as_str().into(),
        What::Undone(event) => *undone = Cell::Integer(event.0),
    }
    cells
}

fn save(connection: &mut Connection, new: &NewEvent, at: Timestamp) -> Result<EventId, Trouble> {
    if matches!(new.what(), What::Attached(_)) {
        // It comes with its bytes (`Store::attachment_save`), or not at all.
        return Err(Trouble::Damaged(EVENT.place(5)));
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let id = save_within(&transaction, new, at)?;
    transaction.commit()?;
    Ok(id)
}

/// Adds it in a transaction that is open.
pub(crate) fn save_within(
    transaction: &Connection,
    new: &NewEvent,
    at: Timestamp,
) -> Result<EventId, Trouble> {
    let [person, text, control, until, kind, on, undone] = what_cells(new.what());
    transaction.execute(
        INSERT,
        rusqlite::params![
            shown(new.task()),
            at.nanoseconds(),
            new.by().as_str(),
            new.what().code(),
            person,
            text,
            control,
            until,
            kind,
            on,
            undone,
        ],
    )?;
    let id = transaction.last_insert_rowid();
    {
        let mut table = Writer::new(transaction, id).table(&FINDING)?;
        for (position, finding) in new.findings().iter().enumerate() {
            table.row(&[position.into(), shown(finding)])?;
        }
    }
    Ok(EventId(id))
}

fn latest(connection: &Connection) -> Result<(Option<RoundId>, Option<EventId>), Trouble> {
    let read = |row: &rusqlite::Row<'_>| -> rusqlite::Result<(Option<i64>, Option<i64>)> {
        Ok((row.get(0)?, row.get(1)?))
    };
    let (round, event) = connection.query_row(SELECT_LATEST, [], read)?;
    Ok((round.map(RoundId), event.map(EventId)))
}

/// What was walked and kept.
struct Walked {
    history: History,
    /// Of its latest round, where this program made them.
    visits: Option<Vec<Visit>>,
}

fn kept(connection: &Connection) -> Result<Walked, Trouble> {
    let view = connection.unchecked_transaction()?;
    let history = history::load(&view)?;
    let round = match history.through {
        Some((round, _)) if visit::are_kept(&view, round)? => round,
        _ => return Ok(Walked { history, visits: None }),
    };
    Ok(Walked { history, visits: Some(visit::load(Reader::new(&view, round.0))?) })
}

fn list(connection: &Connection) -> Result<Vec<Event>, Trouble> {
    list_within(&*connection.unchecked_transaction()?)
}

/// Reads them in a transaction that is open.
pub(crate) fn list_within(view: &Connection) -> Result<Vec<Event>, Trouble> {
    let mut select = view.prepare(SELECT)?;
    let mut rows = select.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read_whole(view, row)?);
    }
    Ok(all)
}

/// The event with this id.
pub(crate) fn event(view: &Connection, id: EventId) -> Result<Event, Trouble> {
    let mut select = view.prepare_cached(SELECT_ONE)?;
    let mut rows = select.query([id.0])?;
    let row = rows.next()?.ok_or(Trouble::Damaged(EVENT.place(0)))?;
    read_whole(view, row)
}

fn read_whole(view: &Connection, row: &rusqlite::Row<'_>) -> Result<Event, Trouble> {
    let mut event = read(&mut Columns::new(row, &EVENT))?;
    let reader = Reader::new(view, event.id.0);
    event.findings = reader.list(&FINDING, |columns| columns.id("F-").map(FindingId))?;
    Ok(event)
}

fn read(columns: &mut Columns<'_>) -> Result<Event, Trouble> {
    let (id, task) = (EventId(columns.number()?), TaskId(columns.id("W-")?));
    let (after, at) = (RoundId(columns.number()?), columns.moment()?);
    let (by, kind) = (columns.shown()?, columns.code(kind_from_code)?);
    let what = read_what(columns, kind)?;
    Ok(Event { id, task, after, at, by, what, findings: Vec::new() })
}

/// The kinds that this version has a meaning for.
fn kind_from_code(code: &str) -> Option<&'static str> {
    What::CODES.iter().copied().find(|known| *known == code)
}

fn read_what(columns: &mut Columns<'_>, kind: &'static str) -> Result<What, Trouble> {
    let person = columns.maybe_shown()?;
    let (text, name) = match kind {
        "attached" => (None, columns.maybe_shown::<FileName>()?),
        _ => (columns.maybe_shown::<Note>()?, None),
    };
    let control = columns.maybe_shown()?;
    let (until, device) = (columns.maybe_moment()?, columns.maybe_text()?);
    let (on, undone) = (columns.maybe_moment()?, columns.maybe_number()?);
    let what = match (kind, person, text, control, until, device, on, undone) {
        ("assigned", Some(to), None, None, None, None, None, None) => What::Assigned(to),
        ("done", None, None, None, None, None, None, None) => What::Done,
        ("signed-off", None, None, None, None, None, None, None) => What::SignedOff,
        ("excepted", Some(owner), Some(because), Some(control), Some(until), None, None, None) => {
            What::Excepted(Exception { owner, because, control, until })
        }
        ("reopened", None, Some(because), None, None, None, None, None) => What::Reopened(because),
        ("commented", None, Some(text), None, None, None, None, None) => What::Commented(text),
        ("letter-sent", None, None, None, None, Some(kind), Some(on), None) => What::LetterSent { kind, on },
        ("letter-answered", None, Some(document), None, None, Some(kind), Some(on), None) => {
            What::LetterAnswered { kind, on, document }
        }
        ("undone", None, None, None, None, None, None, Some(event)) => What::Undone(EventId(event)),
        ("attached", None, None, None, None, None, None, None) => {
            return read_file(columns, name)?.map(What::Attached).ok_or_else(|| columns.damaged());
        }
        _ => return Err(columns.damaged()),
    };
    read_file(columns, None)?;
    Ok(what)
}

/// What is known of a file beside its bytes; nothing where the event brings none.
fn read_file(columns: &mut Columns<'_>, name: Option<FileName>) -> Result<Option<Attachment>, Trouble> {
    let bytes = columns.maybe_number::<u64>()?;
    if bytes == Some(0) {
        return Err(columns.damaged());
    }
    let sha256 = columns.maybe_text()?;
    let is_gone = columns.maybe_moment()?.is_some();
    match (name, bytes, sha256, is_gone) {
        (Some(name), Some(bytes), Some(sha256), is_gone) => {
            Ok(Some(Attachment { name, bytes, sha256, is_gone }))
        }
        (None, None, None, false) => Ok(None),
        _ => Err(columns.damaged()),
    }
}
