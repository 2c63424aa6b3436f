//! A round as JSON for programs: documented in `docs/json.md`, versioned by [`SCHEMA_VERSION`].
//!
//! The shapes stand here and are filled by hand from the model, so that a change of the model cannot change what others
//! read by accident. Fields are added within a version; renaming or removing one raises it.

mod evidence;
mod mirror;
pub mod path;
pub mod plan;
mod shapes;
mod statement;
pub mod work;

use anyhow::Result;
use wardround_model::{Round, RoundId};

/// The version of the shapes.
pub const SCHEMA_VERSION: u32 = 2;

/// A round as JSON, with a line end.
pub fn render(id: RoundId, round: &Round) -> Result<String> {
    let mut text = serde_json::to_string_pretty(&shapes::document(id, round))?;
    text.push('\n');
    Ok(text)
}
