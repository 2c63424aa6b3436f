//! The OpenPGP signature beside an advisory. Not here: the format (`openpgp`).
//!
//! A provider's keys are those that its metadata names over TLS. With `key-fingerprint` in the list of sources only that one
//! counts, and an advisory without its signature is refused.

use super::Work;
use crate::download::Fresh;
use crate::error::FetchError;
use crate::lists::{Document, Provider};
use crate::openpgp::{Certificate, OpenPgpError};
use crate::place;

/// The most bytes of a key or a signature.
const MAX_BYTES: u64 = 1 << 20;

/// What stood beside an advisory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A signature by the publisher.
    Right,
    /// None.
    None,
    /// There is no key, or none of a kind that is checked.
    CannotCheck,
}

/// The keys of one provider.
pub(super) struct Keys {
    certificates: Vec<Certificate>,
    /// Whether the hospital has said which key it must be.
    pinned: bool,
}

impl Keys {
    /// Fetches the keys that a provider names.
    pub(super) fn of(work: &mut Work<'_>, base: &str, provider: &Provider) -> Result<Self, FetchError> {
        let pin = work.source.key_fingerprint.as_deref().map(plain);
        let mut certificates = Vec::new();
        for key in &provider.keys {
            let url = work.refer(base, &key.url)?;
            let stated = key.fingerprint.as_deref().map(plain);
            let fetched = work.fetcher.bytes(&url, MAX_BYTES).map(|bytes| Certificate::parse(&bytes));
            match fetched {
                Ok(Ok(certificate)) => {
                    let is = |wanted: &Option<String>| {
                        wanted.as_deref().is_none_or(|wanted| wanted == certificate.fingerprint())
                    };
                    if is(&stated) && is(&pin) {
                        certificates.push(certificate);
                    } else {
                        work.note(format!("the key at {url} does not have the fingerprint that is stated for it; it is not used"));
                    }
                }
                Ok(Err(error)) => work.note(format!("the key at {url} is not used: {error}")),
                Err(error) => work.note(format!("a key could not be fetched: {error}")),
            }
        }
        if pin.is_some() && certificates.is_empty() {
            let reason = "none of its keys has the fingerprint that the list of sources asks for".to_owned();
            return Err(FetchError::Signature { url: base.to_owned(), reason });
        }
        Ok(Self { certificates, pinned: pin.is_some() })
    }

    /// Checks the signature at `url` over a document that has come.
    pub(super) fn check(
        &self,
        work: &Work<'_>,
        url: &str,
        document: &Document,
        fresh: &Fresh,
    ) -> Result<Found, FetchError> {
        if self.certificates.is_empty() {
            return Ok(Found::CannotCheck);
        }
        let wrong = |reason: String| FetchError::Signature { url: document.url.clone(), reason };
        let signature = match work.fetcher.bytes(url, MAX_BYTES) {
            Err(FetchError::Status { status: 404 | 410, .. }) if !self.pinned => return Ok(Found::None),
            Err(FetchError::Status { status: 404 | 410, .. }) => {
                return Err(wrong("there is none".to_owned()));
            }
            signature => signature?,
        };
        let limit = work.fetcher.limit;
        let data = place::read_bounded(&fresh.path, limit).map_err(FetchError::disk(&fresh.path))?;
        let data = data.unwrap_or_default();
        let tried = self.certificates.iter().map(|certificate| certificate.verify(&data, &signature));
        let mut last = OpenPgpError::Wrong;
        for result in tried {
            match result {
                Ok(()) => return Ok(Found::Right),
                Err(error) => last = error,
            }
        }
        match last {
            OpenPgpError::Unsupported(_) if !self.pinned => Ok(Found::CannotCheck),
            error => Err(wrong(error.to_string())),
        }
    }
}

/// A fingerprint without spaces, in small letters.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_hexdigit).map(|letter| letter.to_ascii_lowercase()).collect()
}
