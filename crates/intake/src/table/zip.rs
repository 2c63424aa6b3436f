//! Entries of a ZIP archive (PKWARE APPNOTE 6.3.10), unpacked within limits. Only what office files use: stored and deflated
//! entries on one disk. Not here: ZIP64 and encryption, which are refused.

use std::cell::Cell;
use std::io::Read;

use flate2::Crc;
use flate2::read::DeflateDecoder;

/// The most entries of an archive.
const MOST_ENTRIES: usize = 4096;
/// The largest entry, unpacked.
const LARGEST_ENTRY: usize = 256 << 20;
/// The most that is unpacked of one archive, each entry counted as often as it is unpacked.
const MOST_UNPACKED: usize = 1 << 30;
/// How many times larger than packed an entry may be, once it is larger than [`ALWAYS_ALLOWED`].
const MOST_TIMES: usize = 250;
/// Small entries may be packed as tightly as they like.
const ALWAYS_ALLOWED: usize = 4 << 20;

/// Why an archive or one of its entries cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// No directory of entries.
    #[error("it is no complete ZIP archive; copy or export the file again")]
    NotAnArchive,
    /// Larger than office programs make them.
    #[error(
        "its ZIP archive has a form that is not read (ZIP64, several disks, or more than {MOST_ENTRIES} entries)"
    )]
    Unusual,
    /// Encrypted.
    #[error("it is protected by a password; save it without one")]
    Encrypted,
    /// Neither stored nor deflated.
    #[error("a part of it is packed in a way that is not read; save it again as XLSX")]
    UnknownPacking,
    /// A bomb, or far too large.
    #[error(
        "a part of it unpacks to more than {} MiB or more than {MOST_TIMES} times its size, or all parts to more than {} MiB; that is refused",
        LARGEST_ENTRY >> 20, MOST_UNPACKED >> 20
    )]
    TooLarge,
    /// Its bytes do not fit its check sum.
    #[error("a part of it is damaged; copy or export the file again")]
    Damaged,
}

#[derive(Debug)]
struct Entry<'a> {
    name: &'a str,
    method: usize,
    encrypted: bool,
    check_sum: u32,
    packed: usize,
    offset: usize,
}

/// An archive's directory.
#[derive(Debug)]
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry<'a>>,
    unpacked: Cell<usize>,
}

impl<'a> Archive<'a> {
    /// Reads the directory; entries whose name is no text are left out.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, ZipError> {
        let end = end_of_directory(bytes).ok_or(ZipError::NotAnArchive)?;
        let number =
            |at, width| number_at(bytes, end.saturating_add(at), width).ok_or(ZipError::NotAnArchive);
        let (count, mut at) = (number(10, 2)?, number(16, 4)?);
        if count > MOST_ENTRIES || at == 0xffff_ffff {
            return Err(ZipError::Unusual);
        }
        let mut entries = Vec::new();
        for _ in 0..count {
            let (entry, next) = entry_at(bytes, at).ok_or(ZipError::NotAnArchive)?;
            entries.extend(entry);
            at = next;
        }
        Ok(Self { bytes, entries, unpacked: Cell::new(0) })
    }

    /// The names of its entries, in their order.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.entries.iter().map(|entry| entry.name)
    }

    /// One entry, unpacked; `None` when there is none of this name, whatever its case.
    pub(super) fn unpack(&self, name: &str) -> Option<Result<Vec<u8>, ZipError>> {
        let entry = self.entries.iter().find(|entry| entry.name.eq_ignore_ascii_case(name))?;
        Some(self.unpack_entry(entry))
    }

    fn unpack_entry(&self, entry: &Entry<'_>) -> Result<Vec<u8>, ZipError> {
        if entry.encrypted {
            return Err(ZipError::Encrypted);
        }
        let packed = content(self.bytes, entry).ok_or(ZipError::NotAnArchive)?;
        let limit = LARGEST_ENTRY.min(ALWAYS_ALLOWED.max(packed.len().saturating_mul(MOST_TIMES)));
        let unpacked = match entry.method {
            0 => packed.to_vec(),
            8 => inflate(packed, limit)?,
            _ => return Err(ZipError::UnknownPacking),
        };
        let mut check = Crc::new();
        check.update(&unpacked);
        self.unpacked.set(self.unpacked.get().saturating_add(unpacked.len()));
        if unpacked.len() > limit || self.unpacked.get() > MOST_UNPACKED {
            Err(ZipError::TooLarge)
        } else if check.sum() == entry.check_sum {
            Ok(unpacked)
        } else {
            Err(ZipError::Damaged)
        }
    }
}

/// At most one byte more than the limit.
fn inflate(packed: &[u8], limit: usize) -> Result<Vec<u8>, ZipError> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let mut unpacked = Vec::new();
    let read = DeflateDecoder::new(packed).take(most).read_to_end(&mut unpacked);
    read.map(|_| unpacked).map_err(|_| ZipError::Damaged)
}

/// Where the record at the end of the directory begins: behind it is only a comment of at most 65,535 bytes.
fn end_of_directory(bytes: &[u8]) -> Option<usize> {
    let last = bytes.len().checked_sub(22)?;
    let first = last.saturating_sub(65_535);
    (first..=last).rev().find(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(b"PK\x05\x06")))
}

/// An entry of the directory, and where the next begins.
fn entry_at(bytes: &[u8], at: usize) -> Option<(Option<Entry<'_>>, usize)> {
    let number = |offset: usize, width| number_at(bytes, at.checked_add(offset)?, width);
    if !bytes.get(at..)?.starts_with(b"PK\x01\x02") {
        return None;
    }
    let name_at = at.checked_add(46)?;
    let behind_name = name_at.checked_add(number(28, 2)?)?;
    let next = behind_name.checked_add(number(30, 2)?)?.checked_add(number(32, 2)?)?;
    let name = std::str::from_utf8(bytes.get(name_at..behind_name)?);
    let (encrypted, method) = (number(8, 2)? & 1 == 1, number(10, 2)?);
    let check_sum = u32::try_from(number(16, 4)?).ok()?;
    let (packed, offset) = (number(20, 4)?, number(42, 4)?);
    Some((name.ok().map(|name| Entry { name, method, encrypted, check_sum, packed, offset }), next))
}

/// The packed bytes behind the entry's own header.
fn content<'a>(bytes: &'a [u8], entry: &Entry<'_>) -> Option<&'a [u8]> {
    let header = bytes.get(entry.offset..)?;
    if !header.starts_with(b"PK\x03\x04") {
        return None;
    }
    let start = number_at(header, 26, 2)?.checked_add(number_at(header, 28, 2)?)?.checked_add(30)?;
    header.get(start..start.checked_add(entry.packed)?)
}

/// A number of `width` bytes, the lowest first.
fn number_at(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(width)?)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}
