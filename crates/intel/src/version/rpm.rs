//! RPM's order (rpm-version(7)): epoch, version, release, each by segments of digits or letters; `~` sorts before the end,
//! `^` after the end and before any other addition.
//!
//! A text without an epoch has epoch 0, as RPM says. Lists of `rpm -qa` hide the epoch: who compares those must add it.

use std::cmp::Ordering;

use super::{compare_digits, take_run};

struct Version<'a> {
    epoch: &'a str,
    version: &'a str,
    release: Option<&'a str>,
}

/// Two versions that differ only in that one has no release cannot be told apart.
pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (read(one)?, read(two)?);
    let order = compare_digits(one.epoch, two.epoch).then_with(|| compare_part(one.version, two.version));
    match (order, one.release, two.release) {
        (Ordering::Equal, Some(one), Some(two)) => Some(compare_part(one, two)),
        (Ordering::Equal, None, None) => Some(Ordering::Equal),
        (Ordering::Equal, ..) => None,
        (order, ..) => Some(order),
    }
}

fn read(text: &str) -> Option<Version<'_>> {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = match rest.split_once('-') {
        Some((version, release)) => (version, Some(release)),
        None => (rest, None),
    };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~^".contains(&byte);
    let part =
        |text: &str| text.bytes().all(allowed) && text.bytes().any(|byte| byte.is_ascii_alphanumeric());
    let numbered = !epoch.is_empty() && epoch.bytes().all(|byte| byte.is_ascii_digit());
    (numbered && part(version) && release.is_none_or(part)).then_some(Version { epoch, version, release })
}

/// `rpmvercmp`.
fn compare_part(mut one: &str, mut two: &str) -> Ordering {
    let separates = |byte: u8| !byte.is_ascii_alphanumeric() && byte != b'~' && byte != b'^';
    loop {
        take_run(&mut one, separates);
        take_run(&mut two, separates);
        match compare_marks(&mut one, &mut two) {
            Some(Ordering::Equal) => continue,
            Some(order) => return order,
            None => {}
        }
        if one.is_empty() || two.is_empty() {
            return one.len().cmp(&two.len());
        }
        let order = compare_segment(&mut one, &mut two);
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// What `~` and `^` say; `Equal` when both had the same one, `None` when neither has any.
fn compare_marks(one: &mut &str, two: &mut &str) -> Option<Ordering> {
    let (first, second) = (one.bytes().next(), two.bytes().next());
    let order = match (first, second) {
        (Some(b'~'), Some(b'~')) | (Some(b'^'), Some(b'^')) => Ordering::Equal,
        (Some(b'~'), _) => Ordering::Less,
        (_, Some(b'~')) => Ordering::Greater,
        (Some(b'^'), None) => Ordering::Greater,
        (None, Some(b'^')) => Ordering::Less,
        (Some(b'^'), Some(_)) => Ordering::Less,
        (Some(_), Some(b'^')) => Ordering::Greater,
        _ => return None,
    };
    if order == Ordering::Equal {
        *one = one.get(1..).unwrap_or_default();
        *two = two.get(1..).unwrap_or_default();
    }
    Some(order)
}

/// One segment of each: numbers as numbers and above letters.
fn compare_segment(one: &mut &str, two: &mut &str) -> Ordering {
    let numeric = |text: &str| text.starts_with(|letter: char| letter.is_ascii_digit());
    let segment = |text: &mut &str| match numeric(text) {
        true => take_run(text, |byte| byte.is_ascii_digit()).to_owned(),
        false => take_run(text, |byte| byte.is_ascii_alphabetic()).to_owned(),
    };
    match (numeric(one), numeric(two)) {
        (true, true) => compare_digits(&segment(one), &segment(two)),
        (false, false) => segment(one).cmp(&segment(two)),
        (numeric, _) => {
            if numeric {
                Ordering::Greater
            } else {
                Ordering::Less
            }
        }
    }
}
