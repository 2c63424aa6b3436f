//! Fuzz target; see the crate.
#![no_main]

wardround_fuzz::import_target!(Eve);
