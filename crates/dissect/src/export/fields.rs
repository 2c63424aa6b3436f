//! Fields by their numbers in IANA's registry of IPFIX information elements, which NetFlow version 9 shares up to 127. What is not
//! listed here is skipped.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wardround_model::{MacAddr, Timestamp};

use super::record::{FlowRecord, Initiator, Moment};
use crate::packet::TcpFlags;

/// The enterprise number of fields that count the way back (RFC 5103, 6.1).
pub(super) const REVERSE: u32 = 29_305;
/// Seconds from 1900, where NTP's time begins, to 1970.
const NTP_EPOCH: u64 = 2_208_988_800;

/// A record that is being read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    record: FlowRecord,
    /// Sums since the flow began, for where no difference is told.
    total: (u64, u64),
    /// Packets that are taken, and those that are passed over, in turn (RFC 5477).
    turn: (u64, u64),
    /// So many of so many.
    share: (u64, u64),
}

impl Reading {
    /// Takes a field.
    pub(super) fn take(&mut self, number: u16, is_reverse: bool, value: &[u8]) {
        let known = if is_reverse { self.reverse(number, value) } else { self.forward(number, value) };
        // A length that does not fit the field: it is as good as not there.
        known.unwrap_or_default();
    }

    fn reverse(&mut self, number: u16, value: &[u8]) -> Option<()> {
        let record = &mut self.record;
        match number {
            1 => record.back.bytes = unsigned(value)?,
            2 => record.back.packets = unsigned(value)?,
            6 => record.reverse_flags = Some(flags(value)?),
            _ => {}
        }
        Some(())
    }

    fn forward(&mut self, number: u16, value: &[u8]) -> Option<()> {
        let record = &mut self.record;
        match number {
            // octetDeltaCount, packetDeltaCount; those of the two sides of a connection.
            1 | 231 => record.there.bytes = unsigned(value)?,
            2 | 298 => record.there.packets = unsigned(value)?,
            232 => record.back.bytes = unsigned(value)?,
            299 => record.back.packets = unsigned(value)?,
            // octetTotalCount, packetTotalCount.
            85 => self.total.1 = unsigned(value)?,
            86 => self.total.0 = unsigned(value)?,
            4 => record.protocol = narrow(value)?,
            6 => record.flags = Some(flags(value)?),
            7 | 180 | 182 => record.source_port = narrow(value)?,
            11 | 181 | 183 => record.destination_port = narrow(value)?,
            8 | 27 => record.source = Some(address(value)?),
            12 | 28 => record.destination = Some(address(value)?),
            56 => record.card = card(value),
            61 => record.direction = narrow(value)?,
            160 => record.switched_on = Some(by_clock(unsigned(value)?, 1_000_000)?),
            239 => record.initiator = initiator(unsigned(value)?),
            21 | 151 | 153 | 155 | 157 | 159 => record.last = moment(number, value)?,
            22 | 150 | 152 | 154 | 156 | 158 => record.first = moment(number.wrapping_add(1), value)?,
            _ => self.sampling(number, value)?,
        }
        Some(())
    }

    /// How packets were chosen (RFC 5477, 8.2; RFC 3954, 8).
    fn sampling(&mut self, number: u16, value: &[u8]) -> Option<()> {
        match number {
            // samplingInterval, samplerRandomInterval.
            34 | 50 => self.record.rate = Some(narrow(value)?),
            // samplerId, selectorId.
            48 | 302 => self.record.sampler = Some(unsigned(value)?),
            305 => self.turn.0 = unsigned(value)?,
            306 => self.turn.1 = unsigned(value)?,
            309 => self.share.0 = unsigned(value)?,
            310 => self.share.1 = unsigned(value)?,
            _ => {}
        }
        Some(())
    }

    /// The record.
    pub(super) fn finish(self) -> FlowRecord {
        let Self { mut record, total, turn, share } = self;
        let in_turns = || turn.0.saturating_add(turn.1).checked_div(turn.0).filter(|_| turn.1 > 0);
        let of_many = || share.1.checked_div(share.0);
        record.rate = record.rate.or_else(|| u32::try_from(in_turns().or_else(of_many)?).ok());
        if record.there.packets == 0 && record.there.bytes == 0 {
            (record.there.packets, record.there.bytes) = total;
        }
        record
    }
}

/// A number in as many bytes as the exporter needed (RFC 7011, 6.2).
fn unsigned(value: &[u8]) -> Option<u64> {
    let is_short = (1..=8).contains(&value.len());
    is_short.then(|| value.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

fn narrow<T: TryFrom<u64>>(value: &[u8]) -> Option<T> {
    T::try_from(unsigned(value)?).ok()
}

/// Flags in one byte or two; the lower ones are those of TCP's header.
fn flags(value: &[u8]) -> Option<TcpFlags> {
    u8::try_from(unsigned(value)? & 0xFF).ok().map(TcpFlags)
}

fn address(value: &[u8]) -> Option<IpAddr> {
    let v4 = || <[u8; 4]>::try_from(value).ok().map(|bytes| Ipv4Addr::from(bytes).into());
    let v6 = || <[u8; 16]>::try_from(value).ok().map(|bytes| Ipv6Addr::from(bytes).into());
    v4().or_else(v6)
}

fn card(value: &[u8]) -> Option<MacAddr> {
    let bytes: [u8; 6] = value.try_into().ok()?;
    Some(MacAddr(bytes)).filter(|card| card.is_one_card())
}

fn initiator(number: u64) -> Initiator {
    match number {
        1 => Initiator::Source,
        2 => Initiator::Destination,
        _ => Initiator::Unknown,
    }
}

fn by_clock(number: u64, nanoseconds: i64) -> Option<Timestamp> {
    i64::try_from(number).ok()?.checked_mul(nanoseconds).map(Timestamp::from_nanoseconds)
}

/// A moment by the number of the field for the last packet; that for the first one stands before or behind it.
fn moment(number: u16, value: &[u8]) -> Option<Moment> {
    let plain = unsigned(value)?;
    Some(match number {
        151 => Moment::At(by_clock(plain, 1_000_000_000)?),
        153 => Moment::At(by_clock(plain, 1_000_000)?),
        155 | 157 => Moment::At(ntp(plain)?),
        159 => Moment::Before(u32::try_from(plain).ok()?),
        _ => Moment::Uptime(u32::try_from(plain).ok()?),
    })
}

/// Seconds since 1900 and a fraction of 32 bits (RFC 7011, 6.1.9).
fn ntp(number: u64) -> Option<Timestamp> {
    let seconds = (number >> 32).checked_sub(NTP_EPOCH)?;
    let fraction = ((number & 0xFFFF_FFFF) * 1_000_000_000) >> 32;
    let nanoseconds = seconds.checked_mul(1_000_000_000)?.checked_add(fraction)?;
    i64::try_from(nanoseconds).ok().map(Timestamp::from_nanoseconds)
}
