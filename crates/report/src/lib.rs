//! What rounds, plans and ways are told as: pages for people, as text and as HTML, and JSON for programs.
//!
//! The command line and the site tell the same round by the same words. Not here: what is weak or urgent (`triage`), and
//! where a page goes (a terminal, a file, a browser).

pub mod json;
pub mod page;
