mod grade;

use std::fmt::Write as _;

use wardround_model::*;

pub(crate) use self::grade::grade;
use crate::hospital::{Hospital, vulnerability};

fn told(item: &PlanItem) -> String {
    format!("{}\n  {}\n  {}\n  {}\n  {}\n\n", item.title, item.what, item.why, item.how_sure, item.next_step)
}

/// Every weak setting on a device of this class, as people read it.
fn settings_on(class: DeviceClass) -> String {
    let address = "10.1.1.1";
    let service =
        |kind, value| Hospital::default().host(address, class).service("10.1.1.1:99/tcp", kind, value);
    let archive = service(FactKind::DicomAssociation, "accepted")
        .talk("10.1.2.1", "10.1.1.1:99/tcp", Protocol::Dicom)
        .talk("10.1.2.2", "10.1.1.1:99/tcp", Protocol::Dicom)
        .talk("10.1.2.3", "10.1.1.1:99/tcp", Protocol::Dicom);
    let engine = Hospital::default()
        .host(address, class)
        .talk("10.1.2.1", "10.1.1.1:99/tcp", Protocol::Hl7)
        .fact(address, FactKind::Hl7Receives, "ADT^A01")
        .fact(address, FactKind::Hl7Receives, "ORM^O01");
    let hospitals = [
        service(FactKind::ClearTextLogin, "telnet"),
        service(FactKind::ClearTextLogin, "ftp"),
        service(FactKind::ClearTextLogin, "http-basic"),
        engine,
        archive,
        service(FactKind::SmbDialect, "1.0"),
        service(FactKind::TlsCertificateNotAfter, "2025-01-01"),
        service(FactKind::TlsCertificateNotBefore, "2027-01-01"),
        service(FactKind::TlsCertificateSelfSigned, "yes").service(
            "10.1.1.1:99/tcp",
            FactKind::TlsCertificateKey,
            "rsa-1024",
        ),
        service(FactKind::TlsCertificateSignature, "sha1-rsa"),
        service(FactKind::TlsVersion, "1.0"),
        service(FactKind::SnmpDefaultCommunity, "public"),
        service(FactKind::SnmpDefaultCommunity, "private"),
    ];
    let items = hospitals.iter().flat_map(|hospital| hospital.triage().plan);
    items.map(|item| told(&item)).collect()
}

/// Every weak setting whose texts stand in the rulebook, on a device of this class.
fn settled_on(class: DeviceClass) -> String {
    let hospital = Hospital::default().host("10.1.1.1", class);
    let asset = &hospital.assets[0];
    let items = WeakSetting::ALL.iter().filter(|setting| crate::settings::texts(**setting).is_some());
    items
        .filter_map(|setting| crate::explain(&hospital.weak(asset, *setting), asset))
        .map(|item| told(&item))
        .collect()
}

/// One published vulnerability of each grade on a device of this class.
fn vulnerabilities_on(class: DeviceClass, product: &str) -> String {
    let hospital = Hospital::default().host("10.1.1.1", class).made_by("Example", "Model 1");
    let asset = &hospital.assets[0];
    let grades = [Grade::ExactVersion, Grade::NeedsPlatform, Grade::VersionUnknown];
    let findings = grades
        .map(|grade| vulnerability(asset, "CVE-2020-0001", product, grade, grade == Grade::ExactVersion));
    findings.iter().filter_map(|finding| crate::explain(finding, asset)).map(|item| told(&item)).collect()
}

#[test]
fn weak_settings_of_a_device_that_touches_patients() {
    insta::assert_snapshot!(settings_on(DeviceClass::InfusionPump));
}

#[test]
fn weak_settings_of_a_server() {
    insta::assert_snapshot!(settings_on(DeviceClass::Server));
}

#[test]
fn settings_of_the_rulebook_on_a_device_that_touches_patients() {
    insta::assert_snapshot!(settled_on(DeviceClass::Ventilator));
}

#[test]
fn settings_of_the_rulebook_on_a_server() {
    insta::assert_snapshot!(settled_on(DeviceClass::Server));
}

#[test]
fn no_text_falls_back_to_a_code() {
    for class in DeviceClass::ALL {
        for item in settled_on(*class).split("\n\n").filter(|item| !item.trim().is_empty()) {
            assert_eq!(item.lines().filter(|line| line.trim().len() > 20).count(), 5, "{item}");
        }
    }
}

#[test]
fn published_weaknesses() {
    let medical = vulnerabilities_on(DeviceClass::ImagingModality, "Example Model 1");
    insta::assert_snapshot!(medical + &vulnerabilities_on(DeviceClass::Server, "openbsd:openssh"));
}

#[test]
fn every_class_is_told_what_could_happen() {
    let mut told = String::new();
    for class in DeviceClass::ALL {
        let hospital = Hospital::default().host("10.1.1.1", *class).service(
            "10.1.1.1:23/tcp",
            FactKind::ClearTextLogin,
            "telnet",
        );
        let item = &hospital.triage().plan[0];
        writeln!(told, "{}\n  {}\n  {}", item.title, item.why, item.next_step).unwrap();
    }
    insta::assert_snapshot!(told);
}

#[test]
fn lists_read_like_sentences() {
    for (count, expected) in
        [(1, "a"), (2, "a and b"), (3, "a, b and c"), (4, "a, b, c and d"), (5, "a, b, c and 2 more")]
    {
        let letters = ["a", "b", "c", "d", "e"].into_iter().take(count).map(str::to_owned);
        assert_eq!(super::list(letters).unwrap(), expected);
    }
    assert_eq!(super::list(std::iter::empty()), None);
}

#[test]
fn products_have_the_names_that_people_know() {
    for (code, expected) in [
        ("openbsd:openssh", "OpenSSH"),
        ("philips:brilliance_64_firmware", "brilliance 64 firmware"),
        ("Brilliance 64", "Brilliance 64"),
    ] {
        assert_eq!(super::product(code), expected);
    }
}

#[test]
fn the_grade_of_known_texts() {
    assert!(grade("The cat sat on the mat. It was a big cat.") < 1.0);
    assert!(
        grade("Unauthenticated remote adversaries may escalate privileges by manipulating deserialisation.")
            > 18.0
    );
}

#[test]
fn a_reader_of_fourteen_understands_it() {
    for class in DeviceClass::ALL {
        let text = settings_on(*class) + &settled_on(*class) + &vulnerabilities_on(*class, "openbsd:openssh");
        let plain: String = text.split_inclusive('\n').filter(|line| line.starts_with("  ")).collect();
        let plain: String =
            plain.lines().map(|line| line.split(" Codes: ").next().unwrap().to_owned() + "\n").collect();
        let grade = grade(&plain);
        assert!(grade <= 8.0, "{}: grade {grade:.1}", class.code());
    }
}
