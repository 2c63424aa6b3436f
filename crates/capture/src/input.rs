//! Where captures come from: files, standard input, memory. Always read as a stream: nothing that somebody else can cut
//! short is mapped into memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::decompress::decompressed;
use crate::error::{CaptureError, EndedEarly, Fault};
use crate::format::Format;

/// One capture to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    StandardInput,
}

/// A capture in a file or in memory.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    Input(&'a Input),
    Memory { name: &'a str, bytes: &'a [u8] },
}

/// An open capture whose format is known.
pub(crate) struct Opened<'a> {
    pub(crate) format: Format,
    /// The decompressed stream, from the first record.
    pub(crate) stream: Box<dyn Read + Send + 'a>,
    /// Bytes before the first record.
    pub(crate) head: usize,
    /// Bytes read so far, before decompression.
    pub(crate) bytes: Arc<AtomicU64>,
    /// Bytes in all, where that is known.
    pub(crate) of: Option<u64>,
}

impl<'a> Place<'a> {
    /// Its name for people: the whole path, or `-`.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Input(Input::File(path)) => printable(&path.to_string_lossy()),
            Self::Input(Input::StandardInput) => "standard input".to_owned(),
            Self::Memory { name, .. } => printable(name),
        }
    }

    /// Its name without the folder.
    pub(crate) fn short_name(self) -> String {
        match self {
            Self::Input(Input::File(path)) => {
                path.file_name().map_or_else(|| self.name(), |name| printable(&name.to_string_lossy()))
            }
            _ => self.name(),
        }
    }

    /// Opens it and finds its format.
    pub(crate) fn open(self) -> Result<Opened<'a>, CaptureError> {
        let (raw, of): (Box<dyn Read + Send + 'a>, _) = match self {
            Self::Input(Input::File(path)) => self.open_file(path)?,
            Self::Input(Input::StandardInput) => (Box::new(io::stdin()), None),
            Self::Memory { bytes, .. } => (Box::new(bytes), Some(bytes.len() as u64)),
        };
        let bytes = Arc::new(AtomicU64::new(0));
        let counted = Counted { inner: raw, bytes: Arc::clone(&bytes) };
        let unreadable = |cause| CaptureError::from_open(self.name(), cause);
        let mut stream = decompressed(Box::new(counted)).map_err(unreadable)?;
        let mut head = [0; Format::HEAD];
        let (filled, error) = fill(&mut stream, &mut head);
        if let Some(cause) = error {
            return Err(self.damaged_head(cause));
        }
        let head = head.get(..filled).unwrap_or_default();
        if head.is_empty() && bytes.load(Ordering::Relaxed) == 0 {
            return Err(CaptureError::Empty(self.name()));
        }
        let (format, used) = Format::detect(head).ok_or_else(|| CaptureError::NotACapture(self.name()))?;
        let unread = head.get(used..).unwrap_or_default().to_vec();
        let stream = Box::new(io::Cursor::new(unread).chain(stream));
        Ok(Opened { format, stream, head: used, bytes, of })
    }

    fn open_file(self, path: &Path) -> Result<(Box<dyn Read + Send + 'a>, Option<u64>), CaptureError> {
        let failed = |cause| CaptureError::from_open(self.name(), cause);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if about.is_dir() {
            return Err(CaptureError::Folder(self.name()));
        }
        Ok((Box::new(file), about.is_file().then_some(about.len())))
    }

    fn damaged_head(self, cause: io::Error) -> CaptureError {
        let fault = Fault::from_read(cause);
        CaptureError::Damaged(EndedEarly { name: self.name(), offset: 0, packets: 0, fault })
    }
}

/// Names come from outside: without characters that steer a terminal.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).take(1024).collect()
}

/// Reads until `buffer` is full, the stream ends or an error comes; with the bytes read before the error.
pub(crate) fn fill(stream: &mut dyn Read, buffer: &mut [u8]) -> (usize, Option<io::Error>) {
    let mut filled = 0usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match stream.read(rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Some(error)),
        }
    }
    (filled, None)
}

/// Counts the bytes that pass.
struct Counted<'a> {
    inner: Box<dyn Read + Send + 'a>,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}
