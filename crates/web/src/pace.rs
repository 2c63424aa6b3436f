//! How fast one account may change things: some at once, then so many a second, by page and by program together (ASVS 5.0 2.4.1).
//!
//! Not for reading, which has limits of its own, nor for what stops something, which must never wait.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use wardround_store::AccountId;

use crate::hospital::locked;
use crate::problem::Problem;

/// Between two changes of somebody who goes on and on.
const EACH: Duration = Duration::from_millis(100);
/// Changes that may come at once.
const AT_ONCE: u32 = 300;

/// For each account that changed something, the moment up to which its changes are spread.
#[derive(Default)]
pub(crate) struct Pace(Mutex<BTreeMap<AccountId, Instant>>);

impl Pace {
    /// Lets a change of this account through, or says how long to wait (the generic cell rate algorithm, ITU-T I.371).
    pub(crate) fn take(&self, account: AccountId, now: Instant) -> Result<(), Problem> {
        let mut all = locked(&self.0);
        let spread = all.entry(account).or_insert(now);
        let begins = (*spread).max(now);
        let too_far = begins.saturating_duration_since(now).saturating_sub(EACH.saturating_mul(AT_ONCE - 1));
        if !too_far.is_zero() {
            return Err(Problem::Wait(too_far.as_secs().saturating_add(1)));
        }
        *spread = begins.checked_add(EACH).unwrap_or(begins);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_who_changes_without_end_waits_and_nobody_else_does() {
        let (pace, now) = (Pace::default(), Instant::now());
        let (one, other) = (AccountId(1), AccountId(2));
        for _ in 0..AT_ONCE {
            pace.take(one, now).unwrap();
        }
        assert!(matches!(pace.take(one, now), Err(Problem::Wait(1))));
        pace.take(other, now).unwrap();
        // One more for each tenth of a second, and no more than at first after a long rest.
        let later = now + EACH;
        pace.take(one, later).unwrap();
        assert!(pace.take(one, later).is_err());
        let rested = now + Duration::from_secs(3_600);
        assert_eq!((0..AT_ONCE + 5).filter(|_| pace.take(one, rested).is_ok()).count(), AT_ONCE as usize);
    }
}
