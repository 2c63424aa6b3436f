//! What is listened at: the frames of an interface, or the flow records that come to an address.

use std::io;
use std::os::fd::OwnedFd;

use wardround_model::SourceKind;
use wardround_packets::{DatagramSocket, PacketSocket};

/// A socket that is open for readers.
#[derive(Debug)]
pub enum Socket {
    /// Of an interface.
    Frames(PacketSocket),
    /// Of an address that exporters send flow records to.
    Flows(DatagramSocket),
}

impl Socket {
    /// What kind of source it gives.
    pub(crate) fn kind(&self) -> SourceKind {
        match self {
            Self::Frames(_) => SourceKind::Capture,
            Self::Flows(_) => SourceKind::Flows,
        }
    }

    /// Whether what it listens at is still there.
    pub(crate) fn is_bound(&self) -> bool {
        match self {
            Self::Frames(socket) => socket.is_bound(),
            Self::Flows(_) => true,
        }
    }

    /// Frames that the kernel counted since it was last asked. Of flow records only their exporter knows how many there were.
    pub(crate) fn count(&self) -> u64 {
        match self {
            // Without an answer nothing is added: it is asked again and again.
            Self::Frames(socket) => socket.counts().unwrap_or_default().frames,
            Self::Flows(_) => 0,
        }
    }

    /// Takes nothing more; what waits can still be read.
    pub(crate) fn stop(&self) -> io::Result<()> {
        match self {
            Self::Frames(socket) => socket.stop(),
            Self::Flows(socket) => socket.stop(),
        }
    }

    /// The same again, for a process that is started with it.
    pub(crate) fn again(&self) -> io::Result<OwnedFd> {
        match self {
            Self::Frames(socket) => socket.again(),
            Self::Flows(socket) => socket.again(),
        }
    }
}
