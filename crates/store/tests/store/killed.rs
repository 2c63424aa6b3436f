//! `kill -9` at any moment leaves a store that opens, with every round that was acknowledged, and that can be written.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use wardround_model::RoundId;
use wardround_store::Store;

use crate::child;
use crate::sample::{self, Size};

/// A number that decides the moments; SplitMix64 (Steele and others, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

#[test]
fn at_twenty_random_moments_nothing_acknowledged_is_lost() {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let chosen = std::env::var("WARDROUND_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = chosen.unwrap_or(u64::from(now.subsec_nanos()));
    println!("seed {seed}; WARDROUND_TEST_SEED={seed} chooses the same moments");
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    // While stores are being made and their first rounds saved, then while three stores grow.
    for attempt in 0..8 {
        let path = folder.path().join(format!("{attempt}.db"));
        acknowledged += kill_after(Duration::from_micros(random.below(60_000)), &path);
    }
    for attempt in 0..12 {
        let path = folder.path().join(format!("growing-{}.db", attempt / 4));
        acknowledged += kill_after(Duration::from_millis(random.below(900)), &path);
    }
    println!("{acknowledged} rounds were acknowledged");
    assert!(acknowledged > 12, "only {acknowledged} rounds were acknowledged: the moments prove nothing");
}

/// Kills a process that saves rounds after this long, and checks what it left. Returns how many it acknowledged.
fn kill_after(time: Duration, path: &Path) -> usize {
    let mut child = child::process("killed::role::saves_rounds_until_it_is_killed", path).spawn().unwrap();
    std::thread::sleep(time);
    child.kill().unwrap();
    child.wait().unwrap();
    let told = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let acknowledged: Vec<i64> = told.filter_map(|line| line.strip_prefix("saved ")?.parse().ok()).collect();
    let mut store = Store::open(path).unwrap();
    assert!(is_sound(path));
    let kept: Vec<i64> = store.round_list().unwrap().iter().map(|head| head.id.0).collect();
    assert!(acknowledged.iter().all(|id| kept.contains(id)), "{acknowledged:?} of {kept:?}");
    for id in kept {
        assert_eq!(store.round_load(RoundId(id)).unwrap(), round(id));
    }
    let next = store.round_latest().unwrap().map_or(1, |latest| latest.0 + 1);
    assert_eq!(store.round_save(&round(next)).unwrap(), RoundId(next));
    assert_eq!(store.round_load(RoundId(next)).unwrap(), round(next));
    acknowledged.len()
}

fn round(id: i64) -> wardround_model::Round {
    sample::round(Size::CLINIC, u32::try_from(id).unwrap())
}

fn is_sound(path: &Path) -> bool {
    let connection = Connection::open(path).unwrap();
    let told: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    let orphans = connection.prepare("PRAGMA foreign_key_check").unwrap().exists([]).unwrap();
    told == "ok" && !orphans
}

mod role {
    use super::*;

    #[test]
    #[ignore = "started by at_twenty_random_moments_nothing_acknowledged_is_lost"]
    fn saves_rounds_until_it_is_killed() {
        let mut store = Store::open(child::place()).unwrap();
        loop {
            let next = store.round_latest().unwrap().map_or(1, |latest| latest.0 + 1);
            let id = store.round_save(&round(next)).unwrap();
            println!("\nsaved {}", id.0);
            std::io::stdout().flush().unwrap();
        }
    }
}
