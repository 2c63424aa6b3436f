//! Decision tables: data files that a hospital may edit, one row for each combination of points.
//!
//! A table begins with its name and version, each behind `#`; then comes a row of column names, then the rows. The last
//! column is the answer. A table that leaves out a combination, says one twice or uses a word of its own is refused with
//! the line at fault: half a table decides nothing. Not here: where the points come from (`vulnerability`, `setting`,
//! `mission`, `exposure`).

mod shape;
#[cfg(test)]
mod tests;

pub(crate) use shape::{CISA, DEPLOYER, HUMAN_IMPACT, Shape};

/// The longest file that is read as a table.
const LONGEST: usize = 64 * 1024;

/// A text that is not a whole decision table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// It is far longer than any table.
    #[error("a decision table has at most 64 kB; this is no table")]
    TooLong,
    /// The columns are those of no table that is known.
    #[error(
        "line {line}: the columns fit no table that is known; begin with a copy of one of the tables in \
         docs/planning.md"
    )]
    Columns {
        /// Where, from 1.
        line: usize,
    },
    /// A row has too many or too few columns, or a word that its column does not know.
    #[error("line {line}, column {column}: one of {expected} is needed there")]
    Word {
        /// Where, from 1.
        line: usize,
        /// The column's name.
        column: &'static str,
        /// The words that it knows.
        expected: String,
    },
    /// A combination is answered twice.
    #[error("line {line}: the same combination was answered before; keep one of the two rows")]
    Twice {
        /// Where, from 1.
        line: usize,
    },
    /// A combination is not answered.
    #[error("there is no row for {combination}; add one")]
    Missing {
        /// The combination, as a row would begin.
        combination: String,
    },
    /// Name or version is missing.
    #[error("the table does not say its {what}; begin with a line `# {what}: ...`")]
    Unnamed {
        /// Which of the two.
        what: &'static str,
    },
}

/// A whole table: an answer to each combination of its points.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    name: String,
    version: String,
    shape: Shape,
    /// By combination, in the order of the shape.
    rows: Vec<Row>,
}

/// A row: its number in the file, from 1, and its answer's place among the words of the last column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) number: u32,
    pub(crate) answer: usize,
}

impl Table {
    /// The table in this text, of whichever shape its columns name.
    pub(crate) fn read(text: &str, shapes: &[Shape]) -> Result<Self, TableError> {
        if text.len() > LONGEST {
            return Err(TableError::TooLong);
        }
        let text = text.trim_start_matches('\u{feff}');
        let mut lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| is_row(line));
        let (line, columns) = lines.next().ok_or(TableError::Columns { line: 1 })?;
        let shape = shapes.iter().find(|shape| shape.has_columns(columns)).copied();
        let shape = shape.ok_or(TableError::Columns { line })?;
        let mut rows: Vec<Option<Row>> = vec![None; shape.combinations()];
        for (number, (line, row)) in (1..).zip(lines) {
            let (place, answer) = shape.row(line, row)?;
            match rows.get_mut(place) {
                Some(free @ None) => *free = Some(Row { number, answer }),
                _ => return Err(TableError::Twice { line }),
            }
        }
        let missing = |place| TableError::Missing { combination: shape.combination(place) };
        let rows = rows.into_iter().enumerate().map(|(place, row)| row.ok_or_else(|| missing(place)));
        Ok(Self {
            name: said(text, "table")?,
            version: said(text, "version")?,
            shape,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }

    /// Its name and version, for people.
    #[must_use]
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }

    pub(crate) fn shape(&self) -> Shape {
        self.shape
    }

    /// The row for these points, each given by its place among the words of its column.
    pub(crate) fn row(&self, points: &[usize]) -> Option<Row> {
        self.shape.place(points).and_then(|place| self.rows.get(place)).copied()
    }
}

fn is_row(line: &str) -> bool {
    !line.is_empty() && !line.starts_with('#')
}

/// What stands behind `# what:`.
fn said(text: &str, what: &'static str) -> Result<String, TableError> {
    let said = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix('#')?.trim().strip_prefix(what)?.strip_prefix(':'));
    let mut said =
        said.map(|value| value.trim().chars().take(80).collect::<String>()).filter(|value| !value.is_empty());
    said.next().ok_or(TableError::Unnamed { what })
}
