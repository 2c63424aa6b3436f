//! TLS and proxies: whom we believe, and who is asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use wardround_feeds::update::{self, Report, Setting};
use wardround_feeds::{Catalogue, Client, Loss, Settings, Silent};

use crate::feeds::kev;

/// Fetches one file from `url` with these settings.
fn fetch(url: &str, settings: Settings) -> Report {
    let list = format!("[[source]]\nid = 'kev'\nmethod = 'files'\nurls = ['{url}']\n");
    let catalogue = Catalogue::default().with(&list, "sources.toml").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let client = Client::new(settings).unwrap();
    let now = "2026-11-24T08:00:00Z".parse().unwrap();
    let setting = Setting {
        catalogue: &catalogue,
        client: &client,
        feeds: folder.path(),
        now,
        loss: Loss::Refuse,
        progress: &Silent,
    };
    update::fetch(&catalogue.sources[0], setting)
}

fn settings() -> Settings {
    Settings { attempts: 1, stall: Duration::from_secs(5), ..Settings::default() }
}

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetching/tls").join(name)
}

/// A server whose certificate an authority of our own has signed; it serves one file. Its address.
fn tls_server() -> String {
    let certificate = CertificateDer::from_pem_file(sample("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(sample("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            // A client that does not believe us hangs up.
            let _ = answer(StreamOwned::new(connection, stream));
        }
    });
    address
}

fn answer(mut stream: StreamOwned<ServerConnection, std::net::TcpStream>) -> std::io::Result<()> {
    request(&mut stream)?;
    let body = kev("2026-11-01", 10);
    write!(stream, "HTTP/1.1 200 x\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// The head of a request.
fn request(stream: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    while !text.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        text.push(byte[0]);
    }
    Ok(text)
}

#[test]
fn a_server_is_believed_when_an_authority_that_we_trust_says_so() {
    let url = format!("https://{}/kev.json", tls_server());
    let trusting = Settings { ca_file: Some(sample("authority.pem")), ..settings() };
    let report = fetch(&url, trusting.clone());
    assert_eq!((report.fetched.new_files, report.fetched.failed), (1, 0), "{:?}", report.fetched.problems);
    let stranger = fetch(&url, Settings { ca_file: Some(sample("server.pem")), ..settings() });
    let said = stranger.fetched.problems[0].to_string();
    assert!(said.contains("could not prove who it is") && said.contains("--ca-file"), "{said}");
    // The certificate is for 127.0.0.1 alone.
    let other_name = fetch(&url.replace("127.0.0.1", "localhost"), trusting);
    assert!(other_name.fetched.problems[0].to_string().contains("could not prove who it is"));
}

/// A proxy that refuses everything, and what it was asked.
fn proxy() -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = tell.send(String::from_utf8_lossy(&request(&mut stream).unwrap()).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 403 x\r\ncontent-length: 0\r\n\r\n");
        }
    });
    (address, told)
}

#[test]
fn the_proxy_is_asked_and_its_password_is_not_told() {
    let (address, told) = proxy();
    let settings = Settings { proxy: Some(format!("http://ward:secret-word@{address}")), ..settings() };
    let report = fetch("https://feeds.invalid/kev.json", settings);
    let asked = told.recv().unwrap();
    assert!(asked.starts_with("CONNECT feeds.invalid:443 HTTP/1.1"), "{asked}");
    let said = report.fetched.problems[0].to_string();
    assert!(said.contains("feeds.invalid cannot be reached") && said.contains("--proxy"), "{said}");
    assert!(!said.contains("secret-word"), "{said}");
    let wrong = Client::new(Settings { proxy: Some("ward:secret-word@".into()), ..Settings::default() });
    let said = wrong.unwrap_err().to_string();
    assert!(said.contains("is not an address such as") && !said.contains("secret-word"), "{said}");
}
