//! How long views of a very large round take, and how large and slow to save its store is:
//! `cargo bench -p wardround-store --bench views`.
//!
//! The hospital is made up, the same every time: 50,000 devices, 200,000 findings, 1,000,000 conversations, and a second round in
//! which a fiftieth of the findings and devices are others. Set `WARDROUND_BENCH_DEVICES` for another size in the same proportion.

use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

use wardround_model::*;
use wardround_remedy::{Head, Policy, worklist_of};
use wardround_store::view::*;
use wardround_store::{Store, StoreError};
use wardround_triage::Efforts;

const TIMES: u32 = 40;

fn main() -> Result<(), Box<dyn Error>> {
    let wanted = std::env::var("WARDROUND_BENCH_DEVICES").ok().and_then(|text| text.parse().ok());
    let devices: u32 = wanted.unwrap_or(50_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("rounds.sqlite");
    let mut store = Store::open(&path)?;
    for (name, seed) in [("first", 0), ("second", 1)] {
        let round = round(devices, seed);
        let counts = (round.assets.len(), round.findings.len(), round.conversations.len());
        let started = Instant::now();
        store.round_save(&round)?;
        println!(
            "{name} round of {counts:?} devices, findings, conversations saved in {:.1?}",
            started.elapsed()
        );
    }
    drop(store);
    println!("{:.0} MB a round", std::fs::metadata(&path)?.len() as f64 / 2e6);
    let store = Store::open_read_only(&path)?;
    Bench { store: &store }.all(devices)?;
    drop(store);
    work(&path)?;
    Ok(())
}

/// The worklist: walked, read again after a kill, folded whole, and folded for one device.
fn work(path: &std::path::Path) -> Result<(), Box<dyn Error>> {
    let timed = |name: &str, started: Instant| println!("  {name:<52} {:>8.2?}", started.elapsed());
    let mut store = Store::open(path)?;
    let started = Instant::now();
    store.work_catch_up(None)?;
    timed("worklist, two rounds walked and kept", started);
    let started = Instant::now();
    let work = store.work_load(&Efforts::default())?;
    timed("worklist, read again", started);
    let (efforts, policy, at) = (Efforts::default(), Policy::default(), moment(600_000));
    let started = Instant::now();
    let worklist = work.worklist(&efforts, &policy, at);
    timed(&format!("worklist, {} tasks folded", worklist.tasks.len()), started);
    let Some(task) = worklist.tasks.first() else { return Ok(()) };
    let (id, kind) = (task.id(), &task.head.kind);
    let one = |wanted: &dyn Fn(&Head) -> bool| {
        worklist_of(&work.history, &work.visits, &work.events, &efforts, &policy, at, wanted)
    };
    let started = Instant::now();
    black_box(one(&|head| head.id == id));
    timed("worklist, one task folded", started);
    let started = Instant::now();
    let of_kind = one(&|head| &head.kind == kind).tasks.len();
    timed(&format!("worklist, {of_kind} tasks of one kind of device folded"), started);
    let started = Instant::now();
    black_box(store.work_latest()?);
    timed("worklist, whether it is still right", started);
    Ok(())
}

struct Bench<'s> {
    store: &'s Store,
}

impl Bench<'_> {
    fn time<T>(
        &self,
        name: &str,
        mut view: impl FnMut(RoundView<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut times = Vec::new();
        let mut last = None;
        for _ in 0..TIMES {
            let started = Instant::now();
            last = Some(black_box(view(self.store.round_view(RoundId(2))?)?));
            times.push(started.elapsed());
        }
        times.sort();
        let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
        let mark = if at(95) > Duration::from_millis(50) { "  SLOW" } else { "" };
        println!("  {name:<52} median {:>8.2?}  p95 {:>8.2?}{mark}", at(50), at(95));
        match last {
            Some(last) => Ok(last),
            None => view(self.store.round_view(RoundId(2))?),
        }
    }

    fn all(&self, devices: u32) -> Result<(), StoreError> {
        self.devices(devices)?;
        self.findings(devices)?;
        self.conversations()?;
        self.rounds()
    }

    fn devices(&self, devices: u32) -> Result<(), StoreError> {
        let any = DeviceFilter::default();
        let filters = [
            ("all", any.clone()),
            ("of a rare class", DeviceFilter { class: Some(DeviceClass::Ventilator), ..any.clone() }),
            ("medical", DeviceFilter { area: Some(Area::Medical), ..any.clone() }),
            (
                "to act on, unknown",
                DeviceFilter {
                    worst: Some(Worst::Decision(Decision::Act)),
                    class: Some(DeviceClass::Unknown),
                    ..any.clone()
                },
            ),
            ("of a network", DeviceFilter { network: Some("10.0.7.0/24".to_owned()), ..any.clone() }),
            ("of a care area", DeviceFilter { care_area: Some("Ward 3".to_owned()), ..any.clone() }),
            ("with a common word", DeviceFilter { text: "scanner".to_owned(), ..any.clone() }),
            ("with a rare word", DeviceFilter { text: "10.0.7.77".to_owned(), ..any.clone() }),
            ("with a word that none has", DeviceFilter { text: "zebra".to_owned(), ..any.clone() }),
        ];
        for (name, filter) in &filters {
            for sort in [DeviceSort::Urgency, DeviceSort::Title] {
                let name = format!("devices, {name}, by {}", sort.code());
                self.time(&name, |view| view.devices(filter, sort, Turn::First, 50))?;
            }
            self.time(&format!("devices, {name}, counted"), |view| view.device_counts(filter))?;
        }
        let late = Turn::After(u64::from(devices) - 200);
        self.time("devices, all, near the end", |view| view.devices(&any, DeviceSort::Address, late, 50))?;
        self.time("networks", |view| view.places(PlaceKind::Network))?;
        let busiest = asset_id(0);
        self.time("the device that all talk with", |view| view.device(busiest))?;
        self.time("its changes", |view| view.device_changes(busiest, 50))?;
        self.time("its rounds", |view| view.seen_in(busiest))?;
        self.time("its conversations", |view| view.flows_of(&[host(0)], Turn::First, 50))?;
        let other = asset_id(devices / 2);
        self.time("another device", |view| view.device(other))?;
        Ok(())
    }

    fn findings(&self, devices: u32) -> Result<(), StoreError> {
        let any = FindingFilter::default();
        let filters = [
            ("all", any.clone()),
            ("to act on", FindingFilter { decision: Some(Decision::Act), ..any.clone() }),
            ("of a rare owner", FindingFilter { owner: Some(Role::BuildingServices), ..any.clone() }),
            (
                "of a rare owner, settings",
                FindingFilter {
                    owner: Some(Role::BuildingServices),
                    kind: Some(FindingKind::Setting),
                    decision: Some(Decision::Track),
                    ..any.clone()
                },
            ),
            ("of a device", FindingFilter { asset: Some(asset_id(devices / 3)), ..any.clone() }),
            ("of a CVE", FindingFilter { cve: CveId::new(2020, 1_007), ..any.clone() }),
            ("with a common word", FindingFilter { text: "product".to_owned(), ..any.clone() }),
            ("with a rare word", FindingFilter { text: "product 77 7.3".to_owned(), ..any.clone() }),
            ("with a word that none has", FindingFilter { text: "zebra".to_owned(), ..any.clone() }),
            ("of a group", FindingFilter { group: Some(500), ..any.clone() }),
        ];
        for (name, filter) in &filters {
            self.time(&format!("findings, {name}"), |view| view.findings(filter, Turn::First, 50))?;
            self.time(&format!("findings, {name}, counted"), |view| view.finding_counts(filter))?;
            if filter.asset.is_none() && filter.cve.is_none() {
                self.time(&format!("findings, {name}, grouped"), |view| {
                    view.finding_groups(filter, Turn::First, 50)
                })?;
            }
        }
        let first = self.time("findings, near the end", |view| {
            view.findings(&any, Turn::After(u64::from(devices) * 4 - 200), 50)
        })?;
        if let Some(row) = first.rows.first() {
            let found = self.time("one finding", |view| view.finding(row.id))?;
            let ground = found.and_then(|it| it.finding.reasons.first()?.grounds.first().copied());
            if let Some(ground) = ground {
                self.time("its proof", |view| view.proof(ground))?;
            }
        }
        Ok(())
    }

    fn conversations(&self) -> Result<(), StoreError> {
        let pairs = self.time("matrix", |view| view.zone_pairs())?;
        if let Some(most) = pairs.iter().max_by_key(|pair| pair.conversations) {
            self.time("flows of its largest cell", |view| {
                view.flows(most.client, most.server, Turn::First, 50)
            })?;
            let last = Turn::After(u64::from(u32::MAX));
            self.time("flows of it, the last", |view| view.flows(most.client, most.server, last, 50))?;
        }
        Ok(())
    }

    fn rounds(&self) -> Result<(), StoreError> {
        self.time("rounds, and the risk over time", |_| self.store.round_summaries())?;
        self.time("list of rounds", |_| self.store.round_list())?;
        self.time("summary, coverage, intelligence", |view| {
            Ok((view.summary()?, view.coverage()?, view.networks()?, view.intelligence()?, view.census()?))
        })?;
        for change in FindingChange::ALL {
            let name = format!("difference: {}", change.label());
            self.time(&name, |view| view.difference(RoundId(1), *change, Turn::First, 50))?;
        }
        let started = Instant::now();
        let earlier = self.store.round_view(RoundId(1))?;
        let found = earlier.difference(RoundId(2), FindingChange::Fixed, Turn::First, 50)?;
        println!("  any two rounds compared on the spot: {:.2?} ({:?})", started.elapsed(), found.counts);
        Ok(())
    }
}

/// A hospital of this many devices; rounds with different seeds differ a little.
fn round(devices: u32, seed: u32) -> Round {
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

fn moment(n: u32) -> Timestamp {
    Timestamp::from_seconds(1_790_000_000 + i64::from(n))
}

fn host(n: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + n / 200 * 256 + n % 200 + 1))
}

fn asset_id(n: u32) -> AssetId {
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
    }
}
