//! Days and moments as directories, spreadsheets and consoles write them. A moment without a zone is taken as UTC: what follows from
//! lists counts in days. Where day and month cannot be told apart, nothing is guessed.

use wardround_model::Timestamp;

/// Which comes first in `03/04/2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The day.
    DayFirst,
    /// The month.
    MonthFirst,
    /// The file does not tell.
    Unknown,
}

/// Why a text is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMoment {
    /// It says that there was none: never.
    Never,
    /// Day and month could be either way round.
    Ambiguous,
    /// It is written in no known way, or is no day of the calendar.
    Unreadable,
}

/// Words for never.
const NEVER: [&str; 12] = [
    "never",
    "nie",
    "niemals",
    "jamais",
    "nunca",
    "mai",
    "0",
    "9223372036854775807",
    "not available",
    "none",
    "unknown",
    "not applicable",
];
/// The months' beginnings in English, German, French and Spanish.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene"],
    &["feb", "fév", "fev"],
    &["mar", "mär", "mrz"],
    &["apr", "avr", "abr"],
    &["may", "mai"],
    &["jun", "juin"],
    &["jul", "juil"],
    &["aug", "aoû", "aou", "ago"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez", "déc", "dic"],
];
/// Seconds from 1601 to 1970.
const FROM_1601: i64 = 11_644_473_600;

/// The moment that a text means.
pub(crate) fn moment(text: &str, order: Order) -> Result<Timestamp, NoMoment> {
    let text = text.trim().to_lowercase();
    if NEVER.contains(&text.as_str()) {
        return Err(NoMoment::Never);
    }
    if let Some(moment) = by_number(&text) {
        return moment;
    }
    let (text, offset) = without_zone(&text);
    let parts = Parts::of(&text).ok_or(NoMoment::Unreadable)?;
    let (year, month, day) = parts.day(order)?;
    let days = days_of(year, month, day).ok_or(NoMoment::Unreadable)?;
    // Directories write the first days of their calendars for never.
    if year <= 1601 {
        return Err(NoMoment::Never);
    }
    if !(1970..=2200).contains(&year) {
        return Err(NoMoment::Unreadable);
    }
    let seconds = parts.second_of_day().ok_or(NoMoment::Unreadable)?;
    Ok(Timestamp::from_seconds(days * 86_400 + seconds - offset))
}

/// Which of the two numbers a day must be, if this text tells: one above twelve is no month.
pub(crate) fn order_told(text: &str) -> Option<Order> {
    let mut numbers = text.trim().split(|c: char| !c.is_ascii_digit());
    let (first, second, third) = (numbers.next()?, numbers.next()?, numbers.next()?);
    let (first, second): (u32, u32) = (first.parse().ok()?, second.parse().ok()?);
    let is_year_last = matches!(third.len(), 2 | 4);
    match (first, second) {
        (13..=31, 1..=12) if is_year_last => Some(Order::DayFirst),
        (1..=12, 13..=31) if is_year_last => Some(Order::MonthFirst),
        _ => None,
    }
}

/// A number alone: a FILETIME, seconds or milliseconds since 1970, or a day without marks; or an LDAP moment.
fn by_number(text: &str) -> Option<Result<Timestamp, NoMoment>> {
    let digits = text.strip_suffix(".0z").or(text.strip_suffix('z')).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let part = |from: usize, to: usize| digits.get(from..to).and_then(|part| part.parse::<i64>().ok());
    let civil = || {
        let days = days_of(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
        let clock = |at: usize| if digits.len() == 14 { part(at, at.saturating_add(2)) } else { Some(0) };
        Some(days * 86_400 + clock(8)? * 3_600 + clock(10)? * 60 + clock(12)?)
    };
    let seconds = match digits.len() {
        8 | 14 => civil(),
        10 => Some(number),
        13 => Some(number / 1_000),
        17 | 18 => Some(number / 10_000_000 - FROM_1601),
        _ => None,
    };
    Some(seconds.filter(|seconds| *seconds >= 0).map(Timestamp::from_seconds).ok_or(NoMoment::Unreadable))
}

/// The text without `Z`, `UTC` or an offset at its end, and the offset in seconds.
fn without_zone(text: &str) -> (String, i64) {
    let text = text.trim_end_matches(" utc").trim_end_matches(" gmt").trim_end_matches('z').trim_end();
    let sign = text.rfind(['+', '-']).filter(|at| text.get(..*at).is_some_and(|clock| clock.contains(':')));
    let Some((clock, zone)) = sign.and_then(|at| text.split_at_checked(at)) else {
        return (text.to_owned(), 0);
    };
    let digits: String = zone.chars().filter(char::is_ascii_digit).take(4).collect();
    let (hours, minutes) = digits.split_at_checked(2).unwrap_or((&digits, ""));
    let seconds = hours.parse().unwrap_or(0) * 3_600 + minutes.parse().unwrap_or(0) * 60;
    (clock.to_owned(), if zone.starts_with('-') { -seconds } else { seconds })
}

/// A text taken apart: the three parts of its day, and its clock.
struct Parts<'t> {
    day: [&'t str; 3],
    clock: Vec<i64>,
    half: Option<Half>,
    has_dots: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

impl<'t> Parts<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let half = match () {
            () if text.ends_with("am") || text.ends_with("a. m.") => Some(Half::Morning),
            () if text.ends_with("pm") || text.ends_with("p. m.") => Some(Half::Afternoon),
            () => None,
        };
        let mut words = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty() && !is_weekday(word) && !is_particle(word));
        // `2026-11-23T07:00:00`: the letter joins day and hour in one word.
        let (first, second, third) = (words.next()?, words.next()?, words.next()?);
        let (third, hour) = third.split_once('t').filter(|(day, _)| is_number(day)).unwrap_or((third, ""));
        // `Mon Nov 23 07:00:00 2026`: consoles put the year last.
        let mut rest: Vec<&str> =
            [hour].into_iter().chain(words).filter(|word| is_number(word)).take(8).collect();
        let mut third = third;
        if month_called(first).is_some()
            && third.len() == 2
            && rest.last().is_some_and(|last| last.len() == 4)
        {
            rest.insert(0, third);
            third = rest.pop()?;
        }
        let clock = rest.iter().take(3).map(|number| number.parse().ok()).collect::<Option<_>>()?;
        let has_dots = text.get(..6).is_some_and(|start| start.contains('.'));
        Some(Self { day: [first, second, third], clock, half, has_dots })
    }

    /// Year, month and day.
    fn day(&self, order: Order) -> Result<(i64, i64, i64), NoMoment> {
        let [first, second, third] = self.day;
        let number = |text: &str| text.parse::<i64>().map_err(|_| NoMoment::Unreadable);
        if let Some(month) = month_called(second) {
            return Ok(if first.len() == 4 {
                (number(first)?, month, number(third)?)
            } else {
                (year_of(third)?, month, number(first)?)
            });
        }
        if let Some(month) = month_called(first) {
            return Ok((year_of(third)?, month, number(second)?));
        }
        if first.len() == 4 {
            return Ok((number(first)?, number(second)?, number(third)?));
        }
        let (a, b, year) = (number(first)?, number(second)?, year_of(third)?);
        match order {
            _ if self.has_dots || a > 12 || a == b => Ok((year, b, a)),
            _ if b > 12 => Ok((year, a, b)),
            Order::DayFirst => Ok((year, b, a)),
            Order::MonthFirst => Ok((year, a, b)),
            Order::Unknown => Err(NoMoment::Ambiguous),
        }
    }

    fn second_of_day(&self) -> Option<i64> {
        let part = |at: usize| self.clock.get(at).copied().unwrap_or(0);
        let hour = match (self.half, part(0)) {
            (Some(Half::Morning), 12) => 0,
            (Some(Half::Afternoon), hour @ 1..=11) => hour + 12,
            (_, hour) => hour,
        };
        let is_clock = hour < 24 && part(1) < 60 && part(2) <= 60;
        is_clock.then(|| hour * 3_600 + part(1) * 60 + part(2))
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_weekday(word: &str) -> bool {
    const DAYS: [&str; 22] = [
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "montag",
        "dienstag",
        "mittwoch",
        "donnerstag",
        "freitag",
        "samstag",
        "sonntag",
        "mo",
    ];
    DAYS.contains(&word)
}

/// `23 de noviembre de 2026`, `at`, `um`, `Uhr`, `à`.
fn is_particle(word: &str) -> bool {
    ["de", "del", "at", "um", "uhr", "à", "am", "pm"].contains(&word)
}

fn month_called(word: &str) -> Option<i64> {
    if word.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let at = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    i64::try_from(at.saturating_add(1)).ok()
}

fn year_of(text: &str) -> Result<i64, NoMoment> {
    let year: i64 = text.parse().map_err(|_| NoMoment::Unreadable)?;
    match text.len() {
        4 => Ok(year),
        2 if year < 70 => Ok(2_000 + year),
        2 => Ok(1_900 + year),
        _ => Err(NoMoment::Unreadable),
    }
}

/// Days from 1970 to a day of the Gregorian calendar; `None` when there is no such day.
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) || !(1..=9999).contains(&year) {
        return None;
    }
    // Years are counted from March, so that the day of the leap year is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_to_write_a_moment() {
        let cases = [
            ("2026-11-23", "2026-11-23T00:00:00Z"),
            ("2026-11-23 07:08:09", "2026-11-23T07:08:09Z"),
            ("2026-11-23T07:08:09.1234567Z", "2026-11-23T07:08:09Z"),
            ("2026-11-23T07:08:09+01:00", "2026-11-23T06:08:09Z"),
            ("2026-11-23 07:08:09 UTC", "2026-11-23T07:08:09Z"),
            ("2026/11/23", "2026-11-23T00:00:00Z"),
            ("20261123", "2026-11-23T00:00:00Z"),
            ("11/23/2026 7:08:09 AM", "2026-11-23T07:08:09Z"),
            ("11/23/2026 12:30:00 PM", "2026-11-23T12:30:00Z"),
            ("11/23/2026 12:00:00 AM", "2026-11-23T00:00:00Z"),
            ("23/11/2026 19:08", "2026-11-23T19:08:00Z"),
            ("23.11.2026 07:08:09", "2026-11-23T07:08:09Z"),
            ("03.04.2026", "2026-04-03T00:00:00Z"),
            ("5.5.26", "2026-05-05T00:00:00Z"),
            ("23-Nov-26", "2026-11-23T00:00:00Z"),
            ("23. November 2026", "2026-11-23T00:00:00Z"),
            ("23 de noviembre de 2026", "2026-11-23T00:00:00Z"),
            ("Nov 23, 2026 7:08 PM", "2026-11-23T19:08:00Z"),
            ("Mon Nov 23 07:08:09 2026", "2026-11-23T07:08:09Z"),
            ("20261123070809.0Z", "2026-11-23T07:08:09Z"),
            ("134085208890000000", "2025-11-25T05:08:09Z"),
            ("1795417689", "2026-11-23T07:08:09Z"),
        ];
        for (text, expected) in cases {
            let moment = moment(text, Order::Unknown).map(|moment| moment.to_string());
            assert_eq!(moment.as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn nothing_is_guessed() {
        assert_eq!(moment("03/04/2026", Order::Unknown), Err(NoMoment::Ambiguous));
        assert_eq!(moment("03/04/2026", Order::DayFirst).unwrap().to_string(), "2026-04-03T00:00:00Z");
        assert_eq!(moment("03/04/2026", Order::MonthFirst).unwrap().to_string(), "2026-03-04T00:00:00Z");
        for text in ["31/02/2026", "soon", "2026-13-01", "45291", "1/2", "99/99/9999", "2026-11-23 25:00"] {
            assert_eq!(moment(text, Order::DayFirst), Err(NoMoment::Unreadable), "{text}");
        }
        for text in
            ["Never", "nie", "0", "9223372036854775807", "01.01.1601 01:00:00", "1/1/0001 12:00:00 AM"]
        {
            assert_eq!(moment(text, Order::Unknown), Err(NoMoment::Never), "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_tells_the_order() {
        assert_eq!(order_told("11/23/2026 7:00"), Some(Order::MonthFirst));
        assert_eq!(order_told("23/11/2026"), Some(Order::DayFirst));
        assert_eq!(order_told("03/04/2026"), None);
        assert_eq!(order_told("2026-11-23"), None);
    }

    proptest::proptest! {
        #[test]
        fn every_day_is_read_back(seconds in 0_i64..7_000_000_000) {
            let text = Timestamp::from_seconds(seconds).to_string();
            proptest::prop_assert_eq!(moment(&text, Order::Unknown), Ok(Timestamp::from_seconds(seconds)));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = (moment(&text, Order::Unknown), order_told(&text));
        }
    }
}
