//! Serial numbers: whose word they are, and when none is claimed; and models that are told by number.

use wardround_model::{Asset, Claim};

use super::notation::{Hospital, id};

fn asset(scenario: &str, about: &str) -> Asset {
    let inventory = Hospital::read(scenario).inventory();
    let id = id(&inventory, about);
    inventory.assets.into_iter().find(|asset| Some(asset.id) == id).expect(about)
}

/// The serial number of the device at 10.1.1.9, with its confidence.
fn serial(scenario: &str) -> Option<(String, u8)> {
    let claim = asset(scenario, "10.1.1.9").serial?;
    Some((claim.value, claim.confidence.as_percent()))
}

fn told(serial: &str, percent: u8) -> Option<(String, u8)> {
    Some((serial.to_owned(), percent))
}

fn reasons<T>(claim: &Claim<T>) -> Vec<&str> {
    claim.reasons.iter().map(|reason| reason.text.as_str()).collect()
}

const SCANNER: &str = "10.1.1.9 dicom.command C-STORE-RQ
    10.1.1.9 dicom.modality CT
    10.1.1.9 dicom.manufacturer Philips
    10.1.1.9 dicom.model Brilliance 64
    10.1.1.9 > 10.1.2.10:104/tcp dicom
    ";

#[test]
fn a_device_tells_its_own() {
    for (line, expected) in [
        (
            "00:1b:2c:00:00:09 owns 10.1.1.9\n00:1b:2c:00:00:09 lldp.serial 000413A1B2C3",
            told("000413A1B2C3", 75),
        ),
        ("10.1.1.9:44818/tcp ethernet-ip.serial 006c061a", told("006c061a", 75)),
        ("10.1.1.9:3671/udp knx.serial 010203040506", told("010203040506", 75)),
        ("10.1.1.9 poct1-a.serial 5004", told("5004", 80)),
        ("10.1.1.9 intellivue.serial DE00000042", told("DE00000042", 80)),
    ] {
        assert_eq!(serial(line), expected, "{line}");
    }
    let claim = asset("10.1.1.9 poct1-a.serial 5004", "10.1.1.9").serial.unwrap();
    assert_eq!(reasons(&claim), ["It says over POCT1-A: \"5004\""]);
    assert_eq!(claim.reasons[0].grounds.len(), 1);
}

#[test]
fn a_model_told_by_number_is_claimed_by_its_name() {
    let model = |said: &str| asset(&format!("10.1.1.9 intellivue.model {said}"), "10.1.1.9").model.unwrap();
    let known = model("M8007A");
    assert_eq!(known.value, "IntelliVue MP70");
    assert_eq!(reasons(&known), ["It says over IntelliVue: \"M8007A\", which is the IntelliVue MP70"]);
    let other = model("M9999A");
    assert_eq!(
        (other.value.as_str(), reasons(&other)),
        ("M9999A", vec!["It says over IntelliVue: \"M9999A\""])
    );
}

#[test]
fn images_tell_that_of_the_device_that_sends_them_and_of_no_other() {
    let own = format!("{SCANNER}10.1.1.9 dicom.device-serial 4711");
    assert_eq!(serial(&own), told("4711", 90));
    assert_eq!(serial(&format!("{own}\n10.1.1.9 dicom.device-serial 4712")), None, "images of two devices");
    let archive = "10.1.1.9 dicom.command C-STORE-RSP
        10.1.1.9 dicom.command C-FIND-RSP
        10.1.1.9 dicom.device-serial 4711
        10.1.2.9 > 10.1.1.9:104/tcp dicom";
    assert_eq!(serial(archive), None, "an archive that passes images on");
}

#[test]
fn of_several_behind_a_gateway_none_is_the_one() {
    let two =
        "10.1.1.9:44818/tcp ethernet-ip.serial 006c061a\n10.1.1.9:44818/tcp ethernet-ip.serial 006c061b";
    assert_eq!(serial(two), None);
}

#[test]
fn zeros_alone_are_no_serial_number() {
    assert_eq!(serial("10.1.1.9:44818/tcp ethernet-ip.serial 00000000"), None);
    assert_eq!(serial(&format!("{SCANNER}10.1.1.9 dicom.device-serial 0")), None);
}

#[test]
fn lists_agree_however_they_write_it_and_what_contradicts_is_told_behind() {
    let own = format!("{SCANNER}10.1.1.9 dicom.device-serial 00-47a1\n");
    assert_eq!(serial("10.1.1.9 list.serial SN1 ~inventory"), told("SN1", 85));
    let same = format!("{own}10.1.1.9 list.serial 47A1 ~inventory");
    assert_eq!(serial(&same), told("00-47a1", 97));
    let other = asset(&format!("{own}10.1.1.9 list.serial 47A2 ~inventory"), "10.1.1.9").serial.unwrap();
    assert_eq!((other.value.as_str(), other.confidence.as_percent()), ("00-47a1", 90));
    assert_eq!(
        reasons(&other),
        [
            "Its images name 00-47a1 as serial number",
            "The inventory list gives \"47A2\" as its serial number"
        ]
    );
}

#[test]
fn where_several_seem_to_be_behind_an_address_it_is_less_sure() {
    let several = "00:1b:2c:00:00:09 owns 10.1.1.9
        00:1b:2c:00:00:09 sends 10.1.1.9 @0-90
        10.1.1.9 > 10.1.2.1:80/tcp http @0-90
        10.1.1.9 ip.time-to-live 64-1 @10-60
        10.1.1.9 ip.time-to-live 128-1 @20-80
        10.1.1.9 list.serial SN1 ~inventory";
    assert!(asset(several, "10.1.1.9").hides_several());
    assert_eq!(serial(several), told("SN1", 60));
}
