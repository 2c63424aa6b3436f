//! Whether it becomes better or worse: what came against what was seen to be fixed, of what presses.
//!
//! What is only not seen any more counts as nothing: less sight would look like more safety.

use std::collections::BTreeMap;

use wardround_model::{Decision, FindingChange, FindingId, Round};
use wardround_remedy::diff;

use super::super::Sources;
use super::of;
use crate::page::count;

/// What became of weak places to act on at once or to see to soon, since the round before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Direction {
    /// Whether there is a round before.
    pub(super) known: bool,
    /// New, or more pressing than they were.
    pub(super) came: u64,
    /// Fixed, and seen to be.
    pub(super) fixed: u64,
    /// Not seen any more, which proves nothing.
    pub(super) unproven: u64,
    /// Whether this round saw far fewer devices, or far more: then the two say little of each other.
    pub(super) other_sight: bool,
}

/// Rounds whose devices are so different in number, in per cent, are not held against each other without a word of warning.
const OTHER_SIGHT: usize = 20;

impl Direction {
    pub(super) fn of(sources: &Sources<'_>) -> Self {
        let Some((_, before)) = sources.before else { return Self::default() };
        let (_, after) = sources.round;
        let (was, is) = (decisions(before), decisions(after));
        let presses = |decision: Option<&Decision>| decision.is_some_and(|it| *it >= Decision::Attend);
        let (seen, apart) = (after.assets.len(), before.assets.len().abs_diff(after.assets.len()));
        let other_sight =
            apart.saturating_mul(100) > seen.max(before.assets.len()).saturating_mul(OTHER_SIGHT);
        let mut direction = Self { known: true, other_sight, ..Self::default() };
        for (change, id) in diff(before, after).findings {
            match change {
                FindingChange::New if presses(is.get(&id)) => direction.came += 1,
                FindingChange::Still if presses(is.get(&id)) && is.get(&id) > was.get(&id) => {
                    direction.came += 1;
                }
                FindingChange::Fixed if presses(was.get(&id)) => direction.fixed += 1,
                FindingChange::NotSeenAgain | FindingChange::AssetNotSeen if presses(was.get(&id)) => {
                    direction.unproven += 1;
                }
                _ => {}
            }
        }
        direction
    }

    /// How it stands and where it goes, in a few short sentences.
    pub(super) fn posture(self, round: &Round) -> String {
        let (act, attend) = (of(round, Decision::Act), of(round, Decision::Attend));
        let stands = match (act, attend) {
            (0, 0) => "Nothing that presses was found in what could be seen.".to_owned(),
            (0, soon) => format!(
                "Nothing must be done at once, but {} to see to soon.",
                count(soon, "weak place is", "weak places are")
            ),
            (now, _) => {
                format!("{} for action at once.", count(now, "weak place calls", "weak places call"))
            }
        };
        format!("{stands} {}", self.sentence())
    }

    fn sentence(self) -> String {
        let (came, fixed) = (self.came, self.fixed);
        let warning = if self.other_sight {
            " But the two rounds did not see the same devices, so this may mislead."
        } else {
            ""
        };
        let told = format!(
            "{} came up, and {} fixed",
            count(came, "new one", "new ones"),
            if fixed == 1 { "1 was".to_owned() } else { format!("{} were", crate::page::number(fixed)) }
        );
        let told = match (came, fixed) {
            (0, 0) => "nothing new came up, and nothing was fixed".to_owned(),
            _ => told,
        };
        match came.cmp(&fixed) {
            _ if !self.known => "This is the first round, so we cannot say yet where it goes.".to_owned(),
            std::cmp::Ordering::Greater => format!("It is getting worse: {told}.{warning}"),
            std::cmp::Ordering::Less => format!("It is getting better: {told}.{warning}"),
            std::cmp::Ordering::Equal => format!("It stays as it was: {told}.{warning}"),
        }
    }
}

fn decisions(round: &Round) -> BTreeMap<FindingId, Decision> {
    round.findings.iter().map(|finding| (finding.id, finding.judgement.decision)).collect()
}
