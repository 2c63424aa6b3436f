//! A writer of packets and captures.

use std::net::Ipv4Addr;

/// When the first packet was seen: 2026-11-23T07:00:00Z.
pub(crate) const START: i64 = 1_795_417_200;

pub(crate) const CLIENT: ([u8; 6], Ipv4Addr) = ([0, 0x1B, 0x2C, 0, 0, 1], Ipv4Addr::new(10, 1, 0, 1));
pub(crate) const SERVER: ([u8; 6], Ipv4Addr) = ([0, 0x1B, 0x2C, 0, 0, 2], Ipv4Addr::new(10, 2, 0, 2));

pub(crate) const FIN: u8 = 1;
pub(crate) const SYN: u8 = 2;
pub(crate) const RST: u8 = 4;
pub(crate) const ACK: u8 = 16;

pub(crate) fn ethernet(from: [u8; 6], kind: u16, inside: &[u8]) -> Vec<u8> {
    [&[2, 0, 0, 0, 0, 9], from.as_slice(), &kind.to_be_bytes(), inside].concat()
}

pub(crate) fn vlan(identifier: u16, frame: &[u8]) -> Vec<u8> {
    [&frame[..12], &[0x81, 0], &identifier.to_be_bytes(), &frame[12..]].concat()
}

pub(crate) fn ipv4(from: Ipv4Addr, to: Ipv4Addr, protocol: u8, inside: &[u8]) -> Vec<u8> {
    let total = u16::try_from(20 + inside.len()).unwrap().to_be_bytes();
    let header = [0x45, 0, total[0], total[1], 0, 0, 0, 0, 64, protocol, 0, 0];
    [&header, from.octets().as_slice(), &to.octets(), inside].concat()
}

pub(crate) fn udp(from: ([u8; 6], Ipv4Addr), to: Ipv4Addr, ports: (u16, u16), data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap().to_be_bytes();
    let header = [ports.0.to_be_bytes(), ports.1.to_be_bytes(), length, [0, 0]].concat();
    ethernet(from.0, 0x0800, &ipv4(from.1, to, 17, &[&header, data].concat()))
}

pub(crate) fn arp(card: [u8; 6], ip: Ipv4Addr) -> Vec<u8> {
    let body = [&[0, 1, 8, 0, 6, 4, 0, 1], card.as_slice(), &ip.octets(), &[0; 6], &ip.octets()].concat();
    ethernet(card, 0x0806, &body)
}

/// One side of a TCP connection.
#[derive(Clone, Copy)]
pub(crate) struct Tcp {
    pub(crate) from: ([u8; 6], Ipv4Addr),
    pub(crate) to: ([u8; 6], Ipv4Addr),
    pub(crate) ports: (u16, u16),
}

/// Client and server, from this port to 4242.
pub(crate) fn connection(port: u16) -> (Tcp, Tcp) {
    let client = Tcp { from: CLIENT, to: SERVER, ports: (port, 4242) };
    (client, Tcp { from: SERVER, to: CLIENT, ports: (4242, port) })
}

impl Tcp {
    pub(crate) fn segment(&self, sequence: u32, flags: u8, data: &[u8]) -> Vec<u8> {
        let mut header = [self.ports.0.to_be_bytes(), self.ports.1.to_be_bytes()].concat();
        header.extend(sequence.to_be_bytes());
        header.extend([0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0]);
        let inside = [&header, data].concat();
        ethernet(self.from.0, 0x0800, &ipv4(self.from.1, self.to.1, 6, &inside))
    }
}

/// A pcap file in the making: little-endian, microseconds, Ethernet; one packet a millisecond.
pub(crate) struct Pcap {
    pub(crate) bytes: Vec<u8>,
    microseconds: i64,
}

impl Pcap {
    pub(crate) fn new() -> Self {
        let mut bytes = 0xA1B2_C3D4u32.to_le_bytes().to_vec();
        bytes.extend([2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]);
        Self { bytes, microseconds: START * 1_000_000 }
    }

    pub(crate) fn of<'a>(packets: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
        let mut pcap = Self::new();
        for packet in packets {
            pcap.packet(packet);
        }
        pcap.bytes
    }

    pub(crate) fn packet(&mut self, packet: &[u8]) -> &mut Self {
        self.microseconds += 1000;
        self.packet_at(self.microseconds, packet)
    }

    pub(crate) fn packet_at(&mut self, microseconds: i64, packet: &[u8]) -> &mut Self {
        self.packet_cut(microseconds, packet, packet.len())
    }

    pub(crate) fn packet_cut(&mut self, microseconds: i64, packet: &[u8], kept: usize) -> &mut Self {
        for number in [microseconds / 1_000_000, microseconds % 1_000_000] {
            self.bytes.extend(u32::try_from(number).unwrap().to_le_bytes());
        }
        for length in [kept, packet.len()] {
            self.bytes.extend(u32::try_from(length).unwrap().to_le_bytes());
        }
        self.bytes.extend(&packet[..kept]);
        self
    }
}

/// A pcapng file in the making.
pub(crate) struct Pcapng {
    pub(crate) bytes: Vec<u8>,
    big: bool,
}

impl Pcapng {
    pub(crate) fn new(big: bool) -> Self {
        Self { bytes: Vec::new(), big }
    }

    pub(crate) fn number(&self, number: u32) -> [u8; 4] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    fn short(&self, number: u16) -> [u8; 2] {
        if self.big { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(crate) fn block(&mut self, kind: u32, body: &[u8]) -> &mut Self {
        let padding = vec![0; body.len().next_multiple_of(4) - body.len()];
        let length = self.number(u32::try_from(12 + body.len() + padding.len()).unwrap());
        let kind = self.number(kind);
        self.bytes.extend([&kind, length.as_slice(), body, &padding, &length].concat());
        self
    }

    pub(crate) fn section(&mut self, big: bool) -> &mut Self {
        self.big = big;
        let body = [&self.number(0x1A2B_3C4D), self.short(1).as_slice(), &self.short(0), &[0xFF; 8]].concat();
        self.block(0x0A0D_0D0A, &body)
    }

    pub(crate) fn interface(&mut self, link: u16, snaplen: u32, options: &[(u16, &[u8])]) -> &mut Self {
        let mut body = [self.short(link), [0, 0]].concat();
        body.extend(self.number(snaplen));
        for (code, value) in options {
            body.extend([self.short(*code), self.short(u16::try_from(value.len()).unwrap())].concat());
            body.extend_from_slice(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        self.block(1, &body)
    }

    pub(crate) fn packet(&mut self, interface: u32, ticks: u64, packet: &[u8]) -> &mut Self {
        let length = u32::try_from(packet.len()).unwrap();
        let [high, low] = halves(ticks);
        let numbers = [interface, high, low, length, length];
        let head: Vec<u8> = numbers.iter().flat_map(|number| self.number(*number)).collect();
        self.block(6, &[&head, packet].concat())
    }

    pub(crate) fn simple_packet(&mut self, packet: &[u8]) -> &mut Self {
        let length = self.number(u32::try_from(packet.len()).unwrap());
        self.block(3, &[&length, packet].concat())
    }
}

/// The high and the low half of a number.
pub(crate) fn halves(number: u64) -> [u32; 2] {
    [number >> 32, number & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap())
}
