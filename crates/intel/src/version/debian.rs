//! Debian's order (Debian Policy 5.6.12): epoch, then upstream version, then revision; `~` sorts before everything,
//! also before the end; letters before other characters.

use std::cmp::Ordering;

use super::{compare_digits, take_run};

struct Version<'a> {
    epoch: u32,
    upstream: &'a str,
    revision: &'a str,
}

pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (read(one)?, read(two)?);
    let upstream = || compare_part(one.upstream, two.upstream);
    let revision = || compare_part(one.revision, two.revision);
    Some(one.epoch.cmp(&two.epoch).then_with(upstream).then_with(revision))
}

fn read(text: &str) -> Option<Version<'_>> {
    let (epoch, rest) = match text.split_once(':') {
        Some((epoch, rest)) => (read_epoch(epoch)?, rest),
        None => (0, text),
    };
    let (upstream, revision) = match rest.rsplit_once('-') {
        Some((_, "")) => return None,
        Some((upstream, revision)) => (upstream, revision),
        None => (rest, ""),
    };
    let allowed = |extra: &'static str| {
        move |byte: u8| byte.is_ascii_alphanumeric() || extra.as_bytes().contains(&byte)
    };
    let whole = upstream.bytes().all(allowed(".+-:~")) && revision.bytes().all(allowed(".+~"));
    let begins = upstream.starts_with(|letter: char| letter.is_ascii_digit());
    (whole && begins).then_some(Version { epoch, upstream, revision })
}

fn read_epoch(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|&epoch| epoch <= 2_147_483_647)
}

/// In turn the runs without digits, by `weight`, and the runs of digits, as numbers.
fn compare_part(mut one: &str, mut two: &str) -> Ordering {
    while !(one.is_empty() && two.is_empty()) {
        let apart = compare_text(text_of(&mut one), text_of(&mut two));
        let order = apart.then_with(|| compare_digits(digits_of(&mut one), digits_of(&mut two)));
        if order != Ordering::Equal {
            return order;
        }
    }
    Ordering::Equal
}

fn text_of<'a>(text: &mut &'a str) -> &'a str {
    take_run(text, |byte| !byte.is_ascii_digit())
}

fn digits_of<'a>(text: &mut &'a str) -> &'a str {
    take_run(text, |byte| byte.is_ascii_digit())
}

fn compare_text(one: &str, two: &str) -> Ordering {
    let weights = |text: &str| text.bytes().map(weight).chain([0]).collect::<Vec<i32>>();
    weights(one).cmp(&weights(two))
}

/// `~` below the end (0), letters above it, everything else above letters.
fn weight(byte: u8) -> i32 {
    match byte {
        b'~' => -1,
        letter if letter.is_ascii_alphabetic() => i32::from(letter),
        other => i32::from(other) + 256,
    }
}
