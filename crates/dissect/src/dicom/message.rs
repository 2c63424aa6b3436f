//! P-DATA-TF: commands, and the head of the data set that a C-STORE sends.
//!
//! PS3.8, 9.3.5 and annex E. A command set or data set is cut into fragments, each in a presentation data value (PDV),
//! one or more of them in a PDU. Fragments are walked in the bytes at hand across PDU borders; a message is done with as soon as
//! its device fields are passed, and the rest of it, pixel data, is skipped by length.

use std::borrow::Cow;

use super::command::Command;
use super::data_set::{self, Reach};
use super::{HEAD, Pdu, Read, Stop, pdu_type, size};
use crate::reader::Reader;
use crate::{Facts, Half, Role, Start};

/// Reads the message that begins here.
pub(super) fn read(half: &Half<'_>, bytes: &[u8], facts: &mut Facts) -> Read {
    let mut fragments = Fragments::new(bytes);
    let first = fragments.clone().next()?;
    match (first.is_command, half.start) {
        (true, _) => read_command(half, fragments, facts),
        (false, Start::Middle) => read_unknown(fragments, facts),
        // More of a data set whose head is passed, or of a query.
        (false, _) => fragments.next().map(|_| (fragments.pdu_end, Role::Unknown)),
    }
}

fn read_command(half: &Half<'_>, mut fragments: Fragments<'_>, facts: &mut Facts) -> Read {
    let set = command_set(&mut fragments)?;
    let command = Command::read(&set).ok_or(Stop::NotThis)?;
    let role = command.sender(half);
    let command_end = fragments.pdu_end;
    let instance_end =
        if command.stores_instance() { read_instance(fragments, facts, |_| true)? } else { None };
    command.tell(role, facts);
    Ok((instance_end.unwrap_or(command_end), role))
}

/// A data set in mid-stream, with no command to say what it is for.
///
/// The bytes must prove that they are DICOM: one PDV fills the PDU exactly. They are told only when they
/// can be nothing but a stored instance.
fn read_unknown(fragments: Fragments<'_>, facts: &mut Facts) -> Read {
    let mut first = fragments.clone();
    let fragment = first.next()?;
    if fragment.end != first.pdu_end {
        return Err(Stop::NotThis);
    }
    let used = read_instance(fragments, facts, data_set::is_instance)?;
    Ok((used.unwrap_or(first.pdu_end), Role::Unknown))
}

/// Where a P-DATA-TF PDU begins behind the first byte: a command, or the long piece of a data set that fills its PDU exactly.
///
/// Inside pixels a chance likeness would need two lengths that agree to the byte.
pub(super) fn boundary(bytes: &[u8]) -> Option<usize> {
    let behind = bytes.get(1..)?;
    behind.windows(Fragments::FIRST).position(is_boundary).map(|at| at.saturating_add(1))
}

fn is_boundary(bytes: &[u8]) -> bool {
    const LONG: usize = 1024;
    let mut fragments = Fragments::new(bytes);
    bytes.starts_with(&[pdu_type::P_DATA, 0])
        && fragments.next().is_ok_and(|fragment| {
            fragment.end == fragments.pdu_end && (fragment.is_command || fragment.end >= LONG)
        })
}

/// The whole command set: it is short (PS3.7, annex E), and nothing is told of it before it is complete.
fn command_set<'a>(fragments: &mut Fragments<'a>) -> Result<Cow<'a, [u8]>, Stop> {
    let mut set = Cow::Borrowed(&[][..]);
    loop {
        let fragment = fragments.next()?;
        append(&mut set, fragment.bytes);
        if !fragment.is_command || !Command::may_begin(&set) || fragment.end > HEAD {
            return Err(Stop::NotThis);
        }
        if !fragment.is_whole {
            return Err(Stop::More(fragment.end));
        }
        if fragment.is_last {
            return Ok(set);
        }
    }
}

/// Tells the device fields of the data set that begins here, if it is `wanted`; the position behind the last PDU
/// that was needed, or `None` when the data set is not here.
fn read_instance(
    mut fragments: Fragments<'_>,
    facts: &mut Facts,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<Option<usize>, Stop> {
    let mut head = Cow::Borrowed(&[][..]);
    let mut used = None;
    loop {
        let fragment = match fragments.next() {
            Ok(fragment) if !fragment.is_command => fragment,
            Err(stop) if stop.is_within_head() => return Err(stop),
            Ok(_) | Err(_) => break,
        };
        used = Some(fragments.pdu_end);
        append(&mut head, fragment.bytes);
        let Reach::Short(missing) = data_set::reach(&head) else { break };
        let stop = fragment.more(fragments.bytes, missing);
        if stop.is_within_head() {
            return Err(stop);
        }
        if !fragment.is_whole || fragment.is_last {
            break;
        }
    }
    if wanted(&head) {
        data_set::tell(&head, facts);
    }
    Ok(used)
}

fn append<'a>(set: &mut Cow<'a, [u8]>, fragment: &'a [u8]) {
    if set.is_empty() {
        *set = Cow::Borrowed(fragment);
    } else {
        set.to_mut().extend_from_slice(fragment);
    }
}

impl Stop {
    /// Beyond the head nothing is waited for.
    fn is_within_head(self) -> bool {
        matches!(self, Self::More(end) if end <= HEAD)
    }
}

/// One presentation data value (PS3.8, 9.3.5.1 and annex E.2).
struct Fragment<'a> {
    is_command: bool,
    /// The last of its command set or data set.
    is_last: bool,
    /// Its bytes, as far as they are there.
    bytes: &'a [u8],
    is_whole: bool,
    /// Position behind it.
    end: usize,
}

impl Fragment<'_> {
    /// The wait for `missing` bytes of its data set; nothing to wait for when all of this fragment is there.
    fn more(&self, bytes: &[u8], missing: usize) -> Stop {
        let end = bytes.len().saturating_add(missing);
        match (self.is_whole, self.is_last) {
            (true, _) => Stop::NotThis,
            (false, true) => Stop::More(end.min(self.end)),
            (false, false) => Stop::More(end),
        }
    }
}

/// Walks presentation data values through consecutive P-DATA-TF PDUs.
#[derive(Clone)]
struct Fragments<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Position behind the PDU at hand.
    pdu_end: usize,
}

impl<'a> Fragments<'a> {
    /// Length, context number and control header of a PDV.
    const HEADER: usize = 6;
    /// Headers of a PDU and of its first PDV.
    const FIRST: usize = super::PDU_HEADER + Self::HEADER;

    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, pdu_end: 0 }
    }

    fn next(&mut self) -> Result<Fragment<'a>, Stop> {
        if self.at >= self.pdu_end {
            self.enter_pdu()?;
        }
        let start = self.at.saturating_add(Self::HEADER);
        let mut reader = Reader::new(self.bytes.get(self.at..).unwrap_or_default());
        let (Some(length), Some(context), Some(control)) = (reader.u32(), reader.u8(), reader.u8()) else {
            return Err(Stop::More(start));
        };
        // The length counts the context number and the control header too.
        let end = self.at.saturating_add(4).saturating_add(size(length));
        if length < 2 || end > self.pdu_end || context & 1 == 0 || control > 3 {
            return Err(Stop::NotThis);
        }
        self.at = end;
        Ok(Fragment {
            is_command: control & 1 == 1,
            is_last: control & 2 == 2,
            bytes: self.bytes.get(start..end.min(self.bytes.len())).unwrap_or_default(),
            is_whole: end <= self.bytes.len(),
            end,
        })
    }

    fn enter_pdu(&mut self) -> Result<(), Stop> {
        let pdu = Pdu::read(self.bytes, self.at)?;
        if pdu.kind != pdu_type::P_DATA {
            return Err(Stop::NotThis);
        }
        self.at = self.at.saturating_add(super::PDU_HEADER);
        self.pdu_end = pdu.end;
        Ok(())
    }
}
