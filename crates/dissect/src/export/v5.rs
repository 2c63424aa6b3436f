//! NetFlow version 5 (Cisco, "NetFlow Export Datagram Format"): a header of 24 bytes and up to 30 records of 48.

use std::net::{IpAddr, Ipv4Addr};

use wardround_model::Timestamp;

use super::record::{Clock, Counts, FlowRecord, Moment};
use crate::packet::TcpFlags;
use crate::reader::Reader;

/// A datagram.
#[derive(Clone, Copy, Debug)]
pub struct V5<'a> {
    /// The exporter's time.
    pub clock: Clock,
    /// Records that it sent before this datagram.
    pub sequence: u32,
    /// Which part of the exporter sent it: kind and number of its engine.
    pub engine: u16,
    /// One packet in so many was looked at.
    pub rate: Option<u32>,
    /// How many records it says to have.
    pub count: u16,
    records: Reader<'a>,
}

impl<'a> V5<'a> {
    /// Reads the header; nothing where it is cut off or of another version.
    #[must_use]
    pub fn read(datagram: &'a [u8]) -> Option<Self> {
        let mut bytes = Reader::new(datagram);
        let (version, count) = (bytes.u16()?, bytes.u16()?);
        if version != 5 {
            return None;
        }
        let uptime = bytes.u32()?;
        let (seconds, nanoseconds) = (bytes.u32()?, bytes.u32()?);
        let (sequence, engine, sampling) = (bytes.u32()?, bytes.u16()?, bytes.u16()?);
        let at = i64::from(seconds).saturating_mul(1_000_000_000).saturating_add(i64::from(nanoseconds));
        // The two highest bits are its kind.
        let rate = u32::from(sampling & 0x3FFF);
        Some(Self {
            clock: Clock { at: Timestamp::from_nanoseconds(at), uptime: Some(uptime) },
            sequence,
            engine,
            rate: (rate > 1).then_some(rate),
            count,
            records: bytes,
        })
    }

    /// Its records, as many as are whole.
    #[must_use]
    pub fn records(&self) -> V5Records<'a> {
        V5Records { bytes: self.records, left: self.count }
    }
}

/// Records of a datagram.
#[derive(Clone, Debug)]
pub struct V5Records<'a> {
    bytes: Reader<'a>,
    left: u16,
}

impl Iterator for V5Records<'_> {
    type Item = FlowRecord;

    fn next(&mut self) -> Option<FlowRecord> {
        self.left = self.left.checked_sub(1)?;
        record(&mut self.bytes)
    }
}

fn record(bytes: &mut Reader<'_>) -> Option<FlowRecord> {
    let address = |bytes: &mut Reader<'_>| bytes.u32().map(Ipv4Addr::from_bits).map(IpAddr::from);
    let (source, destination) = (address(bytes)?, address(bytes)?);
    // The next hop, and the numbers of two interfaces.
    bytes.take(8)?;
    let (packets, octets) = (bytes.u32()?, bytes.u32()?);
    let (first, last) = (bytes.u32()?, bytes.u32()?);
    let (source_port, destination_port) = (bytes.u16()?, bytes.u16()?);
    bytes.u8()?;
    let (flags, protocol) = (bytes.u8()?, bytes.u8()?);
    // Type of service, two systems, two masks, and padding.
    bytes.take(9)?;
    Some(FlowRecord {
        source: Some(source),
        destination: Some(destination),
        source_port,
        destination_port,
        protocol,
        flags: Some(TcpFlags(flags)),
        there: Counts { packets: packets.into(), bytes: octets.into() },
        first: Moment::Uptime(first),
        last: Moment::Uptime(last),
        ..FlowRecord::default()
    })
}
