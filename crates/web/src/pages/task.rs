//! *Task*: what is to be done at one device, how it is checked, whose word is missing, what was seen and what was said. Printed,
//! it is the sheet that somebody takes along.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_ask::proof::Way;
use wardround_model::{RoundId, Timestamp};
use wardround_remedy::{Dated, Event, Part, Sight, State as Stands, Step, Task, Turn, What};
use wardround_report::page::{self, count, day, day_and_time};
use wardround_triage::{hours_in_words, maker_in_words};

use crate::deeds::tasks;
use crate::desk::{Desk, LetterRow};
use crate::layout::{self, Page, form_token, plain};
use crate::pages::{decide, files, parts};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::showing::{self, Shown};
use crate::site::{Site, now};

/// Findings of a step that its page names; the export has the rest.
const FINDINGS_NAMED: usize = 50;
/// Facts that are named with a turn.
const FACTS_NAMED: usize = 4;
/// Words of people that its page shows, of each kind.
const SAID_NAMED: usize = 200;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/work/{task}", show).logged("task.view")]
}

async fn show(State(site): State<Site>, person: Person, Path(text): Path<String>) -> Result<Page, Problem> {
    let id = tasks::id(&text).ok_or(Problem::NotFound)?;
    let desk = site.hospital().desk(&site.policy).await?;
    let at = now();
    let asks = person.clone();
    let hospital = site.hospital();
    let claims = hospital.tell_task(&site.policy, id, at, showing::claims).await?;
    let shown = showing::ways(&site, claims).await?;
    let told = hospital.tell_task(&site.policy, id, at, move |task| {
        (plain(&task.head.device), told(&desk, &asks, task, &shown, at))
    });
    let (title, body) = told.await?;
    Ok(layout::page(&site, &person, Some(Menu::Work), &title, &body))
}

fn told(desk: &Desk, person: &Person, task: &Task<'_>, shown: &[Shown], at: Timestamp) -> Markup {
    let letter = desk.letter(&task.head.kind).filter(|_| task.maker.is_some());
    html! {
        p { (parts::decision(task.decision)) " " strong { (task.state.label()) } ". Task " code { (task.id()) } ", work for: " (task.who().label()) "." }
        (in_short(desk, task, letter))
        section aria-labelledby="steps" {
            h2 id="steps" { "What to do" }
            ol class="plan" { @for step in &task.steps { (self::step(step)) } }
        }
        (how_shown(shown))
        (decide::forms(person, task, letter, at))
        (files::of_task(person, task))
        (said(person, task))
        (by_hand(task))
    }
}

/// The cheapest sight that shows whether what is said to be done is done.
fn how_shown(shown: &[Shown]) -> Markup {
    html! {
        @if !shown.is_empty() {
            section aria-labelledby="shown" {
                h2 id="shown" { "How it is shown that it is done" }
                ul { @for one in shown { li {
                    (plain(&parts::without_codes(&one.title, 1))) ": " (plain(&one.way.to_string())) "."
                    @if matches!(one.way, Way::Ask(_)) { " It is in the next plan of " a href="/ask" { "Ask" } "." }
                } } }
            }
        }
    }
}

fn in_short(desk: &Desk, task: &Task<'_>, letter: Option<&LetterRow>) -> Markup {
    html! {
        section class="panel apart short" aria-label="In short" { dl {
            dt { "Where" } dd { a href={ "/devices/" (task.asset()) } { (plain(&task.head.device)) } }
            dt { "Who does it" } dd class="as-is" { @match &task.owner { Some(owner) => { (plain(owner.as_str())) } None => { "Nobody yet." } } }
            @if task.state.is_pending() { dt { "By when, and why" } dd { (page::work::by_when(task)) " " (why_then(desk, task)) } }
            @if let Some(waits) = task.waits() { dt { "Whose word is missing" } dd { (waits.sentence()) "." } }
            @if let Some(maker) = &task.maker { dt { "What its maker says" } dd { (plain(&maker_in_words(maker))) "." } }
            @if let Some(window) = &task.window { dt { "Off patients" } dd { (plain(&window.when)) ", said on " (day(window.at)) "." } }
            @if let Some(letter) = letter { dt { "Letter to its maker" } dd { a href={ "/work/" (task.id()) "/letter" } { (plain(&page::work::letter_state(&letter.state, letter.overdue))) } } }
            @if task.head.touches_care && task.state.is_pending() { dt { "Clinical owner" } dd { (signature(task)) } }
        } }
    }
}

/// Which clock runs, and since when.
fn why_then(desk: &Desk, task: &Task<'_>) -> String {
    let first =
        task.parts().filter(|part| part.due.is_some() && part.due == task.due).map(|part| part.item).next();
    let days = first.and_then(|item| Some((item, desk.policy().days(item.decision)?)));
    days.map_or_else(String::new, |(item, days)| {
        let days = count(u64::from(days), "day", "days");
        format!("{} means {days}, and the clock runs since {}.", item.decision.label(), day(item.since()))
    })
}

fn signature(task: &Task<'_>) -> String {
    let open = || task.parts().filter(|part| part.state.is_pending());
    match open().find_map(|part| part.signed.as_ref()) {
        Some(said) if !task.needs_sign_off() => {
            format!("{} agreed with the work on {}.", plain(said.by.as_str()), day(said.at))
        }
        _ => "Signs before it can be said to be done.".to_owned(),
    }
}

fn step(step: &Step<'_>) -> Markup {
    let checks = [
        ("Check before", &step.checks.before, true),
        ("Check after", &step.checks.after, true),
        ("Way back", &step.checks.back, false),
    ];
    let more = step.parts.len().saturating_sub(FINDINGS_NAMED);
    html! {
        li {
            h3 { (plain(step.title)) }
            dl {
                @if let Some(waits) = step.waits { dt { "Waits" } dd { (waits.sentence()) "." } }
                @if !step.why.is_empty() { dt { "Why it matters" } dd { (plain(&step.why)) } }
                @if let Some((minutes, downtime)) = step.minutes { dt { "How long" } dd { (how_long(minutes, downtime)) } }
                @for (label, text, is_ticked) in checks { @if !text.is_empty() { dt { @if is_ticked { span class="tick" aria-hidden="true" {} } (label) } dd { (text) "." } } }
            }
            h4 { "What it settles" }
            ul class="settles" { @for part in step.parts.iter().take(FINDINGS_NAMED) { (finding(part)) } }
            @if more > 0 { p class="soft" { "And " (count(u64::try_from(more).unwrap_or(u64::MAX), "more weakness", "more weaknesses")) "." } }
        }
    }
}

fn how_long(minutes: u32, downtime: u32) -> String {
    let there = hours_in_words(minutes);
    match downtime {
        0 => format!("{there}. The device goes on working."),
        downtime => format!("{there}. The device is out of use for about {}.", hours_in_words(downtime)),
    }
}

fn finding(part: &Part<'_>) -> Markup {
    let item = part.item;
    let shows = !matches!(part.state, Stands::Verified(_) | Stands::LeftOut { .. }) && !item.proof.is_empty();
    html! {
        li {
            a href={ "/findings/" (item.finding) "?round=" (item.seen_in) } { (plain(&parts::without_codes(&item.title, 1))) }
            " " span class="soft" { "(" (plain(&item.code)) ", " (item.decision.label()) ")" }
            br; (plain(&page::work::state(part))) "."
            @if shows { br; "Seen in " (item.seen_in) ": " (sights(&item.proof, item.seen_in)) "." }
            @if shows && !item.can_be_verified() { br; (page::work::LOOK_THERE) }
            @if let Some(line) = page::work::last_look(item.last_look) { br; (line) "." }
            @if item.turns.len() > 1 { details class="plain" {
                summary { "What rounds saw, before and after" }
                ul { @for (place, dated) in item.turns.iter().enumerate() { li { (turn(part, place, dated)) } } }
            } }
        }
    }
}

/// What a round showed; what was seen then and now leads to its proof.
fn turn(part: &Part<'_>, place: usize, dated: &Dated) -> Markup {
    let item = part.item;
    // What was seen before was seen in the round that saw it last, or in the one of the turn before.
    let is_last = place + 1 == item.turns.len();
    let before = place.checked_sub(1).and_then(|place| item.turns.get(place)).map(|dated| dated.round);
    let before = before.filter(|_| !is_last).unwrap_or(item.seen_in);
    html! {
        @match &dated.turn {
            Turn::Fixed(changes) => {
                (dated.round) " (" (day(dated.at)) "): settled. "
                @for change in changes.iter().take(FACTS_NAMED) {
                    "Before: " (sight(&change.before, before)) ". "
                    @if change.replaced { "After: " } @else { "It is gone; seen instead: " }
                    (sight(&change.after, dated.round)) ". "
                }
            }
            Turn::Back(fixed, seen) => {
                (dated.round) " (" (day(dated.at)) "): back. Seen when settled: " (sights(fixed, before)) ". Seen now: " (sights(seen, dated.round)) "."
            }
            _ => { (plain(&page::work::turn(dated))) "." }
        }
    }
}

fn sights(all: &[Sight], round: RoundId) -> Markup {
    html! { @for (place, one) in all.iter().take(FACTS_NAMED).enumerate() { @if place > 0 { ", " } (sight(one, round)) } @if all.len() > FACTS_NAMED { " and more" } }
}

fn sight(sight: &Sight, round: RoundId) -> Markup {
    let proof = format!("/evidence/{}?round={round}", sight.observation);
    html! { (sight.kind.allowed().label) " \"" (plain(&sight.value)) "\", " (day(sight.last)) " " a class="proof" href=(proof) { (sight.observation) } }
}

fn said(person: &Person, task: &Task<'_>) -> Markup {
    html! {
        section aria-labelledby="said" class="screen" {
            h2 id="said" { "What people said" }
            @if task.log.is_empty() { p { "Nothing yet." } }
            ul { @for event in task.log.iter().rev().take(SAID_NAMED) { (line(person, task, event, true)) } }
            @if !task.taken_back.is_empty() {
                h3 { "Taken back" }
                ul { @for event in task.taken_back.iter().rev().take(SAID_NAMED) { (line(person, task, event, false)) } }
            }
            p class="soft" { "Nothing is ever rubbed out. What is taken back stays on record." }
        }
    }
}

fn line(person: &Person, task: &Task<'_>, event: &Event, counts: bool) -> Markup {
    let may = counts && tasks::may_undo(person, &event.what, &task.log, &task.taken_back);
    html! {
        li {
            span class="nowrap" { (day_and_time(event.at)) } ", " strong { (plain(event.by.as_str())) } ": " (plain(&page::work::said(&event.what))) ". "
            @if may {
                form method="post" action={ "/work/" (task.id()) "/undo/" (event.id) } class="inline" {
                    (form_token(person))
                    button class="quiet" { @if matches!(event.what, What::Undone(_)) { "Let it count again" } @else { "Take back" } span class="aside" { " " (event.id) } }
                }
            }
        }
    }
}

/// On paper: who did it, and what was seen there.
fn by_hand(task: &Task<'_>) -> Markup {
    let clinical = task.head.touches_care;
    html! {
        section class="paper" aria-hidden="true" {
            p { "Done by, on: " span class="line" {} }
            @if clinical { p { "Clinical owner, on: " span class="line" {} } }
            p { "What was seen there: " span class="line" {} }
        }
    }
}
