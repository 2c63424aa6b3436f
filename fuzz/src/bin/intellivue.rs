//! Fuzz target; see the crate.
#![no_main]

wardround_fuzz::datagram_target!(Intellivue);
