//! Forms of *Ask*: what may be asked, what is asked by itself, and going on after a stop.

use maud::{Markup, html};
use wardround_ask::Hours;
use wardround_ask::hours::DAYS;
use wardround_report::page::count;

use super::Around;
use crate::asking::AskStanding;
use crate::layout::{form_token, plain};
use crate::roles::Permission;
use crate::session::Person;

/// What may be asked: networks, who answers for them, and when.
pub(super) fn scope(person: &Person, stands: &AskStanding, around: &Around) -> Markup {
    let scope = stands.scope.as_ref();
    let chosen: Vec<String> =
        scope.map(|scope| scope.networks.iter().map(ToString::to_string).collect()).unwrap_or_default();
    let is_listed = |network: &String| around.networks.iter().any(|(known, _)| known == network);
    let others: Vec<&str> = chosen.iter().filter(|one| !is_listed(one)).map(String::as_str).collect();
    html! {
        form class="fields panel" method="post" action="/ask/scope" {
            (form_token(person))
            @if !around.networks.is_empty() {
                fieldset {
                    legend { "Networks" }
                    @for (network, devices) in &around.networks {
                        div class="choice" { label class="check" {
                            input type="checkbox" name="network" value=(network) checked[chosen.contains(network)]; " " (network) " "
                            span class="hint" { (count(*devices, "device", "devices")) }
                        } }
                    }
                }
            }
            label { "Other networks" span class="hint" { "Private ones, as 10.20.1.0/24, with spaces between them." } input name="networks" value=(others.join(" ")) autocomplete="off" spellcheck="false"; }
            label { "Who answers for them" input name="owner" value=[scope.map(|scope| plain(&scope.owner))] required maxlength="100"; }
            label { "Their telephone while asking goes on" input name="phone" value=[scope.map(|scope| plain(&scope.phone))] required maxlength="40"; }
            (when(scope.and_then(|scope| scope.hours.as_ref()), &around.zone))
            div { button { "Save" } " " span class="soft" { "Nothing is sent by this." } }
        }
    }
}

fn when(hours: Option<&Hours>, zone: &str) -> Markup {
    let days = hours.map(Hours::days).unwrap_or_default();
    let zone = hours.map_or(zone, Hours::zone);
    html! {
        fieldset {
            legend { "When" }
            div class="choice" { label class="check" { input type="radio" name="when" value="now" checked[hours.is_none()]; " From now on, for 2 hours" } }
            div class="choice" { label class="check" { input type="radio" name="when" value="once"; " Once" } }
            div class="row inset" {
                label { "From" input type="datetime-local" name="once-from"; }
                label { "Until" input type="datetime-local" name="once-until"; }
            }
            div class="choice" { label class="check" { input type="radio" name="when" value="weekly" checked[hours.is_some()]; " Each week" } }
            div class="inset" {
                div class="row days" {
                    @for (code, label) in DAYS { label class="check" { input type="checkbox" name="day" value=(code) checked[days.contains(&code)]; " " (label) } }
                }
                div class="row" {
                    label { "From" input type="time" name="from" value=(hours.map_or_else(|| "12:00".to_owned(), Hours::from)); }
                    label { "Until" input type="time" name="until" value=(hours.map_or_else(|| "13:30".to_owned(), Hours::until)); }
                }
            }
        }
        label { "Time zone" span class="hint" { "As in Europe/Berlin or America/Chicago. Changes of clocks are followed. A window has at most 12 hours." } input name="zone" value=(zone) required autocomplete="off" spellcheck="false"; }
    }
}

/// What is asked by itself in each opening of the hours.
pub(super) fn regular(person: &Person, stands: &AskStanding) -> Markup {
    html! {
        section aria-labelledby="regular" {
            h2 id="regular" { "Each week by itself" }
            @match &stands.regular {
                None => {
                    p { "Off. When it is on, a plan is made and asked in each opening of the hours. One that was missed is not made up for. After a stop, nothing is asked until somebody allows it." }
                    @if person.may(Permission::Ask) && person.may(Permission::ApproveAsking) {
                        form class="fields panel" method="post" action="/ask/regular" {
                            (form_token(person))
                            label { "What is asked" select name="what" { option value="all" { "All that may be asked" } option value="verify" { "Only what shows whether work is done" } } }
                            label { "Further ports" span class="hint" { "At most ten, as 22, 443." } input name="ports" autocomplete="off"; }
                            label { "Linux servers to read" span class="hint" { "By address, as 10.20.1.9, with spaces between them." } input name="read" autocomplete="off" spellcheck="false"; }
                            div { button name="do" value="on" { "Approve and switch on" } }
                        }
                    }
                }
                Some(regular) => {
                    p { "On since the last time somebody chose it. In each opening of the hours " @if regular.verify { "only what shows whether work is done is asked." } @else { "all is asked that may be." } @if regular.reads > 0 { " " (count(regular.reads as u64, "server is read", "servers are read")) " with it." } }
                    p { "Approved by " (plain(&regular.approved.join(", "))) ". Where it reaches a clinical area, two different people must approve it, or it waits for them." }
                    div class="row" {
                        @if person.may(Permission::ApproveAsking) && !regular.approved.contains(&person.name) {
                            form method="post" action="/ask/regular/approve" { (form_token(person)) button { "Approve it too" } }
                        }
                        @if person.may(Permission::Ask) {
                            form method="post" action="/ask/regular" { (form_token(person)) button class="quiet" name="do" value="off" { "Switch off" } }
                        }
                    }
                }
            }
        }
    }
}

/// Going on after a stop.
pub(super) fn resume(person: &Person) -> Markup {
    html! {
        form class="fields panel" method="post" action="/ask/resume" {
            (form_token(person))
            label { "What you looked at, and why it may go on" input name="because" required maxlength="300" autocomplete="off"; }
            div { button { "Allow asking again" } " " span class="soft" { "Nothing is sent by this. The old plan is gone." } }
        }
    }
}
