//! The question to all devices of a network (P11): where its owner switched it on, and nowhere else.

use super::*;
use crate::{Discovery, wanted_approvals};

fn switched_on(networks: &[&str], multicast: &[&str]) -> Scope {
    Scope { multicast: multicast.iter().map(|net| net.parse().unwrap()).collect(), ..scope(networks) }
}

fn plan_of(round: &Round, scope: Scope, wanted: bool) -> Plan {
    plan_by(round, scope, if wanted { &[Discovery::Mdns] } else { &[] })
}

fn plan_by(round: &Round, scope: Scope, ways: &[Discovery]) -> Plan {
    let multicast = ways.to_vec();
    Plan::make(ID, round, scope, Listed { multicast, ..Listed::default() }, Pace::default())
}

fn all_asked(plan: &Plan) -> Vec<String> {
    plan.exchanges.iter().filter_map(|one| one.net).map(|net| net.to_string()).collect()
}

#[test]
fn p11_all_are_asked_at_once_where_that_is_switched_on_and_wanted_and_two_people_approve() {
    let round = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let both = ["10.20.1.0/24", "10.20.2.0/24"];
    let plan = plan_of(&round, switched_on(&both, &["10.20.2.0/24"]), true);
    assert_eq!((all_asked(&plan), breaches(&plan, ID, &round)), (vec!["10.20.2.0/24".to_owned()], vec![]));
    assert_eq!(wanted_approvals(&plan), 2);
    let last = plan.exchanges.last().unwrap();
    assert_eq!((last.place().as_str(), last.question), ("224.0.0.251:5353/udp", Question::MdnsServices));
    for (scope, wanted) in [(switched_on(&both, &[]), true), (switched_on(&both, &["10.20.2.0/24"]), false)] {
        let plan = plan_of(&round, scope, wanted);
        assert_eq!((all_asked(&plan), wanted_approvals(&plan)), (vec![], 1));
    }
    let outside = plan_of(&round, switched_on(&both, &["192.168.7.0/24"]), true);
    assert_eq!(all_asked(&outside), Vec::<String>::new());
    assert!(outside.left_out.iter().any(|left| left.reason.contains("may not be asked")));
}

#[test]
fn p2_nothing_is_asked_of_all_where_a_device_that_treats_a_patient_is_on_the_wire() {
    let scope = || switched_on(&["10.20.1.0/28"], &["10.20.1.0/28"]);
    let pump = |ip| round(vec![asset(ip, DeviceClass::InfusionPump, 20, &[])]);
    // In the network, and near to it, however unsure.
    for last in [5, 200] {
        let plan = plan_of(&pump(Ipv4Addr::new(10, 20, 1, last)), scope(), true);
        assert_eq!(all_asked(&plan), Vec::<String>::new());
        assert!(plan.left_out.iter().any(|left| left.reason.contains("treats a patient")));
    }
    let far = pump(Ipv4Addr::new(10, 20, 2, 5));
    let plan = plan_of(&far, scope(), true);
    assert_eq!(all_asked(&plan), ["10.20.1.0/28"]);
    // A round that came since knows a pump there.
    let by = |by: &str| Approval { plan: plan.mark(), by: by.to_owned() };
    let approved = approve(plan.clone(), ID, &far, &[by("Ann"), by("Ben")]).unwrap();
    let breach = approved.breach_since(&plan.exchanges[0], &pump(Ipv4Addr::new(10, 20, 1, 5))).unwrap();
    assert_eq!(breach.rule, "P11");
}

#[test]
fn each_way_that_is_wanted_is_one_question_to_each_network() {
    let round = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let scope = switched_on(&["10.20.1.0/24"], &["10.20.1.0/24"]);
    let plan = plan_by(&round, scope, &[Discovery::WsDiscovery, Discovery::Ssdp, Discovery::Ssdp]);
    let asked: Vec<_> = plan.exchanges.iter().filter(|one| one.net.is_some()).map(Exchange::place).collect();
    assert_eq!(asked, ["239.255.255.250:1900/udp", "239.255.255.250:3702/udp"]);
    assert_eq!((breaches(&plan, ID, &round), wanted_approvals(&plan)), (vec![], 2));
}

#[test]
fn p7_silence_of_all_is_no_sign_of_anybody() {
    let round = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let plan = plan_of(&round, switched_on(&["10.20.1.0/24"], &["10.20.1.0/24"]), true);
    let asked = walk(&approved(plan, &round), |_, exchange| match exchange.net {
        Some(_) => (Outcome::Ended, Duration::from_secs(8)),
        None => (Outcome::Answered, Duration::from_millis(5)),
    });
    assert_eq!(asked.len(), 4);
    assert!(asked.iter().all(|one| !one.in_distress));
}

proptest! {
    #[test]
    fn p11_no_changed_plan_asks_all_of_another_network(
        assets in proptest::collection::vec(some_asset(), 0..20),
        on in proptest::collection::vec(select(vec!["10.20.1.0/24", "10.20.2.0/25", "192.168.7.0/24"]), 0..3),
        change in 0_u8..7,
        ways in 1_usize..4,
        other in select(vec!["10.20.1.0/24", "10.20.2.0/25", "10.20.1.16/28", "192.168.7.0/24"]),
        ip in some_ip(),
    ) {
        let round = round(assets);
        let on: std::collections::BTreeSet<&str> = on.into_iter().collect();
        let on: Vec<&str> = on.into_iter().collect();
        let mut plan = plan_by(&round, switched_on(&["10.20.1.0/24", "10.20.2.0/24"], &on), &Discovery::ALL[..ways]);
        prop_assert_eq!(breaches(&plan, ID, &round), vec![]);
        let treats = |net: Net| round.assets.iter().any(|asset| {
            let imaging = matches!(asset.class.value, DeviceClass::ImagingModality | DeviceClass::ImagingArchive);
            asset.class.value.is_medical() && !imaging && asset.ips.iter().any(|ip| matches!(ip, IpAddr::V4(ip) if net.contains(*ip)))
        });
        for exchange in plan.exchanges.iter().filter(|one| one.question.is_multicast()) {
            let net = exchange.net.unwrap();
            prop_assert!(on.contains(&net.to_string().as_str()) && net.to_string() != "192.168.7.0/24" && !treats(net));
            prop_assert!(wanted_approvals(&plan) == 2 && exchange.packets <= MOST_PACKETS);
        }
        let allowed = all_asked(&plan);
        if let Some(one) = plan.exchanges.last_mut() {
            match change {
                0 => one.net = Some(other.parse().unwrap()),
                1 => one.net = None,
                2 => one.ip = ip,
                3 => one.port ^= 1,
                4 => one.clinical = !one.clinical,
                5 => one.question = Question::MdnsServices,
                _ => one.packets += 1,
            }
        }
        if breaches(&plan, ID, &round).is_empty() {
            prop_assert!(all_asked(&plan).iter().all(|net| allowed.contains(net)));
            for one in plan.exchanges.iter().filter(|one| one.question.is_multicast() || one.net.is_some()) {
                let place = match one.question {
                    Question::MdnsServices => "224.0.0.251:5353/udp",
                    Question::SsdpSearch => "239.255.255.250:1900/udp",
                    Question::WsDiscoveryProbe => "239.255.255.250:3702/udp",
                    other => unreachable!("{other:?}"),
                };
                prop_assert_eq!(one.endpoint().to_string(), place);
            }
        }
    }
}
