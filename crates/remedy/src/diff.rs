//! Two rounds compared: who is new, who was not seen, what is new, what is fixed.
//!
//! Passive sight proves presence, not absence. So a finding is *fixed* only where the later round saw the same thing with
//! another value (a newer banner, a renewed certificate); otherwise it is *not seen again*, which proves nothing.

use std::collections::BTreeSet;

use wardround_model::{AssetId, Finding, FindingChange, FindingId, Round};

use crate::proof::{Look, Seen, rests_on_traffic};

/// The difference between an earlier and a later round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Assets that only the later round has.
    pub assets_new: Vec<AssetId>,
    /// Assets that only the earlier round has; they may be switched off, or out of sight.
    pub assets_not_seen: Vec<AssetId>,
    /// Every finding of either round, by what became of it, then in its round's order.
    pub findings: Vec<(FindingChange, FindingId)>,
}

impl Difference {
    /// Findings with this change.
    pub fn findings_with(&self, change: FindingChange) -> impl Iterator<Item = FindingId> + '_ {
        self.findings.iter().filter(move |(of, _)| *of == change).map(|(_, id)| *id)
    }

    /// Whether the two rounds say the same of assets and findings.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.assets_new.is_empty()
            && self.assets_not_seen.is_empty()
            && self.findings.iter().all(|(change, _)| *change == FindingChange::Still)
    }
}

/// Compares an earlier round with a later one.
#[must_use]
pub fn diff(before: &Round, after: &Round) -> Difference {
    let assets = |round: &Round| round.assets.iter().map(|asset| asset.id).collect::<BTreeSet<_>>();
    let (assets_before, assets_after) = (assets(before), assets(after));
    let mut findings = changes(before, after, &assets_after);
    findings.sort_by_key(|(change, _)| *change);
    Difference {
        assets_new: assets_after.difference(&assets_before).copied().collect(),
        assets_not_seen: assets_before.difference(&assets_after).copied().collect(),
        findings,
    }
}

fn changes(
    before: &Round,
    after: &Round,
    assets_after: &BTreeSet<AssetId>,
) -> Vec<(FindingChange, FindingId)> {
    let ids = |round: &Round| round.findings.iter().map(|finding| finding.id).collect::<BTreeSet<_>>();
    let (ids_before, ids_after) = (ids(before), ids(after));
    let (seen_before, seen_after) = (Seen::new(before), Seen::new(after));
    let shows_another_value = |finding: &Finding| {
        !rests_on_traffic(finding) && matches!(seen_after.look(&seen_before.proof(finding)), Look::Changed(_))
    };
    let change = |finding: &Finding| match finding {
        _ if ids_after.contains(&finding.id) => FindingChange::Still,
        _ if !assets_after.contains(&finding.asset) => FindingChange::AssetNotSeen,
        _ if shows_another_value(finding) => FindingChange::Fixed,
        _ => FindingChange::NotSeenAgain,
    };
    let new = after.findings.iter().filter(|finding| !ids_before.contains(&finding.id));
    let new = new.map(|finding| (FindingChange::New, finding.id));
    new.chain(before.findings.iter().map(|finding| (change(finding), finding.id))).collect()
}
