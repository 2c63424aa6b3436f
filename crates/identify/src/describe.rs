//! One asset from all that was seen of it: names, services, products, times.
//! Not here: what kind of thing it is (`evidence` and the signs), and who tells its maker, model, serial number and software (`claims`).

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{
    Asset, AssetId, Claim, DeviceClass, Endpoint, FactKind, Observation, Protocol, RolesKnownBy, SeenProduct,
    Service, Timestamp, Transport,
};

use crate::claims::{Property, claim, settle};
use crate::fingerprints;
use crate::grouping::Group;
use crate::imaging::sends_as_one_device;
use crate::lists;
use crate::portrait::{HOST_NAMES, Peer, Portrait, Talk, endpoint};

/// The asset, with this class.
pub(crate) fn describe(p: &Portrait<'_>, class: Claim<DeviceClass>) -> Asset {
    let (first_seen, last_seen) = times(p);
    let (mut ips, macs): (Vec<_>, _) =
        (p.group.ips.iter().map(|(ip, _)| *ip).collect(), p.group.cards.clone());
    ips.sort_unstable();
    Asset {
        id: AssetId::of_anchor(&anchor(p)),
        names: names(p),
        maker: of_one(p, claim(p, class.value, Property::Maker)),
        model: of_one(p, claim(p, class.value, Property::Model)),
        serial: of_one(p, claim(p, class.value, Property::Serial)),
        software: of_one(p, claim(p, class.value, Property::Software)),
        operating_system: of_one(p, claim(p, class.value, Property::System)),
        care_area: settle(lists::said(p, FactKind::ListedDepartment, "its department")),
        services: services(p),
        products: products(p),
        first_seen,
        last_seen,
        seen_directly: (!macs.is_empty() || p.group.is_contested) && p.is_in_traffic(),
        class,
        macs,
        ips,
    }
}

/// Where several devices seem to be behind an address, it is not known of which this is.
fn of_one(p: &Portrait<'_>, claim: Option<Claim<String>>) -> Option<Claim<String>> {
    let claim = claim?;
    Some(if p.several.is_some() { claim.at_most(lists::MOST_OF_SEVERAL) } else { claim })
}

/// What stands for an asset in every round: its lowest card, else its lowest address, else the thing of a list that it is.
fn anchor(p: &Portrait<'_>) -> String {
    let card = p.group.cards.iter().min().map(ToString::to_string);
    let ip = || p.group.ips.iter().map(|(ip, _)| ip).min().map(ToString::to_string);
    let listed = || p.group.listed.first().map(ToString::to_string);
    card.or_else(ip).or_else(listed).unwrap_or_default()
}

/// Every id that the thing could have been given by rounds that saw less of it.
pub(crate) fn possible_ids(group: &Group) -> impl Iterator<Item = AssetId> + '_ {
    let cards = group.cards.iter().map(ToString::to_string);
    let ips = group.ips.iter().map(|(ip, _)| ip.to_string());
    let listed = group.listed.iter().map(ToString::to_string);
    cards.chain(ips).chain(listed).map(|anchor| AssetId::of_anchor(&anchor))
}

fn times(p: &Portrait<'_>) -> (Timestamp, Timestamp) {
    // The day of a list is no sight of the thing, unless lists are all that there is.
    let in_traffic = p.is_in_traffic();
    let facts = p.all_facts().iter().filter(|it| !in_traffic || !p.scene.is_of_list(it));
    let facts = facts.flat_map(|it| [it.first.at, it.last]);
    let talks = p.serves.iter().chain(&p.uses);
    let talks = talks.flat_map(|talk| [talk.conversation.first.at, talk.conversation.last]);
    let all = facts.chain(talks);
    let span = all.fold(None, |span, at| {
        let (first, last) = span.unwrap_or((at, at));
        Some((at.min(first), at.max(last)))
    });
    span.unwrap_or((Timestamp::EPOCH, Timestamp::EPOCH))
}

fn names(p: &Portrait<'_>) -> Vec<String> {
    let others = [FactKind::KnxName, FactKind::DicomCallingAe];
    let own = HOST_NAMES.iter().chain(&others).flat_map(|kind| p.values(*kind));
    let station = sends_as_one_device(p).then(|| p.values(FactKind::DicomStationName));
    // Who passes on messages of several applications has none of their names.
    let application = Some(p.values(FactKind::Hl7SendingApplication)).filter(|names| names.len() == 1);
    let all = own.chain(station.into_iter().flatten()).chain(application.into_iter().flatten());
    let all = all.chain(lists::names(p)).filter(|name| name.chars().any(char::is_alphanumeric));
    let mut named: BTreeSet<String> = all.map(str::to_owned).collect();
    if named.is_empty() && p.group.ips.is_empty() && p.group.cards.is_empty() {
        named.extend(lists::number(p));
    }
    named.into_iter().collect()
}

/// What is spoken at one endpoint, and by whom.
#[derive(Default)]
struct Use {
    clients: BTreeSet<Peer>,
    spoken: BTreeMap<Protocol, BTreeSet<Peer>>,
}

fn services(p: &Portrait<'_>) -> Vec<Service> {
    let mut uses: BTreeMap<Endpoint, Use> = BTreeMap::new();
    for talk in p.serves.iter().filter(|talk| is_service(talk)) {
        let seen = uses.entry(talk.conversation.server).or_default();
        seen.clients.insert(talk.peer);
        if let Some(protocol) = talk.conversation.protocol {
            seen.spoken.entry(protocol).or_default().insert(talk.peer);
        }
    }
    // A scanner had an answer there, too.
    for it in p.facts(FactKind::ServiceOpen) {
        if let Some(at) = endpoint(it) {
            let seen = uses.entry(at).or_default();
            if let Some(protocol) = Protocol::from_code(it.fact.value()) {
                seen.spoken.entry(protocol).or_default();
            }
        }
    }
    let service = |(endpoint, seen): (_, Use)| {
        let clients = u64::try_from(seen.clients.len()).unwrap_or(u64::MAX);
        Service { endpoint, protocol: protocol(&seen.spoken), clients }
    };
    uses.into_iter().map(service).collect()
}

/// Streams of UDP have no listening side that can be told from their ports.
fn is_service(talk: &Talk<'_>) -> bool {
    let it = talk.conversation;
    it.server.transport == Transport::Tcp
        || it.protocol.is_some_and(Protocol::has_own_port)
        || it.roles == RolesKnownBy::Protocol
}

/// The protocol that most clients speak; IPP is HTTP too and says more.
fn protocol(spoken: &BTreeMap<Protocol, BTreeSet<Peer>>) -> Option<Protocol> {
    let rank =
        |(protocol, clients): &(&Protocol, &BTreeSet<Peer>)| (**protocol == Protocol::Ipp, clients.len());
    // Of equals, the last: turned round, so that it is the first in their own order.
    spoken.iter().rev().max_by_key(rank).map(|(protocol, _)| *protocol)
}

/// Facts that name software that it serves with, or the product that it is. What its clients call themselves stays out: a
/// browser's list of ancestors is no product.
const PRODUCTS: &[FactKind] = &[
    FactKind::MdnsModel,
    FactKind::IppModel,
    FactKind::HttpServer,
    FactKind::SshBanner,
    FactKind::NtlmOsVersion,
    FactKind::SnmpSystemDescription,
    FactKind::FtpBanner,
    FactKind::TelnetBanner,
    FactKind::ServerSoftware,
    FactKind::SipProduct,
    FactKind::DicomImplementationVersion,
];

fn products(p: &Portrait<'_>) -> Vec<SeenProduct> {
    let product = |it: &Observation| SeenProduct {
        endpoint: endpoint(it),
        text: it.fact.value().to_owned(),
        observation: it.id(),
    };
    let seen = PRODUCTS.iter().flat_map(|kind| p.facts(*kind)).map(|it| product(it));
    let seen = seen.chain(fingerprints::products(p));
    seen.collect::<BTreeSet<_>>().into_iter().collect()
}
