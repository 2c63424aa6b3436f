//! One direction of an encrypted talk: AES-256-GCM as OpenSSH uses it (RFC 5647; `aes256-gcm@openssh.com`). The length of a packet is
//! sent in clear and proved with the rest.

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

/// Bytes of the proof behind a packet.
pub(super) const TAG: usize = 16;

/// Key and place in the row of numbers that are used once.
pub(super) struct Seal {
    key: LessSafeKey,
    fixed: [u8; 4],
    count: u64,
}

impl Seal {
    /// From what the exchange of keys gave.
    pub(super) fn new(key: &[u8; 32], first: &[u8; 12]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).ok()?);
        let (fixed, count) = first.split_first_chunk()?;
        Some(Self { key, fixed: *fixed, count: u64::from_be_bytes(count.try_into().ok()?) })
    }

    fn nonce(&mut self) -> Nonce {
        let mut nonce = [0; 12];
        let (fixed, count) = nonce.split_at_mut(4);
        fixed.copy_from_slice(&self.fixed);
        count.copy_from_slice(&self.count.to_be_bytes());
        self.count = self.count.wrapping_add(1);
        Nonce::assume_unique_for_key(nonce)
    }

    /// Seals a packet behind its length.
    pub(super) fn seal(&mut self, length: [u8; 4], mut packet: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self.nonce();
        self.key.seal_in_place_append_tag(nonce, Aad::from(length), &mut packet).ok()?;
        Some(packet)
    }

    /// Opens a packet with its proof; nothing where one bit of it was changed.
    pub(super) fn open(&mut self, length: [u8; 4], mut packet: Vec<u8>) -> Option<Vec<u8>> {
        let nonce = self.nonce();
        let opened = self.key.open_in_place(nonce, Aad::from(length), &mut packet).ok()?.len();
        packet.truncate(opened);
        Some(packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_bit_and_a_packet_out_of_turn_are_refused() {
        let new = || Seal::new(&[1; 32], &[2; 12]).unwrap();
        let mut sender = new();
        let first = sender.seal([0, 0, 0, 16], vec![7; 16]).unwrap();
        let second = sender.seal([0, 0, 0, 16], vec![8; 16]).unwrap();
        let mut receiver = new();
        assert_eq!(receiver.open([0, 0, 0, 16], first.clone()).unwrap(), [7; 16]);
        assert_eq!(receiver.open([0, 0, 0, 16], second.clone()).unwrap(), [8; 16]);
        assert!(new().open([0, 0, 0, 16], second).is_none());
        assert!(new().open([0, 0, 0, 32], first.clone()).is_none());
        for bit in 0..first.len() * 8 {
            let mut changed = first.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(new().open([0, 0, 0, 16], changed).is_none(), "{bit}");
        }
    }
}
