//! `wardround ask` in a network namespace of its own: nothing leaves before scope, plan, check and window; then a real server is
//! asked, and its version is in the next round.

use std::path::Path;
use std::process::Command;

use crate::program::{Place, assert_fails, error};

/// The commands in a namespace with no other network than its own loopback, and with folders of interfaces that are its own; what they
/// printed.
pub(crate) fn in_namespace(place: &Place, script: &str) -> String {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--net", "--mount", "sh", "-euc", script]);
    command.current_dir(place.folder.path()).env_clear().env("HOME", place.folder.path());
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let program = env!("CARGO_BIN_EXE_wardround");
    let output = command.env("W", program).output().unwrap();
    assert!(output.status.success(), "{}", error(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// An inventory that names a server, and what a scanner saw of it.
pub(crate) fn lists(place: &Place) {
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

pub(crate) const SCOPE: &str = "$W ask scope --network 10.20.1.0/24 --owner servers --phone 100 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
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
         {SCOPE} >/dev/null; $W ask plan --port 80; $W ask check --approve Ann; $W ask check --approve Ben; $W ask run --watch eth9 2>&1; $W ask log
         $W ask run 2>&1 || true
         $W ask after; $W ask log --pcap sent.pcapng; $W ask log --pcap sent.pcapng 2>&1 || true; stat -c 'rights %a' sent.pcapng
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
        "there is no network interface \"eth9\" here",
        "so only our own connections tell how hosts do",
        "2 questions asked: all is done",
        "at most 9 packets",
        "answered",
        "there is no plan",
        "SimpleHTTP",
        "no capture covers the ten minutes after it was asked",
        "2 exchanges in sent.pcapng, rebuilt from the log",
        "must not be there yet",
        "rights 600",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
    assert!(!told.contains("HEAD / HTTP"), "the pump was asked:\n{told}");
    capture_of_the_log(&place);
}

/// What was sent can be read like any other capture: a refused port, and a page that was asked for.
fn capture_of_the_log(place: &Place) {
    let file = std::fs::read(place.path("sent.pcapng")).unwrap();
    let has = |text: &[u8]| file.windows(text.len()).any(|window| window == text);
    assert!(has(b"HEAD / HTTP/1.1\r\nHost: 10.20.1.9:8080") && has(b"Rebuilt from the log of questions"));
    place.ok(&["round", "sent.pcapng", "--store", "again.sqlite"]);
    let told = place.ok(&["asset", "show", "10.20.1.9", "--store", "again.sqlite"]);
    assert!(told.contains("8080"), "{told}");
    let mut read = Command::new("tshark");
    read.args(["-r", "sent.pcapng", "-o", "ip.check_checksum:TRUE"]).current_dir(place.folder.path());
    let Ok(read) = read.output() else {
        println!("skipped: tshark is not installed, which reads the capture, too");
        return;
    };
    let told = String::from_utf8_lossy(&read.stdout);
    assert!(read.status.success() && told.contains("HEAD / HTTP/1.1"), "{told}");
    assert_eq!(told.lines().count(), 5, "{told}");
}

#[test]
fn a_community_is_given_to_the_run_alone_and_is_nowhere_after_it() {
    let place = Place::new();
    lists(&place);
    // It gives each request back as a response without values, and knows no user of SNMP 3. Real agents answer in `make ask-servers`.
    place.file(
        "agent.py",
        br"import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('10.20.1.9', 161))
def element(tag, *parts):
    content = b''.join(parts)
    return bytes([tag, len(content)]) + content
def report(number, counter):
    engine, header = element(4, b'engine-1'), element(0x30, b'\2\4' + number + b'\2\2\5\xc0\4\1\0\2\1\3')
    security = element(4, element(0x30, engine, b'\2\1\1\2\1\1\4\0\4\0\4\0'))
    bindings = element(0x30, element(0x30, element(6, bytes([43, 6, 1, 6, 3, 15, 1, 1, counter, 0])), b'\x41\1\1'))
    pdu = element(0xa8, b'\2\4' + number + b'\2\1\0\2\1\0', bindings)
    return element(0x30, b'\2\1\3', header, security, element(0x30, engine, b'\4\0', pdu))
while True:
    request, sender = s.recvfrom(999)
    print(request, flush=True)
    if request[2:5] == b'\2\1\3':
        s.sendto(report(request[9:13], 4), sender)
    elif request[4:7] == b'\2\1\3':
        s.sendto(report(request[11:15], 3), sender)
    else:
        s.sendto(request.replace(b'\xa0', b'\xa2', 1), sender)
",
    );
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo
         python3 agent.py >heard & agent=$!
         sleep 1; echo sesame-4711 >community; chmod 644 community
         {SCOPE} >/dev/null; $W ask plan --switch 10.20.1.9 2>&1 || true; $W ask plan --switch 10.20.1.9 --snmp
         $W ask plan --udp 10.20.1.9:161 --snmp; $W ask check --approve Ann; $W ask check --approve Ben
         $W ask run 2>&1 || true
         $W ask run --snmp-community community 2>&1 || true
         chmod 600 community; $W ask run --snmp-community community; $W ask log; $W ask log --format json
         printf 'user erika\nauthentication sha-256 sesame-4713\nprivacy des sesame-4713\n' >user; chmod 600 user
         $W ask plan --udp 10.20.1.9:161 --snmp-user; $W ask check --approve Ann; $W ask check --approve Ben; $W ask run 2>&1 || true
         $W ask run --snmp-user user 2>&1 || true; sed -i s/des/aes-128/ user
         $W ask run --snmp-user user; $W ask log; rm user
         $W ask log --pcap sent.pcapng; kill $agent; cp heard what-was-heard; rm heard community"
    );
    let told = in_namespace(&place, &script);
    for words in [
        "required arguments were not provided:\n  <--snmp|--snmp-user>",
        "switch-tables",
        "it is on the list of switches",
        "10.20.1.9:161/udp",
        "snmp-system",
        "say where the community is",
        "a community is a password: chmod 600",
        "2 questions asked: all is done",
        "answered",
        "community of SNMP is given to the run",
        "snmp3-system",
        "user of SNMP 3 is given to the run",
        "say where the user is",
        "DES is broken in a day",
        "it does not know this user (usmStatsUnknownUserNames)",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
    let heard = std::fs::read_to_string(place.path("what-was-heard")).unwrap();
    assert_eq!(heard.matches("sesame-4711").count(), 1, "one datagram: {heard}");
    std::fs::remove_file(place.path("what-was-heard")).unwrap();
    assert!(!told.contains("sesame") && !told.contains("erika"), "{told}");
    let users = heard.matches("erika").count();
    assert_eq!(users, 1, "one question as that user: {heard}");
    for file in files(place.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let has = |word: &[u8]| bytes.windows(word.len()).any(|window| window == word);
        assert!(!has(b"sesame") && !has(b"erika"), "{}", file.display());
    }
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

#[test]
fn p12_what_a_question_showed_is_proved_by_the_same_question() {
    let place = Place::new();
    lists(&place);
    place.file(
        "web.py",
        b"import http.server, sys
class H(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = sys.argv[1], ''
    def do_HEAD(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_): pass
http.server.HTTPServer(('10.20.1.9', 8080), H).serve_forever()
",
    );
    let approve = "$W ask check --approve Ann >/dev/null; $W ask check --approve Ben >/dev/null; $W ask run >/dev/null; $W round >/dev/null";
    let script = format!(
        "ip link set lo up; ip addr add 10.20.1.9/32 dev lo; {SCOPE} >/dev/null
         python3 web.py Apache/2.4.49 & server=$!
         sleep 1; $W ask plan >/dev/null; {approve}
         $W ask plan --verify
         task=$($W work list --all | grep -o 'W-[0-9a-f]*' | head -1)
         for one in $($W work list --all | grep -o 'W-[0-9a-f]*' | sort -u); do $W work done $one --by Ann >/dev/null 2>&1 || true; done
         kill $server; sleep 1; python3 web.py Apache/2.4.99 & server=$!
         sleep 1; $W ask plan --verify; {approve}
         $W work list --all; kill $server"
    );
    let told = in_namespace(&place, &script);
    for words in [
        "Nothing is said to be done that still has to be shown.",
        "one question to 10.20.1.9:8080/tcp, the one that showed it",
        "it shows whether it is done: W-",
        "verified",
    ] {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
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
