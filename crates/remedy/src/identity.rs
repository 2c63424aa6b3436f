//! Devices that get another id: a lease gives a card to what was an inventory number, a capture gives one to what was an
//! address (`docs/decisions/0007-lists-are-joined-by-digests-of-names.md`). What was found and said stays with the device.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{AssetId, FactKind, FindingId, MacAddr, Round, Subject};

use crate::history::{Head, History, Item, TaskId};

/// Brings what is known of devices to the ids that this round has for them.
pub(crate) fn follow(history: &mut History, round: &Round) {
    let present: BTreeSet<AssetId> = round.assets.iter().map(|asset| asset.id).collect();
    let known: BTreeSet<AssetId> = history.items.values().map(|item| item.asset).collect();
    if known.is_subset(&present) {
        return;
    }
    let now = ids_now(round);
    let moved: BTreeMap<AssetId, AssetId> =
        known.difference(&present).filter_map(|asset| Some((*asset, *now.get(asset)?))).collect();
    if !moved.is_empty() {
        let heads = std::mem::take(&mut history.heads);
        let (tasks, heads) = move_heads(heads, &moved);
        history.heads = heads;
        move_items(&mut history.items, &moved, &tasks);
    }
}

/// From every id that an asset could have had to the one that it has: a card before an address before a thing of a list, as
/// `identify` names them.
fn ids_now(round: &Round) -> BTreeMap<AssetId, AssetId> {
    let mut now = BTreeMap::new();
    let mut by_card: BTreeMap<MacAddr, AssetId> = BTreeMap::new();
    let mut by_address: BTreeMap<IpAddr, AssetId> = BTreeMap::new();
    for asset in &round.assets {
        for mac in &asset.macs {
            by_card.entry(*mac).or_insert(asset.id);
            now.entry(AssetId::of_anchor(&mac.to_string())).or_insert(asset.id);
        }
    }
    for asset in &round.assets {
        for ip in &asset.ips {
            by_address.entry(*ip).or_insert(asset.id);
            now.entry(AssetId::of_anchor(&ip.to_string())).or_insert(asset.id);
        }
    }
    for listed in round.observations.iter().filter(|seen| seen.fact.kind() == FactKind::ListedAs) {
        let asset = match &listed.subject {
            Subject::Mac(mac) => by_card.get(mac),
            subject => subject.ip().and_then(|ip| by_address.get(&ip)),
        };
        if let Some(asset) = asset {
            now.entry(AssetId::of_anchor(listed.fact.value())).or_insert(*asset);
        }
    }
    now
}

/// The heads with their new ids, and from each old id to the new one.
fn move_heads(
    heads: BTreeMap<TaskId, Head>,
    moved: &BTreeMap<AssetId, AssetId>,
) -> (BTreeMap<TaskId, TaskId>, BTreeMap<TaskId, Head>) {
    let mut tasks = BTreeMap::new();
    let (stay, go): (Vec<Head>, Vec<Head>) =
        heads.into_values().partition(|head| !moved.contains_key(&head.asset));
    let mut heads: BTreeMap<TaskId, Head> = stay.into_iter().map(|head| (head.id, head)).collect();
    for mut head in go {
        let Some(asset) = moved.get(&head.asset) else { continue };
        let (old, new) = (head.id, TaskId::of(*asset, head.goes, head.work));
        tasks.insert(old, new);
        head.known_as.push(old);
        match heads.get_mut(&new) {
            Some(known) => known.known_as.append(&mut head.known_as),
            None => drop(heads.insert(new, Head { id: new, asset: *asset, ..head })),
        }
    }
    (tasks, heads)
}

fn move_items(
    items: &mut BTreeMap<FindingId, Item>,
    moved: &BTreeMap<AssetId, AssetId>,
    tasks: &BTreeMap<TaskId, TaskId>,
) {
    let go: Vec<FindingId> =
        items.values().filter(|item| moved.contains_key(&item.asset)).map(|item| item.finding).collect();
    for id in go {
        let Some(mut item) = items.remove(&id) else { continue };
        let Some(asset) = moved.get(&item.asset) else { continue };
        item.known_as.push(id);
        item.asset = *asset;
        item.finding = FindingId::of_code(*asset, &item.weakness);
        item.task = tasks.get(&item.task).copied().unwrap_or(item.task);
        item.containment = item.containment.map(|task| tasks.get(&task).copied().unwrap_or(task));
        match items.get_mut(&item.finding) {
            // It was found under both ids; what was said of either counts.
            Some(known) => known.known_as.append(&mut item.known_as),
            None => drop(items.insert(item.finding, item)),
        }
    }
}
