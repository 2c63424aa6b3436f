//! A user of SNMP 3, whom the owner gives to one run from a file: name, passphrases and kinds. It is in no plan, no log and no message.

use std::fmt;
use std::str::FromStr;

use ring::{digest, hmac};

/// The longest name (RFC 3414, 5, `SnmpAdminString` of 32).
const LONGEST_NAME: usize = 32;
/// Passphrases: the shortest that agents take (RFC 3414, 11.2), and the longest that is read.
const PASSPHRASE: std::ops::RangeInclusive<usize> = 8..=256;
/// Of a passphrase so many bytes are hashed, over and over (RFC 3414, A.2).
const STRETCHED: usize = 1024 * 1024;

/// How messages are authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// HMAC-SHA-96 (RFC 3414, 7).
    Sha1,
    /// HMAC-192-SHA-256 (RFC 7860, 4.1).
    Sha256,
}

/// A user. It cannot be printed or written.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    name: String,
    pub(crate) authentication: Authentication,
    /// Made from passphrases, not yet for one engine (RFC 3414, 2.6).
    key: Vec<u8>,
    privacy: Option<Vec<u8>>,
}

/// Keys for one engine.
pub(crate) struct Keys {
    pub(crate) authentication: Vec<u8>,
    /// AES-128 (RFC 3826, 3.1.2.1).
    pub(crate) privacy: Option<[u8; 16]>,
}

/// A text that is no user. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidUser {
    /// A line is missing, or is another one.
    #[error(
        "a user of SNMP 3 is three lines: `user NAME`, `authentication sha-256 PASSPHRASE`, `privacy aes-128 PASSPHRASE`; the last one may \
         be left out"
    )]
    Lines,
    /// The name is none.
    #[error("a user's name has 1 to {LONGEST_NAME} letters, digits and signs")]
    Name,
    /// A passphrase is too short or too long.
    #[error("a passphrase of SNMP 3 has 8 to 256 characters")]
    Passphrase,
    /// MD5.
    #[error(
        "MD5 is broken, so no question is put with it: let this user authenticate by SHA-256 (or SHA-1, where the device has no other)"
    )]
    Md5,
    /// DES.
    #[error(
        "DES is broken in a day, so that it keeps nothing private: give this user AES-128, or leave the line of privacy out"
    )]
    Des,
    /// Another kind.
    #[error("authentication is sha-256 or sha-1, and privacy is aes-128; others are not known here")]
    Kind,
}

impl User {
    pub(crate) fn name(&self) -> &[u8] {
        self.name.as_bytes()
    }

    pub(crate) const fn is_private(&self) -> bool {
        self.privacy.is_some()
    }

    /// The keys for the engine of this name (RFC 3414, 2.6).
    pub(crate) fn keys(&self, engine: &[u8]) -> Keys {
        let privacy = self.privacy.as_ref().map(|key| self.authentication.localised(key, engine));
        Keys {
            authentication: self.authentication.localised(&self.key, engine),
            privacy: privacy.and_then(|key| key.first_chunk().copied()),
        }
    }
}

impl Authentication {
    const fn digest(self) -> &'static digest::Algorithm {
        match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        }
    }

    /// Bytes of a message's mark.
    pub(crate) const fn length(self) -> usize {
        match self {
            Self::Sha1 => 12,
            Self::Sha256 => 24,
        }
    }

    /// The mark of a message in which the place of the mark is empty.
    pub(crate) fn mark(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        };
        let tag = hmac::sign(&hmac::Key::new(algorithm, key), message);
        tag.as_ref().iter().copied().take(self.length()).collect()
    }

    /// A key from a passphrase (RFC 3414, A.2.2; RFC 7860, 9.3).
    fn key(self, passphrase: &[u8]) -> Vec<u8> {
        let stretched: Vec<u8> = passphrase.iter().copied().cycle().take(STRETCHED).collect();
        digest::digest(self.digest(), &stretched).as_ref().to_vec()
    }

    fn localised(self, key: &[u8], engine: &[u8]) -> Vec<u8> {
        digest::digest(self.digest(), &[key, engine, key].concat()).as_ref().to_vec()
    }
}

impl FromStr for User {
    type Err = InvalidUser;

    fn from_str(text: &str) -> Result<Self, InvalidUser> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let name = lines.next().and_then(|line| line.strip_prefix("user ")).ok_or(InvalidUser::Lines)?.trim();
        let (kind, passphrase) =
            lines.next().and_then(|line| kind(line, "authentication")).ok_or(InvalidUser::Lines)?;
        let authentication = match kind.to_ascii_lowercase().as_str() {
            "sha-256" | "sha256" => Authentication::Sha256,
            "sha-1" | "sha1" | "sha" => Authentication::Sha1,
            "md5" => return Err(InvalidUser::Md5),
            _ => return Err(InvalidUser::Kind),
        };
        let key = authentication.key(checked(passphrase)?);
        let privacy = lines.next().map(|line| kind_of_privacy(line, authentication)).transpose()?;
        if !(1..=LONGEST_NAME).contains(&name.len()) || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidUser::Name);
        }
        if lines.next().is_some() {
            return Err(InvalidUser::Lines);
        }
        Ok(Self { name: name.to_owned(), authentication, key, privacy })
    }
}

fn kind_of_privacy(line: &str, authentication: Authentication) -> Result<Vec<u8>, InvalidUser> {
    let (kind, passphrase) = kind(line, "privacy").ok_or(InvalidUser::Lines)?;
    match kind.to_ascii_lowercase().as_str() {
        "aes-128" | "aes128" | "aes" => Ok(authentication.key(checked(passphrase)?)),
        "des" | "3des" => Err(InvalidUser::Des),
        _ => Err(InvalidUser::Kind),
    }
}

/// What stands behind the first word of a line: a kind and a passphrase, which may have blanks.
fn kind<'a>(line: &'a str, first: &str) -> Option<(&'a str, &'a str)> {
    line.strip_prefix(first)?.strip_prefix(' ')?.trim_start().split_once(' ')
}

fn checked(passphrase: &str) -> Result<&[u8], InvalidUser> {
    let passphrase = passphrase.as_bytes();
    PASSPHRASE.contains(&passphrase.len()).then_some(passphrase).ok_or(InvalidUser::Passphrase)
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn keys_are_those_of_the_standards() {
        let engine = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
        // RFC 3414, A.3.2.
        let sha1 = Authentication::Sha1.key(b"maplesyrup");
        assert_eq!(hex(&sha1), "9fb5cc0381497b3793528939ff788d5d79145211");
        assert_eq!(
            hex(&Authentication::Sha1.localised(&sha1, &engine)),
            "6695febc9288e36282235fc7151f128497b38f3f"
        );
        // RFC 7860 has no vector; a real agent takes such a key in `make ask-servers`.
        assert_eq!(Authentication::Sha256.key(b"maplesyrup").len(), 32);
    }

    #[test]
    fn a_user_is_read_and_never_printed() {
        let text = "user monitor\nauthentication sha-256 one two three\nprivacy aes-128 sesame-4711\n";
        let user: User = text.parse().unwrap();
        assert!(user.is_private() && user.name() == b"monitor");
        assert_eq!(format!("{user:?}"), "User(***)");
        assert_ne!(user, text.replace("three", "threx").parse().unwrap());
        assert!(!"user m\nauthentication sha-1 12345678".parse::<User>().unwrap().is_private());
    }

    #[test]
    fn what_is_no_user_is_refused_with_its_reason_and_is_not_repeated() {
        use InvalidUser as I;
        let auth = "authentication sha-256 sesame-4711";
        for (text, wrong) in [
            ("", I::Lines),
            ("monitor", I::Lines),
            ("user monitor", I::Lines),
            ("user monitor\nauthentication md5 sesame-4711", I::Md5),
            ("user monitor\nauthentication sha-512 sesame-4711", I::Kind),
            ("user monitor\nauthentication sha-256 short", I::Passphrase),
            (&format!("user two words\n{auth}"), I::Name),
            (&format!("user {}\n{auth}", "x".repeat(33)), I::Name),
            (&format!("user m\n{auth}\nprivacy des sesame-4711"), I::Des),
            (&format!("user m\n{auth}\nprivacy aes-256 sesame-4711"), I::Kind),
            (&format!("user m\n{auth}\nprivacy aes-128 sesame-4711\nmore"), I::Lines),
            (&format!("user m\n{auth}\nprivacy"), I::Lines),
        ] {
            let error = text.parse::<User>().unwrap_err();
            assert_eq!(error, wrong, "{text}");
            assert!(!error.to_string().contains("sesame"));
        }
    }
}
