//! A round for tests of what is told of rounds.

use wardround_model::{
    Asset, AssetId, Claim, Confidence, Coverage, DeviceClass, Reason, Round, Statement, Timestamp,
};

pub(super) fn at(day: &str) -> Timestamp {
    format!("{day}T08:00:00Z").parse().unwrap()
}

/// An infusion pump that was seen directly.
pub(super) fn asset(address: &str, last_seen: &str) -> Asset {
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

pub(super) fn round(assets: Vec<Asset>, statements: Vec<Statement>) -> Round {
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
