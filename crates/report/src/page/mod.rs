//! The page of a round, in plain words: what was seen and what could not be seen, who is there, what to do first.
//!
//! [`Story`] says it once; `text` and `html` lay it out. Not here: what is weak or urgent (decided in `triage`).

pub mod html;
mod lists;
#[cfg(test)]
pub(crate) mod made_up;
mod mirror;
pub mod path;
pub mod plan;
mod plugged;
mod returned;
mod settled;
mod sight;
mod story;
pub mod text;
mod words;
pub mod work;

pub use lists::{Traffic, place};
pub use plugged::plugged_in;
pub use returned::said_to_be_gone;
pub use settled::holds;
pub use sight::NotSeen;
pub(crate) use sight::captures;
pub use story::{Kind as CensusKind, Story, known, not_seen, seen, story, when};
pub(crate) use words::capital;
pub use words::{count, day, day_and_time, how_long, listed, number, wide};
