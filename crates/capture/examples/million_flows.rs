//! Follows a million connections that are all open at once, and prints how much memory that took and what was let go.
//!
//! `cargo run --release -p wardround-capture --example million_flows [-- CONNECTIONS]`

use std::time::Instant;

use wardround_capture::{Follower, Frame, Limits};
use wardround_dissect::packet::LinkType;
use wardround_model::Timestamp;

/// Connections of one client.
const EACH: u32 = 250;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connections: u32 = std::env::args().nth(1).map_or(Ok(1_000_000), |number| number.parse())?;
    let before = resident_kb();
    let mut follower = Follower::new(&Limits::default(), &[], (0, 0));
    let begun = Instant::now();
    for number in 0..connections {
        let frame = syn(number);
        follower.take(&Frame {
            interface: 0,
            time: Timestamp::from_nanoseconds(1_795_417_200_000_000_000 + i64::from(number) * 1000),
            link: LinkType::Ethernet,
            wire: frame.len(),
            data: [&frame, &[], &[]],
            weight: 1,
        });
    }
    follower.read();
    let (wall, taken) = (begun.elapsed().as_secs_f64(), resident_kb().saturating_sub(before));
    println!(
        "{connections} connections at once: {:.1} MB, {:.0} bytes each; {wall:.2} s",
        f64::from(taken) / 1e3,
        f64::from(taken) * 1024.0 / f64::from(connections)
    );
    let found = follower.finish();
    println!("{} conversations", found.conversations.len());
    for skip in &found.coverage.skipped {
        println!("{} {}", skip.count, skip.reason.label());
    }
    Ok(())
}

/// A TCP segment that opens a connection: each client has so many to one of 16 servers.
fn syn(number: u32) -> Vec<u8> {
    let client = (0x0A00_0000 + number / EACH).to_be_bytes();
    let port = u16::try_from(20_000 + number % EACH).unwrap_or(0).to_be_bytes();
    let server = [10, 200, 0, (number / EACH % 16).to_be_bytes()[3]];
    let mut frame = vec![2, 0, 0, 0, 0, 9, 0, 0x1B, 0x2C, 0, 0, 1, 8, 0];
    frame.extend([0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0]);
    frame.extend([client, server].concat());
    frame.extend([port, [0, 104]].concat());
    frame.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 1, 0, 0, 0, 0, 0]);
    frame
}

/// Memory of this process (proc(5)).
fn resident_kb() -> u32 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
