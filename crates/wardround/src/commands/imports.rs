//! From the store to a round: kept lists, where they are wanted.

use anyhow::Result;
use wardround_round::List;
use wardround_store::Store;

/// Whether a round takes the kept lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    Taken,
    LeftOut,
}

impl Kept {
    pub(crate) fn asked_for(yes: bool) -> Self {
        if yes { Self::Taken } else { Self::LeftOut }
    }
}

/// The lists that rounds use, in an order that does not depend on that of importing.
pub(crate) fn lists(store: &Store, kept: Kept) -> Result<Vec<List>> {
    match kept {
        Kept::Taken => Ok(wardround_round::kept_lists(store)?),
        Kept::LeftOut => Ok(Vec::new()),
    }
}
