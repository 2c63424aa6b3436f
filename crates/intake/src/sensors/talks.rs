//! Rows of connections summed up to conversations: one for a client and a service, as captures tell them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{Conversation, Endpoint, Transport};

use crate::Rows;

/// What is added up.
#[derive(Debug, Default)]
pub(super) struct Talks {
    all: BTreeMap<(IpAddr, Endpoint), Conversation>,
    /// Pairs of ports that were counted: of datagrams, a long silence begins another row but no other pair.
    ports: BTreeSet<(IpAddr, Endpoint, u16)>,
    left_out: u64,
}

impl Talks {
    /// The most pairs of ports that are told apart; what is beyond counts each row.
    const MOST_PORTS: usize = 1_000_000;

    /// Adds a row: one connection, from this port of the client.
    pub(super) fn add(&mut self, mut row: Conversation, client_port: u16) {
        let key = (row.client, row.server);
        if row.server.transport == Transport::Udp && self.ports.len() < Self::MOST_PORTS {
            let is_new = self.ports.insert((row.client, row.server, client_port));
            row.connections = u64::from(is_new);
        }
        if !self.all.contains_key(&key) && self.all.len() >= Rows::MOST_HELD {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        match self.all.get_mut(&key) {
            Some(known) => sum(known, &row),
            None => {
                self.all.insert(key, row);
            }
        }
    }

    /// Gives them to the import.
    pub(super) fn tell(self, rows: &mut Rows<'_>) {
        rows.conversations(self.all.into_values().collect(), self.left_out);
    }
}

fn sum(known: &mut Conversation, row: &Conversation) {
    for (known, more) in [(&mut known.to_server, row.to_server), (&mut known.to_client, row.to_client)] {
        known.packets = known.packets.saturating_add(more.packets);
        known.bytes = known.bytes.saturating_add(more.bytes);
    }
    known.connections = known.connections.saturating_add(row.connections);
    known.already_open = known.already_open.saturating_add(row.already_open);
    known.roles = known.roles.min(row.roles);
    // Logs are written in the order in which connections ended: the time tells which came first.
    let is_earlier = (row.first.at, row.first) < (known.first.at, known.first);
    if is_earlier {
        known.first = row.first;
    }
    known.protocol =
        if is_earlier { row.protocol.or(known.protocol) } else { known.protocol.or(row.protocol) };
    known.last = known.last.max(row.last);
    known.active.join(row.active);
}
