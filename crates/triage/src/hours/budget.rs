//! The hours at hand, and whose they are.

use wardround_model::Role;

/// The most hours that a plan is made for: a year of one person's work.
const MOST_HOURS: u32 = 2_000;

/// Hours that cannot be planned with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// More than a year of one person's work.
    #[error("a plan is made for at most 2000 hours")]
    TooMuch,
    /// The teams together have more hours than there are.
    #[error(
        "the teams have more hours together than the {hours} of the plan; raise --hours or lower --people"
    )]
    MoreThanAll {
        /// The hours of the plan.
        hours: String,
    },
}

/// Minutes by team: each team whose hours are given has its own, all others share the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Budget {
    minutes: u32,
    /// Sorted by role.
    teams: Vec<(Role, u32)>,
}

impl Budget {
    /// So many minutes in all, and how many of them each of these teams has.
    ///
    /// # Errors
    /// When the teams have more than all, or all is more than can be planned.
    pub fn new(minutes: u32, teams: &[(Role, u32)]) -> Result<Self, BudgetError> {
        if minutes > MOST_HOURS * 60 {
            return Err(BudgetError::TooMuch);
        }
        let mut sums: Vec<(Role, u32)> = Vec::new();
        for (role, more) in teams {
            match sums.iter_mut().find(|(known, _)| known == role) {
                Some((_, sum)) => *sum = sum.saturating_add(*more),
                None => sums.push((*role, *more)),
            }
        }
        sums.sort_unstable();
        let given = sums.iter().fold(0_u32, |sum, (_, minutes)| sum.saturating_add(*minutes));
        if given > minutes {
            return Err(BudgetError::MoreThanAll { hours: super::words::hours(minutes) });
        }
        Ok(Self { minutes, teams: sums })
    }

    /// All minutes.
    #[must_use]
    pub fn minutes(&self) -> u32 {
        self.minutes
    }

    /// Minutes of each pool: that of all others first, then one for each team.
    pub(crate) fn pools(&self) -> Vec<u32> {
        let given: u32 = self.teams.iter().map(|(_, minutes)| minutes).sum();
        std::iter::once(self.minutes.saturating_sub(given))
            .chain(self.teams.iter().map(|(_, minutes)| *minutes))
            .collect()
    }

    /// The pool that pays for a team's work.
    pub(crate) fn pool(&self, role: Role) -> usize {
        self.teams.iter().position(|(team, _)| *team == role).map_or(0, |place| place + 1)
    }

    /// Whose each pool is; `None`: all others'.
    pub(crate) fn owners(&self) -> Vec<Option<Role>> {
        std::iter::once(None).chain(self.teams.iter().map(|(role, _)| Some(*role))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn teams_have_their_own_hours_and_others_share_the_rest() {
        let budget =
            Budget::new(360, &[(Role::Network, 120), (Role::Biomedical, 60), (Role::Network, 60)]).unwrap();
        assert_eq!(budget.pools(), [120, 60, 180]);
        assert_eq!(budget.pool(Role::Network), 2);
        assert_eq!(budget.pool(Role::Server), 0);
    }

    #[test]
    fn hours_that_do_not_add_up_are_refused() {
        assert!(Budget::new(60, &[(Role::Network, 61)]).is_err());
        assert!(Budget::new(60, &[(Role::Network, u32::MAX), (Role::Server, u32::MAX)]).is_err());
        assert!(Budget::new(u32::MAX, &[]).is_err());
    }
}
