//! What we read of one capture, and what is asked of it.

use std::net::IpAddr;

use wardround_capture::{Captured, Options, read_bytes};
use wardround_model::{Conversation, Endpoint, Fact, FactKind, Subject, Timestamp, Transport};

use crate::score::Outcome;

/// One capture, as we read it.
pub(crate) struct Reading {
    /// Its file name.
    pub(crate) file: String,
    captured: Captured,
}

/// Who asked whom, as another reader tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pair {
    pub(crate) client: IpAddr,
    pub(crate) server: Endpoint,
}

impl Pair {
    /// A pair from texts; `None` where they are no addresses or neither TCP nor UDP.
    pub(crate) fn of(client: &str, server: &str, port: &str, transport: &str) -> Option<Self> {
        let transport = match transport {
            "tcp" | "TCP" => Transport::Tcp,
            "udp" | "UDP" => Transport::Udp,
            _ => return None,
        };
        let (ip, port) = (server.parse().ok()?, port.parse().ok()?);
        Some(Self { client: client.parse().ok()?, server: Endpoint { ip, transport, port } })
    }
}

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} > {}", self.client, self.server)
    }
}

impl Reading {
    /// Reads a capture; one without a readable packet shows nothing.
    pub(crate) fn of(path: &str, bytes: &[u8]) -> Self {
        let file = path.rsplit('/').next().unwrap_or(path).to_owned();
        let as_of = Timestamp::from_seconds(1_795_478_400);
        let captured = read_bytes(&file, bytes, &Options::at(as_of)).unwrap_or_default();
        Self { file, captured }
    }

    /// The conversation of this client with this server.
    pub(crate) fn conversation(&self, pair: Pair) -> Option<&Conversation> {
        self.captured.conversations.iter().find(|it| it.client == pair.client && it.server == pair.server)
    }

    /// Any conversation of these two in which one has this port, whoever we say asked.
    pub(crate) fn either(&self, pair: Pair, client_port: u16) -> Option<&Conversation> {
        let turned = Pair {
            client: pair.server.ip,
            server: Endpoint { ip: pair.client, port: client_port, transport: pair.server.transport },
        };
        self.conversation(pair).or_else(|| self.conversation(turned))
    }

    /// The values of a kind of fact about something.
    pub(crate) fn values(&self, subject: Subject, kind: FactKind) -> Vec<&str> {
        let about = |it: &&wardround_model::Observation| it.subject == subject && it.fact.kind() == kind;
        self.captured.observations.iter().filter(about).map(|it| it.fact.value()).collect()
    }

    /// The same about a host or any of its services.
    pub(crate) fn values_of_host(&self, ip: IpAddr, kind: FactKind) -> Vec<&str> {
        let about =
            |it: &&wardround_model::Observation| it.subject.ip() == Some(ip) && it.fact.kind() == kind;
        self.captured.observations.iter().filter(about).map(|it| it.fact.value()).collect()
    }

    /// Whether TLS was read there, perhaps inside another protocol, which then names the conversation.
    pub(crate) fn has_tls(&self, server: Endpoint) -> bool {
        !self.values(Subject::Service(server), FactKind::TlsVersion).is_empty()
    }

    /// Holds what another reader says of something against our facts, masked as ours are.
    pub(crate) fn compare(&self, subject: Subject, kind: FactKind, theirs: &str) -> Outcome {
        compare(&self.values(subject, kind), kind, theirs)
    }
}

/// Whether one of our values is what another reader says, masked as ours are.
pub(crate) fn compare(ours: &[&str], kind: FactKind, theirs: &str) -> Outcome {
    match Fact::new(kind, theirs.as_bytes()) {
        Ok(fact) if ours.contains(&fact.value()) => Outcome::Same,
        Err(_) if ours.is_empty() => Outcome::KeptBack,
        _ => Outcome::Differs(format!("{ours:?}"), format!("{theirs:?}")),
    }
}
