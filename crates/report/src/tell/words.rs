//! Small words of reports.

use std::collections::BTreeSet;

use wardround_model::{AssetId, DeviceClass, Round};

use crate::page::{count, listed, wide};

/// Kinds of devices that are named in one line.
const KINDS_NAMED: usize = 4;

/// Devices by kind, and none by name: `2 infusion pumps and 1 server`.
pub(super) fn kinds(round: &Round, assets: &BTreeSet<AssetId>) -> String {
    let of = |class: DeviceClass| {
        let here = round.assets.iter().filter(|asset| asset.class.value == class);
        wide(here.filter(|asset| assets.contains(&asset.id)).count())
    };
    let kinds = DeviceClass::ALL.iter().map(|class| (*class, of(*class)));
    let kinds: Vec<(DeviceClass, u64)> = kinds.filter(|(_, many)| *many > 0).collect();
    let seen: u64 = kinds.iter().map(|(_, many)| many).sum();
    let others: u64 = kinds.iter().skip(KINDS_NAMED).map(|(_, many)| many).sum();
    let named = kinds.iter().take(KINDS_NAMED);
    let mut told: Vec<String> =
        named.map(|(class, many)| count(*many, class.label(), class.plural())).collect();
    if others > 0 {
        told.push(count(others, "other device", "other devices"));
    }
    let unseen = wide(assets.len()).saturating_sub(seen);
    if unseen > 0 {
        told.push(count(unseen, "device not seen this time", "devices not seen this time"));
    }
    listed(&told, told.len())
}

/// A title without numbers of CVE records, which stand in columns of their own.
pub(super) fn without_codes(title: &str) -> String {
    let words: Vec<&str> = title.split(' ').filter(|word| !word.starts_with("CVE-")).collect();
    words.join(" ")
}

/// So many things, as a text.
pub(super) fn many(things: usize) -> String {
    crate::page::number(wide(things))
}

/// With a full stop, where there is a text.
pub(super) fn sentence(text: &str) -> String {
    match text.chars().last() {
        None => String::new(),
        Some('.' | '?' | '!') => text.to_owned(),
        Some(_) => format!("{text}."),
    }
}
