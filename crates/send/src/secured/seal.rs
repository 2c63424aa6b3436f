//! One direction of sealed records (RFC 5246, 6.2.3.3; AES-GCM: RFC 5288; ChaCha20: RFC 7905).

use ring::aead::{
    AES_128_GCM, AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey,
};

use super::flight::Suite;
use super::secret::Secret;

/// Kind, version, length.
pub(super) const RECORD_HEADER: usize = 5;
/// Bytes of the proof behind a record.
const TAG: usize = 16;
/// Bytes of a number that is used once.
const NONCE: usize = 12;
/// Of these, what AES-GCM says in each record.
const SAID: usize = 8;

/// The cipher of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128Gcm,
    Aes256Gcm,
    ChaCha20,
}

impl Cipher {
    fn algorithm(self) -> &'static Algorithm {
        match self {
            Self::Aes128Gcm => &AES_128_GCM,
            Self::Aes256Gcm => &AES_256_GCM,
            Self::ChaCha20 => &CHACHA20_POLY1305,
        }
    }

    /// Bytes of the number that are not said, and come from the keys.
    const fn fixed(self) -> usize {
        if matches!(self, Self::ChaCha20) { NONCE } else { NONCE - SAID }
    }

    /// Bytes of it that each record says.
    const fn said(self) -> usize {
        NONCE - self.fixed()
    }
}

/// Key and place in the row of records.
pub(super) struct Seal {
    cipher: Cipher,
    key: LessSafeKey,
    fixed: Vec<u8>,
    count: u64,
}

/// Our direction and the server's, from the keys (RFC 5246, 6.3).
pub(super) fn pair(suite: Suite, secret: &Secret, randoms: (&[u8; 32], &[u8; 32])) -> Option<(Seal, Seal)> {
    let (key, fixed) = (suite.cipher.algorithm().key_len(), suite.cipher.fixed());
    let keys = secret.keys(randoms, (key + fixed).checked_mul(2)?);
    let (ours, rest) = keys.split_at_checked(key)?;
    let (theirs, rest) = rest.split_at_checked(key)?;
    let (our_fixed, their_fixed) = rest.split_at_checked(fixed)?;
    Some((Seal::new(suite.cipher, ours, our_fixed)?, Seal::new(suite.cipher, theirs, their_fixed)?))
}

impl Seal {
    fn new(cipher: Cipher, key: &[u8], fixed: &[u8]) -> Option<Self> {
        let key = LessSafeKey::new(UnboundKey::new(cipher.algorithm(), key).ok()?);
        Some(Self { cipher, key, fixed: fixed.to_vec(), count: 0 })
    }

    /// The number of this record: a fixed part and what is said, or a fixed one into which the count is mixed.
    fn nonce(&self, said: &[u8]) -> Option<Nonce> {
        let mut nonce = [0; NONCE];
        if self.cipher == Cipher::ChaCha20 {
            nonce.copy_from_slice(self.fixed.get(..NONCE)?);
            let behind = nonce.iter_mut().skip(NONCE - SAID);
            behind.zip(self.count.to_be_bytes()).for_each(|(byte, count)| *byte ^= count);
        } else {
            nonce.copy_from_slice(self.fixed.iter().chain(said).copied().collect::<Vec<u8>>().get(..NONCE)?);
        }
        Some(Nonce::assume_unique_for_key(nonce))
    }

    fn about(&self, kind: u8, length: usize) -> Option<Aad<Vec<u8>>> {
        let length = u16::try_from(length).ok()?.to_be_bytes();
        Some(Aad::from([self.count.to_be_bytes().as_slice(), &[kind, 3, 3], &length].concat()))
    }

    /// A whole record.
    pub(super) fn seal(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        let said = self.count.to_be_bytes();
        let said = said.get(..self.cipher.said())?;
        let mut sealed = content.to_vec();
        let (nonce, about) = (self.nonce(said)?, self.about(kind, content.len())?);
        self.key.seal_in_place_append_tag(nonce, about, &mut sealed).ok()?;
        self.count = self.count.checked_add(1)?;
        super::record(kind, &[said, &sealed].concat())
    }

    /// What a record says; nothing where one bit of it was changed.
    pub(super) fn open(&mut self, kind: u8, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let said: Vec<u8> = sealed.drain(..self.cipher.said().min(sealed.len())).collect();
        let length = sealed.len().checked_sub(TAG)?;
        let (nonce, about) = (self.nonce(&said)?, self.about(kind, length)?);
        self.key.open_in_place(nonce, about, &mut sealed).ok()?;
        sealed.truncate(length);
        self.count = self.count.checked_add(1)?;
        Some(sealed)
    }
}
