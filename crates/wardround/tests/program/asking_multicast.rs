//! All devices of a network are asked at once where its owner switched that on, and two people approved it. A real device answers in
//! `make ask-servers`.

use crate::asking::{in_namespace, lists};
use crate::program::Place;

const SCOPE: &str = "$W ask scope --network 10.20.1.0/24 --network 10.20.2.0/24 --owner servers --phone 100 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
                     --until \"$(date -u -d '+1 hour' +%FT%TZ)\"";
const DATAGRAMS: &str = "awk '/^Udp: [0-9]/ {print \"datagrams\", $5}' /proc/net/snmp";

#[test]
fn p11_all_are_asked_at_once_where_it_is_switched_on_and_no_pump_is() {
    let place = Place::new();
    lists(&place);
    let network = |words: &str| SCOPE.replace("10.20.1.0/24 --network 10.20.2.0/24", words);
    let script = format!(
        "ip link set lo up; ip link add wire type veth peer name far; ip link set far up; ip addr add 10.20.2.2/24 dev wire; ip link set wire up
         {off} >/dev/null; echo OFF; $W ask plan --multicast
         {SCOPE} --multicast 10.20.3.0/24 2>&1 || true
         {SCOPE} --multicast 10.20.1.0/24 --multicast 10.20.2.0/24; echo BOTH; $W ask plan --multicast
         {on} --multicast 10.20.2.0/24 >/dev/null; $W ask plan | grep -c mdns-services || true; $W ask plan --multicast >/dev/null
         $W ask check --approve Ann; $W ask run 2>&1 || true; $W ask check --approve Ben; {DATAGRAMS}
         $W ask run; {DATAGRAMS}; $W ask log; $W ask after",
        off = network("10.20.2.0/24"),
        on = network("10.20.2.0/24"),
    );
    let told = in_namespace(&place, &script);
    let (off, on) = told.split_once("OFF").unwrap().1.split_once("BOTH").unwrap();
    assert!(!off.contains("mdns-services"), "{off}");
    // In one of two plans, and twice in the log.
    assert_eq!(on.matches("mdns-services").count(), 3, "{on}");
    assert!(on.contains("\n0\n"), "a plan that does not want it has none: {on}");
    for words in [
        "10.20.3.0/24 lies in no network that may be asked",
        "All at once:   10.20.2.0/24 (a multicast reaches every device there, also medical and unknown ones)",
        "10.20.1.1              a device that treats a patient is there",
        "224.0.0.251:5353/udp      mdns-services",
        "all of 10.20.2.0/24: its owner switched multicast on",
        "It asks all devices of a network at once, also medical and unknown ones, so two different people must approve it.",
        "1 of 2 people approved this plan",
        "datagrams 0",
        "1 question asked: all is done",
        "datagrams 1",
        "all devices of 10.20.2.0/24 may be asked at once",
        "to all of 10.20.2.0/24",
        "0 devices answered",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
}
