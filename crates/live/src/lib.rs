//! Live interfaces, read by processes without rights: the walls around such a process, what it tells, and who starts and believes it.
//!
//! ```text
//! packet socket -> reader (confine, read_frames): dissects -> pipe (write_harvest) -> parent (read_harvest, watch)
//! UDP socket    -> reader (confine, read_flows): collects flow records -> the same
//! packet socket -> reader (confine, read_vitals): headers of hosts that are being asked -> pipe -> parent (Vitals)
//! ```
//!
//! A sensor at a mirror port dissects what anybody on the network sends. Should a dissector be taken over all the same, [`confine`]
//! leaves it nothing to take: no capability, no file, no socket but its own, no other program. It is called by a process of its
//! own, once, before it reads the first byte. What it found leaves through its pipe as lines ([`write_harvest`]); who reads them
//! believes none unchecked ([`read_harvest`]). [`watch`] starts one reader for each interface, again where one dies, and counts
//! what none of them could tell (`docs/decisions/0011`).

mod confine;
mod filter;
mod flows;
mod harvest;
mod links;
mod reader;
mod readers;
mod sensor;
mod socket;
mod vitals;
mod watch;

pub use confine::{ConfineError, Confined, Files, confine, keep_little};
pub use flows::read_flows;
pub use harvest::{HarvestError, read_harvest, write_harvest};
pub use links::{Link, links};
pub use reader::{Orders, ReaderError, confine_reader, read_frames};
pub use readers::Told;
pub use sensor::{Health, Pulse, ReaderCommand, Sensor, SensorError, TakeError};
pub use socket::Socket;
pub use vitals::{Vitals, VitalsError, read_vitals};
pub use wardround_packets::{DatagramSocket, OpenError, PacketSocket};
pub use watch::{Asked, Event, Interface, WatchError, watch};
