//! SIGINT, SIGTERM and a lost terminal stop a run in order, rather than killing it in the middle of a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use tokio::signal::unix::{SignalKind, signal};

/// Becomes true once one of them came.
pub(super) fn heard() -> Result<Arc<AtomicBool>> {
    let heard = Arc::new(AtomicBool::new(false));
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
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
            told.store(true, Ordering::Relaxed);
        });
    });
    Ok(heard)
}
