//! Counts of what was not understood, each with the first packet that it happened to.

use wardround_model::{Evidence, Skip, SkipReason};

#[derive(Clone, Debug, Default)]
pub(crate) struct Skips {
    counts: [Option<(u64, Evidence)>; SkipReason::ALL.len()],
}

impl Skips {
    pub(crate) fn count(&mut self, reason: SkipReason, first: Evidence) {
        self.count_many(reason, 1, first);
    }

    pub(crate) fn count_many(&mut self, reason: SkipReason, more: u64, evidence: Evidence) {
        if let Some(slot) = self.counts.get_mut(reason as usize) {
            let (count, first) = slot.unwrap_or((0, evidence));
            *slot = Some((count.saturating_add(more), first.min(evidence)));
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for skip in other.list() {
            self.count_many(skip.reason, skip.count, skip.first);
        }
    }

    /// In the order of the reasons.
    pub(crate) fn list(&self) -> impl Iterator<Item = Skip> + '_ {
        SkipReason::ALL
            .iter()
            .zip(&self.counts)
            .filter_map(|(reason, slot)| slot.map(|(count, first)| Skip { reason: *reason, count, first }))
    }
}
