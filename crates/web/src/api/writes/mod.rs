//! What programs change, and what they read in order to. Each is the other door to something that a form of a page does
//! ([`crate::deeds`]).

mod asking;
mod files;
pub(super) mod hospital;
mod lists;
pub(super) mod people;
mod receivers;
mod rounds;
pub(super) mod settings;
mod statements;
mod tokens;
pub(super) mod views;
mod work;

use schemars::JsonSchema;
use serde::Serialize;

use super::operations::Operation;

/// It was done.
#[derive(Serialize, JsonSchema)]
struct Done {
    done: bool,
}

impl Done {
    const fn yes() -> Self {
        Self { done: true }
    }
}

/// All of them.
pub(super) fn operations() -> Vec<Operation> {
    [
        work::operations(),
        files::operations(),
        asking::operations(),
        statements::operations(),
        lists::operations(),
        rounds::operations(),
        views::operations(),
        hospital::operations(),
        tokens::operations(),
        people::operations(),
        settings::operations(),
        receivers::operations(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
