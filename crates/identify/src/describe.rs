//! One asset from all that was seen of it: names, services, products, times, maker, model, serial number and software.
//! Not here: what kind of thing it is (`evidence` and the rules).

use std::collections::{BTreeMap, BTreeSet};

use wardround_model::{
    Asset, AssetId, Claim, Confidence, DeviceClass, Endpoint, FactKind, Observation, Protocol, RolesKnownBy,
    SeenProduct, Service, Timestamp, Transport,
};

use crate::families;
use crate::fingerprints;
use crate::grouping::Group;
use crate::imaging::sends_as_one_device;
use crate::lists::{self, Said};
use crate::makers;
use crate::portrait::{Peer, Portrait, Talk, because, endpoint};
use crate::telephones;

/// The asset, with this class.
pub(crate) fn describe(p: &Portrait<'_>, class: Claim<DeviceClass>) -> Asset {
    let (first_seen, last_seen) = times(p);
    let (mut ips, macs): (Vec<_>, _) =
        (p.group.ips.iter().map(|(ip, _)| *ip).collect(), p.group.cards.clone());
    ips.sort_unstable();
    Asset {
        id: AssetId::of_anchor(&anchor(p)),
        names: names(p),
        maker: of_one(p, maker(p, class.value)),
        model: of_one(p, model(p, class.value)),
        serial: of_one(p, serial(p, class.value)),
        software: of_one(p, software(p, class.value)),
        operating_system: of_one(
            p,
            settle(lists::system(p).into_iter().chain(fingerprints::system(p)).collect()),
        ),
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

/// Facts that are names of the host itself.
const NAMES: &[FactKind] = &[
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
    FactKind::KnxName,
    FactKind::DicomCallingAe,
];

fn names(p: &Portrait<'_>) -> Vec<String> {
    let own = NAMES.iter().flat_map(|kind| p.values(*kind));
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

/// The surest value; every text that says the same makes it surer, and what another says is told behind.
fn settle(said: Vec<Said>) -> Option<Claim<String>> {
    settle_by(said, makers::agree)
}

/// The same, by what two texts agree in.
fn settle_by(mut said: Vec<Said>, agree: impl Fn(&str, &str) -> bool) -> Option<Claim<String>> {
    said.sort_by_key(|one| std::cmp::Reverse(one.percent));
    let mut told = BTreeSet::new();
    said.retain(|one| told.insert(one.reason.text.clone()));
    let value = said.first()?.value.clone();
    let (same, other): (Vec<_>, Vec<_>) =
        said.into_iter().partition(|one| one.value == value || agree(&one.value, &value));
    let doubt: f64 = same.iter().map(|one| 1.0 - f64::from(one.percent) / 100.0).product();
    let confidence = crate::evidence::percent(1.0 - doubt);
    let reasons = same.into_iter().chain(other).map(|one| one.reason).collect();
    Some(Claim { value, confidence: Confidence::percent(confidence), reasons })
}

/// Whether the device fields of its images are its own.
fn is_imaging_device(p: &Portrait<'_>, class: DeviceClass) -> bool {
    class == DeviceClass::ImagingModality && sends_as_one_device(p)
}

fn from_images(p: &Portrait<'_>, kind: FactKind, class: DeviceClass, what: &str) -> Option<Said> {
    // Several values (of software, in several components) are all of one device, but none is the one.
    let facts = p.facts(kind);
    let first = facts.first().filter(|_| is_imaging_device(p, class) && p.values(kind).len() == 1)?;
    let text = first.fact.value();
    let reason = because(format!("Its images name {text} as {what}"), facts.iter().copied());
    Some(Said { value: text.to_owned(), percent: 90, reason })
}

/// What a device says of itself. Behind a gateway there are several: then none of them is the one.
fn from_itself(p: &Portrait<'_>, kind: FactKind, percent: u8, protocol: &str) -> Option<Said> {
    let facts = p.facts(kind);
    let text = facts.first().filter(|_| p.values(kind).len() == 1)?.fact.value();
    let reason = because(format!("It says over {protocol}: \"{text}\""), facts.iter().copied());
    Some(Said { value: text.to_owned(), percent, reason })
}

/// What a telephone says of itself.
fn from_telephone(p: &Portrait<'_>, part: impl Fn(&telephones::Named<'_>) -> Option<String>) -> Option<Said> {
    let named = telephones::named_in(p)?;
    let text = format!("It says over SIP: \"{}\"", named.observation.fact.value());
    Some(Said { value: part(&named)?, percent: telephones::SAID, reason: because(text, [named.observation]) })
}

fn maker(p: &Portrait<'_>, class: DeviceClass) -> Option<Claim<String>> {
    let mut said = Vec::new();
    let controls = [
        from_itself(p, FactKind::BacnetVendor, 80, "BACnet"),
        from_itself(p, FactKind::ModbusVendor, 80, "Modbus"),
        from_itself(p, FactKind::OpcUaMaker, 65, "OPC UA"),
    ];
    said.extend(controls.into_iter().flatten().map(|one| Said { value: makers::tidy(&one.value), ..one }));
    said.extend(maker_from_images(p, class));
    said.extend(families::named_in(p).filter_map(|(family, it, weight, name)| {
        let text = format!("Its {name} says \"{}\"", it.fact.value());
        Some(Said { value: family.maker?.to_owned(), percent: weight, reason: because(text, [it]) })
    }));
    said.extend(from_telephone(p, |it| it.family.maker.map(str::to_owned)));
    let told = [
        from_itself(p, FactKind::LldpMaker, 80, "LLDP"),
        from_itself(p, FactKind::Poct1aMaker, 80, "POCT1-A"),
    ];
    said.extend(told.into_iter().flatten().map(|one| Said { value: makers::tidy(&one.value), ..one }));
    said.extend(p.facts(FactKind::MdnsMaker).iter().map(|it| {
        let text = format!("Its mDNS announcement names {} as maker", it.fact.value());
        Said { value: makers::tidy(it.fact.value()), percent: 80, reason: because(text, [*it]) }
    }));
    said.extend(apple(p).map(|(_, it)| {
        let text = format!("It browses as \"{}\"", it.fact.value());
        Said { value: "Apple".to_owned(), percent: 75, reason: because(text, [it]) }
    }));
    said.extend(
        lists::said(p, FactKind::ListedMaker, "its maker")
            .into_iter()
            .map(|one| Said { value: makers::tidy(&one.value), ..one }),
    );
    said.extend(fingerprints::maker(p));
    said.extend(p.card_maker().map(|(maker, reason)| Said {
        value: makers::tidy(maker),
        percent: 60,
        reason,
    }));
    settle(said)
}

/// Different spellings of one maker are one value.
fn maker_from_images(p: &Portrait<'_>, class: DeviceClass) -> Option<Said> {
    let facts = p.facts(FactKind::DicomManufacturer);
    let text = facts.first().filter(|_| is_imaging_device(p, class))?.fact.value();
    let reason = because(format!("Its images name {text} as manufacturer"), facts.iter().copied());
    Some(Said { value: makers::tidy_imaging(text), percent: 90, reason })
}

/// Apple's phones and tablets say so when they browse.
fn apple<'a>(p: &Portrait<'a>) -> Option<(&'static str, &'a Observation)> {
    ["iPhone", "iPad"].into_iter().find_map(|model| {
        let mut agents = p.facts(FactKind::HttpUserAgent).iter();
        agents.find(|it| it.fact.value().contains(model)).map(|it| (model, *it))
    })
}

fn model(p: &Portrait<'_>, class: DeviceClass) -> Option<Claim<String>> {
    let mut said = Vec::new();
    said.extend(from_images(p, FactKind::DicomModel, class, "model"));
    let modbus = from_itself(p, FactKind::ModbusModel, 75, "Modbus");
    let told = [
        from_itself(p, FactKind::BacnetModel, 75, "BACnet"),
        modbus.or_else(|| from_itself(p, FactKind::ModbusProduct, 65, "Modbus")),
        from_itself(p, FactKind::EthernetIpProduct, 75, "EtherNet/IP"),
        from_itself(p, FactKind::OpcUaProduct, 65, "OPC UA"),
        from_itself(p, FactKind::S7Module, 70, "S7"),
        from_itself(p, FactKind::LldpModel, 75, "LLDP"),
        from_itself(p, FactKind::Poct1aModel, 80, "POCT1-A"),
        from_itself(p, FactKind::OnvifHardware, 70, "ONVIF"),
    ];
    said.extend(told.into_iter().flatten());
    said.extend(families::named_in(p).filter_map(|(family, it, weight, name)| {
        let text = format!("Its {name} says \"{}\"", it.fact.value());
        Some(Said { value: family.model(it.fact.value())?, percent: weight, reason: because(text, [it]) })
    }));
    said.extend(from_telephone(p, |it| it.model.clone()));
    said.extend(lists::said(p, FactKind::ListedModel, "its model"));
    for (kind, name) in [(FactKind::MdnsModel, "mDNS announcement"), (FactKind::IppModel, "answer over IPP")]
    {
        said.extend(p.facts(kind).iter().map(|it| {
            let text = format!("Its {name} says \"{}\"", it.fact.value());
            Said { value: it.fact.value().to_owned(), percent: 70, reason: because(text, [*it]) }
        }));
    }
    said.extend(apple(p).map(|(model, it)| {
        let text = format!("It browses as \"{}\"", it.fact.value());
        Said { value: model.to_owned(), percent: 75, reason: because(text, [it]) }
    }));
    said.extend(fingerprints::model(p));
    settle(said)
}

fn serial(p: &Portrait<'_>, class: DeviceClass) -> Option<Claim<String>> {
    let own = from_images(p, FactKind::DicomDeviceSerial, class, "serial number");
    let told = [
        from_itself(p, FactKind::LldpSerial, 75, "LLDP"),
        from_itself(p, FactKind::EthernetIpSerial, 75, "EtherNet/IP"),
        from_itself(p, FactKind::KnxSerial, 75, "KNX"),
        from_itself(p, FactKind::Poct1aSerial, 80, "POCT1-A"),
    ];
    let listed = lists::said(p, FactKind::ListedSerial, "its serial number");
    let said = own.into_iter().chain(told.into_iter().flatten()).chain(listed);
    settle_by(said.filter(|one| !written_plainly(&one.value).is_empty()).collect(), |one, other| {
        written_plainly(one) == written_plainly(other)
    })
}

/// A serial number without what people and lists write in different ways: the size of its letters, marks between, zeros before it. Nothing is
/// left of zeros alone, which stand where none was given.
fn written_plainly(serial: &str) -> String {
    let letters = serial.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase());
    letters.skip_while(|c| *c == '0').collect()
}

fn software(p: &Portrait<'_>, class: DeviceClass) -> Option<Claim<String>> {
    let own = from_images(p, FactKind::DicomSoftwareVersions, class, "software version");
    let told = [
        from_itself(p, FactKind::BacnetFirmware, 75, "BACnet"),
        from_itself(p, FactKind::ModbusRevision, 70, "Modbus"),
        from_itself(p, FactKind::EthernetIpRevision, 70, "EtherNet/IP"),
        from_itself(p, FactKind::OpcUaSoftware, 60, "OPC UA"),
        from_itself(p, FactKind::S7Firmware, 75, "S7"),
        from_itself(p, FactKind::LldpFirmware, 70, "LLDP"),
        from_itself(p, FactKind::Poct1aSoftware, 80, "POCT1-A"),
        from_itself(p, FactKind::AstmSenderVersion, 60, "ASTM"),
    ];
    let telephone = from_telephone(p, |it| it.version.clone().filter(|_| it.family.is_device()));
    let own =
        own.into_iter().chain(told.into_iter().flatten()).chain(telephone).chain(fingerprints::software(p));
    settle(own.chain(lists::said(p, FactKind::ListedSoftware, "its software version")).collect())
}
