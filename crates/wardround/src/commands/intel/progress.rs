//! How far an update is: a bar on a terminal, a plain line for what matters elsewhere.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use wardround_feeds::{FetchError, Progress};

/// No more than one line, whatever the message.
const WAITING: &str = "{spinner} {wide_msg}";

/// Shows it on standard error.
pub(super) struct Shown {
    bar: ProgressBar,
    is_terminal: bool,
}

impl Shown {
    pub(super) fn new() -> Self {
        // indicatif draws nothing when standard error is not a terminal.
        Self { bar: ProgressBar::no_length(), is_terminal: std::io::stderr().is_terminal() }
    }

    /// A step of the whole.
    pub(super) fn step(&self, what: &str) {
        self.line(what);
        self.show(WAITING, what.to_owned());
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn line(&self, text: &str) {
        if !self.is_terminal {
            eprintln!("{text}");
        }
    }

    fn show(&self, pattern: &str, message: String) {
        if let Ok(style) = ProgressStyle::with_template(pattern) {
            self.bar.set_style(style.progress_chars("=> "));
        }
        self.bar.set_message(message);
        self.bar.tick();
    }
}

impl Progress for Shown {
    fn fetched(&self, source: &str, file: &str, bytes: u64, of: Option<u64>) {
        let pattern = if of.is_some() {
            "{spinner} [{bar:20}] {bytes} of {total_bytes}, {eta} left  {wide_msg}"
        } else {
            "{spinner} {bytes}, {bytes_per_sec}  {wide_msg}"
        };
        if let Some(of) = of {
            self.bar.set_length(of);
        }
        self.bar.set_position(bytes);
        self.show(pattern, format!("{source}: {file}"));
    }

    fn stage(&self, source: &str, what: &str) {
        self.show(WAITING, format!("{source}: {what}"));
    }

    fn waits(&self, source: &str, wait: Duration, why: &FetchError) {
        let text = format!("{source}: waits {} seconds: {why}", wait.as_secs());
        self.line(&text);
        self.show(WAITING, text);
    }
}
