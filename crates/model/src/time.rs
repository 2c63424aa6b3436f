//! Moments. Time is always an argument here, never read from a clock.

use std::fmt;
use std::str::FromStr;

/// A moment in UTC, in nanoseconds since 1970-01-01T00:00:00Z; 1677 to 2262.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is not a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a moment; one looks like 2026-11-23T07:00:00Z")]
pub struct InvalidTimestamp(pub String);

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// The moment so many nanoseconds after 1970.
    #[must_use]
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self(nanoseconds)
    }

    /// The moment so many seconds after 1970; the nearest that can be told when out of range.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub const fn nanoseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000_000)
    }

    /// Nanoseconds from `earlier` to this moment; negative when it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The moment cut to whole seconds: what people read.
    #[must_use]
    pub const fn to_whole_second(self) -> Self {
        Self::from_seconds(self.seconds())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(moment) => fmt::Display::fmt(&moment, f),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidTimestamp(text.chars().take(40).collect());
        let day = format!("{text}T00:00:00Z");
        let full = if text.len() == 10 { day.as_str() } else { text };
        let moment: jiff::Timestamp = full.parse().map_err(|_| invalid())?;
        i64::try_from(moment.as_nanosecond()).map(Self).map_err(|_| invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_a_day_and_a_moment() {
        assert_eq!("2026-11-24".parse::<Timestamp>().unwrap().to_string(), "2026-11-24T00:00:00Z");
        assert_eq!("2026-11-24T01:02:03.5Z".parse::<Timestamp>().unwrap().seconds(), 1_795_482_123);
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!("9999-01-01".parse::<Timestamp>().is_err());
    }

    proptest! {
        #[test]
        fn round_trips(nanoseconds: i64) {
            let moment = Timestamp::from_nanoseconds(nanoseconds);
            prop_assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
        }
    }
}
