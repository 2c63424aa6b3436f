//! How it can be shown that what people say is done is done: the cheapest sight first, as *Ask* and its plans choose it too.

use std::sync::Arc;

use wardround_ask::proof::{Way, cheapest, may_ask};
use wardround_model::{AssetId, FactKind, Ground, ObservationId, RoundId};
use wardround_remedy::{State, Task};
use wardround_store::view::Proof;
use wardround_store::{Store, StoreError};

use crate::problem::Problem;
use crate::site::Site;

/// Claims of a task that are looked at; each costs a look-up for each of its sights.
const MOST: usize = 20;

/// A finding that is said to be settled, and what it rested on.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    title: String,
    asset: AssetId,
    seen_in: RoundId,
    can_be_seen: bool,
    sights: Vec<(FactKind, ObservationId)>,
}

/// How it can be shown that a finding is settled.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) way: Way,
}

/// What of a task is said to be done, and was not shown yet.
pub(crate) fn claims(task: &Task<'_>) -> Vec<Claim> {
    let claimed = task.parts().filter(|part| matches!(part.state, State::Claimed(_)));
    let claim = |item: &wardround_remedy::Item| Claim {
        title: item.title.clone(),
        asset: task.asset(),
        seen_in: item.seen_in,
        can_be_seen: item.can_be_verified(),
        sights: item.proof.iter().map(|sight| (sight.kind, sight.observation)).collect(),
    };
    claimed.take(MOST).map(|part| claim(part.item)).collect()
}

/// The cheapest way to show each.
pub(crate) async fn ways(site: &Site, claims: Vec<Claim>) -> Result<Vec<Shown>, Problem> {
    if claims.is_empty() {
        return Ok(Vec::new());
    }
    // The demo is asked nothing, and where what may be asked cannot be read, nothing may be.
    let scope = match site.is_demo() {
        true => None,
        false => site.asking.step(|asker| asker.scope()).await.ok().flatten(),
    };
    let hospital = Arc::clone(&site.hospital());
    hospital.read(move |store| claims.iter().map(|claim| shown(store, claim, scope.as_ref())).collect()).await
}

fn shown(store: &Store, claim: &Claim, scope: Option<&wardround_ask::Scope>) -> Result<Shown, StoreError> {
    let view = store.round_view(store.round_kept_for(claim.seen_in)?)?;
    let sources = view.coverage()?.sources;
    let mut sights = Vec::new();
    for (kind, observation) in &claim.sights {
        if let Some(Proof::Observation(seen)) = view.proof(Ground::Observation(*observation))?
            && let Some(source) = sources.get(usize::from(seen.first.evidence.source.0))
        {
            sights.push((*kind, seen.subject, source.kind));
        }
    }
    let newest = store.round_latest()?.unwrap_or(claim.seen_in);
    let asset = store.round_view(newest)?.device(claim.asset)?.map(|device| device.asset);
    let way = cheapest(claim.can_be_seen, &sights, |kind, endpoint| match &asset {
        Some(asset) => may_ask(scope, asset, kind, endpoint),
        None => Err("the newest round does not know it".to_owned()),
    });
    Ok(Shown { title: claim.title.clone(), way })
}
