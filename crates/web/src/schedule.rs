//! When rounds run by themselves: a day, a time, a time zone; and the clock that starts them.
//!
//! Moments are worked out with the time-zone rules that are in the program (IANA), so that five in the morning stays five in the
//! morning over a change of clocks. A round that was missed, because the computer was off or another round ran, is run once
//! as soon as it can be. Not here: running it (`rounds`), what lies in the watched folder (`watched`).

use std::time::Duration;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use wardround_model::Timestamp;
use wardround_store::{Store, StoreError};

use crate::problem::Problem;
use crate::site::{Site, now};
use crate::{log, rounds, watched};

/// The name of the setting, and that of the moment up to which it was followed.
const SETTING: &str = "schedule";
const FOLLOWED: &str = "schedule.followed";
/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(20);

/// When rounds run by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schedule {
    /// On which day of the week; nothing for each day.
    pub(crate) day: Option<Weekday>,
    /// At which time there.
    pub(crate) time: Time,
    /// Where: a name of the IANA time-zone database.
    pub(crate) zone: String,
}

/// Days by their names.
pub(crate) const DAYS: [(Weekday, &str, &str); 7] = [
    (Weekday::Monday, "monday", "Monday"),
    (Weekday::Tuesday, "tuesday", "Tuesday"),
    (Weekday::Wednesday, "wednesday", "Wednesday"),
    (Weekday::Thursday, "thursday", "Thursday"),
    (Weekday::Friday, "friday", "Friday"),
    (Weekday::Saturday, "saturday", "Saturday"),
    (Weekday::Sunday, "sunday", "Sunday"),
];

impl Schedule {
    /// Before the week begins: Monday, five in the morning, where this computer is.
    pub(crate) fn usual() -> Self {
        Self { day: Some(Weekday::Monday), time: Time::constant(5, 0, 0, 0), zone: own_zone() }
    }

    /// From the words of a person: a day or `daily`, `05:00`, `Europe/Berlin`.
    pub(crate) fn parse(day: &str, time: &str, zone: &str) -> Option<Self> {
        let day = match day {
            "daily" => None,
            name => Some(DAYS.iter().find(|(_, code, _)| *code == name)?.0),
        };
        let (hour, minute) = time.split_once(':')?;
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()?;
        TimeZone::get(zone).ok()?;
        Some(Self { day, time, zone: zone.to_owned() })
    }

    /// The day as [`Schedule::parse`] reads it.
    pub(crate) fn day_code(&self) -> &'static str {
        DAYS.iter().find(|(day, ..)| Some(*day) == self.day).map_or("daily", |(_, code, _)| code)
    }

    /// The time as [`Schedule::parse`] reads it.
    pub(crate) fn time_text(&self) -> String {
        format!("{:02}:{:02}", self.time.hour(), self.time.minute())
    }

    fn text(&self) -> String {
        format!("{} {} {}", self.day_code(), self.time_text(), self.zone)
    }

    /// The first moment after another one. A time that the clocks leave out is taken as much later as they move; of one that
    /// they show twice, the first.
    pub(crate) fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let zone = TimeZone::get(&self.zone).ok()?;
        let after = jiff::Timestamp::from_second(after.seconds()).ok()?;
        let today = zone.to_datetime(after).date();
        // A week and a day: today's time may be past.
        let days = (-1..=8).filter_map(|days| today.checked_add(jiff::Span::new().days(days)).ok());
        let mut moments = days
            .filter(|date| self.day.is_none_or(|day| date.weekday() == day))
            .filter_map(|date| zone.to_ambiguous_timestamp(date.to_datetime(self.time)).compatible().ok());
        let next = moments.find(|moment| *moment > after)?;
        Some(Timestamp::from_seconds(next.as_second()))
    }

    /// A moment as the clocks there show it.
    pub(crate) fn local(&self, moment: Timestamp) -> String {
        let zone = TimeZone::get(&self.zone).ok();
        let moment = jiff::Timestamp::from_second(moment.seconds()).ok();
        let shown = zone.zip(moment).map(|(zone, moment)| zone.to_datetime(moment));
        shown.map_or_else(String::new, |shown| shown.strftime("%A, %-d %b %Y, %H:%M").to_string())
    }
}

/// The time zone that this computer is set to, if it says so in a name that we know.
fn own_zone() -> String {
    let set = std::env::var("TZ").ok().or_else(|| std::fs::read_to_string("/etc/timezone").ok());
    let set = set.map(|name| name.trim().trim_start_matches(':').to_owned());
    set.filter(|name| TimeZone::get(name).is_ok()).unwrap_or_else(|| "UTC".to_owned())
}

/// What was chosen; nothing where rounds run by hand alone.
pub(crate) fn chosen(store: &Store) -> Result<Option<Schedule>, StoreError> {
    Ok(match store.setting(SETTING)?.as_deref() {
        None => Some(Schedule::usual()),
        Some(text) => {
            let mut words = text.splitn(3, ' ');
            let mut word = || words.next().unwrap_or_default();
            Schedule::parse(word(), word(), word())
        }
    })
}

/// Keeps what an administrator chose; from now on, not for what was missed before.
pub(crate) fn choose(
    store: &mut Store,
    schedule: Option<&Schedule>,
    now: Timestamp,
) -> Result<(), StoreError> {
    store.setting_save(SETTING, &schedule.map_or_else(|| "off".to_owned(), Schedule::text))?;
    followed(store, now)
}

/// Remembers that the schedule was followed up to this moment.
fn followed(store: &mut Store, now: Timestamp) -> Result<(), StoreError> {
    store.setting_save(FOLLOWED, &now.seconds().to_string())
}

/// Up to when the schedule was followed; a new store begins now.
fn followed_until(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let seconds = store.setting(FOLLOWED)?.and_then(|text| text.parse().ok());
    Ok(seconds.map(Timestamp::from_seconds))
}

/// Starts rounds when they are due, as long as the site runs.
pub(crate) async fn keep(site: Site) {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        // What fails is in the log by then, and is tried again soon.
        let _ = look(&site).await;
    }
}

async fn look(site: &Site) -> Result<(), Problem> {
    // The demo is no hospital of one's own: its rounds are run by hand.
    if site.is_demo() || site.rounds.is_running() {
        return Ok(());
    }
    let at = now();
    let (schedule, until) = site.home.read(|store| Ok((chosen(store)?, followed_until(store)?))).await?;
    let (Some(schedule), Some(until)) = (schedule, until) else {
        return match until {
            None => site.home.write(move |store| followed(store, at)).await,
            Some(_) => Ok(()),
        };
    };
    if schedule.next_after(until).is_none_or(|due| due > at) {
        return Ok(());
    }
    let job = watched::job(site, until).await?;
    if !job.files.is_empty() || site.ears.has_heard() || watched::has_lists(site).await? {
        if rounds::start(site, job).is_err() {
            return Ok(());
        }
        log::event("round-scheduled");
    }
    site.home.write(move |store| followed(store, at)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(words: (&str, &str, &str), after: &str, expected: &str) {
        let schedule = Schedule::parse(words.0, words.1, words.2).unwrap();
        assert_eq!(schedule.next_after(at(after)), Some(at(expected)));
    }

    #[test]
    fn the_next_round_is_at_the_same_time_on_the_clock_over_a_change_of_clocks() {
        let berlin = ("monday", "05:00", "Europe/Berlin");
        check(berlin, "2026-10-19T03:00:00Z", "2026-10-26T04:00:00Z");
        check(berlin, "2026-10-19T02:59:59Z", "2026-10-19T03:00:00Z");
        check(berlin, "2027-03-22T04:00:00Z", "2027-03-29T03:00:00Z");
        check(("daily", "00:00", "Pacific/Auckland"), "2026-11-26T12:00:00Z", "2026-11-27T11:00:00Z");
    }

    #[test]
    fn a_time_that_is_left_out_or_shown_twice_runs_one_round() {
        // New York: 02:30 is left out on 8 March 2026, 01:30 is shown twice on 1 November 2026.
        let gap = ("daily", "02:30", "America/New_York");
        check(gap, "2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z");
        check(gap, "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z");
        let twice = ("daily", "01:30", "America/New_York");
        check(twice, "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z");
        check(twice, "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z");
    }

    #[test]
    fn what_cannot_be_a_schedule_is_refused_and_what_was_chosen_is_read_back() {
        for (day, time, zone) in [
            ("someday", "05:00", "UTC"),
            ("monday", "25:00", "UTC"),
            ("monday", "5", "UTC"),
            ("monday", "05:00", "Mars"),
        ] {
            assert_eq!(Schedule::parse(day, time, zone), None);
        }
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path().join("s.sqlite")).unwrap();
        assert_eq!(chosen(&store).unwrap().unwrap().day, Some(Weekday::Monday));
        let schedule = Schedule::parse("daily", "23:05", "America/Argentina/Buenos_Aires").unwrap();
        choose(&mut store, Some(&schedule), at("2026-11-26")).unwrap();
        assert_eq!(chosen(&store).unwrap(), Some(schedule));
        assert_eq!(followed_until(&store).unwrap(), Some(at("2026-11-26")));
        choose(&mut store, None, at("2026-11-26")).unwrap();
        assert_eq!(chosen(&store).unwrap(), None);
    }

    #[test]
    fn a_round_that_was_missed_for_weeks_is_due_once() {
        let schedule = Schedule::parse("monday", "05:00", "UTC").unwrap();
        let (until, on) = (at("2026-11-02T05:00:00Z"), at("2026-11-26T09:00:00Z"));
        assert!(schedule.next_after(until).unwrap() <= on);
        assert_eq!(schedule.next_after(on), Some(at("2026-11-30T05:00:00Z")));
    }
}
