//! A network namespace with pairs of interfaces, and packets through them.

use std::fs::File;
use std::os::fd::AsFd as _;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use wardround_packets::PacketSocket;

/// A network of its own, thrown away with the value.
pub(crate) struct Network {
    name: String,
}

impl Network {
    /// With these interfaces, each at one end of a pair; the other end has the same name with an `x` behind it. Nothing where
    /// this computer does not let the test make one.
    pub(crate) fn new(interfaces: &[&str]) -> Option<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let name = format!("wardround-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let made = Command::new("ip").args(["netns", "add", &name]).output();
        if !made.as_ref().is_ok_and(|made| made.status.success()) {
            assert!(std::env::var_os("CI").is_none(), "no network namespace can be made here ({made:?})");
            eprintln!("SKIPPED, NOTHING WAS TESTED: no network namespace can be made here ({made:?})");
            return None;
        }
        let network = Self { name };
        // No chatter of its own.
        network.inside("sysctl", "-qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1");
        for one in interfaces {
            network.ip(&format!("link add {one} mtu 9000 type veth peer name {one}x mtu 9000"));
            network.ip(&format!("link set {one} arp off up"));
            network.ip(&format!("link set {one}x arp off up"));
        }
        Some(network)
    }

    /// Runs `ip` on it.
    pub(crate) fn ip(&self, words: &str) {
        let done = Command::new("ip").args(["-n", &self.name]).args(words.split(' ')).output().unwrap();
        assert!(done.status.success(), "ip {words}: {done:?}");
    }

    /// Joins it to another by a pair of interfaces of these names, each up and with this address.
    pub(crate) fn join(
        &self,
        (name, address): (&str, &str),
        other: &Self,
        (its_name, its_address): (&str, &str),
    ) {
        self.ip(&format!("link add {name} type veth peer name {its_name} netns {}", other.name));
        for (network, name, address) in [(self, name, address), (other, its_name, its_address)] {
            network.ip(&format!("addr add {address} dev {name}"));
            network.ip(&format!("link set {name} up"));
        }
    }

    /// Does something from inside.
    pub(crate) fn within<T: Send>(&self, deed: impl FnOnce() -> T + Send) -> T {
        let space = File::open(format!("/var/run/netns/{}", self.name)).unwrap();
        let doing = || {
            move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            deed()
        };
        std::thread::scope(|scope| scope.spawn(doing).join().unwrap())
    }

    /// Runs a program inside with words that have no space.
    pub(crate) fn inside(&self, program: &str, words: &str) {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, program]).args(words.split(' '));
        let done = command.output().unwrap();
        assert!(done.status.success(), "{program} {words}: {done:?}");
    }

    /// The same command in it.
    pub(crate) fn enter(&self, command: &Command) -> Command {
        let mut inside = Command::new("ip");
        inside.args(["netns", "exec", &self.name]).arg(command.get_program()).args(command.get_args());
        inside.current_dir(command.get_current_dir().unwrap()).env_clear();
        inside.envs(command.get_envs().filter_map(|(name, value)| value.map(|value| (name, value))));
        inside.env("PATH", std::env::var_os("PATH").unwrap());
        inside
    }

    /// Sends frames, each into one of these interfaces, so slowly that all arrive: they come out at the other ends of the pairs.
    pub(crate) fn send_to(&self, interfaces: &[String], frames: &[(usize, Vec<u8>)]) {
        let space = File::open(format!("/var/run/netns/{}", self.name)).unwrap();
        std::thread::scope(|scope| {
            let sending = scope.spawn(|| {
                move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
                let open = |name: &String| PacketSocket::open(name).unwrap();
                let sockets: Vec<_> = interfaces.iter().map(open).collect();
                for (n, (interface, frame)) in frames.iter().enumerate() {
                    assert_eq!(rustix::io::write(&sockets[*interface], frame).unwrap(), frame.len());
                    if n % 16 == 0 {
                        std::thread::sleep(Duration::from_millis(1));
                    }
                }
            });
            sending.join().unwrap();
        });
        // The last ones are on their way.
        std::thread::sleep(Duration::from_millis(300));
    }

    /// The same into one interface.
    pub(crate) fn send(&self, interface: &str, frames: &[Vec<u8>]) {
        let frames: Vec<_> = frames.iter().map(|frame| (0, frame.clone())).collect();
        self.send_to(&[interface.to_owned()], &frames);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.name]).output();
    }
}

/// The frames of a pcapng file, each behind the number of its interface: its enhanced packet blocks, as this project writes them.
pub(crate) fn frames_of_interfaces(file: &std::path::Path) -> Vec<(usize, Vec<u8>)> {
    let bytes = std::fs::read(file).unwrap();
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let (mut at, mut frames) = (0, Vec::new());
    while at < bytes.len() {
        if word(at) == 6 {
            frames.push((word(at + 8), bytes[at + 28..at + 28 + word(at + 20)].to_vec()));
        }
        at += word(at + 4);
    }
    frames
}

/// The same without the numbers.
pub(crate) fn frames(file: &std::path::Path) -> Vec<Vec<u8>> {
    frames_of_interfaces(file).into_iter().map(|(_, frame)| frame).collect()
}
