//! The name in every protocol.

use wardround_capture::{Captured, Options, read_bytes};
use wardround_model::{FactKind, Protocol, Timestamp};

use super::said::{bytes, said, seeds_of};
use super::{NEEDLE, assert_nameless, assert_told_nowhere};
use crate::build::Pcap;
use crate::canaries::is_in;
use crate::program::Place;
use crate::seeds::{Seed, seeds};

fn find<'a>(seeds: &'a [Seed], path: &str) -> &'a Seed {
    seeds.iter().find(|seed| seed.name == path).unwrap()
}

/// Packets of a connection that says what this protocol says, from this port of the client.
fn packets(protocol: Protocol, seeds: &[Seed], client_port: u16) -> Vec<Vec<u8>> {
    let sides = bytes(&said(protocol), |path| find(seeds, path).bytes.clone());
    sides.iter().flat_map(|(path, bytes)| find(seeds, path).packets(bytes, client_port)).collect()
}

/// The same without the name.
fn nameless_packets(protocol: Protocol, seeds: &[Seed]) -> Vec<Vec<u8>> {
    let said = said(protocol);
    let found = seeds_of(&said).into_iter().map(|path| find(seeds, path));
    found.flat_map(|seed| seed.packets(&seed.bytes, 40_000)).collect()
}

fn read(packets: &[Vec<u8>]) -> Captured {
    read_bytes("a.pcap", &Pcap::of(packets), &Options::at(Timestamp::from_seconds(1_795_478_400))).unwrap()
}

/// Facts beyond who has which address.
fn told(captured: &Captured) -> Vec<(&str, &str)> {
    let is_told = |kind: FactKind| !matches!(kind, FactKind::SendsFromIp | FactKind::OwnsIp);
    let told = captured.observations.iter().filter(|it| is_told(it.fact.kind()));
    told.map(|it| (it.fact.kind().code(), it.fact.value())).collect()
}

#[test]
fn a_name_in_any_protocol_is_no_fact() {
    let seeds = seeds();
    for protocol in Protocol::ALL {
        let packets = packets(*protocol, &seeds, 40_000);
        // What QUIC says is encrypted, if only just; NetBIOS has letters of its own.
        let is_plain = !matches!(protocol, Protocol::Quic | Protocol::Nbns);
        assert!(!is_plain || is_in(&packets.concat(), NEEDLE), "{protocol:?}: the name is not there");
        let captured = read(&packets);
        // It was read for what it is, so that the name had its chance.
        let recognised = captured.conversations.iter().any(|it| it.protocol == Some(*protocol));
        assert!(recognised, "{protocol:?}: {:#?}", captured.conversations);
        let before = read(&nameless_packets(*protocol, &seeds));
        // These have nothing to tell.
        assert!(
            matches!(protocol, Protocol::Ntp | Protocol::Rtp) || !told(&before).is_empty(),
            "{protocol:?}: nothing is told without the name either"
        );
        println!("{}: {:?}", protocol.code(), told(&captured));
        assert_nameless(protocol.code(), format!("{captured:?}").as_bytes());
    }
}

#[test]
fn a_name_in_any_protocol_is_kept_and_printed_nowhere() {
    let seeds = seeds();
    let all =
        Protocol::ALL.iter().zip(40_000..).flat_map(|(protocol, port)| packets(*protocol, &seeds, port));
    let place = Place::new();
    place.file("all.pcap", &Pcap::of(&all.collect::<Vec<_>>()));
    assert_told_nowhere(&place, &["all.pcap"], &["all.pcap"]);
    let round = place.ok(&["round", "show", "R-1", "--format", "json"]);
    for protocol in Protocol::ALL {
        assert!(round.contains(&format!("\"{}\"", protocol.code())), "{protocol:?} was not read");
    }
}
