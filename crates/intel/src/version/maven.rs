//! Maven's "Version Order Specification" (POM reference): tokens between dots, hyphens and changes between digits and
//! letters, each with the separator before it; trailing tokens that mean nothing are cut.

use std::cmp::Ordering;

use super::{compare_digits, take_run};

#[derive(Clone, Debug, PartialEq, Eq)]
struct Token {
    /// True after a hyphen or a change between digits and letters; false after a dot.
    hyphen: bool,
    text: String,
}

impl Token {
    fn is_number(&self) -> bool {
        self.text.starts_with(|letter: char| letter.is_ascii_digit())
    }

    fn is_null(&self) -> bool {
        matches!(self.text.as_str(), "" | "final" | "ga" | "release")
            || self.text.bytes().all(|byte| byte == b'0')
    }
}

/// Known qualifiers in their order; all others come after them, by letters.
const QUALIFIERS: [&str; 7] = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"];

pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (read(one)?, read(two)?);
    for at in 0..one.len().max(two.len()) {
        let order = match (one.get(at), two.get(at)) {
            (Some(one), Some(two)) => compare_tokens(one, two),
            (Some(one), None) => compare_with_end(one),
            (None, Some(two)) => compare_with_end(two).reverse(),
            (None, None) => Ordering::Equal,
        };
        if order != Ordering::Equal {
            return Some(order);
        }
    }
    Some(Ordering::Equal)
}

/// Versions are expected to begin with a number.
fn read(text: &str) -> Option<Vec<Token>> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_+".contains(&byte);
    if !text.bytes().all(allowed) || !text.starts_with(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let tokens = split(&text);
    Some(trim(tokens))
}

fn split(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (part, hyphen) in parts(text) {
        let mut rest = part;
        let mut apart = hyphen;
        loop {
            let digits = rest.starts_with(|letter: char| letter.is_ascii_digit());
            let run = take_run(&mut rest, |byte| byte.is_ascii_digit() == digits);
            let numbered = !digits && !rest.is_empty();
            let text = if run.is_empty() { "0" } else { qualifier(run, numbered) };
            // `.x` stands where `-x` would.
            let hyphen = apart || !text.starts_with(|letter: char| letter.is_ascii_digit());
            tokens.push(Token { hyphen, text: text.to_owned() });
            apart = true;
            if rest.is_empty() {
                break;
            }
        }
    }
    tokens
}

/// The texts between dots and hyphens, each with whether a hyphen stood before it.
fn parts(text: &str) -> Vec<(&str, bool)> {
    let mut parts = Vec::new();
    let mut hyphen = false;
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, letter)| matches!(letter, '.' | '-')) {
        parts.push((text.get(start..at).unwrap_or_default(), hyphen));
        hyphen = mark == '-';
        start = at + 1;
    }
    parts.push((text.get(start..).unwrap_or_default(), hyphen));
    parts
}

fn qualifier(text: &str, numbered: bool) -> &str {
    match (text, numbered) {
        ("a", true) => "alpha",
        ("b", true) => "beta",
        ("m", true) => "milestone",
        ("cr", _) => "rc",
        ("final" | "ga" | "release", _) => "",
        (other, _) => other,
    }
}

/// Cuts trailing nulls from the end, and again before each hyphen.
fn trim(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept: Vec<Token> = Vec::new();
    for token in tokens {
        if token.hyphen {
            cut_nulls(&mut kept);
        }
        kept.push(token);
    }
    cut_nulls(&mut kept);
    kept
}

fn cut_nulls(tokens: &mut Vec<Token>) {
    while tokens.len() > 1 && tokens.last().is_some_and(Token::is_null) {
        tokens.pop();
    }
}

/// How a version that goes on with this token compares with one that ends before it: a missing number is 0, a missing
/// qualifier is the release.
fn compare_with_end(token: &Token) -> Ordering {
    if token.is_number() { compare_digits(&token.text, "0") } else { rank(&token.text).cmp(&rank("")) }
}

/// `.qualifier` = `-qualifier` < `-number` < `.number`.
fn compare_tokens(one: &Token, two: &Token) -> Ordering {
    match (one.is_number(), two.is_number()) {
        (true, true) if one.hyphen == two.hyphen => compare_digits(&one.text, &two.text),
        (true, true) => {
            if one.hyphen {
                Ordering::Less
            } else {
                Ordering::Greater
            }
        }
        (false, false) => rank(&one.text).cmp(&rank(&two.text)),
        (number, _) => {
            if number {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
    }
}

fn rank(qualifier: &str) -> (usize, &str) {
    let known = QUALIFIERS.iter().position(|known| *known == qualifier);
    known.map_or((QUALIFIERS.len(), qualifier), |at| (at, ""))
}
