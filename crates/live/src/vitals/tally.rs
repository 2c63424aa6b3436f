//! Signs of life out of frames: whose they are, how long a host took, what it refused. Only headers are looked at.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use wardround_dissect::packet::{Content, LinkType, Payload, Tcp, parse};
use wardround_model::{Deed, Timestamp, Vital};

/// Bytes of a frame that are looked at: headers, with tags and a tunnel around them.
const HEADERS: usize = 256;
/// A host that was silent for so long says something new, in nanoseconds.
const PAUSE: i64 = 100_000_000;
/// Talks and openings that are remembered, at most; then all are forgotten, so that a flood costs a pause and no memory.
const MOST: usize = 1 << 16;
/// Signs that wait to be told, at most.
const MOST_TOLD: usize = 1 << 14;

/// Two sides of a connection, seen from the host: its port, and the other's.
type Pair = (Ipv4Addr, u16, Ipv4Addr, u16);

/// What is remembered.
#[derive(Debug, Default)]
pub(super) struct Tally {
    hosts: HashSet<Ipv4Addr>,
    /// When a host spoke last in a talk.
    spoke: HashMap<(Ipv4Addr, Ipv4Addr, u16), Timestamp>,
    /// When another one asked a host for a connection, and it has not answered yet.
    wanted: HashMap<Pair, Timestamp>,
    /// When another one took a host's connection, and it has not gone on yet.
    taken: HashMap<Pair, Timestamp>,
    told: Vec<Vital>,
}

/// A packet between two hosts.
struct Seen {
    at: Timestamp,
    from: Ipv4Addr,
    to: Ipv4Addr,
}

impl Tally {
    pub(super) fn of(hosts: &[Ipv4Addr]) -> Self {
        Self { hosts: hosts.iter().copied().collect(), ..Self::default() }
    }

    /// What was found since the last time.
    pub(super) fn told(&mut self) -> Vec<Vital> {
        std::mem::take(&mut self.told)
    }

    /// Takes a frame of Ethernet, in pieces that follow each other.
    pub(super) fn take(&mut self, at: Timestamp, wire: usize, pieces: &[&[u8]]) {
        let mut headers = [0; HEADERS];
        let mut length = 0;
        for (place, byte) in headers.iter_mut().zip(pieces.iter().flat_map(|piece| piece.iter())) {
            *place = *byte;
            length += 1;
        }
        let Ok(packet) = parse(LinkType::Ethernet, headers.get(..length).unwrap_or_default(), wire) else {
            return;
        };
        let Content::Ip(ip) = packet.content else { return };
        let (IpAddr::V4(from), IpAddr::V4(to)) = (ip.source, ip.destination) else { return };
        let seen = Seen { at, from, to };
        match ip.payload {
            Payload::Tcp(tcp) => self.take_tcp(&seen, &tcp),
            Payload::Udp(udp) => self.speak(&seen, udp.source.min(udp.destination)),
            _ => {}
        }
    }

    fn take_tcp(&mut self, seen: &Seen, tcp: &Tcp<'_>) {
        let Seen { at, from, to } = *seen;
        let (sender, receiver) =
            ((from, tcp.source, to, tcp.destination), (to, tcp.destination, from, tcp.source));
        let flags = tcp.flags;
        if self.hosts.contains(&to) && flags.syn() {
            // The first of several tries counts: a slow host makes the other side try again.
            let remembered = if flags.ack() { &mut self.taken } else { &mut self.wanted };
            make_room(remembered).entry(receiver).or_insert(at);
        }
        if !self.hosts.contains(&from) {
            return;
        }
        if flags.rst() {
            let was_wanted = self.wanted.remove(&sender).is_some();
            self.taken.remove(&sender);
            let deed = if was_wanted { (tcp.source, Deed::Refused) } else { (port(tcp), Deed::BrokeOff) };
            return self.tell(seen, deed.0, deed.1);
        }
        if flags.syn()
            && flags.ack()
            && let Some(since) = self.wanted.remove(&sender)
        {
            self.tell(seen, tcp.source, Deed::Took(between(since, at)));
        }
        if !flags.syn()
            && let Some(since) = self.taken.remove(&sender)
        {
            self.tell(seen, port(tcp), Deed::WentOn(between(since, at)));
        }
        // A bare acknowledgement is the kernel's word, which goes on where the program hangs.
        if tcp.length > 0 || flags.syn() && !flags.ack() {
            self.speak(seen, port(tcp));
        }
        if flags.fin() {
            self.tell(seen, port(tcp), Deed::Ended);
        }
    }

    fn speak(&mut self, seen: &Seen, port: u16) {
        let is_one = !seen.to.is_multicast() && seen.to.octets().last() != Some(&255);
        if !is_one || !self.hosts.contains(&seen.from) {
            return;
        }
        let before = make_room(&mut self.spoke).insert((seen.from, seen.to, port), seen.at);
        if before.is_none_or(|before| seen.at.since(before) >= PAUSE) {
            self.tell(seen, port, Deed::Spoke);
        }
    }

    fn tell(&mut self, seen: &Seen, port: u16, what: Deed) {
        if self.told.len() < MOST_TOLD {
            self.told.push(Vital { host: seen.from, with: seen.to, port, at: seen.at, what });
        }
    }
}

fn make_room<K, V>(remembered: &mut HashMap<K, V>) -> &mut HashMap<K, V> {
    if remembered.len() >= MOST {
        remembered.clear();
    }
    remembered
}

fn port(tcp: &Tcp<'_>) -> u16 {
    tcp.source.min(tcp.destination)
}

fn between(earlier: Timestamp, later: Timestamp) -> Duration {
    Duration::from_nanos(u64::try_from(later.since(earlier)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 9);
    const SERVER: Ipv4Addr = Ipv4Addr::new(10, 20, 1, 5);
    const FIN: u8 = 1;
    const SYN: u8 = 2;
    const RST: u8 = 4;
    const ACK: u8 = 16;

    fn frame(from: (Ipv4Addr, u16), to: (Ipv4Addr, u16), flags: u8, data: usize) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
        let length = u16::try_from(40 + data).unwrap().to_be_bytes();
        frame.extend([0x45, 0, length[0], length[1], 0, 0, 0, 0, 64, 6, 0, 0]);
        frame.extend(from.0.octets().into_iter().chain(to.0.octets()));
        frame.extend(from.1.to_be_bytes().into_iter().chain(to.1.to_be_bytes()));
        frame.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 0, 0, 0, 0, 0, 0]);
        frame.extend(vec![0; data]);
        frame
    }

    /// Deeds, each with its port, of packets at milliseconds: who sends (the host's port, or the server's), flags, bytes of data.
    fn deeds(ports: (u16, u16), packets: &[(i64, bool, u8, usize)]) -> Vec<(u16, Deed)> {
        let mut tally = Tally::of(&[HOST]);
        for (at, is_host, flags, data) in packets {
            let (host, server) = ((HOST, ports.0), (SERVER, ports.1));
            let frame = if *is_host {
                frame(host, server, *flags, *data)
            } else {
                frame(server, host, *flags, *data)
            };
            let (head, rest) = frame.split_at(12);
            tally.take(Timestamp::from_nanoseconds(at * 1_000_000), frame.len(), &[head, &[], rest]);
        }
        tally.told().into_iter().map(|vital| (vital.port, vital.what)).collect()
    }

    #[test]
    fn a_talk_of_a_host_with_its_server() {
        let told = deeds(
            (40000, 2575),
            &[
                (0, true, SYN, 0),
                (1, false, SYN | ACK, 0),
                (6, true, ACK, 0),
                (7, true, ACK, 50),
                (8, false, ACK, 9),
                (9, true, ACK, 0),
                (500, true, ACK, 20),
                (550, true, ACK, 20),
                (600, true, FIN | ACK, 0),
            ],
        );
        let went_on = Deed::WentOn(Duration::from_millis(5));
        assert_eq!(told, [(2575, Deed::Spoke), (2575, went_on), (2575, Deed::Spoke), (2575, Deed::Ended)]);
    }

    #[test]
    fn connections_that_are_taken_refused_and_broken_off() {
        let took = Deed::Took(Duration::from_millis(1200));
        // The other side tried again after a second.
        let told =
            deeds((22, 50000), &[(0, false, SYN, 0), (1000, false, SYN, 0), (1200, true, SYN | ACK, 0)]);
        assert_eq!(told, [(22, took)]);
        assert_eq!(deeds((22, 50000), &[(0, false, SYN, 0), (1, true, RST | ACK, 0)]), [(22, Deed::Refused)]);
        assert_eq!(deeds((40000, 443), &[(0, true, RST, 0)]), [(443, Deed::BrokeOff)]);
        assert_eq!(deeds((40000, 443), &[(0, false, RST, 0), (5, false, ACK, 90)]), []);
    }

    #[test]
    fn what_is_no_packet_is_passed_over_and_memory_is_bounded() {
        let mut tally = Tally::of(&[HOST]);
        tally.take(Timestamp::EPOCH, 9, &[&[0; 9]]);
        tally.take(Timestamp::EPOCH, 0, &[]);
        for port in 0..u16::MAX {
            let frame = frame((SERVER, port), (HOST, 22), SYN, 0);
            tally.take(Timestamp::EPOCH, frame.len(), &[&frame]);
            let frame =
                super::tests::frame((HOST, 23), (Ipv4Addr::from(u32::from(port) + 9999), port), ACK, 5);
            tally.take(Timestamp::EPOCH, frame.len(), &[&frame]);
        }
        assert!(tally.wanted.len() <= MOST && tally.spoke.len() <= MOST && tally.told.len() <= MOST_TOLD);
    }
}
