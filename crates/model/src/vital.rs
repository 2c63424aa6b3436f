//! What the headers of packets show of how a host does.

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::Timestamp;

/// A sign of life of one host, seen in passing. No content is part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vital {
    /// The host.
    pub host: Ipv4Addr,
    /// The other side.
    pub with: Ipv4Addr,
    /// What their talk is about: the lower one of the two ports; the host's own, where it was asked for a connection.
    pub port: u16,
    /// When.
    pub at: Timestamp,
    /// What it did.
    pub what: Deed,
}

/// What a host did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It said something, after a moment in which it did not.
    Spoke,
    /// It took a connection, so long after it was asked to.
    Took(Duration),
    /// It went on with a connection that another one took, so long after that.
    WentOn(Duration),
    /// It refused a connection.
    Refused,
    /// It broke off a connection.
    BrokeOff,
    /// It ended a connection in order.
    Ended,
}
