//! The worklist as a table for spreadsheets, one row a finding of a task, and the same as CSV (RFC 4180).
//!
//! Names of devices come from traffic that anybody can send, and spreadsheets run cells that look like formulas. So a cell
//! that begins like one gets an apostrophe in front (OWASP, CSV Injection).

use wardround_model::Timestamp;
use wardround_triage::VisitWork;

use crate::state::{Reopening, State};
use crate::task::{Part, Step, Task};
use crate::worklist::Worklist;

/// The columns of the table.
pub const COLUMNS: [&str; 26] = [
    "task",
    "task_state",
    "team",
    "work",
    "owner",
    "device_id",
    "device",
    "step",
    "finding",
    "weakness",
    "code",
    "decision",
    "state",
    "since",
    "due",
    "overdue",
    "waits_for",
    "maker_says",
    "signed_by",
    "done_by",
    "done_at",
    "verified_in",
    "evidence_before",
    "evidence_after",
    "exception",
    "files",
];

/// The table: a row for each finding of a task, with a cell for each of [`COLUMNS`].
pub fn rows<'w>(worklist: &'w Worklist<'_>) -> impl Iterator<Item = [String; 26]> + 'w {
    worklist.tasks.iter().flat_map(move |task| {
        let steps = task.steps.iter().flat_map(|step| step.parts.iter().map(move |part| (step, part)));
        steps.map(move |(step, part)| cells(worklist, task, step, part).map(|cell| neutral(&cell)))
    })
}

/// The worklist as CSV, with a heading and a line end behind each row.
#[must_use]
pub fn csv(worklist: &Worklist<'_>) -> String {
    let mut text = String::new();
    row(&mut text, COLUMNS.iter().copied());
    for cells in rows(worklist) {
        row(&mut text, cells.iter().map(String::as_str));
    }
    text
}

fn cells(worklist: &Worklist<'_>, task: &Task<'_>, step: &Step<'_>, part: &Part<'_>) -> [String; 26] {
    let claim = match &part.state {
        State::Claimed(claim) => Some(claim),
        State::Verified(verified) => verified.claim.as_ref(),
        State::Reopened(Reopening::StillThere { claim, .. }) => Some(claim),
        _ => None,
    };
    let signed = claim.and_then(|claim| claim.signed.as_ref()).or(part.signed.as_ref());
    let (verified_in, before, after) = evidence(&part.state);
    [
        task.id().to_string(),
        task.state.code().to_owned(),
        task.who().code().to_owned(),
        match task.head.work {
            VisitWork::Change => "change".to_owned(),
            VisitWork::Containment => "containment".to_owned(),
        },
        task.owner.as_ref().map(ToString::to_string).unwrap_or_default(),
        task.asset().to_string(),
        task.head.device.clone(),
        step.title.to_owned(),
        part.item.finding.to_string(),
        part.item.title.clone(),
        part.item.code.clone(),
        part.item.decision.code().to_owned(),
        part.state.code().to_owned(),
        day(part.item.since()),
        part.due.map(day).unwrap_or_default(),
        if part.due.is_some_and(|due| due < worklist.at) { "yes" } else { "no" }.to_owned(),
        step.waits.map(|waits| waits.code().to_owned()).unwrap_or_default(),
        task.maker.as_ref().map(|says| says.position.code().to_owned()).unwrap_or_default(),
        signed.map(|said| said.by.to_string()).unwrap_or_default(),
        claim.map(|claim| claim.said.by.to_string()).unwrap_or_default(),
        claim.map(|claim| day(claim.said.at)).unwrap_or_default(),
        verified_in,
        before,
        after,
        exception(&part.state),
        task.files().map(|(_, file)| file.name.as_str()).collect::<Vec<_>>().join(", "),
    ]
}

/// The round that verified it, and the observations before and after; of a regression those of then and now.
fn evidence(state: &State) -> (String, String, String) {
    let ids = |ids: Vec<String>| ids.join(" ");
    match state {
        State::Verified(verified) => (
            verified.round.to_string(),
            ids(verified.changes.iter().map(|change| change.before.observation.to_string()).collect()),
            ids(verified.changes.iter().map(|change| change.after.observation.to_string()).collect()),
        ),
        State::Reopened(Reopening::Regression { before, after, .. }) => (
            String::new(),
            ids(before.iter().map(|sight| sight.observation.to_string()).collect()),
            ids(after.iter().map(|sight| sight.observation.to_string()).collect()),
        ),
        _ => (String::new(), String::new(), String::new()),
    }
}

fn exception(state: &State) -> String {
    match state {
        State::Excepted(exception) | State::Reopened(Reopening::ExceptionEnded(exception)) => format!(
            "until {}, answered for by {}, because: {}; meanwhile: {}",
            day(exception.until),
            exception.owner,
            exception.because,
            exception.control
        ),
        _ => String::new(),
    }
}

fn day(moment: Timestamp) -> String {
    moment.to_string().split('T').next().unwrap_or_default().to_owned()
}

/// A cell that no spreadsheet runs.
fn neutral(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}

fn row<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(&quoted(cell));
    }
    text.push_str("\r\n");
}

/// A cell that ends where it ends.
fn quoted(cell: &str) -> String {
    let quotes = cell.contains([',', '"', '\r', '\n', '\'']);
    if quotes { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cell_is_text_and_nothing_else() {
        let told = |cell: &str| quoted(&neutral(cell));
        assert_eq!(told("plain"), "plain");
        assert_eq!(told("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
        assert_eq!(told("-2"), "\"'-2\"");
        assert_eq!(told("a,b"), "\"a,b\"");
    }

    proptest! {
        #[test]
        fn cells_read_back_as_text_that_no_spreadsheet_runs(
            cells in prop::collection::vec("\\PC{0,20}|[=+@\\-\t\r\n\",']{0,6}", 1..5)
        ) {
            let mut text = String::new();
            let safe: Vec<String> = cells.iter().map(|cell| neutral(cell)).collect();
            row(&mut text, safe.iter().map(String::as_str));
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            let read: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
            // A row of one empty cell is an empty line.
            prop_assume!(text != "\r\n");
            prop_assert_eq!(read.len(), 1);
            prop_assert_eq!(read[0].len(), cells.len());
            for (told, cell) in read[0].iter().zip(&cells) {
                prop_assert!(!told.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{told:?}");
                prop_assert!(told == cell || told.strip_prefix('\'') == Some(cell.as_str()));
            }
        }
    }
}
