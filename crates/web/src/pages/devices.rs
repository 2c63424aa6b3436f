//! *Devices*: everything that was seen or listed, filtered, sorted, searched; without script.

use axum::extract::State;
use maud::{Markup, html};
use wardround_model::{Area, DeviceClass};
use wardround_report::page::{count, day_and_time, number};
use wardround_store::view::{
    DeviceCounts, DeviceFilter, DeviceRow, DeviceSort, Page as Rows, PlaceCount, PlaceKind, RoundView, Worst,
};
use wardround_store::{SavedView, StoreError};

use crate::asked::{Asked, Looked};
use crate::deeds::views::List;
use crate::layout::{self, Page, plain};
use crate::pages::parts::{self, Choice, ROWS, choose};
use crate::pages::saved;
use crate::pages::say_many;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::{Menu, Needs, Route};
use crate::session::Person;
use crate::site::Site;

const PATH: &str = "/devices";
/// Networks and care areas that a list offers: all of a large hospital, and a bound for a hostile one.
const MOST_PLACES: usize = 600;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(Needs::May(Permission::See), PATH, show).in_menu(Menu::Devices)]
}

/// What the page shows.
struct Devices {
    counts: DeviceCounts,
    page: Rows<DeviceRow>,
    networks: Vec<PlaceCount>,
    care_areas: Vec<PlaceCount>,
}

async fn show(State(site): State<Site>, person: Person, asked: Asked) -> Result<Page, Problem> {
    let (filter, turn) = (filter(&asked), asked.turn());
    let sort = asked.code("sort", DeviceSort::from_code).unwrap_or_default();
    let look = move |view: &RoundView<'_>| -> Result<Devices, StoreError> {
        let (counts, page) = view.devices_counted(&filter, sort, turn, ROWS)?;
        Ok(Devices {
            counts,
            page,
            networks: view.places(PlaceKind::Network)?,
            care_areas: view.places(PlaceKind::CareArea)?,
        })
    };
    let saved = saved::of_list(&site, &person, List::Devices).await?;
    let body = match asked.look(&site, look).await? {
        Some(looked) => told(&asked, &person, &looked, &saved),
        None => parts::no_round(),
    };
    Ok(layout::page(&site, &person, Some(Menu::Devices), "Devices", &body))
}

fn filter(asked: &Asked) -> DeviceFilter {
    let given = |name: &str| Some(asked.text(name).to_owned()).filter(|text| !text.is_empty());
    let medical = (asked.text("medical") == "yes").then_some(Area::Medical);
    DeviceFilter {
        class: asked.code("class", DeviceClass::from_code),
        area: asked.code("area", Area::from_code).or(medical),
        worst: asked.code("decision", Worst::from_code),
        network: given("network"),
        care_area: given("ward"),
        text: asked.text("text").to_owned(),
    }
}

fn told(asked: &Asked, person: &Person, looked: &Looked<Devices>, saved: &[SavedView]) -> Markup {
    let Devices { counts, page, .. } = &looked.found;
    let may_say = looked.is_latest && person.may(Permission::Answer);
    html! {
        (parts::of_round(looked))
        (form(asked, &looked.found))
        (saved::section(asked, person, List::Devices, saved))
        p role="status" { strong { (count(counts.total(), "device", "devices")) } " of " (number(looked.round.devices)) "." }
        @if page.rows.is_empty() {
            p { "No device is like that. " a href=(asked.of_round(PATH)) { "Show all devices" } }
        } @else {
            (table(asked, &page.rows, may_say))
            @if may_say { (say_many::form(person)) }
        }
        (parts::turns(asked, PATH, page))
        p class="soft" { "A device that stayed silent is not on this list. Silence is not safety. " a href=(asked.of_round("/coverage")) { "What could not be seen" } }
    }
}

fn form(asked: &Asked, devices: &Devices) -> Markup {
    let counts = &devices.counts;
    let areas: Vec<Choice> = Area::ALL
        .iter()
        .map(|area| Choice::new(area.code(), area.label(), Some(counts.of_area(*area))))
        .collect();
    let classes: Vec<Choice> = DeviceClass::ALL
        .iter()
        .map(|class| Choice::new(class.code(), class.plural(), Some(counts.of_class(*class))))
        .filter(|choice| choice.count != Some(0) || choice.code == asked.text("class"))
        .collect();
    let decisions: Vec<Choice> = Worst::all()
        .into_iter()
        .rev()
        .map(|worst| Choice::new(worst.code(), parts::worst_label(worst), Some(counts.of_worst(worst))))
        .collect();
    let sorts: Vec<Choice> =
        DeviceSort::ALL.iter().map(|sort| Choice::new(sort.code(), sort_label(*sort), None)).collect();
    html! {
        search { form method="get" action=(PATH) class="filter" {
            @if asked.has("round") { input type="hidden" name="round" value=(plain(asked.text("round"))); }
            label class="wide" { "Name, address, maker, model or serial number" input type="search" name="text" value=(plain(asked.text("text"))) maxlength="100"; }
            (choose(asked, "area", "Part of the hospital", "All parts", &areas))
            (choose(asked, "class", "Kind", "All kinds", &classes))
            (choose(asked, "decision", "Most urgent finding", "Any", &decisions))
            (choose(asked, "network", "Network", "All networks", &places(&devices.networks)))
            (choose(asked, "ward", "Care area", "All care areas", &places(&devices.care_areas)))
            (choose(asked, "sort", "Order", "", &sorts))
            div class="row" { button { "Show" } a href=(asked.of_round(PATH)) { "Clear" } }
        } }
    }
}

fn places(all: &[PlaceCount]) -> Vec<Choice> {
    let named = all.iter().filter(|place| !place.place.is_empty());
    named
        .take(MOST_PLACES)
        .map(|place| Choice::new(&place.place, &place.place, Some(place.devices)))
        .collect()
}

pub(crate) fn sort_label(sort: DeviceSort) -> &'static str {
    match sort {
        DeviceSort::Urgency => "Most urgent first",
        DeviceSort::Title => "By name",
        DeviceSort::Class => "By kind",
        DeviceSort::Address => "By address",
        DeviceSort::LastSeen => "Last seen first",
    }
}

fn table(asked: &Asked, rows: &[DeviceRow], may_say: bool) -> Markup {
    html! {
        div class="scroll" { table class="list" {
            caption class="aside" { "Devices" }
            thead { tr {
                @if may_say { th scope="col" { span class="aside" { "Choose" } } }
                th scope="col" { "Device" } th scope="col" { "Kind" } th scope="col" { "Place" } th scope="col" { "Most urgent" }
                th scope="col" class="number" { "Findings" } th scope="col" class="number" { "Not judged" } th scope="col" { "Looked after by" } th scope="col" { "Last seen" }
            } }
            tbody { @for row in rows { (line(asked, row, may_say)) } }
        } }
    }
}

fn line(asked: &Asked, row: &DeviceRow, may_say: bool) -> Markup {
    html! {
        tr class=[row.class.is_medical().then_some("medical")] {
            @if may_say { td class="box" { (say_many::tick(row.id, &row.title)) } }
            th scope="row" { (parts::device(asked, row.id, &row.title)) }
            td { (row.class.label()) }
            td {
                @if row.network.is_empty() { span class="soft" { "no address" } }
                @else { a href=(asked.link(PATH, &[("network", &row.network)])) { (row.network) } }
                @if !row.care_area.is_empty() { br; (plain(&row.care_area)) }
            }
            td { (parts::worst(row.worst)) }
            td class="number" { (number(row.findings.total())) }
            td class="number" { (number(row.unjudged)) }
            td { (row.owner.label()) }
            td class="nowrap" { (day_and_time(row.last_seen)) @if !row.seen_directly { br; span class="soft" { "from afar" } } }
        }
    }
}
