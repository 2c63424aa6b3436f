//! JSON files as typed shapes: what their errors mean for an import. Not here: the shapes.
//!
//! Depth is bounded by `serde_json` (128 levels), objects and values are counted before anything is built, so that many empty
//! ones do not fill the memory; shapes keep only fields that are read.

use serde::de::DeserializeOwned;
use wardround_model::SourceKind;

use crate::{ImportError, Request};

/// The most objects of a file.
const MOST_OBJECTS: usize = 3_000_000;

/// The most commas of a file: what stands between them are its values.
const MOST_VALUES: usize = 20_000_000;

/// Whether bytes look like a JSON object that somewhere names this field.
pub(crate) fn names_field(bytes: &[u8], field: &str) -> bool {
    let text = std::str::from_utf8(without_mark(bytes)).unwrap_or_default();
    text.trim_start().starts_with('{') && text.contains(&format!("\"{field}\""))
}

/// Reads a file as this shape.
///
/// # Errors
/// When it is no JSON, or not of this shape; the error gives the place and never a value.
pub(crate) fn read_file<T: DeserializeOwned>(
    request: &Request<'_>,
    kind: SourceKind,
) -> Result<T, ImportError> {
    let damaged = |reason| ImportError::Damaged { name: request.name.to_owned(), kind, reason };
    let count = |wanted: u8| request.bytes.iter().filter(|byte| **byte == wanted).count();
    if count(b',') > MOST_VALUES {
        return Err(damaged(format!("it has more than {MOST_VALUES} values; export it in parts")));
    }
    if count(b'{') > MOST_OBJECTS {
        return Err(damaged(format!("it has more than {MOST_OBJECTS} objects; export it in parts")));
    }
    serde_json::from_slice(without_mark(request.bytes)).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the file ends in the middle",
            serde_json::error::Category::Data => "a value is not of the kind that this format has there",
            serde_json::error::Category::Syntax | serde_json::error::Category::Io => {
                "the JSON does not hold together"
            }
        };
        let (line, column) = (error.line(), error.column());
        damaged(format!("line {line}, column {column}: {what}; export it again"))
    })
}

fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}
