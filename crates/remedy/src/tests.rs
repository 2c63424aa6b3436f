//! Laws of the worklist, on made-up rounds: a device shows a system, an old one, or nothing, and people say things.

mod laws;
mod people;
mod turns;

use wardround_model::*;
use wardround_triage::{Efforts, visits};

use crate::*;

/// What a round sees of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sees {
    /// Not the device.
    Nothing,
    /// The device, but not its system.
    Device,
    /// A system that is weak, on this day.
    Weak(i64),
    /// A system that is not weak, on this day.
    Strong(i64),
}

pub(super) fn moment(day: i64) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 / 86_400 * 86_400 + day * 86_400)
}

fn address(device: u8) -> std::net::IpAddr {
    std::net::IpAddr::from([10, 0, 0, device])
}

pub(super) fn asset_id(device: u8) -> AssetId {
    AssetId::of_anchor(&address(device).to_string())
}

fn claim<T>(value: T) -> wardround_model::Claim<T> {
    wardround_model::Claim { value, confidence: Confidence::percent(90), reasons: Vec::new() }
}

fn asset(device: u8, class: DeviceClass) -> Asset {
    Asset {
        id: asset_id(device),
        macs: Vec::new(),
        ips: vec![address(device)],
        names: Vec::new(),
        class: claim(class),
        maker: Some(claim("Acme".to_owned())),
        model: Some(claim("Box 3".to_owned())),
        serial: None,
        software: None,
        operating_system: None,
        care_area: None,
        services: Vec::new(),
        products: Vec::new(),
        first_seen: moment(0),
        last_seen: moment(0),
        seen_directly: false,
    }
}

fn observation(device: u8, system: &str, day: i64) -> Observation {
    let evidence = Evidence { source: SourceIndex(0), record: 1, offset: 0 };
    Observation {
        subject: Subject::Ip(address(device)),
        fact: Fact::new(FactKind::OperatingSystem, system.as_bytes()).unwrap(),
        first: Sighting { evidence, at: moment(day) },
        last: moment(day),
        count: 1,
    }
}

fn finding(device: u8, shown: &Observation, decision: Decision) -> Finding {
    let weakness = Weakness::Setting { setting: WeakSetting::Unsupported, protocol: "system".to_owned() };
    let because = || Reason::new("so it is", [Ground::Observation(shown.id())]);
    Finding {
        id: FindingId::of(asset_id(device), &weakness),
        asset: asset_id(device),
        weakness,
        endpoint: None,
        grade: Grade::Listed,
        title: "This system is no longer mended".to_owned(),
        reasons: vec![because()],
        judgement: Judgement {
            decision,
            exploitation: Exploitation::Active,
            automatable: Automatable::Yes,
            technical_impact: TechnicalImpact::Total,
            mission_wellbeing: MissionWellbeing::Medium,
            reasons: vec![because(), because(), because(), because()],
        },
    }
}

/// A round on this day that sees this of each device, numbered from 1.
pub(super) fn round(day: i64, class: DeviceClass, sees: &[Sees]) -> Round {
    let source = Source {
        kind: SourceKind::DirectoryComputers,
        name: "computers.csv".to_owned(),
        bytes: 1,
        records: 1,
        first: None,
        last: None,
        interfaces: Vec::new(),
        ended_early: None,
    };
    let mut round = Round {
        run_at: moment(day),
        as_of: moment(day),
        program: String::new(),
        coverage: Coverage { sources: vec![source], ..Coverage::default() },
        observations: Vec::new(),
        conversations: Vec::new(),
        statements: Vec::new(),
        networks: Vec::new(),
        assets: Vec::new(),
        findings: Vec::new(),
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    };
    for (device, sees) in (1..).zip(sees) {
        if *sees != Sees::Nothing {
            round.assets.push(asset(device, class));
        }
        match sees {
            Sees::Nothing | Sees::Device => {}
            Sees::Strong(day) => {
                round.observations.push(observation(device, "Windows Server 2022 Standard", *day));
            }
            Sees::Weak(day) => {
                let shown = observation(device, "Windows Server 2008 Standard", *day);
                round.findings.push(finding(device, &shown, Decision::Act));
                round.observations.push(shown);
            }
        }
    }
    round
}

/// These rounds walked, and what people said.
pub(super) fn work(rounds: &[Round], events: Vec<Event>) -> Work {
    let efforts = Efforts::default();
    let mut work = Work { events, ..Work::default() };
    for (id, round) in (1..).zip(rounds) {
        work.visits = visits(round, &efforts);
        work.history.see(RoundId(id), round, &work.visits);
    }
    work
}

pub(super) fn worklist(work: &Work, day: i64) -> Worklist<'_> {
    work.worklist(&Efforts::default(), &Policy::default(), moment(day))
}

pub(super) fn person(name: &str) -> Person {
    name.parse().unwrap()
}

pub(super) fn note(text: &str) -> Note {
    text.parse().unwrap()
}

/// What was said, as a store would keep it.
pub(super) fn said(number: i64, after: i64, day: i64, new: &NewEvent) -> Event {
    Event {
        id: EventId(number),
        task: new.task(),
        after: RoundId(after),
        at: moment(day),
        by: new.by().clone(),
        what: new.what().clone(),
        findings: new.findings().to_vec(),
    }
}

fn only<'w, 'a>(list: &'w Worklist<'a>) -> &'w Task<'a> {
    let [task] = list.tasks.as_slice() else { panic!("{} tasks", list.tasks.len()) };
    task
}

fn state<'w>(task: &'w Task<'_>) -> &'w State {
    &task.parts().next().unwrap().state
}

const SERVER: DeviceClass = DeviceClass::Server;

/// A story of one server: what each round sees on its day, and a claim after the first round where one is made.
fn told(sees: &[Sees], claim_on: Option<i64>) -> Work {
    let rounds: Vec<Round> = (0..).zip(sees).map(|(day, sees)| round(day * 10, SERVER, &[*sees])).collect();
    let first = work(&rounds[..1], Vec::new());
    let list = worklist(&first, 0);
    let claims = claim_on.map(|day| said(1, 1, day, &only(&list).done(person("R. Ferreira")).unwrap()));
    work(&rounds, claims.into_iter().collect())
}
