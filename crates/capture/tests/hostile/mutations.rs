//! Ten thousand damaged captures: each is an answer, in bounded time and memory, and what was given up is counted.

use std::sync::mpsc;
use std::time::Duration;

use wardround_capture::{Captured, Limits, NothingRead, Options, read_bytes};
use wardround_model::{SkipReason, Timestamp};

use crate::captures::{Named, of_others, ours};
use crate::damage::damaged;

/// Mutations in all.
const ALL: u64 = 10_000;
/// Of each capture of others; our own share the rest.
const EACH: u64 = 12;
/// A reading of so few bytes that takes longer than this hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What may be in memory at the most, archives and all: it was 45 MB.
const MOST_KB: u64 = 200_000;

/// Limits that small captures reach. Each of the shards may keep its part, and never less than one of everything.
const TINY: Limits = Limits {
    flows: 16,
    streams: 16,
    buffered_bytes: 4 << 10,
    conversations: 16,
    fact_bytes: 16 << 9,
    cards: 16,
};

/// Reasons that limits have.
const GIVEN_UP: [SkipReason; 2] = [SkipReason::TooManyFlows, SkipReason::TooManyFacts];

/// What all readings gave, so that they are not empty.
#[derive(Default, Debug)]
struct Sums {
    mutations: u64,
    unread: u64,
    ended_early: u64,
    observations: usize,
    conversations: usize,
    skipped: u64,
    given_up: u64,
}

/// Says which mutation it was where the test fails in its midst.
struct Telling<'a> {
    name: &'a str,
    seed: u64,
}

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("mutation {} of {}", self.seed, self.name);
        }
    }
}

fn read(bytes: &[u8], limits: Limits) -> Result<Captured, NothingRead> {
    // Late in 2100: no packet is from the future.
    read_bytes("damaged", bytes, &Options { limits, ..Options::at(Timestamp::from_seconds(4_133_000_000)) })
}

pub(crate) fn count(captured: &Captured, reasons: &[SkipReason]) -> u64 {
    let skipped = captured.coverage.skipped.iter();
    skipped.filter(|skip| reasons.contains(&skip.reason)).map(|skip| skip.count).sum()
}

/// Reads a mutation within the usual limits and within tiny ones.
fn check(named: &Named, seed: u64, sums: &mut Sums) {
    let _telling = Telling { name: &named.0, seed };
    let bytes = damaged(&named.1, seed);
    sums.mutations += 1;
    let (whole, part) = match (read(&bytes, Limits::default()), read(&bytes, TINY)) {
        (Ok(whole), Ok(part)) => (whole, part),
        (whole, part) => {
            assert_eq!(whole.unwrap_err().to_string(), part.unwrap_err().to_string());
            sums.unread += 1;
            return;
        }
    };
    assert_eq!(whole.coverage.packets(), part.coverage.packets());
    for captured in [&whole, &part] {
        assert_eq!(count(captured, &[SkipReason::DissectorFailed]), 0, "a dissector failed");
    }
    // 144 bytes a fact at the least, and cards are facts too.
    assert!(part.conversations.len() <= TINY.conversations, "{}", part.conversations.len());
    assert!(
        part.observations.len() <= TINY.fact_bytes / 144 + TINY.cards + 32,
        "{}",
        part.observations.len()
    );
    let is_less = part.observations.len() < whole.observations.len()
        || part.conversations.len() < whole.conversations.len();
    let given_up = count(&part, &GIVEN_UP);
    assert!(!is_less || given_up > count(&whole, &GIVEN_UP), "less is told, and it is not counted");
    sums.add(&whole, given_up);
}

impl Sums {
    fn add(&mut self, whole: &Captured, given_up: u64) {
        self.ended_early += u64::from(whole.coverage.sources[0].ended_early.is_some());
        self.observations += whole.observations.len();
        self.conversations += whole.conversations.len();
        self.skipped += whole.coverage.skipped.iter().map(|skip| skip.count).sum::<u64>();
        self.given_up += given_up;
    }
}

fn run(told: &mpsc::Sender<(String, u64)>) -> Sums {
    let mut sums = Sums::default();
    let next = |named: &Named, many: u64, sums: &mut Sums| {
        for _ in 0..many {
            let seed = sums.mutations;
            // Nobody listens any more where the test has failed.
            let _ = told.send((named.0.clone(), seed));
            check(named, seed, sums);
        }
    };
    of_others(|named| next(named, EACH, &mut sums));
    let ours = ours();
    let rest = ALL.saturating_sub(sums.mutations);
    println!("{} mutations of captures of others, {rest} of {} of our own", sums.mutations, ours.len());
    for nth in 0..rest {
        // Every second one of the demo capture, which has most to tell.
        let place = usize::try_from(nth).unwrap() / 2 % ours.len();
        let named = &ours[if nth % 2 == 0 { 0 } else { place }];
        next(named, 1, &mut sums);
    }
    sums
}

/// Kilobytes that this process had in memory at the most.
pub(crate) fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn ten_thousand_damaged_captures_are_answers() {
    let (told, heard) = mpsc::channel();
    let worker = std::thread::spawn(move || run(&told));
    let mut last = (String::new(), 0);
    loop {
        match heard.recv_timeout(PATIENCE) {
            Ok(about) => last = about,
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => panic!("mutation {} of {} hangs", last.1, last.0),
        }
    }
    let sums = worker.join().unwrap();
    println!("{sums:?}, {} kB at the most", peak());
    assert!(sums.mutations >= ALL);
    // What is damaged is still read, and all that may happen to it does.
    assert!(sums.unread < ALL / 3 && sums.ended_early > ALL / 10, "{sums:?}");
    assert!(sums.observations > 10_000 && sums.conversations > 5_000, "{sums:?}");
    assert!(sums.skipped > 1_000 && sums.given_up > 1_000, "{sums:?}");
    assert!(peak() < MOST_KB, "{} kB", peak());
}
