//! Prints everything that captures tell, one line each: for looking at what the dissectors find.
//!
//! `cargo run -p wardround-capture --example capture_show -- FILE...`

use wardround_capture::{Input, Options, read};
use wardround_model::Timestamp;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let inputs: Vec<_> = std::env::args().skip(1).map(|file| Input::File(file.into())).collect();
    let captured = read(&inputs, &Options::at("2100-01-01".parse::<Timestamp>()?), &())?;
    for source in &captured.coverage.sources {
        println!("{source:?}");
    }
    for o in &captured.observations {
        let (packet, kind) = (o.first.evidence.record, o.fact.kind().code());
        println!("{packet:>8} {:>6} {} {kind} {}", o.count, o.subject, o.fact.value());
    }
    for c in &captured.conversations {
        let protocol = c.protocol.map_or("-", wardround_model::Protocol::code);
        let (up, down) = (c.to_server, c.to_client);
        println!(
            "{:>8} {} -> {} {protocol} {:?} x{} ({} open) {}/{} {}/{} bytes",
            c.first.evidence.record,
            c.client,
            c.server,
            c.roles,
            c.connections,
            c.already_open,
            up.packets,
            down.packets,
            up.bytes,
            down.bytes
        );
    }
    for skip in &captured.coverage.skipped {
        println!("{} {} (first: packet {})", skip.count, skip.reason.label(), skip.first.record);
    }
    println!("{} values not allowed", captured.coverage.values_not_allowed);
    Ok(())
}
