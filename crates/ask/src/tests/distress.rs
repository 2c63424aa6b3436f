//! Signs of distress, and what they stop (P7).

use super::*;
use crate::Distress;

proptest! {
    #[test]
    fn p7_distress_stops_host_subnet_and_all(
        hosts in proptest::collection::btree_set((1_u8..4, 1_u8..250), 1..30),
        outcomes in proptest::collection::vec(select(vec![
            Outcome::Answered, Outcome::Ended, Outcome::Refused, Outcome::NoConnection, Outcome::Silent, Outcome::Reset,
            Outcome::Unreachable, Outcome::AnotherCard,
        ]), 100),
    ) {
        let round = servers(hosts.into_iter().map(|(c, d)| Ipv4Addr::new(10, 20, c, d)));
        let plan = Plan::make(ID, &round, scope(&["10.20.0.0/20"]), Listed::default(), Pace::default());
        let asked = walk(&approved(plan, &round), |at, _| (outcomes[at % outcomes.len()], Duration::ZERO));
        let mut bad: Vec<Ipv4Addr> = Vec::new();
        for one in asked {
            prop_assert!(bad.len() < 3, "three stop everything");
            prop_assert!(!bad.contains(&one.exchange.ip), "one sign stops the host");
            let subnet = Net::subnet_of(one.exchange.ip);
            prop_assert!(bad.iter().filter(|ip| subnet.contains(**ip)).count() < 2, "two stop the subnet");
            if !matches!(one.outcome, Outcome::Answered | Outcome::Ended | Outcome::Refused) || one.in_distress {
                bad.push(one.exchange.ip);
            }
        }
    }
}

#[test]
fn p7_a_refusal_after_an_answer_and_a_slower_connection_are_signs() {
    let round = servers([Ipv4Addr::new(10, 20, 1, 9)]);
    let plan = Plan::make(ID, &round, scope(&["10.20.1.0/24"]), Listed::default(), Pace::default());
    let approved = approved(plan, &round);
    let signs = |second: Outcome, connected: u64| {
        let mut walk = Walk::new(&approved);
        let mut now = Duration::ZERO;
        for (outcome, connected) in [(Outcome::Answered, 1), (second, connected)] {
            let Step::Ask(ticket) = walk.next(now) else { panic!("a question is due") };
            walk.report(*ticket, now, outcome, Some(Duration::from_millis(connected)));
            now += Duration::from_secs(60);
        }
        (walk.distress().len(), walk.left())
    };
    assert_eq!(signs(Outcome::Answered, 1), (0, 1));
    assert_eq!(signs(Outcome::Answered, 61), (1, 0));
    assert_eq!(signs(Outcome::Refused, 1), (1, 0));
}

#[test]
fn p7_silence_of_an_agent_leaves_its_host_alone_and_is_no_sign() {
    let ip = Ipv4Addr::new(10, 20, 1, 9);
    let services = [(22, Some(Protocol::Ssh)), (161, Some(Protocol::Snmp))];
    let round = round(vec![asset(ip, DeviceClass::Server, 90, &services)]);
    let listed = Listed { community: true, ..Listed::default() };
    let plan = Plan::make(ID, &round, scope(&["10.20.1.0/24"]), listed, Pace::default());
    let approved = approved(plan, &round).with_community("sesame-4711".parse().ok());
    assert!(!approved.lacks_community() && !format!("{approved:?}").contains("sesame"));
    let asked = walk(&approved, |_, exchange| match exchange.question {
        Question::SnmpSystem => (Outcome::Silent, Duration::from_secs(8)),
        _ => (Outcome::Answered, Duration::from_millis(5)),
    });
    assert_eq!(asked.len(), 2);
    assert!(asked.iter().all(|one| !one.in_distress));
}

#[test]
fn p7_a_sign_that_was_seen_in_passing_counts_as_one_of_our_own_talks() {
    let hosts = [(1, 9), (1, 10), (1, 200), (2, 9), (3, 9)].map(|(c, d)| Ipv4Addr::new(10, 20, c, d));
    let round = servers(hosts);
    let plan = Plan::make(ID, &round, scope(&["10.20.0.0/20"]), Listed::default(), Pace::default());
    let mut walk = Walk::new(&approved(plan, &round));
    let all = walk.left();
    let mut see = |place: usize| {
        walk.noticed(Distress { ip: hosts[place], sign: "silent".to_owned() });
        (walk.left(), walk.distress().len())
    };
    let each = all / hosts.len();
    assert_eq!(see(0), (4 * each, 1), "the host");
    assert_eq!(see(0), (4 * each, 1), "each host counts once");
    assert_eq!(see(1), (2 * each, 2), "its /24");
    assert_eq!(see(3), (each, 3));
    assert!(matches!(walk.next(Duration::ZERO), Step::Halted), "everything");
}
