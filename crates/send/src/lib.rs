//! The one room that sends to hosts which did not ask. It sends for a [`Ticket`] alone, and nobody but a walk over an approved plan
//! gives one.
//!
//! Connections are the kernel's own: a full handshake, one request, all read, and an end in order (P4). No raw packet is made here.
//! Over UDP one datagram goes to one address, from a socket that hears that address alone.

mod answer;
mod cards;
mod connect;
mod connection;
mod datagram;
mod directory;
mod ended;
mod multicast;
mod reading;
mod run;
mod secured;
mod ways;

pub use answer::{Answer, DirectoryReading, Reading, put};
pub use run::{Desk, Ended, run};
