//! The master secret and what is made from it (RFC 5246, 5 and 8.1; RFC 7627).

use ring::digest::{SHA256, SHA384, digest};
use ring::hmac::{HMAC_SHA256, HMAC_SHA384, Key, sign};

/// Bytes of a master secret.
const LENGTH: usize = 48;

/// The hash of a suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    Sha256,
    Sha384,
}

impl Hash {
    pub(super) fn of(self, bytes: &[u8]) -> Vec<u8> {
        digest(if self == Self::Sha256 { &SHA256 } else { &SHA384 }, bytes).as_ref().to_vec()
    }

    fn key(self, secret: &[u8]) -> Key {
        Key::new(if self == Self::Sha256 { HMAC_SHA256 } else { HMAC_SHA384 }, secret)
    }

    /// `PRF` (RFC 5246, 5).
    fn spread(self, secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
        let (key, seed) = (self.key(secret), [label, seed].concat());
        let (mut spread, mut turn) = (Vec::new(), sign(&key, &seed));
        while spread.len() < length {
            spread.extend_from_slice(sign(&key, &[turn.as_ref(), &seed].concat()).as_ref());
            turn = sign(&key, turn.as_ref());
        }
        spread.truncate(length);
        spread
    }
}

/// What both sides have, and nobody else.
pub(super) struct Secret {
    hash: Hash,
    master: Vec<u8>,
}

impl Secret {
    /// From what the exchange of keys gave; `session` is the hash of all that was said, where the server makes it of that.
    pub(super) fn new(
        hash: Hash,
        shared: &[u8],
        (client, server): (&[u8; 32], &[u8; 32]),
        session: Option<&[u8]>,
    ) -> Self {
        let master = match session {
            Some(session) => hash.spread(shared, b"extended master secret", session, LENGTH),
            None => hash.spread(shared, b"master secret", &[client.as_slice(), server].concat(), LENGTH),
        };
        Self { hash, master }
    }

    pub(super) const fn hash(&self) -> Hash {
        self.hash
    }

    /// Keys for both directions, one behind the other.
    pub(super) fn keys(&self, (client, server): (&[u8; 32], &[u8; 32]), length: usize) -> Vec<u8> {
        self.hash.spread(&self.master, b"key expansion", &[server.as_slice(), client].concat(), length)
    }

    /// The proof of one side over the hash of what was said.
    pub(super) fn prove(&self, label: &[u8], said: &[u8], length: usize) -> Vec<u8> {
        self.hash.spread(&self.master, label, said, length)
    }
}
