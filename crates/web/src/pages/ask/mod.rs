//! *Ask*: what may be asked, the plan before anything is sent, its check and approvals, the run with its stop, and what came of it.
//! Nothing here is on by itself.

mod forms;
mod naming;
mod outcome;
mod plan;
mod reading;
mod steps;

use std::collections::BTreeMap;

use axum::extract::State;
use maud::{Markup, html};
use wardround_ask::envelope::LISTENED_BEFORE;
use wardround_ask::{Saying, Scope};
use wardround_model::{AssetId, RoundId, Timestamp};
use wardround_report::page::count;
use wardround_store::view::{FlowEnd, PlaceKind, RoundSummary, Turn};
use wardround_store::{Store, StoreError};

use crate::asking::{AskStanding, UnderWay};
use crate::layout::{self, Page, form_token, plain};
use crate::pages::parts;
use crate::problem::Problem;
use crate::reading::KeptKey;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::schedule::{self, Schedule};
use crate::session::Person;
use crate::site::{Site, now};

const SEE: Needs = Needs::May(Permission::See);
const ASK: Needs = Needs::May(Permission::Ask);
/// Networks that are offered as boxes to tick.
const MOST_NETWORKS: usize = 24;
/// Seconds until a page with a run under way is loaded again.
const AGAIN: u8 = 2;

pub(crate) fn routes() -> Vec<Route> {
    let approve = Needs::May(Permission::ApproveAsking);
    let stop = Needs::May(Permission::StopAsking);
    vec![
        Route::get(SEE, "/ask", show).in_menu(Menu::Ask),
        Route::post(ASK, "/ask/scope", "ask.scope", steps::scope),
        Route::post(ASK, "/ask/plan", "ask.plan", steps::plan),
        Route::post(approve, "/ask/approve", "ask.approve", steps::approve),
        Route::post(ASK, "/ask/key", "ask.key", reading::key),
        Route::post(ASK, "/ask/name", "ask.name", naming::name),
        Route::post(ASK, "/ask/run", "ask.run", steps::run),
        Route::post(stop, "/ask/stop", "ask.stop", steps::stop).stops(),
        Route::post(ASK, "/ask/resume", "ask.resume", steps::resume),
        Route::post(ASK, "/ask/after", "ask.after", steps::after),
        Route::post(ASK, "/ask/regular", "ask.regular", steps::regular),
        Route::post(approve, "/ask/regular/approve", "ask.regular.approve", steps::agree),
        Route::get(SEE, "/ask/log/{form}", steps::log).logged("ask.log"),
    ]
}

/// What a page of asking shows beside how it stands.
struct Around {
    /// The newest round.
    round: Option<RoundId>,
    /// Networks with how many devices, where one may be asked.
    networks: Vec<(String, u64)>,
    /// The time zone of forms and moments.
    zone: String,
    /// What hosts are called.
    titles: BTreeMap<AssetId, String>,
    /// What the first round after the last run settled on hosts that were asked.
    settled: Option<Settled>,
}

/// What a round after a run settled.
struct Settled {
    round: RoundId,
    /// Titles of findings with their devices; nothing where that round was not compared with the one before the run.
    findings: Option<Vec<(AssetId, String)>>,
}

async fn show(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    if site.is_demo() {
        let body = html! { p class="lead" { "The demo hospital is made up, so nobody is asked while it is shown." } };
        return Ok(layout::page(&site, &person, Some(Menu::Ask), "Ask", &body));
    }
    let stands = site.asking.step(|asker| asker.standing()).await?;
    let asked = stands.asked.clone();
    let ended = outcome::ended(&stands);
    let around = site.home.read(move |store| look(store, asked.as_ref(), ended)).await?;
    let kept = site.asking.step(|asker| asker.read_key()).await?;
    let named = site.asking.step(|asker| asker.named()).await?;
    let body = told(&person, &stands, &around, &Lists { kept: kept.as_ref(), named: &named });
    let page = layout::page(&site, &person, Some(Menu::Ask), "Ask", &body);
    Ok(if stands.under_way == UnderWay::Yes { page.again_in(AGAIN) } else { page })
}

fn look(
    store: &Store,
    asked: Option<&wardround_ask::Plan>,
    ended: Option<Timestamp>,
) -> Result<Around, StoreError> {
    let zone = schedule::chosen(store)?.unwrap_or_else(Schedule::usual).zone;
    let mut around = Around {
        round: store.round_latest()?,
        networks: Vec::new(),
        zone,
        titles: BTreeMap::new(),
        settled: None,
    };
    let Some(id) = around.round else { return Ok(around) };
    let view = store.round_view(id)?;
    let may = |place: &str| place.parse::<wardround_ask::Net>().is_ok();
    around.networks = view
        .places(PlaceKind::Network)?
        .into_iter()
        .filter(|one| may(&one.place))
        .map(|one| (one.place, one.devices))
        .take(MOST_NETWORKS)
        .collect();
    let Some(asked) = asked else { return Ok(around) };
    let assets = assets(asked);
    around.titles = names(view.device_names(&assets)?);
    let planned = RoundId(asked.round);
    let after = ended.map(|ended| first_after(store, planned, ended)).transpose()?.flatten();
    if let Some(summary) = after {
        around.settled = Some(settled(store, &summary, planned, &assets)?);
    }
    Ok(around)
}

fn names(ends: Vec<FlowEnd>) -> BTreeMap<AssetId, String> {
    ends.into_iter().map(|end| (end.id, end.title)).collect()
}

/// The devices of a plan, each once.
fn assets(plan: &wardround_ask::Plan) -> Vec<AssetId> {
    let mut assets: Vec<AssetId> = plan.exchanges.iter().filter_map(|one| asset(&one.asset)).collect();
    assets.sort_unstable();
    assets.dedup();
    assets
}

fn asset(text: &str) -> Option<AssetId> {
    text.strip_prefix("A-")?.parse().ok().map(AssetId)
}

/// The first round that read what was answered: later than the one that was planned by, which may be of the same second.
fn first_after(
    store: &Store,
    planned: RoundId,
    ended: Timestamp,
) -> Result<Option<RoundSummary>, StoreError> {
    let rounds = store.round_summaries()?.into_iter();
    // Rounds are kept by whole seconds.
    let after = rounds.filter(|round| {
        round.id > planned && round.run_at.seconds() >= ended.seconds() && round.judged_again_from.is_none()
    });
    Ok(after.min_by_key(|round| round.id))
}

fn settled(
    store: &Store,
    after: &RoundSummary,
    before: RoundId,
    assets: &[AssetId],
) -> Result<Settled, StoreError> {
    const MOST: usize = 200;
    let mut settled = Settled { round: after.id, findings: None };
    if after.compared_with == Some(before) {
        let view = store.round_view(after.id)?;
        let found = view.difference(before, wardround_model::FindingChange::Fixed, Turn::First, MOST)?;
        let here = found.page.rows.into_iter().filter(|row| assets.contains(&row.asset));
        settled.findings = Some(here.map(|row| (row.asset, row.title)).collect());
    }
    Ok(settled)
}

/// What is kept for plans to come.
struct Lists<'a> {
    /// The key that reads servers.
    kept: Option<&'a KeptKey>,
    /// Models that people named.
    named: &'a [Saying],
}

fn told(person: &Person, stands: &AskStanding, around: &Around, lists: &Lists<'_>) -> Markup {
    let is_busy = stands.under_way == UnderWay::Yes;
    html! {
        p class="lead" { "A few gentle questions to computers that may be asked show what traffic alone does not: versions, and services that are silent." }
        p class="soft" { "Nothing is sent until you start it. Devices that nobody knows are never asked. Nor are those that take part in care, unless their model was named below and two people approve. The limits are our own judgement. No live medical device was tested." }
        (state(person, stands))
        @if is_busy {
            (outcome::section(person, stands, around))
        } @else if around.round.is_none() {
            (parts::no_round())
        } @else {
            (scope(person, stands, around))
            @if stands.scope.is_some() { (plan::section(person, stands, around)) }
            @if stands.asked.is_some() { (outcome::section(person, stands, around)) }
            @if stands.scope.as_ref().is_some_and(|scope| scope.hours.is_some()) { (forms::regular(person, stands)) }
            @if stands.scope.is_some() { (reading::section(person, lists.kept)) }
            @if stands.scope.is_some() { (naming::section(person, lists.named)) }
            @if !stands.lines.is_empty() { (log()) }
            // Where nothing goes on by itself, it stands last.
            @if may_stop(person, stands) && stands.scope.is_some() && stands.regular.is_none() { (stop(person, stands)) }
        }
    }
}

/// Why asking is stopped, for whoever sees more than numbers: somebody has to look, also where it stopped when nobody was there.
pub(crate) async fn stopped(site: &Site, person: &Person) -> Result<Option<String>, Problem> {
    if site.is_demo() || !person.may(Permission::See) {
        return Ok(None);
    }
    site.asking.step(|asker| Ok(asker.stopped())).await
}

/// The same for *Today*.
pub(crate) fn notice(stopped: Option<&str>) -> Markup {
    html! {
        @if let Some(why) = stopped {
            div class="notice bad" { p { "Asking hosts is stopped" @if !why.is_empty() { ": " (plain(why)) } ". " a href="/ask" { "Somebody has to look" } "." } }
        }
    }
}

/// Whether a run is under way, and the stop; or why nothing is asked.
fn state(person: &Person, stands: &AskStanding) -> Markup {
    let (asked, all) = outcome::progress(stands);
    html! {
        @if stands.under_way == UnderWay::Yes {
            div class="notice" data-again=(AGAIN) {
                @match outcome::listening(stands) {
                    Some("listening") if asked == 0 => { p { strong { "Listening for " (LISTENED_BEFORE.as_secs()) " seconds, to know how the hosts do before they are asked." } } }
                    Some("listening-after") => { p { strong { "All is asked. For ten minutes it is heard whether the hosts do as before." } } }
                    _ => { p { strong { "Asking now: " (asked) " of " (count(all, "question", "questions")) "." } @if stands.stopped.is_some() { " It is being stopped." } } }
                }
                progress max=(all.max(1)) value=(asked) aria-label="Asked" { (asked) " of " (all) }
            }
        } @else if stands.under_way == UnderWay::Killed {
            div class="notice bad" { p { "A run was broken off in the middle. It is not taken up again. Look at the log and at the last hosts that were asked." } }
        } @else if let Some(why) = &stands.stopped {
            div class="notice bad" { p { "Asking is stopped" @if !why.is_empty() { ": " (plain(why)) } ". Nothing more is asked until somebody has looked." } }
        }
        @if may_stop(person, stands) && (stands.under_way == UnderWay::Yes || stands.regular.is_some()) { (stop(person, stands)) }
        @let is_over = stands.stopped.is_some() || stands.under_way == UnderWay::Killed;
        @if is_over && stands.under_way != UnderWay::Yes && person.may(Permission::Ask) { (forms::resume(person)) }
    }
}

fn may_stop(person: &Person, stands: &AskStanding) -> bool {
    person.may(Permission::StopAsking) && stands.stopped.is_none()
}

fn stop(person: &Person, stands: &AskStanding) -> Markup {
    let is_busy = stands.under_way == UnderWay::Yes;
    html! {
        form method="post" action="/ask/stop" class="step" {
            (form_token(person))
            @if is_busy { button { "Stop now" } } @else { button class="quiet" { "Stop all asking" } }
            " " span class="soft" { @if is_busy { "It stops within a second." } @else { "Nothing is asked then until somebody allows it again." } }
        }
    }
}

fn scope(person: &Person, stands: &AskStanding, around: &Around) -> Markup {
    html! {
        section aria-labelledby="scope" {
            h2 id="scope" { "1. What may be asked" }
            @match &stands.scope {
                Some(scope) => {
                    (scope_told(scope, &around.zone))
                    @if person.may(Permission::Ask) {
                        details { summary { "Change it" } (forms::scope(person, stands, around)) }
                    }
                }
                None if person.may(Permission::Ask) => { (forms::scope(person, stands, around)) }
                None => { p { "Nothing. Somebody who runs the network or looks after security sets it." } }
            }
        }
    }
}

fn scope_told(scope: &Scope, zone: &str) -> Markup {
    let networks: Vec<String> = scope.networks.iter().map(ToString::to_string).collect();
    html! {
        div class="panel" { dl {
            dt { "Networks" } dd { (networks.join(", ")) }
            dt { "Owner" } dd { (plain(&scope.owner)) ", " (plain(&scope.phone)) }
            @if let Some(hours) = &scope.hours { dt { "Hours" } dd { (hours.to_string()) } }
            dt { "Window" } dd { (window(scope, zone)) }
        } }
    }
}

/// When it may be asked, as the clocks of the place show it.
fn window(scope: &Scope, zone: &str) -> String {
    let zone = scope.hours.as_ref().map_or(zone, |hours| hours.zone());
    let local = |second| wardround_ask::hours::local(zone, Timestamp::from_seconds(second));
    let (from, until) = (local(scope.window.from), local(scope.window.until));
    let at = now().seconds();
    if scope.window.is_open(now()) {
        format!("Open now, until {until} ({zone}).")
    } else if at < scope.window.from {
        format!("Opens on {from}, until {until} ({zone}).")
    } else {
        format!("Closed since {until} ({zone}). Set a new one.")
    }
}

fn log() -> Markup {
    html! {
        section aria-labelledby="log" {
            h2 id="log" { "Log" }
            p { "All that was sent, and what people did: " a href="/ask/log/text" { "as text" } ", " a href="/ask/log/json" { "as JSON" } ", or what was sent " a href="/ask/log/pcapng" { "as a capture" } ", which is rebuilt from the log. Answers are not in it." }
        }
    }
}
