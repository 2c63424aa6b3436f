//! Flow records that routers, switches and firewalls export over UDP: NetFlow version 5, NetFlow version 9 (RFC 3954), IPFIX (RFC 7011)
//! and sFlow version 5 (sflow.org, `sflow_version_5.txt`).
//!
//! Unlike the dissectors this is read with a memory: a template says how later records are laid out. The memory is the caller's
//! (`capture`); here stand the layouts alone, as functions over bytes. Only what a conversation is made of is read: addresses, ports,
//! counts, times, cards. Names, users and what applications said are never looked at.

mod fields;
mod record;
mod sets;
pub mod sflow;
mod template;
#[cfg(test)]
mod tests;
mod v5;

pub use record::{Clock, Counts, FlowRecord, Initiator, Moment};
pub use sets::{Family, Malformed, Message, Set, SetKind};
pub use template::{MAX_FIELDS, Template};
pub use v5::{V5, V5Records};
