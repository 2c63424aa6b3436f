//! Figures of the index: the snapshot; and the whole index of 400,000 CVEs, made of the real feeds in `../shared/data` by
//! copying them with other numbers and names: building, opening, memory, look-ups, matching, an update.
//! Run: `cargo bench -p wardround-intel`.
#![expect(clippy::expect_used, reason = "a bench may fail loudly")]

mod estate;
mod memory;
mod multiply;
mod snapshot;
mod whole;

use std::time::Instant;

fn main() {
    if let Some(path) = std::env::var_os(memory::CHILD) {
        return memory::child(path.as_ref());
    }
    snapshot::measure();
    whole::measure();
}

/// Times something that is done often.
fn rate<T>(name: &str, times: u32, mut work: impl FnMut() -> T) {
    let started = Instant::now();
    for _ in 0..times {
        std::hint::black_box(work());
    }
    let each = started.elapsed() / times;
    let per_second = 1.0 / each.as_secs_f64().max(1e-12);
    row(name, &format!("{each:.2?} each, {per_second:.0} a second"));
}

/// Times something once.
fn once<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = work();
    row(name, &format!("{:.2?}", started.elapsed()));
    result
}

/// One line of the table.
fn row(name: &str, value: &str) {
    println!("| {name:<44} | {value:<40} |");
}

fn heading(text: &str) {
    println!("\n{text}\n");
}
