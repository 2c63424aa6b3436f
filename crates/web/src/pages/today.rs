//! *Today*: what could not be seen, what changed, how it stands, what to do first.

use std::sync::Arc;

use axum::extract::State;
use maud::{Markup, html};
use wardround_model::PlanItem;
use wardround_report::page::{count, number};

use crate::desk::{Desk, SOON};
use crate::ears::Ear;
use crate::layout::{self, Page, form_token, plain};
use crate::pages::{ask, first, flow, hours, listen, parts};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;
use crate::standing::{Changed, Exploited, Sights, Standing};

/// Findings that are named with one thing to do.
const FINDINGS_NAMED: usize = 3;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::SeeSummary), "/", show).in_menu(Menu::Today)]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let stopped = ask::stopped(&site, &person).await?;
    let body = match site.hospital().standing().await? {
        Some(standing) => told(&site, &person, &standing, &slow(&site, &standing).await?),
        None => first::doors(&person, site.rounds.is_running(), &site.ears.all()),
    };
    let body = html! { (ask::notice(stopped.as_deref())) (body) };
    Ok(layout::page(&site, &person, Some(Menu::Today), "Today", &body))
}

/// What stands in the place of what is not worked out yet.
const LATER: &str = "This is being worked out. Load this page again in a while.";

/// What is worked out from whole rounds; nothing of it where that still goes on.
struct Slow {
    desk: Option<Arc<Desk>>,
    sights: Option<Arc<Sights>>,
}

async fn slow(site: &Site, standing: &Standing) -> Result<Slow, Problem> {
    let hospital = site.hospital();
    let sights = tokio::time::timeout(SOON, hospital.sights(standing.round));
    let (sights, desk) = futures_util::future::join(sights, hospital.desk_soon(&site.policy)).await;
    Ok(Slow { desk: desk?, sights: sights.ok().transpose()? })
}

fn told(site: &Site, person: &Person, standing: &Standing, slow: &Slow) -> Markup {
    html! {
        div class="bar" {
            p class="soft" { "Round " (standing.round) ". " (standing.when) "." }
            @if person.may(Permission::RunRounds) { (run_button(person, site.rounds.is_running())) }
        }
        @if let Some(exploited) = &standing.exploited { (answer(person, exploited)) }
        section class="notice" aria-labelledby="not-seen" {
            h2 id="not-seen" { "What could not be seen" }
            @match slow.sights.as_deref() {
                None => { p { (LATER) } }
                Some(sights) if sights.not_seen.lines.is_empty() => { p { "Nothing is known to be missing. A device that stays silent is not seen." } }
                Some(sights) if person.may(Permission::See) => { (list(&sights.not_seen.lines)) }
                Some(sights) => { (list(&sights.not_seen.in_short)) }
            }
            @if !site.is_demo() { (deaf(&site.ears.all())) }
            @if person.may(Permission::See) { p { a href="/coverage" { "What was read, and which networks" } } }
        }
        (numbers(site, person, standing))
        @if let Some(changed) = &standing.changed { (since(site, person, changed)) }
        @match slow.desk.as_deref() {
            Some(desk) => { (flow::section(person, desk)) }
            None => { section aria-labelledby="work" { h2 id="work" { "How far the work is" } p { (LATER) } } }
        }
        @if person.may(Permission::See) {
            (plan(site, standing))
            (hours::form(standing))
            section aria-labelledby="seen" { details { summary id="seen" { "What was seen, and what is known from when" } @if let Some(sights) = &slow.sights { (list(&sights.seen)) } (list(&standing.known)) p { a href="/intelligence" { "Each source, and its date" } } } }
        }
    }
}

/// Interfaces that were chosen and are not heard now: nothing of them will be in the next round.
fn deaf(ears: &[Ear]) -> Markup {
    let deaf = ears.iter().filter(|ear| ear.is_deaf() || ear.dropped > 0);
    html! {
        @for ear in deaf {
            p {
                strong { (ear.what()) ". " }
                @if ear.dropped > 0 { (count(ear.dropped, "packet was", "packets were")) " lost: more came than could be read, or the disk was full. " }
                @if ear.is_deaf() { (listen::how(ear)) @if ear.trouble.is_some() { "." } }
            }
        }
    }
}

/// The question of the day, and its answer.
fn answer(person: &Person, exploited: &Exploited) -> Markup {
    let (published, them) = match exploited.published {
        1 => ("A weakness that is being exploited was published".to_owned(), "it"),
        many => (format!("{} weaknesses that are being exploited were published", number(many)), "them"),
    };
    let more = exploited.places.saturating_sub(u64::try_from(exploited.named.len()).unwrap_or(u64::MAX));
    html! {
        section class={ "notice " @if exploited.places > 0 { "bad" } @else { "good" } } aria-label="What was published" {
            p {
                (published) ": do we have " (them) "? "
                @if exploited.places == 0 { strong { "No." } " Nothing that was seen has " (them) "." }
                @else if person.may(Permission::See) {
                    strong { "Yes, here: " }
                    @for (at, place) in exploited.named.iter().enumerate() {
                        @if at > 0 { "; " }
                        a href={ "/findings/" (place.finding) } { (parts::without_codes(&place.title, 1)) } ", " (plain(&place.device))
                    }
                    @if more > 0 { "; and " (count(more, "more place", "more places")) } "."
                }
                @else { strong { "Yes, in " (count(exploited.places, "place", "places")) "." } }
            }
        }
    }
}

fn run_button(person: &Person, is_running: bool) -> Markup {
    html! {
        @if is_running { p { a href="/rounds/now" { "A round runs now" } } }
        @else { form method="post" action="/rounds/run" { (form_token(person)) button { "Run a round now" } } }
    }
}

fn list(items: &[String]) -> Markup {
    html! { ul { @for item in items { li { (item) } } } }
}

fn numbers(site: &Site, person: &Person, standing: &Standing) -> Markup {
    let rows = [
        (standing.act, "to act on at once", Menu::Findings, "?decision=act"),
        (standing.attend, "to see to soon", Menu::Findings, "?decision=attend"),
        (standing.findings, "weak places in all", Menu::Findings, ""),
        (standing.devices, "devices and systems", Menu::Devices, ""),
        (standing.medical, "take part in care", Menu::Devices, "?medical=yes"),
        (standing.unknown, "of unknown kind", Menu::Devices, "?class=unknown"),
    ];
    html! {
        section aria-labelledby="stands" {
            h2 id="stands" { "How it stands" }
            ul class="numbers" {
                @for (value, label, menu, filter) in rows { li { (linked(site, person, menu, filter, &html! { b { (number(value)) } (label) })) } }
            }
            @if standing.open_questions > 0 {
                p { (count(standing.open_questions, "question is", "questions are")) " open: what could not be judged is unknown, not safe." }
            }
        }
    }
}

/// Text that opens its rows, where there is a page for them that this person may see.
fn linked(site: &Site, person: &Person, menu: Menu, filter: &str, text: &Markup) -> Markup {
    html! {
        @match site.page_of(menu).filter(|_| person.may(Permission::See)) {
            Some(path) => { a href={ (path) (filter) } { (text) } }
            None => { div { (text) } }
        }
    }
}

fn since(site: &Site, person: &Person, changed: &Changed) -> Markup {
    let rows = [
        (changed.new, "new weak place", "new weak places", ""),
        (changed.fixed, "weak place was fixed", "weak places were fixed", " A later look saw it."),
        (changed.not_seen_again, "was not seen again", "were not seen again", " That proves nothing."),
        (changed.not_judged, "was on a device that was not seen", "were on devices that were not seen", ""),
        (changed.devices_new, "new device", "new devices", ""),
        (
            changed.devices_not_seen,
            "device was not seen",
            "devices were not seen",
            " Switched off, moved, or out of sight.",
        ),
    ];
    let rounds = site.page_of(Menu::Rounds).filter(|_| person.may(Permission::See));
    html! {
        section aria-labelledby="changed" {
            h2 id="changed" { "What changed since round " (changed.since) }
            ul {
                @for (value, one, many, more) in rows.into_iter().filter(|(value, ..)| *value > 0) { li { (count(value, one, many)) "." (more) } }
                @if rows.iter().all(|(value, ..)| *value == 0) { li { "Nothing." } }
            }
            @if person.may(Permission::See) && !changed.new_titles.is_empty() {
                p class="soft" { "New: " (changed.new_titles.join("; ")) @if changed.devices_new > 5 { " and more" } "." }
            }
            @if let Some(rounds) = rounds { p { a href=(rounds) { "All rounds" } } }
        }
    }
}

fn plan(site: &Site, standing: &Standing) -> Markup {
    html! {
        section aria-labelledby="plan" {
            h2 id="plan" { "What to do first" }
            p { (plan_line(standing)) }
            ol class="plan" { @for item in &standing.plan { (todo(site, item)) } }
        }
    }
}

fn plan_line(standing: &Standing) -> String {
    let in_plan: usize = standing.plan.iter().map(|item| item.findings.len()).sum();
    let in_plan = u64::try_from(in_plan).unwrap_or(u64::MAX);
    match standing.findings.saturating_sub(in_plan) {
        _ if standing.findings == 0 => "Nothing weak was found in what could be seen.".to_owned(),
        0 => format!("These settle all {} found.", count(standing.findings, "weak place", "weak places")),
        left => format!(
            "These settle {} of {} weak places found. The other {} can wait.",
            number(in_plan),
            number(standing.findings),
            number(left)
        ),
    }
}

fn todo(site: &Site, item: &PlanItem) -> Markup {
    let decision = item.decision.label();
    let more = item.findings.len().saturating_sub(FINDINGS_NAMED);
    html! {
        li {
            h3 {
                span class={ "decision " (decision.trim_end_matches('*').to_lowercase()) } { (decision) }
                " " (item.title)
            }
            dl {
                dt { "Why it matters" } dd { (item.why) }
                dt { "Next step" } dd { (item.next_step) }
            }
            details {
                summary { "What it is, how sure we are, and the evidence" }
                dl {
                    dt { "What it is" } dd { (item.what) }
                    dt { "How sure" } dd { (item.how_sure) }
                    dt { "Evidence" }
                    dd {
                        @for finding in item.findings.iter().take(FINDINGS_NAMED) {
                            @match site.page_of(Menu::Findings) {
                                Some(path) => { a href={ (path) "/" (finding) } { (finding) } " " }
                                None => { code { (finding) } " " }
                            }
                        }
                        @if more > 0 { "and " (more) " more" }
                    }
                }
            }
        }
    }
}
