//! `wardround audit`: what people asked of the site, and whether the log of it is whole.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use wardround_report::page::{count, day_and_time};
use wardround_web::Verified;

use crate::arguments::StoreArgument;
use crate::arguments::serve::AuditCommand;
use crate::commands::serve::keys_beside;
use crate::commands::{lookup, print};

pub(crate) fn run(command: AuditCommand) -> Result<()> {
    match command {
        AuditCommand::List { store, last } => list(store, last),
        AuditCommand::Verify { store, key } => verify(store, key),
    }
}

fn list(store: StoreArgument, last: u32) -> Result<()> {
    let mut entries = lookup::store(store)?.audit_before(None, last)?;
    entries.reverse();
    let mut text = format!(
        "{:>6}  {:18}  {:16}  {:15}  {:14}  {:8}  {}\n",
        "ENTRY", "WHEN (UTC)", "WHO", "FROM", "WHAT", "BECAME", "OF WHAT"
    );
    for entry in entries {
        let said = &entry.said;
        writeln!(
            text,
            "{:>6}  {:18}  {:16}  {:15}  {:14}  {:8}  {}",
            entry.id,
            day_and_time(said.at),
            said.who.as_ref().map_or("", |(_, name)| name),
            said.address.as_deref().unwrap_or(""),
            said.action,
            said.outcome,
            said.subject
        )?;
    }
    print(&text)
}

fn verify(store: StoreArgument, key: Option<PathBuf>) -> Result<()> {
    let store = lookup::store(store)?;
    let key = key.unwrap_or_else(|| keys_beside(store.path()).join("audit.pub"));
    let Verified { entries, checkpoints, after_last, broken } = wardround_web::verify(&store, &key)?;
    if let Some(broken) = broken {
        bail!("the log was changed: {broken}");
    }
    let journal = wardround_web::verify_journal(store.path(), &key)?;
    print(&format!(
        "The log is whole: {} and {} fit. {}\n{}",
        count(entries, "entry", "entries"),
        count(checkpoints, "signed checkpoint", "signed checkpoints"),
        match after_last {
            0 => "The last entry is signed.".to_owned(),
            after => format!(
                "{} after the last checkpoint: if more followed and were cut off, this cannot tell.",
                count(after, "entry stands", "entries stand")
            ),
        },
        match journal {
            0 => String::new(),
            records => format!(
                "The emergency journal is whole: {}.\n",
                count(u64::try_from(records).unwrap_or(u64::MAX), "record fits", "records fit")
            ),
        }
    ))
}
