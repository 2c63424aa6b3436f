//! Plans for the hours at hand: each worked out from the whole round once, by one at a time, and kept without the round.

use std::collections::BTreeMap;
use std::sync::Arc;

use wardround_model::{AssetId, RoundId};
use wardround_triage::{Budget, Efforts, HourPlan, plan_hours};

use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;

/// Plans that are kept: those of the hours that were asked for last.
const KEPT: usize = 6;
/// Devices that are named in a task.
pub(crate) const MOST_DEVICES: usize = 6;

/// What fits so many hours, and what its devices are called.
#[derive(Debug)]
pub(crate) struct Planned {
    /// The latest round, from which it is.
    pub(crate) round: RoundId,
    budget: Budget,
    pub(crate) plan: HourPlan,
    /// The devices that tasks name.
    pub(crate) titles: BTreeMap<AssetId, String>,
}

impl Hospital {
    /// What fits these hours, by the latest round; nothing where there is no round.
    pub(crate) async fn planned(self: &Arc<Self>, budget: Budget) -> Result<Option<Arc<Planned>>, Problem> {
        let Some(id) = self.read(wardround_store::Store::round_latest).await? else { return Ok(None) };
        if let Some(planned) = self.kept_plan(id, &budget) {
            return Ok(Some(planned));
        }
        // One reads the round; who comes meanwhile waits for that, and it goes on when whoever asked is gone.
        let one = Arc::clone(&self.working_out).lock_owned().await;
        if let Some(planned) = self.kept_plan(id, &budget) {
            return Ok(Some(planned));
        }
        let this = Arc::clone(self);
        waiting(move || {
            let _one = one;
            let round = this.look(|store| store.round_load(id))?;
            let plan = plan_hours(&round, &budget, &Efforts::default());
            let named = plan.tasks.iter().flat_map(|task| task.devices.iter().take(MOST_DEVICES));
            let titles = named.filter_map(|device| Some((device.asset, round.asset(device.asset)?.title())));
            let titles = titles.collect();
            let planned = Arc::new(Planned { round: id, budget, plan, titles });
            let mut plans = locked(&this.plans);
            plans.retain(|kept| kept.round == id);
            plans.push(Arc::clone(&planned));
            let surplus = plans.len().saturating_sub(KEPT);
            plans.drain(..surplus);
            Ok(Some(planned))
        })
        .await
    }

    fn kept_plan(&self, round: RoundId, budget: &Budget) -> Option<Arc<Planned>> {
        let plans = locked(&self.plans);
        plans.iter().find(|kept| kept.round == round && kept.budget == *budget).map(Arc::clone)
    }
}
