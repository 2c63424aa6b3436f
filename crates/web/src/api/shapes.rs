//! The shapes of answers. A field is never taken away within `v1`; new ones may come. Times are UTC, as in RFC 3339. Names that may
//! name a person are masked, as on pages.

use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{
    Asset, Claim, Coverage, Finding, IntelligenceSource, Network, Reason, Service, Settled, Unjudged,
};
use wardround_store::view::{
    DeviceDetails, DeviceRow, FindingRow, Flow, Peer, PeerEnd, RoundSummary, Urgency,
};

use crate::desk;

/// A page of a list.
#[derive(Serialize, JsonSchema)]
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

/// A device or system, as a line of a list.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Device {
    /// Its id, such as "A-1a2b3c4d5e6f": the same in each round that knows as much of it.
    id: String,
    title: String,
    class: &'static str,
    area: &'static str,
    /// The address to find it by; empty without one.
    address: String,
    network: String,
    /// The care area that it serves; empty where it is not known.
    care_area: String,
    /// The team that looks after it.
    owner: &'static str,
    findings: Counts,
    open_questions: u64,
    /// How many others it talks with.
    peers: u64,
    first_seen: String,
    last_seen: String,
    /// Whether its own card was seen.
    seen_directly: bool,
}

impl From<&DeviceRow> for Device {
    fn from(from: &DeviceRow) -> Self {
        Self {
            id: from.id.to_string(),
            title: from.title.clone(),
            class: from.class.code(),
            area: from.class.area().code(),
            address: from.address.clone(),
            network: from.network.clone(),
            care_area: from.care_area.clone(),
            owner: from.owner.code(),
            findings: from.findings.into(),
            open_questions: from.unjudged,
            peers: from.peers,
            first_seen: from.first_seen.to_string(),
            last_seen: from.last_seen.to_string(),
            seen_directly: from.seen_directly,
        }
    }
}

/// Something that is said of a device, how surely, and why.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Said {
    value: String,
    /// In per cent.
    confidence: u8,
    /// The strongest first.
    reasons: Vec<String>,
    /// What they rest on, by its ids.
    evidence: Vec<String>,
}

impl Said {
    fn of<T>(claim: &Claim<T>, value: String) -> Self {
        let (reasons, evidence) = (texts(&claim.reasons), grounds(&claim.reasons));
        Self { value, confidence: claim.confidence.as_percent(), reasons, evidence }
    }

    fn text(claim: Option<&Claim<String>>) -> Option<Self> {
        claim.map(|claim| Self::of(claim, claim.value.clone()))
    }
}

fn texts(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.text.clone()).collect()
}

/// Ids of evidence that are told with one thing.
const MOST_EVIDENCE: usize = 50;

/// What reasons rest on, each once.
fn grounds(reasons: &[Reason]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for ground in reasons.iter().flat_map(|reason| &reason.grounds).map(ToString::to_string) {
        if all.len() < MOST_EVIDENCE && !all.contains(&ground) {
            all.push(ground);
        }
    }
    all
}

/// A service that a device offers.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Offer {
    /// Such as "10.1.2.3:104/tcp".
    endpoint: String,
    /// What is spoken there, where it was recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<&'static str>,
    /// How many different hosts used it.
    clients: u64,
}

impl From<&Service> for Offer {
    fn from(from: &Service) -> Self {
        let protocol = from.protocol.map(wardround_model::Protocol::code);
        Self { endpoint: from.endpoint.to_string(), protocol, clients: from.clients }
    }
}

/// A device or system, whole.
#[derive(Serialize, JsonSchema)]
pub(crate) struct DeviceWhole {
    #[serde(flatten)]
    row: Device,
    macs: Vec<String>,
    ips: Vec<String>,
    /// Names that it gives itself, masked where they may name a person.
    names: Vec<String>,
    /// What kind of thing it is.
    class_said: Said,
    maker: Option<Said>,
    model: Option<Said>,
    software: Option<Said>,
    operating_system: Option<Said>,
    care_area_said: Option<Said>,
    /// What it says it runs.
    products: Vec<String>,
    services: Vec<Offer>,
    /// What could not be judged of it, as questions.
    questions: Vec<String>,
    /// What could not be judged of it, with who can tell.
    open: Vec<OpenQuestion>,
    /// What answers settled.
    settled: Vec<SettledQuestion>,
    /// Whom it exchanged the most with, the most first.
    talks_with: Vec<TalksWith>,
}

/// Something that could not be judged of a device: unknown, not safe.
#[derive(Serialize, JsonSchema)]
pub(crate) struct OpenQuestion {
    /// What was seen, and why it could not be judged.
    reason: String,
    /// The question; empty where nobody can answer one.
    question: String,
    /// The team that can answer it.
    ask: &'static str,
    /// Published weaknesses that may be there; the first hundred.
    cves: Vec<String>,
    evidence: Vec<String>,
}

/// A published weakness of which somebody said whether it is there.
#[derive(Serialize, JsonSchema)]
pub(crate) struct SettledQuestion {
    cve: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    reason: String,
    evidence: Vec<String>,
}

/// Somebody that a device talks with.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TalksWith {
    /// The device; absent where no device has the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<String>,
    /// The title of the device, or the address.
    title: String,
    /// Whether this device asked it.
    asks: bool,
    /// Whether it asked this device.
    is_asked: bool,
    conversations: u64,
    bytes: u64,
}

impl From<&Peer> for TalksWith {
    fn from(from: &Peer) -> Self {
        let (device, title) = match &from.end {
            PeerEnd::Device(end, _) => (Some(end.id.to_string()), end.title.clone()),
            PeerEnd::Address(ip) => (None, ip.to_string()),
        };
        let Peer { asks, is_asked, conversations, bytes, .. } = *from;
        Self { device, title, asks, is_asked, conversations, bytes }
    }
}

impl From<&Unjudged> for OpenQuestion {
    fn from(from: &Unjudged) -> Self {
        Self {
            reason: from.reason.text.clone(),
            question: from.question.clone(),
            ask: from.who.code(),
            cves: from.cves.iter().take(MOST_CVES).map(ToString::to_string).collect(),
            evidence: grounds(std::slice::from_ref(&from.reason)),
        }
    }
}

impl From<&Settled> for SettledQuestion {
    fn from(from: &Settled) -> Self {
        Self {
            cve: from.cve.to_string(),
            status: from.status.code(),
            until: from.until.map(|until| until.to_string()),
            reason: from.reason.text.clone(),
            evidence: grounds(std::slice::from_ref(&from.reason)),
        }
    }
}

/// Published weaknesses that are told with one question.
const MOST_CVES: usize = 100;

impl From<&DeviceDetails> for DeviceWhole {
    fn from(from: &DeviceDetails) -> Self {
        let Asset {
            macs,
            ips,
            names,
            class,
            maker,
            model,
            software,
            operating_system,
            services,
            care_area,
            products,
            ..
        } = &from.asset;
        Self {
            row: (&from.row).into(),
            macs: macs.iter().map(ToString::to_string).collect(),
            ips: ips.iter().map(ToString::to_string).collect(),
            names: names.clone(),
            class_said: Said::of(class, class.value.code().to_owned()),
            maker: Said::text(maker.as_ref()),
            model: Said::text(model.as_ref()),
            software: Said::text(software.as_ref()),
            operating_system: Said::text(operating_system.as_ref()),
            care_area_said: Said::text(care_area.as_ref()),
            products: products.iter().map(|product| product.text.clone()).collect(),
            services: services.iter().map(Into::into).collect(),
            questions: from.unjudged.iter().map(|open| open.question.clone()).collect(),
            open: from.unjudged.iter().map(Into::into).collect(),
            settled: from.settled.iter().map(Into::into).collect(),
            talks_with: from.peers.iter().map(Into::into).collect(),
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
