//! The tables `saved_view` and `saved_view_field`: filters and orders of lists that people named. Field by field, never as an
//! address: which fields a list has is for whoever shows it to say.

use rusqlite::Connection;
use wardround_model::Timestamp;

use crate::account::AccountId;
use crate::error::{StoreError, Trouble};
use crate::{Store, rounds};

/// A view to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSavedView {
    /// Who makes it.
    pub account: AccountId,
    /// Of which list: `devices` or `findings`.
    pub list: String,
    /// What it is called.
    pub name: String,
    /// Whether everyone of the hospital sees it.
    pub is_shared: bool,
    /// The fields of the list that it sets.
    pub fields: Vec<(String, String)>,
}

/// A view that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// Its number.
    pub id: i64,
    /// The view.
    pub view: NewSavedView,
    /// When it was deleted, where it was: that can still be undone.
    pub deleted_at: Option<Timestamp>,
}

/// The most views that one account keeps.
pub const MOST_SAVED_VIEWS: i64 = 50;
/// A deletion can be undone for so long.
const UNDO: i64 = 30 * 86_400 * 1_000_000_000;

const INSERT: &str =
    "INSERT INTO saved_view (account_id, list, name, is_shared, made_at) VALUES (?1, ?2, ?3, ?4, ?5)";
const INSERT_FIELD: &str = "INSERT INTO saved_view_field (view_id, name, value) VALUES (?1, ?2, ?3)";
const DELETE_OLD: &str = "DELETE FROM saved_view WHERE deleted_at < ?1";
const COUNT: &str = "SELECT count(*) FROM saved_view WHERE account_id = ?1";
const SELECT: &str = "SELECT id, account_id, list, name, is_shared, deleted_at FROM saved_view";
const SELECT_FIELDS: &str = "SELECT name, value FROM saved_view_field WHERE view_id = ?1 ORDER BY name";

impl Store {
    /// Keeps a view; nothing where its maker has as many as can be ([`MOST_SAVED_VIEWS`], counting those just deleted).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn saved_view_save(&mut self, new: &NewSavedView, at: Timestamp) -> Result<Option<i64>, StoreError> {
        rounds::within(&mut self.connection, |transaction| save(transaction, new, at))
            .map_err(|trouble| trouble.at(&self.path))
    }

    /// The views of a list that an account sees, by name: its own, and those that are shared.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn saved_views(&self, list: &str, account: AccountId) -> Result<Vec<SavedView>, StoreError> {
        let wanted = format!(
            "{SELECT} WHERE list = ?1 AND deleted_at IS NULL AND (account_id = ?2 OR is_shared = 1) ORDER BY name, id"
        );
        read(&self.connection, &wanted, (list, account.0)).map_err(|trouble| trouble.at(&self.path))
    }

    /// The view with this number, also one whose deletion can still be undone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn saved_view(&self, id: i64) -> Result<Option<SavedView>, StoreError> {
        let found = read(&self.connection, &format!("{SELECT} WHERE id = ?1"), [id]);
        Ok(found.map_err(|trouble| trouble.at(&self.path))?.pop())
    }

    /// Calls a view otherwise, and says who sees it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn saved_view_change(&mut self, id: i64, name: &str, is_shared: bool) -> Result<(), StoreError> {
        let change = "UPDATE saved_view SET name = ?2, is_shared = ?3 WHERE id = ?1";
        self.write(change, (id, name, is_shared)).map(drop)
    }

    /// Deletes a view, or undoes that.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn saved_view_delete(&mut self, id: i64, at: Option<Timestamp>) -> Result<(), StoreError> {
        let at = at.map(Timestamp::nanoseconds);
        self.write("UPDATE saved_view SET deleted_at = ?2 WHERE id = ?1", (id, at)).map(drop)
    }
}

fn save(transaction: &Connection, new: &NewSavedView, at: Timestamp) -> Result<Option<i64>, Trouble> {
    transaction.execute(DELETE_OLD, [at.nanoseconds().saturating_sub(UNDO)])?;
    let held: i64 = transaction.query_row(COUNT, [new.account.0], |row| row.get(0))?;
    if held >= MOST_SAVED_VIEWS {
        return Ok(None);
    }
    let head = (new.account.0, &new.list, &new.name, new.is_shared, at.nanoseconds());
    transaction.execute(INSERT, head)?;
    let id = transaction.last_insert_rowid();
    for (name, value) in &new.fields {
        transaction.prepare_cached(INSERT_FIELD)?.execute((id, name, value))?;
    }
    Ok(Some(id))
}

fn read(
    connection: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<SavedView>, Trouble> {
    let mut select = connection.prepare_cached(sql)?;
    let mut fields = connection.prepare_cached(SELECT_FIELDS)?;
    let rows = select.query_map(params, |row| {
        let id: i64 = row.get(0)?;
        let of_view = fields.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let view = NewSavedView {
            account: AccountId(row.get(1)?),
            list: row.get(2)?,
            name: row.get(3)?,
            is_shared: row.get(4)?,
            fields: of_view.collect::<Result<_, _>>()?,
        };
        let deleted_at: Option<i64> = row.get(5)?;
        Ok(SavedView { id, view, deleted_at: deleted_at.map(Timestamp::from_nanoseconds) })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
