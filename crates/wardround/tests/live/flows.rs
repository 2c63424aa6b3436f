//! `wardround watch --flows`: flow records of real exporters on the loopback interface. What they count is the demo capture.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::program::{Place, assert_fails, clinic, error};
use crate::watching::{AS_OF, Watching, of_file};

/// Starts a watch at any free port; the watch, and its address.
fn listen(place: &Place, words: &[&str]) -> (Watching, String) {
    let words = [&["watch", "--format", "json", "--as-of", AS_OF, "--flows", "127.0.0.1:0"], words].concat();
    let watching = Watching::begin(place.command(&words), place);
    let address = watching.heard.split("watching ").nth(1).and_then(|rest| rest.split(';').next());
    let address = address.unwrap().to_owned();
    (watching, address)
}

/// Whether a program is there; says loudly where it is not.
fn is_there(program: &str) -> bool {
    let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output().unwrap();
    if !found.status.success() {
        eprintln!("SKIPPED, NOTHING WAS TESTED: {program} is not installed");
    }
    found.status.success()
}

/// Lets softflowd count a file, and send what it counted.
fn softflowd(file: &Path, to: &str, words: &[&str]) {
    let mut command = Command::new("softflowd");
    command.args(["-d", "-n", to, "-r"]).arg(file).args(words);
    let done = command.stdin(Stdio::null()).output().unwrap();
    assert!(done.status.success(), "{}", error(&done));
    // The last ones are on their way.
    std::thread::sleep(Duration::from_millis(300));
}

/// Who asked whom, over which service.
fn talks(round: &Value) -> BTreeSet<(String, String)> {
    let text = |talk: &Value, name: &str| talk[name].as_str().unwrap().to_owned();
    let talks = round["conversations"].as_array().unwrap().iter();
    talks.map(|talk| (text(talk, "client"), text(talk, "server"))).collect()
}

fn skipped(round: &Value, reason: &str) -> u64 {
    let skips = round["coverage"]["skipped"].as_array().unwrap();
    skips.iter().filter(|skip| skip["reason"] == reason).map(|skip| skip["count"].as_u64().unwrap()).sum()
}

/// What passes inside the tunnel (VXLAN) alone.
const INSIDE: &[(&str, &str)] =
    &[("10.20.4.106", "10.20.4.10:1883/tcp"), ("10.20.5.109", "10.20.5.1:67/udp")];

/// The demo capture as a flow record can tell it: a tunnel from outside, and two relays of DHCP that talk from port 67 to port 67 in no
/// order, because both sides have one time.
fn as_exporters_see(talks: &BTreeSet<(String, String)>) -> BTreeSet<(String, String)> {
    let relays = ["10.20.1.1", "10.20.2.1", "10.20.3.53", "10.20.4.1", "10.20.5.1"];
    let ordered = |(client, server): &(String, String)| {
        let host = server.trim_end_matches(":67/udp");
        if relays.contains(&host) && relays.contains(&client.as_str()) && host < client.as_str() {
            return (host.to_owned(), format!("{client}:67/udp"));
        }
        (client.clone(), server.clone())
    };
    let is_inside = |talk: &(String, String)| INSIDE.contains(&(talk.0.as_str(), talk.1.as_str()));
    let is_tunnel = |talk: &(String, String)| talk.1.ends_with(":4789/udp");
    talks.iter().filter(|talk| !is_inside(talk) && !is_tunnel(talk)).map(ordered).collect()
}

/// What stands in one of two and not in the other.
fn differences(file: &BTreeSet<(String, String)>, seen: &BTreeSet<(String, String)>) -> Vec<String> {
    let (file, seen) = (as_exporters_see(file), as_exporters_see(seen));
    let missing = file.difference(&seen).map(|(client, server)| format!("missing {client} to {server}"));
    let more = seen.difference(&file).map(|(client, server)| format!("more {client} to {server}"));
    missing.chain(more).collect()
}

/// The conversation of a client and a service.
fn talk<'a>(round: &'a Value, client: &str, server: &str) -> &'a Value {
    let mut talks = round["conversations"].as_array().unwrap().iter();
    talks.find(|talk| talk["client"] == client && talk["server"] == server).unwrap()
}

const DICOM: (&str, &str) = ("10.20.2.21", "10.20.2.10:104/tcp");

#[test]
fn softflowd_shows_the_conversations_of_the_capture() {
    if !is_there("softflowd") {
        return;
    }
    let file = of_file(&Place::new(), &[]);
    for words in [&["-v", "5"][..], &["-v", "9", "-6"], &["-v", "10", "-6"], &["-v", "10", "-6", "-b"]] {
        let place = Place::new();
        let (watching, address) = listen(&place, &[]);
        softflowd(&clinic(), &address, words);
        let (round, said) = watching.round();
        let mut expected = talks(&file);
        // Version 5 has no room for IPv6.
        expected.retain(|(client, _)| words != ["-v", "5"] || !client.contains(':'));
        assert_eq!(differences(&expected, &talks(&round)), [""; 0], "{words:?}: {said}");
        for reason in ["lost-records", "malformed", "no-template", "implausible-time", "not-ip"] {
            assert_eq!(skipped(&round, reason), 0, "{words:?}: {reason}");
        }
        assert_eq!(round["coverage"]["sources"][0]["kind"], "flows");
        let (counted, read) = (talk(&round, DICOM.0, DICOM.1), talk(&file, DICOM.0, DICOM.1));
        for name in ["connections", "already_open", "packets_to_server", "packets_to_client"] {
            assert_eq!(counted[name], read[name], "{words:?}: {name}");
        }
        // The clock of an exporter has seconds at least.
        let day = |talk: &Value, name: &str| talk[name].as_str().unwrap()[..15].to_owned();
        assert_eq!(day(counted, "first"), day(read, "first"), "{words:?}");
        assert_eq!(day(counted, "last"), day(read, "last"), "{words:?}");
    }
}

#[test]
fn pmacct_shows_by_sflow_what_the_first_bytes_of_packets_tell() {
    if !is_there("pmacctd") {
        return;
    }
    let place = Place::new();
    let file = of_file(&place, &[]);
    let (watching, address) = listen(&place, &[]);
    let settings = format!(
        "daemonize: false\npcap_savefile: {}\nplugins: sfprobe[s]\nsfprobe_receiver: {address}\n\
         sfprobe_agentip: 127.0.0.1\nsampling_rate: 1\n",
        clinic().display()
    );
    std::fs::write(place.path("pmacct.conf"), settings).unwrap();
    let mut command = Command::new("pmacctd");
    command.arg("-f").arg(place.path("pmacct.conf")).stdin(Stdio::null());
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", error(&done));
    let (round, said) = watching.round();
    assert_eq!(differences(&talks(&file), &talks(&round)), [""; 0], "{said}");
    let (counted, read) = (talk(&round, DICOM.0, DICOM.1), talk(&file, DICOM.0, DICOM.1));
    for name in ["protocol", "packets_to_server", "bytes_to_server", "packets_to_client", "bytes_to_client"] {
        assert_eq!(counted[name], read[name], "{name}");
    }
}

#[test]
fn records_of_strangers_are_not_looked_at() {
    let place = Place::new();
    let (watching, address) = listen(&place, &["--flows-from", "10.20.9.0/24"]);
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.send_to(&[0, 5, 0, 0], &address).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let (_, output) = watching.stop();
    // Nothing else came: there is no round.
    assert_eq!(output.status.code(), Some(1));
    assert!(error(&output).contains("no flow record came to 127.0.0.1"), "{}", error(&output));
}

#[test]
fn a_reader_of_flow_records_has_no_rights_and_is_started_again() {
    let place = Place::new();
    let (mut watching, address) = listen(&place, &[]);
    let reader = watching.readers().remove(0);
    let status = std::fs::read_to_string(format!("/proc/{reader}/status")).unwrap();
    for line in ["CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2", "Threads:\t1"] {
        assert!(status.contains(line), "{line:?} is missing in {status}");
    }
    watching.kill_readers();
    watching.wait_for("started again");
    let exporter = UdpSocket::bind("127.0.0.1:0").unwrap();
    exporter.send_to(&version_5(), &address).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let (round, said) = watching.round();
    assert_eq!(talks(&round).len(), 1, "{said}");
    let source = &round["coverage"]["sources"][0];
    assert!(source["ended_early"].as_str().unwrap().contains("stopped for a moment"), "{source}");
}

/// A datagram of NetFlow version 5 with one record of a connection that was opened ten seconds ago.
fn version_5() -> Vec<u8> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let seconds = u32::try_from(now.as_secs()).unwrap();
    let header = [[0, 5, 0, 1], 60_000_u32.to_be_bytes(), seconds.to_be_bytes(), [0; 4], [0; 4], [0; 4]];
    let addresses = [[10, 20, 1, 21], [10, 20, 3, 12], [0; 4], [0, 1, 0, 2]];
    let counts = [10_u32, 5200, 50_000, 58_000].map(u32::to_be_bytes);
    let rest = [[0xC0, 0, 1, 0xBB], [0, 0x1B, 6, 0], [0; 4], [24, 24, 0, 0]];
    [header.concat(), addresses.concat(), counts.concat(), rest.concat()].concat()
}

#[test]
fn an_address_that_cannot_be_listened_at_is_said() {
    let place = Place::new();
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_fails(&place.run(&["watch", "--flows", &address, "--for", "1s"]), 1, &[&address, "free"]);
    let wrong = place.run(&["watch", "--flows", "router1", "--for", "1s"]);
    assert_eq!(wrong.status.code(), Some(2));
    let nothing = place.run(&["watch", "--for", "1s"]);
    assert_eq!(nothing.status.code(), Some(2));
}
