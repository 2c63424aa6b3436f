//! A hospital's own small files: decision tables, names, fingerprints, minutes. Not here: lists (`import`) and captures.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wardround_identify::fingerprints::{FingerprintFile, Fingerprints};
use wardround_intel::names::Aliases;
use wardround_triage::DecisionTables;

use crate::places;

/// The most bytes of such a file.
const LONGEST: u64 = 1024 * 1024;

/// The name of the file of names in the data folder.
pub(crate) const NAMES: &str = "aliases.tsv";

/// The name of the folder of fingerprints in the data folder.
pub(crate) const FINGERPRINTS: &str = "fingerprints";

/// The most files of fingerprints.
const MOST_FINGERPRINT_FILES: usize = 256;

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

/// What banners mean, as the chosen files say, else those in the folder of the data folder where it is there; nothing comes with the program.
pub(crate) fn fingerprints(chosen: &[PathBuf]) -> Result<Fingerprints> {
    let files = if chosen.is_empty() { own_fingerprints()? } else { chosen.to_vec() };
    if files.len() > MOST_FINGERPRINT_FILES {
        bail!("{} files of fingerprints are more than {MOST_FINGERPRINT_FILES}; leave some out", files.len());
    }
    files.iter().try_fold(Fingerprints::default(), |read, file| {
        Ok(read.with(&file.display().to_string(), &text(file)?)?)
    })
}

/// The same, and says on standard error what of them is not used.
pub(crate) fn fingerprints_told(chosen: &[PathBuf]) -> Result<Fingerprints> {
    let read = fingerprints(chosen)?;
    for said in read.files().iter().filter_map(not_used) {
        eprintln!("wardround: {said}");
    }
    Ok(read)
}

/// What of a file is not used, if anything.
fn not_used(file: &FingerprintFile) -> Option<String> {
    let FingerprintFile { name, used, skipped, not_kept } = file;
    if let Some(matches) = not_kept {
        return Some(format!(
            "{name} is not used: it is for \"{matches}\", a text that is not kept (docs/judging.md says which are)"
        ));
    }
    let (line, why) = skipped.first()?;
    let (all, skipped) = (used.saturating_add(skipped.len()), skipped.len());
    Some(format!("{name}: {skipped} of {all} fingerprints are skipped; the first, line {line}: {why}"))
}

/// The files `*.xml` in the folder, sorted by name.
fn own_fingerprints() -> Result<Vec<PathBuf>> {
    let Some(folder) = places::data_folder().ok().map(|folder| folder.join(FINGERPRINTS)) else {
        return Ok(Vec::new());
    };
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries =
        std::fs::read_dir(&folder).with_context(|| format!("{} could not be read", folder.display()))?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "xml") {
            files.push(path);
        }
    }
    files.sort_unstable();
    Ok(files)
}
