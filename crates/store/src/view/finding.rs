//! One finding, whole.

use rusqlite::types::Value;
use wardround_model::{Finding, FindingId};

use super::{DeviceRow, RoundView};
use crate::error::{StoreError, Trouble};
use crate::finding;
use crate::table::{Place, Table};

/// One finding, and what it stands among.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingDetails {
    /// The finding.
    pub finding: Finding,
    /// Its device; none where the round has none of this id.
    pub device: Option<DeviceRow>,
    /// The group of findings that say the same.
    pub group: u64,
}

static SUMMARY: Table =
    Table { owner: "round_id", name: "finding_summary", key: &["group_position"], values: &[] };
const SELECT_GROUP: &str =
    "SELECT group_position FROM finding_summary WHERE round_id = ? AND finding_position = ?";

impl RoundView<'_> {
    /// The finding with this id: the first of several.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn finding(&self, id: FindingId) -> Result<Option<FindingDetails>, StoreError> {
        self.told(self.find_finding(id))
    }

    fn find_finding(&self, id: FindingId) -> Result<Option<FindingDetails>, Trouble> {
        let Some((position, finding)) = finding::read_one(self.reader(), id)? else { return Ok(None) };
        let device = self.device_row(finding.asset)?;
        let place = Value::Integer(i64::try_from(position).unwrap_or(i64::MAX));
        let of_finding = [Value::Integer(self.id().0), place];
        let mut groups = self.rows(&SUMMARY, SELECT_GROUP, &of_finding, |columns| columns.number())?;
        let none = || Trouble::Damaged(Place { table: SUMMARY.name, column: "group_position" });
        Ok(Some(FindingDetails { finding, device, group: groups.pop().ok_or_else(none)? }))
    }
}
