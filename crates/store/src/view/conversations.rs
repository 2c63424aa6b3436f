//! Who talks to whom: a matrix of the parts of the hospital, and the conversations behind each of its cells.

use std::collections::BTreeMap;
use std::net::IpAddr;

use rusqlite::types::Value;
use wardround_model::{Area, AssetId, Conversation};

use super::filter::Conditions;
use super::page::Listing;
use super::{Page, RoundView, Turn};
use crate::columns::Columns;
use crate::conversation;
use crate::error::{StoreError, Trouble};
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
        let mut conditions = Conditions::of_round("conversation_summary.round_id", self.id());
        conditions.and("client_zone = ?", client.code().to_owned());
        conditions.and("server_zone = ?", server.code().to_owned());
        let select = format!(
            "SELECT conversation_position, {} FROM conversation_summary CROSS JOIN conversation
                 ON conversation.round_id = conversation_summary.round_id AND position = conversation_position",
            conversation::TABLE.values.join(", ")
        );
        self.told(self.flow_page(&select, "conversation_position", conditions, turn, rows))
    }

    /// A page of the conversations of one device, in the round's order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn flows_of(&self, ips: &[IpAddr], turn: Turn, rows: usize) -> Result<Page<Flow>, StoreError> {
        let ips: Vec<String> = ips.iter().take(MOST_ADDRESSES).map(ToString::to_string).collect();
        self.told(self.flow_page_of(&ips, turn, rows))
    }

    fn flow_page_of(&self, ips: &[String], turn: Turn, rows: usize) -> Result<Page<Flow>, Trouble> {
        let mut found = BTreeMap::new();
        for ip in ips {
            for (column, index) in
                [("client_ip", "conversation_of_client"), ("server_ip", "conversation_of_server")]
            {
                let columns = conversation::TABLE.listed();
                let select = format!("SELECT {columns} FROM conversation INDEXED BY {index}");
                let mut conditions = Conditions::of_round("round_id", self.id());
                conditions.and(&format!("{column} = ?"), ip.clone());
                let listing =
                    Listing { table: &conversation::TABLE, select: &select, key: "position", around: None };
                // Each address gives as much as the page could need; most devices have one or two.
                listing.page(
                    self.connection(),
                    conditions,
                    turn,
                    rows.saturating_add(1),
                    |place, columns| {
                        found.insert(place, conversation::read_row(columns)?);
                        Ok(())
                    },
                )?;
            }
        }
        let (mut read, mut ends) = (Vec::new(), Ends::default());
        let ordered: Vec<(u64, Conversation)> = match turn {
            Turn::Before(_) => found.into_iter().rev().collect(),
            Turn::First | Turn::After(_) => found.into_iter().collect(),
        };
        for (place, conversation) in ordered.into_iter().take(rows.saturating_add(1)) {
            read.push((place, self.flow(conversation, &mut ends)?));
        }
        Ok(Page::cut(turn, rows, read))
    }

    fn flow_page(
        &self,
        select: &str,
        key: &str,
        conditions: Conditions,
        turn: Turn,
        rows: usize,
    ) -> Result<Page<Flow>, Trouble> {
        let listing = Listing { table: &conversation::TABLE, select, key, around: None };
        let mut ends = Ends::default();
        listing.page(self.connection(), conditions, turn, rows, |_, columns| {
            self.flow(conversation::read_row(columns)?, &mut ends)
        })
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
