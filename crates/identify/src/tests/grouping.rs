//! Which cards and addresses are one thing.

use super::notation::{Hospital, id, things};

fn check(name: &str, scenario: &str, expected: &[&str]) {
    assert_eq!(things(scenario), expected, "{name}");
}

#[test]
fn a_card_and_its_addresses_are_one_thing() {
    check(
        "IPv4 and IPv6 of one card",
        "00:1b:2c:00:00:01 owns 10.1.1.5
         00:1b:2c:00:00:01 sends fe80::21b:2cff:fe00:1
         00:1b:2c:00:00:01 owns fd00::5
         00:1b:2c:00:00:01 sends fd00::aaaa  # a privacy address",
        &["00:1b:2c:00:00:01 10.1.1.5 fd00::5 fd00::aaaa fe80::21b:2cff:fe00:1"],
    );
    check(
        "a static host that never said ARP",
        "00:1b:2c:00:00:01 sends 10.1.1.5
         00:1b:2c:00:00:01 sends 169.254.7.7",
        &["00:1b:2c:00:00:01 10.1.1.5 169.254.7.7"],
    );
    check(
        "a card without any address",
        "00:1b:2c:00:00:01 dhcp.vendor-class MSFT 5.0",
        &["00:1b:2c:00:00:01"],
    );
}

#[test]
fn what_a_router_forwards_is_not_its_own() {
    check(
        "two hosts and the router between their networks",
        "00:1b:2c:00:00:05 owns 10.1.1.5
         00:1b:2c:00:00:06 owns 10.1.2.6
         00:a0:57:00:00:01 owns 10.1.1.1
         00:a0:57:00:00:01 sends 10.1.2.6
         00:a0:57:00:00:80 owns 10.1.2.1
         00:a0:57:00:00:80 sends 10.1.1.5",
        &[
            "00:1b:2c:00:00:05 10.1.1.5",
            "00:1b:2c:00:00:06 10.1.2.6",
            "00:a0:57:00:00:01 10.1.1.1",
            "00:a0:57:00:00:80 10.1.2.1",
        ],
    );
    check(
        "hosts seen only behind a router stand alone; the Internet is left out",
        "00:a0:57:00:00:01 owns 10.1.1.1
         00:a0:57:00:00:01 sends 10.1.9.6
         00:a0:57:00:00:01 sends 10.1.9.7
         00:a0:57:00:00:01 sends 93.184.216.34",
        &["00:a0:57:00:00:01 10.1.1.1", "10.1.9.6", "10.1.9.7"],
    );
    check(
        "a host that does not say ARP, in its own network and behind a router",
        "00:1b:2c:00:00:05 sends 10.1.1.5
         00:a0:57:00:00:80 owns 10.1.2.1
         00:a0:57:00:00:80 sends 10.1.1.5",
        &["00:1b:2c:00:00:05 10.1.1.5", "00:a0:57:00:00:80 10.1.2.1"],
    );
    check(
        "two cards, either of which may have it",
        "00:1b:2c:00:00:05 sends 10.1.1.5
         00:a0:57:00:00:80 sends 10.1.1.5",
        &["00:1b:2c:00:00:05", "00:a0:57:00:00:80", "10.1.1.5"],
    );
}

#[test]
fn the_cards_of_one_router_are_one_thing() {
    let forwards = "00:a0:57:00:00:01 owns 10.1.1.1
         00:a0:57:00:00:01 sends 10.1.9.6
         00:a0:57:00:00:01 sends 10.1.9.7
         00:a0:57:00:00:02 owns 10.1.2.1
         00:a0:57:00:00:02 sends 10.1.9.6
         00:a0:57:00:00:02 sends 10.1.9.8";
    check(
        "neighbours",
        forwards,
        &["00:a0:57:00:00:01 00:a0:57:00:00:02 10.1.1.1 10.1.2.1", "10.1.9.6", "10.1.9.7", "10.1.9.8"],
    );
    check(
        "two routers that stand by for each other in one network",
        &forwards.replace("10.1.2.1", "10.1.1.2"),
        &["00:a0:57:00:00:01 10.1.1.1", "00:a0:57:00:00:02 10.1.1.2", "10.1.9.6", "10.1.9.7", "10.1.9.8"],
    );
    check(
        "hosts of one delivery have neighbouring cards too",
        "00:1b:2c:00:00:05 owns 10.1.1.5
         00:1b:2c:00:00:06 owns 10.1.2.6",
        &["00:1b:2c:00:00:05 10.1.1.5", "00:1b:2c:00:00:06 10.1.2.6"],
    );
}

#[test]
fn an_address_of_several_cards_joins_none() {
    check(
        "DHCP gave it to another later",
        "00:1b:2c:00:00:05 owns 10.1.1.5 @0-60
         00:1b:2c:00:00:06 owns 10.1.1.5 @120-180",
        &["00:1b:2c:00:00:05", "00:1b:2c:00:00:06 10.1.1.5"],
    );
    check(
        "two hosts fight for it",
        "00:1b:2c:00:00:05 owns 10.1.1.5 @0-60
         00:1b:2c:00:00:06 owns 10.1.1.5 @30-90",
        &["00:1b:2c:00:00:05", "00:1b:2c:00:00:06", "10.1.1.5"],
    );
    check(
        "two routers and the address that they share (VRRP)",
        "00:a0:57:00:00:01 owns 10.1.1.2
         00:a0:57:00:00:41 owns 10.1.1.3
         00:00:5e:00:01:07 owns 10.1.1.1",
        &["00:00:5e:00:01:07 10.1.1.1", "00:a0:57:00:00:01 10.1.1.2", "00:a0:57:00:00:41 10.1.1.3"],
    );
    check(
        "a router that answers for hosts behind it (proxy ARP)",
        "00:a0:57:00:00:01 owns 10.1.1.1
         00:a0:57:00:00:01 owns 10.1.2.5
         00:a0:57:00:00:01 owns 10.1.2.6
         00:a0:57:00:00:01 owns 10.1.2.7
         00:1b:2c:00:00:05 owns 10.1.2.5
         00:1b:2c:00:00:06 owns 10.1.2.6
         00:1b:2c:00:00:07 owns 10.1.2.7",
        &[
            "00:1b:2c:00:00:05 10.1.2.5",
            "00:1b:2c:00:00:06 10.1.2.6",
            "00:1b:2c:00:00:07 10.1.2.7",
            "00:a0:57:00:00:01 10.1.1.1",
        ],
    );
    check(
        "the same address of two links names nobody",
        "00:a0:57:00:00:01 owns fe80::1
         00:a0:57:00:00:81 owns fe80::1",
        &["00:a0:57:00:00:01", "00:a0:57:00:00:81"],
    );
}

#[test]
fn what_was_seen_before_an_address_changed_hands_is_not_of_its_new_holder() {
    let hospital = Hospital::read(
        "00:09:5c:00:00:05 owns 10.1.1.5 @0-60
         10.1.1.5 dicom.command C-STORE-RQ @0-60
         10.1.1.5 dicom.modality CT @0-60
         10.1.1.5 dicom.manufacturer Philips @0-60
         10.1.1.5 dicom.model Brilliance 64 @0-60
         3a:91:5e:07:c4:18 owns 10.1.1.5 @120-180
         10.1.1.5 http.user-agent Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) Safari/604.1 @130-150",
    );
    let inventory = hospital.inventory();
    let phone = id(&inventory, "3a:91:5e:07:c4:18");
    assert_eq!(id(&inventory, "10.1.1.5"), phone);
    let phone = inventory.assets.iter().find(|asset| Some(asset.id) == phone).unwrap();
    assert_eq!(phone.class.value.code(), "mobile");
}

#[test]
fn only_what_is_there_is_a_thing() {
    check("asked for in vain", "10.1.1.5 >? 10.1.1.9:80/tcp", &["10.1.1.5"]);
    check("spoken of only", "10.1.1.9 address.router dhcp\n10.1.1.8:104/tcp dicom.called-ae PACS", &[]);
    check("answered", "10.1.1.5 > 10.1.1.9:80/tcp http", &["10.1.1.5", "10.1.1.9"]);
    check("one direction is mirrored", "10.1.1.5 >> 10.1.1.9:104/tcp dicom", &["10.1.1.5", "10.1.1.9"]);
    check("a datagram proves no receiver", "10.1.1.5 >> 10.1.1.9:514/udp", &["10.1.1.5"]);
    check(
        "announcements",
        "10.1.1.5 >> 224.0.0.251:5353/udp mdns\n0.0.0.0 >> 255.255.255.255:67/udp dhcp",
        &["10.1.1.5"],
    );
    check("the Internet", "10.1.1.5 > 93.184.216.34:443/tcp tls", &["10.1.1.5"]);
    check(
        "public addresses that a card here has",
        "00:1b:2c:00:00:05 owns 141.30.1.5",
        &["00:1b:2c:00:00:05 141.30.1.5"],
    );
}

#[test]
fn ids_are_the_same_in_every_round() {
    let before = Hospital::read("00:1b:2c:00:00:05 owns 10.1.1.5").inventory();
    let after =
        Hospital::read("00:1b:2c:00:00:05 owns 10.1.1.99\n10.1.1.5 > 10.1.1.6:80/tcp http").inventory();
    assert_eq!(id(&before, "10.1.1.5"), id(&after, "10.1.1.99"));
    assert_ne!(id(&after, "10.1.1.5"), id(&after, "10.1.1.99"));
    let afar = wardround_model::AssetId::of_anchor("10.1.1.6");
    assert_eq!(id(&after, "10.1.1.6"), Some(afar));
}

#[test]
fn networks_count_what_was_seen_directly_and_from_afar() {
    let inventory = Hospital::read(
        "00:1b:2c:00:00:05 owns 10.1.1.5
         00:1b:2c:00:00:05 owns fd00::5
         00:1b:2c:00:00:05 sends fe80::5
         10.1.1.5 > 10.1.2.9:80/tcp http
         10.1.1.5 > 10.1.2.10:80/tcp http",
    )
    .inventory();
    let networks: Vec<_> = inventory
        .networks
        .iter()
        .map(|it| format!("{} {} {}", it.prefix, it.seen_directly, it.seen_from_afar))
        .collect();
    assert_eq!(networks, ["10.1.1.0/24 1 0", "10.1.2.0/24 0 2", "fd00::/64 1 0"]);
}
