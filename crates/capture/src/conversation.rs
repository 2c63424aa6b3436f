//! Flows summed up to conversations: one row for a client and a service, however many connections there were.
//!
//! The same packets may be seen at several views (interfaces, VLANs). Each view is summed up by itself, and in each
//! direction the view with the most packets counts, so that nothing counts twice. The price: where two views each see other
//! connections of the same conversation (a bundle of links mirrored one by one), only the larger share is counted.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use foldhash::fast::RandomState;
use wardround_model::{
    ActiveHours, Conversation, Endpoint, Protocol, RolesKnownBy, Sighting, SkipReason, Timestamp, Volume,
    is_to_many,
};

use crate::flow::{Flow, Kind, Side, View};
use crate::skips::Skips;

/// Ports below this one are given to services (RFC 6335, system ports).
const FIRST_USER_PORT: u16 = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Key {
    client: IpAddr,
    server: Endpoint,
    view: View,
}

/// What one view saw of a conversation.
#[derive(Clone, Debug)]
struct Seen {
    protocol: Option<(Sighting, Protocol)>,
    roles: RolesKnownBy,
    connections: u64,
    already_open: u64,
    to_server: Volume,
    to_client: Volume,
    first: Sighting,
    last: Timestamp,
    active: ActiveHours,
}

/// The conversations of one shard.
#[derive(Debug)]
pub(crate) struct ConversationTable {
    seen: HashMap<Key, Seen, RandomState>,
    limit: usize,
}

impl ConversationTable {
    pub(crate) fn new(limit: usize) -> Self {
        Self { seen: HashMap::default(), limit }
    }

    /// What it holds; it begins anew.
    pub(crate) fn take(&mut self) -> Self {
        let limit = self.limit;
        std::mem::replace(self, Self::new(limit))
    }

    /// Adds a flow that is no longer followed, or a part of one that is.
    pub(crate) fn add(&mut self, flow: &Flow, skips: &mut Skips) {
        let (client, roles) = client_of(flow);
        let key = Key {
            client: flow.key.ip(client),
            server: flow.key.endpoint(client.other()),
            view: flow.key.view(),
        };
        let seen = Seen::of(flow, client, roles);
        let full = self.seen.len() >= self.limit;
        match self.seen.entry(key) {
            Entry::Occupied(mut place) => place.get_mut().add(seen),
            Entry::Vacant(_) if full => skips.count(SkipReason::TooManyFacts, flow.first.evidence),
            Entry::Vacant(place) => {
                place.insert(seen);
            }
        }
    }
}

/// Who asks, and how that is known.
fn client_of(flow: &Flow) -> (Side, RolesKnownBy) {
    let to_many = |side: Side| is_to_many(flow.key.ip(side));
    if let Some(client) = flow.opened_by {
        return (client, RolesKnownBy::Protocol);
    }
    let known = if flow.told_client.is_some() { RolesKnownBy::Protocol } else { RolesKnownBy::Ports };
    match (to_many(Side::Low), to_many(Side::High)) {
        // Nobody answers from an address of many: it can only have been asked or told.
        (false, true) => return (Side::Low, known),
        (true, false) => return (Side::High, known),
        _ => {}
    }
    flow.told_client.map_or_else(|| (client_by_ports(flow), known), |client| (client, known))
}

/// The side with the higher port; between equal ports, or two of services, the one that spoke first.
fn client_by_ports(flow: &Flow) -> Side {
    let (low, high) = (flow.key.port(Side::Low), flow.key.port(Side::High));
    let both_services = low < FIRST_USER_PORT && high < FIRST_USER_PORT && flow.key.kind == Kind::Udp;
    match low.cmp(&high) {
        _ if both_services => dhcp_client(low, high).unwrap_or(flow.first_sender),
        std::cmp::Ordering::Less => Side::High,
        std::cmp::Ordering::Greater => Side::Low,
        std::cmp::Ordering::Equal => flow.first_sender,
    }
}

/// Who asks by DHCP, whose clients have a port of services too: from 68 to 67, and from 546 to 547 (RFC 2131, RFC 8415).
fn dhcp_client(low: u16, high: u16) -> Option<Side> {
    match (low, high) {
        (68, 67) | (546, 547) => Some(Side::Low),
        (67, 68) | (547, 546) => Some(Side::High),
        _ => None,
    }
}

impl Seen {
    fn of(flow: &Flow, client: Side, roles: RolesKnownBy) -> Self {
        Self {
            protocol: flow.protocol.map(|protocol| (flow.first, protocol)),
            roles,
            connections: u64::from(!flow.told),
            already_open: u64::from(flow.already_open && !flow.told),
            to_server: *flow.volume.of(client),
            to_client: *flow.volume.of(client.other()),
            first: flow.first,
            last: flow.last,
            active: flow.active(),
        }
    }

    /// Adds another flow of the same view.
    fn add(&mut self, other: Self) {
        self.connections = self.connections.saturating_add(other.connections);
        self.already_open = self.already_open.saturating_add(other.already_open);
        self.to_server = sum(self.to_server, other.to_server);
        self.to_client = sum(self.to_client, other.to_client);
        self.join(&other);
    }

    /// Adds what another view saw.
    fn add_view(&mut self, other: &Self) {
        if other.connections > self.connections {
            self.connections = other.connections;
        }
        // A connection that one view saw opening was not open before.
        self.already_open = self.already_open.min(other.already_open);
        self.to_server = larger(self.to_server, other.to_server);
        self.to_client = larger(self.to_client, other.to_client);
        self.join(other);
    }

    fn join(&mut self, other: &Self) {
        self.protocol = match (self.protocol, other.protocol) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
        self.roles = self.roles.min(other.roles);
        self.first = earliest(self.first, other.first);
        self.last = self.last.max(other.last);
        self.active.join(other.active);
    }
}

/// The one that was read first, at the earlier of both times: flow records come in the order in which flows ended. What was read before
/// the first possible time of its source has none yet.
pub(crate) fn earliest(one: Sighting, other: Sighting) -> Sighting {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    let is_timed = first.at != Timestamp::EPOCH && second.at != Timestamp::EPOCH;
    Sighting { at: if is_timed { first.at.min(second.at) } else { first.at }, ..first }
}

pub(crate) fn sum(a: Volume, b: Volume) -> Volume {
    Volume { packets: a.packets.saturating_add(b.packets), bytes: a.bytes.saturating_add(b.bytes) }
}

pub(crate) fn larger(a: Volume, b: Volume) -> Volume {
    if (b.packets, b.bytes) > (a.packets, a.bytes) { b } else { a }
}

/// The conversations of all shards, the views of each put together, in the order of their first packets.
pub(crate) fn merge(tables: impl Iterator<Item = ConversationTable>) -> Vec<Conversation> {
    let mut rows: Vec<(Key, Seen)> = tables.flat_map(|table| table.seen).collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    rows.dedup_by(|(key, again), (kept_key, kept)| {
        let same = (key.client, key.server) == (kept_key.client, kept_key.server);
        if same {
            if key.view == kept_key.view { kept.add(again.clone()) } else { kept.add_view(again) }
        }
        same
    });
    let mut conversations: Vec<_> = rows.into_iter().map(|(key, seen)| seen.into_conversation(key)).collect();
    conversations.sort_unstable_by_key(|c| (c.first, c.client, c.server));
    conversations
}

impl Seen {
    fn into_conversation(self, key: Key) -> Conversation {
        Conversation {
            client: key.client,
            server: key.server,
            protocol: self.protocol.map(|(_, protocol)| protocol),
            roles: self.roles,
            connections: self.connections,
            already_open: self.already_open,
            to_server: self.to_server,
            to_client: self.to_client,
            first: self.first,
            last: self.last,
            active: self.active,
        }
    }
}
