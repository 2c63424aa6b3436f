//! What ways of an attacker are found in, of the round that was asked for last: read without the rest of that round, kept while
//! people ask, and given back soon after. What was answered last is kept longer, since it is small.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use wardround_model::RoundId;
use wardround_store::view::WayGround;
use wardround_triage::lightest;

use crate::asked::Asked;
use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;

/// The most devices, weak devices, conversations and rules that are kept in memory, together: some 300 MB. What is larger is read
/// again each time, one at a time.
const MOST_KEPT: usize = 2_000_000;
/// How long it is kept after it was asked for last.
const KEPT_FOR: Duration = Duration::from_secs(20);
/// Answers that are kept.
const ANSWERS: usize = 12;

/// What ways are found in, of one round.
pub(crate) struct Ground {
    id: RoundId,
    pub(crate) of: WayGround,
}

impl Ground {
    fn size(&self) -> usize {
        let WayGround { assets, findings, conversations, rules, .. } = &self.of;
        [assets.len(), findings.len(), conversations.len(), rules.len()].iter().sum()
    }
}

/// The one that is kept, and when it was asked for last.
#[derive(Default)]
pub(crate) struct KeptGround(Option<(Arc<Ground>, Instant)>);

impl KeptGround {
    fn of(&mut self, id: RoundId) -> Option<Arc<Ground>> {
        let (ground, asked) = self.0.as_mut().filter(|(ground, _)| ground.id == id)?;
        *asked = Instant::now();
        Some(Arc::clone(ground))
    }
}

/// What somebody asked of a round.
#[derive(PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) round: RoundId,
    pub(crate) door: Door,
    pub(crate) asked: Asked,
}

/// Whom it is told.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// Somebody who reads the page, which says whether the round is the latest one.
    Page { is_latest: bool },
    /// A program.
    Api,
}

impl Hospital {
    /// What ways are found in, of this round.
    pub(crate) async fn ground(self: &Arc<Self>, id: RoundId) -> Result<Arc<Ground>, Problem> {
        if let Some(ground) = locked(&self.ground).of(id) {
            return Ok(ground);
        }
        // One reads it; who comes meanwhile waits for that, and it goes on when whoever asked is gone.
        let one = Arc::clone(&self.working_out).lock_owned().await;
        if let Some(ground) = locked(&self.ground).of(id) {
            return Ok(ground);
        }
        let this = Arc::clone(self);
        let ground = waiting(move || {
            let _one = one;
            // What was kept of another round must not stand beside it.
            *locked(&this.ground) = KeptGround::default();
            let mut of = this.look(|store| store.round_view(id)?.way_ground())?;
            of.findings = lightest(of.findings);
            let ground = Arc::new(Ground { id, of });
            if ground.size() <= MOST_KEPT {
                *locked(&this.ground) = KeptGround(Some((Arc::clone(&ground), Instant::now())));
            }
            Ok(ground)
        });
        let ground = ground.await?;
        tokio::spawn(forget_when_idle(Arc::downgrade(self)));
        Ok(ground)
    }

    /// What was answered to this question, where that is kept.
    pub(crate) fn known_answer(&self, question: &Question) -> Option<String> {
        let answers = locked(&self.answers);
        answers.iter().find(|(known, _)| known == question).map(|(_, answer)| answer.clone())
    }

    /// Keeps an answer, in the place of the oldest.
    pub(crate) fn keep_answer(&self, question: Question, answer: String) {
        let mut answers = locked(&self.answers);
        answers.push((question, answer));
        let surplus = answers.len().saturating_sub(ANSWERS);
        answers.drain(..surplus);
    }
}

/// Forgets the ground once nobody has asked for a while.
async fn forget_when_idle(hospital: Weak<Hospital>) {
    loop {
        tokio::time::sleep(KEPT_FOR).await;
        let Some(hospital) = hospital.upgrade() else { return };
        let forgotten = {
            let mut kept = locked(&hospital.ground);
            if kept.0.as_ref().is_some_and(|(_, asked)| asked.elapsed() < KEPT_FOR) {
                continue;
            }
            std::mem::take(&mut *kept)
        };
        // Freeing so much takes a while.
        let freed = waiting(move || {
            drop(forgotten);
            Ok(())
        });
        drop(freed.await);
        return;
    }
}
