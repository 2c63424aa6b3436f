//! Weak settings of clinical traffic, which need facts and conversations together: patient data in clear, and image
//! services that many hosts use without saying who they are.
//!
//! Traffic inside TLS shows none of these facts, so it gives no sign. Not seen here: DICOM user identity (PS3.7, D.3.3.7).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{Asset, Endpoint, FactKind, Ground, Protocol, Reason, Subject, WeakSetting};

use super::Sign;
use crate::phrases;
use crate::scene::{Scene, Seen, Talk};

/// From so many different hosts on, an image service counts as open to many.
const MANY_HOSTS: usize = 3;
/// Storage SOP classes begin with this (PS3.4, B.5).
const STORAGE_SOP: &str = "1.2.840.10008.5.1.4.1.1.";
/// Facts that come from a data set that an address sent, for associations whose commands were not seen.
const OF_A_DATA_SET: &[FactKind] = &[
    FactKind::DicomModel,
    FactKind::DicomManufacturer,
    FactKind::DicomSoftwareVersions,
    FactKind::DicomDeviceSerial,
];

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    [images_in_clear(scene), messages_in_clear(scene), open_to_many(scene)].concat()
}

fn sign(
    server: &Asset,
    endpoint: Endpoint,
    setting: WeakSetting,
    protocol: Protocol,
    reason: Reason,
) -> Sign {
    let title = match setting {
        WeakSetting::DicomOpenToMany => {
            "Image service (DICOM) that several computers use without a login".to_owned()
        }
        _ => format!("Patient data crosses the network in clear ({})", protocol.label()),
    };
    Sign::seen(server.id, setting, protocol.code().to_owned(), Some(endpoint), title, reason)
}

/// Who sent data sets: each address with the fact that shows it best, a store command before a device field.
fn senders_of_images<'a>(scene: &Scene<'a>) -> BTreeMap<IpAddr, Seen<'a>> {
    let stores = scene.facts(FactKind::DicomCommand).iter().filter(|seen| seen.value() == "C-STORE-RQ");
    let fields = OF_A_DATA_SET.iter().flat_map(|kind| scene.facts(*kind));
    let mut senders = BTreeMap::new();
    for seen in stores.chain(fields) {
        if let Subject::Ip(ip) = seen.observation.subject {
            senders.entry(ip).or_insert(*seen);
        }
    }
    senders
}

fn images_in_clear(scene: &Scene<'_>) -> Vec<Sign> {
    let storage = services_with(scene, FactKind::DicomAcceptsSop, |sop| sop.starts_with(STORAGE_SOP));
    let accepting = services_with(scene, FactKind::DicomAssociation, |outcome| outcome == "accepted");
    let by_client = grouped(scene, Protocol::Dicom, |talk| talk.conversation.client);
    let by_server = grouped(scene, Protocol::Dicom, |talk| talk.conversation.server.ip);
    let fetching = fetching(scene);
    let mut signs = Vec::new();
    for (ip, seen) in senders_of_images(scene) {
        let asked = by_client.get(&ip).map_or(&[][..], Vec::as_slice);
        // With several peers it is not known which one got the images, unless it agreed to store some.
        let stored =
            asked.iter().filter(|talk| asked.len() == 1 || storage.contains(&talk.conversation.server));
        signs.extend(stored.map(|talk| images(talk, &seen, "was sent images by")));
        // A service sends images on the connection of a host that fetches them (C-GET). What it sends on connections that
        // it opened itself, as after a C-MOVE, goes to others.
        let served = by_server.get(&ip).into_iter().flatten().filter(|talk| {
            accepting.contains(&talk.conversation.server) && fetching.contains(&talk.conversation.client)
        });
        signs.extend(served.filter(|_| is_store(&seen)).map(|talk| images(talk, &seen, "sent images to")));
    }
    signs
}

/// Hosts that fetch images on their own connection (PS3.7, 9.1.3).
fn fetching(scene: &Scene<'_>) -> BTreeSet<IpAddr> {
    let commands = scene.facts(FactKind::DicomCommand).iter();
    commands
        .filter(|seen| seen.value() == "C-GET-RQ")
        .filter_map(|seen| seen.observation.subject.ip())
        .collect()
}

/// Conversations in this protocol, by what `key` says of them.
fn grouped<'a, K: Ord>(
    scene: &Scene<'a>,
    protocol: Protocol,
    key: impl Fn(&Talk<'a>) -> K,
) -> BTreeMap<K, Vec<Talk<'a>>> {
    let mut groups: BTreeMap<K, Vec<Talk<'a>>> = BTreeMap::new();
    for talk in scene.talks().iter().filter(|talk| talk.speaks(protocol)) {
        groups.entry(key(talk)).or_default().push(*talk);
    }
    groups
}

fn is_store(seen: &Seen<'_>) -> bool {
    seen.observation.fact.kind() == FactKind::DicomCommand
}

fn images(talk: &Talk<'_>, seen: &Seen<'_>, verb: &str) -> Sign {
    let server = talk.conversation.server;
    let text = format!("{server} {verb} {} over DICOM without encryption", talk.conversation.client);
    let reason = Reason::new(text, [seen.ground(), talk.ground()]);
    let sign = sign(talk.server, server, WeakSetting::ClearTextPatientData, Protocol::Dicom, reason);
    Sign { others: talk.client.into_iter().collect(), ..sign }
}

fn services_with(scene: &Scene<'_>, kind: FactKind, fits: impl Fn(&str) -> bool) -> BTreeSet<Endpoint> {
    scene.facts(kind).iter().filter(|seen| fits(seen.value())).filter_map(Seen::endpoint).collect()
}

/// HL7 v2 messages about patients: all but acknowledgements, master files and network management (HL7 v2, 2.14, 8, 14).
fn is_about_patients(message: &str) -> bool {
    let kind = message.split('^').next().unwrap_or(message);
    let about_systems = ["ACK", "MCF", "MFN", "MFK", "MFQ", "MFR", "NMD", "NMQ", "NMR"];
    kind.len() == 3 && !about_systems.contains(&kind)
}

fn messages_in_clear(scene: &Scene<'_>) -> Vec<Sign> {
    let services = grouped(scene, Protocol::Hl7, |talk| talk.conversation.server);
    services.into_iter().filter_map(|(server, talks)| messages(scene, server, &talks)).collect()
}

fn messages(scene: &Scene<'_>, server: Endpoint, talks: &[Talk<'_>]) -> Option<Sign> {
    let receiver = Subject::Ip(server.ip);
    let received =
        scene.facts(FactKind::Hl7Receives).iter().filter(|seen| seen.observation.subject == receiver);
    let clinical: Vec<_> = received.filter(|seen| is_about_patients(seen.value())).collect();
    let kinds = phrases::list(clinical.iter().map(|seen| seen.value().to_owned()))?;
    let text = format!("{server} was sent messages about patients (HL7 {kinds}) without encryption");
    let grounds = clinical.iter().map(|seen| seen.ground()).chain(talks.iter().map(Talk::ground));
    let reason = Reason::new(text, grounds);
    let sign = sign(talks.first()?.server, server, WeakSetting::ClearTextPatientData, Protocol::Hl7, reason);
    Some(Sign { others: talks.iter().filter_map(|talk| talk.client).collect(), ..sign })
}

fn open_to_many(scene: &Scene<'_>) -> Vec<Sign> {
    let rejecting = services_with(scene, FactKind::DicomAssociation, |outcome| outcome == "rejected");
    let commands = scene.facts(FactKind::DicomCommand).iter();
    let commanding: BTreeSet<_> = commands.filter_map(|seen| seen.observation.subject.ip()).collect();
    let services = grouped(scene, Protocol::Dicom, |talk| talk.conversation.server);
    let accepted = scene.facts(FactKind::DicomAssociation).iter().filter(|seen| seen.value() == "accepted");
    let open = |seen: &Seen<'_>| {
        let server = seen.endpoint()?;
        // Where the service also rejected somebody, only hosts that went on to send a command count as accepted.
        let counts = |ip: &IpAddr| !rejecting.contains(&server) || commanding.contains(ip);
        let talks = services.get(&server)?.iter();
        let clients =
            hosts(talks.filter(|talk| talk.conversation.was_answered() && counts(&talk.conversation.client)));
        open_service(seen, server, clients)
    };
    accepted.filter_map(open).collect()
}

/// The clients of some conversations, each once however many addresses it has.
fn hosts<'a>(talks: impl Iterator<Item = &'a Talk<'a>>) -> BTreeMap<String, Ground> {
    let mut hosts = BTreeMap::new();
    for talk in talks {
        let host = talk.client.map_or_else(|| talk.conversation.client.to_string(), |id| id.to_string());
        hosts.entry(host).or_insert(talk.ground());
    }
    hosts
}

fn open_service(accepted: &Seen<'_>, server: Endpoint, clients: BTreeMap<String, Ground>) -> Option<Sign> {
    if clients.len() < MANY_HOSTS {
        return None;
    }
    let text = format!(
        "{server} accepted {} different hosts over DICOM, none of which was asked for a password or certificate that \
         we could see",
        clients.len()
    );
    let grounds = [accepted.ground()].into_iter().chain(clients.into_values());
    Some(sign(
        accepted.asset,
        server,
        WeakSetting::DicomOpenToMany,
        Protocol::Dicom,
        Reason::new(text, grounds),
    ))
}
