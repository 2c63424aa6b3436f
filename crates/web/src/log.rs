//! The site's own log: one line an event, on standard error.
//!
//! An event has a fixed name, and fields that are numbers, ids, addresses or fixed words: there is no way to put a name of a
//! person, a password or a text from outside into it.

use std::fmt::{Display, Write as _};
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::UNIX_EPOCH;

use wardround_model::RoundId;
use wardround_store::{AccountId, StoreError};

/// One line, written when it is dropped.
pub(crate) struct Event {
    line: String,
}

/// Begins a line.
pub(crate) fn event(name: &'static str) -> Event {
    let now = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ");
    Event { line: format!("{now} wardround event={name}") }
}

/// Lets an event through that others can cause as often as they like: once a second.
#[derive(Default)]
pub(crate) struct Seldom(AtomicU64);

impl Seldom {
    /// Whether none was let through in this second.
    pub(crate) fn may(&self) -> bool {
        let second = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
        self.0.swap(second, Ordering::Relaxed) != second
    }
}

impl Event {
    fn field(mut self, name: &'static str, value: impl Display) -> Self {
        // Writing to a String cannot fail.
        let _ = write!(self.line, " {name}={value}");
        self
    }

    /// A fixed word.
    pub(crate) fn word(self, name: &'static str, value: &'static str) -> Self {
        self.field(name, value)
    }

    /// A number.
    pub(crate) fn number(self, name: &'static str, value: u64) -> Self {
        self.field(name, value)
    }

    /// An account, by its id alone.
    pub(crate) fn account(self, id: AccountId) -> Self {
        self.field("account", id)
    }

    /// A round.
    pub(crate) fn round(self, id: RoundId) -> Self {
        self.field("round", id)
    }

    /// The address of a browser.
    pub(crate) fn address(self, address: IpAddr) -> Self {
        self.field("address", address)
    }

    /// A digest of our own.
    pub(crate) fn digest(self, digest: &blake3::Hash) -> Self {
        self.field("digest", digest.to_hex())
    }

    /// What is wrong with the store: its errors repeat no stored value.
    pub(crate) fn store(self, error: &StoreError) -> Self {
        let text: String = error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.field("error", format_args!("{text:?}"))
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        use std::io::Write as _;
        // Where nobody reads the log, the site still serves.
        let _ = writeln!(std::io::stderr().lock(), "{}", self.line);
    }
}
