//! What is called seeing, without judging: captures read to observations and conversations, identified, and kept in a store;
//! and what each of the three took, and the most memory until its end. `bench/see` runs it.
//!
//! `cargo run --release -p wardround-round --example see -- STORE WORKERS FILE...`

use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Instant;

use wardround_capture::{Captured, Input, Options, read};
use wardround_identify::fingerprints::Fingerprints;
use wardround_identify::{Makers, identify};
use wardround_intel::Index;
use wardround_model::{MacAddr, Round, Timestamp};
use wardround_store::Store;

type Failure = Box<dyn std::error::Error>;

struct OuiTable<'a>(&'a Index<'a>);

impl Makers for OuiTable<'_> {
    fn maker(&self, mac: MacAddr) -> Option<&str> {
        self.0.oui(mac.0)
    }
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(store), Some(workers)) = (arguments.next(), arguments.next()) else {
        return Err("give STORE WORKERS FILE...".into());
    };
    let inputs: Vec<_> = arguments.map(|file| Input::File(file.into())).collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let as_of = Timestamp::from_seconds(i64::try_from(now.as_secs())?);
    let options = Options { workers: workers.parse::<NonZeroUsize>()?, ..Options::at(as_of) };
    let mut phase = Phase::begin();
    let mut store = Store::open(Path::new(&store))?;
    phase.ends("open");
    let captured = read(&inputs, &options, &())?;
    phase.ends("read");
    let round = identified(captured, as_of, options.workers)?;
    phase.ends("identify");
    store.round_save(&round)?;
    phase.ends("keep");
    println!(
        "{} observations, {} conversations, {} assets",
        round.observations.len(),
        round.conversations.len(),
        round.assets.len()
    );
    Ok(())
}

/// The round that these captures show, of which nothing was judged.
fn identified(captured: Captured, as_of: Timestamp, workers: NonZeroUsize) -> Result<Round, Failure> {
    let Captured { observations, conversations, coverage, .. } = captured;
    let index = Index::open(wardround_intel::snapshot())?;
    let known = wardround_identify::Input {
        workers,
        observations: &observations,
        conversations: &conversations,
        sources: &coverage.sources,
        statements: &[],
        fingerprints: &Fingerprints::default(),
        as_of,
    };
    let inventory = identify(&known, &OuiTable(&index));
    Ok(Round {
        run_at: as_of,
        as_of,
        program: String::from("see"),
        coverage,
        observations,
        conversations,
        statements: Vec::new(),
        networks: inventory.networks,
        assets: inventory.assets,
        findings: Vec::new(),
        unjudged: Vec::new(),
        settled: Vec::new(),
        plan: Vec::new(),
        intelligence: Vec::new(),
    })
}

/// One part of the work.
struct Phase {
    begun: Instant,
    used: f64,
}

impl Phase {
    fn begin() -> Self {
        Self { begun: Instant::now(), used: cpu_seconds().unwrap_or(0.0) }
    }

    /// Tells what the part that ends here took, and begins the next.
    fn ends(&mut self, name: &str) {
        let used = cpu_seconds().unwrap_or(0.0);
        let (wall, peak) = (self.begun.elapsed().as_secs_f64(), peak_megabytes().unwrap_or(0.0));
        println!("{name}: {:.3} s CPU, {wall:.3} s wall, {peak:.1} MB at most so far", used - self.used);
        *self = Self { begun: Instant::now(), used };
    }
}

/// User and system time of this process so far (proc(5), fields 14 and 15, in hundredths of a second).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map_while(|field| field.parse::<f64>().ok());
    Some((times.next()? + times.next()?) / 100.0)
}

/// The most memory that this process has held so far (proc(5), `VmHWM`, in KiB), in MB.
fn peak_megabytes() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}
