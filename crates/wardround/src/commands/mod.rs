//! What each command does.

pub(crate) mod asset;
pub(crate) mod finding;
pub(crate) mod intel;
mod lookup;
mod progress;
pub(crate) mod round;
pub(crate) mod why;

use std::io::Write as _;

use anyhow::Result;
use clap::CommandFactory as _;

/// Prints completions for a shell.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut crate::arguments::Arguments::command(), "wardround", &mut text);
    print(&String::from_utf8_lossy(&text))
}

/// Prints to standard output; a closed pipe or a full disk is an error, not a panic.
pub(crate) fn print(text: &str) -> Result<()> {
    let mut output = std::io::stdout().lock();
    output.write_all(text.as_bytes())?;
    output.flush()?;
    Ok(())
}
