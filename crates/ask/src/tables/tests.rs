//! A walk over agents of all kinds: it ends, it keeps its budget and its pace, and what it reads are neighbours.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use proptest::prelude::*;
use wardround_model::Subject;

use super::*;
use crate::elements::{RESPONSE, first};
use crate::envelope::HOST_RATE;

const SWITCH: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 2);

/// An agent, as far as its objects go: the tag and value of each.
type Objects = BTreeMap<Name, (u8, Vec<u8>)>;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// What an agent with these objects answers (RFC 3416, 4.2.3).
fn answer(objects: &Objects, request: &[u8]) -> Vec<u8> {
    let (_, message, _) = first(request).unwrap();
    let (_, _, message) = first(message).unwrap();
    let (_, _, message) = first(message).unwrap();
    let (kind, pdu, _) = first(message).unwrap();
    let (_, _, behind) = first(pdu).unwrap();
    let id = &pdu[..pdu.len() - behind.len()];
    let rows: Vec<u8> = if kind == GET_BULK {
        let (_, _, behind) = first(behind).unwrap();
        let (_, _, behind) = first(behind).unwrap();
        let (_, list, _) = first(behind).unwrap();
        let (_, row, _) = first(list).unwrap();
        let (_, asked, _) = first(row).unwrap();
        let after = Name::read(asked).unwrap();
        let rows = objects.range((std::ops::Bound::Excluded(after), std::ops::Bound::Unbounded));
        let rows = rows
            .take(usize::from(WALK_ROWS))
            .map(|(name, (tag, value))| (name.encoded(), *tag, value.clone()));
        let end = std::iter::once((vec![0x2b, 6], 0x82, Vec::new()));
        let rows = rows.chain(end).take(usize::from(WALK_ROWS));
        rows.flat_map(|(name, tag, value)| {
            element(SEQUENCE, &[&element(OBJECT_IDENTIFIER, &[&name]), &element(tag, &[&value])])
        })
        .collect()
    } else {
        Vec::new()
    };
    let pdu = element(RESPONSE, &[id, &[INTEGER, 1, 0, INTEGER, 1, 0], &element(SEQUENCE, &[&rows])]);
    element(SEQUENCE, &[&[INTEGER, 1, 1], &element(OCTET_STRING, &[b"sesame"]), &pdu])
}

/// Walks to the end; when each request went out, and all answers.
fn walked(mut answer: impl FnMut(&[u8]) -> Vec<u8>, took: Duration) -> (Tables, Vec<Duration>, Vec<u8>) {
    let mut tables = Tables::new("sesame".parse().unwrap(), [1, 2, 3, 255]);
    let (mut now, mut sent, mut heard) = (Duration::ZERO, Vec::new(), Vec::new());
    loop {
        match tables.next(now) {
            Turn::Done => return (tables, sent, heard),
            Turn::Wait(until) => {
                assert!(until > now);
                now = until;
            }
            Turn::Ask(request) => {
                assert!(request.len() < 536, "one small datagram");
                sent.push(now);
                now += took;
                let bytes = answer(&request);
                if tables.hear(&bytes) {
                    assert!(!tables.hear(&bytes), "each request is answered once");
                    heard.extend(bytes);
                }
            }
        }
    }
}

/// A switch with one neighbour, an address of its own, an ARP row, and cards that it learned.
fn switch() -> Objects {
    let neighbour = "1.0.8802.1.1.2.1.4.1.1";
    let row = "300.7.1";
    [
        ("1.3.6.1.2.1.2.2.1.6.1".to_owned(), OCTET_STRING, vec![]),
        ("1.3.6.1.2.1.2.2.1.6.2".to_owned(), OCTET_STRING, vec![0, 0x1b, 0x2c, 0, 1, 2]),
        ("1.3.6.1.2.1.4.20.1.2.10.20.1.2".to_owned(), INTEGER, vec![2]),
        ("1.3.6.1.2.1.4.20.1.2.127.0.0.1".to_owned(), INTEGER, vec![1]),
        ("1.3.6.1.2.1.4.22.1.2.2.10.20.1.9".to_owned(), OCTET_STRING, vec![0, 0x1b, 0x2c, 0, 1, 9]),
        ("1.3.6.1.2.1.4.22.1.2.2.10.20.1.8".to_owned(), OCTET_STRING, vec![0; 6]),
        ("1.3.6.1.2.1.17.4.3.1.3.0.27.44.0.1.30".to_owned(), INTEGER, vec![3]),
        ("1.3.6.1.2.1.17.4.3.1.3.0.27.44.0.1.2".to_owned(), INTEGER, vec![4]),
        ("1.3.6.1.2.1.17.7.1.2.2.1.3.20.0.27.44.0.1.31".to_owned(), INTEGER, vec![3]),
        ("1.3.6.1.2.1.17.4.3.1.2.0.27.44.0.1.30".to_owned(), INTEGER, vec![3]),
        // Its own card, which nobody learned; and one of which it is not known where.
        ("1.3.6.1.2.1.17.4.3.1.2.0.27.44.0.1.2".to_owned(), INTEGER, vec![3]),
        ("1.3.6.1.2.1.17.7.1.2.2.1.2.20.0.27.44.0.1.31".to_owned(), INTEGER, vec![4]),
        ("1.3.6.1.2.1.17.7.1.2.2.1.3.20.0.27.44.0.1.32".to_owned(), INTEGER, vec![3]),
        ("1.3.6.1.2.1.17.7.1.2.2.1.2.20.0.27.44.0.1.32".to_owned(), INTEGER, vec![0]),
        // Ports of the bridge, of which the fourth has a name of its owner's.
        ("1.3.6.1.2.1.17.1.4.1.2.3".to_owned(), INTEGER, vec![10]),
        ("1.3.6.1.2.1.17.1.4.1.2.4".to_owned(), INTEGER, vec![11]),
        ("1.3.6.1.2.1.31.1.1.1.1.10".to_owned(), OCTET_STRING, b"Gi1/0/3".to_vec()),
        ("1.3.6.1.2.1.31.1.1.1.1.11".to_owned(), OCTET_STRING, b"Erika 4".to_vec()),
        ("1.0.8802.1.1.2.1.3.7.1.2.7".to_owned(), INTEGER, vec![5]),
        ("1.0.8802.1.1.2.1.3.7.1.3.7".to_owned(), OCTET_STRING, b"Gi1/0/7".to_vec()),
        // One whose port LLDP knows by number alone was learned at one port, and at no other.
        (format!("{neighbour}.4.300.9.3"), INTEGER, vec![4]),
        (format!("{neighbour}.5.300.9.3"), OCTET_STRING, vec![0, 0x1b, 0x2c, 0, 1, 30]),
        (format!("{neighbour}.4.{row}"), INTEGER, vec![4]),
        (format!("{neighbour}.5.{row}"), OCTET_STRING, vec![0, 0x1b, 0x2c, 0, 1, 40]),
        (format!("{neighbour}.9.{row}"), OCTET_STRING, b"ap-4".to_vec()),
        (format!("{neighbour}.10.{row}"), OCTET_STRING, b"Example AP 4711 2.1".to_vec()),
        // One that is called by the name of its port has no card that can be told.
        (format!("{neighbour}.4.300.8.2"), INTEGER, vec![7]),
        (format!("{neighbour}.5.300.8.2"), OCTET_STRING, b"Anna's".to_vec()),
        (format!("1.0.8802.1.1.2.1.4.2.1.3.{row}.1.4.10.20.1.40"), INTEGER, vec![2]),
    ]
    .into_iter()
    .map(|(at, tag, value)| (name(&at), (tag, value)))
    .collect()
}

#[test]
fn the_tables_of_a_switch_tell_its_neighbours() {
    let (tables, sent, heard) = walked(|request| answer(&switch(), request), Duration::from_millis(3));
    assert!(!tables.is_cut_short());
    // The system group, and each column twice or once: all rows fit into one answer, which shows its end as well.
    assert_eq!((sent.len(), tables.walked().len()), (17, 16));
    let mut told: Vec<String> = facts(&heard, SWITCH)
        .iter()
        .map(|(about, fact)| format!("{about} {} {}", fact.kind().code(), fact.value()))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "00:1b:2c:00:01:02 address.owns 10.20.1.2",
            "00:1b:2c:00:01:09 address.owns 10.20.1.9",
            "00:1b:2c:00:01:1e list.state in-use",
            "00:1b:2c:00:01:1e lldp.neighbour-of 10.20.1.2,Gi1/0/3",
            "00:1b:2c:00:01:1e switch.port 10.20.1.2,Gi1/0/3",
            "00:1b:2c:00:01:1f list.state in-use",
            "00:1b:2c:00:01:1f switch.port 10.20.1.2,port-4",
            "00:1b:2c:00:01:20 list.state in-use",
            "00:1b:2c:00:01:28 address.owns 10.20.1.40",
            "00:1b:2c:00:01:28 lldp.description Example AP 4711 2.1",
            "00:1b:2c:00:01:28 lldp.name ap-4",
            "00:1b:2c:00:01:28 lldp.neighbour-of 10.20.1.2,Gi1/0/7",
        ]
    );
}

#[test]
fn a_table_that_is_longer_than_the_budget_is_read_as_far_as_it_goes() {
    let objects: Objects = (0..9000_u32)
        .map(|n| {
            (
                name(&format!("1.3.6.1.2.1.4.22.1.2.2.10.20.{}.{}", n / 250, n % 250)),
                (OCTET_STRING, vec![2, 0, 0, 0, 1, 9]),
            )
        })
        .collect();
    let (tables, sent, heard) = walked(|request| answer(&objects, request), Duration::ZERO);
    assert!(tables.is_cut_short());
    assert_eq!(sent.len(), usize::try_from(MOST_WALKED).unwrap());
    let found = facts(&heard, SWITCH);
    assert!(found.len() > 4000 && found.iter().all(|(about, _)| matches!(about, Subject::Mac(_))));
}

#[test]
fn requests_are_told_again_as_they_were_with_asterisks_for_the_community() {
    let mut said = Vec::new();
    let (tables, ..) = walked(
        |request| {
            said.push(request.to_vec());
            answer(&switch(), request)
        },
        Duration::ZERO,
    );
    let again = told_again([1, 2, 3, 255], tables.walked());
    let masked: Vec<Vec<u8>> = said[1..]
        .iter()
        .map(|request| {
            let at = request.windows(6).position(|window| window == b"sesame").unwrap();
            let message = [&request[2..at - 1], &[8], b"********".as_slice(), &request[at + 6..]].concat();
            element(SEQUENCE, &[&message])
        })
        .collect();
    assert_eq!(again, masked);
    assert!(!again.concat().windows(6).any(|window| window == b"sesame"));
}

#[test]
fn a_name_is_read_as_it_was_written() {
    for text in ["1.3.6.1.2.1.1", "1.0.8802.1.1.2.1.4.1.1.9.4294967295.0.127.128.16384", "0.0", "2.39"] {
        let name = name(text);
        assert_eq!((Name::read(&name.encoded()).as_ref(), name.to_string().as_str()), (Some(&name), text));
    }
    for text in ["", "1", "9.1", "1.x", "1..2", &"1.".repeat(200)] {
        assert!(text.parse::<Name>().is_err(), "{text:?}");
    }
    assert_eq!((Name::read(&[]), Name::read(&[0x2b, 0x81])), (None, None));
}

proptest! {
    #[test]
    fn p3_a_walk_keeps_its_budget_and_its_pace_whatever_is_answered(
        answers in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 1..40),
        objects in proptest::collection::btree_map(0_u32..400, proptest::collection::vec(any::<u8>(), 0..9), 0..400),
        took in 0_u64..3000,
    ) {
        let objects: Objects = objects.into_iter()
            .map(|(row, value)| (name(&format!("1.3.6.1.2.1.4.22.1.2.2.10.20.{}.{}", row / 200, row % 200)), (OCTET_STRING, value))).collect();
        let mut turn = 0_usize;
        let (_, sent, heard) = walked(|request| {
            turn += 1;
            let spoilt = &answers[turn % answers.len()];
            // Now and then an answer whose rows are nonsense.
            if turn.is_multiple_of(7) { [answer(&Objects::new(), request).as_slice(), spoilt].concat() } else { answer(&objects, request) }
        }, Duration::from_millis(took));
        prop_assert!(sent.len() <= usize::try_from(MOST_WALKED).unwrap());
        for (nth, at) in sent.iter().enumerate() {
            let within = sent[nth..].iter().take_while(|other| **other < *at + Duration::from_secs(1)).count();
            prop_assert!(within <= usize::try_from(HOST_RATE).unwrap());
        }
        let _ = facts(&heard, SWITCH);
    }

    #[test]
    fn any_answer_is_read_without_panic(bytes: Vec<u8>) {
        let _ = facts(&bytes, SWITCH);
        let _ = facts(&element(SEQUENCE, &[&[INTEGER, 1, 1], &element(OCTET_STRING, &[]), &element(RESPONSE, &[&bytes])]), SWITCH);
        let mut tables = Tables::new("sesame".parse().unwrap(), [1, 2, 3, 4]);
        let _ = tables.next(Duration::ZERO);
        prop_assert!(!tables.hear(&bytes));
    }
}
