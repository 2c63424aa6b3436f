//! The worklist: what rounds found and people decided, to tasks with an owner, a date and a proof.
//!
//! In: the rounds in their order ([`History`]), what people said ([`Event`]), a [`Policy`], and a moment. Out: a
//! [`Worklist`]. A task is one visit of one team to one device. **Done is a claim, verified is a fact**: a person can say
//! that work is done; only a later round that saw the same thing with another value closes it, and one that sees the
//! weakness again opens it again, both with what was seen before and after. Nothing is overwritten: events are only added,
//! and each can be taken back by one more.
//!
//! Not here: files, a clock, SQL (`store` keeps events), what is weak and how urgent (`triage`), the layout of pages.

mod attachment;
mod diff;
mod event;
mod export;
mod history;
mod identity;
mod letter;
mod policy;
mod proof;
mod state;
mod task;
#[cfg(test)]
mod tests;
mod words;
mod worklist;

pub use attachment::{Attachment, FileName, LARGEST_FILE, MOST_FILES, NotAttachable, endings};
pub use diff::{Difference, diff};
pub use event::{Event, EventId, Exception, InvalidEventId, NewEvent, What, in_force};
pub use export::{COLUMNS, csv, rows};
pub use history::{Dated, Head, History, Item, LastLook, LeftOut, TaskId, Turn};
pub use letter::{Asked, Letter, LetterState};
pub use policy::{Policy, PolicyError};
pub use proof::{Again, Change, Look, Property, Sight, shows_another_value};
pub use state::{Claim, Reopening, Said, Standing, State, Verified, standing};
pub use task::{ClinicalOwner, Comment, Part, Refused, Step, Task, TaskState};
pub use words::{InvalidText, Note, Person};
pub use worklist::{Moves, Work, Worklist, worklist, worklist_of};
