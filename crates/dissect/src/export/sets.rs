//! Messages of NetFlow version 9 (RFC 3954, 5) and IPFIX (RFC 7011, 3): a header and sets of templates or records.

use wardround_model::Timestamp;

use super::record::Clock;
use super::template::Template;
use crate::reader::Reader;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// NetFlow version 9.
    NetFlow9,
    /// IPFIX, which is version 10.
    Ipfix,
}

/// The lowest number of a set of records (RFC 7011, 3.3.2).
const FIRST_DATA: u16 = 256;

/// A message.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Which of the two.
    pub family: Family,
    /// The exporter's time.
    pub clock: Clock,
    /// Messages (version 9) or records (IPFIX) that it sent before.
    pub sequence: u32,
    /// The observation domain, or source.
    pub domain: u32,
    sets: Reader<'a>,
}

impl<'a> Message<'a> {
    /// Reads the header; nothing where it is cut off or of another version.
    #[must_use]
    pub fn read(datagram: &'a [u8]) -> Option<Self> {
        let mut bytes = Reader::new(datagram);
        match bytes.u16()? {
            9 => {
                bytes.u16()?;
                let uptime = bytes.u32()?;
                Self::rest(Family::NetFlow9, Some(uptime), bytes)
            }
            10 => {
                let length = usize::from(bytes.u16()?);
                let mut bytes = Reader::new(datagram.get(..length)?);
                bytes.take(4)?;
                Self::rest(Family::Ipfix, None, bytes)
            }
            _ => None,
        }
    }

    fn rest(family: Family, uptime: Option<u32>, mut bytes: Reader<'a>) -> Option<Self> {
        let at = Timestamp::from_seconds(bytes.u32()?.into());
        let (sequence, domain) = (bytes.u32()?, bytes.u32()?);
        Some(Self { family, clock: Clock { at, uptime }, sequence, domain, sets: bytes })
    }

    /// The next set; an error where its length contradicts the message's, and nothing after that.
    pub fn next_set(&mut self) -> Option<Result<Set<'a>, Malformed>> {
        if self.sets.rest().len() < 4 {
            return None;
        }
        let set = self.set();
        if set.is_none() {
            self.sets = Reader::new(&[]);
        }
        Some(set.ok_or(Malformed))
    }

    fn set(&mut self) -> Option<Set<'a>> {
        let (number, length) = (self.sets.u16()?, usize::from(self.sets.u16()?));
        let bytes = self.sets.take(length.checked_sub(4)?)?;
        let kind = match (self.family, number) {
            (Family::NetFlow9, 0) | (Family::Ipfix, 2) => SetKind::Templates,
            (Family::NetFlow9, 1) | (Family::Ipfix, 3) => SetKind::OptionsTemplates,
            (_, FIRST_DATA..) => SetKind::Records(number),
            _ => SetKind::Reserved,
        };
        Some(Set { family: self.family, kind, bytes: Reader::new(bytes) })
    }
}

/// Lengths that contradict each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What a set has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// Templates of flow records.
    Templates,
    /// Templates of what an exporter says of itself.
    OptionsTemplates,
    /// Records of the template with this number.
    Records(u16),
    /// Nothing that is known.
    Reserved,
}

/// A set.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    family: Family,
    /// What it has.
    pub kind: SetKind,
    bytes: Reader<'a>,
}

impl Set<'_> {
    /// The next template with its number, in a set of templates. One without fields takes that number back (RFC 7011, 8.1).
    pub fn next_template(&mut self) -> Option<Result<(u16, Template), Malformed>> {
        if self.bytes.rest().len() < 4 {
            return None;
        }
        let template = Template::read(&mut self.bytes, self.family, self.kind == SetKind::OptionsTemplates);
        if template.is_none() {
            self.bytes = Reader::new(&[]);
        }
        Some(template.ok_or(Malformed))
    }

    /// The next record, in a set of records of this template. What is too short for one is padding.
    pub fn next_record(&mut self, template: &Template) -> Option<Result<super::FlowRecord, Malformed>> {
        if template.shortest() == 0 || self.bytes.rest().len() < template.shortest() {
            return None;
        }
        let record = template.record(&mut self.bytes);
        if record.is_none() {
            self.bytes = Reader::new(&[]);
        }
        Some(record.ok_or(Malformed))
    }
}
