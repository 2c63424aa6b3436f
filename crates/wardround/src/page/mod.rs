//! The page of a round, in plain words: what was seen and what could not be seen, who is there, what to do first.
//!
//! [`Story`] says it once; `text` and `html` lay it out. Not here: what is weak or urgent (decided in `triage`).

pub(crate) mod html;
mod lists;
pub(crate) mod path;
pub(crate) mod plan;
mod settled;
mod sight;
mod story;
pub(crate) mod text;
mod words;

pub(crate) use lists::{Traffic, place};
pub(crate) use settled::holds;
pub(crate) use story::{Story, story};
pub(crate) use words::{count, day, day_and_time, how_long, number};
