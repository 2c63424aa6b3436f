//! How many there are of each kind: what stands beside the filters of *Devices* and *Findings*, and findings that say the same, together.

use std::collections::BTreeMap;

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{Area, Decision, DeviceClass, Role};
use wardround_store::StoreError;
use wardround_store::view::{
    DeviceCounts, FindingCounts, FindingKind, GroupRow, PlaceCount, PlaceKind, RoundView, Worst,
};

use super::super::answer::Answer;
use super::super::asked::Fields;
use super::super::operations::{
    AREA, CARE_AREA, CLASS, CURSOR, CVE, DECISION, DEVICE, GROUP, KIND, LIMIT, NETWORK, OWNER, Operation,
    Parameter, ROUND, TEXT, WORST, device_filter, finding_filter, list, one,
};
use super::super::shapes::{List, One};
use crate::asked::Asked;
use crate::problem::Problem;
use crate::roles::Permission;
use crate::site::Site;

const OF_DEVICES: &[Parameter] = &[ROUND, TEXT, CLASS, AREA, WORST, NETWORK, CARE_AREA];
const OF_FINDINGS: &[Parameter] = &[ROUND, TEXT, OWNER, DECISION, KIND, DEVICE, CVE, GROUP];
const GROUPS: &[Parameter] = &[ROUND, LIMIT, CURSOR, TEXT, OWNER, DECISION, KIND];

/// How many devices there are. Each part counts what the rest of the filter lets through.
#[derive(Serialize, JsonSchema)]
struct DevicesCounted {
    /// Those that the whole filter lets through.
    total: u64,
    by_class: BTreeMap<&'static str, u64>,
    by_area: BTreeMap<&'static str, u64>,
    /// By their most urgent decision.
    by_decision: BTreeMap<&'static str, u64>,
    /// All networks, whatever the filter.
    networks: Vec<PlaceCounted>,
    /// All care areas, whatever the filter.
    care_areas: Vec<PlaceCounted>,
}

/// A network or a care area.
#[derive(Serialize, JsonSchema)]
struct PlaceCounted {
    /// Its name; empty for devices of which it is not known.
    place: String,
    devices: u64,
    /// The most urgent decision there.
    worst: &'static str,
}

impl From<&PlaceCount> for PlaceCounted {
    fn from(from: &PlaceCount) -> Self {
        Self { place: from.place.clone(), devices: from.devices, worst: from.worst.code() }
    }
}

/// The counts that are not nothing, by their codes.
fn counted<T: Copy>(
    all: impl IntoIterator<Item = T>,
    code: impl Fn(T) -> &'static str,
    count: impl Fn(T) -> u64,
) -> BTreeMap<&'static str, u64> {
    all.into_iter().map(|one| (code(one), count(one))).filter(|(_, count)| *count > 0).collect()
}

impl DevicesCounted {
    fn of(counts: &DeviceCounts, networks: &[PlaceCount], care_areas: &[PlaceCount]) -> Self {
        Self {
            total: counts.total(),
            by_class: counted(DeviceClass::ALL.iter().copied(), DeviceClass::code, |one| {
                counts.of_class(one)
            }),
            by_area: counted(Area::ALL.iter().copied(), Area::code, |one| counts.of_area(one)),
            by_decision: counted(Worst::all(), Worst::code, |one| counts.of_worst(one)),
            networks: networks.iter().map(Into::into).collect(),
            care_areas: care_areas.iter().map(Into::into).collect(),
        }
    }
}

/// How many findings there are. Each part counts what the rest of the filter lets through.
#[derive(Serialize, JsonSchema)]
struct FindingsCounted {
    /// Those that the whole filter lets through.
    total: u64,
    by_decision: BTreeMap<&'static str, u64>,
    by_kind: BTreeMap<&'static str, u64>,
    by_owner: BTreeMap<&'static str, u64>,
}

impl From<&FindingCounts> for FindingsCounted {
    fn from(from: &FindingCounts) -> Self {
        Self {
            total: from.total(),
            by_decision: counted(Decision::ALL.iter().copied(), Decision::code, |one| from.of_decision(one)),
            by_kind: counted(FindingKind::ALL.iter().copied(), FindingKind::code, |one| from.of_kind(one)),
            by_owner: counted(Role::ALL.iter().copied(), Role::code, |one| from.of_owner(one)),
        }
    }
}

/// Findings that say the same, but for the CVE number.
#[derive(Serialize, JsonSchema)]
struct Group {
    /// Its number in this round: `findings?group=...` lists its findings.
    group: u64,
    title: String,
    kind: &'static str,
    /// Its most urgent decision.
    worst: &'static str,
    /// On how many devices, whatever the filter.
    devices: u64,
    /// How many CVE records, whatever the filter.
    cves: u64,
    /// How many findings the filter lets through.
    findings: u64,
}

impl From<&GroupRow> for Group {
    fn from(from: &GroupRow) -> Self {
        Self {
            group: from.group,
            title: from.title.clone(),
            kind: from.kind.code(),
            worst: from.worst.code(),
            devices: from.devices,
            cves: from.cves,
            findings: from.findings,
        }
    }
}

pub(super) fn operations() -> Vec<Operation> {
    let see = Permission::See;
    vec![
        Operation::new::<One<DevicesCounted>, _, _>(
            "devices.counts",
            "How many devices there are, by class, part of the hospital, urgency, network and care area.",
            see,
            "/api/v1/devices/counts",
            OF_DEVICES,
            devices,
        ),
        Operation::new::<One<FindingsCounted>, _, _>(
            "findings.counts",
            "How many findings there are, by decision, kind and team.",
            see,
            "/api/v1/findings/counts",
            OF_FINDINGS,
            findings,
        ),
        Operation::new::<List<Group>, _, _>(
            "findings.groups",
            "Findings that say the same together: one row for one thing to mend, on however many devices.",
            see,
            "/api/v1/findings/groups",
            GROUPS,
            groups,
        ),
    ]
}

async fn devices(State(site): State<Site>, asked: Asked) -> Result<Answer<One<DevicesCounted>>, Problem> {
    let fields = Fields::of(&asked, OF_DEVICES)?;
    let (filter, (round, _)) = (device_filter(&fields)?, fields.place()?);
    let look = move |view: &RoundView<'_>| -> Result<_, StoreError> {
        let places = (view.places(PlaceKind::Network)?, view.places(PlaceKind::CareArea)?);
        Ok((view.device_counts(&filter)?, places))
    };
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    let (counts, (networks, care_areas)) = &looked.found;
    Ok(one(&site, looked.round.id, DevicesCounted::of(counts, networks, care_areas)))
}

async fn findings(State(site): State<Site>, asked: Asked) -> Result<Answer<One<FindingsCounted>>, Problem> {
    let fields = Fields::of(&asked, OF_FINDINGS)?;
    let (filter, (round, _)) = (finding_filter(&fields)?, fields.place()?);
    let look = move |view: &RoundView<'_>| view.finding_counts(&filter);
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    Ok(one(&site, looked.round.id, (&looked.found).into()))
}

async fn groups(State(site): State<Site>, asked: Asked) -> Result<Answer<List<Group>>, Problem> {
    let fields = Fields::of(&asked, GROUPS)?;
    let (filter, rows, (round, turn)) = (finding_filter(&fields)?, fields.rows()?, fields.place()?);
    let look = move |view: &RoundView<'_>| view.finding_groups(&filter, turn, rows);
    let looked = asked.look_at(&site, round, look).await?.ok_or(Problem::NotFound)?;
    Ok(list(&site, &looked))
}
