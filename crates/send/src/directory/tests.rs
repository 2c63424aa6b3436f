//! A reading against directories that mean harm, and against other ones than were meant. A real one is read by `lab/directory`.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use ring::digest::{SHA256, digest};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use wardround_ask::directory::budget::MOST_BYTES;

use super::*;

type Tls = StreamOwned<ServerConnection, TcpStream>;
const SECRET: &[u8] = b"sesame-4711";

/// A certificate that is made here, so that no key stands in the tree.
fn certificate() -> (CertificateDer<'static>, PrivatePkcs8KeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["dc1.klinik.example".to_owned()]).unwrap();
    (made.cert.der().clone(), PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()))
}

fn fingerprint(certificate: &CertificateDer<'_>) -> Certificate {
    Certificate::new(digest(&SHA256, certificate).as_ref().try_into().unwrap())
}

/// What a reading makes of whoever is at the other end.
fn read_of(server: impl FnOnce(TcpStream) + Send + 'static, wanted: Option<Certificate>) -> Read {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let to = listener.local_addr().unwrap();
    let served = std::thread::spawn(move || server(listener.accept().unwrap().0));
    let limits = Limits {
        time: Duration::from_millis(2500),
        silence: Duration::from_millis(400),
        pause: Duration::from_millis(1),
    };
    let line =
        Line::new(TcpStream::connect(to).unwrap(), Ipv4Addr::LOCALHOST, wanted, &|| false, limits).unwrap();
    let login = format!("read@klinik.example\n{}", String::from_utf8_lossy(SECRET)).parse().ok();
    let read = read(line, &DirectoryGiven { certificate: wanted, login });
    served.join().unwrap();
    read
}

/// The same with TLS, by a certificate that is known or not; and all that was said within it before the directory did its part.
fn read_within_tls(
    server: impl FnOnce(&mut Tls) + Send + 'static,
    wanted: impl FnOnce(Certificate) -> Option<Certificate>,
) -> (Read, Receiver<Vec<u8>>) {
    let (certificate, key) = certificate();
    let wanted = wanted(fingerprint(&certificate));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = builder.with_no_client_auth().with_single_cert(vec![certificate], key.into()).unwrap();
    let (tell, told) = channel();
    let serve = move |stream: TcpStream| {
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::new(config)).unwrap(), stream);
        let (mut first, mut rest) = ([0; 512], Vec::new());
        let count = tls.read(&mut first).unwrap_or(0);
        server(&mut tls);
        let _ = tls.read_to_end(&mut rest);
        tell.send([&first[..count], &rest].concat()).unwrap();
    };
    (read_of(serve, wanted), told)
}

fn has_secret(bytes: &[u8]) -> bool {
    bytes.windows(SECRET.len()).any(|window| window == SECRET)
}

#[test]
fn a_password_goes_to_the_certificate_that_was_given_and_to_no_other() {
    // It is the one that was meant; the directory then ends without a word.
    let (read, said) = read_within_tls(|tls| tls.conn.send_close_notify(), Some);
    assert!(has_secret(&said.recv().unwrap()) && read.is_login_said);
    assert_eq!((read.outcome, read.certificate.is_some()), (Outcome::NotUnderstood, true));
    // Nobody knows it: it is looked at.
    let (read, said) = read_within_tls(|_| (), |_| None);
    assert!(said.recv().unwrap().is_empty() && !read.is_login_said);
    assert_eq!((read.outcome, read.certificate.is_some(), read.told), (Outcome::Answered, true, None));
    // It is another one.
    let (read, said) = read_within_tls(|_| (), |_| Some(Certificate::new([7; 32])));
    assert!(said.recv().unwrap().is_empty() && !read.is_login_said);
    assert_eq!((read.outcome, read.certificate.is_some()), (Outcome::AnotherKey, true));
}

#[test]
fn a_wrong_password_is_told_and_nothing_of_it_is_repeated() {
    // BindResponse: invalidCredentials (RFC 4511, appendix A.1).
    let refusal = [0x30, 12, 2, 1, 1, 0x61, 7, 0x0a, 1, 49, 4, 0, 4, 0];
    let (read, _) = read_within_tls(move |tls| tls.write_all(&refusal).unwrap(), Some);
    assert_eq!(
        (read.outcome, read.fault, read.told.is_none()),
        (Outcome::NotAllowed, Some(Fault::WrongLogin), true)
    );
    assert!(!format!("{read:?}").contains("sesame"));
}

#[test]
fn a_directory_that_means_harm_costs_little_and_is_told() {
    let flood = |unit: &'static [u8]| {
        move |mut stream: TcpStream| while stream.write_all(&unit.repeat(512)).is_ok() {}
    };
    let flood_within =
        |unit: &'static [u8]| move |tls: &mut Tls| while tls.write_all(&unit.repeat(512)).is_ok() {};
    let stall = |mut stream: TcpStream| drop(stream.read_to_end(&mut Vec::new()));
    let drip = |mut stream: TcpStream| {
        while stream.write_all(b"\x16").is_ok() {
            std::thread::sleep(Duration::from_millis(200));
        }
    };
    let wanted = Some(Certificate::new([7; 32]));
    // All at once: each takes its time.
    std::thread::scope(|scope| {
        for unit in
            [b"HTTP/1.1 200 OK\r\n".as_slice(), b"\0", b"\x16\x03\x03\x3f\xff", b"\x17\x03\x03\0\x01a"]
        {
            scope.spawn(move || {
                let read = read_of(flood(unit), wanted);
                assert_eq!(read.outcome, Outcome::NotUnderstood, "{unit:?}");
                assert!(read.heard <= MOST_BYTES + 4096, "{}", read.heard);
            });
        }
        scope.spawn(|| assert_eq!(read_of(stall, wanted).outcome, Outcome::Silent));
        scope.spawn(|| {
            assert!(matches!(read_of(drip, wanted).outcome, Outcome::NotUnderstood | Outcome::TooMuch))
        });
        // Who hears our hello and ends, and who ends before that, which may break the connection off.
        let hears = |mut stream: TcpStream| drop(stream.read(&mut [0; 4096]));
        scope.spawn(move || assert_eq!(read_of(hears, wanted).outcome, Outcome::Ended));
        scope.spawn(|| assert!(matches!(read_of(drop, wanted).outcome, Outcome::Ended | Outcome::Reset)));
        // Within TLS: rubbish, messages that mean nothing and never end, one that is too long, and silence.
        let within = [
            (b"rubbish".as_slice(), Outcome::NotUnderstood),
            (b"\x30\x05\x02\x01\x01\x79\x00", Outcome::TooMuch),
            (b"\x30\x84\x7f\xff\xff\xff", Outcome::TooMuch),
        ];
        for (unit, outcome) in within {
            scope.spawn(move || {
                let (read, _) = read_within_tls(flood_within(unit), Some);
                assert_eq!(read.outcome, outcome, "{unit:?}");
                assert!(read.heard <= MOST_BYTES + 8192 && read.told.is_none(), "{}", read.heard);
            });
        }
        scope.spawn(|| assert_eq!(read_within_tls(|_| (), Some).0.outcome, Outcome::Silent));
    });
}

#[test]
fn p9_a_stop_ends_a_reading_within_a_second() {
    for pause in [Duration::from_millis(1), Duration::from_secs(5)] {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let begun = Instant::now();
        let is_stopped = || begun.elapsed() > Duration::from_millis(200);
        let limits = Limits { pause, ..Limits::default() };
        let line = Line::new(stream, Ipv4Addr::LOCALHOST, None, &is_stopped, limits).unwrap();
        let read = read(line, &DirectoryGiven { certificate: None, login: None });
        assert_eq!(read.outcome, Outcome::Stopped);
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
}
