//! Where the next mirror port would add most, in sentences. Not here: what is counted ([`crate::mirror`]), and how a switch mirrors a port
//! (docs/mirror-ports.md).

use std::collections::BTreeSet;
use std::net::IpAddr;

use wardround_model::words::MASK;
use wardround_model::{Port, Round};

use super::words::{count, listed, number};
use crate::mirror::{MirrorAdvice, MirrorSwitch};

/// So many networks are named, and so many switches of each.
const MOST: usize = 3;

/// So many ports of a switch are named.
const MOST_PORTS: usize = 8;

/// Where only traffic was read, and all that it shows was heard.
const NO_LIST: &str = "No list of devices was read, so nothing tells which networks were not heard: leases or an inventory would.";

/// The places, the most useful first; without any, what would tell them where no list did.
pub(super) fn lines(round: &Round, all: &[MirrorAdvice]) -> Vec<String> {
    let shown = all.get(..MOST).unwrap_or(all);
    let mut lines: Vec<String> = shown.iter().enumerate().map(|(at, one)| line(at, one)).collect();
    lines.extend(one_switch(all));
    match lines.last_mut() {
        Some(last) => *last += &how(shown),
        None if round.coverage.sources.iter().all(|source| source.kind.is_traffic()) => {
            lines.push(NO_LIST.to_owned());
        }
        None => {}
    }
    lines
}

/// The same without switches, for those who read of no device.
pub(super) fn in_short(round: &Round, all: &[MirrorAdvice]) -> Vec<String> {
    let without = |one: &MirrorAdvice| MirrorAdvice { switches: Vec::new(), ..one.clone() };
    lines(round, &all.iter().map(without).collect::<Vec<_>>())
}

fn line(at: usize, one: &MirrorAdvice) -> String {
    let mut parts = Vec::new();
    if one.unheard > 0 {
        let devices = count(one.unheard, "device is", "devices are");
        let medical = match (one.medical, one.unheard) {
            (0, _) => String::new(),
            (1, 1) => ", and it is medical".to_owned(),
            (all, unheard) if all == unheard => ", all of them medical".to_owned(),
            (some, _) => format!(", {} of them medical", number(some)),
        };
        let whose = if one.unheard == 1 { "its" } else { "their" };
        parts.push(format!("{devices} known there and not heard on {whose} own link{medical}"));
    }
    if one.one_way > 0 {
        let talks = count(one.one_way, "conversation", "conversations");
        parts.push(format!("of {talks} what is sent from there is missing"));
    }
    let begin = if at == 0 { "The next mirror port would add most in" } else { "Then in" };
    format!("{begin} {}: {}.{}", one.network, parts.join("; "), switches(one))
}

/// The switches that are named: those at which devices stand; without any, those that have their address there.
fn named(one: &MirrorAdvice) -> &[MirrorSwitch] {
    let standing = one.switches.partition_point(|switch| switch.devices > 0);
    one.switches.get(..standing).filter(|switches| !switches.is_empty()).unwrap_or(&one.switches)
}

fn switches(one: &MirrorAdvice) -> String {
    let named = named(one);
    if named.iter().all(|switch| switch.devices == 0) {
        let switches: Vec<String> = named.iter().map(titled).collect();
        let begin = if named.len() == 1 { "Switch known there" } else { "Switches known there" };
        return if named.is_empty() {
            String::new()
        } else {
            format!(" {begin}: {}.", listed(&switches, MOST))
        };
    }
    let mut stand: Vec<String> =
        named.iter().take(MOST).enumerate().map(|(at, switch)| standing(one, at, switch)).collect();
    // One may stand at several, so what is left out is told by switches.
    let left_out = named.len().saturating_sub(MOST);
    if left_out > 0 {
        stand.push(format!("others at {left_out} more"));
    }
    format!(" Of these, {}.", listed(&stand, stand.len()))
}

/// `7 (5 medical) stand at switch-2 (10.20.0.12, Cisco C9200L, ports Gi1/0/3 and Gi1/0/5)`
fn standing(one: &MirrorAdvice, at: usize, switch: &MirrorSwitch) -> String {
    let medical = match switch.medical {
        // Of all of the network's it was said already.
        0 => String::new(),
        _ if one.medical == one.unheard => String::new(),
        some => format!(" ({} medical)", number(some)),
    };
    let verb = match (at, switch.devices) {
        (0, 1) => " stands",
        (0, _) => " stand",
        _ => "",
    };
    let the = if short(switch).to_lowercase().contains("switch") { "" } else { "the switch " };
    format!("{}{medical}{verb} at {the}{}", number(switch.devices), titled(switch))
}

/// What people know it by, and where to find it.
fn titled(switch: &MirrorSwitch) -> String {
    let product = match (switch.maker.as_deref(), switch.model.as_deref()) {
        (Some(maker), Some(model)) if model.to_lowercase().starts_with(&maker.to_lowercase()) => {
            Some(model.to_owned())
        }
        (Some(maker), Some(model)) => Some(format!("{maker} {model}")),
        (maker, model) => maker.or(model).map(str::to_owned),
    };
    let address = whole_name(switch).map(|_| switch.address.to_string());
    let known: Vec<String> = address.into_iter().chain(product).chain(ports(switch)).collect();
    let behind = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    format!("{}{behind}", short(switch))
}

fn short(switch: &MirrorSwitch) -> String {
    whole_name(switch).map_or_else(|| switch.address.to_string(), str::to_owned)
}

/// A name of which a part is masked tells no switch apart.
fn whole_name(switch: &MirrorSwitch) -> Option<&str> {
    switch.name.as_deref().filter(|name| !name.contains(MASK))
}

fn ports(switch: &MirrorSwitch) -> Option<String> {
    // Where it names none of them, how it counts has to be said.
    let is_counted = switch.ports.iter().all(|port| matches!(port, Port::Numbered(_)));
    let ports: Vec<String> = switch
        .ports
        .iter()
        .map(|port| match port {
            Port::Numbered(number) if is_counted => number.to_string(),
            port => port.to_string(),
        })
        .collect();
    let word = if ports.len() == 1 { "port" } else { "ports" };
    let how = match (is_counted, ports.len()) {
        (true, 1) => " as it counts it",
        (true, _) => " as it counts them",
        (false, _) => "",
    };
    (!ports.is_empty()).then(|| format!("{word} {}{how}", listed(&ports, MOST_PORTS)))
}

/// The switch with most devices, where they are in several networks.
fn one_switch(all: &[MirrorAdvice]) -> Option<String> {
    let standing = || all.iter().flat_map(|one| &one.switches).filter(|switch| switch.devices > 0);
    let key = |switch: &&MirrorSwitch| (switch.devices_in_all, switch.medical_in_all);
    let best =
        standing().max_by(|one, other| key(one).cmp(&key(other)).then(other.address.cmp(&one.address)))?;
    let networks = standing().filter(|switch| switch.address == best.address).count();
    let medical = match best.medical_in_all {
        0 => String::new(),
        all if all == best.devices_in_all => ", all of them medical".to_owned(),
        some => format!(", {} of them medical", number(some)),
    };
    (networks > 1).then(|| {
        format!(
            "The one switch at which most of them stand is {} ({}): {} in {networks} networks{medical}.",
            short(best),
            best.address,
            count(best.devices_in_all, "device", "devices")
        )
    })
}

/// Where it is told how it is done, for the switches that were named.
fn how(shown: &[MirrorAdvice]) -> String {
    let mut told: BTreeSet<IpAddr> = BTreeSet::new();
    let named = shown.iter().flat_map(|one| named(one).iter().take(MOST));
    let recipes: Vec<String> = named
        .filter(|switch| !switch.recipes.is_empty() && told.insert(switch.address))
        .map(|switch| {
            let anchors: Vec<String> =
                switch.recipes.iter().map(|recipe| format!("#{}", recipe.anchor())).collect();
            format!("{}: {}", short(switch), anchors.join(" or "))
        })
        .collect();
    let of = if recipes.is_empty() { String::new() } else { format!(" ({})", recipes.join("; ")) };
    format!(" How it is done: docs/mirror-ports.md{of}.")
}

#[cfg(test)]
mod tests {
    use wardround_model::{Asset, Claim, Confidence, DeviceClass, FactKind, MacAddr, SourceKind, Subject};

    use super::*;
    use crate::mirror;
    use crate::page::made_up::{asset, list, round, seen, talk};

    fn advice(round: &Round) -> Vec<String> {
        lines(round, &mirror::advice(round))
    }

    #[test]
    fn what_is_known_and_was_not_heard_is_told_by_network_medical_first() {
        let mut assets: Vec<_> = (1..=9).map(|last| asset(&format!("10.1.9.{last}"), "2026-11-23")).collect();
        for workstation in &mut assets {
            workstation.class.value = DeviceClass::Workstation;
        }
        assets.extend((1..=3).map(|last| asset(&format!("10.1.1.{last}"), "2026-11-23")));
        // Heard on its own link, and elsewhere than in the hospital.
        assets.extend(["10.1.2.1", "192.0.2.5"].map(|address| asset(address, "2026-11-23")));
        // Through a router alone.
        let mut afar = asset("10.1.1.4", "2026-11-23");
        (afar.seen_directly, afar.class.value) = (false, DeviceClass::Printer);
        assets.push(afar);
        let mut round = round(assets, Vec::new());
        round.conversations = vec![
            talk("10.1.2.1", "10.1.1.4", (5, 5)),
            talk("10.1.2.1", "10.1.3.7", (5, 0)),
            talk("10.1.4.8", "10.1.2.1", (0, 5)),
            talk("10.1.2.1", "192.0.2.5", (5, 0)),
        ];
        insta::assert_snapshot!(advice(&round).join("\n"), @r"
        The next mirror port would add most in 10.1.1.0/24: 4 devices are known there and not heard on their own link, 3 of them medical.
        Then in 10.1.9.0/24: 9 devices are known there and not heard on their own link.
        Then in 10.1.3.0/24: of 1 conversation what is sent from there is missing. How it is done: docs/mirror-ports.md.
        ");
    }

    #[test]
    fn where_all_that_is_known_was_heard_nothing_is_advised_but_a_list_where_none_was_read() {
        let mut round = round(vec![asset("10.1.2.1", "2026-11-23")], Vec::new());
        round.conversations = vec![talk("10.1.2.1", "10.1.2.2", (5, 5))];
        assert_eq!(advice(&round), [NO_LIST]);
        round.coverage.sources.push(list(SourceKind::KeaLeases));
        assert!(advice(&round).is_empty());
    }

    fn card(last: u8) -> MacAddr {
        MacAddr([0x00, 0x1B, 0x2C, 0, 0, last])
    }

    fn switch(address: &str, name: &str, maker: &str, model: &str) -> Asset {
        let claim = |text: &str| {
            let value = text.to_owned();
            Some(Claim { value, confidence: Confidence::percent(80), reasons: Vec::new() })
        };
        let mut switch = asset(address, "2026-11-23");
        switch.class.value = DeviceClass::NetworkDevice;
        switch.names.push(name.to_owned());
        (switch.maker, switch.model) = (claim(maker), claim(model));
        switch
    }

    /// Devices at switches: the last number of each, its network, and where it stands.
    fn standing(devices: &[(u8, u8, &str)], mut assets: Vec<Asset>) -> Round {
        let mut observations = Vec::new();
        for (last, network, at) in devices {
            let mut device = asset(&format!("10.1.{network}.{last}"), "2026-11-23");
            device.macs.push(card(*last));
            if last % 2 == 0 {
                device.class.value = DeviceClass::Printer;
            }
            assets.push(device);
            if !at.is_empty() {
                observations.push(seen(
                    Subject::Mac(card(*last)),
                    FactKind::LldpNeighbourOf,
                    at,
                    "2026-11-23",
                ));
            }
        }
        let mut round = round(assets, Vec::new());
        round.coverage.sources.push(list(SourceKind::Asked));
        round.observations = observations;
        round
    }

    #[test]
    fn the_switches_at_which_they_stand_are_named_and_the_one_with_most_of_all_networks() {
        let switches = vec![switch("10.1.0.12", "switch-2", "Cisco", "WS-C2960X-48TS-L")];
        let devices = [
            (1, 4, "10.1.0.12,port-7"),
            (2, 4, "10.1.0.12,port-3"),
            (3, 4, "10.1.0.12,port-11"),
            (4, 4, "10.1.0.13,port-1"),
            (5, 4, ""),
            (7, 5, "10.1.0.12,Gi1/0/10"),
            (8, 5, "10.1.0.12,Gi1/0/9"),
        ];
        insta::assert_snapshot!(advice(&standing(&devices, switches)).join("\n"), @r"
        The next mirror port would add most in 10.1.4.0/24: 5 devices are known there and not heard on their own link, 3 of them medical. Of these, 3 (2 medical) stand at switch-2 (10.1.0.12, Cisco WS-C2960X-48TS-L, ports 3, 7 and 11 as it counts them) and 1 at the switch 10.1.0.13 (port 1 as it counts it).
        Then in 10.1.5.0/24: 2 devices are known there and not heard on their own link, 1 of them medical. Of these, 2 (1 medical) stand at switch-2 (10.1.0.12, Cisco WS-C2960X-48TS-L, ports Gi1/0/9 and Gi1/0/10).
        Then in 10.1.0.0/24: 1 device is known there and not heard on its own link. Switches known there: switch-2 (10.1.0.12, Cisco WS-C2960X-48TS-L) and 10.1.0.13.
        The one switch at which most of them stand is switch-2 (10.1.0.12): 5 devices in 2 networks, 3 of them medical. How it is done: docs/mirror-ports.md (switch-2: #cisco-catalyst-ios-ios-xe).
        ");
    }

    #[test]
    fn a_switch_whose_name_is_masked_is_told_by_its_address_and_its_other_name() {
        let mut switch = switch("10.1.4.2", "*-4b", "Netgear", "M4300-28G");
        let says =
            seen(Subject::Ip("10.1.4.2".parse().unwrap()), FactKind::ListedType, "Switch", "2026-11-23");
        let told = |switch: &Asset| {
            let mut round = standing(&[], vec![switch.clone()]);
            round.observations.push(says.clone());
            advice(&round).join("\n")
        };
        assert!(told(&switch).ends_with(
            "Switch known there: 10.1.4.2 (Netgear M4300-28G). How it is done: docs/mirror-ports.md (10.1.4.2: #netgear-m4300)."
        ), "{}", told(&switch));
        switch.names.push("switch-4".to_owned());
        assert!(told(&switch).contains("Switch known there: switch-4 (10.1.4.2, Netgear M4300-28G)."));
    }

    #[test]
    fn in_short_no_switch_is_named() {
        let switches = vec![switch("10.1.0.12", "switch-2", "Cisco", "WS-C2960X-48TS-L")];
        let devices = [(1, 4, "10.1.0.12,port-7"), (3, 5, "10.1.0.12,port-8")];
        let round = standing(&devices, switches);
        insta::assert_snapshot!(in_short(&round, &mirror::advice(&round)).join("\n"), @r"
        The next mirror port would add most in 10.1.4.0/24: 1 device is known there and not heard on its own link, and it is medical.
        Then in 10.1.5.0/24: 1 device is known there and not heard on its own link, and it is medical.
        Then in 10.1.0.0/24: 1 device is known there and not heard on its own link. How it is done: docs/mirror-ports.md.
        ");
    }

    #[test]
    fn more_switches_than_are_named_are_counted_and_one_device_stands() {
        let devices = [
            (1, 4, "10.1.0.11,port-1"),
            (3, 4, "10.1.0.12,port-1"),
            (5, 4, "10.1.0.13,port-1"),
            (7, 4, "10.1.0.14,port-1"),
            (9, 4, "10.1.0.15,port-1"),
        ];
        insta::assert_snapshot!(advice(&standing(&devices, Vec::new())).join("\n"), @"The next mirror port would add most in 10.1.4.0/24: 5 devices are known there and not heard on their own link, all of them medical. Of these, 1 stands at the switch 10.1.0.11 (port 1 as it counts it), 1 at the switch 10.1.0.12 (port 1 as it counts it), 1 at the switch 10.1.0.13 (port 1 as it counts it) and others at 2 more. How it is done: docs/mirror-ports.md.");
    }

    #[test]
    fn a_switch_at_which_nobody_is_known_to_stand_is_named_where_it_has_its_address() {
        let mut round = standing(&[(1, 4, "")], vec![switch("10.1.4.2", "switch-4", "Dell", "S4048-ON")]);
        let says =
            |value| seen(Subject::Ip("10.1.4.2".parse().unwrap()), FactKind::ListedType, value, "2026-11-23");
        round.observations.push(says("Network Switch"));
        insta::assert_snapshot!(advice(&round).join("\n"), @"The next mirror port would add most in 10.1.4.0/24: 2 devices are known there and not heard on their own link, 1 of them medical. Switch known there: switch-4 (10.1.4.2, Dell S4048-ON). How it is done: docs/mirror-ports.md (switch-4: #dell-os9 or #dell-os10).");
    }
}
