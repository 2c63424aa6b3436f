//! Decisions: what to do about a finding, by CISA's SSVC, with the reason for every point.

use crate::coded::coded;
use crate::{Automatable, Exploitation, Reason, TechnicalImpact};

coded! {
    /// What to do (CISA SSVC guide, 2022; SSVC 2); the label is SSVC's own word. The order is that of urgency, the most urgent
    /// last.
    enum Decision, label {
        /// Nothing beyond the usual updates.
        Track = "track", "Track";
        /// As Track, but watch it: it may change.
        TrackStar = "track-star", "Track*";
        /// Sooner than the usual updates; tell those in charge.
        Attend = "attend", "Attend";
        /// As soon as possible; those in charge decide and follow it.
        Act = "act", "Act";
    }
}

coded! {
    /// How much patients and the hospital's mission depend on the asset (SSVC 2, Mission and Well-being Impact).
    enum MissionWellbeing {
        /// Care goes on without it.
        Low = "low";
        /// It supports care, or holds patient data.
        Medium = "medium";
        /// Care itself runs on it.
        High = "high";
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
    /// One reason for each point, in that order; then the CVSS score where one is known, then what else the table of
    /// decisions asked for, and its row.
    pub reasons: Vec<Reason>,
}
