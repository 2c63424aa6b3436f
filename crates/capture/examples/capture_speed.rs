//! Reads captures and prints how fast: GB and packets per CPU second, and the peak memory.
//!
//! `cargo run --release -p wardround-capture --example capture_speed -- [--workers N] FILE...`

use std::num::NonZeroUsize;
use std::time::Instant;

use wardround_capture::{Captured, Input, Options, read};
use wardround_model::Timestamp;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut workers = NonZeroUsize::MIN;
    if arguments.next_if(|argument| argument == "--workers").is_some() {
        workers = arguments.next().ok_or("--workers needs a number")?.parse()?;
    }
    let inputs: Vec<_> = arguments.map(|file| Input::File(file.into())).collect();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let as_of = Timestamp::from_seconds(i64::try_from(now.as_secs())?);
    let begun = Instant::now();
    let captured = read(&inputs, &Options { workers, ..Options::at(as_of) }, &())?;
    print(&captured, begun.elapsed().as_secs_f64());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn print(captured: &Captured, wall: f64) {
    let bytes: u64 = captured.coverage.sources.iter().map(|source| source.bytes).sum();
    let packets = captured.coverage.packets() as f64;
    let cpu = cpu_seconds().unwrap_or(wall);
    println!(
        "{:.3} GB, {packets} packets: {wall:.2} s wall, {cpu:.2} s CPU, {:.2} GB and {:.2} million packets per CPU second, \
         peak memory {:.1} MB",
        bytes as f64 / 1e9,
        bytes as f64 / 1e9 / cpu,
        packets / 1e6 / cpu,
        status_kb("VmHWM:").unwrap_or(0.0) / 1e3,
    );
    println!("{} observations, {} conversations", captured.observations.len(), captured.conversations.len());
    for skip in &captured.coverage.skipped {
        println!("{} {}", skip.count, skip.reason.label());
    }
    captured.failed.iter().for_each(|error| println!("{error}"));
}

/// User and system time of this process so far (proc(5), fields 14 and 15, in hundredths of a second).
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map_while(|field| field.parse::<f64>().ok());
    Some((times.next()? + times.next()?) / 100.0)
}

fn status_kb(name: &str) -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix(name)?.trim().strip_suffix(" kB")?.parse().ok())
}
