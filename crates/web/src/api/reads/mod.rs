//! What programs read beyond the lists: the other half of what pages show, by the same questions to the store.

mod audit;
mod compare;
mod counts;
mod device;
mod evidence;
mod mirror;
mod plan;
mod reports;
mod today;
mod ways;
mod work;

use super::operations::Operation;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    [
        today::operations(),
        plan::operations(),
        counts::operations(),
        device::operations(),
        evidence::operations(),
        ways::operations(),
        work::operations(),
        compare::operations(),
        reports::operations(),
        audit::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A count that fits everywhere.
fn size(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
