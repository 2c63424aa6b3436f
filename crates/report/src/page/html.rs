//! The page for a browser: one file, no script, nothing fetched, prints well.

use maud::{Markup, html};

use super::Story;
use super::story::{Kind, Todo};
use crate::one_file::one_file;

const STYLE: &str = include_str!("style.css");

/// Lays a story out as HTML.
pub fn render(story: &Story) -> String {
    one_file(&story.title, STYLE, &body(story))
}

fn body(story: &Story) -> Markup {
    html! {
        header {
            h1 { (story.title) }
            p { (story.subtitle) }
        }
        main {
            div class="sight" {
                (section("seen", "What was seen", &story.seen))
                (section("not-seen", "What could not be seen", &story.not_seen))
            }
            (census(story))
            (plan(story))
            @if !story.unjudged.is_empty() {
                (section("unjudged", "What could not be judged: unknown, not safe", &story.unjudged))
            }
            @if !story.settled.is_empty() {
                (section("settled", "What answers settled", &story.settled))
            }
            (section("known", "What is known, and from when", &story.intelligence))
            @if !story.moves.is_empty() {
                (section("moves", "What changed since the round before", &story.moves))
            }
        }
        footer {
            h2 { "Next" }
            dl { @for (command, what) in &story.next { dt { code { (command) } } dd { (what) } } }
        }
    }
}

fn section(id: &str, heading: &str, items: &[String]) -> Markup {
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading) }
            ul { @for item in items { li { (item) } } }
        }
    }
}

fn census(story: &Story) -> Markup {
    let most = story.census.iter().map(|kind| kind.count).max().unwrap_or(1);
    html! {
        section aria-labelledby="census" {
            h2 id="census" { "Who is there" }
            p { (story.census_line) }
            table class="census" {
                thead { tr { th scope="col" { "Part of the hospital" } th scope="col" { "Kind" } th scope="col" class="number" { "Seen" } th { span class="aside" { "Share" } } } }
                tbody { @for kind in &story.census { (census_row(kind, most)) } }
            }
        }
    }
}

fn census_row(kind: &Kind, most: usize) -> Markup {
    html! {
        tr class=[kind.medical.then_some("medical")] {
            td { (kind.area) }
            th scope="row" { (kind.label) }
            td class="number" { (kind.count) }
            td { meter min="0" max=(most) value=(kind.count) { (kind.count) } }
        }
    }
}

fn plan(story: &Story) -> Markup {
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "What to do first" }
            p { (story.plan_line) }
            ol class="plan" { @for todo in &story.plan { (plan_item(todo)) } }
        }
    }
}

fn plan_item(todo: &Todo) -> Markup {
    html! {
        li {
            h3 { span class={ "decision " (todo.decision.trim_end_matches('*').to_lowercase()) } { (todo.decision) } " " (todo.title) }
            dl {
                @for (label, text) in &todo.parts { dt { (label) } dd { (text) } }
                dt { "Evidence" }
                dd {
                    @for finding in &todo.findings { code { "wardround why " (finding) } " " }
                    @if todo.more > 0 { "and " (todo.more) " more" }
                }
            }
        }
    }
}
