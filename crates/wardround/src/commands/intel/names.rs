//! `wardround intel names`: what the table of names knows, so that people can see why something matched and add what is missing.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use wardround_intel::names::Alias;

use crate::commands::{files, print};

const NONE: &str =
    "No name of the table has these words. docs/judging.md says how to add one to a table of your own.\n";

pub(super) fn run(words: &[String], chosen: Option<PathBuf>) -> Result<()> {
    let aliases = files::aliases(chosen)?;
    let query = words.join(" ");
    let found = aliases.search(&query);
    if found.is_empty() {
        return print(NONE);
    }
    let mut text = format!("{:10}  {:36}  {}\n", "KIND", "NAME", "MEANS");
    for alias in found {
        writeln!(text, "{}", line(alias))?;
    }
    print(&text)
}

fn line(alias: &Alias) -> String {
    let own = if alias.own { "  (your own)" } else { "" };
    format!("{:10}  {:36}  {}{own}", alias.kind.name(), alias.name, alias.means)
}
