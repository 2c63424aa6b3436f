//! `wardround ask plan --read`: a real OpenSSH server in a namespace of its own, and the packages of the computer that this runs on.

use std::process::Command;

use crate::program::{Place, error};

/// The commands in a namespace with no other network than its own loopback, as a user who is not root there, so that sshd needs no second
/// account: what they printed.
fn in_namespace(place: &Place, script: &str) -> String {
    let account = format!("{}\nwardround:x:1000:1000::/:/bin/sh\n", "root:x:0:0::/root:/bin/sh");
    place.file("passwd", account.as_bytes());
    let mut command = Command::new("unshare");
    command.args([
        "--user",
        "--map-user=1000",
        "--map-group=1000",
        "--keep-caps",
        "--net",
        "--mount",
        "sh",
        "-euc",
    ]);
    command.arg(format!("{BEFORE}\n{script}")).current_dir(place.folder.path()).env_clear();
    command.env("HOME", place.folder.path()).env("W", env!("CARGO_BIN_EXE_wardround"));
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", error(&output));
    told
}

/// Servers, keys, a round that heard SSH, and the steps before a run. `server KEY [OPTION]...` starts one; it takes what is in
/// `permitted`.
const BEFORE: &str = "
mount --bind passwd /etc/passwd
ip link set lo up; ip addr add 10.20.1.9/32 dev lo
for name in one other reader stranger; do ssh-keygen -q -t ed25519 -N '' -C '' -f $name; done
ssh-keygen -q -t ecdsa -b 256 -N '' -C '' -f reader256
server() {
  key=$1; shift
  setsid /usr/sbin/sshd -D -e -f /dev/null -h \"$PWD/$key\" \"$@\" -o ListenAddress=10.20.1.9 -o UsePAM=no -o PidFile=none -o StrictModes=no \\
    -o AuthorizedKeysFile=\"$PWD/permitted\" -o PasswordAuthentication=no >>sshd.log 2>&1 & server=$!
  for _ in $(seq 100); do ss -Hltn | grep -q 10.20.1.9:22 && return; sleep 0.05; done; cat sshd.log; exit 9
}
plan() { $W ask plan \"$@\"; $W ask check --approve Ann; }
$W ask permit reader.pub >permitted
server one
$W ask scope --network 10.20.1.0/24 --owner servers --phone 100 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
  --until \"$(date -u -d '+1 hour' +%FT%TZ)\" >/dev/null
";

/// An inventory that names a server, and a scan that heard SSH there.
fn place() -> Place {
    let place = Place::new();
    place.file("inventory.csv", b"Name,IP address,Device type\nweb1,10.20.1.9,Server\n");
    let nmap = br#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="22"><state state="open"/>
<service name="ssh"/></port></ports></host></nmaprun>"#;
    place.file("nmap.xml", nmap);
    place.ok(&["import", "inventory.csv", "nmap.xml"]);
    place.ok(&["round"]);
    place
}

#[track_caller]
fn assert_has(told: &str, all: &[&str]) {
    for words in all {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
}

/// Times in seconds at which packets went to the server's port, as a sniffer in the namespace saw them.
const SNIFFER: &str = "
import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x800))
s.bind(('lo', 0x800))
out = open('sniffed', 'w', buffering=1)
while True:
    packet = s.recv(99)
    tcp = packet[(packet[0] & 15) * 4:]
    # A socket of one protocol sees each packet of the loopback once, as it comes in.
    if packet[9] == 6 and tcp[2:4] == b'\\x00\\x16':
        print(time.monotonic(), file=out)
";

#[test]
fn a_debian_server_is_read_and_its_packages_are_judged() {
    let place = place();
    place.file("sniffer.py", SNIFFER.as_bytes());
    let told = in_namespace(
        &place,
        "python3 sniffer.py & sniffer=$!
         plan --read 10.20.1.9; $W ask run 2>&1 || true
         chmod 644 reader; $W ask run --key reader 2>&1 || true; chmod 600 reader
         $W ask run --key reader; $W ask log; $W ask log --format json; $W ask log --pcap sent.pcapng
         echo packages here: $(dpkg-query -W -f '${db:Status-Abbrev}\\n' | grep -c ^ii)
         $W round >/dev/null; $W asset show 10.20.1.9; $W ask plan --read 10.20.1.9 | grep linux-read
         kill $server $sniffer; cp reader secret; rm reader",
    );
    assert_has(
        &told,
        &[
            "linux-read",
            "its owner named it for reading; the key that it shows first is kept",
            "Servers are read as the account wardround.",
            "this plan reads servers, and there is no key for that",
            "others may read reader, and a key opens servers: chmod 600",
            "1 question asked: all is done",
            "which was seen first now and is kept",
            "1 service that listens",
            "Its own system says that it listens on: 22/tcp",
            "its key must be ssh-ed25519 SHA256:",
        ],
    );
    let number = |before: &str, after: &str| -> u64 {
        let found = told.split(before).nth(1).unwrap_or_else(|| panic!("{before:?} is missing in:\n{told}"));
        found.split(after).next().unwrap().trim().parse().unwrap()
    };
    assert_eq!(
        number("and is kept; compare it with `ssh-keygen -l` there; ", " package"),
        number("packages here:", "\n")
    );
    paced(&place);
    no_key(&place, &told);
}

/// On the wire: no more than ten packets in any second, and as many as were planned at most.
fn paced(place: &Place) {
    let sniffed = std::fs::read_to_string(place.path("sniffed")).unwrap();
    let times: Vec<f64> = sniffed.lines().map(|line| line.parse().unwrap()).collect();
    assert!((15..600).contains(&times.len()), "{} packets", times.len());
    for (nth, from) in times.iter().enumerate() {
        let within = times[nth..].iter().take_while(|time| **time < from + 1.0).count();
        assert!(within <= 10, "{within} packets in a second:\n{sniffed}");
    }
    println!("{} packets in {:.1} s", times.len(), times[times.len() - 1] - times[0]);
}

/// What was secret is in no file, and nothing of it was printed.
fn no_key(place: &Place, told: &str) {
    let secret = std::fs::read_to_string(place.path("secret")).unwrap();
    std::fs::remove_file(place.path("secret")).unwrap();
    // The private part stands in the later lines.
    let lines: Vec<&str> = secret.lines().filter(|line| line.len() > 60).skip(1).collect();
    assert!(!lines.is_empty());
    for file in crate::asking::files(place.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for line in &lines {
            let part = &line.as_bytes()[..40];
            assert!(!bytes.windows(40).any(|window| window == part), "{}", file.display());
        }
    }
    assert!(lines.iter().all(|line| !told.contains(&line[..40])));
}

#[test]
fn what_a_distribution_mended_is_no_finding_and_what_it_did_not_is_one() {
    let place = place();
    // A server of Debian 12 with a library that has holes, and one package that Debian mended without raising its version.
    let package = |name: &str, version: &str, source: &str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nPriority: optional\nSection: libs\nMaintainer: x <x@example.org>\n\
             Architecture: amd64\n{source}Version: {version}\nDescription: x\n\n"
        )
    };
    let status = |ssl: &str, curl: &str| {
        package("libssl3", ssl, "Source: openssl\n")
            + &package("curl", curl, "")
            + &package("removed", "1.0-1", "").replace("install ok installed", "deinstall ok config-files")
    };
    place.file("old", status("3.0.11-1~deb12u2", "7.88.1-10+deb12u3").as_bytes());
    place.file("new", status("3.0.19-1~deb12u2", "7.88.1-10+deb12u15").as_bytes());
    place.file(
        "os-release",
        b"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n",
    );
    // As Debian's tracker tells it: both were mended in Debian 12 without another version of their makers.
    let tracker = r#"{"openssl":{"CVE-2024-0727":{"scope":"local","releases":{"bookworm":{"status":"resolved",
        "fixed_version":"3.0.13-1~deb12u1","urgency":"not yet assigned"}}}},"curl":{"CVE-2023-38545":{"scope":"remote",
        "releases":{"bookworm":{"status":"resolved","fixed_version":"7.88.1-10+deb12u4","urgency":"not yet assigned"}}}}}"#;
    place.file("tracker.json", tracker.as_bytes());
    place.ok(&["intel", "build", "--from", "tracker.json"]);
    let told = in_namespace(
        &place,
        "mount --bind os-release /etc/os-release; cp old status; mount --bind status /var/lib/dpkg/status
         plan --read 10.20.1.9 >/dev/null; $W ask run --key reader; $W round >/dev/null
         echo BEFORE; $W finding list; $W asset show 10.20.1.9
         cat new >status; $W ask permit reader256.pub >permitted
         kill $server; sleep 0.2; ssh-keygen -q -t rsa -b 2048 -N '' -C '' -f rsa; server rsa -o KexAlgorithms=ecdh-sha2-nistp256
         plan --read 10.20.1.9=$(ssh-keygen -lf rsa.pub | cut -d' ' -f2) >/dev/null; $W ask run --key reader256; $W round >/dev/null
         echo AFTER; $W finding list; $W asset show 10.20.1.9; $W ask log
         kill $server",
    );
    println!("{told}");
    let (before, after) = told.split_once("AFTER").unwrap();
    assert_has(before, &["CVE-2024-0727", "3.0.11-1~deb12u2", "CVE-2023-38545", "7.88.1-10+deb12u3"]);
    assert!(!after.contains("CVE-2024-0727") && !after.contains("CVE-2023-38545"), "{told}");
    assert!(!told.contains("removed 1.0-1"), "{told}");
    // The second time by what FIPS allows: keys and exchange over P-256, and a server that signs by RSA.
    assert_has(after, &["it showed ssh-rsa SHA256:"]);
}

#[test]
fn another_key_stops_and_a_key_that_is_not_taken_is_told() {
    let place = place();
    let told = in_namespace(
        &place,
        "plan --read 10.20.1.9=$(ssh-keygen -lf one.pub | cut -d' ' -f2) >/dev/null; $W ask run --key stranger; $W ask log | tail -4
         echo 'command=\"yes\" '\"$(cat stranger.pub)\" >permitted
         plan --read 10.20.1.9 >/dev/null; $W ask run --key stranger; $W ask log | tail -4
         kill $server; sleep 0.2; server other
         plan --read 10.20.1.9 >/dev/null; $W ask run --key reader; $W ask log | tail -5; $W ask run --key reader 2>&1 || true
         $W ask resume --by Ann --because 'the server is new' >/dev/null
         plan --read 10.20.1.9=$(ssh-keygen -lf other.pub | cut -d' ' -f2) >/dev/null
         $W ask permit reader.pub >permitted; setsid $W ask run --key reader & run=$!; sleep 1.5; $W ask stop >/dev/null; wait $run || true
         $W ask log | tail -5; cat .local/share/wardround/ask/host-keys.json; grep -c Accepted sshd.log || true; kill $server",
    );
    println!("{told}");
    assert_has(
        &told,
        &[
            "the server does not take this key for this account",
            "it did not run the command that reads",
            "another-key",
            "is known of it; nobody logged in",
            "10.20.1.9 was left alone: it showed another key than the one that is known of it",
            "asking is stopped",
            "a person stopped it",
        ],
    );
}
