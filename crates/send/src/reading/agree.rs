//! The exchange of keys (RFC 4253, 7 and 8): one way for each thing that is agreed on, so that there is nothing to talk down.
//!
//! Curve25519 (RFC 8731), or P-256 (RFC 5656) where a server wants what FIPS allows; the server signs by Ed25519, ECDSA over P-256, or
//! RSA over SHA-2. Between the first message and the new keys nothing else is taken (`kex-strict`, OpenSSH `PROTOCOL`, 1.10).

use ring::agreement::{
    Algorithm, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral,
};
use ring::digest::{SHA256, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use wardround_ask::Outcome;
use wardround_ask::reading::{HostKey, HostKeyKind};

use super::line::Line;
use super::parts::{Parts, large, number, string};
use super::seal::Seal;
use super::signed;

/// Numbers of messages (RFC 4250, 4.1).
const KEXINIT: u8 = 20;
const NEWKEYS: u8 = 21;
const ECDH_INIT: u8 = 30;
const ECDH_REPLY: u8 = 31;
/// Both directions.
const CIPHER: &str = "aes256-gcm@openssh.com";
/// Named because the standard wants a name; the cipher proves by itself.
const PROOF: &str = "hmac-sha2-256";
const CURVES: &[(&str, &Algorithm)] = &[
    ("curve25519-sha256", &X25519),
    ("curve25519-sha256@libssh.org", &X25519),
    ("ecdh-sha2-nistp256", &ECDH_P256),
];
const STRICT: &str = "kex-strict-c-v00@openssh.com";

/// What the exchange gave.
pub(super) struct Agreed {
    /// What the server showed, and proved to have.
    pub(super) host_key: HostKey,
    /// The mark of this talk (RFC 4253, 7.2).
    pub(super) session: Vec<u8>,
    /// The messages that begin the sealed part, ours first.
    pub(super) new_keys: Vec<u8>,
    pub(super) out: Seal,
    inward: Seal,
}

/// Ways in which a server signs, of these kinds of keys, the first wanted first.
fn signatures(known: Option<HostKey>) -> Vec<&'static str> {
    let kinds = match known.and_then(HostKey::kind) {
        Some(kind) => vec![kind],
        None => HostKeyKind::ALL.to_vec(),
    };
    let of_kind = |kind: HostKeyKind| match kind {
        HostKeyKind::Rsa => vec!["rsa-sha2-512", "rsa-sha2-256"],
        other => vec![other.code()],
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

/// Our offer (RFC 4253, 7.1).
pub(super) fn offer(known: Option<HostKey>) -> Result<Vec<u8>, Outcome> {
    let mut cookie = [0; 16];
    SystemRandom::new().fill(&mut cookie).map_err(|_| Outcome::NotUnderstood)?;
    let mut offer = vec![KEXINIT];
    offer.extend_from_slice(&cookie);
    let curves: Vec<&str> = CURVES.iter().map(|(name, _)| *name).chain([STRICT]).collect();
    let (curves, signatures) = (curves.join(","), signatures(known).join(","));
    for list in [curves.as_str(), signatures.as_str(), CIPHER, CIPHER, PROOF, PROOF, "none", "none", "", ""] {
        string(&mut offer, list.as_bytes());
    }
    offer.push(0);
    number(&mut offer, 0);
    Ok(offer)
}

/// What both sides can.
struct Chosen {
    curve: &'static Algorithm,
    signature: &'static str,
}

fn choose(theirs: &[u8], known: Option<HostKey>) -> Option<Chosen> {
    let mut parts = Parts(theirs);
    parts.byte().filter(|byte| *byte == KEXINIT)?;
    parts.skip(16)?;
    let mut lists = Vec::new();
    for _ in 0..10 {
        lists.push(std::str::from_utf8(parts.string()?).ok()?);
    }
    // A guess that follows at once would have to be passed over; OpenSSH never makes one.
    parts.byte().filter(|follows| *follows == 0)?;
    let has =
        |list: usize, name: &str| lists.get(list).is_some_and(|list| list.split(',').any(|one| one == name));
    let (_, curve) = CURVES.iter().find(|(name, _)| has(0, name))?;
    let signature = signatures(known).into_iter().find(|name| has(1, name))?;
    let rest = has(2, CIPHER) && has(3, CIPHER) && has(6, "none") && has(7, "none");
    rest.then_some(Chosen { curve, signature })
}

/// Exchanges keys. Nothing is sealed yet when it returns.
pub(super) fn agree(
    line: &mut Line<'_>,
    names: (&[u8], &[u8]),
    ours: &[u8],
    known: Option<HostKey>,
) -> Result<Agreed, Outcome> {
    let theirs = line.message()?;
    let Some(chosen) = choose(&theirs, known) else {
        // A server that has no key of the kind that is known has another key now.
        let has_other = known.is_some_and(|known| known.kind().is_some()) && choose(&theirs, None).is_some();
        return Err(if has_other { Outcome::AnotherKey } else { Outcome::NotUnderstood });
    };
    let (random, broken) = (SystemRandom::new(), || Outcome::NotUnderstood);
    let private = EphemeralPrivateKey::generate(chosen.curve, &random).map_err(|_| broken())?;
    let public = private.compute_public_key().map_err(|_| broken())?;
    let mut init = vec![ECDH_INIT];
    string(&mut init, public.as_ref());
    line.tell(&[&init])?;
    let reply = line.message()?;
    let mut parts = Parts(&reply);
    parts.byte().filter(|byte| *byte == ECDH_REPLY).ok_or_else(broken)?;
    let (key, point, signature) = (
        parts.string().ok_or_else(broken)?,
        parts.string().ok_or_else(broken)?,
        parts.string().ok_or_else(broken)?,
    );
    let secret = agree_ephemeral(private, &UnparsedPublicKey::new(chosen.curve, point), |secret| {
        let mut number = Vec::new();
        large(&mut number, secret);
        number
    })
    .map_err(|_| broken())?;
    let mut hashed = Vec::new();
    for text in [names.0, names.1, ours, &theirs, key, public.as_ref(), point] {
        string(&mut hashed, text);
    }
    hashed.extend_from_slice(&secret);
    let session = digest(&SHA256, &hashed).as_ref().to_vec();
    let host_key = signed::verify(key, chosen.signature, signature, &session).ok_or_else(broken)?;
    if line.message()? != [NEWKEYS] {
        return Err(Outcome::NotUnderstood);
    }
    let part = |letter: u8| digest(&SHA256, &[secret.as_slice(), &session, &[letter], &session].concat());
    let seal = |first: u8, key: u8| {
        let (first, key) = (part(first), part(key));
        Seal::new(key.as_ref().first_chunk()?, first.as_ref().first_chunk()?)
    };
    let (out, inward) = (seal(b'A', b'C').ok_or_else(broken)?, seal(b'B', b'D').ok_or_else(broken)?);
    let new_keys = line.packed(&[NEWKEYS])?;
    Ok(Agreed { host_key, session, new_keys, out, inward })
}

impl Agreed {
    /// Seals from here on; our last message in clear, and our mark of the talk.
    pub(super) fn begin(self, line: &mut Line<'_>) -> (Vec<u8>, Vec<u8>) {
        (line.out, line.inward) = (Some(self.out), Some(self.inward));
        (self.new_keys, self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A server's offer with these lists.
    fn theirs(curves: &str, signatures: &str, cipher: &str, follows: u8) -> Vec<u8> {
        let mut offer = vec![KEXINIT];
        offer.extend_from_slice(&[7; 16]);
        for list in [curves, signatures, cipher, cipher, PROOF, PROOF, "none,zlib", "none,zlib", "", ""] {
            string(&mut offer, list.as_bytes());
        }
        offer.push(follows);
        number(&mut offer, 0);
        offer
    }

    #[test]
    fn only_what_is_strong_is_agreed_on_whatever_else_a_server_offers() {
        let chosen = |curves, signatures, cipher| {
            choose(&theirs(curves, signatures, cipher, 0), None).map(|chosen| chosen.signature)
        };
        let all = "diffie-hellman-group1-sha1,curve25519-sha256";
        assert_eq!(chosen(all, "ssh-rsa,rsa-sha2-256,ssh-ed25519", CIPHER), Some("ssh-ed25519"));
        assert_eq!(chosen(all, "ssh-rsa,rsa-sha2-256", CIPHER), Some("rsa-sha2-256"));
        assert_eq!(chosen(all, "ssh-rsa,ssh-dss", CIPHER), None);
        assert_eq!(chosen("diffie-hellman-group14-sha256", "ssh-ed25519", CIPHER), None);
        assert_eq!(chosen(all, "ssh-ed25519", "aes256-cbc,aes256-ctr"), None);
        assert!(choose(&theirs(all, "ssh-ed25519", CIPHER, 1), None).is_none());
        // Of a server whose kind of key is known no other kind is taken.
        let known = HostKey::new(HostKeyKind::Rsa, [1; 32]);
        assert!(choose(&theirs(all, "ssh-ed25519", CIPHER, 0), Some(known)).is_none());
    }

    proptest! {
        #[test]
        fn any_message_is_judged(bytes: Vec<u8>, key: Vec<u8>, text: Vec<u8>, way in 0_usize..4) {
            let _ = choose(&[[KEXINIT].as_slice(), &bytes].concat(), None);
            let way = signatures(None)[way];
            let mut named = Vec::new();
            for part in [way.as_bytes(), &bytes] {
                string(&mut named, part);
            }
            prop_assert!(signed::verify(&key, way, &named, &text).is_none());
            let kind = way.replace("rsa-sha2-512", "ssh-rsa").replace("rsa-sha2-256", "ssh-rsa");
            let mut shown = Vec::new();
            for part in [kind.as_bytes(), &key] {
                string(&mut shown, part);
            }
            shown.extend_from_slice(&key);
            prop_assert!(signed::verify(&shown, way, &named, &text).is_none());
        }
    }
}
