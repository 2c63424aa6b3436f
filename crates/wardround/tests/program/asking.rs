//! `wardround ask` in a network namespace of its own: nothing leaves before scope, plan, check and window; then a real server is
//! asked, and its version is in the next round.

use std::path::Path;
use std::process::Command;

use crate::program::{Place, assert_fails, error};

/// The commands in a namespace with no other network than its own loopback; what they printed.
fn in_namespace(place: &Place, script: &str) -> String {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "sh", "-euc", script]);
    command.current_dir(place.folder.path()).env_clear().env("HOME", place.folder.path());
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let program = env!("CARGO_BIN_EXE_wardround");
    let output = command.env("W", program).output().unwrap();
    assert!(output.status.success(), "{}", error(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// An inventory that names a server, and what a scanner saw of it.
fn lists(place: &Place) {
    place.file(
        "inventory.csv",
        b"Name,IP address,Device type\nweb1,10.20.1.9,Server\npump1,10.20.1.70,Infusion pump\n",
    );
    let nmap = br#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="8080"><state state="open"/>
<service name="http"/></port></ports></host></nmaprun>"#;
    place.file("nmap.xml", nmap);
    place.ok(&["import", "inventory.csv", "nmap.xml"]);
    place.ok(&["round"]);
}

const SCOPE: &str = "$W ask scope --network 10.20.1.0/24 --owner servers --phone 100 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
                     --until \"$(date -u -d '+1 hour' +%FT%TZ)\"";
const PACKETS: &str = "awk '/lo:/ {print \"packets\", $3, $11}' /proc/net/dev";

#[test]
fn p1_a_fresh_install_and_every_step_before_run_send_nothing() {
    let place = Place::new();
    lists(&place);
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo
         for words in 'ask run' 'ask plan' 'ask check' 'ask log' 'round' 'asset list'; do $W $words >/dev/null 2>&1 || true; done
         {SCOPE} >/dev/null; $W ask plan --port 22 >/dev/null; $W ask check >/dev/null
         $W ask run >/dev/null 2>&1 && exit 9
         {PACKETS}"
    );
    assert_eq!(in_namespace(&place, &script).trim(), "packets 0 0");
}

#[test]
fn what_cannot_be_done_yet_is_said_in_a_sentence() {
    let place = Place::new();
    lists(&place);
    let script = "ip link set lo up; $W ask log
         $W ask scope --network 10.20.1.0/24 --owner Ann --phone 1 --from 2031-01-01T02:00:00Z --until 2031-01-01T04:00:00Z >/dev/null
         $W ask plan --port 22 >/dev/null; $W ask check --approve Ann >/dev/null; $W ask check --approve Ben >/dev/null; $W ask run 2>&1 || true";
    let told = in_namespace(&place, script);
    assert!(told.starts_with("Nothing was asked yet, and nothing was sent.\n"), "{told}");
    assert!(told.contains("It is open from 2031-01-01T02:00:00Z to 2031-01-01T04:00:00Z"), "{told}");
}

#[test]
fn a_server_is_asked_and_its_version_is_in_the_next_round() {
    let place = Place::new();
    lists(&place);
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo; ip addr add 10.20.1.70/32 dev lo
         python3 -m http.server 8080 --bind 10.20.1.9 >/dev/null 2>&1 & server=$!
         python3 -m http.server 80 --bind 10.20.1.70 >pump 2>&1 & pump=$!
         sleep 1
         {SCOPE} >/dev/null; $W ask plan --port 80; $W ask check --approve Ann; $W ask check --approve Ben; $W ask run; $W ask log
         $W ask run 2>&1 || true
         $W round >/dev/null; $W asset show 10.20.1.9
         kill $server $pump; {PACKETS}; cat pump"
    );
    let told = in_namespace(&place, &script);
    for words in [
        "10.20.1.9:8080",
        "clinical area",
        "10.20.1.70",
        "it takes part in care",
        "Approved by 1 of 2",
        "Approved by 2 of 2",
        "2 questions asked: all is done",
        "at most 9 packets",
        "answered",
        "there is no plan",
        "SimpleHTTP",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
    assert!(!told.contains("HEAD / HTTP"), "the pump was asked:\n{told}");
}

#[test]
fn a_stop_and_a_killed_run_wait_for_a_person() {
    let place = Place::new();
    lists(&place);
    place.ok(&["ask", "stop"]);
    let run = |words: &[&str]| place.run(&[&["ask"], words].concat());
    let scope = [
        "scope",
        "--network",
        "10.20.1.0/24",
        "--owner",
        "o",
        "--phone",
        "1",
        "--from",
        "2026-11-28T02:00:00+01:00",
    ];
    assert!(run(&[&scope[..], &["--until", "2026-11-28T04:00:00+01:00"]].concat()).status.success());
    assert_fails(&run(&["run"]), 1, &["stopped", "ask resume"]);
    assert!(run(&["resume", "--by", "Ann", "--because", "it was a drill"]).status.success());
    std::fs::write(Path::new(&place.folder.path()).join(".local/share/wardround/ask/running"), "").unwrap();
    assert_fails(&run(&["run"]), 1, &["killed", "ask resume"]);
    assert!(run(&["resume", "--by", "Ann", "--because", "the computer was switched off"]).status.success());
    assert!(run(&["plan"]).status.success());
    assert_fails(&run(&["run"]), 1, &["people approved"]);
    let text = place.ok(&["ask", "log"]);
    assert!(text.contains("it was a drill"), "{text}");
    // A changed plan is refused.
    let file = place.path(".local/share/wardround/ask/plan.json");
    let changed = std::fs::read_to_string(&file).unwrap().replace("8080", "9100");
    std::fs::write(&file, changed).unwrap();
    assert_fails(&run(&["check"]), 1, &["P5", "printers print what they get"]);
}

#[test]
fn p2_a_host_that_turns_out_medical_in_mid_run_gets_no_further_question() {
    let place = Place::new();
    lists(&place);
    place.file("changed.csv", b"Name,IP address,Device type\nweb1,10.20.1.9,Infusion pump\n");
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo
         python3 -m http.server 80 --bind 10.20.1.9 >first 2>&1 & one=$!
         python3 -m http.server 8080 --bind 10.20.1.9 >second 2>&1 & other=$!
         sleep 1
         {SCOPE} >/dev/null; $W ask plan --port 80 >/dev/null; $W ask check --approve Ann >/dev/null
         $W ask check --approve Ben >/dev/null; $W ask run & run=$!
         sleep 2; mv changed.csv inventory.csv; $W import inventory.csv >/dev/null; $W round >/dev/null
         wait $run; $W ask log; kill $one $other; wc -l <first; cat second"
    );
    let told = in_namespace(&place, &script);
    assert!(told.contains("1 question asked: all is done"), "{told}");
    assert!(
        told.contains("left-alone") && told.contains("a newer round: P2 it takes part in care"),
        "{told}"
    );
    assert_eq!(told.matches("HEAD / HTTP").count(), 0, "the second port was asked:\n{told}");
}
