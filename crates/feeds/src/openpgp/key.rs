//! A published key with its subkeys, and the check of a signature against them.

use ring::digest::{self, Algorithm};
use ring::signature::{
    ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};

use super::OpenPgpError;
use super::armor;
use super::packet::{Reader, Tag, new_length, packets};
use crate::place;

/// The most subkeys of one key.
const MAX_KEYS: usize = 32;

/// Ed25519 as an object identifier (RFC 9580, section 9.2).
const ED25519_OID: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01];

/// A publisher's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    fingerprint: String,
    keys: Vec<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    Ed25519(Vec<u8>),
}

impl Certificate {
    /// Reads a public key, armored or not. Of several, the first counts.
    ///
    /// # Errors
    /// When it is no key, withdrawn, or of a kind that is not checked.
    pub fn parse(text: &[u8]) -> Result<Self, OpenPgpError> {
        let malformed = OpenPgpError::Malformed("key");
        let bytes = armor::bytes(text, "key")?;
        let packets = packets(&bytes).ok_or(malformed.clone())?;
        let mut packets = packets.into_iter();
        let Some((Tag::PublicKey, primary_body)) = packets.next() else { return Err(malformed) };
        let primary = Key::parse(primary_body).ok_or(OpenPgpError::Unsupported("the key"))?;
        let fingerprint = place::hex(sha1(&framed(primary_body)).as_ref());
        let mut keys = vec![primary.clone()];
        let mut subkey: Option<&[u8]> = None;
        for (tag, body) in packets.take_while(|(tag, _)| *tag != Tag::PublicKey) {
            match tag {
                Tag::PublicSubkey => subkey = Some(body),
                Tag::Signature => match Bound::by(&primary, primary_body, subkey, body) {
                    Bound::Revoked => return Err(OpenPgpError::Revoked),
                    Bound::Signs(key) if keys.len() < MAX_KEYS => keys.push(key),
                    Bound::Signs(_) | Bound::Nothing => {}
                },
                Tag::PublicKey | Tag::Other => {}
            }
        }
        Ok(Self { fingerprint, keys })
    }

    /// The fingerprint of the primary key, in small hexadecimal letters.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Checks a detached signature over these bytes.
    ///
    /// # Errors
    /// When it is no signature, of a kind that is not checked, or not made by this key.
    pub fn verify(&self, data: &[u8], signature: &[u8]) -> Result<(), OpenPgpError> {
        let bytes = armor::bytes(signature, "signature")?;
        let packets = packets(&bytes).ok_or(OpenPgpError::Malformed("signature"))?;
        let mut found = OpenPgpError::Malformed("signature");
        for (_, body) in packets.iter().filter(|(tag, _)| *tag == Tag::Signature).take(MAX_KEYS) {
            let signature = Signature::parse(body)?;
            if signature.kind != Signature::OF_BYTES {
                return Err(OpenPgpError::Unsupported("the signature"));
            }
            if self.keys.iter().any(|key| signature.is_by(key, data)) {
                return Ok(());
            }
            found = OpenPgpError::Wrong;
        }
        Err(found)
    }
}

impl Key {
    fn parse(body: &[u8]) -> Option<Self> {
        let mut reader = Reader(body);
        if reader.u8()? != 4 {
            return None;
        }
        let _made_at = reader.take(4)?;
        match reader.u8()? {
            1 | 3 => {
                let (modulus, exponent) = (reader.number()?.to_vec(), reader.number()?.to_vec());
                Some(Self::Rsa { modulus, exponent })
            }
            22 => {
                let length = usize::from(reader.u8()?);
                let curve = reader.take(length)?;
                let point = reader.number()?.strip_prefix(&[0x40])?;
                (curve == ED25519_OID && point.len() == 32).then(|| Self::Ed25519(point.to_vec()))
            }
            27 => Some(Self::Ed25519(reader.take(32)?.to_vec())),
            _ => None,
        }
    }
}

/// What a signature inside a certificate says.
enum Bound {
    /// The primary key is withdrawn.
    Revoked,
    /// The subkey may sign.
    Signs(Key),
    /// Nothing that matters here, or nothing that the primary key has said.
    Nothing,
}

impl Bound {
    fn by(primary: &Key, primary_body: &[u8], subkey: Option<&[u8]>, signature: &[u8]) -> Self {
        let Ok(signature) = Signature::parse(signature) else { return Self::Nothing };
        match (signature.kind, subkey) {
            (Signature::REVOKES, _) if signature.is_by(primary, &framed(primary_body)) => Self::Revoked,
            (Signature::BINDS, Some(body)) if signature.allows_signing() => {
                let data = [framed(primary_body), framed(body)].concat();
                let key = Key::parse(body).filter(|_| signature.is_by(primary, &data));
                key.map_or(Self::Nothing, Self::Signs)
            }
            _ => Self::Nothing,
        }
    }
}

/// A key as signatures and fingerprints cover it.
fn framed(body: &[u8]) -> Vec<u8> {
    let length = u16::try_from(body.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[0x99][..], &length, body].concat()
}

fn sha1(bytes: &[u8]) -> digest::Digest {
    digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes)
}

struct Signature<'a> {
    kind: u8,
    hash: Hash,
    /// From the version to the end of the hashed part.
    hashed: &'a [u8],
    subpackets: &'a [u8],
    values: Values<'a>,
}

enum Values<'a> {
    Rsa(&'a [u8]),
    Ed25519(Vec<u8>),
}

#[derive(Clone, Copy)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn parts(self) -> (&'static Algorithm, &'static RsaParameters) {
        match self {
            Self::Sha256 => (&digest::SHA256, &RSA_PKCS1_2048_8192_SHA256),
            Self::Sha384 => (&digest::SHA384, &RSA_PKCS1_2048_8192_SHA384),
            Self::Sha512 => (&digest::SHA512, &RSA_PKCS1_2048_8192_SHA512),
        }
    }
}

impl<'a> Signature<'a> {
    const OF_BYTES: u8 = 0x00;
    const BINDS: u8 = 0x18;
    const REVOKES: u8 = 0x20;

    fn parse(body: &'a [u8]) -> Result<Self, OpenPgpError> {
        let malformed = || OpenPgpError::Malformed("signature");
        let unsupported = || OpenPgpError::Unsupported("the signature");
        let mut reader = Reader(body);
        let mut next = || reader.u8().ok_or_else(malformed);
        let (version, kind, algorithm, hash) = (next()?, next()?, next()?, next()?);
        let hash = match hash {
            8 => Hash::Sha256,
            9 => Hash::Sha384,
            10 => Hash::Sha512,
            _ => return Err(unsupported()),
        };
        if version != 4 {
            return Err(unsupported());
        }
        let parts = |reader: &mut Reader<'a>| {
            let length = usize::from(reader.u16()?);
            let subpackets = reader.take(length)?;
            let hashed = body.get(..body.len() - reader.0.len())?;
            let unhashed = usize::from(reader.u16()?);
            let _passed_over = (reader.take(unhashed)?, reader.take(2)?);
            Some((hashed, subpackets))
        };
        let (hashed, subpackets) = parts(&mut reader).ok_or_else(malformed)?;
        let values = Values::parse(algorithm, &mut reader).ok_or_else(unsupported)?;
        Ok(Self { kind, hash, hashed, subpackets, values })
    }

    /// Whether this key has made it over this data.
    fn is_by(&self, key: &Key, data: &[u8]) -> bool {
        let length = u32::try_from(self.hashed.len()).unwrap_or(u32::MAX).to_be_bytes();
        let message = [data, self.hashed, &[4, 0xff], &length].concat();
        let (algorithm, parameters) = self.hash.parts();
        match (key, &self.values) {
            (Key::Rsa { modulus, exponent }, Values::Rsa(value)) => {
                let Some(padded) = padded(value, modulus.len()) else { return false };
                RsaPublicKeyComponents { n: modulus, e: exponent }
                    .verify(parameters, &message, &padded)
                    .is_ok()
            }
            (Key::Ed25519(point), Values::Ed25519(value)) => {
                let digest = digest::digest(algorithm, &message);
                UnparsedPublicKey::new(&ED25519, point).verify(digest.as_ref(), value).is_ok()
            }
            _ => false,
        }
    }

    /// Whether the key that it binds may sign data (key flags, section 5.2.3.29).
    fn allows_signing(&self) -> bool {
        let mut reader = Reader(self.subpackets);
        while let Some(length) = new_length(&mut reader) {
            match reader.take(length) {
                Some([27 | 0x9b, flags, ..]) => return flags & 0x02 != 0,
                Some(_) => {}
                None => return false,
            }
        }
        false
    }
}

impl<'a> Values<'a> {
    fn parse(algorithm: u8, reader: &mut Reader<'a>) -> Option<Self> {
        match algorithm {
            1 | 3 => reader.number().map(Self::Rsa),
            22 => {
                let (first, second) = (padded(reader.number()?, 32)?, padded(reader.number()?, 32)?);
                Some(Self::Ed25519([first, second].concat()))
            }
            27 => reader.take(64).map(|value| Self::Ed25519(value.to_vec())),
            _ => None,
        }
    }
}

/// A number in so many bytes: leading zeros are left out where it is written.
fn padded(value: &[u8], length: usize) -> Option<Vec<u8>> {
    let missing = length.checked_sub(value.len())?;
    Some([vec![0; missing].as_slice(), value].concat())
}
