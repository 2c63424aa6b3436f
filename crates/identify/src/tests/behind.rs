//! Addresses behind which several devices seem to be, and proxies.

use wardround_model::{Asset, DeviceClass, Ground, Reason};

use super::notation::{Hospital, check, id};

fn asset(scenario: &str, about: &str) -> Asset {
    let inventory = Hospital::read(scenario).inventory();
    let id = id(&inventory, about);
    inventory.assets.into_iter().find(|asset| Some(asset.id) == id).expect(about)
}

fn hides(scenario: &str) -> bool {
    asset(scenario, "10.1.1.9").hides_several()
}

/// A card with its address.
const CARD: &str = "00:1b:2c:00:00:09 owns 10.1.1.9
    00:1b:2c:00:00:09 sends 10.1.1.9 @0-90
    10.1.1.9 > 10.1.2.1:80/tcp http @0-90
    ";
const LIFETIMES: &str = "10.1.1.9 ip.time-to-live 64-0 @10-60
    10.1.1.9 ip.time-to-live 128-0 @20-80
    ";
const ONE_TOO_FEW: &str = "10.1.1.9 ip.time-to-live 64-1 @10-60
    10.1.1.9 ip.time-to-live 128-1 @20-80
    ";
const WINDOWS: &str =
    "10.1.1.9 http.user-agent Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36 @10-70
    ";
const LINUX: &str = "10.1.1.9 http.user-agent Mozilla/5.0 (X11; Linux x86_64) Firefox/121.0 @20-80
    ";
const TABLET: &str = "10.1.1.9 http.user-agent Mozilla/5.0 (iPad; CPU OS 17_1) Safari/604.1 @20-80
    ";
const MAC: &str =
    "10.1.1.9 http.user-agent Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1 @10-70
    ";
const TWO_COMPUTERS: &str = "10.1.1.9 kerberos.computer ws-12 @10-60
    10.1.1.9 kerberos.computer pc-7 @20-60
    ";
const THREE_MAKERS: &str = "10.1.1.9 dicom.implementation-class 1.2.276.0.7230010.3.0.3.6.7 @0-90
    10.1.1.9 dicom.implementation-class 1.3.12.2.1107.5.2 @0-90
    10.1.1.9 dicom.implementation-class 1.2.840.113619.6.280 @0-90
    ";

#[test]
fn one_sign_alone_is_not_enough() {
    for (name, signs) in [
        ("a computer that runs another system in it", [LIFETIMES, "", ""]),
        ("programs that name a system that they do not run on", [WINDOWS, LINUX, ""]),
        ("a host with two names", [TWO_COMPUTERS, "", ""]),
        ("an archive with software of many makers and containers", [THREE_MAKERS, WINDOWS, LINUX]),
        ("the same with names", [THREE_MAKERS, TWO_COMPUTERS, ""]),
        ("a tablet that asks for pages as computers do", [TABLET, MAC, TWO_COMPUTERS]),
    ] {
        assert!(!hides(&[CARD, &signs.concat()].concat()), "{name}");
    }
}

#[test]
fn two_signs_at_one_time_are_enough() {
    for (name, signs) in [
        ("times to live and systems", [LIFETIMES, WINDOWS, LINUX]),
        ("times to live and names", [LIFETIMES, TWO_COMPUTERS, ""]),
        ("times to live and makers of DICOM", [LIFETIMES, THREE_MAKERS, ""]),
        ("times to live, each one too low on its own link", [ONE_TOO_FEW, "", ""]),
        ("systems and names", [TWO_COMPUTERS, WINDOWS, TABLET]),
    ] {
        assert!(hides(&[CARD, &signs.concat()].concat()), "{name}");
    }
}

#[test]
fn times_to_live_of_hosts_behind_routers_say_little() {
    let router = "00:a0:57:00:00:01 owns 10.1.1.1
        00:a0:57:00:00:01 sends 10.1.1.9
        00:a0:57:00:00:01 sends 10.1.1.8
        ";
    assert!(!hides(&[CARD, router, ONE_TOO_FEW].concat()), "a mirror port behind the router, too");
    let own = "10.1.1.9 ip.time-to-live 128-0 @20-80";
    assert!(!hides(&[CARD, ONE_TOO_FEW, own].concat()), "a host that runs another in it");
}

#[test]
fn what_follows_each_other_is_one_device() {
    let (before, behind) = ("@0-40", "@50-90");
    let restarted = format!(
        "10.1.1.9 ip.time-to-live 64-0 {before}
         10.1.1.9 ip.time-to-live 128-0 {behind}
         10.1.1.9 http.user-agent Mozilla/5.0 (X11; Linux x86_64) Firefox/121.0 {before}
         10.1.1.9 http.user-agent Mozilla/5.0 (Windows NT 10.0) Firefox/121.0 {behind}
         10.1.1.9 kerberos.computer ws-12 {before}
         10.1.1.9 kerberos.computer pc-7 {behind}"
    );
    assert!(!hides(&[CARD, &restarted].concat()));
}

#[test]
fn who_is_known_to_speak_for_others_is_not_taken_for_many() {
    for (name, known) in [
        ("a proxy", "10.1.1.9 http.passes-on via"),
        ("a router that says so", "10.1.1.9 address.router dhcp"),
        ("a host of machines", "10.1.1.9:80/tcp http.server VMware ESXi"),
        (
            "a host of remote desktops",
            "10.1.1.21 > 10.1.1.9:3389/tcp rdp
             10.1.1.22 > 10.1.1.9:3389/tcp rdp",
        ),
        (
            "a router",
            "00:1b:2c:00:00:09 sends 10.1.7.1
             00:1b:2c:00:00:09 sends 10.1.7.2",
        ),
        ("an address that two hosts have", "00:1b:2c:00:00:08 owns 10.1.1.9 @0-90"),
    ] {
        assert!(!hides(&[CARD, LIFETIMES, WINDOWS, LINUX, known].concat()), "{name}");
    }
}

/// What a device says of its images.
const SCANNER: &str = "10.1.1.9 > 10.1.2.10:104/tcp dicom @0-90
    10.1.1.9 dicom.command C-STORE-RQ @0-90
    10.1.1.9 dicom.modality CT @0-90
    10.1.1.9 dicom.manufacturer SIEMENS @0-90
    10.1.1.9 dicom.model SOMATOM Force @0-90
    10.1.1.9 dicom.device-serial 4711 @0-90
    ";

#[test]
fn nothing_of_several_devices_is_taken_for_one() {
    check("a scanner alone", &[CARD, SCANNER].concat(), &[("10.1.1.9", DeviceClass::ImagingModality)]);
    let asset = asset(&[CARD, SCANNER, LIFETIMES, WINDOWS, LINUX, TWO_COMPUTERS].concat(), "10.1.1.9");
    assert_eq!(asset.class.value, DeviceClass::Unknown);
    assert_eq!(asset.class.confidence.as_percent(), 0);
    assert_eq!((asset.model, asset.names.as_slice()), (None, [].as_slice()));
    let reason = &asset.class.reasons[0];
    assert_eq!(
        reason.text,
        "Several devices seem to be behind this address (address translation) or to take turns with it: its connections \
         begin with times to live of different systems (64 and 128); programs at it name different systems (Linux or \
         Android and Windows); it goes by 2 names of computers; so what they say is not taken for one device's"
    );
    assert_eq!(reason.grounds.iter().filter(|it| matches!(it, Ground::Observation(_))).count(), 5);
    assert!(asset.class.reasons[1].text.contains("images"), "what was seen is told: {:?}", asset.class);
}

#[test]
fn what_a_list_says_is_less_sure_there() {
    let list = "10.1.1.9 list.class imaging-modality ~inventory
        10.1.1.9 list.model SOMATOM Force ~inventory";
    let asset = asset(&[CARD, LIFETIMES, WINDOWS, LINUX, list].concat(), "10.1.1.9");
    assert_eq!(asset.class.value, DeviceClass::ImagingModality);
    assert_eq!(asset.class.confidence.as_percent(), 60);
    assert!(asset.class.reasons.iter().any(|it| it.text.starts_with(Reason::SEVERAL_BEHIND)));
    assert_eq!(asset.model.unwrap().confidence.as_percent(), 60);
}

#[test]
fn names_of_several_hosts_join_no_lists() {
    let lists = "name=ws-12 list.class workstation ~inventory
        name=pc-7 list.class workstation ~inventory
        10.1.1.9 ntlm.computer ws-12 @0-90
        10.1.1.9 ntlm.computer pc-7 @0-90";
    let inventory = Hospital::read(&[CARD, LIFETIMES, WINDOWS, LINUX, lists].concat()).inventory();
    assert_eq!(
        inventory.assets.iter().filter(|asset| asset.ips.is_empty() && asset.macs.is_empty()).count(),
        2
    );
}

#[test]
fn a_proxy_is_not_what_browses_through_it() {
    let via = "10.1.1.9 http.passes-on via @0-90
        10.1.1.9 http.proxy squid/5.7 @0-90";
    check("a computer", &[CARD, WINDOWS].concat(), &[("10.1.1.9", DeviceClass::Workstation)]);
    let asset = asset(&[CARD, WINDOWS, TABLET, via].concat(), "10.1.1.9");
    assert_eq!((asset.class.value, asset.model), (DeviceClass::NetworkService, None));
    assert!(asset.class.reasons[0].text.contains("by squid/5.7"), "{:?}", asset.class.reasons);
    let field = "10.1.1.9 http.passes-on x-forwarded-for @0-90";
    check(
        "a field that servers hand on, too",
        &[CARD, WINDOWS, field].concat(),
        &[("10.1.1.9", DeviceClass::Unknown)],
    );
}
