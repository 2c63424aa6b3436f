//! Why a capture could not be read, or not to its end: one sentence for a person, with file, place and next step.

use std::fmt;
use std::io;

/// Why nothing could be read from one input.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// There is no such file.
    #[error("there is no file {0}; check its name and folder")]
    Missing(String),
    /// It may not be read by this user.
    #[error("{0} may not be read by this user; ask its owner, or copy it to a folder of your own")]
    Forbidden(String),
    /// It is a folder.
    #[error("{0} is a folder; name the capture files in it")]
    Folder(String),
    /// The system could not open it or read its beginning.
    #[error("{name} could not be read at byte 0 ({cause}); copy it to this computer and try again")]
    Unreadable {
        /// The input.
        name: String,
        /// What the system said.
        cause: io::Error,
    },
    /// It has no bytes.
    #[error("{0} is empty (0 bytes); record it again, or give another file")]
    Empty(String),
    /// It is a capture without a packet.
    #[error(
        "{0} is a packet capture but holds no packet; record for longer, or check that the mirror port sends anything"
    )]
    NoPackets(String),
    /// It is of no known format.
    #[error(
        "{0} is not a packet capture: its first bytes (at byte 0) are neither pcap nor pcapng; give a file that tcpdump or \
         Wireshark wrote, as it is or compressed with gzip or zstd"
    )]
    NotACapture(String),
    /// Its beginning is damaged, so that no packet could be read.
    #[error("{0}")]
    Damaged(EndedEarly),
    /// More inputs than can be numbered.
    #[error("{0} is one input too many; give at most 65,535 at once")]
    TooMany(String),
}

impl CaptureError {
    pub(crate) fn from_open(name: String, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::NotFound => Self::Missing(name),
            io::ErrorKind::PermissionDenied => Self::Forbidden(name),
            io::ErrorKind::IsADirectory => Self::Folder(name),
            _ => Self::Unreadable { name, cause },
        }
    }
}

/// Nothing could be read from any input: why, for each.
#[derive(Debug)]
pub struct NothingRead(pub Vec<CaptureError>);

impl fmt::Display for NothingRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no capture was given; name at least one file, or - for standard input");
        }
        for (n, error) in self.0.iter().enumerate() {
            let separator = if n == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NothingRead {}

/// Where and why reading stopped before the end of a source.
#[derive(Debug)]
pub struct EndedEarly {
    /// The source.
    pub name: String,
    /// The byte of the (decompressed) capture where the unread record begins.
    pub offset: u64,
    /// Packets that were read before.
    pub packets: u64,
    /// Why.
    pub fault: Fault,
}

impl fmt::Display for EndedEarly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, offset, packets, fault } = self;
        write!(
            f,
            "{name} could be read only up to byte {offset} ({packets} packets): {fault}; {}",
            fault.next_step()
        )
    }
}

/// What is wrong at the place where reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The file ends inside a record.
    #[error("it ends in the middle of a record")]
    CutOff,
    /// A packet longer than any that is recorded.
    #[error("a packet there declares {0} bytes, more than the {limit} that are believed", limit = crate::limits::MAX_PACKET)]
    LongPacket(u64),
    /// A record of zeros only, as in a file that was made at its full size and filled in part.
    #[error("only zeros follow there")]
    Zeros,
    /// A block longer than what is kept whole, or shorter than its own head.
    #[error("a block there declares an impossible length of {0} bytes")]
    BlockLength(u64),
    /// The two lengths of a block differ.
    #[error("a block there gives its length as {0} bytes at its head and {1} at its foot")]
    BlockLengths(u32, u32),
    /// A section whose byte order cannot be told.
    #[error("a section there begins with no known byte order")]
    ByteOrder,
    /// More interfaces than the limit.
    #[error("it declares more than {limit} interfaces", limit = crate::limits::MAX_INTERFACES)]
    Interfaces,
    /// Compressed data that does not decompress.
    #[error("its compressed data is damaged or was cut off there")]
    Compression,
    /// The system could not read on.
    #[error("the system could not read on ({0})")]
    Io(io::Error),
}

impl Fault {
    /// What an error of the (decompressing) stream means.
    pub(crate) fn from_read(cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                Self::Compression
            }
            _ => Self::Io(cause),
        }
    }

    fn next_step(&self) -> &'static str {
        match self {
            Self::CutOff | Self::Zeros => "copy it again after its recording has ended",
            Self::Io(_) => "copy it to this computer and try again",
            Self::Compression => "copy it again, or decompress it by hand to see how far it is good",
            _ => "copy it again from where it was recorded; if that file has the same fault, record anew",
        }
    }
}
