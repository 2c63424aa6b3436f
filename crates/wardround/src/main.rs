//! The command line: arguments, files, the clock and the layout of what is printed. No judgement is made here.

mod arguments;
mod commands;
mod failure;
mod places;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::Parser;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Import(command) => commands::import::run(*command),
        Command::Check(command) => commands::check::run(*command),
        Command::Round(command) => commands::round::run(*command),
        Command::Watch(command) => commands::watch::run(*command),
        Command::Doctor(store) => commands::doctor::run(store),
        Command::ReadFrames(arguments) => commands::watch::read(&arguments),
        Command::ReadFlows(arguments) => commands::watch::read_flow_records(&arguments),
        Command::ReadVitals(arguments) => commands::watch::read_vitals_of(&arguments),
        Command::Asset(command) => commands::asset::run(command),
        Command::Finding(command) => commands::finding::run(command),
        Command::Question(command) => commands::question::run(command),
        Command::Answer(command) => commands::answer::run(*command),
        Command::Vex(command) => commands::vex::run(&command),
        Command::Ask(command) => commands::ask::run(command),
        Command::Path(command) => commands::path::run(*command),
        Command::Plan(command) => commands::plan::run(*command),
        Command::Work(command) => commands::work::run(*command),
        Command::Report(command) => commands::report::run(*command),
        Command::Why(command) => commands::why::run(&command),
        Command::Intel(command) => commands::intel::run(command),
        Command::Serve(command) => commands::serve::run(*command),
        Command::Invite(command) => commands::serve::invite(command),
        Command::BreakGlass(command) => commands::serve::break_glass(command),
        Command::Audit(command) => commands::audit::run(command),
        Command::Redact(command) => commands::redact::run(command),
        Command::Backup(command) => commands::backup::backup(command),
        Command::Restore(command) => commands::backup::restore(&command),
        Command::Completions { shell } => commands::completions(shell),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failure::report(&error),
    }
}
