//! The files of our own rules (`rules/*.txt`): rows of cells, each file read once. `rules/README.md` says how they are written.
//!
//! A row that is wrong is left out; tests hold every file to having none. Not here: what the cells mean (each module reads its own file).

use wardround_model::{DeviceClass, FactKind};

/// One row of a file, as the module that it is for reads it.
pub(crate) trait Rule: Sized {
    /// The file's name in `rules/`.
    const FILE: &'static str;
    /// What is in the file.
    const TEXT: &'static str;
    /// The columns, as the file's first row names them.
    const COLUMNS: &'static [&'static str];

    /// Reads a row.
    fn read(row: &Row) -> Result<Self, Wrong>;
}

/// The rows of a file.
pub(crate) fn all<R: Rule>() -> Vec<R> {
    rows::<R>(R::TEXT).filter_map(Result::ok).collect()
}

/// The rows of a text of this form, and what is wrong with those that cannot be read.
pub(crate) fn rows<R: Rule>(text: &'static str) -> impl Iterator<Item = Result<R, Wrong>> {
    written(text).enumerate().filter_map(|(place, (line, text))| {
        let row = Row::of::<R>(line, text);
        match row {
            Ok(row) if place == 0 => row.names_the_columns().err().map(Err),
            row => Some(row.and_then(|row| R::read(&row))),
        }
    })
}

/// The heading and the rows, with the numbers of their lines.
fn written(text: &'static str) -> impl Iterator<Item = (usize, &'static str)> {
    let lines = (1usize..).zip(text.lines());
    lines.filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'))
}

/// File and line of a row, by its place among the rows.
#[cfg(test)]
pub(crate) fn line<R: Rule>(place: usize) -> String {
    let line = written(R::TEXT).nth(place + 1).map(|(line, _)| line);
    format!("rules/{}, line {}", R::FILE, line.unwrap())
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rules/{file}, line {line}, {column}: {reason}")]
pub(crate) struct Wrong {
    file: &'static str,
    line: usize,
    column: &'static str,
    reason: String,
}

/// The cells of a row.
pub(crate) struct Row {
    file: &'static str,
    line: usize,
    columns: &'static [&'static str],
    cells: Vec<&'static str>,
}

impl Row {
    fn of<R: Rule>(line: usize, text: &'static str) -> Result<Self, Wrong> {
        let cells: Vec<_> = text.split('|').map(str::trim).collect();
        let row = Self { file: R::FILE, line, columns: R::COLUMNS, cells };
        if row.cells.len() != row.columns.len() {
            let (has, needs) = (row.cells.len(), row.columns.len());
            return Err(row.wrong("row", format!("has {has} cells where the columns are {needs}")));
        }
        match row.columns.iter().zip(&row.cells).find(|(_, cell)| !is_writable(cell)) {
            Some((column, _)) => {
                Err(row
                    .wrong(column, "is empty (write - for nothing), or has a character that is not printed"))
            }
            None => Ok(row),
        }
    }

    fn names_the_columns(&self) -> Result<(), Wrong> {
        let is_heading = self.cells == self.columns;
        if is_heading {
            Ok(())
        } else {
            Err(self.wrong("row", "does not name the columns, as the first must"))
        }
    }

    /// What is wrong with this row.
    pub(crate) fn wrong(&self, column: &'static str, reason: impl Into<String>) -> Wrong {
        Wrong { file: self.file, line: self.line, column, reason: reason.into() }
    }

    /// A cell as it is written.
    fn cell(&self, column: &'static str) -> Result<&'static str, Wrong> {
        let place = self.columns.iter().position(|name| *name == column);
        let cell = place.and_then(|place| self.cells.get(place).copied());
        cell.ok_or_else(|| self.wrong(column, "there is no such column"))
    }

    /// A text, if there is one.
    pub(crate) fn optional(&self, column: &'static str) -> Result<Option<&'static str>, Wrong> {
        Ok(Some(self.cell(column)?).filter(|cell| *cell != "-").map(unquoted))
    }

    /// A text.
    pub(crate) fn text(&self, column: &'static str) -> Result<&'static str, Wrong> {
        let text = self.optional(column)?.filter(|text| !text.is_empty());
        text.ok_or_else(|| self.wrong(column, "must say something"))
    }

    /// A text that is looked for in texts which were made lower case.
    pub(crate) fn lower(&self, column: &'static str) -> Result<&'static str, Wrong> {
        let text = self.text(column)?;
        if text == text.to_ascii_lowercase() && text.is_ascii() {
            Ok(text)
        } else {
            Err(self.wrong(column, "must be in lower case, and have the characters of ASCII alone"))
        }
    }

    /// One of these words, and what it stands for.
    pub(crate) fn one_of<T: Copy>(&self, column: &'static str, known: &[(&str, T)]) -> Result<T, Wrong> {
        let text = self.text(column)?;
        let found = known.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        found.ok_or_else(|| {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            self.wrong(column, format!("{text} is none of: {}", words.join(", ")))
        })
    }

    /// Texts with a semicolon between two.
    pub(crate) fn several(&self, column: &'static str) -> Result<Vec<&'static str>, Wrong> {
        self.parts(column, self.cell(column)?)
    }

    /// The texts in a part of a cell, with a semicolon between two.
    pub(crate) fn parts(&self, column: &'static str, text: &'static str) -> Result<Vec<&'static str>, Wrong> {
        let parts: Vec<_> = text.split(';').map(|part| unquoted(part.trim())).collect();
        let is_again = |(place, part): (usize, &&str)| parts.iter().take(place).any(|other| other == part);
        if parts.iter().any(|part| part.is_empty()) || parts.iter().enumerate().any(is_again) {
            return Err(self.wrong(column, "has nothing between two semicolons, or the same twice"));
        }
        Ok(parts)
    }

    /// A kind of device.
    pub(crate) fn class(&self, column: &'static str) -> Result<DeviceClass, Wrong> {
        self.class_called(column, self.text(column)?)
    }

    /// The kind of device with this name.
    pub(crate) fn class_called(&self, column: &'static str, name: &str) -> Result<DeviceClass, Wrong> {
        DeviceClass::from_code(name)
            .ok_or_else(|| self.wrong(column, format!("there is no kind of device called {name}")))
    }

    /// The kind of fact with this name.
    pub(crate) fn fact_called(&self, column: &'static str, name: &str) -> Result<FactKind, Wrong> {
        FactKind::from_code(name)
            .ok_or_else(|| self.wrong(column, format!("there is no kind of fact called {name}")))
    }

    /// In how many of a hundred cases a sign would be enough by itself.
    pub(crate) fn weight(&self, column: &'static str) -> Result<u8, Wrong> {
        let weight = self.text(column)?.parse().ok().filter(|weight| (1..=MOST).contains(weight));
        weight.ok_or_else(|| self.wrong(column, format!("must be a number from 1 to {MOST}")))
    }
}

/// No sign leaves less doubt than this.
const MOST: u8 = 95;

/// Whether a text is a word of small letters, as words in names are compared.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

fn is_writable(cell: &str) -> bool {
    !cell.is_empty() && !cell.chars().any(char::is_control)
}

/// Quotes keep the spaces at the ends of a text.
fn unquoted(text: &'static str) -> &'static str {
    text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text)
}
