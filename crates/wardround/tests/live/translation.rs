//! A router that translates addresses (RFC 3022), with two systems behind it: real connections through the kernel's own translation, seen
//! where the hospital's network begins.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::network::Network;
use crate::program::Place;
use crate::watching::{AS_OF, Watching};

const SERVER: &str = "10.9.1.1:80";
const SHARED: &str = "10.9.1.9";
const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120.0 Safari/537.36";
const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/121.0";

/// Everything that leaves by the interface `out` has its address.
const MASQUERADE: &str = "table ip nat {
    chain out {
        type nat hook postrouting priority 100;
        oifname \"out\" masquerade;
    }
}
";

/// Two computers behind a router, and a server before it.
struct Ward {
    windows: Network,
    linux: Network,
    _router: Network,
    hospital: Network,
    server: TcpListener,
}

impl Ward {
    /// Nothing where this computer does not let the test make one.
    fn new(place: &Place) -> Option<Self> {
        let rules = place.file("masquerade.nft", MASQUERADE.as_bytes());
        if Command::new("nft").arg("--version").output().is_err() {
            eprintln!("SKIPPED, NOTHING WAS TESTED: there is no nft here to translate addresses with");
            return None;
        }
        let windows = Network::new(&[])?;
        let (linux, router, hospital) = (Network::new(&[])?, Network::new(&[])?, Network::new(&[])?);
        windows.join(("in", "192.168.7.2/25"), &router, ("in1", "192.168.7.1/25"));
        linux.join(("in", "192.168.7.130/25"), &router, ("in2", "192.168.7.129/25"));
        router.join(("out", "10.9.1.9/24"), &hospital, ("mirror", "10.9.1.1/24"));
        windows.ip("route add default via 192.168.7.1");
        linux.ip("route add default via 192.168.7.129");
        windows.inside("sysctl", "-qw net.ipv4.ip_default_ttl=128");
        router.inside("sysctl", "-qw net.ipv4.ip_forward=1");
        router.inside("nft", &format!("-f {}", rules.display()));
        let server = hospital.within(|| TcpListener::bind(SERVER).unwrap());
        Some(Self { windows, linux, _router: router, hospital, server })
    }

    /// Watches while these ask for a page, one after the other; the round.
    fn watch(&self, place: &Place, asking: &[(&Network, &str)]) -> Value {
        let words = ["watch", "--format", "json", "--as-of", AS_OF, "--interface", "mirror"];
        let watching = Watching::begin(self.hospital.enter(&place.command(&words)), place);
        for (network, agent) in asking {
            self.ask(network, agent);
        }
        std::thread::sleep(Duration::from_millis(300));
        watching.round().0
    }

    fn ask(&self, network: &Network, agent: &str) {
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let (mut client, _) = self.server.accept().unwrap();
                let _ = client.read(&mut [0; 1024]).unwrap();
                client.write_all(b"HTTP/1.1 204 No Content\r\nServer: nginx/1.24.0\r\n\r\n").unwrap();
            });
            network.within(|| {
                let mut server = TcpStream::connect(SERVER).unwrap();
                let request = format!("GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: {agent}\r\n\r\n");
                server.write_all(request.as_bytes()).unwrap();
                server.read_to_end(&mut Vec::new()).unwrap();
            });
        });
    }
}

/// The device with the shared address.
fn shared(round: &Value) -> &Value {
    let has_it = |asset: &&Value| asset["addresses"].as_array().unwrap().iter().any(|ip| ip == SHARED);
    round["assets"].as_array().unwrap().iter().find(has_it).unwrap()
}

#[test]
fn an_address_that_two_systems_share_is_not_taken_for_one_device() {
    let place = Place::new();
    let Some(ward) = Ward::new(&place) else { return };
    let alone = ward.watch(&place, &[(&ward.windows, WINDOWS), (&ward.windows, WINDOWS)]);
    assert_eq!(shared(&alone)["class"], "workstation", "one system behind it: {}", shared(&alone));

    let turns = [(&ward.windows, WINDOWS), (&ward.linux, LINUX)];
    let many = ward.watch(&place, &[turns, turns].concat());
    let found = shared(&many);
    assert_eq!(found["class"], "unknown", "{found}");
    let reason = found["reasons"][0]["text"].as_str().unwrap();
    for words in [
        "Several devices seem to be behind this address",
        "(64 and 128)",
        "Windows",
        "time to live one too low",
    ] {
        assert!(reason.contains(words), "{words}: {reason}");
    }
    let page = place.ok(&["round", "show"]);
    assert!(page.contains("1 address seems to hide several devices (10.9.1.9)"), "{page}");
    let device = place.ok(&["asset", "show", SHARED]);
    assert!(device.contains("Several devices seem to be behind this address"), "{device}");
}
