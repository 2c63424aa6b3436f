//! The log: who asked for what.

use axum::extract::{Query, State};
use maud::html;
use serde::Deserialize;
use wardround_report::page::day_and_time;

use crate::layout::{self, Page};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

/// Entries on one page.
const ON_A_PAGE: u32 = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(Needs::May(Permission::SeeAudit), "/audit", show)
            .in_menu(Menu::Audit)
            .logged("audit.list"),
    ]
}

#[derive(Deserialize)]
struct Asked {
    before: Option<i64>,
}

async fn show(State(site): State<Site>, person: Person, Query(asked): Query<Asked>) -> Result<Page, Problem> {
    let entries = site.home.read(move |store| store.audit_before(asked.before, ON_A_PAGE)).await?;
    let earlier = entries.last().map(|entry| entry.id).filter(|id| *id > 1);
    Ok(layout::page(
        &site,
        &person,
        Some(Menu::Audit),
        "Log",
        &html! {
            p { "What people asked of this site, the latest first. Nothing can be changed in it unseen: " code { "wardround audit verify" } " checks it." }
            div class="scroll" tabindex="0" role="region" aria-label="Table" { table {
                thead { tr { th scope="col" class="number" { "No." } th scope="col" { "When (UTC)" } th scope="col" { "Who" } th scope="col" { "From" } th scope="col" { "What" } th scope="col" { "Of what" } th scope="col" { "Became" } } }
                tbody {
                    @for entry in &entries {
                        tr {
                            td class="number" { (entry.id) }
                            td class="nowrap" { (day_and_time(entry.said.at)) }
                            td { @if let Some((_, name)) = &entry.said.who { (name) } }
                            td { (entry.said.address.as_deref().unwrap_or("")) }
                            td { (words(&entry.said.action)) }
                            td { (entry.said.subject) }
                            td { (entry.said.outcome) }
                        }
                    }
                }
            } }
            @if let Some(before) = earlier { p { a href={ "/audit?before=" (before) } { "Earlier entries" } } }
        },
    ))
}

/// What an action is called; one without words here stands as it is in the log.
fn words(action: &str) -> &str {
    match action {
        "account.password" => "another password",
        "account.prove" => "proof of who it is",
        "account.recovery" => "new recovery codes",
        "audit.list" => "looked at the log",
        "break-glass.make" => "made the emergency account",
        "break-glass.open" => "opened the emergency account",
        "demo.leave" => "deleted the demo",
        "demo.show" => "showed the demo",
        "device.say" => "said something of a device",
        "device.said-many" => "looked at what was said of several devices",
        "round.remove" => "removed a round that only judged again",
        "device.say-many" => "said something of several devices",
        "device.take-back-many" => "took back what was said of several devices",
        "device.take-back" => "took back what was said",
        "device.view" => "looked at a device",
        "finding.view" => "looked at a finding",
        "import.check" => "looked at a file again",
        "import.drop" => "threw a file away",
        "import.forget" => "forgot a list",
        "import.keep" => "kept a list",
        "import.send" => "sent files",
        "join" => "joined",
        "page" => "a page",
        "paths.view" => "looked at ways in",
        "people.change" => "changed a role or an end",
        "people.get" => "looked at an account",
        "people.invitations" => "looked at invitations",
        "people.role" => "who comes to be what",
        "people.withdraw" => "took back an invitation",
        "people.close" => "closed an account",
        "people.invite" => "invited somebody",
        "people.list" => "looked at people",
        "report.board" => "took the board's page",
        "report.round" => "took the report of a round",
        "report.work" => "took work sheets",
        "round.run" => "ran a round",
        "interfaces.choose" => "chose interfaces",
        "receivers.add-mail" | "receivers.add-webhook" | "receivers.add-syslog" | "notices.add" => {
            "added a receiver"
        }
        "receivers.off" | "notices.off" => "switched a receiver off",
        "receivers.on" | "notices.on" => "switched a receiver on",
        "receivers.remove" | "notices.remove" => "removed a receiver",
        "receivers.try" | "notices.try" => "tried a receiver",
        "settings.interfaces" => "chose interfaces",
        "schedule.change" => "changed the schedule",
        "tokens.end" => "ended a token",
        "settings.hospital" => "named the hospital",
        "settings.schedule" => "changed the schedule",
        "sign-in" => "signed in",
        "sign-out" => "signed out",
        "task.assign" => "said who does a task",
        "account.sessions" => "ended their other sessions",
        "people.sign-out" => "signed somebody out",
        "task.attach" => "sent files for a task",
        "task.comment" => "remarked on a task",
        "task.download" => "took a file of a task",
        "task.file" => "added a file to a task",
        "task.done" => "said that a task is done",
        "task.except" => "accepted a risk",
        "task.letter" => "looked at a letter",
        "task.letter-answered" => "recorded a maker's answer",
        "task.letter-sent" => "recorded a letter",
        "task.reopen" => "opened a task again",
        "task.sign-off" => "recorded a clinical owner's word",
        "task.undo" => "took back what was said of a task",
        "task.view" => "looked at a task",
        "view.change" => "changed a saved view",
        "view.delete" => "deleted a saved view",
        "view.restore" => "brought a saved view back",
        "view.save" => "saved a view",
        "devices.say" => "said something of a device",
        "devices.say-many" => "said something of several devices",
        "events.follow" => "followed what happens",
        "findings.say" => "said whether a weakness is there",
        "hospital.name" => "named the hospital",
        "imports.forget" => "forgot a list",
        "rounds.run" => "ran a round",
        "statements.take-back" => "took back what was said",
        "statements.take-back-many" => "took back what was said of several devices",
        "token.end" => "ended a token",
        "token.make" => "made a token",
        "uploads.drop" => "threw a file away",
        "uploads.keep" => "kept a list",
        "uploads.look" => "looked at a file again",
        "uploads.round" => "ran a round",
        "uploads.send" => "sent a file",
        "views.change" => "changed a saved view",
        "views.delete" => "deleted a saved view",
        "views.restore" => "brought a saved view back",
        "views.save" => "saved a view",
        "asking.log" => "took the log of questions to hosts",
        "asking.stop" => "stopped questions to hosts",
        "work.assign" => "said who does a task",
        "work.attach" => "attached a file to a task",
        "work.file" => "took a file of a task",
        "work.comment" => "remarked on a task",
        "work.done" => "said that a task is done",
        "work.except" => "accepted a risk",
        "work.export" => "exported the worklist",
        "work.letter-answered" => "recorded a maker's answer",
        "work.letter-sent" => "recorded a letter",
        "work.reopen" => "opened a task again",
        "work.sign-off" => "recorded a clinical owner's word",
        "work.undo" => "took back what was said of a task",
        other => other,
    }
}
