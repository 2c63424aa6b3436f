//! What rounds, plans and ways are told as: pages for people, as text and as HTML, JSON for programs, and reports.
//!
//! The command line and the site tell the same round by the same words. Not here: what is weak or urgent (`triage`), where
//! a page goes (a terminal, a file, a browser), and PDF, which takes long to build (`paper`).

pub mod check;
pub mod document;
pub mod json;
pub mod mirror;
mod one_file;
pub mod page;
mod sheet;
pub mod tell;
