//! The tables `finding_group`, `finding_count` and `finding_summary`.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{AssetId, CveId, Decision, Finding, Role, Round, Weakness};

use super::{Places, rank};
use crate::error::Trouble;
use crate::table::{Cell, Table, Writer};

static SUMMARY: Table = Table {
    owner: "round_id",
    name: "finding_summary",
    key: &["finding_position"],
    values: &["group_position", "asset_position", "decision", "kind", "owner"],
};
static GROUP: Table = Table {
    owner: "round_id",
    name: "finding_group",
    key: &["position"],
    values: &["title", "kind", "worst", "first", "assets", "cves", "search"],
};
static COUNT: Table = Table {
    owner: "round_id",
    name: "finding_count",
    key: &["group_position", "decision", "owner"],
    values: &["count"],
};

static TOTAL: Table = Table {
    owner: "round_id",
    name: "finding_total",
    key: &["decision", "kind", "owner"],
    values: &["count"],
};

pub(super) fn write(writer: Writer<'_>, round: &Round, places: &Places) -> Result<(), Trouble> {
    let mut table = writer.table(&SUMMARY)?;
    let mut groups = Groups::default();
    for (position, finding) in round.findings.iter().enumerate() {
        let asset = places.assets.get(&finding.asset).copied();
        let owner = places.owner(asset);
        let group = groups.add(position, finding, owner);
        table.row(&[
            position.into(),
            group.into(),
            asset.into(),
            finding.judgement.decision.code().into(),
            kind(finding).into(),
            owner.code().into(),
        ])?;
    }
    groups.write(writer)
}

/// Findings that say the same, in the order of the first of each.
#[derive(Default)]
struct Groups {
    places: BTreeMap<(&'static str, String), usize>,
    all: Vec<Group>,
}

struct Group {
    title: String,
    kind: &'static str,
    first: usize,
    worst: Decision,
    assets: BTreeSet<AssetId>,
    cves: BTreeSet<CveId>,
    counts: BTreeMap<(Decision, Role), u64>,
}

impl Groups {
    /// Adds a finding, and returns the place of its group.
    fn add(&mut self, position: usize, finding: &Finding, owner: Role) -> usize {
        let (title, decision) = (shared_title(finding), finding.judgement.decision);
        let place = *self.places.entry((kind(finding), title.clone())).or_insert(self.all.len());
        if place == self.all.len() {
            self.all.push(Group {
                title,
                kind: kind(finding),
                first: position,
                worst: decision,
                assets: BTreeSet::new(),
                cves: BTreeSet::new(),
                counts: BTreeMap::new(),
            });
        }
        if let Some(group) = self.all.get_mut(place) {
            group.worst = group.worst.max(decision);
            group.assets.insert(finding.asset);
            if let Weakness::Vulnerability { cve, .. } = &finding.weakness {
                group.cves.insert(*cve);
            }
            *group.counts.entry((decision, owner)).or_default() += 1;
        }
        place
    }

    fn write(&self, writer: Writer<'_>) -> Result<(), Trouble> {
        let (mut table, mut counts) = (writer.table(&GROUP)?, writer.table(&COUNT)?);
        let mut totals: BTreeMap<(Decision, &str, Role), u64> = BTreeMap::new();
        for (position, group) in self.all.iter().enumerate() {
            table.row(&[
                position.into(),
                (&group.title).into(),
                group.kind.into(),
                rank(Some(group.worst)).into(),
                group.first.into(),
                group.assets.len().into(),
                group.cves.len().into(),
                Cell::Made(group.title.to_lowercase()),
            ])?;
            for ((decision, owner), count) in &group.counts {
                *totals.entry((*decision, group.kind, *owner)).or_default() += count;
                counts.row(&[
                    position.into(),
                    decision.code().into(),
                    owner.code().into(),
                    (*count).into(),
                ])?;
            }
        }
        let mut table = writer.table(&TOTAL)?;
        for ((decision, kind, owner), count) in totals {
            table.row(&[decision.code().into(), kind.into(), owner.code().into(), count.into()])?;
        }
        Ok(())
    }
}

fn kind(finding: &Finding) -> &'static str {
    match finding.weakness {
        Weakness::Vulnerability { .. } => "vulnerability",
        Weakness::Setting { .. } => "setting",
    }
}

/// Its title without the number of its CVE record, so that all weaknesses of one product and version have one.
fn shared_title(finding: &Finding) -> String {
    match &finding.weakness {
        Weakness::Vulnerability { cve, .. } => finding.title.replace(&format!(" {cve}"), ""),
        Weakness::Setting { .. } => finding.title.clone(),
    }
}
