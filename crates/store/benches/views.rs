//! How long views of a very large round take, and how large and slow to save its store is:
//! `cargo bench -p wardround-store --bench views`.
//!
//! The hospital is made up, the same every time: 50,000 devices, 200,000 findings, 1,000,000 conversations, and a second round in
//! which a fiftieth of the findings and devices are others. Set `WARDROUND_BENCH_DEVICES` for another size in the same proportion, and
//! `WARDROUND_BENCH_KEEP` to a file where the store is kept and nothing is timed (`bench/site`).

mod hospital;

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use hospital::{asset_id, host, moment, round};
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
    let kept = std::env::var_os("WARDROUND_BENCH_KEEP").map(std::path::PathBuf::from);
    let path = kept.clone().unwrap_or_else(|| folder.path().join("rounds.sqlite"));
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
    if kept.is_some() {
        return Ok(());
    }
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
