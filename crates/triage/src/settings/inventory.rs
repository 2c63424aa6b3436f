//! New and vanished devices: what the network shows against what inventory lists name.
//!
//! A device is new only where lists name most devices of its class: a list of medical devices says nothing of printers,
//! and one that names a single server says nothing of servers. A device has vanished only where others of its stretch of the network were seen while it was not.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use wardround_model::{Asset, AssetId, DeviceClass, FactKind, Grade, Ground, Reason, WeakSetting};

use super::Sign;
use crate::scene::{Scene, same_stretch};

/// What only an inventory list says of a device.
const OF_INVENTORY: &[FactKind] = &[
    FactKind::ListedTag,
    FactKind::ListedState,
    FactKind::ListedType,
    FactKind::ListedClass,
    FactKind::ListedModel,
    FactKind::ListedSerial,
];

/// Beginnings of kinds that only traffic shows.
const OF_TRAFFIC: &[&str] = &[
    "address.sends-from",
    "astm.",
    "bacnet.",
    "coap.",
    "dicom.",
    "ethernet-ip.",
    "fhir.",
    "ftp.",
    "hl7.",
    "http.",
    "intellivue.",
    "ipp.",
    "kerberos.",
    "knx.",
    "llmnr.",
    "login.",
    "mdns.",
    "modbus.",
    "mongodb.",
    "netbios.",
    "ntlm.",
    "onvif.",
    "opc-ua.",
    "oracle.",
    "poct1-a.",
    "radius.",
    "rdp.",
    "rpc.",
    "s7.",
    "sip.",
    "smb.",
    "snmp.",
    "ssh.",
    "stp.",
    "syslog.",
    "telnet.",
    "tftp.",
    "tls.",
    "upnp.",
    "vnc.",
    "ws-discovery.",
    "xds.",
];

pub(super) fn signs(scene: &Scene<'_>) -> Vec<Sign> {
    let listed = listed(scene);
    if listed.is_empty() {
        return Vec::new();
    }
    let seen = seen_in_traffic(scene);
    let covered = covered_classes(scene, &listed, &seen);
    let watched: BTreeSet<IpAddr> = seen
        .keys()
        .filter_map(|id| scene.asset(*id))
        .filter(|asset| asset.seen_directly)
        .flat_map(|asset| asset.ips.clone())
        .collect();
    let new = scene.assets().filter(|asset| !listed.contains_key(&asset.id)).filter_map(|asset| {
        let ground = seen.get(&asset.id).filter(|_| covered.contains(&asset.class.value))?;
        Some(new_device(asset, *ground))
    });
    let vanished = listed.iter().filter(|(id, _)| !seen.contains_key(id)).filter_map(|(id, ground)| {
        let asset = scene.asset(*id).filter(|asset| is_in_use(scene, asset))?;
        let ip = asset.ips.iter().find(|ip| watched.iter().any(|other| same_stretch(**ip, *other)))?;
        Some(vanished_device(asset, *ip, *ground))
    });
    new.chain(vanished).collect()
}

/// Devices that an inventory list names, each with a fact that shows it.
fn listed(scene: &Scene<'_>) -> BTreeMap<AssetId, Ground> {
    let mut listed = BTreeMap::new();
    for seen in OF_INVENTORY.iter().flat_map(|kind| scene.facts(*kind)) {
        listed.entry(seen.asset.id).or_insert_with(|| seen.ground());
    }
    listed
}

/// Classes of which lists name at least as many devices as traffic shows beside them.
fn covered_classes(
    scene: &Scene<'_>,
    listed: &BTreeMap<AssetId, Ground>,
    seen: &BTreeMap<AssetId, Ground>,
) -> BTreeSet<DeviceClass> {
    let mut counts: BTreeMap<DeviceClass, (usize, usize)> = BTreeMap::new();
    for asset in scene.assets() {
        let (named, unnamed) = counts.entry(asset.class.value).or_default();
        *named += usize::from(listed.contains_key(&asset.id));
        *unnamed += usize::from(seen.contains_key(&asset.id) && !listed.contains_key(&asset.id));
    }
    let covered = |(named, unnamed): (usize, usize)| named > 0 && named >= unnamed;
    counts.into_iter().filter(|(_, counts)| covered(*counts)).map(|(class, _)| class).collect()
}

/// Devices that traffic shows, each with what shows it.
fn seen_in_traffic(scene: &Scene<'_>) -> BTreeMap<AssetId, Ground> {
    let mut seen = BTreeMap::new();
    for talk in scene.talks() {
        let server = talk.conversation.was_answered().then_some(talk.server.id);
        for id in server.into_iter().chain(talk.client) {
            seen.entry(id).or_insert_with(|| talk.ground());
        }
    }
    let kinds =
        FactKind::ALL.iter().filter(|kind| OF_TRAFFIC.iter().any(|start| kind.code().starts_with(start)));
    for fact in kinds.flat_map(|kind| scene.facts(*kind)) {
        seen.entry(fact.asset.id).or_insert_with(|| fact.ground());
    }
    seen
}

fn is_in_use(scene: &Scene<'_>, asset: &Asset) -> bool {
    scene.facts_of(asset.id, FactKind::ListedState).all(|seen| seen.value() == "in-use")
}

fn new_device(asset: &Asset, ground: Ground) -> Sign {
    let title = "A device that no list names".to_owned();
    let text =
        "It was seen on the network, and no inventory list names it, though one names other devices like it";
    let reason = Reason::new(text, [ground]);
    Sign::seen(asset.id, WeakSetting::NewDevice, "inventory".to_owned(), None, title, reason)
}

fn vanished_device(asset: &Asset, ip: IpAddr, ground: Ground) -> Sign {
    let title = "A listed device that was not seen".to_owned();
    let text = format!("A list names it at {ip}. Others near that address were seen, this one was not");
    let reason = Reason::new(text, [ground]);
    let sign = Sign::seen(asset.id, WeakSetting::VanishedDevice, "inventory".to_owned(), None, title, reason);
    Sign { grade: Grade::Listed, ..sign }
}
