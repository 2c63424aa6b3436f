//! How long ways through a large hospital take: `cargo bench -p wardround-triage --bench paths`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

mod large;

use std::time::Instant;

use wardround_triage::{Fallen, Paths, Standing};

fn main() {
    let size = large::Size { assets: 50_000, findings: 30_000, conversations: 1_000_000 };
    let round = large::round(size);
    println!("{size:?}");
    let all = Instant::now();
    let started = Instant::now();
    let standing = Standing::from(&round);
    let paths = Paths::new(&standing, &round.findings);
    println!("  graph: {:?}", started.elapsed());
    let started = Instant::now();
    let ways = paths.ways(10);
    println!("  ways: {:?}, the likeliest weighs {}", started.elapsed(), ways[0].weight);
    let started = Instant::now();
    let cuts = paths.cuts(5);
    println!("  cuts: {:?}, {} ways, {} devices told", started.elapsed(), cuts.ways, cuts.cuts.len());
    let started = Instant::now();
    let loss = paths.if_falls(Fallen::Asset(round.assets[0].id));
    println!("  blast radius: {:?}, {} taken", started.elapsed(), loss.taken.len());
    println!("  all: {:?}", all.elapsed());
}
