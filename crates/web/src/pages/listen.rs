//! *Listen*: the interfaces of this computer, which of them are listened at, and what comes of it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_live::Link;
use wardround_report::page::{count, number};

use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::settings;
use crate::ears::Ear;
use crate::hospital::waiting;
use crate::layout::{self, Page, form_token};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const NEEDS: Needs = Needs::May(Permission::ChangeSettings);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(NEEDS, "/settings/interfaces", show),
        Route::post(NEEDS, "/settings/interfaces", "settings.interfaces", choose),
    ]
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let ears = site.ears.all();
    let looked = site.clone();
    let links = waiting(move || Ok(looked.ears.links())).await?;
    let has_round = site.home.read(wardround_store::Store::round_latest).await?.is_some();
    let body = html! {
        p class="lead" { "Choose the interface that the mirror port of your switch goes to. What passes there shows who is on the network, without a single question to anybody." }
        @if !ears.is_empty() { (heard(&ears, has_round)) }
        (choice(&person, &links, &site.listened, &ears))
        section aria-labelledby="kept" {
            h2 id="kept" { "What is kept" }
            p { "Facts about devices, and who talks to whom. Packets are never kept. What was heard waits for the next round, for up to 31 days, in files that only this program's user can read. If this computer loses power, at most one hour of it is lost." }
            p { "On an interface without a mirror port, this computer hears only itself and what is sent to all." }
        }
    };
    let page = layout::page(&site, &person, Some(Menu::Settings), "Listen at the network", &body);
    let is_first = !ears.is_empty() && !has_round && !site.rounds.is_running();
    Ok(if is_first { page.again_in(3) } else { page })
}

fn heard(ears: &[Ear], has_round: bool) -> Markup {
    html! {
        section aria-labelledby="heard" {
            h2 id="heard" { "Listening now" }
            div data-again=[(!has_round).then_some("3")] {
                (table(ears))
                @if !has_round {
                    div class="notice" { p { "The first round runs by itself once something was heard, after about 20 seconds. " a href="/rounds/now" { "Watch it" } ", or see " a href="/" { "today" } "." } }
                }
            }
        }
    }
}

/// How it stands with each interface.
pub(crate) fn table(ears: &[Ear]) -> Markup {
    html! {
        div class="scroll" {
            table class="list" {
                caption class="aside" { "What is listened at" }
                thead { tr { th scope="col" { "Interface" } th scope="col" { "How it goes" } th scope="col" class="number" { "Packets read" } th scope="col" class="number" { "Packets lost" } th scope="col" class="number" { "Readers started again" } } }
                tbody {
                    @for ear in ears {
                        tr { th scope="row" { @if ear.is_of_flows() { "Flow records at " } (ear.name) } td { (how(ear)) } td class="number" { (number(ear.frames)) } td class="number" { (number(ear.dropped)) } td class="number" { (number(ear.restarts)) } }
                    }
                }
            }
        }
        p class="soft" { "Packets, or flow records, are counted since the site was started. Lost packets are known once an hour, and at each round." }
    }
}

/// How it goes with an interface, in a sentence.
pub(crate) fn how(ear: &Ear) -> String {
    match (&ear.trouble, ear.silent_minutes) {
        (Some(why), _) => format!("Not listening: {why}"),
        (None, Some(minutes)) => {
            let ask = if ear.is_of_flows() {
                "Does the router or switch still send its flow records here?"
            } else {
                "Is the cable in, and the mirror port of the switch on?"
            };
            format!("Listening, but nothing was heard for {}. {ask}", count(minutes, "minute", "minutes"))
        }
        (None, None) if ear.hears_no_others => "Listening, but only to broadcasts and at most one host. Others were heard before: is the mirror port of the switch still on?".to_owned(),
        (None, None) if !ear.is_reading => "Starting.".to_owned(),
        (None, None) if ear.frames == 0 => "Listening. Nothing was heard yet.".to_owned(),
        (None, None) => "Listening.".to_owned(),
    }
}

fn choice(person: &Person, links: &[Link], listened: &[String], ears: &[Ear]) -> Markup {
    let is_chosen = |link: &Link| ears.iter().any(|ear| ear.name == link.name);
    html! {
        section aria-labelledby="choose" {
            h2 id="choose" { "Interfaces of this computer" }
            @if links.is_empty() { p { "None was found." } }
            @else {
                form class="fields panel" method="post" action="/settings/interfaces" {
                    (form_token(person))
                    fieldset {
                        legend { "Listen at" }
                        @for link in links.iter().filter(|link| link.is_ethernet) {
                            div class="choice" { label class="check" {
                                input type="checkbox" name="interface" value=(link.name) checked[is_chosen(link)] disabled[listened.contains(&link.name)];
                                " " (link.name) " "
                                span class="hint" { (about(link, listened)) }
                            } }
                        }
                    }
                    div { button { "Listen" } }
                }
            }
        }
    }
}

/// What there is to say of an interface.
fn about(link: &Link, listened: &[String]) -> String {
    let frames = number(link.frames);
    let what = match (link.is_loopback, link.is_up) {
        (true, _) => "this computer to itself; no other is heard here".to_owned(),
        (false, true) => format!("on; {frames} packets came so far"),
        (false, false) => "off, or no cable".to_owned(),
    };
    if listened.contains(&link.name) { format!("{what}; chosen when the site was started") } else { what }
}

async fn choose(State(site): State<Site>, sent: Sent) -> Result<Response, Problem> {
    settings::listen_at(&site, &sent, Condition::default()).await?;
    Ok(Redirect::to("/settings/interfaces").into_response())
}
