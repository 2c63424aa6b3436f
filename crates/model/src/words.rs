//! Masking what may name a person, word by word.
//!
//! A host name, a station name or a sending facility may be `CT-2` or `ERIKAS-IPAD`. Only words of the device
//! vocabulary (`data/device-words.txt`: kinds of device, departments, products) are kept, each with the short number
//! that follows it; every other run of words becomes one `*`. So `CT-2` stays and `ERIKAS-IPAD` becomes `*-IPAD`. Nothing of
//! a masked word is kept, neither its length nor a hash, which could be guessed back from a list of names.

use std::collections::HashSet;
use std::sync::LazyLock;

use compact_str::CompactString;

/// What stands for one masked run of words.
pub const MASK: char = '*';

static VOCABULARY: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| read(include_str!("../data/device-words.txt")));
static AGENTS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| read(include_str!("../data/agent-words.txt")));

fn read(list: &'static str) -> HashSet<&'static str> {
    list.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect()
}

fn is_known(words: &HashSet<&'static str>, word: &str) -> bool {
    words.contains(word.to_ascii_lowercase().as_str())
}

/// A name with every word outside the device vocabulary masked, at most `max` characters.
///
/// A word is a run of letters, or a run of digits. Digits stay only behind a kept word (at once or after one
/// separator) and only up to three of them: longer numbers are record numbers and dates.
#[must_use]
pub fn mask(name: &str, max: usize) -> CompactString {
    let mut masked = Masked::new(max);
    for piece in pieces(name) {
        match piece {
            Piece::Letters(word) => masked.word(word, is_known(&VOCABULARY, word)),
            Piece::Digits(digits) => masked.number(digits),
            Piece::Separator(separator) => masked.separator(separator),
        }
    }
    masked.finish()
}

/// Product tokens of a client (`curl/7.88.1`) with every token outside the list of known products masked.
///
/// A version stays only behind a kept product: digits and dots, at most 16 characters. Comments in brackets keep their
/// known words.
#[must_use]
pub fn mask_agent(agent: &str, max: usize) -> CompactString {
    let mut masked = Masked::new(max);
    for token in agent.split([' ', ';', '(', ')', ',']).filter(|token| !token.is_empty()) {
        masked.separator(' ');
        let (product, version) = token.split_once('/').unwrap_or((token, ""));
        let known = is_known(&AGENTS, product);
        masked.word(product, known);
        if known && is_version(version) {
            masked.separator('/');
            masked.word(version, true);
        }
    }
    masked.finish()
}

fn is_version(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && !has_long_number(text)
}

/// A number of more than five digits in a version is a date or a record number.
fn has_long_number(text: &str) -> bool {
    text.split('.').any(|number| number.len() > 5)
}

enum Piece<'a> {
    Letters(&'a str),
    Digits(&'a str),
    Separator(char),
}

/// Cuts a name into runs of letters, runs of digits and single separators. Letters beyond ASCII belong to words.
fn pieces(name: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let kind = Kind::of(first);
        let end = if kind == Kind::Other {
            first.len_utf8()
        } else {
            rest.find(|c| Kind::of(c) != kind).unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(match kind {
            Kind::Letter | Kind::Masked => Piece::Letters(piece),
            Kind::Digit => Piece::Digits(piece),
            Kind::Other => Piece::Separator(first),
        })
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    /// A word that was masked before: masking twice changes nothing.
    Masked,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '0'..='9' => Self::Digit,
            MASK => Self::Masked,
            _ if c.is_alphabetic() => Self::Letter,
            _ => Self::Other,
        }
    }
}

/// The masked text as it grows.
struct Masked {
    text: CompactString,
    separator: Option<char>,
    kept_last: bool,
    /// A word did not fit: nothing more is added, so that what is kept is a beginning.
    full: bool,
    max: usize,
}

impl Masked {
    fn new(max: usize) -> Self {
        Self { text: CompactString::default(), separator: None, kept_last: false, full: false, max }
    }

    fn separator(&mut self, separator: char) {
        // Two separators in a row end the tie between a word and its number.
        self.kept_last &= self.separator.is_none();
        self.separator = Some(match separator {
            '-' | '_' | '.' | ' ' | '/' | '^' => separator,
            _ => ' ',
        });
    }

    fn word(&mut self, word: &str, keep: bool) {
        let word = if keep { word } else { "*" };
        if keep || !self.text.ends_with(MASK) {
            self.push(word);
        }
        self.separator = None;
        self.kept_last = keep;
    }

    fn number(&mut self, digits: &str) {
        let keep = self.kept_last && digits.len() <= 3;
        self.word(digits, keep);
        self.kept_last = false;
    }

    /// Pushes the waiting separator and a word, both or neither.
    fn push(&mut self, word: &str) {
        let separator = self.separator.take().filter(|_| !self.text.is_empty());
        let more = word.len().saturating_add(separator.map_or(0, char::len_utf8));
        self.full |= self.text.len().saturating_add(more) > self.max;
        if !self.full {
            self.text.extend(separator);
            self.text.push_str(word);
        }
    }

    fn finish(self) -> CompactString {
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn device_words_stay_and_names_go() {
        for (name, expected) in [
            ("CT-2", "CT-2"),
            ("pacs01", "pacs01"),
            ("ERIKAS-IPAD", "*-IPAD"),
            ("DOE JOHN", "*"),
            ("doe.john-printer", "*-printer"),
            ("MRN-20231105", "*"),
            ("CT 19800131", "CT *"),
            ("Łukasz-iPhone", "*-iPhone"),
            ("", ""),
            ("---", ""),
        ] {
            assert_eq!(mask(name, 64), expected, "{name}");
        }
    }

    #[test]
    fn agents_keep_known_products_and_versions() {
        for (agent, expected) in [
            ("curl/7.88.1", "curl/7.88.1"),
            ("Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0", "Mozilla/5.0 X11 Linux x86_64 Firefox/115.0"),
            ("MuellerViewer/1.0 patient=4711", "*"),
            ("curl/20231105", "curl"),
        ] {
            assert_eq!(mask_agent(agent, 128), expected, "{agent}");
        }
    }

    proptest! {
        #[test]
        fn masking_is_idempotent_and_bounded(name in "[ -~]{0,80}", max in 1usize..70) {
            let once = mask(&name, max);
            prop_assert!(once.len() <= max);
            prop_assert_eq!(mask(&once, max), once.clone());
            let agent = mask_agent(&name, max);
            prop_assert!(agent.len() <= max);
            prop_assert_eq!(mask_agent(&agent, max), agent.clone());
        }

        #[test]
        fn no_word_outside_the_vocabulary_survives(name in "[a-z]{9,20}([-_. ][a-z]{9,20}){0,3}") {
            let kept = mask(&name, 128);
            for word in name.split(['-', '_', '.', ' ']).filter(|word| !VOCABULARY.contains(word)) {
                prop_assert!(!kept.contains(word));
            }
        }
    }
}
