//! Rounds, imported lists, what people said of devices and of tasks, kept in SQLite: one file, one schema (`schema.sql`), one immutable snapshot
//! a round.
//!
//! A [`Store`] saves a round in one transaction that is on disk before [`Store::round_save`] returns, and reads it
//! back whole and equal. A kill or a power cut at any instant leaves a store that opens, with every round that was
//! acknowledged. The file is readable by its owner alone, from before its first byte. [`view`] reads a round piece by piece.
//!
//! Not here: choosing where the store is (the command line does), words for people. A store is no judge: it keeps a round
//! as it is, and sums it up (`summary`) without an opinion.

mod account;
mod answer;
mod asset;
mod attachment;
mod audit;
mod columns;
mod conversation;
mod coverage;
mod disk;
mod error;
mod exploited;
mod finding;
mod history;
mod import;
mod into_pages;
mod judged_again;
mod lookup;
mod mapping;
mod notice;
mod observation;
mod open;
mod pages;
mod place;
mod plan;
mod reason;
mod redact;
mod rounds;
mod saved_view;
mod schema;
mod searched;
mod session;
mod settled;
mod statement;
mod summary;
mod table;
mod token;
pub mod view;
mod visit;
mod work;
mod work_part;

pub use account::{Account, AccountId, Invitation, Joined, NewAccount};
pub use answer::{KeptAnswer, KeyState, NewKey};
pub use attachment::{MOST_ATTACHED, PIECE};
pub use audit::{AuditCheckpoint, AuditEntry, NewAuditEntry, audit_digest};
pub use disk::Disk;
pub use error::StoreError;
pub use exploited::{NewlyExploited, exploited_digest};
pub use import::{Import, ImportHead, ImportId, InvalidImportId, Kept, NewImport, Use};
pub use notice::{Failed, KeptReceiver, MOST_WAITING, NewReceiver, NewWaiting, ReceiverId, Waiting};
pub use redact::{NotRedactable, Redaction};
pub use rounds::{Judged, RoundHead, Store};
pub use saved_view::{MOST_SAVED_VIEWS, NewSavedView, SavedView};
pub use session::{Failures, Session};
pub use statement::{KeptStatement, NewStatement};
pub use token::{NewToken, Token, TokenId};
