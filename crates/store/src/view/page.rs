//! Pages of a list: where one begins, and where the others do.

use rusqlite::Connection;
use rusqlite::types::Value;

use super::filter::Conditions;
use crate::columns::Columns;
use crate::error::Trouble;
use crate::table::Table;

/// The most rows of one page.
pub const MOST_ROWS: usize = 500;

/// Which page of a list: the one behind or before a place that an earlier page told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// The first one.
    #[default]
    First,
    /// The one that begins behind this place.
    After(u64),
    /// The one that ends before this place.
    Before(u64),
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// Its rows.
    pub rows: Vec<T>,
    /// Where the page before this one ends, if there is one.
    pub before: Option<u64>,
    /// Where the page after this one begins, if there is one.
    pub after: Option<u64>,
}

impl<T> Page<T> {
    /// Cuts what was read, one row more than wanted where there are more, in the direction of reading.
    pub(super) fn cut(turn: Turn, rows: usize, mut read: Vec<(u64, T)>) -> Self {
        let more = read.len() > rows;
        read.truncate(rows);
        if matches!(turn, Turn::Before(_)) {
            read.reverse();
        }
        let (first, last) = (read.first().map(|(key, _)| *key), read.last().map(|(key, _)| *key));
        let (before, after) = match turn {
            Turn::First => (None, last.filter(|_| more)),
            Turn::After(_) => (first, last.filter(|_| more)),
            Turn::Before(_) => (first.filter(|_| more), last),
        };
        Self { rows: read.into_iter().map(|(_, row)| row).collect(), before, after }
    }
}

/// A list that is read in pages: what to select from where, and the column that orders it, each value once.
///
/// A list with `around` is read in two steps, so that an index alone can say which rows a page has, and only those are read.
pub(super) struct Listing<'t> {
    pub(super) table: &'static Table,
    /// The columns and tables, as `SELECT ... FROM ...`, the key first.
    pub(super) select: &'t str,
    pub(super) key: &'t str,
    pub(super) around: Option<Around>,
}

/// What is read of the rows that were chosen: `chosen` has their `key`, `round_id` and `position`.
#[derive(Clone, Copy)]
pub(super) struct Around {
    /// The columns behind the key.
    pub(super) columns: &'static str,
    /// The tables that they stand in, joined to `chosen`.
    pub(super) joined: &'static str,
}

impl Listing<'_> {
    /// One page of those rows that the conditions hold for.
    pub(super) fn page<T>(
        &self,
        connection: &Connection,
        mut conditions: Conditions,
        turn: Turn,
        rows: usize,
        mut read: impl FnMut(u64, &mut Columns<'_>) -> Result<T, Trouble>,
    ) -> Result<Page<T>, Trouble> {
        let rows = rows.clamp(1, MOST_ROWS);
        match turn {
            Turn::First => {}
            Turn::After(place) => conditions.and(&format!("{} > ?", self.key), bounded(place)),
            Turn::Before(place) => conditions.and(&format!("{} < ?", self.key), bounded(place)),
        }
        let mut statement = connection.prepare_cached(&self.sql(&conditions, turn, rows))?;
        let mut found = statement.query(rusqlite::params_from_iter(conditions.values()))?;
        let mut all = Vec::new();
        while let Some(row) = found.next()? {
            let mut columns = Columns::new(row, self.table);
            let place = columns.number()?;
            all.push((place, read(place, &mut columns)?));
        }
        Ok(Page::cut(turn, rows, all))
    }

    fn sql(&self, conditions: &Conditions, turn: Turn, rows: usize) -> String {
        let order = if matches!(turn, Turn::Before(_)) { "DESC" } else { "ASC" };
        let (select, wanted, key, most) = (self.select, conditions.sql(), self.key, rows.saturating_add(1));
        let chosen = format!("{select} WHERE {wanted} ORDER BY {key} {order} LIMIT {most}");
        match self.around {
            None => chosen,
            Some(Around { columns, joined }) => {
                format!(
                    "SELECT chosen.key, {columns} FROM ({chosen}) AS chosen {joined} ORDER BY chosen.key {order}"
                )
            }
        }
    }
}

fn bounded(place: u64) -> Value {
    Value::Integer(i64::try_from(place).unwrap_or(i64::MAX))
}
