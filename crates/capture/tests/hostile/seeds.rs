//! Seeds of the fuzz targets of protocols, as the packets that would carry them.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use wardround_model::Protocol;

use crate::build::{ACK, Pcap, SYN, Tcp, ethernet, udp};

/// The hosts that the targets have, with cards: some protocols tell of the sender's own address alone.
const CLIENT: ([u8; 6], Ipv4Addr) = ([0, 0x1B, 0x2C, 0, 0, 1], Ipv4Addr::new(192, 0, 2, 7));
const SERVER: ([u8; 6], Ipv4Addr) = ([0, 0x1B, 0x2C, 0, 0, 2], Ipv4Addr::new(192, 0, 2, 53));
/// The same over IPv6: the client's address is made from the card that seeds name.
const CLIENT_V6: ([u8; 6], Ipv6Addr) =
    ([0x92, 0x58, 0x7C, 0x46, 0x6E, 0x9F], Ipv6Addr::new(0xFE80, 0, 0, 0, 0x9058, 0x7CFF, 0xFE46, 0x6E9F));
const SERVER_V6: ([u8; 6], Ipv6Addr) = (SERVER.0, Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 0x53));

/// What carries a protocol, and the port of its server.
#[derive(Clone, Copy)]
pub(crate) enum Carrier {
    Tcp(u16),
    Udp(u16),
    /// Over IPv6 alone.
    UdpV6(u16),
}

/// Which carrier a protocol has; one that has both, the one of its target without `-tcp`.
fn carrier(protocol: Protocol) -> Carrier {
    use Carrier::{Tcp, Udp, UdpV6};
    match protocol {
        Protocol::Dicom => Tcp(104),
        Protocol::Hl7 => Tcp(2575),
        Protocol::Astm => Tcp(4001),
        Protocol::Poct1a => Tcp(5000),
        Protocol::Intellivue => Udp(24_105),
        Protocol::Tls => Tcp(443),
        Protocol::Quic => Udp(443),
        Protocol::Http => Tcp(80),
        Protocol::Ipp => Tcp(631),
        Protocol::Ssh => Tcp(22),
        Protocol::Smb => Tcp(445),
        Protocol::Rpc => Tcp(135),
        Protocol::Rdp => Tcp(3389),
        Protocol::Vnc => Tcp(5900),
        Protocol::Ldap => Tcp(389),
        Protocol::Kerberos => Udp(88),
        Protocol::Smtp => Tcp(25),
        Protocol::Imap => Tcp(143),
        Protocol::Pop3 => Tcp(110),
        Protocol::Sip => Udp(5060),
        Protocol::Rtp => Udp(5005),
        Protocol::Ftp => Tcp(21),
        Protocol::Telnet => Tcp(23),
        Protocol::Mqtt => Tcp(1883),
        Protocol::Rtsp => Tcp(554),
        Protocol::Mysql => Tcp(3306),
        Protocol::Postgresql => Tcp(5432),
        Protocol::Mssql => Tcp(1433),
        Protocol::Redis => Tcp(6379),
        Protocol::Modbus => Tcp(502),
        Protocol::Bacnet => Udp(47_808),
        Protocol::EthernetIp => Udp(44_818),
        Protocol::S7 => Tcp(102),
        Protocol::Fox => Tcp(1911),
        Protocol::RawPrint => Tcp(9100),
        Protocol::Dhcp => Udp(67),
        Protocol::Dns => Udp(53),
        Protocol::Mdns => Udp(5353),
        Protocol::Llmnr => Udp(5355),
        Protocol::Nbns => Udp(137),
        Protocol::Ssdp => Udp(1900),
        Protocol::WsDiscovery => Udp(3702),
        Protocol::Snmp => Udp(161),
        Protocol::Ntp => Udp(123),
        Protocol::Winrm => Tcp(5985),
        Protocol::Oracle => Tcp(1521),
        Protocol::Mongodb => Tcp(27_017),
        Protocol::OpcUa => Tcp(4840),
        Protocol::Knx => Udp(3671),
        Protocol::Coap => Udp(5683),
        Protocol::Syslog => Udp(514),
        Protocol::Dhcpv6 => UdpV6(547),
        Protocol::Radius => Udp(1812),
        Protocol::Tftp => Udp(69),
    }
}

/// A seed of a protocol's target.
pub(crate) struct Seed {
    /// Target and file.
    pub(crate) name: String,
    pub(crate) carrier: Carrier,
    /// Whether the server says it.
    pub(crate) is_server: bool,
    /// Whether it begins in the midst of a connection.
    pub(crate) is_middle: bool,
    pub(crate) bytes: Vec<u8>,
}

/// The seeds of all targets of protocols, by name.
pub(crate) fn seeds() -> Vec<Seed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let mut all: Vec<Seed> =
        files(&folder).iter().flat_map(|target| files(target)).filter_map(seed).collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    all
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn seed(path: PathBuf) -> Option<Seed> {
    let target = path.parent()?.file_name()?.to_str()?;
    let code = target.strip_suffix("-tcp").or(target.strip_suffix("-udp")).unwrap_or(target);
    let protocol = Protocol::from_code(code)?;
    let carrier = match carrier(protocol) {
        Carrier::Udp(port) if target.ends_with("-tcp") => Carrier::Tcp(port),
        Carrier::Tcp(_) if target == "hl7-udp" => Carrier::Udp(4600),
        other => other,
    };
    let whole = std::fs::read(&path).unwrap();
    // The first byte is the target's own choice of direction and beginning (`fuzz/src/lib.rs`).
    let (choice, bytes) = whole.split_first()?;
    let (is_server, is_middle) = match carrier {
        Carrier::Tcp(_) => (choice & 4 != 0, choice & 3 == 2),
        Carrier::Udp(_) | Carrier::UdpV6(_) => (choice & 1 != 0, false),
    };
    let name = format!("{target}/{}", path.file_name()?.to_str()?);
    Some(Seed { name, carrier, is_server, is_middle, bytes: bytes.to_vec() })
}

fn udp_v6(from: ([u8; 6], Ipv6Addr), to: Ipv6Addr, ports: (u16, u16), data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap().to_be_bytes();
    let datagram = [&ports.0.to_be_bytes()[..], &ports.1.to_be_bytes(), &length, &[0, 0], data].concat();
    let head = [&[0x60, 0, 0, 0][..], &length, &[17, 64], &from.1.octets(), &to.octets()].concat();
    ethernet(from.0, 0x86DD, &[head, datagram].concat())
}

impl Seed {
    /// The packets that carry these bytes as this seed's side would send them, the client from this port; segments are of 500 bytes.
    pub(crate) fn packets(&self, bytes: &[u8], client_port: u16) -> Vec<Vec<u8>> {
        match self.carrier {
            Carrier::Udp(port) if self.is_server => vec![udp(SERVER, CLIENT.1, (port, client_port), bytes)],
            Carrier::Udp(port) => vec![udp(CLIENT, SERVER.1, (client_port, port), bytes)],
            Carrier::UdpV6(port) if self.is_server => {
                vec![udp_v6(SERVER_V6, CLIENT_V6.1, (port, client_port), bytes)]
            }
            Carrier::UdpV6(port) => vec![udp_v6(CLIENT_V6, SERVER_V6.1, (client_port, port), bytes)],
            Carrier::Tcp(port) => {
                let client = Tcp { from: CLIENT, to: SERVER, ports: (client_port, port) };
                let server = Tcp { from: SERVER, to: CLIENT, ports: (port, client_port) };
                let mut packets = vec![client.segment(99, SYN, b""), server.segment(99, SYN | ACK, b"")];
                if self.is_middle {
                    packets.clear();
                }
                let sender = if self.is_server { server } else { client };
                let segments = bytes.chunks(500).zip((100..).step_by(500));
                packets.extend(segments.map(|(data, sequence)| sender.segment(sequence, ACK, data)));
                packets
            }
        }
    }

    /// The same as a capture.
    pub(crate) fn capture(&self) -> Vec<u8> {
        Pcap::of(&self.packets(&self.bytes, 40_000))
    }
}
