//! Tar (POSIX.1-2017, pax and ustar interchange): the regular files of a stream, one after the other, with nothing kept.
//!
//! Long names (pax `x`, GNU `L`) are passed over: a member is then known by the short form that stands in its header. A member
//! larger than its header's octal field can say is not read.

use std::io::Read;

use super::{ArchiveError, Budget, Visit, drain, fill};

/// The size of a header, and what sizes are rounded up to.
pub(super) const BLOCK: usize = 512;

const NAME: std::ops::Range<usize> = 0..100;
const SIZE: std::ops::Range<usize> = 124..136;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const TYPE: usize = 156;
const MAGIC: std::ops::Range<usize> = 257..262;

/// Whether these are the first bytes of a tar archive.
pub(super) fn is_header(block: &[u8]) -> bool {
    block.get(MAGIC) == Some(b"ustar") && stated_sum(block).is_some_and(|sum| sum == actual_sum(block))
}

pub(super) fn walk(
    reader: &mut dyn Read,
    archive: &str,
    budget: &Budget,
    visit: Visit<'_>,
) -> Result<(), ArchiveError> {
    let broken = |error: &std::io::Error| ArchiveError::of("the tar archive", error);
    let mut header = [0; BLOCK];
    loop {
        match fill(reader, &mut header).map_err(|error| broken(&error))? {
            None => return Err(ArchiveError::damaged("the tar archive", "it ends without its end mark")),
            Some(false) => return Err(ArchiveError::damaged("the tar archive", "it breaks off in a header")),
            Some(true) => {}
        }
        if header.iter().all(|&byte| byte == 0) {
            // To the end, so that a damaged end of the compressed stream shows.
            drain(reader).map_err(|error| broken(&error))?;
            return Ok(());
        }
        let size = member_size(&header)?;
        budget.member()?;
        let mut content = reader.take(size);
        if matches!(header.get(TYPE), Some(b'0' | 0)) {
            visit(&format!("{archive}/{}", name(&header)), &mut content);
        }
        let padding = size.wrapping_neg() % BLOCK as u64;
        let left = content.limit();
        skip(reader, left.saturating_add(padding)).map_err(|error| broken(&error))?;
    }
}

fn skip(reader: &mut dyn Read, count: u64) -> std::io::Result<()> {
    let skipped = drain(&mut reader.take(count))?;
    if skipped < count { Err(std::io::Error::other("it breaks off in a file")) } else { Ok(()) }
}

fn member_size(header: &[u8]) -> Result<u64, ArchiveError> {
    let wrong = |what: &str| ArchiveError::damaged("the tar archive", what);
    if !is_header(header) {
        return Err(wrong("a header has the wrong checksum"));
    }
    octal(header.get(SIZE).unwrap_or_default()).ok_or_else(|| wrong("a header has a wrong size"))
}

fn stated_sum(block: &[u8]) -> Option<u64> {
    octal(block.get(CHECKSUM)?)
}

/// The sum of the header's bytes, its own field counted as spaces.
fn actual_sum(block: &[u8]) -> u64 {
    let bytes = block.iter().take(BLOCK).enumerate();
    bytes.map(|(at, &byte)| if CHECKSUM.contains(&at) { 32 } else { u64::from(byte) }).sum()
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn name(header: &[u8]) -> String {
    let field = header.get(NAME).unwrap_or_default();
    let end = field.iter().position(|&byte| byte == 0).unwrap_or(field.len());
    String::from_utf8_lossy(field.get(..end).unwrap_or_default()).into_owned()
}
