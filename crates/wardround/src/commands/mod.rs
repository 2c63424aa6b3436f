//! What each command does.

pub(crate) mod answer;
pub(crate) mod ask;
pub(crate) mod asset;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod check;
pub(crate) mod doctor;
mod files;
pub(crate) mod finding;
pub(crate) mod import;
mod imports;
pub(crate) mod intel;
mod lookup;
pub(crate) mod path;
pub(crate) mod plan;
mod progress;
pub(crate) mod question;
pub(crate) mod redact;
pub(crate) mod report;
pub(crate) mod round;
pub(crate) mod serve;
pub(crate) mod vex;
pub(crate) mod watch;
pub(crate) mod why;
pub(crate) mod work;

use std::io::{IsTerminal as _, Write as _};

use anyhow::{Result, bail};
use clap::CommandFactory as _;
use wardround_model::{Judgement, Reason, Timestamp};

/// The reasons of a decision, each behind the SSVC point that it is for and that point's value; then what else the table
/// asked for, and its row.
pub(crate) fn points(judgement: &Judgement) -> Vec<Reason> {
    let points = [
        ("Exploitation", judgement.exploitation.code()),
        ("Automatable", judgement.automatable.code()),
        ("Technical impact", judgement.technical_impact.code()),
        ("Mission and well-being", judgement.mission_wellbeing.code()),
    ];
    let pairs = points.iter().zip(&judgement.reasons);
    let named = pairs.map(|((name, value), reason)| {
        Reason::new(format!("{name} {value}: {}", reason.text), reason.grounds.clone())
    });
    named.chain(judgement.reasons.iter().skip(points.len()).cloned()).collect()
}

/// The moment that it is, in whole seconds.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_seconds(jiff::Timestamp::now().as_second())
}

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut crate::arguments::Arguments::command(), "wardround", &mut text);
    print(&String::from_utf8_lossy(&text))
}

/// Prints to standard output; a closed pipe or a full disk is an error, not a panic.
pub(crate) fn print(text: &str) -> Result<()> {
    put_out(text.as_bytes())
}

/// The same with bytes that are no text: not to a terminal.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<()> {
    if std::io::stdout().is_terminal() {
        bail!("this is no text; send it to a file, as with `> FILE` behind the command");
    }
    put_out(bytes)
}

fn put_out(bytes: &[u8]) -> Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(bytes)?;
    output.flush()?;
    Ok(())
}
