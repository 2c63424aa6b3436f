//! `wardround intel key`, `bundle` and `import`: an index on a stick, signed, to where there is no network.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use wardround_feeds::bundle::{self, Manifest};
use wardround_feeds::keys::{PrivateKey, PublicKey, Trusted};
use wardround_feeds::{Loss, index, update};
use wardround_mapped::MappedIndex;

use crate::arguments::{BundleIntel, ImportIntel};
use crate::commands::print;
use crate::places;
use wardround_report::page::number;

/// Makes a key that signs bundles.
pub(super) fn key(output: Option<PathBuf>) -> Result<()> {
    let file = key_file(output)?;
    let public = PrivateKey::make(&file)?.public()?;
    print(&format!(
        "The private key is in {}. Keep it there: who has it can sign in your name.\n\n\
         The public key, for those who import your bundles:\n\n    {public}\n\n\
         Its words, to read to them on the telephone:\n\n    {}\n",
        file.display(),
        public.words()
    ))
}

fn key_file(chosen: Option<PathBuf>) -> Result<PathBuf> {
    match chosen {
        Some(file) => Ok(file),
        None => Ok(places::data_folder()?.join("bundle.key")),
    }
}

/// Writes the index as one signed file.
pub(super) fn bundle(words: BundleIntel) -> Result<()> {
    let key_file = key_file(words.key)?;
    let key = PrivateKey::read(&key_file)
        .context("the bundle cannot be signed; `wardround intel key` makes a key")?;
    let loaded = super::load(words.intel)?;
    let manifest = bundle::write(&words.file, loaded.bytes(), super::now(), &key)?;
    print(&format!(
        "{}\nWritten to {} ({} bytes), signed with the key whose words are:\n\n    {}\n\n\
         Where it is wanted: wardround intel import {} --trust {}\n",
        carried(&manifest)?,
        words.file.display(),
        number(manifest.index_bytes),
        key.public()?.words(),
        words.file.file_name().unwrap_or_default().to_string_lossy(),
        key.public()?
    ))
}

fn carried(manifest: &Manifest) -> Result<String> {
    let mut text = format!("{:72}  {:>9}  AS OF\n", "SOURCE", "RECORDS");
    for source in &manifest.sources {
        let day = source.as_of.as_deref().unwrap_or("not dated");
        writeln!(text, "{:72}  {:>9}  {day}", source.name, number(u64::from(source.records)))?;
    }
    Ok(text)
}

/// Checks a bundle and puts its index in the place of the one in use.
pub(super) fn import(words: &ImportIntel) -> Result<()> {
    let trusted_file = places::data_folder()?.join("trusted-keys");
    let mut trusted = Trusted::read(&trusted_file)?;
    let is_new = match &words.trust {
        Some(text) => trusted.add(public_key(text)?),
        None => false,
    };
    let opened = bundle::open(&words.file, &trusted)?;
    let (manifest, key) = (opened.manifest.clone(), opened.key);
    let _lock = update::lock(&super::feeds_folder(None)?)?;
    let own = super::own_index()?;
    let aside = index::aside(&own);
    opened.unpack(&aside)?;
    let taken = check(&aside, words).and_then(|()| Ok(index::put_aside(&aside, &own)?));
    if taken.is_err() {
        // The first error is what counts; a left-over is only untidy.
        let _ = std::fs::remove_file(&aside);
    }
    taken?;
    if is_new {
        trusted.write(&trusted_file)?;
    }
    print(&format!(
        "{}\nMade {} by the key whose words are:\n\n    {}\n\nRounds use it from now on.\n",
        carried(&manifest)?,
        manifest.made_at,
        key.words()
    ))
}

/// A key as a text, or as the file that holds it.
fn public_key(text: &str) -> Result<PublicKey> {
    let path = Path::new(text);
    if path.is_file() {
        let held = std::fs::read_to_string(path).with_context(|| format!("{text} could not be read"))?;
        let line = held.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'));
        return Ok(line.unwrap_or_default().parse()?);
    }
    Ok(text.parse()?)
}

/// Reads all of the new index, and holds it against the one in use.
fn check(aside: &Path, words: &ImportIntel) -> Result<()> {
    let named = || words.file.display().to_string();
    let new = MappedIndex::open_checked(aside)
        .with_context(|| format!("the index in {} cannot be used", named()))?;
    let loaded = super::load(None)?;
    let old = loaded.open()?;
    if !words.older {
        index::check_age(&old, &new.index()?).with_context(named)?;
    }
    let loss = if words.accept_loss { Loss::Accept } else { Loss::Refuse };
    index::check_loss(&old, &new.index()?, loss).with_context(named)?;
    Ok(())
}
