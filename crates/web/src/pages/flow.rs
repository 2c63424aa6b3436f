//! How far work is: found, assigned, said to be done, verified; as a picture, with the same numbers as a table.

use maud::{Markup, html};
use wardround_report::page::{count, day, number};

use crate::desk::{Column, Desk, Row};
use crate::layout::plain;
use crate::roles::Permission;
use crate::session::Person;

/// Late tasks that are named.
const LATE_NAMED: usize = 5;

/// How many tasks came how far. Each step counts those of the steps behind it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flow {
    pub(crate) found: u64,
    pub(crate) assigned: u64,
    pub(crate) done: u64,
    pub(crate) verified: u64,
    pub(crate) waiting: u64,
    pub(crate) excepted: u64,
    pub(crate) late: u64,
}

impl Flow {
    pub(crate) fn of(desk: &Desk) -> Self {
        let mut flow = Self::default();
        for row in desk.rows.iter().filter(|row| row.column != Column::LeftOut) {
            flow.count(row);
        }
        flow
    }

    fn count(&mut self, row: &Row) {
        let is_verified = row.column == Column::Verified;
        let is_done = is_verified || row.column == Column::Claimed;
        self.found += 1;
        self.assigned += u64::from(is_done || row.owner.is_some());
        self.done += u64::from(is_done);
        self.verified += u64::from(is_verified);
        self.waiting += u64::from(row.column == Column::Waiting);
        self.excepted += u64::from(row.column == Column::Excepted);
        self.late += u64::from(row.overdue);
    }

    fn steps(&self) -> [(&'static str, u64, &'static str); 4] {
        [
            ("found", self.found, "All tasks that count."),
            ("assigned", self.assigned, "Somebody does it, or did it."),
            ("said to be done", self.done, "A claim of a person, or more."),
            ("verified", self.verified, "A later round saw another value."),
        ]
    }
}

/// How the work stands.
pub(crate) fn section(person: &Person, desk: &Desk) -> Markup {
    let flow = Flow::of(desk);
    let sees = person.may(Permission::See);
    html! {
        section aria-labelledby="work" {
            h2 id="work" { "How far the work is" }
            @if flow.found == 0 { p { "There is no task yet." } }
            @else {
                (picture(&flow))
                p {
                    (count(flow.late, "task is late", "tasks are late")) "; "
                    (count(flow.waiting, "waits for somebody's word", "wait for somebody's word")) "; "
                    (count(flow.excepted, "is an accepted risk", "are accepted risks")) "."
                }
                @if sees { (late(desk)) }
            }
        }
    }
}

fn picture(flow: &Flow) -> Markup {
    let wide = |value: u64| value.saturating_mul(150) / flow.found.max(1);
    html! {
        figure class="flow" {
            svg viewBox="0 0 700 110" role="img" aria-labelledby="flow-title flow-text" {
                title id="flow-title" { "How far tasks are" }
                desc id="flow-text" { @for (label, value, _) in flow.steps() { (number(value)) " " (label) ". " } "The table below has the same numbers." }
                @for (place, (label, value, _)) in flow.steps().iter().enumerate() {
                    @let x = place * 180 + 2;
                    rect class="frame" x=(x) y="8" width="150" height="66" rx="6" {}
                    rect class="part" x=(x) y="66" width=(wide(*value)) height="8" {}
                    text class="large" x=(x + 75) y="38" text-anchor="middle" { (number(*value)) }
                    text x=(x + 75) y="57" text-anchor="middle" { (label) }
                    @if place > 0 { path class="arrow" d={ "M" (x - 27) " 41h20m-7 -6l7 6l-7 6" } {} }
                }
            }
            figcaption {
                "Each number is part of the one before it. Done is a claim; verified is a fact."
                details { summary { "The same as a table" }
                    table class="list" {
                        thead { tr { th scope="col" { "Step" } th scope="col" class="number" { "Tasks" } th scope="col" { "What it means" } } }
                        tbody { @for (label, value, means) in flow.steps() { tr { th scope="row" { (label) } td class="number" { (number(value)) } td { (means) } } } }
                    }
                }
            }
        }
    }
}

/// The tasks that are late, by name.
fn late(desk: &Desk) -> Markup {
    let late: Vec<_> = desk.rows.iter().filter(|row| row.overdue).collect();
    html! {
        @if !late.is_empty() {
            h3 { "Late" }
            ul { @for row in late.iter().take(LATE_NAMED) {
                li {
                    a href={ "/work/" (row.id) } { (plain(row.first_steps().next().unwrap_or_default())) }
                    ", " (plain(&row.device)) @if let Some(due) = row.due { ", due " (day(due)) } @if let Some(owner) = &row.owner { ", " (plain(owner)) } "."
                }
            } }
            p { a href="/work?due=late" { "All that is late" } }
        }
        p { a href="/work" { "All that is left to do" } }
    }
}
