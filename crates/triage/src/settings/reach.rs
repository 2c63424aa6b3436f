//! Weak settings that only the graph of conversations shows: screens and consoles used from other areas, clinical devices
//! that talk to the Internet or obey hosts of other networks, servers of addresses and names that should not be there.
//!
//! An area is a stretch of addresses, unless both sides are said to serve one care area. Not seen here: what a firewall
//! would allow, and what nobody used while the network was watched.

use std::collections::BTreeMap;

use wardround_model::{
    Area, Asset, AssetId, DeviceClass, Endpoint, FactKind, Ground, Protocol, Reason, Transport, WeakSetting,
};

use super::Sign;
use crate::phrases;
use crate::scene::{Scene, Talk, same_stretch};

/// Ports of remote screens, where the protocol itself is not recognised (IANA).
const SCREENS: &[(std::ops::RangeInclusive<u16>, &str, &str)] =
    &[(3389..=3389, "rdp", "Remote Desktop"), (5900..=5905, "vnc", "VNC")];

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    [across_areas(scene), to_the_internet(scene), unasked_control(scene), rogue(scene)].concat()
}

/// A sign that traffic shows.
fn sign(
    asset: &Asset,
    setting: WeakSetting,
    protocol: &str,
    endpoint: Option<Endpoint>,
    title: String,
    reason: Reason,
) -> Sign {
    let (asset, protocol) = (asset.id, protocol.to_owned());
    Sign::seen(asset, setting, protocol, endpoint, title, reason)
}

fn is_another_area(scene: &Scene<'_>, talk: &Talk<'_>) -> bool {
    if same_stretch(talk.conversation.client, talk.conversation.server.ip) {
        return false;
    }
    let area = |asset: &Asset| asset.care_area.as_ref().map(|claim| claim.value.clone());
    let of_client = talk.client.and_then(|id| scene.asset(id)).and_then(area);
    of_client.is_none() || of_client != area(talk.server)
}

/// Its code and name, where a conversation is with a remote screen or console.
fn screen_or_console(talk: &Talk<'_>) -> Option<(&'static str, &'static str)> {
    if talk.speaks(Protocol::Telnet) {
        return Some(("telnet", "Telnet"));
    }
    if talk.speaks(Protocol::Rdp) {
        return Some(("rdp", "Remote Desktop"));
    }
    if talk.speaks(Protocol::Vnc) {
        return Some(("vnc", "VNC"));
    }
    if talk.speaks(Protocol::Winrm) {
        return Some(("winrm", "WinRM"));
    }
    let server = talk.conversation.server;
    let of_port = |(ports, code, name): &(std::ops::RangeInclusive<u16>, &'static str, &'static str)| {
        ports.contains(&server.port).then_some((*code, *name))
    };
    let unknown = talk.conversation.protocol.is_none_or(|protocol| protocol == Protocol::Tls);
    (unknown && server.transport == Transport::Tcp).then(|| SCREENS.iter().find_map(of_port)).flatten()
}

fn across_areas(scene: &Scene<'_>) -> Vec<Sign> {
    let guarded = |asset: &Asset| matches!(asset.class.value.area(), Area::Medical | Area::Plant);
    let used = scene.talks().iter().filter(|talk| talk.conversation.was_answered() && guarded(talk.server));
    let signs = used.filter(|talk| is_another_area(scene, talk)).filter_map(|talk| {
        let (code, name) = screen_or_console(talk)?;
        let (client, server) = (talk.conversation.client, talk.conversation.server);
        let title = format!("{name} is used from another area of the network");
        let text = format!("{client} of another area used {name} at {server}");
        let reason = Reason::new(text, [talk.ground()]);
        Some(sign(talk.server, WeakSetting::RemoteAccessAcrossAreas, code, Some(server), title, reason))
    });
    signs.collect()
}

fn to_the_internet(scene: &Scene<'_>) -> Vec<Sign> {
    let clinical = scene.outward().iter().filter(|one| one.asset.class.value.is_medical());
    let signs = clinical.map(|one| {
        let spoken = one.conversation.protocol.map(|protocol| format!(" over {}", protocol.label()));
        let title = "A clinical device talks to the Internet".to_owned();
        let text = format!("It talked to {} on the Internet{}", one.outside, spoken.unwrap_or_default());
        let reason = Reason::new(text, [Ground::Conversation(one.conversation.id())]);
        sign(one.asset, WeakSetting::ClinicalToInternet, "internet", None, title, reason)
    });
    signs.collect()
}

/// Archives and information systems are made to be used from everywhere; they are told of by `dicom-open-to-many`.
fn is_bedside_or_modality(class: DeviceClass) -> bool {
    class.is_medical() && !matches!(class, DeviceClass::ImagingArchive | DeviceClass::ClinicalSystem)
}

fn unasked_control(scene: &Scene<'_>) -> Vec<Sign> {
    let accepted = scene.facts(FactKind::DicomAssociation).iter().filter(|seen| seen.value() == "accepted");
    let signs = accepted.filter(|seen| is_bedside_or_modality(seen.asset.class.value)).flat_map(|seen| {
        let server = seen.endpoint();
        let talks = scene.talks().iter().filter(move |talk| Some(talk.conversation.server) == server);
        let afar = talks.filter(|talk| {
            talk.speaks(Protocol::Dicom) && talk.conversation.was_answered() && is_another_area(scene, talk)
        });
        afar.map(|talk| {
            let (client, server) = (talk.conversation.client, talk.conversation.server);
            let title = "Answers hosts of other networks without a login (DICOM)".to_owned();
            let text =
                format!("{server} accepted {client} of another network over DICOM, and no login was seen");
            let reason = Reason::new(text, [seen.ground(), talk.ground()]);
            sign(talk.server, WeakSetting::UnauthenticatedControl, "dicom", Some(server), title, reason)
        })
    });
    signs.collect()
}

/// Addresses and names are given out by servers and network devices; another device that does so beside them is one too
/// many.
fn rogue(scene: &Scene<'_>) -> Vec<Sign> {
    [(Protocol::Dhcp, "addresses"), (Protocol::Dhcpv6, "addresses"), (Protocol::Dns, "names")]
        .into_iter()
        .flat_map(|(protocol, what)| rogue_of(scene, protocol, what))
        .collect()
}

fn rogue_of(scene: &Scene<'_>, protocol: Protocol, what: &str) -> Vec<Sign> {
    let mut serving: BTreeMap<AssetId, Vec<&Talk<'_>>> = BTreeMap::new();
    for talk in scene.talks().iter().filter(|talk| talk.speaks(protocol) && talk.conversation.was_answered())
    {
        serving.entry(talk.server.id).or_default().push(talk);
    }
    let is_meant = |asset: &Asset| {
        matches!(asset.class.value.area(), Area::Infrastructure) || asset.class.value == DeviceClass::Unknown
    };
    let first = |talks: &Vec<&Talk<'_>>| talks.first().map(|talk| talk.server.id);
    let meant = serving.values().filter(|talks| talks.first().is_some_and(|talk| is_meant(talk.server)));
    if meant.filter_map(first).next().is_none() {
        return Vec::new();
    }
    let others = serving.values().filter_map(|talks| talks.first().copied().zip(Some(talks)));
    let rogue = others.filter(|(talk, _)| !is_meant(talk.server)).map(|(talk, talks)| {
        let kind = talk.server.class.value.label();
        let title = format!("A {kind} gives out {what} ({})", protocol.label());
        let clients = phrases::list(talks.iter().map(|talk| talk.conversation.client.to_string()));
        let text = format!(
            "{} gave out {what} to {}, beside the hospital's own server",
            talk.conversation.server,
            clients.unwrap_or_default()
        );
        let reason = Reason::new(text, talks.iter().map(|talk| talk.ground()));
        let endpoint = Some(talk.conversation.server);
        sign(talk.server, WeakSetting::RogueNetworkService, protocol.code(), endpoint, title, reason)
    });
    rogue.collect()
}
