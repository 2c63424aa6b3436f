//! A large made-up hospital: devices of every class in networks of 200, who talks to whom, and what is weak.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::*;

/// How much there is of everything.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) assets: u32,
    pub(crate) findings: u32,
    pub(crate) conversations: u32,
}

/// Numbers that look random and are the same every time (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        u32::try_from((mixed >> 32) % u64::from(limit.max(1))).unwrap_or(0)
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(u32::try_from(values.len()).unwrap()) as usize]
    }
}

fn at() -> Timestamp {
    Timestamp::from_seconds(1_795_417_200)
}

fn sighting() -> Sighting {
    Sighting { evidence: Evidence { source: SourceIndex(0), record: 1, offset: 24 }, at: at() }
}

fn ip(asset: u32) -> IpAddr {
    let [_, _, high, low] = (asset / 200).to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(10, high, low, u8::try_from(asset % 200 + 1).unwrap()))
}

fn claim<T>(value: T) -> Claim<T> {
    Claim { value, confidence: Confidence::percent(95), reasons: Vec::new() }
}

fn asset(number: u32, numbers: &mut Numbers) -> Asset {
    let ip = ip(number);
    Asset {
        id: AssetId::of_anchor(&ip.to_string()),
        macs: Vec::new(),
        ips: vec![ip],
        names: Vec::new(),
        class: claim(numbers.one_of(DeviceClass::ALL)),
        maker: None,
        model: Some(claim(format!("Model {}", numbers.below(300)))),
        serial: None,
        software: None,
        operating_system: None,
        care_area: None,
        services: Vec::new(),
        products: Vec::new(),
        first_seen: at(),
        last_seen: at(),
        seen_directly: true,
    }
}

fn finding(asset: &Asset, numbers: &mut Numbers) -> Finding {
    let weakness = if numbers.below(3) == 0 {
        Weakness::Setting {
            setting: numbers.one_of(WeakSetting::ALL),
            protocol: format!("p{}", numbers.below(5)),
        }
    } else {
        let cve = CveId::new(2020, numbers.below(40_000)).unwrap();
        Weakness::Vulnerability {
            cve,
            product: format!("a:b{}", numbers.below(400)),
            version: None,
            advisory: None,
        }
    };
    let judgement = Judgement {
        decision: numbers.one_of(Decision::ALL),
        exploitation: numbers.one_of(Exploitation::ALL),
        automatable: numbers.one_of(Automatable::ALL),
        technical_impact: numbers.one_of(TechnicalImpact::ALL),
        mission_wellbeing: numbers.one_of(MissionWellbeing::ALL),
        reasons: vec![Reason::new("by a rule", []); 4],
    };
    Finding {
        id: FindingId::of(asset.id, &weakness),
        asset: asset.id,
        weakness,
        endpoint: None,
        grade: numbers.one_of(Grade::ALL),
        title: "weak".to_owned(),
        reasons: vec![Reason::new("it was seen", [])],
        judgement,
    }
}

fn conversation(size: Size, numbers: &mut Numbers) -> Conversation {
    let server = numbers.below(size.assets);
    let near = numbers.below(4) > 0;
    let client = if near { server / 200 * 200 + numbers.below(200) } else { numbers.below(size.assets) };
    let client =
        if numbers.below(2_000) == 0 { IpAddr::from([8, 8, 8, 8]) } else { ip(client.min(size.assets - 1)) };
    Conversation {
        client,
        server: Endpoint {
            ip: ip(server),
            transport: Transport::Tcp,
            port: u16::try_from(numbers.below(9_000)).unwrap(),
        },
        protocol: None,
        roles: RolesKnownBy::Protocol,
        connections: 1,
        already_open: 0,
        to_server: Volume { packets: 10, bytes: 1_000 },
        to_client: Volume { packets: 10, bytes: 1_000 },
        first: sighting(),
        last: at(),
        active: wardround_model::ActiveHours::at(at()),
    }
}

/// A round of this size.
pub(crate) fn round(size: Size) -> Round {
    let mut numbers = Numbers(7);
    let assets: Vec<_> = (0..size.assets).map(|number| asset(number, &mut numbers)).collect();
    let findings = (0..size.findings)
        .map(|_| {
            let at = numbers.below(size.assets) as usize;
            finding(&assets[at], &mut numbers)
        })
        .collect();
    let conversations = (0..size.conversations).map(|_| conversation(size, &mut numbers)).collect();
    Round {
        run_at: at(),
        as_of: at(),
        program: "bench".to_owned(),
        coverage: Coverage::default(),
        observations: Vec::new(),
        conversations,
        statements: Vec::new(),
        networks: Vec::new(),
        assets,
        findings,
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    }
}
