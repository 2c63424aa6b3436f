use std::collections::BTreeMap;

use wardround_model::*;

use crate::hospital::{Hospital, vulnerability};

fn titles(hospital: &Hospital) -> Vec<String> {
    hospital.triage().plan.into_iter().map(|item| item.title).collect()
}

fn telnet(hospital: Hospital, address: &str, class: DeviceClass) -> Hospital {
    hospital.host(address, class).service(&format!("{address}:23/tcp"), FactKind::ClearTextLogin, "telnet")
}

#[test]
fn one_remedy_on_several_assets_is_one_item() {
    let two =
        telnet(telnet(Hospital::default(), "10.1.1.2", DeviceClass::Server), "10.1.1.1", DeviceClass::Server);
    let plan = two.triage().plan;
    assert_eq!(plan.len(), 1);
    assert_eq!((plan[0].assets.len(), plan[0].findings.len()), (2, 2));
    assert!(plan[0].title.contains("server at 10.1.1.1") && plan[0].title.contains("server at 10.1.1.2"));
}

#[test]
fn what_other_people_do_is_another_item() {
    let two = telnet(
        telnet(Hospital::default(), "10.1.1.1", DeviceClass::Server),
        "10.1.1.2",
        DeviceClass::InfusionPump,
    );
    assert_eq!(
        titles(&two),
        [
            "Ask the maker to replace Telnet logins by SSH: infusion pump at 10.1.1.2",
            "Replace Telnet logins by SSH: server at 10.1.1.1",
        ]
    );
}

#[test]
fn what_could_happen_is_told_for_each_class_of_device() {
    let two = telnet(Hospital::default(), "10.1.1.1", DeviceClass::InfusionPump);
    let plan = telnet(two, "10.1.1.2", DeviceClass::PatientMonitor).triage().plan;
    assert_eq!(plan.len(), 1);
    assert!(
        plan[0].why.contains("For the infusion pump: ") && plan[0].why.contains("For the patient monitor: ")
    );
}

#[test]
fn faults_of_one_certificate_are_one_item() {
    let hospital = Hospital::default()
        .host("10.1.1.1", DeviceClass::Server)
        .service("10.1.1.1:443/tcp", FactKind::TlsCertificateSelfSigned, "yes")
        .service("10.1.1.1:443/tcp", FactKind::TlsCertificateNotAfter, "2025-01-01")
        .service("10.1.1.1:443/tcp", FactKind::TlsVersion, "1.0");
    assert_eq!(
        titles(&hospital),
        [
            "Replace the certificate: server at 10.1.1.1",
            "Turn off old encryption (TLS 1.0, 1.1): server at 10.1.1.1"
        ]
    );
}

#[test]
fn all_weaknesses_of_one_product_are_one_item_led_by_the_worst() {
    let hospital = Hospital::default().host("10.1.1.1", DeviceClass::Server);
    let asset = &hospital.assets[0];
    let finding =
        |cve, exploited| vulnerability(asset, cve, "openbsd:openssh", Grade::ExactVersion, exploited);
    let findings =
        [finding("CVE-2020-0001", false), finding("CVE-2020-0002", true), finding("CVE-2020-0003", false)];
    let plan = super::plan(&findings, &BTreeMap::from([(asset.id, asset)]));
    assert_eq!(plan.len(), 1);
    assert_eq!(plan[0].title, "Update OpenSSH: server at 10.1.1.1");
    assert_eq!(plan[0].findings[0], findings[1].id);
    assert_eq!(plan[0].decision, findings[1].judgement.decision);
}

#[test]
fn many_assets_are_named_up_to_a_limit() {
    let many = (1..=9).fold(Hospital::default(), |hospital, last| {
        telnet(hospital, &format!("10.1.1.{last}"), DeviceClass::Server)
    });
    let titles = titles(&many);
    assert_eq!(titles.len(), 1);
    assert!(titles[0].ends_with("and 6 more"), "{}", titles[0]);
}

/// A small hospital with something of everything.
pub(crate) fn clinic() -> Hospital {
    let clinic = Hospital::default()
        .host("10.20.2.10", DeviceClass::ImagingArchive)
        .host("10.20.2.21", DeviceClass::ImagingModality)
        .made_by("Philips", "Brilliance 64")
        .host("10.20.2.24", DeviceClass::ImagingModality)
        .made_by("Agfa", "DX-D 100")
        .host("10.20.3.101", DeviceClass::Workstation)
        .host("10.20.1.51", DeviceClass::InfusionPump)
        .made_by("B. Braun", "SpaceStation")
        .host("10.20.1.10", DeviceClass::ClinicalSystem)
        .host("10.20.1.11", DeviceClass::ClinicalSystem)
        .host("10.20.1.30", DeviceClass::DatabaseServer)
        .host("10.20.3.82", DeviceClass::Server)
        .host("10.20.4.10", DeviceClass::BuildingController);
    clinic
        .service("10.20.2.10:104/tcp", FactKind::DicomAssociation, "accepted")
        .service("10.20.2.10:104/tcp", FactKind::DicomAcceptsSop, "1.2.840.10008.5.1.4.1.1.2")
        .talk("10.20.2.21", "10.20.2.10:104/tcp", Protocol::Dicom)
        .talk("10.20.2.24", "10.20.2.10:104/tcp", Protocol::Dicom)
        .talk("10.20.3.101", "10.20.2.10:104/tcp", Protocol::Dicom)
        .fact("10.20.2.21", FactKind::DicomCommand, "C-STORE-RQ")
        .service("10.20.2.24:445/tcp", FactKind::SmbDialect, "1.0")
        .service("10.20.1.51:23/tcp", FactKind::ClearTextLogin, "telnet")
        .service("10.20.1.51:161/udp", FactKind::SnmpDefaultCommunity, "public")
        .service("10.20.1.10:443/tcp", FactKind::TlsCertificateNotAfter, "2026-05-01")
        .talk("10.20.1.10", "10.20.1.11:6661/tcp", Protocol::Hl7)
        .fact("10.20.1.11", FactKind::Hl7Receives, "ADT^A01")
        .talk("10.20.1.10", "10.20.1.30:5432/tcp", Protocol::Postgresql)
        .service("10.20.1.30:5432/tcp", FactKind::TlsCertificateSelfSigned, "yes")
        .service("10.20.3.82:21/tcp", FactKind::ClearTextLogin, "ftp")
        .service("10.20.4.10:161/udp", FactKind::SnmpDefaultCommunity, "public")
        .service("10.20.4.10:443/tcp", FactKind::TlsVersion, "1.0")
        .service("10.20.4.10:443/tcp", FactKind::TlsCertificateKey, "rsa-1024")
}

#[test]
fn the_plan_of_a_clinic() {
    let plan = clinic().triage().plan;
    let told = plan.iter().enumerate().map(|(at, item)| {
        let PlanItem { title, what, why, how_sure, next_step, decision, findings, .. } = item;
        format!(
            "{}. {title} [{}, {} findings]\n  {what}\n  {why}\n  {how_sure}\n  {next_step}\n",
            at + 1,
            decision.label(),
            findings.len()
        )
    });
    insta::assert_snapshot!(told.collect::<Vec<_>>().join("\n"));
}
