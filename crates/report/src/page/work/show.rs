//! The page of one task.

use wardround_remedy::{
    Change, Dated, LastLook, LeftOut, Part, Reopening, Sight, State, Step, Task, TaskState, Turn, Worklist,
};
use wardround_triage::{hours_in_words, maker_in_words};

use super::{letter_state, log_line};
use crate::page::text::Page;
use crate::page::words::{capital, count, day, wide};

/// Findings that are told one by one in a step; the export has all.
const TOLD_FINDINGS: usize = 5;

/// What is told of a finding that no later round can verify.
pub const LOOK_THERE: &str = "Watching alone cannot show that this is settled: look at the device.";

/// Facts that are told with a finding.
const TOLD_FACTS: usize = 2;

/// Lays a task out as text.
pub fn show(worklist: &Worklist<'_>, task: &Task<'_>, again: &str) -> String {
    let mut page = Page::with_whole_ids();
    page.heading(&format!("{}  {}", task.id(), task.head.device));
    about(&mut page, task);
    if let Some(letter) = worklist.letters.iter().find(|letter| letter.kind == task.head.kind) {
        part(&mut page, "Letter", &format!("{}.", capital(&letter_state(&letter.state, letter.overdue))));
    }
    for (place, step) in task.steps.iter().enumerate() {
        page.line("");
        page.hanging(&format!("{:>2}. ", place + 1), step.title);
        self::step(&mut page, step);
    }
    log(&mut page, task);
    next(&mut page, task, again);
    page.finish()
}

fn part(page: &mut Page, label: &str, text: &str) {
    page.hanging(&format!("    {label:14}"), text);
}

fn about(page: &mut Page, task: &Task<'_>) {
    let who = task.owner.as_ref().map_or_else(|| "nobody yet".to_owned(), ToString::to_string);
    part(page, "Who", &format!("{}: {who}.", capital(task.who().label())));
    part(page, "How it stands", &format!("{}.", capital(task.state.label())));
    if task.state.is_pending() {
        part(page, "By when", &by_when(task));
    }
    if let Some(maker) = &task.maker {
        part(page, "Its maker", &format!("{}.", capital(&maker_in_words(maker))));
        let window = task.window.as_ref().map_or_else(
            || "No clinical owner has said when.".to_owned(),
            |window| format!("{} ({}).", window.when, day(window.at)),
        );
        part(page, "Off patients", &window);
    }
    if task.head.touches_care && task.state.is_pending() {
        let signed =
            task.parts().filter(|part| part.state.is_pending()).find_map(|part| part.signed.as_ref());
        let line = match signed {
            Some(said) => format!("{} agreed with the work on {}.", said.by, day(said.at)),
            None => "Its clinical owner signs before it can be said to be done.".to_owned(),
        };
        part(page, "Signature", &line);
    }
}

/// By when a task that is open is due, in a sentence.
pub fn by_when(task: &Task<'_>) -> String {
    match (task.due, task.overdue) {
        (Some(due), true) => format!("It was due by {}: late.", day(due)),
        (Some(due), false) => format!("By {}.", day(due)),
        (None, _) => "With the usual work; no clock runs.".to_owned(),
    }
}

fn step(page: &mut Page, step: &Step<'_>) {
    if let Some(waits) = step.waits.filter(|_| step.parts.iter().any(|part| part.state.is_pending())) {
        part(page, "Waits", &format!("{}.", waits.sentence()));
    }
    if let Some((minutes, downtime)) = step.minutes {
        let downtime = match downtime {
            0 => "The device goes on working".to_owned(),
            minutes => format!("The device is out of use for about {}", hours_in_words(minutes)),
        };
        part(page, "How long", &format!("{}. {downtime}.", capital(&hours_in_words(minutes))));
    }
    for (label, text) in [
        ("Why", step.why.clone()),
        ("Check before", sentence(&step.checks.before)),
        ("Check after", sentence(&step.checks.after)),
        ("Way back", sentence(&step.checks.back)),
    ] {
        if !text.is_empty() {
            part(page, label, &text);
        }
    }
    for found in step.parts.iter().take(TOLD_FINDINGS) {
        finding(page, found);
    }
    let more = step.parts.len().saturating_sub(TOLD_FINDINGS);
    if more > 0 {
        let more = count(wide(more), "more weakness", "more weaknesses");
        page.hanging("      ", &format!("and {more} (wardround work export shows all)"));
    }
}

fn sentence(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{text}.") }
}

fn finding(page: &mut Page, part: &Part<'_>) {
    let item = part.item;
    page.hanging(&format!("    {}  ", item.finding), &format!("[{}] {}", item.decision.label(), item.title));
    let indent = " ".repeat(6);
    page.hanging(&indent, &format!("{}.", state(part)));
    let shows = !matches!(part.state, State::Verified(_) | State::LeftOut { .. }) && !item.proof.is_empty();
    if shows {
        page.hanging(&indent, &format!("Seen in {}: {}.", item.seen_in, sights(&item.proof)));
    }
    if shows && !item.can_be_verified() {
        page.hanging(&indent, LOOK_THERE);
    }
    for dated in &item.turns {
        page.hanging(&format!("{indent}- "), &turn(dated));
    }
    if let Some(line) = last_look(item.last_look) {
        page.hanging(&format!("{indent}- "), line);
    }
}

/// How a finding stands, in a sentence without its full stop.
pub fn state(part: &Part<'_>) -> String {
    match &part.state {
        State::Open => "Open".to_owned(),
        State::Claimed(claim) => {
            let signed =
                claim.signed.as_ref().map_or_else(String::new, |said| format!(", signed by {}", said.by));
            format!(
                "{} said on {} that it is done{signed}; no later round has shown it yet",
                claim.said.by,
                day(claim.said.at)
            )
        }
        State::Excepted(exception) => format!(
            "The risk is accepted until {}; {} answers for it. Because: {}. Meanwhile: {}",
            day(exception.until),
            exception.owner,
            exception.because,
            exception.control
        ),
        State::Verified(verified) => {
            let claim = verified.claim.as_ref().map_or_else(
                || "nobody had said so".to_owned(),
                |claim| format!("{} had said so on {}", claim.said.by, day(claim.said.at)),
            );
            format!("Verified by round {} ({}); {claim}", verified.round, day(verified.at))
        }
        State::LeftOut { round, why } => format!("It counts no longer since {round}: {}", left_out(*why)),
        State::Reopened(reopening) => reopened(reopening),
    }
}

fn reopened(reopening: &Reopening) -> String {
    match reopening {
        Reopening::Regression { round, .. } => {
            format!("Open again: round {round} saw it after it had been verified")
        }
        Reopening::StillThere { round, claim, .. } => format!(
            "Open again: {} said on {} that it is done, and round {round} still saw it later",
            claim.said.by,
            day(claim.said.at)
        ),
        Reopening::ExceptionEnded(exception) => format!(
            "Open again: the exception that {} answers for ended on {}",
            exception.owner,
            day(exception.until)
        ),
        Reopening::RiskRaised { round, decision, .. } => format!(
            "Open again: round {round} says {}, which is more than the risk that was accepted",
            decision.label()
        ),
        Reopening::ByPerson { said, because } => {
            format!("Open again: {} said so on {}, because: {because}", said.by, day(said.at))
        }
        Reopening::CountsAgain { round } => format!("Open again: it counts again since {round}"),
    }
}

fn left_out(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Answer => "an answer of a person or a maker settled it",
        LeftOut::Judgement => "the same was seen, and it is no longer judged to be weak",
    }
}

/// What a round showed, with its evidence.
pub fn turn(dated: &Dated) -> String {
    let round = format!("{} ({})", dated.round, day(dated.at));
    match &dated.turn {
        Turn::Found(_) => format!("{round}: found"),
        Turn::Raised(decision) => format!("{round}: more urgent now, {}", decision.label()),
        Turn::LeftOut(why) => format!("{round}: {}", left_out(*why)),
        Turn::Again(_) => format!("{round}: counts again"),
        Turn::Fixed(changes) => {
            let changes: Vec<String> = changes.iter().take(TOLD_FACTS).map(change).collect();
            format!("{round}: settled. {}", changes.join("; "))
        }
        Turn::Back(before, after) => {
            format!("{round}: back. Seen when settled: {}; seen now: {}", sights(before), sights(after))
        }
    }
}

fn change(change: &Change) -> String {
    let Change { before, after, replaced } = change;
    let now = if *replaced { format!("is now {}", value(after)) } else { "is gone".to_owned() };
    format!(
        "{} {}, seen last on {}, {now} ({}, seen on {})",
        before.kind.allowed().label,
        value(before),
        day(before.last),
        ids(before, after),
        day(after.last)
    )
}

fn ids(before: &Sight, after: &Sight) -> String {
    format!("{}, then {}", before.observation, after.observation)
}

fn value(sight: &Sight) -> String {
    format!("\"{}\"", sight.value)
}

fn sights(all: &[Sight]) -> String {
    let told: Vec<String> = all.iter().take(TOLD_FACTS).map(sight).collect();
    let more = all.len().saturating_sub(TOLD_FACTS);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", told.join(", "))
}

fn sight(sight: &Sight) -> String {
    let label = sight.kind.allowed().label;
    format!("{label} {} ({}, {})", value(sight), sight.observation, day(sight.last))
}

/// What the latest round did not show, where it did not.
pub fn last_look(look: LastLook) -> Option<&'static str> {
    match look {
        LastLook::There | LastLook::NotThere => None,
        LastLook::NotSeenAgain => {
            Some("The latest round saw the device, but not what would show this: that proves nothing")
        }
        LastLook::DeviceNotSeen => Some("The latest round did not see the device: that proves nothing"),
    }
}

fn log(page: &mut Page, task: &Task<'_>) {
    if !task.log.is_empty() {
        page.section("What was said", &task.log.iter().map(|event| log_line(event)).collect::<Vec<_>>());
    }
    if !task.taken_back.is_empty() {
        let lines: Vec<_> = task.taken_back.iter().map(|event| log_line(event)).collect();
        page.section("What was taken back", &lines);
    }
}

fn next(page: &mut Page, task: &Task<'_>, again: &str) {
    page.heading("Next");
    let id = task.id();
    let mut line = |words: &str| page.line(&format!("  wardround work {words}{again}"));
    match task.state {
        _ if task.needs_sign_off() => line(&format!("sign-off {id} --by NAME")),
        TaskState::Open => line(&format!("assign {id} --to NAME --by NAME")),
        TaskState::Assigned | TaskState::Reopened => line(&format!("done {id} --by NAME")),
        TaskState::Claimed | TaskState::Excepted => line(&format!("reopen {id} --because TEXT --by NAME")),
        TaskState::Verified | TaskState::LeftOut => {}
    }
    if task.maker.is_some() && task.state.is_pending() {
        line(&format!("letter {id}"));
    }
    line(&format!("comment {id} TEXT --by NAME"));
}
