//! Figures of one bill of materials, without the program around it: read, held against an index and graded, then told with
//! every reason. Run: `cargo bench -p wardround-round --bench components -- SBOM INDEX` (`bench/know` does).

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::time::{Duration, Instant};

use wardround_identify::fingerprints::Fingerprints;
use wardround_intake::{About, Imported, Request, Thing};
use wardround_intel::Index;
use wardround_intel::names::Aliases;
use wardround_model::{AssetId, Round, Timestamp};
use wardround_round::{List, Outcome, Settings, Sources};
use wardround_triage::{DecisionTables, Judging};

/// The moment of everything: 26 November 2026.
const NOW: i64 = 1_795_651_200;
const TIMES: u32 = 5;

fn main() {
    // `cargo bench` adds a flag of its own.
    let files: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let [sbom, index] = files.as_slice() else {
        return println!("no bill of materials and index were named");
    };
    match (std::fs::read(sbom), std::fs::read(index)) {
        (Ok(sbom), Ok(index)) => figures(&sbom, &index),
        (sbom, index) => println!("a file cannot be read: {:?} {:?}", sbom.err(), index.err()),
    }
}

fn figures(sbom: &[u8], index: &[u8]) {
    let Ok(index) = Index::open(index) else { return println!("the index does not open") };
    let Some(list) = read(sbom) else { return println!("the bill of materials cannot be read") };
    let components = list.observations.len().max(1);
    each("read the file", components, || read(sbom));
    let lists = [list];
    let sources = Sources { captures: &[], lists: &lists, statements: &[] };
    let tables = DecisionTables::default();
    let moment = Timestamp::from_seconds(NOW);
    let settings = Settings {
        run_at: moment,
        as_of: moment,
        workers: NonZeroUsize::MIN,
        tables: &tables,
        aliases: Aliases::builtin(),
        fingerprints: &Fingerprints::default(),
        excluded: &[],
        limits: wardround_capture::Limits::default(),
    };
    let run = || wardround_round::run(&sources, &settings, &index, &()).ok();
    let Some(Outcome { round, .. }) = run() else { return println!("no round came of it") };
    judged(&round, &tables, &index, components);
    let found = each("the same, and tell every finding with its reasons", components, || {
        run().map_or(0, |outcome| outcome.round.findings.len())
    });
    println!("  {components} components, {found} findings");
}

/// What a peer tells of a component is the number of each vulnerability and how bad it is. That, with the grade and the
/// decision of each, is known after this; the words, reasons and questions come after.
fn judged(round: &Round, tables: &DecisionTables, index: &Index<'_>, components: usize) {
    let by_ip: HashMap<IpAddr, AssetId> =
        round.assets.iter().flat_map(|asset| asset.ips.iter().map(|ip| (*ip, asset.id))).collect();
    let input = wardround_triage::Input {
        assets: &round.assets,
        observations: &round.observations,
        conversations: &[],
        statements: &[],
        aliases: Aliases::builtin(),
        workers: NonZeroUsize::MIN,
        index,
        as_of: round.as_of,
        owner_of: &|subject| by_ip.get(&subject.ip()?).copied(),
    };
    let matches =
        each("judge and grade every component", components, || Judging::of(tables, &input).matches());
    println!("  {components} components, {matches} matches");
}

fn read(sbom: &[u8]) -> Option<List> {
    let request = Request {
        name: "sbom.json",
        bytes: sbom,
        kind: None,
        about: Some(About::Thing(Thing { ip: "192.0.2.1".parse().ok(), ..Thing::default() })),
        source: wardround_model::SourceIndex(0),
        observed_at: Timestamp::from_seconds(NOW),
        mapping: None,
    };
    let Imported { kind, observations, values_not_allowed, rows, .. } =
        wardround_intake::import(&request).ok()?;
    let source = wardround_model::Source {
        kind,
        name: "sbom.json".to_owned(),
        bytes: 0,
        records: rows,
        first: None,
        last: None,
        interfaces: Vec::new(),
        ended_early: None,
    };
    Some(List { source, observations, conversations: Vec::new(), failed: None, values_not_allowed })
}

/// The quickest of several times, by component.
fn each<T>(what: &str, components: usize, mut work: impl FnMut() -> T) -> T {
    let (mut best, mut result) = (Duration::MAX, None);
    for _ in 0..TIMES {
        let started = Instant::now();
        result = Some(work());
        best = best.min(started.elapsed());
    }
    let nanoseconds = best.as_nanos() / u128::try_from(components).unwrap_or(1);
    println!("{what}: {best:?}, {}.{:03} us a component", nanoseconds / 1_000, nanoseconds % 1_000);
    result.unwrap_or_else(work)
}
