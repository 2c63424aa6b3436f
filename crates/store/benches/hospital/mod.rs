//! A made-up hospital of any size, the same every time, for what measures stores and sites.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::*;

/// A hospital of this many devices; rounds with different seeds differ a little.
pub(crate) fn round(devices: u32, seed: u32) -> Round {
    let skipped = |n: u32| seed > 0 && n.is_multiple_of(50);
    Round {
        run_at: moment(seed * 600_000),
        as_of: moment(seed * 600_000 + 1),
        program: "wardround 0.1.0".to_owned(),
        coverage: Coverage::default(),
        observations: (0..devices * 4).filter_map(observation).collect(),
        conversations: (0..devices * 20).map(|n| conversation(n, devices)).collect(),
        statements: Vec::new(),
        networks: (0..devices / 200)
            .map(|n| Network {
                prefix: Network::prefix_of(host(n * 200)),
                seen_directly: 150,
                seen_from_afar: 50,
            })
            .collect(),
        assets: (0..devices).filter(|n| !skipped(*n + 7)).map(asset).collect(),
        findings: (0..devices * 4).filter(|n| !skipped(*n)).filter_map(|n| finding(n, devices)).collect(),
        unjudged: (0..devices / 2).map(unjudged).collect(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: vec![IntelligenceSource {
            name: "NVD".to_owned(),
            records: 300_000,
            as_of: Some(moment(0)),
        }],
    }
}

/// A number that looks like chance, the same every time (SplitMix64; Steele and others, 2014).
fn mixed(n: u32) -> u32 {
    let wide = u64::from(n).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let wide = (wide ^ (wide >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let wide = (wide ^ (wide >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    u32::try_from((wide ^ (wide >> 31)) >> 32).unwrap_or_default()
}

pub(crate) fn moment(n: u32) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + i64::from(n))
}

pub(crate) fn host(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n / 200 * 256 + n % 200 + 1))
}

pub(crate) fn asset_id(n: u32) -> AssetId {
    AssetId::of_anchor(&host(n).to_string())
}

fn sighting(n: u32) -> Sighting {
    let evidence = Evidence { source: SourceIndex(0), record: u64::from(n) + 1, offset: u64::from(n) * 200 };
    Sighting { evidence, at: moment(n % 600_000) }
}

fn service(n: u32) -> Endpoint {
    let port = [104, 443, 22, 445, 2575, 80].get(n as usize % 6).copied().unwrap_or(80);
    Endpoint { ip: host(n), transport: Transport::Tcp, port }
}

fn class(n: u32) -> DeviceClass {
    // Most are computers, phones and unknown things; rare ones are rare.
    let many = [
        DeviceClass::Workstation,
        DeviceClass::Mobile,
        DeviceClass::VoicePhone,
        DeviceClass::Unknown,
        DeviceClass::InfusionPump,
        DeviceClass::PatientMonitor,
    ];
    let chance = mixed(n) % 100;
    let any = DeviceClass::ALL.get(mixed(n ^ 0x5555) as usize % DeviceClass::ALL.len()).copied();
    let common = many.get(chance as usize % many.len()).copied();
    if chance < 85 { common.unwrap_or(DeviceClass::Unknown) } else { any.unwrap_or(DeviceClass::Unknown) }
}

fn fact(n: u32) -> (Subject, Option<Fact>) {
    match n % 4 {
        0 => {
            let banner = format!("OpenSSH_{}.{}p1", n % 9, mixed(n) % 10);
            (Subject::Service(service(n / 4)), Fact::new(FactKind::SshBanner, banner.as_bytes()).ok())
        }
        1 => (Subject::Ip(host(n / 4)), Fact::new(FactKind::Hl7Sends, b"ORU^R01").ok()),
        2 => (Subject::Mac(mac(n / 4)), Fact::new(FactKind::OwnsIp, host(n / 4).to_string().as_bytes()).ok()),
        _ => (Subject::Service(service(n / 4 + 1)), Fact::new(FactKind::HttpServer, b"nginx/1.10.3").ok()),
    }
}

fn observation(n: u32) -> Option<Observation> {
    let (subject, fact) = fact(n);
    Some(Observation { subject, fact: fact?, first: sighting(n), last: moment(n % 600_000 + 60), count: 3 })
}

fn mac(n: u32) -> MacAddr {
    let [a, b, c, d] = n.to_be_bytes();
    MacAddr([0, 0x1b, a, b, c, d])
}

fn reason(text: &str, n: u32) -> Reason {
    let (subject, fact) = fact(n);
    Reason::new(text, fact.map(|fact| Ground::Observation(ObservationId::of(&subject, &fact))))
}

fn claim<T>(value: T, n: u32) -> Claim<T> {
    Claim { value, confidence: Confidence::percent(80), reasons: vec![reason("it says so itself", n * 4)] }
}

fn asset(n: u32) -> Asset {
    let made = !n.is_multiple_of(3);
    Asset {
        id: asset_id(n),
        macs: vec![mac(n)],
        ips: vec![host(n)],
        names: vec![format!("DEV-{n}")],
        class: claim(class(n), n),
        maker: made.then(|| claim(format!("Maker {}", mixed(n) % 300), n)),
        model: made.then(|| claim(format!("Scanner {}", mixed(n) % 2_000), n)),
        serial: None,
        software: None,
        operating_system: None,
        care_area: n.is_multiple_of(4).then(|| claim(format!("Ward {}", mixed(n) % 60), n)),
        services: vec![Service { endpoint: service(n), protocol: Some(Protocol::Http), clients: 4 }],
        products: Vec::new(),
        first_seen: moment(mixed(n) % 1000),
        last_seen: moment(1_000 + mixed(n) % 500_000),
        seen_directly: !n.is_multiple_of(5),
    }
}

fn finding(n: u32, devices: u32) -> Option<Finding> {
    // Sorted by urgency, as triage sorts them.
    let part = u64::from(n) * 1_000 / (u64::from(devices) * 4);
    let decision = match part {
        0..10 => Decision::Act,
        10..100 => Decision::Attend,
        100..400 => Decision::TrackStar,
        _ => Decision::Track,
    };
    let asset = asset_id(mixed(n) % devices);
    let (product, version) = (mixed(n ^ 0xaaaa) % 400, mixed(n ^ 0xbbbb) % 10);
    let (weakness, title) = if !mixed(n ^ 0xcccc).is_multiple_of(5) {
        let cve = CveId::new(2020, 1_000 + product * 20 + mixed(n ^ 0xdddd) % 20)?;
        let title = format!("Product {product} 7.{version} has the published weakness {cve}");
        let product = format!("vendor:product-{product}");
        (
            Weakness::Vulnerability { cve, product, version: Some(format!("7.{version}")), advisory: None },
            title,
        )
    } else {
        let setting = *WeakSetting::ALL.get(product as usize % WeakSetting::ALL.len())?;
        let protocol = format!("p{version}");
        let title = format!("A weak setting of kind {} over {protocol}", setting.code());
        (Weakness::Setting { setting, protocol }, title)
    };
    Some(Finding {
        id: FindingId::of(asset, &weakness),
        asset,
        weakness,
        endpoint: Some(service(n)),
        grade: Grade::ExactVersion,
        title,
        reasons: vec![reason("the banner names the product and its version", n)],
        judgement: Judgement {
            decision,
            exploitation: Exploitation::None,
            automatable: Automatable::Yes,
            technical_impact: TechnicalImpact::Total,
            mission_wellbeing: MissionWellbeing::High,
            reasons: ["nobody is known to use it", "it can be automated", "total control", "care runs on it"]
                .map(|point| Reason::new(point, []))
                .into(),
        },
    })
}

fn unjudged(n: u32) -> Unjudged {
    let (about, question) = (format!("product {n}"), "Which version runs there?".to_owned());
    Unjudged::new(asset_id(n * 2), about, reason("its version was not seen", n), Role::Server, question)
}

fn conversation(n: u32, devices: u32) -> Conversation {
    // A tenth goes to one server, a third to a hundred, the rest to anybody; some of it to the Internet.
    let client = host(n % devices);
    let server = match mixed(n) % 100 {
        0..10 => service(0),
        10..43 => service(mixed(n ^ 0x1111) % 100),
        43..50 => Endpoint { ip: IpAddr::V4(Ipv4Addr::from(0x0808_0000 + n % 65_536)), ..service(1) },
        _ => service(mixed(n ^ 0x2222) % devices),
    };
    Conversation {
        client,
        server,
        protocol: Protocol::ALL.get(n as usize % Protocol::ALL.len()).copied(),
        roles: RolesKnownBy::Protocol,
        connections: u64::from(n % 7) + 1,
        already_open: 0,
        to_server: Volume { packets: 100, bytes: u64::from(mixed(n) % 100_000) },
        to_client: Volume { packets: 120, bytes: u64::from(mixed(n ^ 1) % 1_000_000) },
        first: sighting(n),
        last: moment(600_000),
        active: ActiveHours::between(sighting(n).at, moment(600_000)),
    }
}
