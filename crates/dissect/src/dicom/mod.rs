//! DICOM upper layer: who calls whom by which title, which services are offered and used, and what the sender of an
//! image says it is.
//!
//! PS3.8 (PDUs), PS3.7 (commands), PS3.5 (how data sets are encoded), PS3.6 (tags). Each half is read by itself and may
//! begin in mid-stream; an association that is older than the capture is recognised by its P-DATA.
//!
//! Not here: pixel data, patients, studies. Of a data set only the seven device fields of [`data_set`] are read, only
//! when a C-STORE sends it, and reading stops behind the last of them. Queries and their answers describe other
//! people's images and are skipped.

mod association;
mod command;
mod data_set;
mod message;
#[cfg(test)]
mod tests;

use crate::reader::Reader;
use crate::{Facts, Half, Role, Start, Verdict};

/// The most bytes of one message that are looked at; what says who a device is stands in the first few hundred.
const HEAD: usize = 32 << 10;
/// PDU type, reserved byte and length (PS3.8, 9.3.1).
const PDU_HEADER: usize = 6;
/// The longest PDU taken for one: senders without a limit put a whole multi-frame image into a PDU.
const MAX_PDU: u32 = 256 << 20;

/// PDU types (PS3.8, 9.3.1).
mod pdu_type {
    pub(super) const ASSOCIATE_RQ: u8 = 1;
    pub(super) const ASSOCIATE_AC: u8 = 2;
    pub(super) const ASSOCIATE_RJ: u8 = 3;
    pub(super) const P_DATA: u8 = 4;
    pub(super) const RELEASE_RQ: u8 = 5;
    pub(super) const RELEASE_RP: u8 = 6;
    pub(super) const ABORT: u8 = 7;
}

/// Why no message came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// Not DICOM.
    NotThis,
    /// So many bytes are wanted, counted from the beginning of the half.
    More(usize),
}

/// What was read: the bytes that are done with, and what their sender is.
type Read = Result<(usize, Role), Stop>;

/// Reads one PDU, or a command with the head of the data set that follows it.
pub(crate) fn dissect(half: &Half<'_>, facts: &mut Facts) -> Verdict {
    match read(half, facts) {
        Ok((used, sender)) => Verdict::Message { used, sender },
        Err(Stop::More(wanted)) => Verdict::More { wanted },
        Err(Stop::NotThis) => Verdict::NotThis,
    }
}

/// Reads what begins here; in mid-stream, where segments and PDUs rarely begin together, what begins further on.
fn read(half: &Half<'_>, facts: &mut Facts) -> Read {
    let read = read_pdu(half, facts);
    if read != Err(Stop::NotThis) || half.start != Start::Middle {
        return read;
    }
    let before = message::boundary(half.bytes).ok_or(Stop::NotThis)?;
    let rest = Half { bytes: half.bytes.get(before..).unwrap_or_default(), ..*half };
    match read_pdu(&rest, facts) {
        Ok((used, sender)) => Ok((before.saturating_add(used), sender)),
        Err(Stop::More(wanted)) => Err(Stop::More(before.saturating_add(wanted))),
        Err(Stop::NotThis) => Err(Stop::NotThis),
    }
}

fn read_pdu(half: &Half<'_>, facts: &mut Facts) -> Read {
    let bytes = half.bytes.get(..HEAD).unwrap_or(half.bytes);
    let pdu = Pdu::read(bytes, 0)?;
    match pdu.kind {
        pdu_type::ASSOCIATE_RQ => association::request(bytes, pdu, facts),
        pdu_type::ASSOCIATE_AC => association::accept(bytes, pdu, facts),
        pdu_type::ASSOCIATE_RJ => association::reject(bytes, pdu, facts),
        pdu_type::P_DATA if half.start != Start::Opening => message::read(half, bytes, facts),
        pdu_type::RELEASE_RQ | pdu_type::RELEASE_RP | pdu_type::ABORT => farewell(bytes, pdu),
        _ => Err(Stop::NotThis),
    }
}

/// The first six bytes of a PDU.
#[derive(Clone, Copy, Debug)]
struct Pdu {
    kind: u8,
    /// Position behind its last byte.
    end: usize,
}

impl Pdu {
    /// The PDU that begins at `at`. A reserved byte that is not zero is the mark of another protocol.
    fn read(bytes: &[u8], at: usize) -> Result<Self, Stop> {
        let header = at.saturating_add(PDU_HEADER);
        let mut reader = Reader::new(bytes.get(at..).unwrap_or_default());
        let kind = reader.u8().ok_or(Stop::More(header))?;
        let reserved = reader.u8().unwrap_or_default();
        if !(pdu_type::ASSOCIATE_RQ..=pdu_type::ABORT).contains(&kind) || reserved != 0 {
            return Err(Stop::NotThis);
        }
        let length = reader.u32().ok_or(Stop::More(header))?;
        if !(4..=MAX_PDU).contains(&length) {
            return Err(Stop::NotThis);
        }
        Ok(Self { kind, end: header.saturating_add(size(length)) })
    }
}

/// A-RELEASE-RQ, A-RELEASE-RP and A-ABORT (PS3.8, 9.3.6 to 9.3.8): four bytes each, of which two say why it aborts.
fn farewell(bytes: &[u8], pdu: Pdu) -> Read {
    let body = whole(bytes, pdu.end.min(PDU_HEADER + 5))?.get(PDU_HEADER..);
    let known = match (pdu.kind, body) {
        (pdu_type::ABORT, Some([0, 0, source, reason])) => *source <= 2 && *reason <= 6,
        (_, body) => body == Some(&[0; 4]),
    };
    if known { Ok((pdu.end, Role::Unknown)) } else { Err(Stop::NotThis) }
}

/// The bytes up to `end`, once they are all there.
fn whole(bytes: &[u8], end: usize) -> Result<&[u8], Stop> {
    bytes.get(..end).ok_or(Stop::More(end))
}

/// A length of the wire as a size in memory; one that does not fit is longer than anything.
fn size(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Whether it is a UID (PS3.5, 9.1): numbers with dots between, at most 64 characters.
fn is_uid(text: &[u8]) -> bool {
    (1..=64).contains(&text.len())
        && text.split(|b| *b == b'.').all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_digit))
}
