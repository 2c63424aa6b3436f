//! A zoo of delicate devices in a network namespace of its own: a whole plan ends with no death and every question answered, each
//! limit is counted on the wire by a program of its own, and a naive scanner in the same zoo kills several.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod devices;
mod hospital;
mod wire;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::time::Duration;

use wardround_ask::envelope::{HOST_GAP, HOST_RATE, SENSOR_RATE};
use wardround_ask::{Exchange, Halt, Listed, Outcome};
use wardround_model::Timestamp;
use wardround_send::{Answer, Desk, Ended, run};

use devices::Zoo;
use wire::{ACK, FIN, Packet, RST, SYN, Sniffer};

/// Runs a test of this file, one that is ignored otherwise, where there is no network but its own.
fn in_namespace(test: &str) {
    let this = std::env::current_exe().unwrap();
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-root-user",
        "--net",
        "sh",
        "-euc",
        "ip link set lo up; exec \"$0\" \"$@\"",
    ]);
    command.env("IN_ZOO", "yes").arg(this).args(["--exact", test, "--ignored", "--nocapture"]);
    let output = command.output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    assert!(output.status.success(), "{told}");
    println!("{told}");
}

#[derive(Default)]
struct Notes {
    outcomes: Vec<(Ipv4Addr, u16, Outcome)>,
    stop_after: Option<usize>,
}

impl Desk for Notes {
    fn may_still(&mut self, _: Timestamp, _: &Exchange) -> std::io::Result<bool> {
        Ok(true)
    }

    fn before(&mut self, _: Timestamp, _: &Exchange) -> std::io::Result<()> {
        Ok(())
    }

    fn after(&mut self, _: Timestamp, exchange: &Exchange, answer: &Answer) -> std::io::Result<()> {
        self.outcomes.push((exchange.ip, exchange.port, answer.outcome));
        Ok(())
    }

    fn stopped(&self) -> Option<Halt> {
        let is_enough = self.stop_after.is_some_and(|count| self.outcomes.len() >= count);
        is_enough.then_some(Halt::Person)
    }
}

/// What the keeper lists: a community, and models with their question.
fn listed() -> Listed {
    Listed { community: true, named: hospital::named(), ..Listed::default() }
}

#[test]
fn p3_p4_a_whole_plan_in_the_zoo_ends_with_no_death() {
    in_namespace("zoo_gently");
}

#[test]
#[ignore = "run by the test above, in a namespace"]
fn zoo_gently() {
    let zoo = Zoo::open();
    let approved = hospital::approved(&zoo.offers(), listed());
    let sniffer = Sniffer::start();
    let mut notes = Notes::default();
    let ended = run(&approved, &mut notes);
    assert!(matches!(&ended, Ended::Done(distress) if distress.is_empty()), "{ended:?} {:?}", notes.outcomes);
    assert_eq!(zoo.dead(), Vec::<&str>::new());
    assert_eq!(notes.outcomes.len(), approved.plan().exchanges.len());
    for (ip, port, outcome) in &notes.outcomes {
        assert_eq!(*outcome, Outcome::Answered, "{ip}:{port}");
    }
    let packets = sniffer.stop();
    for exchange in &approved.plan().exchanges {
        let to = (exchange.ip, exchange.port);
        let of: Vec<&Packet> = packets.iter().filter(|packet| packet.to == to).collect();
        let with = |flags: u8| of.iter().filter(|packet| packet.flags & flags != 0).count();
        // A whole handshake, one end in order, nothing broken off.
        assert_eq!((with(SYN), with(FIN), with(RST)), (1, 1, 0), "{to:?}");
        assert_eq!((of[0].flags, of[1].flags & (SYN | ACK)), (SYN, ACK), "{to:?}");
        assert!(of.len() <= usize::try_from(exchange.packets).unwrap(), "{to:?}: {} packets", of.len());
    }
    let total: u64 = packets.len().try_into().unwrap();
    assert!(total > 0 && total <= approved.plan().packets());
    let never = packets.iter().filter(|packet| [502, 9100].contains(&packet.to.1)).count();
    assert_eq!(never, 0);
    rates(&packets);
}

fn rates(packets: &[Packet]) {
    let mut last: BTreeMap<Ipv4Addr, f64> = BTreeMap::new();
    for packet in packets {
        let second = packets.iter().filter(|other| other.at >= packet.at && other.at < packet.at + 1.0);
        assert!(second.clone().count() <= usize::try_from(SENSOR_RATE).unwrap());
        let host = second.filter(|other| other.to.0 == packet.to.0).count();
        assert!(host <= usize::try_from(HOST_RATE).unwrap(), "{:?}: {host}", packet.to);
        if packet.flags & SYN != 0 {
            let before = last.insert(packet.to.0, packet.at);
            let gap = before.map_or(f64::MAX, |before| packet.at - before);
            assert!(gap >= HOST_GAP.as_secs_f64(), "{:?}: {gap}", packet.to);
        }
    }
}

#[test]
fn p9_a_stop_is_silence_at_once() {
    in_namespace("zoo_stopped");
}

#[test]
#[ignore = "run by the test above, in a namespace"]
fn zoo_stopped() {
    let zoo = Zoo::open();
    let approved = hospital::approved(&zoo.offers(), listed());
    let sniffer = Sniffer::start();
    let mut notes = Notes { stop_after: Some(2), ..Notes::default() };
    let ended = run(&approved, &mut notes);
    assert!(matches!(ended, Ended::Halted(Halt::Person, _)), "{ended:?}");
    let asked: std::collections::BTreeSet<_> = sniffer.stop().iter().map(|packet| packet.to).collect();
    assert_eq!(asked.len(), 2);
    assert_eq!(zoo.dead(), Vec::<&str>::new());
}

#[test]
fn a_naive_scanner_in_the_same_zoo_kills_several() {
    in_namespace("zoo_naively");
}

#[test]
#[ignore = "run by the test above, in a namespace"]
fn zoo_naively() {
    let zoo = Zoo::open();
    // Every port of every device at once, the same words to each, and closed without reading.
    let all: Vec<SocketAddr> = zoo.listens().into_iter().map(SocketAddr::from).collect();
    for _ in 0..2 {
        let streams: Vec<TcpStream> = all.iter().filter_map(|to| TcpStream::connect(to).ok()).collect();
        for mut stream in streams {
            let _ = stream.write_all(b"GET / HTTP/1.0\r\n\r\n");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
    std::thread::sleep(Duration::from_millis(500));
    let dead = zoo.dead();
    assert!(dead.len() >= 8, "{dead:?}");
}

#[test]
#[ignore = "needs nmap, which `make test` does not install; `make zoo` runs it"]
fn nmap_in_the_same_zoo_kills_several() {
    in_namespace("zoo_by_nmap");
}

#[test]
#[ignore = "run by the test above, in a namespace"]
fn zoo_by_nmap() {
    let zoo = Zoo::open();
    let mut hosts: Vec<String> = zoo.listens().iter().map(|(ip, _)| ip.to_string()).collect();
    let mut ports: Vec<String> = zoo.listens().iter().map(|(_, port)| port.to_string()).collect();
    for list in [&mut hosts, &mut ports] {
        list.sort();
        list.dedup();
    }
    for way in ["-sS", "-sT"] {
        let mut nmap = Command::new("nmap");
        nmap.args(["-n", "-Pn", way, "-sV", "-p", &ports.join(",")]).args(&hosts);
        assert!(nmap.output().unwrap().status.success());
        println!("nmap {way} -sV: {:?}", zoo.dead());
    }
    let dead = zoo.dead();
    assert!(dead.len() >= 8, "{dead:?}");
}
