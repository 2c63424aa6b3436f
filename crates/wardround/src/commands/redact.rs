//! `wardround redact`: a value taken out of everything that the store keeps.

use std::fmt::Write as _;
use std::io::Read as _;

use anyhow::{Result, bail};
use wardround_remedy::EventId;
use wardround_report::page::count;
use wardround_store::Redaction;

use crate::arguments::serve::RedactCommand;
use crate::commands::serve::keys_beside;
use crate::commands::{lookup, now, print};
use crate::failure::NotFound;

/// The most bytes that are read from standard input.
const MOST_TYPED: u64 = 8_000;

const BACKUPS: &str =
    "Backups, reports and lists that lie elsewhere were not touched: look there yourself.\n";

pub(crate) fn run(command: RedactCommand) -> Result<()> {
    if let Some(event) = command.file {
        return take_out_file(event, command);
    }
    let value = match command.value.unwrap_or_default() {
        value if value == "-" => typed()?,
        value => value,
    };
    if command.dry_run {
        let found = lookup::store(command.store)?.redact_find(&value)?;
        return print(&format!("{}Nothing was changed. {BACKUPS}", told(&found, "It stands in")?));
    }
    let mut store = lookup::store_for_writing(command.store)?;
    let keys = command.keys.unwrap_or_else(|| keys_beside(store.path()));
    let found = wardround_web::redact(&mut store, &keys, &value, now())?;
    print(&format!("{}The file was written anew. {BACKUPS}", told(&found, "It was taken out of")?))
}

fn take_out_file(event: EventId, command: RedactCommand) -> Result<()> {
    let mut store = lookup::store_for_writing(command.store)?;
    let keys = command.keys.unwrap_or_else(|| keys_beside(store.path()));
    if !wardround_web::redact_file(&mut store, &keys, event, now())? {
        bail!(NotFound(format!(
            "{event} is no file whose content is kept; `wardround work show TASK` names them"
        )));
    }
    print(&format!("The content of {event} was taken out. The file was written anew. {BACKUPS}"))
}

fn typed() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().take(MOST_TYPED).read_to_string(&mut text)?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn told(found: &[Redaction], done: &str) -> Result<String> {
    let rows = found.iter().fold(0_u64, |sum, one| sum.saturating_add(one.rows));
    if rows == 0 {
        return Ok("It stands nowhere.\n".to_owned());
    }
    let mut text = format!("{done} {}:\n", count(rows, "place", "places"));
    for Redaction { table, column, rows } in found {
        writeln!(text, "{rows:>8}  {table}, {column}")?;
    }
    Ok(text)
}
