//! What a finding rests on, and what a later look at the same things says of it.
//!
//! Passive sight proves presence, not absence. So only the same property of the same thing, seen later with another value,
//! shows a change. Silence, an absent device and an older capture show nothing; nor does what lies with the other side of a
//! talk.

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{
    Digest, FactKind, Finding, Ground, Observation, ObservationId, Round, SourceKind, Timestamp,
};

/// A fact that a finding rests on, as a round saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The observation.
    pub observation: ObservationId,
    /// What kind of fact.
    pub kind: FactKind,
    /// What was seen.
    pub value: String,
    /// The latest time that it was seen.
    pub last: Timestamp,
    /// The property that it is a value of: the same subject, kind of fact and kind of source.
    pub property: Property,
}

/// A property of a thing that has values over time, told by one kind of source: what one kind of list leaves out, another
/// kind does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Property(pub Digest);

/// A value that became another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What the weakness rested on.
    pub before: Sight,
    /// What was seen since; where there are several values, the one most like it.
    pub after: Sight,
    /// Whether that stands in its place. If not, it is gone from several values that were seen again without it.
    pub replaced: bool,
}

/// What a later look says of what a finding rested on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// All of it was looked at again, and some of it has another value.
    Changed(Vec<Change>),
    /// All of it was seen again as it was.
    Same,
    /// Some of it was not looked at again, or not since.
    Nothing,
}

/// What a round saw, for looking things up.
pub(crate) struct Seen<'r> {
    by_id: BTreeMap<ObservationId, (&'r Observation, Property)>,
    by_property: BTreeMap<Property, Vec<&'r Observation>>,
}

impl<'r> Seen<'r> {
    pub(crate) fn new(round: &'r Round) -> Self {
        let (mut by_id, mut by_property) = (BTreeMap::new(), BTreeMap::<_, Vec<_>>::new());
        let kinds: Vec<SourceKind> = round.coverage.sources.iter().map(|source| source.kind).collect();
        for observation in &round.observations {
            let property = property(observation, &kinds);
            by_id.entry(observation.id()).or_insert((observation, property));
            by_property.entry(property).or_default().push(observation);
        }
        Self { by_id, by_property }
    }

    /// What a finding of this round rests on; conversations and statements have no values that could change.
    pub(crate) fn proof(&self, finding: &Finding) -> Vec<Sight> {
        let grounds = finding.reasons.iter().flat_map(|reason| &reason.grounds);
        let ids: BTreeSet<ObservationId> = grounds
            .filter_map(|ground| match ground {
                Ground::Observation(id) => Some(*id),
                Ground::Conversation(_) | Ground::Statement(_) => None,
            })
            .collect();
        let known = ids.iter().filter_map(|id| self.by_id.get(id));
        known.map(|(observation, property)| sight(observation, *property)).collect()
    }

    /// What this round says of what an earlier finding rested on.
    pub(crate) fn look(&self, proof: &[Sight]) -> Look {
        let mut changes = Vec::new();
        let describing = proof.iter().filter(|sight| tells(sight.kind) != Tells::WhoItIs);
        for before in describing.clone() {
            let now = self.by_property.get(&before.property).map(Vec::as_slice).unwrap_or_default();
            let since = now.iter().filter(|seen| seen.last >= before.last);
            let again = Again {
                kind: before.kind,
                any: !now.is_empty(),
                same: now.iter().any(|seen| seen.fact.value() == before.value),
                since: since.clone().next().is_some(),
            };
            match again.says() {
                Says::Same => continue,
                Says::Nothing => return Look::Nothing,
                Says::Another => {}
            }
            let like = |seen: &&&Observation| shared(seen.fact.value(), &before.value);
            // Of equals the first, in the order of values.
            let best = since.min_by_key(|seen| std::cmp::Reverse(like(seen)));
            let Some(after) = best else { return Look::Nothing };
            let named = name(&before.value).filter(|name| !name.is_empty());
            let replaced =
                now.len() == 1 || named.is_some_and(|named| name(after.fact.value()) == Some(named));
            changes.push(Change { before: before.clone(), after: sight(after, before.property), replaced });
        }
        match (describing.count() == 0, changes.is_empty()) {
            (true, _) => Look::Nothing,
            (false, true) => Look::Same,
            (false, false) => Look::Changed(changes),
        }
    }
}

/// What a later round saw of one property that a finding rested on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Again {
    /// What kind of fact it is.
    pub kind: FactKind,
    /// It was seen again, with whatever value.
    pub any: bool,
    /// It was seen again with the value that it had.
    pub same: bool,
    /// It was seen no earlier than that value was last.
    pub since: bool,
}

/// What one property says.
enum Says {
    Same,
    Another,
    Nothing,
}

impl Again {
    fn says(self) -> Says {
        match self {
            Self { any: false, .. } => Says::Nothing,
            Self { same: true, .. } => Says::Same,
            Self { since: false, .. } => Says::Nothing,
            Self { kind, .. } if tells(kind) == Tells::OneTalk => Says::Nothing,
            Self { .. } => Says::Another,
        }
    }
}

/// Whether a later look at all that a finding rested on shows another value: the rule of [`Look::Changed`], for a store that
/// finds the looks by its rows.
pub fn shows_another_value(looks: impl IntoIterator<Item = Again>) -> bool {
    let mut other = false;
    for again in looks.into_iter().filter(|again| tells(again.kind) != Tells::WhoItIs) {
        match again.says() {
            Says::Same => {}
            Says::Nothing => return false,
            Says::Another => other = true,
        }
    }
    other
}

/// What a kind of fact tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tells {
    /// What the thing is like: another value is a change.
    WhatItIsLike,
    /// Which thing it is: another value is a move or a new name, and changes no weakness.
    WhoItIs,
    /// How one talk went, which lies with the other side too: a server that chose TLS 1.2 with one client may still choose 1.0
    /// with the next.
    OneTalk,
}

fn tells(kind: FactKind) -> Tells {
    match kind {
        FactKind::OwnsIp
        | FactKind::SendsFromIp
        | FactKind::IsRouter
        | FactKind::DhcpHostName
        | FactKind::MdnsHostName
        | FactKind::NtlmComputer
        | FactKind::NtlmDomain
        | FactKind::KerberosComputer
        | FactKind::KerberosRealm
        | FactKind::SnmpName
        | FactKind::LldpName
        | FactKind::LldpNeighbourOf
        | FactKind::SwitchPort
        | FactKind::CdpName
        | FactKind::RadiusName
        | FactKind::NetbiosName
        | FactKind::NetbiosGroup
        | FactKind::LlmnrName
        | FactKind::ListedAs
        | FactKind::ListedName
        | FactKind::ListedSerial
        | FactKind::ListedTag
        | FactKind::ListedPlace
        | FactKind::ListedDepartment => Tells::WhoItIs,
        FactKind::TlsVersion
        | FactKind::TlsCipher
        | FactKind::TlsServerName
        | FactKind::TlsClientFingerprint
        | FactKind::KerberosWeakEncryption
        | FactKind::SipRole
        | FactKind::TimeToLive
        | FactKind::HttpUserAgent
        | FactKind::HttpPassesOn
        | FactKind::SshClientBanner
        | FactKind::RdpSecurity
        | FactKind::SmbDialect
        | FactKind::SnmpVersion
        | FactKind::SnmpDefaultCommunity
        | FactKind::ClearTextLogin
        | FactKind::SharedLogin
        | FactKind::AuditInClear
        | FactKind::TftpFile
        | FactKind::DicomCallingAe
        | FactKind::DicomCalledAe
        | FactKind::DicomAssociation
        | FactKind::DicomProposesSop
        | FactKind::DicomAcceptsSop
        | FactKind::DicomCommand
        | FactKind::Hl7Sends
        | FactKind::Hl7Receives => Tells::OneTalk,
        _ => Tells::WhatItIsLike,
    }
}

/// Whether a later look at the same things could show that this is settled: watching shows what a thing is like, and neither
/// what it would do in another talk nor that it is silent.
pub(crate) fn can_be_shown(proof: &[Sight]) -> bool {
    proof.iter().any(|sight| tells(sight.kind) == Tells::WhatItIsLike)
        && proof.iter().all(|sight| tells(sight.kind) != Tells::OneTalk)
}

/// Whether a finding also rests on traffic, of which a later look may simply have seen less.
pub(crate) fn rests_on_traffic(finding: &Finding) -> bool {
    let mut grounds = finding.reasons.iter().flat_map(|reason| &reason.grounds);
    grounds.any(|ground| matches!(ground, Ground::Conversation(_)))
}

fn sight(observation: &Observation, property: Property) -> Sight {
    Sight {
        observation: observation.id(),
        kind: observation.fact.kind(),
        value: observation.fact.value().to_owned(),
        last: observation.last,
        property,
    }
}

fn property(observation: &Observation, kinds: &[SourceKind]) -> Property {
    let source = usize::from(observation.first.evidence.source.0);
    let source = kinds.get(source).map_or("", |kind| kind.code());
    let kind = observation.fact.kind().code();
    Property(Digest::of(&["property", &observation.subject.to_string(), kind, source]))
}

/// How many characters two values share from the start.
fn shared(one: &str, other: &str) -> usize {
    one.chars().zip(other.chars()).take_while(|(one, other)| one == other).count()
}

/// What a value is about, without its version: of a package URL, a CPE 2.3 name, a name and version two spaces apart.
fn name(value: &str) -> Option<&str> {
    let cpe = || value.starts_with("cpe:").then(|| value.match_indices(':').nth(4)).flatten();
    let end = value.rfind('@').or_else(|| cpe().map(|(at, _)| at)).or_else(|| value.find("  "));
    end.and_then(|end| value.get(..end))
}

/// The latest moment of a proof.
pub(crate) fn newest(proof: &[Sight]) -> Option<Timestamp> {
    proof.iter().map(|sight| sight.last).max()
}
