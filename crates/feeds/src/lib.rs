//! What intelligence is made from: fetched, checked, kept in a folder, bundled for a stick, and swapped in.
//!
//! In: a list of sources (`Catalogue`), a folder of feeds, a moment. Out: the folder brought up to date, a report for each
//! source in plain words, and an index that is put in the place of the old one only when it holds together.
//! Not here: what a feed says (`intel`), the layout of what is printed and the clock (the program owns these).
//!
//! Everything that comes from outside is written aside, checked, synced and renamed: whatever happens in the middle, the
//! folder and the index are the old ones or the new ones.

mod address;
pub mod archive;
pub mod bundle;
pub mod catalogue;
mod check;
mod client;
mod download;
mod error;
pub mod folder;
pub mod index;
mod json;
pub mod keys;
pub mod lists;
mod moment;
pub mod openpgp;
mod place;
mod progress;
mod retry;
mod source;
mod state;
pub mod update;

pub use catalogue::{Catalogue, CatalogueError, Method, Source};
pub use check::Loss;
pub use client::{Client, ClientError, Settings};
pub use error::FetchError;
pub use place::write_aside;
pub use progress::{Progress, Silent};
pub use source::Fetched;
