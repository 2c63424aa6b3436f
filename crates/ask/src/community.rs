//! The community of SNMP, which is a password: it is given for one run, and is in no plan, no log and no message.

use std::fmt;
use std::str::FromStr;

/// The longest one; agents take more, and people use less.
const LONGEST: usize = 64;

/// A community. It cannot be printed or written.
#[derive(Clone, PartialEq, Eq)]
pub struct Community(String);

/// A text that is no community. It is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a community is one word of at most {LONGEST} letters, digits and signs")]
pub struct InvalidCommunity;

impl Community {
    /// What stands in its place where others read.
    pub(crate) fn masked() -> Self {
        Self("*".repeat(8))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl FromStr for Community {
    type Err = InvalidCommunity;

    fn from_str(text: &str) -> Result<Self, InvalidCommunity> {
        let is_one = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_one { Ok(Self(text.to_owned())) } else { Err(InvalidCommunity) }
    }
}

impl fmt::Debug for Community {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Community(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_never_printed() {
        let community: Community = "sesame-4711".parse().unwrap();
        assert_eq!(format!("{community:?}"), "Community(***)");
        for wrong in ["", "two words", "a\n", &"x".repeat(65)] {
            let error = wrong.parse::<Community>().unwrap_err();
            assert!(wrong.is_empty() || !error.to_string().contains(wrong));
        }
    }
}
