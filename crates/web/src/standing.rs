//! How a hospital stands after its latest round: what *Today* tells, worked out once a round and small.

use std::sync::Arc;

use wardround_model::{Asset, Decision, PlanItem, Round, RoundId};
use wardround_report::page::story;
use wardround_round::{FindingChange, census, diff};
use wardround_store::Store;

use crate::hospital::{Hospital, locked};
use crate::problem::Problem;

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The latest round.
    pub(crate) round: RoundId,
    /// When it was run and judged, in a sentence.
    pub(crate) when: String,
    /// What could not be seen.
    pub(crate) not_seen: Vec<String>,
    /// What was seen.
    pub(crate) seen: Vec<String>,
    /// How old what is known of weaknesses is.
    pub(crate) known: Vec<String>,
    pub(crate) devices: u64,
    pub(crate) medical: u64,
    pub(crate) unknown: u64,
    pub(crate) open_questions: u64,
    /// Weaknesses to act on at once, to see to soon, and all.
    pub(crate) act: u64,
    pub(crate) attend: u64,
    pub(crate) findings: u64,
    /// What to do first.
    pub(crate) plan: Vec<PlanItem>,
    /// Against the round before, where there is one.
    pub(crate) changed: Option<Changed>,
}

/// What changed since the round before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    /// That round.
    pub(crate) since: RoundId,
    pub(crate) devices_new: u64,
    pub(crate) devices_not_seen: u64,
    /// Devices that are new, as people know them; the first few.
    pub(crate) new_titles: Vec<String>,
    pub(crate) new: u64,
    pub(crate) fixed: u64,
    pub(crate) not_seen_again: u64,
    pub(crate) not_judged: u64,
}

/// New devices that are named.
const MOST_NAMED: usize = 5;

impl Hospital {
    /// How it stands after the latest round, where there is one.
    pub(crate) async fn standing(self: &Arc<Self>) -> Result<Option<Arc<Standing>>, Problem> {
        let Some(id) = self.read(Store::round_latest).await? else { return Ok(None) };
        let known = locked(&self.standing).clone().filter(|standing| standing.round == id);
        if let Some(standing) = known {
            return Ok(Some(standing));
        }
        let this = Arc::clone(self);
        // One works it out; who comes meanwhile waits for it rather than doing the same.
        let _one = self.working_out.lock().await;
        if let Some(standing) = locked(&self.standing).clone().filter(|standing| standing.round == id) {
            return Ok(Some(standing));
        }
        let standing = self.read(move |store| work_out(&this, store, id)).await?;
        Ok(Some(standing))
    }
}

impl Hospital {
    /// Works out how it stands after a round that is in memory anyway, so that the first who looks need not wait.
    pub(crate) fn remember(&self, id: RoundId, round: &Round) -> Result<(), wardround_store::StoreError> {
        let before = self.look(|store| {
            let before = store.round_before(id)?;
            before.map(|before| store.round_load(before).map(|round| (before, round))).transpose()
        })?;
        let standing = standing(id, round, before.as_ref().map(|(id, round)| (*id, round)));
        *locked(&self.standing) = Some(Arc::new(standing));
        Ok(())
    }
}

fn work_out(
    hospital: &Hospital,
    store: &Store,
    id: RoundId,
) -> Result<Arc<Standing>, wardround_store::StoreError> {
    let round = store.round_load(id)?;
    let before = store.round_before(id)?;
    let before = before.map(|before| store.round_load(before).map(|round| (before, round))).transpose()?;
    let standing = Arc::new(standing(id, &round, before.as_ref().map(|(id, round)| (*id, round))));
    *locked(&hospital.standing) = Some(Arc::clone(&standing));
    Ok(standing)
}

/// How it stands after this round, against the one before.
pub(crate) fn standing(id: RoundId, round: &Round, before: Option<(RoundId, &Round)>) -> Standing {
    let story = story(id, round, "");
    let census = census(&round.assets);
    let of = |decision: Decision| {
        size(round.findings.iter().filter(|finding| finding.judgement.decision == decision).count())
    };
    Standing {
        round: id,
        when: story.subtitle,
        not_seen: story.not_seen,
        seen: story.seen,
        known: story.intelligence,
        devices: size(census.total()),
        medical: size(census.medical()),
        unknown: size(census.unknown()),
        open_questions: size(round.unjudged.len()),
        act: of(Decision::Act),
        attend: of(Decision::Attend),
        findings: size(round.findings.len()),
        plan: round.plan.clone(),
        changed: before.map(|(since, earlier)| changed(since, earlier, round)),
    }
}

fn changed(since: RoundId, before: &Round, after: &Round) -> Changed {
    let difference = diff(before, after);
    let of = |change| size(difference.findings_with(change).count());
    let named = difference.assets_new.iter().filter_map(|id| after.asset(*id)).map(Asset::title);
    Changed {
        since,
        devices_new: size(difference.assets_new.len()),
        devices_not_seen: size(difference.assets_not_seen.len()),
        new_titles: named.take(MOST_NAMED).collect(),
        new: of(FindingChange::New),
        fixed: of(FindingChange::Fixed),
        not_seen_again: of(FindingChange::NotSeenAgain),
        not_judged: of(FindingChange::AssetNotSeen),
    }
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
