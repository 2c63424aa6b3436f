//! The shapes of devices.

use schemars::JsonSchema;
use serde::Serialize;
use wardround_model::{Asset, Claim, Reason, Service, Settled, Unjudged};
use wardround_store::view::{DeviceDetails, DeviceRow, Peer, PeerEnd};

use super::Counts;

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

pub(super) fn texts(reasons: &[Reason]) -> Vec<String> {
    reasons.iter().map(|reason| reason.text.clone()).collect()
}

/// Ids of evidence that are told with one thing.
const MOST_EVIDENCE: usize = 50;

/// What reasons rest on, each once.
pub(super) fn grounds(reasons: &[Reason]) -> Vec<String> {
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
    serial: Option<Said>,
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
            serial,
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
            serial: Said::text(serial.as_ref()),
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
