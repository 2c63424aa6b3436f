//! sFlow version 5 (sflow.org, "sFlow Version 5", 2004): samples of packets, with the first bytes of each. Counters of interfaces are
//! passed over.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::record::{Counts, FlowRecord};
use super::sets::Malformed;
use crate::packet::{LinkType, TcpFlags};
use crate::reader::Reader;

/// The most samples that are read of one datagram: it would not hold more.
const MAX_SAMPLES: u32 = 1024;
/// The most records of one sample.
const MAX_RECORDS: u32 = 64;
/// Formats of samples: of packets, and of packets where numbers of interfaces are long.
const FLOW_SAMPLE: u32 = 1;
const EXPANDED_FLOW_SAMPLE: u32 = 3;
/// Formats of records in a sample.
const RAW_HEADER: u32 = 1;
const SAMPLED_IPV4: u32 = 3;
const SAMPLED_IPV6: u32 = 4;

/// A datagram.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// The device that sampled.
    pub agent: IpAddr,
    /// Which part of it.
    pub part: u32,
    /// Datagrams that it sent, with this one.
    pub sequence: u32,
    samples: Reader<'a>,
    left: u32,
}

/// What was seen of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sampled<'a> {
    /// Its first bytes.
    Header {
        /// How it is framed.
        link: LinkType,
        /// Its length on the wire.
        wire: usize,
        /// The bytes.
        data: &'a [u8],
    },
    /// Addresses and ports alone.
    Record(FlowRecord),
}

/// A sample of one packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample<'a> {
    /// Which sampler: kind and number.
    pub source: u64,
    /// One packet in so many.
    pub rate: u32,
    /// Samples that this sampler lost so far, for want of room.
    pub lost: u32,
    /// What was seen, if it was anything that is read.
    pub seen: Option<Sampled<'a>>,
}

impl<'a> Datagram<'a> {
    /// Reads the header; nothing where it is cut off or of another version.
    #[must_use]
    pub fn read(datagram: &'a [u8]) -> Option<Self> {
        let mut bytes = Reader::new(datagram);
        if bytes.u32()? != 5 {
            return None;
        }
        let agent = match bytes.u32()? {
            1 => Ipv4Addr::from(bytes.array::<4>()?).into(),
            2 => Ipv6Addr::from(bytes.array::<16>()?).into(),
            _ => return None,
        };
        let (part, sequence) = (bytes.u32()?, bytes.u32()?);
        bytes.u32()?;
        let left = bytes.u32()?.min(MAX_SAMPLES);
        Some(Self { agent, part, sequence, samples: bytes, left })
    }

    /// The next sample of a packet; an error where lengths contradict each other, and nothing after that.
    pub fn next_sample(&mut self) -> Option<Result<Sample<'a>, Malformed>> {
        while let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            let read = self.sample();
            if read.is_none() {
                self.left = 0;
            }
            match read {
                Some(None) => {}
                Some(Some(sample)) => return Some(Ok(sample)),
                None => return Some(Err(Malformed)),
            }
        }
        None
    }

    /// A sample; nothing inside where it is none of packets.
    fn sample(&mut self) -> Option<Option<Sample<'a>>> {
        let (format, bytes) = part(&mut self.samples)?;
        match format {
            FLOW_SAMPLE | EXPANDED_FLOW_SAMPLE => {
                flow_sample(Reader::new(bytes), format == EXPANDED_FLOW_SAMPLE).map(Some)
            }
            _ => Some(None),
        }
    }
}

/// A part with its format and length before it.
fn part<'a>(bytes: &mut Reader<'a>) -> Option<(u32, &'a [u8])> {
    let (format, length) = (bytes.u32()?, bytes.u32()?);
    Some((format, bytes.take(usize::try_from(length).ok()?)?))
}

fn flow_sample(mut bytes: Reader<'_>, is_expanded: bool) -> Option<Sample<'_>> {
    bytes.u32()?;
    let source = if is_expanded {
        (u64::from(bytes.u32()?) << 32) | u64::from(bytes.u32()?)
    } else {
        let both = bytes.u32()?;
        (u64::from(both >> 24) << 32) | u64::from(both & 0x00FF_FFFF)
    };
    let rate = bytes.u32()?.max(1);
    bytes.u32()?;
    let lost = bytes.u32()?;
    // Where it came in and went out.
    bytes.take(if is_expanded { 16 } else { 8 })?;
    let mut seen = None;
    for _ in 0..bytes.u32()?.min(MAX_RECORDS) {
        let (format, record) = part(&mut bytes)?;
        let record = Reader::new(record);
        match format {
            RAW_HEADER => seen = Some(header(record)?),
            SAMPLED_IPV4 | SAMPLED_IPV6 if seen.is_none() => {
                seen = addresses(record, format == SAMPLED_IPV6).map(Sampled::Record);
            }
            _ => {}
        }
    }
    Some(Sample { source, rate, lost, seen })
}

fn header(mut bytes: Reader<'_>) -> Option<Sampled<'_>> {
    let (protocol, length) = (bytes.u32()?, bytes.u32()?);
    let (stripped, kept) = (bytes.u32()?, bytes.u32()?);
    let link = match protocol {
        1 => LinkType::Ethernet,
        7 => LinkType::Ppp,
        11 | 12 => LinkType::RawIp,
        other => LinkType::Other(u16::try_from(other).unwrap_or(u16::MAX)),
    };
    let data = bytes.take(usize::try_from(kept).ok()?)?;
    let wire = usize::try_from(length.saturating_sub(stripped)).ok()?;
    // No frame is longer than the longest IP packet and what stands around it.
    let wire = wire.min(1 << 17).max(data.len());
    Some(Sampled::Header { link, wire, data })
}

fn addresses(mut bytes: Reader<'_>, is_v6: bool) -> Option<FlowRecord> {
    let (length, protocol) = (bytes.u32()?, bytes.u32()?);
    let address = |bytes: &mut Reader<'_>| -> Option<IpAddr> {
        Some(if is_v6 {
            Ipv6Addr::from(bytes.array::<16>()?).into()
        } else {
            Ipv4Addr::from(bytes.array::<4>()?).into()
        })
    };
    let (source, destination) = (address(&mut bytes)?, address(&mut bytes)?);
    let (source_port, destination_port) = (bytes.u32()?, bytes.u32()?);
    let flags = bytes.u32()?;
    Some(FlowRecord {
        source: Some(source),
        destination: Some(destination),
        source_port: u16::try_from(source_port).ok()?,
        destination_port: u16::try_from(destination_port).ok()?,
        protocol: u8::try_from(protocol).ok()?,
        flags: u8::try_from(flags & 0xFF).ok().map(TcpFlags),
        there: Counts { packets: 1, bytes: length.into() },
        ..FlowRecord::default()
    })
}
