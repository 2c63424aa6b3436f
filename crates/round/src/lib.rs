//! One round put together from the rooms: read captures, add lists, identify, triage. Two rounds are compared by `remedy`.
//!
//! The command line and the site call this. Not here: arguments, files to write, the clock (the moment of the run is an
//! argument) and writing to the store (a finished [`Round`] is handed to it by the caller).

mod census;
mod check;
mod kept;
mod lists;
mod run;

pub use census::{Census, CensusLine, census};
pub use check::check;
pub use kept::{Said, kept_lists, kept_statements, list_of, new_import};
pub use lists::List;
pub use run::{Outcome, Settings, Sources, exploited, intelligence, judge_again, run, run_over, run_with};
pub use wardround_model::FindingChange;
pub use wardround_remedy::{Difference, diff};
