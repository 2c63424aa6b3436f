//! The nouns of the round, and nothing else: no files, no clock, no database, no text layout.
//!
//! They stand here in the order data walks through them: what was seen ([`Observation`], [`Conversation`],
//! [`Coverage`]), who it is ([`Asset`]), what is weak ([`Finding`]), what first ([`Judgement`], [`PlanItem`]), and
//! the [`Round`] that holds them all. [`Fact`] is the allow-list: the only shape in which anything leaves a packet.

mod active;
mod address;
mod asset;
mod change;
mod class;
mod coded;
mod conversation;
mod coverage;
mod decision;
mod digest;
mod evidence;
mod fact;
mod finding;
mod observation;
mod protocol;
mod reason;
mod round;
mod rule;
mod spans;
mod statement;
mod switch_port;
mod time;
mod vital;
mod vulnerability;
pub mod words;

pub use active::*;
pub use address::*;
pub use asset::*;
pub use change::*;
pub use class::*;
pub use conversation::*;
pub use coverage::*;
pub use decision::*;
pub use digest::*;
pub use evidence::*;
pub use fact::*;
pub use finding::*;
pub use observation::*;
pub use protocol::*;
pub use reason::*;
pub use round::*;
pub use rule::*;
pub use spans::*;
pub use statement::*;
pub use switch_port::*;
pub use time::*;
pub use vital::*;
pub use vulnerability::*;
