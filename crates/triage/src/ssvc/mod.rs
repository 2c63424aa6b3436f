//! Decisions: CISA's SSVC table and the four points that it asks for, each with its reason.
//!
//! The 36 rows are those of "CISA Coordinator 2.0.3" in CERT/CC's SSVC decision tables (points E 1.1.0, A 2.0.0,
//! TI 1.0.0, MWI 1.0.0); a test reads that table and compares. Not here: what is weak (`settings`, `products`).

mod mission;
mod setting;
#[cfg(test)]
mod tests;
mod vulnerability;

use wardround_model::{
    Automatable, Decision, Exploitation, Judgement, MissionWellbeing, Reason, TechnicalImpact,
};

pub(crate) use mission::mission_wellbeing;
pub(crate) use setting::{Detail, of_setting};
pub use vulnerability::EPSS_LIKE_PUBLIC_POC;
pub(crate) use vulnerability::{Known, of_vulnerability};

/// One answer to a question of the table, and why.
#[derive(Clone, Debug)]
pub(crate) struct Point<T> {
    pub(crate) value: T,
    pub(crate) reason: Reason,
}

impl<T> Point<T> {
    /// A point that rests on published intelligence or on rules alone.
    pub(crate) fn by_rule(value: T, text: impl Into<String>) -> Self {
        Self { value, reason: Reason::new(text, []) }
    }
}

/// The three points that belong to the weakness itself.
#[derive(Clone, Debug)]
pub(crate) struct Points {
    pub(crate) exploitation: Point<Exploitation>,
    pub(crate) automatable: Point<Automatable>,
    pub(crate) technical_impact: Point<TechnicalImpact>,
}

/// The decision in this row of CISA's table.
///
/// ```
/// use wardround_model::{Automatable, Decision, Exploitation, MissionWellbeing, TechnicalImpact};
/// let row = (Exploitation::Active, Automatable::No, TechnicalImpact::Total, MissionWellbeing::High);
/// assert_eq!(wardround_triage::decide(row.0, row.1, row.2, row.3), Decision::Act);
/// ```
#[must_use]
pub fn decide(
    exploitation: Exploitation,
    automatable: Automatable,
    technical_impact: TechnicalImpact,
    mission_wellbeing: MissionWellbeing,
) -> Decision {
    let [low, medium, high] = rows(exploitation, automatable, technical_impact);
    match mission_wellbeing {
        MissionWellbeing::Low => low,
        MissionWellbeing::Medium => medium,
        MissionWellbeing::High => high,
    }
}

/// Three rows each: mission and well-being low, medium, high.
fn rows(
    exploitation: Exploitation,
    automatable: Automatable,
    technical_impact: TechnicalImpact,
) -> [Decision; 3] {
    use Automatable::{No, Yes};
    use Decision::{Act, Attend, Track, TrackStar};
    use Exploitation::{Active, None, PublicPoc};
    use TechnicalImpact::{Partial, Total};
    match (exploitation, automatable, technical_impact) {
        (None, No, Partial) => [Track, Track, Track],
        (None, No, Total) => [Track, Track, TrackStar],
        (None, Yes, Partial) => [Track, Track, Attend],
        (None, Yes, Total) => [Track, Track, Attend],
        (PublicPoc, No, Partial) => [Track, Track, TrackStar],
        (PublicPoc, No, Total) => [Track, TrackStar, Attend],
        (PublicPoc, Yes, Partial) => [Track, Track, Attend],
        (PublicPoc, Yes, Total) => [Track, TrackStar, Attend],
        (Active, No, Partial) => [Track, Track, Attend],
        (Active, No, Total) => [Track, Attend, Act],
        (Active, Yes, Partial) => [Attend, Attend, Act],
        (Active, Yes, Total) => [Attend, Act, Act],
    }
}

/// The decision that follows from four points, with their reasons in the order of the points.
pub(crate) fn judge(points: Points, mission_wellbeing: Point<MissionWellbeing>) -> Judgement {
    let Points { exploitation, automatable, technical_impact } = points;
    Judgement {
        decision: decide(
            exploitation.value,
            automatable.value,
            technical_impact.value,
            mission_wellbeing.value,
        ),
        exploitation: exploitation.value,
        automatable: automatable.value,
        technical_impact: technical_impact.value,
        mission_wellbeing: mission_wellbeing.value,
        reasons: vec![
            exploitation.reason,
            automatable.reason,
            technical_impact.reason,
            mission_wellbeing.reason,
        ],
    }
}
