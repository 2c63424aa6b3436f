//! From the store to a round: kept lists and what people said.

use anyhow::Result;
use wardround_model::{Source, Statement};
use wardround_round::List;
use wardround_store::{Import, Store};

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
    let imports = match kept {
        Kept::Taken => store.import_load_used()?,
        Kept::LeftOut => Vec::new(),
    };
    Ok(imports.into_iter().map(list).collect())
}

fn list(kept: Import) -> List {
    let import = kept.head.import;
    let source = Source {
        kind: import.kind,
        name: import.name,
        bytes: import.bytes,
        records: import.rows,
        first: Some(import.observed_at),
        last: Some(import.observed_at),
        interfaces: Vec::new(),
        ended_early: None,
    };
    List {
        source,
        observations: kept.observations,
        failed: (import.rows_failed > 0)
            .then(|| (import.rows_failed, import.first_failed.unwrap_or_default())),
        values_not_allowed: import.values_not_allowed,
    }
}

/// What people said and did not take back, the oldest first.
pub(crate) fn statements(store: &Store) -> Result<Vec<Statement>> {
    let all = store.statement_list()?.into_iter().filter(|kept| kept.taken_back.is_none());
    Ok(all.map(|kept| kept.statement).collect())
}
