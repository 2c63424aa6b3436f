//! The shape that every list in the store has: one descriptor that both the INSERT and the SELECT are made from, so that what is
//! written and what is read cannot drift apart. The tables themselves are made by `schema.sql`.

use std::fmt;

use rusqlite::types::{ToSqlOutput, Value, ValueRef};
use rusqlite::{Connection, Statement, ToSql};
use wardround_model::Timestamp;

use crate::columns::Columns;
use crate::error::Trouble;
use crate::pages::{Lines, PageWriter};

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

/// A table whose rows stand in pages (`pages.rs`).
#[derive(Debug)]
pub(crate) struct Paged(pub(crate) Table);

/// How rows of a table are kept, for those who want all of them.
pub(crate) trait Kept {
    /// Hands each row over, in the order of the key.
    fn each(
        &'static self,
        reader: &Reader<'_>,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble>;

    /// Hands over the rows whose key begins with this number.
    fn each_of(
        &'static self,
        reader: &Reader<'_>,
        first_key: i64,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble>;
}

impl Kept for Table {
    fn each(
        &'static self,
        reader: &Reader<'_>,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let mut statement = reader.connection.prepare(&self.select())?;
        let mut rows = statement.query([reader.owner])?;
        while let Some(found) = rows.next()? {
            row(&mut Columns::new(found, self))?;
        }
        Ok(())
    }

    fn each_of(
        &'static self,
        reader: &Reader<'_>,
        first_key: i64,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let by = By::key(self.key.first().copied().unwrap_or_default());
        reader.each_where(self, (by, first_key), usize::MAX, row).map(drop)
    }
}

impl Kept for Paged {
    fn each(
        &'static self,
        reader: &Reader<'_>,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let Self(table) = self;
        let mut statement = reader.connection.prepare(&self.select("ORDER BY first"))?;
        let mut pages = statement.query([reader.owner])?;
        while let Some(page) = pages.next()? {
            for line in Lines::of(page, 1, table)?.rows() {
                row(&mut Columns::of_line(line, table))?;
            }
        }
        Ok(())
    }

    fn each_of(
        &'static self,
        reader: &Reader<'_>,
        first_key: i64,
        row: &mut dyn FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let Self(table) = self;
        let mut statement = reader.connection.prepare_cached(&self.select(THE_PAGE_OF))?;
        let mut pages = statement.query((reader.owner, first_key))?;
        let Some(page) = pages.next()? else { return Ok(()) };
        for line in Lines::of(page, 1, table)?.rows() {
            if Columns::of_line(line, table).number::<i64>()? == first_key {
                row(&mut Columns::of_line(line, table))?;
            }
        }
        Ok(())
    }
}

/// The page that the rows whose key begins with `?2` stand in, if they are there.
const THE_PAGE_OF: &str = "AND first <= ?2 ORDER BY first DESC LIMIT 1";

impl Paged {
    fn insert(&self) -> String {
        let Self(Table { owner, name, .. }) = self;
        let columns = self.0.listed();
        let marks: Vec<String> =
            (1..=self.0.columns().count() + 2).map(|number| format!("?{number}")).collect();
        format!("INSERT INTO {name} ({owner}, first, {columns}) VALUES ({})", marks.join(", "))
    }

    /// The pages of an owner, `first` before their columns.
    fn select(&self, which: &str) -> String {
        let Self(Table { owner, name, .. }) = self;
        format!("SELECT first, {} FROM {name} WHERE {owner} = ?1 {which}", self.0.listed())
    }
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

impl Cell<'_> {
    /// The same once more.
    pub(crate) fn again(&self) -> Cell<'_> {
        match self {
            Self::Null => Cell::Null,
            Self::Integer(number) => Cell::Integer(*number),
            Self::Text(text) => Cell::Text(text),
            Self::Made(text) => Cell::Text(text),
            Self::TooLarge => Cell::TooLarge,
        }
    }
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

impl<'c> Writer<'c> {
    /// Opens a table whose rows stand in pages for writing; the last page is written by [`PageWriter::finish`].
    pub(crate) fn pages(&self, table: &'static Paged) -> Result<PageWriter<'c>, Trouble> {
        let mut statement = self.connection.prepare(&table.insert())?;
        statement.raw_bind_parameter(1, self.owner)?;
        Ok(PageWriter::new(&table.0, statement))
    }

    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    pub(crate) fn owner(&self) -> i64 {
        self.owner
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

    pub(crate) fn connection(&self) -> &'c Connection {
        self.connection
    }

    pub(crate) fn owner(&self) -> i64 {
        self.owner
    }

    /// Hands each row of a table over, in the order of its key.
    pub(crate) fn each(
        &self,
        table: &'static impl Kept,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        table.each(self, &mut row)
    }

    /// The rows whose key begins with this number.
    pub(crate) fn each_of<T>(
        &self,
        table: &'static impl Kept,
        first_key: usize,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut list = Vec::new();
        table.each_of(self, i64::try_from(first_key).unwrap_or(i64::MAX), &mut |columns| {
            list.push(row(columns)?);
            Ok(())
        })?;
        Ok(list)
    }

    /// The rows in pages at these positions, which ascend; each must be there.
    pub(crate) fn each_at<T>(
        &self,
        table: &'static Paged,
        positions: &[u64],
        mut row: impl FnMut(&mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Vec<T>, Trouble> {
        let mut statement = self.connection.prepare_cached(&table.select(THE_PAGE_OF))?;
        let mut wanted = positions.iter().copied().peekable();
        let mut list = Vec::with_capacity(positions.len());
        while let Some(position) = wanted.peek() {
            let damaged = || Trouble::Damaged(table.0.place(0));
            let mut pages =
                statement.query((self.owner, i64::try_from(*position).map_err(|_| damaged())?))?;
            let lines = Lines::of(pages.next()?.ok_or_else(damaged)?, 1, &table.0)?;
            let before = list.len();
            for line in lines.rows() {
                let at: u64 = Columns::of_line(line, &table.0).number()?;
                if wanted.next_if_eq(&at).is_some() {
                    list.push(row(&mut Columns::of_line(line, &table.0))?);
                }
            }
            if list.len() == before {
                return Err(damaged());
            }
        }
        Ok(list)
    }

    /// Hands over the rows in pages from the one at this position on, as long as `row` says so.
    pub(crate) fn each_from(
        &self,
        table: &'static Paged,
        position: u64,
        mut row: impl FnMut(&mut Columns<'_>) -> Result<bool, Trouble>,
    ) -> Result<(), Trouble> {
        let Table { owner, name, .. } = table.0;
        let page = format!("(SELECT max(first) FROM {name} WHERE {owner} = ?1 AND first <= ?2)");
        let select = table.select(&format!("AND first >= {page} ORDER BY first"));
        let mut statement = self.connection.prepare_cached(&select)?;
        let mut pages = statement.query((self.owner, i64::try_from(position).unwrap_or(i64::MAX)))?;
        while let Some(page) = pages.next()? {
            for line in Lines::of(page, 1, &table.0)?.rows() {
                let mut columns = Columns::of_line(line, &table.0);
                if columns.number::<u64>()? >= position && !row(&mut columns)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Hands over the rows of those pages of which a column holds this text, somewhere.
    pub(crate) fn each_in(
        &self,
        table: &'static Paged,
        (column, text): (&'static str, &str),
        mut row: impl FnMut(&mut Columns<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        let select = table.select(&format!("AND instr({column}, ?2) > 0 ORDER BY first"));
        let mut statement = self.connection.prepare_cached(&select)?;
        let mut pages = statement.query((self.owner, text))?;
        while let Some(page) = pages.next()? {
            for line in Lines::of(page, 1, &table.0)?.rows() {
                row(&mut Columns::of_line(line, &table.0))?;
            }
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
        table: &'static impl Kept,
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
        table: &'static impl Kept,
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
