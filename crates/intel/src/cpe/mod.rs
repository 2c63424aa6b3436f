//! CPE 2.3 names: what a product is called in NVD (NISTIR 7695), and how two names relate (NISTIR 7696).
//!
//! Not here: versions as an order (`version`); to CPE a version is a text like any other.

mod bind;
mod relation;
#[cfg(test)]
mod tests;

use compact_str::CompactString;

pub use bind::InvalidCpe;
pub use relation::Relation;

/// What kind of thing a name is about (NISTIR 7695, 5.3.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// `a`: an application.
    Application,
    /// `o`: an operating system, or a device's firmware.
    OperatingSystem,
    /// `h`: hardware.
    Hardware,
}

impl Part {
    /// The letter that NISTIR 7695 gives it.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Application => 'a',
            Self::OperatingSystem => 'o',
            Self::Hardware => 'h',
        }
    }

    /// The part with this letter.
    #[must_use]
    pub fn from_letter(letter: char) -> Option<Self> {
        match letter {
            'a' => Some(Self::Application),
            'o' => Some(Self::OperatingSystem),
            'h' => Some(Self::Hardware),
            _ => None,
        }
    }
}

/// Unquoted special characters at one end of a value (NISTIR 7695, 5.3.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wildcard {
    /// None: the value begins (or ends) here.
    #[default]
    None,
    /// `*`: any number of characters.
    Many,
    /// So many `?`: up to that many characters.
    UpTo(u8),
}

/// A value in lower case and without quoting, with wildcards at its ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value {
    /// Wildcards before the text.
    pub head: Wildcard,
    /// The text itself; empty only between wildcards.
    pub text: CompactString,
    /// Wildcards after the text.
    pub tail: Wildcard,
}

impl Value {
    /// True when the value stands for more than one text.
    #[must_use]
    pub fn has_wildcard(&self) -> bool {
        self.head != Wildcard::None || self.tail != Wildcard::None
    }

    /// True when `text` (lower case, no quoting) is one of the texts that this value stands for.
    #[must_use]
    pub fn covers(&self, text: &str) -> bool {
        if self.text.is_empty() {
            return self.covers_by_length(text.chars().count());
        }
        let fits = |(at, _): (usize, &str)| {
            let before = text.get(..at).map_or(0, |part| part.chars().count());
            let after = text.get(at + self.text.len()..).map_or(0, |part| part.chars().count());
            admits(self.head, before) && admits(self.tail, after)
        };
        // Overlapping occurrences count: `?aa` must find `aa` at 1 in `aaa`.
        (0..text.len())
            .filter(|&at| text.get(at..).is_some_and(|rest| rest.starts_with(self.text.as_str())))
            .any(|at| fits((at, text)))
    }

    fn covers_by_length(&self, length: usize) -> bool {
        match (self.head, self.tail) {
            (Wildcard::Many, _) | (_, Wildcard::Many) => true,
            (Wildcard::UpTo(head), Wildcard::UpTo(tail)) => length <= usize::from(head) + usize::from(tail),
            (Wildcard::UpTo(some), Wildcard::None) | (Wildcard::None, Wildcard::UpTo(some)) => {
                length <= usize::from(some)
            }
            (Wildcard::None, Wildcard::None) => length == 0,
        }
    }
}

fn admits(wildcard: Wildcard, characters: usize) -> bool {
    match wildcard {
        Wildcard::None => characters == 0,
        Wildcard::Many => true,
        Wildcard::UpTo(some) => characters <= usize::from(some),
    }
}

/// One attribute of a name: a logical value or a text (NISTIR 7695, 5.3.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    /// `*`: no restriction, or not known.
    Any,
    /// `-`: has no meaning here.
    NotApplicable,
    /// A text.
    Value(Value),
}

impl Attribute {
    /// The attribute that is exactly this text, in lower case; `Any` for an empty text.
    #[must_use]
    pub fn exactly(text: &str) -> Self {
        if text.is_empty() {
            return Self::Any;
        }
        let text = CompactString::from(text.to_ascii_lowercase());
        Self::Value(Value { head: Wildcard::None, text, tail: Wildcard::None })
    }

    /// The text, when it is one without wildcards.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Value(value) if !value.has_wildcard() => Some(&value.text),
            _ => None,
        }
    }
}

/// A CPE 2.3 name (a "well-formed name", NISTIR 7695, 5).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cpe {
    /// The kind of thing; `None` for `*`.
    pub part: Option<Part>,
    /// Who makes it.
    pub vendor: Attribute,
    /// What it is called.
    pub product: Attribute,
    /// Its version.
    pub version: Attribute,
    /// Its update, service pack or patch level.
    pub update: Attribute,
    /// Its edition; deprecated, and in old records often the platform.
    pub edition: Attribute,
    /// Its language (RFC 5646).
    pub language: Attribute,
    /// How it is tailored to a market or a class of users.
    pub sw_edition: Attribute,
    /// The software that it runs in.
    pub target_sw: Attribute,
    /// The instruction set that it runs on.
    pub target_hw: Attribute,
    /// Anything else.
    pub other: Attribute,
}

impl Cpe {
    /// All attributes but the part, in the order of the formatted string.
    #[must_use]
    pub fn attributes(&self) -> [&Attribute; 10] {
        [
            &self.vendor,
            &self.product,
            &self.version,
            &self.update,
            &self.edition,
            &self.language,
            &self.sw_edition,
            &self.target_sw,
            &self.target_hw,
            &self.other,
        ]
    }
}
