//! What programs change, and what they read in order to. Each is the other door to something that a form of a page does
//! ([`crate::deeds`]).

pub(super) mod hospital;
mod lists;
mod rounds;
mod statements;
pub(super) mod views;
mod work;

use super::operations::Operation;

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    [
        work::operations(),
        statements::operations(),
        lists::operations(),
        rounds::operations(),
        views::operations(),
        hospital::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
