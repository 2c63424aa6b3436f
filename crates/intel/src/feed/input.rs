//! The bytes of a feed, limited and digested while they are read.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::{FeedError, FeedReport};

/// The most bytes of one feed file: ten times NVD's largest year.
pub const MAX_FEED: u64 = 2 << 30;
/// The most bytes of one record: the largest CVE record is under a tenth of it.
pub const MAX_RECORD: u64 = 32 << 20;

/// Counts what went through, and says why reading stopped.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    total: Cell<u64>,
    record: Cell<u64>,
    exceeded: Cell<Option<(&'static str, u64)>>,
}

impl Meter {
    /// A record ends here.
    pub(crate) fn next_record(&self) {
        self.record.set(0);
    }

    fn add(&self, count: u64) -> io::Result<()> {
        self.total.set(self.total.get().saturating_add(count));
        self.record.set(self.record.get().saturating_add(count));
        if self.total.get() > MAX_FEED {
            self.exceeded.set(Some(("the file", MAX_FEED)));
        } else if self.record.get() > MAX_RECORD {
            self.exceeded.set(Some(("one record", MAX_RECORD)));
        }
        if self.exceeded.get().is_some() { Err(io::Error::other("over a limit")) } else { Ok(()) }
    }
}

/// A feed file that is being read.
#[derive(Debug)]
pub struct Input<R> {
    name: String,
    inner: R,
    meter: Rc<Meter>,
    digest: Box<blake3::Hasher>,
}

impl<R: Read> Input<R> {
    /// The file called `name` with these bytes.
    pub fn new(name: &str, inner: R) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        Self { name, inner, meter: Rc::default(), digest: Box::default() }
    }

    /// The file's name, without its folder.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn meter(&self) -> Rc<Meter> {
        Rc::clone(&self.meter)
    }

    /// The whole file as text, when it holds one record.
    pub(crate) fn read_whole(&mut self) -> Result<Vec<u8>, FeedError> {
        let mut bytes = Vec::new();
        match self.read_to_end(&mut bytes) {
            Ok(_) => Ok(bytes),
            Err(source) => Err(self.read_error(source)),
        }
    }

    /// Reads to the end, so that the digest is that of the whole file, and closes the report.
    pub(crate) fn finish(&mut self, report: &mut FeedReport) -> Result<(), FeedError> {
        self.meter.next_record();
        let mut rest = [0; 16 * 1024];
        loop {
            self.meter.next_record();
            match self.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(source) if source.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(self.read_error(source)),
            }
        }
        report.digest = *self.digest.finalize().as_bytes();
        Ok(())
    }

    /// The error behind a failed read.
    pub(crate) fn read_error(&self, source: io::Error) -> FeedError {
        match self.meter.exceeded.get() {
            Some((part, limit)) => FeedError::TooLarge { file: self.name.clone(), part: part.into(), limit },
            None => FeedError::Unreadable { file: self.name.clone(), source },
        }
    }

    /// What is wrong in this part of the file, at this line.
    pub(crate) fn malformed(&self, part: &str, line: u64, reason: &str) -> FeedError {
        let reason = reason.chars().take(160).collect();
        FeedError::Malformed { file: self.name.clone(), part: part.into(), line, column: 1, reason }
    }

    /// The error behind JSON that could not be read, in this part of the file.
    pub(crate) fn json_error(&self, part: String, error: serde_json::Error) -> FeedError {
        if error.is_io() {
            return self.read_error(error.into());
        }
        let file = self.name.clone();
        let place = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (line, column) = (place(error.line()), place(error.column()));
        FeedError::Malformed { file, part, line, column, reason: error.to_string() }
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.meter.add(u64::try_from(count).unwrap_or(u64::MAX))?;
        self.digest.update(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
