//! TCP (RFC 9293) and UDP (RFC 768) headers.

use wardround_model::SkipReason;

use super::Part;

/// TCP control bits (RFC 9293, 3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TcpFlags(pub u8);

impl TcpFlags {
    /// No more data from the sender.
    #[must_use]
    pub fn fin(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// A connection opens.
    #[must_use]
    pub fn syn(self) -> bool {
        self.0 & 0x02 != 0
    }

    /// The connection is reset.
    #[must_use]
    pub fn rst(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// The acknowledgement number counts.
    #[must_use]
    pub fn ack(self) -> bool {
        self.0 & 0x10 != 0
    }
}

/// A TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp<'a> {
    /// The sender's port.
    pub source: u16,
    /// The receiver's port.
    pub destination: u16,
    /// Sequence number of the first byte (of the SYN, where flagged).
    pub sequence: u32,
    /// Control bits.
    pub flags: TcpFlags,
    /// What the capture kept of the data.
    pub data: &'a [u8],
    /// Length of the data on the wire.
    pub length: usize,
}

/// A UDP datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp<'a> {
    /// The sender's port.
    pub source: u16,
    /// The receiver's port.
    pub destination: u16,
    /// What the capture kept of the data.
    pub data: &'a [u8],
    /// Length of the data on the wire.
    pub length: usize,
}

/// VXLAN's port (RFC 7348), and the one that Linux used before.
const VXLAN: [u16; 2] = [4789, 8472];

impl Udp<'_> {
    /// Whether it was sent to a port of VXLAN.
    pub(super) fn may_be_vxlan(&self) -> bool {
        VXLAN.contains(&self.destination)
    }
}

/// Ports (2, 2), sequence (4), acknowledgement (4), header length (half a byte), flags (1), window, checksum, urgent (2 each),
/// options.
#[inline]
pub(super) fn tcp(part: Part<'_>) -> Result<Tcp<'_>, SkipReason> {
    let (&[s1, s2, d1, d2, a, b, c, d, _, _, _, _, offset, flags, ..], _) = part.take::<20>()?;
    let header_length = usize::from(offset >> 4).saturating_mul(4);
    if header_length < 20 || header_length > part.wire {
        return Err(SkipReason::Malformed);
    }
    // Options that the capture cut off do not matter: nothing is left of the data then.
    let data = part.bytes.get(header_length..).unwrap_or_default();
    Ok(Tcp {
        source: u16::from_be_bytes([s1, s2]),
        destination: u16::from_be_bytes([d1, d2]),
        sequence: u32::from_be_bytes([a, b, c, d]),
        flags: TcpFlags(flags),
        data,
        length: part.wire.saturating_sub(header_length),
    })
}

/// Ports (2, 2), length with header (2), checksum (2). The payload comes also as a part, for a tunnel inside.
#[inline]
pub(super) fn udp(part: Part<'_>) -> Result<(Udp<'_>, Part<'_>), SkipReason> {
    let (&[s1, s2, d1, d2, l1, l2, _, _], rest) = part.take::<8>()?;
    let rest = match usize::from(u16::from_be_bytes([l1, l2])) {
        // Longer than the field can say (RFC 2675), or left to the network card.
        0 => rest,
        length if length < 8 => return Err(SkipReason::Malformed),
        length => rest.of_length(length.saturating_sub(8).min(rest.wire)),
    };
    let udp = Udp {
        source: u16::from_be_bytes([s1, s2]),
        destination: u16::from_be_bytes([d1, d2]),
        data: rest.bytes,
        length: rest.wire,
    };
    Ok((udp, rest))
}
