//! Parts that pages over a round share: the round itself, decisions, pages of a list, reasons with their proof.

use maud::{Markup, html};
use wardround_model::{AssetId, Decision, Ground, Reason};
use wardround_report::page::{count, day_and_time};
use wardround_store::view::{Page as Rows, Worst};

use crate::asked::{Asked, Looked};
use crate::layout::plain;

/// Rows of a page of a list.
pub(crate) const ROWS: usize = 50;

/// Which round a page tells of.
pub(crate) fn of_round<T>(looked: &Looked<T>) -> Markup {
    let (id, when) = (looked.round.id, day_and_time(looked.round.run_at));
    html! {
        @if looked.is_latest { p class="soft" { "Round " (id) ", run on " (when) " UTC." } }
        @else {
            div class="notice" {
                p { "This is round " (id) " of " (when) " UTC, not the latest one. " a href="/rounds" { "All rounds" } }
            }
        }
    }
}

/// Where no round was run yet.
pub(crate) fn no_round() -> Markup {
    html! {
        p class="lead" { "There is no round yet." }
        p { "A round reads what you have and says what is weak. " a href="/" { "Begin on the first page" } "." }
    }
}

/// A decision as a word in a frame.
pub(crate) fn decision(decision: Decision) -> Markup {
    let class = match decision {
        Decision::Act => "decision act",
        Decision::Attend => "decision attend",
        Decision::TrackStar | Decision::Track => "decision track",
    };
    html! { span class=(class) { (decision.label()) } }
}

/// The most urgent decision.
pub(crate) fn worst(worst: Worst) -> Markup {
    match worst {
        Worst::Decision(of) => decision(of),
        Worst::Nothing => html! { span class="soft" { "none found" } },
    }
}

/// What people call an urgency in a list of choices.
pub(crate) fn worst_label(worst: Worst) -> &'static str {
    match worst {
        Worst::Nothing => "no finding",
        Worst::Decision(decision) => decision.label(),
    }
}

/// A device by its title.
pub(crate) fn device(asked: &Asked, id: AssetId, title: &str) -> Markup {
    html! { a href=(asked.of_round(&format!("/devices/{id}"))) { (plain(title)) } }
}

/// The ways to the pages before and behind one.
pub(crate) fn turns<T>(asked: &Asked, path: &str, page: &Rows<T>) -> Markup {
    let to =
        |name: &str, place: Option<u64>| place.map(|place| asked.link(path, &[(name, &place.to_string())]));
    html! {
        @if page.before.is_some() || page.after.is_some() {
            nav class="turns" aria-label="Pages of this list" {
                @if let Some(before) = to("before", page.before) { a href=(before) rel="prev" { "Previous" } }
                @if let Some(after) = to("after", page.after) { a href=(after) rel="next" { "Next" } }
            }
        }
    }
}

/// One choice of a list to choose from.
pub(crate) struct Choice {
    pub(crate) code: String,
    pub(crate) label: String,
    /// How many rows it would show, where that is known.
    pub(crate) count: Option<u64>,
}

impl Choice {
    pub(crate) fn new(code: &str, label: &str, count: Option<u64>) -> Self {
        Self { code: plain(code), label: plain(label), count }
    }
}

/// A list to choose from, with the choice of the address.
pub(crate) fn choose(asked: &Asked, name: &str, label: &str, any: &str, choices: &[Choice]) -> Markup {
    html! {
        label { (label)
            select name=(name) {
                @if !any.is_empty() { option value="" { (any) } }
                @for choice in choices {
                    option value=(choice.code) selected[asked.text(name) == choice.code] {
                        (choice.label)
                        @if let Some(count) = choice.count { " (" (wardround_report::page::number(count)) ")" }
                    }
                }
            }
        }
    }
}

/// A title without numbers of CVE records, which stand behind it; of several weaknesses where it speaks of them.
pub(crate) fn without_codes(title: &str, weaknesses: usize) -> String {
    let words: Vec<&str> = title.split(' ').filter(|word| !word.starts_with("CVE-")).collect();
    let text = plain(&words.join(" "));
    match text.strip_suffix("the published weakness") {
        Some(start) if weaknesses > 1 => format!("{start}published weaknesses"),
        Some(start) => format!("{start}a published weakness"),
        None => text,
    }
}

/// One reason, with what it rests on.
pub(crate) fn reason(asked: &Asked, reason: &Reason) -> Markup {
    html! { (plain(&reason.text)) ". " (grounds(asked, &reason.grounds)) }
}

/// Reasons, each with what it rests on.
pub(crate) fn reasons(asked: &Asked, reasons: &[Reason]) -> Markup {
    html! {
        @if !reasons.is_empty() {
            ul class="reasons" {
                @for reason in reasons { li { (self::reason(asked, reason)) } }
            }
        }
    }
}

/// Proofs that are named one by one.
const GROUNDS_NAMED: usize = 4;

fn grounds(asked: &Asked, grounds: &[Ground]) -> Markup {
    let more = grounds.len().saturating_sub(GROUNDS_NAMED);
    html! {
        @for ground in grounds.iter().take(GROUNDS_NAMED) {
            a class="proof" href=(asked.of_round(&format!("/evidence/{ground}"))) { (ground) } " "
        }
        @if more > 0 { span class="soft" { "and " (count(u64::try_from(more).unwrap_or(u64::MAX), "more", "more")) } }
    }
}
