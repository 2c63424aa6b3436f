//! What ways of an attacker are found in: of a round who is there, who is weak, who talked with whom, and what rules of
//! firewalls say. It is read once for a round and kept, with a bound: what is larger is read again each time, one at a time.

use std::collections::BTreeSet;
use std::sync::Arc;

use wardround_mapped::give_back;
use wardround_model::{FactKind, Round, RoundId};

use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;

/// The most devices, findings, conversations and rules that are kept in memory, together: some 200 MB.
const MOST_KEPT: usize = 400_000;

/// The part of a round that ways are found in.
pub(crate) struct Ground {
    id: RoundId,
    /// The round, without what no way needs.
    pub(crate) round: Round,
}

impl Ground {
    fn of(id: RoundId, mut round: Round) -> Self {
        round.observations.retain(|one| one.fact.kind() == FactKind::FirewallRule);
        // A way needs one conversation between two hosts that was answered: the first one stands for all.
        let mut met = BTreeSet::new();
        round.conversations.retain(|one| !one.is_unanswered() && met.insert((one.client, one.server.ip)));
        round.observations.shrink_to_fit();
        round.conversations.shrink_to_fit();
        (round.plan, round.unjudged, round.settled) = (Vec::new(), Vec::new(), Vec::new());
        for finding in &mut round.findings {
            finding.reasons = Vec::new();
            finding.judgement.reasons = Vec::new();
        }
        Self { id, round }
    }

    fn size(&self) -> usize {
        let Round { assets, findings, conversations, observations, .. } = &self.round;
        [assets.len(), findings.len(), conversations.len(), observations.len()].iter().sum()
    }
}

impl Hospital {
    /// What ways are found in, of this round.
    pub(crate) async fn ground(self: &Arc<Self>, id: RoundId) -> Result<Arc<Ground>, Problem> {
        if let Some(ground) = self.kept_ground(id) {
            return Ok(ground);
        }
        // One reads a whole round; who comes meanwhile waits for that, and it goes on when whoever asked is gone.
        let one = Arc::clone(&self.working_out).lock_owned().await;
        if let Some(ground) = self.kept_ground(id) {
            return Ok(ground);
        }
        let this = Arc::clone(self);
        waiting(move || {
            let _one = one;
            // What was kept of another round must not stand beside it.
            *locked(&this.ground) = None;
            let ground = Arc::new(Ground::of(id, this.look(|store| store.round_load(id))?));
            if ground.size() <= MOST_KEPT {
                *locked(&this.ground) = Some(Arc::clone(&ground));
            }
            give_back();
            Ok(ground)
        })
        .await
    }

    fn kept_ground(&self, id: RoundId) -> Option<Arc<Ground>> {
        locked(&self.ground).clone().filter(|ground| ground.id == id)
    }
}
