//! *Device*: who it is and why we think so, what is weak, whom it talks with, what is not known and who can tell.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_model::{Asset, Claim, RoundId, Settled, Timestamp, Unjudged};
use wardround_report::page::{count, day, day_and_time, number, plugged_in};
use wardround_store::view::{
    DeviceChange, DeviceDetails, FindingFilter, FindingRow, Page as Rows, RoundView, Turn,
};
use wardround_store::{KeptStatement, Store, StoreError};

use crate::asked::{Asked, Looked};
use crate::deeds::devices;
use crate::layout::{self, Page, plain};
use crate::pages::{files, map, parts, say, work};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

/// Findings of a device that its page names; the list has the rest.
const FINDINGS_NAMED: usize = 200;
/// Open questions that its page names.
const QUESTIONS_NAMED: usize = 20;
/// Changes and rounds of its history that its page names.
const HISTORY_NAMED: usize = 20;
/// Changes of its findings that are looked at.
const CHANGES_READ: usize = 300;
/// Facts that its page names.
const FACTS_NAMED: usize = 100;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), "/devices/{device}", show).logged("device.view")]
}

/// What the page shows.
struct Device {
    details: DeviceDetails,
    findings: Rows<FindingRow>,
    seen_in: Vec<(RoundId, Timestamp)>,
    changes: Vec<DeviceChange>,
}

async fn show(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Page, Problem> {
    let id = devices::id(&text).ok_or(Problem::NotFound)?;
    let look = move |view: &RoundView<'_>| -> Result<Option<Device>, StoreError> {
        let Some(details) = view.device(id)? else { return Ok(None) };
        let filter = FindingFilter { asset: Some(id), ..FindingFilter::default() };
        Ok(Some(Device {
            details,
            findings: view.findings(&filter, Turn::First, FINDINGS_NAMED)?,
            seen_in: view.seen_in(id)?,
            changes: view.device_changes(id, CHANGES_READ)?,
        }))
    };
    let Looked { round, is_latest, found } = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let looked = Looked { round, is_latest, found: found.ok_or(Problem::NotFound)? };
    let mut now = site.hospital().read(Store::statement_list).await?;
    now.retain(|kept| kept.statement.asset == id && kept.taken_back.is_none());
    let title = plain(&looked.found.details.row.title);
    let desk = site.hospital().desk_soon(&site.policy).await?;
    let tasks = desk.map_or_else(Vec::new, |desk| desk.of_device(id));
    let ids = tasks.iter().map(|row| row.id).collect();
    let events = site.hospital().read(move |store| store.attachments_of(&ids)).await?;
    let tasks = html! { (work::few(&tasks, "What there is to do")) (files::of_device(&events)) };
    let body = told(&asked, &person, &looked, &now, &tasks);
    Ok(layout::page(&site, &person, Some(Menu::Devices), &title, &body))
}

fn told(
    asked: &Asked,
    person: &Person,
    looked: &Looked<Device>,
    now: &[KeptStatement],
    tasks: &Markup,
) -> Markup {
    let device = &looked.found;
    let DeviceDetails { row, asset, .. } = &device.details;
    html! {
        (parts::of_round(looked))
        p { "Most urgent: " (parts::worst(row.worst)) ". Looked after by: " (row.owner.label()) ". Last seen " (day_and_time(row.last_seen)) " UTC." }
        @if !row.seen_directly { p class="soft" { "It was seen from afar only: its own link was not mirrored, or a list alone names it." } }
        div class="columns" { (identity(asked, asset)) (places(&device.details)) }
        (findings(asked, device))
        (tasks)
        (unknown(asked, device))
        (settled(asked, &device.details.settled))
        p class="links" {
            a href=(asked.link_to("/paths", &[("to", &row.id.to_string())])) { "Ways of an attacker to it" } " "
            a href=(asked.link_to("/paths", &[("from", &row.id.to_string())])) { "Ways from it to what patients depend on" }
        }
        (talks(asked, device))
        (say::section(person, row, now))
        (history(asked, device))
        (facts(asked, device))
    }
}

fn identity(asked: &Asked, asset: &Asset) -> Markup {
    let texts = [
        ("Maker", &asset.maker),
        ("Model", &asset.model),
        ("Serial number", &asset.serial),
        ("Software", &asset.software),
        ("Operating system", &asset.operating_system),
        ("Care area", &asset.care_area),
    ];
    html! {
        section aria-labelledby="who" {
            h2 id="who" { "What it is, and why we think so" }
            (claim(asked, "Kind", asset.class.value.label(), &asset.class))
            @for (label, said) in texts {
                @match said {
                    Some(said) => { (claim(asked, label, &said.value, said)) }
                    None => { p class="soft" { (label) ": not known." } }
                }
            }
        }
    }
}

fn claim<T>(asked: &Asked, label: &str, value: &str, claim: &Claim<T>) -> Markup {
    html! {
        details {
            summary { (label) ": " strong { (plain(value)) } " (" (claim.confidence.word()) ")" }
            (parts::reasons(asked, &claim.reasons))
        }
    }
}

fn places(details: &DeviceDetails) -> Markup {
    let DeviceDetails { row, asset, active, .. } = details;
    html! {
        section aria-labelledby="where" {
            h2 id="where" { "Where it is" }
            dl {
                dt { "Id" } dd { code { (asset.id) } }
                @for name in &asset.names { dt { "Name" } dd { (plain(name)) } }
                @for ip in &asset.ips { dt { "Address" } dd { code { (ip) } } }
                @for mac in &asset.macs { dt { "Card" } dd { code { (mac) } } }
                @for port in plugged_in(&details.observations) { dt { "Switch port" } dd { (port) } }
                @if !row.network.is_empty() { dt { "Network" } dd { (row.network) } }
                dt { "First seen" } dd { (day_and_time(asset.first_seen)) " UTC" }
                @if !active.is_empty() { dt { "Hours with traffic" } dd { (active) ", UTC" } }
            }
            @if !asset.services.is_empty() {
                h3 { "What it offers" }
                ul { @for service in asset.services.iter().take(FACTS_NAMED) {
                    li { code { (service.endpoint) } " " (service.protocol.map_or("not recognised", wardround_model::Protocol::label))
                        ", used by " (count(service.clients, "other", "others")) }
                } }
            }
            @if !asset.products.is_empty() {
                h3 { "What it says it runs" }
                ul { @for product in asset.products.iter().take(FACTS_NAMED) { li { (plain(&product.text)) } } }
            }
        }
    }
}

fn findings(asked: &Asked, device: &Device) -> Markup {
    let row = &device.details.row;
    let all = asked.link("/findings", &[("device", &row.id.to_string())]);
    html! {
        section aria-labelledby="weak" {
            h2 id="weak" { "What is weak" }
            @if device.findings.rows.is_empty() { p { "Nothing is known. What could not be judged stands below." } }
            @else {
                div class="scroll" { table class="list" {
                    caption class="aside" { "Findings of this device" }
                    thead { tr { th scope="col" { "Decision" } th scope="col" { "What is weak" } th scope="col" { "How sure" } } }
                    tbody { @for (title, same) in same_together(&device.findings.rows) { (weak(asked, title, &same)) } }
                } }
                @if device.findings.after.is_some() { p { a href=(all) { "All " (count(row.findings.total(), "finding", "findings")) " of this device" } } }
            }
        }
    }
}

/// Findings that say the same but for the CVE record, the most urgent first.
fn same_together(rows: &[FindingRow]) -> Vec<(String, Vec<&FindingRow>)> {
    let mut groups: Vec<(String, Vec<&FindingRow>)> = Vec::new();
    for row in rows {
        let title = parts::without_codes(&row.title, 1);
        match groups.iter_mut().find(|(other, _)| *other == title) {
            Some((_, same)) => same.push(row),
            None => groups.push((title, vec![row])),
        }
    }
    groups
}

fn weak(asked: &Asked, title: String, same: &[&FindingRow]) -> Markup {
    let to = |row: &FindingRow| asked.of_round(&format!("/findings/{}", row.id));
    let Some(first) = same.first() else { return html! {} };
    html! { tr {
        td { (parts::decision(first.decision)) }
        th scope="row" {
            @if same.len() == 1 { a href=(to(first)) { (title) } }
            @else {
                details class="plain" {
                    summary { (parts::without_codes(&first.title, same.len())) " (" (same.len()) ")" }
                    ul { @for row in same { li { a href=(to(row)) { @match row.cve { Some(cve) => { (cve) } None => { (row.id) } } } ", " (row.decision.label()) } } }
                }
            }
        }
        td { (first.grade.label()) }
    } }
}

fn unknown(asked: &Asked, device: &Device) -> Markup {
    let (open, all) = (&device.details.unjudged, device.details.row.unjudged);
    let question = |one: &Unjudged| {
        html! { li {
            p { (parts::reason(asked, &one.reason)) }
            @if !one.question.is_empty() { p { strong { "Ask the " (one.who.label()) ": " } (plain(&one.question)) } }
            @if !one.cves.is_empty() { details {
                summary { (count(u64::try_from(one.cves.len()).unwrap_or(u64::MAX), "weakness", "weaknesses")) " may be there" }
                p { @for cve in one.cves.iter().take(FACTS_NAMED) { code { (cve) } " " } }
            } }
        } }
    };
    html! {
        section aria-labelledby="unknown" {
            h2 id="unknown" { "What we do not know" }
            @if open.is_empty() { p { "No question is open. A device may still have what nobody has published." } }
            @else {
                p { "Unknown is not safe. An answer settles each of these." }
                ul class="questions" { @for one in open.iter().take(QUESTIONS_NAMED) { (question(one)) } }
                @if all > 20 { p class="soft" { (number(all)) " questions are open in all." } }
            }
        }
    }
}

fn settled(asked: &Asked, settled: &[Settled]) -> Markup {
    html! {
        @if !settled.is_empty() {
            section aria-labelledby="settled" {
                h2 id="settled" { "What answers settled" }
                ul { @for one in settled {
                    li { code { (one.cve) } ": " (one.status.label())
                        @if let Some(until) = one.until { ", until " (day(until)) }
                        ". " (parts::reason(asked, &one.reason))
                    }
                } }
            }
        }
    }
}

fn talks(asked: &Asked, device: &Device) -> Markup {
    let (peers, row) = (&device.details.peers, &device.details.row);
    html! {
        section aria-labelledby="talks" {
            h2 id="talks" { "Whom it talks with" }
            @if peers.is_empty() { p { "Nobody, as far as was seen." } }
            @else {
                (map::figure(row, peers))
                (map::table(asked, peers))
                p {
                    @if row.peers > u64::try_from(peers.len()).unwrap_or(u64::MAX) { "These are the ones it exchanged the most with, of " (number(row.peers)) " in all. " }
                    a href=(asked.of_round(&format!("/devices/{}/conversations", row.id))) { "All its conversations" }
                }
            }
        }
    }
}

fn history(asked: &Asked, device: &Device) -> Markup {
    let rounds = &device.seen_in;
    html! {
        section aria-labelledby="history" {
            h2 id="history" { "Its history" }
            @if let Some((first, when)) = rounds.last() {
                p { "First seen in round " (first) " of " (day(*when)) ". Seen in " (count(u64::try_from(rounds.len()).unwrap_or(u64::MAX), "round", "rounds")) " since." }
            }
            @if !device.changes.is_empty() {
                div class="scroll" { table class="list" {
                    caption class="aside" { "What became of its findings" }
                    thead { tr { th scope="col" { "Round" } th scope="col" { "What became of it" } th scope="col" { "Finding" } } }
                    tbody { @for (change, title, many) in told_once(&device.changes) { tr {
                        td class="nowrap" { (change.round) ", " (day(change.run_at)) }
                        td { (change.change.label()) }
                        th scope="row" { (title) @if many > 1 { " (" (many) ")" } }
                    } } }
                } }
            }
            @if rounds.len() > 1 {
                details { summary { "The rounds that saw it" } ul {
                    @for (round, when) in rounds.iter().take(HISTORY_NAMED) {
                        li { a href={ (format!("/devices/{}", device.details.row.id)) "?round=" (round) } { (round) } ", " (day(*when)) }
                    }
                } }
            }
            @if rounds.is_empty() { p { "No round saw it." } }
            p class="soft" { a href=(asked.of_round("/rounds")) { "All rounds" } }
        }
    }
}

/// Changes of one round that say the same but for the CVE record, as one, and how many they are.
fn told_once(changes: &[DeviceChange]) -> Vec<(&DeviceChange, String, usize)> {
    let mut told: Vec<(&DeviceChange, String, usize)> = Vec::new();
    for change in changes {
        let title = parts::without_codes(&change.title, 2);
        let is_same = |(other, of, _): &&mut (&DeviceChange, String, usize)| {
            (other.round, other.change) == (change.round, change.change) && *of == title
        };
        match told.iter_mut().find(is_same) {
            Some((_, _, many)) => *many += 1,
            None => told.push((change, title, 1)),
        }
    }
    told.truncate(HISTORY_NAMED);
    told
}

fn facts(asked: &Asked, device: &Device) -> Markup {
    let facts = &device.details.observations;
    html! {
        @if !facts.is_empty() {
            details {
                summary { "The facts behind all this" }
                div class="scroll" { table class="list" {
                    caption class="aside" { "Facts about its cards, addresses and services" }
                    thead { tr { th scope="col" { "About" } th scope="col" { "Fact" } th scope="col" { "Value" } th scope="col" { "Proof" } } }
                    tbody { @for fact in facts.iter().take(FACTS_NAMED) { tr {
                        td { code { (fact.subject) } }
                        td { code { (fact.fact.kind().code()) } }
                        td { (plain(fact.fact.value())) }
                        td { a href=(asked.of_round(&format!("/evidence/{}", fact.id()))) { (fact.id()) } }
                    } } }
                } }
            }
        }
    }
}
