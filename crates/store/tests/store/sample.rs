//! Rounds of a chosen size, the same every time: a hospital that nobody has seen.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::*;

/// How large a round is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) assets: u32,
    pub(crate) observations: u32,
    pub(crate) conversations: u32,
    pub(crate) findings: u32,
}

impl Size {
    /// A small clinic.
    pub(crate) const CLINIC: Self = Self { assets: 40, observations: 800, conversations: 400, findings: 60 };
}

/// A round of this size; rounds with different seeds differ.
pub(crate) fn round(size: Size, seed: u32) -> Round {
    Round {
        run_at: moment(seed),
        as_of: moment(seed + 1),
        program: "wardround 0.1.0".to_owned(),
        coverage: coverage(size),
        observations: (0..size.observations).filter_map(|n| observation(size, seed, n)).collect(),
        conversations: (0..size.conversations).map(conversation).collect(),
        statements: vec![statement()],
        networks: vec![Network { prefix: "10.20.1.0/24".to_owned(), seen_directly: 12, seen_from_afar: 3 }],
        assets: (0..size.assets).map(asset).collect(),
        findings: (0..size.findings).filter_map(|n| finding(size, n)).collect(),
        unjudged: vec![unjudged()],
        settled: CveId::new(2020, 25_165).map(settled).into_iter().collect(),
        plan: (0..10).map(plan_item).collect(),
        intelligence: vec![IntelligenceSource {
            name: "CISA KEV".to_owned(),
            records: 1300,
            as_of: Some(moment(0)),
        }],
    }
}

fn unjudged() -> Unjudged {
    let (about, question) = ("product openssh".to_owned(), "Which version of OpenSSH runs there?".to_owned());
    let why = reason("its version was not seen", 0);
    Unjudged {
        cves: CveId::new(2018, 15_473).into_iter().collect(),
        grade: Some(Grade::VersionUnknown),
        ..Unjudged::new(asset_id(0), about, why, Role::Server, question)
    }
}

fn settled(cve: CveId) -> Settled {
    let reason = Reason::new("the biomedical engineer said so", [Ground::Statement(StatementId(1))]);
    Settled { asset: asset_id(0), cve, status: VexStatus::NotAffected, until: Some(moment(9)), reason }
}

fn statement() -> Statement {
    Statement {
        id: StatementId(1),
        asset: asset_id(0),
        says: Says::Spares(2),
        by: Role::ClinicalOwner,
        at: moment(0),
        because: "two more stand in the store room".to_owned(),
        until: None,
    }
}

fn moment(n: u32) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + i64::from(n))
}

fn host(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a14_0000 + n))
}

fn endpoint(n: u32) -> Endpoint {
    let port = [104, 443, 22, 445, 2575, 80].get(n as usize % 6).copied().unwrap_or(80);
    Endpoint { ip: host(n), transport: Transport::Tcp, port }
}

fn sighting(n: u32) -> Sighting {
    let record = u64::from(n) + 1;
    Sighting { evidence: Evidence { source: SourceIndex(0), record, offset: record * 200 }, at: moment(n) }
}

fn asset_id(n: u32) -> AssetId {
    AssetId::of_anchor(&host(n).to_string())
}

fn observation_id(n: u32) -> ObservationId {
    ObservationId(Digest::of(&[&n.to_string()]))
}

fn reason(text: &str, n: u32) -> Reason {
    let conversation = ConversationId(Digest::of(&["conversation", &n.to_string()]));
    Reason::new(text, [Ground::Observation(observation_id(n)), Ground::Conversation(conversation)])
}

fn claim<T>(value: T, n: u32) -> Claim<T> {
    let reasons =
        vec![reason("speaks DICOM as a modality does", n), reason("its maker makes such devices", n)];
    Claim { value, confidence: Confidence::percent(80), reasons }
}

fn coverage(size: Size) -> Coverage {
    let source = Source {
        name: "clinic.pcapng".to_owned(),
        bytes: 8_000_000,
        kind: SourceKind::Capture,
        records: u64::from(size.observations) * 10,
        first: Some(moment(0)),
        last: Some(moment(size.observations)),
        interfaces: vec!["clinical".to_owned(), "office".to_owned()],
        ended_early: None,
    };
    let first = sighting(7).evidence;
    let skipped = vec![Skip { reason: SkipReason::CutShort, count: 3, first }];
    Coverage { sources: vec![source], skipped, values_not_allowed: 2 }
}

fn observation(size: Size, seed: u32, n: u32) -> Option<Observation> {
    let about = n % size.assets.max(1);
    let banner = format!("OpenSSH_{}.{}p{seed}", n / size.assets.max(1), n % 10);
    let (subject, fact) = match n % 3 {
        0 => (Subject::Service(endpoint(about)), Fact::new(FactKind::SshBanner, banner.as_bytes())),
        1 => (Subject::Ip(host(about)), Fact::new(FactKind::Hl7Sends, b"ORU^R01")),
        _ => {
            let [a, b, c, d] = about.to_be_bytes();
            let mac = MacAddr([0, 0x1b, a, b, c, d]);
            (Subject::Mac(mac), Fact::new(FactKind::OwnsIp, host(n).to_string().as_bytes()))
        }
    };
    let fact = fact.ok()?;
    Some(Observation {
        subject,
        fact,
        first: sighting(n),
        last: moment(n + 60),
        count: u64::from(n % 50) + 1,
    })
}

fn conversation(n: u32) -> Conversation {
    Conversation {
        client: host(n / 3),
        server: endpoint(n),
        protocol: Protocol::ALL.get(n as usize % Protocol::ALL.len()).copied(),
        roles: RolesKnownBy::Protocol,
        connections: u64::from(n % 7) + 1,
        already_open: u64::from(n % 2),
        to_server: Volume { packets: 100, bytes: 20_000 },
        to_client: Volume { packets: 120, bytes: 900_000 },
        first: sighting(n),
        last: moment(n + 60),
        active: active(n),
    }
}

/// Every third has hours between its first packet and its last.
fn active(n: u32) -> ActiveHours {
    let mut active = ActiveHours::of_ends(sighting(n).at, moment(n + 60));
    if n.is_multiple_of(3) {
        active.add(moment(n + 40_000));
    }
    active
}

fn asset(n: u32) -> Asset {
    let [a, b, c, d] = n.to_be_bytes();
    let service = |k| Service { endpoint: endpoint(n + k), protocol: Some(Protocol::Dicom), clients: 4 };
    let product = |k| SeenProduct {
        endpoint: Some(endpoint(n + k)),
        text: "OpenSSH_7.2p2".to_owned(),
        observation: observation_id(n),
    };
    Asset {
        id: asset_id(n),
        macs: vec![MacAddr([0, 0x1b, a, b, c, d])],
        ips: vec![host(n)],
        names: vec![format!("CT-{}", n % 1000)],
        class: claim(DeviceClass::ImagingModality, n),
        maker: Some(claim("Example Imaging".to_owned(), n)),
        model: n.is_multiple_of(2).then(|| claim("Scanner 7".to_owned(), n)),
        serial: n.is_multiple_of(5).then(|| claim(format!("SN{n}"), n)),
        software: None,
        operating_system: n.is_multiple_of(3).then(|| claim("Windows 10".to_owned(), n)),
        care_area: None,
        services: (0..3).map(service).collect(),
        products: (0..2).map(product).collect(),
        first_seen: moment(n),
        last_seen: moment(n + 900),
        seen_directly: !n.is_multiple_of(5),
    }
}

fn finding(size: Size, n: u32) -> Option<Finding> {
    let asset = asset_id(n % size.assets.max(1));
    let weakness = if n.is_multiple_of(2) {
        Weakness::Vulnerability {
            cve: CveId::new(2018, 15_473 + n)?,
            product: "openbsd:openssh".to_owned(),
            version: Some("7.2".to_owned()),
            advisory: None,
        }
    } else {
        Weakness::Setting { setting: WeakSetting::ClearTextCredentials, protocol: "telnet".to_owned() }
    };
    let points = ["nobody is known to exploit it", "it can be automated", "total control", "care runs on it"];
    Some(Finding {
        id: FindingId::of(asset, &weakness),
        asset,
        weakness,
        endpoint: Some(endpoint(n)),
        grade: Grade::ExactVersion,
        title: "OpenSSH 7.2 lets an attacker find out account names".to_owned(),
        reasons: vec![reason("the banner names the product and its version", n)],
        judgement: Judgement {
            decision: Decision::Attend,
            exploitation: Exploitation::None,
            automatable: Automatable::Yes,
            technical_impact: TechnicalImpact::Total,
            mission_wellbeing: MissionWellbeing::High,
            reasons: points.map(|point| Reason::new(point, [])).into(),
        },
    })
}

fn plan_item(n: u32) -> PlanItem {
    let findings = (0..30).map(|k| FindingId(Digest::of(&["finding", &(n * 30 + k).to_string()])));
    PlanItem {
        title: "Imaging devices that let anybody in".to_owned(),
        what: "They answer without asking who is there".to_owned(),
        why: "Images of patients can be read and changed".to_owned(),
        how_sure: "Seen on the network".to_owned(),
        next_step: "Ask the maker how to turn authentication on".to_owned(),
        decision: Decision::Act,
        findings: findings.collect(),
        assets: (0..30).map(|k| asset_id(n * 30 + k)).collect(),
    }
}
