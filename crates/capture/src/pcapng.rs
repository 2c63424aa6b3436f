//! The pcapng format (draft-ietf-opsawg-pcapng): sections, interfaces, packets; blocks of other types are passed over.

use wardround_dissect::packet::LinkType;

use crate::error::Fault;
use crate::format::{Clock, Interface, Order, Record, Step};
use crate::limits::{MAX_BLOCK, MAX_INTERFACES, MAX_PACKET};

const SECTION: u32 = 0x0A0D_0D0A;
const INTERFACE: u32 = 1;
const OLD_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const STATISTICS: u32 = 5;
const ENHANCED_PACKET: u32 = 6;
const BYTE_ORDER: u32 = 0x1A2B_3C4D;

const IF_NAME: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_TSOFFSET: u16 = 14;
const EPB_DROPCOUNT: u16 = 4;
const ISB_IFDROP: u16 = 5;
const ISB_OSDROP: u16 = 7;
/// The most options of one interface, and characters of its name.
const MAX_OPTIONS: usize = 64;
pub(crate) const MAX_NAME: usize = 64;

/// Type (4), length (4), and the length again at the foot (4).
const FRAME: usize = 12;

#[derive(Debug)]
pub(crate) struct Pcapng {
    order: Order,
    /// All interfaces of all sections.
    interfaces: Vec<Interface>,
    /// The section that each was last declared in.
    declared_in: Vec<u64>,
    /// Sections begun.
    sections: u64,
    /// The interfaces of this section: their place in `interfaces`, and how much of a packet they keep.
    section: Vec<(usize, u32)>,
    /// What was dropped at each interface of this section: as its packets say, and as its statistics say.
    drops: Vec<(u64, u64)>,
    /// What was dropped in the sections before.
    dropped_before: u64,
}

impl Pcapng {
    pub(crate) fn new() -> Self {
        Self {
            order: Order::Little,
            interfaces: Vec::new(),
            declared_in: Vec::new(),
            sections: 0,
            section: Vec::new(),
            drops: Vec::new(),
            dropped_before: 0,
        }
    }

    /// Whether a file that begins so is pcapng.
    pub(crate) fn is_head(head: &[u8]) -> bool {
        head.first_chunk::<4>() == Some(&SECTION.to_be_bytes()) && section_order(head).is_some()
    }

    pub(crate) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Packets that were dropped by who recorded, as far as the file says so by now. Packets and statistics tell of the same
    /// drops, so the larger number counts.
    pub(crate) fn dropped(&self) -> u64 {
        let of_section = self.drops.iter().map(|(packets, statistics)| *packets.max(statistics));
        of_section.fold(self.dropped_before, u64::saturating_add)
    }

    pub(crate) fn next<'a>(&mut self, bytes: &'a [u8]) -> Step<'a> {
        let Some(&[t1, t2, t3, t4, l1, l2, l3, l4]) = bytes.first_chunk::<8>() else { return Step::More };
        if u32::from_be_bytes([t1, t2, t3, t4]) == SECTION {
            match (section_order(bytes), bytes.len() >= FRAME) {
                (Some(order), _) => self.order = order,
                (None, false) => return Step::More,
                (None, true) => return Step::Broken(Fault::ByteOrder),
            }
        }
        let kind = self.order.u32([t1, t2, t3, t4]);
        let length = self.order.u32([l1, l2, l3, l4]);
        if (length as usize) < FRAME || !length.is_multiple_of(4) {
            return Step::Broken(Fault::BlockLength(length.into()));
        }
        match kind {
            SECTION | INTERFACE | OLD_PACKET | SIMPLE_PACKET | STATISTICS | ENHANCED_PACKET => {
                self.block(kind, length, bytes)
            }
            _ => Step::Pass(length.into()),
        }
    }

    /// A block that is read: whole, and with the same length at its head and foot.
    fn block<'a>(&mut self, kind: u32, length: u32, bytes: &'a [u8]) -> Step<'a> {
        let used = length as usize;
        if used > MAX_BLOCK {
            return Step::Broken(Fault::BlockLength(length.into()));
        }
        let Some(Some((block, foot))) = bytes.get(..used).map(<[u8]>::split_last_chunk::<4>) else {
            return Step::More;
        };
        let foot = self.order.u32(*foot);
        if foot != length {
            return Step::Broken(Fault::BlockLengths(length, foot));
        }
        let body = block.get(8..).unwrap_or_default();
        match kind {
            SECTION => {
                self.sections = self.sections.saturating_add(1);
                self.section.clear();
                self.dropped_before = self.dropped();
                self.drops.clear();
                Step::Pass(used as u64)
            }
            INTERFACE => self.interface(body, used),
            SIMPLE_PACKET => self.simple_packet(body, used),
            STATISTICS => self.statistics(body, used),
            _ => self.packet(kind, body, used),
        }
    }

    /// Link type (2), reserved (2), bytes kept of a packet (4, 0 is all), options.
    fn interface(&mut self, body: &[u8], used: usize) -> Step<'static> {
        let Some((&[l1, l2, _, _, k1, k2, k3, k4], options)) = body.split_first_chunk::<8>() else {
            return Step::Broken(Fault::BlockLength(used as u64));
        };
        let link = LinkType::from_number(self.order.u16([l1, l2]));
        let mut interface = Interface { link, name: String::new(), clock: Clock::MICROSECONDS };
        self.options(options, &mut interface);
        let Some(place) = self.place_of(interface) else { return Step::Broken(Fault::Interfaces) };
        self.section.push((place, self.order.u32([k1, k2, k3, k4])));
        self.drops.push((0, 0));
        Step::Pass(used as u64)
    }

    /// Code (2), length (2), value padded to 4 bytes.
    fn options(&self, options: &[u8], interface: &mut Interface) {
        self.each_option(options, |code, value| match code {
            IF_NAME => interface.name = printable(value),
            IF_TSRESOL => interface.clock.per_second = value.first().map_or(1_000_000, |b| resolution(*b)),
            IF_TSOFFSET => {
                let offset = value.first_chunk::<8>().map_or(0, |bytes| self.order.u64(*bytes));
                interface.clock.offset = offset.cast_signed();
            }
            _ => {}
        });
    }

    fn each_option(&self, mut options: &[u8], mut read: impl FnMut(u16, &[u8])) {
        for _ in 0..MAX_OPTIONS {
            let Some((&[c1, c2, l1, l2], rest)) = options.split_first_chunk::<4>() else { return };
            let length = usize::from(self.order.u16([l1, l2]));
            let (Some(value), code) = (rest.get(..length), self.order.u16([c1, c2])) else { return };
            if code == 0 {
                return;
            }
            read(code, value);
            options = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        }
    }

    /// Interface (4), time (8), options: what was dropped since the recording began.
    fn statistics(&mut self, body: &[u8], used: usize) -> Step<'static> {
        if let Some((&[i1, i2, i3, i4, ..], options)) = body.split_first_chunk::<12>() {
            let mut dropped: u64 = 0;
            self.each_option(options, |code, value| {
                if let (ISB_IFDROP | ISB_OSDROP, Some(number)) = (code, value.first_chunk::<8>()) {
                    dropped = dropped.saturating_add(self.order.u64(*number));
                }
            });
            if let Some(drops) = self.drops.get_mut(self.order.u32([i1, i2, i3, i4]) as usize) {
                drops.1 = drops.1.max(dropped);
            }
        }
        Step::Pass(used as u64)
    }

    /// Adds what a packet says was dropped before it: in the old block beside the interface, in the newer one as an option.
    fn add_drops(&mut self, kind: u32, number: u32, old: u16, options: &[u8]) {
        let mut dropped = if kind == OLD_PACKET && old != u16::MAX { u64::from(old) } else { 0 };
        // Most packets have no options: nothing is looked for then.
        if !options.is_empty() {
            self.each_option(options, |code, value| {
                if let (ENHANCED_PACKET, EPB_DROPCOUNT, Some(number)) = (kind, code, value.first_chunk::<8>())
                {
                    dropped = dropped.saturating_add(self.order.u64(*number));
                }
            });
        }
        if dropped > 0
            && let Some(drops) = self.drops.get_mut(number as usize)
        {
            drops.0 = drops.0.saturating_add(dropped);
        }
    }

    /// Where this interface stands among all of them. The next one of earlier sections with the same name and link is the
    /// same: files that were put behind each other declare it again.
    fn place_of(&mut self, interface: Interface) -> Option<usize> {
        let again = self.interfaces.iter().zip(&self.declared_in).position(|(other, section)| {
            *section != self.sections && other.name == interface.name && other.link == interface.link
        });
        if let Some(place) = again
            && let (Some(known), Some(section)) =
                (self.interfaces.get_mut(place), self.declared_in.get_mut(place))
        {
            known.clock = interface.clock;
            *section = self.sections;
            return Some(place);
        }
        if self.interfaces.len() >= MAX_INTERFACES {
            return None;
        }
        self.interfaces.push(interface);
        self.declared_in.push(self.sections);
        Some(self.interfaces.len().saturating_sub(1))
    }

    /// Interface (4; in the old block 2, then drops 2), time (4 high, 4 low), length kept (4), length on the wire (4), data.
    fn packet<'a>(&mut self, kind: u32, body: &'a [u8], used: usize) -> Step<'a> {
        let Some((head, rest)) = body.split_first_chunk::<20>() else {
            return Step::Broken(Fault::BlockLength(used as u64));
        };
        let &[i1, i2, i3, i4, h1, h2, h3, h4, l1, l2, l3, l4, k1, k2, k3, k4, w1, w2, w3, w4] = head;
        let kept = self.order.u32([k1, k2, k3, k4]);
        if kept as usize > MAX_PACKET {
            return Step::Broken(Fault::LongPacket(kept.into()));
        }
        let Some(data) = rest.get(..kept as usize) else {
            return Step::Broken(Fault::BlockLength(used as u64));
        };
        let number = match kind {
            OLD_PACKET => u32::from(self.order.u16([i1, i2])),
            _ => self.order.u32([i1, i2, i3, i4]),
        };
        let options = rest.get((kept as usize).next_multiple_of(4)..).unwrap_or_default();
        self.add_drops(kind, number, self.order.u16([i3, i4]), options);
        let (high, low) = (self.order.u32([h1, h2, h3, h4]), self.order.u32([l1, l2, l3, l4]));
        let ticks = (u64::from(high) << 32) | u64::from(low);
        let interface = self.section.get(number as usize).map_or(usize::MAX, |(place, _)| *place);
        let time = self.interfaces.get(interface).map(|interface| interface.clock.at(ticks));
        Step::Packet(Record { used, interface, time, data, wire: self.order.u32([w1, w2, w3, w4]) as usize })
    }

    /// Length on the wire (4), data: on the first interface, without a time.
    fn simple_packet<'a>(&self, body: &'a [u8], used: usize) -> Step<'a> {
        let Some((wire, rest)) = body.split_first_chunk::<4>() else {
            return Step::Broken(Fault::BlockLength(used as u64));
        };
        let wire = self.order.u32(*wire) as usize;
        let (interface, limit) = self.section.first().copied().unwrap_or((usize::MAX, 0));
        let limit = if limit == 0 { wire } else { limit as usize };
        let data = rest.get(..wire.min(limit)).unwrap_or(rest);
        if data.len() > MAX_PACKET {
            return Step::Broken(Fault::LongPacket(data.len() as u64));
        }
        Step::Packet(Record { used, interface, time: None, data, wire })
    }
}

/// The byte order that a section's head tells.
fn section_order(bytes: &[u8]) -> Option<Order> {
    let &[_, _, _, _, _, _, _, _, a, b, c, d] = bytes.first_chunk::<12>()?;
    [Order::Little, Order::Big].into_iter().find(|order| order.u32([a, b, c, d]) == BYTE_ORDER)
}

/// Ticks a second: a negative power of 10, or of 2 when the highest bit is set. Finer than a 64-bit number can say is an
/// error of the writer and read as microseconds.
fn resolution(byte: u8) -> u64 {
    let power = u32::from(byte & 0x7F);
    let per_second = if byte & 0x80 == 0 { 10u64.checked_pow(power) } else { 2u64.checked_pow(power) };
    per_second.unwrap_or(1_000_000)
}

/// A name as a person may read it: no control characters, not too long.
fn printable(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..MAX_NAME.saturating_mul(4)).unwrap_or(bytes));
    text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect()
}
