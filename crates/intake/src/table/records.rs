//! A table's records, one at a time: lines of separated text or rows of a sheet, all as cells of text. Not here: headings.

use std::borrow::Cow;
use std::ops::ControlFlow;

use super::text;
use super::xlsx::{self, Cell, Workbook, XlsxError};

/// What may stand between cells, the most usual first.
const SEPARATORS: [u8; 4] = *b",;\t|";
/// The most sheets of a workbook that are looked at.
const MOST_SHEETS: usize = 16;
/// The heading is one of so many rows; above it stand titles.
pub(super) const HEADING_WITHIN: usize = 50;
/// The most columns that are read; a wider row is no row of a list.
const MOST_COLUMNS: usize = 512;
/// The longest record; a longer one is a quote that was never closed.
const LONGEST_RECORD: usize = 1 << 20;

/// Why records cannot be read any further.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RecordsError {
    /// The workbook around them.
    #[error(transparent)]
    Workbook(#[from] XlsxError),
    /// A quote that is never closed, or binary content.
    #[error("line {0} begins a record that does not end; a quote is not closed there. Export the file again")]
    Endless(u64),
}

/// One record: a line of text, or a row of a sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    /// Its line or row, from 1.
    pub(crate) number: u64,
    /// Its cells as text, trimmed.
    pub(crate) cells: Vec<String>,
    /// Columns whose cell holds a formula without its result.
    pub(crate) without_value: Vec<usize>,
}

/// Where records come from.
#[derive(Debug)]
pub(super) enum Source<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A workbook.
    Workbook(Workbook<'a>),
}

/// A way to cut a source into records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Text, by this separator.
    By(u8),
    /// The sheet at this place.
    Sheet(usize),
}

/// The beginning of a source, cut in one way.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) cut: Cut,
    pub(super) records: Vec<Record>,
}

impl Head {
    /// Whether the cut makes more than one cell of any record.
    fn cuts(&self) -> bool {
        self.records.iter().any(|record| record.cells.len() > 1)
    }
}

type Each<'f> = &'f mut dyn FnMut(&Record) -> ControlFlow<()>;

impl<'a> Source<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, RecordsError> {
        if xlsx::looks_like(bytes) {
            return Ok(Self::Workbook(Workbook::open(bytes)?));
        }
        Ok(Self::Text(text::decode(bytes)))
    }

    /// The beginning of a source, enough to know it by.
    pub(super) fn open_beginning(bytes: &'a [u8]) -> Result<Self, RecordsError> {
        if xlsx::looks_like(bytes) {
            return Self::open(bytes);
        }
        Ok(Self::Text(text::decode_beginning(bytes, 1 << 16).into()))
    }

    /// The first records in every way in which it may be cut; a way that fails at once is left out, unless all do.
    pub(super) fn heads(&self) -> Result<Vec<Head>, RecordsError> {
        let (mut heads, mut failed) = (Vec::new(), None);
        for cut in self.cuts() {
            let mut records: Vec<Record> = Vec::new();
            let read = self.each(cut, &mut |record| {
                records.push(record.clone());
                if records.len() < HEADING_WITHIN {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            match read {
                Err(error) if records.is_empty() => failed = failed.or(Some(error)),
                _ => heads.push(Head { cut, records }),
            }
        }
        // A way that does not cut at all is only of use when none does: a table of one column.
        if heads.iter().any(Head::cuts) {
            heads.retain(Head::cuts);
        }
        match failed {
            Some(error) if heads.is_empty() => Err(error),
            _ => Ok(heads),
        }
    }

    /// Every way in which it may be cut.
    fn cuts(&self) -> Vec<Cut> {
        match self {
            Self::Text(_) => SEPARATORS.map(Cut::By).to_vec(),
            Self::Workbook(workbook) => {
                (0..workbook.sheet_names().count().min(MOST_SHEETS)).map(Cut::Sheet).collect()
            }
        }
    }

    /// Calls `each` for every record, until it breaks.
    pub(super) fn each(&self, cut: Cut, each: Each<'_>) -> Result<(), RecordsError> {
        match (self, cut) {
            (Self::Text(text), Cut::By(separator)) => each_line(text, separator, each),
            (Self::Workbook(workbook), Cut::Sheet(index)) => each_row(workbook, index, each),
            _ => Ok(()),
        }
    }
}

fn each_line(text: &str, separator: u8, each: Each<'_>) -> Result<(), RecordsError> {
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.has_headers(false).flexible(true).delimiter(separator);
    let mut reader = reader.from_reader(text.as_bytes());
    let (mut read, mut record, mut lines) = (csv::StringRecord::new(), Record::default(), Lines::of(text));
    // Reading from memory, and text that is UTF-8 already: nothing can go wrong but the end.
    while reader.read_record(&mut read).unwrap_or(false) {
        let start = read.position().map_or(0, csv::Position::byte);
        record.number = lines.line_at(usize::try_from(start).unwrap_or(usize::MAX));
        if read.as_slice().len() > LONGEST_RECORD {
            return Err(RecordsError::Endless(record.number));
        }
        fill(&mut record, read.iter());
        if each(&record).is_break() {
            break;
        }
    }
    Ok(())
}

/// Counts lines as editors do; each place must be behind the one before.
struct Lines<'t> {
    text: &'t [u8],
    end_of_line: u8,
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let end_of_line = if text.contains('\n') { b'\n' } else { b'\r' };
        Self { text: text.as_bytes(), end_of_line, at: 0, line: 1 }
    }

    /// The line of the record whose place is this one, behind the ends of lines that stand there.
    fn line_at(&mut self, place: usize) -> u64 {
        let rest = self.text.get(place..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let place = place.saturating_add(ends);
        let between = self.text.get(self.at..place).unwrap_or_default();
        let passed = between.iter().filter(|byte| **byte == self.end_of_line).count();
        self.line = self.line.saturating_add(u64::try_from(passed).unwrap_or(u64::MAX));
        self.at = self.at.max(place);
        self.line
    }
}

/// Sets the cells of a record, using the room that it has already.
fn fill<'t>(record: &mut Record, cells: impl Iterator<Item = &'t str>) {
    let mut count = 0;
    for cell in cells.take(MOST_COLUMNS) {
        match record.cells.get_mut(count) {
            Some(known) => {
                known.clear();
                known.push_str(cell.trim());
            }
            None => record.cells.push(cell.trim().to_owned()),
        }
        count = count.saturating_add(1);
    }
    record.cells.truncate(count);
}

fn each_row(workbook: &Workbook<'_>, index: usize, each: Each<'_>) -> Result<(), RecordsError> {
    let sheet = workbook.sheet(index)?;
    let mut record = Record::default();
    for row in sheet.rows() {
        let row = row?;
        record.number = row.number;
        record.cells.clear();
        record.without_value.clear();
        for (column, cell) in row.cells {
            if column >= MOST_COLUMNS {
                continue;
            }
            if record.cells.len() <= column {
                record.cells.resize(column.saturating_add(1), String::new());
            }
            match (cell, record.cells.get_mut(column)) {
                (Cell::Text(text), Some(place)) => text.trim().clone_into(place),
                (Cell::Text(_), None) => {}
                (Cell::NoValue, _) => record.without_value.push(column),
            }
        }
        if each(&record).is_break() {
            break;
        }
    }
    Ok(())
}
