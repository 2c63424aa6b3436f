//! The list of findings: in pages, filtered, searched; one by one or those that say the same together.

use rusqlite::types::Value;
use wardround_model::{AssetId, CveId, Decision, Endpoint, FindingId, Grade, Role};

use super::devices::Worst;
use super::filter::{Conditions, words};
use super::page::{Around, Listing};
use super::{Page, RoundView, Turn};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::Table;

/// What kind of weakness it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FindingKind {
    /// A published vulnerability.
    Vulnerability,
    /// A weak setting.
    Setting,
}

impl FindingKind {
    /// Both of them.
    pub const ALL: &[Self] = &[Self::Vulnerability, Self::Setting];

    /// Its name in the store and in addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Setting => "setting",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

/// Which findings a list shows: those that all of these hold for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FindingFilter {
    /// Of this decision.
    pub decision: Option<Decision>,
    /// Of this kind.
    pub kind: Option<FindingKind>,
    /// On devices that this role looks after.
    pub owner: Option<Role>,
    /// On this device.
    pub asset: Option<AssetId>,
    /// Of this CVE record.
    pub cve: Option<CveId>,
    /// Of the group with this number.
    pub group: Option<u64>,
    /// With each of these words in the title; CVE numbers are not part of it.
    pub text: String,
}

/// A finding as one line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingRow {
    /// Its id.
    pub id: FindingId,
    /// What is weak.
    pub title: String,
    /// What to do.
    pub decision: Decision,
    /// How surely it is there.
    pub grade: Grade,
    /// Its CVE record, where it has one.
    pub cve: Option<CveId>,
    /// Where, if on a service.
    pub endpoint: Option<Endpoint>,
    /// Who looks after its device.
    pub owner: Role,
    /// On which device.
    pub asset: AssetId,
    /// How people know that device; empty where the round has none of this id.
    pub asset_title: String,
}

/// Findings that say the same, but for the CVE number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRow {
    /// The number of the group in this round.
    pub group: u64,
    /// What is weak.
    pub title: String,
    /// What kind of weakness it is.
    pub kind: FindingKind,
    /// Its most urgent decision.
    pub worst: Worst,
    /// On how many devices, whatever the filter.
    pub devices: u64,
    /// How many CVE records, whatever the filter.
    pub cves: u64,
    /// How many findings the filter lets through.
    pub findings: u64,
}

static ROW: Table = Table {
    owner: "round_id",
    name: "finding",
    key: &["position"],
    values: &[
        "id",
        "title",
        "decision",
        "grade",
        "cve",
        "ip",
        "transport",
        "port",
        "owner",
        "asset_id",
        "asset_title",
    ],
};
static GROUP: Table = Table {
    owner: "round_id",
    name: "finding_group",
    key: &["position"],
    values: &["title", "kind", "worst", "assets", "cves", "count"],
};

/// A row, behind the key.
const AROUND: Around = Around {
    columns: "finding.id, finding.title, finding.decision, finding.grade, finding.cve, finding.ip, finding.transport,
        finding.port, finding_summary.owner, finding.asset_id, coalesce(asset_summary.title, '')",
    joined: "CROSS JOIN finding ON finding.round_id = chosen.round_id AND finding.position = chosen.position
         CROSS JOIN finding_summary ON finding_summary.round_id = chosen.round_id
             AND finding_summary.finding_position = chosen.position
         LEFT JOIN asset_summary ON asset_summary.round_id = chosen.round_id
             AND asset_summary.asset_position = finding_summary.asset_position",
};
/// Of so many groups the findings are found by group; those of more stand so close together that reading on is faster.
const FEW_GROUPS: i64 = 100;

impl RoundView<'_> {
    /// A page of the list of findings, the most urgent first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn findings(
        &self,
        filter: &FindingFilter,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<FindingRow>, StoreError> {
        let read = || {
            let from = if self.has_many_groups(filter)? { filter.in_order() } else { filter.from() };
            let select = format!(
                "SELECT finding_summary.round_id, finding_position AS key, finding_position AS position FROM {from}"
            );
            let key = "finding_position";
            let listing = Listing { table: &ROW, select: &select, key, around: Some(AROUND) };
            listing.page(self.connection(), filter.conditions(self), turn, rows, read_row)
        };
        self.told(read())
    }

    /// Whether a filter by words lets so many groups through that the order of the list finds a page faster.
    fn has_many_groups(&self, filter: &FindingFilter) -> Result<bool, Trouble> {
        if words(&filter.text).is_empty() || !filter.is_of_groups() || filter.group.is_some() {
            return Ok(false);
        }
        let mut conditions = Conditions::of_round("round_id", self.id());
        for word in words(&filter.text) {
            conditions.and("instr(search, ?) > 0", word);
        }
        let sql = format!("SELECT count(*) FROM finding_group WHERE {}", conditions.sql());
        let found = self.rows(&GROUP, &sql, conditions.values(), |columns| columns.number::<i64>())?;
        Ok(found.into_iter().any(|groups| groups > FEW_GROUPS))
    }

    /// A page of the list of findings that say the same, the group of the most urgent one first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn finding_groups(
        &self,
        filter: &FindingFilter,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<GroupRow>, StoreError> {
        let (inner, values) = filter.of_counts();
        let of_group = format!(
            "FROM finding_count WHERE finding_count.round_id = finding_group.round_id
                 AND group_position = finding_group.position{inner}"
        );
        let select = format!(
            "SELECT position, title, kind, worst, assets, cves, (SELECT sum(count) {of_group}) FROM finding_group"
        );
        let listing = Listing { table: &GROUP, select: &select, key: "position", around: None };
        let mut conditions = Conditions::of_round("finding_group.round_id", self.id()).behind(values.clone());
        conditions.and_all(&format!("EXISTS (SELECT 1 {of_group})"), values);
        filter.and_of_group(&mut conditions);
        self.told(listing.page(self.connection(), conditions, turn, rows, read_group))
    }

    /// The group with this number, with all its findings counted.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn finding_group(&self, group: u64) -> Result<Option<GroupRow>, StoreError> {
        let filter = FindingFilter { group: Some(group), ..FindingFilter::default() };
        Ok(self.finding_groups(&filter, Turn::First, 1)?.rows.pop())
    }
}

impl FindingFilter {
    /// Whether the summary of groups can count what it lets through.
    pub(super) fn is_of_groups(&self) -> bool {
        self.asset.is_none() && self.cve.is_none()
    }

    /// Whether it asks for nothing but urgency, kind and owner.
    pub(super) fn is_open(&self) -> bool {
        self.is_of_groups() && self.group.is_none() && words(&self.text).is_empty()
    }

    /// Where the findings that it lets through are found the fastest.
    pub(super) fn from(&self) -> &'static str {
        if self.cve.is_some() {
            "finding INDEXED BY finding_of_cve CROSS JOIN finding_summary
                 ON finding_summary.round_id = finding.round_id AND finding_position = finding.position"
        } else if self.asset.is_some() {
            "finding_summary INDEXED BY finding_of_asset"
        } else if !self.is_open() {
            "finding_summary INDEXED BY finding_of_group"
        } else {
            self.in_order()
        }
    }

    /// Where a list in its order finds them the fastest.
    fn in_order(&self) -> &'static str {
        if self.owner.is_some() {
            "finding_summary INDEXED BY finding_of_owner"
        } else if self.decision.is_some() {
            "finding_summary INDEXED BY finding_of_decision"
        } else {
            "finding_summary"
        }
    }

    /// All conditions, on `finding_summary`.
    fn conditions(&self, view: &RoundView<'_>) -> Conditions {
        let mut conditions = Conditions::of_round("finding_summary.round_id", view.id());
        self.and_rest(&mut conditions, view);
        if let Some(decision) = self.decision {
            conditions.and("finding_summary.decision = ?", decision.code().to_owned());
        }
        if let Some(kind) = self.kind {
            conditions.and("finding_summary.kind = ?", kind.code().to_owned());
        }
        if let Some(owner) = self.owner {
            conditions.and("finding_summary.owner = ?", owner.code().to_owned());
        }
        conditions
    }

    /// The conditions on anything but urgency, kind and owner, to count by those.
    pub(super) fn rest(&self, view: &RoundView<'_>) -> Conditions {
        if self.is_open() {
            Conditions::of_round("round_id", view.id())
        } else if self.is_of_groups() {
            let mut conditions = Conditions::of_round("finding_group.round_id", view.id());
            if let Some(group) = self.group {
                conditions.and("finding_group.position = ?", bounded(group));
            }
            for word in words(&self.text) {
                conditions.and("instr(search, ?) > 0", word);
            }
            conditions
        } else {
            let mut conditions = Conditions::of_round("finding_summary.round_id", view.id());
            self.and_rest(&mut conditions, view);
            conditions
        }
    }

    fn and_rest(&self, conditions: &mut Conditions, view: &RoundView<'_>) {
        let round = || Value::Integer(view.id().0);
        if let Some(asset) = self.asset {
            // The first asset of this id, as everywhere in the summary.
            let position = "finding_summary.asset_position =
                (SELECT min(position) FROM asset WHERE asset.id = ? AND asset.round_id = ?)";
            conditions.and_all(position, [Value::Text(asset.to_string()), round()]);
        }
        if let Some(cve) = self.cve {
            let found = "finding.round_id = ? AND finding.cve = ?";
            conditions.and_all(found, [round(), Value::Text(cve.to_string())]);
        }
        if let Some(group) = self.group {
            conditions.and("group_position = ?", bounded(group));
        }
        let words = words(&self.text);
        if !words.is_empty() {
            let each = vec!["instr(search, ?) > 0"; words.len()].join(" AND ");
            let found = format!(
                "group_position IN (SELECT position FROM finding_group WHERE round_id = ? AND {each})"
            );
            conditions.and_all(&found, std::iter::once(round()).chain(words.into_iter().map(Value::Text)));
        }
    }

    /// Urgency and owner, as conditions on `finding_count`.
    fn of_counts(&self) -> (String, Vec<Value>) {
        let (mut sql, mut values) = (String::new(), Vec::new());
        let decision = self.decision.map(Decision::code).map(|code| ("decision", code));
        let owner = self.owner.map(Role::code).map(|code| ("owner", code));
        for (column, code) in decision.into_iter().chain(owner) {
            sql.push_str(&format!(" AND {column} = ?"));
            values.push(Value::Text(code.to_owned()));
        }
        (sql, values)
    }

    /// Kind, number and text, as conditions on `finding_group`.
    fn and_of_group(&self, conditions: &mut Conditions) {
        if let Some(kind) = self.kind {
            conditions.and("kind = ?", kind.code().to_owned());
        }
        if let Some(group) = self.group {
            conditions.and("position = ?", bounded(group));
        }
        for word in words(&self.text) {
            conditions.and("instr(search, ?) > 0", word);
        }
    }
}

fn bounded(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

fn read_row(_place: u64, columns: &mut Columns<'_>) -> Result<FindingRow, Trouble> {
    Ok(FindingRow {
        id: FindingId(columns.id("F-")?),
        title: columns.text()?,
        decision: columns.code(Decision::from_code)?,
        grade: columns.code(Grade::from_code)?,
        cve: columns.maybe_shown()?,
        endpoint: columns.maybe_endpoint()?,
        owner: columns.code(Role::from_code)?,
        asset: AssetId(columns.id("A-")?),
        asset_title: columns.text()?,
    })
}

fn read_group(group: u64, columns: &mut Columns<'_>) -> Result<GroupRow, Trouble> {
    Ok(GroupRow {
        group,
        title: columns.text()?,
        kind: columns.code(FindingKind::from_code)?,
        worst: columns.rank()?.into(),
        devices: columns.number()?,
        cves: columns.number()?,
        findings: columns.number()?,
    })
}
