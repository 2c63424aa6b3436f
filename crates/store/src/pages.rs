//! Pages: rows of a round that are many, some of them together in one row of their table, a line of each column each (`paged.sql`).
//! What a row costs in SQLite is the row, not its cells. Here is how lines are written and split; what they mean is for those who write
//! and read rows, as of any table.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memchr2};
use rusqlite::{Row, Statement};

use crate::error::Trouble;
use crate::table::{Cell, Table};

/// Rows of one page, and bytes of all its columns, beyond which it is closed as soon as a row of another first key comes: enough that
/// SQLite's own pages are full, few enough that one row is found among them at once.
const MOST_ROWS: usize = 512;
const MOST_BYTES: usize = 16 * 1024;
/// Stands for null alone, and for what no line may have with one of the next two.
const ESCAPE: char = '\u{1b}';
const LINE_FEED: char = '\u{1}';
const ESCAPED: char = '\u{2}';

/// Writes rows into pages: rows in the order of their keys, those of one first key in one page.
#[must_use = "the last page is written by `finish`"]
pub(crate) struct PageWriter<'c> {
    table: &'static Table,
    statement: Statement<'c>,
    /// The first key of the first row, and of the latest.
    first: i64,
    latest: i64,
    rows: usize,
    columns: Vec<String>,
}

impl<'c> PageWriter<'c> {
    /// Of a table in pages, whose owner is bound to the statement that inserts one.
    pub(crate) fn new(table: &'static Table, statement: Statement<'c>) -> Self {
        let columns = vec![String::new(); table.key.len() + table.values.len()];
        Self { table, statement, first: 0, latest: -1, rows: 0, columns }
    }

    /// Writes one row: its cells in the order of the table's columns.
    pub(crate) fn row(&mut self, cells: &[Cell<'_>]) -> Result<(), Trouble> {
        if cells.len() != self.columns.len() {
            return Err(rusqlite::Error::InvalidParameterCount(cells.len(), self.columns.len()).into());
        }
        let Some(Cell::Integer(key)) = cells.first() else {
            return Err(Trouble::TooLarge(self.table.place(0)));
        };
        if *key != self.latest && self.is_full() {
            self.close()?;
        }
        if self.rows == 0 {
            self.first = *key;
        }
        for (place, (column, cell)) in self.columns.iter_mut().zip(cells).enumerate() {
            if self.rows > 0 {
                column.push('\n');
            }
            if !push(column, cell) {
                return Err(Trouble::TooLarge(self.table.place(place)));
            }
        }
        self.latest = *key;
        self.rows += 1;
        Ok(())
    }

    fn is_full(&self) -> bool {
        self.rows >= MOST_ROWS || self.columns.iter().map(String::len).sum::<usize>() >= MOST_BYTES
    }

    fn close(&mut self) -> Result<(), Trouble> {
        if self.rows == 0 {
            return Ok(());
        }
        // The first parameter is what the page belongs to, and stays bound.
        self.statement.raw_bind_parameter(2, self.first)?;
        for (place, column) in self.columns.iter().enumerate() {
            self.statement.raw_bind_parameter(place + 3, column)?;
        }
        self.statement.raw_execute()?;
        self.columns.iter_mut().for_each(String::clear);
        self.rows = 0;
        Ok(())
    }

    /// Writes the last page.
    pub(crate) fn finish(mut self) -> Result<(), Trouble> {
        self.close()
    }
}

/// Adds a cell to a line; not where it is too large to be kept.
fn push(line: &mut String, cell: &Cell<'_>) -> bool {
    match cell {
        Cell::Null => line.push(ESCAPE),
        Cell::Integer(number) => push_number(line, *number),
        Cell::Text(text) => push_text(line, text),
        Cell::Made(text) => push_text(line, text),
        Cell::TooLarge => return false,
    }
    true
}

/// As `write!` does, without its cost: most cells are numbers.
fn push_number(line: &mut String, number: i64) {
    let (mut digits, mut from, mut rest) = ([0_u8; 20], 20_usize, number.unsigned_abs());
    loop {
        from -= 1;
        if let Some(digit) = digits.get_mut(from) {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        line.push('-');
    }
    line.push_str(digits.get(from..).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default());
}

fn push_text(line: &mut String, text: &str) {
    if memchr2(b'\n', 0x1b, text.as_bytes()).is_none() {
        return line.push_str(text);
    }
    for letter in text.chars() {
        match letter {
            '\n' => line.extend([ESCAPE, LINE_FEED]),
            ESCAPE => line.extend([ESCAPE, ESCAPED]),
            _ => line.push(letter),
        }
    }
}

/// A cell of a line; none where it is null.
pub(crate) type LineCell<'p> = Option<Cow<'p, str>>;

/// The rows of one page.
pub(crate) struct Lines<'p> {
    cells: Vec<LineCell<'p>>,
    width: usize,
}

impl<'p> Lines<'p> {
    /// Splits a page of this table, whose columns begin at this one.
    pub(crate) fn of(page: &'p Row<'_>, from: usize, table: &'static Table) -> Result<Self, Trouble> {
        let width = table.key.len() + table.values.len();
        let mut cells = Vec::new();
        for place in 0..width {
            let damaged = || Trouble::Damaged(table.place(place));
            let column = page.get_ref(from + place)?.as_str().map_err(|_| damaged())?;
            if place == 0 {
                let rows = memchr_iter(b'\n', column.as_bytes()).count();
                // Every column of a sound page has as many line feeds, so that no page takes more memory than its size allows.
                if rows.saturating_mul(width) > size(page, from, width)? {
                    return Err(damaged());
                }
                cells.resize(width * (rows + 1), None);
            }
            let mut rest = Some(column);
            for row in cells.chunks_exact_mut(width) {
                let (line, behind) = rest.map(cut).ok_or_else(damaged)?;
                rest = behind;
                if let Some(cell) = row.get_mut(place) {
                    *cell = read(line).ok_or_else(damaged)?;
                }
            }
            if rest.is_some() {
                return Err(damaged());
            }
        }
        Ok(Self { cells, width })
    }

    /// Its rows, each a cell a column.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[LineCell<'p>]> {
        self.cells.chunks_exact(self.width)
    }
}

/// Bytes of all columns of a page.
fn size(page: &Row<'_>, from: usize, width: usize) -> Result<usize, Trouble> {
    let mut size = 0_usize;
    for place in 0..width {
        size = size.saturating_add(page.get_ref(from + place)?.as_bytes().map_or(0, <[u8]>::len));
    }
    Ok(size)
}

/// The first line, and what is behind it.
fn cut(text: &str) -> (&str, Option<&str>) {
    match memchr(b'\n', text.as_bytes()) {
        None => (text, None),
        Some(end) => (text.get(..end).unwrap_or_default(), text.get(end + 1..)),
    }
}

/// What a line says; nothing where no cell is written so.
fn read(line: &str) -> Option<LineCell<'_>> {
    if memchr(0x1b, line.as_bytes()).is_none() {
        return Some(Some(Cow::Borrowed(line)));
    }
    if line.len() == ESCAPE.len_utf8() {
        return Some(None);
    }
    let (mut letters, mut text) = (line.chars(), String::with_capacity(line.len()));
    while let Some(letter) = letters.next() {
        text.push(match letter {
            ESCAPE => match letters.next()? {
                LINE_FEED => '\n',
                ESCAPED => ESCAPE,
                _ => return None,
            },
            _ => letter,
        });
    }
    Some(Some(Cow::Owned(text)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(cell: &Cell<'_>) -> String {
        let mut line = String::new();
        assert!(push(&mut line, cell));
        line
    }

    proptest! {
        #[test]
        fn a_text_comes_back_from_one_line(text in "[a\n\u{1b}\u{1}\u{2}ä]{0,8}") {
            let line = line(&Cell::Text(&text));
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(read(&line), Some(Some(Cow::Borrowed(text.as_str()))));
        }

        #[test]
        fn a_number_is_written_as_people_write_it(number: i64) {
            prop_assert_eq!(line(&Cell::Integer(number)), number.to_string());
        }
    }

    #[test]
    fn null_is_no_text_and_what_is_too_large_is_refused() {
        assert_eq!(read(&line(&Cell::Null)), Some(None));
        assert_eq!(read(""), Some(Some(Cow::Borrowed(""))));
        assert_eq!(line(&Cell::Integer(i64::MIN)), i64::MIN.to_string());
        assert!(!push(&mut String::new(), &Cell::TooLarge));
    }

    #[test]
    fn what_is_escaped_otherwise_is_damaged() {
        for wrong in ["\u{1b}x", "a\u{1b}", "\u{1b}\u{1b}"] {
            assert_eq!(read(wrong), None);
        }
    }
}
