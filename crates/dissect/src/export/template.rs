//! Templates: which fields of which length follow each other in a record (RFC 3954, 5.2 and 6.1; RFC 7011, 3.4).

use super::fields;
use super::record::FlowRecord;
use super::sets::Family;
use crate::reader::Reader;

/// The most fields of one template; real ones have about 30.
pub const MAX_FIELDS: usize = 128;
/// The length of a field that tells its length itself (RFC 7011, 7).
const VARIABLE: u16 = 0xFFFF;
/// The bit of a field that somebody else than IANA has defined.
const ENTERPRISE: u16 = 0x8000;

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    /// Its number at IANA; nothing for all others.
    number: Option<u16>,
    /// It counts the way back (RFC 5103).
    is_reverse: bool,
    length: u16,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    fields: Vec<Field>,
    /// What records of it are about is the exporter itself.
    is_options: bool,
    shortest: usize,
}

impl Template {
    /// Reads one with its number.
    pub(super) fn read(bytes: &mut Reader<'_>, family: Family, is_options: bool) -> Option<(u16, Self)> {
        let number = bytes.u16()?;
        let (count, scopes) = match (family, is_options) {
            (Family::NetFlow9, true) => {
                let (scopes, options) = (bytes.u16()? / 4, bytes.u16()? / 4);
                (scopes.checked_add(options)?, scopes)
            }
            (Family::NetFlow9, false) => (bytes.u16()?, 0),
            (Family::Ipfix, _) => {
                let count = bytes.u16()?;
                // One that is taken back says no more.
                let scopes = if is_options && count > 0 { bytes.u16()? } else { 0 };
                (count, scopes)
            }
        };
        if usize::from(count) > MAX_FIELDS {
            return None;
        }
        let fields: Option<Vec<Field>> = (0..count).map(|_| field(bytes, family)).collect();
        let mut fields = fields?;
        if family == Family::NetFlow9 {
            // Scopes have numbers of their own there (RFC 3954, 6.1).
            fields.iter_mut().take(scopes.into()).for_each(|scope| scope.number = None);
        }
        let shortest =
            fields.iter().map(|field| if field.length == VARIABLE { 1 } else { field.length.into() });
        let shortest = shortest.sum();
        Some((number, Self { fields, is_options, shortest }))
    }

    /// Whether it takes its number back.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.fields.is_empty()
    }

    /// Whether its records tell of the exporter, and of no flow.
    #[must_use]
    pub fn is_options(&self) -> bool {
        self.is_options
    }

    /// How many fields it has.
    #[must_use]
    pub fn fields(&self) -> usize {
        self.fields.len()
    }

    /// The fewest bytes of a record.
    pub(super) fn shortest(&self) -> usize {
        self.shortest
    }

    /// Reads a record.
    pub(super) fn record(&self, bytes: &mut Reader<'_>) -> Option<FlowRecord> {
        let mut reading = fields::Reading::default();
        for field in &self.fields {
            let length = if field.length == VARIABLE { variable(bytes)? } else { field.length.into() };
            let value = bytes.take(length)?;
            if let Some(number) = field.number {
                reading.take(number, field.is_reverse, value);
            }
        }
        Some(reading.finish())
    }
}

fn field(bytes: &mut Reader<'_>, family: Family) -> Option<Field> {
    let (number, length) = (bytes.u16()?, bytes.u16()?);
    if family == Family::NetFlow9 || number & ENTERPRISE == 0 {
        return Some(Field { number: Some(number), is_reverse: false, length });
    }
    let is_reverse = bytes.u32()? == fields::REVERSE;
    Some(Field { number: is_reverse.then_some(number & !ENTERPRISE), is_reverse, length })
}

/// The length of a field of no fixed one (RFC 7011, 7).
fn variable(bytes: &mut Reader<'_>) -> Option<usize> {
    match bytes.u8()? {
        u8::MAX => bytes.u16().map(usize::from),
        short => Some(short.into()),
    }
}
