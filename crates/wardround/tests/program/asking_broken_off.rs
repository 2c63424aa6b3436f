//! A run that is broken off from outside: the network goes away, or the program is told to end. It says which it was, sends nothing
//! more, and waits for a person.

use crate::asking::{SCOPE, in_namespace};
use crate::program::Place;

/// A cable to a server in a network of its own; what we ask goes over it. `far` is a process there.
const CABLE: &str = "mount -t sysfs none /sys; unshare --net sleep 60 & far=$!
     until [ \"$(readlink /proc/$far/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ]; do sleep 0.05; done; ip link set lo up
     ip link add near type veth peer name far netns $far; ip addr add 10.20.1.2/24 dev near; ip link set near up
     there() { nsenter -t $far -n \"$@\"; }
     there ip addr add 10.20.1.9/24 dev far; there ip link set far up
     nsenter -t $far -n python3 -m http.server 8080 --bind 10.20.1.9 >/dev/null 2>heard & server=$!; sleep 1";

#[test]
fn p9_without_its_network_or_its_program_a_run_ends_at_once_says_why_and_waits_for_a_person() {
    let place = Place::new();
    place.file("inventory.csv", b"Name,IP address,Device type\nweb1,10.20.1.9,Server\n");
    place.ok(&["import", "inventory.csv"]);
    place.ok(&["round"]);
    // Three ports, with five seconds between two questions: what comes after a second is in the middle.
    let again = "$W ask resume --by Ann --because 'it was a drill' >/dev/null; $W ask plan --port 80,443,8080 >/dev/null
         $W ask check --approve Ann >/dev/null; $W ask run & run=$!; sleep 1.5; began=$(date +%s%N)";
    let ended =
        "wait $run; echo \"after $((($(date +%s%N) - began) / 1000000)) ms\"; $W ask run 2>&1 || true";
    let script = format!(
        "{CABLE}; {SCOPE} >/dev/null
         {again}; ip link set near down; {ended}; ip link set near up; $W ask run 2>&1 || true
         {again}; there ip link set far down; {ended}; there ip link set far up
         {again}; ip addr del 10.20.1.2/24 dev near; {ended}; ip addr add 10.20.1.2/24 dev near
         {again}; kill -TERM $run; {ended}
         {again}; kill -INT $run; {ended}
         $W ask log --format json >log; kill $server $far; wc -l <heard"
    );
    let told = in_namespace(&place, &script);
    let count = |words: &str| told.matches(words).count();
    assert_eq!(count("1 question asked: the network went away from this computer"), 3, "{told}");
    assert_eq!(count("1 question asked: the program that asks was stopped"), 1, "{told}");
    assert_eq!(count("1 question asked: a person stopped it"), 1, "{told}");
    assert_eq!(count("asking is stopped; a person allows it again"), 6, "{told}");
    for time in told.lines().filter_map(|line| line.strip_prefix("after ")?.strip_suffix(" ms")) {
        assert!(time.parse::<u32>().unwrap() < 1000, "{told}");
    }
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert_eq!((log.matches("\"sending\"").count(), log.matches("\"distress\"").count()), (5, 0), "{log}");
}
