//! What is inside a file: plain, gzip, tar in gzip, or zip, one member at a time, within limits. Nothing is unpacked to the disk.
//!
//! Formats are told by their first bytes, never by name. Not here: what a member says (`intel`). Archives inside archives are
//! not followed.

mod tar;
#[cfg(test)]
mod tests;
mod zip;

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

/// How much may come out of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Members of an archive.
    pub members: u64,
    /// Bytes of all members.
    pub bytes: u64,
    /// How many times larger than its compressed form something may be, once it is larger than `ratio_from`.
    pub ratio: u64,
    /// Below so many bytes nobody asks for the ratio.
    pub ratio_from: u64,
}

impl Default for Limits {
    /// Ten times the largest honest feeds: the CVE list has 300,000 members, JSON shrinks to a tenth or a fifteenth.
    fn default() -> Self {
        Self { members: 3_000_000, bytes: 64 << 30, ratio: 150, ratio_from: 16 << 20 }
    }
}

/// Why an archive is not read further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Too many members.
    #[error("it has more than {0} files in it: no honest feed has")]
    Members(u64),
    /// Too many bytes.
    #[error("it unpacks to more than {0} bytes: no honest feed does")]
    Bytes(u64),
    /// A decompression bomb.
    #[error("it unpacks to more than {0} times its size, as a decompression bomb does")]
    Ratio(u64),
    /// Broken.
    #[error("{format} is damaged: {reason}; fetch the file again")]
    Damaged {
        /// Which format.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
}

impl ArchiveError {
    fn damaged(format: &'static str, reason: impl ToString) -> Self {
        Self::Damaged { format, reason: reason.to_string().chars().take(160).collect() }
    }

    fn into_io(self) -> io::Error {
        io::Error::other(self)
    }

    /// The error of ours inside an I/O error, else damage.
    fn of(format: &'static str, error: &io::Error) -> Self {
        let own = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        own.cloned().unwrap_or_else(|| Self::damaged(format, error))
    }
}

/// Hears of each member: its name, and its bytes.
pub type Visit<'a> = &'a mut dyn FnMut(&str, &mut dyn Read);

/// Walks the members of a file on the disk; a file that is no archive is its only member.
///
/// # Errors
/// When the archive goes over a limit or is damaged; what was visited before stays visited. A gzip stream that is damaged shows
/// as a failed read of its member.
pub fn walk_file(path: &Path, name: &str, limits: Limits, visit: Visit<'_>) -> io::Result<()> {
    walk(File::open(path)?, name, limits, visit)
}

/// Walks the members of something that can be read.
///
/// # Errors
/// As `walk_file`.
pub fn walk(mut source: impl Read + Seek, name: &str, limits: Limits, visit: Visit<'_>) -> io::Result<()> {
    let mut first = [0; 4];
    let mut looked = 0;
    while let Some(rest) = first.get_mut(looked..).filter(|rest| !rest.is_empty()) {
        match source.read(rest)? {
            0 => break,
            count => looked += count,
        }
    }
    source.rewind()?;
    let budget = Budget::new(limits);
    match first {
        [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => {
            zip::walk(source, name, &budget, visit).map_err(ArchiveError::into_io)
        }
        [0x1f, 0x8b, ..] => walk_gzip(source, name, &budget, visit),
        _ => {
            let mut reader = budget.limit(BufReader::with_capacity(1 << 18, source), None);
            visit(name, &mut reader);
            Ok(())
        }
    }
}

fn walk_gzip(source: impl Read, name: &str, budget: &Budget, visit: Visit<'_>) -> io::Result<()> {
    let packed = Rc::new(Cell::new(0));
    let counted = Counted { inner: source, count: Rc::clone(&packed) };
    let decoder = MultiGzDecoder::new(BufReader::with_capacity(1 << 18, counted));
    let mut reader = BufReader::with_capacity(1 << 16, budget.limit(decoder, Some(packed)));
    let mut start = Vec::new();
    let looked = reader.by_ref().take(tar::BLOCK as u64).read_to_end(&mut start);
    let is_tar = looked.is_ok() && tar::is_header(&start);
    let mut whole = Cursor::new(start).chain(reader);
    if is_tar {
        return tar::walk(&mut whole, name, budget, visit).map_err(ArchiveError::into_io);
    }
    // What broke while looking shows again when the member is read.
    let mut failed = Failed { inner: &mut whole, error: looked.err() };
    visit(name.strip_suffix(".gz").unwrap_or(name), &mut failed);
    Ok(())
}

/// A reader that says, after its bytes, why it broke.
struct Failed<'a> {
    inner: &'a mut dyn Read,
    error: Option<io::Error>,
}

impl Read for Failed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(buffer) {
            Ok(0) if !buffer.is_empty() => self.error.take().map_or(Ok(0), Err),
            other => other,
        }
    }
}

/// What is left of the limits, shared by everything that reads one file.
struct Budget {
    limits: Limits,
    members: Cell<u64>,
    bytes: Rc<Cell<u64>>,
}

impl Budget {
    fn new(limits: Limits) -> Self {
        Self { limits, members: Cell::new(0), bytes: Rc::default() }
    }

    /// One more member.
    fn member(&self) -> Result<(), ArchiveError> {
        self.members.set(self.members.get() + 1);
        if self.members.get() > self.limits.members {
            return Err(ArchiveError::Members(self.limits.members));
        }
        Ok(())
    }

    /// A reader whose bytes count; `packed` says how many bytes they came from.
    fn limit<R: Read>(&self, inner: R, packed: Option<Rc<Cell<u64>>>) -> Limited<R> {
        Limited { inner, limits: self.limits, total: Rc::clone(&self.bytes), own: 0, packed }
    }
}

struct Limited<R> {
    inner: R,
    limits: Limits,
    total: Rc<Cell<u64>>,
    own: u64,
    packed: Option<Rc<Cell<u64>>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let more = u64::try_from(count).unwrap_or(u64::MAX);
        self.own = self.own.saturating_add(more);
        self.total.set(self.total.get().saturating_add(more));
        if self.total.get() > self.limits.bytes {
            return Err(ArchiveError::Bytes(self.limits.bytes).into_io());
        }
        let packed = self.packed.as_ref().map_or(u64::MAX, |packed| packed.get());
        if self.own > self.limits.ratio_from && self.own / self.limits.ratio.max(1) > packed {
            return Err(ArchiveError::Ratio(self.limits.ratio).into_io());
        }
        Ok(count)
    }
}

/// Counts what was read of something.
struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.count.set(self.count.get().saturating_add(u64::try_from(count).unwrap_or(u64::MAX)));
        Ok(count)
    }
}

/// Reads to the end and throws away.
fn drain(reader: &mut dyn Read) -> io::Result<u64> {
    io::copy(reader, &mut io::sink())
}

/// Fills a buffer; says whether all of it could be filled. Nothing at all is `None`.
fn fill(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<Option<bool>> {
    let mut filled = 0;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match reader.read(rest) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((filled > 0).then_some(filled == buffer.len()))
}

/// A reader over a part of something that can be sought, buffered.
fn buffered<R: Read>(inner: R) -> impl BufRead {
    BufReader::with_capacity(1 << 16, inner)
}
