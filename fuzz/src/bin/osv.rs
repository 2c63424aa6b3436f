//! Fuzz target; see the crate.
#![no_main]

use wardround_intel::feed::FeedKind;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| wardround_fuzz::feed_as(FeedKind::Osv, bytes));
