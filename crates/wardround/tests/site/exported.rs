//! A site that takes flow records: they come in rounds like what is heard, and the layout that an exporter once told outlives a round.

use std::net::UdpSocket;

use crate::browser::set_up;
use crate::listening::{run, wait_for};
use crate::running::Running;

/// Fields of the records below (RFC 3954, 8): addresses, ports, protocol, packets, bytes, and when the flow began and ended.
const FIELDS: [(u16, u16); 9] = [(8, 4), (12, 4), (7, 2), (11, 2), (4, 1), (2, 4), (1, 4), (22, 4), (21, 4)];

/// A message of NetFlow version 9 (RFC 3954, 5) with this set: its number, and what is in it.
fn message(sequence: u32, set: (u16, Vec<u8>)) -> Vec<u8> {
    let (number, mut inside) = set;
    inside.resize(inside.len().next_multiple_of(4), 0);
    // The exporter is on for a minute, at noon of 28 November 2026.
    let words = [60_000, 1_795_867_200, sequence, 7].map(u32::to_be_bytes).concat();
    let head = [9, 1].map(u16::to_be_bytes).concat();
    let set = [number, u16::try_from(inside.len() + 4).unwrap()].map(u16::to_be_bytes).concat();
    [head, words, set, inside].concat()
}

/// How records are laid out.
fn layout() -> (u16, Vec<u8>) {
    let fields = FIELDS.iter().flat_map(|(kind, length)| [*kind, *length]);
    (
        0,
        [256, u16::try_from(FIELDS.len()).unwrap()]
            .into_iter()
            .chain(fields)
            .flat_map(u16::to_be_bytes)
            .collect(),
    )
}

/// A connection of this host to a picture archive.
fn record(host: u8) -> (u16, Vec<u8>) {
    let ends = [[10, 20, 4, host], [10, 20, 3, 20]].concat();
    let ports = [50_000, 104].map(u16::to_be_bytes).concat();
    let counts = [12, 9_000, 30_000, 50_000].map(u32::to_be_bytes).concat();
    (256, [ends, ports, vec![6], counts].concat())
}

#[test]
fn an_address_of_another_computer_is_told_at_the_start_and_on_the_page() {
    let running = Running::with(&["--flows", "192.0.2.1:2055"]);
    assert!(running.log().contains("cannot listen at 192.0.2.1:2055"), "{}", running.log());
    let (ada, _) = set_up(&running);
    let told = ["Flow records at 192.0.2.1:2055", "Not listening: cannot listen at"];
    wait_for(&ada, "/settings/interfaces", told[1]);
    ada.get("/settings/interfaces").shows(&[told[0]]);
}

#[test]
fn flow_records_are_read_by_each_round_in_the_layout_that_was_told_once() {
    let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let running = Running::with(&["--flows", &free, "--flows-from", "127.0.0.0/8"]);
    let (ada, _) = set_up(&running);
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    let exporter = UdpSocket::bind("127.0.0.1:0").unwrap();
    let send = |sequence, set| exporter.send_to(&message(sequence, set), &free).unwrap();
    send(0, layout());
    send(1, record(31));
    // Nobody presses anything.
    wait_for(&ada, "/", "Round R-1.");
    ada.get("/coverage").shows(&[&format!("flow records at {free}")]);
    ada.get("/devices").shows(&["10.20.4.31", "10.20.3.20"]);
    send(2, record(32));
    wait_for(&ada, "/metrics", &format!("wardround_packets_read_total{{interface=\"{free}\"}} 2"));
    run(&ada);
    ada.get("/devices").shows(&["10.20.4.32"]);
    let coverage = ada.get("/coverage").text;
    assert!(!coverage.contains("layout"), "{coverage}");
}
