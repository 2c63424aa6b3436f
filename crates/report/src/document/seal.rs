//! The seal of a report's file: one line of plain text at its end that tells what the file is, and digests by which it is
//! known to be unchanged; signed where the site has a key for that.
//!
//! `file` is the SHA-256 of the file without its seal, `digest` that of what the report says ([`Document::digest`]). Without a
//! signature a seal proves only that nothing changed by accident: whoever changes a file on purpose can seal it again.
//!
//! Not here: where keys are kept (`web`), and what a store says now (the program).
//!
//! [`Document::digest`]: super::Document::digest

mod form;

use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use wardround_model::{Role, RoundId, Timestamp};

use super::{Kind, hex};
pub use form::Form;

/// What every seal begins with, with the version of its shape.
const BEGINS: &str = "wardround-seal 1; ";

/// The longest seal that is read.
const LONGEST: usize = 2_048;

/// The longest name of a hospital, in bytes.
pub const LONGEST_NAME: usize = 200;

/// What a report was told from: enough to tell it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which report.
    pub kind: Kind,
    /// From which round.
    pub round: RoundId,
    /// The moment that dates were judged at.
    pub at: Timestamp,
    /// The only team whose work it tells, where one was chosen.
    pub team: Option<Role>,
    /// The hospital, as it names itself.
    pub hospital: String,
}

/// A seal as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seal {
    /// What the report was told from.
    pub told: Told,
    /// The digest of what it says.
    pub digest: String,
    /// The digest of the file without the seal.
    file: String,
    /// The key that signed it and its signature.
    signed: Option<(String, String)>,
}

/// What a file's seal shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// It has no seal: it is no report of this program, or its seal was cut off.
    NoSeal,
    /// It is not as it was when it was sealed.
    Changed(Seal),
    /// It is as it was sealed; nobody signed it.
    Unsigned(Seal),
    /// It is as it was sealed, and this key (as hex) signed it.
    Signed(Seal, String),
}

/// Puts a seal on a file.
#[must_use]
pub fn seal(body: Vec<u8>, form: Form, told: &Told, said: &str, key: Option<&Ed25519KeyPair>) -> Vec<u8> {
    let team = told.team.map_or("all", Role::code);
    let (kind, name) = (told.kind.code(), hex(told.hospital.as_bytes()));
    let (round, at, file) = (told.round, told.at.to_whole_second(), sha256(&body));
    let mut text = format!(
        "{BEGINS}kind={kind}; round={round}; at={at}; team={team}; hospital={name}; digest={said}; file={file}"
    );
    if let Some(key) = key {
        let signature = hex(key.sign(text.as_bytes()).as_ref());
        text += &format!("; key={}; signature={signature}", hex(key.public_key().as_ref()));
    }
    form.put(body, &text)
}

/// What a file's seal shows.
#[must_use]
pub fn look(file: &[u8]) -> Shown {
    let Some((text, begin)) = find(file) else { return Shown::NoSeal };
    let Some((seal, signed_part)) = read(&text) else { return Shown::NoSeal };
    let body = Form::ALL.into_iter().find_map(|form| form.take(file, begin, &text));
    let Some(body) = body.filter(|body| sha256(body) == seal.file) else { return Shown::Changed(seal) };
    drop(body);
    match seal.signed.clone() {
        None => Shown::Unsigned(seal),
        Some((key, signature)) => match is_signed(&key, &signature, signed_part) {
            true => Shown::Signed(seal, key),
            false => Shown::Changed(seal),
        },
    }
}

/// SHA-256 (FIPS 180-4) in hexadecimal, as `sha256sum` prints it.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

fn is_signed(key: &str, signature: &str, text: &str) -> bool {
    let (Some(key), Some(signature)) = (bytes(key), bytes(signature)) else { return false };
    UnparsedPublicKey::new(&ED25519, key).verify(text.as_bytes(), &signature).is_ok()
}

/// The last seal near the end of a file, and where it begins.
fn find(file: &[u8]) -> Option<(String, usize)> {
    let from = file.len().saturating_sub(LONGEST + 64);
    let tail = file.get(from..)?;
    let place = tail.windows(BEGINS.len()).rposition(|window| window == BEGINS.as_bytes())?;
    let is_text = |byte: &&u8| byte.is_ascii_alphanumeric() || b" ;=:-.*".contains(byte);
    let text: Vec<u8> = tail.get(place..)?.iter().take_while(is_text).copied().collect();
    // A space behind it belongs to what closes it.
    let text = String::from_utf8(text).ok()?;
    let text = text.trim_end_matches([' ', '-']).to_owned();
    (text.len() <= LONGEST).then_some((text, from + place))
}

/// The seal that a text says, and the part of it that a signature is for.
fn read(text: &str) -> Option<(Seal, &str)> {
    let mut fields = text.strip_prefix(BEGINS)?.split("; ");
    let mut field = |name: &str| fields.next()?.strip_prefix(name)?.strip_prefix('=');
    let kind = Kind::from_code(field("kind")?)?;
    let round = field("round")?.parse().ok()?;
    let at = field("at")?.parse().ok()?;
    let team = match field("team")? {
        "all" => None,
        code => Some(Role::ALL.iter().copied().find(|role| role.code() == code)?),
    };
    let hospital = String::from_utf8(bytes(field("hospital")?)?).ok()?;
    let (said, file) = (field("digest")?.to_owned(), field("file")?.to_owned());
    let rest: Vec<&str> = fields.collect();
    let signed = match rest.as_slice() {
        [] => None,
        [key, signature] => {
            Some((key.strip_prefix("key=")?.to_owned(), signature.strip_prefix("signature=")?.to_owned()))
        }
        _ => return None,
    };
    let signed_part = text.split("; key=").next().unwrap_or(text);
    let told = Told { kind, round, at, team, hospital };
    Some((Seal { told, digest: said, file, signed }, signed_part))
}

/// The bytes that hex says; digits are small letters, so that bytes have one way to be written.
fn bytes(text: &str) -> Option<Vec<u8>> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if !text.bytes().all(is_digit) || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = (0..text.len()).step_by(2).map(|place| text.get(place..place + 2));
    pairs.map(|pair| u8::from_str_radix(pair?, 16).ok()).collect()
}

#[cfg(test)]
mod tests;
