//! The key by which a server shows that it is the one that was meant.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::{Deserialize, Serialize};

/// A kind of key of a server (RFC 8709, RFC 5656, RFC 4253 with RFC 8332).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HostKeyKind {
    /// Ed25519.
    Ed25519,
    /// ECDSA over P-256.
    EcdsaP256,
    /// RSA, with signatures over SHA-2 alone.
    Rsa,
}

impl HostKeyKind {
    /// All of them, the first wanted first.
    pub const ALL: &[Self] = &[Self::Ed25519, Self::EcdsaP256, Self::Rsa];

    /// Its name, as in `known_hosts`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
            Self::Rsa => "ssh-rsa",
        }
    }
}

/// The fingerprint of a server's key, as `ssh-keygen -l` writes it: SHA-256 of the key, in Base64 without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostKey {
    kind: Option<HostKeyKind>,
    digest: [u8; 32],
}

/// A text that is no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no fingerprint of a server's key; one looks like SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8, as `ssh-keygen -l` \
     writes it"
)]
pub struct InvalidHostKey(pub String);

impl HostKey {
    /// A key of this kind, by the SHA-256 of it.
    #[must_use]
    pub const fn new(kind: HostKeyKind, digest: [u8; 32]) -> Self {
        Self { kind: Some(kind), digest }
    }

    /// Its kind, where it is known: a person may give the fingerprint alone.
    #[must_use]
    pub const fn kind(self) -> Option<HostKeyKind> {
        self.kind
    }

    /// Whether a server showed the key that was meant.
    #[must_use]
    pub fn is(self, shown: Self) -> bool {
        self.digest == shown.digest && (self.kind.is_none() || self.kind == shown.kind)
    }
}

impl FromStr for HostKey {
    type Err = InvalidHostKey;

    fn from_str(text: &str) -> Result<Self, InvalidHostKey> {
        let invalid = || InvalidHostKey(text.chars().take(80).collect());
        let (kind, fingerprint) = match text.trim().split_once(' ') {
            Some((code, rest)) => {
                let kind = HostKeyKind::ALL.iter().find(|kind| kind.code() == code);
                (Some(*kind.ok_or_else(invalid)?), rest)
            }
            None => (None, text.trim()),
        };
        let digits = fingerprint.strip_prefix("SHA256:").ok_or_else(invalid)?;
        let digest = STANDARD_NO_PAD.decode(digits.trim_end_matches('=')).map_err(|_| invalid())?;
        Ok(Self { kind, digest: digest.try_into().map_err(|_| invalid())? })
    }
}

impl fmt::Display for HostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.kind {
            write!(f, "{} ", kind.code())?;
        }
        write!(f, "SHA256:{}", STANDARD_NO_PAD.encode(self.digest))
    }
}

impl TryFrom<String> for HostKey {
    type Error = InvalidHostKey;

    fn try_from(text: String) -> Result<Self, InvalidHostKey> {
        text.parse()
    }
}

impl From<HostKey> for String {
    fn from(key: HostKey) -> Self {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        for wrong in [
            "",
            "SHA256:",
            "MD5:00:11",
            "SHA256:AAAA",
            "ssh-dss SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
        ] {
            assert!(wrong.parse::<HostKey>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fingerprint_without_a_kind_fits_each_kind_and_no_other_key() {
        let shown = HostKey::new(HostKeyKind::Ed25519, [7; 32]);
        let given: HostKey = shown.to_string().split_once(' ').unwrap().1.parse().unwrap();
        assert!(given.is(shown) && shown.is(shown));
        assert!(
            !shown.is(HostKey::new(HostKeyKind::Rsa, [7; 32]))
                && !given.is(HostKey::new(HostKeyKind::Rsa, [8; 32]))
        );
    }

    proptest! {
        #[test]
        fn it_is_read_as_it_was_written(digest: [u8; 32], kind in 0_usize..3) {
            let key = HostKey::new(HostKeyKind::ALL[kind], digest);
            prop_assert_eq!(key.to_string().parse::<HostKey>().unwrap(), key);
        }
    }
}
