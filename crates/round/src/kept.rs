//! From the store to a round: kept lists and what people said; and from a list that was read to what the store keeps.

use wardround_intake::{About, Imported, Mapping, Request};
use wardround_model::{Source, Statement, Timestamp};
use wardround_store::{Import, NewImport, Store, StoreError};

use crate::lists::List;

/// The lists that rounds use, in an order that does not depend on that of importing.
///
/// # Errors
/// When the store cannot be read.
pub fn kept_lists(store: &Store) -> Result<Vec<List>, StoreError> {
    Ok(store.import_load_used()?.into_iter().map(list).collect())
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
        conversations: kept.conversations,
        failed: (import.rows_failed > 0)
            .then(|| (import.rows_failed, import.first_failed.unwrap_or_default())),
        values_not_allowed: import.values_not_allowed,
    }
}

/// A list that was read just now, for a round that does not keep it.
#[must_use]
pub fn list_of(request: &Request<'_>, imported: Imported) -> List {
    let source = Source {
        kind: imported.kind,
        name: request.name.to_owned(),
        bytes: u64::try_from(request.bytes.len()).unwrap_or(u64::MAX),
        records: imported.rows,
        first: Some(imported.observed_at),
        last: Some(imported.observed_at),
        interfaces: Vec::new(),
        ended_early: None,
    };
    let first_failed = imported.errors.iter().map(|error| error.row).min().unwrap_or_default();
    List {
        source,
        failed: (imported.rows_failed > 0).then_some((imported.rows_failed, first_failed)),
        observations: imported.observations,
        conversations: imported.conversations,
        values_not_allowed: imported.values_not_allowed,
    }
}

/// What people said and did not take back, the oldest first.
///
/// # Errors
/// When the store cannot be read.
pub fn kept_statements(store: &Store) -> Result<Vec<Statement>, StoreError> {
    let all = store.statement_list()?.into_iter().filter(|kept| kept.taken_back.is_none());
    Ok(all.map(|kept| kept.statement).collect())
}

/// What a person said beside a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// What it is about.
    pub about: Option<About>,
    /// Which column means what.
    pub mapping: Option<Mapping>,
    /// The saved mapping among them, by its name.
    pub mapping_name: Option<String>,
    /// The day that it tells of.
    pub day: Option<Timestamp>,
}

/// What the store keeps of a list that was read, apart from what it says.
#[must_use]
pub fn new_import(said: &Said, request: &Request<'_>, imported: &Imported, now: Timestamp) -> NewImport {
    let size = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
    let about = said.about.as_ref().and_then(wardround_intake::subject_of);
    let about = about.map_or_else(String::new, |subject| subject.to_string());
    let known =
        imported.columns.iter().filter_map(|(heading, field)| Some((heading.clone(), field.clone()?)));
    NewImport {
        digest: digest(said, &about, imported, request.bytes),
        name: request.name.to_owned(),
        kind: imported.kind,
        about,
        mapping: said.mapping_name.clone(),
        observed_at: imported.observed_at,
        imported_at: now,
        bytes: size(request.bytes.len()),
        rows: imported.rows,
        rows_failed: imported.rows_failed,
        first_failed: imported.errors.iter().map(|error| error.row).min(),
        values_not_allowed: imported.values_not_allowed,
        columns: known.collect(),
    }
}

/// Two imports with one digest say the same: of the file, its kind, what it is about, its columns and the day that was named.
fn digest(said: &Said, about: &str, imported: &Imported, bytes: &[u8]) -> String {
    let mut hasher = blake3::Hasher::new();
    let columns = said.mapping.iter().flat_map(|mapping| &mapping.columns);
    let columns: Vec<String> = columns.map(|(heading, field)| format!("{heading}\0{field}")).collect();
    let day = said.day.map_or_else(String::new, |day| day.to_string());
    for part in [imported.kind.code(), about, &day, &columns.join("\0\0")] {
        hasher.update(part.as_bytes());
        hasher.update(b"\0\0\0");
    }
    hasher.update(bytes);
    hasher.finalize().to_hex().to_string()
}
