//! An observation: one fact about something on the network, with its proof. Observations are the only input of a
//! round; everything else is derived from them and from conversations.

use std::fmt;
use std::net::IpAddr;

use crate::{Digest, Endpoint, Fact, MacAddr, Sighting, Timestamp};

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A network card.
    Mac(MacAddr),
    /// A host's address.
    Ip(IpAddr),
    /// A service on a host.
    Service(Endpoint),
}

impl Subject {
    /// The host address, where it has one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Mac(_) => None,
            Self::Ip(ip) => Some(*ip),
            Self::Service(endpoint) => Some(endpoint.ip),
        }
    }

    /// The service, where it is one.
    #[must_use]
    pub fn service(&self) -> Option<Endpoint> {
        match self {
            Self::Service(endpoint) => Some(*endpoint),
            Self::Mac(_) | Self::Ip(_) => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(mac) => mac.fmt(f),
            Self::Ip(ip) => ip.fmt(f),
            Self::Service(endpoint) => endpoint.fmt(f),
        }
    }
}

/// The id of an observation, as `O-1a2b3c4d5e6f`: the same fact about the same thing has the same id in every round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObservationId(pub Digest);

impl ObservationId {
    /// The id of this fact about this subject.
    #[must_use]
    pub fn of(subject: &Subject, fact: &Fact) -> Self {
        Self(Digest::of(&[&subject.to_string(), fact.kind().code(), fact.value()]))
    }
}

impl fmt::Display for ObservationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "O-{}", self.0)
    }
}

/// One fact about one subject, however often it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What it is about.
    pub subject: Subject,
    /// What was seen.
    pub fact: Fact,
    /// The first sighting in the order of reading: the evidence.
    pub first: Sighting,
    /// The latest time that it was seen.
    pub last: Timestamp,
    /// How often it was seen, 1 or more.
    pub count: u64,
}

impl Observation {
    /// Its id.
    #[must_use]
    pub fn id(&self) -> ObservationId {
        ObservationId::of(&self.subject, &self.fact)
    }
}
