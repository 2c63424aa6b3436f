//! Small words that every page needs: numbers, plurals, moments.

use wardround_model::Timestamp;

/// A number with its noun: `1 device`, `12,345 devices`.
pub fn count(number_of: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(number_of), if number_of == 1 { one } else { many })
}

/// A number with separators for thousands.
pub fn number(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `23 Nov 2026, 07:00`, in UTC.
pub fn day_and_time(moment: Timestamp) -> String {
    formatted(moment, "%-d %b %Y, %H:%M")
}

/// `23 Nov 2026`, in UTC.
pub fn day(moment: Timestamp) -> String {
    formatted(moment, "%-d %b %Y")
}

/// `07:00`, in UTC.
pub(crate) fn time(moment: Timestamp) -> String {
    formatted(moment, "%H:%M")
}

fn formatted(moment: Timestamp, pattern: &str) -> String {
    let seconds = jiff::Timestamp::from_second(moment.seconds());
    seconds.map_or_else(|_| moment.to_string(), |moment| moment.strftime(pattern).to_string())
}

/// How long, in the largest unit that says it well: `15 minutes`, `3 days`.
pub fn how_long(nanoseconds: i64) -> String {
    let seconds = u64::try_from(nanoseconds / 1_000_000_000).unwrap_or(0);
    match seconds {
        0..=119 => count(seconds, "second", "seconds"),
        120..=7_199 => count((seconds + 30) / 60, "minute", "minutes"),
        7_200..=172_799 => count((seconds + 1_800) / 3_600, "hour", "hours"),
        _ => count((seconds + 43_200) / 86_400, "day", "days"),
    }
}

/// How old something of this day is, where that is worth saying: `23 days old`.
pub(crate) fn age(day: Timestamp, at: Timestamp) -> Option<String> {
    const DAYS: i64 = 86_400 * 1_000_000_000;
    let age = at.since(day);
    (age >= 2 * DAYS).then(|| format!("{} old", how_long(age)))
}

/// `a, b and c`; beyond `most`, `a, b and 7 more`.
#[must_use]
pub fn listed(items: &[String], most: usize) -> String {
    let left_out = items.len().saturating_sub(most);
    let mut shown: Vec<String> = items.iter().take(most).cloned().collect();
    if left_out > 0 {
        shown.push(format!("{} more", number(u64::try_from(left_out).unwrap_or(u64::MAX))));
    }
    match shown.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// With a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A count of things in memory, as a number.
#[must_use]
pub fn wide(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_moments_read_well() {
        assert_eq!(count(1, "device", "devices"), "1 device");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(day_and_time(Timestamp::from_seconds(1_795_417_200)), "23 Nov 2026, 07:00");
        assert_eq!(how_long(900_000_000_000), "15 minutes");
        assert_eq!(how_long(-5), "0 seconds");
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(listed(&items, 5), "a, b and c");
        assert_eq!(listed(&items, 1), "a and 2 more");
    }
}
