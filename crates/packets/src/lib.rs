//! Packet sockets of Linux (packet(7)): all frames that one network interface sees, those for others too, and how many the kernel
//! had to drop; and sockets that others send flow records to.
//!
//! No crate that is kept well offers them without C, so this room makes the few calls itself. They take and fill plain structures
//! of fixed size, and are the one other thing in Wardround that needs `unsafe`, beside `mapped`: all of it stands in `calls`, one
//! call a function. What they give is read as bytes, in safe code (`aside`).
//!
//! Not here: what frames mean (`capture`), and the walls around who reads them (`live`).

mod aside;
mod calls;
mod datagrams;
mod frames;
mod socket;

pub use datagrams::DatagramSocket;
pub use frames::{Frames, Seen};
pub use socket::{Counts, OpenError, PacketSocket};
