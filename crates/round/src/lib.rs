//! One round put together from the rooms: read captures, add lists, identify, triage. Two rounds are compared by `remedy`.
//!
//! The command line calls this, and so will a server. Not here: arguments, files to write, the clock (the moment of the run
//! is an argument) and the store (a finished [`Round`] is handed to it by the caller).

mod census;
mod lists;
mod run;

pub use census::{Census, CensusLine, census};
pub use lists::List;
pub use run::{Outcome, Settings, Sources, run};
pub use wardround_remedy::{Difference, FindingChange, diff};
