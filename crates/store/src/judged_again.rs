//! The tables `judged_again` and `named_round`: which rounds only judge again what another one saw, and which of them may go.
//!
//! Each other index judges the newest round again, as a whole round of its own; daily ones would fill the disk. What stays is
//! decision 0014. A round goes at once for everybody who looks; its rows go little by little, so that nobody has to wait.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _};
use wardround_model::{RoundId, Timestamp};

use crate::Store;
use crate::error::{StoreError, Trouble};
use crate::{rounds, summary};

const INSERT: &str = "
    INSERT INTO judged_again (round_id, from_round)
    VALUES (?1, coalesce((SELECT from_round FROM judged_again WHERE round_id = ?2), ?2))";
const INSERT_NAMED: &str = "INSERT OR IGNORE INTO named_round (round_id) SELECT id FROM round WHERE id = ?1";

/// The oldest round that may go. What stays: what was observed, the newest round, the one that it is compared with, of those
/// judged again from one the newest, and what a person used: the latest round when something was said of a task, and what a
/// report named. A worklist that was walked as far as a round needs it until it is walked on.
const SELECT_SURPLUS: &str = "
    SELECT again.round_id, again.from_round FROM judged_again AS again JOIN round ON round.id = again.round_id
    WHERE again.round_id < (SELECT max(id) FROM round)
      AND again.round_id < (SELECT max(newer.round_id) FROM judged_again AS newer JOIN round ON round.id = newer.round_id
                            WHERE newer.from_round = again.from_round)
      AND again.round_id IS NOT (SELECT compared_with FROM round_summary WHERE round_id = (SELECT max(id) FROM round))
      AND NOT EXISTS (SELECT 1 FROM work_event WHERE after_round = again.round_id)
      AND NOT EXISTS (SELECT 1 FROM named_round WHERE named_round.round_id = again.round_id)
      AND NOT EXISTS (SELECT 1 FROM walked WHERE through_round = again.round_id)
    ORDER BY again.round_id LIMIT 1";
const SELECT_COMPARED: &str = "SELECT round_id FROM round_summary WHERE compared_with = ?1";
const MARK: &str = "UPDATE judged_again SET removed_at = ?2 WHERE round_id = ?1";
/// Tables that pages read across rounds, and the round itself.
const DELETE_AT_ONCE: [&str; 5] = [
    "DELETE FROM asset_change WHERE round_id = ?1",
    "DELETE FROM finding_change WHERE round_id = ?1",
    "DELETE FROM round_known_exploited WHERE round_id = ?1",
    "DELETE FROM round_summary WHERE round_id = ?1",
    "DELETE FROM round WHERE id = ?1",
];
const SELECT_UNSWEPT: &str =
    "SELECT round_id FROM judged_again WHERE removed_at IS NOT NULL AND swept = 0 ORDER BY round_id LIMIT 1";
const SET_SWEPT: &str = "UPDATE judged_again SET swept = 1 WHERE round_id = ?1";
/// Tables with rows of a round, and their key; those that were made last first: they hang on others.
const SELECT_TABLES: &str = "
    SELECT tables.name, group_concat(keys.name, ', ' ORDER BY keys.pk)
    FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS keys
    WHERE tables.type = 'table' AND tables.name <> 'judged_again' AND keys.pk > 0
      AND EXISTS (SELECT 1 FROM pragma_table_info(tables.name) WHERE name = 'round_id')
    GROUP BY tables.name ORDER BY max(tables.rowid) DESC";
const SELECT_KEPT_FOR: &str = "
    SELECT from_round FROM judged_again
    WHERE round_id = ?1 AND NOT EXISTS (SELECT 1 FROM round WHERE id = ?1)";

/// Rows that are deleted in one transaction.
const ROWS_AT_ONCE: i64 = 10_000;

/// Notes what a round was judged again from: what was observed, also where that was itself judged again.
pub(crate) fn write(connection: &Connection, id: i64, from: RoundId) -> Result<(), Trouble> {
    connection.execute(INSERT, (id, from.0))?;
    Ok(())
}

impl Store {
    /// A round that only judges again what another one saw and that nobody needs any more, and that other one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_surplus(&self) -> Result<Option<(RoundId, RoundId)>, StoreError> {
        surplus(&self.connection).map_err(|trouble| trouble.at(&self.path))
    }

    /// Removes this round, if it still is the one of [`Store::round_surplus`]: at once for everybody who looks. Rounds that were
    /// compared with it are compared with the one before. Its rows are left to [`Store::round_sweep`].
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn round_remove(&mut self, id: RoundId, at: Timestamp) -> Result<bool, StoreError> {
        let connection = &mut self.connection;
        // The rows that hang on the round go little by little, not all in this transaction. SQLite lets this be switched
        // outside transactions only.
        let switched = connection.pragma_update(None, "foreign_keys", false);
        let removed = rounds::within(connection, |transaction| remove(transaction, id, at));
        let back = connection.pragma_update(None, "foreign_keys", true);
        let removed = switched.and(back).map_err(Trouble::from).and(removed);
        removed.map_err(|trouble| trouble.at(&self.path))
    }

    /// Deletes some rows of a round that was removed; whether there are more. The room is used again by later rounds.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn round_sweep(&mut self) -> Result<bool, StoreError> {
        rounds::within(&mut self.connection, |transaction| sweep(transaction, ROWS_AT_ONCE))
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// Notes that a report which somebody takes away names this round, so that it stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn round_named(&mut self, id: RoundId) -> Result<(), StoreError> {
        let mark = || -> Result<(), Trouble> {
            self.connection.execute(INSERT_NAMED, [id.0])?;
            Ok(())
        };
        mark().map_err(|trouble| trouble.at(&self.path))
    }

    /// This round; where it judged again what another one saw and was removed, that one: it has the same evidence.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn round_kept_for(&self, id: RoundId) -> Result<RoundId, StoreError> {
        let find = || -> Result<Option<i64>, Trouble> {
            let mut select = self.connection.prepare_cached(SELECT_KEPT_FOR)?;
            Ok(select.query_row([id.0], |row| row.get(0)).optional()?)
        };
        Ok(find().map_err(|trouble| trouble.at(&self.path))?.map_or(id, RoundId))
    }
}

fn surplus(connection: &Connection) -> Result<Option<(RoundId, RoundId)>, Trouble> {
    let read = |row: &rusqlite::Row<'_>| Ok((RoundId(row.get(0)?), RoundId(row.get(1)?)));
    Ok(connection.prepare_cached(SELECT_SURPLUS)?.query_row([], read).optional()?)
}

fn remove(transaction: &Connection, id: RoundId, at: Timestamp) -> Result<bool, Trouble> {
    if surplus(transaction)?.map(|(surplus, _)| surplus) != Some(id) {
        return Ok(false);
    }
    let compared: Vec<i64> = {
        let mut select = transaction.prepare(SELECT_COMPARED)?;
        let ids = select.query_map([id.0], |row| row.get(0))?;
        ids.collect::<Result<_, _>>()?
    };
    transaction.execute(MARK, (id.0, at.nanoseconds()))?;
    for delete in DELETE_AT_ONCE {
        transaction.execute(delete, [id.0])?;
    }
    for later in compared {
        summary::compare_anew(transaction, later)?;
    }
    Ok(true)
}

fn sweep(transaction: &Connection, most: i64) -> Result<bool, Trouble> {
    let unswept = transaction.prepare_cached(SELECT_UNSWEPT)?.query_row([], |row| row.get::<_, i64>(0));
    let Some(id) = unswept.optional()? else { return Ok(false) };
    let tables: Vec<(String, String)> = {
        let mut select = transaction.prepare_cached(SELECT_TABLES)?;
        let found = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        found.collect::<Result<_, _>>()?
    };
    for (table, key) in tables {
        if delete_some(transaction, &table, &key, id, most)? > 0 {
            return Ok(true);
        }
    }
    transaction.execute(SET_SWEPT, [id])?;
    Ok(transaction.prepare_cached(SELECT_UNSWEPT)?.exists([])?)
}

/// Deletes rows of a round from a table, and says how many: row by row by their key, since the engine would read all of the round
/// for each lot of some tables. The names come from the schema, which is ours.
fn delete_some(
    transaction: &Connection,
    table: &str,
    key: &str,
    id: i64,
    most: i64,
) -> Result<usize, Trouble> {
    let columns: Vec<&str> = key.split(", ").collect();
    let select = format!("SELECT {key} FROM {table} WHERE round_id = ?1 ORDER BY {key} LIMIT ?2");
    let keys: Vec<Vec<Value>> = {
        let mut select = transaction.prepare_cached(&select)?;
        let read = |row: &rusqlite::Row<'_>| (0..columns.len()).map(|column| row.get(column)).collect();
        let rows = select.query_map((id, most), read)?;
        rows.collect::<Result<_, _>>()?
    };
    let is_this: Vec<String> = columns.iter().map(|column| format!("{column} = ?")).collect();
    let mut delete =
        transaction.prepare_cached(&format!("DELETE FROM {table} WHERE {}", is_this.join(" AND ")))?;
    for key in &keys {
        delete.execute(rusqlite::params_from_iter(key))?;
    }
    Ok(keys.len())
}
