//! `wardround ask plan --directory`: a real Active Directory (Samba as a domain controller, `lab/directory`) in namespaces of its own.

use std::process::Command;

use crate::program::{Place, error, root};

/// The password of the account that reads. It is nowhere after a run.
const SECRET: &str = "Sesame-4711-kanarienvogel";

/// A directory, a round that heard TLS there, and the steps before a run.
const BEFORE: &str = "
mkfifo input; lab=$(mktemp -d)
\"$LAB\" \"$lab\" \"$SECRET\" <input >told & exec 9>input
sniffer=; trap '[ -z \"$sniffer\" ] || kill $sniffer; exec 9>&-; wait; for _ in 1 2 3 4 5; do rm -rf \"$lab\" && break; sleep 0.3; done' EXIT
for _ in $(seq 600); do grep -Eq 'ready|missing|failed' told && break; sleep 0.1; done
grep -q ready told || { cat told; exit 0; }
key=$(cut -d' ' -f4 told | head -1)
umask 077; printf 'wardround-read@klinik.example\\n%s\\n' \"$SECRET\" >login; printf 'wardround-read@klinik.example\\nanother-%s\\n' \"$SECRET\" >wrong
# Packets as on a cable: the loopback would carry a whole page in one.
ip link set lo mtu 1500 gso_max_size 1500 gso_max_segs 1
plan() { $W ask plan \"$@\"; $W ask check --approve Ann; }
$W ask scope --network 10.20.1.0/24 --owner servers --phone 100 --from \"$(date -u -d '-1 hour' +%FT%TZ)\" \
  --until \"$(date -u -d '+1 hour' +%FT%TZ)\" >/dev/null
";

fn in_namespaces(place: &Place, script: &str) -> String {
    let mut command = Command::new("unshare");
    command.args(["--net", "--mount", "bash", "-euc"]).arg(format!("{BEFORE}\n{script}"));
    command.current_dir(place.folder.path()).env_clear().env("HOME", place.folder.path());
    command
        .env("W", env!("CARGO_BIN_EXE_wardround"))
        .env("LAB", root().join("lab/directory"))
        .env("SECRET", SECRET);
    command.env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{told}\n{}", error(&output));
    told
}

/// An inventory that names a domain controller.
fn place() -> Place {
    let place = Place::new();
    place.file("inventory.csv", b"Name,IP address,Device type\ndc1,10.20.1.5,Server\n");
    place.ok(&["import", "inventory.csv"]);
    place.ok(&["round"]);
    place
}

#[track_caller]
fn assert_has(told: &str, all: &[&str]) {
    for words in all {
        assert!(told.contains(words), "{words:?} is missing in:\n{told}");
    }
}

/// Times in seconds at which packets went to the directory's port, and all that they held, as a sniffer in the namespace saw them.
const SNIFFER: &str = "
import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x800))
s.bind(('lo', 0x800))
out = open('sniffed', 'w', buffering=1)
said = open('said', 'wb', buffering=0)
while True:
    packet = s.recv(65535)
    tcp = packet[(packet[0] & 15) * 4:]
    if packet[9] == 6 and tcp[2:4] == (636).to_bytes(2, 'big'):
        print(time.monotonic(), file=out)
        said.write(packet)
";

#[test]
#[ignore = "needs a domain controller that `make test` does not install; `make ask-servers` runs it"]
fn a_domain_tells_its_computers_and_accounts() {
    let place = place();
    place.file("sniffer.py", SNIFFER.as_bytes());
    let told = in_namespaces(
        &place,
        "plan --port 636 --directory 10.20.1.5; $W ask run; $W round >/dev/null
         plan --directory 10.20.1.5; $W ask run; echo; echo LOOKED; $W ask log | tail -5; python3 sniffer.py & sniffer=$!
         plan --directory 10.20.1.5=$key; $W ask run 2>&1 || true
         chmod 644 login; $W ask run --login login 2>&1 || true; chmod 600 login
         date +%s; $W ask run --login login; date +%s; echo READ; kill $sniffer; sniffer=
         $W ask log; $W ask log --format json; $W ask log --pcap sent.pcapng; $W import list
         $W round >/dev/null; echo THE-ROUND; $W finding list; $W asset list; $W round --format json
         echo AGAIN; plan --directory 10.20.1.5; $W ask run --login wrong; $W ask log | tail -4
         echo OTHER; plan --directory 10.20.1.5=$(printf 'ab%.0s' $(seq 32)) >/dev/null; $W ask run --login login; $W ask log | tail -5
         $W ask run --login login 2>&1 || true; rm login wrong",
    );
    if told.contains("missing") && !told.contains("LOOKED") {
        println!("skipped: {told}");
        assert!(std::env::var_os("ALL_SERVERS").is_none(), "{told}");
        return;
    }
    println!("{told}");
    let (looked, rest) = told.split_once("LOOKED").unwrap();
    assert_has(
        looked,
        &["directory-read", "no certificate is known of it, so it is looked at, and nobody logs in"],
    );
    assert_has(
        rest,
        &[
            "nobody logged in. If the domain controller has the same one, name it with that: 10.20.1.5:636=FINGERPRINT",
        ],
    );
    let (read, rest) = rest.split_once("THE-ROUND").unwrap();
    assert_has(
        read,
        &[
            "its certificate must be",
            "this plan reads a directory, and there is no login for that",
            "others may read login, and a login has a password: chmod 600",
            "1 question asked: all is done",
            "its certificate is the known one; 44 computers; 9 accounts",
            "computers of klinik.example, read over LDAP",
            "accounts of klinik.example, read over LDAP",
        ],
    );
    let (round, rest) = rest.split_once("AGAIN").unwrap();
    assert_has(
        round,
        &[
            "Windows Server 2012 R2 Standard is no longer mended by its maker - image archive (pacs01.klinik.example)",
            "Windows 7 Professional is no longer mended by its maker - workstation (CT-WS-2)",
            "Accounts with wide rights that nobody has used for 30 days: 2",
            "Accounts that nobody has used for 90 days: 3",
            "domain-admins",
            "dns-admins",
        ],
    );
    let (again, other) = rest.split_once("OTHER").unwrap();
    assert_has(again, &["its certificate must be", "it does not take this account with this password"]);
    assert_has(other, &["another-key", "is known of it; nobody logged in", "asking is stopped"]);
    for name in ["muster", "erika", "schmidt", "svc-pacs", "dnsadmin", SECRET] {
        assert!(!told.to_lowercase().contains(&name.to_lowercase()), "{name}");
    }
    paced(&place);
    nowhere(&place);
}

/// On the wire: no more than ten packets in any second.
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

/// The password, and names of people, are in no file, and were said to nobody in clear.
fn nowhere(place: &Place) {
    for file in crate::asking::files(place.folder.path()) {
        let bytes = std::fs::read(&file).unwrap().to_ascii_lowercase();
        for secret in [SECRET, "mustermann", "emuster", "hschmidt", "svc-pacs", "wardround-read"] {
            let secret = secret.to_ascii_lowercase();
            assert!(
                !bytes.windows(secret.len()).any(|window| window == secret.as_bytes()),
                "{secret} in {}",
                file.display()
            );
        }
    }
}
