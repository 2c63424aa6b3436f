//! SIGINT, SIGTERM and a lost terminal stop a run in order, rather than killing it in the middle of a connection.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};
use wardround_ask::StopFlag;

/// Stops once one of them came: SIGINT is a person's Ctrl-C, and the others end the program.
pub(super) fn heard() -> Result<Arc<StopFlag>> {
    let heard = Arc::new(StopFlag::default());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("signals cannot be heard")?;
    let listeners = {
        let _inside = runtime.enter();
        let all = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        all.into_iter().map(signal).collect::<std::io::Result<Vec<_>>>().context("signals cannot be heard")?
    };
    let told = Arc::clone(&heard);
    std::thread::spawn(move || {
        runtime.block_on(async {
            let [mut interrupt, mut terminate, mut hang_up] = match <[_; 3]>::try_from(listeners) {
                Ok(listeners) => listeners,
                Err(_) => return,
            };
            tokio::select! {
                _ = interrupt.recv() => told.by_person(),
                _ = terminate.recv() => told.with_program(),
                _ = hang_up.recv() => told.with_program(),
            }
        });
    });
    Ok(heard)
}
