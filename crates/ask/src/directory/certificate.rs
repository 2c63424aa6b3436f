//! The certificate by which a directory shows that it is the one that was meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The fingerprint of a certificate, as `openssl x509 -fingerprint -sha256` writes it: the SHA-256 of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate([u8; 32]);

/// A text that is no fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no fingerprint of a certificate; one has 64 hexadecimal digits (SHA-256), with or without colons: A1:B2:..., as \
     `openssl x509 -noout -fingerprint -sha256` writes it"
)]
pub struct InvalidCertificate(pub String);

impl Certificate {
    /// By the SHA-256 of a certificate's bytes (DER).
    #[must_use]
    pub const fn new(digest: [u8; 32]) -> Self {
        Self(digest)
    }
}

impl FromStr for Certificate {
    type Err = InvalidCertificate;

    fn from_str(text: &str) -> Result<Self, InvalidCertificate> {
        let invalid = || InvalidCertificate(text.chars().take(100).collect());
        let digits: String = text.trim().chars().filter(|c| *c != ':').take(65).collect();
        if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut digest = [0; 32];
        for (byte, two) in digest.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let two = std::str::from_utf8(two).map_err(|_| invalid())?;
            *byte = u8::from_str_radix(two, 16).map_err(|_| invalid())?;
        }
        Ok(Self(digest))
    }
}

impl fmt::Display for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, byte) in self.0.iter().enumerate() {
            let before = if nth == 0 { "" } else { ":" };
            write!(f, "{before}{byte:02X}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Certificate {
    type Error = InvalidCertificate;

    fn try_from(text: String) -> Result<Self, InvalidCertificate> {
        text.parse()
    }
}

impl From<Certificate> for String {
    fn from(certificate: Certificate) -> Self {
        certificate.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn it_is_read_with_and_without_colons_and_written_as_openssl_does() {
        let written = Certificate::new([0xab; 32]).to_string();
        assert!(written.starts_with("AB:AB:") && written.len() == 95);
        for text in
            [written.clone(), written.to_lowercase(), written.replace(':', ""), format!(" {written}\n")]
        {
            assert_eq!(text.parse(), Ok(Certificate::new([0xab; 32])), "{text}");
        }
        for wrong in ["", "SHA256:x", "ABCD", &"g".repeat(64), &"a".repeat(66), &"é".repeat(32)] {
            assert!(wrong.parse::<Certificate>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let _ = text.parse::<Certificate>();
        }
    }
}
