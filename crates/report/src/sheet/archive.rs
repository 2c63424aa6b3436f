//! A ZIP archive (PKWARE APPNOTE 6.3): deflated files, without times, the same bytes each time.

use std::io::Write as _;

use anyhow::Result;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Version 2.0 is needed to read deflated files; names are UTF-8; the method is deflate.
const VERSION: u16 = 20;
const UTF_8: u16 = 1 << 11;
const DEFLATE: u16 = 8;

/// 1 January 1980, midnight: the format's first day.
const TIME: u16 = 0;
const DATE: u16 = 1 | 1 << 5;

/// An archive as it grows.
#[derive(Default)]
pub(super) struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    files: u16,
}

impl Archive {
    /// Adds a file.
    pub(super) fn add(&mut self, name: &str, content: &[u8]) -> Result<()> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(content)?;
        let packed = encoder.finish()?;
        let mut crc = Crc::new();
        crc.update(content);
        // What both headers of a file have in common (4.3.7, 4.3.12).
        let mut common = Vec::new();
        for number in [VERSION, UTF_8, DEFLATE, TIME, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), u32::try_from(packed.len())?, u32::try_from(content.len())?] {
            common.extend(number.to_le_bytes());
        }
        common.extend(u16::try_from(name.len())?.to_le_bytes());
        common.extend([0; 2]); // no extra field
        let offset = u32::try_from(self.bytes.len())?;
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(common);
        self.directory.extend([0; 10]); // no comment, first disk, no attributes
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.files += 1;
        Ok(())
    }

    /// The bytes, with the directory at their end (4.3.16).
    pub(super) fn finish(mut self) -> Result<Vec<u8>> {
        let (start, size) = (u32::try_from(self.bytes.len())?, u32::try_from(self.directory.len())?);
        self.bytes.extend(self.directory);
        self.bytes.extend(b"PK\x05\x06");
        self.bytes.extend([0; 4]); // one disk
        for number in [self.files, self.files] {
            self.bytes.extend(number.to_le_bytes());
        }
        for number in [size, start] {
            self.bytes.extend(number.to_le_bytes());
        }
        self.bytes.extend([0; 2]); // no comment
        Ok(self.bytes)
    }
}
