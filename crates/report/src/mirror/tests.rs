//! What the advice holds, over made-up rounds.

use wardround_model::{
    Asset, Claim, Confidence, DeviceClass, FactKind, MacAddr, Observation, Round, SourceKind, Subject,
};

use super::*;
use crate::page::made_up::{asset, list, round, seen, talk};

/// A device of this kind with this card, `00:1b:2c:00:00:xx`.
fn device(address: &str, class: DeviceClass, card: u8) -> Asset {
    let mut device = asset(address, "2026-11-23");
    device.class.value = class;
    device.macs.push(mac(card));
    device
}

fn mac(last: u8) -> MacAddr {
    MacAddr([0x00, 0x1B, 0x2C, 0, 0, last])
}

/// What a switch says of the one that has this card.
fn neighbour(card: u8, of: &str, day: &str) -> Observation {
    seen(Subject::Mac(mac(card)), FactKind::LldpNeighbourOf, of, day)
}

/// A round over lists and answers, in which nothing was heard.
fn unheard(assets: Vec<Asset>, observations: Vec<Observation>) -> Round {
    let mut round = round(assets, Vec::new());
    round.coverage.sources.push(list(SourceKind::Asked));
    round.observations = observations;
    round
}

fn claim(value: &str) -> Option<Claim<String>> {
    Some(Claim { value: value.to_owned(), confidence: Confidence::percent(80), reasons: Vec::new() })
}

fn switch(address: &str, name: &str, maker: &str, model: &str, card: u8) -> Asset {
    let mut switch = device(address, DeviceClass::NetworkDevice, card);
    switch.names.push(name.to_owned());
    (switch.maker, switch.model) = (claim(maker), claim(model));
    switch
}

/// Each network in a line; below it each switch: devices and medical ones here, ports, and in all.
fn told(round: &Round) -> String {
    let mut lines = Vec::new();
    for one in advice(round) {
        lines.push(format!("{} {} {} {}", one.network, one.unheard, one.medical, one.one_way));
        for switch in one.switches {
            let part = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
            let recipes: Vec<String> = switch.recipes.iter().map(|recipe| recipe.anchor()).collect();
            lines.push(format!(
                "  {} {} {} {} {:?} {} {} {:?} {} {}",
                switch.address,
                part(switch.name),
                part(switch.maker),
                part(switch.model),
                recipes,
                switch.devices,
                switch.medical,
                switch.ports.iter().map(ToString::to_string).collect::<Vec<_>>(),
                switch.devices_in_all,
                switch.medical_in_all
            ));
        }
    }
    lines.join("\n")
}

#[test]
fn devices_are_counted_at_the_switch_that_has_them_as_neighbours() {
    use DeviceClass::{InfusionPump, VoicePhone};
    let assets = vec![
        device("10.1.4.1", InfusionPump, 1),
        device("10.1.4.2", VoicePhone, 2),
        device("10.1.4.3", VoicePhone, 3),
        device("10.1.5.4", InfusionPump, 4),
        // At no switch that is known.
        device("10.1.4.9", InfusionPump, 9),
        switch("10.1.0.12", "switch-2", "Cisco", "WS-C2960X-48TS-L", 40),
    ];
    let observations = vec![
        neighbour(1, "10.1.0.12,port-7", "2026-11-20"),
        neighbour(2, "10.1.0.12,port-10", "2026-11-20"),
        neighbour(3, "10.1.0.13,port-2", "2026-11-20"),
        neighbour(4, "10.1.0.12,port-7", "2026-11-20"),
    ];
    insta::assert_snapshot!(told(&unheard(assets, observations)), @r#"
    10.1.4.0/24 4 2 0
      10.1.0.12 switch-2 Cisco WS-C2960X-48TS-L ["cisco-catalyst-ios-ios-xe"] 2 1 ["port-7", "port-10"] 3 2
      10.1.0.13 - - - [] 1 0 ["port-2"] 1 0
    10.1.5.0/24 1 1 0
      10.1.0.12 switch-2 Cisco WS-C2960X-48TS-L ["cisco-catalyst-ios-ios-xe"] 1 1 ["port-7"] 3 2
    10.1.0.0/24 1 0 0
      10.1.0.12 switch-2 Cisco WS-C2960X-48TS-L ["cisco-catalyst-ios-ios-xe"] 0 0 [] 3 2
      10.1.0.13 - - - [] 0 0 [] 1 0
    "#);
}

#[test]
fn who_was_moved_stands_where_it_was_told_last_and_who_has_two_cards_at_both() {
    let mut two = device("10.1.4.1", DeviceClass::InfusionPump, 1);
    two.macs.push(mac(2));
    let moved = [
        neighbour(1, "10.1.0.12,port-7", "2026-11-21"),
        neighbour(1, "10.1.0.13,port-3", "2026-11-22"),
        neighbour(1, "10.1.0.14,port-4", "2026-11-20"),
        neighbour(2, "10.1.0.15,port-9", "2026-11-20"),
    ];
    insta::assert_snapshot!(told(&unheard(vec![two], moved.to_vec())), @r#"
    10.1.4.0/24 1 1 0
      10.1.0.13 - - - [] 1 1 ["port-3"] 1 1
      10.1.0.15 - - - [] 1 1 ["port-9"] 1 1
    "#);
}

/// What a switch's table of cards says.
fn reached(card: u8, at: &str, day: &str) -> Observation {
    seen(Subject::Mac(mac(card)), FactKind::SwitchPort, at, day)
}

#[test]
fn who_says_nothing_stands_at_the_port_with_fewest_cards_that_reaches_it() {
    let assets: Vec<Asset> =
        (1..=12).map(|last| device(&format!("10.1.4.{last}"), DeviceClass::InfusionPump, last)).collect();
    // All are reached through one port of the core switch; two share a port of the switch of their floor, which a third speaks to.
    let mut observations: Vec<Observation> =
        (1..=12).map(|last| reached(last, "10.1.0.1,Te1/1/1", "2026-11-20")).collect();
    observations.extend([
        reached(1, "10.1.0.12,Gi1/0/10", "2026-11-20"),
        reached(2, "10.1.0.12,Gi1/0/9", "2026-11-20"),
        reached(3, "10.1.0.12,Gi1/0/9", "2026-11-20"),
        neighbour(4, "10.1.0.12,Gi1/0/1", "2026-11-20"),
        reached(4, "10.1.0.13,Gi1/0/1", "2026-11-22"),
        // Of two that are as near, where it was told last.
        reached(5, "10.1.0.13,Gi1/0/2", "2026-11-20"),
        reached(5, "10.1.0.14,Gi1/0/2", "2026-11-21"),
        // Of a table without ports it is known which switch, and no more.
        reached(6, "10.1.0.15", "2026-11-20"),
        reached(5, "10.1.0.15", "2026-11-22"),
    ]);
    insta::assert_snapshot!(told(&unheard(assets.clone(), observations.clone())), @r#"
    10.1.4.0/24 12 12 0
      10.1.0.12 - - - [] 4 4 ["Gi1/0/1", "Gi1/0/9", "Gi1/0/10"] 4 4
      10.1.0.14 - - - [] 1 1 ["Gi1/0/2"] 1 1
      10.1.0.15 - - - [] 1 1 [] 1 1
    "#);
    observations.reverse();
    assert_eq!(told(&unheard(assets.clone(), observations.clone())).lines().count(), 4);
    // Behind a port with few there may be no other switch.
    observations.retain(|it| it.fact.value() == "10.1.0.1,Te1/1/1");
    assert_eq!(told(&unheard(assets.clone(), observations.clone())), "10.1.4.0/24 12 12 0");
    observations.truncate(8);
    assert!(told(&unheard(assets, observations)).contains("10.1.0.1 - - - [] 8 8 [\"Te1/1/1\"] 8 8"));
}

#[test]
fn a_switch_with_several_addresses_is_one() {
    let mut core = switch("10.1.0.1", "core", "Juniper Networks", "EX4300", 40);
    core.ips.push("10.1.4.250".parse().unwrap());
    let assets = vec![device("10.1.4.1", DeviceClass::InfusionPump, 1), core];
    let observations = vec![neighbour(1, "10.1.4.250,port-7", "2026-11-20")];
    insta::assert_snapshot!(told(&unheard(assets, observations)), @r#"
    10.1.4.0/24 2 1 0
      10.1.0.1 core Juniper Networks EX4300 ["juniper-ex-junos-with-els"] 1 1 ["port-7"] 1 1
    10.1.0.0/24 1 0 0
      10.1.0.1 core Juniper Networks EX4300 ["juniper-ex-junos-with-els"] 0 0 [] 1 1
    "#);
}

#[test]
fn a_switch_that_says_so_is_named_where_it_has_its_address() {
    use DeviceClass::{NetworkDevice, VoicePhone, Workstation};
    let says = |card: u8, kind, value: &str| seen(Subject::Mac(mac(card)), kind, value, "2026-11-20");
    let by_address =
        |ip: &str, kind, value: &str| seen(Subject::Ip(ip.parse().unwrap()), kind, value, "2026-11-20");
    let mut assets: Vec<Asset> =
        (1..=6).map(|last| device(&format!("10.1.4.{last}"), NetworkDevice, last)).collect();
    assets.push(device("10.1.4.7", VoicePhone, 7));
    assets.push(device("10.1.4.8", Workstation, 8));
    let observations = vec![
        says(1, FactKind::LldpWorksAs, "bridge"),
        says(2, FactKind::StpRole, "root"),
        by_address("10.1.4.3", FactKind::ListedType, "Network Switch"),
        says(4, FactKind::CdpPlatform, "cisco WS-C2960X-48TS-L"),
        // An access point, a router, a telephone, and a computer with virtual machines.
        says(5, FactKind::LldpWorksAs, "bridge"),
        says(5, FactKind::LldpWorksAs, "access-point"),
        says(6, FactKind::LldpWorksAs, "router"),
        says(7, FactKind::LldpWorksAs, "bridge"),
        says(8, FactKind::StpRole, "root"),
    ];
    insta::assert_snapshot!(told(&unheard(assets, observations)), @r#"
    10.1.4.0/24 8 0 0
      10.1.4.1 - - - [] 0 0 [] 0 0
      10.1.4.2 - - - [] 0 0 [] 0 0
      10.1.4.3 - - - [] 0 0 [] 0 0
      10.1.4.4 - - - [] 0 0 [] 0 0
    "#);
}

#[test]
fn what_a_switch_says_of_its_system_chooses_the_recipe() {
    let mut switch = switch("10.1.4.2", "switch-4", "Dell", "S4048-ON", 40);
    let text = "Dell Networking OS Application Software Version: 9.14(2.1)";
    let say = |text: &str| {
        let it = seen(Subject::Mac(mac(40)), FactKind::LldpDescription, text, "2026-11-20");
        let bridge = seen(Subject::Mac(mac(40)), FactKind::LldpWorksAs, "bridge", "2026-11-20");
        vec![it, bridge]
    };
    let anchors = |switch: &Asset, text| {
        let advice = advice(&unheard(vec![switch.clone()], say(text)));
        advice[0].switches[0].recipes.iter().map(|recipe| recipe.anchor()).collect::<Vec<_>>()
    };
    assert_eq!(anchors(&switch, text), ["dell-os9"]);
    assert_eq!(anchors(&switch, "Dell EMC"), ["dell-os9", "dell-os10"]);
    switch.maker = None;
    assert!(anchors(&switch, text).is_empty());
}

#[test]
fn a_network_whose_answers_are_missing_has_its_switch_and_no_device() {
    let mut round = round(vec![switch("10.1.3.2", "switch-3", "MikroTik", "CRS328", 3)], Vec::new());
    round.coverage.sources.push(list(SourceKind::Capture));
    round.observations = vec![seen(Subject::Mac(mac(3)), FactKind::StpRole, "root", "2026-11-23")];
    round.conversations = vec![talk("10.1.2.1", "10.1.3.7", (5, 0)), talk("10.1.2.1", "192.0.2.5", (5, 0))];
    insta::assert_snapshot!(told(&round), @r#"
    10.1.3.0/24 0 0 1
      10.1.3.2 switch-3 MikroTik CRS328 ["mikrotik-routeros"] 0 0 [] 0 0
    "#);
}

#[test]
fn the_order_of_what_was_seen_changes_nothing() {
    let assets: Vec<Asset> = (1..=9)
        .map(|last| device(&format!("10.1.{}.{last}", last % 3), DeviceClass::Printer, last))
        .collect();
    let mut observations: Vec<Observation> = (1..=9)
        .map(|last| neighbour(last, &format!("10.9.0.{},port-{last}", last % 4), "2026-11-20"))
        .collect();
    let first = advice(&unheard(assets.clone(), observations.clone()));
    observations.reverse();
    assert_eq!(advice(&unheard(assets, observations)), first);
    assert_eq!(first.iter().map(|one| one.unheard).sum::<u64>(), 9);
}
