//! A page inside TLS 1.2 (RFC 5246), for the one purpose of asking a server who it is.
//!
//! It goes on from the same `ClientHello` that a bare question of TLS says, so that old servers tell as much as they do there: what they
//! chose, and their certificate, are read from what they say in clear. Only where a server chose one of the suites of today (ECDHE with
//! AES-GCM or ChaCha20) and wants no certificate of ours, the handshake is finished and one request is said inside.
//!
//! **The certificate is not verified, and its signature over the exchange of keys is not looked at**: nothing secret is said, and what is
//! read is only what somebody at that address says of himself, as in a page without TLS (decision 0027). No session is kept.

mod flight;
mod seal;
mod secret;
#[cfg(test)]
mod tests;

use ring::agreement::{
    Algorithm, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral,
};
use ring::rand::SystemRandom;

use flight::Flight;
use seal::{RECORD_HEADER, Seal};
use secret::Secret;

/// Kinds of records (RFC 5246, 6.2.1).
const CHANGE_CIPHER_SPEC: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const APPLICATION_DATA: u8 = 23;
/// Kinds of messages of a handshake (RFC 5246, 7.4).
const CLIENT_KEY_EXCHANGE: u8 = 16;
const FINISHED: u8 = 20;
/// A fatal warning-free end (RFC 5246, 7.2.1).
const CLOSE_NOTIFY: &[u8] = &[1, 0];
/// Bytes of what proves a handshake (RFC 5246, 7.4.9).
const PROOF: usize = 12;
/// The longest record that is taken: 2^14 of content, and what a cipher may add (RFC 5246, 6.2.3).
const MOST_RECORD: usize = (1 << 14) + 2048;

/// A talk inside TLS, from the server's first flight on.
pub(crate) struct Secured {
    secret: Secret,
    out: Seal,
    inward: Seal,
    /// What must have been said, for the server's proof.
    said: Vec<u8>,
    stage: Stage,
    /// What came and is not read yet.
    waiting: Vec<u8>,
    /// What the server said inside.
    heard: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the server's change to the keys.
    Clear,
    /// Its proof is to come.
    Proof,
    /// Both proved that they have the keys.
    Open,
    /// The server ended.
    Ended,
}

/// What came is no talk of TLS that we know; nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

impl Secured {
    /// Goes on behind a `ClientHello` (its whole record) and the first flight of the server; gives what is to be said next. Nothing where
    /// the server chose what we do not finish.
    pub(crate) fn begin(hello: &[u8], flight: &[u8]) -> Option<(Self, Vec<u8>)> {
        let flight = Flight::read(flight)?;
        let private = EphemeralPrivateKey::generate(curve(flight.curve)?, &SystemRandom::new()).ok()?;
        let public = private.compute_public_key().ok()?;
        let exchange = message(CLIENT_KEY_EXCHANGE, &sized(public.as_ref())?)?;
        let hash = flight.suite.hash;
        let mut said = hello.get(RECORD_HEADER..)?.to_vec();
        let client_random: [u8; 32] = said.get(6..38)?.try_into().ok()?;
        said.extend_from_slice(&flight.messages);
        said.extend_from_slice(&exchange);
        let theirs = UnparsedPublicKey::new(private.algorithm(), &flight.point);
        let randoms = (&client_random, &flight.random);
        let secret = agree_ephemeral(private, &theirs, |shared| {
            let session = flight.is_extended.then(|| hash.of(&said));
            Secret::new(hash, shared, randoms, session.as_deref())
        });
        let secret = secret.ok()?;
        let (mut out, inward) = seal::pair(flight.suite, &secret, randoms)?;
        let finished = message(FINISHED, &secret.prove(b"client finished", &hash.of(&said), PROOF))?;
        said.extend_from_slice(&finished);
        let mut next = record(HANDSHAKE, &exchange)?;
        next.extend_from_slice(&record(CHANGE_CIPHER_SPEC, &[1])?);
        next.extend_from_slice(&out.seal(HANDSHAKE, &finished)?);
        let stage = Stage::Clear;
        Some((Self { secret, out, inward, said, stage, waiting: Vec::new(), heard: Vec::new() }, next))
    }

    /// Takes what came.
    ///
    /// # Errors
    /// Where it is not what a server says now, or one bit of it was changed.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Result<(), Broken> {
        self.waiting.extend_from_slice(bytes);
        while let Some((kind, content)) = self.next_record()? {
            self.take(kind, content)?;
        }
        Ok(())
    }

    fn next_record(&mut self) -> Result<Option<(u8, Vec<u8>)>, Broken> {
        let [kind, _, _, high, low, rest @ ..] = self.waiting.as_slice() else { return Ok(None) };
        let (kind, length) = (*kind, usize::from(u16::from_be_bytes([*high, *low])));
        if length > MOST_RECORD {
            return Err(Broken);
        }
        let Some(content) = rest.get(..length) else { return Ok(None) };
        let content = content.to_vec();
        drop(self.waiting.drain(..RECORD_HEADER.saturating_add(length)));
        Ok(Some((kind, content)))
    }

    fn take(&mut self, kind: u8, content: Vec<u8>) -> Result<(), Broken> {
        if self.stage == Stage::Clear {
            return match (kind, content.as_slice()) {
                (CHANGE_CIPHER_SPEC, [1]) => {
                    self.stage = Stage::Proof;
                    Ok(())
                }
                _ => Err(Broken),
            };
        }
        let content = self.inward.open(kind, content).ok_or(Broken)?;
        match (self.stage, kind) {
            (Stage::Proof, HANDSHAKE) => self.check(&content),
            (Stage::Open, APPLICATION_DATA) => {
                self.heard.extend_from_slice(&content);
                Ok(())
            }
            (_, ALERT) => {
                self.stage = Stage::Ended;
                Ok(())
            }
            (Stage::Ended, _) => Ok(()),
            _ => Err(Broken),
        }
    }

    /// The server's proof that it said and heard the same, and has the keys.
    fn check(&mut self, content: &[u8]) -> Result<(), Broken> {
        let hash = self.secret.hash().of(&self.said);
        let expected = message(FINISHED, &self.secret.prove(b"server finished", &hash, PROOF));
        self.stage = if expected.as_deref() == Some(content) { Stage::Open } else { return Err(Broken) };
        Ok(())
    }

    /// Whether a request can be said now.
    pub(crate) fn is_open(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Whether the server ended in order.
    pub(crate) fn is_ended(&self) -> bool {
        self.stage == Stage::Ended
    }

    /// What was heard inside.
    pub(crate) fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// The request, sealed.
    pub(crate) fn say(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        self.out.seal(APPLICATION_DATA, request)
    }

    /// The end in order, sealed.
    pub(crate) fn farewell(&mut self) -> Option<Vec<u8>> {
        self.out.seal(ALERT, CLOSE_NOTIFY)
    }
}

/// Curves by their number (RFC 8422, 5.1.1).
fn curve(number: u16) -> Option<&'static Algorithm> {
    match number {
        29 => Some(&X25519),
        23 => Some(&ECDH_P256),
        24 => Some(&ECDH_P384),
        _ => None,
    }
}

/// Bytes behind their length in one byte.
fn sized(bytes: &[u8]) -> Option<Vec<u8>> {
    Some([&[u8::try_from(bytes.len()).ok()?], bytes].concat())
}

/// A message of a handshake behind its kind and its length in three bytes.
fn message(kind: u8, body: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(body.len()).ok()?.to_be_bytes();
    Some([&[kind, 0, high, low], body].concat())
}

/// A record in clear.
fn record(kind: u8, content: &[u8]) -> Option<Vec<u8>> {
    let [high, low] = u16::try_from(content.len()).ok()?.to_be_bytes();
    Some([&[kind, 3, 3, high, low], content].concat())
}
