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
    let lower = password.to_lowercase();
    let letters = lower.chars().collect::<std::collections::BTreeSet<char>>().len();
    let is_obvious =
        OBVIOUS.iter().any(|word| lower.contains(word) && lower.chars().count() < word.len() + 8);
    match password.chars().count() {
        0..SHORTEST => {
            Some("The password is too short. Twelve characters or more; four plain words will do.")
        }
        _ if password.len() > LONGEST => Some("The password is too long."),
        _ if letters < 5 => Some("The password repeats too few characters."),
        _ if is_obvious || is_walk(&lower) || repeats(&lower) || (name.len() > 3 && lower.contains(name)) => {
            Some("The password is too easy to guess. Take four words that do not belong together.")
        }
        _ => None,
    }
}

/// Words that many passwords are made of, with little around them.
const OBVIOUS: &[&str] = &[
    "password",
    "passwort",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "wardround",
    "hospital",
    "123456",
    "qwerty",
    "qwertz",
    "azerty",
    "administrator",
    "admin",
    "welcome",
    "willkommen",
    "letmein",
    "changeme",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "liverpool",
    "superman",
    "batman",
    "starwars",
    "trustno1",
    "unbelievable",
    "computer",
    "internet",
    "charlie",
    "michael",
    "jennifer",
    "shadow",
    "dragon",
    "monkey",
    "master",
    "summer",
    "winter",
    "spring",
    "autumn",
    "sommer",
    "january",
    "monday",
    "secret",
    "geheim",
    "hallo",
    "hello",
];
/// Rows of keys, as hands walk along them.
const ROWS: &[&str] =
    &["1234567890", "qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm"];

/// Whether most of it is a walk: along the alphabet, the digits or the keys, also with two hands in turn (`1q2w3e4r`).
fn is_walk(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    [1, 2].iter().any(|stride| {
        let pairs = letters.iter().zip(letters.iter().skip(*stride));
        let steps = pairs.clone().filter(|(one, next)| is_step(**one, **next)).count();
        steps.saturating_mul(3) >= pairs.count().saturating_mul(2)
    })
}

fn is_step(one: char, next: char) -> bool {
    let is_next = |row: &str| {
        let place = |wanted| row.chars().position(|letter| letter == wanted);
        place(one).zip(place(next)).is_some_and(|(one, next)| one.abs_diff(next) == 1)
    };
    u32::from(one).abs_diff(u32::from(next)) == 1 || ROWS.iter().any(|row| is_next(row))
}

/// Whether it is the same piece over and over.
fn repeats(lower: &str) -> bool {
    let letters: Vec<char> = lower.chars().collect();
    (1..=letters.len() / 2)
        .any(|piece| letters.iter().zip(letters.iter().skip(piece)).all(|(one, next)| one == next))
}

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
