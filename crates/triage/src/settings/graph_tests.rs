//! Rules that need the graph of conversations, or facts of several devices: each with what it finds and what it must not.

use wardround_model::{DeviceClass, FactKind, Protocol, WeakSetting};

use super::rulebook::file;
use crate::hospital::Hospital;

const PUMP: &str = "10.1.1.1";
const PEER: &str = "10.1.2.9";

/// A pump and a workstation of another stretch of the network.
fn pump() -> Hospital {
    Hospital::default().host(PUMP, DeviceClass::InfusionPump).host(PEER, DeviceClass::Workstation)
}

fn codes(hospital: &Hospital, setting: WeakSetting) -> Vec<String> {
    hospital.codes().into_iter().filter(|code| code.contains(&format!(" {}:", setting.code()))).collect()
}

#[track_caller]
fn check(setting: WeakSetting, hospital: &Hospital, expected: &[&str]) {
    assert_eq!(codes(hospital, setting), expected);
}

#[test]
fn screens_and_consoles_used_from_another_area() {
    let setting = WeakSetting::RemoteAccessAcrossAreas;
    for (server, protocol, expected) in [
        ("10.1.1.1:23/tcp", Some(Protocol::Telnet), vec!["10.1.1.1 remote-access-across-areas:telnet"]),
        ("10.1.1.1:3389/tcp", None, vec!["10.1.1.1 remote-access-across-areas:rdp"]),
        ("10.1.1.1:3389/tcp", Some(Protocol::Tls), vec!["10.1.1.1 remote-access-across-areas:rdp"]),
        ("10.1.1.1:3389/tcp", Some(Protocol::Rdp), vec!["10.1.1.1 remote-access-across-areas:rdp"]),
        ("10.1.1.1:4000/tcp", Some(Protocol::Rdp), vec!["10.1.1.1 remote-access-across-areas:rdp"]),
        ("10.1.1.1:5900/tcp", None, vec!["10.1.1.1 remote-access-across-areas:vnc"]),
        ("10.1.1.1:5900/tcp", Some(Protocol::Http), vec![]),
        ("10.1.1.1:5985/tcp", Some(Protocol::Winrm), vec!["10.1.1.1 remote-access-across-areas:winrm"]),
        ("10.1.1.1:5985/tcp", Some(Protocol::Http), vec![]),
        ("10.1.1.1:3389/udp", None, vec![]),
        ("10.1.1.1:443/tcp", Some(Protocol::Tls), vec![]),
        ("10.1.2.9:3389/tcp", None, vec![]),
    ] {
        check(setting, &pump().talks(PEER, server, protocol), &expected);
    }
    let near = pump().host("10.1.1.7", DeviceClass::Workstation);
    check(setting, &near.talks("10.1.1.7", "10.1.1.1:23/tcp", Some(Protocol::Telnet)), &[]);
    let mut silent = pump().talks(PEER, "10.1.1.1:3389/tcp", None);
    silent.conversations[0].to_client.bytes = 0;
    check(setting, &silent, &[]);
    let mut one_area = pump().talks(PEER, "10.1.1.1:23/tcp", Some(Protocol::Telnet));
    one_area
        .assets
        .iter_mut()
        .for_each(|asset| asset.care_area = Some(crate::hospital::claim("ICU".to_owned())));
    check(setting, &one_area, &[]);
}

#[test]
fn clinical_devices_that_talk_to_the_internet() {
    let setting = WeakSetting::ClinicalToInternet;
    let expected = ["10.1.1.1 clinical-to-internet:internet"];
    check(setting, &pump().talks(PUMP, "52.1.2.3:443/tcp", Some(Protocol::Tls)), &expected);
    check(setting, &pump().talks("52.1.2.3", "10.1.1.1:80/tcp", Some(Protocol::Http)), &expected);
    check(setting, &pump().talks(PUMP, "[2606:4700::1]:443/tcp", Some(Protocol::Tls)), &expected);
    for (client, server) in [
        (PEER, "52.1.2.3:443/tcp"),
        (PUMP, "10.9.9.9:443/tcp"),
        (PUMP, "100.64.1.1:443/tcp"),
        (PUMP, "224.0.0.251:5353/udp"),
        (PUMP, "[fe80::1]:443/tcp"),
    ] {
        check(setting, &pump().talks(client, server, Some(Protocol::Tls)), &[]);
    }
}

#[test]
fn clinical_devices_that_obey_other_networks() {
    let setting = WeakSetting::UnauthenticatedControl;
    let asked = |class, client: &str, outcome| {
        let hospital = Hospital::default().host(PUMP, class).host(client, DeviceClass::Workstation);
        let hospital = hospital.service("10.1.1.1:104/tcp", FactKind::DicomAssociation, outcome);
        hospital.talks(client, "10.1.1.1:104/tcp", Some(Protocol::Dicom))
    };
    let modality = DeviceClass::ImagingModality;
    check(setting, &asked(modality, PEER, "accepted"), &["10.1.1.1 unauthenticated-control:dicom"]);
    check(setting, &asked(modality, PEER, "rejected"), &[]);
    check(setting, &asked(modality, "10.1.1.9", "accepted"), &[]);
    check(setting, &asked(DeviceClass::ImagingArchive, PEER, "accepted"), &[]);
}

#[test]
fn addresses_and_names_from_devices_that_are_no_servers() {
    let setting = WeakSetting::RogueNetworkService;
    let served = |servers: &[(&str, DeviceClass)], port: u16, protocol| {
        let client = Hospital::default().host(PEER, DeviceClass::Workstation);
        servers.iter().fold(client, |hospital, (address, class)| {
            hospital.host(address, *class).talks(PEER, &format!("{address}:{port}/udp"), Some(protocol))
        })
    };
    let both = [("10.1.2.1", DeviceClass::NetworkService), ("10.1.2.7", DeviceClass::Camera)];
    check(setting, &served(&both, 67, Protocol::Dhcp), &["10.1.2.7 rogue-network-service:dhcp"]);
    check(setting, &served(&both, 547, Protocol::Dhcpv6), &["10.1.2.7 rogue-network-service:dhcpv6"]);
    check(setting, &served(&both[1..], 547, Protocol::Dhcpv6), &[]);
    check(setting, &served(&both, 53, Protocol::Dns), &["10.1.2.7 rogue-network-service:dns"]);
    check(setting, &served(&both, 80, Protocol::Http), &[]);
    check(setting, &served(&both[1..], 67, Protocol::Dhcp), &[]);
    let servers = [("10.1.2.1", DeviceClass::NetworkService), ("10.1.2.2", DeviceClass::Server)];
    check(setting, &served(&servers, 67, Protocol::Dhcp), &[]);
}

#[test]
fn one_certificate_on_several_devices() {
    let setting = WeakSetting::TlsCertificateShared;
    let shown = |hospital: Hospital, address: &str, begins: &str, key: &str| {
        let place = format!("{address}:443/tcp");
        hospital
            .host(address, DeviceClass::BuildingController)
            .service(&place, FactKind::TlsCertificateNotBefore, begins)
            .service(&place, FactKind::TlsCertificateNotAfter, "2036-01-01T10:20:30Z")
            .service(&place, FactKind::TlsCertificateKey, key)
    };
    let two = |begins: &str, key: &str| {
        let one = shown(Hospital::default(), "10.1.1.1", "2016-01-01T10:20:30Z", "rsa-2048");
        shown(one, "10.1.1.2", begins, key)
    };
    let expected = ["10.1.1.1 tls-certificate-shared:tls", "10.1.1.2 tls-certificate-shared:tls"];
    let mut found = codes(&two("2016-01-01T10:20:30Z", "rsa-2048"), setting);
    found.sort();
    assert_eq!(found, expected);
    check(setting, &two("2016-01-01T10:20:31Z", "rsa-2048"), &[]);
    check(setting, &two("2016-01-01T10:20:30Z", "rsa-4096"), &[]);
    let midnight = |hospital, address| shown(hospital, address, "2016-01-01T00:00:00Z", "rsa-2048");
    check(setting, &midnight(midnight(Hospital::default(), "10.1.1.1"), "10.1.1.2"), &[]);
    let one = shown(Hospital::default(), "10.1.1.1", "2016-01-01T10:20:30Z", "rsa-2048");
    let twice = one
        .service("10.1.1.1:8443/tcp", FactKind::TlsCertificateNotBefore, "2016-01-01T10:20:30Z")
        .service("10.1.1.1:8443/tcp", FactKind::TlsCertificateNotAfter, "2036-01-01T10:20:30Z")
        .service("10.1.1.1:8443/tcp", FactKind::TlsCertificateKey, "rsa-2048");
    check(setting, &twice, &[]);
}

#[test]
fn new_devices_are_those_that_no_list_of_their_kind_names() {
    let setting = WeakSetting::NewDevice;
    let two =
        pump().host("10.1.1.2", DeviceClass::InfusionPump).fact("10.1.1.2", FactKind::ListedTag, "MT-1");
    let seen = |hospital: Hospital| hospital.talks(PUMP, "10.1.2.9:443/tcp", None);
    check(setting, &seen(two.clone()), &["10.1.1.1 new-device:inventory"]);
    check(setting, &two, &[]);
    check(setting, &seen(pump()), &[]);
    check(setting, &seen(two.fact(PUMP, FactKind::ListedTag, "MT-2")), &[]);
    let of_others =
        pump().host("10.1.1.2", DeviceClass::Printer).fact("10.1.1.2", FactKind::ListedTag, "P-1");
    assert!(!codes(&seen(of_others), setting).iter().any(|code| code.starts_with(PUMP)));
}

#[test]
fn vanished_devices_are_those_that_were_not_seen_where_others_were() {
    let setting = WeakSetting::VanishedDevice;
    let listed = |state: &str, other: &str| {
        let hospital = pump().fact(PUMP, FactKind::ListedState, state).host(other, DeviceClass::InfusionPump);
        hospital.fact(other, FactKind::ListedTag, "MT-2").talks(other, "10.1.2.9:443/tcp", None)
    };
    check(setting, &listed("in-use", "10.1.1.2"), &["10.1.1.1 vanished-device:inventory"]);
    check(setting, &listed("spare", "10.1.1.2"), &[]);
    check(setting, &listed("in-use", "10.7.7.2"), &[]);
    let seen = listed("in-use", "10.1.1.2").talks(PUMP, "10.1.2.9:443/tcp", None);
    check(setting, &seen, &[]);
}

/// A hospital in which a device shows this weak setting.
fn showing(setting: &str) -> Hospital {
    let hospital = pump();
    match setting {
        "cleartext-patient-data" => hospital.talks(PUMP, "10.1.2.9:104/tcp", Some(Protocol::Dicom)).fact(
            PUMP,
            FactKind::DicomCommand,
            "C-STORE-RQ",
        ),
        "clinical-to-internet" => hospital.talks(PUMP, "52.1.2.3:443/tcp", Some(Protocol::Tls)),
        "unauthenticated-control" => hospital
            .service("10.1.1.1:104/tcp", FactKind::DicomAssociation, "accepted")
            .talks(PEER, "10.1.1.1:104/tcp", Some(Protocol::Dicom)),
        "remote-access-across-areas" => hospital.talks(PEER, "10.1.1.1:3389/tcp", None),
        "smb1" => hospital.service("10.1.1.1:445/tcp", FactKind::SmbDialect, "1.0"),
        "tls-version-old" => hospital.service("10.1.1.1:443/tcp", FactKind::TlsVersion, "1.0"),
        other => panic!("no hospital shows {other}"),
    }
}

#[test]
fn the_sheet_is_contradicted_by_the_network_alone() {
    for rule in &file().unwrap().contradictions {
        let contradicted = |example: &String| {
            let (answer, setting) = example.split_once(' ').unwrap();
            let hospital = showing(setting).fact(PUMP, FactKind::Mds2Answer, answer);
            assert!(hospital.codes().iter().any(|code| code.contains(setting)), "{setting} is not shown");
            !codes(&hospital, WeakSetting::Mds2Contradicted).is_empty()
        };
        assert!(rule.yes.iter().all(contradicted), "{} is missed", rule.answer);
        assert!(!rule.no.iter().any(contradicted), "{} is blamed", rule.answer);
    }
}
