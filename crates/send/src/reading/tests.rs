//! A reading against servers that mean harm. Real ones are read in `crates/wardround/tests/program`.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use base64::Engine as _;

use super::*;

#[test]
fn only_openssh_on_something_else_than_windows_is_logged_in_to() {
    assert!(is_openssh(b"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"));
    for other in [
        b"SSH-2.0-OpenSSH_for_Windows_9.5".as_slice(),
        b"SSH-2.0-Cisco-1.25",
        b"SSH-2.0-dropbear_2022.83",
        b"SSH-1.99-OpenSSH_3.9",
        b"SSH-2.0-",
        b"",
    ] {
        assert!(!is_openssh(other));
    }
}

/// A key that opens nothing: Ed25519, of the seed of RFC 8032, 7.1, test 1. Made here, so that no key stands in the tree.
fn key() -> ReadKey {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let public = hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    let mut private = vec![0, 0, 0, 1, 0, 0, 0, 1];
    string(&mut private, b"ssh-ed25519");
    string(&mut private, &public);
    string(&mut private, &[seed, public].concat());
    string(&mut private, b"");
    let mut file = b"openssh-key-v1\0".to_vec();
    for part in ["none", "none", ""] {
        string(&mut file, part.as_bytes());
    }
    number(&mut file, 1);
    string(&mut file, b"");
    string(&mut file, &private);
    let body = base64::engine::general_purpose::STANDARD.encode(file);
    format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----").parse().unwrap()
}

/// What a reading makes of a server that says this, and how much it took of it.
fn read(server: impl FnOnce(TcpStream) + Send + 'static) -> (Outcome, usize) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || server(listener.accept().unwrap().0));
    let limits = Limits { time: Duration::from_millis(1500), silence: Duration::from_millis(400) };
    let mut line = Line::new(TcpStream::connect(to).unwrap(), &|| false, limits).unwrap();
    let given = Given { login: Login::default(), key: key(), host_key: None };
    let outcome = Talk { line: &mut line, shown: None, told: Vec::new() }.hold(&given).unwrap_err();
    line.end(None);
    let heard = line.heard;
    drop(line);
    served.join().unwrap();
    (outcome, heard)
}

const GREETING: &[u8] = b"SSH-2.0-OpenSSH_9.2\r\n";

#[test]
fn a_server_that_means_harm_costs_little_and_is_told() {
    use wardround_ask::reading::budget::MOST_BYTES;
    let flood = |first: &'static [u8], unit: &'static [u8]| {
        move |mut stream: TcpStream| {
            let _ = stream.write_all(first);
            while stream.write_all(&unit.repeat(512)).is_ok() {}
        }
    };
    // Endless lines, endless rubbish behind a name, endless messages that mean nothing, a packet that never ends.
    let floods = [
        (b"hello\r\n".as_slice(), b"".as_slice()),
        (b"x", b""),
        (b"rubbish", GREETING),
        (b"\0\0\0\x0c\x0a\x02\0\0\0\0\0\0\0\0\0\0", GREETING),
        (b"\0\0\0\0", GREETING),
    ];
    let stall = |first: &'static [u8]| {
        move |mut stream: TcpStream| {
            stream.write_all(first).unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        }
    };
    // A drop at a time.
    let drip = |mut stream: TcpStream| {
        while stream.write_all(b"a").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    // All at once: each takes its time.
    std::thread::scope(|scope| {
        for (unit, first) in floods {
            scope.spawn(move || {
                let (outcome, heard) = read(flood(first, unit));
                assert_eq!(outcome, Outcome::NotUnderstood, "{first:?} {unit:?}");
                assert!(heard <= MOST_BYTES + 4096, "{heard}");
            });
        }
        scope.spawn(|| assert_eq!(read(stall(b"")).0, Outcome::Silent));
        scope.spawn(|| assert_eq!(read(stall(GREETING)).0, Outcome::Silent));
        scope.spawn(|| assert_eq!(read(drip).0, Outcome::TooMuch));
        scope.spawn(|| assert_eq!(read(drop).0, Outcome::Ended));
    });
}

#[test]
fn our_signature_is_the_standards() {
    // RFC 8032, 7.1, test 1: nothing is signed.
    let signature = signed::sign(&key(), b"").unwrap();
    assert_eq!(signature.len(), 4 + 11 + 4 + 64);
    assert_eq!(signature[19..23], [0xe5, 0x56, 0x43, 0x00]);
    let mut blob = key().public();
    let shown = signed::verify(&blob, "ssh-ed25519", &signature, b"").unwrap();
    assert_eq!(shown.kind().unwrap().code(), "ssh-ed25519");
    // Another text, another way than the agreed one, another key: no server that was meant.
    assert!(signed::verify(&blob, "ssh-ed25519", &signature, b"x").is_none());
    assert!(signed::verify(&blob, "rsa-sha2-512", &signature, b"").is_none());
    *blob.last_mut().unwrap() ^= 1;
    assert!(signed::verify(&blob, "ssh-ed25519", &signature, b"").is_none());
}
