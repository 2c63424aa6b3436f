//! Rounds, imported lists, what people said of devices and of tasks, kept in SQLite: one file, one schema (`schema.sql`), one immutable snapshot
//! a round.
//!
//! A [`Store`] saves a round in one transaction that is on disk before [`Store::round_save`] returns, and reads it
//! back whole and equal. A kill or a power cut at any instant leaves a store that opens, with every round that was
//! acknowledged. The file is readable by its owner alone, from before its first byte.
//!
//! Not here: choosing where the store is (the command line does), looking for one asset or finding (callers do, on the
//! round that they loaded), comparing rounds (`round`). A store is no judge: it keeps a round as it is.

mod asset;
mod columns;
mod conversation;
mod coverage;
mod error;
mod finding;
mod history;
mod import;
mod mapping;
mod observation;
mod open;
mod place;
mod plan;
mod reason;
mod rounds;
mod schema;
mod settled;
mod statement;
mod table;
mod work;

pub use error::StoreError;
pub use import::{Import, ImportHead, ImportId, InvalidImportId, Kept, NewImport, Use};
pub use rounds::{RoundHead, Store};
pub use statement::{KeptStatement, NewStatement};
