//! Which directories are read, and what that costs.

use super::*;
use crate::directory::{Certificate, DirectoryLogin, budget};

const IP: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 5);

fn named(text: &str) -> Listed {
    let directories = text.split(' ').map(|one| one.parse().unwrap()).collect();
    Listed { directories, ..Listed::default() }
}

fn domain_controller(class: DeviceClass) -> Round {
    let ports = [(389, Some(Protocol::Ldap)), (636, Some(Protocol::Tls))];
    round(vec![asset(IP, class, 90, &ports), asset(Ipv4Addr::new(10, 20, 1, 6), class, 90, &ports)])
}

fn planned(round: &Round, listed: Listed) -> Plan {
    Plan::make(ID, round, scope(&["10.20.1.0/24"]), listed, Pace::default())
}

fn key() -> String {
    Certificate::new([0x5a; 32]).to_string()
}

#[test]
fn p2_only_a_named_directory_is_read_and_only_where_tls_was_heard() {
    let round = domain_controller(DeviceClass::AccountDirectory);
    let plan = planned(&round, named("10.20.1.5 10.20.7.7"));
    let read: Vec<&Exchange> =
        plan.exchanges.iter().filter(|one| one.question == Question::DirectoryRead).collect();
    assert_eq!((read.len(), read[0].ip, read[0].port), (1, IP, 636));
    assert!(read[0].reason.contains("nobody logs in") && read[0].packets == budget::MOST_PACKETS);
    assert!(plan.left_out.iter().any(|left| left.reason.contains("not in the scope")));
    assert_eq!(breaches(&plan, ID, &round), []);
    // It takes the place of the hello at its port, and nothing else changes.
    assert_eq!(plan.exchanges.len(), planned(&round, Listed::default()).exchanges.len());
    assert!(plan.longest() > planned(&round, Listed::default()).longest() + Duration::from_secs(800));
    let text = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), plan);
    // A plan in which somebody else's directory is read is refused.
    let mut changed = plan.clone();
    for exchange in changed.exchanges.iter_mut().filter(|one| one.port == 636) {
        (exchange.question, exchange.packets) = (Question::DirectoryRead, budget::MOST_PACKETS);
    }
    let found = breaches(&changed, ID, &round);
    assert!(
        found.iter().any(|one| one.rule == "P2" && one.text.contains("did not name its directory")),
        "{found:?}"
    );
    // So is one that reads where no TLS is spoken: a password would be heard.
    let mut changed = planned(&round, named("10.20.1.5:389"));
    assert!(changed.exchanges.iter().all(|one| one.question != Question::DirectoryRead));
    for exchange in changed.exchanges.iter_mut().filter(|one| one.port == 389) {
        (exchange.question, exchange.packets) = (Question::DirectoryRead, budget::MOST_PACKETS);
    }
    let found = breaches(&changed, ID, &round);
    assert!(found.iter().any(|one| one.rule == "P2" && one.text.contains("TLS was not heard")), "{found:?}");
    // And one that names very many.
    let many: Vec<String> = (1..10).map(|last| format!("10.20.1.{last}")).collect();
    assert!(
        breaches(&planned(&round, named(&many.join(" "))), ID, &round).iter().any(|one| one.rule == "P10")
    );
}

#[test]
fn p2_no_other_device_is_read_whatever_its_owner_names() {
    for class in DeviceClass::ALL.iter().filter(|class| !is_server(**class)) {
        let plan = planned(&domain_controller(*class), named("10.20.1.5"));
        assert!(plan.exchanges.iter().all(|one| one.question != Question::DirectoryRead), "{class:?}");
        assert!(!plan.left_out.is_empty());
    }
    let round = round(vec![asset(IP, DeviceClass::Server, 90, &[(389, Some(Protocol::Ldap))])]);
    let plan = planned(&round, named("10.20.1.5"));
    assert!(
        plan.left_out.iter().any(|left| left.reason.contains("TLS was not heard there yet")),
        "{:?}",
        plan.left_out
    );
}

#[test]
fn the_login_goes_from_the_run_to_its_tickets_and_is_in_no_plan() {
    let round = domain_controller(DeviceClass::AccountDirectory);
    let looked_at = approved(planned(&round, named("10.20.1.5")), &round);
    assert!(!looked_at.lacks_directory_login(), "nobody logs in where no certificate is known");
    let approved = approved(planned(&round, named(&format!("10.20.1.5={}", key()))), &round);
    assert!(approved.lacks_directory_login());
    let login: DirectoryLogin = "read@klinik.example\nsesame-4711".parse().unwrap();
    let approved = approved.with_directory_login(Some(login));
    assert!(!approved.lacks_directory_login() && !format!("{approved:?}").contains("sesame"));
    let mut walk = Walk::new(&approved);
    let mut now = Duration::ZERO;
    let ticket = loop {
        match walk.next(now) {
            Step::Ask(ticket) if ticket.exchange().question == Question::DirectoryRead => break ticket,
            Step::Ask(ticket) => {
                assert!(ticket.directory().is_none());
                walk.report(*ticket, now, Outcome::Answered, Some(Duration::ZERO));
            }
            Step::Wait(until) => now = until,
            other => panic!("{other:?}"),
        }
    };
    let given = ticket.directory().unwrap();
    assert_eq!((given.certificate, given.login.is_some()), (key().parse().ok(), true));
    assert!(format!("{ticket:?}").contains("DirectoryLogin(***)") && ticket.opening().is_empty());
}
