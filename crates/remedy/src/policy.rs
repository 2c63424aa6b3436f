//! By when work is done: data that a hospital may edit.

use std::sync::LazyLock;

use serde::Deserialize;
use wardround_model::{Decision, Timestamp};

/// The longest file that is read.
const LONGEST: usize = 64 * 1024;

/// The most days of any clock: ten years.
const MOST_DAYS: u32 = 3_650;

const DAY: i64 = 86_400;

static BUILT_IN: LazyLock<Policy> = LazyLock::new(|| {
    // Tests read it; without it nothing would have a date.
    let none = Policy { days: [None; 4], send: MOST_DAYS, answer: MOST_DAYS, longest: MOST_DAYS };
    none.clone().with(include_str!("../data/policy.toml")).unwrap_or(none)
});

/// A text that is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// It is far longer than any such file.
    #[error("a policy has at most 64 kB; this is none")]
    TooLong,
    /// It is no TOML, or has a field that is not known.
    #[error("line {line}: {what}; docs/work.md shows how such a file looks")]
    Form {
        /// Where, from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// A number is out of range.
    #[error("{0} must be 1 to 3650 days")]
    Range(&'static str),
}

/// Days by decision, and the clocks of letters and exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// By [`Decision::ALL`].
    days: [Option<u32>; 4],
    send: u32,
    answer: u32,
    longest: u32,
}

impl Default for Policy {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

impl Policy {
    /// The same, with what a hospital's own file says in its place.
    ///
    /// # Errors
    /// When the file is no TOML, has a field that does not exist, or gives a number that is out of range.
    pub fn with(mut self, text: &str) -> Result<Self, PolicyError> {
        if text.len() > LONGEST {
            return Err(PolicyError::TooLong);
        }
        let own: File = toml::from_str(text).map_err(|error| PolicyError::Form {
            line: error
                .span()
                .map_or(1, |span| 1 + text.get(..span.start).unwrap_or(text).matches('\n').count()),
            what: error.message().lines().next().unwrap_or_default().to_owned(),
        })?;
        let days = [
            ("days.track", own.days.track),
            ("days.track-star", own.days.track_star),
            ("days.attend", own.days.attend),
            ("days.act", own.days.act),
        ];
        for (known, (name, days)) in self.days.iter_mut().zip(days) {
            if let Some(days) = days {
                *known = Some(in_range(name, days)?);
            }
        }
        for (known, name, days) in [
            (&mut self.send, "letter.send", own.letter.send),
            (&mut self.answer, "letter.answer", own.letter.answer),
            (&mut self.longest, "exception.longest", own.exception.longest),
        ] {
            if let Some(days) = days {
                *known = in_range(name, days)?;
            }
        }
        Ok(self)
    }

    /// Days for a finding of this decision; `None`: with the usual work.
    #[must_use]
    pub fn days(&self, decision: Decision) -> Option<u32> {
        let place = Decision::ALL.iter().position(|known| *known == decision)?;
        self.days.get(place).copied().flatten()
    }

    /// By when a finding of this decision is settled whose clock began then.
    #[must_use]
    pub fn due(&self, decision: Decision, since: Timestamp) -> Option<Timestamp> {
        Some(end_of_day(since, self.days(decision)?))
    }

    /// By when a letter is sent that was needed since then.
    #[must_use]
    pub fn send_by(&self, since: Timestamp) -> Timestamp {
        end_of_day(since, self.send)
    }

    /// By when a letter is answered that was sent on that day.
    #[must_use]
    pub fn answer_by(&self, sent: Timestamp) -> Timestamp {
        end_of_day(sent, self.answer)
    }

    /// The latest end of an exception that is made now.
    #[must_use]
    pub fn longest_exception(&self, now: Timestamp) -> Timestamp {
        end_of_day(now, self.longest)
    }
}

/// The last second (UTC) of the day that comes so many days after a moment.
fn end_of_day(moment: Timestamp, days: u32) -> Timestamp {
    let day = moment.seconds().div_euclid(DAY).saturating_add(i64::from(days));
    Timestamp::from_seconds(day.saturating_add(1).saturating_mul(DAY).saturating_sub(1))
}

fn in_range(name: &'static str, days: u32) -> Result<u32, PolicyError> {
    if (1..=MOST_DAYS).contains(&days) { Ok(days) } else { Err(PolicyError::Range(name)) }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "version")]
    _version: Option<u32>,
    #[serde(default)]
    days: FileDays,
    #[serde(default)]
    letter: FileLetter,
    #[serde(default)]
    exception: FileException,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct FileDays {
    track: Option<u32>,
    track_star: Option<u32>,
    attend: Option<u32>,
    act: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileLetter {
    send: Option<u32>,
    answer: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileException {
    longest: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clocks_are_those_of_the_proposed_rule() {
        let policy = Policy::default();
        let days: Vec<_> = Decision::ALL.iter().map(|decision| policy.days(*decision)).collect();
        assert_eq!(days, [None, Some(90), Some(30), Some(15)]);
        let due = policy.due(Decision::Act, day("2026-11-01T09:30:00Z"));
        assert_eq!(due, Some(day("2026-11-16T23:59:59Z")));
    }

    #[test]
    fn a_hospital_may_edit_them_and_is_told_what_is_wrong() {
        let policy = Policy::default().with("[days]\nact = 2\ntrack = 365\n[letter]\nanswer = 14\n").unwrap();
        assert_eq!(policy.days(Decision::Act), Some(2));
        assert_eq!(policy.days(Decision::Track), Some(365));
        assert_eq!(policy.days(Decision::Attend), Some(30));
        assert_eq!(policy.answer_by(day("2026-11-01")), day("2026-11-15T23:59:59Z"));
        let wrong = |text: &str| Policy::default().with(text).unwrap_err().to_string();
        assert!(wrong("[days]\nact = 0\n").contains("days.act must be 1 to 3650 days"));
        assert!(wrong("[days]\n\nsoon = 3\n").starts_with("line 3: unknown field"));
        assert!(wrong(&"#".repeat(70_000)).contains("64 kB"));
    }
}
