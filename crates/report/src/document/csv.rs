//! A report as CSV (RFC 4180): every row begins with the part of the report that it is of.
//!
//! A cell that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, CSV Injection).

use super::{Block, Document};

/// A report as rows of cells, for spreadsheets; every row has as many.
pub(super) fn rows(document: &Document) -> Vec<Vec<String>> {
    let mut rows = Rows { part: document.title.clone(), rows: Vec::new() };
    rows.add([document.subtitle.clone()]);
    if !document.hospital.is_empty() {
        rows.add(["Hospital".to_owned(), document.hospital.clone()]);
    }
    document.blocks.iter().for_each(|block| rows.block(block));
    "As of".clone_into(&mut rows.part);
    for source in &document.as_of {
        rows.add([source.source.clone(), source.date.clone()]);
    }
    rows.add(["Digest of what is said (SHA-256)".to_owned(), document.digest()]);
    rows.of_one_width()
}

/// A report as CSV, without its seal.
#[must_use]
pub fn csv(document: &Document) -> String {
    let mut text = String::new();
    for row in rows(document) {
        line(&mut text, &row);
    }
    text
}

/// Adds a row.
pub(super) fn line(text: &mut String, cells: &[String]) {
    for (place, cell) in cells.iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\r', '\n', '\'']) {
            text.push_str(&format!("\"{}\"", cell.replace('"', "\"\"")));
        } else {
            text.push_str(cell);
        }
    }
    text.push_str("\r\n");
}

struct Rows {
    part: String,
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        let row = std::iter::once(self.part.clone()).chain(cells);
        self.rows.push(row.map(|cell| neutral(&cell)).collect());
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { text } => self.part.clone_from(text),
            Block::Lead { text } | Block::Paragraph { text } => self.add([text.clone()]),
            Block::List { items } | Block::Ticks { items } => {
                items.iter().for_each(|item| self.add([item.clone()]));
            }
            Block::Asked { heading, items } => {
                self.part.clone_from(heading);
                items.iter().for_each(|item| self.add([item.clone()]));
            }
            Block::Figures { figures } => {
                for figure in figures {
                    self.add([figure.label.clone(), figure.value.clone(), figure.before.clone()]);
                }
            }
            Block::Bars { heading, bars } => {
                self.part.clone_from(heading);
                for bar in bars {
                    let before = bar.before.map(|before| before.to_string()).unwrap_or_default();
                    self.add([bar.label.clone(), bar.now.to_string(), before]);
                }
            }
            Block::Facts { facts } => {
                facts.iter().for_each(|fact| self.add([fact.label.clone(), fact.text.clone()]));
            }
            Block::Table { columns, rows, .. } => {
                self.add(columns.iter().map(|column| column.heading.clone()));
                rows.iter().for_each(|row| self.add(row.iter().cloned()));
            }
            Block::Sheet { heading, blocks } => {
                let part = std::mem::replace(&mut self.part, heading.clone());
                blocks.iter().for_each(|block| self.block(block));
                self.part = part;
            }
            // There is nothing to write on in a file of cells.
            Block::Lines { .. } => {}
        }
    }

    fn of_one_width(mut self) -> Vec<Vec<String>> {
        let width = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        self.rows.iter_mut().for_each(|row| row.resize(width, String::new()));
        self.rows
    }
}

/// A cell that no spreadsheet runs.
fn neutral(cell: &str) -> String {
    let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if runs { format!("'{cell}") } else { cell.to_owned() }
}
