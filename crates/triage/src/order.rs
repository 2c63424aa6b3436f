//! What comes first: decision, then what depends on it, then known attacks and what they gain, then how sure we are, then the
//! CVSS score there.

use std::cmp::Reverse;

use wardround_model::{Finding, Grade, Judgement};

use crate::ssvc::Score;

/// The urgency of a finding; the smaller, the more urgent.
pub(crate) type Urgency = (Reverse<[u8; 5]>, Grade);

pub(crate) fn urgency(finding: &Finding) -> Urgency {
    let Judgement { decision, exploitation, automatable, technical_impact, mission_wellbeing, .. } =
        finding.judgement;
    let points = [
        decision as u8,
        mission_wellbeing as u8,
        exploitation as u8,
        technical_impact as u8,
        automatable as u8,
    ];
    (Reverse(points), finding.grade)
}

/// The order of all findings: urgency, then the CVSS score where the asset stands, then asset and weakness, so that it
/// is the same every time.
pub(crate) fn key(finding: &Finding) -> impl Ord + use<> {
    let score = Score::of(&finding.judgement).map(|score| score.here);
    (urgency(finding), Reverse(score), finding.asset, finding.weakness.clone())
}
