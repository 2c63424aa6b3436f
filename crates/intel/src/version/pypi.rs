//! PEP 440: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]`, with the spellings that its appendix B accepts.

use std::cmp::Ordering;

use super::{compare_digits, take_run};

struct Version<'a> {
    epoch: &'a str,
    release: Vec<&'a str>,
    /// Rank of the letter and the number; releases without one stand after all that have one.
    stage: Option<(u8, &'a str)>,
    post: Option<&'a str>,
    dev: Option<&'a str>,
    local: Vec<&'a str>,
}

pub(super) fn compare(one: &str, two: &str) -> Option<Ordering> {
    let (one, two) = (one.to_ascii_lowercase(), two.to_ascii_lowercase());
    let (one, two) = (read(&one)?, read(&two)?);
    let order = compare_digits(one.epoch, two.epoch);
    let order = order.then_with(|| compare_releases(&one.release, &two.release));
    let order = order.then_with(|| compare_ranked(one.stage_key(), two.stage_key()));
    let order = order.then_with(|| compare_ranked(key(one.post, 0), key(two.post, 0)));
    let order = order.then_with(|| compare_ranked(key(one.dev, 2), key(two.dev, 2)));
    Some(order.then_with(|| compare_locals(&one.local, &two.local)))
}

impl Version<'_> {
    /// `1.0.dev1` comes before `1.0a1`; `1.0` and `1.0.post1` come after `1.0rc1`.
    fn stage_key(&self) -> (u8, &str) {
        match (self.stage, self.post, self.dev) {
            (Some((rank, number)), ..) => (rank, number),
            (None, None, Some(_)) => (0, "0"),
            _ => (4, "0"),
        }
    }
}

/// A number has rank 1; `absent` is the rank of none.
fn key(number: Option<&str>, absent: u8) -> (u8, &str) {
    number.map_or((absent, "0"), |number| (1, number))
}

fn compare_ranked(one: (u8, &str), two: (u8, &str)) -> Ordering {
    one.0.cmp(&two.0).then_with(|| compare_digits(one.1, two.1))
}

fn compare_releases(one: &[&str], two: &[&str]) -> Ordering {
    let at = |list: &[&str], at: usize| list.get(at).copied().map_or_else(String::new, str::to_owned);
    (0..one.len().max(two.len()))
        .map(|place| compare_digits(&at(one, place), &at(two, place)))
        .fold(Ordering::Equal, Ordering::then)
}

/// Segments of digits come after those with letters; more segments after fewer.
fn compare_locals(one: &[&str], two: &[&str]) -> Ordering {
    let pairs = one.iter().zip(two).map(|(one, two)| match (is_digits(one), is_digits(two)) {
        (true, true) => compare_digits(one, two),
        (false, false) => one.cmp(two),
        (true, false) => Ordering::Greater,
        (false, true) => Ordering::Less,
    });
    pairs.fold(Ordering::Equal, Ordering::then).then(one.len().cmp(&two.len()))
}

fn read(text: &str) -> Option<Version<'_>> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let (text, local) = match text.split_once('+') {
        Some((text, local)) => (text, local.split(['.', '-', '_']).collect()),
        None => (text, Vec::new()),
    };
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !local.iter().all(word) {
        return None;
    }
    let (epoch, mut rest) = text.split_once('!').unwrap_or(("0", text));
    let release = read_release(&mut rest).filter(|_| is_digits(epoch))?;
    let stage = read_stage(&mut rest);
    let post = read_post(&mut rest);
    let dev = read_marked(&mut rest, &["dev"]);
    rest.is_empty().then_some(Version { epoch, release, stage, post, dev, local })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn read_release<'a>(rest: &mut &'a str) -> Option<Vec<&'a str>> {
    let mut numbers = Vec::new();
    loop {
        let number = take_run(rest, |byte| byte.is_ascii_digit());
        numbers.push(Some(number).filter(|number| !number.is_empty())?);
        match rest.strip_prefix('.') {
            Some(more) if more.starts_with(|letter: char| letter.is_ascii_digit()) => *rest = more,
            _ => return Some(numbers),
        }
    }
}

fn read_stage<'a>(rest: &mut &'a str) -> Option<(u8, &'a str)> {
    let stages: [(&[&str], u8); 3] =
        [(&["alpha", "a"], 1), (&["beta", "b"], 2), (&["preview", "pre", "rc", "c"], 3)];
    stages.into_iter().find_map(|(names, rank)| Some((rank, read_marked(rest, names)?)))
}

/// `1.0.post1`, `1.0-r4`, or the implicit `1.0-1`.
fn read_post<'a>(rest: &mut &'a str) -> Option<&'a str> {
    if let Some(number) = read_marked(rest, &["post", "rev", "r"]) {
        return Some(number);
    }
    let mut after = rest.strip_prefix('-')?;
    let number = take_run(&mut after, |byte| byte.is_ascii_digit());
    if number.is_empty() {
        return None;
    }
    *rest = after;
    Some(number)
}

/// A separator, one of the names, a separator, a number; without a number it is 0.
fn read_marked<'a>(rest: &mut &'a str, names: &[&str]) -> Option<&'a str> {
    let unjoined = |text: &'a str| text.strip_prefix(['.', '-', '_']).unwrap_or(text);
    let mark = unjoined(rest);
    let after = names.iter().find_map(|name| mark.strip_prefix(name))?;
    let mut numbered = unjoined(after);
    let number = take_run(&mut numbered, |byte| byte.is_ascii_digit());
    *rest = if number.is_empty() { after } else { numbered };
    Some(if number.is_empty() { "0" } else { number })
}
