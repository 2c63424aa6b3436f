//! The key that the owner of servers gives for reading. It is given to one run, and is in no plan, no log and no message.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest file of a key; ours have some 500 bytes.
const LONGEST: usize = 16 * 1024;
/// How the file begins and ends (OpenSSH, `PROTOCOL.key`).
const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
const MAGIC: &[u8] = b"openssh-key-v1\0";

/// The private part, by its kind.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// Ed25519 (RFC 8709): the seed and the public key.
    Ed25519([u8; 32], [u8; 32]),
    /// ECDSA over P-256 (RFC 5656): the number, and the point as it is written without compression.
    EcdsaP256([u8; 32], [u8; 65]),
}

/// A key. It cannot be printed or written.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadKey(Secret);

/// Why a text is no key that can be used. Nothing of it is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidReadKey {
    /// It is something else.
    #[error("it is no private key as `ssh-keygen` writes one")]
    NoKey,
    /// It wants a passphrase.
    #[error(
        "the key is locked by a passphrase; make one for reading alone: ssh-keygen -t ed25519 -N '' -f FILE"
    )]
    Locked,
    /// It is of a kind that is not used.
    #[error("the key is of another kind; make one for reading alone: ssh-keygen -t ed25519 -N '' -f FILE")]
    Kind,
}

impl ReadKey {
    /// A key of Ed25519 that was made elsewhere.
    #[must_use]
    pub const fn ed25519(seed: [u8; 32], public: [u8; 32]) -> Self {
        Self(Secret::Ed25519(seed, public))
    }

    /// The public part, as it is sent (RFC 4253, 6.6; RFC 8709, 4; RFC 5656, 3.1).
    #[must_use]
    pub fn public(&self) -> Vec<u8> {
        let parts: Vec<&[u8]> = match &self.0 {
            Secret::Ed25519(_, point) => vec![self.kind().as_bytes(), point],
            Secret::EcdsaP256(_, point) => vec![self.kind().as_bytes(), b"nistp256", point],
        };
        let string = |part: &&[u8]| [&u32::try_from(part.len()).unwrap_or(0).to_be_bytes(), *part].concat();
        parts.iter().flat_map(string).collect()
    }

    /// The public part as a line of `authorized_keys`, under a name.
    #[must_use]
    pub fn public_line(&self, name: &str) -> String {
        format!("{} {} {name}", self.kind(), STANDARD.encode(self.public()))
    }

    /// The private part, for signing.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.0
    }

    /// The name of its kind (RFC 4253, 6.6).
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self.0 {
            Secret::Ed25519(..) => "ssh-ed25519",
            Secret::EcdsaP256(..) => "ecdsa-sha2-nistp256",
        }
    }
}

impl fmt::Debug for ReadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadKey(***)")
    }
}

impl FromStr for ReadKey {
    type Err = InvalidReadKey;

    fn from_str(text: &str) -> Result<Self, InvalidReadKey> {
        let body = text.get(..LONGEST).unwrap_or(text).trim().strip_prefix(BEGIN);
        let body = body.and_then(|body| body.strip_suffix(END)).ok_or(InvalidReadKey::NoKey)?;
        let digits: String = body.split_whitespace().collect();
        let bytes = STANDARD.decode(digits).map_err(|_| InvalidReadKey::NoKey)?;
        let mut parts = Parts(bytes.strip_prefix(MAGIC).ok_or(InvalidReadKey::NoKey)?);
        let cipher = parts.string().ok_or(InvalidReadKey::NoKey)?;
        if cipher != b"none" {
            return Err(InvalidReadKey::Locked);
        }
        let private = parts.private().ok_or(InvalidReadKey::NoKey)?;
        let mut parts = Parts(private);
        parts.checked().ok_or(InvalidReadKey::NoKey)?;
        match parts.string() {
            Some(b"ssh-ed25519") => parts.ed25519().ok_or(InvalidReadKey::NoKey).map(Self),
            Some(b"ecdsa-sha2-nistp256") => parts.ecdsa().ok_or(InvalidReadKey::NoKey).map(Self),
            Some(_) => Err(InvalidReadKey::Kind),
            None => Err(InvalidReadKey::NoKey),
        }
    }
}

/// The rest of a key's bytes: numbers and texts behind their lengths (RFC 4251, 5).
struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// Behind the cipher: how it was locked, one key, its public part, its private part.
    fn private(&mut self) -> Option<&'a [u8]> {
        self.string()?;
        self.string()?;
        if self.number()? != 1 {
            return None;
        }
        self.string()?;
        self.string()
    }

    /// The same number twice.
    fn checked(&mut self) -> Option<()> {
        (self.number()? == self.number()?).then_some(())
    }

    fn ed25519(&mut self) -> Option<Secret> {
        let public: [u8; 32] = self.string()?.try_into().ok()?;
        let both: [u8; 64] = self.string()?.try_into().ok()?;
        let (seed, again) = both.split_first_chunk::<32>()?;
        (again == public).then_some(Secret::Ed25519(*seed, public))
    }

    fn ecdsa(&mut self) -> Option<Secret> {
        if self.string()? != b"nistp256" {
            return None;
        }
        let point: [u8; 65] = self.string()?.try_into().ok()?;
        let digits = self.string()?;
        // A number that begins with a set bit has a zero before it, and zeros before others are left out.
        let digits = digits.strip_prefix(&[0]).unwrap_or(digits);
        let mut number = [0; 32];
        let room = number.get_mut(32_usize.checked_sub(digits.len())?..)?;
        room.copy_from_slice(digits);
        Some(Secret::EcdsaP256(number, point))
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    /// A file of a key, which is made here so that none stands in the tree.
    pub(crate) fn file(cipher: &str, kind: &str, parts: &[&[u8]]) -> String {
        let parts: Vec<u8> = parts.iter().flat_map(|part| string(part)).collect();
        let private = [
            [0, 0, 0, 9, 0, 0, 0, 9].as_slice(),
            &string(kind.as_bytes()),
            &parts,
            &string(b"name"),
            &[1, 2],
        ]
        .concat();
        let all = [
            MAGIC,
            &string(cipher.as_bytes()),
            &string(b"none"),
            &string(b""),
            &[0, 0, 0, 1],
            &string(b"public"),
            &string(&private),
        ];
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(all.concat()))
    }

    #[test]
    fn keys_of_two_kinds_are_read_and_never_printed() {
        let key: ReadKey =
            file("none", "ssh-ed25519", &[&[7; 32], &[[3; 32], [7; 32]].concat()]).parse().unwrap();
        assert!(*key.secret() == Secret::Ed25519([3; 32], [7; 32]));
        assert_eq!(format!("{key:?}"), "ReadKey(***)");
        let number = [&[0], [0x80; 32].as_slice()].concat();
        let key: ReadKey =
            file("none", "ecdsa-sha2-nistp256", &[b"nistp256", &[4; 65], &number]).parse().unwrap();
        assert!(*key.secret() == Secret::EcdsaP256([0x80; 32], [4; 65]));
    }

    #[test]
    fn other_keys_are_refused_in_words_that_repeat_nothing() {
        let refused = |text: &str| text.parse::<ReadKey>().unwrap_err();
        assert_eq!(refused("sesame"), InvalidReadKey::NoKey);
        assert_eq!(refused(&file("aes256-ctr", "ssh-ed25519", &[])), InvalidReadKey::Locked);
        assert_eq!(refused(&file("none", "ssh-rsa", &[b"sesame"])), InvalidReadKey::Kind);
        assert_eq!(refused(&file("none", "ssh-ed25519", &[&[7; 32], &[3; 64]])), InvalidReadKey::NoKey);
        assert!(!refused("sesame").to_string().contains("sesame"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(bytes: Vec<u8>, text: String) {
            let _ = text.parse::<ReadKey>();
            let _ = format!("{BEGIN}\n{}\n{END}", STANDARD.encode([MAGIC, &bytes].concat())).parse::<ReadKey>();
        }
    }
}
