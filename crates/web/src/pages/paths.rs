//! *Ways in*: how an attacker could come from one part of the hospital, or from outside, to another part or to what patients
//! depend on; each step with its weak place and its proof, as a picture and as a table.

use axum::extract::State;
use maud::{Markup, PreEscaped, html};
use wardround_model::Area;
use wardround_report::page::{count, day, number};
use wardround_store::view::WayGround;
use wardround_triage::{Cut, Cuts, LetThrough, Reached, Step, Way};

use crate::asked::{Asked, Looked};
use crate::ground::{Door, Question};
use crate::layout::{self, Page, plain};
use crate::pages::parts::{self, Choice, choose};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;
use crate::ways::{End, MOST_WAYS, Told, answer, file, title};

const PATH: &str = "/paths";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), PATH, show).in_menu(Menu::Paths).logged("paths.view")]
}

async fn show(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let body = match asked.look(&site, |_| Ok(())).await? {
        None => parts::no_round(),
        Some(looked) => {
            let question =
                Question { round: looked.round.id, door: Door::Page { is_latest: looked.is_latest }, asked };
            let tell = move |asked: &Asked, ground: &WayGround, told: &Told| {
                body(asked, &looked, ground, told).into_string()
            };
            PreEscaped(answer(&site, question, tell).await?)
        }
    };
    Ok(layout::page(&site, &person, Some(Menu::Paths), "Ways in", &body))
}

fn body(asked: &Asked, looked: &Looked<()>, ground: &WayGround, told: &Told) -> Markup {
    html! {
        (parts::of_round(looked))
        p { "A way is a chain of weak places that fit together. It does not say that anybody has gone it. Name a device by its name, address or id, or choose a part of the hospital." }
        (form(asked))
        (unclear(asked, "from", &told.from))
        (unclear(asked, "to", &told.to))
        @if !matches!(told.from, End::Unclear(..)) && !matches!(told.to, End::Unclear(..)) {
            h2 { (heading(ground, told)) }
            @if told.ways.is_empty() {
                p role="status" { "No way was found. Each one has a place that is not known to be weak, or that nobody was seen to reach. That is no proof that there is none." }
            } @else {
                p role="status" { (count(u64::try_from(told.ways.len()).unwrap_or(u64::MAX), "way", "ways")) ", the likeliest first." @if told.ways.len() == MOST_WAYS { " There may be more." } }
            }
            @if let Some(cuts) = &told.cuts { (mend(asked, ground, cuts)) }
            @for (place, way) in told.ways.iter().enumerate() { (one(asked, ground, way, place + 1)) }
        }
        (limits(asked, ground, told))
    }
}

fn form(asked: &Asked) -> Markup {
    let areas: Vec<Choice> =
        Area::ALL.iter().map(|area| Choice::new(area.code(), area.label(), None)).collect();
    let device = |name: &str, label: &str| {
        html! {
            label { (label) input type="search" name=(name) value=(plain(asked.text(name))) maxlength="100"; }
        }
    };
    html! {
        search { form method="get" action=(PATH) class="filter" {
            @if asked.has("round") { input type="hidden" name="round" value=(plain(asked.text("round"))); }
            (device("from", "From this device"))
            (choose(asked, "from-area", "or from this part", "From outside", &areas))
            (device("to", "To this device"))
            (choose(asked, "to-area", "or to this part", "What patients depend on", &areas))
            (choose(asked, "seen", "Count", "What was seen, and rules of firewalls", &[Choice::new("only", "What was seen alone", None)]))
            div class="row" { button { "Show" } a href=(asked.of_round(PATH)) { "Clear" } }
        } }
    }
}

/// Which devices a text may mean.
fn unclear(asked: &Asked, field: &str, end: &End) -> Markup {
    let End::Unclear(text, named) = end else { return html! {} };
    html! {
        div class="notice" role="status" {
            @if named.is_empty() { p { "No device is called \u{201c}" (text) "\u{201d}." } }
            @else {
                p { "More than one device may be meant by \u{201c}" (text) "\u{201d}. Choose one:" }
                ul { @for (id, title) in named { li { a href=(asked.link(PATH, &[(field, &id.to_string())])) { (plain(title)) " (" (id) ")" } } } }
            }
        }
    }
}

fn heading(ground: &WayGround, told: &Told) -> String {
    let side = |end: &End, any: &str| match end {
        End::Devices(ids) => match ids.as_slice() {
            [only] => format!("the {}", title(ground, *only)),
            several => count(u64::try_from(several.len()).unwrap_or(u64::MAX), "device", "devices"),
        },
        End::Any | End::Unclear(..) => any.to_owned(),
    };
    format!("From {} to {}", side(&told.from, "outside"), side(&told.to, "what patients depend on"))
}

/// Devices that are named where all of them cut every way; the API has all.
const NAMED: usize = 8;

/// What to mend to cut the most ways, in order.
fn mend(asked: &Asked, ground: &WayGround, cuts: &Cuts) -> Markup {
    html! {
        @if cuts.ways > 0 && !cuts.cuts.is_empty() {
            section aria-labelledby="mend" {
                h2 id="mend" { "What to mend to cut the most ways" }
                p { (count(cuts.ways, "way leads", "ways lead")) " from outside to what patients depend on. All weak places of a device must be mended, or it must be kept apart." }
                div class="scroll" { table class="list" {
                    caption class="aside" { "Devices to mend, in this order" }
                    thead { tr { th scope="col" class="number" { "Order" } th scope="col" { "Device" } th scope="col" class="number" { "Ways left" } } }
                    tbody { @for (place, cut) in cuts.cuts.iter().enumerate() { (cut_row(asked, ground, cut, place + 1)) } }
                } }
                @match (&cuts.all, cuts.at_least) {
                    (Some(all), _) if !all.is_empty() => {
                        p {
                            (count(u64::try_from(all.len()).unwrap_or(u64::MAX), "device is", "devices are")) " the fewest that cut every way when mended: "
                            @for (place, id) in all.iter().take(NAMED).enumerate() { @if place > 0 { ", " } (parts::device(asked, *id, &title(ground, *id))) }
                            @if all.len() > NAMED { " and more" } "."
                        }
                    }
                    (None, at_least) if at_least > 0 => { p { "To cut every way, at least " (number(at_least)) " devices must be mended." } }
                    _ => {}
                }
            }
        }
    }
}

fn cut_row(asked: &Asked, ground: &WayGround, cut: &Cut, place: usize) -> Markup {
    html! {
        tr {
            td class="number" { (place) }
            th scope="row" { (parts::device(asked, cut.asset, &title(ground, cut.asset))) }
            td class="number" { (number(cut.ways_left)) }
        }
    }
}

fn one(asked: &Asked, ground: &WayGround, way: &Way, number: usize) -> Markup {
    let goal = way.steps.last().map(|step| title(ground, step.asset)).unwrap_or_default();
    let heading = format!("way-{number}");
    html! {
        section class="panel" aria-labelledby=(heading) {
            h3 id=(heading) { (number) ". To the " (goal) " (" (way.word()) ")" }
            @if let Some(entry) = way.entry { p { "It begins with " (entry.label()) "." } }
            (picture(ground, way, number))
            div class="scroll" { table class="list" {
                caption class="aside" { "The steps of way " (number) }
                thead { tr { th scope="col" class="number" { "Step" } th scope="col" { "Device" } th scope="col" { "How it is reached" } th scope="col" { "Its weak place" } } }
                tbody { @for (place, step) in way.steps.iter().enumerate() { tr {
                    td class="number" { (place + 1) }
                    th scope="row" { (parts::device(asked, step.asset, &title(ground, step.asset))) }
                    td { (reached(asked, ground, step)) }
                    td { (weak(asked, ground, step)) }
                } } }
            } }
        }
    }
}

fn reached(asked: &Asked, ground: &WayGround, step: &Step) -> Markup {
    let proof =
        |id: String| html! { " " a class="proof" href=(asked.of_round(&format!("/evidence/{id}"))) { (id) } };
    match &step.reached {
        Reached::Start(None) => html! { "The way begins here." },
        Reached::Start(Some(seen)) => {
            html! { "The way begins here: it was seen to talk with the Internet." (proof(seen.to_string())) }
        }
        Reached::Seen(seen) => {
            html! { "The step before was seen to talk with it." (proof(seen.to_string())) }
        }
        Reached::SameNetwork => {
            html! { "It is in the network of the step before. Nobody was seen to go there." }
        }
        Reached::Allowed(allowed) => html! { (let_through(ground, *allowed)) },
    }
}

fn let_through(ground: &WayGround, allowed: LetThrough) -> String {
    let evidence = allowed.rule.evidence;
    let (file, day) = (plain(file(ground, usize::from(evidence.source.0))), day(allowed.rule.at));
    let does = if allowed.is_sure { "lets" } else { "may let" };
    let unread = if allowed.is_sure { "" } else { " Part of the rule could not be read." };
    format!(
        "Only a rule opens it: line {} of {file} ({day}) {does} the step before reach it. Nobody was seen to go there.{unread}",
        evidence.record
    )
}

fn weak(asked: &Asked, ground: &WayGround, step: &Step) -> Markup {
    match step.by.and_then(|by| ground.findings.iter().find(|finding| finding.id == by)) {
        Some(finding) => {
            html! { a href=(asked.of_round(&format!("/findings/{}", finding.id))) { (plain(&parts::without_codes(&finding.title, 1))) } }
        }
        None => html! { span class="soft" { "none is needed" } },
    }
}

/// The width of a picture, and the height of one step, in its own units.
const WIDTH: usize = 380;
const STEP: usize = 74;
/// Characters of a name that have room.
const LONGEST: usize = 42;

/// The way from top to bottom: a full arrow where somebody was seen to go, a dashed one where nobody was.
fn picture(ground: &WayGround, way: &Way, number: usize) -> Markup {
    let steps = way.steps.len();
    html! {
        figure class="map way" tabindex="0" {
            svg viewBox=(format!("0 0 {WIDTH} {}", (steps * STEP).saturating_sub(STEP - 44).max(STEP))) role="img" aria-labelledby={ "way-title-" (number) " way-text-" (number) } {
                title id={ "way-title-" (number) } { "Way " (number) ", step by step" }
                desc id={ "way-text-" (number) } { "From top to bottom. The table below says the same." }
                @for (place, step) in way.steps.iter().enumerate() {
                    @let y = place * STEP + 4;
                    @if place > 0 { (arrow(step, y)) }
                    rect class="self" x="2" y=(y) width=(WIDTH - 4) height="34" rx="6" {}
                    text x=(WIDTH / 2) y=(y + 22) text-anchor="middle" { (place + 1) ". " (short(&plain(&title(ground, step.asset)))) }
                }
            }
            figcaption { "A full arrow: somebody was seen to go there. A dashed one: nobody was." }
        }
    }
}

/// The arrow into a step that stands at this height.
fn arrow(step: &Step, y: usize) -> Markup {
    let (class, label) = match step.reached {
        Reached::Start(_) | Reached::Seen(_) => ("talk", "seen"),
        Reached::SameNetwork => ("talk far", "same network"),
        Reached::Allowed(_) => ("talk far", "by a rule alone"),
    };
    let (middle, from, to) = (WIDTH / 2, y.saturating_sub(STEP - 34), y.saturating_sub(2));
    html! {
        line class=(class) x1=(middle) y1=(from) x2=(middle) y2=(to) {}
        path class="tip" d=(format!("M{middle} {to} l-4 -9 h8 z")) {}
        text x=(middle + 10) y=(y.saturating_sub(STEP - 58)) { (label) }
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}\u{2026}", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn limits(asked: &Asked, ground: &WayGround, told: &Told) -> Markup {
    let rules = ground.rules.len();
    html! {
        section aria-labelledby="limits" {
            h2 id="limits" { "What is not in it" }
            ul {
                @for file in &told.left_out { li { (plain(file)) " has more rules than could be held against so many devices. What it lets through is left out." } }
                @if asked.text("seen") == "only" { li { "Rules of firewalls are left out, as you chose." } }
                @else if rules == 0 { li { "No list of rules was imported, so ways that only a firewall opens are not known." } }
                @else { li { "Of firewalls, only the " (number(u64::try_from(rules).unwrap_or(u64::MAX))) " rules count that were imported." } }
                li { "What was not seen may still be a way. A phone line is never seen." }
            }
        }
    }
}
