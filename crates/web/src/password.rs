//! Passwords: digests by Argon2id (RFC 9106) at OWASP's costs, and what a password must be.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::codes::{from_hex, hex};
use crate::keys::{Keys, NoRandom};

/// OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const LENGTH: usize = 32;

/// NIST SP 800-63B-4, 3.1.1.2: length counts, composition does not.
pub(crate) const SHORTEST: usize = 12;
/// Longer ones are refused, so that a long text cannot be made to cost.
pub(crate) const LONGEST: usize = 256;

/// The digest of a password with a new salt: `argon2id KiB passes lanes salt digest`.
pub(crate) fn digest(keys: &Keys, password: &str) -> Result<String, NoRandom> {
    let salt: [u8; 16] = keys.random()?;
    let costs = (MEMORY_KIB, PASSES, LANES);
    let digest = of(password, &salt, costs).ok_or(NoRandom)?;
    Ok(format!("argon2id {MEMORY_KIB} {PASSES} {LANES} {} {}", hex(&salt), hex(&digest)))
}

/// Whether a password is the one of a digest. Takes as long whether or not there is one.
pub(crate) fn is(password: &str, kept: Option<&str>) -> bool {
    let parts = kept.and_then(parse);
    let (salt, costs, expected) = parts.unwrap_or_else(|| (vec![0; 16], (MEMORY_KIB, PASSES, LANES), vec![]));
    let digest = of(password, &salt, costs).unwrap_or_default();
    let is_same = blake3::hash(&digest) == blake3::hash(&expected);
    is_same && !expected.is_empty()
}

type Costs = (u32, u32, u32);

fn parse(kept: &str) -> Option<(Vec<u8>, Costs, Vec<u8>)> {
    let mut parts = kept.split(' ').skip_while(|part| *part == "argon2id");
    let mut number = || parts.next()?.parse().ok();
    let costs = (number()?, number()?, number()?);
    Some((from_hex(parts.next()?)?, costs, from_hex(parts.next()?)?))
}

fn of(password: &str, salt: &[u8], (memory, passes, lanes): Costs) -> Option<Vec<u8>> {
    let params = Params::new(memory, passes, lanes, Some(LENGTH)).ok()?;
    let mut digest = vec![0; LENGTH];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(password.as_bytes(), salt, &mut digest).ok()?;
    Some(digest)
}

/// Why a password is not taken, if it is not.
pub(crate) fn refuse(password: &str, name: &str) -> Option<&'static str> {
    match password.chars().count() {
        0..SHORTEST => {
            Some("The password is too short. Twelve characters or more; four plain words will do.")
        }
        _ if password.len() > LONGEST => Some("The password is too long."),
        _ if is_guessed(password, name) => {
            Some("The password is too easy to guess. Take four words that do not belong together.")
        }
        _ => None,
    }
}

/// Whether less than ten thousand million guesses find it, made of common passwords and words, names, dates, repeats and walks along
/// keys, also with other letters for them (`P@ssw0rd`): what zxcvbn scores below four.
fn is_guessed(password: &str, name: &str) -> bool {
    let close: Vec<&str> =
        std::iter::once(name).chain(name.split(['.', '-', '_'])).chain(CLOSE.iter().copied()).collect();
    zxcvbn::zxcvbn(password, &close).score() < zxcvbn::Score::Four
}

/// Words that are near here, and words of other languages that the lists, which are English, do not have.
const CLOSE: &[&str] = &[
    "wardround",
    "hospital",
    "clinic",
    "patient",
    "security",
    "administrator",
    "azerty",
    "qwertz",
    "passwort",
    "willkommen",
    "sommer",
    "winter",
    "herbst",
    "geheim",
    "hallo",
    "krankenhaus",
    "klinik",
    "motdepasse",
    "bonjour",
    "soleil",
    "hopital",
    "contrasena",
    "contrase\u{f1}a",
    "hola",
    "verano",
    "senha",
    "ospedale",
    "benvenuto",
    "wachtwoord",
    "welkom",
    "ziekenhuis",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_digest_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path()).unwrap();
        let kept = digest(&keys, "lamp river copper tide").unwrap();
        assert!(kept.starts_with("argon2id 19456 2 1 "));
        assert_ne!(kept, digest(&keys, "lamp river copper tide").unwrap());
        assert!(is("lamp river copper tide", Some(&kept)));
        assert!(!is("lamp river copper tidy", Some(&kept)));
        for damaged in ["", "argon2id", "argon2id 19456 2 1 00 ", "argon2id 99999999999 2 1 00 00"] {
            assert!(!is("", Some(damaged)), "{damaged}");
        }
        assert!(!is("lamp river copper tide", None));
    }

    #[test]
    fn weak_passwords_are_told_why() {
        let weak = ["short", "aaaaaaaaaaaaaa", "password1234", "maria.lopez2026", "Wardround2026!"];
        let walks = [
            "1q2w3e4r5t6y",
            "123456789012",
            "abcdefghijkl",
            "qwertyuiop12",
            "zxcvbnm,./123",
            "asdfghjkl;'123",
        ];
        let common = [
            "abc123abc123",
            "iloveyou1234",
            "Administrator1",
            "P@ssw0rd2026!",
            "Sommer2026!!",
            "unbelievable",
            "motdepasse2026",
            "hospital2026",
            "michaeljordan",
            "1qaz2wsx3edc4rfv",
            "chocolate123",
            "zaq12wsxcde3",
            "14.02.1987ab",
        ];
        for weak in [&weak[..], &walks, &common].concat() {
            assert!(refuse(weak, "maria.lopez").is_some(), "{weak}");
        }
        for good in [
            "lamp river copper tide",
            "korrekt pferd batterie",
            "Tr7-vale!moon_quartz",
            "\u{5e9}\u{5dc}\u{5d5}\u{5dd} lamp river",
        ] {
            assert_eq!(refuse(good, "maria.lopez"), None, "{good}");
        }
    }
}
