//! How long a store takes to save and load a large round: `cargo bench -p wardround-store`.

#[path = "../tests/store/sample.rs"]
mod sample;

use std::error::Error;
use std::time::{Duration, Instant};

use wardround_store::Store;

const TIMES: u32 = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let clinic = ("a small clinic", sample::Size::CLINIC);
    let hospital =
        sample::Size { assets: 10_000, observations: 100_000, conversations: 50_000, findings: 20_000 };
    for (name, size) in [clinic, ("a large hospital", hospital)] {
        println!("{name}: {size:?}");
        measure(size)?;
    }
    Ok(())
}

fn measure(size: sample::Size) -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("rounds.db");
    let round = sample::round(size, 1);
    let (mut saves, mut loads, mut lists, mut opens) = (vec![], vec![], vec![], vec![]);
    for _ in 0..TIMES {
        let mut store = timed(&mut opens, || Store::open(&path))?;
        let id = timed(&mut saves, || store.round_save(&round))?;
        drop(store);
        let store = Store::open_read_only(&path)?;
        timed(&mut lists, || store.round_list())?;
        if timed(&mut loads, || store.round_load(id))? != round {
            return Err("what was loaded is not what was saved".into());
        }
    }
    let bytes = std::fs::metadata(&path)?.len() / u64::from(TIMES);
    println!(
        "  open {:?}, save {:?}, list {:?}, load {:?} (medians of {TIMES}), {:.1} MB a round",
        median(&mut opens),
        median(&mut saves),
        median(&mut lists),
        median(&mut loads),
        bytes as f64 / 1e6
    );
    Ok(())
}

fn timed<T>(times: &mut Vec<Duration>, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let value = run();
    times.push(started.elapsed());
    value
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
