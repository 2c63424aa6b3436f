//! Frames as they wait at a socket, many at once.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use crate::aside::Aside;
use crate::calls::{self, Room};

/// Frames that are taken at once.
const AT_ONCE: usize = 64;
/// The most that is kept of a frame. Cards put segments together to frames of up to 64 KiB.
const LONGEST: usize = 128 << 10;
/// A tag stands behind the two addresses.
const ADDRESSES: usize = 12;

/// One frame.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'a> {
    /// When the kernel saw it, since 1970; nothing where it does not say.
    pub at: Option<Duration>,
    /// Its length on the wire.
    pub wire: usize,
    /// What was kept of it, in pieces that follow each other: a VLAN tag that the kernel took out is put back so.
    pub data: [&'a [u8]; 3],
}

/// Room for frames, used again and again.
#[derive(Debug)]
pub struct Frames {
    rooms: Vec<Room>,
    asides: Vec<Aside>,
}

impl Default for Frames {
    fn default() -> Self {
        let room = || Room { frame: vec![0; LONGEST], aside: [0; 16], wire: 0 };
        Self { rooms: std::iter::repeat_with(room).take(AT_ONCE).collect(), asides: Vec::new() }
    }
}

impl Frames {
    /// Takes frames that wait, without waiting for more; how many were taken.
    ///
    /// # Errors
    /// What the socket says: that none waits (`WouldBlock`), or that the interface went down (`ENETDOWN`).
    pub fn take(&mut self, socket: &impl AsFd) -> io::Result<usize> {
        self.asides.clear();
        let count = calls::receive(socket.as_fd(), &mut self.rooms)?;
        self.asides.extend(self.rooms.iter().take(count).map(|room| Aside::read(&room.aside)));
        Ok(count)
    }

    /// Those that were taken last, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Seen<'_>> {
        self.rooms.iter().zip(&self.asides).map(|(room, aside)| {
            let kept = room.frame.get(..room.wire).unwrap_or(&room.frame);
            let tag = aside.tag.as_ref().map_or(&[][..], |tag| tag);
            let (addresses, rest) = kept.split_at(kept.len().min(ADDRESSES));
            Seen { at: aside.at, wire: room.wire.saturating_add(tag.len()), data: [addresses, tag, rest] }
        })
    }
}
