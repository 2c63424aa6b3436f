//! Numbers, slices and text out of hostile bytes: every read is checked, and what is not there is `None`, never a panic.

/// Reads bytes from front to back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// Reads from the first byte.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Position of the next byte.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What is left.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, _) = self.rest().split_at_checked(count)?;
        self.at = self.at.saturating_add(count);
        Some(taken)
    }

    /// The next `N` bytes.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    /// The next byte.
    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    /// The next two bytes, most significant first.
    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    /// The next four bytes, most significant first.
    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
}

/// Whether a value is text in one piece. Control characters in it (but for ESC, which switches character sets in DICOM) mean that a
/// damaged length made it run into its neighbours, which are not for us to read.
pub(crate) fn is_text(value: &[u8]) -> bool {
    const ESCAPE: u8 = 0x1B;
    !value.iter().any(|b| b.is_ascii_control() && *b != ESCAPE)
}

/// A value without the spaces and NULs that pad it to an even or fixed length.
pub(crate) fn unpadded(value: &[u8]) -> &[u8] {
    let end = value.iter().rposition(|b| !matches!(b, b' ' | 0)).map_or(0, |last| last.saturating_add(1));
    value.get(..end).unwrap_or_default().trim_ascii_start()
}
