//! Settings: when rounds run by themselves, which interfaces are listened at, and what keeps the site safe.

use std::collections::BTreeSet;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_live::Link;
use wardround_model::Timestamp;
use wardround_store::Disk;

use super::super::answer::{Answer, Tagged, tag_of};
use super::super::asked::Fields;
use super::super::fields::{Field, Kind};
use super::super::operations::{Conditional, Operation};
use crate::asked::Asked;
use crate::asks::Sent;
use crate::condition::Condition;
use crate::deeds::settings;
use crate::ears::{self, Ear};
use crate::glass;
use crate::hospital::waiting;
use crate::pages::listen;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::routes::Verb;
use crate::schedule::{self, DAYS, Schedule};
use crate::site::{Site, now};

const SCHEDULE: &str = "/api/v1/settings/schedule";
const INTERFACES: &str = "/api/v1/settings/interfaces";
/// Interfaces that can be chosen.
const MOST_INTERFACES: usize = 16;
/// The longest name of an interface.
const LONGEST_INTERFACE: usize = 15;

fn days() -> Vec<&'static str> {
    DAYS.iter().map(|(_, code, _)| *code).chain(["daily", "off"]).collect()
}

const WHEN: &[Field] = &[
    Field::must(
        "day",
        "On which day of the week, or `daily`; `off`: only when somebody starts one.",
        Kind::Code(days),
    ),
    Field::may("time", "At which time there, such as 05:00. Needed unless it is off.", Kind::Line(5)),
    Field::may("zone", "The time zone, such as Europe/Berlin. Needed unless it is off.", Kind::Line(60)),
];
const WHERE: &[Field] = &[Field::must(
    "interfaces",
    "The interfaces to listen at, by their names; none: at none.",
    Kind::Lines { most: MOST_INTERFACES, longest: LONGEST_INTERFACE, least: 0, form: "interface" },
)];

/// When rounds run by themselves.
#[derive(Serialize, JsonSchema)]
struct When {
    /// A day of the week, `daily` or `off`.
    day: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    zone: Option<String>,
    /// When the next one is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

impl When {
    fn of(chosen: Option<&Schedule>, at: Timestamp) -> Self {
        Self {
            day: chosen.map_or("off", Schedule::day_code),
            time: chosen.map(Schedule::time_text),
            zone: chosen.map(|chosen| chosen.zone.clone()),
            next: chosen.and_then(|chosen| chosen.next_after(at)).map(|next| next.to_string()),
        }
    }
}

/// Which interfaces are listened at.
#[derive(Serialize, JsonSchema)]
struct Where {
    /// Those that were chosen.
    interfaces: Vec<String>,
    /// Those that the site was started with: they are listened at in any case.
    fixed: Vec<String>,
}

impl Where {
    fn of(chosen: &BTreeSet<String>, fixed: &[String]) -> Self {
        Self { interfaces: chosen.iter().cloned().collect(), fixed: fixed.to_vec() }
    }
}

/// An interface of the computer that the site runs on, or an address of it that flow records are sent to.
#[derive(Serialize, JsonSchema)]
struct Interface {
    /// Its name, or the address with its port.
    name: String,
    /// It is on, and has a cable.
    up: bool,
    /// It leads nowhere but to this computer.
    loopback: bool,
    /// Packets that came there since it was made.
    packets: u64,
    /// How listening goes; absent where it is not listened at.
    #[serde(skip_serializing_if = "Option::is_none")]
    listening: Option<Listening>,
}

/// How listening at an interface goes.
#[derive(Serialize, JsonSchema)]
struct Listening {
    /// In a sentence.
    state: String,
    /// Whether it is heard now.
    heard: bool,
    /// Packets that were read since the site was started.
    packets_read: u64,
    /// Packets that nobody could read; known once an hour, and at each round.
    packets_lost: u64,
    /// How often its reader was started again.
    restarts: u64,
}

impl From<&Ear> for Listening {
    fn from(from: &Ear) -> Self {
        Self {
            state: listen::how(from),
            heard: from.is_reading && !from.is_deaf(),
            packets_read: from.frames,
            packets_lost: from.dropped,
            restarts: from.restarts,
        }
    }
}

impl Interface {
    fn of(link: &Link, ears: &[Ear]) -> Self {
        Self {
            name: link.name.clone(),
            up: link.is_up,
            loopback: link.is_loopback,
            packets: link.frames,
            listening: ears.iter().find(|ear| ear.name == link.name).map(Into::into),
        }
    }

    /// An address that flow records are sent to; or an interface that is listened at, and that the computer does not have any more.
    fn beside(ear: &Ear) -> Self {
        let name = ear.name.clone();
        Self { name, up: ear.is_of_flows(), loopback: false, packets: 0, listening: Some(ear.into()) }
    }
}

/// The interfaces that can be listened at.
#[derive(Serialize, JsonSchema)]
struct Interfaces {
    items: Vec<Interface>,
}

/// What keeps the site safe, and what it reads by itself.
#[derive(Serialize, JsonSchema)]
struct Safe {
    /// The version of the program.
    version: &'static str,
    /// Whether the made-up demo hospital is shown.
    demo: bool,
    /// Whether a folder is watched for captures and lists.
    watches_folder: bool,
    /// The disk beneath the store: `encrypted`, `bare` or `unknown`.
    disk: &'static str,
    /// The account for emergencies: `missing`, `sealed`, `opened` (make it anew) or `unreadable` (its journal was changed).
    emergency_account: &'static str,
}

pub(super) fn operations() -> Vec<Operation> {
    let may = Permission::ChangeSettings;
    vec![
        Operation::new::<When, _, _>(
            "schedule.get",
            "When rounds run by themselves.",
            may,
            SCHEDULE,
            &[],
            when,
        ),
        Operation::change::<When, _, _>(
            "schedule.change",
            "Choose when rounds run by themselves.",
            may,
            (Verb::Put, SCHEDULE),
            WHEN,
            change_when,
        )
        .unless_changed(Conditional::Must),
        Operation::new::<Where, _, _>(
            "interfaces.chosen",
            "Which interfaces are listened at.",
            may,
            INTERFACES,
            &[],
            listens,
        ),
        Operation::change::<Where, _, _>(
            "interfaces.choose",
            "Listen at these interfaces, and at no others.",
            may,
            (Verb::Put, INTERFACES),
            WHERE,
            choose,
        )
        .unless_changed(Conditional::Must),
        Operation::new::<Interfaces, _, _>(
            "interfaces.list",
            "The interfaces of the site's computer, and how listening goes.",
            may,
            "/api/v1/interfaces",
            &[],
            interfaces,
        ),
        Operation::new::<Safe, _, _>(
            "site.get",
            "What keeps the site safe, and what it reads by itself.",
            may,
            "/api/v1/site",
            &[],
            safe,
        ),
    ]
}

/// The tag of a schedule, as reading it at this moment tells it.
pub(crate) fn tag_of_schedule(chosen: Option<&Schedule>, at: Timestamp) -> Result<String, Problem> {
    tag_of(&When::of(chosen, at))
}

/// The tag of interfaces that are chosen, as reading them tells it.
pub(crate) fn tag_of_interfaces(chosen: &BTreeSet<String>, fixed: &[String]) -> Result<String, Problem> {
    tag_of(&Where::of(chosen, fixed))
}

async fn when(State(site): State<Site>, asked: Asked) -> Result<Answer<When>, Problem> {
    Fields::of(&asked, &[])?;
    let chosen = site.home.read(schedule::chosen).await?;
    Ok(Answer(When::of(chosen.as_ref(), now())))
}

async fn change_when(
    State(site): State<Site>,
    condition: Condition,
    sent: Sent,
) -> Result<Tagged<When>, Problem> {
    let chosen = settings::schedule(&site, &sent, condition.required()?).await?;
    let at = now();
    Ok(Tagged(tag_of_schedule(chosen.as_ref(), at)?, When::of(chosen.as_ref(), at)))
}

async fn listens(State(site): State<Site>, asked: Asked) -> Result<Answer<Where>, Problem> {
    Fields::of(&asked, &[])?;
    let chosen = site.home.read(ears::chosen).await?;
    Ok(Answer(Where::of(&chosen, &site.listened)))
}

async fn choose(
    State(site): State<Site>,
    condition: Condition,
    sent: Sent,
) -> Result<Tagged<Where>, Problem> {
    let chosen = settings::listen_at(&site, &sent, condition.required()?).await?;
    Ok(Tagged(tag_of_interfaces(&chosen, &site.listened)?, Where::of(&chosen, &site.listened)))
}

async fn interfaces(State(site): State<Site>, asked: Asked) -> Result<Answer<Interfaces>, Problem> {
    Fields::of(&asked, &[])?;
    let (ears, looked) = (site.ears.all(), site.clone());
    let links = waiting(move || Ok(looked.ears.links())).await?;
    let links: Vec<&Link> = links.iter().filter(|link| link.is_ethernet).collect();
    let beside =
        ears.iter().filter(|ear| !links.iter().any(|link| link.name == ear.name)).map(Interface::beside);
    let items = links.iter().map(|link| Interface::of(link, &ears)).chain(beside).collect();
    Ok(Answer(Interfaces { items }))
}

async fn safe(State(site): State<Site>, asked: Asked) -> Result<Answer<Safe>, Problem> {
    Fields::of(&asked, &[])?;
    let folder = site.home.folder().to_owned();
    let disk = waiting(move || Ok(Disk::beneath(&folder))).await?;
    Ok(Answer(Safe {
        version: env!("CARGO_PKG_VERSION"),
        demo: site.is_demo(),
        watches_folder: site.watched.is_some(),
        disk: match disk {
            Disk::Encrypted => "encrypted",
            Disk::Bare => "bare",
            Disk::Unknown => "unknown",
        },
        emergency_account: match site.glass.state(&site.keys) {
            glass::State::Missing => "missing",
            glass::State::Sealed(_) => "sealed",
            glass::State::Opened(_) => "opened",
            glass::State::Unreadable => "unreadable",
        },
    }))
}
