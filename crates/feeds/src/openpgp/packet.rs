//! Packets (RFC 9580, section 4), and the numbers inside them.

/// What a packet is; others are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Signature,
    PublicKey,
    PublicSubkey,
    Other,
}

impl Tag {
    fn of(number: u8) -> Self {
        match number {
            2 => Self::Signature,
            6 => Self::PublicKey,
            14 => Self::PublicSubkey,
            _ => Self::Other,
        }
    }
}

/// The packets of these bytes; `None` when one breaks off or has a length in parts.
pub(super) fn packets(bytes: &[u8]) -> Option<Vec<(Tag, &[u8])>> {
    let mut reader = Reader(bytes);
    let mut packets = Vec::new();
    while !reader.0.is_empty() {
        packets.push(packet(&mut reader)?);
    }
    Some(packets)
}

fn packet<'a>(reader: &mut Reader<'a>) -> Option<(Tag, &'a [u8])> {
    let first = reader.u8()?;
    let (tag, length) = match first >> 6 {
        0b11 => (first & 0x3f, new_length(reader)?),
        0b10 => {
            let length = match first & 3 {
                0 => usize::from(reader.u8()?),
                1 => usize::from(reader.u16()?),
                2 => reader.u32()?,
                _ => return None,
            };
            (first >> 2 & 0x0f, length)
        }
        _ => return None,
    };
    Some((Tag::of(tag), reader.take(length)?))
}

/// A length of one, two or five bytes; subpackets have the same.
pub(super) fn new_length(reader: &mut Reader<'_>) -> Option<usize> {
    match reader.u8()? {
        short @ 0..192 => Some(usize::from(short)),
        first @ 192..224 => Some((usize::from(first) - 192) * 256 + usize::from(reader.u8()?) + 192),
        255 => reader.u32(),
        _ => None,
    }
}

/// Bytes that are taken from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
    }

    fn u32(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.first_chunk()?;
        usize::try_from(u32::from_be_bytes(*bytes)).ok()
    }

    /// A large number: its length in bits, then its bytes.
    pub(super) fn number(&mut self) -> Option<&'a [u8]> {
        let bits = usize::from(self.u16()?);
        self.take(bits.div_ceil(8))
    }
}
