//! What one flow record says, whatever it came in.

use std::net::IpAddr;

use wardround_model::{MacAddr, Timestamp};

use crate::packet::TcpFlags;

/// How much a record counted one way. Bytes are those of IP packets, headers and all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Packets.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
}

/// Who opened the flow, where the exporter says so (RFC 5103, `biflowDirection`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Initiator {
    /// It does not say.
    #[default]
    Unknown,
    /// The record's source.
    Source,
    /// The record's destination.
    Destination,
}

/// A moment as exporters write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Moment {
    /// It is not told.
    #[default]
    Unknown,
    /// Milliseconds since the exporter was switched on.
    Uptime(u32),
    /// Microseconds before the message was made.
    Before(u32),
    /// By the clock.
    At(Timestamp),
}

/// What an exporter's message says of its own time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// When it was made.
    pub at: Timestamp,
    /// Milliseconds since the exporter was switched on, at that moment.
    pub uptime: Option<u32>,
}

impl Clock {
    /// A moment by the clock, where that can be known.
    #[must_use]
    pub fn resolve(self, moment: Moment, switched_on: Option<Timestamp>) -> Option<Timestamp> {
        let before =
            |nanoseconds: i64| Timestamp::from_nanoseconds(self.at.nanoseconds().saturating_sub(nanoseconds));
        match moment {
            Moment::Unknown => None,
            Moment::At(at) => Some(at),
            Moment::Before(microseconds) => Some(before(i64::from(microseconds).saturating_mul(1_000))),
            // The counter begins anew after 49 days: the difference does not mind.
            Moment::Uptime(then) => {
                let now = self.uptime.or_else(|| Some(self.milliseconds_since(switched_on?)))?;
                let ago = i64::from(now.wrapping_sub(then).cast_signed());
                Some(before(ago.saturating_mul(1_000_000)))
            }
        }
    }

    /// What a counter of milliseconds shows that began at this moment.
    fn milliseconds_since(self, begun: Timestamp) -> u32 {
        let milliseconds = self.at.since(begun).div_euclid(1_000_000);
        u32::try_from(milliseconds.rem_euclid(1 << 32)).unwrap_or(0)
    }
}

/// A flow record: what went from `source` to `destination`, and perhaps back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowRecord {
    /// Who sent.
    pub source: Option<IpAddr>,
    /// To whom.
    pub destination: Option<IpAddr>,
    /// The sender's port.
    pub source_port: u16,
    /// The receiver's.
    pub destination_port: u16,
    /// The IP protocol's number.
    pub protocol: u8,
    /// All TCP flags that were seen together, where that is told.
    pub flags: Option<TcpFlags>,
    /// All TCP flags the other way.
    pub reverse_flags: Option<TcpFlags>,
    /// What went there.
    pub there: Counts,
    /// What went back, in records of both ways.
    pub back: Counts,
    /// The first packet.
    pub first: Moment,
    /// The last packet.
    pub last: Moment,
    /// When the exporter was switched on.
    pub switched_on: Option<Timestamp>,
    /// The card that sent the packets to the exporter.
    pub card: Option<MacAddr>,
    /// Where the exporter counted: 0 where packets came in, 1 where they went out (`flowDirection`).
    pub direction: u8,
    /// Who opened the flow.
    pub initiator: Initiator,
    /// Which sampler chose the packets, by its number.
    pub sampler: Option<u64>,
    /// One packet in so many was looked at.
    pub rate: Option<u32>,
}
