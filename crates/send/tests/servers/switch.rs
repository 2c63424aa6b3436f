//! The tables of a switch by SNMP: a bridge of the kernel with real agents (`lab/switch`) tells the right neighbours, within the budget
//! of a walk.

use std::time::Instant;

use wardround_ask::envelope::{MOST_WALKED, WALK_GAP};
use wardround_ask::{Listed, Outcome, observations};
use wardround_model::{Protocol, Timestamp};
use wardround_send::{Ended, run};

use crate::lab::{Lab, in_namespaces};
use crate::{COMMUNITY, Notes, hospital};

/// What `lab/switch` knows.
const USER: &str = "user monitor\nauthentication sha-256 sesame-4711\nprivacy aes-128 open-sesame-4711";

#[test]
#[ignore = "needs agents that `make test` does not install; `make ask-servers` runs it"]
fn a_switch_tells_its_neighbours() {
    in_namespaces("switch::switch_in_namespaces");
}

/// Datagrams that left here, as the kernel counts them (`proc_net(5)`): its second line of UDP, fourth number.
pub(crate) fn datagrams() -> u64 {
    let table = std::fs::read_to_string("/proc/net/snmp").unwrap();
    let counts = table.lines().filter(|line| line.starts_with("Udp:")).nth(1).unwrap();
    counts.split_whitespace().nth(4).unwrap().parse().unwrap()
}

#[test]
#[ignore = "run by the test above, in namespaces"]
fn switch_in_namespaces() {
    let lab = Lab::start("switch", &[]);
    let lines: Vec<Vec<&str>> = lab.lines.iter().map(|line| line.split(' ').collect()).collect();
    let [["switch", switch, "161", own], ["neighbour", ip, card]] =
        [lines.first().unwrap().as_slice(), lines.get(1).unwrap().as_slice()]
    else {
        Lab::skip(&format!("{lines:?}"));
        return;
    };
    let at = switch.parse().unwrap();
    let by_community = Listed { community: true, switches: vec![at], ..Listed::default() };
    // The name of its engine is asked for first.
    let by_user = Listed { user: true, switches: vec![at], ..Listed::default() };
    for (listed, first) in [(by_community, 1), (by_user, 2)] {
        let offers = [(at, vec![(161, Protocol::Snmp)])];
        let approved = hospital::approved(&offers, listed).with_community(COMMUNITY.parse().ok());
        let approved = approved.with_user(USER.parse().ok());
        let (mut notes, before, begun) = (Notes::default(), datagrams(), Instant::now());
        let ended = run(&approved, &mut notes);
        assert!(matches!(&ended, Ended::Done(distress) if distress.is_empty()), "{ended:?}");
        let (exchange, answer) = notes.0.first().unwrap();
        assert_eq!((answer.outcome, answer.is_cut_short), (Outcome::Answered, false));
        // The switch answers from this same namespace, so that each datagram counts twice.
        let requests = u32::try_from(answer.walked.len() + first).unwrap();
        assert_eq!(datagrams() - before, u64::from(requests) * 2);
        assert!(requests <= MOST_WALKED && begun.elapsed() >= WALK_GAP * (requests - 1), "{requests}");
        println!("{requests} requests, {} bytes of answers, {:?}", answer.bytes.len(), begun.elapsed());
        let facts = observations(exchange, &answer.bytes, Timestamp::EPOCH, 1);
        let told: Vec<String> = facts
            .iter()
            .map(|it| format!("{} {} {}", it.subject, it.fact.kind().code(), it.fact.value()))
            .collect();
        println!("{told:#?}");
        for fact in [
            format!("{own} address.owns {switch}"),
            format!("{card} address.owns {ip}"),
            format!("{card} list.state in-use"),
            format!("{card} switch.port {switch},port1"),
            // By the one port at which its card was learned: this agent calls its ports by their cards.
            format!("{card} lldp.neighbour-of {switch},port1"),
            format!("{card} lldp.description Example AP 4711 2.1"),
            format!("{card} lldp.name ap-4"),
            format!("{switch}:161/udp scan.open snmp"),
            format!("{switch}:161/udp snmp.name *-switch"),
        ] {
            assert!(told.contains(&fact), "{fact} is missing in {told:#?}");
        }
        assert_eq!(told.iter().filter(|fact| fact.contains("lldp.neighbour-of")).count(), 1);
        // Of the cards, none is told that is not there.
        let cards = told
            .iter()
            .filter(|fact| !fact.starts_with(&format!("{switch}:161")))
            .filter(|fact| fact.contains("address.owns"));
        assert_eq!(cards.count(), 2, "{told:#?}");
        assert!(!told.concat().contains(COMMUNITY) && !told.concat().contains("monitor"));
    }
}
