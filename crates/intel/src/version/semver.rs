//! Semantic Versioning 2.0.0, section 11. A leading `v` (Go) and missing minor and patch numbers (OSV's `0`) are read;
//! the build after `+` does not count.

use std::cmp::Ordering;

use super::compare_digits;

struct Version<'a> {
    numbers: [&'a str; 3],
    stage: Vec<&'a str>,
}

pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (read(one)?, read(two)?);
    let numbers = one.numbers.iter().zip(two.numbers).map(|(one, two)| compare_digits(one, two));
    let order = numbers.fold(Ordering::Equal, Ordering::then);
    Some(order.then_with(|| compare_stages(&one.stage, &two.stage)))
}

fn read(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, build) = text.split_once('+').map_or((text, None), |(text, build)| (text, Some(build)));
    let (core, stage) = text.split_once('-').map_or((text, None), |(core, stage)| (core, Some(stage)));
    let mut numbers = ["0"; 3];
    let mut parts = core.split('.');
    for (at, number) in numbers.iter_mut().enumerate() {
        match parts.next() {
            Some(part) if is_number(part) => *number = part,
            None if at > 0 => {}
            _ => return None,
        }
    }
    let stage = stage.map_or_else(Vec::new, |stage| stage.split('.').collect());
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let staged = stage.iter().all(|part| word(part) && (!is_digits(part) || is_number(part)));
    let built = build.is_none_or(|build| build.split('.').all(word));
    (parts.next().is_none() && staged && built).then_some(Version { numbers, stage })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits without a leading zero.
fn is_number(text: &str) -> bool {
    is_digits(text) && (text == "0" || !text.starts_with('0'))
}

/// A version with a stage comes before the same without.
fn compare_stages(one: &[&str], two: &[&str]) -> Ordering {
    match (one.is_empty(), two.is_empty()) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
        (false, false) => {
            let pairs = one.iter().zip(two).map(|(one, two)| compare_identifiers(one, two));
            pairs.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&two.len()))
        }
    }
}

fn compare_identifiers(one: &str, two: &str) -> Ordering {
    match (is_digits(one), is_digits(two)) {
        (true, true) => compare_digits(one, two),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => one.cmp(two),
    }
}
