//! From what a person types to the round, asset or finding that is meant.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use wardround_model::{Asset, Finding, Round, RoundId};
use wardround_store::Store;

use crate::arguments::{Look, StoreArgument};
use crate::failure::NotFound;
use crate::places;

/// The store, for reading.
pub(crate) fn store(argument: StoreArgument) -> Result<Store> {
    Ok(Store::open_read_only(existing(argument)?)?)
}

/// The store, for writing; it must be there.
pub(crate) fn store_for_writing(argument: StoreArgument) -> Result<Store> {
    Ok(Store::open(existing(argument)?)?)
}

fn existing(argument: StoreArgument) -> Result<PathBuf> {
    let path = places::store(argument.store)?;
    if path.exists() {
        return Ok(path);
    }
    let text = format!(
        "there is no store at {} yet; run `wardround round FILE` first, or say --store FILE",
        path.display()
    );
    Err(NotFound(text).into())
}

/// The round that is looked at.
pub(crate) fn round(look: Look) -> Result<(RoundId, Round)> {
    round_of(&mut store(look.store)?, look.round)
}

/// The round with this id, else the latest.
pub(crate) fn round_of(store: &mut Store, id: Option<RoundId>) -> Result<(RoundId, Round)> {
    let latest = || -> Result<RoundId> {
        let none = || NotFound("the store holds no round yet; run `wardround round FILE` first".to_owned());
        Ok(store.round_latest()?.ok_or_else(none)?)
    };
    let id = match id {
        Some(id) => id,
        None => latest()?,
    };
    let known = store.round_list()?.iter().any(|head| head.id == id);
    if !known {
        return Err(NotFound(format!("there is no round {id}; `wardround round list` shows them")).into());
    }
    let round = store.round_load(id).with_context(|| format!("round {id} could not be read"))?;
    Ok((id, round))
}

/// The one asset that this id, start of an id or address means.
pub(crate) fn asset<'a>(round: &'a Round, text: &str) -> Result<&'a Asset> {
    let wanted = text.trim().to_lowercase();
    let has_address = |asset: &Asset| {
        asset.ips.iter().any(|ip| ip.to_string() == wanted)
            || asset.macs.iter().any(|mac| mac.to_string() == wanted)
    };
    let matches = round.assets.iter().filter(|asset| starts(asset.id, &wanted) || has_address(asset));
    one(matches.collect(), "asset", text, "`wardround asset list` shows them", |asset| asset.id.to_string())
}

/// The one finding that this id or start of an id means.
pub(crate) fn finding<'a>(round: &'a Round, text: &str) -> Result<&'a Finding> {
    let wanted = text.trim().to_lowercase();
    let matches = round.findings.iter().filter(|finding| starts(finding.id, &wanted));
    one(matches.collect(), "finding", text, "`wardround finding list` shows them", |finding| {
        finding.id.to_string()
    })
}

/// Whether an id begins with what was typed; three characters (`F-1`) or more.
pub(crate) fn starts(id: impl std::fmt::Display, wanted: &str) -> bool {
    wanted.len() >= 3 && id.to_string().to_lowercase().starts_with(wanted)
}

/// The only match; none, or several, is said with the next step.
pub(crate) fn one<'a, T>(
    matches: Vec<&'a T>,
    noun: &str,
    text: &str,
    next: &str,
    id: impl Fn(&T) -> String,
) -> Result<&'a T> {
    match matches.as_slice() {
        [only] => Ok(only),
        [] => Err(NotFound(format!("there is no {noun} {text:?} in this round; {next}")).into()),
        several => {
            let ids: Vec<String> = several.iter().take(5).map(|found| id(found)).collect();
            Err(NotFound(format!("{text:?} means more than one {noun}: {}", ids.join(", "))).into())
        }
    }
}
