//! A report as an Excel file: the rows of its CSV on one sheet.

use anyhow::Result;

use super::Document;
use super::csv::rows;

/// A report as an Excel file, without its seal.
///
/// # Errors
/// When it is larger than such a file can be.
pub fn xlsx(document: &Document) -> Result<Vec<u8>> {
    let rows = rows(document);
    crate::sheet::xlsx("Report", rows.iter().map(|row| row.iter().map(String::as_str).collect()))
}
