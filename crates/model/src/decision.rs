//! Decisions: what to do about a finding, by CISA's SSVC, with the reason for every point.

use crate::{Automatable, Exploitation, Reason, TechnicalImpact};

/// What to do (CISA SSVC guide, 2022; SSVC 2). The order is that of urgency, the most urgent last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// Nothing beyond the usual updates.
    Track,
    /// As Track, but watch it: it may change.
    TrackStar,
    /// Sooner than the usual updates; tell those in charge.
    Attend,
    /// As soon as possible; those in charge decide and follow it.
    Act,
}

impl Decision {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Track, Self::TrackStar, Self::Attend, Self::Act];

    /// Its name in the store and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::TrackStar => "track-star",
            Self::Attend => "attend",
            Self::Act => "act",
        }
    }

    /// What people read: SSVC's own word.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Track => "Track",
            Self::TrackStar => "Track*",
            Self::Attend => "Attend",
            Self::Act => "Act",
        }
    }

    /// The decision with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|decision| decision.code() == code)
    }
}

/// How much patients and the hospital's mission depend on the asset (SSVC 2, Mission and Well-being Impact).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MissionWellbeing {
    /// Care goes on without it.
    Low,
    /// It supports care, or holds patient data.
    Medium,
    /// Care itself runs on it.
    High,
}

impl MissionWellbeing {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Low, Self::Medium, Self::High];

    /// Its name in the store and JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The value with this code.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

/// A decision with the four points that it follows from, and the reason for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What to do.
    pub decision: Decision,
    /// Is it being exploited?
    pub exploitation: Exploitation,
    /// Can an attacker automate it?
    pub automatable: Automatable,
    /// How much control does an attacker gain?
    pub technical_impact: TechnicalImpact,
    /// How much depends on the asset?
    pub mission_wellbeing: MissionWellbeing,
    /// One reason for each point, in that order.
    pub reasons: Vec<Reason>,
}
