//! Questions to hosts, from the plan to what an answer shows. Nothing is sent here (`send`), and no clock is read.
//!
//! The path is one of types: a [`Plan`] can be written and changed by anybody; only [`approve`] makes an [`Approved`] of it, only a
//! [`Walk`] over one gives a [`Ticket`], and only for a ticket something is sent. A question outside of the envelope cannot be said.
//!
//! The limits ([`envelope`]) are the project's own judgement; no live medical device was tested.

pub mod after;
mod answer;
mod bacnet;
mod check;
mod community;
mod datagrams;
pub mod directory;
mod echo;
mod elements;
pub mod envelope;
pub mod fhir;
mod hello;
pub mod hours;
pub mod journal;
pub mod learned;
mod multicast;
mod named;
mod negotiate;
mod page;
mod plan;
mod printing;
pub mod proof;
mod question;
pub mod reading;
pub mod rebuilt;
mod scope;
mod shell;
mod tables;
#[cfg(test)]
mod tests;
mod usm;
mod vigil;
mod walk;
mod watch;
mod who;

pub use answer::{observations, observations_inside};
pub use check::{Approval, Approved, Breach, Refused, approve, breaches, wanted_approvals};
pub use community::{Community, InvalidCommunity};
pub use envelope::{Pace, Wish};
pub use hours::{Hours, InvalidHours};
pub use multicast::Discovery;
pub use named::{InvalidNamed, Named, Saying};
pub use plan::{Exchange, LeftOut, Listed, Plan};
pub use question::{Addressed, Question};
pub use scope::{InvalidNet, Net, Scope, Window};
pub use tables::{Name, Tables, Turn};
pub use usm::{InvalidUser, User, UserTalk};
pub use vigil::Vigil;
pub use walk::{Distress, Outcome, Step, Ticket, Walk};
pub use watch::{Halt, StopFlag, Watch};
pub use who::{MAY_BE_ASKED, refusal};
