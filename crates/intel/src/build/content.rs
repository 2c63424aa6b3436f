//! A hash of contents that does not depend on where texts lie in a pool, so that two indexes can be compared.

/// Takes in texts and numbers, each told apart from its neighbours.
#[derive(Default)]
pub(super) struct ContentHash(Box<blake3::Hasher>);

impl ContentHash {
    pub(super) fn text(&mut self, text: &str) -> &mut Self {
        self.number(u64::try_from(text.len()).unwrap_or(u64::MAX));
        self.0.update(text.as_bytes());
        self
    }

    pub(super) fn number(&mut self, number: u64) -> &mut Self {
        self.0.update(&number.to_le_bytes());
        self
    }

    /// The first 64 bits of BLAKE3.
    pub(super) fn finish(&self) -> u64 {
        self.0.finalize().as_bytes().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}
