//! An index file mapped into memory, and the handle that swaps in a new one while readers go on with the old.
//!
//! Mapping lets 400,000 CVEs open in a moment and costs only the pages that are looked at. It is also the one thing in
//! Wardround that needs `unsafe`, because a file that somebody cuts short while it is mapped ends the program (SIGBUS):
//! so nothing else is mapped, and this only when the file is a regular one that nobody but its owner, the user or root,
//! may write (`docs/decisions/0006-the-index-is-mapped.md`). New versions come by rename, never in place.
//!
//! Beside it stand two calls that keep memory small: one gives what was freed back to the system ([`give_back`]), one lets threads share
//! heaps ([`share_heaps`]).
//!
//! Not here: what the bytes mean (`intel`), and who fetches or writes them (`feeds`).

mod current;
mod file;
mod memory;

pub use current::Current;
pub use file::{MapError, MappedIndex};
pub use memory::{give_back, share_heaps};
