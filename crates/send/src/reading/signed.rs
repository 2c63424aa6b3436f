//! Signatures: the server's over the exchange of keys, and ours with the owner's key.

use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512, RsaPublicKeyComponents, UnparsedPublicKey,
};
use wardround_ask::reading::{HostKey, HostKeyKind, ReadKey, Secret};

use super::parts::{Parts, large, string};

/// The server's key, where it signed `text` in the way that was agreed.
pub(super) fn verify(key: &[u8], agreed: &str, signature: &[u8], text: &[u8]) -> Option<HostKey> {
    let (mut of_key, mut of_signature) = (Parts(key), Parts(signature));
    let (kind, way) = (of_key.string()?, of_signature.string()?);
    if way != agreed.as_bytes() {
        return None;
    }
    let signature = of_signature.string()?;
    let kind = match (kind, agreed) {
        (b"ssh-ed25519", "ssh-ed25519") => {
            UnparsedPublicKey::new(&ED25519, of_key.string()?).verify(text, signature).ok()?;
            HostKeyKind::Ed25519
        }
        (b"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256") => {
            of_key.string().filter(|curve| *curve == b"nistp256")?;
            let mut numbers = Parts(signature);
            let both = [numbers.large::<32>()?, numbers.large::<32>()?].concat();
            UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, of_key.string()?).verify(text, &both).ok()?;
            HostKeyKind::EcdsaP256
        }
        (b"ssh-rsa", "rsa-sha2-512" | "rsa-sha2-256") => {
            let (e, n) = (of_key.string()?, of_key.string()?);
            let plain = |number: &[u8]| number.strip_prefix(&[0]).unwrap_or(number).to_vec();
            let way = if agreed == "rsa-sha2-512" {
                &RSA_PKCS1_2048_8192_SHA512
            } else {
                &RSA_PKCS1_2048_8192_SHA256
            };
            RsaPublicKeyComponents { n: plain(n), e: plain(e) }.verify(way, text, signature).ok()?;
            HostKeyKind::Rsa
        }
        _ => return None,
    };
    let digest: [u8; 32] = digest(&SHA256, key).as_ref().try_into().ok()?;
    Some(HostKey::new(kind, digest))
}

/// Signs with the owner's key.
pub(super) fn sign(key: &ReadKey, text: &[u8]) -> Option<Vec<u8>> {
    let mut signature = Vec::new();
    string(&mut signature, key.kind().as_bytes());
    match key.secret() {
        Secret::Ed25519(seed, point) => {
            let pair = Ed25519KeyPair::from_seed_and_public_key(seed, point).ok()?;
            string(&mut signature, pair.sign(text).as_ref());
        }
        Secret::EcdsaP256(number, point) => {
            let random = SystemRandom::new();
            let way = &ECDSA_P256_SHA256_FIXED_SIGNING;
            let pair = EcdsaKeyPair::from_private_key_and_public_key(way, number, point, &random).ok()?;
            let both = pair.sign(&random, text).ok()?;
            let (r, s) = both.as_ref().split_at_checked(32)?;
            let mut numbers = Vec::new();
            large(&mut numbers, r);
            large(&mut numbers, s);
            string(&mut signature, &numbers);
        }
    }
    Some(signature)
}
