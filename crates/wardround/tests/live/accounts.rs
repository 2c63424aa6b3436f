//! An account that several devices share, seen as they log in: four computers on a switch, and a real server of FTP.

use std::net::Ipv4Addr;
use std::process::Command;

use serde_json::Value;

use crate::network::Network;
use crate::program::{Place, error};
use crate::watching::AS_OF;

/// Serves FTP to two accounts; neither can change anything.
const SERVER: &str = "
import logging
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer
logging.basicConfig(level=logging.INFO)
accounts = DummyAuthorizer()
for name in ('canary-pump', 'canary-nurse'):
    accounts.add_user(name, 'canary-secret', '/')
FTPHandler.authorizer = accounts
FTPServer(('10.20.4.10', 21), FTPHandler).serve_forever()
";

/// Logs in from here, and leaves.
const CLIENT: &str = "
import ftplib, sys
ftp = ftplib.FTP('10.20.4.10', timeout=10)
ftp.login(sys.argv[1], 'canary-secret')
ftp.quit()
";

/// A switch (`lan`), with a computer at each of its ports; the watch listens at the server's port. Who logs in by which account is said in
/// `LOGINS`.
const LAN: &str = "
holders=; trap 'kill $holders' EXIT
ip link add lan type bridge; ip link set lan up
attach() {
    unshare --net sleep 120 & holder=$!; holders=\"$holders $holder\"
    until [ \"$(readlink /proc/$holder/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ]; do sleep 0.05; done
    ip link add port$1 type veth peer name card netns $holder; ip link set port$1 master lan up
    nsenter -t $holder -n ip addr add 10.20.4.$1/24 dev card; nsenter -t $holder -n ip link set card up
    eval \"at$1=$holder\"
}
for last in 10 31 32 33 34; do attach $last; done
nsenter -t $at10 -n /usr/bin/python3 server.py 2>served & holders=\"$holders $!\"
until grep -q 'starting FTP server' served; do kill -0 $!; sleep 0.1; done
$W watch --interface port10 --format json --as-of $AS_OF >round.json 2>said & watch=$!
until grep -q watching said; do kill -0 $watch; sleep 0.1; done
for login in $LOGINS; do eval \"from=\\$at${login%%:*}\"; nsenter -t $from -n /usr/bin/python3 client.py ${login#*:}; done
sleep 1; kill -INT $watch; wait $watch";

/// The round of a watch at the server while these log in (`31:canary-pump`), with all that it said.
fn watched(network: &Network, logins: &str) -> (Value, String) {
    let place = Place::new();
    place.file("server.py", SERVER.as_bytes());
    place.file("client.py", CLIENT.as_bytes());
    let mut command = Command::new("sh");
    command.args(["-euc", LAN]).current_dir(place.folder.path());
    command.env("HOME", place.folder.path()).env("W", env!("CARGO_BIN_EXE_wardround"));
    command.env("AS_OF", AS_OF).env("LOGINS", logins);
    let done = network.enter(&command).output().unwrap();
    let read = |name: &str| std::fs::read_to_string(place.path(name)).unwrap_or_default();
    assert!(done.status.success(), "{}\n{}\n{}", error(&done), read("said"), read("served"));
    (serde_json::from_str(&read("round.json")).unwrap(), read("round.json") + &read("said"))
}

/// Addresses of the devices that share an account.
fn sharing(round: &Value) -> Vec<&str> {
    let findings = round["findings"].as_array().unwrap().iter();
    let shared = findings.filter(|finding| finding["weakness"] == "shared-account:ftp");
    let who: Vec<&Value> = shared.map(|finding| &finding["asset"]).collect();
    let assets = round["assets"].as_array().unwrap().iter().filter(|asset| who.contains(&&asset["id"]));
    let texts = assets.filter_map(|asset| asset["addresses"].as_array()).flatten().filter_map(Value::as_str);
    let mut addresses: Vec<_> = texts.filter(|text| text.parse::<Ipv4Addr>().is_ok()).collect();
    addresses.sort_unstable();
    addresses
}

/// Whether the server is there; says loudly where it is not.
fn serves() -> bool {
    let found = Command::new("/usr/bin/python3").args(["-c", "import pyftpdlib"]).output();
    let is_there = found.is_ok_and(|found| found.status.success());
    if !is_there {
        eprintln!("SKIPPED, NOTHING WAS TESTED: no pyftpdlib here (make packages)");
    }
    is_there
}

#[test]
fn an_account_that_three_devices_log_in_by_is_told_of_each_and_its_name_is_not() {
    let Some(network) = Network::new(&[]).filter(|_| serves()) else { return };
    let shared = "31:canary-pump 32:canary-pump 33:canary-pump 34:canary-nurse 31:canary-nurse";
    let (round, told) = watched(&network, shared);
    assert_eq!(sharing(&round), ["10.20.4.31", "10.20.4.32", "10.20.4.33"], "{told}");
    assert!(!told.contains("canary"), "{told}");
}

#[test]
fn an_account_that_two_devices_log_in_by_may_be_a_device_and_its_spare() {
    let Some(network) = Network::new(&[]).filter(|_| serves()) else { return };
    let (round, told) = watched(&network, "31:canary-pump 32:canary-pump 31:canary-pump 34:canary-nurse");
    assert_eq!(sharing(&round), Vec::<&str>::new(), "{told}");
    assert!(round["findings"].to_string().contains("cleartext-credentials:ftp"), "{told}");
}
