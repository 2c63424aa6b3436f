//! Compressed captures as streams: gzip (RFC 1952, several members) and zstd (RFC 8878, several frames). Memory stays bounded
//! whatever a frame declares.

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::BlockDecodingStrategy::UptoBlocks;
use ruzstd::decoding::FrameDecoder;

use crate::limits::MAX_ZSTD_WINDOW;

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
/// Frames that carry no data have the numbers 0x184D2A50 to 0x184D2A5F.
const ZSTD_SKIPPABLE: [u8; 3] = [0x2A, 0x4D, 0x18];
const BUFFER: usize = 64 << 10;

/// The stream behind `input`, decompressed where its first bytes say gzip or zstd.
///
/// # Errors
/// When the first bytes cannot be read.
pub(crate) fn decompressed<'a>(input: Box<dyn Read + Send + 'a>) -> io::Result<Box<dyn Read + Send + 'a>> {
    let mut input = BufReader::with_capacity(BUFFER, input);
    let head = input.fill_buf()?;
    if head.starts_with(&GZIP) {
        Ok(Box::new(MultiGzDecoder::new(input)))
    } else if head.starts_with(&ZSTD) || is_skippable(head) {
        Ok(Box::new(Zstd::new(input)))
    } else {
        Ok(Box::new(input))
    }
}

fn is_skippable(head: &[u8]) -> bool {
    matches!(head, [first, rest @ ..] if first >> 4 == 5 && rest.starts_with(&ZSTD_SKIPPABLE))
}

/// zstd frames, one behind the other.
struct Zstd<R> {
    input: R,
    decoder: FrameDecoder,
    in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    fn new(input: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_ZSTD_WINDOW);
        Self { input, decoder, in_frame: false }
    }

    /// Begins the next frame that carries data; `false` at the end of the input.
    fn begin_frame(&mut self) -> io::Result<bool> {
        while is_skippable(self.input.fill_buf()?) {
            let mut head = [0; 8];
            self.input.read_exact(&mut head)?;
            let [_, _, _, _, length @ ..] = head;
            let length = u64::from(u32::from_le_bytes(length));
            io::copy(&mut self.input.by_ref().take(length), &mut io::sink())?;
        }
        if self.input.fill_buf()?.is_empty() {
            return Ok(false);
        }
        self.decoder.reset(&mut self.input).map_err(invalid)?;
        Ok(true)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.in_frame {
                self.in_frame = self.begin_frame()?;
                if !self.in_frame {
                    return Ok(0);
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                self.decoder.decode_blocks(&mut self.input, UptoBlocks(1)).map_err(invalid)?;
            }
            let count = self.decoder.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            self.in_frame = false;
        }
    }
}

fn invalid(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
