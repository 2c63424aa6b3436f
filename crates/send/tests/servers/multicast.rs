//! All devices of a wire are asked at once which services they offer: real ones answer (avahi, minidlna and WSDiscovery,
//! `lab/multicast`), and who is elsewhere is not heard.

use std::net::Ipv4Addr;

use wardround_ask::{Discovery, Exchange, Listed, Outcome, observations};
use wardround_model::Timestamp;
use wardround_send::{Ended, run};

use crate::lab::{Lab, in_namespaces};
use crate::{CONTACT, Notes, hospital};

#[test]
#[ignore = "needs avahi, which `make test` does not install; `make ask-servers` runs it"]
fn a_device_answers_what_all_are_asked() {
    in_namespaces("multicast::wire_in_namespaces");
}

#[test]
#[ignore = "run by the test above, in namespaces"]
fn wire_in_namespaces() {
    let lab = Lab::start("multicast", &[]);
    if lab.lines != ["device 10.20.1.30", "camera 10.20.1.32"] {
        Lab::skip(&format!("{:?}", lab.lines));
        return;
    }
    let listed = Listed { multicast: Discovery::ALL.to_vec(), ..Listed::default() };
    let approved = hospital::approved_in(&[], listed, &["10.20.1.0/24".parse().unwrap()]);
    let mut notes = Notes::default();
    let ended = run(&approved, &mut notes);
    assert!(matches!(&ended, Ended::Done(distress) if distress.is_empty()), "{ended:?}");
    let (exchange, answer) = notes.0.first().unwrap();
    let heard = std::fs::read_to_string(lab.folder.join("heard")).unwrap();
    println!("{} {:?}; {heard}", answer.outcome.code(), answer.others);
    // One datagram, which no router sends on.
    let question = "00000001000000000000095f7365727669636573075f646e732d7364045f756470056c6f63616c00000c8001";
    assert_eq!(heard, format!("listening\n10.20.1.2 1 {question}\n"));
    assert_eq!(answer.outcome, Outcome::Answered);
    let [(ip, bytes)] = answer.others.as_slice() else { unreachable!("{:?}", answer.others) };
    let mut told = facts(exchange, *ip, bytes);
    for (exchange, answer) in notes.0.iter().skip(1) {
        assert_eq!(answer.outcome, Outcome::Answered, "{:?}", exchange.question);
        told.extend(answer.others.iter().flat_map(|(ip, bytes)| facts(exchange, *ip, bytes)));
    }
    println!("{told:#?}");
    for fact in [
        "10.20.1.30 mdns.service _ipp._tcp",
        "10.20.1.30:5353/udp scan.open mdns",
        "10.20.1.32:1900/udp scan.open ssdp",
        "10.20.1.32 ws-discovery.kind NetworkVideoTransmitter",
        "10.20.1.32 onvif.hardware Example Cam 4711",
        "10.20.1.32:3702/udp scan.open ws-discovery",
    ] {
        assert!(told.iter().any(|told| told == fact), "{fact}: {told:?}");
    }
    assert!(told.iter().any(|fact| fact.starts_with("10.20.1.32 upnp.server ")), "{told:?}");
    assert!(!format!("{told:?}").contains(CONTACT));
}

/// What an answer of one of them tells.
fn facts(exchange: &Exchange, ip: Ipv4Addr, bytes: &[u8]) -> Vec<String> {
    let facts = observations(&exchange.answered_by(ip), bytes, Timestamp::EPOCH, 1);
    facts.iter().map(|it| format!("{} {} {}", it.subject, it.fact.kind().code(), it.fact.value())).collect()
}
