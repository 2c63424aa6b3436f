//! The shape that every list in the store has: one descriptor that both the INSERT and the SELECT are made from, so that what is
//! written and what is read cannot drift apart. The tables themselves are made by `schema.sql`.

use std::fmt;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Statement, ToSql};
use wardround_model::Timestamp;

use crate::columns::Columns;
use crate::error::Trouble;

/// One table: its name and its columns after the one that names what its rows belong to.
#[derive(Debug)]
pub(crate) struct Table {
    /// The column that names what its rows belong to: a round, or an import.
    pub(crate) owner: &'static str,
    pub(crate) name: &'static str,
    /// The columns that order its rows within what they belong to; unique there.
    pub(crate) key: &'static [&'static str],
    /// The other columns.
    pub(crate) values: &'static [&'static str],
}

/// How some rows of a table are found: by a column, and the index that leads from its value to them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct By {
    pub(crate) column: &'static str,
    /// Empty for a column that the primary key begins with.
    pub(crate) index: &'static str,
}

impl By {
    /// By a column that the primary key begins with.
    pub(crate) const fn key(column: &'static str) -> Self {
        Self { column, index: "" }
    }

    /// By a column with an index of its own.
    pub(crate) const fn index(column: &'static str, index: &'static str) -> Self {
        Self { column, index }
    }
}

/// A column of a table, for errors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

impl Table {
    /// The place of the column with this number, the keys first.
    pub(crate) fn place(&self, column: usize) -> Place {
        let column = self.columns().nth(column).unwrap_or("?");
        Place { table: self.name, column }
    }

    fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.key.iter().chain(self.values).copied()
    }

    fn insert(&self) -> String {
        let columns: Vec<&str> = self.columns().collect();
        let marks: Vec<String> = (1..=columns.len() + 1).map(|number| format!("?{number}")).collect();
        let (columns, marks) = (columns.join(", "), marks.join(", "));
        format!("INSERT INTO {} ({}, {columns}) VALUES ({marks})", self.name, self.owner)
    }

    fn select(&self) -> String {
        let (columns, order) = (self.listed(), self.key.join(", "));
        format!("SELECT {columns} FROM {} WHERE {} = ?1 ORDER BY {order}", self.name, self.owner)
    }

    /// Like [`Table::select`], of those rows alone that hold one value in a column, by this index: the engine knows nothing of
    /// how rounds are filled, and would often read all of one instead.
    fn select_where(&self, by: By) -> String {
        let (columns, order) = (self.listed(), self.key.join(", "));
        let index = if by.index.is_empty() { String::new() } else { format!(" INDEXED BY {}", by.index) };
        let (name, owner, column) = (self.name, self.owner, by.column);
        format!("SELECT {columns} FROM {name}{index} WHERE {owner} = ?1 AND {column} = ?2 ORDER BY {order}")
    }

    /// Its columns as a query names them, the keys first.
    pub(crate) fn listed(&self) -> String {
        self.columns().collect::<Vec<&str>>().join(", ")
    }
}

/// One value on its way into a row.
#[derive(Debug)]
pub(crate) enum Cell<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Made(String),
    /// A number beyond what SQL can hold; the row is refused.
    TooLarge,
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Cell<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl From<u64> for Cell<'_> {
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or(Self::TooLarge, Self::Integer)
    }
}

impl From<usize> for Cell<'_> {
    fn from(number: usize) -> Self {
        i64::try_from(number).map_or(Self::TooLarge, Self::Integer)
    }
}

impl From<bool> for Cell<'_> {
    fn from(yes: bool) -> Self {
        Self::Integer(i64::from(yes))
    }
}

impl From<Timestamp> for Cell<'_> {
    fn from(moment: Timestamp) -> Self {
        Self::Integer(moment.nanoseconds())
    }
}

impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A value that is stored as people see it: an id, an address.
pub(crate) fn shown(value: impl fmt::Display) -> Cell<'static> {
    Cell::Made(value.to_string())
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null | Self::TooLarge => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Made(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        })
    }
}

/// Writes rows of one round or import.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'c> {
    connection: &'c Connection,
    owner: i64,
}

impl<'c> Writer<'c> {
    /// For rows of the round or import with this number.
    pub(crate) fn new(connection: &'c Connection, owner: i64) -> Self {
        Self { connection, owner }
    }

    /// Opens a table for writing; the statement is prepared once for all its rows.
    pub(crate) fn table(&self, table: &'static Table) -> Result<TableWriter<'c>, Trouble> {
        let mut statement = self.connection.prepare(&table.insert())?;
        statement.raw_bind_parameter(1, self.owner)?;
        Ok(TableWriter { table, statement })
    }
}

/// Writes rows into one table.
pub(crate) struct TableWriter<'c> {
    table: &'static Table,
    statement: Statement<'c>,
}

impl TableWriter<'_> {
    /// Writes one row: its cells in the order of the table's columns.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Trouble> {
        let expected = self.statement.parameter_count();
        if cells.len() + 1 != expected {
            return Err(rusqlite::Error::InvalidParameterCount(cells.len() + 1, expected).into());
        }
        for (column, cell) in cells.iter().enumerate() {
            if matches!(cell, Cell::TooLarge) {
                return Err(Trouble::TooLarge(self.table.place(column)));
            }
            // The first parameter is what the row belongs to, and stays bound.
            self.statement.raw_bind_parameter(column + 2, cell)?;
        }
        self.statement.raw_execute()?;
        Ok(())
    }
}

/// Reads rows of one round or import, always in the order of their keys.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'c> {
    connection: &'c Connection,
    owner: i64,
}

impl<'c> Reader<'c> {
    /// For rows of the round or import with this number.
    pub(crate) fn new(connection: &'c Connection, owner: i64) -> Self {
        Self { connection, owner }
    }

    /// Hands each row of a table over, in the order of its key.
    pub(crate) fn each(
        &self,
        table: &'static Table,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut statement = self.connection.prepare(&table.select())?;
        let mut rows = statement.query([self.owner])?;
        while let Some(found) = rows.next()? {
            row(&mut Columns::new(found, table))?;
        }
        Ok(())
    }

    /// The rows that hold one value in a column, at most so many, in the order of their key.
    pub(crate) fn each_where<T>(
        &self,
        table: &'static Table,
        (by, value): (By, impl ToSql),
        most: usize,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut statement = self.connection.prepare_cached(&table.select_where(by))?;
        let mut rows = statement.query((self.owner, value))?;
        let mut list = Vec::new();
        while list.len() < most
            && let Some(found) = rows.next()?
        {
            list.push(row(&mut Columns::new(found, table))?);
        }
        Ok(list)
    }

    /// The rows of a table whose key is their position in the round.
    pub(crate) fn list<T>(
        &self,
        table: &'static Table,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut list = Vec::new();
        self.each(table, |columns| {
            columns.position(list.len())?;
            list.push(row(columns)?);
            Ok(())
        })?;
        Ok(list)
    }

    /// The rows of a table whose key is the position of what they belong to, then their own: one list for each.
    pub(crate) fn lists<T>(
        &self,
        table: &'static Table,
        owners: usize,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<std::vec::IntoIter<Vec<T>>, Trouble> {
        let mut lists: Vec<Vec<T>> = std::iter::repeat_with(Vec::new).take(owners).collect();
        self.each(table, |columns| {
            let owner: usize = columns.number()?;
            let list = lists.get_mut(owner).ok_or_else(|| columns.damaged())?;
            columns.position(list.len())?;
            list.push(row(columns)?);
            Ok(())
        })?;
        Ok(lists.into_iter())
    }
}
