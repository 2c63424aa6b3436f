//! Scenarios, laws and pages, over a hospital written in lines.

mod behind;
mod grouping;
mod laws;
mod lists;
mod networks;
pub(crate) mod notation;
mod pages;
mod rules;
mod scenarios;
mod serials;
