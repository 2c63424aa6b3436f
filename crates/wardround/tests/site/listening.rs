//! A site that listens at a network: interfaces are chosen, the first round runs by itself, and what was heard outlives the site.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use wardround_packets::PacketSocket;

use crate::browser::{Browser, set_up};
use crate::rounds::wait_for_round;
use crate::running::{Running, example};

/// A network of its own, which this test's thread is in from now on, with a pair of interfaces: `port`, and `portx` whose frames
/// come out there. Nothing where this computer does not let the test make one.
pub(crate) struct Network(String);

impl Network {
    pub(crate) fn enter() -> Option<Self> {
        let name = format!("wardround-site-{}", std::process::id());
        let made = Command::new("ip").args(["netns", "add", &name]).output();
        if !made.as_ref().is_ok_and(|made| made.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "no network namespace can be made here ({made:?})");
            eprintln!("SKIPPED, NOTHING WAS TESTED: no network namespace can be made here ({made:?})");
            return None;
        }
        let network = Self(name);
        // No chatter of its own.
        let quiet = ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"];
        let quiet =
            Command::new("ip").args(["netns", "exec", &network.0, "sysctl", "-qw"]).args(quiet).output();
        assert!(quiet.is_ok_and(|done| done.status.success()));
        network.ip("link set lo up");
        network.ip("link add port mtu 9000 type veth peer name portx mtu 9000");
        network.ip("link set port arp off up");
        network.ip("link set portx arp off up");
        let space = File::open(format!("/var/run/netns/{}", network.0)).unwrap();
        move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
        Some(network)
    }

    pub(crate) fn ip(&self, words: &str) {
        let done = Command::new("ip").args(["-n", &self.0]).args(words.split(' ')).output().unwrap();
        assert!(done.status.success(), "ip {words}: {done:?}");
    }

    /// Plays the demo hospital's quarter of an hour; how many frames that is.
    fn play(&self) -> usize {
        let socket = PacketSocket::open("portx").unwrap();
        let frames = frames(&example("clinic.pcapng"));
        for (n, frame) in frames.iter().enumerate() {
            assert_eq!(rustix::io::write(&socket, frame).unwrap(), frame.len());
            if n % 16 == 0 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        std::thread::sleep(Duration::from_millis(300));
        frames.len()
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.0]).output();
    }
}

/// The frames of a pcapng file: its enhanced packet blocks, as this project writes them.
fn frames(bytes: &[u8]) -> Vec<Vec<u8>> {
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut frames) = (0, Vec::new());
    while at < bytes.len() {
        if word(at) == 6 {
            frames.push(bytes[at + 28..at + 28 + word(at + 20)].to_vec());
        }
        at += word(at + 4);
    }
    frames
}

/// Loads a page again and again until it shows these words.
#[track_caller]
pub(crate) fn wait_for(ada: &Browser, page: &str, words: &str) -> String {
    let started = Instant::now();
    loop {
        let text = ada.get(page).text;
        if text.contains(words) {
            return text;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{words:?} does not come");
        std::thread::sleep(Duration::from_millis(300));
    }
}

pub(crate) fn run(ada: &Browser) {
    assert_eq!(ada.press("/rounds", "/rounds/run", &[]).to(), "/rounds/now");
    let page = wait_for_round(ada);
    assert!(page.contains("is done and kept"), "{page}");
}

#[test]
fn an_interface_is_chosen_and_devices_show_within_a_minute() {
    let Some(network) = Network::enter() else { return };
    let running = Running::new();
    let (ada, _) = set_up(&running);
    ada.get("/").shows(&["Choose an interface", "Nothing listens at the network yet"]);
    ada.get("/settings/interfaces").shows(&["value=\"port\"", "this computer to itself"]);
    let choose = |name| ada.press("/settings/interfaces", "/settings/interfaces", &[("interface", name)]);
    assert_eq!(choose("eth 0; rm").status, 400);
    let chosen = Instant::now();
    assert_eq!(choose("port").to(), "/settings/interfaces");
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    let sent = network.play();
    // Nobody presses anything.
    wait_for(&ada, "/", "Round R-1.");
    assert!(chosen.elapsed() < Duration::from_secs(60), "{:?}", chosen.elapsed());
    ada.get("/").shows(&["<b>31</b>devices and systems"]);
    ada.get("/coverage").shows(&["interface port", &wardround_report::page::number(sent as u64)]);
    let metrics = ada.get("/metrics").text;
    assert!(
        metrics.contains(&format!("wardround_packets_read_total{{interface=\"port\"}} {sent}")),
        "{metrics}"
    );
    assert!(metrics.contains("wardround_packets_lost_total{interface=\"port\"} 0"), "{metrics}");
}

#[test]
fn what_was_heard_outlives_the_site_and_is_read_once() {
    let Some(network) = Network::enter() else { return };
    let running = Running::with(&["--interface", "port"]);
    let (ada, _) = set_up(&running);
    let token = ada.get("/import").hidden("token");
    let list = ada.send_files(&token, &[("computers.csv", &example("lists/computers.csv"))]).to();
    ada.post(&format!("{list}/keep"), &[("token", &token)]);
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    // After it none runs by itself any more.
    run(&ada);
    let sent = network.play() as u64;
    let session = ada.token();
    let running = running.stopped_and_started_again();
    let pieces = || {
        let files = std::fs::read_dir(running.path("heard")).unwrap().flatten();
        files.filter(|file| file.file_name().to_string_lossy().ends_with(".harvest")).collect::<Vec<_>>()
    };
    let kept = pieces();
    let modes: Vec<_> = kept.iter().map(|it| it.metadata().unwrap().permissions().mode() & 0o777).collect();
    assert_eq!(modes, [0o600]);
    let ada = Browser::new(&running);
    ada.use_token(session);
    run(&ada);
    ada.get("/coverage").shows(&["interface port", &wardround_report::page::number(sent), "computers.csv"]);
    assert_eq!(pieces().len(), 0, "a round has read it");
    run(&ada);
    assert!(!ada.get("/coverage").text.contains("interface port"), "it was read once");
}

/// Processes of this network that read frames.
fn readers() -> usize {
    let own = std::fs::read_link("/proc/thread-self/ns/net").unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
    let reads = |process: &std::path::PathBuf| {
        let words = std::fs::read(process.join("cmdline")).unwrap_or_default();
        let is_here = std::fs::read_link(process.join("ns/net")).is_ok_and(|network| network == own);
        is_here && String::from_utf8_lossy(&words).contains("read-frames")
    };
    processes.filter(reads).count()
}

#[test]
fn readers_of_a_site_that_was_killed_end_and_the_next_start_listens_again() {
    let Some(network) = Network::enter() else { return };
    let mut running = Running::with(&["--interface", "port"]);
    let (ada, _) = set_up(&running);
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    assert_eq!(readers(), 1);
    network.play();
    running.kill();
    let killed = Instant::now();
    while readers() > 0 {
        assert!(killed.elapsed() < Duration::from_secs(10), "a reader is left behind");
        std::thread::sleep(Duration::from_millis(50));
    }
    let session = ada.token();
    let running = running.killed_and_started_again();
    let ada = Browser::new(&running);
    ada.use_token(session);
    let choice = ada.press("/settings/interfaces", "/settings/interfaces", &[("interface", "port")]);
    assert_eq!(choice.status, 303);
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    assert_eq!(readers(), 1);
}

#[test]
fn an_interface_that_goes_away_is_told_before_scores_and_heard_again_when_it_is_back() {
    let Some(network) = Network::enter() else { return };
    let running = Running::with(&["--interface", "port"]);
    let (ada, _) = set_up(&running);
    wait_for(&ada, "/settings/interfaces", "Listening. Nothing was heard yet.");
    network.play();
    wait_for(&ada, "/", "Round R-1.");
    network.ip("link del port");
    wait_for(&ada, "/", "Not listening:");
    network.ip("link add port mtu 9000 type veth peer name portx mtu 9000");
    network.ip("link set port arp off up");
    network.ip("link set portx arp off up");
    wait_for(&ada, "/settings/interfaces", "Listening.");
}
