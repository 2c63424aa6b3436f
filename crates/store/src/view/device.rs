//! One device, whole: who it is and why, what it offers, whom it talks with, what is known and not known of it.

use std::net::IpAddr;

use rusqlite::types::Value;
use wardround_model::{
    ActiveHours, Asset, AssetId, Decision, DeviceClass, FindingChange, FindingId, Observation, RoundId,
    Settled, Statement, Subject, Timestamp, Unjudged,
};

use super::devices::{AROUND, ROW, read_row};
use super::filter::Conditions;
use super::page::Listing;
use super::{DeviceRow, FlowEnd, Page, RoundView, Turn};
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::summary::{HOURS, PEER};
use crate::table::{By, Table};
use crate::{asset, finding, observation, settled, statement};

/// The most open questions and answers of one device that are told; its row counts them all.
const MOST_TOLD: usize = 200;
/// The most facts about one device that are told.
const MOST_FACTS: usize = 400;

/// One device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceDetails {
    /// The device as a line of the list.
    pub row: DeviceRow,
    /// All that is said of it, with reasons.
    pub asset: Asset,
    /// What could not be judged of it; the row counts all of it.
    pub unjudged: Vec<Unjudged>,
    /// What answers settled of it.
    pub settled: Vec<Settled>,
    /// What people had said of it when the round was run.
    pub statements: Vec<Statement>,
    /// Whom it exchanged the most with, the most first; the row counts all of them.
    pub peers: Vec<Peer>,
    /// The hours of the week in which it took part in any conversation; none where the round was kept without them.
    pub active: ActiveHours,
    /// Facts about its cards, addresses and services.
    pub observations: Vec<Observation>,
}

/// Somebody that a device talks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Who.
    pub end: PeerEnd,
    /// Whether the device asked it.
    pub asks: bool,
    /// Whether it asked the device.
    pub is_asked: bool,
    /// Conversations between the two.
    pub conversations: u64,
    /// Bytes of payload, both ways.
    pub bytes: u64,
}

/// Who a peer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PeerEnd {
    /// Another device.
    Device(FlowEnd, DeviceClass),
    /// An address that no device has.
    Address(IpAddr),
}

/// What became of a finding of a device, in the round that showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceChange {
    /// The round that showed the change.
    pub round: RoundId,
    /// When it was run.
    pub run_at: Timestamp,
    /// What became of the finding.
    pub change: FindingChange,
    /// Which finding.
    pub finding: FindingId,
    /// What is or was weak.
    pub title: String,
    /// What to do, as the round that has it says.
    pub decision: Decision,
}

static DEVICE: Table =
    Table { owner: "round_id", name: "asset_summary", key: &["id"], values: &["title", "class"] };
static SEEN_IN: Table = Table { owner: "", name: "round", key: &["id"], values: &["run_at"] };
static CHANGE: Table = Table {
    owner: "",
    name: "finding_change",
    key: &["round_id"],
    values: &["run_at", "change", "finding_id", "title", "decision"],
};

const SELECT_DEVICE: &str = "
    SELECT asset.id, title, class FROM asset
    CROSS JOIN asset_summary ON asset_summary.round_id = asset.round_id AND asset_summary.asset_position = asset.position
    WHERE asset.round_id = ? AND asset.position = ?";
const SELECT_POSITION: &str = "SELECT min(position) FROM asset WHERE id = ? AND round_id = ?";
const SELECT_SEEN_IN: &str = "
    SELECT DISTINCT round.id, run_at FROM asset CROSS JOIN round ON round.id = round_id
    WHERE asset.id = ? AND round_id <= ? ORDER BY round.id DESC";
const SELECT_CHANGES: &str = "
    SELECT round_id, run_at, change, finding_id, title, decision FROM finding_change
    CROSS JOIN round ON round.id = round_id
    WHERE asset_id = ? AND round_id <= ? ORDER BY round_id DESC, change, position LIMIT ?";

impl RoundView<'_> {
    /// The device with this id: the first of several.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn device(&self, id: AssetId) -> Result<Option<DeviceDetails>, StoreError> {
        self.told(self.find_device(id))
    }

    fn find_device(&self, id: AssetId) -> Result<Option<DeviceDetails>, Trouble> {
        let reader = self.reader();
        let Some(row) = self.device_row(id)? else { return Ok(None) };
        let Some((position, asset)) = asset::read_one(reader, id)? else { return Ok(None) };
        let of_asset = (By::key("asset_id"), id.to_string());
        Ok(Some(DeviceDetails {
            row,
            unjudged: finding::read_unjudged_of(reader, id, MOST_TOLD)?,
            settled: settled::read_of(reader, id, MOST_TOLD)?,
            statements: reader.each_where(&statement::OF_ROUND, of_asset, MOST_TOLD, |columns| {
                let _position: u64 = columns.number()?;
                statement::read_statement(columns)
            })?,
            peers: self.peers(id)?,
            active: self.active_hours(position)?,
            observations: self.facts(&asset)?,
            asset,
        }))
    }

    /// The device with this id as a line of the list.
    pub(super) fn device_row(&self, id: AssetId) -> Result<Option<DeviceRow>, Trouble> {
        let mut conditions = Conditions::of_round("round_id", self.id());
        conditions.and("id = ?", id.to_string());
        let select = "SELECT round_id, position AS key, position FROM asset INDEXED BY asset_of_id";
        let listing = Listing { table: &ROW, select, key: "position", around: Some(AROUND) };
        let page: Page<DeviceRow> = listing.page(self.connection(), conditions, Turn::First, 1, read_row)?;
        Ok(page.rows.into_iter().next())
    }

    /// How people know these devices; those that the round does not have are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn device_names(&self, ids: &[AssetId]) -> Result<Vec<FlowEnd>, StoreError> {
        let rows = ids.iter().map(|id| self.told(self.device_row(*id)));
        let named = rows.filter_map(Result::transpose);
        named.map(|row| row.map(|row| FlowEnd { id: row.id, title: row.title })).collect()
    }

    fn peers(&self, id: AssetId) -> Result<Vec<Peer>, Trouble> {
        let mut select = self.connection().prepare_cached(SELECT_POSITION)?;
        let position: Option<i64> = select.query_row((id.to_string(), self.id().0), |row| row.get(0))?;
        let Some(position) = position.and_then(|position| usize::try_from(position).ok()) else {
            return Ok(Vec::new());
        };
        self.reader().each_of(&PEER, position, |columns| self.peer(columns))
    }

    fn active_hours(&self, position: usize) -> Result<ActiveHours, Trouble> {
        let mut hours = ActiveHours::NONE;
        let told = self.reader().each_of(&HOURS, position, |columns| {
            let _position: usize = columns.number()?;
            columns.code(ActiveHours::from_code)
        })?;
        told.into_iter().for_each(|more| hours.join(more));
        Ok(hours)
    }

    fn peer(&self, columns: &mut Columns<'_>) -> Result<Peer, Trouble> {
        let _key: (usize, usize) = (columns.number()?, columns.number()?);
        let (position, ip): (Option<i64>, Option<IpAddr>) = (columns.maybe_number()?, columns.maybe_shown()?);
        let (asks, is_asked) = (columns.flag()?, columns.flag()?);
        let (conversations, bytes) = (columns.number()?, columns.number()?);
        let end = match (position, ip) {
            (Some(position), None) => {
                let (end, class) = self.device_at(position)?.ok_or_else(|| columns.damaged())?;
                PeerEnd::Device(end, class)
            }
            (None, Some(ip)) => PeerEnd::Address(ip),
            _ => return Err(columns.damaged()),
        };
        Ok(Peer { end, asks, is_asked, conversations, bytes })
    }

    fn device_at(&self, position: i64) -> Result<Option<(FlowEnd, DeviceClass)>, Trouble> {
        let at = [Value::Integer(self.id().0), Value::Integer(position)];
        let mut found = self.rows(&DEVICE, SELECT_DEVICE, &at, |columns| {
            let end = FlowEnd { id: AssetId(columns.id("A-")?), title: columns.text()? };
            Ok((end, columns.code(DeviceClass::from_code)?))
        })?;
        Ok(found.pop())
    }

    /// What was seen of its cards, addresses and services.
    fn facts(&self, asset: &Asset) -> Result<Vec<Observation>, Trouble> {
        let cards = asset.macs.iter().map(|mac| Subject::Mac(*mac));
        let hosts = asset.ips.iter().map(|ip| Subject::Ip(*ip));
        let mut facts = Vec::new();
        for subject in cards.chain(hosts) {
            let left = MOST_FACTS.saturating_sub(facts.len());
            let found = observation::about(self.reader(), subject, left, |_| true)?;
            facts.extend(found.into_iter().filter_map(observation::AsWritten::allowed));
        }
        Ok(facts)
    }

    /// The rounds that saw a device, up to this one, the latest first, and when each was run.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn seen_in(&self, id: AssetId) -> Result<Vec<(RoundId, Timestamp)>, StoreError> {
        let of_asset = [Value::Text(id.to_string()), Value::Integer(self.id().0)];
        self.told(self.rows(&SEEN_IN, SELECT_SEEN_IN, &of_asset, |columns| {
            Ok((RoundId(columns.number()?), columns.moment()?))
        }))
    }

    /// What became of the findings of a device, round for round up to this one, the latest first, at most so many.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn device_changes(&self, id: AssetId, most: usize) -> Result<Vec<DeviceChange>, StoreError> {
        let most = Value::Integer(i64::try_from(most).unwrap_or(i64::MAX));
        let of_asset = [Value::Text(id.to_string()), Value::Integer(self.id().0), most];
        self.told(self.rows(&CHANGE, SELECT_CHANGES, &of_asset, |columns| {
            Ok(DeviceChange {
                round: RoundId(columns.number()?),
                run_at: columns.moment()?,
                change: columns.code(FindingChange::from_code)?,
                finding: FindingId(columns.id("F-")?),
                title: columns.text()?,
                decision: columns.code(Decision::from_code)?,
            })
        }))
    }
}
