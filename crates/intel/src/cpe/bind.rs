//! Binding of names to the formatted string `cpe:2.3:a:vendor:product:…` and back (NISTIR 7695, 6.2).
//!
//! Characters that the standard wants quoted but that feeds write plainly are accepted; what is written is canonical.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;

use super::{Attribute, Cpe, Part, Value, Wildcard};

const PREFIX: &str = "cpe:2.3:";
const MAX_LENGTH: usize = 1024;

/// A text that is not a CPE 2.3 formatted string.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} is not a CPE 2.3 name ({reason}); one looks like cpe:2.3:a:openbsd:openssh:7.2:p2:*:*:*:*:*:*"
)]
pub struct InvalidCpe {
    /// The beginning of the text.
    pub text: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl FromStr for Cpe {
    type Err = InvalidCpe;

    fn from_str(text: &str) -> Result<Self, InvalidCpe> {
        read_name(text).map_err(|reason| InvalidCpe { text: text.chars().take(120).collect(), reason })
    }
}

fn read_name(text: &str) -> Result<Cpe, &'static str> {
    if text.len() > MAX_LENGTH {
        return Err("longer than 1024 bytes");
    }
    let rest = text.strip_prefix(PREFIX).ok_or("does not begin with cpe:2.3:")?;
    let mut components = Components(Some(rest));
    let mut next = || components.next().ok_or("fewer than 11 components");
    let part = read_part(next()?)?;
    let mut attribute = || Attribute::read(next()?);
    let name = Cpe {
        part,
        vendor: attribute()?,
        product: attribute()?,
        version: attribute()?,
        update: attribute()?,
        edition: attribute()?,
        language: attribute()?,
        sw_edition: attribute()?,
        target_sw: attribute()?,
        target_hw: attribute()?,
        other: attribute()?,
    };
    if components.next().is_some() { Err("more than 11 components") } else { Ok(name) }
}

/// The texts between unquoted colons.
struct Components<'a>(Option<&'a str>);

impl<'a> Iterator for Components<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let rest = self.0?;
        let mut quoted = false;
        let end = rest.bytes().position(|byte| {
            let ends = byte == b':' && !quoted;
            quoted = byte == b'\\' && !quoted;
            ends
        });
        let (component, after) = match end {
            Some(end) => (rest.get(..end)?, rest.get(end + 1..)),
            None => (rest, None),
        };
        self.0 = after;
        Some(component)
    }
}

fn read_part(text: &str) -> Result<Option<Part>, &'static str> {
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some('*'), None) => Ok(None),
        (Some(letter), None) => {
            Part::from_letter(letter.to_ascii_lowercase()).map(Some).ok_or("the part is not a, o, h or *")
        }
        _ => Err("the part is not a, o, h or *"),
    }
}

impl Attribute {
    /// One component of a formatted string.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn read(text: &str) -> Result<Self, &'static str> {
        match text {
            "" => Err("an empty component"),
            "*" => Ok(Self::Any),
            "-" => Ok(Self::NotApplicable),
            _ => read_value(text).map(Self::Value),
        }
    }
}

fn read_value(text: &str) -> Result<Value, &'static str> {
    let (head, rest) = leading_wildcard(text);
    let (body, tail) = trailing_wildcard(rest);
    let text = unquote(body)?;
    if text.is_empty() && (head, tail) != (Wildcard::None, Wildcard::None) && tail != Wildcard::None {
        return Err("wildcards around nothing");
    }
    Ok(Value { head, text, tail })
}

fn leading_wildcard(text: &str) -> (Wildcard, &str) {
    if let Some(rest) = text.strip_prefix('*') {
        return (Wildcard::Many, rest);
    }
    let rest = text.trim_start_matches('?');
    (up_to(text.len() - rest.len()), rest)
}

fn trailing_wildcard(text: &str) -> (&str, Wildcard) {
    if let Some(body) = text.strip_suffix('*').filter(|body| !ends_quoting(body)) {
        return (body, Wildcard::Many);
    }
    let mut body = text;
    while let Some(shorter) = body.strip_suffix('?').filter(|shorter| !ends_quoting(shorter)) {
        body = shorter;
    }
    (body, up_to(text.len() - body.len()))
}

fn up_to(count: usize) -> Wildcard {
    if count == 0 { Wildcard::None } else { Wildcard::UpTo(u8::try_from(count).unwrap_or(u8::MAX)) }
}

/// True when a character after `text` would be quoted.
fn ends_quoting(text: &str) -> bool {
    text.bytes().rev().take_while(|&byte| byte == b'\\').count() % 2 == 1
}

fn unquote(body: &str) -> Result<CompactString, &'static str> {
    let mut text = CompactString::default();
    let mut quoted = false;
    for letter in body.chars() {
        match letter {
            _ if !letter.is_ascii_graphic() => return Err("a character outside printable ASCII"),
            '\\' if !quoted => quoted = true,
            '*' | '?' if !quoted => return Err("a wildcard inside a value"),
            _ => {
                text.push(letter.to_ascii_lowercase());
                quoted = false;
            }
        }
    }
    if quoted { Err("ends in a quoting backslash") } else { Ok(text) }
}

impl fmt::Display for Cpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.part.map_or('*', Part::letter))?;
        self.attributes().into_iter().try_for_each(|attribute| write!(f, ":{attribute}"))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::NotApplicable => f.write_str("-"),
            Self::Value(value) => write!(f, "{value}"),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.head)?;
        let lone_hyphen = self.text == "-";
        for letter in self.text.chars() {
            let plain = letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-') && !lone_hyphen;
            if !plain {
                f.write_str("\\")?;
            }
            write!(f, "{letter}")?;
        }
        write!(f, "{}", self.tail)
    }
}

impl fmt::Display for Wildcard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Many => f.write_str("*"),
            Self::UpTo(count) => (0..*count).try_for_each(|_| f.write_str("?")),
        }
    }
}
