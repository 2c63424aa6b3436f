//! The table `mapping_column`: which column of a table means what, saved by name for the next import.

use rusqlite::{Connection, TransactionBehavior};

use crate::Store;
use crate::error::{StoreError, Trouble};

/// Headings and their fields, in the order of a person's file.
type Columns = Vec<(String, String)>;

impl Store {
    /// Saves a mapping by name, in the place of one with the same name.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn mapping_save(&mut self, name: &str, columns: &[(String, String)]) -> Result<(), StoreError> {
        save(&mut self.connection, name, columns).map_err(|trouble| trouble.at(&self.path))
    }

    /// The mapping with this name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mapping_load(&self, name: &str) -> Result<Option<Columns>, StoreError> {
        let columns = load(&self.connection, name).map_err(|trouble| trouble.at(&self.path))?;
        Ok(Some(columns).filter(|columns| !columns.is_empty()))
    }
}

const INSERT: &str = "INSERT INTO mapping_column (mapping, position, heading, field) VALUES (?1, ?2, ?3, ?4)";
const SELECT: &str = "SELECT heading, field FROM mapping_column WHERE mapping = ?1 ORDER BY position";

fn save(connection: &mut Connection, name: &str, columns: &[(String, String)]) -> Result<(), Trouble> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("DELETE FROM mapping_column WHERE mapping = ?1", [name])?;
    for (position, (heading, field)) in (0_i64..).zip(columns) {
        transaction.execute(INSERT, (name, position, heading, field))?;
    }
    transaction.commit()?;
    Ok(())
}

fn load(connection: &Connection, name: &str) -> Result<Columns, Trouble> {
    let mut select = connection.prepare(SELECT)?;
    let rows = select.query_map([name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
