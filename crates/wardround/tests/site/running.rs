//! The program, serving; and that it starts and stops well.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::browser::{Browser, set_up};

/// A site in a throw-away folder.
pub(crate) struct Running {
    pub(crate) folder: tempfile::TempDir,
    child: Child,
    pub(crate) address: String,
    /// The first one-time code, where nobody can sign in yet.
    pub(crate) code: Option<String>,
}

impl Running {
    pub(crate) fn new() -> Self {
        Self::with(&[])
    }

    pub(crate) fn with(words: &[&str]) -> Self {
        Self::start(tempfile::tempdir().unwrap(), words)
    }

    pub(crate) fn start(folder: tempfile::TempDir, words: &[&str]) -> Self {
        let mut command = program(folder.path());
        let log = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(folder.path().join("log.txt"))
            .unwrap();
        command.args(["serve", "--listen", "127.0.0.1:0", "--store", "rounds.sqlite"]).args(words);
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let mut said: Vec<String> = Vec::new();
        while !said.last().is_some_and(|line| line.starts_with("Ctrl-C")) {
            said.push(lines.next().expect("it starts"));
        }
        let address = said[0].split("://").nth(1).unwrap().trim_end_matches('/').to_owned();
        let place = said.iter().position(|line| line.starts_with("Nobody can sign in"));
        let code = place.map(|place| said[place + 1].trim().to_owned());
        Self { folder, child, address, code }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the site wrote to its log.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log.txt")).unwrap()
    }

    pub(crate) fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.path("keys/site.pem")).unwrap()
    }

    /// Runs another command of the program in the same folder.
    pub(crate) fn run(&self, words: &[&str]) -> std::process::Output {
        program(self.folder.path()).args(words).output().unwrap()
    }

    /// Kills it at once, and starts it again.
    pub(crate) fn killed_and_started_again(mut self) -> Self {
        self.kill();
        Self::start(self.into_folder(), &[])
    }

    /// Kills it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and starts it again.
    pub(crate) fn stopped_and_started_again(self) -> Self {
        self.stopped_and_started_with(&[])
    }

    pub(crate) fn stopped_and_started_with(mut self, words: &[&str]) -> Self {
        assert!(self.stop().success());
        Self::start(self.into_folder(), words)
    }

    /// Asks it to stop; how it ended.
    pub(crate) fn stop(&mut self) -> std::process::ExitStatus {
        let ended = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(ended.success());
        let started = Instant::now();
        while self.child.try_wait().unwrap().is_none() {
            assert!(started.elapsed() < Duration::from_secs(15), "it stops");
            std::thread::sleep(Duration::from_millis(20));
        }
        self.child.wait().unwrap()
    }

    /// Its folder, when its child has ended.
    fn into_folder(mut self) -> tempfile::TempDir {
        // Elsewhere: its own disk may be full.
        let other = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        std::mem::replace(&mut self.folder, other)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardround"));
    command.current_dir(folder).stdin(Stdio::null()).env_clear().env("HOME", folder);
    command
}

/// The demo hospital's files.
pub(crate) fn example(name: &str) -> Vec<u8> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    std::fs::read(root.join(name)).unwrap()
}

#[test]
fn it_serves_over_its_own_certificate_and_stops_when_asked() {
    let mut site = Running::new();
    let browser = Browser::new(&site);
    assert_eq!(browser.get("/healthz").text, "ok\n");
    assert_eq!(browser.get("/readyz").text, "ready\n");
    let metrics = browser.get("/metrics").text;
    assert!(metrics.contains("wardround_requests_total 3"), "{metrics}");
    for name in ["site.key", "seal.key", "audit.key", "metrics.token"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(site.path("keys").join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    assert!(site.stop().success());
    assert!(site.log().contains("event=stopped"), "{}", site.log());
}

#[test]
fn every_answer_has_the_strict_headers() {
    let site = Running::new();
    let browser = Browser::new(&site);
    for path in ["/join", "/nothing-here", "/healthz", "/"] {
        let answer = browser.get(path);
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(answer.header("strict-transport-security").starts_with("max-age="), "{path}");
    }
    let page = browser.get("/join").text;
    assert!(
        !page.contains("style=") && !page.contains("<style") && !page.contains("onclick"),
        "nothing inline"
    );
    let style = page.split("href=\"").find(|part| part.starts_with("/assets/style-")).unwrap();
    let style = browser.get(style.split('"').next().unwrap());
    assert_eq!((style.status, style.header("content-type").as_str()), (200, "text/css; charset=utf-8"));
    assert!(style.header("cache-control").contains("immutable"));
}

#[test]
fn without_tls_it_serves_this_computer_alone() {
    let folder = tempfile::tempdir().unwrap();
    let words = ["serve", "--without-tls", "--listen", "0.0.0.0:0", "--store", "rounds.sqlite"];
    let output = program(folder.path()).args(words).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("without TLS the site serves this computer alone"), "{said}");
    let site = Running::with(&["--without-tls"]);
    let plain = Browser::without_tls(&site);
    assert_eq!(plain.get("/healthz").text, "ok\n");
    assert_eq!(plain.get("/join").header("strict-transport-security"), "");
}

#[test]
fn an_address_that_is_taken_is_told_in_a_sentence() {
    let site = Running::new();
    let output = site.run(&["serve", "--listen", &site.address, "--store", "other.sqlite", "--keys", "k2"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot be listened at") && !said.contains("panicked"), "{said}");
}

#[test]
fn half_a_request_does_not_hold_the_site() {
    let site = Running::with(&["--without-tls"]);
    let mut held = Vec::new();
    for _ in 0..50 {
        let mut stream = std::net::TcpStream::connect(&site.address).unwrap();
        std::io::Write::write_all(&mut stream, b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").unwrap();
        held.push(stream);
    }
    assert_eq!(Browser::without_tls(&site).get("/healthz").text, "ok\n");
    let mut first = held.remove(0);
    first.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut said = Vec::new();
    // It is told off or left within the time for a request's head.
    let _ = first.read_to_end(&mut said);
    assert!(!String::from_utf8_lossy(&said).contains("200 OK"));
    // A head that is too large, and one with too many fields.
    for head in ["X-Long: ".to_owned() + &"a".repeat(200_000), "X-Many: 1\r\n".repeat(100)] {
        let mut stream = std::net::TcpStream::connect(&site.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let request = format!("GET /healthz HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n");
        let _ = std::io::Write::write_all(&mut stream, request.as_bytes());
        let mut said = Vec::new();
        let _ = stream.read_to_end(&mut said);
        assert!(!String::from_utf8_lossy(&said).contains("200 OK"), "{}", String::from_utf8_lossy(&said));
    }
}

#[test]
fn who_watches_a_round_does_not_keep_the_site_from_stopping() {
    let mut site = Running::with(&["--without-tls"]);
    let browser = Browser::without_tls(&site);
    let page = browser.get("/join");
    assert_eq!(page.status, 200);
    let ada = crate::browser::set_up_with(browser, &site);
    let cookie = ada.token().unwrap();
    let mut stream = std::net::TcpStream::connect(&site.address).unwrap();
    let request = format!("GET /rounds/now/events HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n");
    std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
    let mut start = [0; 400];
    let read = stream.read(&mut start).unwrap();
    assert!(String::from_utf8_lossy(&start[..read]).contains("200 OK"));
    let started = Instant::now();
    assert!(site.stop().success());
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn the_service_is_hardened() {
    let unit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/wardround.service");
    let analyze = Command::new("systemd-analyze").args(["security", "--offline=true"]).arg(&unit).output();
    let Ok(output) = analyze.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()) else {
        println!("skipped: systemd-analyze is not here");
        return;
    };
    let level = crate::browser::between(&output, "exposure level for wardround.service: ", " ").unwrap();
    assert!(level.parse::<f64>().unwrap() < 2.0, "{output}");
}

#[test]
fn it_says_whether_the_disk_beneath_is_encrypted_and_means_its_own() {
    let site = Running::new();
    let (ada, _) = set_up(&site);
    let settings = ada.get("/settings").text;
    let told = crate::reading::text(&settings);
    // The same as the library tells of the folder: what is true depends on the machine.
    let expected = match wardround_store::Disk::beneath(site.folder.path()) {
        wardround_store::Disk::Encrypted => "The disk that holds all this is encrypted.",
        wardround_store::Disk::Bare => "The disk that holds all this is not encrypted.",
        wardround_store::Disk::Unknown => "can't be told from here",
    };
    assert!(told.contains(expected), "{expected:?} is not in {told}");
    let sentences = crate::reading::sentences(&told);
    assert!(crate::grade::grade(&sentences) <= 8.0, "{}", crate::grade::grade(&sentences));
}
