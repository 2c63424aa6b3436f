//! Asking again: how often, and after which wait. Not here: what is asked.
//!
//! A server that says when to come back (`Retry-After`, RFC 9110 section 10.2.3) is left alone for that long; one that asks for
//! more than we wait is given up with its own words. Otherwise each wait is twice the last.

use std::time::Duration;

use crate::client::{Answer, Client};
use crate::error::FetchError;

/// How often a server is called that does not answer.
const REACHED: u32 = 3;

/// A failed attempt.
pub(crate) struct Trouble {
    error: FetchError,
    /// How long the server wants to be left alone.
    wait: Option<Duration>,
    /// Whether much came before it broke, so that the line is not dead.
    moved: bool,
}

impl From<FetchError> for Trouble {
    fn from(error: FetchError) -> Self {
        Self { error, wait: None, moved: false }
    }
}

impl Trouble {
    /// A transfer that broke; `moved` when much had come.
    pub(crate) fn broken(error: FetchError, moved: bool) -> Self {
        Self { error, wait: None, moved }
    }

    /// An answer with a status that is no success.
    pub(crate) fn status(url: &str, answer: &Answer) -> Self {
        let error = FetchError::Status { url: url.to_owned(), status: answer.status };
        let wait = answer.header("retry-after").and_then(|text| wait_of(text, answer.header("date")));
        Self { error, wait, moved: false }
    }
}

/// Does something until it succeeds, fails for good, or was tried often enough.
pub(crate) fn patiently<T>(
    client: &Client,
    tell: &dyn Fn(Duration, &FetchError),
    mut once: impl FnMut() -> Result<T, Trouble>,
) -> Result<T, FetchError> {
    let settings = &client.settings;
    let mut attempt = 0;
    loop {
        let trouble = match once() {
            Ok(done) => return Ok(done),
            Err(trouble) => trouble,
        };
        attempt = if trouble.moved { 1 } else { attempt + 1 };
        if let Some(wait) = trouble.wait.filter(|wait| *wait > settings.longest_wait) {
            return Err(busy(&trouble.error, wait));
        }
        // Where nothing answers at all, the network is more likely down than busy.
        let most = match trouble.error {
            FetchError::Unreachable { .. } => settings.attempts.min(REACHED),
            _ => settings.attempts,
        };
        if !trouble.error.is_transient() || attempt >= most {
            return Err(trouble.error);
        }
        let doubled = settings.first_wait.saturating_mul(1 << (attempt - 1).min(10));
        let wait = trouble.wait.unwrap_or_else(|| doubled.min(settings.longest_wait));
        tell(wait, &trouble.error);
        std::thread::sleep(wait);
    }
}

fn busy(error: &FetchError, wait: Duration) -> FetchError {
    let host = match error {
        FetchError::Status { url, .. } => crate::address::host(url),
        other => other.to_string(),
    };
    FetchError::Busy { host, wait }
}

/// `Retry-After` in seconds or as a date; a date counts from the answer's own `Date`, so that no clock is needed.
fn wait_of(text: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = |text: &str| jiff::fmt::rfc2822::parse(text.trim()).ok().map(|zoned| zoned.timestamp());
    let seconds = moment(text)?.as_second() - moment(date?)?.as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_read_in_both_forms() {
        let date = Some("Tue, 24 Nov 2026 08:00:00 GMT");
        let seconds = |text: &str| wait_of(text, date).map(|wait| wait.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("Tue, 24 Nov 2026 08:01:30 GMT"), Some(90));
        assert_eq!(seconds("Tue, 24 Nov 2026 07:00:00 GMT"), Some(0));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("-5"), None);
        assert_eq!(wait_of("Tue, 24 Nov 2026 08:01:30 GMT", None), None);
    }
}
