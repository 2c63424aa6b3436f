//! What a request asks for and an answer gives, as far as its length fits its function (Modbus application protocol 1.1b3, 6 and 7).

/// Bit of the function in an answer that is an exception.
const EXCEPTION: u8 = 0x80;
/// The known exceptions, 1 to 11 with a gap.
const EXCEPTIONS: std::ops::RangeInclusive<u8> = 1..=11;
/// Encapsulated interface transport, and its type for device identification (6.19, 6.21).
const ENCAPSULATED: u8 = 43;
const IDENTIFICATION: u8 = 14;
/// Ways to ask for the identification, and the bytes before its objects.
const READ_CODES: std::ops::RangeInclusive<u8> = 1..=4;
const IDENTIFICATION_HEAD: usize = 7;
/// The most objects that fit.
const MAX_OBJECTS: usize = 128;

/// A message without its header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pdu<'a> {
    /// Values are read.
    Read,
    /// Values are set.
    Write,
    /// The device says what it is.
    Identification(Objects<'a>),
    /// The device will not, or cannot.
    Refused,
    /// Counters, diagnostics and the like.
    Other,
}

impl<'a> Pdu<'a> {
    /// What a client asks for.
    pub(super) fn request(pdu: &'a [u8]) -> Option<Self> {
        let (function, rest) = pdu.split_first()?;
        let counted = |place: usize| {
            rest.get(place).map(|count| usize::from(*count).saturating_add(place).saturating_add(1))
        };
        let (length, kind) = match function {
            1..=4 => (Some(4), Self::Read),
            5 | 6 => (Some(4), Self::Write),
            7 | 11 | 12 | 17 => (Some(0), Self::Other),
            8 => (Some(rest.len().max(4)), Self::Other),
            15 | 16 => (counted(4), Self::Write),
            20 => (counted(0), Self::Read),
            21 => (counted(0), Self::Write),
            22 => (Some(6), Self::Write),
            23 => (counted(8), Self::Write),
            24 => (Some(2), Self::Read),
            &ENCAPSULATED => return Self::asks_for_identification(rest).then_some(Self::Read),
            _ => return None,
        };
        (length == Some(rest.len())).then_some(kind)
    }

    /// What a device answers.
    pub(super) fn answer(pdu: &'a [u8]) -> Option<Self> {
        let (function, rest) = pdu.split_first()?;
        if function & EXCEPTION != 0 {
            let is_one = matches!(rest, [code] if EXCEPTIONS.contains(code))
                && Self::is_function(function & !EXCEPTION);
            return is_one.then_some(Self::Refused);
        }
        let counted =
            rest.first().filter(|count| **count > 0).map(|count| usize::from(*count).saturating_add(1));
        let registers = counted.filter(|length| length % 2 == 1);
        let (length, kind) = match function {
            1 | 2 | 20 => (counted, Self::Read),
            3 | 4 => (registers, Self::Read),
            5 | 6 | 15 | 16 => (Some(4), Self::Write),
            7 => (Some(1), Self::Other),
            8 => (Some(rest.len().max(4)), Self::Other),
            11 => (Some(4), Self::Other),
            12 | 17 => (counted, Self::Other),
            21 => (counted, Self::Write),
            22 => (Some(6), Self::Write),
            23 => (registers, Self::Write),
            24 => (Some(rest.len().max(4)), Self::Read),
            &ENCAPSULATED => return Objects::of(rest).map(Self::Identification),
            _ => return None,
        };
        (length == Some(rest.len())).then_some(kind)
    }

    fn is_function(function: u8) -> bool {
        matches!(function, 1..=8 | 11 | 12 | 15..=17 | 20..=24 | ENCAPSULATED)
    }

    fn asks_for_identification(rest: &[u8]) -> bool {
        matches!(rest, [IDENTIFICATION, code, _] if READ_CODES.contains(code))
    }
}

/// Objects of an identification: each an id, a length and a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Objects<'a> {
    list: &'a [u8],
}

impl<'a> Objects<'a> {
    /// The objects in an answer, which must fill it.
    fn of(rest: &'a [u8]) -> Option<Self> {
        let (head, list) = rest.split_at_checked(IDENTIFICATION_HEAD.saturating_sub(1))?;
        let &[IDENTIFICATION, code, _conformity, more, _next, count] = head else { return None };
        let is_one = READ_CODES.contains(&code) && matches!(more, 0 | 0xff);
        let objects = Self { list };
        (is_one && objects.walk(usize::from(count))?.is_empty()).then_some(objects)
    }

    /// What is left behind so many objects.
    fn walk(self, count: usize) -> Option<&'a [u8]> {
        let mut rest = self.list;
        for _ in 0..count.min(MAX_OBJECTS) {
            rest = split(rest)?.2;
        }
        Some(rest)
    }

    /// Id and text of each.
    pub(super) fn for_each(self, mut each: impl FnMut(u8, &'a [u8])) {
        let mut rest = self.list;
        while let Some((id, value, behind)) = split(rest) {
            each(id, value);
            rest = behind;
        }
    }
}

fn split(list: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[id, length], rest) = list.split_first_chunk()?;
    let (value, rest) = rest.split_at_checked(usize::from(length))?;
    Some((id, value, rest))
}
