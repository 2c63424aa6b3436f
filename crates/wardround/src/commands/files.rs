//! A hospital's own small files: decision tables, names, minutes. Not here: lists (`import`) and captures.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_intel::names::Aliases;
use wardround_triage::DecisionTables;

use crate::places;

/// The most bytes of such a file.
const LONGEST: u64 = 1024 * 1024;

/// The name of the file of names in the data folder.
pub(crate) const NAMES: &str = "aliases.tsv";

/// The text of a small file; one that is larger is refused, not cut.
pub(crate) fn text(file: &Path) -> Result<String> {
    let read = || -> std::io::Result<String> {
        let mut text = String::new();
        std::fs::File::open(file)?.take(LONGEST + 1).read_to_string(&mut text)?;
        Ok(text)
    };
    let text = read().with_context(|| format!("{} could not be read", file.display()))?;
    if u64::try_from(text.len())? > LONGEST {
        bail!("{} has more than {LONGEST} bytes, which no file of this kind needs", file.display());
    }
    Ok(text)
}

/// The decision tables that these words mean: `cisa`, `deployer`, or a file.
pub(crate) fn tables(words: &str) -> Result<DecisionTables> {
    match words {
        "cisa" => Ok(DecisionTables::default()),
        "deployer" => Ok(DecisionTables::deployer()),
        file => DecisionTables::default().with(&text(Path::new(file))?).with_context(|| file.to_owned()),
    }
}

/// What names mean: the built-in table with the hospital's own rows over it, from the chosen file, else from the one in the
/// data folder where it is there.
pub(crate) fn aliases(chosen: Option<PathBuf>) -> Result<Aliases> {
    let own = || places::data_folder().ok().map(|folder| folder.join(NAMES)).filter(|file| file.exists());
    match chosen.or_else(own) {
        Some(file) => Ok(Aliases::builtin().with(&file.display().to_string(), &text(&file)?)?),
        None => Ok(Aliases::builtin().clone()),
    }
}
