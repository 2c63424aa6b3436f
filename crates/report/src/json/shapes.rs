//! The shapes of the JSON, in the order of `docs/json.md`.

use serde::Serialize;
use wardround_model::{
    Asset, Claim, Conversation, CvssScore, Finding, Judgement, PlanItem, Reason, Round, RoundId, Service,
    Settled, Source, Timestamp, Unjudged, Weakness,
};
use wardround_round::census;
use wardround_triage::Score;

use super::SCHEMA_VERSION;
use super::evidence::{Proofs, Seen};
use super::mirror::{self, MirrorShape};
use super::statement::{self, StatementShape};

#[derive(Serialize)]
pub(crate) struct Document {
    schema_version: u32,
    round: RoundHead,
    program: String,
    as_of: String,
    coverage: CoverageShape,
    mirror_ports: Vec<MirrorShape>,
    census: Vec<CensusShape>,
    assets: Vec<AssetShape>,
    findings: Vec<FindingShape>,
    unjudged: Vec<UnjudgedShape>,
    settled: Vec<SettledShape>,
    plan: Vec<PlanShape>,
    statements: Vec<StatementShape>,
    conversations: Vec<ConversationShape>,
    intelligence: Vec<IntelligenceShape>,
}

/// The only part that two equal rounds differ in.
#[derive(Serialize)]
struct RoundHead {
    id: String,
    run_at: String,
}

#[derive(Serialize)]
struct CoverageShape {
    sources: Vec<SourceShape>,
    networks: Vec<NetworkShape>,
    skipped: Vec<SkipShape>,
    values_not_allowed: u64,
    one_way_conversations: usize,
    unanswered_conversations: usize,
    connections_already_open: u64,
}

#[derive(Serialize)]
struct SourceShape {
    name: String,
    bytes: u64,
    kind: &'static str,
    records: u64,
    first: Option<String>,
    last: Option<String>,
    interfaces: Vec<String>,
    ended_early: Option<String>,
}

#[derive(Serialize)]
struct NetworkShape {
    prefix: String,
    seen_directly: u64,
    seen_from_afar: u64,
}

#[derive(Serialize)]
struct SkipShape {
    reason: &'static str,
    packets: u64,
    first_packet: u64,
    first_offset: u64,
}

#[derive(Serialize)]
struct CensusShape {
    class: &'static str,
    area: &'static str,
    count: usize,
}

#[derive(Serialize)]
struct AssetShape {
    id: String,
    title: String,
    addresses: Vec<String>,
    class: &'static str,
    area: &'static str,
    /// 0 to 1.
    confidence: f64,
    reasons: Vec<ReasonShape>,
    maker: Option<ClaimShape>,
    model: Option<ClaimShape>,
    serial: Option<ClaimShape>,
    software: Option<ClaimShape>,
    operating_system: Option<ClaimShape>,
    care_area: Option<ClaimShape>,
    names: Vec<String>,
    services: Vec<ServiceShape>,
    first_seen: String,
    last_seen: String,
    seen_directly: bool,
}

#[derive(Serialize)]
struct ReasonShape {
    text: String,
    evidence: Vec<String>,
}

#[derive(Serialize)]
struct ClaimShape {
    value: String,
    confidence: f64,
    reasons: Vec<ReasonShape>,
}

#[derive(Serialize)]
struct ServiceShape {
    endpoint: String,
    protocol: Option<&'static str>,
    clients: u64,
}

#[derive(Serialize)]
struct FindingShape {
    id: String,
    asset: String,
    weakness: String,
    title: String,
    endpoint: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cve: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    advisory: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cwe: Option<String>,
    grade: &'static str,
    decision: &'static str,
    judgement: JudgementShape,
    reasons: Vec<ReasonShape>,
    evidence: Vec<Seen>,
}

#[derive(Serialize)]
struct JudgementShape {
    exploitation: &'static str,
    automatable: &'static str,
    technical_impact: &'static str,
    mission_wellbeing: &'static str,
    cvss: Option<CvssShape>,
    reasons: Vec<ReasonShape>,
}

#[derive(Serialize)]
struct CvssShape {
    here: f64,
    elsewhere: f64,
    environment: String,
}

#[derive(Serialize)]
struct UnjudgedShape {
    id: String,
    asset: String,
    about: String,
    grade: Option<&'static str>,
    cves: Vec<String>,
    reason: ReasonShape,
    who: &'static str,
    question: String,
}

#[derive(Serialize)]
struct SettledShape {
    asset: String,
    cve: String,
    status: &'static str,
    until: Option<String>,
    reason: ReasonShape,
}

#[derive(Serialize)]
struct PlanShape {
    rank: usize,
    title: String,
    decision: &'static str,
    what: String,
    why: String,
    how_sure: String,
    next_step: String,
    findings: Vec<String>,
    assets: Vec<String>,
}

#[derive(Serialize)]
struct ConversationShape {
    id: String,
    client: String,
    server: String,
    protocol: Option<&'static str>,
    clinical: bool,
    connections: u64,
    already_open: u64,
    packets_to_server: u64,
    bytes_to_server: u64,
    packets_to_client: u64,
    bytes_to_client: u64,
    one_way: bool,
    unanswered: bool,
    first: String,
    last: String,
    active_hours: String,
}

#[derive(Serialize)]
struct IntelligenceShape {
    name: String,
    records: u64,
    as_of: Option<String>,
}

pub(crate) fn document(id: RoundId, round: &Round) -> Document {
    let proofs = Proofs::new(round);
    Document {
        schema_version: SCHEMA_VERSION,
        round: RoundHead { id: id.to_string(), run_at: round.run_at.to_string() },
        program: round.program.clone(),
        as_of: round.as_of.to_string(),
        coverage: coverage(round),
        mirror_ports: mirror::shapes(round),
        census: census_shapes(round),
        assets: round.assets.iter().map(asset).collect(),
        findings: round.findings.iter().map(|found| finding(found, &proofs)).collect(),
        unjudged: round.unjudged.iter().map(unjudged).collect(),
        settled: round.settled.iter().map(settled).collect(),
        plan: round.plan.iter().enumerate().map(|(place, item)| plan_item(place + 1, item)).collect(),
        statements: round.statements.iter().map(statement::shape).collect(),
        conversations: round.conversations.iter().map(conversation).collect(),
        intelligence: round.intelligence.iter().map(intelligence).collect(),
    }
}

fn moment(moment: Option<Timestamp>) -> Option<String> {
    moment.map(|moment| moment.to_string())
}

fn coverage(round: &Round) -> CoverageShape {
    let skip = |skip: &wardround_model::Skip| SkipShape {
        reason: skip.reason.code(),
        packets: skip.count,
        first_packet: skip.first.record,
        first_offset: skip.first.offset,
    };
    let network = |network: &wardround_model::Network| NetworkShape {
        prefix: network.prefix.clone(),
        seen_directly: network.seen_directly,
        seen_from_afar: network.seen_from_afar,
    };
    CoverageShape {
        sources: round.coverage.sources.iter().map(source).collect(),
        networks: round.networks.iter().map(network).collect(),
        skipped: round.coverage.skipped.iter().map(skip).collect(),
        values_not_allowed: round.coverage.values_not_allowed,
        one_way_conversations: round.conversations.iter().filter(|it| it.is_one_way()).count(),
        unanswered_conversations: round.conversations.iter().filter(|it| it.is_unanswered()).count(),
        connections_already_open: round
            .conversations
            .iter()
            .map(|conversation| conversation.already_open)
            .sum(),
    }
}

fn source(source: &Source) -> SourceShape {
    SourceShape {
        name: source.name.clone(),
        bytes: source.bytes,
        kind: source.kind.code(),
        records: source.records,
        first: moment(source.first),
        last: moment(source.last),
        interfaces: source.interfaces.clone(),
        ended_early: source.ended_early.clone(),
    }
}

fn census_shapes(round: &Round) -> Vec<CensusShape> {
    let line = |line: wardround_round::CensusLine| CensusShape {
        class: line.class.code(),
        area: line.class.area().label(),
        count: line.count,
    };
    census(&round.assets).lines.into_iter().map(line).collect()
}

fn reasons(reasons: &[Reason]) -> Vec<ReasonShape> {
    reasons.iter().map(reason).collect()
}

fn reason(reason: &Reason) -> ReasonShape {
    ReasonShape {
        text: reason.text.clone(),
        evidence: reason.grounds.iter().map(ToString::to_string).collect(),
    }
}

fn share(confidence: wardround_model::Confidence) -> f64 {
    f64::from(confidence.as_percent()) / 100.0
}

fn claim(claim: &Claim<String>) -> ClaimShape {
    ClaimShape {
        value: claim.value.clone(),
        confidence: share(claim.confidence),
        reasons: reasons(&claim.reasons),
    }
}

fn asset(asset: &Asset) -> AssetShape {
    let macs = asset.macs.iter().map(ToString::to_string);
    let service = |service: &Service| ServiceShape {
        endpoint: service.endpoint.to_string(),
        protocol: service.protocol.map(wardround_model::Protocol::code),
        clients: service.clients,
    };
    AssetShape {
        id: asset.id.to_string(),
        title: asset.title(),
        addresses: macs.chain(asset.ips.iter().map(ToString::to_string)).collect(),
        class: asset.class.value.code(),
        area: asset.class.value.area().label(),
        confidence: share(asset.class.confidence),
        reasons: reasons(&asset.class.reasons),
        maker: asset.maker.as_ref().map(claim),
        model: asset.model.as_ref().map(claim),
        serial: asset.serial.as_ref().map(claim),
        software: asset.software.as_ref().map(claim),
        operating_system: asset.operating_system.as_ref().map(claim),
        care_area: asset.care_area.as_ref().map(claim),
        names: asset.names.clone(),
        services: asset.services.iter().map(service).collect(),
        first_seen: asset.first_seen.to_string(),
        last_seen: asset.last_seen.to_string(),
        seen_directly: asset.seen_directly,
    }
}

fn finding(finding: &Finding, proofs: &Proofs<'_>) -> FindingShape {
    let (cve, product, version, advisory, cwe) = match &finding.weakness {
        Weakness::Vulnerability { cve, product, version, advisory } => {
            (Some(cve.to_string()), Some(product.clone()), version.clone(), advisory.clone(), None)
        }
        Weakness::Setting { setting, .. } => (None, None, None, None, Some(format!("CWE-{}", setting.cwe()))),
    };
    FindingShape {
        id: finding.id.to_string(),
        asset: finding.asset.to_string(),
        weakness: finding.weakness.to_string(),
        title: finding.title.clone(),
        endpoint: finding.endpoint.map(|endpoint| endpoint.to_string()),
        cve,
        product,
        version,
        advisory,
        cwe,
        grade: finding.grade.code(),
        decision: finding.judgement.decision.code(),
        judgement: judgement(&finding.judgement),
        reasons: reasons(&finding.reasons),
        evidence: proofs.of(&finding.reasons),
    }
}

fn judgement(judgement: &Judgement) -> JudgementShape {
    JudgementShape {
        exploitation: judgement.exploitation.code(),
        automatable: judgement.automatable.code(),
        technical_impact: judgement.technical_impact.code(),
        mission_wellbeing: judgement.mission_wellbeing.code(),
        cvss: Score::of(judgement).map(cvss),
        reasons: reasons(&judgement.reasons),
    }
}

fn cvss(score: Score) -> CvssShape {
    let number = |score: CvssScore| f64::from(score.tenths()) / 10.0;
    CvssShape { here: number(score.here), elsewhere: number(score.elsewhere), environment: score.environment }
}

fn unjudged(unjudged: &Unjudged) -> UnjudgedShape {
    UnjudgedShape {
        id: unjudged.id().to_string(),
        asset: unjudged.asset.to_string(),
        about: unjudged.about.clone(),
        grade: unjudged.grade.map(wardround_model::Grade::code),
        cves: unjudged.cves.iter().map(ToString::to_string).collect(),
        reason: reason(&unjudged.reason),
        who: unjudged.who.code(),
        question: unjudged.question.clone(),
    }
}

fn settled(settled: &Settled) -> SettledShape {
    SettledShape {
        asset: settled.asset.to_string(),
        cve: settled.cve.to_string(),
        status: settled.status.code(),
        until: settled.until.map(|until| until.to_string()),
        reason: reason(&settled.reason),
    }
}

fn plan_item(rank: usize, item: &PlanItem) -> PlanShape {
    PlanShape {
        rank,
        title: item.title.clone(),
        decision: item.decision.code(),
        what: item.what.clone(),
        why: item.why.clone(),
        how_sure: item.how_sure.clone(),
        next_step: item.next_step.clone(),
        findings: item.findings.iter().map(ToString::to_string).collect(),
        assets: item.assets.iter().map(ToString::to_string).collect(),
    }
}

fn conversation(conversation: &Conversation) -> ConversationShape {
    ConversationShape {
        id: conversation.id().to_string(),
        client: conversation.client.to_string(),
        server: conversation.server.to_string(),
        protocol: conversation.protocol.map(wardround_model::Protocol::code),
        clinical: conversation.protocol.is_some_and(wardround_model::Protocol::is_clinical),
        connections: conversation.connections,
        already_open: conversation.already_open,
        packets_to_server: conversation.to_server.packets,
        bytes_to_server: conversation.to_server.bytes,
        packets_to_client: conversation.to_client.packets,
        bytes_to_client: conversation.to_client.bytes,
        one_way: conversation.is_one_way(),
        unanswered: conversation.is_unanswered(),
        first: conversation.first.at.to_string(),
        last: conversation.last.to_string(),
        active_hours: conversation.active.code(),
    }
}

fn intelligence(source: &wardround_model::IntelligenceSource) -> IntelligenceShape {
    IntelligenceShape { name: source.name.clone(), records: source.records, as_of: moment(source.as_of) }
}
