//! Alpine's order (apk-tools): `1.2.3b_rc4_p1-r5`. Numbers, then a letter, then suffixes of which `_alpha`, `_beta`,
//! `_pre` and `_rc` come before the release and `_cvs` to `_p` after it, then the package's own revision.
//!
//! Releases of apk-tools order numbers with leading zeros (`1.05`) and commit hashes differently: no answer for these.

use std::cmp::Ordering;

use super::{compare_digits, take_run};

struct Version<'a> {
    numbers: Vec<&'a str>,
    letter: &'a str,
    /// Rank and number of each; the end of the list has rank 0.
    suffixes: Vec<(i8, &'a str)>,
    revision: Option<&'a str>,
}

const SUFFIXES: &[(&str, i8)] = &[
    ("alpha", -4),
    ("beta", -3),
    ("pre", -2),
    ("rc", -1),
    ("cvs", 1),
    ("svn", 2),
    ("git", 3),
    ("hg", 4),
    ("p", 5),
];

pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (read(one)?, read(two)?);
    let order = compare_numbers(&one.numbers, &two.numbers).then_with(|| one.letter.cmp(two.letter));
    let order = order.then_with(|| compare_suffixes(&one.suffixes, &two.suffixes));
    Some(order.then_with(|| compare_revisions(one.revision, two.revision)))
}

fn read(text: &str) -> Option<Version<'_>> {
    let (text, revision) = match text.split_once("-r") {
        Some((text, revision)) if is_digits(revision) => (text, Some(revision)),
        Some(_) => return None,
        None => (text, None),
    };
    let mut parts = text.split('_');
    let head = parts.next()?;
    let (head, letter) = match head.char_indices().next_back() {
        Some((at, letter)) if letter.is_ascii_lowercase() => head.split_at_checked(at)?,
        _ => (head, ""),
    };
    let numbers: Vec<&str> = head.split('.').collect();
    let padded = |number: &str| number.len() > 1 && number.starts_with('0');
    if !numbers.iter().all(|number| is_digits(number)) || numbers.iter().skip(1).any(|n| padded(n)) {
        return None;
    }
    let suffixes = parts.map(read_suffix).collect::<Option<Vec<_>>>()?;
    Some(Version { numbers, letter, suffixes, revision })
}

fn read_suffix(mut text: &str) -> Option<(i8, &str)> {
    let name = take_run(&mut text, |byte| byte.is_ascii_lowercase());
    let (_, rank) = SUFFIXES.iter().find(|(known, _)| *known == name)?;
    (text.is_empty() || is_digits(text)).then_some((*rank, text))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn compare_numbers(one: &[&str], two: &[&str]) -> Ordering {
    let pairs = one.iter().zip(two).map(|(one, two)| compare_digits(one, two));
    pairs.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&two.len()))
}

fn compare_suffixes(one: &[(i8, &str)], two: &[(i8, &str)]) -> Ordering {
    for at in 0..one.len().max(two.len()) {
        let (one, two) = (one.get(at).unwrap_or(&(0, "")), two.get(at).unwrap_or(&(0, "")));
        let numbered = one.1.is_empty().cmp(&two.1.is_empty()).reverse();
        let order = one.0.cmp(&two.0).then(numbered).then_with(|| compare_digits(one.1, two.1));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn compare_revisions(one: Option<&str>, two: Option<&str>) -> Ordering {
    match (one, two) {
        (Some(one), Some(two)) => compare_digits(one, two),
        (one, two) => one.is_some().cmp(&two.is_some()),
    }
}
