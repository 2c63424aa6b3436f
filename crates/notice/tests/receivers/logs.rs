//! Syslog over TLS to a real rsyslog.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use wardround_notice::{Receiver, Syslog, TellError, Way};

use crate::{Certificate, notices, now, receiver, sender};

const DAEMON: &str = "/usr/sbin/rsyslogd";
/// Its way of speaking TLS is in a package of its own.
const DRIVERS: [&str; 2] =
    ["/usr/lib/x86_64-linux-gnu/rsyslog/lmnsd_ossl.so", "/usr/lib/aarch64-linux-gnu/rsyslog/lmnsd_ossl.so"];

struct Daemon {
    child: Child,
    port: u16,
    written: PathBuf,
}

impl Daemon {
    /// Starts one with TLS in the folder of this certificate, where its packages are there.
    fn start(certificate: &Certificate) -> Option<Self> {
        if !Path::new(DAEMON).exists() || !DRIVERS.iter().any(|driver| Path::new(driver).exists()) {
            println!("skipped: no rsyslog with TLS here (make packages)");
            return None;
        }
        let file = |name: &str| certificate.file(name).display().to_string();
        let settings = format!(
            r#"global(workDirectory="{work}" DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{pem}"
                      DefaultNetstreamDriverCertFile="{pem}" DefaultNetstreamDriverKeyFile="{key}")
               module(load="imtcp" StreamDriver.Name="ossl" StreamDriver.Mode="1" StreamDriver.AuthMode="anon")
               template(name="parts" type="string"
                        string="%pri%|%timestamp:::date-rfc3339%|%hostname%|%app-name%|%msgid%|%msg%\n")
               input(type="imtcp" port="0" address="127.0.0.1" listenPortFileName="{port}")
               action(type="omfile" file="{written}" template="parts")"#,
            work = certificate.folder.path().display(),
            pem = file("site.pem"),
            key = file("site.key"),
            port = file("port"),
            written = file("written"),
        );
        std::fs::write(certificate.file("rsyslog.conf"), settings).unwrap();
        let child = Command::new(DAEMON)
            .args(["-n", "-f", &file("rsyslog.conf"), "-i", &file("pid")])
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut daemon = Self { child, port: 0, written: certificate.file("written") };
        daemon.port =
            wait_for(|| std::fs::read_to_string(certificate.file("port")).ok()?.trim().parse().ok());
        Some(daemon)
    }

    /// The lines that it wrote, as soon as there are so many.
    fn lines(&self, wanted: usize) -> Vec<String> {
        wait_for(|| {
            let text = std::fs::read_to_string(&self.written).ok()?;
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            Some(lines).filter(|lines| lines.len() >= wanted)
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_for<T>(mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "rsyslog did not come so far");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn each_notice_is_one_event_for_rsyslog_whatever_names_are_in_it() {
    let certificate = Certificate::new();
    let Some(daemon) = Daemon::start(&certificate) else { return };
    let way = Way::Syslog(Syslog { host: "localhost".to_owned(), port: daemon.port, tls: true });
    let receiver = receiver(way, &certificate);
    assert_eq!(receiver.tell(&notices(), &sender(), now()), Ok(None));
    let lines = daemon.lines(2);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines[0].starts_with(
            "82|2026-11-18T11:06:40Z|ward-srv|wardround|act-now|CEF:0|Wardround|Wardround|0.1.0|act-now|2 new weak places to act on at once \\| in a = b.|9|rt=1795000000000 externalId=R-7.act-now "
        ),
        "{}",
        lines[0]
    );
    assert!(
        lines[0].contains("\\nx\\=y src\\=6.6.6.6 | \\\\ <script>") && lines[0].contains("cs1=Spitäler"),
        "{}",
        lines[0]
    );
    assert!(
        lines[1].starts_with("86|2026-11-18T11:06:41Z|ward-srv|wardround|round-done|CEF:0|"),
        "{}",
        lines[1]
    );
    // Somebody else at its address is told nothing.
    let other = Certificate::new();
    let stranger = Receiver { trusted: Some(other.pem), ..receiver };
    let refused = stranger.tell(&notices(), &sender(), now()).unwrap_err();
    assert!(matches!(refused.1, TellError::Tls { .. }), "{refused:?}");
    assert_eq!(daemon.lines(2).len(), 2);
}

#[test]
fn nobody_listens_is_told_as_such() {
    let certificate = Certificate::new();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let way = Way::Syslog(Syslog { host: "127.0.0.1".to_owned(), port: free, tls: true });
    let (told, error) = receiver(way, &certificate).tell(&notices(), &sender(), now()).unwrap_err();
    assert_eq!(told, 0);
    assert!(matches!(error, TellError::Unreachable { .. }), "{error}");
}
