//! Everything that was seen of one thing, laid out for the rules. Not here: what it means.

use std::collections::BTreeSet;
use std::net::IpAddr;

use wardround_model::{
    Conversation, FactKind, Ground, MacAddr, Observation, Protocol, Reason, Subject, Timestamp, is_to_many,
};

use crate::Makers;
use crate::behind::Behind;
use crate::cards::virtual_by;
use crate::fingerprints::Match;
use crate::grouping::{Group, Groups};
use crate::scene::{Scene, is_served, speaks};

/// The other side of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    /// Another thing, by its place.
    Known(usize),
    /// A host that is none of the hospital's.
    Other(IpAddr),
}

/// A conversation, seen from one of its two sides.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Talk<'a> {
    pub(crate) conversation: &'a Conversation,
    pub(crate) peer: Peer,
    pub(crate) peer_ip: IpAddr,
}

/// One thing and what was seen of it.
pub(crate) struct Portrait<'a> {
    pub(crate) group: &'a Group,
    pub(crate) scene: &'a Scene<'a>,
    /// Facts about its cards, addresses and services, by kind, value and subject.
    facts: Vec<&'a Observation>,
    /// Conversations with its services that were answered or used.
    pub(crate) serves: Vec<Talk<'a>>,
    /// Conversations that it began with one other host.
    pub(crate) uses: Vec<Talk<'a>>,
    /// Makers of its cards as registered, each once.
    pub(crate) card_makers: Vec<(MacAddr, &'a str)>,
    /// Why several devices seem to be behind one of its addresses, if they do.
    pub(crate) several: Option<&'a Reason>,
    behind: &'a Behind,
    /// Facts that fingerprints match; none until they were held against them.
    pub(crate) fingerprinted: Vec<Match<'a>>,
}

/// Facts in which a host names itself.
pub(crate) const HOST_NAMES: &[FactKind] = &[
    FactKind::DhcpHostName,
    FactKind::MdnsHostName,
    FactKind::NtlmComputer,
    FactKind::KerberosComputer,
    FactKind::SnmpName,
    FactKind::LldpName,
    FactKind::CdpName,
    FactKind::RadiusName,
    FactKind::LlmnrName,
    FactKind::NetbiosName,
];

/// The most proofs that one reason carries; its text says how many there were.
const MAX_GROUNDS: usize = 5;

impl<'a> Portrait<'a> {
    /// The portrait of the thing at this place.
    pub(crate) fn of(
        group: &'a Group,
        groups: &Groups,
        behind: &'a Behind,
        scene: &'a Scene<'a>,
        makers: &'a dyn Makers,
    ) -> Self {
        let mut facts: Vec<_> = group.cards.iter().flat_map(|mac| scene.about_card(*mac)).copied().collect();
        let (mut serves, mut uses) = (Vec::new(), Vec::new());
        facts.extend(group.listed.iter().flat_map(|id| scene.about_listed(*id)));
        for (ip, source) in &group.lent {
            facts.extend(scene.about_ip(*ip).iter().filter(|it| it.first.evidence.source == *source));
        }
        for (ip, since) in &group.ips {
            let is_its_own = |last: Timestamp| since.is_none_or(|since| last >= since);
            let own = scene.about_ip(*ip).iter().filter(|it| is_its_own(it.last));
            facts.extend(own.filter(|it| !groups.lent.contains(&(*ip, it.first.evidence.source))));
            let served = scene.as_server(*ip).iter().filter(|it| is_its_own(it.last) && is_served(it));
            serves.extend(served.map(|it| talk(it, it.client, groups)));
            let used =
                scene.as_client(*ip).iter().filter(|it| is_its_own(it.last) && !is_to_many(it.server.ip));
            uses.extend(used.map(|it| talk(it, it.server.ip, groups)));
        }
        leave_out_what_it_passes_on(&mut facts);
        facts.sort_by_key(|it| (&it.fact, it.subject));
        Self {
            group,
            scene,
            facts,
            serves,
            uses,
            card_makers: card_makers(group, makers),
            several: group.ips.iter().find_map(|(ip, _)| behind.reason(*ip)),
            behind,
            fingerprinted: Vec::new(),
        }
    }

    /// Leaves out what hosts behind its addresses say in traffic, where there are several: it is of none of them. What its card, its
    /// services and lists say stays.
    pub(crate) fn leave_out_what_is_behind(&mut self) {
        let (scene, behind) = (self.scene, self.behind);
        let is_own = |it: &Observation| match it.subject {
            Subject::Ip(ip) => {
                behind.reason(ip).is_none() || it.fact.kind() == FactKind::IsRouter || scene.is_of_list(it)
            }
            _ => true,
        };
        self.facts.retain(|it| is_own(it));
        self.fingerprinted.retain(|it| is_own(it.observation));
    }

    /// Whether traffic shows it, not lists alone.
    pub(crate) fn is_in_traffic(&self) -> bool {
        let talks = self.serves.iter().chain(&self.uses).next();
        talks.is_some() || self.facts.iter().any(|it| !self.scene.is_of_list(it))
    }

    /// All facts.
    pub(crate) fn all_facts(&self) -> &[&'a Observation] {
        &self.facts
    }

    /// Facts of one kind.
    pub(crate) fn facts(&self, kind: FactKind) -> &[&'a Observation] {
        let start = self.facts.partition_point(|it| it.fact.kind() < kind);
        let rest = self.facts.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|it| it.fact.kind() == kind)).unwrap_or_default()
    }

    /// Values of one kind, each once, sorted.
    pub(crate) fn values(&self, kind: FactKind) -> BTreeSet<&'a str> {
        self.facts(kind).iter().map(|it| it.fact.value()).collect()
    }

    /// Facts of one kind whose value is wanted.
    pub(crate) fn facts_where(&self, kind: FactKind, wanted: impl Fn(&str) -> bool) -> Vec<&'a Observation> {
        self.facts(kind).iter().copied().filter(|it| wanted(it.fact.value())).collect()
    }

    /// Whether a fact of this kind has this value.
    pub(crate) fn has(&self, kind: FactKind, value: &str) -> bool {
        self.facts(kind).iter().any(|it| it.fact.value() == value)
    }

    /// Conversations in which it serves this protocol.
    pub(crate) fn serving(&self, protocol: Protocol) -> Vec<Talk<'a>> {
        self.serves.iter().copied().filter(|talk| speaks(talk.conversation, protocol)).collect()
    }

    /// Conversations in which it uses this protocol.
    pub(crate) fn using(&self, protocol: Protocol) -> Vec<Talk<'a>> {
        self.uses.iter().copied().filter(|talk| speaks(talk.conversation, protocol)).collect()
    }

    /// The first fact that a card has an address, or any fact about a card: the proof that the card is there.
    pub(crate) fn proof_of_card(&self, mac: MacAddr) -> Option<&'a Observation> {
        self.scene.about_card(mac).first().copied()
    }

    /// A reason that rests on the cards being what they are.
    pub(crate) fn because_of_cards(&self, text: impl Into<String>) -> Reason {
        because(text, self.group.cards.iter().filter_map(|mac| self.proof_of_card(*mac)))
    }

    /// Whether one of its cards, with a registered address, is not of a virtual machine.
    pub(crate) fn card_maker(&self) -> Option<(&'a str, Reason)> {
        let (mac, maker) = self.card_makers.first()?;
        Some((maker, because(format!("Its network card was made by {maker}"), self.proof_of_card(*mac))))
    }
}

/// What programs say to servers is not said by who passes it on.
fn leave_out_what_it_passes_on(facts: &mut Vec<&Observation>) {
    let passes_on = |it: &&&Observation| it.fact.kind() == FactKind::HttpPassesOn;
    let proxies: BTreeSet<Subject> = facts.iter().filter(passes_on).map(|it| it.subject).collect();
    let is_said_through = |kind| matches!(kind, FactKind::HttpUserAgent | FactKind::TlsClientFingerprint);
    if !proxies.is_empty() {
        facts.retain(|it| !(is_said_through(it.fact.kind()) && proxies.contains(&it.subject)));
    }
}

fn talk<'a>(conversation: &'a Conversation, peer_ip: IpAddr, groups: &Groups) -> Talk<'a> {
    let peer = groups.of_ip(peer_ip).map_or(Peer::Other(peer_ip), Peer::Known);
    Talk { conversation, peer, peer_ip }
}

fn card_makers<'a>(group: &Group, makers: &'a dyn Makers) -> Vec<(MacAddr, &'a str)> {
    let named =
        group.cards.iter().filter(|mac| !mac.is_locally_administered() && virtual_by(**mac).is_none());
    let mut found: Vec<(MacAddr, &str)> = Vec::new();
    for mac in named {
        let Some(maker) = makers.maker(*mac) else { continue };
        if !found.iter().any(|(_, other)| *other == maker) {
            found.push((*mac, maker));
        }
    }
    found
}

/// How many different hosts are on the other side.
pub(crate) fn peers(talks: &[Talk<'_>]) -> usize {
    talks.iter().map(|talk| talk.peer).collect::<BTreeSet<_>>().len()
}

/// A reason that rests on facts.
pub(crate) fn because<'a>(
    text: impl Into<String>,
    facts: impl IntoIterator<Item = &'a Observation>,
) -> Reason {
    let grounds = facts.into_iter().take(MAX_GROUNDS).map(|it| Ground::Observation(it.id()));
    distinct(text.into(), grounds)
}

/// A reason that rests on conversations.
pub(crate) fn because_of_talks<'a>(
    text: impl Into<String>,
    talks: impl IntoIterator<Item = Talk<'a>>,
) -> Reason {
    let grounds = talks.into_iter().take(MAX_GROUNDS).map(|it| Ground::Conversation(it.conversation.id()));
    distinct(text.into(), grounds)
}

fn distinct(text: String, grounds: impl Iterator<Item = Ground>) -> Reason {
    let mut seen = BTreeSet::new();
    Reason { text, grounds: grounds.filter(|ground| seen.insert(*ground)).collect() }
}

/// Runs of letters in a name, in lower case: `CT-2` has `ct`.
pub(crate) fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_ascii_alphabetic())
        .filter(|word| !word.is_empty())
        .map(str::to_ascii_lowercase)
}

/// Whether a subject is a service.
pub(crate) fn endpoint(observation: &Observation) -> Option<wardround_model::Endpoint> {
    match observation.subject {
        Subject::Service(endpoint) => Some(endpoint),
        _ => None,
    }
}
