//! Calls: flows of UDP that are known by how their packets follow one another.

use wardround_model::{FactKind, Protocol};

use super::build::{CLIENT, Pcap, SERVER, udp};
use super::options;
use crate::{Captured, read_bytes};

/// A packet of a call, with this number.
fn voice(number: u16) -> Vec<u8> {
    let time = (u32::from(number) * 160).to_be_bytes();
    [&[0x80, 8], &number.to_be_bytes()[..], &time, b"\x37\x96\xcb\x71voice"].concat()
}

fn sent(ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
    udp(CLIENT, SERVER.1, ports, payload)
}

fn read(packets: &[Vec<u8>]) -> Captured {
    read_bytes("test.pcap", &Pcap::of(packets), &options()).unwrap()
}

/// The protocol of the one conversation that these datagrams of one side are.
#[track_caller]
fn protocol(ports: (u16, u16), payloads: &[Vec<u8>]) -> Option<Protocol> {
    let packets: Vec<_> = payloads.iter().map(|payload| sent(ports, payload)).collect();
    let captured = read(&packets);
    let [conversation] = captured.conversations.as_slice() else { panic!("{:?}", captured.conversations) };
    conversation.protocol
}

#[test]
fn a_call_is_known_by_one_side_of_it_and_tells_nothing() {
    let call: Vec<_> = (1..9).map(voice).collect();
    assert_eq!(protocol((30_000, 40_392), &call), Some(Protocol::Rtp));
    let captured = read(&call.iter().map(|payload| sent((30_000, 40_392), payload)).collect::<Vec<_>>());
    // Who has which address, and no more.
    assert!(captured.observations.iter().all(|it| it.fact.kind() == FactKind::SendsFromIp));
    assert_eq!(captured.conversations[0].to_client.packets, 8);
}

#[test]
fn each_side_is_followed_by_itself() {
    let answer = |number: u16| {
        let mut packet = voice(number * 7);
        packet[8..12].copy_from_slice(b"\x01\x02\x03\x04");
        udp(SERVER, CLIENT.1, (40_392, 30_000), &packet)
    };
    let packets: Vec<_> =
        (1..9).flat_map(|number| [sent((30_000, 40_392), &voice(number)), answer(number)]).collect();
    assert_eq!(read(&packets).conversations[0].protocol, Some(Protocol::Rtp));
}

#[test]
fn few_packets_other_ports_and_other_protocols_are_no_call() {
    let call: Vec<_> = (1..9).map(voice).collect();
    assert_eq!(protocol((30_000, 40_392), &call[..3]), None);
    assert_eq!(protocol((30_000, 53), &call), None);
    let broken: Vec<_> =
        call.iter().flat_map(|packet| [packet.clone(), b"\0\x01\0\0\x21\x12\xa4\x42".to_vec()]).collect();
    assert_eq!(protocol((30_000, 40_392), &broken), None);
    // What is known stays what it is.
    let options = b"OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n\r\n".to_vec();
    assert_eq!(protocol((30_000, 5060), &[vec![options], call].concat()), Some(Protocol::Sip));
}
