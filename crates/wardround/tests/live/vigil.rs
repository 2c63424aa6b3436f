//! Hosts are listened to while they are asked: devices that talk with their own server fall silent once they are asked, and that stops
//! them and their subnet until a person resumes.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use crate::network::Network;
use crate::program::{Place, assert_fails};

/// Devices on the other end of a cable. Each but the quiet one tells its server twice a second that it lives; delicate ones stop doing so
/// with their first connection.
const DEVICES: &str = "
import http.server, socket, sys, threading, time
def device(ip, beats, delicate):
    alive = [True]
    class H(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self):
            if delicate: alive[0] = False
            self.send_response(200); self.end_headers()
        def log_message(self, *_): print(ip, flush=True)
    threading.Thread(target=http.server.HTTPServer((ip, 80), H).serve_forever, daemon=True).start()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind((ip, 0))
    while beats:
        if alive[0]: s.sendto(b'I live', ('10.20.1.5', 5005))
        time.sleep(.5)
for one in [('10.20.1.9', True, False), ('10.20.1.40', True, True), ('10.20.1.70', True, True), ('10.20.1.100', False, False)]:
    threading.Thread(target=device, args=one, daemon=True).start()
time.sleep(2)
print('they live', flush=True)
time.sleep(120)
";

/// The cable. Its near end has our address and that of the devices' server.
const CABLE: &str = "ip link set lo up; unshare --net sleep 120 & far=$!
     until [ \"$(readlink /proc/$far/ns/net)\" != \"$(readlink /proc/$$/ns/net)\" ]; do sleep 0.05; done
     ip link add near type veth peer name far netns $far; ip addr add 10.20.1.2/24 dev near; ip addr add 10.20.1.5/24 dev near
     ip link set near up; there() { nsenter -t $far -n \"$@\"; }
     for last in 9 40 70 100; do there ip addr add 10.20.1.$last/24 dev far; done; there ip link set far up
     nsenter -t $far -n python3 devices.py >heard & devices=$!; trap 'kill $far $devices' EXIT
     for wait in $(seq 300); do grep -q 'they live' heard && break; sleep 0.1; done";

#[test]
fn p7_p8_devices_that_fall_silent_toward_their_server_stop_their_subnet_until_a_person_resumes() {
    let Some(network) = Network::new(&[]) else { return };
    let place = Place::new();
    place.file("devices.py", DEVICES.as_bytes());
    let inventory: String =
        [9, 40, 70, 100].iter().map(|last| format!("web{last},10.20.1.{last},Server\n")).collect();
    place.file("inventory.csv", format!("Name,IP address,Device type\n{inventory}").as_bytes());
    place.ok(&["import", "inventory.csv"]);
    place.ok(&["round"]);
    let script = format!(
        "{CABLE}; $W ask scope --network 10.20.1.0/24 --owner o --phone 1 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
             --until \"$(date -u -d '+1 hour' +%FT%TZ)\" >/dev/null
         $W ask plan --port 80,443,8000,8080,8443 >/dev/null; $W ask check --approve Ann >/dev/null
         $W ask run --watch near & run=$!; echo $run >run; wait $run; $W ask log"
    );
    let mut command = Command::new("sh");
    command.args(["-euc", &script]).current_dir(place.folder.path());
    command.env("HOME", place.folder.path()).env("W", env!("CARGO_BIN_EXE_wardround"));
    let mut command = network.enter(&command);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut heard = String::new();
    while !heard.contains("all is asked") {
        assert!(said.read_line(&mut heard).unwrap() > 0, "{heard}");
    }
    assert!(heard.contains("listening: at near, for 20 seconds before the first question"), "{heard}");
    // Nobody here waits for ten minutes.
    let run = std::fs::read_to_string(place.path("run")).unwrap();
    assert!(Command::new("kill").args(["-INT", run.trim()]).status().unwrap().success());
    said.read_to_string(&mut heard).unwrap();
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    let sent = |last: u8| told.matches(&format!("10.20.1.{last}:")).count();
    for last in [40, 70] {
        let sign = format!(
            "10.20.1.{last} was left alone: its regular talk with 10.20.1.5 (port 5005) ceased 10 s ago"
        );
        assert!(told.contains(&sign), "{last}: {told}\n{heard}");
    }
    assert_eq!(told.matches("was left alone").count(), 2, "{told}");
    assert_eq!(told.matches("  distress ").count(), 2, "{told}");
    // Five questions each, of which two lines are told, had nobody listened.
    assert!([9, 40, 70, 100].iter().all(|last| (2..10).contains(&sent(*last))), "{told}");
    assert!(told.contains("it still speaks: with 10.20.1.5") && !told.contains("10.20.1.100 was"), "{told}");
    assert!(told.contains("a person stopped it; what became of the hosts since is not known"), "{told}");
    assert_fails(&place.run(&["ask", "run"]), 1, &["asking is stopped; a person allows it again"]);
}
