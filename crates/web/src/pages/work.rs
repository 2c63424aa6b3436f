//! *Work*: the worklist as a table and as a board, and as files for other programs.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use wardround_model::{AssetId, Role, Timestamp};
use wardround_remedy::{TaskId, TaskState, csv};
use wardround_report::json;
use wardround_report::page::{self, count, day, number};
use wardround_store::view::{Page as Rows, Turn};

use crate::asked::Asked;
use crate::deeds::devices;
use crate::desk::{Column, Desk, LetterRow, Row};
use crate::layout::{self, Page, plain};
use crate::pages::letter;
use crate::pages::parts::{self, Choice, ROWS, choose};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::{Site, now};

const PATH: &str = "/work";
/// Cards in one column of the board; the table has the rest.
const CARDS: usize = 15;
/// People that a list offers.
const MOST_PEOPLE: usize = 200;
/// Letters that are named; each stands with its tasks too.
const LETTERS_NAMED: usize = 20;
/// A week, in seconds.
const WEEK: i64 = 7 * 86_400;

pub(crate) fn routes() -> Vec<Route> {
    let may = Needs::May(Permission::See);
    vec![
        Route::get(may, PATH, show).in_menu(Menu::Work),
        Route::get(may, "/work/export/{format}", export).logged("work.export"),
    ]
}

/// Which tasks are wanted, by how they stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// All that is not settled.
    Unsettled,
    /// Those in one column of the board.
    In(Column),
    /// Those that are open again.
    Reopened,
    All,
}

/// By when.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    Late,
    ThisWeek,
    NoDate,
}

/// By whom.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Doer {
    Nobody,
    Somebody(String),
}

/// Which tasks are asked for.
pub(crate) struct Filter {
    pub(crate) team: Option<Role>,
    pub(crate) which: Which,
    pub(crate) due: Option<Due>,
    pub(crate) doer: Option<Doer>,
    pub(crate) device: Option<AssetId>,
    /// In lower case.
    pub(crate) words: String,
}

impl Filter {
    fn of(asked: &Asked, person: &Person) -> Self {
        Self {
            team: asked.code("team", Role::from_code),
            which: match asked.text("state") {
                "all" => Which::All,
                "reopened" => Which::Reopened,
                other => Column::from_code(other).map_or(Which::Unsettled, Which::In),
            },
            due: match asked.text("due") {
                "late" => Some(Due::Late),
                "week" => Some(Due::ThisWeek),
                "none" => Some(Due::NoDate),
                _ => None,
            },
            doer: match asked.text("who") {
                "nobody" => Some(Doer::Nobody),
                "me" => Some(Doer::Somebody(person.name.clone())),
                other => other.strip_prefix("by ").map(|name| Doer::Somebody(name.to_owned())),
            },
            device: devices::id(asked.text("device")),
            words: asked.text("text").to_lowercase(),
        }
    }

    pub(crate) fn is_wanted(&self, row: &Row, now: Timestamp) -> bool {
        self.is_of_team(row) && self.is_in_state(row) && self.is_like(row, now)
    }

    fn is_of_team(&self, row: &Row) -> bool {
        self.team.is_none_or(|team| team == row.team)
    }

    fn is_in_state(&self, row: &Row) -> bool {
        match self.which {
            Which::All => true,
            Which::Unsettled => !row.column.is_settled(),
            Which::Reopened => row.state == TaskState::Reopened,
            Which::In(column) => row.column == column,
        }
    }

    /// Everything but team and state.
    fn is_like(&self, row: &Row, now: Timestamp) -> bool {
        let is_due = self.due.is_none_or(|due| match due {
            Due::Late => row.overdue,
            Due::ThisWeek => row.due.is_some_and(|due| !row.overdue && due.seconds() - now.seconds() <= WEEK),
            Due::NoDate => row.state.is_pending() && row.due.is_none(),
        });
        let is_done_by = self.doer.as_ref().is_none_or(|doer| match doer {
            Doer::Nobody => row.owner.is_none(),
            Doer::Somebody(name) => row.owner.as_deref() == Some(name),
        });
        is_due && is_done_by && self.device.is_none_or(|device| device == row.asset) && row.has(&self.words)
    }
}

async fn show(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let desk = site.hospital().desk(&site.policy).await?;
    let body = match desk.round() {
        Some(_) => told(&asked, &person, &desk),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Work), "Work", &body))
}

/// How many there are of each; of kinds that are few, and known only as they come.
struct Tally<K>(Vec<(K, u64)>);

impl<K: PartialEq> Tally<K> {
    fn add(&mut self, key: K) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, count)) => *count = count.saturating_add(1),
            None => self.0.push((key, 1)),
        }
    }

    fn of(&self, key: &K) -> u64 {
        self.0.iter().find(|(known, _)| known == key).map_or(0, |(_, count)| *count)
    }
}

/// A column of the board.
struct Lane<'d> {
    column: Column,
    tasks: u64,
    first: Vec<&'d Arc<Row>>,
}

/// What a filter lets through, and how many each other choice would: in one walk, since all rows do not fit into the processor's
/// memory.
struct Found<'d> {
    rows: Vec<&'d Arc<Row>>,
    /// The first of them in each column of the board, and how many there are.
    lanes: Vec<Lane<'d>>,
    late: u64,
    columns: Tally<Column>,
    teams: Tally<Role>,
    reopened: u64,
    people: BTreeSet<&'d str>,
}

impl<'d> Found<'d> {
    fn of(desk: &'d Desk, filter: &Filter, now: Timestamp) -> Self {
        let (columns, teams) = (Tally(Vec::new()), Tally(Vec::new()));
        let mut found = Self {
            rows: Vec::new(),
            lanes: lanes(),
            late: 0,
            columns,
            teams,
            reopened: 0,
            people: BTreeSet::new(),
        };
        for row in &desk.rows {
            found.people.extend(row.owner.as_deref());
            if filter.is_like(row, now) {
                found.add(row, filter);
            }
        }
        found
    }

    fn add(&mut self, row: &'d Arc<Row>, filter: &Filter) {
        let (is_of_team, is_in_state) = (filter.is_of_team(row), filter.is_in_state(row));
        if is_of_team {
            self.columns.add(row.column);
            self.reopened += u64::from(row.state == TaskState::Reopened);
        }
        if is_in_state {
            self.teams.add(row.team);
        }
        if is_of_team && is_in_state {
            self.rows.push(row);
            if let Some(lane) = self.lanes.iter_mut().find(|lane| lane.column == row.column) {
                lane.tasks = lane.tasks.saturating_add(1);
                if lane.first.len() < CARDS {
                    lane.first.push(row);
                }
            }
            self.late += u64::from(row.overdue);
        }
    }
}

fn told(asked: &Asked, person: &Person, desk: &Desk) -> Markup {
    let looked = Found::of(desk, &Filter::of(asked, person), now());
    let (found, late) = (&looked.rows, looked.late);
    let is_board = asked.text("view") == "board";
    html! {
        p class="soft" { @if let Some(round) = desk.round() { "As round " (round) " and those before it saw things. " } "Done is a claim: only a later round verifies it." }
        (form(asked, person, &looked))
        div class="bar" {
            p role="status" { strong { (count(size(found.len()), "task", "tasks")) } " of " (number(size(desk.rows.len()))) ", " (number(late)) " of them late." }
            p {
                @if is_board { a href=(asked.link(PATH, &[("view", "")])) { "Show as a table" } }
                @else { a href=(asked.link(PATH, &[("view", "board")])) { "Show as a board" } }
            }
        }
        @if found.is_empty() { p { "No task is like that. " a href=(PATH) { "Show what is left to do" } } }
        @else if is_board { (board(asked, &looked.lanes)) }
        @else {
            @let page = turned(found, asked.turn());
            (table(&page.rows))
            (parts::turns(asked, PATH, &page))
        }
        (letters(&desk.letters))
        p class="soft" { "These tasks as a file: "
            @for (format, label) in [("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON")] { a href=(asked.link(&format!("/work/export/{format}"), &[("view", "")])) { (label) } " " }
        }
    }
}

fn form(asked: &Asked, person: &Person, found: &Found<'_>) -> Markup {
    let mut states: Vec<Choice> = Column::ALL
        .iter()
        .map(|column| Choice::new(column.code(), column.label(), Some(found.columns.of(column))))
        .collect();
    states.push(Choice::new("reopened", TaskState::Reopened.label(), Some(found.reopened)));
    states.push(Choice::new("all", "all of these", None));
    let teams: Vec<Choice> = Role::ALL
        .iter()
        .map(|role| Choice::new(role.code(), role.label(), Some(found.teams.of(role))))
        .filter(|choice| choice.count != Some(0) || choice.code == asked.text("team"))
        .collect();
    let dues = [("late", "late"), ("week", "in the next 7 days"), ("none", "with the usual work")]
        .map(|(code, label)| Choice::new(code, label, None));
    let mut doers = vec![
        Choice::new("me", &format!("me ({})", person.name), None),
        Choice::new("nobody", "nobody yet", None),
    ];
    let named = found.people.iter().take(MOST_PEOPLE);
    doers.extend(named.map(|name| Choice::new(&format!("by {name}"), name, None)));
    html! {
        search { form method="get" action=(PATH) class="filter" {
            @for name in ["device", "view"] {
                @if asked.has(name) { input type="hidden" name=(name) value=(plain(asked.text(name))); }
            }
            label class="wide" { "Words of the task or the device, or a task's id" input type="search" name="text" value=(plain(asked.text("text"))) maxlength="100"; }
            (choose(asked, "state", "How it stands", "not settled yet", &states))
            (choose(asked, "team", "Team", "All teams", &teams))
            (choose(asked, "who", "Who does it", "Anybody", &doers))
            (choose(asked, "due", "By when", "Any time", &dues))
            div class="row" { button { "Show" } a href=(PATH) { "Clear" } }
        } }
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// One page of what was found: places count from 1.
fn turned<T: Copy>(found: &[T], turn: Turn) -> Rows<T> {
    let place = |place: u64| usize::try_from(place).unwrap_or(usize::MAX).min(found.len());
    let first = match turn {
        Turn::First => 0,
        Turn::After(after) => place(after),
        Turn::Before(before) => place(before).saturating_sub(ROWS + 1),
    };
    let rows: Vec<T> = found.iter().skip(first).take(ROWS).copied().collect();
    let last = first + rows.len();
    Rows {
        rows,
        before: (first > 0).then(|| size(first + 1)),
        after: (last < found.len()).then(|| size(last)),
    }
}

fn table(rows: &[&Arc<Row>]) -> Markup {
    html! {
        div class="scroll" { table class="list" {
            caption class="aside" { "Tasks, by date, then by urgency" }
            thead { tr {
                th scope="col" { "Urgency" } th scope="col" { "What to do" } th scope="col" { "Device" } th scope="col" { "Team" }
                th scope="col" { "Who does it" } th scope="col" { "By when" } th scope="col" { "How it stands" }
            } }
            tbody { @for row in rows { tr {
                td { (parts::decision(row.decision)) }
                th scope="row" { (link(row)) }
                td { a href={ "/devices/" (row.asset) } { (plain(&row.device)) } }
                td { (row.team.label()) }
                td { @match &row.owner { Some(owner) => { (plain(owner)) } None => { span class="soft" { "nobody yet" } } } }
                td class="nowrap" { (by_when(row)) }
                td { (stands(row)) }
            } } }
        } }
    }
}

/// A task by what there is to do.
fn link(row: &Row) -> Markup {
    let more = row.steps_in_all().saturating_sub(row.first_steps().count());
    html! {
        a href={ "/work/" (row.id) } { @for (place, step) in row.first_steps().enumerate() { @if place > 0 { "; " } (plain(step)) } }
        @if more > 0 { br; span class="soft" { "and " (count(size(more), "more step", "more steps")) } }
    }
}

fn by_when(row: &Row) -> Markup {
    html! {
        @match (row.due, row.overdue) {
            (Some(due), true) => { strong class="act" { "late" } ", " (day(due)) }
            (Some(due), false) => { (day(due)) }
            (None, _) if row.state.is_pending() => { span class="soft" { "usual work" } }
            (None, _) => { "" }
        }
    }
}

/// How a task stands, and whose word is missing.
pub(crate) fn stands(row: &Row) -> Markup {
    html! {
        (row.state.label())
        @if row.column == Column::Waiting { br; span class="soft" { (Column::Waiting.label()) } }
        @if row.needs_sign_off { br; span class="soft" { "clinical owner signs first" } }
    }
}

fn lanes<'d>() -> Vec<Lane<'d>> {
    Column::ALL.iter().map(|column| Lane { column: *column, tasks: 0, first: Vec::new() }).collect()
}

fn board(asked: &Asked, lanes: &[Lane<'_>]) -> Markup {
    html! {
        div class="board" {
            @for lane in lanes.iter().filter(|lane| lane.column != Column::LeftOut || lane.tasks > 0) { (hung(asked, lane)) }
        }
    }
}

fn hung(asked: &Asked, lane: &Lane<'_>) -> Markup {
    let Lane { column, tasks, first } = lane;
    let id = format!("lane-{}", column.code());
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (column.label()) " (" (number(*tasks)) ")" }
            @if first.is_empty() { p class="soft" { "None." } }
            ul { @for row in first { li { (card(row)) } } }
            @if *tasks > size(first.len()) { p { a href=(asked.link(PATH, &[("view", ""), ("state", column.code())])) { "All " (number(*tasks)) } } }
        }
    }
}

fn card(row: &Row) -> Markup {
    html! {
        p { (parts::decision(row.decision)) " " (by_when(row)) }
        p { (link(row)) }
        p class="soft" { (plain(&row.device)) }
        p class="soft" { @if let Some(owner) = &row.owner { (plain(owner)) ", " } (row.team.label()) @if row.state == TaskState::Reopened { ", " strong { (row.state.label()) } } }
    }
}

/// Rows of tasks on the page of something else.
pub(crate) fn few(rows: &[Arc<Row>], heading: &str) -> Markup {
    html! {
        @if !rows.is_empty() {
            section aria-labelledby="tasks" {
                h2 id="tasks" { (heading) }
                ul { @for row in rows {
                    li { (link(row)) ", " (row.team.label()) ": " (row.state.label()) @if row.overdue { ", " strong class="act" { "late" } } "." }
                } }
            }
        }
    }
}

fn letters(all: &[LetterRow]) -> Markup {
    let due: Vec<&LetterRow> = all.iter().filter(|letter| letter.asks).collect();
    html! {
        @if !due.is_empty() {
            section aria-labelledby="letters" {
                h2 id="letters" { "Letters to makers" }
                ul { @for letter in due.iter().take(LETTERS_NAMED) { (letter::line(letter)) } }
                @if due.len() > LETTERS_NAMED { p class="soft" { "These are the first of " (number(size(due.len()))) "." } }
            }
        }
    }
}

/// The kinds of files that a worklist comes as.
pub(crate) const FORMATS: [&str; 3] = ["csv", "xlsx", "json"];

/// The tasks that the address asks for, as a file.
async fn export(
    State(site): State<Site>,
    person: Person,
    Path(format): Path<String>,
    asked: Asked,
) -> Result<Response, Problem> {
    let format = FORMATS.into_iter().find(|known| *known == format).ok_or(Problem::NotFound)?;
    exported(&site, &Filter::of(&asked, &person), format).await
}

/// These tasks as a file of this format.
pub(crate) async fn exported(
    site: &Site,
    filter: &Filter,
    format: &'static str,
) -> Result<Response, Problem> {
    let kind = match format {
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/json",
    };
    let name = format!("attachment; filename=\"worklist.{format}\"");
    let desk = site.hospital().desk(&site.policy).await?;
    // A file may be large, so that one is made at a time.
    let _one = site.listing.acquire().await.map_err(|_| Problem::Fault)?;
    let at = now();
    let wanted: BTreeSet<TaskId> =
        desk.rows.iter().filter(|row| filter.is_wanted(row, at)).map(|row| row.id).collect();
    let hospital = site.hospital();
    let made = hospital.tell_tasks(&site.policy, wanted, at, move |worklist| match format {
        "csv" => Ok(csv(worklist).into_bytes()),
        "xlsx" => page::work::xlsx(worklist),
        _ => json::work::render(worklist).map(String::into_bytes),
    });
    let bytes = made.await?.map_err(|_| Problem::TooLarge)?;
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name.as_str())], bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lead_forth_and_back_and_show_each_row_once() {
        for length in [0, 1, 49, 50, 51, 100, 101, 333] {
            let found: Vec<usize> = (0..length).collect();
            let (mut seen, mut turn) = (Vec::new(), Turn::First);
            loop {
                let page = turned(&found, turn);
                if let Some(before) = page.before {
                    let back = turned(&found, Turn::Before(before));
                    assert_eq!(back.rows, seen[seen.len() - ROWS..], "{length}");
                }
                seen.extend(page.rows);
                match page.after {
                    Some(after) => turn = Turn::After(after),
                    None => break,
                }
            }
            assert_eq!(seen, found);
        }
        assert!(turned(&[1, 2], Turn::After(u64::MAX)).rows.is_empty());
    }
}
