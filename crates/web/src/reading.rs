//! The site's own key for reading servers: made here, sealed, and never shown. What leaves is its public part, for the servers.
//!
//! Who has the store and the folder of asking alone cannot open it; that takes `seal.key` (`keys`).

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::{Deserialize, Serialize};
use wardround_ask::reading::ReadKey;
use wardround_model::Timestamp;

use crate::asking::Asker;
use crate::keys::{Keys, NoRandom};
use crate::site::now;

/// What it is sealed for.
const PURPOSE: &str = "key for reading servers";

/// A key as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptKey {
    /// The private part, sealed.
    pub sealed: String,
    /// The public part, as a line of `authorized_keys` has it.
    pub public: String,
    /// Who had it made.
    pub by: String,
    /// When, in seconds since 1970.
    pub at: i64,
}

impl KeptKey {
    /// When it was made.
    #[must_use]
    pub const fn made(&self) -> Timestamp {
        Timestamp::from_seconds(self.at)
    }
}

/// Makes a key (Ed25519, RFC 8032).
pub(crate) fn make(keys: &Keys, by: &str) -> Result<KeptKey, NoRandom> {
    let seed: [u8; 32] = keys.random()?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| NoRandom)?;
    let public: [u8; 32] = pair.public_key().as_ref().try_into().map_err(|_| NoRandom)?;
    let sealed = keys.seal(PURPOSE, &[seed, public].concat())?;
    let public = ReadKey::ed25519(seed, public).public_line("wardround");
    Ok(KeptKey { sealed, public, by: by.to_owned(), at: now().seconds() })
}

/// Opens what is kept; nothing where none is, or where it was sealed with another key of the site.
pub(crate) fn opened(keys: &Keys, asker: &dyn Asker) -> Option<ReadKey> {
    opened_kept(keys, &asker.read_key().ok().flatten()?)
}

fn opened_kept(keys: &Keys, kept: &KeptKey) -> Option<ReadKey> {
    let both: [u8; 64] = keys.unseal(PURPOSE, &kept.sealed)?.try_into().ok()?;
    let (seed, public) = both.split_first_chunk::<32>()?;
    Some(ReadKey::ed25519(*seed, public.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::hex;

    #[test]
    fn a_key_is_made_sealed_and_opens_with_the_keys_of_its_site_alone() {
        let (place, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let keys = Keys::open(&place.path().join("keys")).unwrap();
        let (one, two) = (make(&keys, "ada").unwrap(), make(&keys, "ada").unwrap());
        assert!(one.public.starts_with("ssh-ed25519 AAAA") && one.public != two.public);
        let both = keys.unseal(PURPOSE, &one.sealed).unwrap();
        let text = serde_json::to_string(&one).unwrap();
        assert!(!text.contains(&hex(&both[..32])) && !format!("{one:?}").contains(&hex(&both[..32])));
        let others = Keys::open(&other.path().join("keys")).unwrap();
        let public = |keys| opened_kept(keys, &one).map(|key| key.public_line("wardround"));
        assert_eq!((public(&keys), public(&others)), (Some(one.public.clone()), None));
    }
}
