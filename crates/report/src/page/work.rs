//! The pages of the worklist: all tasks, one task, a letter to a maker, and what was just kept.

mod moves;
mod show;

use wardround_model::{Role, Timestamp};
use wardround_remedy::{
    COLUMNS, Event, EventId, Letter, LetterState, NewEvent, Task, TaskState, What, Worklist,
};

pub use moves::moves;
pub use show::{LOOK_THERE, by_when, last_look, show, state, turn};

use super::text::Page;
use super::words::{capital, count, day, day_and_time, listed, wide};

/// Tasks of a team that are told where nobody asked for one team or for all.
const TOLD_TASKS: usize = 10;

/// Steps that are named in one line.
const TOLD_STEPS: usize = 3;

/// What is told of a worklist.
pub struct Choice {
    /// Only the work of this team.
    pub role: Option<Role>,
    /// Also what is settled.
    pub all: bool,
}

/// The worklist as an Excel file: the table of the CSV.
///
/// # Errors
/// When it is larger than such a file can be.
pub fn xlsx(worklist: &Worklist<'_>) -> anyhow::Result<Vec<u8>> {
    let rows: Vec<[String; COLUMNS.len()]> = wardround_remedy::rows(worklist).collect();
    let rows = rows.iter().map(|cells| cells.iter().map(String::as_str).collect());
    crate::sheet::xlsx("Worklist", std::iter::once(COLUMNS.to_vec()).chain(rows))
}

/// Lays a worklist out as text.
pub fn list(worklist: &Worklist<'_>, choice: &Choice, again: &str) -> String {
    let mut page = Page::with_whole_ids();
    page.heading(&format!("Worklist of {}", day_and_time(worklist.at)));
    page.hanging("", &from(worklist));
    page.hanging("", &summary(worklist));
    for role in Role::ALL.iter().filter(|role| choice.role.is_none_or(|only| only == **role)) {
        team(&mut page, worklist, *role, choice);
    }
    letters(&mut page, &worklist.letters, choice);
    next(&mut page, worklist, again);
    page.finish()
}

fn from(worklist: &Worklist<'_>) -> String {
    match worklist.round {
        Some(round) => format!("As round {round} and those before it saw things."),
        None => "No round has been run yet.".to_owned(),
    }
}

fn summary(worklist: &Worklist<'_>) -> String {
    let of =
        |wanted: &dyn Fn(&Task<'_>) -> bool| wide(worklist.tasks.iter().filter(|task| wanted(task)).count());
    let in_state = |state| of(&|task| task.state == state);
    let told = |parts: &[(u64, &str, &str)]| -> Vec<String> {
        let some = parts.iter().filter(|(number, ..)| *number > 0);
        some.map(|(number, one, many)| count(*number, one, many)).collect()
    };
    let pressing = told(&[
        (of(&|task| task.overdue), "late", "late"),
        (in_state(TaskState::Reopened), "open again", "open again"),
    ]);
    let pressing = if pressing.is_empty() { String::new() } else { format!(" ({})", pressing.join(", ")) };
    let open = count(of(&|task| task.state.is_pending()), "task is open", "tasks are open");
    let mut parts = vec![format!("{open}{pressing}")];
    parts.extend(told(&[
        (in_state(TaskState::Claimed), "waits for a later look", "wait for a later look"),
        (in_state(TaskState::Excepted), "is an accepted risk", "are accepted risks"),
        (in_state(TaskState::Verified), "is verified", "are verified"),
        (in_state(TaskState::LeftOut), "counts no longer", "count no longer"),
    ]));
    format!("{}.", listed(&parts, parts.len()))
}

fn team(page: &mut Page, worklist: &Worklist<'_>, role: Role, choice: &Choice) {
    let settled = |task: &&Task<'_>| matches!(task.state, TaskState::Verified | TaskState::LeftOut);
    let all = worklist.tasks.iter().filter(|task| task.who() == role);
    let tasks: Vec<_> = all.filter(|task| choice.all || !settled(task)).collect();
    if tasks.is_empty() {
        return;
    }
    page.heading(&capital(role.label()));
    let most = if choice.all || choice.role.is_some() { usize::MAX } else { TOLD_TASKS };
    for task in tasks.iter().take(most) {
        page.hanging(&format!("  {}  ", task.id()), &head(task));
        page.hanging(&format!("  {:14}  ", ""), &format!("{}.", what(task)));
    }
    if let Some(more) = tasks.len().checked_sub(most).filter(|more| *more > 0) {
        let more = count(wide(more), "more task", "more tasks");
        page.hanging("  ", &format!("and {more} (wardround work --role {} shows all)", role.code()));
    }
}

/// Urgency, date, state, person and device, in one line.
fn head(task: &Task<'_>) -> String {
    let mut parts = vec![format!("[{}] {}", task.decision.label(), task.head.device)];
    if task.state.is_pending() {
        parts.push(match (task.due, task.overdue) {
            (Some(due), true) => format!("late since {}", day(due)),
            (Some(due), false) => format!("by {}", day(due)),
            (None, _) => "with the usual work".to_owned(),
        });
    }
    parts.push(match (&task.owner, task.state) {
        (Some(owner), TaskState::Assigned) => owner.to_string(),
        (Some(owner), state) => format!("{} ({owner})", state.label()),
        (None, state) => state.label().to_owned(),
    });
    parts.join(", ")
}

/// What is to be done, and what it waits for.
fn what(task: &Task<'_>) -> String {
    let mut steps: Vec<String> = task.steps.iter().map(|step| step.title.to_owned()).collect();
    steps.dedup();
    let waits = task.waits().map_or_else(String::new, |waits| format!(". {}", waits.sentence()));
    let more = steps.len().saturating_sub(TOLD_STEPS);
    steps.truncate(TOLD_STEPS);
    let more = if more > 0 {
        format!("; and {}", count(wide(more), "more step", "more steps"))
    } else {
        String::new()
    };
    format!("{}{more}{waits}", steps.join("; "))
}

fn letters(page: &mut Page, letters: &[Letter], choice: &Choice) {
    let due = letters.iter().filter(|letter| letter.asks.is_some() || choice.all);
    let due =
        due.filter(|letter| choice.role.is_none_or(|role| role == Role::Manufacturer || role == letter.by));
    let lines: Vec<String> = due.map(letter_line).collect();
    if !lines.is_empty() {
        page.section("Letters to manufacturers", &lines);
    }
}

fn letter_line(letter: &Letter) -> String {
    let devices = count(wide(letter.devices.len()), "device", "devices");
    let task =
        letter.tasks.first().map(|task| format!(" (wardround work letter {task})")).unwrap_or_default();
    format!("{}, {devices}: {}{task}.", letter.kind, letter_state(&letter.state, letter.overdue))
}

/// How a letter stands, as half a sentence.
pub fn letter_state(state: &LetterState, overdue: bool) -> String {
    match state {
        LetterState::ToWrite(by) if overdue => format!("not written yet, late since {}", day(*by)),
        LetterState::ToWrite(by) => format!("to be written by {}", day(*by)),
        LetterState::Sent { on, answer_by } if overdue => {
            format!("sent on {}, no answer, late since {}; ask again", day(*on), day(*answer_by))
        }
        LetterState::Sent { on, answer_by } => {
            format!("sent on {}, answer due by {}", day(*on), day(*answer_by))
        }
        LetterState::Answered { on, document } => format!("answered on {} ({document})", day(*on)),
    }
}

fn next(page: &mut Page, worklist: &Worklist<'_>, again: &str) {
    let Some(task) = worklist.tasks.first() else { return };
    let id = task.id();
    page.heading("Next");
    let mut line = |words: &str| page.line(&format!("  wardround work {words}{again}"));
    line(&format!("show {id}"));
    if task.state.is_pending() {
        line(&format!("assign {id} --to NAME --by NAME"));
        line(&format!("done {id} --by NAME"));
    }
    line("list --all");
    page.hanging("  ", "Done is a claim: the next round that sees another value verifies it.");
}

/// A letter to a maker, with what comes next.
pub fn letter(letter: &Letter, task: &Task<'_>, answer_by: Timestamp, again: &str) -> String {
    let mut text = letter.text(answer_by);
    text.push_str("\n----\n");
    text.push_str(&format!(
        "This letter is for {} of the kind {}: {}.\n",
        count(wide(letter.devices.len()), "device", "devices"),
        letter.kind,
        letter_state(&letter.state, letter.overdue)
    ));
    text.push_str(&format!(
        "When it is out: wardround work letter sent {} --on DAY --by NAME{again}\n",
        task.id()
    ));
    text
}

/// What was just kept, and how the task stands now.
pub fn kept(id: EventId, event: &NewEvent, task: &Task<'_>, again: &str) -> String {
    let mut text = format!("Kept as {id}: {} - {}.\n", task.head.device, said(event.what()));
    text.push_str(&format!("{} is now: {}.\n", task.id(), task.state.label()));
    let next = match event.what() {
        What::Done => "The next round that sees another value verifies it.\n".to_owned(),
        What::LetterAnswered { .. } => format!(
            "Record what it says: wardround answer {} --maker-approves DOCUMENT --because TEXT --by ROLE{again}\n",
            task.asset()
        ),
        _ => String::new(),
    };
    text.push_str(&next);
    text.push_str(&format!("To take it back: wardround work undo {id} --by NAME{again}\n"));
    text
}

/// What was said, as half a sentence.
pub fn said(what: &What) -> String {
    match what {
        What::Assigned(to) => format!("{to} does it"),
        What::Done => "it is done".to_owned(),
        What::SignedOff => "its clinical owner agrees with the work".to_owned(),
        What::Excepted(exception) => format!(
            "the risk is accepted until {}, {} answers for it; because: {}; meanwhile: {}",
            day(exception.until),
            exception.owner,
            exception.because,
            exception.control
        ),
        What::Reopened(because) => format!("it is open again, because: {because}"),
        What::Commented(text) => format!("remark: {text}"),
        What::Attached(file) if file.is_gone => {
            format!("file: {}, whose content was taken out for good", file.name)
        }
        What::Attached(file) => format!("file: {} ({})", file.name, size(file.bytes)),
        What::LetterSent { kind, on } => {
            format!("the letter to the maker of {kind} went out on {}", day(*on))
        }
        What::LetterAnswered { kind, on, document } => {
            format!("the maker of {kind} answered on {} ({document})", day(*on))
        }
        What::Undone(event) => format!("{event} is taken back"),
    }
}

/// How large a file is, for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(bytes, "byte", "bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// One line of a task's log.
fn log_line(event: &Event) -> String {
    format!("{}  {}, {}: {}", event.id, day_and_time(event.at), event.by, said(&event.what))
}
