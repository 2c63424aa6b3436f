//! Sources fetched over HTTP from a publisher on this computer, who misbehaves: whatever it does, what was there before stays.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

mod advisories;
mod encrypted;
mod feeds;
mod hospital;
mod hostile;
mod nvd;
mod publisher;
mod real;
mod recalls;
mod transfer;
