//! The work sheets: what a team has to do, first as a list, then one sheet a task to take along, with room to tick and sign.

use wardround_model::Role;
use wardround_remedy::{LetterState, State, Step, Task, TaskState, Worklist};
use wardround_triage::{hours_in_words, maker_in_words};

use super::Sources;
use super::words::{many, sentence, without_codes};
use crate::document::{Block, Column};
use crate::page::work::letter_state;
use crate::page::{capital, count, day, listed, wide};

/// Weaknesses that are told one by one in a step; the worklist's export has all.
const TOLD_FINDINGS: usize = 4;

/// Files of a task that its sheet names.
const TOLD_FILES: usize = 8;

/// Sheets of a team, the most pressing first: nobody takes more along. The list before them has every task.
const MOST_SHEETS: usize = 300;

pub(super) fn title(team: Option<Role>) -> String {
    team.map_or_else(|| "Work sheets".to_owned(), |team| format!("Work sheets: {}", team.label()))
}

pub(super) fn blocks(sources: &Sources<'_>) -> Vec<Block> {
    let worklist = sources.worklist;
    let asked = |role: &&Role| sources.team.is_none_or(|team| team == **role);
    let mut blocks = vec![Block::paragraph(how_to_use())];
    for role in Role::ALL.iter().filter(asked) {
        blocks.extend(team(worklist, *role));
    }
    let shown = |task: &&Task<'_>| sources.team.is_none_or(|team| team == task.who());
    blocks.extend(table("Said to be done: a later round must show it", &waiting(worklist, &shown)));
    blocks.extend(table("Risk accepted for a time", &accepted(worklist, &shown)));
    blocks.extend(letters(sources));
    if blocks.len() == 1 {
        blocks.push(Block::paragraph("There is nothing to do here now."));
    }
    blocks
}

fn how_to_use() -> String {
    "One sheet is one visit to one device. Do the check before, the step, and the check after. If something goes wrong, take \
     the way back. Done is what you say; the next round checks it."
        .to_owned()
}

/// A heading over a table, where it has rows.
fn table(heading: &str, (columns, rows): &(Vec<Column>, Vec<Vec<String>>)) -> Vec<Block> {
    if rows.is_empty() {
        return Vec::new();
    }
    let table = Block::Table {
        caption: format!("{} in all", many(rows.len())),
        columns: columns.clone(),
        rows: rows.clone(),
    };
    vec![Block::heading(heading), table]
}

fn team(worklist: &Worklist<'_>, role: Role) -> Vec<Block> {
    let open = |task: &&Task<'_>| task.who() == role && task.state.is_pending();
    let tasks: Vec<&Task<'_>> = worklist.tasks.iter().filter(open).collect();
    if tasks.is_empty() {
        return Vec::new();
    }
    let columns = vec![
        Column::text("Task", 18),
        Column::text("Device", 25),
        Column::text("What to do", 32),
        Column::text("By when", 13),
        Column::text("Who", 12),
    ];
    let rows = tasks.iter().map(|task| {
        let steps: Vec<String> = open_steps(task).map(|step| step.title.to_owned()).collect();
        vec![
            task.id().to_string(),
            task.head.device.clone(),
            steps.join("; "),
            by_when(task),
            task.owner.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string),
        ]
    });
    let mut blocks = vec![
        Block::heading(&capital(role.label())),
        Block::paragraph(format!(
            "{}, the most pressing first.",
            count(wide(tasks.len()), "open task", "open tasks")
        )),
        Block::Table {
            caption: format!("Open tasks of the {}", role.label()),
            columns,
            rows: rows.collect(),
        },
    ];
    let left = tasks.len().saturating_sub(MOST_SHEETS);
    blocks.extend(tasks.into_iter().take(MOST_SHEETS).map(sheet));
    if left > 0 {
        let left = count(wide(left), "more task of the list has", "more tasks of the list have");
        blocks.push(Block::paragraph(format!("{left} no sheet here (wardround work show tells each).")));
    }
    blocks
}

fn open_steps<'t, 'a>(task: &'t Task<'a>) -> impl Iterator<Item = &'t Step<'a>> {
    task.steps.iter().filter(|step| step.parts.iter().any(|part| part.state.is_pending()))
}

fn by_when(task: &Task<'_>) -> String {
    match (task.due, task.overdue) {
        (Some(due), true) => format!("{}, late", day(due)),
        (Some(due), false) => day(due),
        (None, _) => "usual work".to_owned(),
    }
}

fn sheet(task: &Task<'_>) -> Block {
    let mut blocks = vec![Block::facts(about(task))];
    for (place, step) in open_steps(task).enumerate() {
        blocks.push(Block::paragraph(format!("Step {}. {}", place + 1, sentence(step.title))));
        blocks.push(Block::facts(step_facts(step)));
        let checks = [
            ("Before", step.checks.before.as_str()),
            ("Then", step.title),
            ("After", &step.checks.after),
            ("If it goes wrong", &step.checks.back),
        ];
        let checks = checks.into_iter().filter(|(_, text)| !text.is_empty());
        blocks.push(Block::Ticks {
            items: checks.map(|(label, text)| format!("{label}: {}", sentence(text))).collect(),
        });
    }
    let mut labels = vec!["Done by, on".to_owned()];
    if task.needs_sign_off() {
        labels.insert(0, "Clinical owner agrees, on".to_owned());
    }
    blocks.push(Block::Lines { labels });
    Block::Sheet { heading: format!("{}  {}", task.id(), task.head.device), blocks }
}

fn about(task: &Task<'_>) -> Vec<(&'static str, String)> {
    let who = task.owner.as_ref().map_or_else(|| "nobody yet".to_owned(), ToString::to_string);
    let maker = task.maker.as_ref().map(|says| capital(&sentence(&maker_in_words(says)))).unwrap_or_default();
    let window = task.window.as_ref().map(|window| sentence(&window.when)).unwrap_or_default();
    let waits = task.waits().map(|waits| sentence(waits.sentence())).unwrap_or_default();
    let files: Vec<String> = task.files().map(|(_, file)| file.name.to_string()).collect();
    vec![
        ("Who", format!("{}: {who}", capital(task.who().label()))),
        ("By when", format!("{} ({})", by_when(task), task.decision.label())),
        ("Its maker", maker),
        ("Off patients", window),
        ("Waits", waits),
        ("Files", listed(&files, TOLD_FILES)),
    ]
}

fn step_facts(step: &Step<'_>) -> Vec<(&'static str, String)> {
    let long = step.minutes.map(|(minutes, downtime)| match downtime {
        0 => format!("{}; the device goes on working", capital(&hours_in_words(minutes))),
        out => format!("{}; out of use for about {}", capital(&hours_in_words(minutes)), hours_in_words(out)),
    });
    let open = step.parts.iter().filter(|part| part.state.is_pending());
    let mut found: Vec<String> = open
        .map(|part| {
            format!("{} ({}, {})", without_codes(&part.item.title), part.item.code, part.item.finding)
        })
        .collect();
    found.dedup();
    vec![
        ("Why", step.why.clone()),
        ("How long", long.unwrap_or_default()),
        ("Settles", sentence(&listed(&found, TOLD_FINDINGS))),
    ]
}

type Rows = (Vec<Column>, Vec<Vec<String>>);

fn waiting(worklist: &Worklist<'_>, shown: &dyn Fn(&&Task<'_>) -> bool) -> Rows {
    let columns = vec![
        Column::text("Task", 18),
        Column::text("Device", 32),
        Column::text("Said by", 25),
        Column::text("On", 25),
    ];
    let tasks = worklist.tasks.iter().filter(|task| task.state == TaskState::Claimed).filter(shown);
    let rows = tasks.map(|task| {
        let claim = task.parts().find_map(|part| match &part.state {
            State::Claimed(claim) => Some((claim.said.by.to_string(), day(claim.said.at))),
            _ => None,
        });
        let (by, on) = claim.unwrap_or_default();
        vec![task.id().to_string(), task.head.device.clone(), by, on]
    });
    (columns, rows.collect())
}

fn accepted(worklist: &Worklist<'_>, shown: &dyn Fn(&&Task<'_>) -> bool) -> Rows {
    let columns = vec![
        Column::text("Task", 18),
        Column::text("Device", 24),
        Column::text("Who answers for it", 18),
        Column::text("What keeps it small", 28),
        Column::text("Until", 14),
    ];
    let tasks = worklist.tasks.iter().filter(|task| task.state == TaskState::Excepted).filter(shown);
    let rows = tasks.filter_map(|task| {
        let exception = task.parts().find_map(|part| match &part.state {
            State::Excepted(exception) => Some(exception),
            _ => None,
        })?;
        Some(vec![
            task.id().to_string(),
            task.head.device.clone(),
            exception.owner.to_string(),
            exception.control.to_string(),
            day(exception.until),
        ])
    });
    (columns, rows.collect())
}

fn letters(sources: &Sources<'_>) -> Vec<Block> {
    let columns = vec![
        Column::text("Kind of device", 40),
        Column::number("Devices", 12),
        Column::text("How it stands", 48),
    ];
    let due = sources.worklist.letters.iter().filter(|letter| {
        let answered = matches!(letter.state, LetterState::Answered { .. });
        (letter.asks.is_some() || answered)
            && sources.team.is_none_or(|team| team == Role::Manufacturer || team == letter.by)
    });
    let rows = due.map(|letter| {
        vec![
            letter.kind.clone(),
            letter.devices.len().to_string(),
            capital(&letter_state(&letter.state, letter.overdue)),
        ]
    });
    table("Letters to makers", &(columns, rows.collect()))
}
