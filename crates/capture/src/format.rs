//! What the readers of capture formats have in common: they are given bytes and say what comes next in them. They do no
//! I/O, allocate nothing for a packet, and believe no length that they have not checked.

use wardround_dissect::packet::LinkType;

use crate::error::Fault;
use crate::pcap::Pcap;
use crate::pcapng::Pcapng;

/// What comes next in a capture.
#[derive(Debug)]
pub(crate) enum Step<'a> {
    /// A packet.
    Packet(Record<'a>),
    /// So many bytes without a packet; they may reach beyond what was given.
    Pass(u64),
    /// Not a whole record: the same bytes again, with more behind them.
    More,
    /// Nothing can be read from here on.
    Broken(Fault),
}

/// One packet's record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record<'a> {
    /// Bytes of the record, with head and foot.
    pub(crate) used: usize,
    /// The number of its interface among [`Format::interfaces`], perhaps one that was never declared.
    pub(crate) interface: usize,
    /// Nanoseconds since 1970, where the record has a time.
    pub(crate) time: Option<i64>,
    /// What was kept of the packet.
    pub(crate) data: &'a [u8],
    /// Its length on the wire.
    pub(crate) wire: usize,
}

/// A capture point.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    pub(crate) link: LinkType,
    /// Its name; empty where the format has none.
    pub(crate) name: String,
    pub(crate) clock: Clock,
}

/// How times are counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// Ticks a second.
    pub(crate) per_second: u64,
    /// Seconds to add.
    pub(crate) offset: i64,
}

const NANOSECONDS: u64 = 1_000_000_000;

impl Clock {
    pub(crate) const MICROSECONDS: Self = Self { per_second: 1_000_000, offset: 0 };
    pub(crate) const NANOSECONDS: Self = Self { per_second: NANOSECONDS, offset: 0 };

    /// Nanoseconds since 1970 at this tick; the nearest that can be told when out of range.
    pub(crate) fn at(self, ticks: u64) -> i64 {
        let nanoseconds = match NANOSECONDS.checked_rem(self.per_second) {
            Some(0) => u128::from(ticks) * u128::from(NANOSECONDS / self.per_second),
            _ => u128::from(ticks) * u128::from(NANOSECONDS) / u128::from(self.per_second.max(1)),
        };
        let since_1970 = i64::try_from(nanoseconds).unwrap_or(i64::MAX);
        since_1970.saturating_add(self.offset.saturating_mul(1_000_000_000))
    }
}

/// The byte order of a file or section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Little,
    Big,
}

impl Order {
    pub(crate) fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Self::Little => u16::from_le_bytes(bytes),
            Self::Big => u16::from_be_bytes(bytes),
        }
    }

    pub(crate) fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Self::Little => u32::from_le_bytes(bytes),
            Self::Big => u32::from_be_bytes(bytes),
        }
    }

    pub(crate) fn u64(self, bytes: [u8; 8]) -> u64 {
        match self {
            Self::Little => u64::from_le_bytes(bytes),
            Self::Big => u64::from_be_bytes(bytes),
        }
    }
}

/// A capture's format, found by its first bytes.
#[derive(Debug)]
pub(crate) enum Format {
    Pcap(Pcap),
    Pcapng(Pcapng),
}

impl Format {
    /// The bytes that [`Self::detect`] needs.
    pub(crate) const HEAD: usize = 24;

    /// The format of a capture that begins so, and the bytes of its head; `None` when it is no capture.
    pub(crate) fn detect(head: &[u8]) -> Option<(Self, usize)> {
        if Pcapng::is_head(head) {
            return Some((Self::Pcapng(Pcapng::new()), 0));
        }
        Pcap::new(head).map(|pcap| (Self::Pcap(pcap), Self::HEAD))
    }

    /// What comes first in `bytes`.
    pub(crate) fn next<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        match self {
            Self::Pcap(pcap) => pcap.next(bytes),
            Self::Pcapng(pcapng) => pcapng.next(bytes),
        }
    }

    /// Packets that who recorded it dropped, as far as it says so by now.
    pub(crate) fn dropped(&self) -> u64 {
        match self {
            Self::Pcap(_) => 0,
            Self::Pcapng(pcapng) => pcapng.dropped(),
        }
    }

    /// The interfaces declared so far, in their order.
    pub(crate) fn interfaces(&self) -> &[Interface] {
        match self {
            Self::Pcap(pcap) => pcap.interfaces(),
            Self::Pcapng(pcapng) => pcapng.interfaces(),
        }
    }
}
