//! When what is known of weaknesses changes, the newest round is judged again at once: nobody has to wait for the next one to
//! learn whether the hospital has what was published today.

use std::time::Duration;

use wardround_model::{IntelligenceSource, RoundId};
use wardround_store::{Store, StoreError};

use crate::hospital::waiting;
use crate::problem::Problem;
use crate::rounds::{self, Job};
use crate::site::Site;

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
    }
}

/// `settled` is what the newest round was judged by, or what was tried: each change is answered once.
async fn look(site: &Site, settled: &mut Option<Vec<IntelligenceSource>>) -> Result<(), Problem> {
    // The demo is judged by what the program has, when somebody runs a round there.
    if site.is_demo() || site.rounds.is_running() {
        return Ok(());
    }
    let judge = site.judge.clone();
    let Some(known) = waiting(move || Ok(judge.known())).await? else { return Ok(()) };
    if settled.as_ref() == Some(&known) {
        return Ok(());
    }
    let Some((id, judged_by)) = site.home.read(newest).await? else { return Ok(()) };
    if judged_by != known && rounds::start(site, Job { again: Some(id), ..Job::default() }).is_err() {
        return Ok(());
    }
    *settled = Some(known);
    Ok(())
}

/// The newest round, and what it was judged by.
fn newest(store: &Store) -> Result<Option<(RoundId, Vec<IntelligenceSource>)>, StoreError> {
    let Some(id) = store.round_latest()? else { return Ok(None) };
    Ok(Some((id, store.round_view(id)?.intelligence()?)))
}
