//! What must hold whatever is observed.

use proptest::prelude::*;
use wardround_model::{DeviceClass, FactKind, Ground, Observation, Protocol, Subject};

use super::notation::Hospital;
use crate::Inventory;

const CARDS: &[&str] = &[
    "00:09:5c:00:00:05",
    "00:06:6b:00:00:06",
    "00:a0:57:00:00:01",
    "00:a0:57:00:00:02",
    "00:0f:14:00:00:07",
    "00:00:5e:00:01:07",
    "3a:91:5e:07:c4:18",
    "00:12:21:00:00:08",
];
const ADDRESSES: &[&str] = &[
    "10.1.1.1",
    "10.1.1.5",
    "10.1.1.6",
    "10.1.2.1",
    "10.1.2.7",
    "169.254.1.1",
    "93.184.216.34",
    "fe80::1",
    "fd00::5",
    "fd00::6",
    "fd01::7",
];
const FACTS: &[(FactKind, &[&str])] = &[
    (
        FactKind::DicomCommand,
        &["C-STORE-RQ", "C-STORE-RSP", "C-FIND-RQ", "C-FIND-RSP", "C-MOVE-RQ", "C-MOVE-RSP", "N-ACTION-RQ"],
    ),
    (FactKind::DicomModality, &["CT", "SR", "US"]),
    (FactKind::DicomManufacturer, &["Philips", "SIEMENS"]),
    (FactKind::DicomModel, &["Brilliance 64", "Sola", "HS70A"]),
    (FactKind::DicomDeviceSerial, &["4711", "0"]),
    (FactKind::LldpSerial, &["4711", "4712"]),
    (
        FactKind::DicomProposesSop,
        &["1.2.840.10008.5.1.4.31", "1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.1.20.1"],
    ),
    (
        FactKind::DicomAcceptsSop,
        &["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.2.2.1", "1.2.840.10008.5.1.1.9"],
    ),
    (FactKind::DicomImplementationVersion, &["OFFIS_DCMTK_367", "SYNGO"]),
    (FactKind::DicomCallingAe, &["CT1"]),
    (FactKind::Hl7Sends, &["ORU^R01", "ADT^A01", "OUL^R22", "ACK^R01"]),
    (FactKind::Hl7Receives, &["ORU^R01", "ADT^A01", "OML^O33", "ACK^R01"]),
    (FactKind::Hl7SendingApplication, &["LIS", "MONITOR", "ANALYSER"]),
    (FactKind::Hl7Version, &["2.6"]),
    (
        FactKind::HttpUserAgent,
        &["Mozilla/5.0 (Windows NT 10.0) Chrome/141.0", "Mozilla/5.0 (Linux; Android 14) Chrome/141.0"],
    ),
    (FactKind::SnmpSystemDescription, &["B. Braun SpaceStation", "Cisco IOS Software", "Linux"]),
    (FactKind::MdnsService, &["_ipp._tcp"]),
    (FactKind::MdnsHostName, &["CT-PRINTER-1"]),
    (FactKind::IsRouter, &["ndp", "dhcp"]),
];

fn pick<T: Copy + std::fmt::Debug>(list: &'static [T]) -> impl Strategy<Value = T> {
    (0..list.len()).prop_map(|place| list[place])
}

fn when() -> impl Strategy<Value = String> {
    (0..5u64, 0..5u64).prop_map(|(a, b)| format!("@{}-{}", a.min(b), a.max(b)))
}

fn binding() -> impl Strategy<Value = String> {
    let verb = prop_oneof![Just("owns"), Just("sends"), Just("sends")];
    (pick(CARDS), verb, pick(ADDRESSES), when())
        .prop_map(|(card, verb, ip, when)| format!("{card} {verb} {ip} {when}"))
}

fn fact() -> impl Strategy<Value = String> {
    (pick(FACTS), any::<prop::sample::Index>(), pick(ADDRESSES), when()).prop_map(
        |((kind, values), index, ip, when)| {
            format!("{ip} {} {} {when}", kind.code(), values[index.index(values.len())])
        },
    )
}

fn conversation() -> impl Strategy<Value = String> {
    let verb = prop_oneof![Just(">"), Just(">>"), Just(">?")];
    let port = prop_oneof![Just(104u16), Just(80), Just(9100)];
    (pick(ADDRESSES), verb, pick(ADDRESSES), port, pick(Protocol::ALL), any::<bool>(), when()).prop_map(
        |(client, verb, server, port, protocol, tcp, when)| {
            let server = std::net::SocketAddr::new(server.parse().unwrap(), port);
            let transport = if tcp { "tcp" } else { "udp" };
            format!("{client} {verb} {server}/{transport} {} {when}", protocol.code())
        },
    )
}

fn lines() -> impl Strategy<Value = Vec<String>> {
    let line = prop_oneof![2 => binding(), 4 => fact(), 2 => conversation()];
    // Observations are unique by subject and fact, conversations by client and server, as the readers make them.
    prop::collection::btree_map(any::<u32>(), line, 0..40).prop_map(|lines| {
        let mut seen = std::collections::BTreeSet::new();
        let key = |line: &str| line.split(" @").next().unwrap_or_default().to_owned();
        lines.into_values().filter(|line| seen.insert(key(line))).collect()
    })
}

fn page(inventory: &Inventory) -> String {
    format!("{:#?}\n{:#?}", inventory.assets, inventory.networks)
}

fn is_clinical_proof(hospital: &Hospital, ground: &Ground) -> bool {
    let clinical = |it: &&Observation| {
        let code = it.fact.kind().code();
        code.starts_with("dicom.") || code.starts_with("hl7.") || code == "snmp.system-description"
    };
    match ground {
        Ground::Observation(id) => hospital.observations.iter().filter(clinical).any(|it| it.id() == *id),
        Ground::Statement(_) => false,
        Ground::Conversation(id) => hospital
            .conversations
            .iter()
            .any(|it| it.id() == *id && it.protocol.is_some_and(Protocol::is_clinical)),
    }
}

proptest! {
    #[test]
    fn the_order_of_the_input_does_not_matter(lines in lines(), turn in any::<prop::sample::Index>()) {
        let hospital = Hospital::read(&lines.join("\n"));
        let mut turned = hospital.clone();
        turned.observations.reverse();
        turned.conversations.reverse();
        if !turned.observations.is_empty() {
            let by = turn.index(turned.observations.len());
            turned.observations.rotate_left(by);
        }
        prop_assert_eq!(page(&hospital.inventory()), page(&turned.inventory()));
    }

    #[test]
    fn the_number_of_threads_does_not_matter(lines in lines(), workers in 2usize..9) {
        let hospital = Hospital::read(&lines.join("\n"));
        let (alone, shared) = (hospital.inventory(), hospital.inventory_by(workers));
        prop_assert_eq!(alone.assets, shared.assets);
        prop_assert_eq!(alone.networks, shared.networks);
    }

    #[test]
    fn every_card_and_address_belongs_to_one_asset_at_most(lines in lines()) {
        let inventory = Hospital::read(&lines.join("\n")).inventory();
        let mut seen = std::collections::BTreeSet::new();
        for asset in &inventory.assets {
            let cards = asset.macs.iter().map(|mac| Subject::Mac(*mac));
            for subject in cards.chain(asset.ips.iter().map(|ip| Subject::Ip(*ip))) {
                prop_assert!(seen.insert(subject), "{subject} belongs to two");
                prop_assert_eq!(inventory.asset_of(&subject), Some(asset.id));
            }
            prop_assert!(!asset.macs.is_empty() || asset.ips.len() == 1);
        }
        let ids: std::collections::BTreeSet<_> = inventory.assets.iter().map(|asset| asset.id).collect();
        prop_assert_eq!(ids.len(), inventory.assets.len());
    }

    #[test]
    fn every_card_is_an_asset(lines in lines()) {
        let hospital = Hospital::read(&lines.join("\n"));
        let inventory = hospital.inventory();
        for observation in &hospital.observations {
            if matches!(observation.subject, Subject::Mac(_)) {
                prop_assert!(inventory.asset_of(&observation.subject).is_some());
            }
        }
    }

    #[test]
    fn claims_are_bounded_and_grounded(lines in lines()) {
        let hospital = Hospital::read(&lines.join("\n"));
        for asset in hospital.inventory().assets {
            let class = &asset.class;
            prop_assert!(class.confidence.as_percent() <= 97);
            prop_assert!(!class.reasons.is_empty());
            let is_unknown = class.value == DeviceClass::Unknown;
            prop_assert_eq!(is_unknown, class.confidence.as_percent() == 0);
            for reason in &class.reasons {
                prop_assert!(is_unknown || !reason.grounds.is_empty(), "{reason:?}");
                prop_assert!(reason.grounds.len() <= 10);
            }
            if class.value.is_medical() {
                prop_assert!(class.confidence.as_percent() >= 60);
                let mut grounds = class.reasons.iter().flat_map(|reason| &reason.grounds);
                prop_assert!(grounds.any(|ground| is_clinical_proof(&hospital, ground)), "{class:#?}");
            }
            for claim in [&asset.maker, &asset.model, &asset.serial, &asset.software].into_iter().flatten() {
                prop_assert!((1..=97).contains(&claim.confidence.as_percent()));
                prop_assert!(claim.reasons.iter().all(|reason| !reason.grounds.is_empty()));
            }
            prop_assert!(asset.first_seen <= asset.last_seen);
        }
    }
}
