//! The tables `import`, `import_column`, `import_observation` and `import_conversation`: lists that were imported.
//!
//! A list is kept once: the same file with the same words beside it is told to be here already. Of the lists of one kind,
//! name and matter the one of the latest day is used, and of two of one day the later import; the others stay as history.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use wardround_model::{Conversation, Observation, SourceKind, Timestamp};

use crate::Store;
use crate::columns::Columns;
use crate::error::{StoreError, Trouble};
use crate::table::{Cell, Reader, Table, Writer};
use crate::{conversation, observation};

/// The id of an import, as `I-3`; they count up from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImportId(pub i64);

/// A text that is not an import's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an import; one looks like I-3, and `wardround import list` shows them")]
pub struct InvalidImportId(pub String);

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "I-{}", self.0)
    }
}

impl FromStr for ImportId {
    type Err = InvalidImportId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix("I-").or(text.strip_prefix("i-")).unwrap_or(text);
        let number = digits.parse().ok().filter(|number| *number > 0);
        number.map(Self).ok_or_else(|| InvalidImportId(text.chars().take(40).collect()))
    }
}

/// A list to keep: where it is from, and what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewImport {
    /// Of the file and of what was said with it: two with one digest are the same import.
    pub digest: String,
    /// The file's name without its folder.
    pub name: String,
    /// What kind of list it is.
    pub kind: SourceKind,
    /// What a person said that it is about, as the id or address of that; empty where nobody did.
    pub about: String,
    /// The saved mapping that it was read with.
    pub mapping: Option<String>,
    /// The day that it tells of.
    pub observed_at: Timestamp,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// The file's bytes.
    pub bytes: u64,
    /// Rows that were read.
    pub rows: u64,
    /// Rows that could not be read.
    pub rows_failed: u64,
    /// The first of them.
    pub first_failed: Option<u64>,
    /// Values that the allow-list did not let through.
    pub values_not_allowed: u64,
    /// Headings and the fields that they were read as.
    pub columns: Vec<(String, String)>,
}

/// Whether rounds use an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// They do.
    Used,
    /// This one of the same kind, name and matter is used instead.
    Replaced(ImportId),
    /// It was forgotten, and what it said is gone.
    Forgotten,
}

/// What a list of imports says of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportHead {
    /// Its id.
    pub id: ImportId,
    /// Whether rounds use it.
    pub used: Use,
    /// What was kept with it.
    pub import: NewImport,
}

/// An import with what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Its head.
    pub head: ImportHead,
    /// What it says, sorted by subject, kind and value; its only source has the place 0.
    pub observations: Vec<Observation>,
    /// Who talked to whom, where it says that, sorted by client and service.
    pub conversations: Vec<Conversation>,
}

/// What became of a list that was to be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, and stands for this earlier one from now on, if for one.
    New(ImportId, Option<ImportId>),
    /// It is kept as history: this one tells of a later day.
    Older(ImportId, ImportId),
    /// It is here already.
    AlreadyHere(ImportId),
}

static IMPORT: Table = Table {
    owner: "",
    name: "import",
    key: &["id"],
    values: &[
        "digest",
        "name",
        "kind",
        "about",
        "mapping",
        "observed_at",
        "imported_at",
        "bytes",
        "rows",
        "rows_failed",
        "first_failed",
        "values_not_allowed",
        "forgotten_at",
    ],
};
static COLUMN: Table =
    Table { owner: "import_id", name: "import_column", key: &["position"], values: &["heading", "field"] };

const SELECT: &str = "
    SELECT id, digest, name, kind, about, mapping, observed_at, imported_at, bytes, rows,
           rows_failed, first_failed, values_not_allowed, forgotten_at
    FROM import ORDER BY id";
const INSERT: &str = "
    INSERT INTO import (digest, name, kind, about, mapping, observed_at, imported_at, bytes, rows, rows_failed,
                        first_failed, values_not_allowed)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
const SAME: &str = "SELECT id FROM import WHERE digest = ?1 AND forgotten_at IS NULL ORDER BY id";

impl Store {
    /// Keeps a list with what it says: all of it, on the disk, before this returns; or nothing of it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn import_save(
        &mut self,
        new: &NewImport,
        observations: &[Observation],
        conversations: &[Conversation],
    ) -> Result<Kept, StoreError> {
        save(&mut self.connection, new, observations, conversations).map_err(|trouble| trouble.at(&self.path))
    }

    /// All imports, the oldest first: also those that were replaced or forgotten.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn import_list(&self) -> Result<Vec<ImportHead>, StoreError> {
        list(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// The imports that rounds use, with what they say, in an order that does not depend on that of importing.
    ///
    /// # Errors
    /// When the store cannot be read or is damaged.
    pub fn import_load_used(&self) -> Result<Vec<Import>, StoreError> {
        load_used(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// Marks an import as forgotten and deletes what it said; rounds that were run before keep what they used.
    ///
    /// # Errors
    /// When there is no such import, it was forgotten already, or the store cannot be written.
    pub fn import_forget(&mut self, id: ImportId, at: Timestamp) -> Result<(), StoreError> {
        let marked = forget(&mut self.connection, id, at).map_err(|trouble| trouble.at(&self.path))?;
        if marked { Ok(()) } else { Err(StoreError::NoSuchImport { path: self.path.clone(), import: id }) }
    }
}

fn save(
    connection: &mut Connection,
    new: &NewImport,
    observations: &[Observation],
    conversations: &[Conversation],
) -> Result<Kept, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let same: Option<i64> = transaction.query_row(SAME, [&new.digest], |row| row.get(0)).optional()?;
    if let Some(same) = same {
        return Ok(Kept::AlreadyHere(ImportId(same)));
    }
    let before = used(&list(&transaction)?, new);
    let id = insert(&transaction, new)?;
    let writer = Writer::new(&transaction, id.0);
    conversation::write_of_import(Writer::new(&transaction, id.0), conversations)?;
    let mut columns = writer.table(&COLUMN)?;
    for (position, (heading, field)) in new.columns.iter().enumerate() {
        columns.row(&[position.into(), heading.into(), field.into()])?;
    }
    drop(columns);
    observation::write_of_import(writer, observations)?;
    let after = used(&list(&transaction)?, new);
    transaction.commit()?;
    Ok(match after {
        Some(other) if other != id => Kept::Older(id, other),
        _ => Kept::New(id, before),
    })
}

fn insert(connection: &Connection, new: &NewImport) -> Result<ImportId, Trouble> {
    let number = |column: usize, value: u64| match Cell::from(value) {
        Cell::TooLarge => Err(Trouble::TooLarge(IMPORT.place(column))),
        cell => Ok(cell),
    };
    connection.execute(
        INSERT,
        rusqlite::params![
            new.digest,
            new.name,
            new.kind.code(),
            new.about,
            new.mapping,
            new.observed_at.nanoseconds(),
            new.imported_at.nanoseconds(),
            number(8, new.bytes)?,
            number(9, new.rows)?,
            number(10, new.rows_failed)?,
            new.first_failed.map(|row| number(11, row)).transpose()?,
            number(12, new.values_not_allowed)?,
        ],
    )?;
    Ok(ImportId(connection.last_insert_rowid()))
}

/// What two imports must share for one to replace the other.
fn matter(import: &NewImport) -> (SourceKind, &str, &str) {
    (import.kind, &import.name, &import.about)
}

/// The import that is used for this kind, name and matter.
fn used(heads: &[ImportHead], like: &NewImport) -> Option<ImportId> {
    let used = heads.iter().find(|head| head.used == Use::Used && matter(&head.import) == matter(like));
    used.map(|head| head.id)
}

fn list(connection: &Connection) -> Result<Vec<ImportHead>, Trouble> {
    let mut select = connection.prepare(SELECT)?;
    let mut rows = select.query([])?;
    let mut heads = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push(read_head(connection, &mut Columns::new(row, &IMPORT))?);
    }
    mark_replaced(&mut heads);
    Ok(heads)
}

fn read_head(connection: &Connection, columns: &mut Columns<'_>) -> Result<ImportHead, Trouble> {
    let id = ImportId(columns.number()?);
    let import = NewImport {
        digest: columns.text()?,
        name: columns.text()?,
        kind: columns.code(SourceKind::from_code)?,
        about: columns.text()?,
        mapping: columns.maybe_text()?,
        observed_at: columns.moment()?,
        imported_at: columns.moment()?,
        bytes: columns.number()?,
        rows: columns.number()?,
        rows_failed: columns.number()?,
        first_failed: columns.maybe_number()?,
        values_not_allowed: columns.number()?,
        columns: Reader::new(connection, id.0)
            .list(&COLUMN, |columns| Ok((columns.text()?, columns.text()?)))?,
    };
    let used = if columns.maybe_moment()?.is_some() { Use::Forgotten } else { Use::Used };
    Ok(ImportHead { id, used, import })
}

/// Of each kind, name and matter only the last stays used: that of the latest day, then of the latest import.
fn mark_replaced(heads: &mut [ImportHead]) {
    let mut last: BTreeMap<(SourceKind, String, String), (Timestamp, ImportId)> = BTreeMap::new();
    let key = |import: &NewImport| (import.kind, import.name.clone(), import.about.clone());
    for head in heads.iter().filter(|head| head.used == Use::Used) {
        let this = (head.import.observed_at, head.id);
        last.entry(key(&head.import)).and_modify(|known| *known = this.max(*known)).or_insert(this);
    }
    for head in heads.iter_mut().filter(|head| head.used == Use::Used) {
        match last.get(&key(&head.import)) {
            Some((_, id)) if *id != head.id => head.used = Use::Replaced(*id),
            _ => {}
        }
    }
}

fn load_used(connection: &Connection) -> Result<Vec<Import>, Trouble> {
    load_within(&*connection.unchecked_transaction()?)
}

/// Reads them in a transaction that is open.
pub(crate) fn load_within(view: &Connection) -> Result<Vec<Import>, Trouble> {
    let mut heads = list(view)?;
    heads.retain(|head| head.used == Use::Used);
    heads.sort_by(|one, other| {
        let key = |head: &ImportHead| (head.import.observed_at, head.import.digest.clone());
        (matter(&one.import), key(one)).cmp(&(matter(&other.import), key(other)))
    });
    let load = |mut head: ImportHead| {
        let (observations, refused) = observation::read_of_import(Reader::new(view, head.id.0))?;
        head.import.values_not_allowed = head.import.values_not_allowed.saturating_add(refused);
        let conversations = conversation::read_of_import(Reader::new(view, head.id.0))?;
        Ok(Import { head, observations, conversations })
    };
    heads.into_iter().map(load).collect()
}

fn forget(connection: &mut Connection, id: ImportId, at: Timestamp) -> Result<bool, Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let marked = transaction.execute(
        "UPDATE import SET forgotten_at = ?2 WHERE id = ?1 AND forgotten_at IS NULL",
        (id.0, at.nanoseconds()),
    )?;
    transaction.execute("DELETE FROM import_observation WHERE import_id = ?1", [id.0])?;
    transaction.execute("DELETE FROM import_conversation WHERE import_id = ?1", [id.0])?;
    transaction.commit()?;
    Ok(marked == 1)
}
