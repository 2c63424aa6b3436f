//! A notice: one thing that is told, the same to every receiver.

use serde::{Deserialize, Serialize};

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A round found weaknesses to act on at once.
    ActNow,
    /// A weakness that is being exploited was published, and the hospital has it.
    Exploited,
    /// The same, and nothing that was seen has it.
    NotHere,
    /// A round was run: what changed.
    RoundDone,
    /// What was settled is weak again.
    Reopened,
    /// Work is late.
    Overdue,
    /// An interface that was chosen is not heard.
    NotListening,
    /// What is known of weaknesses is old, or cannot be used.
    Intelligence,
    /// Asking hosts was stopped, and goes on only when a person allows it.
    AskingStopped,
    /// The account for emergencies was opened.
    BreakGlass,
    /// Somebody tries whether a receiver can be reached.
    Trial,
}

impl Kind {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::ActNow,
        Self::Exploited,
        Self::NotHere,
        Self::RoundDone,
        Self::Reopened,
        Self::Overdue,
        Self::NotListening,
        Self::Intelligence,
        Self::AskingStopped,
        Self::BreakGlass,
        Self::Trial,
    ];

    /// Its code, the same for every receiver.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ActNow => "act-now",
            Self::Exploited => "exploited",
            Self::NotHere => "not-here",
            Self::RoundDone => "round-done",
            Self::Reopened => "reopened",
            Self::Overdue => "overdue",
            Self::NotListening => "not-listening",
            Self::Intelligence => "intelligence",
            Self::AskingStopped => "asking-stopped",
            Self::BreakGlass => "break-glass",
            Self::Trial => "trial",
        }
    }

    /// How urgent it is, from 0 to 10 (`CEF` severity: 7 and 8 are high, 9 and 10 very high).
    #[must_use]
    pub const fn severity(self) -> u8 {
        match self {
            Self::BreakGlass => 10,
            Self::ActNow => 9,
            Self::Exploited | Self::AskingStopped => 8,
            Self::Reopened => 7,
            Self::Overdue | Self::NotListening | Self::Intelligence => 5,
            Self::RoundDone | Self::NotHere => 3,
            Self::Trial => 0,
        }
    }
}

/// The most lines of a notice; what is more is counted in the last one by whoever makes it.
pub(crate) const MOST_LINES: usize = 20;

/// One thing that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// What it is known by. A receiver that is told twice sees it twice with the same one.
    pub id: String,
    /// When it came to be known, in seconds since 1970.
    pub at: i64,
    /// What it is about.
    pub kind: Kind,
    /// It in a sentence, with numbers but without names of devices or weaknesses.
    pub title: String,
    /// Lines that may name devices and weaknesses: only those receivers get them that are to.
    pub named: Vec<String>,
    /// Where the site tells more, as a path.
    pub path: String,
}

impl Notice {
    /// Somebody tries whether a receiver can be reached.
    #[must_use]
    pub fn trial(id: String, at: i64) -> Self {
        let title = "This is a trial. If you can read it, notices of Wardround arrive.".to_owned();
        Self { id, at, kind: Kind::Trial, title, named: Vec::new(), path: "/settings/notices".to_owned() }
    }

    /// The lines that a receiver gets.
    pub(crate) fn lines(&self, names: bool) -> impl Iterator<Item = &str> {
        let most = if names { MOST_LINES } else { 0 };
        self.named.iter().take(most).map(String::as_str)
    }
}
