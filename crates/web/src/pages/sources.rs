//! *Coverage* and *Intelligence*: what was read and what could not be seen, what was known and from when.

use axum::extract::State;
use maud::{Markup, html};
use wardround_model::{Coverage, IntelligenceSource, Network};
use wardround_report::page::{count, day, day_and_time, how_long, number};
use wardround_store::StoreError;
use wardround_store::view::RoundView;

use crate::asked::{Asked, Looked};
use crate::layout::{self, Page, plain};
use crate::pages::parts;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

/// Sources and networks that the page names: all of a large hospital, and a bound for a hostile one.
const MOST_NAMED: usize = 600;

pub(crate) fn routes() -> Vec<Route> {
    let see = Needs::May(Permission::See);
    vec![Route::get(see, "/coverage", coverage), Route::get(see, "/intelligence", intelligence)]
}

type Seen = (Coverage, Vec<Network>);

async fn coverage(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let look =
        |view: &RoundView<'_>| -> Result<Seen, StoreError> { Ok((view.coverage()?, view.networks()?)) };
    let body = match asked.look(&site, look).await? {
        Some(looked) => covered(&asked, &looked),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Today), "What was seen, and what not", &body))
}

fn covered(asked: &Asked, looked: &Looked<Seen>) -> Markup {
    let (coverage, networks) = &looked.found;
    html! {
        (parts::of_round(looked))
        (not_seen(looked, coverage))
        (sources(coverage))
        (self::networks(asked, networks))
        (skipped(coverage))
    }
}

fn not_seen(looked: &Looked<Seen>, coverage: &Coverage) -> Markup {
    let round = &looked.round;
    html! {
        section class="notice" aria-labelledby="not-seen" {
            h2 id="not-seen" { "What could not be seen" }
            ul {
                li { "A device that stayed silent is not here. Silence is not safety." }
                @if round.from_afar > 0 { li { (count(round.from_afar, "device was", "devices were")) " not seen on a link of their own." } }
                @if round.one_way > 0 { li { (count(round.one_way, "conversation was", "conversations were")) " mirrored in one direction only." } }
                @if round.unanswered > 0 { li { (count(round.unanswered, "conversation", "conversations")) " had no answer." } }
                @if round.encrypted > 0 { li { (count(round.encrypted, "conversation is", "conversations are")) " encrypted: who talks is seen, what is said is not." } }
                @if round.already_open > 0 { li { (count(round.already_open, "connection was", "connections were")) " open before the capture began." } }
                @if round.unjudged > 0 { li { (count(round.unjudged, "question is", "questions are")) " open: unknown is not safe." } }
                @if coverage.values_not_allowed > 0 { li { (count(coverage.values_not_allowed, "value was", "values were")) " left out, since they could name a person or break the page." } }
            }
        }
    }
}

fn sources(coverage: &Coverage) -> Markup {
    html! {
        section aria-labelledby="sources" {
            h2 id="sources" { "What was read" }
            @if coverage.sources.is_empty() { p { "Nothing." } }
            @else {
                div class="scroll" { table class="list" {
                    caption class="aside" { "Captures and lists" }
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Kind" } th scope="col" class="number" { "Packets or rows" } th scope="col" { "First (UTC)" } th scope="col" { "Last (UTC)" } th scope="col" { "Trouble" } } }
                    tbody { @for source in coverage.sources.iter().take(MOST_NAMED) { tr {
                        th scope="row" { (plain(&source.name)) }
                        td { @if source.kind.is_traffic() { (source.kind.label()) } @else { "list" } }
                        td class="number" { (number(source.records)) }
                        td class="nowrap" { @if let Some(first) = source.first { (day_and_time(first)) } }
                        td class="nowrap" { @if let Some(last) = source.last { (day_and_time(last)) } }
                        td { @match &source.ended_early { Some(why) => { (plain(why)) } None => { span class="soft" { "none" } } } }
                    } } }
                } }
            }
        }
    }
}

fn networks(asked: &Asked, networks: &[Network]) -> Markup {
    html! {
        section aria-labelledby="networks" {
            h2 id="networks" { "Networks" }
            @if networks.is_empty() { p { "None was seen." } }
            @else {
                div class="scroll" { table class="list" {
                    caption class="aside" { "Networks, and how well each was seen" }
                    thead { tr { th scope="col" { "Network" } th scope="col" class="number" { "Seen on their link" } th scope="col" class="number" { "Seen from afar" } th scope="col" { "So" } } }
                    tbody { @for network in networks.iter().take(MOST_NAMED) { tr {
                        th scope="row" { a href=(asked.link("/devices", &[("network", &network.prefix)])) { (plain(&network.prefix)) } }
                        td class="number" { (number(network.seen_directly)) }
                        td class="number" { (number(network.seen_from_afar)) }
                        td { @if network.seen_directly == 0 { "A mirror port there would show the rest." } @else { "Seen." } }
                    } } }
                } }
            }
        }
    }
}

fn skipped(coverage: &Coverage) -> Markup {
    html! {
        @if !coverage.skipped.is_empty() {
            section aria-labelledby="skipped" {
                h2 id="skipped" { "What was not understood" }
                ul { @for skip in &coverage.skipped { li { (count(skip.count, "packet or row", "packets or rows")) ": " (skip.reason.label()) "." } } }
            }
        }
    }
}

async fn intelligence(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let body = match asked.look(&site, |view| view.intelligence()).await? {
        Some(looked) => known(&looked),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Today), "What was known", &body))
}

fn known(looked: &Looked<Vec<IntelligenceSource>>) -> Markup {
    let judged = looked.round.as_of;
    html! {
        (parts::of_round(looked))
        p { "A round is judged by lists that others publish. A weakness that was published later is not in it." }
        @if looked.found.is_empty() { p { "Nothing was known: no list was read." } }
        @else {
            div class="scroll" { table class="list" {
                caption class="aside" { "Published lists" }
                thead { tr { th scope="col" { "List" } th scope="col" class="number" { "Entries" } th scope="col" { "As of" } th scope="col" { "Age when judged" } } }
                tbody { @for source in looked.found.iter().take(MOST_NAMED) { tr {
                    th scope="row" { (plain(&source.name)) }
                    td class="number" { (number(source.records)) }
                    td class="nowrap" { @match source.as_of { Some(as_of) => { (day(as_of)) } None => { "undated" } } }
                    td { @match source.as_of { Some(as_of) => { (how_long(judged.since(as_of))) } None => { "not known" } } }
                } } }
            } }
        }
        p { "Newer lists come with " code { "wardround intel update" } ", or on a stick with " code { "wardround intel import" } "." }
    }
}
