//! How long ways through a large hospital take: `cargo bench -p wardround-triage --bench paths`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

mod large;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Instant;

use wardround_model::*;
use wardround_triage::{Fallen, Paths, Standing};

fn main() {
    let size = large::Size { assets: 50_000, findings: 30_000, conversations: 1_000_000 };
    let round = large::round(size);
    println!("{size:?}");
    times(&round);
    println!("with {RULES} rules of a firewall");
    times(&Round { observations: rules(&round), ..round });
}

/// So many rules from one network of the hospital to another, each for some ports, among them some that deny.
const RULES: u32 = 2_000;

fn rules(round: &Round) -> Vec<Observation> {
    let networks: BTreeSet<u32> = round
        .assets
        .iter()
        .flat_map(|asset| &asset.ips)
        .filter_map(|ip| match ip {
            IpAddr::V4(ip) => Some(ip.to_bits() >> 8),
            IpAddr::V6(_) => None,
        })
        .collect();
    let networks: Vec<u32> = networks.into_iter().collect();
    let network = |number: u32| {
        let bits = networks[number as usize % networks.len()] << 8;
        AddressRange::network(Ipv4Addr::from_bits(bits).into(), 24).unwrap()
    };
    let set = Digest::of(&["bench"]);
    let rule = |order: u32| FirewallRule {
        set,
        chain: 0,
        order,
        part: 0,
        action: match order {
            0 => RuleAction::BeginDeny,
            _ if order.is_multiple_of(5) => RuleAction::Deny,
            _ => RuleAction::Accept,
        },
        is_sure: !order.is_multiple_of(7),
        sources: if order == 0 { Vec::new() } else { vec![network(order * 17), network(order * 31)] },
        targets: if order == 0 { Vec::new() } else { vec![network(order * 13)] },
        ports: if order == 0 {
            Vec::new()
        } else {
            vec![PortRange {
                protocol: RuleProtocol::Tcp,
                first: 100,
                last: 100 + u16::try_from(order).unwrap(),
            }]
        },
    };
    let observation = |order: u32| {
        let evidence = Evidence { source: SourceIndex(0), record: u64::from(order), offset: 0 };
        let fact = Fact::new(FactKind::FirewallRule, rule(order).to_string().as_bytes()).unwrap();
        let (first, last) = (Sighting { evidence, at: Timestamp::EPOCH }, Timestamp::EPOCH);
        Observation { subject: Subject::Listed(ListedId(set)), fact, first, last, count: 1 }
    };
    (0..=RULES).map(observation).collect()
}

fn times(round: &Round) {
    let all = Instant::now();
    let started = Instant::now();
    let standing = Standing::from(round);
    let paths = Paths::new(&standing, &round.findings);
    println!("  graph: {:?}", started.elapsed());
    let started = Instant::now();
    let ways = paths.ways(10);
    println!("  ways: {:?}, the likeliest weighs {}", started.elapsed(), ways[0].weight);
    let started = Instant::now();
    let cuts = paths.cuts(5);
    println!("  cuts: {:?}, {} ways, {} devices told", started.elapsed(), cuts.ways, cuts.cuts.len());
    let started = Instant::now();
    let loss = paths.if_falls(Fallen::Asset(round.assets[0].id));
    println!("  blast radius: {:?}, {} taken", started.elapsed(), loss.taken.len());
    println!("  all: {:?}", all.elapsed());
}
