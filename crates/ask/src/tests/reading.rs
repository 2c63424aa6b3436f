//! Which servers are read, and what that costs.

use super::*;
use crate::reading::budget;

const IP: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);
const KEY: &str = "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8";

fn named(text: &str) -> Listed {
    let hosts = text.split(' ').map(|one| one.parse().unwrap()).collect();
    Listed { reading: Reading { hosts, login: Login::default() }, ..Listed::default() }
}

fn planned(round: &Round, listed: Listed) -> Plan {
    Plan::make(ID, round, scope(&["10.20.1.0/24"]), listed, Pace::default())
}

#[test]
fn p2_only_a_named_server_is_read_and_only_where_ssh_was_heard() {
    let round = servers([IP, Ipv4Addr::new(10, 20, 1, 10)]);
    let plan = planned(&round, named("10.20.1.9 10.20.7.7"));
    let read: Vec<&Exchange> =
        plan.exchanges.iter().filter(|one| one.question == Question::LinuxRead).collect();
    assert_eq!((read.len(), read[0].ip, read[0].port), (1, IP, 22));
    assert!(read[0].reason.contains("shows first is kept") && read[0].packets == budget::MOST_PACKETS);
    assert!(plan.left_out.iter().any(|left| left.reason.contains("not in the scope")));
    assert_eq!(breaches(&plan, ID, &round), []);
    // It takes the place of the greeting at its port, and nothing else changes.
    assert_eq!(plan.exchanges.len(), planned(&round, Listed::default()).exchanges.len());
    assert!(plan.longest() > planned(&round, Listed::default()).longest() + Duration::from_secs(60));
    // Of a short window no more is promised than fits, and a reading takes its time.
    let fits = |seconds| {
        let first = [(read[0].endpoint(), String::new())].into();
        plan.clone().fitting(Duration::from_secs(seconds), &first, 0)
    };
    assert_eq!(fits(60).exchanges.len(), 0);
    assert_eq!((fits(110).exchanges.len(), fits(110).exchanges[0].question), (1, Question::LinuxRead));
    assert_eq!(fits(3600), plan);
    // A plan in which somebody else's server is read is refused.
    let mut changed = plan.clone();
    for exchange in changed.exchanges.iter_mut().filter(|one| one.port == 22) {
        (exchange.question, exchange.packets) = (Question::LinuxRead, budget::MOST_PACKETS);
    }
    let found = breaches(&changed, ID, &round);
    assert!(found.iter().any(|one| one.rule == "P2" && one.text.contains("did not name it")), "{found:?}");
}

#[test]
fn p2_no_other_device_is_read_whatever_its_owner_names() {
    for class in DeviceClass::ALL.iter().filter(|class| !is_server(**class)) {
        let round = round(vec![asset(IP, *class, 90, &[(22, Some(Protocol::Ssh))])]);
        let plan = planned(&round, named("10.20.1.9"));
        assert!(plan.exchanges.iter().all(|one| one.question != Question::LinuxRead), "{class:?}");
        assert!(!plan.left_out.is_empty());
    }
    // SSH was not heard at that port.
    let round = round(vec![asset(IP, DeviceClass::Server, 90, &[(22, None), (80, Some(Protocol::Http))])]);
    let plan = planned(&round, named("10.20.1.9"));
    assert!(
        plan.left_out.iter().any(|left| left.reason.contains("SSH was not heard there yet")),
        "{:?}",
        plan.left_out
    );
    let mut windows = asset(IP, DeviceClass::Server, 90, &[(22, Some(Protocol::Ssh))]);
    windows.operating_system = Some(Claim {
        value: "Windows Server 2022".to_owned(),
        confidence: Confidence::percent(90),
        reasons: Vec::new(),
    });
    let plan = planned(&super::round(vec![windows]), named("10.20.1.9"));
    assert!(
        plan.left_out.iter().any(|left| left.reason.contains("only Linux is read")),
        "{:?}",
        plan.left_out
    );
}

#[test]
fn the_key_goes_from_the_run_to_its_tickets_and_is_in_no_plan() {
    let round = servers([IP]);
    let plan = planned(&round, named(&format!("10.20.1.9={KEY}")));
    let approved = approved(plan, &round);
    assert!(approved.lacks_read_key());
    let file = crate::reading::test_key();
    let approved = approved.with_read_key(file.parse().ok());
    assert!(!approved.lacks_read_key() && !format!("{approved:?}").contains("PRIVATE"));
    let mut walk = Walk::new(&approved);
    let Step::Ask(ticket) = walk.next(Duration::ZERO) else { panic!("nothing is due") };
    let given = ticket.given().unwrap();
    assert_eq!((given.login.as_str(), given.host_key), ("wardround", KEY.parse().ok()));
    assert!(format!("{ticket:?}").contains("ReadKey(***)"));
    // Another key is a sign of distress; a key that is not taken is none.
    for (outcome, signs) in [
        (Outcome::AnotherKey, 1),
        (Outcome::TooMuch, 1),
        (Outcome::NotAllowed, 0),
        (Outcome::NotUnderstood, 0),
    ] {
        let mut walk = Walk::new(&approved);
        let Step::Ask(ticket) = walk.next(Duration::ZERO) else { panic!("nothing is due") };
        walk.report(*ticket, Duration::from_secs(1), outcome, Some(Duration::ZERO));
        assert_eq!(walk.distress().len(), signs, "{outcome:?}");
    }
}
