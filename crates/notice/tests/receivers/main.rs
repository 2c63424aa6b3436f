//! Receivers as hospitals have them, started here: an SMTP server (aiosmtpd), an HTTPS server (Python's), rsyslog over TLS.
#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

mod logs;
mod mails;
mod webhooks;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;
use wardround_notice::{Kind, Notice, Receiver, Sender, Way};

/// The Python of the system, which has what packages of the system bring.
const PYTHON: &str = "/usr/bin/python3";

/// A server that was started for a test.
struct Server {
    child: Child,
    said: BufReader<ChildStdout>,
    port: u16,
}

impl Server {
    /// Starts a program that says its port first.
    fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut server = Self { child, said, port: 0 };
        server.port = server.line().trim().parse().unwrap();
        server
    }

    fn python(script: &str, arguments: &[&str]) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/receivers").join(script);
        Self::start(Command::new(PYTHON).arg(script).args(arguments))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.said.read_line(&mut line).unwrap();
        line
    }

    /// What it was told.
    fn told(&mut self) -> Value {
        serde_json::from_str(&self.line()).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A certificate for this computer, its key, and both as files.
struct Certificate {
    folder: tempfile::TempDir,
    pem: String,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let made = rcgen::generate_simple_self_signed(names).unwrap();
        let pem = made.cert.pem();
        std::fs::write(folder.path().join("site.pem"), &pem).unwrap();
        std::fs::write(folder.path().join("site.key"), made.signing_key.serialize_pem()).unwrap();
        Self { folder, pem }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn files(&self) -> [String; 2] {
        ["site.pem", "site.key"].map(|name| self.file(name).display().to_string())
    }
}

/// A receiver on this computer that proves itself by this certificate.
fn receiver(way: Way, certificate: &Certificate) -> Receiver {
    let site = Some("https://ward-srv:8443".to_owned());
    Receiver { way, inside: true, trusted: Some(certificate.pem.clone()), names: true, site }
}

fn sender() -> Sender {
    Sender {
        hospital: "Spitäler | St. Bride's".to_owned(),
        version: "0.1.0".to_owned(),
        computer: "ward-srv".to_owned(),
    }
}

/// What is told here: names that try to be something else among them.
fn notices() -> Vec<Notice> {
    let hostile = [
        "SMB 1 is on, pump \r\nBcc: eve@evil.example\r\n\r\n.\r\nMAIL FROM:<eve@evil.example>",
        "x=y src=6.6.6.6 | \\ <script>alert(1)</script> \u{202e}evil\u{0}",
        ".",
    ];
    vec![
        Notice {
            id: "R-7.act-now".to_owned(),
            at: 1_795_000_000,
            kind: Kind::ActNow,
            title: "2 new weak places to act on at once | in a = b.".to_owned(),
            named: hostile.iter().map(|&line| line.to_owned()).collect(),
            path: "/findings?decision=act".to_owned(),
        },
        Notice {
            id: "R-7.round".to_owned(),
            at: 1_795_000_001,
            kind: Kind::RoundDone,
            title: "Round R-7: 2 new weak places, 1 fixed.".to_owned(),
            named: vec![],
            path: "/".to_owned(),
        },
    ]
}

/// The moment.
fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_secs()).unwrap()
}
