//! XLSX workbooks (ECMA-376, SpreadsheetML): names of sheets, and cells as text. Formulas are never worked out: what the program that
//! saved the file worked out is read, and a cell that holds a formula alone is [`Cell::NoValue`]. Macros, links and drawings
//! are not opened. XML with a DTD is refused, so that there are no entities.
//!
//! ```text
//! let workbook = Workbook::open(bytes)?;
//! for (index, name) in workbook.sheet_names().enumerate() {
//!     let sheet = workbook.sheet(index)?;         // unpacked within limits
//!     for row in sheet.rows() {                   // one row at a time
//!         let row = row?;                         // row.number, row.cells: (column from 0, Cell)
//!         let text = row.text(3);                 // column D, trimmed; empty where there is none
//!     }
//! }
//! ```
//!
//! Limits: 4,096 parts, 256 MiB and 250 times its packed size a part, 1,048,576 rows, 16,384 columns, 5 million cells a sheet, 32,767
//! characters a cell. Dates become `2026-11-23` or `2026-11-23T07:00:00`, numbers their shortest text, yes and no `TRUE` and `FALSE`.

mod rows;
mod strings;
mod styles;
mod xml;

use super::zip::{Archive, ZipError};
use strings::Strings;
use styles::Styles;
use xml::Part;

pub use rows::{Cell, SheetRow, SheetRows};

/// The most sheets of a workbook.
const MOST_SHEETS: usize = 512;

/// Why a workbook cannot be read, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XlsxError {
    /// The old format, or one with a password.
    #[error("it is an old Excel file (.xls) or has a password; save it as .xlsx without a password")]
    Old,
    /// The archive around it.
    #[error(transparent)]
    Archive(#[from] ZipError),
    /// No part of this name.
    #[error("it has no {0}, which every XLSX file has; save it again as XLSX")]
    Missing(&'static str),
    /// XML that is damaged or not allowed.
    #[error("{part} is damaged near byte {byte}; save it again as XLSX")]
    Xml {
        /// The part.
        part: String,
        /// Where.
        byte: u64,
    },
    /// A DTD, which could define entities.
    #[error("{part} holds a DTD or an entity, which is refused; save it again as XLSX")]
    Dtd {
        /// The part.
        part: String,
    },
    /// Too many cells, strings or sheets.
    #[error("it has more {0} than are read; split it into several files")]
    TooMany(&'static str),
}

#[derive(Debug)]
struct SheetPart {
    name: String,
    path: String,
}

/// A workbook, with its table of strings and its styles.
#[derive(Debug)]
pub struct Workbook<'a> {
    archive: Archive<'a>,
    sheets: Vec<SheetPart>,
    strings: Strings,
    styles: Styles,
}

/// One sheet, unpacked.
#[derive(Debug)]
pub struct Sheet<'w> {
    part: Part,
    strings: &'w Strings,
    styles: &'w Styles,
}

/// Whether it begins like an XLSX or an old Excel file: an archive, or a compound file.
#[must_use]
pub fn looks_like(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || is_old(bytes)
}

fn is_old(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

impl<'a> Workbook<'a> {
    /// Opens a workbook.
    ///
    /// # Errors
    /// When it is none, is damaged, or is beyond a limit.
    pub fn open(bytes: &'a [u8]) -> Result<Self, XlsxError> {
        if is_old(bytes) {
            return Err(XlsxError::Old);
        }
        let archive = Archive::open(bytes)?;
        let path = |end: &str| archive.names().find(|name| name.to_ascii_lowercase().ends_with(end));
        let workbook = path("xl/workbook.xml").ok_or(XlsxError::Missing("list of sheets"))?;
        let relations = path("xl/_rels/workbook.xml.rels").ok_or(XlsxError::Missing("list of parts"))?;
        let folder = workbook.strip_suffix("workbook.xml").unwrap_or("xl/");
        let paths = relations_of(&unpack(&archive, relations)?, folder)?;
        let (sheets, from_1904) = sheets_of(&unpack(&archive, workbook)?, &paths)?;
        let optional = |end| path(end).map(|path| unpack(&archive, path)).transpose();
        let strings = optional("xl/sharedstrings.xml")?.map(|part| Strings::read(&part)).transpose()?;
        let styles = optional("xl/styles.xml")?.map(|part| Styles::read(&part, from_1904)).transpose()?;
        Ok(Self {
            sheets,
            strings: strings.unwrap_or_default(),
            styles: styles.unwrap_or(Styles::plain(from_1904)),
            archive,
        })
    }

    /// The names of its sheets, in their order.
    pub fn sheet_names(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(|sheet| sheet.name.as_str())
    }

    /// Unpacks the sheet at this place, from 0.
    ///
    /// # Errors
    /// When there is none, or it is damaged or beyond a limit.
    pub fn sheet(&self, index: usize) -> Result<Sheet<'_>, XlsxError> {
        let sheet = self.sheets.get(index).ok_or(XlsxError::Missing("sheet"))?;
        let part = unpack(&self.archive, &sheet.path)?;
        Ok(Sheet { part, strings: &self.strings, styles: &self.styles })
    }
}

impl Sheet<'_> {
    /// Its rows, one at a time, in the order of the file.
    #[must_use]
    pub fn rows(&self) -> SheetRows<'_> {
        SheetRows::new(&self.part, self.strings, self.styles)
    }
}

fn unpack(archive: &Archive<'_>, path: &str) -> Result<Part, XlsxError> {
    let bytes = archive.unpack(path).ok_or(XlsxError::Missing("sheet of that name"))??;
    Part::new(path, bytes)
}

/// Ids and paths of the parts that a workbook names.
fn relations_of(part: &Part, folder: &str) -> Result<Vec<(String, String)>, XlsxError> {
    let mut paths = Vec::new();
    part.each_start("Relationship", |element| {
        let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target")) else { return };
        let path = target.strip_prefix('/').map_or_else(|| format!("{folder}{target}"), str::to_owned);
        if paths.len() < MOST_SHEETS.saturating_mul(2) {
            paths.push((id, path));
        }
    })?;
    Ok(paths)
}

/// The sheets, and whether days count from 1904.
fn sheets_of(part: &Part, paths: &[(String, String)]) -> Result<(Vec<SheetPart>, bool), XlsxError> {
    let (mut sheets, mut from_1904, mut is_too_many) = (Vec::new(), false, false);
    part.each_start("workbookPr", |element| {
        from_1904 = element.attribute("date1904").is_some_and(|value| value == "1" || value == "true");
    })?;
    part.each_start("sheet", |element| {
        let id = element.attribute("id").unwrap_or_default();
        let path = paths.iter().find(|(known, _)| *known == id);
        let Some((name, (_, path))) = element.attribute("name").zip(path) else { return };
        is_too_many |= sheets.len() >= MOST_SHEETS;
        if !is_too_many {
            sheets.push(SheetPart { name, path: path.clone() });
        }
    })?;
    if is_too_many { Err(XlsxError::TooMany("sheets")) } else { Ok((sheets, from_1904)) }
}

#[cfg(test)]
pub(crate) mod tests;
