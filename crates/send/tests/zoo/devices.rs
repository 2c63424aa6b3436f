//! Delicate devices, simulated: each has an address of its own and a way to die.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use wardround_model::Protocol;

use crate::wire::{Packet, RST, SYN, Sniffer};

/// What a device does not survive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weakness {
    SecondConnection,
    UnexpectedByte,
    BrokenOff,
    Idle,
    ManyConnections,
    AnyConnection,
    None,
    /// What follows is seen on the wire alone: a kernel tells no program of it.
    HalfOpen,
    ManyPackets,
    Reset,
    /// It has room for one segment of 536 bytes (RFC 1122, 4.2.2.6) and for one connection.
    TinyStack,
}

/// Packets in a second that a device bears.
const BORNE_PACKETS: usize = 20;
/// How long a device waits for the end of a handshake.
const HANDSHAKE: f64 = 0.5;
/// The longest TCP header, and the most behind it that every stack must take.
const SMALL_SEGMENT: usize = 60 + 536;

/// One listening port.
struct Port {
    port: u16,
    /// What passive sight heard there; nothing is asked of a port that has none.
    heard: Option<Protocol>,
    /// How long it waits before it speaks.
    delay: Duration,
    weakness: Weakness,
}

const fn port(port: u16, heard: Protocol, weakness: Weakness) -> Port {
    Port { port, heard: Some(heard), delay: Duration::ZERO, weakness }
}

const fn trap(port: u16) -> Port {
    Port { port, heard: None, delay: Duration::ZERO, weakness: Weakness::AnyConnection }
}

/// A port that bears a touch, and of which passive sight knows nothing.
const fn spare(port: u16) -> Port {
    Port { port, heard: None, delay: Duration::ZERO, weakness: Weakness::None }
}

/// Name and ports; the nth device has an address in the nth /28.
const DEVICES: &[(&str, &[Port])] = &[
    (
        "dies on a second connection",
        &[
            port(22, Protocol::Ssh, Weakness::SecondConnection),
            port(80, Protocol::Http, Weakness::SecondConnection),
        ],
    ),
    ("dies on an unexpected byte", &[port(21, Protocol::Ftp, Weakness::UnexpectedByte)]),
    ("dies of bytes unread at the end", &[port(80, Protocol::Http, Weakness::BrokenOff)]),
    ("dies on a long idle connection", &[port(22, Protocol::Ssh, Weakness::Idle)]),
    (
        "dies on a port scan",
        &[
            port(80, Protocol::Http, Weakness::ManyConnections),
            port(8080, Protocol::Http, Weakness::ManyConnections),
            trap(23),
        ],
    ),
    ("printer that prints what it gets", &[port(80, Protocol::Http, Weakness::None), trap(9100)]),
    (
        "slow controller",
        &[
            Port {
                port: 80,
                heard: Some(Protocol::Http),
                delay: Duration::from_secs(2),
                weakness: Weakness::BrokenOff,
            },
            trap(502),
        ],
    ),
    (
        "answers late",
        &[Port {
            port: 21,
            heard: Some(Protocol::Ftp),
            delay: Duration::from_secs(3),
            weakness: Weakness::BrokenOff,
        }],
    ),
    ("dies on a connection that is half open", &[port(80, Protocol::Http, Weakness::HalfOpen)]),
    (
        "dies on more than 20 packets in a second",
        &[port(80, Protocol::Http, Weakness::ManyPackets), spare(8081), spare(8082), spare(8083)],
    ),
    ("dies on RST", &[port(22, Protocol::Ssh, Weakness::Reset)]),
    ("tiny TCP stack", &[port(80, Protocol::Http, Weakness::TinyStack), spare(8080)]),
];

#[derive(Default)]
struct Life {
    open: usize,
    connections: Vec<Instant>,
    cause: Option<&'static str>,
}

pub(crate) struct Zoo {
    lives: Vec<(&'static str, Arc<Mutex<Life>>)>,
    _wire: Sniffer,
}

fn address(nth: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 20, 1, u8::try_from(nth * 16 + 5).unwrap())
}

impl Zoo {
    pub(crate) fn open() -> Self {
        assert!(std::env::var_os("IN_ZOO").is_some(), "only in a namespace of its own: addresses are added");
        let mut lives: Vec<(&str, Arc<Mutex<Life>>)> = Vec::new();
        for (nth, (name, ports)) in DEVICES.iter().enumerate() {
            let ip = address(nth);
            let added = Command::new("ip").args(["addr", "add", &format!("{ip}/32"), "dev", "lo"]).status();
            assert!(added.unwrap().success());
            let life = Arc::new(Mutex::new(Life::default()));
            for port in *ports {
                let listener = TcpListener::bind((ip, port.port)).unwrap();
                let life = Arc::clone(&life);
                std::thread::spawn(move || {
                    for stream in listener.incoming().map_while(Result::ok) {
                        let life = Arc::clone(&life);
                        std::thread::spawn(move || serve(stream, port, &life));
                    }
                });
            }
            lives.push((*name, life));
        }
        let mut wire = Sniffer::start();
        let by_address = lives.iter().enumerate().map(|(nth, (_, life))| {
            let weaknesses = DEVICES[nth].1.iter().map(|port| port.weakness).collect();
            (address(nth), Stack { weaknesses, life: Arc::clone(life), packets: Vec::new() })
        });
        let mut stacks: BTreeMap<Ipv4Addr, Stack> = by_address.collect();
        wire.tell(move |packet| {
            for stack in stacks.values_mut() {
                stack.wait(packet.at);
            }
            if let Some(stack) = stacks.get_mut(&packet.to.0) {
                stack.take(packet);
            }
        });
        Self { lives, _wire: wire }
    }

    /// What passive sight would know.
    pub(crate) fn offers(&self) -> Vec<(Ipv4Addr, Vec<(u16, Protocol)>)> {
        let heard = |ports: &[Port]| ports.iter().filter_map(|port| Some((port.port, port.heard?))).collect();
        DEVICES.iter().enumerate().map(|(nth, (_, ports))| (address(nth), heard(ports))).collect()
    }

    /// Everything that listens.
    pub(crate) fn listens(&self) -> Vec<(Ipv4Addr, u16)> {
        let of = |(nth, (_, ports)): (usize, &(&str, &'static [Port]))| {
            ports.iter().map(move |port| (address(nth), port.port))
        };
        DEVICES.iter().enumerate().flat_map(of).collect()
    }

    pub(crate) fn dead(&self) -> Vec<&'static str> {
        let dead = self.lives.iter().filter(|(_, life)| life.lock().unwrap().cause.is_some());
        dead.map(|(name, _)| *name).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// What a device's TCP stack goes through, packet by packet.
struct Stack {
    weaknesses: Vec<Weakness>,
    life: Arc<Mutex<Life>>,
    packets: Vec<Packet>,
}

impl Stack {
    fn die_if(&self, weakness: Weakness, cause: &'static str) {
        if self.weaknesses.contains(&weakness) {
            self.life.lock().unwrap().cause = Some(cause);
        }
    }

    /// A handshake that nobody ends leaves the connection half open.
    fn wait(&self, now: f64) {
        let last = self.packets.last();
        if last.is_some_and(|last| last.flags & SYN != 0 && now - last.at > HANDSHAKE) {
            self.die_if(Weakness::HalfOpen, "a connection that was half open");
        }
    }

    fn take(&mut self, packet: Packet) {
        self.packets.retain(|before| before.at > packet.at - 1.0);
        let begins = packet.flags & SYN != 0;
        let after_syn = self.packets.last().is_some_and(|last| last.flags & SYN != 0);
        if packet.flags & RST != 0 {
            self.die_if(Weakness::Reset, "RST");
            if after_syn {
                self.die_if(Weakness::HalfOpen, "a connection that was half open");
            }
        }
        let open = self.packets.iter().any(|before| before.to != packet.to && before.flags & SYN != 0);
        if packet.length > SMALL_SEGMENT || begins && open {
            self.die_if(Weakness::TinyStack, "more than its memory holds");
        }
        self.packets.push(packet);
        if self.packets.len() > BORNE_PACKETS {
            self.die_if(Weakness::ManyPackets, "more than 20 packets in a second");
        }
    }
}

fn serve(mut stream: TcpStream, port: &Port, life: &Mutex<Life>) {
    let die = |cause| life.lock().unwrap().cause = Some(cause);
    {
        let mut life = life.lock().unwrap();
        life.open += 1;
        life.connections.retain(|at| at.elapsed() < Duration::from_secs(3));
        life.connections.push(Instant::now());
        let (open, recent) = (life.open, life.connections.len());
        match port.weakness {
            Weakness::AnyConnection => life.cause = Some("it was touched"),
            Weakness::SecondConnection if open > 1 => life.cause = Some("a second connection"),
            Weakness::ManyConnections if recent > 1 => life.cause = Some("a port scan"),
            _ => {}
        }
        if life.cause.is_some() {
            return;
        }
    }
    if let Some(cause) = talk(&mut stream, port) {
        die(cause);
    }
    life.lock().unwrap().open -= 1;
}

/// `SSH_MSG_KEXINIT` with a weak algorithm (RFC 4253, 7.1).
fn offer() -> Vec<u8> {
    let mut packet = [[4, 20].as_slice(), &[7; 16]].concat();
    for list in
        ["diffie-hellman-group1-sha1", "ssh-rsa", "aes128-ctr", "aes128-ctr", "hmac-sha1", "hmac-sha1"]
    {
        packet.extend_from_slice(&u32::try_from(list.len()).unwrap().to_be_bytes());
        packet.extend_from_slice(list.as_bytes());
    }
    packet.extend_from_slice(&[0; 25]);
    [u32::try_from(packet.len()).unwrap().to_be_bytes().as_slice(), &packet].concat()
}

/// Speaks until the other side ends; what killed it.
fn talk(stream: &mut TcpStream, port: &Port) -> Option<&'static str> {
    let begun = Instant::now();
    let speaks_first = matches!(port.heard, Some(Protocol::Ssh | Protocol::Ftp));
    let mut heard = Vec::new();
    if speaks_first {
        std::thread::sleep(port.delay);
        let banner: &[u8] = if port.port == 22 {
            b"SSH-2.0-dropbear_2019.78\r\n"
        } else {
            b"220 Welcome to vsFTPd 3.0.3\r\n"
        };
        let _ = stream.write_all(banner);
    }
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let mut buffer = [0; 512];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return None,
            Ok(_) if port.weakness == Weakness::UnexpectedByte => return Some("an unexpected byte"),
            Ok(count) => {
                let is_named = heard.starts_with(b"SSH-");
                heard.extend_from_slice(&buffer[..count]);
                if port.port == 22 && !is_named {
                    // It offers algorithms to who named itself, and to nobody else.
                    let is_name = heard.starts_with(b"SSH-2.0-") && heard.ends_with(b"\r\n");
                    if !is_name || stream.write_all(&offer()).is_err() {
                        return Some("it was told no name");
                    }
                }
                if !speaks_first && heard.ends_with(b"\r\n\r\n") {
                    std::thread::sleep(port.delay);
                    let head = b"HTTP/1.1 200 OK\r\nServer: GoAhead-Webs/2.5\r\nConnection: close\r\n\r\n";
                    // More than was asked for, in pieces: none of it may stay unread.
                    let answered = stream.write_all(head).and_then(|()| {
                        std::thread::sleep(Duration::from_millis(30));
                        stream.write_all(&[b'x'; 3000])
                    });
                    if answered.is_err() && port.weakness == Weakness::BrokenOff {
                        return Some("it was broken off");
                    }
                }
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_) if port.weakness == Weakness::BrokenOff => return Some("it was broken off"),
            Err(_) => return None,
        }
        if port.weakness == Weakness::Idle && begun.elapsed() > Duration::from_secs(1) {
            return Some("a long idle connection");
        }
    }
}
