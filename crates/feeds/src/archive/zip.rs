//! Zip (PKWARE APPNOTE 6.3.10): the members that the central directory names, in its order, with nothing kept.
//!
//! Stored and deflated members are read, with 64-bit sizes; encrypted ones and other methods are refused. The directory is
//! read entry by entry, so that a directory of a hundred million entries costs no memory. The checksum of every member that
//! was read to its end is checked.

use std::cell::Cell;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::rc::Rc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::{ArchiveError, Budget, Counted, Visit, buffered, drain};

/// The record at the end, without its comment (section 4.3.16).
const END: usize = 22;
/// The longest comment behind it.
const COMMENT: u64 = 65_535;
/// An entry of the directory, without its texts (section 4.3.12).
const ENTRY: usize = 46;
/// A header before a member, without its texts (section 4.3.7).
const LOCAL: usize = 30;
/// Stands in a field whose value is in the 64-bit extra field (section 4.5.3).
const ELSEWHERE: u32 = u32::MAX;

const FORMAT: &str = "the zip archive";

type Step<T> = Result<T, ArchiveError>;

/// A member, as the directory has it.
struct Entry {
    name: String,
    encrypted: bool,
    method: u16,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

pub(super) fn walk(
    mut source: impl Read + Seek,
    archive: &str,
    budget: &Budget,
    visit: Visit<'_>,
) -> Step<()> {
    let length = source.seek(SeekFrom::End(0)).map_err(broken)?;
    let (mut at, count) = directory(&mut source, length)?;
    for _ in 0..count {
        budget.member()?;
        let (entry, next) = read_entry(&mut source, at)?;
        at = next;
        if !entry.name.ends_with('/') {
            read_member(&mut source, &entry, archive, budget, visit)?;
        }
    }
    Ok(())
}

fn broken(error: io::Error) -> ArchiveError {
    ArchiveError::of(FORMAT, &error)
}

fn damaged(reason: &str) -> ArchiveError {
    ArchiveError::damaged(FORMAT, reason)
}

/// Where the directory begins and how many entries it has.
fn directory(source: &mut (impl Read + Seek), length: u64) -> Step<(u64, u64)> {
    let tail_at = length.saturating_sub(COMMENT + END as u64);
    source.seek(SeekFrom::Start(tail_at)).map_err(broken)?;
    let mut tail = Vec::new();
    source.by_ref().take(COMMENT + END as u64).read_to_end(&mut tail).map_err(broken)?;
    let last = tail.len().checked_sub(END).ok_or_else(|| damaged("it is too short"))?;
    let found = (0..=last).rev().find(|&at| tail.get(at..at + 4) == Some(b"PK\x05\x06"));
    let at = found.ok_or_else(|| damaged("its directory is missing: it was cut short"))?;
    let end = tail.get(at..).unwrap_or_default();
    let (count, offset) = (u64::from(u16_at(end, 10)?), u32_at(end, 16)?);
    if offset != ELSEWHERE && count != u64::from(u16::MAX) {
        return Ok((u64::from(offset), count));
    }
    let record_at = tail_at + u64::try_from(at).unwrap_or(0);
    directory64(source, record_at)?.map_or(Ok((u64::from(offset), count)), Ok)
}

/// The same from the 64-bit records before it (sections 4.3.14 and 4.3.15); `None` when there are none.
fn directory64(source: &mut (impl Read + Seek), end_at: u64) -> Step<Option<(u64, u64)>> {
    let Some(locator_at) = end_at.checked_sub(20) else { return Ok(None) };
    let locator = exactly::<20>(source, locator_at)?;
    if locator.get(..4) != Some(b"PK\x06\x07") {
        return Ok(None);
    }
    let record = exactly::<56>(source, u64_at(&locator, 8)?)?;
    if record.get(..4) != Some(b"PK\x06\x06") {
        return Err(damaged("its 64-bit directory is not where it says"));
    }
    Ok(Some((u64_at(&record, 48)?, u64_at(&record, 32)?)))
}

/// The entry at this place, and the place of the next one.
fn read_entry(source: &mut (impl Read + Seek), at: u64) -> Step<(Entry, u64)> {
    let fixed = exactly::<ENTRY>(source, at)?;
    if fixed.get(..4) != Some(b"PK\x01\x02") {
        return Err(damaged("an entry of its directory is not where it should be"));
    }
    let lengths = [u16_at(&fixed, 28)?, u16_at(&fixed, 30)?, u16_at(&fixed, 32)?].map(usize::from);
    let [name, extra, comment] = lengths;
    let mut texts = vec![0; name + extra];
    source.read_exact(&mut texts).map_err(broken)?;
    let (name_bytes, extra_bytes) = texts.split_at_checked(name).unwrap_or_default();
    let mut wide = wide_values(extra_bytes);
    let mut widen = |value: u32| -> Step<u64> {
        if value != ELSEWHERE {
            return Ok(u64::from(value));
        }
        wide.next().ok_or_else(|| damaged("an entry lacks its 64-bit sizes"))
    };
    let size = widen(u32_at(&fixed, 24)?)?;
    let packed = widen(u32_at(&fixed, 20)?)?;
    let offset = widen(u32_at(&fixed, 42)?)?;
    let entry = Entry {
        name: String::from_utf8_lossy(name_bytes).into_owned(),
        encrypted: u16_at(&fixed, 8)? & 1 != 0,
        method: u16_at(&fixed, 10)?,
        crc: u32_at(&fixed, 16)?,
        packed,
        size,
        offset,
    };
    let length = u64::try_from(ENTRY + name + extra + comment).unwrap_or(u64::MAX);
    Ok((entry, at.saturating_add(length)))
}

/// The values of the 64-bit extra field, in order.
fn wide_values(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut found: &[u8] = &[];
    while let (Ok(tag), Ok(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let end = 4 + usize::from(length);
        let Some(field) = extra.get(4..end) else { break };
        if tag == 1 {
            found = field;
            break;
        }
        extra = extra.get(end..).unwrap_or_default();
    }
    let values: Vec<u64> = found.chunks_exact(8).filter_map(|chunk| u64_at(chunk, 0).ok()).collect();
    values.into_iter()
}

fn read_member(
    source: &mut (impl Read + Seek),
    entry: &Entry,
    archive: &str,
    budget: &Budget,
    visit: Visit<'_>,
) -> Step<()> {
    if entry.encrypted {
        return Err(damaged("a file in it is encrypted"));
    }
    let local = exactly::<LOCAL>(source, entry.offset)?;
    if local.get(..4) != Some(b"PK\x03\x04") {
        return Err(damaged("a file in it is not where its directory says"));
    }
    let texts = i64::from(u16_at(&local, 26)?) + i64::from(u16_at(&local, 28)?);
    source.seek(SeekFrom::Current(texts)).map_err(broken)?;
    let packed = Rc::new(Cell::new(0));
    let raw = Counted { inner: source.by_ref().take(entry.packed), count: Rc::clone(&packed) };
    let name = format!("{archive}/{}", entry.name);
    match entry.method {
        0 => visit_member(&name, entry, budget.limit(raw, Some(packed)), visit),
        8 => {
            let decoder = DeflateDecoder::new(buffered(raw));
            visit_member(&name, entry, budget.limit(decoder, Some(packed)), visit)
        }
        other => Err(damaged(&format!("a file in it is packed by method {other}, which is not read"))),
    }
}

fn visit_member(name: &str, entry: &Entry, reader: impl Read, visit: Visit<'_>) -> Step<()> {
    let mut checked =
        Checked { inner: BufReader::new(reader), crc: Crc::new(), expected: entry.crc, size: entry.size };
    visit(name, &mut checked);
    // Whatever the visitor left is read too, so that a limit or a damage is found either way.
    drain(&mut checked).map_err(broken)?;
    Ok(())
}

/// A member's bytes; at their end its length and checksum must be those that the directory states.
struct Checked<R> {
    inner: R,
    crc: Crc,
    expected: u32,
    size: u64,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..count).unwrap_or_default());
        let total = u64::from(self.crc.amount());
        if count == 0
            && !buffer.is_empty()
            && (self.crc.sum() != self.expected || total != self.size & 0xffff_ffff)
        {
            return Err(damaged("a file in it has the wrong checksum").into_io());
        }
        Ok(count)
    }
}

fn exactly<const N: usize>(source: &mut (impl Read + Seek), at: u64) -> Step<[u8; N]> {
    let mut bytes = [0; N];
    source.seek(SeekFrom::Start(at)).map_err(broken)?;
    source.read_exact(&mut bytes).map_err(broken)?;
    Ok(bytes)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Step<[u8; N]> {
    let part = bytes.get(at..).and_then(|rest| rest.first_chunk::<N>());
    part.copied().ok_or_else(|| damaged("it is cut short"))
}

fn u16_at(bytes: &[u8], at: usize) -> Step<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Step<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Step<u64> {
    array(bytes, at).map(u64::from_le_bytes)
}
