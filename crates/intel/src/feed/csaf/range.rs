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
    if let Some(list) = read_by_country(&text).or_else(|| read_letters(&text)) {
        return Some(list);
    }
    let text = without_notes(&text)?;
    let text = strip_scheme(text.trim());
    if is_all(text) {
        return Some(vec![Stated::All]);
    }
    if let Some(between) = read_between(text) {
        return Some(vec![between]);
    }
    if let Some(list) = read_spaced_list(text) {
        return Some(list);
    }
    let constraints = read_constraints(text)?;
    combine(&constraints)
}

/// `053L000091 (global) / 054U000091 (U.S.) and 053L000092 (global)`: the same release has a number for each part of the
/// world, and each of them stands in the text.
fn read_by_country(text: &str) -> Option<Vec<Stated>> {
    let one = |item: &str| {
        let (version, place) = item.trim().strip_suffix(')')?.split_once(" (")?;
        let is_one = !version.contains(['<', '>', ' ']) && is_of_versions(version);
        let named = matches!(place, "global" | "u.s." | "us" | "international");
        (is_one && named && Version::read(version).is_some()).then(|| Stated::Exactly(version.to_owned()))
    };
    text.split(" and ").flat_map(|part| part.split(" / ")).map(one).collect()
}

/// `Rev B-M`: each revision that is called by a letter from B to M. What stands between two letters is told by the
/// alphabet alone, so anything longer than a letter is none of them.
fn read_letters(text: &str) -> Option<Vec<Stated>> {
    let letters = text.strip_prefix("rev ").or_else(|| text.strip_prefix("rev. "))?;
    let (from, to) = letters.split_once('-').filter(|(from, to)| is_letter(from) && is_letter(to))?;
    let (from, to) = (from.bytes().next()?, to.bytes().next()?);
    (from < to).then(|| (from..=to).map(|letter| Stated::Exactly(char::from(letter).to_string())).collect())
}

/// `(Release 1.3.2 1.4.0 1.4.1)`: numbers with dots and nothing else.
fn read_spaced_list(text: &str) -> Option<Vec<Stated>> {
    let bare = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')).unwrap_or(text);
    let items: Vec<&str> = strip_nouns(bare).split_whitespace().collect();
    let dotted = |item: &&str| {
        item.contains('.') && item.split('.').all(|part| part.parse::<u32>().is_ok() && part.len() <= 9)
    };
    let list = items.len() >= 2 && items.iter().all(dotted);
    list.then(|| items.into_iter().map(|item| Stated::Exactly(item.to_owned())).collect())
}

/// Spellings of one thing.
const SPELLINGS: &[(&str, &str)] = &[
    ("≤", "<="),
    ("≥", ">="),
    ("=<", "<="),
    ("=>", ">="),
    ("vers:/", ""),
    ("\"", ""),
    ("“", ""),
    ("”", ""),
    ("_and_", " and "),
    ("_<", " <"),
    ("_>", " >"),
    ("service pack", "sp"),
    ("service_pack", "sp"),
    ("(build ", "build "),
    ("(build_", "build "),
    (" -|", "|"),
    (".*", ".x"),
    (".xx", ".x"),
];

/// Lower case, one spelling of each thing.
fn plain(text: &str) -> String {
    let build = text.to_lowercase().contains("(build");
    let spelt = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    let text = SPELLINGS.iter().fold(text.to_lowercase(), spelt);
    let text = if build { text.replace(')', "") } else { text };
    text.trim().trim_end_matches(['.', ',', ';', '_', '-']).trim_end().to_owned()
}

/// Beginnings of notes in brackets that do not narrow the versions.
const NOTES: &[&str] = &[
    "only affected by cve",
    "cve-",
    "including ",
    "formerly ",
    "end-of-life ",
    "integrated into ",
    "these products are sold in limited regions",
];

/// The text without notes in brackets; `None` when what is in brackets may be a condition.
fn without_notes(text: &str) -> Option<String> {
    let Some((before, rest)) = text.split_once(" (") else { return Some(text.to_owned()) };
    if rest.starts_with("including) and ") {
        return Some(text.to_owned());
    }
    let (note, after) = rest.split_once(')')?;
    // `5.7.4 (96)`: a part of the version.
    if !note.contains(' ') && Version::read(note).is_some() {
        return Some(text.to_owned());
    }
    let harmless = NOTES.iter().any(|start| note.starts_with(start));
    (harmless && after.trim().is_empty()).then(|| before.to_owned())
}

/// `between V2.5 (including) and V2.7 (excluding)`.
fn read_between(text: &str) -> Option<Stated> {
    let spaced = text.replace("_(", " (").replace("between_", "between ");
    let (_, rest) = spaced.split_once("between ").unwrap_or(("", &spaced));
    let (from, to) = rest.split_once(" (including) and ")?;
    let (to, inclusive) = match (to.strip_suffix(" (excluding)"), to.strip_suffix(" (including)")) {
        (Some(to), _) => (to, false),
        (_, Some(to)) => (to, true),
        _ => return None,
    };
    let end = |version: &str| is_version(version).then(|| version.to_owned());
    Some(Stated::Range(Some((end(from.trim())?, true)), Some((end(to.trim())?, inclusive))))
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
    for part in text.split('|').flat_map(split_list) {
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

/// `1.1 and 1.2`, `1.1, 1.2, and 1.3`.
fn split_list(part: &str) -> Vec<&str> {
    part.split(" and ").flat_map(|part| part.trim_end_matches(',').split(", ")).collect()
}

/// `>=v1.1<v1.3` is two constraints.
fn split_at_signs(part: &str) -> Vec<&str> {
    let part = strip_nouns(part);
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
    for joint in [" through ", " to ", " until ", " - "] {
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
const NOUNS: &[&str] = &[
    "all", "bios", "firmware", "fw", "release", "software", "sw", "versions", "version", "ver.", "rev.",
    "revision", "v",
];

fn strip_nouns(text: &str) -> &str {
    let mut text = text.trim().trim_start_matches('_');
    for noun in NOUNS {
        let rest = text.strip_prefix(noun).filter(|rest| rest.starts_with([' ', '_']));
        text = rest.map_or(text, |rest| rest.trim_start_matches([' ', '_']));
    }
    text
}

/// Replaces `2.x` by the bound that it stands for; `None` when what is left is no version.
fn resolve_wildcard(comparison: Comparison, version: &str) -> Option<(Comparison, String)> {
    if !version.ends_with(".x") {
        return is_version(version).then(|| (comparison, version.to_owned()));
    }
    let base = version.trim_end_matches(".x");
    Version::read(base)?;
    match comparison {
        Comparison::Less | Comparison::GreaterOrEqual => Some((comparison, base.to_owned())),
        Comparison::LessOrEqual => Some((Comparison::Less, successor(base)?)),
        Comparison::Greater => Some((Comparison::GreaterOrEqual, successor(base)?)),
        Comparison::Equal => Some((comparison, format!("{base}.x"))),
    }
}

fn is_version(text: &str) -> bool {
    is_letter(text) || is_of_versions(text) && Version::read(text).is_some()
}

/// One letter, by which some makers call their revisions; which letter is newer is not said here.
fn is_letter(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// True when each word has a number or is a known kind of update: prose is no version.
fn is_of_versions(version: &str) -> bool {
    let known = |word: &str| {
        matches!(
            word,
            "sp" | "update" | "upd" | "hf" | "hotfix" | "patch" | "rev" | "mp" | "build" | "release"
        )
    };
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
    // Ends of ranges so far.
    let mut ends: Vec<&str> = Vec::new();
    for (comparison, version) in constraints {
        match comparison {
            Comparison::Equal if from.is_some() => return None,
            Comparison::Equal => stated.push(one(version)?),
            Comparison::Greater | Comparison::GreaterOrEqual if from.is_some() => return None,
            Comparison::Greater => from = Some((version.clone(), false)),
            Comparison::GreaterOrEqual => from = Some((version.clone(), true)),
            Comparison::Less | Comparison::LessOrEqual => {
                let to = (version.clone(), *comparison == Comparison::LessOrEqual);
                // A second range without a beginning would swallow the first, unless it is of another line.
                if from.is_none() && ends.iter().any(|end| of_one_line(end, version)) {
                    return None;
                }
                stated.push(Stated::Range(from.take(), Some(to)));
                ends.push(version);
            }
        }
    }
    stated.extend(from.map(|from| Stated::Range(Some(from), None)));
    (!stated.is_empty()).then_some(stated)
}

/// True unless the two are surely numbered apart: `U61` and `L81`.
fn of_one_line(one: &str, two: &str) -> bool {
    let lead =
        |text: &str| text.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect::<String>();
    let (one, two) = (lead(one), lead(two));
    one == two || one.is_empty() || two.is_empty() || one == "v" || two == "v"
}

fn one(version: &str) -> Option<Stated> {
    match version.strip_suffix(".x") {
        Some(base) => Some(Stated::Range(Some((base.to_owned(), true)), Some((successor(base)?, false)))),
        None => Some(Stated::Exactly(version.to_owned())),
    }
}
