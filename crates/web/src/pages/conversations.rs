//! *Conversations*: who talks to whom, as a matrix of the parts of the hospital, down to each conversation.

use axum::extract::{Path, State};
use maud::{Markup, html};
use wardround_model::Protocol;
use wardround_report::page::{count, day_and_time, number};
use wardround_store::StoreError;
use wardround_store::view::{DeviceRow, Flow, FlowEnd, Page as Rows, RoundView, Zone, ZonePair};

use crate::asked::{Asked, Looked};
use crate::deeds::devices;
use crate::layout::{self, Page, plain};
use crate::pages::parts::{self, ROWS};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const PATH: &str = "/conversations";
const SEE: Needs = Needs::May(Permission::See);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(SEE, PATH, matrix).in_menu(Menu::Conversations),
        Route::get(SEE, "/conversations/{from}/{to}", flows),
        Route::get(SEE, "/devices/{device}/conversations", of_device).logged("device.view"),
    ]
}

async fn matrix(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let body = match asked.look(&site, |view| view.zone_pairs()).await? {
        Some(looked) => told(&asked, &looked),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Conversations), "Conversations", &body))
}

fn told(asked: &Asked, looked: &Looked<Vec<ZonePair>>) -> Markup {
    let (round, pairs) = (&looked.round, &looked.found);
    let is_used = |zone: &Zone| pairs.iter().any(|pair| pair.client == *zone || pair.server == *zone);
    let zones: Vec<Zone> = Zone::all().into_iter().filter(is_used).collect();
    html! {
        (parts::of_round(looked))
        p { (count(round.conversations, "conversation was", "conversations were")) " seen. " (number(round.clinical)) " of them carry care itself." }
        @if pairs.is_empty() { p { "No traffic was read: this round rests on lists alone." } }
        @else {
            div class="scroll" { table class="matrix" {
                caption { "Who asks whom. A row asks, a column is asked. Each number opens its conversations." }
                thead { tr {
                    th scope="col" { "Who asks" }
                    @for zone in &zones { th scope="col" class="number" { (capital(zone.label())) } }
                } }
                tbody { @for client in &zones { tr {
                    th scope="row" { (capital(client.label())) }
                    @for server in &zones { (cell(asked, pairs, *client, *server)) }
                } } }
            } }
            ul class="soft apart" {
                li { "Elsewhere: addresses of no known device, inside or outside the hospital." }
                li { "Many at once: announcements to many devices." }
            }
        }
        (limits(looked))
    }
}

fn cell(asked: &Asked, pairs: &[ZonePair], client: Zone, server: Zone) -> Markup {
    let pair = pairs.iter().find(|pair| (pair.client, pair.server) == (client, server));
    html! {
        td class="number" {
            @match pair {
                Some(pair) => {
                    a href=(asked.of_round(&format!("{PATH}/{}/{}", client.code(), server.code()))) {
                        (number(pair.conversations)) span class="aside" { " conversations from " (client.label()) " to " (server.label()) }
                    }
                    @if pair.clinical > 0 { br; span class="soft" { (number(pair.clinical)) " of care" } }
                }
                None => { span class="soft" { "0" } }
            }
        }
    }
}

fn limits(looked: &Looked<Vec<ZonePair>>) -> Markup {
    let round = &looked.round;
    let known = number(round.recognised);
    html! {
        section aria-labelledby="limits" {
            h2 id="limits" { "What this does not show" }
            ul {
                li { "What is spoken was recognised in " (known) " of them." }
                @if round.encrypted > 0 { li { (count(round.encrypted, "conversation is", "conversations are")) " encrypted: who talks is seen, what is said is not." } }
                @if round.one_way > 0 { li { (count(round.one_way, "conversation was", "conversations were")) " mirrored in one direction only: check the mirror ports." } }
                @if round.unanswered > 0 { li { (count(round.unanswered, "conversation", "conversations")) " had no answer: nobody is there, or the answer was not mirrored." } }
            }
        }
    }
}

async fn flows(
    State(site): State<Site>,
    person: Person,
    Path((from, to)): Path<(String, String)>,
    asked: Asked,
) -> Result<Page, Problem> {
    let zones = Zone::from_code(&from).zip(Zone::from_code(&to));
    let (client, server) = zones.ok_or(Problem::NotFound)?;
    let turn = asked.turn();
    let looked = asked.look(&site, move |view| view.flows(client, server, turn, ROWS)).await?;
    let looked = looked.ok_or(Problem::NotFound)?;
    let path = format!("{PATH}/{}/{}", client.code(), server.code());
    let body = html! {
        (parts::of_round(&looked))
        (table(&asked, &looked.found, &path))
        p { a href=(asked.of_round(PATH)) { "All conversations" } }
    };
    let title = format!("Conversations: {} to {}", client.label(), server.label());
    Ok(layout::page(&site, &person, Some(Menu::Conversations), &title, &body))
}

async fn of_device(
    State(site): State<Site>,
    person: Person,
    Path(text): Path<String>,
    asked: Asked,
) -> Result<Page, Problem> {
    let (id, turn) = (devices::id(&text).ok_or(Problem::NotFound)?, asked.turn());
    let look = move |view: &RoundView<'_>| -> Result<Option<(DeviceRow, Rows<Flow>)>, StoreError> {
        let Some(device) = view.device(id)? else { return Ok(None) };
        Ok(Some((device.row, view.flows_of(&device.asset.ips, turn, ROWS)?)))
    };
    let looked = asked.look(&site, look).await?.ok_or(Problem::NotFound)?;
    let (row, page) = looked.found.as_ref().ok_or(Problem::NotFound)?;
    let body = html! {
        (parts::of_round(&looked))
        p { "Of " (parts::device(&asked, row.id, &row.title)) "." }
        (table(&asked, page, &format!("/devices/{id}/conversations")))
    };
    let title = format!("Conversations of {}", plain(&row.title));
    Ok(layout::page(&site, &person, Some(Menu::Devices), &title, &body))
}

fn table(asked: &Asked, page: &Rows<Flow>, path: &str) -> Markup {
    html! {
        @if page.rows.is_empty() { p { "None was seen." } }
        @else {
            div class="scroll" { table class="list" {
                caption class="aside" { "Conversations" }
                thead { tr {
                    th scope="col" { "Who asks" } th scope="col" { "Who is asked" } th scope="col" { "What is spoken" }
                    th scope="col" class="number" { "Bytes there" } th scope="col" class="number" { "Bytes back" } th scope="col" { "Last" } th scope="col" { "Proof" }
                } }
                tbody { @for flow in &page.rows { (line(asked, flow)) } }
            } }
        }
        (parts::turns(asked, path, page))
    }
}

fn line(asked: &Asked, flow: &Flow) -> Markup {
    let talk = &flow.conversation;
    let end = |end: &Option<FlowEnd>| {
        html! { @if let Some(end) = end { (parts::device(asked, end.id, &end.title)) br; } }
    };
    html! {
        tr {
            th scope="row" { (end(&flow.client)) code { (talk.client) } }
            td { (end(&flow.server)) code { (talk.server) } }
            td { (talk.protocol.map_or("not recognised", Protocol::label)) }
            td class="number" { (number(talk.to_server.bytes)) }
            td class="number" { (number(talk.to_client.bytes)) }
            td class="nowrap" { (day_and_time(talk.last)) }
            td { a href=(asked.of_round(&format!("/evidence/{}", talk.id()))) { (talk.id()) } }
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
