//! Who talked to whom over which service: one row however many connections there were (RFC 2722 calls these flows).

use std::fmt;
use std::net::IpAddr;

use crate::{ActiveHours, Digest, Endpoint, Protocol, Sighting, Timestamp, Transport};

/// The id of a conversation, as `C-1a2b3c4d5e6f`: the same in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationId(pub Digest);

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{}", self.0)
    }
}

/// How much went one way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    /// Packets.
    pub packets: u64,
    /// Bytes of TCP or UDP payload.
    pub bytes: u64,
}

/// How surely the two roles are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RolesKnownBy {
    /// The opening was seen (TCP SYN), or a dissector saw a request or an answer.
    Protocol,
    /// Guessed from the port numbers.
    Ports,
}

/// A client and a service that talked, over however many connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conversation {
    /// Who asked.
    pub client: IpAddr,
    /// Who was asked; a multicast or broadcast address for announcements.
    pub server: Endpoint,
    /// What was spoken, where a dissector recognised it.
    pub protocol: Option<Protocol>,
    /// How the roles are known.
    pub roles: RolesKnownBy,
    /// Connections (TCP) or pairs of ports (UDP), 1 or more.
    pub connections: u64,
    /// Connections that were already open when the capture began.
    pub already_open: u64,
    /// From client to server.
    pub to_server: Volume,
    /// From server to client.
    pub to_client: Volume,
    /// The first packet in the order of reading.
    pub first: Sighting,
    /// The latest packet's time.
    pub last: Timestamp,
    /// The hours of the week in which there were packets; of flow records and logs, which tell a beginning and an end alone, those
    /// between, too. The hours of the first and the last packet always are among them.
    pub active: ActiveHours,
}

impl Conversation {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ConversationId {
        ConversationId(Digest::of(&[&self.client.to_string(), &self.server.to_string()]))
    }

    /// The hours in which there were packets, where they are more than those of the first packet and of the last.
    #[must_use]
    pub fn active_beyond_its_ends(&self) -> Option<ActiveHours> {
        Some(self.active).filter(|active| *active != ActiveHours::of_ends(self.first.at, self.last))
    }

    /// Whether the capture shows one side only: TCP carries data one way, which it cannot without packets the other way.
    #[must_use]
    pub fn is_one_way(&self) -> bool {
        let only = |seen: Volume, other: Volume| seen.bytes > 0 && other.packets == 0;
        self.server.transport == Transport::Tcp
            && (only(self.to_server, self.to_client) || only(self.to_client, self.to_server))
    }

    /// Whether one host asked another and no answer was seen: it is silent, absent, or its answer was not mirrored.
    #[must_use]
    pub fn is_unanswered(&self) -> bool {
        self.to_client.packets == 0 && !self.is_one_way() && !is_to_many(self.server.ip)
    }

    /// Whether the server answered: it is really there.
    #[must_use]
    pub fn was_answered(&self) -> bool {
        self.to_client.bytes > 0
    }
}

/// Whether an address means many hosts: multicast or the limited broadcast.
#[must_use]
pub fn is_to_many(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_multicast() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_multicast(),
    }
}
