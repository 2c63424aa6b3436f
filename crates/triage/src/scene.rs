//! The input of triage, laid out for look-ups: facts by kind, conversations by service, who owns what.

use std::collections::BTreeMap;
use std::net::IpAddr;

use wardround_intel::names::Aliases;
use wardround_model::{
    AccountId, Asset, AssetId, Conversation, Endpoint, FactKind, Ground, ModelId, Observation, Protocol,
    Statement, Subject, Timestamp,
};

use crate::Input;
use crate::by_asset::ByAsset;
use crate::ssvc::Scores;

/// Everything that the rules look at, in an order that does not depend on the order of the input.
pub(crate) struct Scene<'a> {
    pub(crate) as_of: Timestamp,
    pub(crate) aliases: &'a Aliases,
    pub(crate) scores: Scores<'a>,
    assets: BTreeMap<AssetId, &'a Asset>,
    /// By asset, kind, subject and value.
    owned: Vec<Seen<'a>>,
    by_asset: ByAsset,
    /// Without components, which only their assets are asked for.
    facts: BTreeMap<FactKind, Vec<Seen<'a>>>,
    accounts: Vec<Account<'a>>,
    statements: BTreeMap<AssetId, Vec<&'a Statement>>,
    talks: Vec<Talk<'a>>,
    outward: Vec<Outward<'a>>,
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

/// An account, the directory that it is in, and what is said of it.
pub(crate) struct Account<'a> {
    pub(crate) directory: &'a Asset,
    pub(crate) facts: Vec<&'a Observation>,
}

/// A conversation of a known asset with an address of the Internet.
#[derive(Clone, Copy)]
pub(crate) struct Outward<'a> {
    pub(crate) conversation: &'a Conversation,
    pub(crate) asset: &'a Asset,
    pub(crate) outside: IpAddr,
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
        let owned = owned(input, &assets);
        Self {
            as_of: input.as_of,
            aliases: input.aliases,
            scores: Scores::new(&input.into()),
            facts: facts(&owned),
            accounts: accounts(input, &assets),
            statements: statements(input),
            outward: outward(input, &assets),
            by_asset: ByAsset::of(owned.iter().map(|seen| seen.asset.id)),
            owned,
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

    /// Every sighting of this kind of fact on an asset, sorted.
    pub(crate) fn facts_of(&self, asset: AssetId, kind: FactKind) -> impl Iterator<Item = Seen<'a>> + '_ {
        let anywhere = is_component(kind) || self.facts.contains_key(&kind);
        let own = if anywhere { self.by_asset.range(asset) } else { 0..0 };
        let own = self.owned.get(own).unwrap_or_default();
        let kind_of = |seen: &Seen<'_>| seen.observation.fact.kind();
        let start = own.partition_point(|seen| kind_of(seen) < kind);
        let rest = own.get(start..).unwrap_or_default();
        rest.iter().take_while(move |seen| kind_of(seen) == kind).copied()
    }

    /// Accounts of known directories, sorted.
    pub(crate) fn accounts(&self) -> &[Account<'a>] {
        &self.accounts
    }

    /// What people said of an asset, oldest first.
    pub(crate) fn statements_of(&self, asset: AssetId) -> &[&'a Statement] {
        self.statements.get(&asset).map_or(&[], Vec::as_slice)
    }

    /// Everything that people said, by asset.
    pub(crate) fn statements(&self) -> impl Iterator<Item = &'a Statement> {
        self.statements.values().flatten().copied()
    }

    /// Answered conversations between known assets and the Internet, sorted.
    pub(crate) fn outward(&self) -> &[Outward<'a>] {
        &self.outward
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

/// Every observation with the asset that it is about; what is said of a model is about each asset of it.
fn owned<'a>(input: &Input<'a>, assets: &BTreeMap<AssetId, &'a Asset>) -> Vec<Seen<'a>> {
    let models = models(assets);
    let mut owned = Vec::with_capacity(input.observations.len());
    for observation in input.observations {
        match observation.subject {
            Subject::Account(_) => {}
            Subject::Model(id) => {
                let of_model = models.get(&id).into_iter().flatten();
                owned.extend(of_model.map(|asset| Seen { asset, observation }));
            }
            subject => {
                let owner = (input.owner_of)(&subject).and_then(|id| assets.get(&id));
                owned.extend(owner.map(|asset| Seen { asset, observation }));
            }
        }
    }
    owned.sort_by_cached_key(|seen| {
        (seen.asset.id, seen.observation.fact.kind(), seen.observation.subject, seen.value())
    });
    owned
}

fn models<'a>(assets: &BTreeMap<AssetId, &'a Asset>) -> BTreeMap<ModelId, Vec<&'a Asset>> {
    let mut models: BTreeMap<ModelId, Vec<&'a Asset>> = BTreeMap::new();
    for asset in assets.values() {
        if let (Some(maker), Some(model)) = (&asset.maker, &asset.model) {
            models.entry(ModelId::of(&maker.value, &model.value)).or_default().push(asset);
        }
    }
    models
}

fn is_component(kind: FactKind) -> bool {
    matches!(kind, FactKind::Package | FactKind::CpeName | FactKind::InstalledSoftware)
}

fn facts<'a>(owned: &[Seen<'a>]) -> BTreeMap<FactKind, Vec<Seen<'a>>> {
    let mut facts: BTreeMap<FactKind, Vec<Seen<'a>>> = BTreeMap::new();
    for seen in owned.iter().filter(|seen| !is_component(seen.observation.fact.kind())) {
        facts.entry(seen.observation.fact.kind()).or_default().push(*seen);
    }
    for seen in facts.values_mut() {
        seen.sort_by_key(|one| (one.observation.subject, one.value(), one.asset.id));
    }
    facts
}

fn accounts<'a>(input: &Input<'a>, assets: &BTreeMap<AssetId, &'a Asset>) -> Vec<Account<'a>> {
    let mut facts: BTreeMap<AccountId, Vec<&'a Observation>> = BTreeMap::new();
    for observation in input.observations {
        if let Subject::Account(id) = observation.subject {
            facts.entry(id).or_default().push(observation);
        }
    }
    let account = |(id, mut facts): (AccountId, Vec<&'a Observation>)| {
        facts.sort_by_key(|one| (one.fact.kind(), one.fact.value()));
        let named = facts.iter().find(|one| one.fact.kind() == FactKind::AccountDirectory);
        let listed = named.and_then(|one| one.fact.value().parse().ok()).map(Subject::Listed);
        let owner = (input.owner_of)(&Subject::Account(id)).or_else(|| (input.owner_of)(&listed?))?;
        Some(Account { directory: assets.get(&owner)?, facts })
    };
    facts.into_iter().filter_map(account).collect()
}

fn statements<'a>(input: &Input<'a>) -> BTreeMap<AssetId, Vec<&'a Statement>> {
    let mut statements: BTreeMap<AssetId, Vec<&'a Statement>> = BTreeMap::new();
    for statement in input.statements {
        statements.entry(statement.asset).or_default().push(statement);
    }
    statements
}

fn outward<'a>(input: &Input<'a>, assets: &BTreeMap<AssetId, &'a Asset>) -> Vec<Outward<'a>> {
    let owner = |ip: IpAddr| assets.get(&(input.owner_of)(&Subject::Ip(ip))?).copied();
    let outside = |conversation: &'a Conversation| {
        let (client, server) = (conversation.client, conversation.server.ip);
        let (inner, outside) = match (is_public(client), is_public(server)) {
            (false, true) => (client, server),
            (true, false) => (server, client),
            _ => return None,
        };
        let asset = owner(inner).filter(|_| owner(outside).is_none())?;
        conversation.was_answered().then_some(Outward { conversation, asset, outside })
    };
    let mut outward: Vec<_> = input.conversations.iter().filter_map(outside).collect();
    outward.sort_by_key(|one| (one.conversation.client, one.conversation.server));
    outward
}

/// Whether an address can be reached over the Internet (IANA's registries of special-purpose addresses, RFC 6890).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && second & 0b1100_0000 == 64;
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_documentation();
            !(shared || special || v4.is_multicast() || first == 0 || first >= 240)
        }
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0xdb8)
        }
    }
}

/// Whether two addresses lie in one stretch: 24 bits of IPv4, 64 of IPv6. Masks do not show on the network.
pub(crate) fn same_stretch(one: IpAddr, two: IpAddr) -> bool {
    match (one, two) {
        (IpAddr::V4(one), IpAddr::V4(two)) => one.to_bits() >> 8 == two.to_bits() >> 8,
        (IpAddr::V6(one), IpAddr::V6(two)) => one.to_bits() >> 64 == two.to_bits() >> 64,
        _ => false,
    }
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
