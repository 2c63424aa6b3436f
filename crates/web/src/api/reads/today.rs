//! How it stands today: what the first page tells.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::PlanItem;

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{Operation, one};
use super::super::shapes::One;
use super::mirror::MirrorPort;
use crate::asked::Asked;
use crate::ears::Ear;
use crate::pages::flow::Flow;
use crate::pages::listen;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;
use crate::standing::{Changed, Exploited, Standing};

/// How it stands, in numbers; no device by name.
#[derive(Serialize, JsonSchema)]
struct Today {
    devices: u64,
    /// Those that take part in care.
    medical: u64,
    of_unknown_kind: u64,
    /// Findings to act on at once.
    act: u64,
    /// Findings to see to soon.
    attend: u64,
    findings: u64,
    /// What could not be judged: unknown, not safe.
    open_questions: u64,
    /// What could not be seen, in sentences.
    not_seen: Vec<String>,
    /// What was seen, in sentences.
    seen: Vec<String>,
    /// How old what is known of weaknesses is, in sentences.
    known: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<Since>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exploited: Option<NowExploited>,
    work: Far,
    /// Interfaces that are listened at, with trouble or packets that were lost; none while the demo is shown.
    deaf: Vec<Deaf>,
}

/// What changed since the round before.
#[derive(Serialize, JsonSchema)]
struct Since {
    round: String,
    findings_new: u64,
    findings_fixed: u64,
    /// That proves nothing.
    findings_not_seen_again: u64,
    findings_on_devices_not_seen: u64,
    devices_new: u64,
    devices_not_seen: u64,
}

impl From<&Changed> for Since {
    fn from(from: &Changed) -> Self {
        Self {
            round: from.since.to_string(),
            findings_new: from.new,
            findings_fixed: from.fixed,
            findings_not_seen_again: from.not_seen_again,
            findings_on_devices_not_seen: from.not_judged,
            devices_new: from.devices_new,
            devices_not_seen: from.devices_not_seen,
        }
    }
}

/// Weaknesses that were published as being exploited since the round before.
#[derive(Serialize, JsonSchema)]
struct NowExploited {
    published: u64,
    /// In how many places the hospital has them.
    places: u64,
}

impl From<&Exploited> for NowExploited {
    fn from(from: &Exploited) -> Self {
        Self { published: from.published, places: from.places }
    }
}

/// How many tasks came how far. Done is a claim; verified is a fact.
#[derive(Serialize, JsonSchema)]
struct Far {
    found: u64,
    assigned: u64,
    said_done: u64,
    verified: u64,
    /// Those that wait for somebody's word.
    waiting: u64,
    /// Those whose risk is accepted for a time.
    accepted: u64,
    late: u64,
}

impl From<Flow> for Far {
    fn from(from: Flow) -> Self {
        Self {
            found: from.found,
            assigned: from.assigned,
            said_done: from.done,
            verified: from.verified,
            waiting: from.waiting,
            accepted: from.excepted,
            late: from.late,
        }
    }
}

/// An interface that is not heard, or not wholly.
#[derive(Serialize, JsonSchema)]
struct Deaf {
    interface: String,
    /// How it goes, in a sentence.
    state: String,
    packets_lost: u64,
}

impl From<&Ear> for Deaf {
    fn from(from: &Ear) -> Self {
        Self { interface: from.name.clone(), state: listen::how(from), packets_lost: from.dropped }
    }
}

/// What to do first.
#[derive(Serialize, JsonSchema)]
struct First {
    todo: Vec<Todo>,
    /// Where weaknesses are that were published as being exploited since the round before; the first few.
    exploited: Vec<Place>,
    /// Where the next mirror port would add most, the most useful first.
    mirror_ports: Vec<MirrorPort>,
}

/// One thing to do.
#[derive(Serialize, JsonSchema)]
struct Todo {
    title: String,
    what: String,
    why: String,
    how_sure: String,
    next_step: String,
    decision: &'static str,
    /// The findings that it settles, the most urgent first.
    findings: Vec<String>,
    devices: Vec<String>,
}

impl From<&PlanItem> for Todo {
    fn from(from: &PlanItem) -> Self {
        Self {
            title: from.title.clone(),
            what: from.what.clone(),
            why: from.why.clone(),
            how_sure: from.how_sure.clone(),
            next_step: from.next_step.clone(),
            decision: from.decision.code(),
            findings: from.findings.iter().map(ToString::to_string).collect(),
            devices: from.assets.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A place that has one of them.
#[derive(Serialize, JsonSchema)]
struct Place {
    finding: String,
    title: String,
    device_title: String,
}

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new::<One<Today>, _, _>(
            "today.get",
            "How it stands: numbers, what changed, what could not be seen, and how far the work is.",
            Permission::SeeSummary,
            "/api/v1/today",
            &[],
            today,
        ),
        Operation::new::<One<First>, _, _>(
            "today.first",
            "What to do first, and where to listen next.",
            Permission::See,
            "/api/v1/today/first",
            &[],
            first,
        ),
    ]
}

async fn standing(site: &Site) -> Result<std::sync::Arc<Standing>, Problem> {
    site.hospital().standing().await?.ok_or(Problem::NotFound)
}

async fn today(State(site): State<Site>, asked: Asked) -> Result<Answer<One<Today>>, Problem> {
    Fields::of(&asked, &[])?;
    let (standing, hospital) = (standing(&site).await?, site.hospital());
    let sights = hospital.sights(standing.round).await?;
    let desk = hospital.desk(&site.policy).await?;
    let ears = if site.is_demo() { Vec::new() } else { site.ears.all() };
    let deaf = ears.iter().filter(|ear| ear.is_deaf() || ear.dropped > 0);
    let today = Today {
        devices: standing.devices,
        medical: standing.medical,
        of_unknown_kind: standing.unknown,
        act: standing.act,
        attend: standing.attend,
        findings: standing.findings,
        open_questions: standing.open_questions,
        not_seen: sights.not_seen.in_short.clone(),
        seen: sights.seen.clone(),
        known: standing.known.clone(),
        since: standing.changed.as_ref().map(Into::into),
        exploited: standing.exploited.as_ref().map(Into::into),
        work: Flow::of(&desk).into(),
        deaf: deaf.map(Into::into).collect(),
    };
    Ok(one(&site, standing.round, today))
}

async fn first(State(site): State<Site>, asked: Asked) -> Result<Answer<One<First>>, Problem> {
    Fields::of(&asked, &[])?;
    let standing = standing(&site).await?;
    let named = standing.exploited.iter().flat_map(|exploited| &exploited.named);
    let exploited = named.map(|place| Place {
        finding: place.finding.to_string(),
        title: place.title.clone(),
        device_title: place.device.clone(),
    });
    let sights = site.hospital().sights(standing.round).await?;
    let first = First {
        todo: standing.plan.iter().map(Into::into).collect(),
        exploited: exploited.collect(),
        mirror_ports: sights.not_seen.mirror_ports.iter().map(Into::into).collect(),
    };
    Ok(one(&site, standing.round, first))
}
