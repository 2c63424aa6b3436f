//! How a hospital stands after its latest round: what *Today* tells. Numbers, changes and the plan are read piece by piece; only
//! what was seen and what was not is told from all that was seen, once, and kept.

use std::sync::Arc;

use wardround_model::{AssetId, DeviceClass, FindingChange, FindingId, PlanItem, Round, RoundId};
use wardround_report::page::{self, NotSeen};
use wardround_store::view::{RoundDifference, RoundView, Turn};
use wardround_store::{NewlyExploited, Store, StoreError};

use crate::hospital::{Hospital, locked, waiting};
use crate::problem::Problem;

/// How it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The latest round.
    pub(crate) round: RoundId,
    /// When it was run and judged, in a sentence.
    pub(crate) when: String,
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
    /// Whether the hospital has what was published since the round before as being exploited.
    pub(crate) exploited: Option<Exploited>,
}

/// Weaknesses that were published as being exploited, and where the hospital has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exploited {
    /// How many were published.
    pub(crate) published: u64,
    /// The places that have them, the most urgent first; the first few.
    pub(crate) named: Vec<Place>,
    /// How many places that are.
    pub(crate) places: u64,
}

/// A weakness on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) finding: FindingId,
    pub(crate) title: String,
    pub(crate) device: String,
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

/// What a round saw and what it could not see, in sentences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sights {
    round: RoundId,
    /// What could not be seen.
    pub(crate) not_seen: NotSeen,
    /// What was seen.
    pub(crate) seen: Vec<String>,
}

impl Sights {
    fn of(id: RoundId, round: &Round) -> Self {
        Self { round: id, not_seen: NotSeen::of(round), seen: page::seen(round) }
    }
}

/// New devices that are named.
const MOST_NAMED: usize = 5;

impl Hospital {
    /// How it stands after the latest round, where there is one.
    pub(crate) async fn standing(self: &Arc<Self>) -> Result<Option<Arc<Standing>>, Problem> {
        let this = Arc::clone(self);
        self.read(move |store| this.standing_now(store)).await
    }

    fn standing_now(&self, store: &Store) -> Result<Option<Arc<Standing>>, StoreError> {
        let Some(id) = store.round_latest()? else { return Ok(None) };
        let known = locked(&self.standing).clone().filter(|standing| standing.round == id);
        if known.is_some() {
            return Ok(known);
        }
        let standing = Arc::new(of(&store.round_view(id)?)?);
        *locked(&self.standing) = Some(Arc::clone(&standing));
        Ok(Some(standing))
    }

    /// What this round saw and what it could not see.
    pub(crate) async fn sights(self: &Arc<Self>, id: RoundId) -> Result<Arc<Sights>, Problem> {
        if let Some(sights) = self.kept_sights(id) {
            return Ok(sights);
        }
        // One reads it; who comes meanwhile waits for that, and it goes on when whoever asked is gone.
        let one = Arc::clone(&self.working_out).lock_owned().await;
        if let Some(sights) = self.kept_sights(id) {
            return Ok(sights);
        }
        let this = Arc::clone(self);
        waiting(move || {
            let _one = one;
            let round = this.look(|store| store.round_load_seen(id))?;
            Ok(this.remember(id, &round))
        })
        .await
    }

    fn kept_sights(&self, id: RoundId) -> Option<Arc<Sights>> {
        locked(&self.sights).clone().filter(|sights| sights.round == id)
    }

    /// Keeps what a round saw that is in memory anyway, so that nobody has to wait for it.
    pub(crate) fn remember(&self, id: RoundId, round: &Round) -> Arc<Sights> {
        let sights = Arc::new(Sights::of(id, round));
        *locked(&self.sights) = Some(Arc::clone(&sights));
        sights
    }
}

/// How it stands after this round, against the one before.
pub(crate) fn of(view: &RoundView<'_>) -> Result<Standing, StoreError> {
    let (summary, census) = (view.summary()?, view.census()?);
    let count = |wanted: fn(DeviceClass) -> bool| {
        let lines = census.iter().filter(|(class, _)| wanted(*class));
        lines.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count))
    };
    Ok(Standing {
        round: view.id(),
        when: page::when(summary.run_at, summary.as_of),
        known: page::known(&view.intelligence()?, summary.as_of),
        devices: summary.devices,
        medical: count(DeviceClass::is_medical),
        unknown: count(|class| class == DeviceClass::Unknown),
        open_questions: summary.unjudged,
        act: summary.findings.act,
        attend: summary.findings.attend,
        findings: summary.findings.total(),
        plan: view.plan()?,
        changed: summary.compared_with.map(|before| changed(view, before)).transpose()?,
        exploited: summary.compared_with.map_or(Ok(None), |before| exploited(view, before))?,
    })
}

fn exploited(view: &RoundView<'_>, before: RoundId) -> Result<Option<Exploited>, StoreError> {
    // Where nothing was known before, nothing can be said to be published since.
    let Some(NewlyExploited { published, findings: here }) = view.newly_exploited(before)? else {
        return Ok(None);
    };
    if published == 0 {
        return Ok(None);
    }
    let mut named = Vec::new();
    for finding in here.iter().take(MOST_NAMED) {
        if let Some(details) = view.finding(*finding)? {
            let device = details.device.map(|device| device.title).unwrap_or_default();
            named.push(Place { finding: *finding, title: details.finding.title, device });
        }
    }
    Ok(Some(Exploited { published, named, places: size(here.len()) }))
}

fn changed(view: &RoundView<'_>, before: RoundId) -> Result<Changed, StoreError> {
    let RoundDifference { counts, assets, .. } =
        view.difference(before, FindingChange::New, Turn::First, 1)?;
    let named: Vec<AssetId> = assets.new.iter().take(MOST_NAMED).copied().collect();
    Ok(Changed {
        since: before,
        devices_new: size(assets.new.len()),
        devices_not_seen: size(assets.not_seen.len()),
        new_titles: view.device_names(&named)?.into_iter().map(|device| device.title).collect(),
        new: counts.of(FindingChange::New),
        fixed: counts.of(FindingChange::Fixed),
        not_seen_again: counts.of(FindingChange::NotSeenAgain),
        not_judged: counts.of(FindingChange::AssetNotSeen),
    })
}

fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
