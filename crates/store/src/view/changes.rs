//! What is different between two rounds: kept for a round and the one before it, found on the spot for any two.

use rusqlite::types::Value;
use wardround_model::{AssetChange, AssetId, Decision, FindingChange, FindingId, RoundId};

use super::filter::Conditions;
use super::page::Listing;
use super::{Page, RoundView, Turn};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::summary::{self, Changed};
use crate::table::Table;

/// How many findings became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ChangeCounts([u64; 5]);

impl ChangeCounts {
    /// Findings with this change.
    #[must_use]
    pub fn of(&self, change: FindingChange) -> u64 {
        let found = FindingChange::ALL.iter().zip(self.0).find(|(other, _)| **other == change);
        found.map_or(0, |(_, count)| count)
    }

    pub(super) fn set(&mut self, change: FindingChange, count: u64) {
        let place = FindingChange::ALL.iter().zip(&mut self.0).find(|(other, _)| **other == change);
        if let Some((_, place)) = place {
            *place = count;
        }
    }
}

/// A finding that only one of two rounds has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// Its id.
    pub id: FindingId,
    /// On which device.
    pub asset: AssetId,
    /// What is or was weak.
    pub title: String,
    /// What to do, as the round that has it says.
    pub decision: Decision,
}

/// The devices that only one of two rounds has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssetDifference {
    /// Only the later one; sorted.
    pub new: Vec<AssetId>,
    /// Only the earlier one; sorted.
    pub not_seen: Vec<AssetId>,
}

static FINDING: Table = Table {
    owner: "round_id",
    name: "finding_change",
    key: &["position"],
    values: &["finding_id", "asset_id", "title", "decision"],
};
static ASSET: Table =
    Table { owner: "round_id", name: "asset_change", key: &["change", "position"], values: &["asset_id"] };

/// What is different between two rounds: how many findings became what, a page of those with one change, and the devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoundDifference {
    /// How many findings became what.
    pub counts: ChangeCounts,
    /// A page of the findings with the change that was asked for; none for those that are still there.
    pub page: Page<ChangeRow>,
    /// The devices that only one of the two has.
    pub assets: AssetDifference,
}

impl RoundView<'_> {
    /// What is different since an earlier round. Quick for the round before this one; for any other the rows of both are
    /// compared, which takes as long as they are many.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn difference(
        &self,
        before: RoundId,
        change: FindingChange,
        turn: Turn,
        rows: usize,
    ) -> Result<RoundDifference, StoreError> {
        let summary = self.summary()?;
        let found = if summary.compared_with == Some(before) {
            self.kept_difference(summary.changes, change, turn, rows)
        } else {
            summary::between(self.connection(), before.0, self.id().0)
                .map(|differences| found_difference(differences, change, turn, rows))
        };
        self.told(found)
    }

    fn kept_difference(
        &self,
        counts: ChangeCounts,
        change: FindingChange,
        turn: Turn,
        rows: usize,
    ) -> Result<RoundDifference, Trouble> {
        let mut conditions = Conditions::of_round("round_id", self.id());
        conditions.and("change = ?", change.code().to_owned());
        let select = format!("SELECT {} FROM finding_change", FINDING.listed());
        let listing = Listing { table: &FINDING, select: &select, key: "position", around: None };
        let page = listing.page(self.connection(), conditions, turn, rows, read_row)?;
        let assets = format!(
            "SELECT {} FROM asset_change WHERE round_id = ? ORDER BY change, position",
            ASSET.listed()
        );
        let assets = self.rows(&ASSET, &assets, &[Value::Integer(self.id().0)], |columns| {
            let change = columns.code(AssetChange::from_code)?;
            let _position: u64 = columns.number()?;
            Ok((change, AssetId(columns.id("A-")?)))
        })?;
        Ok(RoundDifference { counts, page, assets: split(&assets) })
    }
}

fn found_difference(
    differences: summary::Differences,
    change: FindingChange,
    turn: Turn,
    rows: usize,
) -> RoundDifference {
    let mut counts = ChangeCounts::default();
    for (change, count) in FindingChange::ALL.iter().zip(differences.counts()) {
        counts.set(*change, u64::try_from(count).unwrap_or_default());
    }
    let assets = split(&differences.assets);
    let all = differences.findings.into_iter().enumerate();
    let of_change = all.filter(|(_, changed)| changed.change == change);
    let placed = of_change.map(|(place, changed)| (u64::try_from(place).unwrap_or(u64::MAX), changed));
    RoundDifference { counts, page: cut(placed, turn, rows), assets }
}

fn split(all: &[(AssetChange, AssetId)]) -> AssetDifference {
    let with = |wanted| all.iter().filter(|(change, _)| *change == wanted).map(|(_, id)| *id).collect();
    AssetDifference { new: with(AssetChange::New), not_seen: with(AssetChange::NotSeen) }
}

/// One page of what was found on the spot.
fn cut(all: impl Iterator<Item = (u64, Changed)>, turn: Turn, rows: usize) -> Page<ChangeRow> {
    let rows = rows.clamp(1, super::MOST_ROWS);
    let row = |(place, changed): (u64, Changed)| {
        let Changed { id, asset, title, decision, .. } = changed;
        (place, ChangeRow { id, asset, title, decision })
    };
    let wanted: Vec<(u64, Changed)> = match turn {
        Turn::First => all.take(rows + 1).collect(),
        Turn::After(last) => all.filter(|(place, _)| *place > last).take(rows + 1).collect(),
        Turn::Before(first) => {
            let mut before: Vec<_> = all.filter(|(place, _)| *place < first).collect();
            before.reverse();
            before.truncate(rows + 1);
            before
        }
    };
    Page::cut(turn, rows, wanted.into_iter().map(row).collect())
}

fn read_row(_place: u64, columns: &mut Columns<'_>) -> Result<ChangeRow, Trouble> {
    Ok(ChangeRow {
        id: FindingId(columns.id("F-")?),
        asset: AssetId(columns.id("A-")?),
        title: columns.text()?,
        decision: columns.code(Decision::from_code)?,
    })
}
