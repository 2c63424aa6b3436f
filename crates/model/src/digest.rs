//! Short stable names for things, made from what they are.

use std::fmt;
use std::str::FromStr;

/// 48 bits of FNV-1a over some texts, mixed so that the first digits already differ, printed as twelve hex digits.
///
/// A name to tell things of one hospital apart, stable across rounds and versions; not a protection against somebody
/// who wants two things to have one name (two equal names are told apart where they are made).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(u64);

const BITS: u64 = (1 << 48) - 1;

impl Digest {
    /// The digest of these texts, in this order; where one ends and the next begins matters.
    #[must_use]
    pub fn of(parts: &[&str]) -> Self {
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for part in parts {
            for byte in part.bytes().chain([0xff]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        Self(mixed(hash) & BITS)
    }

    /// Its 48 bits, for an index.
    #[must_use]
    pub const fn bits(self) -> u64 {
        self.0
    }
}

/// Every bit of the input changes half of the output (the finaliser of SplitMix64).
fn mixed(hash: u64) -> u64 {
    let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.0)
    }
}

impl FromStr for Digest {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let hex = text.len() == 12 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if hex { u64::from_str_radix(text, 16).map(Self).map_err(|_| ()) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_parts_apart_and_round_trips() {
        assert_ne!(Digest::of(&["ab", "c"]), Digest::of(&["a", "bc"]));
        let digest = Digest::of(&["10.1.2.3", "dicom.manufacturer", "ACME"]);
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert!("12".parse::<Digest>().is_err());
    }
}
