//! The shapes of answers. A field is never taken away within `v1`; new ones may come. Times are UTC, as in RFC 3339. Names that may
//! name a person are masked, as on pages.

mod devices;

use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{Coverage, Finding, IntelligenceSource, Network};
use wardround_store::view::{FindingRow, Flow, RoundSummary, Urgency};

pub(crate) use devices::{Device, DeviceWhole};
use devices::{grounds, texts};

use crate::desk;

/// A page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ListOf{T}")]
pub(crate) struct List<T> {
    /// The round that it is of, such as "R-3".
    pub(crate) round: String,
    /// Whether the made-up demo hospital is shown instead of your own.
    pub(crate) demo: bool,
    /// The rows.
    pub(crate) items: Vec<T>,
    /// Where the next page begins: send it as `cursor`. Absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// One thing of a round.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "One{T}")]
pub(crate) struct One<T> {
    /// The round that it is of, such as "R-3".
    pub(crate) round: String,
    /// Whether the made-up demo hospital is shown instead of your own.
    pub(crate) demo: bool,
    /// The thing.
    pub(crate) item: T,
}

/// Findings by how urgent they are.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Counts {
    act: u64,
    attend: u64,
    track_star: u64,
    track: u64,
}

impl From<Urgency> for Counts {
    fn from(from: Urgency) -> Self {
        Self { act: from.act, attend: from.attend, track_star: from.track_star, track: from.track }
    }
}

/// A round: one look at everything.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Round {
    /// Its id, such as "R-3".
    id: String,
    run_at: String,
    /// The moment that age and expiry were judged at.
    as_of: String,
    program: String,
    devices: u64,
    /// Devices of which only forwarded traffic was seen.
    devices_from_afar: u64,
    findings: Counts,
    /// What could not be judged: unknown, not safe.
    open_questions: u64,
    conversations: u64,
    /// The round that it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    compared_with: Option<String>,
}

impl From<&RoundSummary> for Round {
    fn from(from: &RoundSummary) -> Self {
        Self {
            id: from.id.to_string(),
            run_at: from.run_at.to_string(),
            as_of: from.as_of.to_string(),
            program: from.program.clone(),
            devices: from.devices,
            devices_from_afar: from.from_afar,
            findings: from.findings.into(),
            open_questions: from.unjudged,
            conversations: from.conversations,
            compared_with: from.compared_with.map(|id| id.to_string()),
        }
    }
}

/// A finding: something weak on a device, as a line of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Weak {
    /// Its id, such as "F-1a2b3c4d5e6f".
    id: String,
    title: String,
    /// What to do about it: act, attend, track* or track (SSVC).
    decision: &'static str,
    /// How surely it is there.
    grade: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve: Option<String>,
    /// Where, if on a service.
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    device: String,
    device_title: String,
    owner: &'static str,
}

impl From<&FindingRow> for Weak {
    fn from(from: &FindingRow) -> Self {
        Self {
            id: from.id.to_string(),
            title: from.title.clone(),
            decision: from.decision.code(),
            grade: from.grade.code(),
            cve: from.cve.as_ref().map(ToString::to_string),
            endpoint: from.endpoint.map(|endpoint| endpoint.to_string()),
            device: from.asset.to_string(),
            device_title: from.asset_title.clone(),
            owner: from.owner.code(),
        }
    }
}

/// A finding, whole.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WeakWhole {
    id: String,
    title: String,
    decision: &'static str,
    grade: &'static str,
    /// The weakness itself: a CVE record, or a kind of weak setting.
    weakness: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<String>,
    device: String,
    /// Why we say that it is there.
    reasons: Vec<String>,
    /// What that rests on, by its ids.
    evidence: Vec<String>,
    /// Why this decision.
    decision_reasons: Vec<String>,
}

impl From<&Finding> for WeakWhole {
    fn from(from: &Finding) -> Self {
        Self {
            id: from.id.to_string(),
            title: from.title.clone(),
            decision: from.judgement.decision.code(),
            grade: from.grade.code(),
            weakness: from.weakness.to_string(),
            endpoint: from.endpoint.map(|endpoint| endpoint.to_string()),
            device: from.asset.to_string(),
            reasons: texts(&from.reasons),
            evidence: grounds(&from.reasons),
            decision_reasons: texts(&from.judgement.reasons),
        }
    }
}

/// A client and a service that talked.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Talk {
    /// Its id as evidence, such as "C-1a2b3c4d5e6f".
    id: String,
    client: String,
    /// Such as "10.1.2.3:104/tcp".
    server: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server_device: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'static str>,
    connections: u64,
    bytes_to_server: u64,
    bytes_to_client: u64,
    last: String,
    /// Hours of the week with packets, such as "7-18,31": hour 0 is Monday 00:00 to 00:59 in UTC.
    active_hours: String,
}

impl From<&Flow> for Talk {
    fn from(from: &Flow) -> Self {
        let talk = &from.conversation;
        Self {
            id: talk.id().to_string(),
            client: talk.client.to_string(),
            server: talk.server.to_string(),
            client_device: from.client.as_ref().map(|end| end.id.to_string()),
            server_device: from.server.as_ref().map(|end| end.id.to_string()),
            protocol: talk.protocol.map(wardround_model::Protocol::code),
            connections: talk.connections,
            bytes_to_server: talk.to_server.bytes,
            bytes_to_client: talk.to_client.bytes,
            last: talk.last.to_string(),
            active_hours: talk.active.code(),
        }
    }
}

/// A task of the worklist.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Job {
    /// Its id, such as "W-1a2b3c4d5e6f".
    pub(crate) id: String,
    device: String,
    device_title: String,
    team: &'static str,
    /// How it stands. Done is a claim; verified is what a later round saw.
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    assigned_to: Option<String>,
    decision: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    overdue: bool,
    /// Whether its clinical owner must agree before it can be called done.
    needs_sign_off: bool,
    /// The first steps.
    steps: Vec<String>,
    /// How many steps there are.
    steps_in_all: u64,
}

impl From<&desk::Row> for Job {
    fn from(from: &desk::Row) -> Self {
        Self {
            id: from.id.to_string(),
            device: from.asset.to_string(),
            device_title: from.device.to_string(),
            team: from.team.code(),
            state: from.state.code(),
            assigned_to: from.owner.as_deref().map(str::to_owned),
            decision: from.decision.code(),
            due: from.due.map(|due| due.to_string()),
            overdue: from.overdue,
            needs_sign_off: from.needs_sign_off,
            steps: from.first_steps().map(str::to_owned).collect(),
            steps_in_all: u64::try_from(from.steps_in_all()).unwrap_or(u64::MAX),
        }
    }
}

/// What was read, and what could not be seen.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Covered {
    sources: Vec<ReadSource>,
    /// Values that were left out, since they could name a person or break a page.
    values_not_allowed: u64,
    /// Conversations that are encrypted: who talks is seen, what is said is not.
    encrypted: u64,
    /// Conversations that were mirrored in one direction only.
    one_way: u64,
    /// Conversations without an answer.
    unanswered: u64,
    /// Connections that were open before the capture began.
    already_open: u64,
    /// Devices of which only forwarded traffic was seen.
    devices_from_afar: u64,
    /// What could not be judged: unknown, not safe.
    open_questions: u64,
    /// Networks, and how well each was seen.
    networks: Vec<SeenNetwork>,
    /// What was not understood.
    skipped: Vec<Skipped>,
}

/// A network.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SeenNetwork {
    /// Such as "10.20.1.0/24".
    network: String,
    /// Devices in it that were seen on their own link. With none, a mirror port there would show more.
    seen_directly: u64,
    seen_from_afar: u64,
}

/// Packets or rows that were not understood.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Skipped {
    count: u64,
    /// Why, in words.
    reason: &'static str,
}

/// A capture or a list that was read.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ReadSource {
    name: String,
    kind: &'static str,
    /// Packets or rows.
    records: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<String>,
    /// Why it could not be read to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<String>,
}

impl Covered {
    pub(crate) fn of(coverage: &Coverage, networks: &[Network], round: &RoundSummary) -> Self {
        let source = |source: &wardround_model::Source| ReadSource {
            name: source.name.clone(),
            kind: source.kind.code(),
            records: source.records,
            first: source.first.map(|at| at.to_string()),
            last: source.last.map(|at| at.to_string()),
            trouble: source.ended_early.clone(),
        };
        let network = |network: &Network| SeenNetwork {
            network: network.prefix.clone(),
            seen_directly: network.seen_directly,
            seen_from_afar: network.seen_from_afar,
        };
        let skipped = coverage.skipped.iter();
        let skipped = skipped.map(|skip| Skipped { count: skip.count, reason: skip.reason.label() });
        Self {
            sources: coverage.sources.iter().map(source).collect(),
            values_not_allowed: coverage.values_not_allowed,
            encrypted: round.encrypted,
            one_way: round.one_way,
            unanswered: round.unanswered,
            already_open: round.already_open,
            devices_from_afar: round.from_afar,
            open_questions: round.unjudged,
            networks: networks.iter().map(network).collect(),
            skipped: skipped.collect(),
        }
    }
}

/// A source of what is known of weaknesses.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Known {
    name: String,
    records: u64,
    /// Its own date.
    #[serde(skip_serializing_if = "Option::is_none")]
    as_of: Option<String>,
}

impl From<&IntelligenceSource> for Known {
    fn from(from: &IntelligenceSource) -> Self {
        Self { name: from.name.clone(), records: from.records, as_of: from.as_of.map(|at| at.to_string()) }
    }
}
