//! The input of triage, laid out for look-ups: facts by kind, conversations by service, who owns what.

use std::collections::BTreeMap;

use wardround_model::{
    Asset, AssetId, Conversation, Endpoint, FactKind, Ground, Observation, Protocol, Subject, Timestamp,
};

use crate::Input;

/// Everything that the rules look at, in an order that does not depend on the order of the input.
pub(crate) struct Scene<'a> {
    pub(crate) as_of: Timestamp,
    assets: BTreeMap<AssetId, &'a Asset>,
    facts: BTreeMap<FactKind, Vec<Seen<'a>>>,
    talks: Vec<Talk<'a>>,
    medical_clients: Clients<'a>,
    medical_servers: BTreeMap<AssetId, Talk<'a>>,
}

/// An observation and the asset that it is about.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) asset: &'a Asset,
    pub(crate) observation: &'a Observation,
}

impl<'a> Seen<'a> {
    pub(crate) fn value(&self) -> &'a str {
        self.observation.fact.value()
    }

    pub(crate) fn ground(&self) -> Ground {
        Ground::Observation(self.observation.id())
    }

    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        self.observation.subject.service()
    }
}

/// A conversation whose server is a known asset.
#[derive(Clone, Copy)]
pub(crate) struct Talk<'a> {
    pub(crate) conversation: &'a Conversation,
    pub(crate) client: Option<AssetId>,
    pub(crate) server: &'a Asset,
}

impl Talk<'_> {
    pub(crate) fn ground(&self) -> Ground {
        Ground::Conversation(self.conversation.id())
    }

    pub(crate) fn speaks(&self, protocol: Protocol) -> bool {
        self.conversation.protocol == Some(protocol)
    }
}

impl<'a> Scene<'a> {
    pub(crate) fn new(input: &Input<'a>) -> Self {
        let assets = input.assets.iter().map(|asset| (asset.id, asset)).collect();
        let talks = talks(input, &assets);
        Self {
            as_of: input.as_of,
            facts: facts(input, &assets),
            medical_clients: medical_clients(&talks, &assets),
            medical_servers: medical_servers(&talks),
            talks,
            assets,
        }
    }

    pub(crate) fn asset(&self, id: AssetId) -> Option<&'a Asset> {
        self.assets.get(&id).copied()
    }

    /// All assets, by id.
    pub(crate) fn assets(&self) -> impl Iterator<Item = &'a Asset> {
        self.assets.values().copied()
    }

    /// Every sighting of this kind of fact, sorted.
    pub(crate) fn facts(&self, kind: FactKind) -> &[Seen<'a>] {
        self.facts.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Every conversation with a known server, sorted.
    pub(crate) fn talks(&self) -> &[Talk<'a>] {
        &self.talks
    }

    /// An asset that takes part in care and answered this one, by the conversation that shows it.
    pub(crate) fn medical_server(&self, client: AssetId) -> Option<Talk<'a>> {
        self.medical_servers.get(&client).copied()
    }

    /// Assets that take part in care and were answered by this one, each with one conversation that shows it.
    pub(crate) fn medical_clients(&self, server: AssetId) -> Vec<(&'a Asset, Talk<'a>)> {
        let clients = self.medical_clients.get(&server).into_iter().flatten();
        clients.filter_map(|(client, talk)| Some((self.asset(*client)?, *talk))).collect()
    }
}

/// By server, its clients that take part in care.
type Clients<'a> = BTreeMap<AssetId, BTreeMap<AssetId, Talk<'a>>>;

fn medical_clients<'a>(talks: &[Talk<'a>], assets: &BTreeMap<AssetId, &'a Asset>) -> Clients<'a> {
    let is_medical = |id: &AssetId| assets.get(id).is_some_and(|asset| asset.class.value.is_medical());
    let mut clients = Clients::new();
    for (client, talk) in answered(talks).filter(|(client, _)| is_medical(client)) {
        clients.entry(talk.server.id).or_default().entry(client).or_insert(talk);
    }
    clients
}

/// By client, the first server that takes part in care.
fn medical_servers<'a>(talks: &[Talk<'a>]) -> BTreeMap<AssetId, Talk<'a>> {
    let mut servers = BTreeMap::new();
    for (client, talk) in answered(talks).filter(|(_, talk)| talk.server.class.value.is_medical()) {
        servers.entry(client).or_insert(talk);
    }
    servers
}

/// Conversations of two different known assets that were answered, each with its client.
fn answered<'a>(talks: &[Talk<'a>]) -> impl Iterator<Item = (AssetId, Talk<'a>)> {
    let answered = talks.iter().filter(|talk| talk.conversation.was_answered());
    answered.filter_map(|talk| Some((talk.client?, *talk))).filter(|(client, talk)| *client != talk.server.id)
}

fn facts<'a>(input: &Input<'a>, assets: &BTreeMap<AssetId, &'a Asset>) -> BTreeMap<FactKind, Vec<Seen<'a>>> {
    let mut facts: BTreeMap<FactKind, Vec<Seen<'a>>> = BTreeMap::new();
    for observation in input.observations {
        let owner = (input.owner_of)(&observation.subject).and_then(|id| assets.get(&id));
        if let Some(asset) = owner {
            facts.entry(observation.fact.kind()).or_default().push(Seen { asset, observation });
        }
    }
    for seen in facts.values_mut() {
        seen.sort_by_key(|one| (one.observation.subject, one.value()));
    }
    facts
}

fn talks<'a>(input: &Input<'a>, assets: &BTreeMap<AssetId, &'a Asset>) -> Vec<Talk<'a>> {
    let talk = |conversation: &'a Conversation| {
        let server = (input.owner_of)(&Subject::Service(conversation.server))?;
        let client = (input.owner_of)(&Subject::Ip(conversation.client));
        Some(Talk { conversation, client, server: assets.get(&server)? })
    };
    let mut talks: Vec<_> = input.conversations.iter().filter_map(talk).collect();
    talks.sort_by_key(|talk| (talk.conversation.server, talk.conversation.client));
    talks
}
