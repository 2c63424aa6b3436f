//! Version numbers of documents (3.1.11): whole numbers (`3`) or Semantic Versioning (`1.2.0-rc.1+build`).

use std::cmp::Ordering;

use crate::version::Scheme;

/// A version number of one of the two kinds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Number<'d> {
    text: &'d str,
    major: u64,
    pub(super) whole: bool,
}

impl<'d> Number<'d> {
    /// Reads a number; `None` when it is of neither kind.
    pub(super) fn read(text: &'d str) -> Option<Self> {
        let major = text.split('.').next()?.parse().ok()?;
        let whole = text.bytes().all(|byte| byte.is_ascii_digit());
        let written = whole || text.split(['-', '+']).next()?.split('.').count() == 3;
        (written && Scheme::Semver.reads(text)).then_some(Self { text, major, whole })
    }

    pub(super) fn major(&self) -> u64 {
        self.major
    }

    /// True before the first release: `0`, `0.y.z`.
    pub(super) fn is_before_release(&self) -> bool {
        self.major == 0
    }

    pub(super) fn has_stage(&self) -> bool {
        self.without_build().contains('-')
    }

    /// The order; builds do not count.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        Scheme::Semver.compare(self.text, other.text).unwrap_or(Ordering::Equal)
    }

    /// True for the same number; the build never counts, the stage only if asked for.
    pub(super) fn is(&self, other: &Self, stages: bool) -> bool {
        let shown = |number: &Self| {
            let text = number.without_build();
            if stages { text } else { text.split('-').next().unwrap_or(text) }
        };
        shown(self) == shown(other)
    }

    fn without_build(&self) -> &'d str {
        self.text.split('+').next().unwrap_or(self.text)
    }
}
