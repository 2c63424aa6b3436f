//! Fuzz target; see the crate.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wardround_fuzz::rtp(bytes));
