//! Servers of FHIR: asked for their statement where it was heard or an owner named it, and nowhere else.

use super::*;
use crate::fhir::FhirServer;
use wardround_model::{Fact, Observation, Subject};

const SERVER: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);

fn hospital(heard: &[u16]) -> Round {
    let services = [
        (22, Some(Protocol::Ssh)),
        (8080, Some(Protocol::Http)),
        (8443, Some(Protocol::Tls)),
        (9443, Some(Protocol::Tls)),
    ];
    let at = Timestamp::EPOCH;
    let first = Sighting { evidence: Evidence { source: SourceIndex(0), record: 1, offset: 0 }, at };
    let told = |port: &u16| Observation {
        subject: Subject::Service(Endpoint {
            ip: IpAddr::V4(SERVER),
            transport: Transport::Tcp,
            port: *port,
        }),
        fact: Fact::new(FactKind::FhirVersion, b"not-told").unwrap(),
        first,
        last: at,
        count: 1,
    };
    let observations = heard.iter().map(told).collect();
    Round { observations, ..round(vec![asset(SERVER, DeviceClass::Server, 90, &services)]) }
}

fn plan_of(round: &Round, servers: &[&str]) -> Plan {
    let fhir: Vec<FhirServer> = servers.iter().map(|server| server.parse().unwrap()).collect();
    let listed = Listed { fhir, ..Listed::default() };
    Plan::make(ID, round, scope(&["10.20.1.0/24"]), listed, Pace::default())
}

fn asked(plan: &Plan) -> Vec<(u16, &'static str, &str)> {
    plan.exchanges.iter().map(|one| (one.port, one.question.code(), one.called.as_str())).collect()
}

#[test]
fn p6_a_statement_is_asked_for_where_fhir_was_heard() {
    let round = hospital(&[8080, 9443, 22]);
    let plan = plan_of(&round, &[]);
    let expected = [
        (22, "ssh-hello", ""),
        (8080, "fhir-metadata", ""),
        (8443, "https-head", ""),
        (9443, "fhir-metadata-tls", ""),
    ];
    assert_eq!((asked(&plan), breaches(&plan, ID, &round)), (expected.to_vec(), Vec::new()));
    // A newer round does not hear it any more: the page expects another question.
    let by = Approval { plan: plan.mark(), by: "Ann".to_owned() };
    let approved = approve(plan.clone(), ID, &round, &[by]).unwrap();
    assert_eq!(approved.breach_since(&plan.exchanges[1], &hospital(&[])).unwrap().rule, "P6");
}

#[test]
fn p5_p6_a_server_that_was_named_is_asked_under_its_base_and_no_other() {
    let round = hospital(&[]);
    let plan = plan_of(
        &round,
        &["10.20.1.9:8443/fhir/R4", "10.20.1.9:9090/base", "10.20.1.9:22/x", "10.20.1.9:2575/x"],
    );
    let expected = [
        (22, "ssh-hello", ""),
        (8080, "http-head", ""),
        (8443, "fhir-metadata-tls", "/fhir/R4"),
        (9090, "fhir-metadata", "/base"),
        (9443, "tls-hello", ""),
    ];
    assert_eq!((asked(&plan), breaches(&plan, ID, &round)), (expected.to_vec(), Vec::new()));
    for (nth, called) in [(2, "/Patient"), (1, "/fhir"), (3, "")] {
        let mut changed = plan.clone();
        changed.exchanges[nth].called = called.to_owned();
        assert_eq!(breaches(&changed, ID, &round)[0].rule, "P6", "{called}");
    }
    let mut unnamed = plan;
    unnamed.listed.fhir.clear();
    let rules: Vec<_> = breaches(&unnamed, ID, &round).iter().map(|breach| breach.rule).collect();
    assert!(rules.contains(&"P5") && rules.contains(&"P6"), "{rules:?}");
}
