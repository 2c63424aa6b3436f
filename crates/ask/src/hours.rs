//! Regular hours in which asking is allowed, as the clocks of a place show them (P9).
//!
//! Where clocks change, the careful reading counts: an opening is never longer than the hours say, and at each of its moments the
//! clocks there show a time inside of them. The rules of time zones are those in the program (IANA).

use std::fmt;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use wardround_model::Timestamp;

use crate::scope::Window;

/// Days by the names that files and forms use, and those that people read.
pub const DAYS: [(&str, &str); 7] = [
    ("monday", "Monday"),
    ("tuesday", "Tuesday"),
    ("wednesday", "Wednesday"),
    ("thursday", "Thursday"),
    ("friday", "Friday"),
    ("saturday", "Saturday"),
    ("sunday", "Sunday"),
];
/// Days that are looked at for the next opening: two weeks, since a change of clocks may leave no opening on one.
const LOOKED_AT: i64 = 15;

/// Hours that come again each week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Hours {
    /// Bit 0 is Monday.
    days: u8,
    from: Time,
    /// On the next day where it is not after `from`.
    until: Time,
    zone: String,
}

/// Hours as a file has them.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Written {
    days: Vec<String>,
    from: String,
    until: String,
    zone: String,
}

/// Words that are no hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// No day, or one that is none.
    #[error("choose one day of the week or more")]
    Days,
    /// A time looks like `02:30`.
    #[error("say times as 02:30")]
    Time,
    /// Longer than a window may be.
    #[error("the hours must end after they begin, and at most 12 hours later")]
    Length,
    /// No time zone of that name.
    #[error("say the time zone by its name, such as Europe/Berlin")]
    Zone,
}

impl Hours {
    /// From words: days by their names, `12:00`, `13:30`, `Europe/Berlin`.
    ///
    /// # Errors
    /// When a word says nothing, or the hours are too long.
    pub fn new<'a>(
        days: impl IntoIterator<Item = &'a str>,
        from: &str,
        until: &str,
        zone: &str,
    ) -> Result<Self, InvalidHours> {
        let mut bits = 0_u8;
        for day in days {
            let place = DAYS.iter().position(|(code, _)| *code == day).ok_or(InvalidHours::Days)?;
            bits |= 1 << place;
        }
        if bits == 0 {
            return Err(InvalidHours::Days);
        }
        let hours = Self { days: bits, from: time(from)?, until: time(until)?, zone: zone.to_owned() };
        zone_of(zone).ok_or(InvalidHours::Zone)?;
        let length = Window { from: 0, until: hours.seconds() };
        if length.is_sound() { Ok(hours) } else { Err(InvalidHours::Length) }
    }

    /// Days, by the names of [`DAYS`].
    #[must_use]
    pub fn days(&self) -> Vec<&'static str> {
        DAYS.iter().enumerate().filter(|(place, _)| self.has(*place)).map(|(_, (code, _))| *code).collect()
    }

    /// When they begin, as `12:00`.
    #[must_use]
    pub fn from(&self) -> String {
        clock(self.from)
    }

    /// When they end, as `13:30`.
    #[must_use]
    pub fn until(&self) -> String {
        clock(self.until)
    }

    /// Where: a name of the IANA time-zone database.
    #[must_use]
    pub fn zone(&self) -> &str {
        &self.zone
    }

    fn has(&self, place: usize) -> bool {
        u32::try_from(place)
            .ok()
            .and_then(|place| self.days.checked_shr(place))
            .is_some_and(|bits| bits & 1 == 1)
    }

    /// How long they are by the clock.
    fn seconds(&self) -> i64 {
        let of = |time: Time| i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60;
        (of(self.until) - of(self.from)).rem_euclid(86_400)
    }

    /// The opening that is under way at a moment, else the next one.
    #[must_use]
    pub fn opening(&self, at: Timestamp) -> Option<Window> {
        let zone = zone_of(&self.zone)?;
        let moment = jiff::Timestamp::from_second(at.seconds()).ok()?;
        let today = zone.to_datetime(moment).date();
        let days = (-1..=LOOKED_AT).filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok());
        let is_one = |date: &Date| self.has(place(date.weekday()));
        let mut openings = days.filter(is_one).filter_map(|date| self.on(date, &zone));
        openings.find(|window| window.until > at.seconds())
    }

    /// The opening that begins on a day; none where a change of clocks leaves nothing of it.
    fn on(&self, date: Date, zone: &TimeZone) -> Option<Window> {
        let last = if self.until > self.from { date } else { date.tomorrow().ok()? };
        let mut window = between(date.to_datetime(self.from), last.to_datetime(self.until), zone)?;
        window.until = window.until.min(window.from.saturating_add(self.seconds()));
        window.is_sound().then_some(window)
    }

    /// A moment as the clocks there show it.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> String {
        local(&self.zone, at)
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<&str> = DAYS
            .iter()
            .enumerate()
            .filter(|(place, _)| self.has(*place))
            .map(|(_, (_, name))| *name)
            .collect();
        let days = if days.len() == DAYS.len() { "each day".to_owned() } else { days.join(", ") };
        write!(f, "{days} from {} to {} ({})", self.from(), self.until(), self.zone)
    }
}

impl TryFrom<Written> for Hours {
    type Error = InvalidHours;

    fn try_from(written: Written) -> Result<Self, InvalidHours> {
        Self::new(written.days.iter().map(String::as_str), &written.from, &written.until, &written.zone)
    }
}

impl From<Hours> for Written {
    fn from(hours: Hours) -> Self {
        let days = hours.days().into_iter().map(str::to_owned).collect();
        Self { days, from: hours.from(), until: hours.until(), zone: hours.zone }
    }
}

impl Window {
    /// A window that a person names by the clocks of a place: `2026-11-28T02:00`, the same, `Europe/Berlin`.
    ///
    /// # Errors
    /// When a word says nothing, or the window is too long or empty.
    pub fn at_place(from: &str, until: &str, zone: &str) -> Result<Self, InvalidHours> {
        let zone = zone_of(zone).ok_or(InvalidHours::Zone)?;
        let read = |text: &str| text.parse::<DateTime>().map_err(|_| InvalidHours::Time);
        let window = between(read(from)?, read(until)?, &zone).ok_or(InvalidHours::Length)?;
        if window.is_sound() { Ok(window) } else { Err(InvalidHours::Length) }
    }
}

/// A moment as the clocks of a place show it; empty where there is no such place.
#[must_use]
pub fn local(zone: &str, at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_second(at.seconds()).ok();
    let shown = zone_of(zone).zip(moment).map(|(zone, moment)| zone.to_datetime(moment));
    shown.map_or_else(String::new, |shown| shown.strftime("%A, %-d %b %Y, %H:%M").to_string())
}

/// From one time on the clock until another. A beginning that the clocks leave out or show twice is the later one, an end the earlier
/// one; where they show both twice, the first time counts.
fn between(from: DateTime, until: DateTime, zone: &TimeZone) -> Option<Window> {
    let (first, last) = (zone.to_ambiguous_timestamp(from), zone.to_ambiguous_timestamp(until));
    let is_twice = |offset| matches!(offset, AmbiguousOffset::Fold { .. });
    let both = is_twice(first.offset()) && is_twice(last.offset());
    let from = if both { first.earlier() } else { first.later() };
    Some(Window { from: from.ok()?.as_second(), until: last.earlier().ok()?.as_second() })
}

fn zone_of(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

fn place(day: Weekday) -> usize {
    usize::try_from(day.to_monday_zero_offset()).unwrap_or(0)
}

fn time(text: &str) -> Result<Time, InvalidHours> {
    let (hour, minute) = text.split_once(':').ok_or(InvalidHours::Time)?;
    let number = |text: &str| text.parse().map_err(|_| InvalidHours::Time);
    Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| InvalidHours::Time)
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(hours: (&[&str], &str, &str, &str), asked: &str, from: &str, until: &str) {
        let hours = Hours::new(hours.0.iter().copied(), hours.1, hours.2, hours.3).unwrap();
        let window = hours.opening(at(asked)).unwrap();
        let told = [window.from, window.until].map(|second| Timestamp::from_seconds(second).to_string());
        assert_eq!(told, [from, until].map(|text| at(text).to_string()));
    }

    const ALL: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    #[test]
    fn p9_the_hours_stay_where_they_are_on_the_clock_over_a_change_of_clocks() {
        let noon = (["tuesday"].as_slice(), "12:00", "13:30", "Europe/Berlin");
        check(noon, "2026-10-20T10:30:00Z", "2026-10-20T10:00:00Z", "2026-10-20T11:30:00Z");
        check(noon, "2026-10-20T11:30:00Z", "2026-10-27T11:00:00Z", "2026-10-27T12:30:00Z");
        // Past midnight it belongs to the day on which it begins.
        let night = (["friday"].as_slice(), "22:00", "04:00", "America/New_York");
        check(night, "2026-11-28T08:59:59Z", "2026-11-28T03:00:00Z", "2026-11-28T09:00:00Z");
        check(night, "2026-11-28T09:00:00Z", "2026-12-05T03:00:00Z", "2026-12-05T09:00:00Z");
    }

    #[test]
    fn p9_in_the_night_of_a_change_the_careful_reading_counts() {
        // Berlin: 02:00 to 03:00 is left out on 29 March 2026, and shown twice on 25 October.
        let begins = (ALL.as_slice(), "02:30", "05:00", "Europe/Berlin");
        check(begins, "2026-03-29T00:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T03:00:00Z");
        check(begins, "2026-10-24T12:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T04:00:00Z");
        let ends = (ALL.as_slice(), "01:00", "02:30", "Europe/Berlin");
        check(ends, "2026-03-28T12:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T00:30:00Z");
        check(ends, "2026-10-24T12:00:00Z", "2026-10-24T23:00:00Z", "2026-10-25T00:30:00Z");
        // Over the change: three hours by the clock, never four.
        let over = (ALL.as_slice(), "01:00", "04:00", "Europe/Berlin");
        check(over, "2026-10-24T12:00:00Z", "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z");
        check(over, "2026-03-28T12:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T02:00:00Z");
        // Inside of what is shown twice: the first time. Inside of what is left out: not at all that day.
        let inside = (ALL.as_slice(), "02:10", "02:40", "Europe/Berlin");
        check(inside, "2026-10-24T12:00:00Z", "2026-10-25T00:10:00Z", "2026-10-25T00:40:00Z");
        check(inside, "2026-03-29T00:00:00Z", "2026-03-30T00:10:00Z", "2026-03-30T00:40:00Z");
    }

    #[test]
    fn p9_words_that_are_no_hours_are_refused() {
        let hours = |days: &[&str], from, until, zone| Hours::new(days.iter().copied(), from, until, zone);
        assert_eq!(hours(&[], "01:00", "02:00", "UTC"), Err(InvalidHours::Days));
        assert_eq!(hours(&["someday"], "01:00", "02:00", "UTC"), Err(InvalidHours::Days));
        assert_eq!(hours(&["monday"], "25:00", "02:00", "UTC"), Err(InvalidHours::Time));
        assert_eq!(hours(&["monday"], "01:00", "02:00", "Mars/Base"), Err(InvalidHours::Zone));
        assert_eq!(hours(&["monday"], "01:00", "01:00", "UTC"), Err(InvalidHours::Length));
        assert_eq!(hours(&["monday"], "01:00", "13:01", "UTC"), Err(InvalidHours::Length));
        let sound = hours(&["sunday", "monday"], "20:00", "08:00", "Europe/Paris").unwrap();
        assert_eq!(sound.to_string(), "Monday, Sunday from 20:00 to 08:00 (Europe/Paris)");
        let text = serde_json::to_string(&sound).unwrap();
        assert_eq!(serde_json::from_str::<Hours>(&text).unwrap(), sound);
        assert!(serde_json::from_str::<Hours>(&text.replace("08:00", "09:00")).is_err());
    }

    #[test]
    fn p9_a_window_by_the_clock_of_a_place() {
        let window = Window::at_place("2026-11-28T02:00", "2026-11-28T04:00", "Europe/Berlin").unwrap();
        assert_eq!(
            (window.from, window.until),
            (at("2026-11-28T01:00:00Z").seconds(), at("2026-11-28T03:00:00Z").seconds())
        );
        assert_eq!(
            Window::at_place("2026-11-28T02:00", "2026-11-28T01:00", "UTC"),
            Err(InvalidHours::Length)
        );
        assert_eq!(Window::at_place("tonight", "2026-11-28T01:00", "UTC"), Err(InvalidHours::Time));
    }

    proptest! {
        #[test]
        fn p9_an_opening_never_leaves_the_hours(
            from in 0_u32..1440, length in 1_u32..=720, second in 1_760_000_000_i64..1_860_000_000, days in 1_u8..128,
            zone in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
            part in 0.0_f64..1.0,
        ) {
            let until = (from + length) % 1440;
            let text = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
            let chosen = DAYS.iter().enumerate().filter(|(place, _)| days >> place & 1 == 1).map(|(_, (code, _))| *code);
            let hours = Hours::new(chosen, &text(from), &text(until), zone).unwrap();
            let window = hours.opening(Timestamp::from_seconds(second)).unwrap();
            prop_assert!(window.is_sound() && window.until > second);
            prop_assert!(window.until - window.from <= i64::from(length) * 60);
            // The same opening, whenever it is asked for.
            prop_assert_eq!(hours.opening(Timestamp::from_seconds(window.from)), Some(window));
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any moment inside will do")]
            let moment = window.from + ((window.until - window.from) as f64 * part) as i64;
            let shown = zone_of(zone).unwrap().to_datetime(jiff::Timestamp::from_second(moment).unwrap());
            let minutes = u32::try_from(i32::from(shown.hour()) * 60 + i32::from(shown.minute())).unwrap();
            prop_assert!((minutes + 1440 - from) % 1440 < length, "{shown}");
        }
    }
}
