//! How far fetching is. Not here: how it is drawn (the program).

/// Hears how far a fetch is.
pub trait Progress {
    /// So many bytes of the file called `file` of this source are here, of so many when the server says.
    fn fetched(&self, source: &str, file: &str, bytes: u64, of: Option<u64>);

    /// The source is being read or checked, or waits, and why: a few words.
    fn stage(&self, source: &str, what: &str);
}

/// Hears nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn fetched(&self, _: &str, _: &str, _: u64, _: Option<u64>) {}

    fn stage(&self, _: &str, _: &str) {}
}
