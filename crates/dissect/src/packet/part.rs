//! A layer of a packet: what the capture kept of it, and its length on the wire.

use wardround_model::SkipReason;

#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    /// What the capture kept; never longer than `wire`.
    pub(super) bytes: &'a [u8],
    /// Its length on the wire.
    pub(super) wire: usize,
}

impl<'a> Part<'a> {
    #[inline]
    pub(super) fn new(bytes: &'a [u8], wire: usize) -> Self {
        Self { bytes, wire: wire.max(bytes.len()) }
    }

    /// The first `N` bytes, and what follows them.
    #[inline]
    pub(super) fn take<const N: usize>(self) -> Result<(&'a [u8; N], Self), SkipReason> {
        match self.bytes.split_first_chunk::<N>() {
            Some((head, rest)) => Ok((head, Self { bytes: rest, wire: self.wire.saturating_sub(N) })),
            None => Err(self.too_short(N)),
        }
    }

    /// What follows the first `count` bytes, whether the capture kept them or not.
    #[inline]
    pub(super) fn skip(self, count: usize) -> Result<Self, SkipReason> {
        match self.bytes.get(count..) {
            Some(bytes) => Ok(Self { bytes, wire: self.wire.saturating_sub(count) }),
            None => Err(self.too_short(count)),
        }
    }

    /// Exactly `wire` bytes of it, as a header inside says: padding goes; what the capture lacks counts as cut off.
    #[inline]
    pub(super) fn of_length(self, wire: usize) -> Self {
        Self { bytes: self.bytes.get(..wire).unwrap_or(self.bytes), wire }
    }

    fn too_short(self, wanted: usize) -> SkipReason {
        if self.wire < wanted { SkipReason::Malformed } else { SkipReason::CutShort }
    }
}
