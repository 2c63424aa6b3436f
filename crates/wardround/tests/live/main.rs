//! The real program on real interfaces: pairs of them in a network namespace of its own, that a test makes and throws away. That takes
//! root; without it the tests say loudly that they were skipped.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod accounts;
mod flows;
mod network;
mod translation;
mod vigil;
mod watching;

#[path = "../program/program.rs"]
#[expect(dead_code, reason = "not all of it is needed here")]
mod program;
