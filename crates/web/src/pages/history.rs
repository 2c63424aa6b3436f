//! *Rounds* and *Difference*: what each round found, how the risk went, and what changed between two of them.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use wardround_model::{AssetId, FindingChange, RoundId};
use wardround_report::page::{count, day_and_time, number};
use wardround_store::view::{
    ChangeCounts, ChangeRow, FlowEnd, Page as Rows, RoundDifference, RoundSummary, Turn,
};
use wardround_store::{Store, StoreError};

use crate::asked::Asked;
use crate::layout::{self, Page, plain};
use crate::pages::parts::{self, ROWS};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const SEE: Needs = Needs::May(Permission::See);
/// Rounds that the page names, the latest ones.
const ROUNDS_NAMED: usize = 100;
/// Devices that a difference names.
const DEVICES_NAMED: usize = 50;
/// Rounds that the picture shows.
const ROUNDS_DRAWN: usize = 12;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get(SEE, "/rounds", rounds).in_menu(Menu::Rounds),
        Route::get(SEE, "/rounds/compare", compared),
        Route::get(SEE, "/rounds/{after}/since/{before}", difference),
    ]
}

async fn rounds(State(site): State<Site>, person: Person) -> Result<Page, Problem> {
    let all = site.hospital().read(Store::round_summaries).await?;
    let body = if all.is_empty() { parts::no_round() } else { told(&all) };
    Ok(layout::page(&site, &person, Some(Menu::Rounds), "Rounds", &body))
}

fn told(all: &[RoundSummary]) -> Markup {
    html! {
        p { "A round is kept as it was. Compare two of them to see what became of each finding." }
        @if all.iter().any(|round| round.judged_again_from.is_some()) {
            p class="soft" { "A round that was judged again saw nothing new: other weaknesses were known by then. Of those the newest stay, and those that somebody used." }
        }
        (over_time(all))
        div class="scroll" { table class="list" {
            caption class="aside" { "Rounds, the latest first" }
            thead { tr {
                th scope="col" { "Round" } th scope="col" { "Run (UTC)" } th scope="col" class="number" { "Devices" }
                th scope="col" class="number" { "Act" } th scope="col" class="number" { "Attend" } th scope="col" class="number" { "Track*" } th scope="col" class="number" { "Track" }
                th scope="col" class="number" { "Not judged" } th scope="col" { "Since the round before" }
            } }
            tbody { @for round in all.iter().take(ROUNDS_NAMED) { (line(round)) } }
        } }
        (compare(all))
    }
}

fn line(round: &RoundSummary) -> Markup {
    let changes = |change| number(round.changes.of(change));
    html! {
        tr {
            th scope="row" {
                a href={ "/devices?round=" (round.id) } { (round.id) }
                @if let Some(from) = round.judged_again_from { br; span class="soft" { "judged again from " (from) } }
            }
            td class="nowrap" { (day_and_time(round.run_at)) }
            td class="number" { (number(round.devices)) }
            @for findings in [round.findings.act, round.findings.attend, round.findings.track_star, round.findings.track] { td class="number" { (number(findings)) } }
            td class="number" { (number(round.unjudged)) }
            td {
                @match round.compared_with {
                    Some(before) => { a href={ "/rounds/" (round.id) "/since/" (before) } { (changes(FindingChange::New)) " new, " (changes(FindingChange::Fixed)) " fixed" } }
                    None => { span class="soft" { "the first one" } }
                }
            }
        }
    }
}

/// Findings to act on or see to, round for round, with the numbers in the table below.
fn over_time(all: &[RoundSummary]) -> Markup {
    let mut drawn: Vec<&RoundSummary> = all.iter().take(ROUNDS_DRAWN).collect();
    drawn.reverse();
    let urgent = |round: &RoundSummary| round.findings.act.saturating_add(round.findings.attend);
    let most = drawn.iter().map(|round| urgent(round)).max().unwrap_or(0).max(1);
    let height = |count: u64| count.saturating_mul(120) / most;
    html! {
        @if drawn.len() > 1 {
            figure class="bars" {
                svg viewBox="0 0 700 170" role="img" aria-labelledby="risk-title risk-text" {
                    title id="risk-title" { "Urgent findings over time" }
                    desc id="risk-text" { "One column a round: Act at the foot, Attend above it. The table below has the numbers." }
                    @for (place, round) in drawn.iter().enumerate() {
                        @let (act, attend) = (height(round.findings.act), height(round.findings.attend));
                        @let x = place * 58 + 2;
                        rect class="act" x=(x) y=(145 - act) width="40" height=(act) {}
                        rect class="attend" x=(x) y=(145 - act - attend) width="40" height=(attend) {}
                        text x=(x + 20) y=(140 - act - attend) text-anchor="middle" { (urgent(round)) }
                        text x=(x + 20) y="163" text-anchor="middle" { (round.id) }
                    }
                }
                figcaption { "Findings to act on (full) and to attend to (framed) in the last " (count(u64::try_from(drawn.len()).unwrap_or(0), "round", "rounds")) "." }
            }
        }
    }
}

fn compare(all: &[RoundSummary]) -> Markup {
    let options = |chosen: Option<RoundId>| {
        html! { @for round in all.iter().take(ROUNDS_NAMED) { option value=(round.id) selected[Some(round.id) == chosen] { (round.id) ", " (day_and_time(round.run_at)) } } }
    };
    let (latest, before) = (all.first().map(|round| round.id), all.get(1).map(|round| round.id));
    html! {
        @if all.len() > 1 {
            form method="get" action="/rounds/compare" class="filter" {
                label { "Earlier round" select name="before" { (options(before)) } }
                label { "Later round" select name="after" { (options(latest)) } }
                div class="row" { button { "Compare" } }
            }
        }
    }
}

/// From the form to the page of a difference.
async fn compared(asked: Asked) -> Result<Response, Problem> {
    let id = |name| asked.text(name).parse::<RoundId>().map_err(|_| Problem::NotFound);
    Ok(Redirect::to(&format!("/rounds/{}/since/{}", id("after")?, id("before")?)).into_response())
}

/// What the page of a difference shows.
struct Difference {
    counts: ChangeCounts,
    shown: FindingChange,
    page: Rows<ChangeRow>,
    /// The devices that only one round has: those that are named, and how many there are.
    new: (Vec<FlowEnd>, usize),
    not_seen: (Vec<FlowEnd>, usize),
}

async fn difference(
    State(site): State<Site>,
    person: Person,
    Path((after, before)): Path<(String, String)>,
    asked: Asked,
) -> Result<Page, Problem> {
    let id = |text: &str| text.parse::<RoundId>().map_err(|_| Problem::NotFound);
    let (after, before) = (id(&after)?, id(&before)?);
    let shown = asked.code("change", FindingChange::from_code).unwrap_or(FindingChange::New);
    let turn = asked.turn();
    let read = move |store: &Store| look(store, (before, after), shown, turn);
    let difference = site.hospital().read(read).await?;
    let title = format!("Round {after} since {before}");
    let body = difference_told(&asked, &difference, (before, after));
    Ok(layout::page(&site, &person, Some(Menu::Rounds), &title, &body))
}

fn look(
    store: &Store,
    (before, after): (RoundId, RoundId),
    shown: FindingChange,
    turn: Turn,
) -> Result<Difference, StoreError> {
    let (before, after) = (store.round_kept_for(before)?, store.round_kept_for(after)?);
    let (earlier, view) = (store.round_view(before)?, store.round_view(after)?);
    let RoundDifference { counts, page, assets } = view.difference(before, shown, turn, ROWS)?;
    let named = |all: &[AssetId]| all.iter().take(DEVICES_NAMED).copied().collect::<Vec<_>>();
    Ok(Difference {
        counts,
        page,
        new: (view.device_names(&named(&assets.new))?, assets.new.len()),
        not_seen: (earlier.device_names(&named(&assets.not_seen))?, assets.not_seen.len()),
        shown,
    })
}

fn difference_told(asked: &Asked, difference: &Difference, (before, after): (RoundId, RoundId)) -> Markup {
    let path = format!("/rounds/{after}/since/{before}");
    let of = |change: FindingChange| if change == FindingChange::New { after } else { before };
    html! {
        p { "Only what a later look saw mended is called fixed. What was not seen again proves nothing." }
        nav aria-label="What became of findings" { ul class="numbers" {
            @for change in FindingChange::ALL {
                li { a href=(asked.link(&path, &[("change", change.code())])) aria-current=[(difference.shown == *change).then_some("true")] {
                    b { (number(difference.counts.of(*change))) } (change.label())
                } }
            }
        } }
        h2 { "Findings: " (difference.shown.label()) }
        @if difference.shown == FindingChange::Still { p { "These are in both rounds. " a href={ "/findings?round=" (after) } { "Findings of the later round" } } }
        @else if difference.page.rows.is_empty() { p { "None." } }
        @else {
            div class="scroll" { table class="list" {
                caption class="aside" { "Findings: " (difference.shown.label()) }
                thead { tr { th scope="col" { "Decision" } th scope="col" { "What is weak" } th scope="col" { "Device" } } }
                tbody { @for row in &difference.page.rows { tr {
                    td { (parts::decision(row.decision)) }
                    th scope="row" { a href={ "/findings/" (row.id) "?round=" (of(difference.shown)) } { (plain(&row.title)) } }
                    td { (device(row.asset, of(difference.shown))) }
                } } }
            } }
        }
        (parts::turns(asked, &path, &difference.page))
        div class="columns" {
            (devices("devices-new", "New devices", &difference.new, after))
            (devices("devices-gone", "Devices that were not seen", &difference.not_seen, before))
        }
    }
}

fn device(id: AssetId, round: RoundId) -> Markup {
    html! { a href={ "/devices/" (id) "?round=" (round) } { (id) } }
}

fn devices(id: &str, heading: &str, (named, all): &(Vec<FlowEnd>, usize), round: RoundId) -> Markup {
    let total = u64::try_from(*all).unwrap_or(u64::MAX);
    html! {
        section aria-labelledby=(id) {
            h2 id=(id) { (heading) " (" (number(total)) ")" }
            @if named.is_empty() { p { "None." } }
            ul { @for end in named { li { a href={ "/devices/" (end.id) "?round=" (round) } { (plain(&end.title)) } } } }
            @if *all > DEVICES_NAMED { p class="soft" { "These are the first " (DEVICES_NAMED) "." } }
        }
    }
}
