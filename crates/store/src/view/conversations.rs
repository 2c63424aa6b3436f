//! Who talks to whom: a matrix of the parts of the hospital, and the conversations behind each of its cells.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use rusqlite::types::Value;
use wardround_model::{Area, AssetId, Conversation};

use super::page::MOST_ROWS;
use super::{Page, RoundView, Turn};
use crate::columns::Columns;
use crate::conversation;
use crate::error::{StoreError, Trouble};
use crate::lookup::{From, Lookup, find, key_of};
use crate::table::Table;

/// Where an end of a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// A device of this part of the hospital.
    Area(Area),
    /// An address of no device: outside, or not seen well enough.
    Elsewhere,
    /// Many at once: multicast or broadcast.
    Many,
}

impl Zone {
    /// All of them, medical first.
    #[must_use]
    pub fn all() -> Vec<Self> {
        Area::ALL.iter().copied().map(Self::Area).chain([Self::Elsewhere, Self::Many]).collect()
    }

    /// Its name in the store and in addresses of pages.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Area(area) => area.code(),
            Self::Elsewhere => "elsewhere",
            Self::Many => "many",
        }
    }

    /// The one with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::all().into_iter().find(|zone| zone.code() == code)
    }

    /// Its name for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Area(area) => area.label(),
            Self::Elsewhere => "elsewhere",
            Self::Many => "many at once",
        }
    }
}

/// How much one part of the hospital asked of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZonePair {
    /// Who asked.
    pub client: Zone,
    /// Who was asked.
    pub server: Zone,
    /// Conversations, 1 or more.
    pub conversations: u64,
    /// Those of them that carry care itself.
    pub clinical: u64,
    /// Bytes of payload, both ways.
    pub bytes: u64,
}

/// The device at one end of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowEnd {
    /// Its id.
    pub id: AssetId,
    /// How people know it.
    pub title: String,
}

/// A conversation, with the devices at its ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// What was seen.
    pub conversation: Conversation,
    /// The device that asked, where it is known.
    pub client: Option<FlowEnd>,
    /// The device that was asked, where it is known.
    pub server: Option<FlowEnd>,
}

/// What the conversations of two zones are looked up by.
pub(crate) fn key_of_zones(client: Zone, server: Zone) -> u64 {
    key_of(&[client.code(), server.code()])
}

static PAIR: Table = Table {
    owner: "round_id",
    name: "zone_pair",
    key: &["client_zone", "server_zone"],
    values: &["conversations", "clinical", "bytes"],
};
static END: Table = Table { owner: "round_id", name: "asset_summary", key: &["id"], values: &["title"] };

/// The device that has an address: the first of several.
const SELECT_END: &str = "
    SELECT asset.id, asset_summary.title FROM asset_ip
    CROSS JOIN asset ON asset.round_id = asset_ip.round_id AND asset.position = asset_ip.asset_position
    CROSS JOIN asset_summary ON asset_summary.round_id = asset_ip.round_id
        AND asset_summary.asset_position = asset_ip.asset_position
    WHERE asset_ip.round_id = ? AND asset_ip.ip = ? ORDER BY asset_ip.asset_position LIMIT 1";

/// Devices by their addresses, as far as they were looked for on one page: mostly the same few.
#[derive(Default)]
pub(super) struct Ends(BTreeMap<IpAddr, Option<FlowEnd>>);

/// The most addresses of one device that its conversations are looked for by.
const MOST_ADDRESSES: usize = 64;

impl RoundView<'_> {
    /// How much every part of the hospital asked of every other, where it did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn zone_pairs(&self) -> Result<Vec<ZonePair>, StoreError> {
        let sql = format!("SELECT {} FROM zone_pair WHERE round_id = ?", PAIR.listed());
        self.told(self.rows(&PAIR, &sql, &[Value::Integer(self.id().0)], |columns| {
            let client = columns.code(Zone::from_code)?;
            let server = columns.code(Zone::from_code)?;
            let (conversations, clinical) = (columns.number()?, columns.number()?);
            Ok(ZonePair { client, server, conversations, clinical, bytes: columns.number()? })
        }))
    }

    /// A page of the conversations from one part of the hospital to another, in the round's order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn flows(
        &self,
        client: Zone,
        server: Zone,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<Flow>, StoreError> {
        let zones = (Lookup::Zones, key_of_zones(client, server));
        self.told(self.flow_page(&[zones], turn, rows, |_| true))
    }

    /// A page of the conversations of one device, in the round's order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn flows_of(&self, ips: &[IpAddr], turn: Turn, rows: usize) -> Result<Page<Flow>, StoreError> {
        let ips: BTreeSet<IpAddr> = ips.iter().take(MOST_ADDRESSES).copied().collect();
        let hosts: Vec<_> = ips.iter().map(|ip| (Lookup::Host, conversation::key_of_host(*ip))).collect();
        let is_its = |one: &Conversation| ips.contains(&one.client) || ips.contains(&one.server.ip);
        self.told(self.flow_page(&hosts, turn, rows, is_its))
    }

    /// A page of the conversations that one of these keys leads to and that are wanted.
    fn flow_page(
        &self,
        keys: &[(Lookup, u64)],
        turn: Turn,
        rows: usize,
        is_wanted: impl Fn(&Conversation) -> bool,
    ) -> Result<Page<Flow>, Trouble> {
        let rows = rows.clamp(1, MOST_ROWS);
        let from = match turn {
            Turn::First => From::At(0),
            Turn::After(place) => From::At(place.saturating_add(1)),
            Turn::Before(place) => From::Before(place),
        };
        let mut positions = BTreeSet::new();
        for (lookup, key) in keys {
            positions.extend(find(self.reader(), *lookup, *key, from, rows + 1)?);
        }
        // Each key gives as much as the page could need.
        let positions: Vec<u64> = match turn {
            Turn::Before(_) => positions.into_iter().rev().take(rows + 1).rev().collect(),
            Turn::First | Turn::After(_) => positions.into_iter().take(rows + 1).collect(),
        };
        let (mut read, mut ends) = (Vec::new(), Ends::default());
        for (place, conversation) in positions.iter().zip(conversation::at(self.reader(), &positions)?) {
            if is_wanted(&conversation) {
                read.push((*place, self.flow(conversation, &mut ends)?));
            }
        }
        if matches!(turn, Turn::Before(_)) {
            read.reverse();
        }
        Ok(Page::cut(turn, rows, read))
    }

    pub(super) fn flow(&self, conversation: Conversation, ends: &mut Ends) -> Result<Flow, Trouble> {
        let client = self.end(conversation.client, ends)?;
        let server = self.end(conversation.server.ip, ends)?;
        Ok(Flow { conversation, client, server })
    }

    fn end(&self, ip: IpAddr, ends: &mut Ends) -> Result<Option<FlowEnd>, Trouble> {
        if let Some(known) = ends.0.get(&ip) {
            return Ok(known.clone());
        }
        let found = self.end_of(ip)?;
        ends.0.insert(ip, found.clone());
        Ok(found)
    }

    /// The device that has this address.
    fn end_of(&self, ip: IpAddr) -> Result<Option<FlowEnd>, Trouble> {
        let values = [Value::Integer(self.id().0), Value::Text(ip.to_string())];
        let read = |columns: &mut Columns<'_>| {
            Ok(FlowEnd { id: AssetId(columns.id("A-")?), title: columns.text()? })
        };
        Ok(self.rows(&END, SELECT_END, &values, read)?.pop())
    }
}
