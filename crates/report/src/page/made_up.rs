//! A round for tests of what is told of rounds.

use wardround_model::{
    Asset, AssetId, Claim, Confidence, Conversation, Coverage, DeviceClass, Endpoint, Evidence, Fact,
    FactKind, Observation, Reason, RolesKnownBy, Round, Sighting, Source, SourceIndex, SourceKind, Statement,
    Subject, Timestamp, Transport, Volume,
};

pub(crate) fn at(day: &str) -> Timestamp {
    format!("{day}T08:00:00Z").parse().unwrap()
}

/// An infusion pump that was seen directly.
pub(crate) fn asset(address: &str, last_seen: &str) -> Asset {
    let reasons = vec![Reason::new("a test says so", [])];
    Asset {
        id: AssetId::of_anchor(address),
        macs: Vec::new(),
        ips: vec![address.parse().unwrap()],
        names: Vec::new(),
        class: Claim { value: DeviceClass::InfusionPump, confidence: Confidence::percent(90), reasons },
        maker: None,
        model: None,
        operating_system: None,
        care_area: None,
        serial: None,
        software: None,
        services: Vec::new(),
        products: Vec::new(),
        first_seen: at("2026-01-01"),
        last_seen: at(last_seen),
        seen_directly: true,
    }
}

pub(crate) fn round(assets: Vec<Asset>, statements: Vec<Statement>) -> Round {
    Round {
        run_at: at("2026-11-24"),
        as_of: at("2026-11-24"),
        program: String::new(),
        coverage: Coverage::default(),
        observations: Vec::new(),
        conversations: Vec::new(),
        statements,
        networks: Vec::new(),
        assets,
        findings: Vec::new(),
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    }
}

/// A list that was read.
pub(crate) fn list(kind: SourceKind) -> Source {
    Source {
        kind,
        name: kind.code().to_owned(),
        bytes: 0,
        records: 2,
        first: None,
        last: None,
        interfaces: Vec::new(),
        ended_early: None,
    }
}

/// A fact of the first source, as of this day.
pub(crate) fn seen(subject: Subject, kind: FactKind, value: &str, day: &str) -> Observation {
    Observation {
        subject,
        fact: Fact::new(kind, value.as_bytes()).unwrap(),
        first: sighting(day),
        last: at(day),
        count: 1,
    }
}

fn sighting(day: &str) -> Sighting {
    Sighting { evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 }, at: at(day) }
}

/// Who talked to whom; what was seen of each side.
pub(crate) fn talk(client: &str, server: &str, seen: (u64, u64)) -> Conversation {
    let volume = |packets| Volume { packets, bytes: packets * 100 };
    Conversation {
        client: client.parse().unwrap(),
        server: Endpoint { ip: server.parse().unwrap(), port: 104, transport: Transport::Tcp },
        protocol: None,
        roles: RolesKnownBy::Protocol,
        connections: 1,
        already_open: 0,
        to_server: volume(seen.0),
        to_client: volume(seen.1),
        first: sighting("2026-11-23"),
        last: at("2026-11-23"),
        active: wardround_model::ActiveHours::at(at("2026-11-23")),
    }
}
