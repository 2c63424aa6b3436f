//! Version texts of advisories: `<=12.1.3`, `vers:all/>=V4.1|<V4.3`, `4.x and prior`, `Versions 2.0 through 3.1`.
//!
//! What is not understood as a whole is not understood at all: the text is kept and its judgement is unknown.

use crate::version::Version;

/// Versions that an advisory states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stated {
    /// All.
    All,
    /// One.
    Exactly(String),
    /// From, to; each with whether it is in.
    Range(Option<(String, bool)>, Option<(String, bool)>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Reads a version text; `None` when any part of it is not understood.
///
/// ```
/// use wardround_intel::feed::csaf::{Stated, read_versions};
/// assert_eq!(read_versions("vers:all/*"), Some(vec![Stated::All]));
/// assert_eq!(read_versions("<1.13.0."), Some(vec![Stated::Range(None, Some(("1.13.0".into(), false)))]));
/// assert_eq!(read_versions("6.x model 35700BAX"), None);
/// ```
#[must_use]
pub fn read_versions(text: &str) -> Option<Vec<Stated>> {
    let text = plain(text);
    let text = strip_scheme(&text);
    if is_all(text) {
        return Some(vec![Stated::All]);
    }
    let constraints = read_constraints(text)?;
    combine(&constraints)
}

/// Lower case, one kind of comparison sign, spaces around words that were joined by underscores.
fn plain(text: &str) -> String {
    let text =
        text.to_lowercase().replace('≤', "<=").replace('≥', ">=").replace("=<", "<=").replace("=>", ">=");
    let text = text.replace("_and_", " and ").replace("_<", " <").replace("_>", " >");
    text.trim().trim_end_matches(['.', ',', ';']).trim_end().to_owned()
}

/// `vers:generic/…` (the scheme says nothing that the versions do not).
fn strip_scheme(text: &str) -> &str {
    let rest = text.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
    rest.map_or(text, |(_, rest)| rest.trim())
}

fn is_all(text: &str) -> bool {
    matches!(text, "*" | "all" | "all versions" | "all version" | "any" | "any version" | "versions all")
}

fn read_constraints(text: &str) -> Option<Vec<(Comparison, String)>> {
    let mut constraints: Vec<(Comparison, String)> = Vec::new();
    for part in text.split('|').flat_map(|part| part.split(" and ").collect::<Vec<_>>()) {
        // "4.1 and prior" was cut: the word belongs to the version before it.
        if let Some(comparison) = comparison_after(part) {
            let last = constraints.last_mut().filter(|(comparison, _)| *comparison == Comparison::Equal)?;
            *last = (comparison, last.1.clone());
            continue;
        }
        for piece in split_at_signs(part) {
            constraints.extend(read_constraint(piece)?);
        }
    }
    constraints.into_iter().map(|(comparison, version)| resolve_wildcard(comparison, &version)).collect()
}

/// `>=v1.1<v1.3` is two constraints.
fn split_at_signs(part: &str) -> Vec<&str> {
    let part = part.trim();
    let cut = part.char_indices().skip(2).find(|&(at, letter)| {
        let before = part.get(..at).and_then(|text| text.chars().next_back());
        matches!(letter, '<' | '>') && !matches!(before, Some('<' | '>'))
    });
    match cut.and_then(|(at, _)| part.split_at_checked(at)) {
        Some((one, two)) => vec![one.trim(), two.trim()],
        None => vec![part],
    }
}

/// The words that may follow a version after "and".
fn comparison_after(words: &str) -> Option<Comparison> {
    match words.trim() {
        "prior" | "earlier" | "below" | "lower" | "older" | "previous" | "under" | "before"
        | "prior versions" | "earlier versions" | "previous versions" => Some(Comparison::LessOrEqual),
        "later" | "newer" | "above" | "higher" | "later versions" | "greater" => {
            Some(Comparison::GreaterOrEqual)
        }
        _ => None,
    }
}

fn read_constraint(piece: &str) -> Option<Vec<(Comparison, String)>> {
    let piece = strip_nouns(piece);
    for (sign, comparison) in [
        ("<=", Comparison::LessOrEqual),
        (">=", Comparison::GreaterOrEqual),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
        ("=", Comparison::Equal),
        ("prior to", Comparison::Less),
        ("before", Comparison::Less),
        ("earlier than", Comparison::Less),
        ("up to", Comparison::LessOrEqual),
        ("through", Comparison::LessOrEqual),
    ] {
        if let Some(version) = piece.strip_prefix(sign) {
            return Some(vec![(comparison, strip_nouns(version).to_owned())]);
        }
    }
    for joint in [" through ", " to "] {
        if let Some((from, to)) = piece.split_once(joint) {
            let from = (Comparison::GreaterOrEqual, strip_nouns(from).to_owned());
            return Some(vec![from, (Comparison::LessOrEqual, strip_nouns(to).to_owned())]);
        }
    }
    if let Some((version, words)) = piece.split_once(" or ")
        && let Some(comparison) = comparison_after(words)
    {
        return Some(vec![(comparison, version.trim().to_owned())]);
    }
    Some(vec![(Comparison::Equal, piece.to_owned())])
}

/// Words before a version that say only that it is one.
fn strip_nouns(text: &str) -> &str {
    let mut text = text.trim();
    for noun in ["all ", "firmware ", "software ", "versions ", "version ", "ver. ", "rev. ", "revision "] {
        text = text.strip_prefix(noun).unwrap_or(text).trim_start();
    }
    text
}

/// Replaces `2.x` by the bound that it stands for; `None` when what is left is no version.
fn resolve_wildcard(comparison: Comparison, version: &str) -> Option<(Comparison, String)> {
    let Some(base) = version.strip_suffix(".x") else {
        return (is_of_versions(version) && Version::read(version).is_some())
            .then(|| (comparison, version.to_owned()));
    };
    Version::read(base)?;
    match comparison {
        Comparison::Less | Comparison::GreaterOrEqual => Some((comparison, base.to_owned())),
        Comparison::LessOrEqual => Some((Comparison::Less, successor(base)?)),
        Comparison::Greater => Some((Comparison::GreaterOrEqual, successor(base)?)),
        Comparison::Equal => Some((comparison, version.to_owned())),
    }
}

/// True when each word has a number or is a known kind of update: prose is no version.
fn is_of_versions(version: &str) -> bool {
    let known =
        |word: &str| matches!(word, "sp" | "update" | "upd" | "hf" | "hotfix" | "patch" | "rev" | "mp");
    let numbered = |word: &str| word.bytes().any(|byte| byte.is_ascii_digit());
    !version.contains(',') && version.split([' ', '_']).all(|word| known(word) || numbered(word))
}

/// `2.3` for `2.2`.
fn successor(base: &str) -> Option<String> {
    let (front, last) = match base.rfind('.') {
        Some(dot) => base.split_at_checked(dot + 1)?,
        None => ("", base),
    };
    let digits = last.trim_start_matches('v');
    let lead = last.strip_suffix(digits)?;
    let next = digits.parse::<u32>().ok()?.checked_add(1)?;
    Some(format!("{front}{lead}{next}"))
}

/// Pairs a lower bound with the upper bound that follows it (package-url VERS, "parsing and validating").
fn combine(constraints: &[(Comparison, String)]) -> Option<Vec<Stated>> {
    let mut stated = Vec::new();
    let mut from: Option<(String, bool)> = None;
    let mut open_below = true;
    for (comparison, version) in constraints {
        match comparison {
            Comparison::Equal if from.is_some() => return None,
            Comparison::Equal => stated.push(one(version)?),
            Comparison::Greater | Comparison::GreaterOrEqual if from.is_some() => return None,
            Comparison::Greater => from = Some((version.clone(), false)),
            Comparison::GreaterOrEqual => from = Some((version.clone(), true)),
            Comparison::Less | Comparison::LessOrEqual => {
                let to = (version.clone(), *comparison == Comparison::LessOrEqual);
                // A second range without a beginning would swallow the first.
                if from.is_none() && !std::mem::take(&mut open_below) {
                    return None;
                }
                stated.push(Stated::Range(from.take(), Some(to)));
                open_below = false;
            }
        }
    }
    stated.extend(from.map(|from| Stated::Range(Some(from), None)));
    (!stated.is_empty()).then_some(stated)
}

fn one(version: &str) -> Option<Stated> {
    match version.strip_suffix(".x") {
        Some(base) => Some(Stated::Range(Some((base.to_owned(), true)), Some((successor(base)?, false)))),
        None => Some(Stated::Exactly(version.to_owned())),
    }
}
