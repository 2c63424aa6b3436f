//! Regular hours, what fits into them, and what answers change.

use super::*;

fn web_servers(last: &[u8]) -> Round {
    let one = |last: &u8| {
        asset(Ipv4Addr::new(10, 20, 1, *last), DeviceClass::Server, 90, &[(80, Some(Protocol::Http))])
    };
    round(last.iter().map(one).collect())
}

#[test]
fn p9_a_plan_of_regular_hours_is_for_one_of_their_openings() {
    let round = web_servers(&[9]);
    let hours = crate::Hours::new(["thursday"], "00:00", "01:00", "UTC").unwrap();
    let set = Scope { hours: Some(hours), ..scope(&["10.20.1.0/24"]) };
    // 1 January 1970 was a Thursday.
    let at = |second| set.at(Timestamp::from_seconds(second));
    let next = Window { from: 604_800, until: 608_400 };
    assert_eq!((at(10).window, at(3600).window), (Window { from: 0, until: 3600 }, next));
    assert!(at(3600).is_as(&set) && !at(10).is_as(&scope(&["10.20.1.0/24"])));
    assert!(!Scope { phone: "200".to_owned(), ..at(10) }.is_as(&set));
    let plan = Plan::make(ID, &round, at(3600), Listed::default(), Pace::default());
    assert_eq!(breaches(&plan, ID, &round), []);
    let mut longer = plan;
    longer.scope.window.until += 1;
    let found = breaches(&longer, ID, &round);
    assert!(found.iter().any(|breach| breach.rule == "P9"), "{found:?}");
}

#[test]
fn p9_what_surely_fits_into_the_window_is_asked_and_all_hosts_have_their_turn() {
    let round = web_servers(&[9, 10, 11, 12, 13]);
    let all = Plan::make(ID, &round, scope(&["10.20.1.0/24"]), Listed::default(), Pace::default());
    assert_eq!(all.exchanges.len(), 5);
    let each = all.longest() / 5;
    let asked = |turn| {
        let first = [(all.exchanges[4].endpoint(), "it shows whether it is done: W-1".to_owned())].into();
        let plan = all.clone().proving(&first).fitting(each * 3, &first, turn);
        assert!(plan.longest() <= each * 3 && plan.exchanges.len() + plan.left_out.len() == 5);
        assert!(
            plan.exchanges.is_sorted_by_key(Exchange::endpoint) && breaches(&plan, ID, &round).is_empty()
        );
        plan.exchanges.iter().map(|exchange| exchange.ip.octets()[3]).collect::<Vec<_>>()
    };
    // What shows whether work is done is always there; the others come in turn.
    assert_eq!([asked(0), asked(1), asked(2)], [[9, 10, 13], [11, 12, 13], [9, 10, 13]]);
    assert_eq!(all.clone().fitting(each * 9, &BTreeMap::new(), 3), all);
}

#[test]
fn what_answers_change_is_told_against_the_round_of_the_plan() {
    let round = web_servers(&[9]);
    let plan = Plan::make(
        ID,
        &round,
        scope(&["10.20.1.0/24"]),
        Listed { ports: vec![22], ..Listed::default() },
        Pace::default(),
    );
    let known = crate::learned::Known::of(&round, &plan);
    let answer = b"HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n\r\n";
    let found: Vec<_> = plan
        .exchanges
        .iter()
        .filter(|exchange| exchange.question == Question::HttpHead)
        .flat_map(|exchange| crate::observations(exchange, answer, Timestamp::EPOCH, 1))
        .collect();
    let learned = known.learned(&found);
    assert_eq!((learned.confirmed, learned.new, learned.versions), (1, 0, 1), "{found:?}");
    assert_eq!(known.learned(&[]), crate::learned::Learned::default());
}

#[test]
fn p12_the_cheapest_sight_is_chosen_and_a_question_only_where_one_may_be_put() {
    use crate::proof::{Way, cheapest, may_ask};
    use wardround_model::Subject;
    let ip = Ipv4Addr::new(10, 20, 1, 9);
    let server = asset(ip, DeviceClass::Server, 90, &[(80, Some(Protocol::Http))]);
    let endpoint = server.services[0].endpoint;
    let seen = |source| (FactKind::HttpServer, Subject::Service(endpoint), source);
    let (asked, heard) = (seen(SourceKind::Asked), seen(SourceKind::Capture));
    let scope = scope(&["10.20.1.0/24"]);
    let way = |asset: &Asset, scope: Option<&Scope>, sights: &[_]| {
        cheapest(true, sights, |kind, endpoint| may_ask(scope, asset, kind, endpoint))
    };
    assert_eq!(way(&server, Some(&scope), &[asked, heard]), Way::Traffic);
    assert_eq!(way(&server, Some(&scope), &[asked]), Way::Ask(endpoint));
    assert_eq!(way(&server, None, &[asked]), Way::MayNotAsk("nothing may be asked yet".to_owned()));
    let pump = asset(ip, DeviceClass::InfusionPump, 90, &[(80, Some(Protocol::Http))]);
    assert!(matches!(way(&pump, Some(&scope), &[asked]), Way::MayNotAsk(why) if why.contains("care")));
    let banner = (FactKind::SshBanner, Subject::Service(endpoint), SourceKind::Asked);
    assert!(
        matches!(way(&server, Some(&scope), &[banner]), Way::MayNotAsk(why) if why.contains("does not show"))
    );
    let package = (FactKind::Package, Subject::Ip(endpoint.ip), SourceKind::Asked);
    assert_eq!(cheapest(true, &[package], |_, _| Ok(())), Way::Read);
    let computer = (FactKind::ComputerLogon, Subject::Ip(endpoint.ip), SourceKind::DirectoryComputers);
    assert_eq!(cheapest(true, &[computer], |_, _| Ok(())), Way::Directory);
    assert_eq!(cheapest(false, &[heard], |_, _| Ok(())), Way::Person);
    assert_eq!(cheapest(true, &[], |_, _| Ok(())), Way::Traffic);
}
