//! The hours of a week in which something was seen to be active. Not here: what their pattern means, such as when a device can be
//! maintained: that nothing was seen in an hour says nothing when nobody looked.

use std::fmt::{self, Write as _};
use std::ops::Range;

use crate::Timestamp;

/// Hours of a week.
const HOURS: usize = 168;
const BYTES: usize = HOURS / 8;
const HOUR: i64 = 3_600;
/// 1970 began on a Thursday: so many hours of its week, which begins on Monday, were over.
const OVER_IN_1970: i64 = 72;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const HOURS_OF_A_DAY: usize = 24;

/// A set of hours of the week, in UTC; hour 0 is Monday from 00:00 to 00:59.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct ActiveHours([u8; BYTES]);

impl ActiveHours {
    /// None of them.
    pub const NONE: Self = Self([0; BYTES]);

    /// The hour that this moment is in.
    #[must_use]
    pub fn at(moment: Timestamp) -> Self {
        let mut hours = Self::NONE;
        hours.add(moment);
        hours
    }

    /// The hours that these two moments are in.
    #[must_use]
    pub fn of_ends(first: Timestamp, last: Timestamp) -> Self {
        let mut hours = Self::at(first);
        hours.add(last);
        hours
    }

    /// All hours from the one of the first moment to the one of the last; of two moments the wrong way round, those of both.
    #[must_use]
    pub fn between(first: Timestamp, last: Timestamp) -> Self {
        let (from, to) = (hour_number(first), hour_number(last));
        let mut hours = Self::NONE;
        hours.add(last);
        let all = i64::try_from(HOURS).unwrap_or(i64::MAX);
        for number in from..=to.min(from.saturating_add(all)) {
            hours.add_number(number);
        }
        hours.add(first);
        hours
    }

    /// Adds the hour that this moment is in.
    pub fn add(&mut self, moment: Timestamp) {
        self.add_number(hour_number(moment));
    }

    fn add_number(&mut self, number: i64) {
        let all = i64::try_from(HOURS).unwrap_or(i64::MAX);
        self.add_hour(
            usize::try_from(number.saturating_add(OVER_IN_1970).rem_euclid(all)).unwrap_or_default(),
        );
    }

    fn add_hour(&mut self, hour: usize) {
        if let Some(byte) = self.0.get_mut(hour / 8) {
            *byte |= 1 << (hour % 8);
        }
    }

    /// Adds those of another set.
    pub fn join(&mut self, other: Self) {
        for (byte, more) in self.0.iter_mut().zip(other.0) {
            *byte |= more;
        }
    }

    /// Whether this hour of the week, 0 to 167, is one of them.
    #[must_use]
    pub fn has(self, hour: usize) -> bool {
        self.0.get(hour / 8).is_some_and(|byte| byte & (1 << (hour % 8)) != 0)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// How many there are, 0 to 168.
    #[must_use]
    pub fn count(self) -> u32 {
        self.0.iter().map(|byte| byte.count_ones()).sum()
    }

    /// Its runs of hours, in order, as `7-18,31`: what [`Self::from_code`] reads. Nothing for none.
    #[must_use]
    pub fn code(self) -> String {
        let mut code = String::new();
        for (from, to) in self.runs(0..HOURS) {
            let separator = if code.is_empty() { "" } else { "," };
            // Writing to a text cannot fail.
            let _ = write!(code, "{separator}{from}");
            if to > from {
                let _ = write!(code, "-{to}");
            }
        }
        code
    }

    /// The set with these runs, where it is written as [`Self::code`] writes it.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let mut hours = Self::NONE;
        for run in code.split(',').filter(|_| !code.is_empty()).take(HOURS) {
            let (from, to) = run.split_once('-').unwrap_or((run, run));
            let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
            for hour in from..=to.min(HOURS) {
                hours.add_hour(hour);
            }
        }
        Some(hours).filter(|hours| hours.code() == code)
    }

    /// Those among these hours, each as a run of its first and last, in order.
    fn runs(self, among: Range<usize>) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for hour in among.filter(|hour| self.has(*hour)) {
            match runs.last_mut() {
                Some((_, last)) if *last + 1 == hour => *last = hour,
                _ => runs.push((hour, hour)),
            }
        }
        runs
    }
}

/// Whole hours since 1970.
fn hour_number(moment: Timestamp) -> i64 {
    moment.seconds().div_euclid(HOUR)
}

impl Timestamp {
    /// Whether both moments are in one hour (UTC). Every packet is asked, so it is cheap.
    #[must_use]
    pub const fn is_in_hour_of(self, other: Self) -> bool {
        const NANOSECONDS: i64 = HOUR * 1_000_000_000;
        self.nanoseconds().div_euclid(NANOSECONDS) == other.nanoseconds().div_euclid(NANOSECONDS)
    }
}

impl fmt::Debug for ActiveHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActiveHours({self})")
    }
}

/// As `Mon to Fri 06:00-18:00, Sat 09:00-10:00`: from when until when, in UTC.
impl fmt::Display for ActiveHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        if usize::try_from(self.count()).is_ok_and(|count| count == HOURS) {
            return f.write_str("all hours of the week");
        }
        let of_day = |day: usize| {
            let midnight = day * HOURS_OF_A_DAY;
            let runs = self.runs(midnight..midnight + HOURS_OF_A_DAY).into_iter();
            runs.map(|(from, to)| (from - midnight, to - midnight)).collect::<Vec<_>>()
        };
        let days: Vec<_> = (0..DAYS.len()).map(of_day).collect();
        let (mut day, mut separator) = (0, "");
        for same in days.chunk_by(|one, next| one == next) {
            let (first, last) = (day, day + same.len() - 1);
            day += same.len();
            let Some(runs) = same.first().filter(|runs| !runs.is_empty()) else { continue };
            f.write_str(separator)?;
            separator = ", ";
            f.write_str(DAYS.get(first).copied().unwrap_or_default())?;
            if last > first {
                write!(f, " to {}", DAYS.get(last).copied().unwrap_or_default())?;
            }
            for (place, (from, until)) in runs.iter().enumerate() {
                let and = if place > 0 { " and" } else { "" };
                write!(f, "{and} {from:02}:00-{:02}:00", until + 1)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_at_midnight() {
        for (text, hour) in [
            ("1970-01-01T00:00:00Z", 72),
            ("2026-11-23T00:00:00Z", 0),
            ("2026-11-23T23:59:59Z", 23),
            ("2026-11-29T23:00:00Z", 167),
            ("1969-12-28T23:00:00Z", 167),
        ] {
            let hours = ActiveHours::at(moment(text));
            assert!(hours.has(hour) && hours.count() == 1, "{text}: {hours}");
        }
    }

    #[test]
    fn hours_read_as_people_say_them() {
        let mut hours = ActiveHours::NONE;
        assert_eq!(hours.to_string(), "none");
        for day in 23..=27 {
            let at = |hour: u32| moment(&format!("2026-11-{day}T{hour:02}:10:00Z"));
            hours.join(ActiveHours::between(at(6), at(17)));
        }
        assert_eq!(hours.to_string(), "Mon to Fri 06:00-18:00");
        hours.add(moment("2026-11-28T09:30:00Z"));
        hours.add(moment("2026-11-28T23:30:00Z"));
        assert_eq!(hours.to_string(), "Mon to Fri 06:00-18:00, Sat 09:00-10:00 and 23:00-24:00");
        let all = ActiveHours::between(moment("2026-11-23T00:00:00Z"), moment("2027-11-23T00:00:00Z"));
        assert_eq!(all.to_string(), "all hours of the week");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for wrong in ["168", "5-168", "7-5", "3,2", "1,2", "4-4", "07", "1-", "-1", "x", ",", "1,,3", "+1"] {
            assert_eq!(ActiveHours::from_code(wrong), None);
        }
    }

    proptest! {
        #[test]
        fn a_set_comes_back_from_its_code(bytes: [u8; BYTES]) {
            let hours = ActiveHours(bytes);
            prop_assert_eq!(ActiveHours::from_code(&hours.code()), Some(hours));
        }

        #[test]
        fn any_text_is_read_without_harm(text in "[0-9,-]{0,20}") {
            if let Some(hours) = ActiveHours::from_code(&text) {
                prop_assert_eq!(hours.code(), text);
            }
        }

        #[test]
        fn between_has_the_hour_of_every_moment_between(from: i64, more in 0..2_000_000_000_000_000_i64, share in 0.0..1.0) {
            let from = from / 2;
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment between does")]
            let inside = from + (more as f64 * share) as i64;
            let [from, inside, to] = [from, inside, from + more].map(Timestamp::from_nanoseconds);
            let mut hours = ActiveHours::between(from, to);
            let before = hours;
            hours.add(inside);
            prop_assert_eq!(hours, before);
            prop_assert_eq!(from.is_in_hour_of(to), hour_number(from) == hour_number(to));
        }
    }
}
