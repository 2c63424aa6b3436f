//! `wardround watch`: what it sees, what it loses, and what it says.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::network::{Network, frames, frames_of_interfaces};
use crate::program::{Place, assert_fails, clinic, error};

/// Later than the capture and than the watch: both are judged at one moment.
pub(crate) const AS_OF: &str = "2040-01-01T00:00:00Z";

/// A watch that runs.
pub(crate) struct Watching {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
    /// The file with its round.
    round: PathBuf,
    pub(crate) heard: String,
}

impl Watching {
    /// Starts it, and waits until its readers read.
    fn start(network: &Network, place: &Place, words: &[&str]) -> Self {
        let words = [&["watch", "--format", "json", "--as-of", AS_OF], words].concat();
        Self::begin(network.enter(&place.command(&words)), place)
    }

    /// The same with any command.
    pub(crate) fn begin(mut command: Command, place: &Place) -> Self {
        let round = place.path("round.json");
        command.stdin(Stdio::null()).stdout(std::fs::File::create(&round).unwrap()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut watching =
            Self { said: BufReader::new(child.stderr.take().unwrap()), child, round, heard: String::new() };
        watching.wait_for("watching");
        watching
    }

    /// Waits until it says this.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, words: &str) {
        let mut line = String::new();
        while !line.contains(words) {
            line.clear();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "it ended: {}", self.heard);
            self.heard += &line;
        }
    }

    /// Its readers: processes.
    pub(crate) fn readers(&self) -> Vec<String> {
        let children = format!("/proc/{0}/task/{0}/children", self.child.id());
        std::fs::read_to_string(children).unwrap().split_whitespace().map(str::to_owned).collect()
    }

    /// Kills its readers as a bug in them would.
    pub(crate) fn kill_readers(&self) {
        self.signal_readers("-KILL");
    }

    fn signal_readers(&self, signal: &str) {
        for reader in self.readers() {
            assert!(Command::new("kill").args([signal, &reader]).status().unwrap().success());
        }
    }

    /// Asks it to stop, as Ctrl-C does; the round, and all that it said.
    pub(crate) fn stop(self) -> (Option<Value>, Output) {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.ended()
    }

    /// Waits for its end; the round, and all that it said.
    fn ended(mut self) -> (Option<Value>, Output) {
        self.said.read_to_string(&mut self.heard).unwrap();
        let mut output = self.child.wait_with_output().unwrap();
        output.stderr = self.heard.into_bytes();
        (serde_json::from_slice(&std::fs::read(&self.round).unwrap()).ok(), output)
    }

    pub(crate) fn round(self) -> (Value, String) {
        let (round, output) = self.stop();
        let said = error(&output);
        assert!(output.status.success(), "{said}");
        (round.unwrap(), said)
    }
}

/// The round of the file, at the same moment.
pub(crate) fn of_file(place: &Place, more: &[&str]) -> Value {
    let clinic = clinic();
    let words = ["round", clinic.to_str().unwrap(), "--format", "json", "--as-of", AS_OF];
    serde_json::from_str(&place.ok(&[&words, more].concat())).unwrap()
}

/// Without what differs by nature: times, and where in which source a packet stands.
fn timeless(value: &Value) -> Value {
    match value {
        Value::Array(all) => all.iter().map(timeless).collect(),
        Value::Object(all) => {
            let kept = all.iter().filter(|(name, _)| !OWN.contains(&name.as_str()));
            kept.map(|(name, value)| (name.clone(), timeless(value))).collect()
        }
        other => other.clone(),
    }
}

const OWN: &[&str] = &[
    "at",
    "first",
    "record",
    "last",
    "active_hours",
    "first_seen",
    "last_seen",
    "file",
    "offset",
    "packet",
    "first_packet",
    "first_offset",
];

/// Packets that could not be seen.
fn dropped(round: &Value) -> u64 {
    let skipped = round["coverage"]["skipped"].as_array().unwrap().iter();
    skipped.filter(|skip| skip["reason"] == "dropped").map(|skip| skip["packets"].as_u64().unwrap()).sum()
}

#[test]
fn a_watch_of_all_mirror_ports_shows_what_a_capture_of_them_shows() {
    let frames = frames_of_interfaces(&clinic());
    let ports = 1 + frames.iter().map(|(port, _)| *port).max().unwrap();
    let names: Vec<String> = (0..ports).map(|port| format!("port{port}")).collect();
    let Some(network) = Network::new(&names.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    let place = Place::new();
    let words: Vec<_> = names.iter().flat_map(|name| ["--interface", name]).collect();
    let watching = Watching::start(&network, &place, &words);
    let ends: Vec<String> = names.iter().map(|name| format!("{name}x")).collect();
    network.send_to(&ends, &frames);
    let (seen, said) = watching.round();
    let read = of_file(&place, &[]);
    assert_eq!(dropped(&seen), 0, "{said}");
    for part in ["census", "assets", "findings", "unjudged", "plan", "conversations"] {
        assert_eq!(timeless(&seen[part]), timeless(&read[part]), "{part}");
    }
    assert_eq!(timeless(&seen["coverage"]["skipped"]), timeless(&read["coverage"]["skipped"]));
    assert!(read["assets"].as_array().unwrap().len() > 20);
}

#[test]
fn a_reader_that_is_killed_costs_a_moment_and_is_told() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let mut watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    let frames = frames(&clinic());
    let (first, second) = frames.split_at(frames.len() / 2);
    network.send("mirrorx", first);
    // Longer than between two harvests: these are told.
    std::thread::sleep(Duration::from_secs(3));
    network.send("mirrorx", &first[..10]);
    watching.kill_readers();
    watching.wait_for("started again");
    network.send("mirrorx", second);
    let (seen, said) = watching.round();
    let source = &seen["coverage"]["sources"][0];
    assert_eq!(source["records"].as_u64().unwrap(), frames.len() as u64, "{said}");
    assert_eq!(dropped(&seen), 10, "what the dead reader had not told: {said}");
    let told = source["ended_early"].as_str().unwrap();
    assert!(told.contains("the reader of mirror stopped for a moment") && told.contains("SIGKILL"), "{told}");
    // It is kept, and the store is whole.
    assert!(place.ok(&["round", "list"]).contains("interface mirror"));
}

#[test]
fn a_reader_that_always_dies_is_given_up_and_the_rest_is_kept() {
    let Some(network) = Network::new(&["one", "two"]) else { return };
    let place = Place::new();
    let words = ["--interface", "one", "--interface", "two"];
    let mut watching = Watching::start(&network, &place, &words);
    network.send("onex", &frames(&clinic())[..100]);
    std::thread::sleep(Duration::from_secs(3));
    let start = Instant::now();
    while !watching.readers().is_empty() {
        watching.kill_readers();
        std::thread::sleep(Duration::from_millis(100));
        assert!(start.elapsed() < Duration::from_secs(30), "it is never given up");
    }
    watching.wait_for("not watched any more");
    // It ends by itself: nobody reads any more.
    let (round, output) = watching.ended();
    assert!(output.status.success(), "{}", error(&output));
    let round = round.unwrap();
    assert_eq!(round["coverage"]["sources"][0]["records"], 100);
    assert!(round["coverage"]["sources"][1]["ended_early"].as_str().unwrap().contains("too often"));
}

#[test]
fn what_the_kernel_had_to_drop_is_counted_to_the_packet() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    // More than the socket has room for, while nobody reads.
    watching.signal_readers("-STOP");
    let long: Vec<u8> = [frames(&clinic()).swap_remove(0), vec![0; 7400]].concat();
    let sent = vec![long; 20_000];
    network.send("mirrorx", &sent);
    watching.signal_readers("-CONT");
    let (seen, said) = watching.round();
    let read = seen["coverage"]["sources"][0]["records"].as_u64().unwrap();
    assert!(dropped(&seen) > 0 && read > 0, "{said}");
    assert_eq!(read + dropped(&seen), sent.len() as u64, "{said}");
}

#[test]
fn a_packet_that_passes_two_interfaces_counts_once() {
    let Some(network) = Network::new(&["one", "two"]) else { return };
    let (place, frames) = (Place::new(), frames(&clinic()));
    let watching = Watching::start(&network, &place, &["--interface", "one"]);
    network.send("onex", &frames);
    let (once, _) = watching.round();
    let watching = Watching::start(&network, &place, &["--interface", "one", "--interface", "two"]);
    network.send("onex", &frames);
    network.send("twox", &frames);
    let (twice, said) = watching.round();
    assert_eq!(dropped(&twice), 0, "{said}");
    assert_eq!(twice["coverage"]["sources"].as_array().unwrap().len(), 2);
    assert_eq!(timeless(&twice["assets"]), timeless(&once["assets"]));
    assert_eq!(timeless(&twice["conversations"]), timeless(&once["conversations"]));
}

#[test]
fn networks_are_left_out() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let words = ["--interface", "mirror", "--exclude", "10.0.0.0/8"];
    let watching = Watching::start(&network, &place, &words);
    network.send("mirrorx", &frames(&clinic()));
    let (seen, _) = watching.round();
    let read = of_file(&place, &["--exclude", "10.0.0.0/8"]);
    assert_eq!(timeless(&seen["assets"]), timeless(&read["assets"]));
    let skipped = |round: &Value| timeless(&round["coverage"]["skipped"]);
    assert_eq!(skipped(&seen), skipped(&read));
}

#[test]
fn a_tag_that_the_kernel_took_out_is_put_back() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let tagged: Vec<Vec<u8>> = frames(&clinic())
        .into_iter()
        .map(|frame| [&frame[..12], &[0x81, 0x00, 0x00, 0x2a], &frame[12..]].concat())
        .collect();
    let watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    network.send("mirrorx", &tagged);
    let (seen, said) = watching.round();
    assert_eq!(dropped(&seen), 0, "{said}");
    let bytes: usize = tagged.iter().map(Vec::len).sum();
    assert_eq!(seen["coverage"]["sources"][0]["bytes"].as_u64(), Some(bytes as u64));
    assert_eq!(who(&seen), who(&of_file(&place, &[])));
}

/// Each device: its name, what it is, and its addresses.
fn who(round: &Value) -> Vec<[Value; 3]> {
    let assets = round["assets"].as_array().unwrap().iter();
    assets.map(|asset| ["id", "class", "addresses"].map(|name| asset[name].clone())).collect()
}

#[test]
fn an_interface_that_goes_down_and_up_again_is_told() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    let frames = frames(&clinic());
    network.send("mirrorx", &frames[..50]);
    std::thread::sleep(Duration::from_millis(300));
    network.ip("link set mirror down");
    std::thread::sleep(Duration::from_millis(300));
    network.ip("link set mirror up");
    network.send("mirrorx", &frames[50..100]);
    let (seen, said) = watching.round();
    let source = &seen["coverage"]["sources"][0];
    assert_eq!(source["records"], 100, "{said}");
    assert!(source["ended_early"].as_str().unwrap().contains("mirror went down"), "{source}");
}

#[test]
fn an_interface_that_is_pulled_out_keeps_what_was_seen() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    network.send("mirrorx", &frames(&clinic())[..50]);
    std::thread::sleep(Duration::from_millis(300));
    network.ip("link del mirror");
    std::thread::sleep(Duration::from_secs(1));
    let (seen, said) = watching.round();
    let source = &seen["coverage"]["sources"][0];
    assert_eq!(source["records"], 50, "{said}");
    assert!(source["ended_early"].as_str().unwrap().contains("mirror went down"), "{source}");
}

#[test]
fn readers_have_no_rights_while_they_read() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let watching = Watching::start(&network, &place, &["--interface", "mirror"]);
    let readers = watching.readers();
    assert_eq!(readers.len(), 1);
    let status = std::fs::read_to_string(format!("/proc/{}/status", readers[0])).unwrap();
    for line in [
        "Uid:\t65534\t65534\t65534",
        "CapPrm:\t0000000000000000",
        "CapBnd:\t0000000000000000",
        "NoNewPrivs:\t1",
        "Seccomp:\t2",
        "Threads:\t1",
    ] {
        assert!(status.contains(line), "{line:?} is missing in {status}");
    }
    let parent = std::fs::read_to_string(format!("/proc/{}/status", watching.child.id())).unwrap();
    let rights = parent.lines().find_map(|line| line.strip_prefix("CapPrm:\t")).unwrap();
    let rights = u64::from_str_radix(rights, 16).unwrap();
    // CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_PTRACE, CAP_SYS_ADMIN (linux/capability.h).
    assert_eq!(rights & (1 << 12 | 1 << 13 | 1 << 19 | 1 << 21), 0, "the parent keeps {rights:x}");
    watching.stop();
}

#[test]
fn what_cannot_be_watched_is_said_with_a_next_step() {
    let Some(network) = Network::new(&["mirror", "off"]) else { return };
    let place = Place::new();
    network.ip("link set off down");
    let run = |words: &[&str]| network.enter(&place.command(words)).output().unwrap();
    let none = run(&["watch", "--interface", "nosuch0", "--for", "1s"]);
    assert_fails(&none, 1, &["nosuch0", "wardround doctor"]);
    let down = run(&["watch", "--interface", "off", "--for", "1s"]);
    assert_fails(&down, 1, &["switched off", "ip link set off up"]);
    let twice = run(&["watch", "--interface", "mirror", "--interface", "mirror", "--for", "1s"]);
    assert_fails(&twice, 1, &["named twice"]);
    let time = run(&["watch", "--interface", "mirror", "--for", "soon"]);
    assert_eq!(time.status.code(), Some(2));
    // Nothing came: no round, and the store has none.
    let silent = run(&["watch", "--interface", "mirror", "--for", "1s"]);
    assert_eq!(silent.status.code(), Some(1));
    assert!(error(&silent).contains("no packet was read from mirror"), "{}", error(&silent));
}

#[test]
fn without_the_right_to_it_says_how_to_get_it() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    let place = Place::new();
    let inner = place.command(&["watch", "--interface", "mirror", "--for", "1s"]);
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
    ]);
    command.arg(inner.get_program()).args(inner.get_args()).current_dir("/");
    assert_fails(&network.enter(&command).output().unwrap(), 1, &["as root", "setcap cap_net_raw"]);
}

#[test]
fn the_doctor_tries_what_it_tells() {
    let Some(network) = Network::new(&["mirror", "off"]) else { return };
    network.ip("link set off down");
    let place = Place::new();
    let output = network.enter(&place.command(&["doctor"])).output().unwrap();
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{page}{}", error(&output));
    for words in ["seccomp", "It runs as nobody", "wardround watch --interface mirror"] {
        assert!(page.contains(words), "{words:?} is missing in {page}");
    }
    let line = |name: &str| page.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    assert!(line("mirror ").ends_with("can be watched"), "{page}");
    assert!(line("off ").ends_with("switched off"), "{page}");
    // Nothing was made by looking.
    assert!(!place.path(".local").exists());
}

#[test]
fn the_doctor_says_so_when_watching_does_not_work() {
    let Some(network) = Network::new(&["mirror"]) else { return };
    for one in ["mirror", "mirrorx", "lo"] {
        network.ip(&format!("link set {one} down"));
    }
    let place = Place::new();
    let output = network.enter(&place.command(&["doctor"])).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("switch an interface on"));
}

#[test]
fn readers_end_with_their_parent() {
    let Some(network) = Network::new(&["one", "two"]) else { return };
    let place = Place::new();
    let mut watching = Watching::start(&network, &place, &["--interface", "one", "--interface", "two"]);
    let readers = watching.readers();
    assert_eq!(readers.len(), 2);
    watching.child.kill().unwrap();
    watching.child.wait().unwrap();
    let start = Instant::now();
    let runs = |reader: &String| {
        let status = std::fs::read_to_string(format!("/proc/{reader}/status")).unwrap_or_default();
        status.contains("State:") && !status.contains("State:\tZ")
    };
    while readers.iter().any(runs) {
        assert!(start.elapsed() < Duration::from_secs(10), "a reader goes on alone");
        std::thread::sleep(Duration::from_millis(50));
    }
}
