//! Moments as publishers write and take them. Not here: which moment it is (the program).

use wardround_model::Timestamp;

const DAY: i64 = 86_400;

/// A moment that a state or a list names.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// So many days later, or earlier.
pub(crate) fn days_after(moment: Timestamp, days: i64) -> Timestamp {
    Timestamp::from_seconds(moment.seconds().saturating_add(days.saturating_mul(DAY)))
}

/// The year of a moment.
pub(crate) fn year(moment: Timestamp) -> i16 {
    moment.to_string().get(..4).and_then(|year| year.parse().ok()).unwrap_or(1970)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_years_are_counted() {
        let moment = parse("2026-11-24T08:00:00Z").unwrap();
        assert_eq!(year(moment), 2026);
        assert_eq!(days_after(moment, 40).to_string(), "2027-01-03T08:00:00Z");
        assert_eq!(days_after(moment, -1).to_string(), "2026-11-23T08:00:00Z");
        assert_eq!(parse("soon"), None);
    }
}
