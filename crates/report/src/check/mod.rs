//! Lists held against what is published, told: for people as text, for programs as JSON. Nothing of it is kept.
//!
//! Not here: what it means for patients, which hangs on where a thing will stand; a round tells that.

mod json;
mod text;

use wardround_intel::Index;
use wardround_model::{Source, Timestamp};
use wardround_triage::{Component, Judging, Published};

pub use json::render as json;
pub use text::render as text;

/// What is told.
#[derive(Clone, Copy)]
pub struct Check<'a> {
    /// The lists that were read.
    pub lists: &'a [Source],
    /// Things on them, held against the index.
    pub judging: &'a Judging<'a>,
    /// What they were held against.
    pub index: &'a Index<'a>,
    /// The moment that support is judged at.
    pub as_of: Timestamp,
}

impl<'a> Check<'a> {
    /// Each component that something is to be said of, in the order of the lists, with its weaknesses.
    fn told(&self) -> impl Iterator<Item = (Component<'a>, Vec<Published<'a>>)> + use<'a> {
        let index = self.index;
        self.judging.components().map(|component| (component, component.weaknesses(index).collect()))
    }
}
