//! How far fetching is. Not here: how it is drawn (the program).

use std::time::Duration;

use crate::error::FetchError;

/// Hears how far a fetch is.
pub trait Progress {
    /// So many bytes of the file called `file` of this source are here, of so many when the server says.
    fn fetched(&self, source: &str, file: &str, bytes: u64, of: Option<u64>);

    /// What is done with the source: a few words.
    fn stage(&self, source: &str, what: &str);

    /// The source is left alone for so long, and why.
    fn waits(&self, source: &str, wait: Duration, why: &FetchError);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn fetched(&self, _: &str, _: &str, _: u64, _: Option<u64>) {}

    fn stage(&self, _: &str, _: &str) {}

    fn waits(&self, _: &str, _: Duration, _: &FetchError) {}
}
