//! A progress bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use wardround_capture::Progress;

/// How far reading is, on standard error.
pub(crate) struct Bar {
    bar: ProgressBar,
    sources: usize,
}

impl Bar {
    /// A bar for so many sources; drawn only on a terminal.
    pub(crate) fn new(sources: usize) -> Self {
        // indicatif draws nothing when standard error is not a terminal.
        Self { bar: ProgressBar::no_length(), sources }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for Bar {
    fn read(&self, source: usize, bytes: u64, of: Option<u64>) {
        let pattern = if of.is_some() {
            "{msg} [{bar:30}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left"
        } else {
            "{msg} {spinner} {bytes}, {bytes_per_sec}"
        };
        if let Ok(style) = ProgressStyle::with_template(pattern) {
            self.bar.set_style(style.progress_chars("=> "));
        }
        self.bar.set_message(if self.sources > 1 {
            format!("reading {} of {}", source + 1, self.sources)
        } else {
            "reading".to_owned()
        });
        if let Some(of) = of {
            self.bar.set_length(of);
        }
        self.bar.set_position(bytes);
    }
}
