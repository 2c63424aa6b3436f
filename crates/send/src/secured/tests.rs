//! A server of rustls in memory, and hostile ones.

use std::io::{Read as _, Write as _};
use std::sync::Arc;

use proptest::prelude::*;
use rustls::crypto::ring::{cipher_suite, kx_group};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection};
use wardround_ask::{Addressed, Question};

use super::*;

const REQUEST: &[u8] = b"HEAD / HTTP/1.1\r\n\r\n";
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nServer: example/1.2\r\n\r\n";

fn hello() -> Vec<u8> {
    let to = Addressed { ip: [10, 20, 1, 9].into(), port: 443, plan: "p", called: "" };
    Question::HttpsHead.opening(to, None)
}

fn server(
    suite: rustls::SupportedCipherSuite,
    group: &'static dyn rustls::crypto::SupportedKxGroup,
) -> ServerConnection {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate =
        rcgen::CertificateParams::new(vec!["intranet".to_owned()]).unwrap().self_signed(&key).unwrap();
    let provider = rustls::crypto::CryptoProvider {
        cipher_suites: vec![suite],
        kx_groups: vec![group],
        ..rustls::crypto::ring::default_provider()
    };
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&rustls::version::TLS12])
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    ServerConnection::new(Arc::new(config)).unwrap()
}

/// Gives these bytes to the server; what it says to them.
fn told(server: &mut ServerConnection, mut bytes: &[u8]) -> Vec<u8> {
    while !bytes.is_empty() {
        server.read_tls(&mut bytes).unwrap();
        server.process_new_packets().unwrap();
    }
    let mut said = Vec::new();
    while server.wants_write() {
        server.write_tls(&mut said).unwrap();
    }
    said
}

/// A hello that does not offer to make the master secret of all that was said, as servers of before 2015 treat each.
fn older_hello() -> Vec<u8> {
    let mut hello = hello();
    let at = hello.windows(4).rposition(|four| four == [0, 23, 0, 0]).unwrap();
    hello.drain(at..at + 4);
    // Lengths of record, message and extensions.
    let extensions = 5 + 4 + 2 + 32 + 1 + 2 + 28 + 2;
    for place in [4, 8, extensions + 1] {
        hello[place] = hello[place].checked_sub(4).unwrap();
    }
    hello
}

/// A talk from hello to farewell, with what the server heard.
fn talk(server: &mut ServerConnection, hello: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let flight = told(server, hello);
    let (mut secured, finish) = Secured::begin(hello, &flight).unwrap();
    let proof = told(server, &finish);
    // In the smallest pieces.
    proof.chunks(1).for_each(|piece| secured.hear(piece).unwrap());
    assert!(secured.is_open());
    told(server, &secured.say(REQUEST).unwrap());
    let mut heard = vec![0; 100];
    let count = server.reader().read(&mut heard).unwrap();
    heard.truncate(count);
    server.writer().write_all(ANSWER).unwrap();
    server.send_close_notify();
    let answer = told(server, &[]);
    secured.hear(&answer).unwrap();
    assert!(secured.is_ended());
    told(server, &secured.farewell().unwrap());
    assert_eq!(server.reader().read(&mut [0; 10]).unwrap(), 0, "the server took our end as one in order");
    (heard, secured.heard().to_vec())
}

#[test]
fn each_suite_and_curve_of_today_is_talked_to_its_end() {
    let suites = [
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        cipher_suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    for suite in suites {
        for group in [kx_group::X25519, kx_group::SECP256R1, kx_group::SECP384R1] {
            for hello in [hello(), older_hello()] {
                let (asked, heard) = talk(&mut server(suite, group), &hello);
                assert_eq!((asked.as_slice(), heard.as_slice()), (REQUEST, ANSWER), "{suite:?} {group:?}");
            }
        }
    }
}

fn begun() -> (Vec<u8>, Secured, Vec<u8>) {
    let mut server = server(cipher_suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, kx_group::X25519);
    let flight = told(&mut server, &hello());
    let (secured, finish) = Secured::begin(&hello(), &flight).unwrap();
    let proof = told(&mut server, &finish);
    (flight, secured, proof)
}

#[test]
fn a_changed_bit_of_the_servers_proof_is_no_talk() {
    let (_, _, proof) = begun();
    for place in [5, 6, 11, 20, proof.len() - 1] {
        let (_, mut secured, mut changed) = begun();
        changed[place] ^= 1;
        assert!(secured.hear(&changed).is_err() && !secured.is_open(), "{place}");
    }
    let (_, mut secured, _) = begun();
    assert_eq!(secured.hear(&[23, 3, 3, 0, 1, 9]), Err(Broken), "nothing is said in clear before the proof");
    let (_, mut secured, _) = begun();
    assert_eq!(secured.hear(&[20, 3, 3, 0xff, 0xff]), Err(Broken), "a record longer than any");
}

#[test]
fn what_we_do_not_finish_is_left_to_the_farewell_in_clear() {
    let (flight, ..) = begun();
    assert!(Secured::begin(&hello(), &flight).is_some());
    for length in [0, 4, 5, 50, flight.len() - 1] {
        assert!(Secured::begin(&hello(), &flight[..length]).is_none(), "cut at {length}");
    }
    // An older suite, an older version, an alert.
    let (mut suite, mut version) = (flight.clone(), flight);
    let session = usize::from(suite[5 + 4 + 34]);
    suite[5 + 4 + 35 + session] = 0;
    version[5 + 4 + 1] = 1;
    for other in [suite, version, vec![21, 3, 3, 0, 2, 2, 70]] {
        assert!(Secured::begin(&hello(), &other).is_none());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_flight_and_any_words_are_read_to_an_end(bytes: Vec<u8>, place: u16, value: u8) {
        let _ = Secured::begin(&hello(), &bytes);
        let _ = Secured::begin(&bytes, &bytes);
        let (mut flight, mut secured, proof) = begun();
        let _ = secured.hear(&bytes);
        let _ = secured.hear(&proof);
        let at = usize::from(place) % flight.len();
        flight[at] = value;
        let _ = Secured::begin(&hello(), &flight);
    }
}
