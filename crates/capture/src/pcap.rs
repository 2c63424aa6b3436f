//! The pcap format (draft-ietf-opsawg-pcap): both byte orders, times in microseconds or nanoseconds.

use wardround_dissect::packet::LinkType;

use crate::error::Fault;
use crate::format::{Clock, Interface, Order, Record, Step};
use crate::limits::MAX_PACKET;

const MICROSECONDS: u32 = 0xA1B2_C3D4;
const NANOSECONDS: u32 = 0xA1B2_3C4D;
/// Time (4, 4), length kept (4), length on the wire (4).
const RECORD_HEAD: usize = 16;

#[derive(Debug)]
pub(crate) struct Pcap {
    order: Order,
    per_second: u64,
    interface: [Interface; 1],
}

impl Pcap {
    /// A reader for the records behind this head: magic (4), version (2, 2), zone (4), accuracy (4), longest packet (4),
    /// link type (4, in its low 16 bits).
    pub(crate) fn new(head: &[u8]) -> Option<Self> {
        let &[a, b, c, d, .., l1, l2, l3, l4] = head.first_chunk::<24>()?;
        let (order, clock) =
            [Order::Little, Order::Big].into_iter().find_map(|order| match order.u32([a, b, c, d]) {
                MICROSECONDS => Some((order, Clock::MICROSECONDS)),
                NANOSECONDS => Some((order, Clock::NANOSECONDS)),
                _ => None,
            })?;
        let [low, high, ..] = order.u32([l1, l2, l3, l4]).to_le_bytes();
        let link = LinkType::from_number(u16::from_le_bytes([low, high]));
        let interface = [Interface { link, name: String::new(), clock }];
        Some(Self { order, per_second: clock.per_second, interface })
    }

    pub(crate) fn interfaces(&self) -> &[Interface] {
        &self.interface
    }

    pub(crate) fn next<'a>(&self, bytes: &'a [u8]) -> Step<'a> {
        let Some((head, rest)) = bytes.split_first_chunk::<RECORD_HEAD>() else { return Step::More };
        // No packet has a length of nothing at the first moment of 1970.
        if head == &[0; RECORD_HEAD] {
            return Step::Broken(Fault::Zeros);
        }
        let &[s1, s2, s3, s4, f1, f2, f3, f4, k1, k2, k3, k4, w1, w2, w3, w4] = head;
        let kept = self.order.u32([k1, k2, k3, k4]);
        if kept as usize > MAX_PACKET {
            return Step::Broken(Fault::LongPacket(kept.into()));
        }
        let Some(data) = rest.get(..kept as usize) else { return Step::More };
        let seconds = i64::from(self.order.u32([s1, s2, s3, s4]));
        let fraction = i64::from(self.order.u32([f1, f2, f3, f4]));
        // Both factors are below 2^32 and 10^3: nothing can overflow.
        let unit = if self.per_second == Clock::NANOSECONDS.per_second { 1 } else { 1000 };
        Step::Packet(Record {
            used: RECORD_HEAD.saturating_add(data.len()),
            interface: 0,
            time: Some(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit))),
            data,
            wire: self.order.u32([w1, w2, w3, w4]) as usize,
        })
    }
}
