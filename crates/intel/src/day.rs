//! Days, as feeds give them.

use std::fmt;
use std::str::FromStr;

use wardround_model::Timestamp;

/// A day in UTC, 1970-01-01 to 2149-06-06.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

/// A text that does not begin with a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} does not begin with a day such as 2026-11-24")]
pub struct InvalidDay(pub String);

impl Day {
    /// The day so many days after 1970-01-01.
    #[must_use]
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The first moment of the day.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::from_seconds(i64::from(self.0) * 86_400)
    }
}

impl FromStr for Day {
    type Err = InvalidDay;

    /// Reads `2026-11-24`, whatever follows it.
    fn from_str(text: &str) -> Result<Self, InvalidDay> {
        let invalid = || InvalidDay(text.chars().take(40).collect());
        let start: Timestamp = text.get(..10).ok_or_else(invalid)?.parse().map_err(|_| invalid())?;
        u16::try_from(start.seconds() / 86_400).map(Self).map_err(|_| invalid())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start = self.start().to_string();
        f.write_str(start.get(..10).unwrap_or(&start))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_that_feeds_use() {
        for text in
            ["2025-08-25", "2025-08-25T17:04:19.9796Z", "2025-08-25T17:04Z", "2025-08-25T06:00:00+00:00"]
        {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), "2025-08-25");
        }
        for text in ["", "2025", "25-08-2025", "1969-12-31", "2200-01-01", "2025-13-01", "2025-08-2é"] {
            assert!(text.parse::<Day>().is_err(), "{text}");
        }
    }
}
