//! The worklist: the list itself, one task whole, files, and letters to makers.

use axum::extract::{Path, State};
use axum::response::Response;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::Decision;
use wardround_remedy::{Part, Policy, Step, Task};
use wardround_report::page;
use wardround_triage::maker_in_words;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{DEVICE, LIMIT, OWNER, Operation, Parameter, TEXT, any, one};
use super::super::shapes::{Job, List, One};
use super::size;
use crate::asked::Asked;
use crate::deeds::{devices, tasks};
use crate::desk::Column;
use crate::pages::work::{Doer, Due, FORMATS, Filter, Which, exported};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::{Site, now};

/// Findings of a step that are told.
const MOST_FINDINGS: usize = 1_000;
const STATE: Parameter = Parameter::one_of("state", "That stand so; all unless given.", || {
    Column::ALL.iter().map(|column| column.code()).chain(["reopened", "unsettled"]).collect()
});
const DUE: Parameter =
    Parameter::one_of("due", "`late`, within a `week`, or with `none`.", || vec!["late", "week", "none"]);
const DOER: Parameter = any("assigned_to", "Done by this person or team; empty: by nobody yet.");
const WORK: &[Parameter] = &[
    LIMIT,
    any("after", "The id of the last task of the page before."),
    OWNER,
    STATE,
    DUE,
    DOER,
    DEVICE,
    TEXT,
];
const FILE: &[Parameter] = &[
    Parameter::one_of("format", "The kind of file; JSON unless given.", || FORMATS.to_vec()),
    OWNER,
    STATE,
    DUE,
    DOER,
    DEVICE,
    TEXT,
];

/// A task, whole.
#[derive(Serialize, JsonSchema)]
struct TaskWhole {
    #[serde(flatten)]
    job: Job,
    /// What to do, the most harm first.
    all_steps: Vec<TaskStep>,
    /// Whose word is missing, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<&'static str>,
    /// What the device's maker says, where a maker has to be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    maker: Option<String>,
    /// When the device is off patients, as its clinical owner said.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<String>,
    /// How the letter to the maker stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter: Option<String>,
}

/// A step of a task.
#[derive(Serialize, JsonSchema)]
struct TaskStep {
    title: String,
    why: String,
    /// Minutes there.
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    /// Minutes for which the device is out of use; 0: it goes on working.
    #[serde(skip_serializing_if = "Option::is_none")]
    out_of_use_minutes: Option<u32>,
    check_before: String,
    check_after: String,
    way_back: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<&'static str>,
    /// What it settles; the first thousand.
    settles: Vec<Settles>,
    settles_in_all: u64,
}

/// A finding that a step settles.
#[derive(Serialize, JsonSchema)]
struct Settles {
    finding: String,
    title: String,
    /// A CVE number, or the kind of weakness.
    code: String,
    decision: &'static str,
    /// How it stands, in words.
    state: String,
    /// The round that saw it last.
    seen_in: String,
    /// What it rested on then, by its ids.
    evidence: Vec<String>,
}

impl From<&Part<'_>> for Settles {
    fn from(from: &Part<'_>) -> Self {
        let item = from.item;
        Self {
            finding: item.finding.to_string(),
            title: item.title.clone(),
            code: item.code.clone(),
            decision: item.decision.code(),
            state: page::work::state(from),
            seen_in: item.seen_in.to_string(),
            evidence: item.proof.iter().map(|sight| sight.observation.to_string()).collect(),
        }
    }
}

impl From<&Step<'_>> for TaskStep {
    fn from(from: &Step<'_>) -> Self {
        Self {
            title: from.title.to_owned(),
            why: from.why.clone(),
            minutes: from.minutes.map(|(there, _)| there),
            out_of_use_minutes: from.minutes.map(|(_, out)| out),
            check_before: from.checks.before.clone(),
            check_after: from.checks.after.clone(),
            way_back: from.checks.back.clone(),
            waits: from.waits.map(wardround_triage::LeftBecause::sentence),
            settles: from.parts.iter().take(MOST_FINDINGS).map(Into::into).collect(),
            settles_in_all: size(from.parts.len()),
        }
    }
}

/// A letter to a maker.
#[derive(Serialize, JsonSchema)]
struct Letter {
    /// Of which kind of device: maker and model.
    of: String,
    devices: u64,
    /// How it stands, in words.
    state: String,
    overdue: bool,
    /// By when an answer would be due, if it went out today.
    answer_by: String,
    /// Its text. It names no address and no place.
    text: String,
}

/// By when what is found is settled, in days. It is chosen when the site is started.
#[derive(Serialize, JsonSchema)]
struct Clocks {
    /// Days by decision; absent: with the usual work.
    days: std::collections::BTreeMap<&'static str, u32>,
}

impl From<&Policy> for Clocks {
    fn from(from: &Policy) -> Self {
        let days = Decision::ALL.iter().filter_map(|one| Some((one.code(), from.days(*one)?)));
        Self { days: days.collect() }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    let see = Permission::See;
    vec![
        Operation::new::<List<Job>, _, _>(
            "work.list",
            "The worklist: what is open first, by date, then by urgency.",
            see,
            "/api/v1/work",
            WORK,
            list,
        ),
        Operation::new::<(), _, _>(
            "work.export",
            "Tasks as a file.",
            see,
            "/api/v1/work/export",
            FILE,
            export,
        )
        .file(&[
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/json",
        ]),
        Operation::new::<Clocks, _, _>(
            "work.clocks",
            "By when what is found is settled, in days.",
            see,
            "/api/v1/work/clocks",
            &[],
            clocks,
        ),
        Operation::new::<One<TaskWhole>, _, _>(
            "work.sheet",
            "One task whole: each step with its checks and its way back, and what it settles.",
            see,
            "/api/v1/work/{task}/sheet",
            &[],
            sheet,
        ),
        Operation::new::<Letter, _, _>(
            "work.letter",
            "The letter to the maker of a task's device.",
            see,
            "/api/v1/work/{task}/letter",
            &[],
            letter,
        ),
    ]
}

fn filter(asked: &Asked, fields: &Fields<'_>) -> Result<Filter, Problem> {
    let which = fields.code("state", |text| match text {
        "reopened" => Some(Which::Reopened),
        "unsettled" => Some(Which::Unsettled),
        other => Column::from_code(other).map(Which::In),
    })?;
    Ok(Filter {
        team: fields.code("owner", wardround_model::Role::from_code)?,
        which: which.unwrap_or(Which::All),
        due: fields.code("due", |text| match text {
            "late" => Some(Due::Late),
            "week" => Some(Due::ThisWeek),
            "none" => Some(Due::NoDate),
            _ => None,
        })?,
        doer: asked.has("assigned_to").then(|| match asked.text("assigned_to") {
            "" => Doer::Nobody,
            name => Doer::Somebody(name.to_owned()),
        }),
        device: fields.code("device", devices::id)?,
        words: fields.text("text").unwrap_or_default().to_lowercase(),
    })
}

async fn list(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Job>>, Problem> {
    let fields = Fields::of(&asked, WORK)?;
    let (filter, after) = (filter(&asked, &fields)?, fields.code("after", tasks::id)?);
    let (rows, at) = (fields.rows()?, now());
    let desk = site.hospital().desk(&site.policy).await?;
    let round = desk.round().ok_or(Problem::NotFound)?;
    let gone = || Problem::Bad("There is no such task any more. Begin the list anew.".to_owned());
    let start = match after {
        None => 0,
        Some(id) => desk.rows.iter().position(|row| row.id == id).ok_or_else(gone)? + 1,
    };
    let wanted = desk.rows.iter().skip(start).filter(|row| filter.is_wanted(row, at));
    let mut items: Vec<Job> = wanted.take(rows.saturating_add(1)).map(|row| Job::from(&**row)).collect();
    let more = items.len() > rows;
    items.truncate(rows);
    let next = items.last().filter(|_| more).map(|last| last.id.clone());
    Ok(Answer(List { round: round.to_string(), demo: site.is_demo(), items, next }))
}

async fn export(State(site): State<Site>, asked: Asked) -> Result<Response, Problem> {
    let fields = Fields::of(&asked, FILE)?;
    let format = fields.code("format", |text| FORMATS.into_iter().find(|known| *known == text))?;
    exported(&site, &filter(&asked, &fields)?, format.unwrap_or("json")).await
}

async fn clocks(State(site): State<Site>, asked: Asked) -> Result<Answer<Clocks>, Problem> {
    Fields::of(&asked, &[])?;
    let desk = site.hospital().desk(&site.policy).await?;
    Ok(Answer(desk.policy().into()))
}

async fn sheet(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<One<TaskWhole>>, Problem> {
    Fields::of(&asked, &[])?;
    let id = tasks::id(&text).ok_or(Problem::NotFound)?;
    let desk = site.hospital().desk(&site.policy).await?;
    let round = desk.round().ok_or(Problem::NotFound)?;
    let row = desk.row(id).ok_or(Problem::NotFound)?;
    let letter = desk.letter(&row.kind).map(|letter| page::work::letter_state(&letter.state, letter.overdue));
    let job = Job::from(&**row);
    let tell = move |task: &Task<'_>| TaskWhole {
        job,
        all_steps: task.steps.iter().map(Into::into).collect(),
        waits: task.waits().map(wardround_triage::LeftBecause::sentence),
        letter: letter.filter(|_| task.maker.is_some()),
        maker: task.maker.as_ref().map(maker_in_words),
        window: task.window.as_ref().map(|window| window.when.clone()),
    };
    let told = site.hospital().tell_task(&site.policy, id, now(), tell).await?;
    Ok(one(&site, round, told))
}

async fn letter(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<Letter>, Problem> {
    Fields::of(&asked, &[])?;
    let id = tasks::id(&text).ok_or(Problem::NotFound)?;
    let desk = site.hospital().desk(&site.policy).await?;
    let row = desk.row(id).ok_or(Problem::NotFound)?;
    let (kind, at) = (std::sync::Arc::clone(&row.kind), now());
    let letter = site.hospital().letter(&site.policy, kind, at).await?;
    let answer_by = desk.policy().answer_by(at);
    Ok(Answer(Letter {
        of: letter.kind.clone(),
        devices: size(letter.devices.len()),
        state: page::work::letter_state(&letter.state, letter.overdue),
        overdue: letter.overdue,
        answer_by: answer_by.to_string(),
        text: letter.text(answer_by),
    }))
}
