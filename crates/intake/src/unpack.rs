//! Files as they come: plain or gzip, and recorded traffic that is no list. Not here: what is in a list.

use std::io::{self, Read};

use crate::LARGEST_FILE;

/// The start of a gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file's bytes, decompressed where it is gzip: up to the largest size that is read and one byte more, however much there is.
///
/// # Errors
/// When it cannot be read, or does not unpack ([`io::ErrorKind::InvalidData`] and its like).
pub fn unpack(file: impl Read) -> io::Result<Vec<u8>> {
    let bytes = bounded(file)?;
    if bytes.starts_with(&GZIP) {
        bounded(flate2::read::MultiGzDecoder::new(bytes.as_slice()))
    } else {
        Ok(bytes)
    }
}

fn bounded(reader: impl Read) -> io::Result<Vec<u8>> {
    let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    reader.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether it is a capture: pcap in either order of bytes and with either unit of time, or pcapng.
#[must_use]
pub fn is_capture(bytes: &[u8]) -> bool {
    const MAGIC: [[u8; 4]; 5] = [
        [0xa1, 0xb2, 0xc3, 0xd4],
        [0xd4, 0xc3, 0xb2, 0xa1],
        [0xa1, 0xb2, 0x3c, 0x4d],
        [0x4d, 0x3c, 0xb2, 0xa1],
        [0x0a, 0x0d, 0x0d, 0x0a],
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}
