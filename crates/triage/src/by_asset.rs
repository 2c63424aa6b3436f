//! Where each asset's part of a list begins, for lists in the order of assets.

use std::ops::Range;

use wardround_model::AssetId;

/// The parts of a list that stands in the order of assets.
#[derive(Debug, Default)]
pub(crate) struct ByAsset {
    /// The asset and where its part begins, ascending: compact, so that a look-up touches little memory.
    starts: Vec<(AssetId, usize)>,
    end: usize,
}

impl ByAsset {
    /// The parts of a list of which these are the assets, in ascending order.
    pub(crate) fn of(assets: impl Iterator<Item = AssetId>) -> Self {
        let mut parts = Self::default();
        for asset in assets {
            if parts.starts.last().is_none_or(|(last, _)| *last != asset) {
                parts.starts.push((asset, parts.end));
            }
            parts.end = parts.end.saturating_add(1);
        }
        parts
    }

    /// The places of an asset's part; empty where it has none.
    pub(crate) fn range(&self, asset: AssetId) -> Range<usize> {
        match self.starts.binary_search_by_key(&asset, |(of, _)| *of) {
            Ok(at) => {
                let place = |at: usize| self.starts.get(at).map_or(self.end, |(_, start)| *start);
                place(at)..place(at.saturating_add(1))
            }
            Err(_) => 0..0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_is_in_the_part_of_its_asset() {
        let assets = ["a", "b", "c"].map(AssetId::of_anchor);
        let mut list: Vec<_> =
            assets.iter().zip([3, 1, 2]).flat_map(|(id, times)| vec![*id; times]).collect();
        list.sort_unstable();
        let parts = ByAsset::of(list.iter().copied());
        for (asset, times) in assets.into_iter().zip([3, 1, 2]) {
            let part = &list[parts.range(asset)];
            assert_eq!(part, vec![asset; times]);
        }
        assert_eq!(parts.range(AssetId::of_anchor("d")), 0..0);
        assert_eq!(ByAsset::default().range(assets[0]), 0..0);
    }
}
