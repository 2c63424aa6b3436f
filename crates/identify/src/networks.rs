//! Stretches of addresses with devices in them, and how well each was seen.

use std::collections::BTreeMap;

use wardround_model::{Asset, Network};

use crate::addresses::{Stretch, is_link_local};

/// Every stretch in which an asset has an address, sorted; an asset counts once in each.
pub(crate) fn networks<'a>(assets: impl Iterator<Item = &'a Asset>) -> Vec<Network> {
    let mut counts: BTreeMap<Stretch, (u64, u64)> = BTreeMap::new();
    for asset in assets {
        let mut stretches: Vec<_> =
            asset.ips.iter().filter(|ip| !is_link_local(**ip)).map(|ip| Stretch::of(*ip)).collect();
        stretches.sort_unstable();
        stretches.dedup();
        for stretch in stretches {
            let (directly, afar) = counts.entry(stretch).or_default();
            let count = if asset.seen_directly { directly } else { afar };
            *count = count.saturating_add(1);
        }
    }
    let network = |(stretch, (seen_directly, seen_from_afar)): (Stretch, _)| Network {
        prefix: stretch.to_string(),
        seen_directly,
        seen_from_afar,
    };
    counts.into_iter().map(network).collect()
}
