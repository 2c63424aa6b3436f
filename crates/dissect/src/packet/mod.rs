//! Headers of a packet, from the link to the transport, as borrowed views; and what frames say of who sent them:
//! ARP, NDP, LLDP, CDP, the spanning tree.
//!
//! [`parse`] walks tags and tunnels inwards and stops at the innermost ARP or IP packet, because a mirror port may wrap
//! what it copies (ERSPAN, VXLAN) and the devices are inside. Nothing is allocated, checksums are not verified (network
//! cards fill them in after the capture), and a header is believed only as far as the packet's own length allows.
//! Not here: fragments put together (`capture`; [`Continuation`] reads on then), connections.

pub mod arp;
pub mod cdp;
mod ip;
mod link;
pub mod lldp;
pub mod ndp;
mod part;
pub mod stp;
mod transport;
mod tunnel;

use std::net::IpAddr;

use wardround_model::{MacAddr, SkipReason};

pub use ip::Continuation;
pub use link::LinkType;
use part::Part;
pub use transport::{Tcp, TcpFlags, Udp};

/// The most tags, labels and tunnels that are taken off one packet.
pub const MAX_DEPTH: u8 = 8;

/// The innermost packet that the headers lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The card that sent the innermost frame, where the link tells.
    pub card: Option<MacAddr>,
    /// Which network segment: a number made from all VLAN tags and tunnel ids on the way in, 0 when there are none. Equal
    /// addresses in two segments may be two hosts, or one packet seen twice.
    pub segment: u32,
    /// What the frame carries.
    pub content: Content<'a>,
}

/// What a frame carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content<'a> {
    /// An ARP packet, for [`arp::tell`].
    Arp(&'a [u8]),
    /// A frame of LLDP, for [`lldp::tell`].
    Lldp(&'a [u8]),
    /// A frame of Cisco's discovery protocol, for [`cdp::tell`].
    Cdp(&'a [u8]),
    /// A frame of the spanning tree, for [`stp::tell`].
    Stp(&'a [u8]),
    /// An IPv4 or IPv6 packet.
    Ip(Ip<'a>),
}

/// An IPv4 or IPv6 packet (RFC 791, RFC 8200).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip<'a> {
    /// Who sent it.
    pub source: IpAddr,
    /// Whom it is for.
    pub destination: IpAddr,
    /// Time to live, or hop limit.
    pub hop_limit: u8,
    /// What it carries.
    pub payload: Payload<'a>,
}

/// What an IP packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// A TCP segment.
    Tcp(Tcp<'a>),
    /// A UDP datagram.
    Udp(Udp<'a>),
    /// ICMP for IPv4.
    Icmp,
    /// ICMP for IPv6, for [`ndp::tell`].
    Icmpv6(&'a [u8]),
    /// A piece of a larger packet.
    Fragment(Fragment<'a>),
    /// Another protocol, by its IANA number.
    Other(u8),
}

/// A piece of a larger packet (RFC 791, 3.2; RFC 8200, 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment<'a> {
    /// What the pieces of one packet have in common beside their addresses: its identification, and in IPv4 the protocol.
    pub id: (u32, u8),
    /// Where in the larger packet it belongs.
    pub offset: usize,
    /// Whether others belong behind it.
    pub more: bool,
    /// What the capture kept of it.
    pub bytes: &'a [u8],
    /// Its length on the wire.
    pub wire: usize,
    /// How to read on once all are there; only that of the piece at offset 0 counts.
    pub continuation: Continuation,
}

/// Reads the headers of one packet.
///
/// `bytes` is what the capture kept of it and `wire` its length on the wire; a `wire` below what was kept is raised to it.
///
/// # Errors
/// The reason why its headers could not be read.
#[inline]
pub fn parse(link: LinkType, bytes: &[u8], wire: usize) -> Result<Packet<'_>, SkipReason> {
    link::parse(link, Part::new(bytes, wire), Walk::default())
}

/// What is known on the way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Walk {
    depth: u8,
    segment: u32,
    card: Option<MacAddr>,
}

impl Walk {
    /// One tag, label or tunnel further in.
    fn deeper(self) -> Result<Self, SkipReason> {
        let depth = self.depth.saturating_add(1);
        if depth > MAX_DEPTH { Err(SkipReason::TooDeep) } else { Ok(Self { depth, ..self }) }
    }

    /// Into the segment with this id (VLAN, VXLAN network, ERSPAN session); 0 is none.
    fn in_segment(self, id: u32) -> Self {
        if id == 0 {
            return self;
        }
        // An odd multiplier keeps every bit: two different paths inwards rarely get one number, and if they do, streams
        // of two segments with equal addresses and ports merely count as one.
        Self { segment: self.segment.wrapping_mul(0x9E37_79B1).wrapping_add(id), ..self }
    }

    /// Into a tunnel that carries no frame of its own: the outer card is the tunnel's, not the sender's.
    fn without_card(self) -> Self {
        Self { card: None, ..self }
    }
}

#[cfg(test)]
mod tests;
