//! The tables `walked_with`, `walked_visit` and `walked_step`: the visits of the round that was walked last. They are derived, and kept
//! so that a worklist need not read that round again.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _};
use wardround_model::{AssetId, Decision, Digest, FindingId, MakerPosition, Role, RoundId, StatementId};
use wardround_remedy::TaskId;
use wardround_triage::{Efforts, LeftBecause, MakerSays, Visit, VisitStep, Window};

use crate::columns::Columns;
use crate::error::Trouble;
use crate::history::{goes_code, goes_from_code, ids, joined, work_code, work_from_code};
use crate::table::{By, Cell, Reader, Table, Writer, shown};

static VISIT: Table = Table {
    owner: "through_round",
    name: "walked_visit",
    key: &["position"],
    values: &[
        "task_id",
        "asset_id",
        "title",
        "kind",
        "goes",
        "who",
        "work",
        "touches_care",
        "maker_position",
        "maker_document",
        "maker_at",
        "window_when",
        "window_because",
        "window_at",
        "window_statement",
    ],
};
static STEP: Table = Table {
    owner: "through_round",
    name: "walked_step",
    key: &["visit_position", "position"],
    values: &["code", "title", "minutes", "downtime", "decision", "why", "waits", "finding_ids"],
};

const SELECT: &str = "SELECT made_by FROM walked_with WHERE through_round = ?1";
const INSERT: &str = "INSERT INTO walked_with (through_round, made_by) VALUES (?1, ?2)";

/// Whose visits these are: another version of the program, or one with other efforts, may tell them otherwise.
fn maker() -> String {
    let efforts = format!("{:?}", Efforts::default());
    Digest::of(&["visits 1", env!("CARGO_PKG_VERSION"), &efforts]).to_string()
}

/// Whether the visits of this round were kept, by this program.
pub(crate) fn are_kept(view: &Connection, through: RoundId) -> Result<bool, Trouble> {
    let made_by: Option<String> = view.query_row(SELECT, [through.0], |row| row.get(0)).optional()?;
    Ok(made_by.is_some_and(|made_by| made_by == maker()))
}

/// Keeps the visits of this round.
pub(crate) fn write(
    connection: &Connection,
    writer: Writer<'_>,
    through: RoundId,
    all: &[Visit],
) -> Result<(), Trouble> {
    connection.execute(INSERT, (through.0, maker()))?;
    let (mut visits, mut steps) = (writer.table(&VISIT)?, writer.table(&STEP)?);
    for (position, visit) in all.iter().enumerate() {
        visits.row(&visit_cells(position, visit))?;
        for (place, step) in visit.steps.iter().enumerate() {
            steps.row(&[
                position.into(),
                place.into(),
                (&step.code).into(),
                (&step.title).into(),
                Cell::Integer(step.minutes.into()),
                Cell::Integer(step.downtime.into()),
                step.decision.code().into(),
                (&step.why).into(),
                step.waits.map(LeftBecause::code).into(),
                joined(&step.findings),
            ])?;
        }
    }
    Ok(())
}

fn visit_cells(position: usize, visit: &Visit) -> [Cell<'_>; 16] {
    let (maker, window) = (visit.maker.as_ref(), visit.window.as_ref());
    [
        position.into(),
        shown(TaskId::of(visit.asset, visit.goes, visit.work)),
        shown(visit.asset),
        (&visit.title).into(),
        (&visit.kind).into(),
        goes_code(visit.goes).into(),
        visit.who.code().into(),
        work_code(visit.work).into(),
        visit.touches_care.into(),
        maker.map(|says| says.position.code()).into(),
        maker.map(|says| says.document.as_str()).into(),
        maker.and_then(|says| says.at).into(),
        window.map(|window| window.when.as_str()).into(),
        window.map(|window| window.because.as_str()).into(),
        window.map(|window| window.at).into(),
        window.map_or(Cell::Null, |window| Cell::Integer(window.statement.0)),
    ]
}

/// All visits that were kept.
pub(crate) fn load(reader: Reader<'_>) -> Result<Vec<Visit>, Trouble> {
    let mut visits = reader.list(&VISIT, read_visit)?;
    let mut steps = reader.lists(&STEP, visits.len(), read_step)?;
    for visit in &mut visits {
        visit.steps = steps.next().unwrap_or_default();
    }
    Ok(visits)
}

/// Those of these tasks.
pub(crate) fn load_of(reader: Reader<'_>, tasks: &BTreeSet<TaskId>) -> Result<Vec<Visit>, Trouble> {
    let mut all = Vec::new();
    for task in tasks {
        let by = By::index("task_id", "walked_visit_by_task");
        let found = reader.each_where(&VISIT, (by, task.to_string()), usize::MAX, |columns| {
            Ok((columns.number::<i64>()?, read_visit(columns)?))
        })?;
        for (position, mut visit) in found {
            visit.steps = steps(reader, position)?;
            all.push((position, visit));
        }
    }
    all.sort_by_key(|(position, _)| *position);
    Ok(all.into_iter().map(|(_, visit)| visit).collect())
}

fn steps(reader: Reader<'_>, visit: i64) -> Result<Vec<VisitStep>, Trouble> {
    let mut expected = 0;
    reader.each_where(&STEP, (By::key("visit_position"), visit), usize::MAX, |columns| {
        columns.number::<i64>()?;
        columns.position(expected)?;
        expected += 1;
        read_step(columns)
    })
}

/// A visit whose steps are not with it yet.
fn read_visit(columns: &mut Columns<'_>) -> Result<Visit, Trouble> {
    columns.id("W-")?;
    let asset = AssetId(columns.id("A-")?);
    let (title, kind) = (columns.text()?, columns.text()?);
    let (goes, who) = (columns.code(goes_from_code)?, columns.code(Role::from_code)?);
    let (work, touches_care) = (columns.code(work_from_code)?, columns.flag()?);
    let position = columns.maybe_code(MakerPosition::from_code)?;
    let (document, at) = (columns.maybe_text()?, columns.maybe_moment()?);
    let maker = match (position, document) {
        (Some(position), Some(document)) => Some(MakerSays { position, document, at }),
        (None, None) if at.is_none() => None,
        _ => return Err(columns.damaged()),
    };
    let (when, because) = (columns.maybe_text()?, columns.maybe_text()?);
    let (at, statement) = (columns.maybe_moment()?, columns.maybe_number()?.map(StatementId));
    let window = match (when, because, at, statement) {
        (Some(when), Some(because), Some(at), Some(statement)) => {
            Some(Window { when, because, at, statement })
        }
        (None, None, None, None) => None,
        _ => return Err(columns.damaged()),
    };
    Ok(Visit { asset, title, kind, goes, who, work, touches_care, maker, window, steps: Vec::new() })
}

fn read_step(columns: &mut Columns<'_>) -> Result<VisitStep, Trouble> {
    Ok(VisitStep {
        code: columns.text()?,
        title: columns.text()?,
        minutes: columns.number()?,
        downtime: columns.number()?,
        decision: columns.code(Decision::from_code)?,
        why: columns.text()?,
        waits: columns.maybe_code(waits_from_code)?,
        findings: ids(columns, "F-")?.into_iter().map(FindingId).collect(),
    })
}

fn waits_from_code(code: &str) -> Option<LeftBecause> {
    let all = [
        LeftBecause::NeedsMaker,
        LeftBecause::NoWindow,
        LeftBecause::NotIdentified,
        LeftBecause::NoPeople,
        LeftBecause::TooLong,
        LeftBecause::NoTime,
    ];
    all.into_iter().find(|because| because.code() == code)
}
