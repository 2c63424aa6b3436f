//! Decisions: SSVC tables and the points that they ask for, each with its reason.
//!
//! The tables are files in `data/`: "CISA Coordinator 2.0.3" decides by default; "Deployer Patch Application Priority
//! 1.0.0" with "Human Impact 1.0.0" may. Tests read CERT/CC's own files and compare every row. [`judge`] gives a first
//! decision by CISA's table; [`decide_by`] gives the final one, with spares, exposure and the table's row. Not here: what
//! is weak (`settings`, `products`).

pub(crate) mod exposure;
mod mission;
pub(crate) mod said;
mod score;
mod setting;
mod table;
mod tables;
#[cfg(test)]
mod tests;
mod vulnerability;

use wardround_model::{Automatable, Exploitation, Judgement, MissionWellbeing, Reason, TechnicalImpact};

pub use exposure::Exposure;
pub(crate) use mission::mission_wellbeing;
pub use score::Score;
pub(crate) use score::Scores;
pub(crate) use setting::{Detail, of_setting};
pub use table::{Table, TableError};
pub(crate) use tables::Deciding;
pub use tables::{DecisionTables, Standing, decide, decide_by};
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
