//! Fuzz target; see the crate.
#![no_main]

wardround_fuzz::stream_target!(Winrm);
