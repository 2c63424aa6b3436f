//! The input laid out for look-ups: facts by what they are about, conversations by who took part.
//!
//! Everything is sorted by itself, so nothing depends on the order of the input. Not here: what any of it means.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::ops::Range;

use foldhash::fast::RandomState;
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
    /// Where in `facts` those about an address stand, and those about what has none; where in the others those of an address.
    of_ip: Runs<IpAddr>,
    of_subject: Runs<Subject>,
    of_client: Runs<IpAddr>,
    of_server: Runs<IpAddr>,
}

/// Where items with one key stand in a list that is sorted by it.
type Runs<K> = HashMap<K, Range<usize>, RandomState>;

impl<'a> Scene<'a> {
    pub(crate) fn new(input: &Input<'a>) -> Self {
        let mut facts: Vec<_> = input.observations.iter().collect();
        facts.sort_unstable_by_key(|it| (it.subject.ip(), it.subject, &it.fact, it.first, it.last));
        let mut by_client: Vec<_> = input.conversations.iter().collect();
        by_client.sort_unstable_by_key(|it| (it.client, it.server, it.first, it.last));
        let mut by_server = by_client.clone();
        by_server.sort_by_key(|it| it.server.ip);
        let kinds = input.sources.iter().map(|source| source.kind).collect();
        Self {
            of_ip: runs(&facts, |it| it.subject.ip()),
            of_subject: runs(&facts, |it| it.subject.ip().is_none().then_some(it.subject)),
            of_client: runs(&by_client, |it| Some(it.client)),
            of_server: runs(&by_server, |it| Some(it.server.ip)),
            facts,
            by_client,
            by_server,
            kinds,
        }
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
        run(&self.facts, &self.of_subject, &Subject::Mac(mac))
    }

    /// Facts about a thing of a list.
    pub(crate) fn about_listed(&self, id: ListedId) -> &[&'a Observation] {
        run(&self.facts, &self.of_subject, &Subject::Listed(id))
    }

    /// Facts about an address and the services on it.
    pub(crate) fn about_ip(&self, ip: IpAddr) -> &[&'a Observation] {
        run(&self.facts, &self.of_ip, &ip)
    }

    /// Conversations that this address began.
    pub(crate) fn as_client(&self, ip: IpAddr) -> &[&'a Conversation] {
        run(&self.by_client, &self.of_client, &ip)
    }

    /// Conversations with services on this address.
    pub(crate) fn as_server(&self, ip: IpAddr) -> &[&'a Conversation] {
        run(&self.by_server, &self.of_server, &ip)
    }

    /// Whether a fact of this kind about the address (not a service on it) has a value that is wanted.
    pub(crate) fn says(&self, ip: IpAddr, kind: FactKind, wanted: impl Fn(&str) -> bool) -> bool {
        let facts =
            self.about_ip(ip).iter().filter(|it| it.subject == Subject::Ip(ip) && it.fact.kind() == kind);
        facts.into_iter().any(|it| wanted(it.fact.value()))
    }
}

/// The runs of a list that is sorted by this key; items without one are in none.
fn runs<T, K: Hash + Eq + Copy>(sorted: &[T], key: impl Fn(&T) -> Option<K>) -> Runs<K> {
    let mut runs = Runs::default();
    let mut start = 0usize;
    for items in sorted.chunk_by(|one, next| key(one) == key(next)) {
        let end = start.saturating_add(items.len());
        if let Some(key) = items.first().and_then(&key) {
            runs.insert(key, start..end);
        }
        start = end;
    }
    runs
}

/// The items of a list with this key.
fn run<'s, T, K: Hash + Eq>(sorted: &'s [T], runs: &Runs<K>, key: &K) -> &'s [T] {
    runs.get(key).and_then(|range| sorted.get(range.clone())).unwrap_or_default()
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
