//! The walls around a process that reads hostile bytes: what it may still do once it has what it reads from and what it writes to.
//!
//! A sensor at a mirror port dissects what anybody on the network sends. Should a dissector be taken over all the same, [`confine`]
//! leaves it nothing to take: no capability, no file, no socket, no other program. It is called by a process of its own, once,
//! before it reads the first byte. What it found leaves through its pipe as lines ([`write_harvest`]); who reads them believes none
//! unchecked ([`read_harvest`]). Not here yet: the process itself, and the sockets that it reads (`docs/decisions/0011`).

mod confine;
mod filter;
mod harvest;

pub use confine::{ConfineError, Confined, Files, confine};
pub use harvest::{HarvestError, read_harvest, write_harvest};
