//! The envelope as laws over random hospitals, scopes and wishes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use wardround_model::{
    Asset, AssetId, Claim, Confidence, Conversation, Coverage, DeviceClass, Endpoint, Evidence, FactKind,
    MacAddr, Protocol, RolesKnownBy, Round, RoundId, Service, Sighting, Source, SourceIndex, SourceKind,
    Timestamp, Transport, Volume,
};

use crate::envelope::{
    HOST_GAP, LEAST_CONFIDENCE, MOST_PACKETS, MOST_WALKED, SENSOR_GAP, SENSOR_RATE, never,
};
use crate::reading::{Login, Reading};
use crate::{
    Approval, Approved, Exchange, Listed, MAY_BE_ASKED, Net, Outcome, Pace, Plan, Question, Refused, Scope,
    Step, Walk, Window, Wish, approve, breaches,
};

mod directory;
mod distress;
mod fhir;
mod multicast;
mod named;
mod reading;
mod regular;

const ID: RoundId = RoundId(7);

/// How a protocol is carried here.
fn transport(protocol: Option<Protocol>) -> Transport {
    use Protocol::{Bacnet, Dhcp, Dns, Mdns, Ntp, Snmp};
    match protocol {
        Some(Bacnet | Dhcp | Dns | Mdns | Ntp | Snmp) => Transport::Udp,
        _ => Transport::Tcp,
    }
}

fn asset(ip: Ipv4Addr, class: DeviceClass, sure: u8, services: &[(u16, Option<Protocol>)]) -> Asset {
    let [.., c, d] = ip.octets();
    let service = |(port, protocol): &(u16, Option<Protocol>)| Service {
        endpoint: Endpoint { ip: IpAddr::V4(ip), transport: transport(*protocol), port: *port },
        protocol: *protocol,
        clients: 1,
    };
    Asset {
        id: AssetId::of_anchor(&ip.to_string()),
        macs: vec![MacAddr([0, 0x1b, 0x2c, 0, c, d])],
        ips: vec![IpAddr::V4(ip)],
        names: Vec::new(),
        class: Claim { value: class, confidence: Confidence::percent(sure), reasons: Vec::new() },
        maker: None,
        model: None,
        serial: None,
        software: None,
        operating_system: None,
        care_area: None,
        services: services.iter().map(service).collect(),
        products: Vec::new(),
        first_seen: Timestamp::EPOCH,
        last_seen: Timestamp::EPOCH,
        seen_directly: true,
    }
}

/// A round over one capture, with talks of ports 443: client, server, the last packet's second.
pub(crate) fn watched_round(talks: &[(Ipv4Addr, Ipv4Addr, i64)], from: i64, until: i64) -> Round {
    let at = Timestamp::from_seconds;
    let evidence = Evidence { source: SourceIndex(0), record: 1, offset: 0 };
    let talk = |(client, server, last): &(Ipv4Addr, Ipv4Addr, i64)| Conversation {
        client: IpAddr::V4(*client),
        server: Endpoint { ip: IpAddr::V4(*server), transport: Transport::Tcp, port: 443 },
        protocol: None,
        roles: RolesKnownBy::Protocol,
        connections: 1,
        already_open: 0,
        to_server: Volume { packets: 3, bytes: 9 },
        to_client: Volume { packets: 3, bytes: 9 },
        first: Sighting { evidence, at: at(from) },
        last: at(*last),
        active: wardround_model::ActiveHours::NONE,
    };
    let source = Source {
        kind: SourceKind::Capture,
        name: "mirror".to_owned(),
        bytes: 0,
        records: 1,
        first: Some(at(from)),
        last: Some(at(until)),
        interfaces: Vec::new(),
        ended_early: None,
    };
    let coverage = Coverage { sources: vec![source], ..Coverage::default() };
    Round { conversations: talks.iter().map(talk).collect(), coverage, ..round(Vec::new()) }
}

pub(crate) fn round(assets: Vec<Asset>) -> Round {
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

fn scope(networks: &[&str]) -> Scope {
    Scope {
        networks: networks.iter().map(|net| net.parse().unwrap()).collect(),
        owner: "server team".to_owned(),
        phone: "100".to_owned(),
        window: Window { from: 0, until: 3600 },
        multicast: Vec::new(),
        hours: None,
    }
}

fn approved(plan: Plan, round: &Round) -> Approved {
    let by = |by: &str| Approval { plan: plan.mark(), by: by.to_owned() };
    let approvals = [by("one"), by("two")];
    approve(plan, ID, round, &approvals).unwrap()
}

fn servers(ips: impl IntoIterator<Item = Ipv4Addr>) -> Round {
    let ports = [(22, Some(Protocol::Ssh)), (80, Some(Protocol::Http)), (443, Some(Protocol::Tls))];
    round(ips.into_iter().map(|ip| asset(ip, DeviceClass::Server, 90, &ports)).collect())
}

fn is_server(class: DeviceClass) -> bool {
    use DeviceClass as C;
    matches!(
        class,
        C::Server
            | C::FileServer
            | C::DatabaseServer
            | C::NetworkService
            | C::AccountDirectory
            | C::BusinessSystem
    )
}

fn some_ip() -> impl Strategy<Value = Ipv4Addr> {
    let last = prop_oneof![any::<u8>(), select(vec![0, 1, 255])];
    (select(vec![[10, 20, 1], [10, 20, 2], [192, 168, 7], [8, 8, 8], [224, 0, 0]]), last)
        .prop_map(|([a, b, c], d)| Ipv4Addr::new(a, b, c, d))
}

fn some_asset() -> impl Strategy<Value = Asset> {
    let port =
        prop_oneof![any::<u16>(), select(vec![22, 53, 80, 104, 123, 161, 443, 502, 2575, 9100, 11112])];
    let protocol = proptest::option::of(select(Protocol::ALL));
    let services = proptest::collection::vec((port, protocol), 0..6);
    (some_ip(), select(DeviceClass::ALL), 0_u8..=100, services)
        .prop_map(|(ip, class, sure, services)| asset(ip, class, sure, &services))
}

fn some_scope() -> impl Strategy<Value = Scope> {
    let net = select(vec!["10.20.1.0/24", "10.20.1.16/28", "10.20.2.0/25", "192.168.0.0/20", "10.20.1.7/32"]);
    proptest::collection::vec(net, 1..4).prop_map(|networks| scope(&networks))
}

fn some_change() -> impl Strategy<Value = (usize, u8, u16, Ipv4Addr)> {
    (any::<usize>(), 0_u8..8, any::<u16>(), some_ip())
}

proptest! {
    #[test]
    fn p2_p5_p11_no_plan_breaks_the_envelope(
        assets in proptest::collection::vec(some_asset(), 0..40),
        scope in some_scope(),
        ports in proptest::collection::vec(any::<u16>(), 0..10),
        datagrams in proptest::collection::vec((some_ip(), select(vec![53, 123, 161, 162, 5353])), 0..10),
        reads in proptest::collection::vec((some_ip(), select(vec![22, 80, 2222])), 0..10),
        community: bool,
        user: bool,
        switches in proptest::collection::vec(some_ip(), 0..4),
        host_gap_ms: u64,
        sensor_gap_ms: u64,
    ) {
        let round = round(assets);
        let named: Vec<SocketAddrV4> = datagrams.iter().map(|(ip, port)| SocketAddrV4::new(*ip, *port)).collect();
        let hosts = reads.iter().map(|(ip, port)| format!("{ip}:{port}").parse().unwrap()).collect();
        let reading = Reading { hosts, login: Login::default() };
        let listed =
            Listed { ports, datagrams: named.clone(), switches: switches.clone(), community, user, reading, ..Listed::default() };
        let plan = Plan::make(ID, &round, scope, listed, Pace::from(Wish { host_gap_ms, sensor_gap_ms }));
        prop_assert_eq!(breaches(&plan, ID, &round), vec![]);
        for exchange in &plan.exchanges {
            // Said once more, by other words than the planner's and the checker's.
            let holders: Vec<&Asset> =
                round.assets.iter().filter(|asset| asset.ips.contains(&IpAddr::V4(exchange.ip))).collect();
            prop_assert_eq!(holders.len(), 1);
            let class = &holders[0].class;
            prop_assert!(MAY_BE_ASKED.contains(&class.value) && !class.value.is_medical());
            prop_assert!(class.confidence.as_percent() >= LEAST_CONFIDENCE);
            prop_assert!(exchange.ip.is_private() && ![0, 255].contains(&exchange.ip.octets()[3]));
            prop_assert!(never(exchange.port).is_none());
            let is_walk = exchange.question.is_walk();
            let is_read = exchange.question == Question::LinuxRead;
            let ceiling = if is_walk { MOST_WALKED + 1 } else { MOST_PACKETS };
            prop_assert!(is_read || exchange.packets <= ceiling);
            if is_read {
                // A server, that its owner named, and where SSH was heard.
                prop_assert!(reads.contains(&(exchange.ip, exchange.port)) && is_server(class.value));
                let speaks = |it: &Service| it.endpoint == exchange.endpoint() && it.protocol == Some(Protocol::Ssh);
                prop_assert!(holders[0].services.iter().any(speaks));
            }
            if exchange.question.transport() == Transport::Udp {
                // To one address that was seen to speak it, or that the owner named.
                let seen = holders[0].services.iter().any(|service| service.endpoint == exchange.endpoint());
                let is_switch = switches.contains(&exchange.ip) && exchange.port == 161;
                prop_assert!(seen || is_switch || named.contains(&SocketAddrV4::new(exchange.ip, exchange.port)));
                prop_assert!(community || !exchange.question.needs_community());
                prop_assert!(user || !exchange.question.needs_user());
                prop_assert!(!is_walk || is_switch);
            }
        }
        // The same again is the same plan, also through its file.
        let text = serde_json::to_string(&plan).unwrap();
        let read: Plan = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.mark(), plan.mark());
    }

    #[test]
    fn p10_a_changed_plan_keeps_to_the_envelope_or_is_refused(
        assets in proptest::collection::vec(some_asset(), 1..30),
        scope in some_scope(),
        changes in proptest::collection::vec(some_change(), 1..6),
    ) {
        let round = round(assets);
        let mut plan = Plan::make(ID, &round, scope, Listed::default(), Pace::default());
        for (at, what, port, ip) in changes {
            let count = plan.exchanges.len();
            let Some(exchange) = plan.exchanges.get_mut(at.checked_rem(count).unwrap_or(0)) else { continue };
            match what {
                0 => exchange.ip = ip,
                1 => exchange.port = port,
                2 => exchange.packets = u32::from(port),
                3 => exchange.cards.clear(),
                4 => exchange.clinical = !exchange.clinical,
                5 => exchange.question = Question::ALL[usize::from(port) % Question::ALL.len()],
                6 => exchange.seen = !exchange.seen,
                _ => {
                    let again = exchange.clone();
                    plan.exchanges.push(again);
                }
            }
        }
        let approvals: Vec<Approval> =
            ["one", "two"].iter().map(|by| Approval { plan: plan.mark(), by: (*by).to_owned() }).collect();
        let made = Plan::make(ID, &round, plan.scope.clone(), Listed::default(), Pace::default());
        if let Ok(approved) = approve(plan, ID, &round, &approvals) {
            // Whatever was changed: what passes is part of what the planner would have said itself.
            for exchange in &approved.plan().exchanges {
                let same = |known: &Exchange| (known.ip, known.port, known.question) == (exchange.ip, exchange.port, exchange.question);
                prop_assert!(made.exchanges.iter().any(same));
            }
        }
    }

    #[test]
    fn p3_the_walk_keeps_its_pace(
        hosts in proptest::collection::btree_set((1_u8..4, 1_u8..250), 1..30),
        took in proptest::collection::vec(0_u64..4000, 100),
    ) {
        let round = servers(hosts.into_iter().map(|(c, d)| Ipv4Addr::new(10, 20, c, d)));
        let plan = Plan::make(ID, &round, scope(&["10.20.0.0/20"]), Listed::default(), Pace::default());
        let asked = walk(&approved(plan, &round), |at, _| (Outcome::Answered, Duration::from_millis(took[at % took.len()])));
        let mut last: BTreeMap<Ipv4Addr, Duration> = BTreeMap::new();
        for pair in asked.windows(2) {
            // One connection at a time, and never too soon.
            prop_assert!(pair[1].start >= pair[0].end + SENSOR_GAP);
        }
        let mut busy: BTreeMap<Net, Ipv4Addr> = BTreeMap::new();
        let mut left: BTreeMap<Ipv4Addr, usize> = BTreeMap::new();
        for one in &asked {
            *left.entry(one.exchange.ip).or_default() += 1;
        }
        for one in &asked {
            if let Some(before) = last.insert(one.exchange.ip, one.end) {
                prop_assert!(one.start >= before + HOST_GAP);
            }
            let net = Net::neighbourhood_of(one.exchange.ip);
            let of_net = *busy.entry(net).or_insert(one.exchange.ip);
            prop_assert_eq!(of_net, one.exchange.ip, "one host of a /28 at a time");
            let count = left.get_mut(&one.exchange.ip).unwrap();
            *count -= 1;
            if *count == 0 {
                busy.remove(&net);
            }
            let second = one.start + Duration::from_secs(1);
            let within = asked.iter().filter(|other| other.end >= one.start && other.start < second);
            prop_assert!(within.map(|other| other.exchange.packets).sum::<u32>() <= SENSOR_RATE);
        }
    }
}

struct Asked {
    exchange: Exchange,
    start: Duration,
    end: Duration,
    outcome: Outcome,
    in_distress: bool,
}

/// Walks a plan to its end by a clock of its own.
fn walk(approved: &Approved, answer: impl Fn(usize, &Exchange) -> (Outcome, Duration)) -> Vec<Asked> {
    let (mut walk, mut now, mut asked) = (Walk::new(approved), Duration::ZERO, Vec::new());
    loop {
        match walk.next(now) {
            Step::Wait(until) => {
                assert!(until > now);
                now = until;
            }
            Step::Ask(ticket) => {
                assert!(
                    matches!(walk.next(now), Step::Wait(_)),
                    "nothing else while a question is under way"
                );
                let (exchange, start) = (ticket.exchange().clone(), now);
                let (outcome, took) = answer(asked.len(), &exchange);
                now += took;
                let before = walk.distress().len();
                walk.report(*ticket, now, outcome, None);
                let in_distress = walk.distress().len() > before;
                asked.push(Asked { exchange, start, end: now, outcome, in_distress });
            }
            Step::Done | Step::Halted => return asked,
        }
    }
}

#[test]
fn p10_a_clinical_area_needs_two_different_people() {
    let server = asset([10, 20, 1, 9].into(), DeviceClass::Server, 90, &[(22, Some(Protocol::Ssh))]);
    let pump = asset([10, 20, 1, 40].into(), DeviceClass::InfusionPump, 90, &[]);
    let round = round(vec![server, pump]);
    let plan = Plan::make(ID, &round, scope(&["10.20.1.0/24"]), Listed::default(), Pace::default());
    assert!(plan.is_clinical());
    let by = |by: &str| Approval { plan: plan.mark(), by: by.to_owned() };
    let refused = |approvals: &[Approval]| approve(plan.clone(), ID, &round, approvals).unwrap_err();
    assert_eq!(refused(&[]), Refused::Unapproved { wanted: 2, given: 0 });
    assert_eq!(refused(&[by("Ann"), by(" ann ")]), Refused::Unapproved { wanted: 2, given: 1 });
    let other = Approval { plan: "0".repeat(16), by: "Ben".to_owned() };
    assert_eq!(refused(&[by("Ann"), other]), Refused::Unapproved { wanted: 2, given: 1 });
    assert!(approve(plan.clone(), ID, &round, &[by("Ann"), by("Ben")]).is_ok());
}

#[test]
fn p2_what_is_medical_or_unknown_is_left_out_and_the_reason_is_told() {
    let ports = [(80, Some(Protocol::Http))];
    let assets = [
        (DeviceClass::InfusionPump, 99),
        (DeviceClass::Unknown, 0),
        (DeviceClass::BuildingController, 99),
        (DeviceClass::VoicePhone, 99),
        (DeviceClass::Server, 69),
    ];
    let named = assets
        .iter()
        .zip(1..)
        .map(|((class, sure), last)| asset([10, 20, 1, last].into(), *class, *sure, &ports));
    let mut all: Vec<Asset> = named.collect();
    all.push(asset(
        [10, 20, 1, 77].into(),
        DeviceClass::Server,
        95,
        &[(443, Some(Protocol::Tls)), (2575, None), (104, Some(Protocol::Dicom))],
    ));
    let plan = Plan::make(
        ID,
        &round(all),
        scope(&["10.20.1.0/24"]),
        Listed { ports: vec![80], ..Listed::default() },
        Pace::default(),
    );
    assert!(plan.exchanges.is_empty());
    let told: Vec<String> = plan.left_out.iter().map(|left| format!("{} {}", left.ip, left.reason)).collect();
    assert_eq!(told.len(), 6, "{told:?}");
    assert!(
        told[0].contains("care") && told[1].contains("not known") && told[5].contains("serves care"),
        "{told:?}"
    );
}

#[test]
fn p11_a_card_that_changed_since_the_plan_is_refused() {
    let before = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let plan = Plan::make(ID, &before, scope(&["10.20.1.0/24"]), Listed::default(), Pace::default());
    let mut after = before;
    after.assets[0].macs = vec![MacAddr([0, 1, 2, 3, 4, 5])];
    let found = breaches(&plan, ID, &after);
    assert!(!found.is_empty() && found.iter().all(|breach| breach.rule == "P11"), "{found:?}");
}

#[test]
fn p1_without_owner_or_window_no_plan_passes() {
    let round = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let empty = |change: fn(&mut Scope)| {
        let mut scope = scope(&["10.20.1.0/24"]);
        change(&mut scope);
        breaches(&Plan::make(ID, &round, scope, Listed::default(), Pace::default()), ID, &round)
    };
    assert!(empty(|_| ()).is_empty());
    for change in [
        (|scope: &mut Scope| scope.owner.clear()) as fn(&mut Scope),
        |scope| scope.phone = " ".to_owned(),
        |scope| scope.window.until = scope.window.from,
        |scope| scope.window.until = i64::MAX,
    ] {
        assert!(empty(change).iter().any(|breach| breach.rule == "P1"));
    }
}

#[test]
fn p2_a_host_that_is_medical_by_a_newer_round_is_left_alone_and_the_others_go_on() {
    let (one, other) = (Ipv4Addr::new(10, 20, 1, 9), Ipv4Addr::new(10, 20, 2, 9));
    let round = servers([one, other]);
    let scope = scope(&["10.20.1.0/24", "10.20.2.0/24"]);
    let approved = approved(Plan::make(ID, &round, scope, Listed::default(), Pace::default()), &round);
    let mut newer = round.clone();
    assert!(approved.plan().exchanges.iter().all(|it| approved.breach_since(it, &newer).is_none()));
    newer.assets[0].class.value = DeviceClass::InfusionPump;
    let mut walk = Walk::new(&approved);
    let (mut asked, mut now) = (Vec::new(), Duration::ZERO);
    loop {
        match walk.next(now) {
            Step::Wait(until) => now = until,
            Step::Ask(ticket) => match approved.breach_since(ticket.exchange(), &newer) {
                Some(breach) => {
                    assert_eq!((breach.rule, ticket.exchange().ip), ("P2", one));
                    walk.leave(*ticket);
                }
                None => {
                    asked.push(ticket.exchange().ip);
                    walk.report(*ticket, now, Outcome::Answered, Some(Duration::from_millis(1)));
                }
            },
            Step::Done => break,
            Step::Halted => panic!("nothing was in distress"),
        }
    }
    assert!(!asked.is_empty() && asked.iter().all(|ip| *ip == other), "{asked:?}");
    assert_eq!(walk.distress(), []);
}

#[test]
fn p11_a_datagram_goes_where_its_protocol_was_heard_or_where_the_owner_said() {
    let (heard, named, other) =
        (Ipv4Addr::new(10, 20, 1, 9), Ipv4Addr::new(10, 20, 1, 10), Ipv4Addr::new(10, 20, 1, 11));
    let ports = [(53, Some(Protocol::Dns)), (161, Some(Protocol::Snmp))];
    let round = round(vec![
        asset(heard, DeviceClass::Server, 90, &ports),
        asset(named, DeviceClass::Server, 90, &[]),
        asset(other, DeviceClass::Server, 90, &[]),
    ]);
    let listed = |community| Listed {
        datagrams: vec![SocketAddrV4::new(named, 161), SocketAddrV4::new(named, 123)],
        community,
        ..Listed::default()
    };
    let plan =
        |community| Plan::make(ID, &round, scope(&["10.20.1.0/24"]), listed(community), Pace::default());
    let told = |plan: &Plan| -> Vec<String> {
        plan.exchanges.iter().map(|it| format!("{} {}", it.place(), it.question.code())).collect()
    };
    assert_eq!(told(&plan(false)), ["10.20.1.9:53/udp dns-version", "10.20.1.10:123/udp ntp-time"]);
    assert_eq!(plan(true).exchanges.len(), 4);
    // A plan that somebody changed by hand: the community was never promised, or the address never named.
    let mut changed = plan(true);
    changed.listed.community = false;
    assert!(breaches(&changed, ID, &round).iter().all(|breach| breach.rule == "P6"));
    assert_eq!(breaches(&changed, ID, &round).len(), 2);
    changed.listed = Listed { community: true, ..Listed::default() };
    assert!(breaches(&changed, ID, &round).iter().any(|breach| breach.rule == "P5"));
}

#[test]
fn p12_the_question_that_shows_a_kind_of_fact_is_known() {
    assert!(Question::SshHello.shows(FactKind::SshBanner) && !Question::SshHello.shows(FactKind::HttpServer));
    let plan = Plan::make(
        ID,
        &servers([Ipv4Addr::new(10, 20, 1, 9), Ipv4Addr::new(10, 20, 1, 10)]),
        scope(&["10.20.1.0/24"]),
        Listed::default(),
        Pace::default(),
    );
    let place = plan.exchanges[0].endpoint();
    let only = plan.only(&[(place, "to prove W-1".to_owned())].into());
    assert_eq!(only.exchanges.len(), 1);
    assert_eq!((only.exchanges[0].endpoint(), only.exchanges[0].reason.as_str()), (place, "to prove W-1"));
    // Fewer questions of a sound plan are a sound plan.
    let round = servers([Ipv4Addr::new(10, 20, 1, 9), Ipv4Addr::new(10, 20, 1, 10)]);
    assert_eq!(breaches(&only, ID, &round), []);
}
