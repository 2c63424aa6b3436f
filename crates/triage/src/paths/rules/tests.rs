use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use wardround_model::*;

use super::*;

const SET: &str = "set";

fn placed(text: &str) -> Observation {
    let text = format!("{};{text}", Digest::of(&[SET]));
    let rule: FirewallRule = text.parse().unwrap();
    let evidence = Evidence { source: SourceIndex(0), record: u64::from(rule.order), offset: 0 };
    let fact = Fact::new(FactKind::FirewallRule, text.as_bytes()).unwrap();
    let first = Sighting { evidence, at: Timestamp::EPOCH };
    Observation {
        subject: Subject::Listed(ListedId(rule.set)),
        fact,
        first,
        last: Timestamp::EPOCH,
        count: 1,
    }
}

/// Which address reaches which by these rules, by the line of the rule; a question mark where it only may.
fn reached(rules: &[&str], hosts: &[&str]) -> Vec<String> {
    let observations: Vec<_> = rules.iter().map(|text| placed(text)).collect();
    let mut owners: Vec<(IpAddr, Node)> =
        (0..).zip(hosts).map(|(node, ip)| (ip.parse().unwrap(), node)).collect();
    owners.sort_unstable();
    let openings = Openings::of(&observations, &owners);
    let mut told: Vec<String> = Vec::new();
    for opening in &openings.openings {
        for from in &opening.from {
            for (target, allowed) in &opening.to {
                for to in openings.targets[*target].iter().filter(|to| *to != from) {
                    let (from, to) = (hosts[*from as usize], hosts[*to as usize]);
                    let mark = if allowed.is_sure { "" } else { "?" };
                    told.push(format!("{from} -> {to} {}{mark}", allowed.rule.evidence.record));
                }
            }
        }
    }
    told.sort();
    told
}

const HOSTS: [&str; 3] = ["10.1.0.1", "10.2.0.1", "10.3.0.1"];

#[test]
fn the_first_rule_that_matches_counts() {
    let rules = [
        "0;0;0;begin-deny;sure;*;*;*",
        "0;1;0;deny;sure;10.1.0.0/16;10.2.0.0/16;*",
        "0;2;0;accept;sure;10.1.0.0/16;*;tcp:443",
    ];
    assert_eq!(reached(&rules, &HOSTS), ["10.1.0.1 -> 10.3.0.1 2"]);
}

#[test]
fn what_is_denied_in_part_is_open_for_the_rest() {
    let rules = [
        "0;0;0;begin-deny;sure;*;*;*",
        "0;1;0;deny;sure;*;*;tcp:0-1023",
        "0;2;0;accept;sure;10.1.0.0/16;10.2.0.0/16;tcp:443",
        "0;3;0;accept;sure;10.1.0.0/16;10.3.0.0/16;tcp:400-1024",
    ];
    assert_eq!(reached(&rules, &HOSTS), ["10.1.0.1 -> 10.3.0.1 3"]);
}

#[test]
fn a_rule_with_an_unknown_condition_opens_perhaps_and_closes_nothing() {
    let rules = [
        "0;0;0;begin-deny;sure;*;*;*",
        "0;1;0;deny;perhaps;*;*;*",
        "0;2;0;accept;perhaps;10.1.0.0/16;10.2.0.0/16;*",
        "0;3;0;accept;sure;10.1.0.0/16;10.3.0.0/16;udp:53",
    ];
    assert_eq!(reached(&rules, &HOSTS), ["10.1.0.1 -> 10.2.0.1 2?", "10.1.0.1 -> 10.3.0.1 3"]);
}

#[test]
fn chains_are_entered_and_left() {
    let rules = [
        "0;0;0;begin-accept;sure;*;*;*",
        "0;1;0;jump-1;sure;10.1.0.0/16;*;*",
        "0;2;0;goto-2;sure;*;*;*",
        "1;3;0;return;sure;*;10.2.0.0/16;*",
        "1;4;0;deny;sure;*;*;*",
        "2;5;0;deny;sure;10.2.0.0/16,10.3.0.0/16;*;*",
    ];
    // Through the chain of line 1 and that of line 2, to the end, where all is let through.
    assert_eq!(reached(&rules, &HOSTS), ["10.1.0.1 -> 10.2.0.1 0"]);
}

#[test]
fn chains_that_call_each_other_come_to_an_end() {
    let rules = [
        "0;0;0;begin-deny;sure;*;*;*",
        "0;1;0;jump-1;sure;*;*;*",
        "1;2;0;jump-0;sure;*;*;tcp:1-9",
        "1;3;0;jump-0;sure;*;*;tcp:5-20",
        "1;4;0;accept;sure;10.1.0.0/16;10.2.0.0/16;tcp:443",
    ];
    assert_eq!(reached(&rules, &HOSTS), ["10.1.0.1 -> 10.2.0.1 4"]);
}

#[test]
fn a_set_that_is_too_large_is_left_out_and_said_so() {
    // Each device is treated in a way of its own, as source and as target.
    let ip = |number: u32| format!("10.{}.{}.1", number / 250, number % 250);
    let rule = |number: u32| format!("0;{};0;accept;sure;{};{};*", number + 1, ip(number), ip(number));
    let mut texts = vec!["0;0;0;begin-deny;sure;*;*;*".to_owned()];
    texts.extend((0..1_500).map(rule));
    let observations: Vec<_> = texts.iter().map(|text| placed(text)).collect();
    let owners: Vec<(IpAddr, Node)> = (0..1_500).map(|node| (ip(node).parse().unwrap(), node)).collect();
    let openings = Openings::of(&observations, &owners);
    assert_eq!((openings.openings.len(), openings.left_out.len()), (0, 1));
}

#[test]
fn no_packet_goes_from_one_family_to_the_other() {
    let rules = ["0;0;0;begin-deny;sure;*;*;*", "0;1;0;accept;sure;*;*;*"];
    assert_eq!(reached(&rules, &["10.1.0.1", "2001:db8::1"]), [""; 0]);
}

/// What a rule of the generated sets does, its sources and targets, its ports, and how much further its chain is. All are few.
type Made = (u8, (u32, u32), (u32, u32), (u16, u16), u16);

fn rule() -> impl Strategy<Value = Made> {
    (0..5_u8, (0..12_u32, 0..12_u32), (0..12_u32, 0..12_u32), (0..8_u16, 0..8_u16), 1..4_u16)
}

fn ip(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0x0a00_0000 + number).into()
}

type Chains = BTreeMap<u16, Vec<FirewallRule>>;

/// One packet, rule by rule, as netfilter walks: whether it is let through, or `None` at the end of the chain.
fn packet(chains: &Chains, chain: u16, from: IpAddr, to: IpAddr, port: u16) -> Option<bool> {
    for rule in chains.get(&chain).into_iter().flatten() {
        let within = |ranges: &[AddressRange], ip: IpAddr| {
            ranges.iter().any(|range| range.first() <= ip && ip <= range.last())
        };
        let has_port = rule.ports.iter().any(|ports| (ports.first..=ports.last).contains(&port));
        if !within(&rule.sources, from) || !within(&rule.targets, to) || !has_port {
            continue;
        }
        match rule.action {
            RuleAction::Accept => return Some(true),
            RuleAction::Deny => return Some(false),
            RuleAction::Return => return None,
            RuleAction::Goto(next) => return packet(chains, next, from, to, port),
            RuleAction::Jump(next) => {
                if let Some(decided) = packet(chains, next, from, to, port) {
                    return Some(decided);
                }
            }
            _ => {}
        }
    }
    None
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// The same as sending a packet to every port of every pair.
    #[test]
    fn groups_reach_what_packets_reach(
        first in prop::collection::vec(rule(), 1..8),
        second in prop::collection::vec(rule(), 0..5),
        third in prop::collection::vec(rule(), 0..4),
        accepts: bool,
    ) {
        let mut chains = Chains::new();
        let set = Digest::of(&[SET]);
        let all = FirewallRule {
            set, chain: 0, order: 0, part: 0, is_sure: true, sources: Vec::new(), targets: Vec::new(), ports: Vec::new(),
            action: if accepts { RuleAction::BeginAccept } else { RuleAction::BeginDeny },
        };
        let mut observations = vec![placed(all.to_string().split_once(';').unwrap().1)];
        for (chain, rules) in (0_u16..).zip([&first, &second, &third]) {
            for (order, (action, source, target, ports, next)) in (1..).zip(rules) {
                let range = |(a, b): &(u32, u32)| vec![AddressRange::new(ip(*a.min(b)), ip(*a.max(b))).unwrap()];
                // Only later chains are called, so that no packet goes in a circle.
                let next = chain + next;
                let action = match action {
                    0 | 1 => RuleAction::Accept,
                    2 => RuleAction::Deny,
                    3 if next < 3 => RuleAction::Jump(next),
                    4 if next < 3 => RuleAction::Goto(next),
                    _ => RuleAction::Return,
                };
                let ports = vec![PortRange {
                    protocol: RuleProtocol::Tcp, first: ports.0.min(ports.1), last: ports.0.max(ports.1),
                }];
                let rule = FirewallRule {
                    set, chain, order, part: 0, action, is_sure: true, sources: range(source), targets: range(target), ports,
                };
                observations.push(placed(rule.to_string().split_once(';').unwrap().1));
                chains.entry(chain).or_default().push(rule);
            }
        }
        let owners: Vec<(IpAddr, Node)> = (0..12).map(|number| (ip(number), number)).collect();
        let openings = Openings::of(&observations, &owners);
        let mut found = BTreeSet::new();
        for opening in &openings.openings {
            for (target, _) in &opening.to {
                let to = &openings.targets[*target];
                found.extend(opening.from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to))));
            }
        }
        for (from, to) in (0..12).flat_map(|from| (0..12).map(move |to| (from, to))) {
            let passes = (0..9_u16).any(|port| packet(&chains, 0, ip(from), ip(to), port).unwrap_or(accepts));
            prop_assert_eq!(found.contains(&(from, to)), passes, "{} -> {}", from, to);
        }
    }
}
