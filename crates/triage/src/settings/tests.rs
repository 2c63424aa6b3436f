use wardround_model::{DeviceClass, FactKind, Protocol};

use crate::hospital::Hospital;

const SERVER: &str = "10.1.1.1";

fn server() -> Hospital {
    Hospital::default().host(SERVER, DeviceClass::Server)
}

/// A service on the server that shows one fact gives exactly these codes.
fn check(kind: FactKind, value: &str, expected: &[&str]) {
    let codes = server().service("10.1.1.1:443/tcp", kind, value).codes();
    let expected: Vec<_> = expected.iter().map(|code| format!("{SERVER} {code}")).collect();
    assert_eq!(codes, expected, "{} {value}", kind.code());
}

#[test]
fn one_fact_shows_a_weak_setting_or_none() {
    for (kind, value, expected) in [
        (FactKind::ClearTextLogin, "telnet", "cleartext-credentials:telnet"),
        (FactKind::ClearTextLogin, "ftp", "cleartext-credentials:ftp"),
        (FactKind::ClearTextLogin, "http-basic", "cleartext-credentials:http-basic"),
        (FactKind::SmbDialect, "1.0", "smb1:smb"),
        (FactKind::TlsCertificateNotAfter, "2026-11-23T23:59:59Z", "tls-certificate-expired:tls"),
        (FactKind::TlsCertificateNotBefore, "2026-11-24T00:00:01Z", "tls-certificate-expired:tls"),
        (FactKind::TlsCertificateSelfSigned, "yes", "tls-certificate-self-signed:tls"),
        (FactKind::TlsCertificateKey, "rsa-1024", "tls-certificate-weak:tls"),
        (FactKind::TlsCertificateKey, "rsa-2047", "tls-certificate-weak:tls"),
        (FactKind::TlsCertificateKey, "ec-192", "tls-certificate-weak:tls"),
        (FactKind::TlsCertificateSignature, "sha1-rsa", "tls-certificate-weak:tls"),
        (FactKind::TlsCertificateSignature, "md5WithRSAEncryption", "tls-certificate-weak:tls"),
        (FactKind::TlsVersion, "1.0", "tls-version-old:tls"),
        (FactKind::TlsVersion, "1.1", "tls-version-old:tls"),
        (FactKind::TlsVersion, "ssl3", "tls-version-old:tls"),
        (FactKind::SnmpDefaultCommunity, "public", "snmp-default-community:snmp"),
        (FactKind::SnmpDefaultCommunity, "private", "snmp-default-community:snmp"),
    ] {
        check(kind, value, &[expected]);
    }
}

#[test]
fn what_is_well_set_gives_no_finding() {
    for (kind, value) in [
        (FactKind::SmbDialect, "2.1"),
        (FactKind::SmbDialect, "3.1.1"),
        // A certificate is valid from its first moment to its last.
        (FactKind::TlsCertificateNotAfter, "2026-11-24T00:00:00Z"),
        (FactKind::TlsCertificateNotBefore, "2026-11-24T00:00:00Z"),
        (FactKind::TlsCertificateSelfSigned, "no"),
        (FactKind::TlsCertificateKey, "rsa-2048"),
        (FactKind::TlsCertificateKey, "ec-224"),
        (FactKind::TlsCertificateKey, "ed25519"),
        (FactKind::TlsCertificateSignature, "sha256-rsa"),
        (FactKind::TlsCertificateSignature, "ecdsa-with-SHA384"),
        (FactKind::TlsVersion, "1.2"),
        (FactKind::TlsVersion, "1.3"),
        (FactKind::SnmpVersion, "2c"),
        (FactKind::SshBanner, "SSH-2.0-dropbear"),
    ] {
        check(kind, value, &[]);
    }
}

#[test]
fn a_fact_of_nobody_known_gives_no_finding() {
    let mut hospital = server().service("10.1.1.1:23/tcp", FactKind::ClearTextLogin, "telnet");
    hospital.assets.clear();
    assert!(hospital.triage().findings.is_empty());
}

#[test]
fn two_services_with_one_weak_setting_are_one_finding_with_both_reasons() {
    let triaged = server()
        .service("10.1.1.1:8443/tcp", FactKind::TlsVersion, "1.0")
        .service("10.1.1.1:443/tcp", FactKind::TlsVersion, "1.1")
        .triage();
    let [finding] = triaged.findings.as_slice() else { panic!("{:?}", triaged.findings) };
    assert_eq!(finding.endpoint.unwrap().port, 443);
    assert_eq!(finding.reasons.len(), 2);
    assert!(finding.reasons.iter().all(|reason| reason.grounds.len() == 1));
}

#[test]
fn reasons_beyond_the_limit_are_counted_and_keep_their_grounds() {
    let hospital = (1..=9).fold(server(), |hospital, port| {
        hospital.service(&format!("10.1.1.1:{port}/tcp"), FactKind::TlsVersion, "1.0")
    });
    let findings = hospital.triage().findings;
    let last = findings[0].reasons.last().unwrap();
    assert_eq!((findings[0].reasons.len(), last.grounds.len()), (6, 4));
    assert_eq!(last.text, "The same was seen 4 times more");
}

const ARCHIVE: &str = "10.1.2.10:104/tcp";

fn archive() -> Hospital {
    let hospital = Hospital::default().host("10.1.2.10", DeviceClass::ImagingArchive);
    hospital.service(ARCHIVE, FactKind::DicomAssociation, "accepted")
}

fn modality(hospital: Hospital, address: &str) -> Hospital {
    hospital.host(address, DeviceClass::ImagingModality).talk(address, ARCHIVE, Protocol::Dicom)
}

#[test]
fn images_sent_in_clear_are_a_finding_on_the_receiver() {
    let stored = modality(archive(), "10.1.2.21").fact("10.1.2.21", FactKind::DicomCommand, "C-STORE-RQ");
    assert_eq!(stored.codes(), ["10.1.2.10 cleartext-patient-data:dicom"]);
    assert_eq!(stored.triage().findings[0].reasons[0].grounds.len(), 2);

    let echoed = modality(archive(), "10.1.2.21").fact("10.1.2.21", FactKind::DicomCommand, "C-ECHO-RQ");
    assert!(echoed.codes().is_empty());

    let in_mid_stream = modality(archive(), "10.1.2.21").fact("10.1.2.21", FactKind::DicomModel, "Optima 5");
    assert_eq!(in_mid_stream.codes(), ["10.1.2.10 cleartext-patient-data:dicom"]);
}

#[test]
fn images_go_to_the_service_that_stores_them() {
    let worklist = "10.1.2.30:105/tcp";
    let two = modality(archive(), "10.1.2.21")
        .fact("10.1.2.21", FactKind::DicomCommand, "C-STORE-RQ")
        .host("10.1.2.30", DeviceClass::ClinicalSystem)
        .talk("10.1.2.21", worklist, Protocol::Dicom);
    assert!(two.codes().is_empty(), "which of the two got them was not seen");
    let told = two.service(ARCHIVE, FactKind::DicomAcceptsSop, "1.2.840.10008.5.1.4.1.1.2");
    assert_eq!(told.codes(), ["10.1.2.10 cleartext-patient-data:dicom"]);
}

#[test]
fn images_that_a_service_sends_are_a_finding_on_the_service() {
    let sends = modality(archive(), "10.1.2.21").fact("10.1.2.10", FactKind::DicomCommand, "C-STORE-RQ");
    let fetched = sends.clone().fact("10.1.2.21", FactKind::DicomCommand, "C-GET-RQ");
    assert_eq!(fetched.codes(), ["10.1.2.10 cleartext-patient-data:dicom"]);
    assert!(sends.codes().is_empty(), "nobody fetched images, so they went to others");
}

#[test]
fn messages_about_patients_in_clear_are_a_finding_on_the_receiver() {
    let engine = |message: &str| {
        Hospital::default()
            .host("10.1.3.1", DeviceClass::ClinicalSystem)
            .host("10.1.3.2", DeviceClass::ClinicalSystem)
            .talk("10.1.3.1", "10.1.3.2:6661/tcp", Protocol::Hl7)
            .fact("10.1.3.2", FactKind::Hl7Receives, message)
            .fact("10.1.3.1", FactKind::Hl7Receives, "ACK")
            .codes()
    };
    for message in ["ADT^A01", "ORU^R01", "ORM^O01", "QRY"] {
        assert_eq!(engine(message), ["10.1.3.2 cleartext-patient-data:hl7"], "{message}");
    }
    for message in ["ACK", "ACK^A01", "MFN^M02", "NMD^N02"] {
        assert!(engine(message).is_empty(), "{message}");
    }
}

#[test]
fn an_image_service_is_open_to_many_from_three_hosts_on() {
    let two = modality(modality(archive(), "10.1.2.21"), "10.1.2.22");
    assert!(two.codes().is_empty());
    let three = modality(two.clone(), "10.1.2.23");
    assert_eq!(three.codes(), ["10.1.2.10 dicom-open-to-many:dicom"]);
    let encrypted = two.host("10.1.2.23", DeviceClass::Workstation).talk("10.1.2.23", ARCHIVE, Protocol::Tls);
    assert!(encrypted.codes().is_empty());
    let some_rejected = three.service(ARCHIVE, FactKind::DicomAssociation, "rejected");
    assert!(some_rejected.codes().is_empty(), "who was accepted was not seen");
}

#[test]
fn two_addresses_of_one_host_count_once() {
    let mut hospital = modality(modality(modality(archive(), "10.1.2.21"), "10.1.2.22"), "10.1.2.23");
    let last = hospital.assets.pop().unwrap();
    hospital.assets.last_mut().unwrap().ips.extend(last.ips);
    assert!(hospital.codes().is_empty());
}
