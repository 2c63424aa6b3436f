//! A Linux server is read from the site: a key that the site makes and never shows, one line for the server, and a run.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::asking::{NOW, begin, done, send, somebody};
use crate::browser::{between, set_up};
use crate::listening::{Network, wait_for};
use crate::running::Running;

/// OpenSSH as a user of its own who is not root, so that it needs no second account; it ends with this.
struct Sshd(Child);

impl Sshd {
    fn start(network: &Network, site: &Running) -> Self {
        network.ip("addr add 10.20.1.9/32 dev lo");
        std::fs::write(site.path("passwd"), "root:x:0:0::/root:/bin/sh\nwardround:x:1000:1000::/:/bin/sh\n")
            .unwrap();
        let script = "mount --bind passwd /etc/passwd; ssh-keygen -q -t ed25519 -N '' -f server
            exec /usr/sbin/sshd -D -e -f /dev/null -h \"$PWD/server\" -p 2222 -o ListenAddress=10.20.1.9 -o UsePAM=no -o PidFile=none \\
              -o StrictModes=no -o AuthorizedKeysFile=\"$PWD/permitted\" -o PasswordAuthentication=no";
        let mut command = Command::new("unshare");
        command.args([
            "--user",
            "--map-user=1000",
            "--map-group=1000",
            "--keep-caps",
            "--mount",
            "sh",
            "-euc",
            script,
        ]);
        let log = std::fs::File::create(site.path("sshd.log")).unwrap();
        command.current_dir(site.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let sshd = Self(command.spawn().unwrap());
        let started = Instant::now();
        while std::net::TcpStream::connect("10.20.1.9:2222").is_err() {
            let log = std::fs::read_to_string(site.path("sshd.log")).unwrap();
            assert!(started.elapsed() < Duration::from_secs(10), "{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
        sshd
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_key_is_made_by_the_site_and_reads_a_server() {
    let Some(network) = Network::enter() else { return };
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let inventory = "Name,IP address,Device type\nweb1,10.20.1.9,Server\n";
    std::fs::write(site.path("inventory.csv"), inventory).unwrap();
    let nmap = r#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.9" addrtype="ipv4"/><ports><port protocol="tcp" portid="2222"><state state="open"/>
<service name="ssh"/></port></ports></host></nmaprun>"#;
    std::fs::write(site.path("nmap.xml"), nmap).unwrap();
    for words in [["import", "inventory.csv", "nmap.xml"].as_slice(), &["round"]] {
        assert!(site.run(&[words, &["--store", "rounds.sqlite"]].concat()).status.success());
    }
    done(&send(&ada, "scope", &NOW));
    ada.get("/ask").shows(&["There is no key yet."]);
    // Without a key nobody can be read, and who only approves makes none.
    assert_eq!(send(&ada, "plan", &[("read", "the server")]).status, 400);
    done(&send(&ada, "plan", &[("read", "10.20.1.9:2222")]));
    let plan = ada.get("/ask").hidden("plan");
    done(&send(&ada, "approve", &[("plan", &plan)]));
    send(&ada, "run", &[("plan", &plan)]).shows(&["This plan reads servers, and there is no key for that."]);
    assert_eq!(send(&somebody(&site, "biomedical", "bob"), "key", &[("do", "make")]).status, 403);
    done(&send(&ada, "key", &[("do", "make")]));
    let page = ada.get("/ask").text;
    let line = between(&page, "<textarea readonly rows=\"9\">", "</textarea>").unwrap();
    let line = line.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    std::fs::write(site.path("permitted"), format!("{line}\n")).unwrap();
    let sshd = Sshd::start(&network, &site);
    done(&send(&ada, "plan", &[("read", "10.20.1.9:2222")]));
    ada.get("/ask").shows(&["read what it runs (SSH)", "at most 600 packets"]);
    begin(&ada);
    wait_for(&ada, "/ask", "1 of 1 question: all is done.");
    let log = std::fs::read_to_string(site.path("ask/log.jsonl")).unwrap();
    assert!(log.contains(" packages and 1 service that listens") && log.contains("read-key-made"), "{log}");
    // What is kept is sealed, and the page shows no more than the public part.
    let kept = std::fs::read_to_string(site.path("ask/read-key.json")).unwrap();
    let kept: serde_json::Value = serde_json::from_str(&kept).unwrap();
    let sealed = kept["sealed"].as_str().unwrap();
    assert!(
        !page.contains(sealed) && !log.contains(sealed) && line.ends_with(kept["public"].as_str().unwrap())
    );
    done(&send(&ada, "key", &[("do", "remove")]));
    ada.get("/ask").shows(&["There is no key yet."]);
    ada.get("/audit").shows(&["made or took away the key that reads servers"]);
    drop(sshd);
}

#[test]
fn a_directory_is_named_on_the_site_and_its_login_is_kept_nowhere() {
    let Some(network) = Network::enter() else { return };
    let site = Running::new();
    let (ada, _) = set_up(&site);
    network.ip("addr add 10.20.1.5/32 dev lo");
    let inventory = "Name,IP address,Device type\ndc1,10.20.1.5,Server\n";
    std::fs::write(site.path("inventory.csv"), inventory).unwrap();
    let nmap = r#"<?xml version="1.0"?><nmaprun scanner="nmap" start="1795600000"><host><status state="up"/>
<address addr="10.20.1.5" addrtype="ipv4"/><ports><port protocol="tcp" portid="636"><state state="open"/>
<service name="tls"/></port></ports></host></nmaprun>"#;
    std::fs::write(site.path("nmap.xml"), nmap).unwrap();
    for words in [["import", "inventory.csv", "nmap.xml"].as_slice(), &["round"]] {
        assert!(site.run(&[words, &["--store", "rounds.sqlite"]].concat()).status.success());
    }
    done(&send(&ada, "scope", &NOW));
    assert_eq!(send(&ada, "plan", &[("directories", "dc1")]).status, 400);
    done(&send(&ada, "plan", &[("directories", "10.20.1.5")]));
    let page = ada.get("/ask");
    page.shows(&["read computers and accounts (LDAP)", "it is looked at, and nobody logs in"]);
    assert!(!page.text.contains("directory-password"));
    let named = format!("10.20.1.5={}", "ab".repeat(32));
    done(&send(&ada, "plan", &[("directories", &named)]));
    let plan = ada.get("/ask").hidden("plan");
    done(&send(&ada, "approve", &[("plan", &plan)]));
    ada.get("/ask").shows(&["directory-password", "its certificate must be AB:AB:"]);
    send(&ada, "run", &[("plan", &plan)])
        .shows(&["This plan reads a directory, and there is no login for that."]);
    let secret = "sesame-kanarienvogel";
    let login =
        |account| [("plan", plan.as_str()), ("directory-account", account), ("directory-password", secret)];
    let refused = send(&ada, "run", &login(""));
    assert!(refused.status == 400 && !refused.text.contains(secret), "{}", refused.text);
    done(&send(&ada, "run", &login("wardround-read@klinik.example")));
    // Nobody is there, which is no sign of distress.
    wait_for(&ada, "/ask", "1 of 1 question: all is done.");
    let log = std::fs::read_to_string(site.path("ask/log.jsonl")).unwrap();
    assert!(log.contains("\"refused\"") && log.contains("directory-read"), "{log}");
    // When nobody is there, nobody can give it.
    let mut weekly: Vec<(&str, &str)> = NOW.iter().filter(|field| field.0 != "when").copied().collect();
    weekly.extend([("when", "weekly"), ("day", "monday"), ("from", "12:00"), ("until", "13:30")]);
    done(&send(&ada, "scope", &weekly));
    let refused = send(&ada, "regular", &[("do", "on"), ("what", "all"), ("directories", &named)]);
    refused
        .shows(&["The login of a directory is kept nowhere, so that none can be read when nobody is there."]);
    for file in files(site.folder.path()) {
        let bytes = std::fs::read(&file).unwrap();
        for word in [secret, "wardround-read"] {
            assert!(!bytes.windows(word.len()).any(|window| window == word.as_bytes()), "{}", file.display());
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let inside = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    inside
        .flat_map(|entry| {
            let kind = entry.file_type().unwrap();
            if kind.is_dir() {
                files(&entry.path())
            } else if kind.is_file() {
                vec![entry.path()]
            } else {
                Vec::new()
            }
        })
        .collect()
}
