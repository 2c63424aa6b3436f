//! Keys that sign bundles (Ed25519, RFC 8032), and whom a hospital trusts. Not here: what is signed (`bundle`).
//!
//! A private key lies in a file that its owner alone can read, and is never printed. A public key is one line of text; its
//! fingerprint is twelve plain words, so that two people can compare it on the telephone.

use std::fmt;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};

use crate::place;

const PUBLIC: &str = "wardround-public-key:";
const PRIVATE: &str = "wardround-private-key:";

/// 256 short words, one a byte.
const WORDS: &str = include_str!("../data/words.txt");

/// Words of a fingerprint: 96 bits, out of reach for one who looks for a second key with the same words.
const FINGERPRINT_WORDS: usize = 12;

/// The most bytes of a file of keys.
const MAX_BYTES: u64 = 1 << 20;

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The disk refuses, or the file is already there.
    #[error("{}: {source}", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file of ours is in the way.
    #[error("{} is already there; a key is never written over: name another file with --output", .0.display())]
    Exists(PathBuf),
    /// Others can read it.
    #[error("other people can read the private key {}; make it yours alone: chmod 600, and better make a new one", .0.display())]
    Open(PathBuf),
    /// It is not a private key of ours.
    #[error("{} is not a private key of Wardround; make one with `wardround intel key`", .0.display())]
    NotPrivate(PathBuf),
    /// It is not a public key of ours.
    #[error(
        "{0:?} is not a public key; one looks like {PUBLIC}12ab...: `wardround intel key` prints it where the bundle is made"
    )]
    NotPublic(String),
    /// There is no randomness.
    #[error("the system gives no random numbers for a key")]
    Random,
}

/// A key that bundles are checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Whether this key has signed these bytes.
    #[must_use]
    pub fn has_signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(bytes, signature).is_ok()
    }

    /// Its fingerprint in words.
    #[must_use]
    pub fn words(&self) -> String {
        let digest = ring::digest::digest(&ring::digest::SHA256, &self.0);
        let words: Vec<&str> = WORDS.lines().collect();
        let bytes = digest.as_ref().iter().take(FINGERPRINT_WORDS);
        let spoken: Vec<&str> = bytes.filter_map(|&byte| words.get(usize::from(byte)).copied()).collect();
        spoken.join(" ")
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", place::hex(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.trim().strip_prefix(PUBLIC).and_then(place::unhex);
        let key = digits.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        key.map(Self).ok_or_else(|| KeyError::NotPublic(text.chars().take(80).collect()))
    }
}

/// A key that signs. It has no text: it is only read from its file.
pub struct PrivateKey(Ed25519KeyPair);

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(***)")
    }
}

impl PrivateKey {
    /// Makes a key and writes it to a new file, for its owner alone.
    ///
    /// # Errors
    /// When the file is there already or cannot be written.
    pub fn make(path: &Path) -> Result<Self, KeyError> {
        let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|_| KeyError::Random)?;
        let disk = |source: std::io::Error| match source.kind() {
            std::io::ErrorKind::AlreadyExists => KeyError::Exists(path.to_owned()),
            _ => KeyError::Disk { path: path.to_owned(), source },
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(disk)?;
        }
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(disk)?;
        writeln!(file, "{PRIVATE}{}", place::hex(document.as_ref())).map_err(disk)?;
        file.sync_all().map_err(disk)?;
        Self::read(path)
    }

    /// Reads a key from its file.
    ///
    /// # Errors
    /// When others can read the file, or it is not a key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let disk = |source| KeyError::Disk { path: path.to_owned(), source };
        let mode = std::fs::metadata(path).map_err(disk)?.mode();
        if mode & 0o077 != 0 {
            return Err(KeyError::Open(path.to_owned()));
        }
        let bytes = place::read_bounded(path, MAX_BYTES).map_err(disk)?.unwrap_or_default();
        let text = std::str::from_utf8(&bytes).unwrap_or_default();
        let pair = text.trim().strip_prefix(PRIVATE).and_then(place::unhex);
        let pair = pair.and_then(|bytes| Ed25519KeyPair::from_pkcs8(&bytes).ok());
        pair.map(Self).ok_or_else(|| KeyError::NotPrivate(path.to_owned()))
    }

    /// The key that others check with.
    ///
    /// # Errors
    /// Never: an Ed25519 public key has 32 bytes.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        <[u8; 32]>::try_from(self.0.public_key().as_ref()).map(PublicKey).map_err(|_| KeyError::Random)
    }

    /// The signature over these bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.sign(bytes).as_ref().to_vec()
    }
}

/// Whose bundles a hospital takes: a file with a public key a line, `#` before a remark.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trusted {
    keys: Vec<PublicKey>,
}

impl Trusted {
    /// Reads the file; nobody is trusted when there is none.
    ///
    /// # Errors
    /// When a line is not a key.
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let disk = |source| KeyError::Disk { path: path.to_owned(), source };
        let bytes = place::read_bounded(path, MAX_BYTES).map_err(disk)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self { keys: lines.map(str::parse).collect::<Result<_, _>>()? })
    }

    /// Whether a key is trusted.
    #[must_use]
    pub fn contains(&self, key: &PublicKey) -> bool {
        self.keys.contains(key)
    }

    /// Trusts one more; says whether it is new.
    pub fn add(&mut self, key: PublicKey) -> bool {
        let is_new = !self.contains(&key);
        if is_new {
            self.keys.push(key);
        }
        is_new
    }

    /// Keeps it.
    ///
    /// # Errors
    /// When the disk refuses.
    pub fn write(&self, path: &Path) -> Result<(), KeyError> {
        let lines: String = self.keys.iter().map(|key| format!("# {}\n{key}\n", key.words())).collect();
        let text = format!(
            "# Whose intelligence bundles are taken here; delete a line to take no more of them.\n{lines}"
        );
        place::write_aside(path, text.as_bytes())
            .map_err(|source| KeyError::Disk { path: path.to_owned(), source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn there_are_256_words_to_tell_apart() {
        let words: BTreeSet<&str> = WORDS.lines().collect();
        assert_eq!(words.len(), 256);
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
    }

    #[test]
    fn a_key_signs_comes_back_and_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bundle.key");
        let made = PrivateKey::make(&path).unwrap();
        let public = made.public().unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        let signature = PrivateKey::read(&path).unwrap().sign(b"bytes");
        assert!(public.has_signed(b"bytes", &signature) && !public.has_signed(b"bytez", &signature));
        assert_eq!(public.to_string().parse::<PublicKey>().unwrap(), public);
        assert_eq!(public.words().split(' ').count(), 12);
        assert!(!format!("{made:?}").contains(&public.to_string()[30..]));
        assert!(matches!(PrivateKey::make(&path), Err(KeyError::Exists(_))));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(PrivateKey::read(&path), Err(KeyError::Open(_))));
        assert!("wardround-public-key:12".parse::<PublicKey>().is_err());
    }

    #[test]
    fn those_who_are_trusted_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trusted-keys");
        let mut trusted = Trusted::read(&path).unwrap();
        let key = PrivateKey::make(&folder.path().join("k")).unwrap().public().unwrap();
        assert!(!trusted.contains(&key) && trusted.add(key) && !trusted.add(key));
        trusted.write(&path).unwrap();
        assert_eq!(Trusted::read(&path).unwrap(), trusted);
        std::fs::write(&path, "somebody\n").unwrap();
        assert!(Trusted::read(&path).is_err());
    }
}
