//! When what is known of weaknesses changes, the newest round is judged again at once: nobody has to wait for the next one to
//! learn whether the hospital has what was published today. Rounds that only did so go when nobody needs them any more, so that
//! daily updates do not fill the disk.

use std::time::Duration;

use wardround_model::{IntelligenceSource, RoundId};
use wardround_store::{Store, StoreError, exploited_digest};

use crate::audit::{self, Became, Entry};
use crate::events::Happening;
use crate::hospital::waiting;
use crate::problem::Problem;
use crate::rounds::{self, Job};
use crate::site::{Site, now};
use crate::{Known, log};

/// How often it is looked whether there is another index.
const LOOK: Duration = Duration::from_secs(5);

/// Looks as long as the site runs.
pub(crate) async fn keep(site: Site) {
    let mut looks = tokio::time::interval(LOOK);
    let mut settled = None;
    loop {
        looks.tick().await;
        // What fails is in the log by then, and is tried again soon.
        let _ = look(&site, &mut settled).await;
        if tidy(&site).await.is_err() {
            drop(log::event("tidy-failed"));
        }
    }
}

/// `settled` is what the newest round was judged by, or what was tried: each change is answered once.
async fn look(site: &Site, settled: &mut Option<Known>) -> Result<(), Problem> {
    // The demo is judged by what the program has, when somebody runs a round there.
    if site.is_demo() || site.rounds.is_running() {
        return Ok(());
    }
    let judge = site.judge.clone();
    let Some(known) = waiting(move || Ok(judge.known())).await? else { return Ok(()) };
    if settled.as_ref() == Some(&known) {
        return Ok(());
    }
    let Some(newest) = site.home.read(newest).await? else { return Ok(()) };
    let digest = exploited_digest(&known.exploited);
    if newest.judged_by != known.sources || newest.exploited.as_ref().is_some_and(|held| *held != digest) {
        if rounds::start(site, Job { again: Some(newest.id), ..Job::default() }).is_err() {
            return Ok(());
        }
        site.tell(Happening::IntelligenceChanged);
    } else if newest.exploited.is_none() {
        // A round of an earlier version: what it was judged by is still at hand.
        let exploited = known.exploited.clone();
        site.home.write(move |store| store.exploited_save(newest.id, &exploited)).await?;
    }
    *settled = Some(known);
    Ok(())
}

/// The newest round, and what it was judged by.
struct Newest {
    id: RoundId,
    judged_by: Vec<IntelligenceSource>,
    /// The digest of what was known to be exploited, where it is kept.
    exploited: Option<String>,
}

fn newest(store: &Store) -> Result<Option<Newest>, StoreError> {
    let Some(id) = store.round_latest()? else { return Ok(None) };
    let view = store.round_view(id)?;
    Ok(Some(Newest { id, judged_by: view.intelligence()?, exploited: view.exploited_digest()? }))
}

/// Removes rounds that only judged again and that nobody needs, each with an entry in the log, and then their rows, few at a
/// time: who wants to write comes between.
async fn tidy(site: &Site) -> Result<(), Problem> {
    while !site.rounds.is_running() {
        let Some((id, from)) = site.home.read(Store::round_surplus).await? else { break };
        let entry =
            Entry::new("round.remove", Became::Asked).about(&format!("{id}, judged again from {from}"));
        audit::add(site, entry.clone()).await?;
        let removed = site.home.write(move |store| store.round_remove(id, now())).await;
        let became = if matches!(removed, Ok(true)) { Became::Done } else { Became::Failed };
        audit::add(site, entry.became(became)).await?;
        if !removed? {
            break;
        }
    }
    while !site.rounds.is_running() && site.home.write(Store::round_sweep).await? {
        tokio::task::yield_now().await;
    }
    Ok(())
}
