//! The input laid out for look-ups: facts by what they are about, conversations by who took part.
//!
//! Everything is sorted by itself, so nothing depends on the order of the input. Not here: what any of it means.

use std::net::IpAddr;

use wardround_model::{
    Conversation, FactKind, ListedId, MacAddr, Observation, Protocol, SourceKind, Subject, Timestamp,
    Transport,
};

use crate::Input;

/// All observations and conversations of a round.
pub(crate) struct Scene<'a> {
    facts: Vec<&'a Observation>,
    by_client: Vec<&'a Conversation>,
    by_server: Vec<&'a Conversation>,
    kinds: Vec<SourceKind>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(input: &Input<'a>) -> Self {
        let mut facts: Vec<_> = input.observations.iter().collect();
        facts.sort_unstable_by_key(|it| (it.subject.ip(), it.subject, &it.fact, it.first, it.last));
        let mut by_client: Vec<_> = input.conversations.iter().collect();
        by_client.sort_unstable_by_key(|it| (it.client, it.server, it.first, it.last));
        let mut by_server = by_client.clone();
        by_server.sort_by_key(|it| it.server.ip);
        let kinds = input.sources.iter().map(|source| source.kind).collect();
        Self { facts, by_client, by_server, kinds }
    }

    /// What kind of source a fact was first seen in.
    pub(crate) fn kind_of(&self, observation: &Observation) -> SourceKind {
        let place = usize::from(observation.first.evidence.source.0);
        self.kinds.get(place).copied().unwrap_or(SourceKind::Capture)
    }

    /// Whether a list says it, not traffic.
    pub(crate) fn is_of_list(&self, observation: &Observation) -> bool {
        !self.kind_of(observation).is_traffic()
    }

    /// The last moment of all traffic, if any was seen.
    pub(crate) fn last_traffic(&self) -> Option<Timestamp> {
        let facts = self.facts.iter().filter(|it| !self.is_of_list(it)).map(|it| it.last);
        facts.chain(self.by_client.iter().map(|it| it.last)).max()
    }

    /// All observations, those of cards first, then by address.
    pub(crate) fn facts(&self) -> &[&'a Observation] {
        &self.facts
    }

    /// All conversations, by client.
    pub(crate) fn conversations(&self) -> &[&'a Conversation] {
        &self.by_client
    }

    /// Facts about a card.
    pub(crate) fn about_card(&self, mac: MacAddr) -> &[&'a Observation] {
        self.about(Subject::Mac(mac))
    }

    /// Facts about a thing of a list.
    pub(crate) fn about_listed(&self, id: ListedId) -> &[&'a Observation] {
        self.about(Subject::Listed(id))
    }

    fn about(&self, subject: Subject) -> &[&'a Observation] {
        stretch(&self.facts, |it| (it.subject.ip(), it.subject), &(subject.ip(), subject))
    }

    /// Facts about an address and the services on it.
    pub(crate) fn about_ip(&self, ip: IpAddr) -> &[&'a Observation] {
        stretch(&self.facts, |it| it.subject.ip(), &Some(ip))
    }

    /// Conversations that this address began.
    pub(crate) fn as_client(&self, ip: IpAddr) -> &[&'a Conversation] {
        stretch(&self.by_client, |it| it.client, &ip)
    }

    /// Conversations with services on this address.
    pub(crate) fn as_server(&self, ip: IpAddr) -> &[&'a Conversation] {
        stretch(&self.by_server, |it| it.server.ip, &ip)
    }

    /// Whether a fact of this kind about the address (not a service on it) has a value that is wanted.
    pub(crate) fn says(&self, ip: IpAddr, kind: FactKind, wanted: impl Fn(&str) -> bool) -> bool {
        let key = (Some(ip), Subject::Ip(ip), kind);
        let facts = stretch(&self.facts, |it| (it.subject.ip(), it.subject, it.fact.kind()), &key);
        facts.iter().any(|it| wanted(it.fact.value()))
    }
}

/// The run of items with this key in a list that is sorted by it.
fn stretch<'s, T, K: Ord>(sorted: &'s [T], key: impl Fn(&T) -> K, wanted: &K) -> &'s [T] {
    let start = sorted.partition_point(|item| key(item) < *wanted);
    let rest = sorted.get(start..).unwrap_or_default();
    rest.get(..rest.partition_point(|item| key(item) <= *wanted)).unwrap_or_default()
}

/// Whether the server was there: it sent something, or a client had a TCP connection to send over (one direction of a
/// link may not be mirrored).
pub(crate) fn is_proved(conversation: &Conversation) -> bool {
    let connected = conversation.server.transport == Transport::Tcp && conversation.to_server.bytes > 0;
    conversation.to_client.packets > 0 || connected
}

/// Whether something was offered there: it answered with bytes of its own, or took some.
pub(crate) fn is_served(conversation: &Conversation) -> bool {
    let connected = conversation.server.transport == Transport::Tcp && conversation.to_server.bytes > 0;
    conversation.was_answered() || connected
}

/// Whether a conversation speaks this protocol.
pub(crate) fn speaks(conversation: &Conversation, protocol: Protocol) -> bool {
    conversation.protocol == Some(protocol)
}
