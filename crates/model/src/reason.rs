//! Why something is said: a sentence, and what it rests on.

use std::fmt;

use crate::{ConversationId, ObservationId, StatementId};

/// How sure something is, in per cent, 0 to 100. A statement about our evidence, not about accuracy in the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Confidence(u8);

impl Confidence {
    /// Nothing speaks for it.
    pub const NONE: Self = Self(0);

    /// So many per cent; 100 at most.
    #[must_use]
    pub const fn percent(percent: u8) -> Self {
        Self(if percent > 100 { 100 } else { percent })
    }

    /// In per cent.
    #[must_use]
    pub const fn as_percent(self) -> u8 {
        self.0
    }

    /// In a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self.0 {
            90.. => "almost certain",
            70..=89 => "likely",
            40..=69 => "possible",
            1..=39 => "a weak hint",
            0 => "not known",
        }
    }
}

/// What a reason rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// A fact that was seen.
    Observation(ObservationId),
    /// Traffic that was seen.
    Conversation(ConversationId),
    /// What a person said.
    Statement(StatementId),
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Observation(id) => id.fmt(f),
            Self::Conversation(id) => id.fmt(f),
            Self::Statement(id) => id.fmt(f),
        }
    }
}

/// A sentence that a person can read, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reason {
    /// The sentence, without a final full stop.
    pub text: String,
    /// What it rests on; empty where it rests on published intelligence or on the rules alone, which the text names.
    pub grounds: Vec<Ground>,
}

impl Reason {
    /// How a reason begins that tells of an address behind which several devices seem to be.
    pub const SEVERAL_BEHIND: &str = "Several devices seem to be behind this address";

    /// A reason that rests on these grounds.
    #[must_use]
    pub fn new(text: impl Into<String>, grounds: impl IntoIterator<Item = Ground>) -> Self {
        Self { text: text.into(), grounds: grounds.into_iter().collect() }
    }
}

/// Something said of an asset, how surely and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim<T> {
    /// What is said.
    pub value: T,
    /// How surely.
    pub confidence: Confidence,
    /// Why, the strongest first.
    pub reasons: Vec<Reason>,
}

impl<T> Claim<T> {
    /// The same claim, no surer than this.
    #[must_use]
    pub fn at_most(self, most: Confidence) -> Self {
        Self { confidence: self.confidence.min(most), ..self }
    }
}
