//! What people type: who they are and what they say, kept as told.

use std::fmt;
use std::str::FromStr;

/// A text that cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing stands in it.
    #[error("it must not be empty")]
    Empty,
    /// It is too long.
    #[error("it may have {0} characters at most")]
    TooLong(usize),
    /// It has a character that is no letter, digit, sign or space.
    #[error("it must be one line of plain text")]
    Control,
}

fn checked(text: &str, longest: usize) -> Result<String, InvalidText> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(InvalidText::Empty),
        many if many > longest => Err(InvalidText::TooLong(longest)),
        _ if text.chars().any(char::is_control) => Err(InvalidText::Control),
        _ => Ok(text.to_owned()),
    }
}

/// Makes a type of checked text.
macro_rules! text {
    ($(#[doc = $doc:literal])+ $name:ident, $longest:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters.
            pub const LONGEST: usize = $longest;

            /// As it was told.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidText;

            fn from_str(text: &str) -> Result<Self, InvalidText> {
                checked(text, Self::LONGEST).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// A person or a team, as somebody of the hospital names them. Never taken from traffic or lists.
    Person, 100
}

text! {
    /// A sentence that a person says: why, a comment, a control, the name of a document.
    Note, 500
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_one_short_line() {
        assert_eq!(" R. Ferreira ".parse::<Person>().unwrap().as_str(), "R. Ferreira");
        assert_eq!("".parse::<Person>(), Err(InvalidText::Empty));
        assert_eq!("x".repeat(101).parse::<Person>(), Err(InvalidText::TooLong(100)));
        assert_eq!("a\nb".parse::<Note>(), Err(InvalidText::Control));
        assert_eq!("\u{1b}[31mred".parse::<Note>(), Err(InvalidText::Control));
        assert!("ä".repeat(500).parse::<Note>().is_ok());
    }
}
