//! Rows and cells of a sheet (ECMA-376, 18.3), one row at a time.

use super::XlsxError;
use super::strings::Strings;
use super::styles::Styles;
use super::xml::{Element, Part, Step, Steps};

/// The most cells of a sheet.
const MOST_CELLS: usize = 5_000_000;
/// The most rows of a sheet, as of every spreadsheet program.
const MOST_ROWS: u64 = 1_048_576;
/// The most columns of a sheet.
const MOST_COLUMNS: usize = 16_384;
/// The most characters of a cell.
const MOST_CHARACTERS: usize = 32_767;
/// The most text of all cells of a sheet: a long string that many cells share costs for each of them.
const MOST_TEXT: usize = 512 << 20;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Its text.
    Text(String),
    /// A formula whose result the file does not hold, or one that ended in an error.
    NoValue,
}

/// One row of a sheet: the cells that hold something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SheetRow {
    /// Its number, from 1, as spreadsheet programs show it.
    pub number: u64,
    /// Column from 0, and cell; by rising column as a rule.
    pub cells: Vec<(usize, Cell)>,
}

impl SheetRow {
    /// The text in this column, from 0, without white space around it; empty where there is none.
    #[must_use]
    pub fn text(&self, column: usize) -> &str {
        match self.cells.iter().find(|(at, _)| *at == column) {
            Some((_, Cell::Text(text))) => text.trim(),
            _ => "",
        }
    }
}

/// The rows of a sheet.
#[derive(Debug)]
pub struct SheetRows<'a> {
    steps: Steps<'a>,
    strings: &'a Strings,
    styles: &'a Styles,
    row: u64,
    cells: usize,
    text: usize,
    ended: bool,
}

/// A cell as its element says, before its value is known.
#[derive(Debug, Default)]
struct Begun {
    column: usize,
    kind: String,
    style: Option<usize>,
    has_formula: bool,
    value: String,
}

impl<'a> SheetRows<'a> {
    pub(super) fn new(part: &'a Part, strings: &'a Strings, styles: &'a Styles) -> Self {
        Self { steps: part.steps(), strings, styles, row: 0, cells: 0, text: 0, ended: false }
    }

    fn next_row(&mut self) -> Result<Option<SheetRow>, XlsxError> {
        while let Some(step) = self.steps.next()? {
            if let Step::Start(element) = step
                && element.is("row")
            {
                let number = element.attribute("r").and_then(|number| number.parse().ok());
                self.row = number.unwrap_or(self.row.saturating_add(1));
                if self.row > MOST_ROWS {
                    return Err(XlsxError::TooMany("rows"));
                }
                return self.cells_of_row().map(Some);
            }
        }
        Ok(None)
    }

    fn cells_of_row(&mut self) -> Result<SheetRow, XlsxError> {
        let mut row = SheetRow { number: self.row, cells: Vec::new() };
        let mut next = 0;
        while let Some(step) = self.steps.next()? {
            match step {
                Step::Start(element) if element.is("c") => {
                    let cell = self.cell(begin(&element, next))?;
                    next = cell.0.saturating_add(1);
                    if cell.0 < MOST_COLUMNS && cell.1 != Cell::Text(String::new()) {
                        row.cells.push(cell);
                    }
                }
                Step::End(name) if name == "row" => break,
                _ => {}
            }
        }
        Ok(row)
    }

    /// Reads a cell to its end. Inline text stands in `is`, values in `v`; a formula (`f`) is left alone.
    fn cell(&mut self, mut cell: Begun) -> Result<(usize, Cell), XlsxError> {
        let (mut in_value, mut in_hint) = (false, false);
        while let Some(step) = self.steps.next()? {
            match step {
                Step::Start(element) => {
                    cell.has_formula |= element.is("f");
                    in_hint |= element.is("rPh");
                    in_value = !in_hint && (element.is("v") || element.is("t"));
                }
                Step::Text(text) if in_value => push_within(&mut cell.value, &text),
                Step::Text(_) => {}
                Step::End(name) if name == "c" => break,
                Step::End(name) => {
                    in_value = false;
                    in_hint &= name != "rPh";
                }
            }
        }
        self.cells = self.cells.saturating_add(1);
        let value = self.value(&cell);
        if let Cell::Text(text) = &value {
            self.text = self.text.saturating_add(text.len());
        }
        if self.cells > MOST_CELLS || self.text > MOST_TEXT {
            return Err(XlsxError::TooMany("cells"));
        }
        Ok((cell.column, value))
    }

    fn value(&self, cell: &Begun) -> Cell {
        let value = cell.value.as_str();
        if cell.has_formula && value.trim().is_empty() && cell.kind != "str" {
            return Cell::NoValue;
        }
        match cell.kind.as_str() {
            "s" => {
                let shared = value.trim().parse().ok().and_then(|index| self.strings.get(index));
                let mut text = String::new();
                push_within(&mut text, shared.unwrap_or_default());
                Cell::Text(text)
            }
            "b" => Cell::Text(if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned()),
            "e" => Cell::NoValue,
            "str" | "inlineStr" | "d" => Cell::Text(value.to_owned()),
            _ => Cell::Text(self.styles.text(value.trim(), cell.style)),
        }
    }
}

impl Iterator for SheetRows<'_> {
    type Item = Result<SheetRow, XlsxError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = self.next_row().transpose();
        self.ended = !matches!(row, Some(Ok(_)));
        row
    }
}

fn begin(element: &Element<'_>, next: usize) -> Begun {
    Begun {
        column: element.attribute("r").and_then(|place| column_of(&place)).unwrap_or(next),
        kind: element.attribute("t").unwrap_or_default(),
        style: element.attribute("s").and_then(|style| style.parse().ok()),
        ..Begun::default()
    }
}

/// The column of a place such as `AB12`, from 0.
fn column_of(place: &str) -> Option<usize> {
    let letters = place.bytes().take_while(u8::is_ascii_alphabetic);
    let number = letters.take(4).fold(0_usize, |sum, letter| {
        sum.saturating_mul(26)
            .saturating_add(usize::from(letter.to_ascii_uppercase().saturating_sub(b'A')))
            .saturating_add(1)
    });
    number.checked_sub(1)
}

/// Adds text, as far as a cell may hold it.
fn push_within(text: &mut String, more: &str) {
    let room = MOST_CHARACTERS.saturating_sub(text.len());
    let end = more.char_indices().map(|(at, _)| at).find(|at| *at >= room).filter(|_| more.len() > room);
    text.push_str(end.and_then(|end| more.get(..end)).unwrap_or(more));
}
