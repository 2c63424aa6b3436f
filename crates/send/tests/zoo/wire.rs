//! What goes over the wire to the zoo, as a program of its own sees it.

use std::io::{BufRead as _, BufReader};
use std::net::Ipv4Addr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

/// Prints time, address, port, flags and length of each TCP packet that goes to a server of the zoo.
const SNIFF: &str = "
import socket, struct, sys, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
print('ready', flush=True)
while True:
    p, a = s.recvfrom(65535)
    if a[2] != 4 or len(p) < 54 or p[12:14] != b'\\x08\\x00' or p[23] != 6: continue
    t = 14 + (p[14] & 15) * 4
    port = struct.unpack('>H', p[t+2:t+4])[0]
    if port < 20000: print(time.time(), socket.inet_ntoa(p[30:34]), port, p[t+13], len(p) - t, flush=True)
";

/// A packet to the zoo.
pub(crate) struct Packet {
    pub(crate) at: f64,
    pub(crate) to: (Ipv4Addr, u16),
    pub(crate) flags: u8,
    /// Bytes from the TCP header on.
    pub(crate) length: usize,
}

impl Packet {
    fn parse(line: &str) -> Option<Self> {
        let [at, ip, port, flags, length]: [&str; 5] = line.split(' ').collect::<Vec<_>>().try_into().ok()?;
        let to = (ip.parse().ok()?, port.parse().ok()?);
        Some(Self { at: at.parse().ok()?, to, flags: flags.parse().ok()?, length: length.parse().ok()? })
    }
}

/// The program. It ends with this.
pub(crate) struct Sniffer(Child, Option<BufReader<ChildStdout>>);

impl Sniffer {
    pub(crate) fn start() -> Self {
        let mut child = Command::new("python3").args(["-c", SNIFF]).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        lines.read_line(&mut ready).unwrap();
        assert_eq!(ready.trim(), "ready");
        Self(child, Some(lines))
    }

    /// Each packet as it comes, to somebody on a thread of their own.
    pub(crate) fn tell(&mut self, mut hear: impl FnMut(Packet) + Send + 'static) {
        let lines = self.1.take().unwrap();
        std::thread::spawn(move || {
            lines.lines().map_while(Result::ok).filter_map(|line| Packet::parse(&line)).for_each(&mut hear);
        });
    }

    /// All packets so far.
    pub(crate) fn stop(mut self) -> Vec<Packet> {
        std::thread::sleep(Duration::from_millis(500));
        self.0.kill().unwrap();
        let lines = self.1.take().unwrap().lines();
        lines.map_while(Result::ok).filter_map(|line| Packet::parse(&line)).collect()
    }
}

impl Drop for Sniffer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
