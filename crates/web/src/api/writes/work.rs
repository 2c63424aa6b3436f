//! What is said of tasks.

use std::pin::Pin;

use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::Serialize;
use wardround_remedy::{Event, Note, Person as Speaker};
use wardround_report::page;

use super::super::answer::{Answer, Tagged, tag_of};
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Conditional, Operation, task_as_it_stands};
use super::super::shapes::{Job, One};
use crate::asked::Asked;
use crate::deeds::tasks::{self, Asking, Word};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::site::{Site, now};

/// Words of people that are told of one task, of each kind.
const MOST_WORDS: usize = 200;

const TO: &[Field] = &[Field::must("to", "Who does it: a person or a team.", Kind::Line(Speaker::LONGEST))];
const TEXT: &[Field] =
    &[Field::must("text", "The remark, in one line. No names of patients.", Kind::Line(Note::LONGEST))];
const BECAUSE: &[Field] = &[Field::must("because", "Why.", Kind::Line(Note::LONGEST))];
const OWNER: &[Field] =
    &[Field::must("owner", "The clinical owner who agrees: name and ward.", Kind::Line(60))];
const EXCEPTION: &[Field] = &[
    Field::must("because", "Why it is not settled.", Kind::Line(Note::LONGEST)),
    Field::must("control", "What keeps the risk small meanwhile.", Kind::Line(Note::LONGEST)),
    Field::must("owner", "Who answers for it.", Kind::Line(Speaker::LONGEST)),
    Field::must("until", "The last day.", Kind::Day),
];
const ON: &[Field] = &[Field::must("on", "The day.", Kind::Day)];
const ANSWERED: &[Field] = &[
    Field::must("on", "The day.", Kind::Day),
    Field::must("document", "The document that says so.", Kind::Line(Note::LONGEST)),
];

/// What was kept, and the task as it stands then.
#[derive(Serialize, JsonSchema)]
struct Spoken {
    /// What was kept, such as "E-3": it can be taken back by this id.
    event: String,
    #[serde(flatten)]
    task: One<Job>,
}

/// What somebody said of a task.
#[derive(Serialize, JsonSchema)]
struct TaskWord {
    /// Its id, such as "E-3".
    id: String,
    at: String,
    by: String,
    /// What kind of word it is.
    kind: &'static str,
    /// In words.
    text: String,
    /// Whether somebody took it back.
    taken_back: bool,
}

impl TaskWord {
    fn of(event: &Event, taken_back: bool) -> Self {
        Self {
            id: event.id.to_string(),
            at: event.at.to_string(),
            by: event.by.to_string(),
            kind: event.what.code(),
            text: page::work::said(&event.what),
            taken_back,
        }
    }
}

/// What people said of a task, the latest first.
#[derive(Serialize, JsonSchema)]
struct TaskWords {
    items: Vec<TaskWord>,
}

pub(super) fn operations() -> Vec<Operation> {
    let say = |id, about, word: Word, path, fields| {
        Operation::change::<Spoken, _, _>(id, about, word.needs(), (Verb::Post, path), fields, door(word))
            .unless_changed(Conditional::May)
    };
    vec![
        Operation::new::<TaskWords, _, _>(
            "work.words",
            "What people said of a task, the latest first.",
            Permission::See,
            "/api/v1/work/{task}/events",
            &[],
            words,
        ),
        say("work.assign", "Say who does a task.", Word::Assign, "/api/v1/work/{task}/assign", TO),
        say("work.comment", "Remark on a task.", Word::Comment, "/api/v1/work/{task}/comment", TEXT),
        say(
            "work.done",
            "Say that a task is done. That is a claim: a later round verifies it.",
            Word::Done,
            "/api/v1/work/{task}/done",
            &[],
        ),
        say(
            "work.reopen",
            "Open a task again that was said to be done, or whose risk was accepted.",
            Word::Reopen,
            "/api/v1/work/{task}/reopen",
            BECAUSE,
        ),
        say(
            "work.sign-off",
            "Record that a device's clinical owner agrees with the work on it.",
            Word::SignOff,
            "/api/v1/work/{task}/sign-off",
            OWNER,
        ),
        say(
            "work.except",
            "Accept the risk of a task for a time.",
            Word::Except,
            "/api/v1/work/{task}/except",
            EXCEPTION,
        ),
        say(
            "work.letter-sent",
            "Say that the letter to a device's maker went out.",
            Word::LetterSent,
            "/api/v1/work/{task}/letter-sent",
            ON,
        ),
        say(
            "work.letter-answered",
            "Say that a device's maker answered.",
            Word::LetterAnswered,
            "/api/v1/work/{task}/letter-answered",
            ANSWERED,
        ),
        say(
            "work.undo",
            "Take back what was said of a task. Whoever may say it may take it back.",
            Word::Undo,
            "/api/v1/work/{task}/undo/{event}",
            &[],
        ),
    ]
}

type Answered = Pin<Box<dyn Future<Output = Result<Tagged<Spoken>, Problem>> + Send>>;

/// Says it, and tells the task as it stands then.
fn door(word: Word) -> impl Fn(Asking) -> Answered + Clone + Send + Sync + 'static {
    move |asking| Box::pin(say(asking, word))
}

async fn say(asking: Asking, word: Word) -> Result<Tagged<Spoken>, Problem> {
    let site = asking.site.clone();
    let spoken = tasks::speak(asking, word).await?;
    let task = task_as_it_stands(&site, spoken.task).await?.0;
    Ok(Tagged(tag_of(&task)?, Spoken { event: spoken.event.to_string(), task }))
}

async fn words(
    State(site): State<Site>,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Answer<TaskWords>, Problem> {
    Fields::of(&asked, &[])?;
    let id = tasks::id(&text).ok_or(Problem::NotFound)?;
    let hospital = site.hospital();
    let told = hospital.tell_task(&site.policy, id, now(), |task| {
        let counts = task.log.iter().map(|event| TaskWord::of(event, false));
        let mut items: Vec<TaskWord> = counts.rev().take(MOST_WORDS).collect();
        items.extend(task.taken_back.iter().rev().take(MOST_WORDS).map(|event| TaskWord::of(event, true)));
        items
    });
    let mut items = told.await?;
    items.sort_by(|one, other| (&other.at, &other.id).cmp(&(&one.at, &one.id)));
    Ok(Answer(TaskWords { items }))
}
