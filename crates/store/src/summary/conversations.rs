//! The tables `zone_pair` and `peer`, and what conversations of two zones are looked up by.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_model::{ActiveHours, Conversation, Round, is_to_many};

use super::{Places, is_clinical};
use crate::error::Trouble;
use crate::lookup::{Entries, Lookup};
use crate::pages::PageWriter;
use crate::table::{Cell, Paged, Table, Writer, shown};
use crate::view::{Zone, key_of_zones};

static PAIR: Table = Table {
    owner: "round_id",
    name: "zone_pair",
    key: &["client_zone", "server_zone"],
    values: &["conversations", "clinical", "bytes"],
};
pub(crate) static PEER: Paged = Paged(Table {
    owner: "round_id",
    name: "peer",
    key: &["asset_position", "position"],
    values: &["peer_position", "ip", "asks", "is_asked", "conversations", "bytes"],
});

/// The hours of the week in which an asset took part in any conversation.
pub(crate) static HOURS: Paged =
    Paged(Table { owner: "round_id", name: "asset_hours", key: &["asset_position"], values: &["hours"] });

/// The most peers that are kept of one asset: what a small map can show. All of them are counted.
const PEERS_KEPT: usize = 12;

/// Writes them, and returns how many peers each asset has.
pub(super) fn write(writer: Writer<'_>, round: &Round, places: &Places) -> Result<Vec<usize>, Trouble> {
    write_zones(writer, round, places)?;
    write_peers(writer, round, places)
}

fn write_zones(writer: Writer<'_>, round: &Round, places: &Places) -> Result<(), Trouble> {
    let zone = |ip: IpAddr| match places.ips.get(&ip).and_then(|position| round.assets.get(*position)) {
        Some(asset) => Zone::Area(asset.class.value.area()),
        None if is_to_many(ip) => Zone::Many,
        None => Zone::Elsewhere,
    };
    let mut pairs: BTreeMap<(Zone, Zone), Vec<usize>> = BTreeMap::new();
    for (position, conversation) in round.conversations.iter().enumerate() {
        pairs.entry((zone(conversation.client), zone(conversation.server.ip))).or_default().push(position);
    }
    let (mut by_zones, mut table) = (Entries::default(), writer.table(&PAIR)?);
    for ((client, server), positions) in &pairs {
        let talks = positions.iter().filter_map(|position| round.conversations.get(*position));
        let clinical = talks.clone().filter(|conversation| is_clinical(conversation)).count();
        table.row(&[
            client.code().into(),
            server.code().into(),
            positions.len().into(),
            clinical.into(),
            bounded(talks.fold(0, |sum, conversation| bytes(conversation).saturating_add(sum))),
        ])?;
        for position in positions {
            by_zones.add(key_of_zones(*client, *server), *position)?;
        }
    }
    by_zones.write(writer, Lookup::Zones)
}

/// A conversation as one of its two ends sees it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Talk {
    asset: usize,
    peer: Peer,
    conversation: usize,
    asks: bool,
}

/// Who is at the other end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Peer {
    Asset(usize),
    Address(IpAddr),
}

fn write_peers(writer: Writer<'_>, round: &Round, places: &Places) -> Result<Vec<usize>, Trouble> {
    let mut talks = talks(round, places);
    talks.sort_unstable();
    let (mut table, mut hours) = (writer.pages(&PEER)?, writer.pages(&HOURS)?);
    let mut counts = vec![0; round.assets.len()];
    for of_asset in talks.chunk_by(|one, other| one.asset == other.asset) {
        let sum = |talks: &[Talk]| Exchange::of(talks, &round.conversations);
        let mut peers: Vec<Exchange> =
            of_asset.chunk_by(|one, other| one.peer == other.peer).filter_map(sum).collect();
        peers.sort_by_key(|peer| std::cmp::Reverse((peer.bytes, peer.conversations)));
        let Some(asset) = of_asset.first().map(|talk| talk.asset) else { continue };
        if let Some(count) = counts.get_mut(asset) {
            *count = peers.len();
        }
        hours.row(&[asset.into(), Cell::Made(active(of_asset, &round.conversations).code())])?;
        for (position, peer) in peers.iter().take(PEERS_KEPT).enumerate() {
            peer.write(&mut table, asset, position)?;
        }
    }
    hours.finish()?;
    table.finish()?;
    Ok(counts)
}

/// The hours of all of them.
fn active(talks: &[Talk], conversations: &[Conversation]) -> ActiveHours {
    let mut hours = ActiveHours::NONE;
    for conversation in talks.iter().filter_map(|talk| conversations.get(talk.conversation)) {
        hours.join(conversation.active);
    }
    hours
}

/// Both ends of every conversation; what an asset says to itself has no peer.
fn talks(round: &Round, places: &Places) -> Vec<Talk> {
    let mut talks = Vec::new();
    for (position, conversation) in round.conversations.iter().enumerate() {
        let (client, server) = (conversation.client, conversation.server.ip);
        let (asking, asked) = (places.ips.get(&client).copied(), places.ips.get(&server).copied());
        if asking == asked && asking.is_some() {
            continue;
        }
        let mut talk = |asset: Option<usize>, other: Option<usize>, ip: IpAddr, asks: bool| {
            let peer = other.map_or(Peer::Address(ip), Peer::Asset);
            talks.extend(asset.map(|asset| Talk { asset, peer, conversation: position, asks }));
        };
        talk(asking, asked, server, true);
        talk(asked, asking, client, false);
    }
    talks
}

/// What an asset and one peer exchanged.
struct Exchange {
    peer: Peer,
    asks: bool,
    is_asked: bool,
    conversations: usize,
    bytes: u64,
}

impl Exchange {
    fn of(talks: &[Talk], conversations: &[Conversation]) -> Option<Self> {
        let volume = |talk: &Talk| conversations.get(talk.conversation).map_or(0, bytes);
        Some(Self {
            peer: talks.first()?.peer,
            asks: talks.iter().any(|talk| talk.asks),
            is_asked: talks.iter().any(|talk| !talk.asks),
            conversations: talks.len(),
            bytes: talks.iter().fold(0, |sum, talk| volume(talk).saturating_add(sum)),
        })
    }

    fn write(&self, table: &mut PageWriter<'_>, asset: usize, position: usize) -> Result<(), Trouble> {
        let (peer, ip) = match self.peer {
            Peer::Asset(peer) => (peer.into(), Cell::Null),
            Peer::Address(ip) => (Cell::Null, shown(ip)),
        };
        table.row(&[
            asset.into(),
            position.into(),
            peer,
            ip,
            self.asks.into(),
            self.is_asked.into(),
            self.conversations.into(),
            bounded(self.bytes),
        ])
    }
}

fn bytes(conversation: &Conversation) -> u64 {
    conversation.to_server.bytes.saturating_add(conversation.to_client.bytes)
}

/// A sum, as far as SQL holds it.
fn bounded(sum: u64) -> Cell<'static> {
    Cell::Integer(i64::try_from(sum).unwrap_or(i64::MAX))
}
