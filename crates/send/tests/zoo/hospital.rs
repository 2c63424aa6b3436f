//! A round that knows the devices of a zoo or a lab as servers, and an approved plan over it.

use std::net::{IpAddr, Ipv4Addr};

use wardround_ask::{Approval, Approved, Listed, Named, Net, Pace, Plan, Question, Scope, Window, approve};
use wardround_model::{
    Asset, AssetId, Claim, Confidence, Coverage, DeviceClass, Endpoint, Protocol, Round, RoundId, Service,
    Timestamp, Transport,
};

pub(crate) fn approved(offers: &[(Ipv4Addr, Vec<(u16, Protocol)>)], listed: Listed) -> Approved {
    approved_in(offers, listed, &[])
}

pub(crate) fn approved_in(
    offers: &[(Ipv4Addr, Vec<(u16, Protocol)>)],
    listed: Listed,
    multicast: &[Net],
) -> Approved {
    let round = round(offers.iter().map(|(ip, ports)| asset(*ip, ports)).collect());
    let now = jiff::Timestamp::now().as_second();
    let scope = Scope {
        networks: vec!["10.20.1.0/24".parse().unwrap()],
        owner: "the zoo".to_owned(),
        phone: "100".to_owned(),
        window: Window { from: now - 60, until: now + 600 },
        multicast: multicast.to_vec(),
        hours: None,
    };
    let plan = Plan::make(RoundId(1), &round, scope, listed, Pace::default());
    let approval = |by: &str| Approval { plan: plan.mark(), by: by.to_owned() };
    let approvals = [approval("keeper"), approval("vet")];
    approve(plan, RoundId(1), &round, &approvals).unwrap()
}

/// What all devices are called.
const MODEL: &str = "Example 4711";

/// Models that are named, for those of them that are asked nothing else.
pub(crate) fn named() -> Vec<Named> {
    let named =
        |question, called: &str| Named { model: MODEL.to_owned(), question, called: called.to_owned() };
    vec![
        named(Question::DicomEcho, "ARCHIVE1"),
        named(Question::ModbusIdentity, ""),
        named(Question::BacnetDevice, ""),
    ]
}

fn class(ports: &[(u16, Protocol)]) -> DeviceClass {
    match ports {
        [(_, Protocol::Dicom)] => DeviceClass::ImagingArchive,
        [(_, Protocol::Modbus | Protocol::Bacnet)] => DeviceClass::BuildingController,
        _ => DeviceClass::Server,
    }
}

fn transport(protocol: Protocol) -> Transport {
    match protocol {
        Protocol::Dns | Protocol::Ntp | Protocol::Snmp | Protocol::Bacnet => Transport::Udp,
        _ => Transport::Tcp,
    }
}

fn asset(ip: Ipv4Addr, ports: &[(u16, Protocol)]) -> Asset {
    let service = |(port, protocol): &(u16, Protocol)| Service {
        endpoint: Endpoint { ip: IpAddr::V4(ip), transport: transport(*protocol), port: *port },
        protocol: Some(*protocol),
        clients: 1,
    };
    Asset {
        id: AssetId::of_anchor(&ip.to_string()),
        macs: Vec::new(),
        ips: vec![IpAddr::V4(ip)],
        names: Vec::new(),
        class: Claim { value: class(ports), confidence: Confidence::percent(90), reasons: Vec::new() },
        maker: None,
        model: Some(Claim {
            value: MODEL.to_owned(),
            confidence: Confidence::percent(90),
            reasons: Vec::new(),
        }),
        serial: None,
        software: None,
        operating_system: None,
        care_area: None,
        services: ports.iter().map(service).collect(),
        products: Vec::new(),
        first_seen: Timestamp::EPOCH,
        last_seen: Timestamp::EPOCH,
        seen_directly: true,
    }
}

fn round(assets: Vec<Asset>) -> Round {
    Round {
        run_at: Timestamp::EPOCH,
        as_of: Timestamp::EPOCH,
        program: String::new(),
        coverage: Coverage::default(),
        observations: Vec::new(),
        conversations: Vec::new(),
        statements: Vec::new(),
        networks: Vec::new(),
        assets,
        findings: Vec::new(),
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    }
}
