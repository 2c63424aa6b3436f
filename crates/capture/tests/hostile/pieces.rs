//! A capture taken apart into what stands before its packets and its packets, so that parts of it are captures themselves.

use crate::damage::Dice;

/// About the size of a part that is damaged at once.
const PIECE: usize = 32 << 10;

/// A capture file taken apart.
pub(crate) struct Taken {
    /// What makes a capture of any packets behind it.
    head: Vec<u8>,
    /// Records of pcap, or blocks of pcapng, as they stand in the file.
    records: Vec<Vec<u8>>,
}

impl Taken {
    /// Takes a capture apart. What is neither pcap nor pcapng is one record.
    pub(crate) fn apart(bytes: &[u8]) -> Self {
        let magic: [u8; 4] = bytes.first_chunk().copied().unwrap_or_default();
        match magic {
            [0x0A, 0x0D, 0x0D, 0x0A] => Self::pcapng(bytes),
            [0xD4 | 0x4D, 0xC3 | 0x3C, 0xB2, 0xA1] => Self::pcap(bytes, u32::from_le_bytes),
            [0xA1, 0xB2, 0xC3 | 0x3C, 0xD4 | 0x4D] => Self::pcap(bytes, u32::from_be_bytes),
            _ => Self { head: Vec::new(), records: vec![bytes.to_vec()] },
        }
    }

    /// pcap: 24 bytes of header, then records with 16 of their own.
    fn pcap(bytes: &[u8], number: fn([u8; 4]) -> u32) -> Self {
        let (head, mut rest) = bytes.split_at(24.min(bytes.len()));
        let mut records = Vec::new();
        while let Some(length) = rest.get(8..12) {
            let length = 16 + number(length.try_into().unwrap()) as usize;
            let (record, behind) = rest.split_at(length.min(rest.len()));
            records.push(record.to_vec());
            rest = behind;
        }
        Self { head: head.to_vec(), records }
    }

    /// pcapng: blocks. Sections and interfaces stand before everything.
    fn pcapng(bytes: &[u8]) -> Self {
        let big = bytes.get(8..12) == Some(&[0x1A, 0x2B, 0x3C, 0x4D]);
        let number = if big { u32::from_be_bytes } else { u32::from_le_bytes };
        let (mut head, mut records, mut rest) = (Vec::new(), Vec::new(), bytes);
        while let Some((kind, length)) = rest.get(..4).zip(rest.get(4..8)) {
            let length = (number(length.try_into().unwrap()) as usize).max(12);
            let (block, behind) = rest.split_at(length.min(rest.len()));
            match number(kind.try_into().unwrap()) {
                0x0A0D_0D0A | 1 => head.extend_from_slice(block),
                _ => records.push(block.to_vec()),
            }
            rest = behind;
        }
        Self { head, records }
    }

    /// A part with some of its packets, one behind the other: all of them where they are few.
    pub(crate) fn part(&self, dice: &mut Dice) -> (&[u8], Vec<&[u8]>) {
        let all: usize = self.records.iter().map(Vec::len).sum();
        // Often from the beginning, where connections open.
        let from = if all <= PIECE || dice.below(4) == 0 { 0 } else { dice.below(self.records.len()) };
        let mut size = 0;
        let fits = |record: &&Vec<u8>| {
            let is_begun = size > 0;
            size += record.len();
            !is_begun || size <= PIECE
        };
        (&self.head, self.records[from..].iter().take_while(fits).map(Vec::as_slice).collect())
    }
}
