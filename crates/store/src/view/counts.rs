//! How many devices and findings a filter lets through, and how many each other choice would.

use std::collections::BTreeMap;

use rusqlite::types::Value;
use wardround_model::{Area, Decision, DeviceClass, Role};

use super::devices::{DeviceFilter, DeviceSort, Worst};
use super::filter::Conditions;
use super::findings::{FindingFilter, FindingKind};
use super::{RoundView, Turn, Urgency};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::Table;

/// Devices by class and urgency, as far as the rest of a filter lets them through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCounts {
    filter: DeviceFilter,
    counts: Vec<(DeviceClass, Worst, u64)>,
}

impl DeviceCounts {
    pub(super) fn of(filter: &DeviceFilter, counts: BTreeMap<(DeviceClass, Worst), u64>) -> Self {
        let counts = counts.into_iter().map(|((class, worst), count)| (class, worst, count)).collect();
        Self { filter: filter.clone(), counts }
    }

    /// Those that the whole filter lets through.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.sum(|class, worst| self.has_class(class) && self.has_worst(worst))
    }

    /// Those of this class, whatever class the filter asks for.
    #[must_use]
    pub fn of_class(&self, class: DeviceClass) -> u64 {
        self.sum(|other, worst| other == class && self.has_worst(worst))
    }

    /// Those of this part of the hospital, whatever class and part the filter asks for.
    #[must_use]
    pub fn of_area(&self, area: Area) -> u64 {
        self.sum(|class, worst| class.area() == area && self.has_worst(worst))
    }

    /// Those that are this urgent, whatever urgency the filter asks for.
    #[must_use]
    pub fn of_worst(&self, worst: Worst) -> u64 {
        self.sum(|class, other| other == worst && self.has_class(class))
    }

    fn has_class(&self, class: DeviceClass) -> bool {
        self.filter.has_class(class)
    }

    fn has_worst(&self, worst: Worst) -> bool {
        self.filter.worst.is_none_or(|wanted| wanted == worst)
    }

    fn sum(&self, counts: impl Fn(DeviceClass, Worst) -> bool) -> u64 {
        let wanted = self.counts.iter().filter(|(class, worst, _)| counts(*class, *worst));
        wanted.fold(0, |sum, (_, _, count)| sum.saturating_add(*count))
    }
}

/// Findings by urgency, kind and owner, as far as the rest of a filter lets them through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingCounts {
    filter: FindingFilter,
    counts: Vec<(Decision, FindingKind, Role, u64)>,
}

impl FindingCounts {
    /// Those that the whole filter lets through.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.sum(|decision, kind, owner| {
            self.is_decided(decision) && self.is_kind(kind) && self.is_owned(owner)
        })
    }

    /// Those of this decision, whatever decision the filter asks for.
    #[must_use]
    pub fn of_decision(&self, decision: Decision) -> u64 {
        self.sum(|other, kind, owner| other == decision && self.is_kind(kind) && self.is_owned(owner))
    }

    /// Those of this kind, whatever kind the filter asks for.
    #[must_use]
    pub fn of_kind(&self, kind: FindingKind) -> u64 {
        self.sum(|decision, other, owner| other == kind && self.is_decided(decision) && self.is_owned(owner))
    }

    /// Those on devices that this role looks after, whatever role the filter asks for.
    #[must_use]
    pub fn of_owner(&self, owner: Role) -> u64 {
        self.sum(|decision, kind, other| other == owner && self.is_decided(decision) && self.is_kind(kind))
    }

    fn is_decided(&self, decision: Decision) -> bool {
        self.filter.decision.is_none_or(|wanted| wanted == decision)
    }

    fn is_kind(&self, kind: FindingKind) -> bool {
        self.filter.kind.is_none_or(|wanted| wanted == kind)
    }

    fn is_owned(&self, owner: Role) -> bool {
        self.filter.owner.is_none_or(|wanted| wanted == owner)
    }

    fn sum(&self, counts: impl Fn(Decision, FindingKind, Role) -> bool) -> u64 {
        let wanted = self.counts.iter().filter(|(decision, kind, owner, _)| counts(*decision, *kind, *owner));
        wanted.fold(0, |sum, (.., count)| sum.saturating_add(*count))
    }
}

/// What a place is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceKind {
    /// A network, by its prefix.
    Network,
    /// A department or care area.
    CareArea,
}

impl PlaceKind {
    const fn code(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::CareArea => "care-area",
        }
    }
}

/// How many devices there are at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceCount {
    /// Its name; empty for the devices without one.
    pub place: String,
    /// The devices, 1 or more.
    pub devices: u64,
    /// The most urgent decision there.
    pub worst: Worst,
}

static DEVICES: Table =
    Table { owner: "round_id", name: "asset_count", key: &["class", "worst"], values: &["count"] };
static PLACES: Table =
    Table { owner: "round_id", name: "place_count", key: &["place"], values: &["count", "worst"] };
static FINDINGS: Table = Table {
    owner: "round_id",
    name: "finding_count",
    key: &["decision", "kind", "owner"],
    values: &["count"],
};

/// The sum for each key: faster here than in SQL, which would sort all rows for it.
fn summed<K: Ord>(rows: impl Iterator<Item = (K, u64)>) -> BTreeMap<K, u64> {
    let mut sums = BTreeMap::new();
    for (key, count) in rows {
        let sum: &mut u64 = sums.entry(key).or_default();
        *sum = sum.saturating_add(count);
    }
    sums
}

const COUNTED: &str = "SELECT class, worst, count FROM asset_count WHERE round_id = ?";

impl RoundView<'_> {
    /// How many devices there are, by class and urgency, of those that the rest of the filter lets through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn device_counts(&self, filter: &DeviceFilter) -> Result<DeviceCounts, StoreError> {
        let read = |columns: &mut Columns<'_>| {
            let (class, worst) = (columns.code(DeviceClass::from_code)?, columns.rank()?.into());
            Ok((class, worst, columns.number()?))
        };
        if filter.has_words() {
            let (counts, _) = self.devices_searched(filter, DeviceSort::default(), Turn::First, 1)?;
            return Ok(counts);
        }
        let counts = if let Some(from) = filter.from() {
            let conditions = filter.conditions(self, false);
            let sql = format!("SELECT class, worst, 1 FROM {from} WHERE {}", conditions.sql());
            self.rows(&DEVICES, &sql, conditions.values(), read)
        } else {
            self.rows(&DEVICES, COUNTED, &[Value::Integer(self.id().0)], read)
        };
        let counts =
            summed(self.told(counts)?.into_iter().map(|(class, worst, count)| ((class, worst), count)));
        Ok(DeviceCounts::of(filter, counts))
    }

    /// The networks or care areas with devices, in order, each with how many it has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn places(&self, kind: PlaceKind) -> Result<Vec<PlaceCount>, StoreError> {
        let mut conditions = Conditions::of_round("round_id", self.id());
        conditions.and("kind = ?", kind.code().to_owned());
        let sql =
            format!("SELECT place, count, worst FROM place_count WHERE {} ORDER BY place", conditions.sql());
        self.told(self.rows(&PLACES, &sql, conditions.values(), |columns| {
            let (place, devices) = (columns.text()?, columns.number()?);
            Ok(PlaceCount { place, devices, worst: columns.rank()?.into() })
        }))
    }

    /// How many findings there are, by urgency, kind and owner, of those that the rest of the filter lets through.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn finding_counts(&self, filter: &FindingFilter) -> Result<FindingCounts, StoreError> {
        let conditions = filter.rest(self);
        let sql = if filter.is_open() {
            format!("SELECT decision, kind, owner, count FROM finding_total WHERE {}", conditions.sql())
        } else if filter.is_of_groups() {
            format!(
                "SELECT decision, kind, owner, count FROM finding_group CROSS JOIN finding_count
                     ON finding_count.round_id = finding_group.round_id AND group_position = finding_group.position
                 WHERE {}",
                conditions.sql()
            )
        } else {
            let columns = "finding_summary.decision, finding_summary.kind, finding_summary.owner";
            let (from, wanted) = (filter.from(), conditions.sql());
            format!("SELECT {columns}, 1 FROM {from} WHERE {wanted}")
        };
        let counts = self.rows(&FINDINGS, &sql, conditions.values(), |columns| {
            let decision = columns.code(Decision::from_code)?;
            let kind = columns.code(FindingKind::from_code)?;
            Ok((decision, kind, columns.code(Role::from_code)?, columns.number()?))
        });
        let counts = self.told(counts)?.into_iter();
        let counts = summed(counts.map(|(decision, kind, owner, count)| ((decision, kind, owner), count)));
        let counts =
            counts.into_iter().map(|((decision, kind, owner), count)| (decision, kind, owner, count));
        Ok(FindingCounts { filter: filter.clone(), counts: counts.collect() })
    }

    /// How many devices of each class were seen, in the order of [`DeviceClass::ALL`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn census(&self) -> Result<Vec<(DeviceClass, u64)>, StoreError> {
        let counts = self.device_counts(&DeviceFilter::default())?;
        let lines = DeviceClass::ALL.iter().map(|class| (*class, counts.of_class(*class)));
        Ok(lines.filter(|(_, count)| *count > 0).collect())
    }

    /// All findings by urgency.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn urgency(&self) -> Result<Urgency, StoreError> {
        Ok(self.summary()?.findings)
    }

    /// The rows of a query.
    pub(super) fn rows<T>(
        &self,
        table: &'static Table,
        sql: &str,
        values: &[Value],
        mut read: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut statement = self.connection().prepare_cached(sql)?;
        let mut found = statement.query(rusqlite::params_from_iter(values))?;
        let mut all = Vec::new();
        while let Some(row) = found.next()? {
            all.push(read(&mut Columns::new(row, table))?);
        }
        Ok(all)
    }
}
