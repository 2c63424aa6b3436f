//! A report as JSON: what it says, and the digest of it.

use anyhow::Result;
use serde::Serialize;

use super::Document;

/// The version of the shape.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Shape<'d> {
    version: u32,
    digest: String,
    report: &'d Document,
}

/// A report as JSON, without its seal; the last line closes the object.
///
/// # Errors
/// When it cannot be written as JSON.
pub fn json(document: &Document) -> Result<String> {
    let shape = Shape { version: VERSION, digest: document.digest(), report: document };
    Ok(serde_json::to_string_pretty(&shape)? + "\n")
}
