//! What fits so many hours.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::Role;
use wardround_triage::{Left, Task};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{Operation, Parameter, number, one};
use super::super::shapes::One;
use super::size;
use crate::asked::Asked;
use crate::pages::hours::{MOST_HOURS, budget};
use crate::planned::{MOST_DEVICES, Planned};
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

/// Hours, where nobody says how many.
const USUAL: u32 = 6;
/// Tasks, and things that are left, that are told.
const MOST: usize = 1_000;
const HOURS: &[Parameter] = &[
    number("hours", "Hours in all; 6 unless given.", 1, MOST_HOURS),
    number(
        "biomedical",
        "Hours of biomedical engineering. Without them a team shares the rest.",
        0,
        MOST_HOURS,
    ),
    number("network", "Hours of the network team.", 0, MOST_HOURS),
    number("server", "Hours of the server team.", 0, MOST_HOURS),
    number("help_desk", "Hours of the help desk.", 0, MOST_HOURS),
    number("clinical_systems", "Hours of the team for clinical systems.", 0, MOST_HOURS),
];
/// The teams of these fields.
const TEAMS: [(&str, Role); 5] = [
    ("biomedical", Role::Biomedical),
    ("network", Role::Network),
    ("server", Role::Server),
    ("help_desk", Role::HelpDesk),
    ("clinical_systems", Role::ClinicalSystems),
];

/// What to do in the hours at hand.
#[derive(Serialize, JsonSchema)]
struct Plan {
    /// How much of the harm that weak places could do the tasks take away, in per cent.
    removes_percent: u64,
    /// At least so much of what the best plan for these hours could take away, in per cent.
    of_best_percent: u64,
    /// What to do, the most harm first.
    tasks: Vec<Planning>,
    /// What is left, the most harm first.
    left: Vec<Remains>,
    /// How many things are left.
    left_in_all: u64,
}

impl From<&Planned> for Plan {
    fn from(from: &Planned) -> Self {
        let plan = &from.plan;
        Self {
            removes_percent: plan.share_of_all(),
            of_best_percent: plan.share_of_best(),
            tasks: plan.tasks.iter().take(MOST).map(|task| Planning::of(from, task)).collect(),
            left: plan.left.iter().take(MOST).map(Into::into).collect(),
            left_in_all: size(plan.left.len()),
        }
    }
}

/// One thing to do.
#[derive(Serialize, JsonSchema)]
struct Planning {
    title: String,
    team: &'static str,
    minutes: u32,
    /// For how many minutes each device is out of use; 0: it goes on working.
    out_of_use_minutes: u32,
    decision: &'static str,
    why: String,
    by_when: String,
    check_before: String,
    check_after: String,
    way_back: String,
    /// The first devices.
    devices: Vec<PlannedDevice>,
    devices_in_all: u64,
    /// The findings that it settles, wholly or in part.
    findings: Vec<String>,
}

impl Planning {
    fn of(planned: &Planned, task: &Task) -> Self {
        let device = |device: &wardround_triage::Device| PlannedDevice {
            id: device.asset.to_string(),
            title: planned.titles.get(&device.asset).unwrap_or(&device.title).clone(),
        };
        Self {
            title: task.title.clone(),
            team: task.who.code(),
            minutes: task.minutes,
            out_of_use_minutes: task.downtime,
            decision: task.decision.code(),
            why: task.why.clone(),
            by_when: task.by_when.clone(),
            check_before: task.before.clone(),
            check_after: task.after.clone(),
            way_back: task.back.clone(),
            devices: task.devices.iter().take(MOST_DEVICES).map(device).collect(),
            devices_in_all: size(task.devices.len()),
            findings: task.findings.iter().take(MOST).map(ToString::to_string).collect(),
        }
    }
}

/// A device of a plan.
#[derive(Serialize, JsonSchema)]
struct PlannedDevice {
    id: String,
    title: String,
}

/// Something that does not fit, or waits for somebody.
#[derive(Serialize, JsonSchema)]
struct Remains {
    title: String,
    team: &'static str,
    minutes: u32,
    /// Why it is left, as a code.
    because: &'static str,
    /// In a sentence, with what would help.
    because_text: &'static str,
    findings_in_all: u64,
}

impl From<&Left> for Remains {
    fn from(from: &Left) -> Self {
        Self {
            title: from.title.clone(),
            team: from.who.code(),
            minutes: from.minutes,
            because: from.because.code(),
            because_text: from.because.sentence(),
            findings_in_all: size(from.findings.len()),
        }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    vec![Operation::new::<One<Plan>, _, _>(
        "plan.get",
        "What fits so many hours, by the latest round.",
        Permission::See,
        "/api/v1/plan",
        HOURS,
        show,
    )]
}

async fn show(State(site): State<Site>, asked: Asked) -> Result<Answer<One<Plan>>, Problem> {
    let fields = Fields::of(&asked, HOURS)?;
    let hours =
        fields.code("hours", |text| text.parse().ok().filter(|hours| (1..=MOST_HOURS).contains(hours)))?;
    let mut teams = Vec::new();
    for (name, role) in TEAMS {
        if let Some(hours) = fields.number(name, MOST_HOURS)? {
            teams.push((role, hours));
        }
    }
    let budget = budget(hours.unwrap_or(USUAL), &teams)?;
    let planned = site.hospital().planned(budget).await?.ok_or(Problem::NotFound)?;
    Ok(one(&site, planned.round, (&*planned).into()))
}
