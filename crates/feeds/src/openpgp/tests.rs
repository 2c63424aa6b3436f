//! Keys and signatures that GnuPG has made, and what an attacker would do with them.

use proptest::prelude::*;

use super::*;

const DOCUMENT: &[u8] = include_bytes!("samples/advisory.json");
const RSA: &[u8] = include_bytes!("samples/rsa3072.key.asc");
const ED25519: &[u8] = include_bytes!("samples/ed25519.key.asc");
const REVOKED: &[u8] = include_bytes!("samples/revoked.key.asc");

#[test]
fn what_gnupg_signed_is_right_under_its_own_key_alone() {
    let rsa = Certificate::parse(RSA).unwrap();
    let ed25519 = Certificate::parse(ED25519).unwrap();
    for (own, other, signature) in [
        (&rsa, &ed25519, &include_bytes!("samples/rsa3072.primary.asc")[..]),
        (&rsa, &ed25519, include_bytes!("samples/rsa3072.subkey.asc")),
        (&ed25519, &rsa, include_bytes!("samples/ed25519.primary.asc")),
        (&ed25519, &rsa, include_bytes!("samples/ed25519.subkey.asc")),
    ] {
        assert_eq!(own.verify(DOCUMENT, signature), Ok(()));
        assert_eq!(other.verify(DOCUMENT, signature), Err(OpenPgpError::Wrong));
        assert_eq!(own.verify(b"{}", signature), Err(OpenPgpError::Wrong));
        let binary = armor::bytes(signature, "signature").unwrap();
        assert_eq!(own.verify(DOCUMENT, &binary), Ok(()));
        for at in 3..binary.len() {
            let mut changed = binary.clone();
            changed[at] ^= 1;
            // What is not signed itself (issuer, first bits of the hash) changes nothing.
            let _ = own.verify(DOCUMENT, &changed);
            assert!(other.verify(DOCUMENT, &changed).is_err());
        }
    }
}

#[test]
fn fingerprints_are_those_that_gnupg_shows() {
    let fingerprint = |text: &[u8]| Certificate::parse(text).unwrap().fingerprint().to_owned();
    assert_eq!(fingerprint(RSA), "50ae6d38c3d42c231b65cbc5ecc81d65e3cfcf75");
    assert_eq!(fingerprint(ED25519), "d405557b0b9930461974eb1527c6fd5e7668a8cc");
}

#[test]
fn a_withdrawn_key_and_what_is_no_key_are_refused() {
    assert_eq!(Certificate::parse(REVOKED), Err(OpenPgpError::Revoked));
    for wrong in [&b""[..], b"<html>", include_bytes!("samples/rsa3072.primary.asc"), &[0xff; 40]] {
        assert!(Certificate::parse(wrong).is_err());
    }
    let key = Certificate::parse(RSA).unwrap();
    for wrong in [&b""[..], b"<html>", RSA] {
        assert!(key.verify(DOCUMENT, wrong).is_err());
    }
}

#[test]
fn a_subkey_that_the_primary_has_not_bound_does_not_count() {
    let own = armor::bytes(RSA, "key").unwrap();
    let other = armor::bytes(ED25519, "key").unwrap();
    // The other key's subkeys and their bindings, put behind our primary key.
    let at = |bytes: &[u8]| {
        let packets = packet::packets(bytes).unwrap();
        let first = packets.iter().find(|(tag, _)| *tag == packet::Tag::PublicSubkey).unwrap();
        let body_at = first.1.as_ptr() as usize - bytes.as_ptr() as usize;
        body_at - 2
    };
    let forged = [&own[..], &other[at(&other)..]].concat();
    let certificate = Certificate::parse(&forged).unwrap();
    let signature = include_bytes!("samples/ed25519.subkey.asc");
    assert_eq!(certificate.verify(DOCUMENT, signature), Err(OpenPgpError::Wrong));
}

proptest! {
    #[test]
    fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let key = Certificate::parse(RSA).unwrap();
        prop_assert!(key.verify(DOCUMENT, &bytes).is_err());
        let _ = Certificate::parse(&bytes);
        let mut binary = bytes;
        if let Some(first) = binary.first_mut() {
            *first |= 0x80;
        }
        prop_assert!(key.verify(DOCUMENT, &binary).is_err());
        let _ = Certificate::parse(&binary);
    }
}
