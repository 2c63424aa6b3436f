//! An observation: one fact about something on the network, with its proof. Observations are the only input of a
//! round; everything else is derived from them and from conversations.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

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
    /// A thing of a list that names neither card nor address for it.
    Listed(ListedId),
    /// An account in a directory.
    Account(AccountId),
    /// Every device of a model.
    Model(ModelId),
}

/// The id of a thing that a list names, as `L-1a2b3c4d5e6f`: made from its name, serial or inventory number, so that lists
/// that name the same thing can be joined without keeping the name (`docs/decisions/0007-lists-are-joined-by-digests-of-names.md`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListedId(pub Digest);

impl ListedId {
    /// The thing with this host name: its first label, whatever its case.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        let label = name.trim().trim_end_matches('$').split('.').next().unwrap_or_default();
        Self(Digest::of(&["listed", "name", &label.to_lowercase()]))
    }

    /// The thing with this serial number of this maker (empty where the list names none).
    #[must_use]
    pub fn of_serial(maker: &str, serial: &str) -> Self {
        Self(Digest::of(&["listed", "serial", &maker.trim().to_lowercase(), &serial.trim().to_lowercase()]))
    }

    /// The thing with this inventory number.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        Self(Digest::of(&["listed", "tag", &tag.trim().to_lowercase()]))
    }
}

impl fmt::Display for ListedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L-{}", self.0)
    }
}

impl FromStr for ListedId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        text.strip_prefix("L-").ok_or(())?.parse().map(Self)
    }
}

/// The id of an account, as `U-1a2b3c4d5e6f`: made from its directory and name, of which only the id is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub Digest);

impl AccountId {
    /// The account with this name in this directory.
    #[must_use]
    pub fn of(directory: ListedId, name: &str) -> Self {
        Self(Digest::of(&["account", &directory.to_string(), &name.trim().to_lowercase()]))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "U-{}", self.0)
    }
}

/// The id of a model, as `M-1a2b3c4d5e6f`: made from maker and model as [`ModelId::of`] writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(pub Digest);

impl ModelId {
    /// The model of this maker: letters and digits alone, in lower case, without the maker's name in the model.
    #[must_use]
    pub fn of(maker: &str, model: &str) -> Self {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
        };
        let (maker, model) = (plain(maker), plain(model));
        let short = model.strip_prefix(&maker).filter(|short| !short.is_empty()).unwrap_or(&model);
        Self(Digest::of(&["model", &maker, short]))
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "M-{}", self.0)
    }
}

impl Subject {
    /// The host address, where it has one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Mac(_) | Self::Listed(_) | Self::Account(_) | Self::Model(_) => None,
            Self::Ip(ip) => Some(*ip),
            Self::Service(endpoint) => Some(endpoint.ip),
        }
    }

    /// The service, where it is one.
    #[must_use]
    pub fn service(&self) -> Option<Endpoint> {
        match self {
            Self::Service(endpoint) => Some(*endpoint),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mac(mac) => mac.fmt(f),
            Self::Ip(ip) => ip.fmt(f),
            Self::Service(endpoint) => endpoint.fmt(f),
            Self::Listed(id) => id.fmt(f),
            Self::Account(id) => id.fmt(f),
            Self::Model(id) => id.fmt(f),
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
